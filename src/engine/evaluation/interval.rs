//! Intervals of 95 %: Wilson's for simple rates, the bootstrap over seals for everything else.
//!
//! Impressions of one seal are not independent of each other, so the bootstrap draws whole seals.

use serde::{Deserialize, Serialize};

use crate::order::quantile_interpolated;

/// The normal quantile of a two-sided 95 % interval.
const Z_95: f64 = 1.959_963_984_540_054;

/// Replicates of the bootstrap: enough for the 2.5 % points to stand to about a tenth of the
/// interval's width.
pub const REPLICATES: usize = 1000;

/// The lower and upper end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson's score interval for `hits` out of `trials`; `None` without trials.
///
/// Source: E. B. Wilson, JASA 22, 1927; recommended for small n by Brown, Cai and `DasGupta`,
/// Statistical Science 16(2), 2001.
#[must_use]
pub fn wilson(hits: usize, trials: usize) -> Option<Interval> {
    if trials == 0 {
        return None;
    }
    let n = trials as f64;
    let p = hits as f64 / n;
    let z2 = Z_95 * Z_95;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Some(Interval {
        low: if hits == 0 {
            0.0
        } else {
            (middle - half).max(0.0)
        },
        high: if hits == trials {
            1.0
        } else {
            (middle + half).min(1.0)
        },
    })
}

impl Interval {
    /// The interval that covers both.
    #[must_use]
    pub const fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

/// Percentile intervals of several statistics of one sample, by drawing its clusters anew.
///
/// `statistics` is given the indices of the clusters drawn, as many as there are, with repeats;
/// a replicate for which a statistic does not exist is left out of that statistic's interval.
/// `None` with fewer than two clusters, or if the statistic exists in less than half of the replicates.
/// The same seed draws the same clusters.
pub fn bootstrap<const N: usize>(
    clusters: usize,
    seed: u64,
    mut statistics: impl FnMut(&[usize]) -> [Option<f64>; N],
) -> [Option<Interval>; N] {
    let mut samples: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(REPLICATES));
    if clusters >= 2 {
        let mut draw = Draw(seed);
        let mut drawn = vec![0; clusters];
        for _ in 0..REPLICATES {
            drawn.fill_with(|| draw.below(clusters));
            for (sample, value) in samples.iter_mut().zip(statistics(&drawn)) {
                sample.extend(value);
            }
        }
    }
    samples.map(|mut sample| {
        sample.sort_by(f64::total_cmp);
        if sample.len() * 2 < REPLICATES {
            return None;
        }
        Some(Interval {
            low: quantile_interpolated(&sample, 0.025)?,
            high: quantile_interpolated(&sample, 0.975)?,
        })
    })
}

/// Numbers drawn from a seed: `SplitMix64`, which needs no other state.
///
/// Source: Steele, Lea and Flood, OOPSLA 2014.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `bound`; the bias of the remainder is below 2⁻³² for any bound here.
    fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        usize::try_from(self.next() % bound).expect("below a usize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 5e-5
    }

    #[test]
    fn wilson_gives_the_published_ends() {
        let none = wilson(0, 10).unwrap();
        assert!(near(none.low, 0.0) && near(none.high, 0.2775), "{none:?}");
        let half = wilson(5, 10).unwrap();
        assert!(
            near(half.low, 0.2366) && near(half.high, 0.7634),
            "{half:?}"
        );
        let all = wilson(10, 10).unwrap();
        assert!(near(all.low, 0.7225) && near(all.high, 1.0), "{all:?}");
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn the_bootstrap_of_a_mean_is_as_wide_as_its_standard_error_says() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let [interval] = bootstrap(values.len(), 7, |drawn| {
            [Some(drawn.iter().map(|i| values[*i]).sum::<f64>() / 100.0)]
        });
        let interval = interval.unwrap();
        // The standard error of the mean of 0..99 is 28.87 / 10; 1.96 of them either side.
        let width = interval.high - interval.low;
        assert!((width - 2.0 * 1.96 * 2.887).abs() < 1.2, "{interval:?}");
        assert!(interval.low < 49.5 && interval.high > 49.5, "{interval:?}");
    }

    #[test]
    fn one_seal_has_no_interval_over_seals() {
        assert_eq!(bootstrap(1, 1, |_| [Some(0.5)]), [None]);
        assert_eq!(bootstrap(5, 1, |_| [None]), [None]);
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let run = |seed| bootstrap(9, seed, |drawn| [Some(drawn.iter().sum::<usize>() as f64)]);
        assert_eq!(run(3), run(3));
        assert_ne!(run(3), run(4));
    }
}
