//! What calibration on drawn seals gave: the scatter of each axis for genuine impressions, and the
//! map from odds to a likelihood ratio.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, genuine impressions and
//! forgeries without traced ones, 2026-11-22: 210 genuine and 130 forged impressions. Seals of other
//! seeds check the figures (docs/accuracy.md).

use crate::imaging::ColourMode;
use crate::matching::Axis;

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
pub(super) const SEALS: f64 = 40.0;

/// Slope and offset of log10 LR against the odds' log10, by mode.
pub(super) fn line(mode: ColourMode) -> (f64, f64) {
    match mode {
        ColourMode::Colour => (0.552, 0.34),
        ColourMode::Gray => (0.595, 0.271),
        ColourMode::Bitonal => (0.638, 0.292),
    }
}

/// Offset and slope of an axis' odds against the evidence of its explanation, both natural logs.
///
/// The evidence (`matching::regression`) takes rubber for smooth and noise for independent; real
/// impressions are neither quite, so the evidence is worth only this share of what it says.
pub(super) fn tempering(axis: Axis) -> Option<(f64, f64)> {
    match axis {
        Axis::RingRadiusMm => Some((-0.579, 0.798)),
        Axis::RingWidthMm => Some((0.454, 0.628)),
        Axis::RingWidthDifferenceMm => Some((-0.02, 0.249)),
        Axis::MotifTurnDeg => Some((0.156, 0.276)),
        Axis::MotifShiftMm => Some((-0.063, 0.233)),
        Axis::MotifSizeMm => Some((-0.062, 0.117)),
        Axis::GroupShiftMm => Some((-0.841, 0.115)),
        Axis::TextSpacingMm => Some((-0.793, 0.288)),
        Axis::GlyphDisplacementMm => Some((1.783, 0.327)),
        Axis::ScalePercent | Axis::GlyphShape | Axis::GroupShape | Axis::ExtraInk => None,
    }
}

/// Evidence beyond these, natural logs, says no more.
pub(super) const EVIDENCE: std::ops::RangeInclusive<f64> = -10.0..=30.0;

/// The scatter of an axis without an explanation of its own, by what the scan's pixels can tell.
pub(super) fn scatter(axis: Axis, mode: ColourMode) -> Option<Scatter> {
    // Centre and scale on colour, gray and 1-bit scans, then the reach.
    let (centre, scale, wide) = match axis {
        Axis::ScalePercent => ([0.0, 0.0, 0.0], [0.15, 0.15, 0.15], 2.467),
        Axis::GlyphShape => ([0.229, 0.213, 0.253], [0.03, 0.03, 0.03], 0.264),
        Axis::GroupShape => ([0.379, 0.434, 0.562], [0.171, 0.137, 0.131], 0.682),
        Axis::ExtraInk => ([0.0, 0.0, 0.0], [0.008, 0.008, 0.008], 0.032),
        Axis::RingRadiusMm
        | Axis::RingWidthMm
        | Axis::RingWidthDifferenceMm
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

    const AXES: [Axis; 13] = [
        Axis::ScalePercent,
        Axis::RingRadiusMm,
        Axis::RingWidthMm,
        Axis::RingWidthDifferenceMm,
        Axis::MotifTurnDeg,
        Axis::MotifShiftMm,
        Axis::MotifSizeMm,
        Axis::GroupShiftMm,
        Axis::TextSpacingMm,
        Axis::GlyphDisplacementMm,
        Axis::GlyphShape,
        Axis::GroupShape,
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
