//! Document, register and policy to a report: the pipeline on one screen.
//!
//! [`document`] reads one scan in a child process and examines what it bears. The register comes as
//! a value and the date as an argument, so that the same bytes, revision, policy, claim and date
//! always give the same report.

use jiff::civil::Date;

use crate::extraction::Impression;
use crate::measurement;
use crate::registry::Register;
use crate::rules;
use crate::rules::Finding;
use crate::rules::Severity;
use crate::sandbox;
use crate::sandbox::Reading;
use crate::verdict::Policy;

pub mod batch;
mod candidates;
mod record;
pub mod report;
mod rounding;
pub mod specimen;

pub use report::Outcome;
pub use report::Report;

use candidates::Attribution;

/// What documents are compared with, and what is asked of them.
#[derive(Clone, Copy, Debug)]
pub struct Examination<'a> {
    /// The register.
    pub register: &'a Register,
    /// The thresholds.
    pub policy: &'a Policy,
    /// Position in the register of the seal that the documents are said to bear.
    pub claim: Option<usize>,
    /// Whether every document must bear a seal.
    pub seals: Seals,
    /// The documents' date.
    pub date: Option<Date>,
}

/// Whether a document must bear a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seals {
    /// It may.
    Optional,
    /// It must.
    Expected,
}

/// A document's report and the impressions that it speaks of, in the same order.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The report.
    pub report: Report,
    /// The impressions, for pictures.
    pub impressions: Vec<Impression>,
}

/// Reads a document and examines every seal impression on it; `path` is its name in the report.
#[must_use]
pub fn document(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    examination: &Examination<'_>,
) -> Examined {
    examine(path, sandbox::read(source, options), examination)
}

/// Examines a document that was read.
#[must_use]
pub fn examine(path: &str, reading: Reading, examination: &Examination<'_>) -> Examined {
    let state = DocumentState::of(&reading);
    let document = record::document(path, &reading, state.reason(), examination.date);
    let pages: Vec<report::Page> = reading.pages.iter().map(record::page).collect();
    let mut findings = Vec::new();
    let mut records = Vec::new();
    let mut impressions = Vec::new();
    for page in reading.pages {
        let number = page.number;
        match page.content {
            Err(error) => {
                let reason = error.to_string();
                findings.push(rules::document::page_unreadable(number, &reason));
            }
            Ok(extraction) => {
                for impression in extraction.impressions {
                    let (record, found) = impression_record(&impression, number, examination);
                    let about = |finding: Finding| finding.about(records.len(), number);
                    findings.extend(found.into_iter().map(about));
                    records.push(record);
                    impressions.push(impression);
                }
            }
        }
    }
    // An unreadable page may bear the seal that is missed.
    let bare = impressions.is_empty() && pages.iter().all(|page| page.readable);
    let missed = bare && examination.seals == Seals::Expected;
    findings.extend(state.finding(missed.then_some(pages.len())));
    // The gravest first; among equals, in the order of the document.
    findings.sort_by_key(|finding| finding.severity);
    let report = Report {
        schema: report::SCHEMA.to_owned(),
        engine: report::ENGINE.to_owned(),
        policy: examination.policy.name.clone(),
        register: report::RegisterState {
            revision: examination.register.revision,
        },
        document,
        outcome: state.outcome(&findings),
        pages,
        impressions: records,
        findings,
    };
    Examined {
        report,
        impressions,
    }
}

/// Measures one impression, attributes it to a seal, compares, judges, and applies the rules.
fn impression_record(
    impression: &Impression,
    page: u32,
    examination: &Examination<'_>,
) -> (report::Impression, Vec<Finding>) {
    let measurements = measurement::measure(impression);
    let attribution = Attribution::of(impression, examination);
    let chosen = attribution.chosen();
    let seal = chosen.map(|candidate| &examination.register.seals[candidate.seal]);
    let scene = match seal {
        Some(seal) => rules::Scene::of(seal, examination.date),
        None => rules::Scene::unknown(examination.date),
    };
    let mut findings = rules::impression::findings(rules::impression::Subject {
        impression,
        measurements: &measurements,
        seal: seal.zip(chosen.map(|candidate| &candidate.judgement)),
        scene,
    });
    if let Some(seal) = seal {
        findings.extend(rules::validity::findings(seal, examination.date));
    }
    let record = record::impression(impression, page, &measurements, &attribution, examination);
    (record, findings)
}

/// How far a document could be read.
enum DocumentState {
    /// At least one page could.
    Read,
    /// Nothing could.
    Unreadable(String),
    /// A limit stopped it.
    NotProcessed(String),
}

impl DocumentState {
    fn of(reading: &Reading) -> Self {
        match &reading.outcome {
            sandbox::Outcome::Unreadable { reason } => Self::Unreadable(reason.clone()),
            sandbox::Outcome::NotProcessed { reason } => Self::NotProcessed(reason.clone()),
            sandbox::Outcome::Read => {
                let mut errors = reading.pages.iter().map(|page| page.content.as_ref().err());
                // Not one readable page is no document without a seal.
                match errors.next() {
                    None => Self::Unreadable("it has no pages".to_owned()),
                    Some(Some(first)) if errors.all(|error| error.is_some()) => {
                        Self::Unreadable(first.to_string())
                    }
                    Some(_) => Self::Read,
                }
            }
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Read => None,
            Self::Unreadable(reason) | Self::NotProcessed(reason) => Some(reason.clone()),
        }
    }

    /// What is to be said of the document as a whole; `missed` pages bear no seal, but should.
    fn finding(&self, missed: Option<usize>) -> Option<Finding> {
        match self {
            Self::Unreadable(reason) => Some(rules::document::unreadable(reason)),
            Self::NotProcessed(reason) => Some(rules::document::not_processed(reason)),
            Self::Read => missed.map(rules::document::no_seal),
        }
    }

    fn outcome(&self, findings: &[Finding]) -> Outcome {
        match self {
            Self::Unreadable(_) => Outcome::Unreadable,
            Self::NotProcessed(_) => Outcome::NotProcessed,
            Self::Read => match findings.iter().map(|finding| finding.severity).min() {
                Some(Severity::Violation) => Outcome::Flag,
                Some(Severity::Warning) => Outcome::Review,
                Some(Severity::Remark) | None => Outcome::Pass,
            },
        }
    }
}
