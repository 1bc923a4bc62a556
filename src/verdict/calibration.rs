//! What calibration on drawn seals gave: how far each axis' reading speaks for another die.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, `antin synth --seals 80
//! --documents-per-seal 5 --seed 2024` and `antin synth --seals 80 --documents-per-seal 8
//! --conditions c300,c200,g300,b300 --forgeries marked --seed 5001`, 2026-11-22: 801 genuine and 496
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
        ColourMode::Colour => 1.623,
        ColourMode::Gray => 1.788,
        ColourMode::Bitonal => 1.162,
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
                -0.844, -0.725, -0.464, 0.367, 1.700, 3.262, 4.691, 5.856, 6.884,
            ],
        ),
        Axis::RingRadiusMm => (
            &EVIDENCE,
            &[
                -2.036, -1.455, -0.786, 0.025, 0.521, 1.257, 2.094, 2.892, 3.556, 4.097, 4.577,
            ],
        ),
        Axis::RingWidthMm => (
            &EVIDENCE,
            &[
                -1.258, -0.867, -0.417, 0.319, 1.321, 2.267, 3.039, 3.660, 4.149, 4.533, 4.867,
            ],
        ),
        Axis::MotifTurnDeg => (
            &EVIDENCE,
            &[
                -0.607, -0.319, 0.014, 0.207, 0.436, 0.651, 0.823, 0.961, 1.065, 1.147, 1.219,
            ],
        ),
        Axis::MotifShiftMm => (
            &EVIDENCE,
            &[
                -0.200, -0.200, -0.200, 0.107, 0.569, 0.878, 1.079, 1.284, 1.440, 1.559, 1.660,
            ],
        ),
        Axis::MotifSizeMm => (
            &EVIDENCE,
            &[
                -0.443, -0.262, -0.101, 0.039, 0.156, 0.432, 0.747, 1.130, 1.602, 2.027, 2.403,
            ],
        ),
        Axis::GroupShiftMm => (
            &EVIDENCE,
            &[
                -2.044, -1.562, -1.044, -0.468, -0.004, 0.789, 1.714, 2.627, 3.444, 4.129, 4.739,
            ],
        ),
        Axis::TextSpacingMm => (
            &EVIDENCE,
            &[
                -0.297, -0.297, -0.297, -0.081, 0.272, 0.669, 1.065, 1.417, 1.696, 1.919, 2.113,
            ],
        ),
        Axis::GlyphDisplacementMm => (
            &[-30.0, -20.0, -12.0, -8.0, -5.0, -2.0, 0.0, 4.0, 10.0, 20.0],
            &[
                -0.600, -0.539, -0.374, -0.374, -0.286, 0.258, 0.932, 1.476, 2.052, 2.641,
            ],
        ),
        Axis::GlyphShape => (
            &[0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6],
            &[
                -0.075, 0.010, 0.010, 0.010, 0.010, 0.010, 0.010, 0.010, 0.010,
            ],
        ),
        Axis::ExtraInk => (
            &[0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08],
            &[-0.271, 0.555, 0.896, 0.969, 0.969, 0.969, 0.969],
        ),
    };
    Curve { at, odds }
}

/// The far end of what genuine impressions read on an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    /// Reading that one genuine impression in twenty exceeds.
    pub from: f64,
    /// Mean excess of those that do.
    pub excess: f64,
}

/// The tail of an axis; `None` where scanners differ more than the drawn ones, or too few readings
/// are apart.
pub(super) fn tail(axis: Axis) -> Option<Tail> {
    let (from, excess) = match axis {
        Axis::RingRadiusMm => (-0.23, 1.87),
        Axis::RingWidthMm => (1.00, 2.75),
        Axis::MotifTurnDeg => (-0.56, 0.91),
        Axis::MotifShiftMm => (-1.90, 1.85),
        Axis::MotifSizeMm => (2.38, 4.03),
        Axis::GroupShiftMm => (2.01, 3.33),
        Axis::TextSpacingMm => (-1.60, 1.74),
        Axis::GlyphDisplacementMm => (-5.08, 2.58),
        Axis::ScalePercent | Axis::GlyphShape | Axis::ExtraInk => return None,
    };
    Some(Tail { from, excess })
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
