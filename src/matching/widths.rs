//! How far the edges of each part moved outwards, and what that says of the lines' widths.
//!
//! Ink spreads alike over neighbouring parts and changes smoothly with pressure, so only what the
//! rings gain over the letters next to them, or one ring over the other, speaks of another die.

use crate::matching::axes::Axis;
use crate::matching::axes::Measure;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::regression::Column;
use crate::matching::regression::Fit;
use crate::matching::regression::Regression;

/// Model error of a part's spread, millimetres.
const PART_NOISE_MM: f64 = 0.01;
/// Standard deviation of the common spread, and of its change over the face, millimetres.
const SPREAD_MM: f64 = 0.1;
const PRESSURE_MM: f64 = 0.03;
/// How far rings and letters of one die may differ in spread, millimetres: a thin line and a broad
/// one take ink differently.
const KIND_MM: f64 = 0.02;
/// What another die's lines may do, millimetres at each edge.
const WIDTH_MM: f64 = 0.08;
/// Least parts of either kind.
const PARTS_MIN: usize = 6;

/// The axes of line widths.
pub(super) fn measures(parts: &[Part], radius_mm: f64) -> Vec<Measure> {
    let on = |part: &Part, wanted: fn(usize) -> bool| match part.zone {
        Zone::Ring(number) => wanted(number),
        Zone::Inside => false,
    };
    let count = |wanted: fn(usize) -> bool| parts.iter().filter(|p| on(p, wanted)).count();
    let (all, outer, other): (fn(usize) -> bool, fn(usize) -> bool, fn(usize) -> bool) =
        (|_| true, |number| number == 0, |number| number > 0);
    let letters = parts.len() - count(all);
    if count(outer) < PARTS_MIN || letters.max(count(other)) < PARTS_MIN {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for part in parts {
        let share = part.at / radius_mm;
        let flag = |wanted| f64::from(u8::from(on(part, wanted)));
        rows.extend([1.0, share.x, share.y]);
        rows.extend([
            share.x * share.x - share.y * share.y,
            2.0 * share.x * share.y,
            share.hypot2(),
        ]);
        rows.extend([flag(all), flag(outer), flag(other)]);
    }
    let mut deviations = vec![SPREAD_MM];
    deviations.extend([PRESSURE_MM; 5]);
    deviations.extend([KIND_MM; 3]);
    let regression = Regression::new(
        parts.iter().map(|part| part.spread).collect(),
        parts
            .iter()
            .map(|part| part.spread_variance + PART_NOISE_MM * PART_NOISE_MM)
            .collect(),
        (0..parts.len()).collect(),
        rows,
        &deviations,
    );
    let Some(base) = regression.base() else {
        return Vec::new();
    };
    let measure = |axis: Axis, wanted: fn(usize) -> bool| {
        let entries = parts.iter().map(|part| f64::from(u8::from(on(part, wanted))));
        let column = Column {
            entries: entries.collect(),
            deviation: WIDTH_MM,
        };
        let fit: Fit = regression.with(&base, &[column])?;
        Some(Measure {
            axis,
            // Both edges of a line move, so its width changes by twice the spread.
            value: 2.0 * fit.amounts[0],
            uncertainty: 2.0 * fit.deviations[0] * libm::sqrt(fit.scale),
            log_odds: Some(fit.evidence - base.evidence),
            at_px: Vec::new(),
        })
    };
    let mut measures = Vec::new();
    if letters >= PARTS_MIN {
        measures.extend(measure(Axis::RingWidthMm, all));
    }
    if count(other) >= PARTS_MIN {
        measures.extend(measure(Axis::RingWidthDifferenceMm, outer));
    }
    measures
}
