//! What calibration on drawn seals gave: how far each axis' reading speaks for another die.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, `antin synth --seals 80
//! --documents-per-seal 5 --seed 2024` and `antin synth --seals 80 --documents-per-seal 8
//! --conditions c300,c200,g300,b300 --forgeries marked --seed 5001`, 2026-11-22: 799 genuine and 495
//! forged impressions that were found and could be examined, traced dies left out. Logistic regression
//! on monotone broken lines, one an axis, genuine and forged weighing alike, with steps drawn towards
//! zero and towards their neighbours; each line is centred, so that an axis that could not be measured
//! says nothing.
//! Seals of other seeds check the figures (docs/accuracy.md).

use crate::imaging::ColourMode;
use crate::matching::Axis;

/// Seals in the calibration set.
pub(super) const SEALS: f64 = 200.0;

/// Natural log of the odds for another die before any axis is looked at, by mode.
pub(super) fn intercept(mode: ColourMode) -> f64 {
    match mode {
        ColourMode::Colour => 1.366,
        ColourMode::Gray => 1.815,
        ColourMode::Bitonal => 1.234,
    }
}

/// Readings at which the curves of most axes are given: evidence, natural log.
const EVIDENCE: [f64; 11] = [
    -8.0, -4.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0,
];

/// Readings of an axis, and the natural log of the odds for another die at each. A reading is the
/// evidence of the axis' explanation (`matching::regression`, natural log), or else the size of its value
/// in the axis' unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    pub at: &'static [f64],
    pub odds: &'static [f64],
}

/// The curve of an axis.
pub(super) fn curve(axis: Axis) -> Curve {
    let (at, odds): (&[f64], &[f64]) = match axis {
        Axis::ScalePercent => (
            &[0.0, 0.2, 0.4, 0.6, 0.9, 1.3, 2.0, 3.0, 4.0],
            &[
                -0.826, -0.619, -0.426, 0.332, 1.595, 3.057, 4.294, 5.113, 5.690,
            ],
        ),
        Axis::RingRadiusMm => (
            &EVIDENCE,
            &[
                -2.645, -1.727, -0.672, 0.159, 0.608, 1.203, 1.855, 2.579, 3.238, 3.792, 4.290,
            ],
        ),
        Axis::RingWidthMm => (
            &EVIDENCE,
            &[
                -0.778, -0.606, -0.408, 0.023, 0.748, 1.383, 1.682, 1.873, 1.978, 2.058, 2.127,
            ],
        ),
        Axis::MotifTurnDeg => (
            &EVIDENCE,
            &[
                -0.776, -0.395, 0.032, 0.297, 0.633, 0.837, 0.999, 1.132, 1.236, 1.316, 1.386,
            ],
        ),
        Axis::MotifShiftMm => (
            &EVIDENCE,
            &[
                -0.398, -0.144, -0.046, 0.311, 0.640, 0.820, 0.949, 1.093, 1.198, 1.278, 1.345,
            ],
        ),
        Axis::MotifSizeMm => (
            &EVIDENCE,
            &[
                -0.110, -0.074, -0.032, -0.032, 0.263, 0.820, 1.358, 1.742, 2.022, 2.241, 2.431,
            ],
        ),
        Axis::GroupShiftMm => (
            &EVIDENCE,
            &[
                -2.178, -1.512, -0.918, -0.288, 0.269, 0.951, 1.817, 2.734, 3.478, 4.104, 4.654,
            ],
        ),
        Axis::TextSpacingMm => (
            &EVIDENCE,
            &[
                -0.186, -0.186, -0.186, -0.081, 0.081, 0.325, 0.613, 0.904, 1.144, 1.337, 1.504,
            ],
        ),
        Axis::GlyphDisplacementMm => (
            &[-30.0, -20.0, -12.0, -8.0, -5.0, -2.0, 0.0, 4.0, 10.0, 20.0],
            &[
                -0.773, -0.404, -0.183, -0.183, -0.083, 0.499, 1.143, 1.636, 2.070, 2.468,
            ],
        ),
        Axis::GlyphShape => (
            &[0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6],
            &[
                0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000,
            ],
        ),
        Axis::ExtraInk => (
            &[0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08],
            &[-0.296, 0.588, 0.975, 1.080, 1.080, 1.080, 1.080],
        ),
    };
    Curve { at, odds }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXES: [Axis; 11] = [
        Axis::ScalePercent,
        Axis::RingRadiusMm,
        Axis::RingWidthMm,
        Axis::MotifTurnDeg,
        Axis::MotifShiftMm,
        Axis::MotifSizeMm,
        Axis::GroupShiftMm,
        Axis::TextSpacingMm,
        Axis::GlyphDisplacementMm,
        Axis::GlyphShape,
        Axis::ExtraInk,
    ];

    #[test]
    fn more_evidence_for_another_die_never_speaks_for_this_one() {
        for axis in AXES {
            let Curve { at, odds } = curve(axis);
            assert!(at.is_sorted_by(|a, b| a < b), "{axis:?}");
            assert!(odds.is_sorted() && odds.len() == at.len(), "{axis:?}");
        }
    }

    #[test]
    fn the_most_common_readings_of_the_registered_die_speak_for_it() {
        let modes = [ColourMode::Colour, ColourMode::Gray, ColourMode::Bitonal];
        for mode in modes {
            let least: f64 = AXES.iter().map(|&axis| curve(axis).odds[0]).sum();
            assert!(intercept(mode) + least < 0.0, "{mode:?}");
        }
    }
}
