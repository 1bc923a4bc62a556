//! A query's ink, smoothed, as alignment and comparison read it: at places between its samples.

use crate::geometry::Affine;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::blur;
use crate::imaging::wide;
use crate::matching::canonical::Canonical;
use crate::units::single;

/// Smoothing, in grid samples, from which half the samples each way hold all that is left.
pub(super) const HALVED_FROM: f64 = 3.0;
/// Places read at once.
pub(super) const BLOCK: usize = 16;
/// Added to a number below it, leaves the nearest whole number in its last bits.
const WHOLE: f32 = 8_388_608.0;
const WHOLE_BITS: u32 = 8_388_608;

/// The whole number below a positive one; of a whole number, itself or the one below.
#[inline(always)]
fn whole(value: f32) -> f32 {
    let below = value - 0.5 + WHOLE - WHOLE;
    if below > 0.0 { below } else { 0.0 }
}

/// A query's ink at one smoothing beside its validity, with a rim of nothing around them.
#[derive(Clone, Debug)]
pub(super) struct Smoothed {
    samples: Vec<[f32; 2]>,
    width: usize,
    height: usize,
    /// Samples a grid sample.
    pub(super) scale: f32,
}

impl Smoothed {
    /// Smooths a query's ink; coarse ink is held by every other sample.
    pub(super) fn new(query: &Canonical, sigma: f64) -> Self {
        if sigma > HALVED_FROM {
            // The mean of two samples is itself a smoothing, of variance a quarter.
            let rest = 0.5 * libm::sqrt(sigma * sigma - 0.25);
            let ink = blur(&halved(&query.ink), rest);
            return Self::beside(&ink, &halved(&query.validity), 0.5);
        }
        Self::beside(&blur(&query.ink, sigma), &query.validity, 1.0)
    }

    /// A query's ink as it is.
    pub(super) fn plain(query: &Canonical) -> Self {
        Self::beside(&query.ink, &query.validity, 1.0)
    }

    fn beside(ink: &Density, validity: &Density, scale: f32) -> Self {
        // A rim of nothing: one sample before, two behind.
        let (width, height) = (ink.width() + 3, ink.height() + 3);
        let nothing = [0.0; 2];
        let mut samples = Vec::with_capacity(width * height);
        samples.resize(width + 1, nothing);
        wide(
            #[inline(always)]
            || {
                for y in 0..ink.height() {
                    let (ink, ink_rest) = ink.row(y).as_chunks::<BLOCK>();
                    let (seen, seen_rest) = validity.row(y).as_chunks::<BLOCK>();
                    for (ink, seen) in ink.iter().zip(seen) {
                        let mut pairs = [nothing; BLOCK];
                        for i in 0..BLOCK {
                            pairs[i] = [ink[i], seen[i]];
                        }
                        samples.extend_from_slice(&pairs);
                    }
                    let rest = ink_rest.iter().zip(seen_rest);
                    samples.extend(rest.map(|(&ink, &seen)| [ink, seen]));
                    samples.extend_from_slice(&[nothing; 3]);
                }
            },
        );
        samples.resize(width * height, nothing);
        Self {
            samples,
            width,
            height,
            scale,
        }
    }

    /// Ink and validity at places among the samples, bilinear; nothing beyond the rim.
    ///
    /// All arithmetic is done for a block of places at once in single precision, where whole numbers
    /// of this size are exact; only the reading itself goes place by place.
    #[inline(always)]
    pub(super) fn read(&self, (x, y): (&[f32; BLOCK], &[f32; BLOCK])) -> [[f32; BLOCK]; 2] {
        let last = |count: usize| count as f32 - 1.75;
        let (right, bottom, stride) = (last(self.width), last(self.height), self.width as f32);
        let (mut fx, mut fy) = ([0.0; BLOCK], [0.0; BLOCK]);
        let mut places = [0_u32; BLOCK];
        for i in 0..BLOCK {
            // Half a sample to a pixel's centre, and one for the rim.
            let (x, y) = (x[i] + 0.5, y[i] + 0.5);
            let x = if x > 0.0 { x } else { 0.0 };
            let y = if y > 0.0 { y } else { 0.0 };
            let x = if x < right { x } else { right };
            let y = if y < bottom { y } else { bottom };
            let (column, row) = (whole(x), whole(y));
            (fx[i], fy[i]) = (x - column, y - row);
            places[i] = (row * stride + column + WHOLE).to_bits() & (WHOLE_BITS - 1);
        }
        // Two samples side by side are read, and mixed with those below, in one register.
        let samples = self.samples.as_flattened();
        let mut pairs = [[0.0; 4]; BLOCK];
        for (i, &place) in places.iter().enumerate() {
            let line = |start: usize| samples.get(2 * start..)?.first_chunk::<4>();
            let start = place as usize;
            if let Some((upper, lower)) = line(start).zip(line(start + self.width)) {
                for (k, pair) in pairs[i].iter_mut().enumerate() {
                    *pair = upper[k] + (lower[k] - upper[k]) * fy[i];
                }
            }
        }
        let mut read = [[0.0; BLOCK]; 2];
        for (i, [ink, seen, next_ink, next_seen]) in pairs.into_iter().enumerate() {
            read[0][i] = ink + (next_ink - ink) * fx[i];
            read[1][i] = seen + (next_seen - seen) * fx[i];
        }
        read
    }

    /// The same of one block of a line of places, whose steps and starts are given, across and down.
    #[inline(always)]
    fn read_line(
        &self,
        ((a, left), (b, top)): ((f32, f32), (f32, f32)),
        block: usize,
    ) -> [[f32; BLOCK]; 2] {
        let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
        for i in 0..BLOCK {
            let column = (block * BLOCK + i) as f32 + 0.5;
            (x[i], y[i]) = (a * column + left, b * column + top);
        }
        self.read((&x, &y))
    }

    /// Ink and validity in another frame, on a square grid.
    pub(super) fn warp(&self, own_from_target: Affine, side: usize) -> (Density, Density) {
        let own = Affine::scale(f64::from(self.scale)) * own_from_target;
        let [a, b, c, d, e, f] = own.as_coeffs();
        let mut ink = Raster::filled(side, side, 0.0_f32);
        let mut validity = Raster::filled(side, side, 0.0_f32);
        let (across, along) = (single(a), single(b));
        wide(
            #[inline(always)]
            || {
                for row in 0..side {
                    let y = row as f64 + 0.5;
                    let (left, top) = (single(c * y + e), single(d * y + f));
                    let line = ((across, left), (along, top));
                    let (ink, ink_rest) = ink.row_mut(row).as_chunks_mut::<BLOCK>();
                    let (seen, seen_rest) = validity.row_mut(row).as_chunks_mut::<BLOCK>();
                    for (block, (ink, seen)) in ink.iter_mut().zip(seen).enumerate() {
                        [*ink, *seen] = self.read_line(line, block);
                    }
                    if !ink_rest.is_empty() {
                        let [found, seen] = self.read_line(line, side / BLOCK);
                        ink_rest.copy_from_slice(&found[..ink_rest.len()]);
                        seen_rest.copy_from_slice(&seen[..seen_rest.len()]);
                    }
                }
            },
        );
        (ink, validity)
    }
}

/// Means of two by two samples; grids have even sides.
fn halved(map: &Density) -> Density {
    let (width, height) = (map.width() / 2, map.height() / 2);
    let mut half = Raster::filled(width, height, 0.0_f32);
    for y in 0..height {
        let (upper, _) = map.row(2 * y).as_chunks::<2>();
        let (lower, _) = map.row(2 * y + 1).as_chunks::<2>();
        for (out, ([a, b], [c, d])) in half.row_mut(y).iter_mut().zip(upper.iter().zip(lower)) {
            *out = 0.25 * (a + b + c + d);
        }
    }
    half
}
