//! Kept results under another policy: weighed by what they hold, to what comparing their ink anew says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use antin::rules::RuleSet;
use antin::sandbox;
use antin::storage::Store;
use antin::storage::judging::Judged;
use antin::storage::judging::Touched;
use antin::verdict::Conclusion;
use antin::verdict::Policy;
use antin::verify::Report;
use antin::verify::rejudged::Change;
use jiff::Timestamp;

use crate::antin;
use crate::kept;
use crate::kept_before;

/// Genuine ones on three kinds of scan, beside a twin, worn and deformed, false ones, one that is in no register.
const DOCUMENTS: [&str; 12] = [
    "01-genuine-colour.pdf",
    "02-genuine-gray.pdf",
    "03-genuine-black-and-white.pdf",
    "04-genuine-near-twin.pdf",
    "06-genuine-oval-blue.pdf",
    "07-genuine-square.pdf",
    "08-forged-font.pdf",
    "09-forged-outer-radius.pdf",
    "11-deformed-die.pdf",
    "12-unregistered.pdf",
    "13-two-seals.pdf",
    "14-no-seal.pdf",
];

fn policy(name: &str, [consistent, leans, against, different]: [f64; 4]) -> Policy {
    Policy {
        name: name.to_owned(),
        consistent_log10_lr_min: consistent,
        leans_consistent_log10_lr_min: leans,
        leans_different_log10_lr_max: against,
        different_log10_lr_max: different,
    }
}

/// Results weighed by a policy, what of them changed, and those that ask for their ink; afterwards all are compared anew.
struct Run {
    judged: Judged,
    asking: BTreeSet<i64>,
    told: Vec<Change>,
    weighed: Vec<Report>,
    compared: Vec<Report>,
}

fn run(folder: &Path, policy: &Policy) -> Run {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let data = folder.join("data");
    let open = || Store::open(&data);
    let (judged, asking, told) = runtime.block_on(async {
        let store = open().await.unwrap();
        let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
        let register = store.snapshot(&options).await.unwrap().register;
        let law = (&register, policy, RuleSet::shipped());
        let mut told = Vec::new();
        let weighed = store.weigh_again(law, Timestamp::UNIX_EPOCH, |change| {
            told.push(change.clone());
        });
        let (judged, asking) = weighed.await.unwrap();
        store.close().await;
        (judged, asking, told)
    });
    let weighed = kept(folder);
    runtime.block_on(async {
        let store = open().await.unwrap();
        let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
        let register = store.snapshot(&options).await.unwrap().register;
        let law = (&register, policy, RuleSet::shipped());
        let compared = store.compare_again(
            (&Touched::All, |_| true),
            law,
            Timestamp::UNIX_EPOCH,
            |_| {},
        );
        let without_crops = compared.await.unwrap().without_crops;
        assert_eq!(without_crops, 0, "all have their crops");
        store.close().await;
    });
    Run {
        judged,
        asking,
        told,
        weighed,
        compared: kept(folder),
    }
}

#[test]
fn another_policy_weighs_kept_results_to_what_comparing_them_anew_says() {
    let folder = kept_before(&[], &DOCUMENTS);
    let before = kept(folder.path());
    let steps: BTreeSet<String> = before
        .iter()
        .flat_map(|report| &report.impressions)
        .map(|own| format!("{:?}", own.conclusion))
        .collect();
    assert!(steps.len() >= 4, "{steps:?}");
    // Stricter on both sides, looser on both, and one that takes nothing for sure.
    let policies = [
        policy("strict/1", [1.2, 0.5, -0.6, -2.0]),
        policy("loose/1", [0.4, 0.1, -0.2, -0.5]),
        policy("unsure/1", [9.0, 0.2, -0.3, -9.0]),
    ];
    let (mut changed, mut unweighed) = (0, 0);
    for policy in &policies {
        let run = run(folder.path(), policy);
        assert_eq!(run.judged.results + run.asking.len(), DOCUMENTS.len());
        assert_eq!(run.judged.changed, run.told.len(), "{}", policy.name);
        assert!(run.told.iter().all(Change::is_news), "{}", policy.name);
        changed += run.judged.changed;
        unweighed += run.asking.len();
        for (position, (weighed, compared)) in (1..).zip(run.weighed.iter().zip(&run.compared)) {
            if run.asking.contains(&position) {
                continue;
            }
            let weighed = Report {
                policy: policy.name.clone(),
                ..weighed.clone()
            };
            let path = &weighed.document.path;
            assert_eq!(&weighed, compared, "{} of {path}", policy.name);
        }
    }
    assert!(
        changed >= 6,
        "{changed} changed, {unweighed} ask for their ink"
    );
    assert!(
        unweighed <= DOCUMENTS.len(),
        "{unweighed} ask for their ink"
    );
}

/// The steps that were taken of a report's impressions, and by which policy.
fn steps(report: &Report) -> (&str, Vec<(Conclusion, &[String])>) {
    let taken = report.impressions.iter().map(|own| {
        let comparison = own.comparison.as_ref();
        let caveats = comparison.map_or(&[][..], |comparison| &comparison.caveats);
        (own.conclusion, caveats)
    });
    (&report.policy, taken.collect())
}

#[test]
fn what_an_event_changes_leaves_the_steps_that_another_policy_took() {
    let folder = kept_before(&[], &DOCUMENTS[..1]);
    let folder = folder.path();
    let first = kept(folder);
    let unsure = policy("unsure/1", [9.0, 0.2, -0.3, -9.0]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder.join("data")).await.unwrap();
        let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
        let register = store.snapshot(&options).await.unwrap().register;
        let law = (&register, &unsure, RuleSet::shipped());
        let weighed = store.weigh_again(law, Timestamp::UNIX_EPOCH, |_| ());
        assert_eq!(weighed.await.unwrap().0.changed, 1);
        store.close().await;
    });
    let weighed = kept(folder);
    assert_ne!(steps(&weighed[0]), steps(&first[0]));
    assert_eq!(steps(&weighed[0]).0, "unsure/1");
    let events = "seal,event,on\nD01,reported_lost,2020-05-01\n";
    fs::write(folder.join("events.csv"), events).unwrap();
    let (status, said, error) = antin(folder, "register events events.csv");
    assert_eq!(status, 0, "{error}");
    assert!(said.contains("now flagged"), "{said}");
    let judged = kept(folder);
    assert_ne!(judged[0].outcome, weighed[0].outcome);
    assert_eq!(steps(&judged[0]), steps(&weighed[0]));
}
