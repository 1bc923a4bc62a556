//! What a die, its pad and its sheet explain of an impression's ink, and what they leave.
//!
//! In each place the ink is fitted by weighted least squares within a few millimetres: by the drawing
//! with its gain, its edges moved outwards (spread), a rim or hollow along them, a shift (the rubber's
//! bend and the scanner's stretch), and the specimen's own inking.

use nalgebra::SMatrix;
use nalgebra::SVector;

use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::gradient;
use crate::matching::Superposed;
use crate::units::floor_index;
use crate::units::single;

/// Samples of the maps a millimetre: every other one of the comparison's.
pub(super) const PER_MM: f64 = Superposed::PER_MM / 2.0;
/// Side of the blocks by which an impression is explained, samples: 2 mm.
pub(super) const BLOCK: usize = 10;
/// What an impression is explained by.
const TERMS: usize = 7;
/// Weights of a block and its neighbours on each side: a Gaussian of 3 mm. Narrower ones take pools and dry
/// patches for the die's, wider ones leave the hand's pressure in.
const NEAR: [f64; 7] = [0.135, 0.411, 0.801, 1.0, 0.801, 0.411, 0.135];
/// Ink of the drawing that is bare and that is full, whatever the specimen's own inking.
const BARE: f32 = 0.2;
const FULL: f32 = 0.7;
/// Smoothings of the drawing, samples: at the edges, and as far as a rim reaches.
const EDGE: f64 = 0.5;
const RIM: f64 = 1.5;
/// Smoothed drawing from which a place is looked at.
const DRAWN: f32 = 0.12;
/// Trust from which a sample counts.
const VISIBLE: f32 = 0.5;
/// Damping of the terms, share of a sample: blocks with hardly any drawing stay as they are.
const DAMPING: f64 = 0.003;

/// The maps of a comparison at half their resolution.
pub(super) struct Maps {
    ink: Density,
    weight: Density,
    terms: [Density; TERMS],
    width: usize,
}

impl Maps {
    pub(super) fn new(laid: &Superposed) -> Self {
        let ideal = laid
            .drawing
            .map(|ink| ((ink - BARE) / (FULL - BARE)).clamp(0.0, 1.0));
        let drawing = halved(&ideal);
        let texture = minus(&halved(&laid.drawing), &drawing);
        let edge = blur(&drawing, EDGE);
        let rim = blur(&drawing, RIM);
        let (across, down) = gradient(&drawing);
        let terms = [
            drawing.map(|_| 1.0),
            minus(&edge, &drawing),
            minus(&rim, &edge),
            across,
            down,
            texture,
            drawing,
        ];
        let weighted = {
            let pairs = laid.ink.samples().iter().zip(laid.weight.samples());
            let samples = pairs.map(|(ink, weight)| ink * weight).collect();
            Density::from_samples(laid.ink.width(), laid.ink.height(), samples)
                .expect("as many samples as before")
        };
        let weight = halved(&laid.weight);
        let mut ink = halved(&weighted);
        for (ink, weight) in ink.samples_mut().iter_mut().zip(weight.samples()) {
            *ink /= weight.max(1e-3);
        }
        let mut looked = weight;
        for (weight, edge) in looked.samples_mut().iter_mut().zip(edge.samples()) {
            if *edge < DRAWN || *weight < VISIBLE {
                *weight = 0.0;
            }
        }
        Self {
            width: ink.width(),
            ink,
            weight: looked,
            terms,
        }
    }
}

impl Maps {
    /// The ink less what the terms explain of it, in each place by the blocks around it.
    pub(super) fn residual(&self) -> Density {
        let (across, down) = (
            self.width.div_ceil(BLOCK),
            self.ink.height().div_ceil(BLOCK),
        );
        let systems = smoothed(&self.systems(across, down), (across, down));
        let solved: Vec<SVector<f64, TERMS>> = systems.iter().map(System::solve).collect();
        let mut left = self.ink.clone();
        for y in 0..left.height() {
            let (row, next, down_share) = between(y, down);
            let line = left
                .row_mut(y)
                .iter_mut()
                .zip(self.weight.row(y))
                .enumerate();
            for (x, (left, _)) in line.filter(|(_, (_, weight))| **weight > 0.0) {
                let (column, after, share) = between(x, across);
                let at = |row: usize, column: usize| &solved[row * across + column];
                let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
                let mut explained = 0.0;
                for (term, map) in self.terms.iter().enumerate() {
                    let upper = mix(at(row, column)[term], at(row, after)[term], share);
                    let lower = mix(at(next, column)[term], at(next, after)[term], share);
                    explained += mix(upper, lower, down_share) * f64::from(map.at(x, y));
                }
                *left -= single(explained);
            }
        }
        left
    }

    /// The least-squares system of each block.
    fn systems(&self, across: usize, down: usize) -> Vec<System> {
        let mut systems = vec![System::default(); across * down];
        for y in 0..self.ink.height() {
            for x in 0..self.width {
                let weight = f64::from(self.weight.at(x, y));
                if weight > 0.0 {
                    let terms = std::array::from_fn(|term| f64::from(self.terms[term].at(x, y)));
                    let system = &mut systems[y / BLOCK * across + x / BLOCK];
                    system.add(&terms, f64::from(self.ink.at(x, y)), weight);
                }
            }
        }
        systems
    }

    /// 1 where a place is looked at, 0 elsewhere.
    pub(super) fn seen(&self) -> Density {
        self.weight.map(|weight| f32::from(u8::from(weight > 0.0)))
    }
}

/// A weighted least-squares system of the terms.
#[derive(Clone, Debug, Default)]
struct System {
    normal: SMatrix<f64, TERMS, TERMS>,
    right: SVector<f64, TERMS>,
    weight: f64,
}

impl System {
    fn add(&mut self, terms: &[f64; TERMS], ink: f64, weight: f64) {
        self.weight += weight;
        for (i, own) in terms.iter().enumerate() {
            let weighted = own * weight;
            self.right[i] += weighted * ink;
            // The lower half is all that is read.
            for (j, other) in terms.iter().enumerate().take(i + 1) {
                self.normal[(i, j)] += weighted * other;
            }
        }
    }

    fn add_share(&mut self, other: &Self, share: f64) {
        self.normal += other.normal * share;
        self.right += other.right * share;
        self.weight += other.weight * share;
    }

    /// The amounts of the terms; none where nothing was looked at.
    fn solve(&self) -> SVector<f64, TERMS> {
        let mut normal = self.normal;
        for i in 0..TERMS {
            normal[(i, i)] += DAMPING * self.weight + 1e-9;
        }
        normal
            .cholesky()
            .map_or_else(SVector::zeros, |factor| factor.solve(&self.right))
    }
}

/// Each block with its neighbours, by weight.
fn smoothed(systems: &[System], (across, down): (usize, usize)) -> Vec<System> {
    let pass = |source: &[System], step: usize, position: &dyn Fn(usize) -> (usize, usize)| {
        let one = |index: usize| {
            let (place, count) = position(index);
            let mut sum = System::default();
            for (shift, share) in NEAR.iter().enumerate() {
                let reach = NEAR.len() / 2;
                if (reach..count + reach).contains(&(place + shift)) {
                    sum.add_share(&source[index + shift * step - reach * step], *share);
                }
            }
            sum
        };
        (0..source.len()).map(one).collect::<Vec<System>>()
    };
    let rows = pass(systems, 1, &|index| (index % across, across));
    pass(&rows, across, &|index| (index / across, down))
}

/// The blocks whose middles a sample lies between, and how far it is from the first.
fn between(sample: usize, blocks: usize) -> (usize, usize, f64) {
    let at = (sample as f64 + 0.5) / BLOCK as f64 - 0.5;
    let first = floor_index(at).min(blocks - 1);
    let next = (first + 1).min(blocks - 1);
    (first, next, (at - first as f64).clamp(0.0, 1.0))
}

fn minus(map: &Density, other: &Density) -> Density {
    let pairs = map.samples().iter().zip(other.samples());
    let samples = pairs.map(|(a, b)| a - b).collect();
    Density::from_samples(map.width(), map.height(), samples).expect("as many samples as before")
}

/// Means of two by two samples; grids have even sides.
fn halved(map: &Density) -> Density {
    let (width, height) = (map.width() / 2, map.height() / 2);
    let mut half = Density::filled(width, height, 0.0);
    for y in 0..height {
        let (upper, lower) = (map.row(2 * y), map.row(2 * y + 1));
        for (x, out) in half.row_mut(y).iter_mut().enumerate() {
            let pairs = [
                upper[2 * x],
                upper[2 * x + 1],
                lower[2 * x],
                lower[2 * x + 1],
            ];
            *out = 0.25 * pairs.iter().sum::<f32>();
        }
    }
    half
}
