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
        ColourMode::Colour => (1.0, -0.1),
        ColourMode::Gray => (1.0, -0.2),
        ColourMode::Bitonal => (0.85, -0.2),
    }
}

/// The scatter of an axis, by what the scan's pixels can tell.
pub(super) fn scatter(axis: Axis, mode: ColourMode) -> Scatter {
    // Centre and scale on colour, gray and 1-bit scans, then the reach.
    let (centre, scale, wide) = match axis {
        Axis::ScalePercent => ([0.0, 0.0, 0.0], [0.15, 0.15, 0.15], 2.466),
        Axis::RingRadiusMm => ([0.0, 0.0, 0.0], [0.014, 0.012, 0.012], 0.138),
        Axis::RingWidthMm => ([0.0, 0.0, 0.0], [0.059, 0.042, 0.046], 0.237),
        Axis::RingWidthDifferenceMm => ([0.0, 0.0, 0.0], [0.064, 0.052, 0.04], 0.258),
        Axis::MotifTurnDeg => ([0.0, 0.0, 0.0], [0.138, 0.108, 0.132], 0.551),
        Axis::MotifShiftMm => ([0.028, 0.026, 0.036], [0.012, 0.015, 0.016], 0.048),
        Axis::MotifSizeMm => ([0.0, 0.0, 0.0], [0.018, 0.014, 0.023], 0.072),
        Axis::GroupShiftMm => ([0.115, 0.104, 0.145], [0.069, 0.04, 0.065], 0.275),
        Axis::TextSpacingMm => ([0.039, 0.037, 0.046], [0.017, 0.008, 0.021], 0.143),
        Axis::GlyphDisplacementMm => ([0.029, 0.029, 0.034], [0.006, 0.005, 0.009], 0.052),
        Axis::GlyphShape => ([0.229, 0.221, 0.251], [0.03, 0.03, 0.03], 0.26),
        Axis::GroupShape => ([0.371, 0.397, 0.548], [0.141, 0.2, 0.199], 0.565),
        Axis::ExtraInk => ([0.0, 0.0, 0.0], [0.008, 0.008, 0.008], 0.032),
    };
    let column = match mode {
        ColourMode::Colour => 0,
        ColourMode::Gray => 1,
        ColourMode::Bitonal => 2,
    };
    Scatter {
        centre: centre[column],
        scale: scale[column],
        wide,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_die_reaches_further_than_genuine_scatter() {
        for axis in [
            Axis::ScalePercent,
            Axis::RingRadiusMm,
            Axis::GlyphDisplacementMm,
            Axis::ExtraInk,
        ] {
            for mode in [ColourMode::Colour, ColourMode::Gray, ColourMode::Bitonal] {
                let scatter = scatter(axis, mode);
                assert!(scatter.wide > 2.0 * scatter.scale, "{axis:?} {mode:?}");
            }
        }
    }
}
