//! What each measured axis says: the odds that another die made it, against the registered one.
//!
//! Every axis moves by some way of making another die (size, border, line width, figure, spacing,
//! letters) and stays where the registered die made the impression. What an axis says is read from
//! a curve that calibration gave it, which never falls as the axis moves further; what the axes say
//! adds up. But a die cut anew may differ in one way and agree in all others, so what one axis shows
//! that genuine impressions hardly ever do stands against any agreement of the rest.

use crate::matching::Measure;
use crate::verdict::calibration::AxisCurve;
use crate::verdict::calibration::Calibration;

/// Shape of the genuine impressions' tails (generalised Pareto; Hosking and Wallis 1987): heavier
/// than exponential, because drawn seals are no sample of all bad days.
const TAIL_SHAPE: f64 = 0.3;
/// Natural log of the share of genuine impressions in a tail.
const TAIL_SHARE: f64 = -2.995_732_273_553_991;
/// Rarity up to which many other dies agree as well, so that it says less than it seems to, and the
/// slope by which it says less.
const COMMON_RARITY: f64 = 5.0;
const COMMON_SLOPE: f64 = 1.5;
/// What an axis can say alone at most, natural log.
const LONE_MAX: f64 = 6.0;

/// Natural logarithm of the odds for another die.
#[derive(Clone, Debug, PartialEq)]
pub struct Odds {
    /// All axes together.
    pub total: f64,
    /// By measure, in their order.
    pub by_measure: Vec<f64>,
}

/// The odds that measures give.
pub(super) fn odds(measures: &[Measure], calibration: &Calibration) -> Odds {
    let own = |measure| log_odds(measure, calibration);
    let mut by_measure: Vec<f64> = measures.iter().map(own).collect();
    let together = calibration.intercept + by_measure.iter().sum::<f64>();
    let alone = |measure| alone(measure, calibration);
    let alone = measures.iter().map(alone).zip(&mut by_measure);
    let furthest = alone.max_by(|a, b| a.0.total_cmp(&b.0));
    let surplus = furthest.map_or(0.0, |(alone, own)| {
        let surplus = libm::log1p(libm::exp(alone - together));
        *own += surplus;
        surplus
    });
    Odds {
        total: together + surplus,
        by_measure,
    }
}

/// What a measure was read as: the evidence of its explanation, or else the size of its value.
pub fn reading(measure: &Measure) -> f64 {
    measure.log_odds.unwrap_or(measure.value.abs())
}

/// Natural log of the odds for a die that differs in this way alone.
fn alone(measure: &Measure, calibration: &Calibration) -> f64 {
    let beyond = calibration
        .curve(measure.axis)
        .and_then(|curve| curve.tail)
        .map(|tail| (reading(measure) - tail.from) / tail.excess)
        .filter(|beyond| *beyond > 0.0);
    beyond.map_or(f64::NEG_INFINITY, |beyond| {
        let rarity = libm::log1p(TAIL_SHAPE * beyond) / TAIL_SHAPE - TAIL_SHARE;
        let common = COMMON_SLOPE * (COMMON_RARITY - rarity).max(0.0);
        (rarity - common - calibration.lone_rarity).min(LONE_MAX)
    })
}

/// The curve of an axis at the evidence of its explanation, or else at the size of its value.
fn log_odds(measure: &Measure, calibration: &Calibration) -> f64 {
    let curve = calibration.curve(measure.axis);
    curve.map_or(0.0, |curve| interpolate(curve, reading(measure)))
}

/// A broken line at a place; flat beyond its ends.
fn interpolate(AxisCurve { at, odds, .. }: &AxisCurve, reading: f64) -> f64 {
    let after = at.partition_point(|&x| x <= reading);
    let ends = after
        .checked_sub(1)
        .zip((after < at.len()).then_some(after));
    match ends {
        Some((left, right)) => {
            let share = (reading - at[left]) / (at[right] - at[left]);
            odds[left] + (odds[right] - odds[left]) * share
        }
        None => odds[after.saturating_sub(1)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Axis;

    fn measure(axis: Axis, log_odds: f64) -> Measure {
        Measure {
            log_odds: Some(log_odds),
            ..Measure::new(axis, 0.0, 0.01)
        }
    }

    #[test]
    fn what_one_axis_shows_alone_grows_with_its_rarity_up_to_a_limit() {
        let carried = Calibration::carried();
        let of = |reading| alone(&measure(Axis::RingRadiusMm, reading), carried);
        let tail = carried
            .curve(Axis::RingRadiusMm)
            .and_then(|curve| curve.tail);
        let tail = tail.expect("the axis has a tail");
        let beyond = |excesses: f64| of(tail.from + excesses * tail.excess);
        assert!(of(tail.from).is_infinite(), "one in twenty reads so");
        assert!(beyond(0.5) < -3.0, "{}", beyond(0.5));
        assert!(beyond(6.0) > beyond(2.0), "{}", beyond(6.0));
        assert!(beyond(30.0) > 0.0, "{}", beyond(30.0));
        assert!((of(1e6) - LONE_MAX).abs() < 1e-12, "the limit");
    }

    #[test]
    fn agreement_of_all_other_axes_does_not_drown_one_that_is_far_off() {
        let agree = [
            (Axis::RingWidthMm, -2.0),
            (Axis::MotifTurnDeg, -3.0),
            (Axis::MotifShiftMm, -5.0),
            (Axis::MotifSizeMm, -2.0),
            (Axis::GroupShiftMm, -3.5),
            (Axis::TextSpacingMm, -6.0),
            (Axis::GlyphDisplacementMm, -18.0),
        ];
        let with_radius = |radius: f64| -> Odds {
            let all = agree.iter().copied().chain([(Axis::RingRadiusMm, radius)]);
            let measures: Vec<Measure> = all.map(|(axis, odds)| measure(axis, odds)).collect();
            odds(&measures, Calibration::carried())
        };
        let (near, far) = (with_radius(-2.0), with_radius(60.0));
        assert!(near.total < -1.0 && far.total > 2.0, "{near:?} {far:?}");
        let sum: f64 = far.by_measure.iter().sum();
        let intercept = Calibration::carried().intercept;
        assert!((sum + intercept - far.total).abs() < 1e-9, "they add up");
    }

    #[test]
    fn a_broken_line_is_flat_beyond_its_ends_and_straight_between() {
        let line = AxisCurve {
            axis: Axis::RingRadiusMm,
            at: vec![-1.0, 0.0, 4.0],
            odds: vec![-2.0, 1.0, 3.0],
            tail: None,
        };
        for (reading, odds) in [
            (-9.0, -2.0),
            (-0.5, -0.5),
            (0.0, 1.0),
            (2.0, 2.0),
            (9.0, 3.0),
        ] {
            assert!(
                (interpolate(&line, reading) - odds).abs() < 1e-12,
                "{reading}"
            );
        }
    }
}
