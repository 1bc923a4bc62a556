//! What a specimen's quality does to comparisons with it: the ground of `antin::verify::enrolment`.
//!
//! `cargo bench --bench enrolment [-- SEALS SEED]` draws seals, their registered specimens and documents in conditions from fine to
//! poor. Every specimen, and every genuine impression, then stands alone as the specimen of its seal for genuine and forged
//! impressions scanned in colour at 200 and 300 dpi. Printed is, for each check by itself where the others are passed, and for
//! all together: how many comparisons there were and how many of them ended `not_examinable`, wrong (a genuine one
//! spoken against, a forged one spoken for) and without a lean, in percent.

#![allow(clippy::unwrap_used, reason = "a bench that fails says where")]
#![allow(clippy::print_stdout, reason = "a bench prints")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use antin::extraction::Impression;
use antin::matching::Query;
use antin::matching::Specimen;
use antin::sandbox;
use antin::verdict;
use antin::verdict::Conclusion;
use antin::verdict::Policy;
use antin::verify::enrolment;
use antin::verify::enrolment::Check;
use antin::verify::specimen;
use rayon::prelude::*;
use serde_json::Value;
use serde_json::json;

/// Impressions of each label that a specimen is compared with, at most.
const QUERIES: usize = 5;
/// How far an impression's middle may lie from where it was drawn, in its radii.
const NEAR: f64 = 0.3;
/// Bounds that each check's values are told between.
const BOUNDS: [(&str, &[f64]); 4] = [
    ("resolution", &[0.0, 180.0, 250.0, 400.0, 1e4]),
    ("border", &[0.0, 0.5, 0.7, 0.8, 0.9, 0.97, 1.01]),
    ("usable", &[0.0, 0.5, 0.7, 0.8, 0.9, 0.97, 1.01]),
    ("covered", &[-0.01, 0.005, 0.01, 0.02, 0.04, 0.08, 1.0]),
];

/// An impression that may stand for its seal.
struct Candidate {
    seal: String,
    checks: Vec<Check>,
    impression: Impression,
    /// Its place among the queries, where it is one.
    query: Option<usize>,
}

struct Questioned {
    seal: String,
    is_genuine: bool,
    impression: Impression,
}

/// How comparisons ended.
#[derive(Clone, Copy, Default)]
struct Ends {
    genuine: usize,
    forged: usize,
    not_examinable: usize,
    accused: usize,
    accepted: usize,
    open: usize,
}

impl Ends {
    fn add(&mut self, is_genuine: bool, conclusion: Conclusion) {
        let side = if is_genuine {
            &mut self.genuine
        } else {
            &mut self.forged
        };
        *side += 1;
        match (conclusion, is_genuine) {
            (Conclusion::NotExaminable, _) => self.not_examinable += 1,
            (Conclusion::Undecided, _) => self.open += 1,
            (Conclusion::Different | Conclusion::LeansDifferent, true) => self.accused += 1,
            (Conclusion::Consistent | Conclusion::LeansConsistent, false) => self.accepted += 1,
            _ => {}
        }
    }

    fn told(self) -> Value {
        let all = self.genuine + self.forged;
        let share = |count: usize, of: usize| {
            let share = count as f64 / (of.max(1)) as f64;
            (1000.0 * share).round() / 10.0
        };
        json!({
            "comparisons": all,
            "not_examinable": share(self.not_examinable, all),
            "genuine_accused": share(self.accused, self.genuine),
            "forged_accepted": share(self.accepted, self.forged),
            "undecided": share(self.open, all),
        })
    }
}

fn main() {
    let numbers: Vec<String> = std::env::args()
        .skip(1)
        .filter(|own| own != "--bench")
        .collect();
    let seals = numbers.first().map_or("16", String::as_str);
    let seed = numbers.get(1).map_or("7601", String::as_str);
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path();
    let drawn = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args([
            "synth",
            ".",
            "--documents-per-seal",
            "18",
            "--seals",
            seals,
            "--seed",
            seed,
        ])
        .args(["--conditions", "c600,c300,c200,c150,g300,b300,poor300"])
        .current_dir(set)
        .stdout(Stdio::null())
        .status();
    assert!(drawn.unwrap().success(), "nothing was drawn");
    let (candidates, queries) = read(set);
    let ends: Vec<(&Candidate, Ends)> = candidates
        .par_iter()
        .filter_map(|candidate| Some((candidate, compared(candidate, &queries)?)))
        .collect();
    println!(
        "{}",
        json!({"specimens": ends.len(), "impressions": queries.len(), "seals": seals, "seed": seed})
    );
    tell(&ends);
}

/// Impressions of documents whose label is known, and specimens, each as it may stand for its seal.
fn read(set: &Path) -> (Vec<Candidate>, Vec<Questioned>) {
    let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
    let truth = std::fs::read_to_string(set.join("truth.jsonl")).unwrap();
    let lines: Vec<Value> = truth
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let labelled = lines.iter().filter(|line| {
        (line["label"] == "genuine" || line["label"] == "forged") && line["seal"].is_string()
    });
    let labelled: Vec<&Value> = labelled.collect();
    let found: Vec<(&Value, Impression)> = labelled
        .par_iter()
        .filter_map(|line| Some((*line, drawn_at(set, line, &options)?)))
        .collect();
    let (mut candidates, mut queries) = (Vec::new(), Vec::new());
    for (line, impression) in found {
        let seal = line["seal"].as_str().unwrap().to_owned();
        let is_genuine = line["label"] == "genuine";
        let is_usual = line["condition"] == "c300" || line["condition"] == "c200";
        if is_genuine {
            candidates.push(Candidate {
                seal: seal.clone(),
                checks: enrolment::checks(&impression),
                impression: impression.clone(),
                query: is_usual.then_some(queries.len()),
            });
        }
        if is_usual {
            queries.push(Questioned {
                seal,
                is_genuine,
                impression,
            });
        }
    }
    let files = std::fs::read_dir(set.join("specimens")).unwrap();
    for file in files {
        let path = file.unwrap().path();
        let source = sandbox::Source::Path(&path);
        if let Ok(impression) = specimen::read(source, None, None, &options) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            candidates.push(Candidate {
                seal: name.split('-').next().unwrap().to_owned(),
                checks: enrolment::checks(&impression),
                impression,
                query: None,
            });
        }
    }
    (candidates, queries)
}

/// The impression that was drawn on a document, where it is found.
fn drawn_at(set: &Path, line: &Value, options: &sandbox::Options) -> Option<Impression> {
    let path = set.join(line["document"].as_str()?);
    let reading = sandbox::read(sandbox::Source::Path(&path), options);
    let page = reading
        .pages
        .into_iter()
        .find(|page| line["page"] == page.number)?;
    let (x, y) = (
        line["centre_px"][0].as_f64()?,
        line["centre_px"][1].as_f64()?,
    );
    let reach = NEAR * line["radius_px"][0].as_f64()?;
    let mut impressions = page.content.ok()?.impressions.into_iter();
    impressions.find(|own| {
        let centre = own.outline.centre;
        libm::hypot(centre.x - x, centre.y - y) <= reach
    })
}

/// How comparisons with a specimen end; `None` if it cannot be one.
fn compared(candidate: &Candidate, queries: &[Questioned]) -> Option<Ends> {
    let specimen = Specimen::enrol(std::slice::from_ref(&candidate.impression)).ok()?;
    let policy = Policy::default();
    let mut ends = Ends::default();
    for is_genuine in [true, false] {
        let own = queries.iter().enumerate().filter(|(index, query)| {
            query.seal == candidate.seal
                && query.is_genuine == is_genuine
                && candidate.query != Some(*index)
        });
        for (_, query) in own.take(QUERIES) {
            let comparison = Query::new(&query.impression).compare(&specimen);
            let judged = verdict::judge(&query.impression, comparison.as_ref(), &policy);
            ends.add(is_genuine, judged.conclusion);
        }
    }
    Some(ends)
}

fn tell(all: &[(&Candidate, Ends)]) {
    let sum = |own: &mut dyn Iterator<Item = &(&Candidate, Ends)>| {
        own.fold(Ends::default(), |mut sum, (_, ends)| {
            sum.genuine += ends.genuine;
            sum.forged += ends.forged;
            sum.not_examinable += ends.not_examinable;
            sum.accused += ends.accused;
            sum.accepted += ends.accepted;
            sum.open += ends.open;
            sum
        })
    };
    let passes = |candidate: &Candidate, but: &str| {
        let mut checks = candidate.checks.iter();
        checks.all(|check| check.good || check.code == but)
    };
    for good in [true, false] {
        let mut own = all.iter().filter(|(own, _)| passes(own, "") == good);
        println!(
            "{}",
            json!({"all checks": good, "ends": sum(&mut own).told()})
        );
    }
    let mut failing: BTreeMap<&str, Vec<&(&Candidate, Ends)>> = BTreeMap::new();
    for own in all {
        for check in own.0.checks.iter().filter(|check| !check.good) {
            failing.entry(check.code).or_default().push(own);
        }
    }
    for (code, own) in &failing {
        println!(
            "{}",
            json!({"fails": code, "specimens": own.len(), "ends": sum(&mut own.iter().copied()).told()})
        );
    }
    for (code, bounds) in BOUNDS {
        for pair in bounds.windows(2) {
            let is_between = |candidate: &Candidate| {
                let mut checks = candidate.checks.iter();
                let value = checks
                    .find(|check| check.code == code)
                    .and_then(|check| check.value);
                value.is_some_and(|value| pair[0] <= value && value < pair[1])
            };
            let mut own = all
                .iter()
                .filter(|(own, _)| passes(own, code) && is_between(own));
            let ends = sum(&mut own);
            let mut each = all.iter().filter(|(own, _)| is_between(own));
            println!(
                "{}",
                json!({"check": code, "from": pair[0], "to": pair[1], "others passed": ends.told(), "all": sum(&mut each).told()})
            );
        }
    }
}
