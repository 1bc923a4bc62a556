//! Random fields on rasters: smooth at a chosen scale, with mean zero and variance one.

use crate::imaging::Density;
use crate::synthesis::chance::Chance;
use crate::synthesis::raster::floor_index;

/// A smooth random field of `width` by `height` samples, correlated over about `length` samples.
///
/// The correlation of two samples at a distance d is close to exp(-d² / 2 `length`²). Cubic B-spline interpolation of independent normal values; the mean is zero, the variance one
/// on average over the field.
#[must_use]
pub fn smooth_field(width: usize, height: usize, length: f64, chance: &mut Chance) -> Density {
    // The spline of nodes a cell apart is correlated like a Gaussian of 0.816 cells.
    let cell = (length / 0.816).max(1.0);
    let columns = floor_index(width as f64 / cell) + 5;
    let rows = floor_index(height as f64 / cell) + 5;
    // The mean over phases of the sum of squared cubic B-spline weights is 0.479 per axis.
    let nodes: Vec<f32> = (0..columns * rows)
        .map(|_| chance.grain() / 0.479)
        .collect();
    let shift = chance.between(0.0, 1.0);
    let across: Vec<Tap> = (0..width).map(|x| Tap::new(x, cell, shift)).collect();
    let mut stretched = vec![0.0f32; width * rows];
    for (row, out) in stretched.chunks_exact_mut(width).enumerate() {
        let nodes = &nodes[row * columns..(row + 1) * columns];
        for (sample, tap) in out.iter_mut().zip(&across) {
            let [a, b, c, d] = tap.weights;
            let n = &nodes[tap.first..tap.first + 4];
            *sample = a * n[0] + b * n[1] + c * n[2] + d * n[3];
        }
    }
    let mut field = Density::filled(width, height, 0.0);
    let shift = chance.between(0.0, 1.0);
    for y in 0..height {
        let tap = Tap::new(y, cell, shift);
        let rows: [&[f32]; 4] =
            std::array::from_fn(|k| &stretched[(tap.first + k) * width..][..width]);
        let [a, b, c, d] = tap.weights;
        for (x, sample) in field.row_mut(y).iter_mut().enumerate() {
            *sample = a * rows[0][x] + b * rows[1][x] + c * rows[2][x] + d * rows[3][x];
        }
    }
    field
}

/// The four nodes that a sample depends on, and their cubic B-spline weights.
struct Tap {
    first: usize,
    weights: [f32; 4],
}

impl Tap {
    fn new(sample: usize, cell: f64, shift: f64) -> Self {
        let position = sample as f64 / cell + shift;
        let first = floor_index(position);
        #[expect(clippy::cast_possible_truncation, reason = "a fraction below one")]
        let t = (position - first as f64) as f32;
        let s = 1.0 - t;
        let weights = [
            s * s * s / 6.0,
            (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
            (3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0,
            t * t * t / 6.0,
        ];
        Self { first, weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_variance_one_and_is_smooth_at_its_scale() {
        let mut chance = Chance::new(5, "field", 0);
        let field = smooth_field(400, 300, 8.0, &mut chance);
        let count = field.samples().len() as f32;
        let variance = field.samples().iter().map(|v| v * v).sum::<f32>() / count;
        assert!((0.8..1.25).contains(&variance), "variance {variance}");
        let steps = field.row(100).windows(2);
        let largest = steps.map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(largest < 0.7, "a step of {largest} between neighbours");
    }
}
