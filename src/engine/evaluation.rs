//! Detection and verification figures with their intervals, from labelled sets.
//!
//! Comes in: the lines of a labelled set and what the program said about each document. Goes out: the
//! figures over all of them and by the fields of the lines, each with its number of seals and trials.
//! Nothing here knows how the program came to what it said.

pub mod calibration;
pub mod claims;

pub mod cllr;

pub mod curve;

pub mod figures;

pub mod interval;

pub mod letters;

pub mod dies;
pub mod documents;
pub mod linkage;

pub mod measured;

pub mod observation;
pub mod pages;

pub mod placing;

pub mod plot;

pub mod rate;

pub mod roc;

pub mod straddling;

pub mod table;

pub mod trial;

pub mod truth;

pub mod verification;

pub mod wear;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::evaluation::curve::Curve;
use crate::evaluation::dies::DieFigures;
use crate::evaluation::figures::Figures;
use crate::evaluation::letters::Misread;
use crate::evaluation::linkage::LinkFigures;
use crate::evaluation::observation::Observation;
use crate::evaluation::straddling::StraddlingFigures;
use crate::evaluation::trial::Kind;
use crate::evaluation::trial::Sheet;
use crate::evaluation::trial::Trial;
use crate::evaluation::trial::pair;
use crate::evaluation::truth::Truth;
use crate::evaluation::wear::WearFigures;
use crate::units::floor_index;
use crate::verdict::calibration::Calibration;

/// Fields by which figures are always grouped, where a set has them.
pub const FIELDS: [&str; 3] = ["condition", "forgery", "deformation"];

/// The seed from which every bootstrap draws.
pub const SEED: u64 = 20_160_701;

/// The figures of a labelled set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// `antin.evaluation/1`.
    pub schema: String,
    /// Documents named by the set.
    pub documents: usize,
    /// Documents that could not be read, with the reason.
    pub unread: Vec<Unread>,
    /// Labelled impressions that were not found.
    pub missed: Vec<Missed>,
    /// Documents on which impressions were found where no labelled seal stands, with their number.
    pub false_seals: Vec<(String, usize)>,
    /// Seals that labelled impressions claim and the register lacks: they are never accepted.
    pub seals_not_registered: Vec<String>,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// Replicates of the bootstrap.
    pub replicates: usize,
    /// Fields of letters that were read wrongly.
    #[serde(default)]
    pub misread: Vec<Misread>,
    /// Figures over the whole set.
    pub all: Figures,
    /// Figures by the value of each field.
    pub groups: Vec<Group>,
    /// Pairs of impressions linked as copies, rightly and wrongly.
    #[serde(default)]
    pub links: LinkFigures,
    /// Impressions linked as of one unregistered die, rightly and wrongly.
    #[serde(default)]
    pub dies: DieFigures,
    /// Wear along dates, where the set states it.
    #[serde(default)]
    pub wear: Option<WearFigures>,
    /// Seals across several sheets, where the set has them.
    #[serde(default)]
    pub straddling: Option<StraddlingFigures>,
    /// What was said of whole pages, where the set states marks or forms.
    #[serde(default)]
    pub pages: Vec<pages::PageFigures>,
    /// What was said of whole documents and their files, over all and by condition.
    #[serde(default)]
    pub files: Vec<documents::DocumentFigures>,
    /// How often a change of one kind is noticed, by its size, where the set states sizes.
    #[serde(default)]
    pub curves: Vec<Curve>,
    /// Seeds of the set's seals to which the carried calibration was fitted: figures on them flatter.
    #[serde(default)]
    pub seeds_calibrated: Vec<u64>,
    /// Fields that were asked for and that no line has.
    #[serde(default)]
    pub fields_unknown: Vec<String>,
}

/// A document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The document, as the set names it.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// A labelled impression that was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Its document.
    pub document: String,
    /// The seal that it is or pretends to be, where the set says.
    pub seal: Option<String>,
}

/// The figures of the lines that share a field's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The field.
    pub field: String,
    /// Its value.
    pub value: String,
    /// The figures.
    pub figures: Figures,
}

/// Computes the figures of a labelled set, and the trials behind them in the order of its lines.
///
/// `registered` says whether the register holds a seal; `fields` are grouped by besides [`FIELDS`].
#[must_use]
pub fn evaluate(
    lines: &[Truth],
    observations: &[Observation],
    registered: impl Fn(&str) -> bool,
    fields: &[String],
) -> (Evaluation, Vec<Trial>) {
    let lines = &with_scans(lines, observations);
    let (trials, sheets) = pair(lines, observations, registered);
    let every: Vec<&Trial> = trials.iter().collect();
    let genuine: Vec<&Trial> = genuine(&trials);
    let evaluation = Evaluation {
        schema: "antin.evaluation/1".to_owned(),
        documents: distinct(lines.iter().map(|line| line.document.as_str())).len(),
        unread: unread(lines, observations),
        missed: missed(&trials),
        false_seals: sheets
            .iter()
            .filter(|sheet| sheet.false_seals > 0)
            .map(|sheet| (sheet.truth.document.clone(), sheet.false_seals))
            .collect(),
        seals_not_registered: distinct(
            trials
                .iter()
                .filter(|trial| {
                    !trial.registered && trial.truth.label != truth::Label::Unregistered
                })
                .filter_map(|trial| trial.truth.seal.as_deref()),
        ),
        misread: letters::misread(&sheets),
        seed: SEED,
        replicates: interval::REPLICATES,
        all: Figures::of(&every, &sheets.iter().collect::<Vec<_>>(), &genuine, SEED),
        groups: distinct_in_order(
            FIELDS
                .iter()
                .copied()
                .chain(fields.iter().map(String::as_str)),
        )
        .into_iter()
        .flat_map(|field| groups(field, &trials, &sheets))
        .collect(),
        links: LinkFigures::of(&trials),
        dies: DieFigures::of(&trials),
        wear: None,
        straddling: None,
        pages: Vec::new(),
        files: Vec::new(),
        curves: curve::curves(&trials),
        seeds_calibrated: seeds_calibrated(lines),
        fields_unknown: fields
            .iter()
            .filter(|field| lines.iter().all(|line| line.field(field).is_none()))
            .cloned()
            .collect(),
    };
    (evaluation, trials)
}

/// Seeds of a set's lines to which the carried calibration was fitted.
fn seeds_calibrated(lines: &[Truth]) -> Vec<u64> {
    let seeds: BTreeSet<u64> = lines.iter().filter_map(Truth::seed).collect();
    let carried = Calibration::carried();
    seeds
        .into_iter()
        .filter(|seed| carried.has_seen(*seed))
        .collect()
}

/// The lines, with what the scan itself shows where a line does not say: `scan` is `colour`, `gray`
/// or `1-bit`, and `dpi` the resolution in whole numbers.
fn with_scans(lines: &[Truth], observations: &[Observation]) -> Vec<Truth> {
    let by_document: BTreeMap<&str, &Observation> = observations
        .iter()
        .map(|seen| (seen.document.as_str(), seen))
        .collect();
    let complete = |line: &Truth| {
        let mut line = line.clone();
        let seen = by_document.get(line.document.as_str());
        let pages = seen.map_or(&[][..], |seen| &seen.scans);
        let page = pages.iter().find(|page| page.number == line.page);
        if let Some(colour) = page.and_then(|page| page.colour) {
            line.state("scan", colour.word());
        }
        if let Some(dpi) = page.and_then(|page| page.dpi) {
            line.state("dpi", floor_index(dpi.round()));
        }
        line
    };
    lines.iter().map(complete).collect()
}

/// The figures for each value of one field.
///
/// Where no genuine line has the field (it says how a die was forged, say), each value's forgeries are
/// set against all genuine trials; otherwise against those of the same value.
fn groups(field: &str, trials: &[Trial], sheets: &[Sheet]) -> Vec<Group> {
    let values = distinct(trials.iter().filter_map(|trial| trial.truth.field(field)));
    let every_genuine = genuine(trials);
    let shared = every_genuine
        .iter()
        .all(|trial| trial.truth.field(field).is_none());
    values
        .into_iter()
        .map(|value| {
            let is_own = |truth: &Truth| truth.field(field).as_deref() == Some(value.as_str());
            let own: Vec<&Trial> = trials.iter().filter(|trial| is_own(&trial.truth)).collect();
            let own_sheets: Vec<&Sheet> =
                sheets.iter().filter(|sheet| is_own(&sheet.truth)).collect();
            let genuine: Vec<&Trial> = every_genuine
                .iter()
                .copied()
                .filter(|trial| shared || is_own(&trial.truth))
                .collect();
            Group {
                figures: Figures::of(&own, &own_sheets, &genuine, SEED),
                field: field.to_owned(),
                value,
            }
        })
        .collect()
}

/// Impressions of documents that were read which were not found.
fn missed(trials: &[Trial]) -> Vec<Missed> {
    trials
        .iter()
        .filter(|trial| trial.read && !trial.detected && trial.kind() != Kind::None)
        .map(|trial| Missed {
            document: trial.truth.document.clone(),
            seal: trial.truth.seal.clone(),
        })
        .collect()
}

fn genuine(trials: &[Trial]) -> Vec<&Trial> {
    trials
        .iter()
        .filter(|trial| trial.kind() == Kind::Genuine)
        .collect()
}

/// Documents of the set that were not read, or not observed at all.
fn unread(lines: &[Truth], observations: &[Observation]) -> Vec<Unread> {
    distinct(lines.iter().map(|line| line.document.as_str()))
        .into_iter()
        .filter_map(|document| {
            let seen = observations.iter().find(|seen| seen.document == document);
            let reason = match seen {
                None => "it was not examined".to_owned(),
                Some(seen) => seen.unread.clone()?,
            };
            Some(Unread { document, reason })
        })
        .collect()
}

fn distinct(values: impl Iterator<Item = impl Into<String>>) -> Vec<String> {
    values
        .map(Into::into)
        .collect::<BTreeSet<String>>()
        .into_iter()
        .collect()
}

fn distinct_in_order<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut kept = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::ObservedScan;
    use crate::evaluation::observation::ScanColour;

    const SET: &str = concat!(
        "{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",\"condition\":\"c300\",\"dpi\":300}\n",
        "{\"document\":\"b\",\"label\":\"genuine\",\"seal\":\"S\",\"condition\":\"g300\",\"dpi\":300}\n",
        "{\"document\":\"c\",\"label\":\"forged\",\"seal\":\"S\",\"condition\":\"c300\",\"forgery\":\"font\"}\n",
        "{\"document\":\"d\",\"label\":\"genuine\",\"seal\":\"T\",\"condition\":\"c300\"}\n",
    );

    fn observations() -> Vec<Observation> {
        ["a", "b", "c"]
            .iter()
            .map(|document| Observation {
                document: (*document).to_owned(),
                unread: (*document == "b").then(|| "truncated".to_owned()),
                pages: 1,
                ..Observation::default()
            })
            .collect()
    }

    #[test]
    fn a_condition_is_set_against_its_own_genuine_ones_and_a_forgery_against_all() {
        let lines = truth::parse(SET).unwrap();
        let (evaluation, trials) = evaluate(&lines, &observations(), |seal| seal == "S", &[]);
        assert_eq!(trials.len(), 4);
        let group = |value: &str| {
            let found = evaluation.groups.iter().find(|group| group.value == value);
            &found.unwrap().figures.with_traced
        };
        assert_eq!(group("c300").genuine, 2);
        assert_eq!(group("g300").genuine, 1);
        assert_eq!(group("font").genuine, 3);
        assert_eq!(evaluation.seals_not_registered, ["T"]);
    }

    #[test]
    fn the_scan_itself_tells_its_colour_and_resolution_where_the_line_does_not() {
        let lines = truth::parse(SET).unwrap();
        let mut seen = observations();
        for one in &mut seen {
            one.scans = vec![ObservedScan {
                number: 1,
                colour: Some(ScanColour::Gray),
                dpi: Some(199.98),
            }];
        }
        let fields = ["scan".to_owned(), "dpi".to_owned(), "weather".to_owned()];
        let (evaluation, _) = evaluate(&lines, &seen, |_| true, &fields);
        let values = |field: &str| -> Vec<(&str, usize)> {
            let own = evaluation
                .groups
                .iter()
                .filter(|group| group.field == field);
            own.map(|group| (group.value.as_str(), group.figures.detection.trials))
                .collect()
        };
        assert_eq!(values("scan"), [("gray", 3)]);
        // Two lines state 300; the forged one does not, and d was not read.
        assert_eq!(values("dpi"), [("200", 1), ("300", 2)]);
        assert_eq!(evaluation.fields_unknown, ["weather"]);
    }

    #[test]
    fn documents_that_were_not_read_are_named() {
        let lines = truth::parse(SET).unwrap();
        let (evaluation, _) = evaluate(&lines, &observations(), |_| true, &["dpi".to_owned()]);
        let unread: Vec<_> = evaluation
            .unread
            .iter()
            .map(|one| one.document.as_str())
            .collect();
        assert_eq!(unread, ["b", "d"]);
        let missed: Vec<_> = evaluation
            .missed
            .iter()
            .map(|one| one.document.as_str())
            .collect();
        assert_eq!(missed, ["a", "c"]);
        assert!(
            evaluation
                .groups
                .iter()
                .any(|group| group.field == "dpi" && group.value == "300")
        );
        assert_eq!(evaluation.all.pages, 2);
    }
}
