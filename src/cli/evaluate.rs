//! `antin evaluate`: runs the program over a labelled set and prints how often it was right.

mod enrolled;
mod filed;
mod files;
mod followed;
mod linked;
mod paged;
mod said;
mod sheets;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::ocr;
use crate::cli::output::Output;
use crate::cli::verify::from_file;
use crate::config;
use crate::evaluation;
use crate::evaluation::letters::ReadLetter;
use crate::evaluation::observation::Observation;
use crate::evaluation::observation::ObservedImpression;
use crate::evaluation::observation::ObservedScan;
use crate::evaluation::observation::Opinion;
use crate::evaluation::observation::ScanColour;
use crate::evaluation::placing::Placed;
use crate::evaluation::straddling;
use crate::evaluation::straddling::StraddlingFigures;
use crate::evaluation::table;
use crate::evaluation::trial::pair;
use crate::evaluation::truth;
use crate::evaluation::truth::Label;
use crate::evaluation::truth::Truth;
use crate::imaging::ColourMode;
use crate::registry::Register;
use crate::rules;
use crate::rules::RuleSet;
use crate::sandbox;
use crate::sandbox::Reading;
use crate::storage;
use crate::verdict::Policy;
use crate::verify;
use crate::verify::Examination;
use crate::verify::Examined;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::Seals;
use crate::verify::beside;
use crate::verify::claimed;
use crate::verify::fields::Fields;
use crate::verify::report::Impression;
use crate::verify::report::Production;
use crate::verify::unframed;

use enrolled::Enrolled;
use files::write_measures;
use files::write_others;
use linked::Seen;
use linked::linked;
use said::Said;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The labelled set: one JSON object a line, documents relative to the file.
    #[arg(value_name = "TRUTH.jsonl")]
    truth: PathBuf,
    /// The register of its seals [default: register.csv beside the labelled set].
    #[arg(long, value_name = "REGISTER.csv")]
    register: Option<PathBuf>,
    /// Also groups the figures by these fields, separated by commas: scan (colour, gray, 1-bit), dpi,
    /// shape, specimens (those registered of the seal), or any other of the lines, two at once as in
    /// shape+scan; condition, forgery and deformation are always grouped by.
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    by: Vec<String>,
    /// What each document is said to bear while it is searched: nothing, the seals that its lines name, or another
    /// one of the register.
    #[arg(long, value_name = "SEALS", value_enum, default_value_t = Said::Nothing)]
    said: Said,
    /// Documents examined at the same time [default: one a processor].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Prints the figures as one JSON object.
    #[arg(long)]
    json: bool,
    /// Writes what was said about each labelled line to this file, as JSON Lines.
    #[arg(long, value_name = "FILE.jsonl")]
    trials: Option<PathBuf>,
    /// Writes everything that was measured of each labelled impression to this file, as JSON Lines for
    /// calibration: against one, two and more of its seal's specimens in turn.
    #[arg(long, value_name = "FILE.jsonl")]
    measures: Option<PathBuf>,
    /// Leaves out the figures, which takes a third of the time.
    #[arg(long, requires = "measures", conflicts_with_all = ["json", "trials", "plot", "by"])]
    measures_only: bool,
    /// Draws Tippett, DET and cross-entropy plots, and detection curves where the set states the sizes
    /// of its forgeries, as SVG and PNG files in this folder.
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    ocr: ocr::Choice,
}

pub(super) async fn run(
    arguments: Arguments,
    _common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (mut lines, parts) = match read_truth(&arguments.truth) {
        Ok(lines) => straddling::without_parts(lines),
        Err(reason) => {
            output.error(&reason);
            return Ok(Exit::Input);
        }
    };
    let sandbox = Common::sandbox(None)?;
    let folder = arguments.truth.parent().unwrap_or(Path::new(""));
    let stated = arguments.register.clone();
    let register = stated.unwrap_or_else(|| folder.join("register.csv"));
    let (register, mut exit) = from_file(&register, &sandbox, output).await?;
    let mut sandbox = sandbox::Options {
        sought: unframed::sought(&register, None),
        ..sandbox
    };
    arguments.ocr.set_up(&mut sandbox, output);
    let jobs = arguments.jobs.unwrap_or_else(config::jobs);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.get())
        .build()
        .context("cannot start threads")?;
    let measures = arguments.measures.as_ref();
    let enrolled = measures.map(|_| pool.install(|| Enrolled::new(&register)));
    let run = Run {
        lines: &lines,
        folder,
        register: &register,
        enrolled: enrolled.as_ref(),
        figures: !arguments.measures_only,
        said: arguments.said,
        sandbox: &sandbox,
    };
    let bar = output.progress(run.documents().len(), "documents");
    let seen = linked(pool.install(|| run.observe(&bar)));
    output.finish();
    state_specimens(&mut lines, &register);
    let registered = |seal: &str| register.position(seal).is_some();
    if arguments.measures_only {
        let (trials, _) = pair(&lines, &seen.observations, registered);
        write_measures(&arguments, &trials)?;
        return Ok(exit);
    }
    let (mut evaluation, trials) =
        evaluation::evaluate(&lines, &seen.observations, registered, &arguments.by);
    evaluation.wear = followed::figures(&lines, (&seen.sightings, &seen.copies), &register);
    evaluation.straddling = StraddlingFigures::of(&parts, &seen.sheets);
    evaluation.pages = evaluation::pages::figures(&lines, &seen.pages);
    evaluation.files = evaluation::documents::figures(&lines, &parts, &seen.files);
    write_measures(&arguments, &trials)?;
    write_others(&arguments, &evaluation, &trials, output)?;
    for seed in &evaluation.seeds_calibrated {
        output.warning(&format!(
            "the calibration was fitted to seals of seed {seed}: these figures flatter, and must not be reported"
        ));
    }
    if arguments.json {
        output.line(serde_json::to_string(&evaluation)?)?;
    } else {
        output.line(table::render(&evaluation).trim_end())?;
    }
    if !evaluation.unread.is_empty() {
        exit = Exit::Input;
    }
    Ok(exit)
}

/// States in each line how many specimens its seal has.
fn state_specimens(lines: &mut [Truth], register: &Register) {
    for line in lines {
        let seal = line.seal.as_deref();
        if let Some(position) = seal.and_then(|seal| register.position(seal)) {
            line.state("specimens", register.seals[position].specimen.count);
        }
    }
}

fn read_truth(path: &Path) -> Result<Vec<Truth>, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let remedy = storage::remedy(&error);
        format!("cannot read {shown} ({error}): {remedy}")
    })?;
    truth::parse(&text).map_err(|error| format!("{shown}: {error}"))
}

/// A labelled set and what its documents are compared with.
struct Run<'a> {
    lines: &'a [Truth],
    folder: &'a Path,
    register: &'a Register,
    /// Its seals with fewer specimens, where measurements are asked for.
    enrolled: Option<&'a Enrolled>,
    /// Whether more than measurements is asked for.
    figures: bool,
    said: Said,
    sandbox: &'a sandbox::Options,
}

impl Run<'_> {
    fn documents(&self) -> Vec<&str> {
        let named = self.lines.iter().map(|line| line.document.as_str());
        let named = named.collect::<BTreeSet<_>>().into_iter();
        // Where no seal is claimed there is nothing to measure.
        let is_asked = |document: &&str| self.figures || !self.claims(document).is_empty();
        named.filter(is_asked).collect()
    }

    /// Examines every document, in parallel; the result is in the order of their names.
    fn observe(&self, bar: &ProgressBar) -> Vec<Seen> {
        let examine = |document: &&str| {
            let seen = self.observe_document(document);
            bar.inc(1);
            seen
        };
        self.documents().par_iter().map(examine).collect()
    }

    /// Reads a document, once more where a seal that it is said to bear was not found, and examines it without a claim and
    /// for each seal that its lines claim.
    fn observe_document(&self, document: &str) -> Seen {
        let path = self.folder.join(document);
        let read = |options| sandbox::read(sandbox::Source::Path(&path), options);
        let mut reading = read(self.sandbox);
        let mut unclaimed = self.examine(document, &reading, None);
        let mut claims = self.claims(document);
        let said = self.said.of(document, &claims, self.register);
        let said: Vec<usize> = said.into_iter().collect();
        let sought = claimed::sought(self.register, &said, &unclaimed.report);
        if let Some(sought) = sought.filter(|_| self.figures) {
            reading = read(&sandbox::Options {
                sought,
                ..self.sandbox.clone()
            });
            unclaimed = self.examine(document, &reading, None);
        }
        let examine = |claim| self.examine(document, &reading, claim);
        let (fields, differences) = verify::letter(&reading, &self.sandbox.recognition);
        let report = &mut unclaimed.report;
        report.findings.extend(differences);
        let beside = beside::findings(
            (&report.impressions, &report.findings),
            (fields.as_ref(), self.date(document)),
            (self.register, RuleSet::shipped()),
        );
        report.findings.extend(beside);
        let mut observation = observation(document, &unclaimed.report);
        observation.letter = fields.as_ref().map(read_letter);
        let said = said.into_iter();
        claims.extend(said.map(|position| self.register.seals[position].id.as_str()));
        for claim in claims {
            let Some(position) = self.register.position(claim) else {
                continue;
            };
            if let Some(enrolled) = self.enrolled {
                let seen = observation.impressions.iter_mut();
                for (seen, impression) in seen.zip(&unclaimed.impressions) {
                    let measured = enrolled.measure(impression, position);
                    seen.measured.insert(claim.to_owned(), measured);
                }
            }
            if !self.figures {
                continue;
            }
            // Where every impression was taken for this seal without a claim, a claim changes nothing.
            let found = &unclaimed.report.impressions;
            let is_named = |own: &Impression| own.seal.as_deref() == Some(claim);
            let claimed = match found.iter().all(is_named) {
                true => None,
                false => Some(examine(Some(position)).report),
            };
            let report = claimed.as_ref().unwrap_or(&unclaimed.report);
            let whole = report
                .impressions
                .iter()
                .filter(|own| own.slices.is_empty());
            for impression in whole {
                let against = (claim.to_owned(), opinion(impression));
                add(&mut observation, impression, against);
            }
        }
        Seen::of(observation, &unclaimed)
    }

    /// The seals that a document's lines claim.
    fn claims(&self, document: &str) -> BTreeSet<&str> {
        let own = self.lines.iter().filter(|line| line.document == document);
        own.filter(|line| line.label != Label::None)
            .filter_map(|line| line.seal.as_deref())
            .collect()
    }

    /// The date that a document's lines state.
    fn date(&self, document: &str) -> Option<Date> {
        let mut own = self.lines.iter().filter(|line| line.document == document);
        own.find_map(|line| line.field("dated")?.parse().ok())
    }

    fn examine(&self, document: &str, reading: &Reading, claim: Option<usize>) -> Examined {
        let policy = Policy::default();
        // Measurements need the impressions of a document alone.
        let nothing = Register::default();
        let examination = Examination {
            register: if self.figures {
                self.register
            } else {
                &nothing
            },
            policy: &policy,
            rules: RuleSet::shipped(),
            claim,
            seals: Seals::Optional,
            date: self.date(document),
            given: None,
        };
        verify::examine(document, reading.clone(), &examination)
    }
}

fn observation(document: &str, report: &Report) -> Observation {
    let unread = match report.outcome {
        // What was stopped was read well enough for that, and is counted apart.
        Outcome::Pass | Outcome::Review | Outcome::Flag | Outcome::Stopped => None,
        Outcome::Unreadable | Outcome::NotProcessed => Some(
            report
                .document
                .reason
                .clone()
                .unwrap_or_else(|| "no reason given".to_owned()),
        ),
    };
    let dpi = |number: u32| report.pages.iter().find(|page| page.number == number)?.dpi;
    Observation {
        document: document.to_owned(),
        unread,
        // Of a document that could not be opened no page was looked at.
        pages: u32::try_from(report.pages.len()).unwrap_or(u32::MAX),
        impressions: report
            .impressions
            .iter()
            .enumerate()
            .filter(|(_, impression)| impression.slices.is_empty())
            .map(|(index, impression)| {
                let mut seen = observed(impression, dpi(impression.page));
                tell_findings(&mut seen.placed, report, (index, impression.page));
                seen
            })
            .collect(),
        scans: report
            .pages
            .iter()
            .map(|page| ObservedScan {
                number: page.number,
                colour: page.colour.map(scan_colour),
                dpi: page.dpi,
            })
            .collect(),
        letter: None,
    }
}

/// Tells which findings there are about the place of an impression, by its index, and about its page.
fn tell_findings(placed: &mut Placed, report: &Report, (index, page): (usize, u32)) {
    let is_said = |code: &str| {
        let mut own = report.findings.iter();
        own.any(|finding| finding.impression == Some(index) && finding.code == code)
    };
    placed.blank = rules::placement::is_blank(&report.findings, page);
    placed.off_signature = is_said(rules::placement::NOT_ON_SIGNATURE);
    placed.off_date = is_said(rules::placement::NOT_OVER_DATE);
    placed.turned = is_said(rules::placement::TURNED);
}

/// What was read of a letter.
fn read_letter(fields: &Fields) -> ReadLetter {
    let known = fields.each().into_iter();
    known
        .filter_map(|(name, field)| Some((name.to_owned(), field.value.clone()?)))
        .collect()
}

const fn scan_colour(mode: ColourMode) -> ScanColour {
    match mode {
        ColourMode::Colour => ScanColour::Colour,
        ColourMode::Gray => ScanColour::Gray,
        ColourMode::Bitonal => ScanColour::Bitonal,
    }
}

fn observed(impression: &Impression, dpi: Option<f64>) -> ObservedImpression {
    let [x, y] = impression.centre_px;
    ObservedImpression {
        page: impression.page,
        centre_px: (x, y),
        dpi,
        size_mm: impression
            .outline
            .width_mm
            .zip(impression.outline.height_mm),
        shape: Some(impression.outline.shape),
        rotation_deg: impression.outline.rotation_deg,
        candidates: impression
            .candidates
            .iter()
            .map(|candidate| candidate.seal.clone())
            .collect(),
        named: impression.seal.clone(),
        printed: match impression.production {
            Production::Printed => true,
            Production::Undetermined => false,
        },
        placed: Placed {
            signature_overlap: impression.placement.signature_overlap,
            signature_seen: impression.placement.signature_px.is_some(),
            over_print: impression.placement.over_print,
            role: Some(impression.placement.role),
            ..Placed::default()
        },
        copies: Vec::new(),
        fellows: Vec::new(),
        against: BTreeMap::new(),
        measured: BTreeMap::new(),
    }
}

/// Adds what is said of an impression against a claimed seal to the same impression as it was seen without a claim.
fn add(observation: &mut Observation, impression: &Impression, against: (String, Opinion)) {
    let mut scans = observation.scans.iter();
    let scan = scans.find(|scan| scan.number == impression.page);
    let own = observed(impression, scan.and_then(|scan| scan.dpi));
    let mut seen = observation.impressions.iter_mut();
    if let Some(same) = seen.find(|seen| seen.is_same(&own)) {
        same.against.extend([against]);
        return;
    }
    // It resembles nothing but the claimed seal: without the claim nothing is said of it.
    observation.impressions.push(ObservedImpression {
        candidates: Vec::new(),
        named: None,
        against: BTreeMap::from([against]),
        ..own
    });
}

fn opinion(impression: &Impression) -> Opinion {
    Opinion {
        log10_lr: impression
            .comparison
            .as_ref()
            .and_then(|comparison| comparison.log10_lr),
        conclusion: impression.conclusion,
        condition: impression.condition,
    }
}
