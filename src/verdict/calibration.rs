//! What calibration on drawn seals gave: what each axis' evidence is worth, and how the ways of
//! making another die add up to a likelihood ratio.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, `antin synth --seals 80
//! --documents-per-seal 5 --seed 2024` and `antin synth --seals 80 --documents-per-seal 8
//! --conditions c300,c200,g300,b300 --forgeries marked --seed 5001`, 2026-11-22: 770 genuine and 481
//! forged impressions that were found and could be examined, traced dies left out; logistic
//! regression with the shares drawn towards one another. Seals of other seeds check the figures
//! (docs/accuracy.md).

use crate::imaging::ColourMode;
use crate::matching::Axis;
use crate::verdict::evidence::Way;

/// Scatter of one axis for the registered die.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scatter {
    /// Median of the size; zero for signed axes.
    pub centre: f64,
    /// Scale of the Student distribution.
    pub scale: f64,
    /// Reach of the axis for other dies.
    pub wide: f64,
}

/// Seals in the calibration set.
pub(super) const SEALS: f64 = 200.0;

/// Natural log of the odds for another die before any way is looked at, by mode: what the ways'
/// negative odds are counted from.
pub(super) fn intercept(mode: ColourMode) -> f64 {
    match mode {
        ColourMode::Colour => 2.345,
        ColourMode::Gray => 2.743,
        ColourMode::Bitonal => 2.176,
    }
}

/// Shares at which a way's log odds count: where they speak for another die, and where against.
/// Ways are not independent of each other, and their odds are too sure of themselves.
pub(super) fn shares(way: Way) -> (f64, f64) {
    match way {
        Way::Size => (1.068, 0.794),
        Way::Border => (0.233, 0.239),
        Way::LineWidth => (0.367, 0.939),
        Way::Motif => (0.088, 0.046),
        Way::Group => (0.270, 0.570),
        Way::Spacing => (0.189, 0.086),
        Way::Letters => (0.425, 0.463),
    }
}

/// A way's log odds beyond these say no more.
pub(super) const ODDS: std::ops::RangeInclusive<f64> = -3.0..=12.0;

/// Offset and slope of an axis' odds against the evidence of its explanation, both natural logs.
///
/// The evidence (`matching::regression`) takes rubber for smooth and noise for independent; real
/// impressions are neither quite, so the evidence is worth only this share of what it says.
pub(super) fn tempering(axis: Axis) -> Option<(f64, f64)> {
    match axis {
        Axis::RingRadiusMm => Some((-0.693, 1.011)),
        Axis::RingWidthMm => Some((-0.190, 0.128)),
        Axis::MotifTurnDeg => Some((0.846, 0.609)),
        Axis::MotifShiftMm => Some((0.552, 0.349)),
        Axis::MotifSizeMm => Some((-0.025, 0.143)),
        Axis::GroupShiftMm => Some((-1.549, 0.213)),
        Axis::TextSpacingMm => Some((-0.086, 0.350)),
        Axis::GlyphDisplacementMm => Some((2.094, 0.431)),
        Axis::ScalePercent | Axis::GlyphShape | Axis::ExtraInk => None,
    }
}

/// Evidence beyond these, natural logs, says no more.
pub(super) const EVIDENCE: std::ops::RangeInclusive<f64> = -10.0..=30.0;

/// The scatter of an axis without an explanation of its own, by what the scan's pixels can tell.
pub(super) fn scatter(axis: Axis, mode: ColourMode) -> Option<Scatter> {
    // Centre and scale on colour, gray and 1-bit scans, then the reach.
    let (centre, scale, wide) = match axis {
        Axis::ScalePercent => ([0.0, 0.0, 0.0], [0.15, 0.15, 0.15], 2.148),
        Axis::GlyphShape => ([0.21, 0.208, 0.248], [0.03, 0.03, 0.03], 0.267),
        Axis::ExtraInk => ([0.0, 0.0, 0.0], [0.008, 0.008, 0.008], 0.032),
        Axis::RingRadiusMm
        | Axis::RingWidthMm
        | Axis::MotifTurnDeg
        | Axis::MotifShiftMm
        | Axis::MotifSizeMm
        | Axis::GroupShiftMm
        | Axis::TextSpacingMm
        | Axis::GlyphDisplacementMm => return None,
    };
    let column = match mode {
        ColourMode::Colour => 0,
        ColourMode::Gray => 1,
        ColourMode::Bitonal => 2,
    };
    Some(Scatter {
        centre: centre[column],
        scale: scale[column],
        wide,
    })
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
    fn every_axis_has_either_a_tempering_or_a_scatter() {
        for axis in AXES {
            let scatter = scatter(axis, ColourMode::Colour);
            assert_ne!(tempering(axis).is_some(), scatter.is_some(), "{axis:?}");
        }
    }

    #[test]
    fn more_evidence_for_another_die_never_speaks_for_this_one() {
        for (_, slope) in AXES.into_iter().filter_map(tempering) {
            assert!(slope > 0.0);
        }
    }

    #[test]
    fn another_die_reaches_further_than_genuine_scatter() {
        for axis in AXES {
            for mode in [ColourMode::Colour, ColourMode::Gray, ColourMode::Bitonal] {
                let reaches = scatter(axis, mode).is_none_or(|own| own.wide > 2.0 * own.scale);
                assert!(reaches, "{axis:?} {mode:?}");
            }
        }
    }
}
