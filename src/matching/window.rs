//! The pixels of one window, side by side, and the least squares on them.
//!
//! Each quantity has a line of its own, so that the arithmetic runs in wide registers.

use nalgebra::{SMatrix, SVector};

use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::matching::lanes::dot;
use crate::matching::lanes::sum;
use crate::units::floor_index;
use crate::units::single;

/// Rim of bare paper around a [`Seen`] map, in samples: more than any shift that is tried.
const RIM: usize = 12;
/// Least noise, share of full ink: quantisation and model error.
const NOISE_MIN: f64 = 0.05;

/// An impression's ink with bare paper around it, to be read at places a little aside.
#[derive(Debug)]
pub(super) struct Seen {
    ink: Density,
    /// Whether text was taken out of the ink: if not, more ink than drawn says less.
    separable: bool,
}

impl Seen {
    pub(super) fn new(ink: &Density, separable: bool) -> Self {
        let (width, height) = (ink.width() + 2 * RIM, ink.height() + 2 * RIM);
        let mut padded = Raster::filled(width, height, 0.0_f32);
        for y in 0..ink.height() {
            padded.row_mut(y + RIM)[RIM..RIM + ink.width()].copy_from_slice(ink.row(y));
        }
        Self {
            ink: padded,
            separable,
        }
    }

    /// Where a sample of the map stands among the padded samples.
    pub(super) fn place(&self, x: usize, y: usize) -> usize {
        (y + RIM) * self.ink.width() + x + RIM
    }

    /// The ink at each place moved by one shift, bilinear: the four weights are the same for all.
    fn read(&self, places: &[usize], (dx, dy): (f64, f64), out: &mut Vec<f32>) {
        // Shifted first: rounding down of what may be negative.
        let (right, down) = (dx + RIM as f64, dy + RIM as f64);
        let (column, row) = (floor_index(right), floor_index(down));
        let (fx, fy) = (single(right - column as f64), single(down - row as f64));
        let width = self.ink.width();
        let samples = self.ink.samples();
        // A place less the rim, plus the shift, is at least 0.
        let (ahead, rim) = (row * width + column, RIM * width + RIM);
        out.clear();
        out.extend(places.iter().map(|&place| {
            let start = place + ahead - rim;
            let (Some(&[a, b]), Some(&[c, d])) = (
                samples
                    .get(start..)
                    .and_then(|line| line.first_chunk::<2>()),
                samples
                    .get(start + width..)
                    .and_then(|line| line.first_chunk::<2>()),
            ) else {
                return 0.0;
            };
            let (upper, lower) = (a + (b - a) * fx, c + (d - c) * fx);
            upper + (lower - upper) * fy
        }));
    }
}

/// The specimen's pixels in one window: their weight, whether they show, and the drawing.
#[derive(Debug, Default)]
pub(super) struct Pixels {
    places: Vec<usize>,
    weight: Vec<f32>,
    /// The weight where the pixel is visible.
    trusted: Vec<f32>,
    value: Vec<f32>,
    across: Vec<f32>,
    down: Vec<f32>,
    slope: Vec<f32>,
}

/// One pixel of a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pixel {
    pub place: usize,
    pub weight: f32,
    pub trust: f32,
    pub value: f32,
    pub gradient: (f32, f32),
}

/// Normal equations around a solution, in units of the noise: shift x and y, gain, offset, spread.
#[derive(Debug)]
pub(super) struct System {
    pub normal: SMatrix<f64, 5, 5>,
    pub right: SVector<f64, 5>,
    pub noise: f64,
}

/// Room for the sums' terms, kept from window to window.
#[derive(Debug, Default)]
pub(super) struct Terms {
    residual: Vec<f32>,
    weight: Vec<f32>,
    weighted: [Vec<f32>; 4],
}

impl Pixels {
    pub(super) fn push(&mut self, pixel: Pixel) {
        let (gx, gy) = pixel.gradient;
        self.places.push(pixel.place);
        self.weight.push(pixel.weight);
        self.trusted.push(pixel.weight * pixel.trust);
        self.value.push(pixel.value);
        self.across.push(gx);
        self.down.push(gy);
        self.slope.push((gx * gx + gy * gy).sqrt());
    }

    /// Sum of the weights.
    pub(super) fn total(&self) -> f64 {
        sum(&self.weight)
    }

    /// Weighted sum of the drawn ink.
    pub(super) fn drawn(&self) -> f64 {
        dot(&self.weight, &self.value)
    }

    /// The same of what is visible.
    pub(super) fn visible(&self) -> f64 {
        dot(&self.trusted, &self.value)
    }

    /// Weighted sum of the drawing's squared gradients.
    pub(super) fn edges(&self) -> f64 {
        let square = |line: &[f32]| -> Vec<f32> {
            self.weight.iter().zip(line).map(|(w, v)| w * v).collect()
        };
        dot(&square(&self.slope), &self.slope)
    }

    /// Sum of the outward edge directions over the sum of the edges' strengths.
    pub(super) fn edge(&self) -> Vec2 {
        let total = dot(&self.weight, &self.slope) + 1e-9;
        let net = Vec2::new(
            dot(&self.weight, &self.across),
            dot(&self.weight, &self.down),
        );
        -net / total
    }

    /// Root mean square of the drawing against its mean.
    pub(super) fn contrast(&self) -> f64 {
        let (total, mean) = (self.total(), single(self.drawn() / self.total()));
        let squares: Vec<f32> = self
            .value
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .collect();
        libm::sqrt(dot(&self.weight, &squares) / total)
    }

    /// The normal equations around a solution.
    pub(super) fn system(&self, seen: &Seen, at: &SVector<f64, 5>, terms: &mut Terms) -> System {
        let Terms {
            residual,
            weight,
            weighted,
        } = terms;
        seen.read(&self.places, (at[0], at[1]), residual);
        let (gain, offset, spread) = (single(1.0 + at[2]), single(at[3]), single(at[4]));
        let drawn = self.value.iter().zip(&self.slope);
        for (seen, (value, slope)) in residual.iter_mut().zip(drawn) {
            *seen = *seen - gain * value - offset - spread * slope;
        }
        let softer = if seen.separable { 0.35_f32 } else { 0.2 };
        let (less, more) = (1.0 / 0.35_f32, 1.0 / softer);
        weight.clear();
        weight.extend(residual.iter().zip(&self.trusted).map(|(&e, trusted)| {
            let share = if e > 0.0 { e * more } else { e * less };
            trusted / (1.0 + share * share)
        }));
        // The ink is sampled at position + shift: a larger shift lowers the residual by the slope.
        let lines = [&self.across, &self.down, &self.value, &self.slope];
        for (out, line) in weighted.iter_mut().zip(lines) {
            out.clear();
            out.extend(weight.iter().zip(line).map(|(w, v)| w * v));
        }
        let total = sum(weight);
        let offsets: [f64; 4] = std::array::from_fn(|i| sum(&weighted[i]));
        let rights: [f64; 4] = std::array::from_fn(|i| dot(&weighted[i], residual));
        let loss = dot(weight, residual);
        terms_squared(weight, residual);
        let noise = libm::sqrt(dot(weight, residual) / (total + 1e-9)).max(NOISE_MIN);
        let mut system = System {
            normal: SMatrix::zeros(),
            right: SVector::zeros(),
            noise,
        };
        // The rows' places in the system, with the sign of each.
        const PLACES: [(usize, f64); 4] = [(0, -1.0), (1, -1.0), (2, 1.0), (4, 1.0)];
        let precision = 1.0 / (noise * noise);
        for (i, (row, sign)) in PLACES.into_iter().enumerate() {
            for (j, (column, other)) in PLACES.into_iter().enumerate().skip(i) {
                let product = sign * other * precision * dot(&weighted[i], lines[j]);
                system.normal[(row, column)] = product;
                system.normal[(column, row)] = product;
            }
            let product = sign * precision * offsets[i];
            system.normal[(row, 3)] = product;
            system.normal[(3, row)] = product;
            system.right[row] = sign * precision * rights[i];
        }
        system.normal[(3, 3)] = precision * total;
        system.right[3] = precision * loss;
        system
    }
}

/// Multiplies each weight by its residual, so that the product with the residual is its square.
fn terms_squared(weight: &mut [f32], residual: &[f32]) {
    for (weight, e) in weight.iter_mut().zip(residual) {
        *weight *= e;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_read_aside_and_bare_paper_beyond_it() {
        let ink = Raster::from_samples(3, 2, vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let seen = Seen::new(&ink, true);
        let mut out = Vec::new();
        seen.read(&[seen.place(1, 0)], (0.5, 0.25), &mut out);
        assert!((out[0] - 2.25).abs() < 1e-6, "{out:?}");
        seen.read(&[seen.place(0, 0)], (-10.0, 0.0), &mut out);
        assert!(out[0].abs() < 1e-6, "{out:?}");
    }

    #[test]
    fn the_system_of_a_moved_ramp_asks_for_the_shift() {
        let ramp =
            Raster::from_samples(40, 40, (0..1600).map(|i| (i % 40) as f32 * 0.02).collect());
        let seen = Seen::new(&ramp.unwrap(), true);
        let mut pixels = Pixels::default();
        for (x, y) in (10..30).flat_map(|x| (10..30).map(move |y| (x, y))) {
            pixels.push(Pixel {
                place: seen.place(x, y),
                weight: 1.0,
                trust: 1.0,
                // The drawing stands two samples to the left of the ink.
                value: (x as f32 + 2.0) * 0.02,
                gradient: (0.02, 0.0),
            });
        }
        let system = pixels.system(&seen, &SVector::zeros(), &mut Terms::default());
        let shift = system.right[0] / system.normal[(0, 0)];
        assert!((shift - 2.0).abs() < 1e-3, "{shift}");
    }
}
