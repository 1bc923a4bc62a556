//! Simple rates and spreads, each with its numbers.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::evaluation::SEED;
use crate::evaluation::interval::Interval;
use crate::evaluation::interval::bootstrap;
use crate::evaluation::interval::wilson;
use crate::evaluation::trial::Trial;
use crate::order::quantile_interpolated;

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
    /// Wilson's 95 % interval, as if the trials were independent.
    pub interval: Option<Interval>,
    /// The 95 % interval of the bootstrap over seals; `None` with fewer than two seals.
    #[serde(default)]
    pub interval_over_seals: Option<Interval>,
}

impl Rate {
    /// Counts the trials for which `hit` holds.
    pub fn of<'t>(
        trials: impl IntoIterator<Item = &'t Trial>,
        hit: impl Fn(&Trial) -> bool,
    ) -> Self {
        let mut seals = BTreeSet::new();
        let mut by_seal: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for trial in trials {
            let seal = trial.truth.seal.as_deref();
            seals.extend(seal);
            // An impression of no named seal stands for itself, by its page.
            let own = by_seal.entry(seal.unwrap_or(&trial.truth.document));
            let counts = own.or_default();
            counts.0 += usize::from(hit(trial));
            counts.1 += 1;
        }
        let clusters: Vec<(usize, usize)> = by_seal.into_values().collect();
        let sum = |drawn: &mut dyn Iterator<Item = usize>| {
            drawn.fold((0, 0), |sum, index| {
                (sum.0 + clusters[index].0, sum.1 + clusters[index].1)
            })
        };
        let (hits, count) = sum(&mut (0..clusters.len()));
        let [interval_over_seals] = bootstrap(clusters.len(), SEED, |drawn| {
            let (hits, count) = sum(&mut drawn.iter().copied());
            [Some(hits as f64 / count as f64)]
        });
        Self {
            hits,
            trials: count,
            seals: seals.len(),
            value: (count > 0).then(|| hits as f64 / count as f64),
            interval: wilson(hits, count),
            interval_over_seals,
        }
    }

    /// The interval to print: that over seals, and never a narrower one than Wilson's, which alone
    /// is honest where no trial, or every one, has the property.
    #[must_use]
    pub fn widest(&self) -> Option<Interval> {
        match (self.interval, self.interval_over_seals) {
            (Some(alone), Some(over_seals)) => Some(alone.hull(over_seals)),
            (either, None) | (None, either) => either,
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
            median: quantile_interpolated(&values, 0.5)?,
            p95: quantile_interpolated(&values, 0.95)?,
        })
    }
}

/// Differences that have a sign: how far they lean to one side, and how large they are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Departure {
    /// How many values.
    pub count: usize,
    /// Median, with its sign.
    pub median: f64,
    /// 95th percentile of the values without their signs.
    pub p95: f64,
}

impl Departure {
    /// Summarises values; `None` if there are none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let signed = Spread::of(values.iter().copied())?;
        let sizes = Spread::of(values.iter().map(|value| value.abs()))?;
        Some(Self {
            count: signed.count,
            median: signed.median,
            p95: sizes.p95,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::trial::pair;
    use crate::evaluation::truth;

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
    fn a_departure_keeps_the_sign_of_its_middle_and_not_of_its_tail() {
        let departure = Departure::of([-0.4, 0.1, -0.1]).unwrap();
        assert_eq!(departure.count, 3);
        assert!((departure.median + 0.1).abs() < 1e-12);
        // Of 0.1, 0.1 and 0.4.
        assert!((departure.p95 - 0.37).abs() < 1e-12);
        assert_eq!(Departure::of([]), None);
    }

    fn trial(seal: usize, document: usize) -> Trial {
        let line =
            format!("{{\"document\":\"{document}\",\"label\":\"genuine\",\"seal\":\"S{seal}\"}}");
        let lines = truth::parse(&line).unwrap();
        pair(&lines, &[], |_| true).0.remove(0)
    }

    #[test]
    fn trials_that_go_together_by_seal_widen_the_interval() {
        // Ten seals of ten trials: all of a seal's trials hit, or none does.
        let trials: Vec<Trial> = (0..100).map(|n| trial(n / 10, n)).collect();
        let together = Rate::of(&trials, |trial| {
            let seal = trial.truth.seal.as_deref();
            seal.is_some_and(|seal| seal < "S5")
        });
        assert_eq!(
            (together.hits, together.trials, together.seals),
            (50, 100, 10)
        );
        let width = |interval: Interval| interval.high - interval.low;
        let alone = width(together.interval.unwrap());
        let over_seals = width(together.interval_over_seals.unwrap());
        // A share of one half over ten draws has the standard error 0.158, over a hundred 0.05.
        assert!((alone - 0.19).abs() < 0.02, "{together:?}");
        assert!((over_seals - 0.6).abs() < 0.11, "{together:?}");
        assert!((width(together.widest().unwrap()) - over_seals).abs() < 0.02);
    }

    #[test]
    fn an_event_that_never_came_keeps_an_upper_bound() {
        let trials: Vec<Trial> = (0..20).map(|n| trial(n, n)).collect();
        let rate = Rate::of(&trials, |_| false);
        assert!(rate.interval_over_seals.unwrap().high.abs() < 1e-12);
        assert!(rate.widest().unwrap().high > 0.1, "{rate:?}");
    }

    #[test]
    fn a_rate_without_trials_has_no_value() {
        let rate = Rate::of([], |_| true);
        assert_eq!((rate.trials, rate.value, rate.interval), (0, None, None));
    }
}
