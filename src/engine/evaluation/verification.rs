//! Verification figures: error rates and costs of the score against a claimed seal.
//!
//! A genuine trial that was missed, taken for another seal or not examined counts as not accepted, at
//! every threshold. A forged one that was missed or not examined is left out of the rates, so that
//! abstaining never flatters them, and is counted apart. For the cost, an impression that was not
//! examined said nothing: its likelihood ratio is 1.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::cllr::cllr;
use crate::evaluation::cllr::cllr_min;
use crate::evaluation::interval::Interval;
use crate::evaluation::interval::bootstrap;
use crate::evaluation::roc::Scores;
use crate::evaluation::trial::Trial;

/// Bounds on false acceptances at which refusals are stated.
pub const FALSE_ACCEPTANCE_BOUNDS: [f64; 2] = [0.01, 0.001];

/// Forged trials needed, times the bound: with three times its inverse and none accepted, the 95 %
/// upper bound on the rate is the bound itself (the rule of three).
const RULE_OF_THREE: f64 = 3.0;

/// Fewer trials of either kind give no error rate and no cost (chosen: below, one trial moves the
/// rate by a fifth).
const TRIALS_MIN: usize = 5;

/// Counts of accepted forgeries at which refusals are listed, whatever the numbers support.
const ACCEPTED_COUNTS: [usize; 4] = [0, 1, 2, 5];

/// A figure with its bootstrap interval over seals, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The figure; `None` where the numbers do not support it.
    pub value: Option<f64>,
    /// 95 % interval over seals; `None` with fewer than two seals.
    pub interval: Option<Interval>,
    /// "not supported by n = 55 (< 300)": the trials there are and how many it takes.
    pub unsupported: Option<String>,
}

/// What a threshold that lets a few forgeries pass does to genuine impressions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtCount {
    /// Forgeries accepted, at most.
    pub forged_accepted: usize,
    /// The threshold on `log10_lr`; `None` if no finite one does it.
    pub threshold_log10_lr: Option<f64>,
    /// Genuine trials refused.
    pub genuine_refused: usize,
}

/// A bound on false acceptances that the set supports, and the threshold that keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtFar {
    /// At most this share of the forged trials is accepted.
    pub far: f64,
    /// Forgeries accepted.
    pub forged_accepted: usize,
    /// The threshold on `log10_lr`; `None` if no finite one does it.
    pub threshold_log10_lr: Option<f64>,
    /// Genuine trials refused.
    pub genuine_refused: usize,
    /// The share of genuine trials refused.
    pub frr: Figure,
}

/// Error rates and costs over genuine and forged trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Genuine trials.
    pub genuine: usize,
    /// Seals among them.
    pub genuine_seals: usize,
    /// Genuine trials that no threshold accepts: missed, taken for another, or not examined.
    pub genuine_never_accepted: usize,
    /// Forged trials with a score.
    pub forged: usize,
    /// Seals that they pose as.
    pub forged_seals: usize,
    /// Forged trials that were missed or not examined.
    pub forged_without_score: usize,
    /// Equal error rate.
    pub eer: Figure,
    /// Refusals of genuine impressions at each of [`FALSE_ACCEPTANCE_BOUNDS`].
    pub frr_at_far: Vec<(f64, Figure)>,
    /// Cost of the likelihood ratios, in bits.
    pub cllr: Figure,
    /// The part of the cost that calibration cannot remove.
    pub cllr_min: Figure,
    /// `cllr - cllr_min`: the part of the cost that a better calibration would remove.
    pub calibration_loss: Figure,
    /// The smallest bound on false acceptances that so many forgeries can show to be kept: three
    /// over their number; `None` with too few trials for any error rate.
    pub far_supported: Option<f64>,
    /// Refusals at each of [`FALSE_ACCEPTANCE_BOUNDS`] that the set supports, and at
    /// `far_supported`, from the largest bound down.
    pub at_far: Vec<AtFar>,
    /// Refusals where a given number of forgeries passes.
    pub at_counts: Vec<AtCount>,
}

/// The scores of one seal, the unit that the bootstrap draws.
#[derive(Clone, Debug, Default)]
struct Cluster {
    genuine: Vec<f64>,
    forged: Vec<f64>,
    cost_genuine: Vec<f64>,
    cost_forged: Vec<f64>,
}

impl Verification {
    /// Computes the figures; the bootstrap draws from `seed`.
    #[must_use]
    pub fn of(genuine: &[&Trial], forged: &[&Trial], seed: u64) -> Self {
        let clusters = clusters(genuine, forged);
        let all: Vec<usize> = (0..clusters.len()).collect();
        let pooled = pool(&clusters, &all);
        let scores = Scores::new(pooled.genuine.clone(), pooled.forged.clone());
        let few = too_few(scores.genuine(), scores.forged());
        let far_supported = few
            .is_none()
            .then(|| RULE_OF_THREE / scores.forged() as f64);
        let values = statistics(&pooled, far_supported);
        let intervals = bootstrap(clusters.len(), seed, |drawn| {
            statistics(&pool(&clusters, drawn), far_supported)
        });
        let figure = |index: usize, unsupported: Option<String>| Figure {
            value: values[index].filter(|_| unsupported.is_none()),
            interval: intervals[index].filter(|_| unsupported.is_none()),
            unsupported,
        };
        let at_bound = |(index, far): (usize, &f64)| {
            let unsupported = few.clone().or_else(|| rule_of_three(*far, scores.forged()));
            (*far, figure(FIRST_BOUND + index, unsupported))
        };
        let frr_at_far: Vec<(f64, Figure)> = FALSE_ACCEPTANCE_BOUNDS
            .iter()
            .enumerate()
            .map(at_bound)
            .collect();
        let smallest = far_supported.map(|far| (far, figure(AT_SUPPORTED, None)));
        Self {
            genuine: scores.genuine(),
            genuine_seals: clusters
                .iter()
                .filter(|cluster| !cluster.genuine.is_empty())
                .count(),
            genuine_never_accepted: pooled
                .genuine
                .iter()
                .filter(|score| score.is_infinite())
                .count(),
            forged: scores.forged(),
            forged_seals: clusters
                .iter()
                .filter(|cluster| !cluster.forged.is_empty())
                .count(),
            forged_without_score: forged.len() - scores.forged(),
            eer: figure(0, few.clone()),
            cllr: figure(1, few.clone()),
            cllr_min: figure(2, few.clone()),
            calibration_loss: figure(3, few.clone()),
            far_supported,
            at_far: at_far(&scores, frr_at_far.iter().cloned().chain(smallest)),
            frr_at_far,
            at_counts: at_counts(&scores),
        }
    }
}

fn clusters(genuine: &[&Trial], forged: &[&Trial]) -> Vec<Cluster> {
    let mut by_seal: BTreeMap<Option<&str>, Cluster> = BTreeMap::new();
    for trial in genuine {
        let cluster = by_seal.entry(trial.truth.seal.as_deref()).or_default();
        cluster.genuine.push(trial.acceptance_score());
        cluster.cost_genuine.push(trial.log10_lr().unwrap_or(0.0));
    }
    for trial in forged {
        let cluster = by_seal.entry(trial.truth.seal.as_deref()).or_default();
        cluster.forged.extend(trial.log10_lr());
        cluster.cost_forged.push(trial.log10_lr().unwrap_or(0.0));
    }
    by_seal.into_values().collect()
}

fn pool(clusters: &[Cluster], drawn: &[usize]) -> Cluster {
    let mut pooled = Cluster::default();
    for cluster in drawn.iter().map(|index| &clusters[*index]) {
        pooled.genuine.extend(&cluster.genuine);
        pooled.forged.extend(&cluster.forged);
        pooled.cost_genuine.extend(&cluster.cost_genuine);
        pooled.cost_forged.extend(&cluster.cost_forged);
    }
    pooled
}

/// The place of the refusals at the smallest supported bound among the statistics.
const AT_SUPPORTED: usize = 4;

/// The place of the refusals at the first of [`FALSE_ACCEPTANCE_BOUNDS`].
const FIRST_BOUND: usize = 5;

/// Equal error rate, the two costs and their difference, refusals at the smallest supported bound and
/// at each bound, in this order.
fn statistics(
    pooled: &Cluster,
    far_supported: Option<f64>,
) -> [Option<f64>; FIRST_BOUND + FALSE_ACCEPTANCE_BOUNDS.len()] {
    let scores = Scores::new(pooled.genuine.clone(), pooled.forged.clone());
    let [first, second] = FALSE_ACCEPTANCE_BOUNDS.map(|far| scores.false_refusals_at(far));
    let cost = cllr(&pooled.cost_genuine, &pooled.cost_forged);
    let least = cllr_min(&pooled.cost_genuine, &pooled.cost_forged);
    [
        scores.equal_error_rate(),
        cost,
        least,
        cost.zip(least).map(|(cost, least)| cost - least),
        far_supported.and_then(|far| scores.false_refusals_at(far)),
        first,
        second,
    ]
}

fn too_few(genuine: usize, forged: usize) -> Option<String> {
    let smaller = genuine.min(forged);
    (smaller < TRIALS_MIN).then(|| format!("not supported by n = {smaller} (< {TRIALS_MIN})"))
}

fn rule_of_three(far: f64, forged: usize) -> Option<String> {
    let needed = (RULE_OF_THREE / far).ceil();
    ((forged as f64) < needed).then(|| format!("not supported by n = {forged} (< {needed})"))
}

/// The thresholds that keep the supported ones among some bounds, from the largest bound down.
fn at_far(scores: &Scores, bounds: impl Iterator<Item = (f64, Figure)>) -> Vec<AtFar> {
    let mut points: Vec<AtFar> = bounds
        .filter(|(_, frr)| frr.unsupported.is_none())
        .filter_map(|(far, frr)| {
            let point = scores.at_rate(far)?;
            Some(AtFar {
                far,
                forged_accepted: point.forged_accepted,
                threshold_log10_lr: Some(point.threshold).filter(|threshold| threshold.is_finite()),
                genuine_refused: point.genuine_refused,
                frr,
            })
        })
        .collect();
    points.sort_by(|a, b| b.far.total_cmp(&a.far));
    points.dedup_by(|a, b| (a.far - b.far).abs() < 1e-9);
    points
}

fn at_counts(scores: &Scores) -> Vec<AtCount> {
    let mut points: Vec<AtCount> = ACCEPTED_COUNTS
        .iter()
        .filter(|count| **count < scores.forged())
        .map(|count| {
            let point = scores.at_most(*count);
            AtCount {
                forged_accepted: point.forged_accepted,
                threshold_log10_lr: Some(point.threshold).filter(|threshold| threshold.is_finite()),
                genuine_refused: point.genuine_refused,
            }
        })
        .collect();
    // Where scores tie, no threshold lets just so many pass.
    points.dedup_by_key(|point| point.forged_accepted);
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::Opinion;
    use crate::evaluation::truth;
    use crate::verdict::Conclusion;
    use crate::verdict::Condition;

    fn trial(label: &str, seal: usize, log10_lr: Option<f64>) -> Trial {
        let line = format!("{{\"document\":\"a\",\"label\":\"{label}\",\"seal\":\"S{seal}\"}}");
        Trial {
            truth: truth::parse(&line).unwrap().remove(0),
            registered: true,
            read: true,
            detected: true,
            centre_error_mm: None,
            width_error_mm: None,
            top_candidate: None,
            named: None,
            printed: false,
            linked: crate::evaluation::linkage::Linked::default(),
            of_die_with: Vec::new(),
            opinion: Some(Opinion {
                log10_lr,
                conclusion: Conclusion::Undecided,
                condition: Condition::Sound,
            }),
            placed: None,
            measured: Vec::new(),
        }
    }

    fn verify(genuine: &[Option<f64>], forged: &[Option<f64>]) -> Verification {
        let make = |label: &str, scores: &[Option<f64>]| -> Vec<Trial> {
            let numbered = scores.iter().enumerate();
            numbered
                .map(|(index, score)| trial(label, index % 4, *score))
                .collect()
        };
        let (genuine, forged) = (make("genuine", genuine), make("forged", forged));
        Verification::of(
            &genuine.iter().collect::<Vec<_>>(),
            &forged.iter().collect::<Vec<_>>(),
            1,
        )
    }

    #[test]
    fn unexamined_genuine_ones_are_refused_and_unexamined_forgeries_left_out() {
        let genuine = [vec![Some(1.0); 9], vec![None]].concat();
        let forged = [vec![Some(-1.0); 5], vec![None; 3]].concat();
        let figures = verify(&genuine, &forged);
        assert_eq!((figures.genuine, figures.genuine_never_accepted), (10, 1));
        assert_eq!((figures.forged, figures.forged_without_score), (5, 3));
        // FAR falls from 1 to 0 where FRR stands at one tenth.
        assert!((figures.eer.value.unwrap() - 0.1).abs() < 1e-12);
        assert_eq!(figures.at_counts[0].genuine_refused, 1);
        assert_eq!((figures.genuine_seals, figures.forged_seals), (4, 4));
    }

    #[test]
    fn not_examined_costs_one_bit_in_either_kind() {
        let genuine = [vec![Some(300.0); 5], vec![None; 5]].concat();
        let figures = verify(&genuine, &[Some(-300.0); 5]);
        assert!((figures.cllr.value.unwrap() - 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_rate_that_the_numbers_cannot_support_says_so() {
        let figures = verify(&[Some(1.0); 20], &[Some(-1.0); 299]);
        let (far, refused) = &figures.frr_at_far[0];
        assert!((far - 0.01).abs() < 1e-12 && refused.value.is_none());
        let why = refused.unsupported.as_deref().unwrap();
        assert_eq!(why, "not supported by n = 299 (< 300)");
        let enough = verify(&[Some(1.0); 20], &[Some(-1.0); 300]);
        assert!(enough.frr_at_far[0].1.value.unwrap().abs() < 1e-12);
        assert!(enough.frr_at_far[1].1.value.is_none());
        let few = verify(&[Some(1.0); 20], &[Some(-1.0); 4]);
        assert!(few.eer.value.is_none() && few.cllr.unsupported.is_some());
    }

    #[test]
    fn the_smallest_supported_bound_is_three_over_the_forgeries() {
        // Forged at 0 to 59; three may pass, so the threshold is the next genuine score, 56.5.
        let forged: Vec<_> = (0..60).map(|i| Some(f64::from(i))).collect();
        let genuine: Vec<_> = [56.5, 57.5, 55.5, 80.0, 81.0].map(Some).to_vec();
        let figures = verify(&genuine, &forged);
        assert!((figures.far_supported.unwrap() - 0.05).abs() < 1e-12);
        let [point] = figures.at_far.as_slice() else {
            panic!(
                "neither FAR 1 % nor 0.1 % is supported: {:?}",
                figures.at_far
            );
        };
        assert_eq!((point.forged_accepted, point.genuine_refused), (3, 1));
        assert!((point.threshold_log10_lr.unwrap() - 56.5).abs() < 1e-12);
        assert!((point.frr.value.unwrap() - 0.2).abs() < 1e-12);
        let few = verify(&genuine, &[Some(0.0); 4]);
        assert!(few.far_supported.is_none() && few.at_far.is_empty());
    }

    #[test]
    fn bounds_that_coincide_are_stated_once() {
        let forged: Vec<_> = (0..300).map(|i| Some(f64::from(i))).collect();
        let figures = verify(&[Some(400.0); 5], &forged);
        assert_eq!(figures.at_far.len(), 1, "{:?}", figures.at_far);
        assert!((figures.at_far[0].far - 0.01).abs() < 1e-12);
    }

    #[test]
    fn the_calibration_loss_is_all_of_the_cost_of_a_separable_set() {
        let figures = verify(&[Some(1.0); 5], &[Some(-1.0); 5]);
        assert!(figures.cllr_min.value.unwrap().abs() < 1e-12);
        let loss = figures.calibration_loss.value.unwrap();
        assert!((loss - libm::log2(1.1)).abs() < 1e-9, "{loss}");
    }

    #[test]
    fn the_interval_encloses_the_figure() {
        let genuine: Vec<_> = (0..40).map(|i| Some(f64::from(i % 10) - 2.0)).collect();
        let forged: Vec<_> = (0..40).map(|i| Some(f64::from(i % 9) - 6.0)).collect();
        let figures = verify(&genuine, &forged);
        let (value, interval) = (figures.eer.value.unwrap(), figures.eer.interval.unwrap());
        assert!(
            interval.low <= value && value <= interval.high,
            "{value} {interval:?}"
        );
    }
}
