//! What holds in each class of comparisons: a shift and a slope of the odds of the class above.
//!
//! Both are the most probable ones under the class' own trials and a prior around "as above": a class
//! counts with as many trials as it has seals, because trials of one seal resemble each other, so a class
//! of few seals stays near the one above it.

use std::collections::BTreeMap;

use crate::evaluation::calibration::cap;
use crate::evaluation::calibration::cap::Judged;
use crate::verdict::calibration::Correction;
use crate::verdict::calibration::within;
use crate::verdict::class::Class;

/// Standard deviation of a class' shift, natural log of odds, and of the natural log of its slope, before
/// any of its trials is seen. Chosen, of these, twice and four times as much, for the least cost over the
/// calibration seals, six folds.
const SHIFT_SD: f64 = 0.25;
const SLOPE_SD: f64 = 0.12;

/// No ends are wider than by the class' own number of seals, or by this one where it has fewer (chosen).
const SEALS_LEAST: f64 = 30.0;

/// Least ratio that any class keeps, base 10 (chosen: next to nothing).
const LEAST: f64 = 0.05;

/// Newton steps to the most probable correction.
const STEPS: usize = 40;

/// A sample's odds for another die, natural log, from curves that did not see its seal.
#[derive(Clone, Debug)]
pub(super) struct Scored {
    pub seal: usize,
    pub forged: bool,
    /// Against the most specimens that its impression was compared with.
    pub fullest: bool,
    pub odds: f64,
    /// Its classes, the widest first.
    pub path: Vec<Class>,
}

/// The corrections of every class that has trials of both kinds, the widest first.
///
/// What ratios are supported is asked of all trials together, so that one ratio means the same in every
/// class, and lowered where a class has fewer seals.
pub(super) fn corrections(scored: &[Scored]) -> Vec<Correction> {
    let mut members: BTreeMap<(usize, Class), Vec<usize>> = BTreeMap::new();
    for (index, own) in scored.iter().enumerate() {
        for (depth, class) in own.path.iter().enumerate() {
            members.entry((depth, *class)).or_default().push(index);
        }
    }
    let mut odds: Vec<f64> = scored.iter().map(|own| own.odds).collect();
    let mut corrections: Vec<Correction> = Vec::new();
    for ((_, class), members) in members {
        let (genuine_seals, forged_seals) = cap::seals(&judged(&members, scored, &odds));
        let above = class.parent();
        let above = above.map(|above| corrections.iter().find(|own| own.class == above));
        let is_orphan = above.is_some_and(|above| above.is_none());
        if genuine_seals.min(forged_seals) == 0 || is_orphan {
            continue;
        }
        let (shift, slope) = likeliest(&members, scored, &odds, genuine_seals.min(forged_seals));
        for &index in &members {
            odds[index] = shift + slope * odds[index];
        }
        corrections.push(Correction {
            class,
            shift,
            slope,
            genuine_seals,
            forged_seals,
            log10_lr_cap: LEAST,
            log10_lr_floor: -LEAST,
        });
    }
    let everyone: Vec<usize> = (0..scored.len()).collect();
    let (floor, cap) = cap::supported(&judged(&everyone, scored, &odds));
    for own in &mut corrections {
        let seals = own.genuine_seals.min(own.forged_seals) as f64;
        let most = libm::log10(seals.max(SEALS_LEAST));
        own.log10_lr_cap = cap.clamp(LEAST, most);
        own.log10_lr_floor = floor.clamp(-most, -LEAST);
    }
    corrections
}

/// Some samples as trials, by their numbers.
fn judged(members: &[usize], scored: &[Scored], odds: &[f64]) -> Vec<Judged> {
    let one = |index: &usize| Judged {
        seal: scored[*index].seal,
        forged: scored[*index].forged,
        log10_lr: -odds[*index] / std::f64::consts::LN_10,
    };
    members.iter().map(one).collect()
}

/// A sample's ratio for the same die, base 10, after the corrections of its path and within what its
/// narrowest class supports.
pub(super) fn corrected(scored: &Scored, corrections: &[Correction]) -> f64 {
    let (mut odds, mut ends) = (scored.odds, (0.0, 0.0));
    for class in &scored.path {
        let Some(own) = corrections.iter().find(|own| own.class == *class) else {
            break;
        };
        odds = own.shift + own.slope * odds;
        ends = (own.log10_lr_floor, own.log10_lr_cap);
    }
    within(-odds / std::f64::consts::LN_10, ends)
}

/// The most probable shift and slope; genuine and forged weigh alike, all together as much as `seals`.
fn likeliest(members: &[usize], scored: &[Scored], odds: &[f64], seals: usize) -> (f64, f64) {
    let forged = members
        .iter()
        .filter(|index| scored[**index].forged)
        .count();
    let weight = |is_forged: bool| {
        let count = if is_forged {
            forged
        } else {
            members.len() - forged
        };
        0.5 * seals as f64 / count as f64
    };
    let cost = |shift: f64, growth: f64| {
        let slope = libm::exp(growth);
        let prior = 0.5 * (shift / SHIFT_SD) * (shift / SHIFT_SD)
            + 0.5 * (growth / SLOPE_SD) * (growth / SLOPE_SD);
        let own = members.iter().map(|index| {
            let sign = if scored[*index].forged { -1.0 } else { 1.0 };
            weight(scored[*index].forged) * softplus(sign * (shift + slope * odds[*index]))
        });
        prior + own.sum::<f64>()
    };
    let (mut shift, mut growth) = (0.0, 0.0);
    let mut best = cost(shift, growth);
    for _ in 0..STEPS {
        let (step_shift, step_growth) = newton(members, scored, odds, (shift, growth), &weight);
        let mut share = 1.0;
        let mut next = best;
        while share > 1e-6 {
            next = cost(shift + share * step_shift, growth + share * step_growth);
            if next < best {
                break;
            }
            share *= 0.5;
        }
        if next >= best {
            break;
        }
        shift += share * step_shift;
        growth += share * step_growth;
        best = next;
    }
    (shift, libm::exp(growth))
}

/// The step that would end at the least cost, were it a parabola (Fisher's scoring, so that its
/// curvature is never negative).
fn newton(
    members: &[usize],
    scored: &[Scored],
    odds: &[f64],
    (shift, growth): (f64, f64),
    weight: &impl Fn(bool) -> f64,
) -> (f64, f64) {
    let slope = libm::exp(growth);
    let (shift_stiffness, slope_stiffness) =
        (1.0 / (SHIFT_SD * SHIFT_SD), 1.0 / (SLOPE_SD * SLOPE_SD));
    let mut first = (shift * shift_stiffness, growth * slope_stiffness);
    let (mut a, mut b, mut c) = (shift_stiffness, 0.0, slope_stiffness);
    for &index in members {
        let along = slope * odds[index];
        let chance = 1.0 / (1.0 + libm::exp(-(shift + along)));
        let weight = weight(scored[index].forged);
        let error = weight * (chance - f64::from(u8::from(scored[index].forged)));
        first = (first.0 + error, first.1 + error * along);
        let information = weight * chance * (1.0 - chance);
        a += information;
        b += information * along;
        c += information * along * along;
    }
    let determinant = a * c - b * b;
    (
        -(c * first.0 - b * first.1) / determinant,
        -(a * first.1 - b * first.0) / determinant,
    )
}

/// ln(1 + e^x) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
