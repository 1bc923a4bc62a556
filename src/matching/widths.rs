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

/// Which of the border's lines are meant.
#[derive(Clone, Copy)]
enum Line {
    Any,
    Outer,
    Other,
}

impl Line {
    fn holds(self, part: &Part) -> bool {
        match (self, part.zone) {
            (_, Zone::Inside) => false,
            (Self::Any, Zone::Ring(_)) => true,
            (Self::Outer, Zone::Ring(number)) => number == 0,
            (Self::Other, Zone::Ring(number)) => number > 0,
        }
    }
}

/// The axes of line widths.
pub(super) fn measures(parts: &[Part], radius_mm: f64) -> Vec<Measure> {
    let count = |line: Line| parts.iter().filter(|part| line.holds(part)).count();
    let letters = parts.len() - count(Line::Any);
    if count(Line::Outer) < PARTS_MIN || letters.max(count(Line::Other)) < PARTS_MIN {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for part in parts {
        let share = part.at / radius_mm;
        let flag = |line: Line| f64::from(u8::from(line.holds(part)));
        rows.extend([1.0, share.x, share.y]);
        rows.extend([
            share.x * share.x - share.y * share.y,
            2.0 * share.x * share.y,
            share.hypot2(),
        ]);
        rows.extend([Line::Any, Line::Outer, Line::Other].map(flag));
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
        &rows,
        &deviations,
    );
    let Some(base) = regression.base() else {
        return Vec::new();
    };
    let measure = |axis: Axis, line: Line| {
        let entries = parts
            .iter()
            .map(|part| f64::from(u8::from(line.holds(part))));
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
        measures.extend(measure(Axis::RingWidthMm, Line::Any));
    }
    if count(Line::Other) >= PARTS_MIN {
        measures.extend(measure(Axis::RingWidthDifferenceMm, Line::Outer));
    }
    measures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Vec2;

    /// A ring and letters inside, their edges moved outwards by `ring` and `letters`, with pressure
    /// that grows to the right.
    fn parts(ring: f64, letters: f64) -> Vec<Part> {
        (0..80_u32)
            .map(|i| {
                let on_ring = i < 36;
                let angle = f64::from(i) * 0.7;
                let radius = if on_ring { 18.0 } else { 11.0 };
                let at = Vec2::new(radius * libm::cos(angle), radius * libm::sin(angle));
                let wobble = if i % 3 == 0 { 0.008 } else { -0.004 };
                Part {
                    zone: if on_ring { Zone::Ring(0) } else { Zone::Inside },
                    at,
                    normal: on_ring.then(|| at.normalize()),
                    shift: Vec2::ZERO,
                    covariance: [1e-4, 0.0, 1e-4],
                    spread: if on_ring { ring } else { letters } + 0.001 * at.x + wobble,
                    spread_variance: 1e-4,
                    residual: 0.05,
                    contrast: 0.3,
                    edge: Vec2::ZERO,
                    area: 100.0,
                    piece: (!on_ring).then_some(i as usize),
                }
            })
            .collect()
    }

    #[test]
    fn ink_that_spreads_everywhere_says_nothing_of_line_widths() {
        let measures = measures(&parts(0.06, 0.06), 18.5);
        assert_eq!(measures.len(), 1, "there is no second ring");
        assert!(measures[0].log_odds.unwrap() < 0.0, "{measures:?}");
    }

    #[test]
    fn a_ring_thicker_than_its_letters_shows_by_both_edges() {
        let measures = measures(&parts(0.12, 0.0), 18.5);
        assert!(measures[0].log_odds.unwrap() > 2.0, "{measures:?}");
        assert!((measures[0].value - 0.24).abs() < 0.06, "{measures:?}");
    }
}
