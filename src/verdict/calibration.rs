//! What calibration on drawn seals gave: how far each axis' reading speaks for another die.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, `antin synth --seals 80
//! --documents-per-seal 5 --seed 2024` and `antin synth --seals 80 --documents-per-seal 8
//! --conditions c300,c200,g300,b300 --forgeries marked --seed 5001`, 2026-11-22: COUNTS that were found and could be examined, traced dies left out. Logistic
//! regression on monotone broken lines, one an axis, with steps drawn towards zero and towards their
//! neighbours; each line is centred, so that an axis that could not be measured says nothing.
//! Seals of other seeds check the figures (docs/accuracy.md).

use crate::imaging::ColourMode;
use crate::matching::Axis;

/// Seals in the calibration set.
pub(super) const SEALS: f64 = 200.0;

/// Natural log of the odds for another die before any axis is looked at, by mode.
pub(super) fn intercept(mode: ColourMode) -> f64 {
    match mode {
        ColourMode::Colour => 1.083,
        ColourMode::Gray => 1.584,
        ColourMode::Bitonal => 0.988,
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
                -0.789, -0.593, -0.351, 0.421, 1.609, 2.929, 4.033, 4.770, 5.303,
            ],
        ),
        Axis::RingRadiusMm => (
            &EVIDENCE,
            &[
                -1.882, -1.369, -0.600, 0.198, 0.640, 1.186, 1.721, 2.255, 2.675, 2.967, 3.192,
            ],
        ),
        Axis::RingWidthMm => (
            &EVIDENCE,
            &[
                -0.583, -0.499, -0.374, 0.022, 0.704, 1.256, 1.492, 1.651, 1.730, 1.773, 1.802,
            ],
        ),
        Axis::MotifTurnDeg => (
            &EVIDENCE,
            &[
                -0.627, -0.355, 0.040, 0.280, 0.552, 0.687, 0.784, 0.859, 0.907, 0.935, 0.953,
            ],
        ),
        Axis::MotifShiftMm => (
            &EVIDENCE,
            &[
                -0.390, -0.125, -0.007, 0.316, 0.594, 0.743, 0.857, 0.967, 1.032, 1.068, 1.091,
            ],
        ),
        Axis::MotifSizeMm => (
            &EVIDENCE,
            &[
                -0.061, -0.047, -0.026, -0.026, 0.229, 0.651, 0.998, 1.178, 1.270, 1.320, 1.353,
            ],
        ),
        Axis::GroupShiftMm => (
            &EVIDENCE,
            &[
                -1.999, -1.435, -0.852, -0.215, 0.387, 1.075, 1.844, 2.574, 3.064, 3.400, 3.638,
            ],
        ),
        Axis::TextSpacingMm => (
            &EVIDENCE,
            &[
                -0.197, -0.197, -0.182, -0.009, 0.195, 0.438, 0.678, 0.886, 1.023, 1.106, 1.160,
            ],
        ),
        Axis::GlyphDisplacementMm => (
            &[-30.0, -20.0, -12.0, -8.0, -5.0, -2.0, 0.0, 4.0, 10.0, 20.0],
            &[
                -0.666, -0.353, -0.134, -0.134, 0.007, 0.555, 1.100, 1.459, 1.727, 1.940,
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
            &[-0.237, 0.491, 0.777, 0.846, 0.846, 0.846, 0.846],
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
