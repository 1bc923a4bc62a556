//! The pixels of one window, side by side, and the least squares on them.
//!
//! Each quantity has a line of its own, so that the arithmetic runs in wide registers.

use nalgebra::{SMatrix, SVector};

use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::matching::lanes::dot;
use crate::matching::lanes::sum;
use crate::matching::products::LANES;
use crate::matching::products::products;
use crate::matching::products::sums;
use crate::matching::windows::Relief;
use crate::units::floor_index;
use crate::units::single;
use crate::units::stored;

/// Rim of bare paper around a [`Seen`] map, in samples: more than any shift that is tried.
const RIM: usize = 12;
/// Share of a window's edges that holds a shift along which they say nothing.
const EDGE_HELD: f64 = 0.02;
/// Least noise, share of full ink: quantisation and model error.
const NOISE_MIN: f64 = 0.05;

/// An impression's ink with bare paper around it, to be read at places a little aside.
#[derive(Debug)]
pub(super) struct Seen {
    ink: Density,
    /// How far each sample can be trusted.
    trust: Density,
    /// Whether text was taken out of the ink: if not, more ink than drawn says less.
    separable: bool,
}

/// Where a sample of a map stands among the samples of the map with its rim.
pub(super) fn place((x, y): (usize, usize), width: usize) -> u32 {
    stored((y + RIM) * (width + 2 * RIM) + x + RIM)
}

/// Where a sample of a map with its rim stands among the samples of the map.
fn index(place: u32, width: usize) -> usize {
    let (row, column) = (
        place as usize / (width + 2 * RIM),
        place as usize % (width + 2 * RIM),
    );
    (row - RIM) * width + column - RIM
}

/// A map with its rim.
fn padded(map: &Density) -> Density {
    let (width, height) = (map.width() + 2 * RIM, map.height() + 2 * RIM);
    let mut padded = Vec::with_capacity(width * height);
    padded.resize(RIM * width, 0.0);
    for y in 0..map.height() {
        padded.extend_from_slice(&[0.0; RIM]);
        padded.extend_from_slice(map.row(y));
        padded.extend_from_slice(&[0.0; RIM]);
    }
    padded.resize(width * height, 0.0);
    Raster::from_samples(width, height, padded).expect("a rim on every side")
}

impl Seen {
    pub(super) fn new(ink: &Density, trust: &Density, separable: bool) -> Self {
        Self {
            ink: padded(ink),
            trust: padded(trust),
            separable,
        }
    }

    /// The same impression with its ink read anew.
    pub(super) fn with_ink(self, ink: &Density) -> Self {
        Self {
            ink: padded(ink),
            ..self
        }
    }

    /// The ink at each place moved by one shift, bilinear: the four weights are the same for all.
    #[inline(always)]
    fn read(&self, places: &[u32], (dx, dy): (f64, f64), out: &mut Vec<f32>) {
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
            let start = place as usize + ahead - rim;
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

/// The specimen's pixels in one window: their weight and the drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Pixels {
    places: Vec<u32>,
    weight: Vec<f32>,
    value: Vec<f32>,
    across: Vec<f32>,
    down: Vec<f32>,
    slope: Vec<f32>,
    /// What a little blur adds to the drawing: half its Laplacian.
    blurred: Vec<f32>,
}

/// One pixel of a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pixel {
    pub place: u32,
    pub weight: f32,
    pub value: f32,
    pub gradient: (f32, f32),
    /// Half the drawing's Laplacian.
    pub blurred: f32,
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
    /// The weight of each pixel where it is visible.
    trusted: Vec<f32>,
    residual: Vec<f32>,
    weight: Vec<f32>,
    weighted: [Vec<f32>; 4],
}

impl Terms {
    /// Looks which pixels of a window are visible; returns how much of its drawing is.
    #[inline(always)]
    pub(super) fn look(&mut self, pixels: &Pixels, seen: &Seen) -> f64 {
        let trust = seen.trust.samples();
        let places = pixels.places.iter().zip(&pixels.weight);
        self.trusted.clear();
        self.trusted
            .extend(places.map(|(&place, weight)| weight * trust[place as usize]));
        dot(&self.trusted, &pixels.value)
    }
}

impl Pixels {
    pub(super) fn push(&mut self, pixel: Pixel) {
        let (gx, gy) = pixel.gradient;
        self.places.push(pixel.place);
        self.weight.push(pixel.weight);
        self.value.push(pixel.value);
        self.across.push(gx);
        self.down.push(gy);
        self.slope.push((gx * gx + gy * gy).sqrt());
        self.blurred.push(pixel.blurred);
    }

    /// The same places and weights on another drawing.
    pub(super) fn redrawn(&self, relief: &Relief) -> Self {
        let mut redrawn = Self {
            places: self.places.clone(),
            weight: self.weight.clone(),
            ..Self::default()
        };
        let width = relief.value.width();
        for &place in &self.places {
            let at = index(place, width);
            let of = |map: &Density| map.samples()[at];
            let (gx, gy) = (of(&relief.across), of(&relief.down));
            redrawn.value.push(of(&relief.value));
            redrawn.across.push(gx);
            redrawn.down.push(gy);
            redrawn.slope.push((gx * gx + gy * gy).sqrt());
            redrawn.blurred.push(of(&relief.blurred));
        }
        redrawn
    }

    /// Weighted sums of drawn ink times seen ink, and of drawn ink squared.
    #[inline(always)]
    pub(super) fn likeness(&self, seen: &Seen, terms: &mut Terms) -> (f64, f64) {
        terms.look(self, seen);
        seen.read(&self.places, (0.0, 0.0), &mut terms.residual);
        let drawn = self.value.iter().zip(&terms.trusted);
        terms.weight.clear();
        terms
            .weight
            .extend(drawn.map(|(value, trusted)| value * trusted));
        (
            dot(&terms.weight, &terms.residual),
            dot(&terms.weight, &self.value),
        )
    }

    /// Adds pixels of no weight until the lines hold whole lanes.
    pub(super) fn fill_up(&mut self) {
        while let (Some(&place), false) =
            (self.places.last(), self.places.len().is_multiple_of(LANES))
        {
            self.push(Pixel {
                place,
                weight: 0.0,
                value: 0.0,
                gradient: (0.0, 0.0),
                blurred: 0.0,
            });
        }
    }

    /// Sum of the weights.
    pub(super) fn total(&self) -> f64 {
        sum(&self.weight)
    }

    /// Weighted sum of the drawn ink.
    pub(super) fn drawn(&self) -> f64 {
        dot(&self.weight, &self.value)
    }

    /// Weighted sum of the drawing's squared gradients.
    pub(super) fn edges(&self) -> f64 {
        let square = |line: &[f32]| -> Vec<f32> {
            self.weight.iter().zip(line).map(|(w, v)| w * v).collect()
        };
        dot(&square(&self.slope), &self.slope)
    }

    /// The shift that looks most like all edges moved outwards by one: none for a line with two
    /// edges, one along a single edge's normal, more where two edges meet in a point.
    pub(super) fn edge(&self) -> Vec2 {
        let weighted = |line: &[f32]| -> Vec<f32> {
            self.weight.iter().zip(line).map(|(w, v)| w * v).collect()
        };
        let (across, down) = (weighted(&self.across), weighted(&self.down));
        let (xx, xy) = (dot(&across, &self.across), dot(&across, &self.down));
        let yy = dot(&down, &self.down);
        let held = EDGE_HELD * (xx + yy) + 1e-9;
        let (xx, yy) = (xx + held, yy + held);
        let (x, y) = (dot(&across, &self.slope), dot(&down, &self.slope));
        let det = xx * yy - xy * xy;
        Vec2::new(xy * y - yy * x, xy * x - xx * y) / det
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

    /// How much blurrier the impression is than the drawing, as a variance in square samples, and
    /// the weight of that: by the residual of the last solution, what gain, offset and spread could
    /// explain of it left out. `None` where they could explain all.
    pub(super) fn extra_blur(&self, terms: &Terms) -> Option<(f64, f64)> {
        // The weighted drawing and slopes stand there from the last solution.
        let [_, _, value, slope] = &terms.weighted;
        let known = [value, &terms.weight, slope];
        let pairs = terms.weight.iter().zip(&self.blurred);
        let blurred: Vec<f32> = pairs.map(|(weight, value)| weight * value).collect();
        let basis = SMatrix::<f64, 3, 3>::from_fn(|i, j| match j {
            0 => dot(known[i], &self.value),
            1 => sum(known[i]),
            _ => dot(known[i], &self.slope),
        });
        let along = SVector::<f64, 3>::from_fn(|i, _| dot(known[i], &self.blurred));
        let left = SVector::<f64, 3>::from_fn(|i, _| dot(known[i], &terms.residual));
        let share = basis.cholesky()?.solve(&along);
        let own = dot(&blurred, &self.blurred) - share.dot(&along);
        let found = dot(&blurred, &terms.residual) - share.dot(&left);
        (own > 1e-6).then(|| (found / own, own))
    }

    /// The normal equations around a solution, of the pixels last looked at.
    #[inline(always)]
    pub(super) fn system(&self, seen: &Seen, at: &SVector<f64, 5>, terms: &mut Terms) -> System {
        let Terms {
            trusted,
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
        weight.extend(residual.iter().zip(&*trusted).map(|(&e, trusted)| {
            let share = if e > 0.0 { e * more } else { e * less };
            trusted / (1.0 + share * share)
        }));
        // The ink is sampled at position + shift: a larger shift lowers the residual by the slope.
        let lines = [&self.across, &self.down, &self.value, &self.slope].map(|line| &line[..]);
        for (out, line) in weighted.iter_mut().zip(lines) {
            out.clear();
            out.extend(weight.iter().zip(line).map(|(w, v)| w * v));
        }
        let terms = [&weighted[0], &weighted[1], &weighted[2], &weighted[3]];
        let products = products(terms.map(|line| &line[..]), lines);
        let sums = sums(terms.map(|line| &line[..]), (weight, residual));
        let noise = libm::sqrt(sums.squares / (sums.total + 1e-9)).max(NOISE_MIN);
        let mut system = System {
            normal: SMatrix::zeros(),
            right: SVector::zeros(),
            noise,
        };
        // The rows' places in the system, with the sign of each.
        const PLACES: [(usize, f64); 4] = [(0, -1.0), (1, -1.0), (2, 1.0), (4, 1.0)];
        let precision = 1.0 / (noise * noise);
        let mut products = products.into_iter();
        for (i, (row, sign)) in PLACES.into_iter().enumerate() {
            let others = PLACES.into_iter().skip(i).zip(products.by_ref());
            for ((column, other), product) in others {
                let product = sign * other * precision * product;
                system.normal[(row, column)] = product;
                system.normal[(column, row)] = product;
            }
            let product = sign * precision * sums.offsets[i];
            system.normal[(row, 3)] = product;
            system.normal[(3, row)] = product;
            system.right[row] = sign * precision * sums.rights[i];
        }
        system.normal[(3, 3)] = precision * sums.total;
        system.right[3] = precision * sums.loss;
        system
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_read_aside_and_bare_paper_beyond_it() {
        let ink = Raster::from_samples(3, 2, vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let seen = Seen::new(&ink, &ink, true);
        let mut out = Vec::new();
        seen.read(&[place((1, 0), 3)], (0.5, 0.25), &mut out);
        assert!((out[0] - 2.25).abs() < 1e-6, "{out:?}");
        seen.read(&[place((0, 0), 3)], (-10.0, 0.0), &mut out);
        assert!(out[0].abs() < 1e-6, "{out:?}");
    }

    /// Pixels that slope down along the given outward directions.
    fn sloped(outward: &[(f32, f32)]) -> Pixels {
        let mut pixels = Pixels::default();
        for &(x, y) in outward {
            pixels.push(Pixel {
                place: 0,
                weight: 1.0,
                value: 0.5,
                gradient: (-0.1 * x, -0.1 * y),
                blurred: 0.0,
            });
        }
        pixels
    }

    #[test]
    fn edges_moved_outwards_look_like_a_shift_of_one_edge_more_of_a_tip_and_none_of_a_line() {
        let single = sloped(&[(1.0, 0.0)]).edge();
        assert!(
            (single.x - 1.0).abs() < 0.05 && single.y.abs() < 0.05,
            "{single:?}"
        );
        let line = sloped(&[(1.0, 0.0), (-1.0, 0.0)]).edge();
        assert!(line.hypot() < 1e-6, "{line:?}");
        // A tip of 37 degrees to the right: its edges face 72 degrees up and down.
        let tip = sloped(&[(0.31, 0.95), (0.31, -0.95)]).edge();
        assert!((2.2..3.3).contains(&tip.x) && tip.y.abs() < 1e-6, "{tip:?}");
    }

    #[test]
    fn the_system_of_a_moved_ramp_asks_for_the_shift() {
        let ramp =
            Raster::from_samples(40, 40, (0..1600).map(|i| (i % 40) as f32 * 0.02).collect());
        let all = Raster::filled(40, 40, 1.0);
        let seen = Seen::new(&ramp.unwrap(), &all, true);
        let mut pixels = Pixels::default();
        for (x, y) in (10..30).flat_map(|x| (10..30).map(move |y| (x, y))) {
            pixels.push(Pixel {
                place: place((x, y), 40),
                weight: 1.0,
                // The drawing stands two samples to the left of the ink.
                value: (x as f32 + 2.0) * 0.02,
                gradient: (0.02, 0.0),
                blurred: 0.0,
            });
        }
        let mut terms = Terms::default();
        terms.look(&pixels, &seen);
        let system = pixels.system(&seen, &SVector::zeros(), &mut terms);
        let shift = system.right[0] / system.normal[(0, 0)];
        assert!((shift - 2.0).abs() < 1e-3, "{shift}");
    }
}
