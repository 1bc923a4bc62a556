//! The codes of all registered seals, side by side, and the search among them.
//!
//! Every seal is looked at: sixteen at a time, at all turns, by the longer waves of their codes. The
//! best thousand are then compared by whole codes, at turns four times as fine, and ranked.

use fearless_simd::Bytes as _;
use fearless_simd::Simd;
use fearless_simd::SimdBase as _;
use fearless_simd::dispatch;
use fearless_simd::i8x32;
use fearless_simd::i16x16;
use fearless_simd::u8x32;
use rayon::prelude::*;

use crate::identification::Candidate;
use crate::identification::code::CODE_BYTES;
use crate::identification::code::Code;
use crate::identification::code::Form;
use crate::identification::code::HARMONICS;
use crate::identification::code::Probe;
use crate::identification::code::first_ring;
use crate::identification::turns::COARSE;
use crate::identification::turns::LANES;
use crate::identification::turns::Lanes;
use crate::identification::turns::Products;
use crate::identification::turns::TURNS;
use crate::identification::turns::Turns;
use crate::identification::unrolled::RINGS;
use crate::imaging::wide;
use crate::imaging::widest;
use crate::units::single;

/// Bytes of the codes of seals side by side.
const BLOCK_BYTES: usize = CODE_BYTES * LANES;
/// Blocks that one thread takes at a time: a few milliseconds.
const BLOCKS_A_TASK: usize = 256;
/// Values of which one thread chooses the largest at a time: what is looked up stays in its cache.
const VALUES_A_TASK: usize = 1 << 16;
/// Seals compared by whole codes, besides those asked for. Chosen: on a gallery of 4,000 drawn seals
/// the first look left the right one behind the first hundred in none of 389 searches.
const REFINED: usize = 1000;
/// Turns that these are compared at, evenly over the full circle.
const FINE_TURNS: usize = 4 * TURNS;
/// Difference in size, and in proportions, that scanners, rubber and the fit of an outline make:
/// shares of one.
const SAME_FORM: f32 = 0.02;
/// Agreement taken off for each share of one beyond it, and the most that is taken off: a resolution
/// may be wrong, and then says nothing.
const FORM_COST: (f32, f32) = (1.0, 0.15);

/// The codes of many seals, about 1.1 kB each.
#[derive(Clone, Debug, Default)]
pub struct Gallery {
    /// Blocks of [`LANES`] seals: for each number of a code its real parts, then its imaginary ones.
    numbers: Vec<u8>,
    /// By block and ring, the seals' energies.
    energies: Vec<[u16; LANES]>,
    forms: Vec<Form>,
}

impl FromIterator<Code> for Gallery {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let mut gallery = Self::default();
        for code in codes {
            gallery.push(&code);
        }
        gallery
    }
}

impl Gallery {
    /// An empty gallery with room for `count` seals.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        let blocks = count.div_ceil(LANES);
        Self {
            numbers: Vec::with_capacity(blocks * BLOCK_BYTES),
            energies: Vec::with_capacity(blocks * RINGS),
            forms: Vec::with_capacity(count),
        }
    }

    /// Adds a seal behind the others.
    pub fn push(&mut self, code: &Code) {
        let (block, lane) = (self.forms.len() / LANES, self.forms.len() % LANES);
        if lane == 0 {
            self.numbers.resize((block + 1) * BLOCK_BYTES, 0);
            self.energies.resize((block + 1) * RINGS, [0; LANES]);
        }
        let numbers = &mut self.numbers[block * BLOCK_BYTES..];
        for (pair, (re, im)) in numbers.chunks_exact_mut(2 * LANES).zip(&code.numbers) {
            pair[lane] = re.cast_unsigned();
            pair[LANES + lane] = im.cast_unsigned();
        }
        let energies = &mut self.energies[block * RINGS..];
        for (ring, energy) in energies.iter_mut().zip(code.energies) {
            ring[lane] = energy;
        }
        self.forms.push(code.form);
    }

    /// Number of seals.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.forms.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The numbers of all codes, as they lie in memory.
    #[must_use]
    pub fn numbers(&self) -> &[u8] {
        &self.numbers
    }

    /// Bytes of all that a search reads.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.numbers.len()
            + self.energies.len() * size_of::<[u16; LANES]>()
            + self.forms.len() * size_of::<Form>()
    }

    /// The seals that resemble an impression most, best first, at most `count` of them; `similarity`
    /// is at most about 1. The same with any number of threads.
    #[must_use]
    pub fn search(&self, probe: &Probe, count: usize) -> Vec<Candidate> {
        let best = largest(&self.agreements(probe), count + REFINED);
        let finer = FineTurns::new(probe);
        let mut found: Vec<Candidate> = best
            .into_par_iter()
            .map(|index| Candidate {
                index,
                similarity: f64::from(self.refined(probe, &finer, index)),
            })
            .collect();
        found.sort_by(|a, b| {
            let by_similarity = b.similarity.total_cmp(&a.similarity);
            by_similarity.then(a.index.cmp(&b.index))
        });
        found.truncate(count);
        found
    }

    /// Agreement of every seal by its longer waves.
    fn agreements(&self, probe: &Probe) -> Vec<f32> {
        let turns = Turns::new(probe.turns);
        let mut agreements = vec![0.0_f32; self.forms.len()];
        let tasks = agreements
            .par_chunks_mut(BLOCKS_A_TASK * LANES)
            .zip(self.numbers.par_chunks(BLOCKS_A_TASK * BLOCK_BYTES))
            .zip(self.energies.par_chunks(BLOCKS_A_TASK * RINGS))
            .zip(self.forms.par_chunks(BLOCKS_A_TASK * LANES));
        tasks.for_each(|(((agreements, numbers), energies), forms)| {
            let part = (numbers, energies, forms);
            dispatch!(widest(), simd => agree(simd, (probe, &turns), part, agreements));
        });
        agreements
    }

    /// Agreement of one seal by its whole code.
    fn refined(&self, probe: &Probe, turns: &FineTurns, index: usize) -> f32 {
        let (block, lane) = (index / LANES, index % LANES);
        let numbers = &self.numbers[block * BLOCK_BYTES..][..BLOCK_BYTES];
        let pairs = numbers.chunks_exact(2 * LANES).map(|pair| {
            let [re, im] = [pair[lane], pair[LANES + lane]].map(u8::cast_signed);
            (i32::from(re), i32::from(im))
        });
        let mut products = [(0.0_f32, 0.0_f32); HARMONICS];
        let harmonics = (1..=HARMONICS).flat_map(|h| (first_ring(h)..RINGS).map(move |_| h - 1));
        for ((h, own), &(re, im)) in harmonics.zip(pairs).zip(&probe.numbers) {
            let (re, im) = (i32::from(re), i32::from(im));
            products[h].0 += (re * own.0 + im * own.1) as f32;
            products[h].1 += (im * own.0 - re * own.1) as f32;
        }
        let energies = &self.energies[block * RINGS..][..RINGS];
        let length = lengths(probe, energies)[lane];
        turns.best(&products) / length - form_cost(&probe.form, &self.forms[index])
    }
}

/// What differences in size and proportions take off.
#[inline(always)]
fn form_cost(probe: &Form, seal: &Form) -> f32 {
    // Near one, the ratio less one stands for its logarithm.
    let apart = |a: f32, b: f32| ((a / b).max(b / a) - 1.0 - SAME_FORM).max(0.0);
    let size = match (probe.radius_mm, seal.radius_mm) {
        (Some(probe), Some(seal)) => apart(probe, seal),
        _ => 0.0,
    };
    let cost = |apart: f32| (FORM_COST.0 * apart).min(FORM_COST.1);
    cost(size) + cost(apart(probe.aspect, seal.aspect))
}

/// Agreements of a probe with the seals of some blocks: their numbers, energies and forms.
#[inline(always)]
fn agree<S: Simd>(
    simd: S,
    (probe, turns): (&Probe, &Turns),
    (numbers, energies, forms): (&[u8], &[[u16; LANES]], &[Form]),
    agreements: &mut [f32],
) {
    let mut products = Products::new();
    let blocks = agreements
        .chunks_mut(LANES)
        .zip(numbers.chunks_exact(BLOCK_BYTES))
        .zip(energies.chunks_exact(RINGS))
        .zip(forms.chunks(LANES));
    for (((agreements, numbers), energies), forms) in blocks {
        multiply(simd, probe, numbers, &mut products);
        let best = turns.best(&mut products);
        let lengths = lengths(probe, energies);
        let seals = best.iter().zip(&lengths).zip(forms);
        for (agreement, ((best, length), form)) in agreements.iter_mut().zip(seals) {
            *agreement = best / length - form_cost(&probe.form, form);
        }
    }
}

/// Products of a probe's longer waves with those of the seals of a block.
///
/// In registers by name: as a plain loop over the sixteen it took seven times as long.
#[inline(always)]
fn multiply<S: Simd>(simd: S, probe: &Probe, numbers: &[u8], products: &mut Products) {
    let (pairs, _) = numbers.as_chunks::<{ 2 * LANES }>();
    let (mut pairs, mut probe) = (pairs, probe.numbers.as_slice());
    products.re[0] = [0.0; LANES];
    products.im[0] = [0.0; LANES];
    for h in 1..=COARSE {
        let count = RINGS - first_ring(h);
        let (own, others) = probe.split_at(count);
        let (block, rest) = pairs.split_at(count);
        (pairs, probe) = (rest, others);
        let (mut re, mut im) = (i16x16::splat(simd, 0), i16x16::splat(simd, 0));
        for (pair, &(a, b)) in block.iter().zip(own) {
            let signed: i8x32<S> = u8x32::from_slice(simd, pair).bitcast();
            let (c, d) = simd.widen_i8x32(signed);
            // No sum leaves 16 bits: see the lengths of codes and probes.
            re = re + c * a + d * b;
            im = im + c * b - d * a;
        }
        for (sums, out) in [(re, &mut products.re[h]), (im, &mut products.im[h])] {
            let (first, second) = simd.widen_i16x16(sums);
            simd.cvt_f32_i32x8(first).store_slice(&mut out[..LANES / 2]);
            simd.cvt_f32_i32x8(second)
                .store_slice(&mut out[LANES / 2..]);
        }
    }
}

/// Length of the probe times that of the visible part of each seal of a block.
#[inline(always)]
fn lengths(probe: &Probe, energies: &[[u16; LANES]]) -> Lanes {
    let mut squares = [0.0_f32; LANES];
    for (ring, visible) in energies.iter().zip(probe.visible) {
        for (square, energy) in squares.iter_mut().zip(ring) {
            *square += visible * f32::from(*energy);
        }
    }
    squares.map(|square| (probe.length * square.sqrt()).max(1.0))
}

/// One number for each of the finer turns.
type AtTurns = [f32; FINE_TURNS];

/// Turns finer than the coarse ones, with the unit vector of each harmonic at each.
#[derive(Clone, Debug)]
struct FineTurns {
    /// By harmonic, its cosines and its sines.
    units: Vec<(AtTurns, AtTurns)>,
    counted: Vec<usize>,
}

impl FineTurns {
    fn new(probe: &Probe) -> Self {
        let unit = |turn: usize| {
            let (sin, cos) = libm::sincos(turn as f64 / FINE_TURNS as f64 * std::f64::consts::TAU);
            (single(cos), single(sin))
        };
        let circle: [(f32, f32); FINE_TURNS] = std::array::from_fn(unit);
        let of_harmonic = |h: usize| {
            let at = |turn: usize| circle[h * turn % FINE_TURNS];
            (
                std::array::from_fn(|turn| at(turn).0),
                std::array::from_fn(|turn| at(turn).1),
            )
        };
        let is_counted = |turn: &usize| match probe.turns {
            None => true,
            Some((parts, reach)) => {
                let turned = *turn as f64 / FINE_TURNS as f64 * parts as f64;
                (turned - turned.round()).abs() <= reach * parts as f64
            }
        };
        Self {
            units: (1..=HARMONICS).map(of_harmonic).collect(),
            counted: (0..FINE_TURNS).filter(is_counted).collect(),
        }
    }

    /// Best agreement over the turns.
    fn best(&self, products: &[(f32, f32); HARMONICS]) -> f32 {
        let mut sums: AtTurns = [0.0; FINE_TURNS];
        wide(
            #[inline(always)]
            || {
                for ((re, im), (cos, sin)) in products.iter().zip(&self.units) {
                    for turn in 0..FINE_TURNS {
                        sums[turn] += re * cos[turn] - im * sin[turn];
                    }
                }
            },
        );
        let counted = self.counted.iter().map(|&turn| sums[turn]);
        counted.fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Positions of the `count` largest values, in no order; of equals the first.
fn largest(values: &[f32], count: usize) -> Vec<usize> {
    let most = |mut places: Vec<usize>| {
        let by_value = |a: &usize, b: &usize| values[*b].total_cmp(&values[*a]).then(a.cmp(b));
        if count < places.len() {
            places.select_nth_unstable_by(count, by_value);
            places.truncate(count);
        }
        places
    };
    // What is not among the most of its part is not among the most of all.
    let of_part = |part: usize| {
        let from = part * VALUES_A_TASK;
        most((from..values.len().min(from + VALUES_A_TASK)).collect())
    };
    let parts = values.len().div_ceil(VALUES_A_TASK);
    let chosen: Vec<Vec<usize>> = (0..parts).into_par_iter().map(of_part).collect();
    most(chosen.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_those_of_a_sorted_list_and_of_equals_the_first() {
        let count = 2 * VALUES_A_TASK + 77;
        let values: Vec<f32> = (0..count).map(|i| (i * 7919 % 1013) as f32).collect();
        let mut sorted: Vec<usize> = (0..count).collect();
        sorted.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
        let mut chosen = largest(&values, 300);
        chosen.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
        assert_eq!(chosen, sorted[..300]);
        assert_eq!(largest(&values[..5], 9).len(), 5);
    }
}
