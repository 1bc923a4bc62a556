//! One direction of a component: how its blocks lie over the samples of a smaller picture, and what their
//! cosines (T.81, A.3.3) come to there.

use crate::units::single;

/// Samples of a block's side.
pub(super) const SIDE: usize = 8;
/// As many values as a block has samples.
pub(super) type Square = [[f32; SIDE]; SIDE];

/// The means of a block's cosines in one direction, by output sample.
pub(super) type Means<const N: usize> = [[f32; N]; SIDE];

/// One direction of a component: how its blocks lie over the samples of the small picture.
#[derive(Debug)]
pub(super) struct Axis<const N: usize> {
    /// Pixels of a sample.
    scale: usize,
    factor: usize,
    pub(super) means: Vec<Means<N>>,
    /// By the number of a block.
    pub(super) places: Vec<Reach>,
}

/// The samples that a block reaches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// Which of the means are its.
    pub(super) phase: usize,
    /// The first one, counted from one in front of the small picture, and how many.
    pub(super) first: usize,
    pub(super) count: usize,
}

impl<const N: usize> Axis<N> {
    pub(super) fn new(scale: usize, factor: usize, blocks: usize) -> Self {
        let side = SIDE * scale;
        let period = (1..=factor).find(|count| (count * side).is_multiple_of(factor));
        let period = period.unwrap_or(1);
        let mut axis = Self {
            scale,
            factor,
            means: Vec::new(),
            places: Vec::new(),
        };
        let place = |block: usize| {
            let first = axis.first(block);
            let end = axis.first(block + 1) + 1 + (scale - 1);
            Reach {
                phase: block % period,
                first,
                count: (end - first).min(N),
            }
        };
        axis.places = (0..blocks).map(place).collect();
        for block in 0..period {
            let mut means = [[0.0; N]; SIDE];
            let first = axis.first(block);
            for (sample, pixel, share) in axis.spread() {
                let output = (block * side + factor + pixel - 1) / factor - first;
                for (frequency, means) in means.iter_mut().enumerate() {
                    means[output] += single(share * cosine(frequency, sample) / factor as f64);
                }
            }
            axis.means.push(means);
        }
        axis
    }

    /// The sample of the small picture, counted from one in front of it, that a block reaches first.
    const fn first(&self, block: usize) -> usize {
        (block * SIDE * self.scale + self.factor - (self.scale - 1)) / self.factor
    }

    /// Which share of a sample which pixel has, counted from one in front of the block.
    fn spread(&self) -> Vec<(usize, usize, f64)> {
        let own = |sample: usize| match self.scale {
            1 => vec![(sample, sample + 1, 1.0)],
            _ => [0.25, 0.75, 0.75, 0.25]
                .iter()
                .enumerate()
                .map(|(pixel, share)| (sample, 2 * sample + pixel, *share))
                .collect(),
        };
        (0..SIDE).flat_map(own).collect()
    }
}

/// A frequency's cosine at a sample, with the factor that makes the transform orthonormal (A.3.3).
pub(super) fn cosine(frequency: usize, sample: usize) -> f64 {
    let angle = ((2 * sample + 1) * frequency) as f64 * std::f64::consts::PI / 16.0;
    let norm = if frequency == 0 {
        std::f64::consts::FRAC_1_SQRT_2
    } else {
        1.0
    };
    0.5 * norm * libm::cos(angle)
}
