//! What calibration on drawn seals gave: how far each axis' reading speaks for another die.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, `antin synth --seals 80
//! --documents-per-seal 5 --seed 2024` and `antin synth --seals 80 --documents-per-seal 8
//! --conditions c300,c200,g300,b300 --forgeries marked --seed 5001`, 2026-11-22: 800 genuine and 495
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
        ColourMode::Colour => 1.616,
        ColourMode::Gray => 1.733,
        ColourMode::Bitonal => 1.133,
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
                -0.752, -0.707, -0.518, 0.234, 1.534, 3.105, 4.565, 5.760, 6.814,
            ],
        ),
        Axis::RingRadiusMm => (
            &EVIDENCE,
            &[
                -2.875, -1.879, -0.734, 0.182, 0.696, 1.438, 2.226, 2.977, 3.607, 4.124, 4.586,
            ],
        ),
        Axis::RingWidthMm => (
            &EVIDENCE,
            &[
                -1.039, -0.728, -0.371, 0.275, 1.256, 2.211, 2.971, 3.573, 4.040, 4.405, 4.723,
            ],
        ),
        Axis::MotifTurnDeg => (
            &EVIDENCE,
            &[
                -0.858, -0.426, 0.060, 0.280, 0.618, 0.901, 1.126, 1.305, 1.440, 1.545, 1.637,
            ],
        ),
        Axis::MotifShiftMm => (
            &EVIDENCE,
            &[
                -0.239, -0.176, -0.149, 0.172, 0.535, 0.796, 0.990, 1.174, 1.311, 1.414, 1.501,
            ],
        ),
        Axis::MotifSizeMm => (
            &EVIDENCE,
            &[
                -0.149, -0.104, -0.053, 0.068, 0.437, 0.868, 1.189, 1.419, 1.586, 1.717, 1.830,
            ],
        ),
        Axis::GroupShiftMm => (
            &EVIDENCE,
            &[
                -1.993, -1.467, -0.853, -0.289, 0.205, 0.942, 1.734, 2.547, 3.275, 3.900, 4.451,
            ],
        ),
        Axis::TextSpacingMm => (
            &EVIDENCE,
            &[
                -0.295, -0.295, -0.295, -0.109, 0.230, 0.644, 1.045, 1.397, 1.678, 1.903, 2.099,
            ],
        ),
        Axis::GlyphDisplacementMm => (
            &[-30.0, -20.0, -12.0, -8.0, -5.0, -2.0, 0.0, 4.0, 10.0, 20.0],
            &[
                -0.585, -0.455, -0.341, -0.341, -0.231, 0.211, 0.793, 1.315, 1.871, 2.397,
            ],
        ),
        Axis::GlyphShape => (
            &[0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6],
            &[
                -0.068, 0.009, 0.009, 0.009, 0.009, 0.009, 0.009, 0.009, 0.009,
            ],
        ),
        Axis::ExtraInk => (
            &[0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08],
            &[-0.273, 0.573, 0.905, 0.960, 0.960, 0.960, 0.960],
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
