//! Document, register and policy to a report: the pipeline on one screen.
//!
//! [`document`] reads one scan in a child process and examines what it bears. The register comes as
//! a value and the date as an argument, so that the same bytes, revision, policy, claim and date
//! always give the same report.

use jiff::civil::Date;

use crate::extraction::Impression;
use crate::measurement;
use crate::measurement::Measurements;
use crate::registry::Register;
use crate::rules;
use crate::rules::Finding;
use crate::rules::Severity;
use crate::sandbox;
use crate::sandbox::PageReading;
use crate::sandbox::Reading;
use crate::verdict::Policy;

pub mod batch;
mod candidates;
pub mod details;
mod record;
pub mod report;
mod rounding;
pub mod specimen;

pub use report::Outcome;
pub use report::Report;

use candidates::Attribution;
use details::Details;

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
    /// The impressions, for pictures; none where no pictures are wanted.
    pub impressions: Vec<Impression>,
    /// What the report's fields do not hold.
    pub details: Details,
}

/// Reads a document and examines every seal impression on it; `path` is its name in the report.
#[must_use]
pub fn document(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    examination: &Examination<'_>,
) -> Examined {
    let mut impressions = Vec::new();
    let mut examiner = Examiner::new(examination);
    let reading = sandbox::read_each(source, options, &mut |page| {
        impressions.extend(examiner.page(page));
    });
    examiner.finish(path, &reading, impressions)
}

/// Like [`document`], but keeps no picture: the memory taken does not grow with the pages.
#[must_use]
pub fn document_without_pictures(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    examination: &Examination<'_>,
) -> Examined {
    let mut examiner = Examiner::new(examination);
    let reading = sandbox::read_each(source, options, &mut |page| drop(examiner.page(page)));
    examiner.finish(path, &reading, Vec::new())
}

/// Examines a document that was read before, with all its pages.
#[must_use]
pub fn examine(path: &str, mut reading: Reading, examination: &Examination<'_>) -> Examined {
    let mut examiner = Examiner::new(examination);
    let pages = std::mem::take(&mut reading.pages);
    let impressions = pages
        .into_iter()
        .flat_map(|page| examiner.page(page))
        .collect();
    examiner.finish(path, &reading, impressions)
}

/// A report in the making, page by page.
struct Examiner<'a> {
    examination: &'a Examination<'a>,
    pages: Vec<report::Page>,
    impressions: Vec<report::Impression>,
    findings: Vec<Finding>,
    details: Details,
    /// Whether any page could not be looked at for want of time or memory.
    limited: bool,
}

impl<'a> Examiner<'a> {
    fn new(examination: &'a Examination<'a>) -> Self {
        Self {
            examination,
            pages: Vec::new(),
            impressions: Vec::new(),
            findings: Vec::new(),
            details: Details::default(),
            limited: false,
        }
    }

    /// Examines one page and gives back its impressions.
    fn page(&mut self, page: PageReading) -> Vec<Impression> {
        let number = page.number;
        let record = record::page(&page);
        if let Some(reason) = &record.reason {
            self.findings
                .push(rules::document::page_unreadable(number, reason));
        }
        let notes = page.notes.iter();
        self.findings
            .extend(notes.map(|note| rules::document::page_note(number, *note)));
        self.pages.push(record);
        let impressions = match page.content {
            Ok(extraction) => {
                let marks = &mut self.details.marks;
                marks.add(number, page.dpi, &extraction.rejected);
                extraction.impressions
            }
            Err(error) => {
                self.limited |= record::is_limit(&error);
                Vec::new()
            }
        };
        for impression in &impressions {
            let measured = measurement::measure(impression);
            let (record, found) =
                impression_record(impression, &measured, number, self.examination);
            let index = self.impressions.len();
            let about = |finding: Finding| finding.about(index, number);
            self.findings.extend(found.into_iter().map(about));
            self.impressions.push(record);
            self.details.measurements.push(measured);
        }
        impressions
    }

    fn finish(mut self, path: &str, reading: &Reading, impressions: Vec<Impression>) -> Examined {
        let state = self.state(reading);
        let all_readable = self.pages.iter().all(|page| page.readable);
        // An unreadable page may bear the seal that is missed.
        let bare = self.impressions.is_empty() && all_readable;
        let missed = bare && self.examination.seals == Seals::Expected;
        let missed = missed.then_some(self.pages.len());
        self.findings.extend(state.finding(missed));
        // The gravest first; among equals, in the order of the document.
        self.findings.sort_by_key(|finding| finding.severity);
        let examination = self.examination;
        let reason = state.reason();
        let report = Report {
            schema: report::SCHEMA.to_owned(),
            engine: report::ENGINE.to_owned(),
            policy: examination.policy.name.clone(),
            register: report::RegisterState {
                revision: examination.register.revision,
            },
            document: record::document(path, reading, &self.pages, reason, examination.date),
            outcome: state.outcome(&self.findings),
            pages: self.pages,
            impressions: self.impressions,
            findings: self.findings,
        };
        Examined {
            report,
            impressions,
            details: self.details,
        }
    }

    /// How far the document could be read; not one readable page is no document without a seal.
    fn state(&self, reading: &Reading) -> DocumentState {
        match &reading.outcome {
            sandbox::Outcome::Unreadable { reason } => DocumentState::Unreadable(reason.clone()),
            sandbox::Outcome::NotProcessed { reason } => {
                DocumentState::NotProcessed(reason.clone())
            }
            sandbox::Outcome::Read if self.pages.iter().any(|page| page.readable) => {
                DocumentState::Read
            }
            sandbox::Outcome::Read => {
                let first = self.pages.iter().find_map(|page| page.reason.clone());
                let reason = first.unwrap_or_else(|| "it has no pages".to_owned());
                if self.limited {
                    DocumentState::NotProcessed(reason)
                } else {
                    DocumentState::Unreadable(reason)
                }
            }
        }
    }
}

/// Attributes one impression to a seal, compares, judges, and applies the rules.
fn impression_record(
    impression: &Impression,
    measurements: &Measurements,
    page: u32,
    examination: &Examination<'_>,
) -> (report::Impression, Vec<Finding>) {
    let attribution = Attribution::of(impression, examination);
    let chosen = attribution.chosen();
    let seal = chosen.map(|candidate| &examination.register.seals[candidate.seal]);
    let scene = match seal {
        Some(seal) => rules::Scene::of(seal, examination.date),
        None => rules::Scene::unknown(examination.date),
    };
    let mut findings = rules::impression::findings(rules::impression::Subject {
        impression,
        measurements,
        seal: seal.zip(chosen.map(|candidate| &candidate.judgement)),
        scene,
    });
    if let Some(seal) = seal {
        findings.extend(rules::validity::findings(seal, examination.date));
    }
    let record = record::impression(impression, page, measurements, &attribution, examination);
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
