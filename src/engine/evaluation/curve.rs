//! Detection curves: how often a change of one kind is noticed, by its size.
//!
//! Comes in: trials of forgeries that differ in one amount, as the labelled set states it. Goes out:
//! for each kind of change, classes of ascending size with the share called different and the middle
//! of the likelihood ratios, beside the same figures of genuine impressions, which are a change of
//! size zero.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::SEED;
use crate::evaluation::interval::Interval;
use crate::evaluation::interval::bootstrap;
use crate::evaluation::rate::Rate;
use crate::evaluation::trial::Kind;
use crate::evaluation::trial::Trial;
use crate::evaluation::truth::UNITS;
use crate::order::quantile_interpolated;
use crate::verdict::Conclusion;

/// Classes of size at most (chosen: a curve's shape is seen with six points, and more thin each out).
const CLASSES_MAX: usize = 6;

/// Trials that a class of mixed sizes has at least, while there are as many (chosen: an interval on
/// fewer spans most of the scale).
const CLASS_TRIALS_MIN: usize = 8;

/// What was said of one kind of change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The changed amount, as the labelled set names it, with its unit at the end.
    pub change: String,
    /// Genuine impressions: a change of zero.
    pub genuine: CurvePoint,
    /// Classes of ascending size.
    pub points: Vec<CurvePoint>,
}

/// Trials of about one size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The smallest and the largest size among them.
    pub sizes: (f64, f64),
    /// Their mean size.
    pub size_mean: f64,
    /// Impressions found and compared whose conclusion is `different`.
    pub different: Rate,
    /// The same, with those that lean to it.
    pub leaning: Rate,
    /// Impressions that were missed or not compared; they are in neither rate.
    pub not_compared: usize,
    /// The middle of `log10_lr`, where it was given.
    pub log10_lr_median: Option<f64>,
    /// Its 95 % interval over seals.
    pub log10_lr_interval: Option<Interval>,
}

/// The curve of every kind of change that the forgeries name with its size, by its name.
#[must_use]
pub fn curves(trials: &[Trial]) -> Vec<Curve> {
    let mut sized: BTreeMap<&str, Vec<(f64, &Trial)>> = BTreeMap::new();
    for trial in trials.iter().filter(|trial| trial.kind() == Kind::Forged) {
        if let Some((change, size)) = trial.truth.forgery_size() {
            sized.entry(change).or_default().push((size, trial));
        }
    }
    let zero: Vec<(f64, &Trial)> = trials
        .iter()
        .filter(|trial| trial.kind() == Kind::Genuine)
        .map(|trial| (0.0, trial))
        .collect();
    let curve = |(change, mut sized): (&str, Vec<(f64, &Trial)>)| {
        sized.sort_by(|a, b| a.0.total_cmp(&b.0));
        Curve {
            change: change.to_owned(),
            genuine: CurvePoint::of(&zero),
            points: classes(&sized).into_iter().map(CurvePoint::of).collect(),
        }
    };
    sized.into_iter().map(curve).collect()
}

/// Cuts trials of ascending size into classes: one a size where a few sizes recur, otherwise about
/// equally many in each, and no size in two of them.
fn classes<'a, 't>(sized: &'a [(f64, &'t Trial)]) -> Vec<&'a [(f64, &'t Trial)]> {
    let by_size: Vec<_> = sized.chunk_by(|a, b| (a.0 - b.0).abs() < 1e-9).collect();
    if by_size.len() <= CLASSES_MAX && sized.len() >= 2 * by_size.len() {
        return by_size;
    }
    let count = (sized.len() / CLASS_TRIALS_MIN).clamp(1, CLASSES_MAX);
    let mut classes = Vec::new();
    let (mut start, mut end) = (0, 0);
    for same in by_size {
        end += same.len();
        // The next class begins where this one has its share of all trials.
        if end * count >= sized.len() * (classes.len() + 1) {
            classes.push(&sized[start..end]);
            start = end;
        }
    }
    classes
}

impl CurvePoint {
    fn of(sized: &[(f64, &Trial)]) -> Self {
        let compared = || {
            let trials = sized.iter().map(|(_, trial)| *trial);
            trials.filter(|trial| trial.detected && trial.opinion.is_some())
        };
        let said = |trial: &Trial, steps: &[Conclusion]| {
            trial
                .opinion
                .is_some_and(|opinion| steps.contains(&opinion.conclusion))
        };
        let (log10_lr_median, log10_lr_interval) = median(compared());
        Self {
            sizes: (
                sized.first().map_or(0.0, |one| one.0),
                sized.last().map_or(0.0, |one| one.0),
            ),
            size_mean: sized.iter().map(|one| one.0).sum::<f64>() / sized.len().max(1) as f64,
            different: Rate::of(compared(), |trial| said(trial, &[Conclusion::Different])),
            leaning: Rate::of(compared(), |trial| {
                said(trial, &[Conclusion::Different, Conclusion::LeansDifferent])
            }),
            not_compared: sized.len() - compared().count(),
            log10_lr_median,
            log10_lr_interval,
        }
    }
}

/// The middle of the likelihood ratios and its interval over seals.
fn median<'t>(trials: impl Iterator<Item = &'t Trial>) -> (Option<f64>, Option<Interval>) {
    let mut by_seal: BTreeMap<Option<&str>, Vec<f64>> = BTreeMap::new();
    for trial in trials {
        let own = by_seal.entry(trial.truth.seal.as_deref()).or_default();
        own.extend(trial.log10_lr());
    }
    let clusters: Vec<Vec<f64>> = by_seal.into_values().collect();
    let of = |drawn: &[usize]| {
        let drawn = drawn.iter().flat_map(|index| &clusters[*index]);
        let mut values: Vec<f64> = drawn.copied().collect();
        values.sort_by(f64::total_cmp);
        quantile_interpolated(&values, 0.5)
    };
    let every: Vec<usize> = (0..clusters.len()).collect();
    let [interval] = bootstrap(clusters.len(), SEED, |drawn| [of(drawn)]);
    (of(&every), interval)
}

/// The words and the unit of a change: `outer_radius_mm` is "outer radius" in "mm".
#[must_use]
pub fn words(change: &str) -> (String, &'static str) {
    let found = UNITS
        .into_iter()
        .find_map(|(ending, unit)| Some((change.strip_suffix(ending)?, unit)));
    let (name, unit) = found.unwrap_or((change, ""));
    let known = match name {
        "moved" => "mark or text moved",
        "resized" => "figure resized",
        "size" => "the whole resized",
        "spacing" => "text spacing",
        "turned" => "figure turned",
        _ => return (name.replace('_', " "), unit),
    };
    (known.to_owned(), unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::Opinion;
    use crate::evaluation::trial::pair;
    use crate::evaluation::truth;
    use crate::verdict::Condition;

    fn trial(fields: &str, conclusion: Conclusion, log10_lr: f64) -> Trial {
        let line = format!("{{\"document\":\"a\",\"seal\":\"S\",{fields}}}");
        let lines = truth::parse(&line).unwrap();
        let mut one = pair(&lines, &[], |_| true).0.remove(0);
        one.detected = true;
        one.opinion = Some(Opinion {
            log10_lr: Some(log10_lr),
            conclusion,
            condition: Condition::Sound,
        });
        one
    }

    fn radius(size: f64, conclusion: Conclusion, log10_lr: f64) -> Trial {
        let fields =
            format!("\"label\":\"forged\",\"forgery_detail\":{{\"outer_radius_mm\":{size}}}");
        trial(&fields, conclusion, log10_lr)
    }

    #[test]
    fn each_size_has_its_shares_and_its_middle() {
        let genuine = trial("\"label\":\"genuine\"", Conclusion::Consistent, 1.5);
        let mut missed = radius(0.3, Conclusion::Different, -1.0);
        (missed.detected, missed.opinion) = (false, None);
        let found = curves(&[
            radius(-0.3, Conclusion::Different, -3.0),
            radius(0.1, Conclusion::Undecided, 0.2),
            radius(0.3, Conclusion::LeansDifferent, -1.0),
            missed,
            genuine,
        ]);
        assert_eq!(found.len(), 1);
        let [small, large] = found[0].points.as_slice() else {
            panic!("there are two sizes: {found:?}");
        };
        assert_eq!((small.leaning.hits, small.leaning.trials), (0, 1));
        assert_eq!((large.different.hits, large.different.trials), (1, 2));
        assert_eq!((large.leaning.hits, large.not_compared), (2, 1));
        assert!((large.log10_lr_median.unwrap() + 2.0).abs() < 1e-12);
        assert!((large.size_mean - 0.3).abs() < 1e-12);
        assert_eq!(found[0].genuine.different.trials, 1);
        assert!((found[0].genuine.log10_lr_median.unwrap() - 1.5).abs() < 1e-12);
    }

    #[test]
    fn many_sizes_fall_into_classes_that_hold_every_trial_once() {
        let trials: Vec<Trial> = (1..=53)
            .map(|n| radius(f64::from(n) / 100.0, Conclusion::Different, -1.0))
            .collect();
        let found = curves(&trials);
        let points = &found[0].points;
        assert_eq!(points.len(), 6);
        let trials: usize = points.iter().map(|point| point.different.trials).sum();
        assert_eq!(trials, 53);
        for pair in points.windows(2) {
            assert!(pair[0].sizes.1 < pair[1].sizes.0, "{pair:?}");
        }
        assert!(points.iter().all(|point| point.different.trials >= 8));
    }

    #[test]
    fn a_change_is_named_in_words_with_its_unit() {
        assert_eq!(words("outer_radius_mm"), ("outer radius".to_owned(), "mm"));
        assert_eq!(words("turned_deg"), ("figure turned".to_owned(), "degrees"));
    }
}
