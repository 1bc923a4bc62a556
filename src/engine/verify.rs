//! Document, register and policy to a report: the pipeline on one screen.
//!
//! [`document`] reads one scan in a child process and examines what it bears. The register comes as
//! a value and the date as an argument, so that the same bytes, revision, policy, claim and date
//! always give the same report.

use jiff::civil::Date;

use crate::extraction::Impression;
use crate::extraction::Shape;
use crate::measurement;
use crate::measurement::Measurements;
use crate::placement::Ground;
use crate::placement::Role;
use crate::placement::Spot;
use crate::production::Sign;
use crate::production::Traces;
use crate::reading::Layout;
use crate::rules;
use crate::rules::Finding;
use crate::rules::Why;
use crate::sandbox;
use crate::sandbox::PageReading;
use crate::sandbox::Reading;
use crate::sandbox::recognition::Recognition;
use crate::units::Dpi;

pub mod batch;
pub mod beside;
mod candidates;
pub mod claimed;
mod copies;
pub mod crops;
mod dated;
pub mod details;
pub mod enrolment;
mod examination;
mod examined;
pub mod fields;
mod gathering;
mod issued;
pub mod kept;
pub mod key;
mod marked;
mod own_images;
pub mod proof;
pub mod recomputed;
mod record;
mod recorded;
pub mod rejudged;
pub mod rematched;
pub mod report;
pub mod reweighed;
mod rounding;
pub mod sighting;
pub mod specimen;
mod state;
mod straddled;
pub mod unframed;
mod watched;

pub use dated::Wanted;
pub use examination::Examination;
pub use examination::Seals;
pub use examined::Examined;
pub use report::Outcome;
pub use report::Report;

use candidates::Attribution;
use details::Details;
use fields::Fields;
use gathering::Gathering;
use key::DieKey;
use key::ImpressionKey;
use report::DateSource;
use report::DocumentDate;
use sighting::Sighting;
use state::State;
use straddled::Straddled;

/// For whoever is not told of pages.
const QUIET: &dyn Fn(u32) = &|_| ();

/// Reads a document and examines every seal impression on it; `path` is its name in the report.
#[must_use]
pub fn document(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    examination: &Examination<'_>,
) -> Examined {
    let how = (examination, Wanted::PICTURES, QUIET);
    document_with(path, source, options, how)
}

/// Like [`document`], but keeps no picture: the memory taken does not grow with the pages.
#[must_use]
pub fn document_without_pictures(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    examination: &Examination<'_>,
) -> Examined {
    let how = (examination, Wanted::default(), QUIET);
    document_with(path, source, options, how)
}

/// Like [`document`], with as much beside the report as is wanted; tells the number of each page that was read, which may be the
/// first again where the document is read once more.
#[must_use]
pub fn document_with(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    how: (&Examination<'_>, Wanted, &dyn Fn(u32)),
) -> Examined {
    dated::examined(path, source, options, how)
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

/// What a document that was read before says of itself, and what its file's own words say otherwise: its pages hold the
/// places where it does, if a recogniser was named when it was read.
#[must_use]
pub fn letter(reading: &Reading, recognition: &Recognition) -> (Option<Fields>, Vec<Finding>) {
    let mut gathering = Gathering::new(recognition, (None, None));
    for page in &reading.pages {
        let (excerpts, layer) = (page.excerpts.clone(), page.text_layer.clone());
        gathering.add(page.number, excerpts, layer);
    }
    gathering.complete();
    (gathering.fields(), gathering.differences())
}

/// A report in the making, page by page.
struct Examiner<'a> {
    examination: Examination<'a>,
    dated: DateSource,
    /// What the document says of itself, if it was asked.
    fields: Option<Fields>,
    pages: Vec<report::Page>,
    impressions: Vec<report::Impression>,
    findings: Vec<Finding>,
    details: Details,
    keys: Vec<ImpressionKey>,
    dies: Vec<DieKey>,
    sightings: Vec<Sighting>,
    /// Pages that could not be looked at for want of time or memory.
    limited: Vec<u32>,
    /// Why the first page that could not be read is that.
    unread: Option<Why>,
    /// What stands at the edges of pages.
    straddled: Straddled,
    /// The page with a mark of secrecy, and the mark: the document is not to be looked at.
    secret: Option<(u32, &'static str)>,
    /// By when the document existed, as a register of use proves it.
    recorded: Option<recorded::Recorded>,
}

impl<'a> Examiner<'a> {
    fn new(examination: &Examination<'a>) -> Self {
        Self {
            examination: *examination,
            dated: match examination.date {
                Some(_) => DateSource::Argument,
                None => DateSource::Unknown,
            },
            fields: None,
            pages: Vec::new(),
            impressions: Vec::new(),
            findings: Vec::new(),
            details: Details::default(),
            keys: Vec::new(),
            dies: Vec::new(),
            sightings: Vec::new(),
            limited: Vec::new(),
            unread: None,
            straddled: Straddled::default(),
            secret: None,
            recorded: None,
        }
    }

    /// Takes the date that the document bears, if none was given.
    const fn read_date(&mut self, date: Date) {
        if self.examination.date.is_none() {
            self.examination.date = Some(date);
            self.dated = DateSource::Ocr;
        }
    }

    /// Whether a page, or one before it, bears a mark of secrecy.
    fn is_stopped(&mut self, page: &PageReading) -> bool {
        let secret = || Some((page.number, marked::secret(page)?));
        self.secret = self.secret.or_else(secret);
        self.secret.is_some()
    }

    /// Examines one page and gives back its impressions.
    fn page(&mut self, mut page: PageReading) -> Vec<Impression> {
        if self.is_stopped(&page) {
            return Vec::new();
        }
        let number = page.number;
        self.straddled.add(&mut page);
        let record = record::page(&page);
        self.findings.extend(marked::findings(&page));
        let marks = record.marks.clone();
        if let (Err(error), Some(reason)) = (&page.content, &record.reason) {
            let why = Why::of_page(error, reason);
            self.findings
                .push(rules::document::page_unreadable(number, &why));
            self.unread.get_or_insert(why);
        }
        let notes = page.notes.iter();
        self.findings
            .extend(notes.map(|note| rules::document::page_note(number, *note)));
        self.pages.push(record);
        let (impressions, likened) = match page.content {
            Ok(extraction) => {
                let marks = &mut self.details.marks;
                marks.add(number, page.dpi, &extraction.rejected);
                (extraction.impressions, extraction.likened)
            }
            Err(error) => {
                if record::is_limit(&error) {
                    self.limited.push(number);
                }
                (Vec::new(), Vec::new())
            }
        };
        let traces = page.traces.as_ref();
        let layout = page.layout.as_ref();
        let first = self.impressions.len();
        let examined = impressions.into_iter().enumerate();
        let kept = examined.filter_map(|(position, impression)| {
            let is_sure = impression.outline.shape != Shape::Other
                && !likened.contains(&position)
                && !marked::is_mark(&marks, impression.bbox);
            let sign = traces.and_then(|traces| traces.signs.get(position).copied()?);
            let signed = layout.and_then(|layout| layout.signatures.get(position));
            let page_px = page.width_px.zip(page.height_px).unwrap_or_default();
            let place = (number, page_px, page.dpi, signed);
            let impression = self
                .straddled
                .hold(impression, place, (is_sure, sign, traces))?;
            let spot = Spot {
                outline: &impression.outline,
                page_px,
                page: number,
                dpi: page.dpi,
                signed,
                ground: layout
                    .filter(|_| impression.separable)
                    .map(|layout| Ground::of(&impression, &layout.lines)),
            };
            self.impression((&impression, is_sure), spot, (sign, traces))
                .then_some(impression)
        });
        let kept = kept.collect();
        let added = &mut self.impressions[first..];
        let found = own_images::note(page.overlays.as_ref(), (number, first), added);
        self.findings.extend(found);
        let page_mm = record::page_mm((page.width_px, page.height_px), page.dpi);
        if let Some(layout) = layout {
            self.filled((number, first), layout, page_mm);
        }
        kept
    }

    /// Says what stands on a page of so many millimetres beside its seals, the first of which has the index `first`.
    fn filled(
        &mut self,
        (number, first): (u32, usize),
        layout: &Layout,
        page_mm: Option<[f64; 2]>,
    ) {
        let added = self.impressions[first..].iter();
        let roles: Vec<Role> = added.map(|impression| impression.placement.role).collect();
        let scene = self.scene(first);
        let blank =
            page_mm.and_then(|page_mm| rules::placement::blank(layout, (&roles, page_mm), scene));
        let unfilled = rules::placement::unfilled(layout.fields, &roles, scene);
        self.findings
            .extend(blank.or(unfilled).map(|finding| Finding {
                page: Some(number),
                ..finding
            }));
    }

    /// Where rules on a page are applied: the scene of the seal of its first impression.
    fn scene(&self, first: usize) -> rules::Scene<'a> {
        let examination = self.examination;
        let id = self
            .impressions
            .get(first)
            .and_then(|impression| impression.seal.as_ref());
        let seals = &examination.register.seals;
        let seal = id.and_then(|id| seals.iter().find(|seal| seal.id == *id));
        match seal {
            Some(seal) => rules::Scene::of(seal, examination.date, examination.rules),
            None => rules::Scene::unknown(examination.date, examination.rules),
        }
    }

    /// Examines one impression of a page; `sign` shows that it was printed. `false` if it turns out to
    /// be none: no outline shows that it is there, and it resembles no registered seal.
    fn impression(
        &mut self,
        (impression, is_sure): (&Impression, bool),
        spot: Spot<'_>,
        (sign, traces): (Option<Sign>, Option<&Traces>),
    ) -> bool {
        let (examination, page) = (self.examination, spot.page);
        let mut attribution = Attribution::of(impression, sign, &examination);
        let is_known = attribution.is_known(impression.outline.shape, examination.register);
        if !is_sure && !is_known {
            return false;
        }
        // Receipt stamps and marks of urgency are no seals, unless one of their size is registered.
        let is_seal = is_known || !matches!(spot.role(), Role::Receipt | Role::Urgency);
        if !is_seal {
            attribution = Attribution::of_no_seal();
        }
        let measured = attribution.refined(measurement::measure(impression));
        let index = self.impressions.len();
        let seal = attribution.chosen().map(|chosen| chosen.seal);
        if let Some((seal, (residual, page_from_seal))) = seal.zip(attribution.key()) {
            self.keys.push(ImpressionKey {
                page,
                impression: index,
                seal: examination.register.seals[seal].id.clone(),
                residual: residual.clone(),
                page_from_seal: *page_from_seal,
                sheet: traces.map(|traces| traces.sheet.clone()),
            });
        }
        if let Some(poses_as) = attribution.unregistered().filter(|_| is_seal) {
            let poses_as = poses_as.map(|seal| examination.register.seals[seal].id.clone());
            let sheet = traces.map(|traces| traces.sheet.clone());
            let key = DieKey::new(impression, (page, index), poses_as, sheet);
            self.dies.extend(key);
        }
        if let Some(seal) = seal {
            self.sightings.push(Sighting {
                page,
                impression: index,
                seal: examination.register.seals[seal].id.clone(),
                on: examination.date,
                shown: attribution.shown().cloned(),
            });
        }
        let (mut record, mut found) =
            impression_record(impression, &measured, spot, (&attribution, &examination));
        if let Some(sign) = sign {
            record.production = report::Production::Printed;
            found.push(rules::impression::printed(sign));
        }
        if !is_seal {
            found.clear();
        }
        let about = |finding: Finding| finding.about(index, page);
        self.findings.extend(found.into_iter().map(about));
        self.impressions.push(record);
        self.details.measurements.push(measured);
        true
    }

    fn finish(
        mut self,
        path: &str,
        reading: &Reading,
        mut impressions: Vec<Impression>,
    ) -> Examined {
        if let Some(secret) = self.secret {
            let document = (path, reading.sha256.clone());
            return Examined {
                report: record::stopped(document, secret, &self.examination),
                impressions: Vec::new(),
                details: Details::default(),
                keys: Vec::new(),
                dies: Vec::new(),
                sightings: Vec::new(),
                crops: None,
            };
        }
        impressions.extend(self.straddled());
        self.look_up(reading.sha256.as_deref());
        let is_any_readable = self.pages.iter().any(|page| page.readable);
        let is_any = (is_any_readable, !self.limited.is_empty());
        let state = State::of(reading, self.unread.take(), is_any);
        let all_readable = self.pages.iter().all(|page| page.readable);
        // An unreadable page may bear the seal that is missed.
        let bare = self.impressions.is_empty() && all_readable;
        let missed = bare && self.examination.seals == Seals::Expected;
        let missed = missed.then_some(self.pages.len());
        if matches!(state, State::NotProcessed(_)) {
            // Said once, of the document: these pages are not undecodable, but stopped.
            let limited = &self.limited;
            let stopped = |page: Option<u32>| page.is_some_and(|page| limited.contains(&page));
            self.findings.retain(|finding| {
                finding.code != rules::document::PAGE_UNREADABLE || !stopped(finding.page)
            });
        }
        let scene = self.examination.scene();
        self.findings
            .extend(state.finding(missed, &self.limited, scene));
        let facts = reading.facts.iter().flatten();
        self.findings.extend(facts.filter_map(rules::file::facts));
        self.findings.sort_by_key(Finding::rank);
        let examination = self.examination;
        let date = (examination.date, self.dated);
        let date = DocumentDate::proved(date, self.given_proof(), self.recorded.as_ref());
        let reason = state.reason();
        let report = Report {
            schema: report::SCHEMA.to_owned(),
            engine: report::ENGINE.to_owned(),
            policy: examination.policy.name.clone(),
            rules: examination.rules.name.clone(),
            register: report::RegisterState {
                revision: examination.register.revision,
            },
            document: report::Document {
                fields: self.fields,
                ..record::document(path, reading, reason, date)
            },
            outcome: state.outcome(&self.findings),
            pages: self.pages,
            impressions: self.impressions,
            findings: self.findings,
        };
        Examined {
            report,
            impressions,
            details: self.details,
            keys: self.keys,
            dies: self.dies,
            sightings: self.sightings,
            crops: None,
        }
    }
}

/// Attributes one impression to a seal, compares, judges, and applies the rules.
fn impression_record(
    impression: &Impression,
    measurements: &Measurements,
    spot: Spot<'_>,
    (attribution, examination): (&Attribution, &Examination<'_>),
) -> (report::Impression, Vec<Finding>) {
    let chosen = attribution.chosen();
    let seal = chosen.map(|candidate| &examination.register.seals[candidate.seal]);
    let scene = match seal {
        Some(seal) => rules::Scene::of(seal, examination.date, examination.rules),
        None => rules::Scene::unknown(examination.date, examination.rules),
    };
    let mut findings = rules::impression::findings(rules::impression::Subject {
        impression,
        measurements,
        seal: seal.zip(chosen.map(|candidate| &candidate.judgement)),
        scene,
    });
    if let Some(seal) = seal {
        findings.extend(rules::validity::findings(
            seal.into(),
            scene,
            examination.given.and_then(|given| given.not_after),
        ));
        findings.extend(rules::class::finding(seal, scene));
    }
    findings.extend(copies::finding(attribution, examination));
    findings.extend(watched::finding(impression, attribution, examination));
    let record = record::impression(impression, spot, measurements, attribution, examination);
    findings.extend(rules::placement::findings(rules::placement::Subject {
        role: record.placement.role,
        signed: spot.signed,
        ground: spot.ground.zip(spot.dpi.map(Dpi::pixels_per_mm)),
        turn_deg: record.outline.rotation_deg,
        scene,
    }));
    (record, findings)
}

#[cfg(test)]
mod tests;
