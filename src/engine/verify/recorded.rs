//! What the registers of use tell of a document: whether its seals' uses were recorded and in order, and by when it
//! existed.

use jiff::civil::Date;

use crate::registry::Lives;
use crate::registry::use_register::Sought;
use crate::registry::use_register::Usage;
use crate::rules;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::use_of_seal;
use crate::rules::use_of_seal::Subject;
use crate::verify::Examiner;
use crate::verify::Report;
use crate::verify::beside;
use crate::verify::fields::Field;
use crate::verify::fields::Fields;
use crate::verify::issued;
use crate::verify::report::DateSource;
use crate::verify::report::DocumentDate;
use crate::verify::report::GivenProof;
use crate::verify::report::Impression;
use crate::verify::report::ProvingEntry;

/// A day by which a document existed, and what proves it.
type Proof = (Option<Date>, Option<String>);

/// A day by which a document existed, and the entry of a register that proves it, for people and by its parts.
pub(super) type Recorded = (Date, String, ProvingEntry);

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
    pub(super) proof: Option<Recorded>,
    /// Its date, where an entry tells it.
    pub(super) dated: Option<Date>,
}

/// Looks a document up in the registers of use of the seals that it bears.
pub(super) fn look_up(
    impressions: &[Impression],
    known: Known<'_>,
    (lives, rules): (&dyn Lives, &RuleSet),
) -> Told {
    let uses = lives.uses();
    let mut told = Told::default();
    if uses.is_empty() {
        return told;
    }
    for (index, id) in borne(impressions) {
        let Some((particulars, _)) = lives.life(id) else {
            continue;
        };
        let scene = Scene::stated(particulars, known.date, rules);
        let Some(subject) = Subject::of((id, particulars), uses, scene) else {
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
            told.prove(id, &entry.value);
        }
        let page = impressions[index].page;
        let about = findings
            .into_iter()
            .map(|finding| finding.about(index, page));
        told.findings.extend(about);
    }
    told
}

/// The first impression of each seal that a document bears, and the seal.
pub(super) fn borne(impressions: &[Impression]) -> Vec<(usize, &str)> {
    let mut borne: Vec<(usize, &str)> = Vec::new();
    for (index, impression) in impressions.iter().enumerate() {
        // What was made by another die is no use of this seal.
        let is_other = impression.conclusion.is_against();
        let seal = impression.seal.as_ref().filter(|_| !is_other);
        let Some(seal) = seal else {
            continue;
        };
        if borne.iter().all(|(_, known)| known != seal) {
            borne.push((index, seal));
        }
    }
    borne
}

impl Told {
    /// Takes an entry as the proof that the document existed by then, and for its date.
    fn prove(&mut self, seal: &str, usage: &Usage) {
        if let Some(day) = usage.day()
            && self.proof.as_ref().is_none_or(|(known, ..)| day < *known)
        {
            let entry = ProvingEntry {
                seal: seal.to_owned(),
                register: usage.book.name().to_owned(),
                entry_no: usage.entry_no.clone(),
            };
            self.proof = Some((day, format!("{PROOF}{seal}: {}", usage.called()), entry));
        }
        self.dated = self.dated.or(usage.dated);
    }
}

/// The earlier of a proof that was given and one that a register has.
pub(super) fn earliest(given: Proof, recorded: Option<&Recorded>) -> Proof {
    match recorded {
        Some((day, told, _)) if is_earlier(*day, &given) => (Some(*day), Some(told.clone())),
        _ => given,
    }
}

/// Whether a register proves more than what was given.
fn is_earlier(day: Date, given: &Proof) -> bool {
    given.0.is_none_or(|known| day < known)
}

/// The date of a document of which there is a report, and findings about its seals' uses, under a register.
pub(super) fn again(
    report: &Report,
    lives: &dyn Lives,
    rules: &RuleSet,
) -> (DocumentDate, Vec<Finding>) {
    let document = &report.document;
    let mut date = document.date.clone();
    let given = date.given_proof();
    if date.source == DateSource::RegisterOfUse {
        (date.claimed, date.source) = (None, DateSource::Unknown);
    }
    let known = Known {
        sha256: document.sha256.as_deref(),
        fields: document.fields.as_ref(),
        date: date.claimed,
    };
    let told = look_up(&report.impressions, known, (lives, rules));
    if let (None, Some(dated)) = (date.claimed, told.dated) {
        (date.claimed, date.source) = (Some(dated), DateSource::RegisterOfUse);
    }
    let date = DocumentDate::proved((date.claimed, date.source), given, told.proof.as_ref());
    (date, told.findings)
}

impl DocumentDate {
    /// A date with the earlier of a proof that was given and one that a register has.
    pub(super) fn proved(
        (claimed, source): (Option<Date>, DateSource),
        given: Proof,
        recorded: Option<&Recorded>,
    ) -> Self {
        let counted = recorded.filter(|recorded| is_earlier(recorded.0, &given));
        let (not_after, proof) = earliest(given.clone(), counted);
        let displaced = given.0.filter(|_| not_after != given.0);
        Self {
            claimed,
            source,
            not_after,
            proof,
            entry: counted.map(|(_, _, entry)| entry.clone()),
            given: displaced.map(|not_after| GivenProof {
                not_after,
                proof: given.1,
            }),
        }
    }

    /// The proof that was given, whether or not a register has an earlier one.
    fn given_proof(&self) -> Proof {
        if let Some(given) = &self.given {
            return (Some(given.not_after), given.proof.clone());
        }
        let proof = self.proof.as_ref();
        if proof.is_some_and(|proof| proof.starts_with(PROOF)) {
            return (None, None);
        }
        (self.not_after, self.proof.clone())
    }
}

impl Examiner<'_> {
    /// By when the document was said to exist, and what proves it.
    pub(super) fn given_proof(&self) -> Proof {
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
        let lives: &dyn Lives = examination.register;
        let told = look_up(&self.impressions, known, (lives, examination.rules));
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
        let known = (self.fields.as_ref(), now.0);
        let found = issued::findings(&self.impressions, known, lives);
        let seen = (self.impressions.as_slice(), self.findings.as_slice());
        let beside = beside::findings(seen, known, (lives, examination.rules));
        self.findings.extend(found.into_iter().chain(beside));
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_proof_that_was_given_comes_back_when_the_registers_is_gone() {
        let given = (Some(date(2024, 5, 10)), Some("receipt".to_owned()));
        let parts = ProvingEntry {
            seal: "S1".to_owned(),
            register: "work".to_owned(),
            entry_no: "7".to_owned(),
        };
        let told = format!("{PROOF}S1: work 7");
        let entry = (date(2024, 5, 1), told, parts.clone());
        let dated = (None, DateSource::Unknown);
        let both = DocumentDate::proved(dated, given.clone(), Some(&entry));
        assert_eq!(both.not_after, Some(entry.0));
        assert_eq!(both.entry, Some(parts));
        assert_eq!(both.given_proof(), given);
        let alone = DocumentDate::proved(dated, both.given_proof(), None);
        assert_eq!((alone.not_after, alone.proof.clone()), given);
        assert_eq!((alone.entry, alone.given), (None, None));
        let own = DocumentDate::proved(dated, (None, None), Some(&entry));
        assert_eq!(own.given_proof(), (None, None));
    }
}
