//! One document of a job: its scan to its result.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::jobs::worker::Workshop;
use crate::links;
use crate::registry::Register;
use crate::sandbox;
use crate::storage::blobs;
use crate::storage::blobs::Opened;
use crate::storage::items::Claimed;
use crate::storage::items::Failure;
use crate::storage::items::FailureCode;
use crate::storage::items::Settlement;
use crate::storage::results::NewResult;
use crate::verdict::Policy;
use crate::verify;
use crate::verify::Examination;
use crate::verify::Seals;
use crate::verify::Wanted;

/// Crops, from which results are compared anew; no pictures.
const WANTED: Wanted = Wanted {
    pictures: false,
    crops: true,
};

/// How long something is left alone that may go better next time, for each time that it was tried.
const PAUSE: SignedDuration = SignedDuration::from_secs(20);

/// Something that may go better next time.
pub(super) fn again(claimed: &Claimed, failure: Failure, now: Timestamp) -> Settlement {
    let pause = PAUSE * i32::try_from(claimed.attempts).unwrap_or(1);
    Settlement::Again(failure, now.saturating_add(pause).unwrap_or(now))
}

/// What becomes of an item whose bytes cannot be read.
pub(super) fn unopened(claimed: &Claimed, error: &blobs::Error) -> Settlement {
    match error {
        blobs::Error::Missing(_) => {
            Settlement::Failed(Failure::new(FailureCode::ScanMissing, error.to_string()))
        }
        blobs::Error::TooLarge(_)
        | blobs::Error::Broken(_)
        | blobs::Error::Place(_)
        | blobs::Error::File { .. }
        | blobs::Error::Bucket(_) => again(
            claimed,
            Failure::new(FailureCode::Storage, error.to_string()),
            Timestamp::now(),
        ),
    }
}

/// Examines a document; `pages` tells how many of its pages were.
pub(super) async fn examine(
    workshop: &Workshop,
    claimed: &Claimed,
    pages: Arc<AtomicU32>,
) -> Settlement {
    let now = Timestamp::now;
    let register = match workshop.registers.latest().await {
        Ok(register) => register,
        Err(error) => {
            let reason = format!("the register: {error}");
            return again(claimed, Failure::new(FailureCode::Register, reason), now());
        }
    };
    let scan = match workshop.blobs.open(&claimed.sha256).await {
        Ok(scan) => scan,
        Err(error) => return unopened(claimed, &error),
    };
    let rules = Arc::clone(&workshop.rules);
    let options = workshop.options.clone();
    let asked = claimed.clone();
    let read = move || {
        let on_page = |page| pages.store(page, Ordering::Relaxed);
        report(&asked, &scan, (&options, &on_page), (&register, &rules))
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(settlement) => settlement,
        // What a panic says may hold what the document does.
        Err(_) => again(
            claimed,
            Failure::new(FailureCode::Program, "the program failed on this document"),
            now(),
        ),
    }
}

fn report(
    claimed: &Claimed,
    scan: &Opened,
    (options, on_page): (&sandbox::Options, &dyn Fn(u32)),
    (register, rules): (&Register, &crate::rules::RuleSet),
) -> Settlement {
    let terms = &claimed.terms;
    let claim = match &terms.seal {
        None => None,
        Some(seal) => match register.position(seal) {
            Some(position) => Some(position),
            None => {
                let reason = format!("seal {seal} is not in the register");
                return Settlement::Failed(Failure::new(FailureCode::SealUnknown, reason));
            }
        },
    };
    let policy = Policy::default();
    let examination = Examination {
        register,
        policy: &policy,
        rules,
        claim,
        seals: match terms.expect_seal {
            true => Seals::Expected,
            false => Seals::Optional,
        },
        date: terms.dated,
        given: None,
    };
    // Its digest is its name: a result is of bytes, which other offices may have under names of their own.
    let source = sandbox::Source::Path(scan.path());
    let how = (&examination, WANTED, on_page);
    let examined = verify::document_with(&claimed.sha256, source, options, how);
    let dies = links::kept_dies(&examined);
    let report = examined.report;
    if report.document.sha256.as_deref() != Some(claimed.sha256.as_str()) {
        return again(
            claimed,
            Failure::new(
                FailureCode::Digest,
                "the scan is not what was handed in: its digest differs",
            ),
            Timestamp::now(),
        );
    }
    if !report.is_final() {
        let reason = report.document.reason.clone();
        let reason = reason.unwrap_or_else(|| "a limit was hit".to_owned());
        return again(
            claimed,
            Failure::new(FailureCode::Limit, reason),
            Timestamp::now(),
        );
    }
    Settlement::Examined(Box::new(NewResult {
        dies,
        report,
        claim: terms.seal.clone(),
        crops: examined.crops,
        keys: examined.keys,
    }))
}
