//! Chance with a seed: every drawn thing has its own stream, so that the number of threads and the
//! order of drawing change nothing.

use std::f64::consts::TAU;

/// A stream of random numbers with a seed of its own.
#[derive(Clone, Debug)]
pub struct Chance {
    stream: fastrand::Rng,
}

impl Chance {
    /// The stream for item `index` of the kind `label` in the set that `seed` names.
    #[must_use]
    pub fn new(seed: u64, label: &str, index: usize) -> Self {
        // FNV-1a over the label and the index, started from the seed.
        let bytes = label
            .bytes()
            .chain((index as u64).to_le_bytes())
            .chain(seed.to_le_bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            stream: fastrand::Rng::with_seed(hash),
        }
    }

    /// A further stream, taken from this one.
    pub fn fork(&mut self) -> Self {
        Self {
            stream: self.stream.fork(),
        }
    }

    /// A value between two bounds, evenly.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.stream.f64()
    }

    /// [`Self::between`] in single precision.
    pub fn between32(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.stream.f32()
    }

    /// A value between two positive bounds, evenly in its logarithm.
    pub fn scaled(&mut self, low: f64, high: f64) -> f64 {
        libm::exp(self.between(libm::log(low), libm::log(high)))
    }

    /// A value of the normal distribution with standard deviation one.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.stream.f64()));
        radius * libm::cos(TAU * self.stream.f64())
    }

    /// A cheap bell-shaped value with standard deviation one, for noise by the million.
    pub fn grain(&mut self) -> f32 {
        let bytes = self.stream.u32(..).to_le_bytes();
        let sum: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
        // Four even values on 0..=255: mean 510, variance 4 (256² - 1) / 12.
        (sum as f32 - 510.0) * (1.0 / 147.8)
    }

    /// Whether something of probability `p` happens.
    pub fn happens(&mut self, p: f64) -> bool {
        self.stream.f64() < p
    }

    /// Either sign.
    pub fn sign(&mut self) -> f64 {
        if self.stream.bool() { 1.0 } else { -1.0 }
    }

    /// An index below `count`.
    ///
    /// # Panics
    /// If `count` is zero.
    pub fn index(&mut self, count: usize) -> usize {
        self.stream.usize(..count)
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// Puts `items` into any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        self.stream.shuffle(items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_label_index_and_seed_and_repeat_by_all_three() {
        let first = |seed, label, index| Chance::new(seed, label, index).between(0.0, 1.0);
        let same = first(1, "ink", 0).to_bits();
        assert_eq!(same, first(1, "ink", 0).to_bits());
        for other in [first(2, "ink", 0), first(1, "die", 0), first(1, "ink", 1)] {
            assert_ne!(same, other.to_bits());
        }
    }

    #[test]
    fn normal_and_grain_have_a_standard_deviation_of_one() {
        let mut chance = Chance::new(3, "test", 0);
        let count = 20_000;
        let normal: f64 = (0..count).map(|_| chance.normal().powi(2)).sum();
        let grain: f32 = (0..count).map(|_| chance.grain().powi(2)).sum();
        assert!((normal / f64::from(count) - 1.0).abs() < 0.05, "{normal}");
        assert!((grain / count as f32 - 1.0).abs() < 0.05, "{grain}");
    }
}
