//! Every figure over one group of trials.

use serde::{Deserialize, Serialize};

use crate::evaluation::letters::Letters;
use crate::evaluation::placing::Placing;
use crate::evaluation::rate::Departure;
use crate::evaluation::rate::Rate;
use crate::evaluation::rate::Spread;
use crate::evaluation::trial::Kind;
use crate::evaluation::trial::Sheet;
use crate::evaluation::trial::Trial;
use crate::evaluation::verification::Verification;
use crate::verdict::Conclusion;
use crate::verdict::Condition;

/// Kinds that have rows in the tables of conclusions and conditions.
const KINDS: [Kind; 6] = [
    Kind::Genuine,
    Kind::Forged,
    Kind::Traced,
    Kind::Deformed,
    Kind::Copy,
    Kind::Unregistered,
];

/// The figures of one group of trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Labelled impressions that were found.
    pub detection: Rate,
    /// Impressions found where no labelled seal stands.
    pub false_seals: usize,
    /// Pages searched.
    pub pages: u32,
    /// `false_seals / pages`.
    pub false_seals_per_page: Option<f64>,
    /// Distance of found centres from labelled ones.
    pub centre_error_mm: Option<Spread>,
    /// Found less labelled width, without sign, of sound dies.
    pub width_error_mm: Option<Spread>,
    /// Found less labelled width of genuine impressions, normally inked, on scans that are said not to be stretched; `None`
    /// where there are none.
    #[serde(default)]
    pub width_error_unstretched_mm: Option<Departure>,
    /// Genuine impressions whose top candidate, without a claim, is their seal.
    pub identification: Rate,
    /// Unregistered seals that were named as no registered one.
    pub left_unnamed: Rate,
    /// Error rates and costs, traced dies among the forgeries.
    pub with_traced: Verification,
    /// Error rates and costs, traced dies left out.
    pub without_traced: Verification,
    /// Found genuine impressions that were not examined.
    pub abstention_genuine: Rate,
    /// Genuine impressions, normally inked and found, that end as undecided or not examinable.
    #[serde(default)]
    pub abstention_normal_ink: Rate,
    /// Found forged impressions that were not examined.
    pub abstention_forged: Rate,
    /// Deformed dies whose condition was seen as deformed, damaged or worn.
    pub deformed_recognised: Rate,
    /// Found genuine impressions of sound dies called deformed, damaged or worn.
    pub sound_called_deformed: Rate,
    /// Found impressions of deformed dies called different: the die was taken for another.
    #[serde(default)]
    pub deformed_called_different: Rate,
    /// Found forged impressions, those of traced dies left out, called deformed, damaged or worn.
    #[serde(default)]
    pub forged_called_deformed: Rate,
    /// Found copies called printed.
    pub copies_called_printed: Rate,
    /// Found genuine impressions called printed.
    pub stamped_called_printed: Rate,
    /// Copies, found with their sources, that were linked with them.
    #[serde(default)]
    pub copies_linked: Rate,
    /// Impressions found that were linked with one that was stamped apart, or with their own sheet.
    #[serde(default)]
    pub falsely_linked: Rate,
    /// Where the impressions stand.
    #[serde(default)]
    pub placing: Placing,
    /// What was read of the letters.
    #[serde(default)]
    pub letters: Letters,
    /// What was said, by kind of trial.
    pub said: Vec<Said>,
}

/// What was said about the trials of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// What the trials are.
    pub kind: Kind,
    /// How many there are.
    pub trials: usize,
    /// How many were not found.
    pub missed: usize,
    /// How many were found but not compared with the seal that they show or pretend to be.
    pub not_compared: usize,
    /// How many got each step of the scale, in the scale's order.
    pub conclusions: Vec<(Conclusion, usize)>,
    /// How many got each condition.
    pub conditions: Vec<(Condition, usize)>,
}

/// Steps of the scale, in its order.
pub const CONCLUSIONS: [Conclusion; 6] = [
    Conclusion::Consistent,
    Conclusion::LeansConsistent,
    Conclusion::Undecided,
    Conclusion::LeansDifferent,
    Conclusion::Different,
    Conclusion::NotExaminable,
];

/// States of a die, from good to bad.
pub const CONDITIONS: [Condition; 5] = [
    Condition::Sound,
    Condition::Worn,
    Condition::Damaged,
    Condition::Deformed,
    Condition::Unknown,
];

impl Figures {
    /// Computes the figures of `trials` and `sheets`; genuine trials of `genuine` are the other side of
    /// the error rates, and the bootstrap draws from `seed`.
    #[must_use]
    pub fn of(trials: &[&Trial], sheets: &[&Sheet], genuine: &[&Trial], seed: u64) -> Self {
        let of_kind = |kind: Kind| {
            trials
                .iter()
                .copied()
                .filter(move |trial| trial.kind() == kind)
        };
        let found = |kind: Kind| of_kind(kind).filter(|trial| trial.detected);
        let seals = || {
            trials
                .iter()
                .copied()
                .filter(|trial| trial.kind() != Kind::None)
        };
        let without: Vec<&Trial> = of_kind(Kind::Forged).collect();
        let with: Vec<&Trial> = of_kind(Kind::Forged).chain(of_kind(Kind::Traced)).collect();
        let false_seals = sheets.iter().map(|sheet| sheet.false_seals).sum();
        let pages = sheets.iter().map(|sheet| sheet.pages).sum();
        Self {
            detection: Rate::of(seals(), |trial| trial.detected),
            placing: Placing::of(trials),
            letters: Letters::of(sheets),
            false_seals,
            pages,
            false_seals_per_page: (pages > 0).then(|| false_seals as f64 / f64::from(pages)),
            centre_error_mm: Spread::of(seals().filter_map(|trial| trial.centre_error_mm)),
            width_error_mm: Spread::of(
                seals()
                    .filter(|trial| trial.kind() != Kind::Deformed)
                    .filter_map(|trial| trial.width_error_mm.map(f64::abs)),
            ),
            width_error_unstretched_mm: width_error_unstretched(found(Kind::Genuine)),
            identification: Rate::of(of_kind(Kind::Genuine), |trial| {
                trial.top_candidate.is_some() && trial.top_candidate == trial.truth.seal
            }),
            left_unnamed: Rate::of(found(Kind::Unregistered), |trial| trial.named.is_none()),
            with_traced: Verification::of(genuine, &with, seed),
            without_traced: Verification::of(genuine, &without, seed),
            abstention_genuine: Rate::of(found(Kind::Genuine), abstained),
            abstention_normal_ink: Rate::of(
                found(Kind::Genuine).filter(|trial| trial.truth.is_normally_inked()),
                undecided,
            ),
            abstention_forged: Rate::of(
                with.iter().copied().filter(|trial| trial.detected),
                abstained,
            ),
            deformed_recognised: Rate::of(of_kind(Kind::Deformed), called_deformed),
            sound_called_deformed: Rate::of(found(Kind::Genuine), called_deformed),
            deformed_called_different: Rate::of(found(Kind::Deformed), called_different),
            forged_called_deformed: Rate::of(found(Kind::Forged), called_deformed),
            copies_called_printed: Rate::of(found(Kind::Copy), |trial| trial.printed),
            stamped_called_printed: Rate::of(found(Kind::Genuine), |trial| trial.printed),
            copies_linked: Rate::of(
                found(Kind::Copy).filter(|trial| trial.linked.copy_linked.is_some()),
                |trial| trial.linked.copy_linked == Some(true),
            ),
            falsely_linked: Rate::of(seals().filter(|trial| trial.detected), |trial| {
                trial.linked.falsely_linked
            }),
            said: KINDS
                .iter()
                .filter_map(|kind| said(*kind, of_kind(*kind)))
                .collect(),
        }
    }
}

fn abstained(trial: &Trial) -> bool {
    trial.log10_lr().is_none()
}

/// Whether the program came to no opinion either way.
fn undecided(trial: &Trial) -> bool {
    trial
        .opinion
        .is_none_or(|opinion| match opinion.conclusion {
            Conclusion::Undecided | Conclusion::NotExaminable => true,
            Conclusion::Consistent
            | Conclusion::LeansConsistent
            | Conclusion::LeansDifferent
            | Conclusion::Different => false,
        })
}

fn called_deformed(trial: &Trial) -> bool {
    trial.opinion.is_some_and(|opinion| {
        matches!(
            opinion.condition,
            Condition::Deformed | Condition::Damaged | Condition::Worn
        )
    })
}

fn called_different(trial: &Trial) -> bool {
    trial
        .opinion
        .is_some_and(|opinion| opinion.conclusion == Conclusion::Different)
}

/// Found less labelled width of those that are normally inked and not stretched.
fn width_error_unstretched<'t>(found: impl Iterator<Item = &'t Trial>) -> Option<Departure> {
    let plain =
        found.filter(|trial| trial.truth.is_normally_inked() && trial.truth.is_unstretched());
    Departure::of(plain.filter_map(|trial| trial.width_error_mm))
}

fn said<'t>(kind: Kind, trials: impl Iterator<Item = &'t Trial>) -> Option<Said> {
    let trials: Vec<&Trial> = trials.collect();
    let missed = trials.iter().filter(|trial| !trial.detected).count();
    let opinions: Vec<_> = trials.iter().filter_map(|trial| trial.opinion).collect();
    let conclusions = CONCLUSIONS.map(|step| {
        let count = opinions
            .iter()
            .filter(|opinion| opinion.conclusion == step)
            .count();
        (step, count)
    });
    let conditions = CONDITIONS.map(|state| {
        let count = opinions
            .iter()
            .filter(|opinion| opinion.condition == state)
            .count();
        (state, count)
    });
    (!trials.is_empty()).then(|| Said {
        kind,
        trials: trials.len(),
        missed,
        not_compared: trials.len() - missed - opinions.len(),
        conclusions: conclusions.to_vec(),
        conditions: conditions.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::Opinion;
    use crate::evaluation::truth;

    fn trial(line: &str, condition: Condition, log10_lr: Option<f64>) -> Trial {
        let truth = truth::parse(line).unwrap().remove(0);
        Trial {
            registered: true,
            read: true,
            detected: true,
            centre_error_mm: Some(0.5),
            width_error_mm: Some(-0.25),
            top_candidate: truth.seal.clone(),
            named: truth.seal.clone(),
            printed: false,
            linked: crate::evaluation::linkage::Linked::default(),
            of_die_with: Vec::new(),
            opinion: Some(Opinion {
                log10_lr,
                conclusion: Conclusion::Consistent,
                condition,
            }),
            measured: Vec::new(),
            placed: None,
            truth,
        }
    }

    fn figures(trials: &[Trial]) -> Figures {
        let trials: Vec<&Trial> = trials.iter().collect();
        let genuine: Vec<&Trial> = trials
            .iter()
            .copied()
            .filter(|t| t.kind() == Kind::Genuine)
            .collect();
        Figures::of(&trials, &[], &genuine, 1)
    }

    const GENUINE: &str = r#"{"document":"a","label":"genuine","seal":"S"}"#;

    #[test]
    fn copies_and_deformed_dies_stay_out_of_the_error_rates() {
        let copy = r#"{"document":"a","label":"genuine","seal":"S","pasted_from":"b"}"#;
        let deformed = r#"{"document":"a","label":"deformed","seal":"S"}"#;
        let found = figures(&[
            trial(GENUINE, Condition::Sound, Some(1.0)),
            trial(copy, Condition::Sound, Some(1.0)),
            trial(deformed, Condition::Damaged, Some(-1.0)),
        ]);
        assert_eq!(
            (found.with_traced.genuine, found.with_traced.forged),
            (1, 0)
        );
        assert_eq!((found.detection.hits, found.detection.trials), (3, 3));
        assert_eq!(
            (
                found.deformed_recognised.hits,
                found.deformed_recognised.trials
            ),
            (1, 1)
        );
        assert_eq!(
            (
                found.sound_called_deformed.hits,
                found.sound_called_deformed.trials
            ),
            (0, 1)
        );
        assert_eq!(found.copies_called_printed.trials, 1);
        assert_eq!(found.identification.trials, 1);
    }

    #[test]
    fn a_deformed_die_taken_for_another_and_a_forged_one_excused_as_deformed_are_counted() {
        let deformed = r#"{"document":"a","label":"deformed","seal":"S"}"#;
        let forged = r#"{"document":"a","label":"forged","seal":"S"}"#;
        let traced = r#"{"document":"a","label":"forged","seal":"S","forgery":"traced"}"#;
        let mut taken = trial(deformed, Condition::Unknown, Some(-2.0));
        taken.opinion.as_mut().unwrap().conclusion = Conclusion::Different;
        let mut missed = trial(deformed, Condition::Unknown, None);
        (missed.detected, missed.opinion) = (false, None);
        let found = figures(&[
            taken,
            missed,
            trial(deformed, Condition::Deformed, Some(1.0)),
            trial(forged, Condition::Damaged, Some(0.0)),
            trial(forged, Condition::Sound, Some(-1.0)),
            trial(traced, Condition::Damaged, Some(1.0)),
        ]);
        let counts = |rate: &Rate| (rate.hits, rate.trials);
        assert_eq!(counts(&found.deformed_called_different), (1, 2));
        assert_eq!(counts(&found.forged_called_deformed), (1, 2));
    }

    #[test]
    fn widths_on_unstretched_scans_are_of_genuine_impressions_in_normal_ink() {
        let line = |label: &str, fields: &str| {
            format!("{{\"document\":\"a\",\"label\":\"{label}\",\"seal\":\"S\"{fields}}}")
        };
        let flat = r#","feed_percent":[0.01,-0.04]"#;
        let of = |line: &str| trial(line, Condition::Sound, Some(1.0));
        let others = [
            of(&line("genuine", "")),
            of(&line("genuine", r#","feed_percent":[0.01,0.2]"#)),
            of(&line("genuine", &format!("{flat},\"inking\":\"poor\""))),
            of(&line("forged", flat)),
        ];
        assert_eq!(figures(&others).width_error_unstretched_mm, None);
        let mut wider = of(&line("genuine", flat));
        wider.width_error_mm = Some(0.05);
        let own = [of(&line("genuine", flat)), wider];
        let width = figures(&[others.as_slice(), &own].concat()).width_error_unstretched_mm;
        let width = width.unwrap();
        assert_eq!(width.count, 2);
        assert!((width.median + 0.1).abs() < 1e-12, "{width:?}");
        assert!((width.p95 - 0.24).abs() < 1e-12, "{width:?}");
    }

    #[test]
    fn a_missed_genuine_one_is_not_identified_and_not_abstained_on() {
        let mut missed = trial(GENUINE, Condition::Sound, None);
        (missed.detected, missed.opinion, missed.top_candidate) = (false, None, None);
        let found = figures(&[missed, trial(GENUINE, Condition::Sound, None)]);
        assert_eq!(
            (found.identification.hits, found.identification.trials),
            (1, 2)
        );
        assert_eq!(
            (
                found.abstention_genuine.hits,
                found.abstention_genuine.trials
            ),
            (1, 1)
        );
        assert_eq!(found.with_traced.genuine_never_accepted, 2);
        assert_eq!((found.said[0].missed, found.said[0].not_compared), (1, 0));
    }

    #[test]
    fn abstention_counts_the_undecided_among_the_normally_inked() {
        let concluding = |line: &str, conclusion: Conclusion| {
            let mut one = trial(line, Condition::Sound, Some(0.0));
            one.opinion.as_mut().unwrap().conclusion = conclusion;
            one
        };
        let poor = r#"{"document":"a","label":"genuine","seal":"S","inking":"poor"}"#;
        let found = figures(&[
            concluding(GENUINE, Conclusion::Undecided),
            concluding(GENUINE, Conclusion::NotExaminable),
            concluding(GENUINE, Conclusion::LeansDifferent),
            concluding(GENUINE, Conclusion::Consistent),
            concluding(poor, Conclusion::Undecided),
        ]);
        let rate = &found.abstention_normal_ink;
        assert_eq!((rate.hits, rate.trials), (2, 4));
    }

    #[test]
    fn traced_dies_are_forgeries_in_one_of_the_two_rates() {
        let traced = r#"{"document":"a","label":"forged","seal":"S","forgery":"traced"}"#;
        let forged = r#"{"document":"a","label":"forged","seal":"S","forgery":"font"}"#;
        let found = figures(&[
            trial(traced, Condition::Sound, Some(1.0)),
            trial(forged, Condition::Sound, Some(-1.0)),
        ]);
        assert_eq!(found.with_traced.forged, 2);
        assert_eq!(found.without_traced.forged, 1);
    }

    #[test]
    fn a_genuine_one_whose_seal_was_not_enrolled_counts_as_refused() {
        let mut absent = trial(GENUINE, Condition::Sound, Some(1.0));
        absent.registered = false;
        (absent.opinion, absent.named, absent.top_candidate) = (None, None, None);
        let found = figures(&[absent]);
        assert_eq!(found.with_traced.genuine, 1);
        assert_eq!(found.with_traced.genuine_never_accepted, 1);
        assert_eq!(
            (found.identification.hits, found.identification.trials),
            (0, 1)
        );
        assert_eq!(found.said[0].not_compared, 1);
    }

    #[test]
    fn an_unregistered_seal_is_right_when_left_unnamed() {
        let line = r#"{"document":"a","label":"unregistered"}"#;
        let named = |named: Option<&str>| {
            let mut one = trial(line, Condition::Unknown, None);
            one.named = named.map(str::to_owned);
            one
        };
        let found = figures(&[named(None), named(Some("S"))]);
        assert_eq!((found.left_unnamed.hits, found.left_unnamed.trials), (1, 2));
    }
}
