//! Whether a fresh proof impression of a seal is as clear and whole as a specimen has to be, and what it shows of the die.
//!
//! What enrolment refuses in a specimen is refused in a proof: no impression or several, or none with a resolution.

use crate::rules::Finding;
use crate::rules::Severity;
use crate::verdict::Conclusion;
use crate::verify::Outcome;
use crate::verify::Report;

/// Code of a proof that is not fit to show the seal.
pub const POOR: &str = "proof.poor";

/// Lowest resolution at which sizes are measured well, dots an inch (chosen: 0.085 mm a pixel).
const DPI_MIN: f64 = 300.0;
/// Share of the drawing without ink from which a proof is poor (chosen: twice what good stampings of drawn sets leave
/// bare).
const MISSING_MAX: f64 = 0.1;
/// Share of the drawing that must be usable (chosen).
const USABLE_MIN: f64 = 0.8;

/// What a proof's report, made with the seal as its claim, comes to: a finding about the proof where it is poor, and
/// those about the die.
#[must_use]
pub fn findings(seal: &str, report: &Report) -> Vec<Finding> {
    let faults = faults(report);
    let mut findings = Vec::new();
    if !faults.is_empty() {
        let message = format!("The proof of seal {seal} is poor: {}.", faults.join("; "));
        findings.push(finding(message, &faults));
    }
    // A proof stands on a bare sheet, over no signature: only what is said of the die counts.
    let of_die = report
        .findings
        .iter()
        .filter(|finding| finding.code.starts_with("seal."));
    findings.extend(of_die.cloned());
    findings
}

fn finding(message: String, faults: &[String]) -> Finding {
    let mut finding = Finding {
        code: POOR.to_owned(),
        severity: Severity::Warning,
        impression: None,
        page: None,
        message,
        values: serde_json::Map::new(),
        basis: None,
    };
    finding.values.insert("faults".to_owned(), faults.into());
    finding
}

/// Why a proof is poor, in words.
fn faults(report: &Report) -> Vec<String> {
    if matches!(
        report.outcome,
        Outcome::Unreadable | Outcome::NotProcessed | Outcome::Stopped
    ) {
        let reason = report.document.reason.clone();
        return vec![reason.unwrap_or_else(|| "it cannot be read".to_owned())];
    }
    let impression = match report.impressions.as_slice() {
        [] => return vec!["no seal was found on it".to_owned()],
        [only] => only,
        several => return vec![format!("{} seals were found on it", several.len())],
    };
    let page = report
        .pages
        .iter()
        .find(|page| page.number == impression.page);
    let mut faults = Vec::new();
    match page.and_then(|page| page.dpi) {
        None => faults.push("it has no resolution, so that nothing is measured".to_owned()),
        // A scanner's own rounding is no fault.
        Some(dpi) if dpi < DPI_MIN - 1.0 => {
            faults.push(format!("{dpi:.0} dpi are too few; scan it at {DPI_MIN:.0}"));
        }
        Some(_) => {}
    }
    if impression.conclusion == Conclusion::NotExaminable {
        faults.push("too little of it can be examined".to_owned());
    }
    let percent = |share: f64| (100.0 * share).round();
    if let Some(comparison) = &impression.comparison {
        let (missing, usable) = (comparison.missing_ink, comparison.usable_area);
        if missing > MISSING_MAX {
            faults.push(format!("{} % of the drawing bear no ink", percent(missing)));
        }
        if usable < USABLE_MIN {
            faults.push(format!(
                "only {} % of the drawing can be used",
                percent(usable)
            ));
        }
    }
    faults
}
