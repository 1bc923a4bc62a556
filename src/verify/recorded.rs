//! What the registers of use tell of a document: whether its seals' uses were recorded and in order, and by when it
//! existed.

use jiff::civil::Date;

use crate::registry::Register;
use crate::registry::use_register::Sought;
use crate::registry::use_register::Usage;
use crate::rules;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::use_of_seal;
use crate::rules::use_of_seal::Subject;
use crate::verdict::Conclusion;
use crate::verify::Examiner;
use crate::verify::Report;
use crate::verify::fields::Field;
use crate::verify::fields::Fields;
use crate::verify::report::DateSource;
use crate::verify::report::DocumentDate;
use crate::verify::report::Impression;

/// How a proof out of a register begins.
const PROOF: &str = "register of use of seal ";

/// What is known of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) sha256: Option<&'a str>,
    pub(super) fields: Option<&'a Fields>,
    pub(super) date: Option<Date>,
}

/// What the registers tell of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    /// Findings about its seals' uses.
    pub(super) findings: Vec<Finding>,
    /// By when it existed, and which entry proves it.
    pub(super) proof: Option<(Date, String)>,
    /// Its date, where an entry tells it.
    pub(super) dated: Option<Date>,
}

/// Looks a document up in the registers of use of the seals that it bears.
pub(super) fn look_up(
    impressions: &[Impression],
    known: Known<'_>,
    (register, rules): (&Register, &RuleSet),
) -> Told {
    let uses = register.use_register();
    let mut told = Told::default();
    if uses.is_empty() {
        return told;
    }
    for (index, position) in borne(impressions, register) {
        let seal = &register.seals[position];
        let scene = Scene::of(seal, known.date, rules);
        let Some(subject) = Subject::of((&seal.id, &seal.particulars), uses, scene) else {
            continue;
        };
        let value = |field: Option<&Field>| field.and_then(|field| field.value.clone());
        let number = value(known.fields.map(|fields| &fields.number));
        let symbol = value(known.fields.map(|fields| &fields.symbol));
        let (findings, entry) = subject.of_document(Sought {
            sha256: known.sha256,
            number: number.as_deref(),
            symbol: symbol.as_deref(),
            date: known.date,
        });
        let is_late = findings
            .iter()
            .any(|finding| finding.code == use_of_seal::LATE);
        if let Some(entry) = entry.filter(|_| !is_late) {
            told.prove(&seal.id, &entry.value);
        }
        let page = impressions[index].page;
        let about = findings
            .into_iter()
            .map(|finding| finding.about(index, page));
        told.findings.extend(about);
    }
    told
}

/// The first impression of each registered seal that a document bears, and the seal's position.
fn borne(impressions: &[Impression], register: &Register) -> Vec<(usize, usize)> {
    let mut borne: Vec<(usize, usize)> = Vec::new();
    for (index, impression) in impressions.iter().enumerate() {
        // What was made by another die is no use of this seal.
        let is_other = matches!(
            impression.conclusion,
            Conclusion::Different | Conclusion::LeansDifferent
        );
        let seal = impression.seal.as_ref().filter(|_| !is_other);
        let Some(seal) = seal.and_then(|id| register.position(id)) else {
            continue;
        };
        if borne.iter().all(|(_, known)| *known != seal) {
            borne.push((index, seal));
        }
    }
    borne
}

impl Told {
    /// Takes an entry as the proof that the document existed by then, and for its date.
    fn prove(&mut self, seal: &str, usage: &Usage) {
        if let Some(day) = usage.day()
            && self.proof.as_ref().is_none_or(|(known, _)| day < *known)
        {
            self.proof = Some((day, format!("{PROOF}{seal}: {}", usage.called())));
        }
        self.dated = self.dated.or(usage.dated);
    }
}

/// The earlier of a proof that was given and one that a register has.
pub(super) fn earliest(
    given: (Option<Date>, Option<String>),
    recorded: Option<&(Date, String)>,
) -> (Option<Date>, Option<String>) {
    match recorded {
        Some((day, entry)) if given.0.is_none_or(|known| *day < known) => {
            (Some(*day), Some(entry.clone()))
        }
        _ => given,
    }
}

/// The date of a document of which there is a report, and findings about its seals' uses, under a register.
///
/// A proof that was given, and is later than one that a register had when the report was made, is not known any more.
pub(super) fn again(
    report: &Report,
    register: &Register,
    rules: &RuleSet,
) -> (DocumentDate, Vec<Finding>) {
    let document = &report.document;
    let mut date = document.date.clone();
    let proof = date.proof.as_ref();
    if proof.is_some_and(|proof| proof.starts_with(PROOF)) {
        (date.not_after, date.proof) = (None, None);
    }
    if date.source == DateSource::RegisterOfUse {
        (date.claimed, date.source) = (None, DateSource::Unknown);
    }
    let known = Known {
        sha256: document.sha256.as_deref(),
        fields: document.fields.as_ref(),
        date: date.claimed,
    };
    let told = look_up(&report.impressions, known, (register, rules));
    if let (None, Some(dated)) = (date.claimed, told.dated) {
        (date.claimed, date.source) = (Some(dated), DateSource::RegisterOfUse);
    }
    let given = (date.not_after, date.proof);
    (date.not_after, date.proof) = earliest(given, told.proof.as_ref());
    (date, told.findings)
}

impl Examiner<'_> {
    /// By when the document was said to exist, and what proves it.
    pub(super) fn given_proof(&self) -> (Option<Date>, Option<String>) {
        let given = self.examination.given;
        (
            given.and_then(|given| given.not_after),
            given.and_then(|given| given.proof.clone()),
        )
    }

    /// Looks the document up, and judges its seals by what is found.
    pub(super) fn look_up(&mut self, sha256: Option<&str>) {
        let examination = self.examination;
        let known = Known {
            sha256,
            fields: self.fields.as_ref(),
            date: examination.date,
        };
        let law = (examination.register, examination.rules);
        let told = look_up(&self.impressions, known, law);
        let before = (examination.date, self.given_proof().0);
        self.recorded = told.proof;
        if let (None, Some(dated)) = (examination.date, told.dated) {
            self.examination.date = Some(dated);
            self.dated = DateSource::RegisterOfUse;
        }
        self.findings.extend(told.findings);
        let proof = earliest(self.given_proof(), self.recorded.as_ref());
        let now = (self.examination.date, proof.0);
        if now != before {
            self.judge_again(before, now);
        }
    }

    /// Judges the seals' states anew, by another date of the document and another proof.
    fn judge_again(
        &mut self,
        (date, proved): (Option<Date>, Option<Date>),
        (new_date, new_proof): (Option<Date>, Option<Date>),
    ) {
        let (register, rules) = (self.examination.register, self.examination.rules);
        for index in 0..self.impressions.len() {
            let impression = &mut self.impressions[index];
            let seal = impression.seal.as_ref();
            let Some(position) = seal.and_then(|id| register.position(id)) else {
                continue;
            };
            let seal = &register.seals[position];
            impression.status_on_date = seal.status_on(new_date);
            let page = impression.page;
            let found = |date, proved| -> Vec<Finding> {
                let scene = Scene::of(seal, date, rules);
                let found = rules::validity::findings(seal.into(), scene, proved);
                let about = found.into_iter().map(|finding| finding.about(index, page));
                about.collect()
            };
            let (old, new) = (found(date, proved), found(new_date, new_proof));
            self.findings.retain(|finding| !old.contains(finding));
            self.findings.extend(new);
        }
    }
}
