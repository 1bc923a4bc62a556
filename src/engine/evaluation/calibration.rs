//! Fits the calibration that `verdict` carries, from measurements of labelled impressions alone.
//!
//! Comes in: the measurements of some sets. Goes out: a [`Calibration`] and how it does on seals that
//! it did not see. Curves of all axes are fitted together (`curves`), with the tails of what genuine
//! impressions read (`tails`); then each class of comparisons gets its correction, drawn towards that of
//! the class above it (`classes`), and the strongest ratio that its seals support (`cap`).
//! Six times a sixth of the seals is held out: corrections, bounds and the one constant are fitted to the
//! odds of held-out seals, and the figures are of these. Nothing is drawn by chance: the same
//! measurements give the same file.

mod cap;
mod classes;
mod curves;
mod sample;
pub mod table;
mod tails;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::evaluation::cllr::cllr;
use crate::evaluation::cllr::cllr_min;
use crate::evaluation::roc::Scores;
use crate::verdict::calibration::Calibration;
use crate::verdict::calibration::Correction;
use crate::verdict::calibration::SCHEMA;
use crate::verdict::calibration::SEALS_MIN;
use crate::verdict::calibration::within;
use crate::verdict::class::Class;

use classes::Scored;
use sample::Sample;
use sample::Samples;

pub use sample::Set;

/// Parts of the seals of which each is held out once.
const FOLDS: usize = 6;

/// Rarities of which the one of least cost over held-out seals is taken.
const LONE_RARITIES: [f64; 6] = [5.0, 5.5, 6.0, 6.5, 7.0, 8.0];

/// Fewest trials of either kind that figures are given of (chosen: below, one trial moves a rate by a tenth).
const TRIALS_MIN: usize = 10;

/// Why nothing was fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too few seals.
    #[error(
        "{found} seals with impressions that can be compared: a calibration takes at least {SEALS_MIN}"
    )]
    TooFewSeals {
        /// How many there are.
        found: usize,
    },
    /// Only one side was seen.
    #[error(
        "the measurements hold {genuine} genuine and {forged} forged impressions: both are needed"
    )]
    OneSided {
        /// Genuine impressions.
        genuine: usize,
        /// Forged ones.
        forged: usize,
    },
}

/// A calibration and how it does.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The calibration.
    pub calibration: Calibration,
    /// Figures over held-out seals, by class.
    pub held_out: Vec<Row>,
}

/// How ratios do in one class.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The class.
    pub class: Class,
    /// Genuine trials: impressions times enrolments.
    pub genuine: usize,
    /// Forged ones.
    pub forged: usize,
    /// Equal error rate; `None` without trials of both kinds.
    pub eer: Option<f64>,
    /// Cost of the ratios as printed, in bits.
    pub cllr: Option<f64>,
    /// What no recalibration could save of it.
    pub cllr_min: Option<f64>,
}

/// Fits a calibration to the measurements of some sets.
///
/// # Errors
/// If they hold too few seals, or one kind of impressions only.
pub fn fit(sets: &[Set]) -> Result<Fitted, Error> {
    let samples = Samples::of(sets);
    if samples.seals < SEALS_MIN {
        let found = samples.seals;
        return Err(Error::TooFewSeals { found });
    }
    let (genuine, forged) = (
        samples.sets.iter().map(|set| set.genuine).sum(),
        samples.sets.iter().map(|set| set.forged).sum(),
    );
    if genuine == 0 || forged == 0 {
        return Err(Error::OneSided { genuine, forged });
    }
    let without: Vec<Calibration> = (0..FOLDS)
        .into_par_iter()
        .map(|fold| curves_of(&samples, |own| own.seal % FOLDS != fold))
        .collect();
    let scored = |lone_rarity: f64| held_out(&samples, &without, lone_rarity);
    let cost = |rarity: f64| cost(&scored(rarity));
    let costs = LONE_RARITIES.map(|rarity| (cost(rarity), rarity));
    let lone_rarity = costs.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let lone_rarity = lone_rarity.map_or(LONE_RARITIES[0], |least| least.1);
    let scored = scored(lone_rarity);
    let calibration = Calibration {
        sets: samples.sets.clone(),
        lone_rarity,
        classes: classes::corrections(&scored),
        ..curves_of(&samples, |_| true)
    };
    Ok(Fitted {
        calibration: rounded(calibration),
        held_out: rows(&judged_by_others(&scored)),
    })
}

/// The seeds from which a set's seals were drawn.
pub fn seeds(set: &Set) -> impl Iterator<Item = u64> {
    set.lines.iter().filter_map(|line| line.truth.seed())
}

/// How a calibration does on other sets.
#[must_use]
pub fn check(calibration: &Calibration, sets: &[Set]) -> Vec<Row> {
    let samples = Samples::of(sets).all;
    let judged = samples.iter().map(|sample| {
        let path = sample.path();
        let ratio = -sample.odds(calibration) / std::f64::consts::LN_10;
        let ratio = within(ratio, calibration.log10_lr_ends(&path));
        (sample.forged, ratio, path)
    });
    rows(&judged.collect::<Vec<_>>())
}

/// A trial's kind, its ratio, base 10, and its classes.
type Judged = (bool, f64, Vec<Class>);

/// A calibration of curves and tails over the samples that `is_own` takes, with no class corrected.
///
/// Each impression counts against the most specimens that it was compared with: fewer read it with more
/// noise, which blurs the curves (over the calibration seals, six folds, and on another generator's set), and
/// have classes of their own.
fn curves_of(samples: &Samples, is_own: impl Fn(&Sample) -> bool) -> Calibration {
    let own = samples.all.iter().filter(|own| own.fullest && is_own(own));
    let own: Vec<&Sample> = own.collect();
    let of_kind = |forged: bool| own.iter().filter(|own| own.forged == forged).count();
    let (genuine, forged) = (of_kind(false), of_kind(true));
    // Genuine and forged weigh alike.
    let weight = |sample: &&Sample| {
        let kind = if sample.forged { forged } else { genuine };
        0.5 * own.len() as f64 / kind as f64
    };
    let weights: Vec<f64> = own.iter().map(weight).collect();
    let (intercept, mut axes) = curves::fit(&own, &weights);
    for curve in &mut axes {
        curve.tail = tails::tail(curve.axis, &own);
    }
    Calibration {
        schema: SCHEMA.to_owned(),
        sets: Vec::new(),
        intercept,
        axes,
        lone_rarity: LONE_RARITIES[0],
        classes: Vec::new(),
    }
}

/// Every sample's odds from the curves that did not see its seal.
fn held_out(samples: &Samples, without: &[Calibration], lone_rarity: f64) -> Vec<Scored> {
    let without: Vec<Calibration> = without
        .iter()
        .map(|calibration| Calibration {
            lone_rarity,
            ..calibration.clone()
        })
        .collect();
    let score = |sample: &Sample| Scored {
        seal: sample.seal,
        forged: sample.forged,
        fullest: sample.fullest,
        odds: sample.odds(&without[sample.seal % FOLDS]),
        path: sample.path(),
    };
    samples.all.iter().map(score).collect()
}

/// Cost in bits of odds against the most specimens, before any class is corrected.
fn cost(scored: &[Scored]) -> f64 {
    let of = |forged: bool| -> Vec<f64> {
        let same = scored
            .iter()
            .filter(|own| own.fullest && own.forged == forged);
        same.map(|own| -own.odds / std::f64::consts::LN_10)
            .collect()
    };
    cllr(&of(false), &of(true)).unwrap_or(f64::INFINITY)
}

/// Each sample's ratio with the corrections and bounds that other seals gave.
fn judged_by_others(scored: &[Scored]) -> Vec<Judged> {
    let of_fold = |fold: usize| {
        let others: Vec<Scored> = scored
            .iter()
            .filter(|own| own.seal % FOLDS != fold)
            .cloned()
            .collect();
        classes::corrections(&others)
    };
    let corrections: Vec<Vec<Correction>> = (0..FOLDS).into_par_iter().map(of_fold).collect();
    let judge = |own: &Scored| {
        let ratio = classes::corrected(own, &corrections[own.seal % FOLDS]);
        (own.forged, ratio, own.path.clone())
    };
    scored.iter().map(judge).collect()
}

/// Figures by class, the widest first; classes of few trials are left out.
fn rows(judged: &[Judged]) -> Vec<Row> {
    let mut classes: Vec<(usize, Class)> = judged
        .iter()
        .flat_map(|(_, _, path)| path.iter().copied().enumerate())
        .collect();
    classes.sort_unstable();
    classes.dedup();
    let row = |(_, class): (usize, Class)| -> Option<Row> {
        let of = |forged: bool| -> Vec<f64> {
            let own = judged.iter();
            let own = own.filter(|(kind, _, path)| *kind == forged && path.contains(&class));
            own.map(|(_, ratio, _)| *ratio).collect()
        };
        let (genuine, forged) = (of(false), of(true));
        (genuine.len().min(forged.len()) >= TRIALS_MIN).then(|| Row {
            class,
            genuine: genuine.len(),
            forged: forged.len(),
            cllr: cllr(&genuine, &forged),
            cllr_min: cllr_min(&genuine, &forged),
            eer: Scores::new(genuine, forged).equal_error_rate(),
        })
    };
    classes.into_iter().filter_map(row).collect()
}

/// The calibration with its numbers to four places: more is noise, and makes files hard to compare.
fn rounded(mut calibration: Calibration) -> Calibration {
    let round = |value: &mut f64| *value = (*value * 1e4).round() / 1e4;
    round(&mut calibration.intercept);
    for curve in &mut calibration.axes {
        curve.odds.iter_mut().for_each(round);
        if let Some(tail) = &mut curve.tail {
            round(&mut tail.from);
            round(&mut tail.excess);
        }
    }
    for class in &mut calibration.classes {
        round(&mut class.shift);
        round(&mut class.slope);
        round(&mut class.log10_lr_cap);
        round(&mut class.log10_lr_floor);
    }
    calibration
}
