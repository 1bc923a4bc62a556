//! What calibration on drawn seals gave: the scatter of each axis for genuine impressions, and the
//! map from odds to a likelihood ratio.
//!
//! Source: `antin synth --seals 40 --documents-per-seal 12 --seed 11`, genuine impressions and
//! forgeries without traced ones; docs/accuracy.md says how the figures are checked.

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
        ColourMode::Colour => (0.9, 0.0),
        ColourMode::Gray => (0.8, 0.0),
        ColourMode::Bitonal => (0.8, 0.0),
    }
}

/// The scatter of an axis, by what the scan's pixels can tell.
pub(super) fn scatter(axis: Axis, mode: ColourMode) -> Scatter {
    let (centre, scale, wide) = match axis {
        Axis::ScalePercent => (0.0, 0.2, 1.5),
        Axis::RingRadiusMm => (0.0, 0.018, 0.2),
        Axis::RingGapMm => (0.0, 0.012, 0.2),
        Axis::RingWidthMm => (0.0, 0.035, 0.12),
        Axis::RingWidthDifferenceMm => (0.0, 0.035, 0.12),
        Axis::MotifTurnDeg => (0.0, 0.15, 2.0),
        Axis::MotifShiftMm => (0.03, 0.03, 0.2),
        Axis::MotifSizeMm => (0.0, 0.025, 0.15),
        Axis::TextSpacingMm => (0.04, 0.02, 0.25),
        Axis::FieldMm => (0.04, 0.025, 0.2),
        Axis::GlyphDisplacementMm => (0.016, 0.004, 0.04),
        Axis::GlyphDisplacementHighMm => (0.034, 0.012, 0.08),
        Axis::GroupShiftMm => (0.08, 0.05, 0.3),
        Axis::GlyphShape => (0.2, 0.03, 0.15),
        Axis::ExtraInk => (0.0, 0.01, 0.05),
    };
    let rougher = match mode {
        ColourMode::Colour => 1.0,
        ColourMode::Gray => 1.1,
        ColourMode::Bitonal => 1.2,
    };
    Scatter {
        centre,
        scale: scale * rougher,
        wide,
    }
}
