//! The far end of what genuine impressions read on each axis.

use crate::evaluation::calibration::curves::reading;
use crate::evaluation::calibration::sample::Sample;
use crate::matching::Axis;
use crate::order::quantile_interpolated;
use crate::verdict::calibration::Tail;

/// Share of the genuine impressions that are no tail.
const BODY_SHARE: f64 = 0.95;
/// Fewest readings in a tail (chosen: below, the mean excess moves by a fifth with one reading).
const READINGS_MIN: usize = 15;

/// The tail of an axis over genuine samples; `None` where a reading is no evidence (scanners differ more
/// than drawn ones), or too few readings are apart.
pub(super) fn tail(axis: Axis, samples: &[&Sample]) -> Option<Tail> {
    match axis {
        Axis::ScalePercent | Axis::GlyphShape | Axis::ExtraInk => return None,
        Axis::RingRadiusMm
        | Axis::RingWidthMm
        | Axis::MotifTurnDeg
        | Axis::MotifShiftMm
        | Axis::MotifSizeMm
        | Axis::GroupShiftMm
        | Axis::TextSpacingMm
        | Axis::GlyphDisplacementMm => {}
    }
    let genuine = samples.iter().filter(|sample| !sample.forged);
    let mut readings: Vec<f64> = genuine.filter_map(|sample| reading(sample, axis)).collect();
    readings.sort_by(f64::total_cmp);
    let from = quantile_interpolated(&readings, BODY_SHARE)?;
    let beyond: Vec<f64> = readings
        .into_iter()
        .filter(|reading| *reading > from)
        .map(|reading| reading - from)
        .collect();
    let excess = beyond.iter().sum::<f64>() / beyond.len().max(1) as f64;
    (beyond.len() >= READINGS_MIN && excess > 0.0).then_some(Tail { from, excess })
}
