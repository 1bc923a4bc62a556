//! How far the edges of each part moved outwards, and what that says of the lines' widths.
//!
//! Ink spreads alike over neighbouring parts and changes smoothly with pressure, so only what the
//! rings gain over the letters next to them speaks of another die.

use crate::matching::axes::Axis;
use crate::matching::axes::Measure;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::regression::Column;
use crate::matching::regression::Regression;

/// Model error of a part's spread, millimetres.
const PART_NOISE_MM: f64 = 0.01;
/// Standard deviation of the common spread, and of its change over the face, millimetres.
const SPREAD_MM: f64 = 0.1;
const PRESSURE_MM: f64 = 0.03;
/// How far rings and letters of one die may differ in spread, millimetres: a thin line and a broad
/// one take ink differently.
const KIND_MM: f64 = 0.006;
/// What is left unexplained of a part, as a share of its contrast, where ink lies evenly.
const EVEN: f64 = 0.14;
/// Patchy ink eats a line's edges: how far they draw back, in millimetres for each share left
/// unexplained beyond that, how far this differs from one impression to another, and from one part to the next.
/// Measured on 315 genuine drawn impressions, where the broad outer line drew back by 0.01 mm at a
/// share of 0.2, 0.05 at 0.45 and 0.08 at 0.6.
const DRAWN_BACK_MM: f64 = 0.12;
const DRAWN_BACK_SPREAD_MM: f64 = 0.15;
const DRAWN_BACK_NOISE_MM: f64 = 0.06;
/// Standard deviation of the outer line's own change of spread around the rim, millimetres: a die
/// set down askew presses its rim harder on one side.
const RIM_MM: f64 = 0.02;
/// What another die's lines may do, millimetres at each edge.
const WIDTH_MM: f64 = 0.08;
/// Least parts of either kind.
const PARTS_MIN: usize = 6;

/// How unevenly a part is inked, beyond what even ink leaves unexplained.
fn patchiness(part: &Part) -> f64 {
    (part.residual / part.contrast.max(0.05) - EVEN).clamp(0.0, 1.5)
}

/// The lines' width change against that of the letters' strokes; `None` if too few parts tell.
pub(super) fn measure(parts: &[Part], radius_mm: f64) -> Option<Measure> {
    let is_ring = |part: &Part| part.zone != Zone::Inside;
    let count = |number: Option<usize>| {
        let own = |part: &&Part| number.map_or(!is_ring(part), |n| part.zone == Zone::Ring(n));
        parts.iter().filter(own).count()
    };
    if count(Some(0)).min(count(None)) < PARTS_MIN {
        return None;
    }
    let flag = |set: bool| f64::from(u8::from(set));
    let mut rows = Vec::new();
    for part in parts {
        let share = part.at / radius_mm;
        rows.extend([1.0, share.x, share.y]);
        rows.extend([
            share.x * share.x - share.y * share.y,
            2.0 * share.x * share.y,
            share.hypot2(),
        ]);
        let outer = part.zone == Zone::Ring(0);
        let kinds = [is_ring(part), outer, is_ring(part) && !outer];
        rows.extend(kinds.map(flag));
        let angle = libm::atan2(part.at.y, part.at.x);
        for wave in [angle, 2.0 * angle] {
            let (sin, cos) = libm::sincos(wave);
            rows.extend([flag(outer) * cos, flag(outer) * sin]);
        }
        // Thin strokes and broad lines dry up each in their own way.
        let on_lines = flag(is_ring(part)) * patchiness(part);
        rows.extend([on_lines, patchiness(part) - on_lines]);
    }
    let mut deviations = vec![SPREAD_MM];
    deviations.extend([PRESSURE_MM; 5]);
    deviations.extend([KIND_MM; 3]);
    deviations.extend([RIM_MM; 4]);
    deviations.extend([DRAWN_BACK_SPREAD_MM; 2]);
    let values = parts
        .iter()
        .map(|part| part.spread + DRAWN_BACK_MM * patchiness(part));
    let variances = parts.iter().map(|part| {
        let noise = DRAWN_BACK_NOISE_MM * patchiness(part);
        part.spread_variance + PART_NOISE_MM * PART_NOISE_MM + noise * noise
    });
    let regression = Regression::new(
        values.collect(),
        variances.collect(),
        (0..parts.len()).collect(),
        &rows,
        &deviations,
    );
    let base = regression.base()?;
    let column = Column {
        entries: parts.iter().map(|part| flag(is_ring(part))).collect(),
        deviation: WIDTH_MM,
    };
    let fit = regression.with(&base, &[column])?;
    Some(Measure {
        axis: Axis::RingWidthMm,
        // Both edges of a line move, so its width changes by twice the spread.
        value: 2.0 * fit.amounts[0],
        uncertainty: 2.0 * fit.deviations[0] * libm::sqrt(fit.scale),
        log_odds: Some(fit.evidence - base.evidence),
        at_px: Vec::new(),
    })
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
        let measure = measure(&parts(0.06, 0.06), 18.5).unwrap();
        assert!(measure.log_odds.unwrap() < 0.0, "{measure:?}");
    }

    #[test]
    fn a_patchily_inked_ring_drawn_back_at_its_edges_is_no_thinner_line() {
        let mut parts = parts(-0.05, 0.0);
        for part in parts.iter_mut().filter(|part| part.normal.is_some()) {
            part.residual = (EVEN + 0.4) * part.contrast;
        }
        let measure = measure(&parts, 18.5).unwrap();
        assert!(measure.log_odds.unwrap() < 0.0, "{measure:?}");
    }

    #[test]
    fn a_ring_thicker_than_its_letters_shows_by_both_edges() {
        let measure = measure(&parts(0.12, 0.0), 18.5).unwrap();
        assert!(measure.log_odds.unwrap() > 2.0, "{measure:?}");
        assert!((measure.value - 0.24).abs() < 0.06, "{measure:?}");
    }
}
