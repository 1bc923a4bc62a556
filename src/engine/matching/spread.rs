//! The spread of ink: how far all edges of an impression stand outside the specimen's.
//!
//! To first order ink that spreads adds the drawing's slope to it. A stroke of the blur's own width
//! does more: it gains ink rather than width, gaps fill, thin strokes vanish. So where the spread is
//! more than slight the edges of the drawing itself are moved first, and what is left is small.

use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::gradient;
use crate::imaging::sample;
use crate::order;
use crate::units::floor_index;

/// Spread from which the drawing's edges are moved, millimetres.
pub(super) const MOVED_MIN_MM: f64 = 0.015;
/// Difference in blur from which drawing and impression are brought to one, and the least and most that
/// is believed: variances in square samples.
pub(super) const BLURRED_MIN: f64 = 0.1;
const BLURRED: (f64, f64) = (-0.9, 2.5);
/// Smoothing of the drawing before its slopes are read, grid samples.
const SIGMA: f64 = 0.7;
/// Slope of bare paper and of full ink, which have no edge to be moved.
const FLAT: f64 = 0.01;
/// Longest step of an edge, grid samples: no more than it is wide.
const STEP_MAX: f64 = 0.7;
/// Slope below which a place is moved less: the ridge of a stroke stays where it is.
const RIDGE: f64 = 0.01;

/// Median of the better known half of some spreads, those of parts with two edges, given with their variances;
/// 0 of none.
pub(super) fn middle(spreads: impl Iterator<Item = (f64, f64)>) -> f64 {
    let mut known: Vec<(f64, f64)> = spreads
        .map(|(spread, variance)| (variance, spread))
        .collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    known.truncate(known.len().div_ceil(2));
    order::median(known.into_iter().map(|(_, spread)| spread)).unwrap_or(0.0)
}

/// Median of the windows' extra blur by their weights, a variance in square samples; below 0 for an
/// impression sharper than the drawing.
pub(super) fn common_blur(blurs: Vec<(f64, f64)>) -> f64 {
    let middle = order::weighted_median(blurs);
    middle.map_or(0.0, |blur| blur.clamp(BLURRED.0, BLURRED.1))
}

/// A drawing with all its edges moved outwards by so many grid samples: each place takes the ink that stands
/// as far up its slope, a step at a time, since the inside of a broad line slopes only where its edge has come.
pub(super) fn moved(ink: &Density, by: f64) -> Density {
    let steps = (by.abs() / STEP_MAX).ceil().max(1.0);
    let mut moved = stepped(ink, by / steps);
    for _ in 1..floor_index(steps) {
        moved = stepped(&moved, by / steps);
    }
    moved
}

/// The same by less than the width of an edge.
fn stepped(ink: &Density, by: f64) -> Density {
    let (across, down) = gradient(&blur(ink, SIGMA));
    let mut moved = ink.clone();
    for y in 0..ink.height() {
        let slopes = across.row(y).iter().zip(down.row(y));
        for (x, (out, (gx, gy))) in moved.row_mut(y).iter_mut().zip(slopes).enumerate() {
            let (gx, gy) = (f64::from(*gx), f64::from(*gy));
            let slope = libm::sqrt(gx * gx + gy * gy);
            if slope >= FLAT {
                let step = by / (slope + RIDGE);
                let (x, y) = (x as f64 + 0.5 + step * gx, y as f64 + 0.5 + step * gy);
                *out = sample(ink, x, y, 0.0);
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Raster;

    #[test]
    fn a_few_windows_astray_do_not_make_an_impression_blurry() {
        let mut blurs = vec![(0.4, 1.0), (0.5, 1.0), (0.6, 1.0)];
        blurs.extend([(40.0, 0.2), (-30.0, 0.2)]);
        assert!((common_blur(blurs) - 0.5).abs() < 1e-12);
        assert!(common_blur(vec![(9.0, 1.0)]) <= BLURRED.1);
    }

    #[test]
    fn both_edges_of_a_stroke_move_by_as_much_and_its_ridge_stays() {
        let mut stroke = Raster::filled(40, 40, 0.0_f32);
        for y in 0..40 {
            stroke.row_mut(y)[15..25].fill(1.0);
        }
        let stroke = blur(&stroke, 1.0);
        let width = |map: &Density| map.row(20).iter().sum::<f32>();
        for by in [-1.0, 0.5, 1.0] {
            let moved = moved(&stroke, f64::from(by));
            let gained = width(&moved) - width(&stroke);
            assert!((gained - 2.0 * by).abs() < 0.35, "{by}: {gained}");
            assert!((moved.at(20, 20) - 1.0).abs() < 0.02);
        }
    }
}
