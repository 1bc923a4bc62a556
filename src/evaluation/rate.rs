//! Simple rates and spreads, each with its numbers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::evaluation::interval::Interval;
use crate::evaluation::interval::quantile;
use crate::evaluation::interval::wilson;
use crate::evaluation::trial::Trial;

/// How many of some trials have a property.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Trials that have it.
    pub hits: usize,
    /// All trials.
    pub trials: usize,
    /// Distinct seals among the trials.
    pub seals: usize,
    /// `hits / trials`; `None` without trials.
    pub value: Option<f64>,
    /// Wilson's 95 % interval.
    pub interval: Option<Interval>,
}

impl Rate {
    /// Counts the trials for which `hit` holds.
    pub fn of<'t>(
        trials: impl IntoIterator<Item = &'t Trial>,
        hit: impl Fn(&Trial) -> bool,
    ) -> Self {
        let (mut hits, mut count) = (0, 0);
        let mut seals = BTreeSet::new();
        for trial in trials {
            count += 1;
            hits += usize::from(hit(trial));
            seals.extend(trial.truth.seal.as_deref());
        }
        Self {
            hits,
            trials: count,
            seals: seals.len(),
            value: (count > 0).then(|| hits as f64 / count as f64),
            interval: wilson(hits, count),
        }
    }
}

/// The middle and the tail of some values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many values.
    pub count: usize,
    /// Median.
    pub median: f64,
    /// 95th percentile.
    pub p95: f64,
    /// Largest.
    pub max: f64,
}

impl Spread {
    /// Summarises values; `None` if there are none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Some(Self {
            count: values.len(),
            max: *values.last()?,
            median: quantile(&values, 0.5),
            p95: quantile(&values, 0.95),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_orders_its_values() {
        let spread = Spread::of([3.0, 1.0, 2.0]).unwrap();
        assert_eq!(spread.count, 3);
        assert!((spread.median - 2.0).abs() < 1e-12);
        assert!((spread.p95 - 2.9).abs() < 1e-12);
        assert!((spread.max - 3.0).abs() < 1e-12);
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn a_rate_without_trials_has_no_value() {
        let rate = Rate::of([], |_| true);
        assert_eq!((rate.trials, rate.value, rate.interval), (0, None, None));
    }
}
