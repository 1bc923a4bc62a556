//! What each measured axis says: the odds that another die made it, against the registered one.
//!
//! Every axis moves by some way of making another die (size, border, line width, figure, spacing,
//! letters) and stays where the registered die made the impression. What an axis says is read from
//! a curve that calibration gave it, which never falls as the axis moves further; what the axes say
//! adds up.

use crate::imaging::ColourMode;
use crate::matching::Comparison;
use crate::matching::Measure;
use crate::verdict::calibration;
use crate::verdict::calibration::Curve;

/// Natural logarithm of the odds for another die.
#[derive(Clone, Debug)]
pub(super) struct Odds {
    /// All axes together.
    pub total: f64,
    /// By measure, in the order of the comparison's.
    pub by_measure: Vec<f64>,
}

/// The odds that a comparison's measures give.
pub(super) fn odds(comparison: &Comparison, mode: ColourMode) -> Odds {
    let by_measure: Vec<f64> = comparison.measures.iter().map(log_odds).collect();
    Odds {
        total: calibration::intercept(mode) + by_measure.iter().sum::<f64>(),
        by_measure,
    }
}

/// The curve of an axis at the evidence of its explanation, or else at the size of its value.
fn log_odds(measure: &Measure) -> f64 {
    let reading = measure.log_odds.unwrap_or(measure.value.abs());
    interpolate(calibration::curve(measure.axis), reading)
}

/// A broken line at a place; flat beyond its ends.
fn interpolate(Curve { at, odds }: Curve, reading: f64) -> f64 {
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

    #[test]
    fn a_broken_line_is_flat_beyond_its_ends_and_straight_between() {
        let line = Curve {
            at: &[-1.0, 0.0, 4.0],
            odds: &[-2.0, 1.0, 3.0],
        };
        for (reading, odds) in [
            (-9.0, -2.0),
            (-0.5, -0.5),
            (0.0, 1.0),
            (2.0, 2.0),
            (9.0, 3.0),
        ] {
            assert!(
                (interpolate(line, reading) - odds).abs() < 1e-12,
                "{reading}"
            );
        }
    }
}
