//! Error rates of a score: equal error rate, and refusals at a bound on false acceptances.
//!
//! A trial is accepted if its score reaches the threshold. A genuine trial that must never count as
//! accepted has the score −∞; a forged one always has a finite score.

/// Scores of genuine and forged trials, each ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    genuine: Vec<f64>,
    forged: Vec<f64>,
}

/// One threshold and what it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operating {
    /// Trials with at least this score are accepted.
    pub threshold: f64,
    /// Forged trials accepted.
    pub forged_accepted: usize,
    /// Genuine trials refused.
    pub genuine_refused: usize,
}

impl Scores {
    /// Takes scores in any order.
    ///
    /// # Panics
    /// If a score is not a number, or a forged one not finite.
    #[must_use]
    pub fn new(mut genuine: Vec<f64>, mut forged: Vec<f64>) -> Self {
        assert!(
            genuine.iter().all(|score| !score.is_nan())
                && forged.iter().all(|score| score.is_finite()),
            "scores are numbers, and those of forged trials finite"
        );
        genuine.sort_by(f64::total_cmp);
        forged.sort_by(f64::total_cmp);
        Self { genuine, forged }
    }

    /// How many genuine trials there are.
    #[must_use]
    pub const fn genuine(&self) -> usize {
        self.genuine.len()
    }

    /// How many forged trials there are.
    #[must_use]
    pub const fn forged(&self) -> usize {
        self.forged.len()
    }

    /// Every distinct operating point, from accepting all that have a score to accepting none.
    #[must_use]
    pub fn operating(&self) -> Vec<Operating> {
        let mut thresholds: Vec<f64> = self.genuine.iter().chain(&self.forged).copied().collect();
        thresholds.retain(|score| score.is_finite());
        thresholds.sort_by(f64::total_cmp);
        thresholds.dedup_by(|a, b| a.total_cmp(b).is_eq());
        thresholds.push(f64::INFINITY);
        let (mut genuine, mut forged) = (0, 0);
        let mut points = Vec::with_capacity(thresholds.len());
        for threshold in thresholds {
            while self
                .genuine
                .get(genuine)
                .is_some_and(|score| *score < threshold)
            {
                genuine += 1;
            }
            while self
                .forged
                .get(forged)
                .is_some_and(|score| *score < threshold)
            {
                forged += 1;
            }
            points.push(Operating {
                threshold,
                forged_accepted: self.forged.len() - forged,
                genuine_refused: genuine,
            });
        }
        points
    }

    /// The rate at which false acceptances equal false refusals, interpolated between the two
    /// operating points that enclose it; `None` unless there are trials of both kinds.
    #[must_use]
    pub fn equal_error_rate(&self) -> Option<f64> {
        if self.genuine.is_empty() || self.forged.is_empty() {
            return None;
        }
        let rates = |point: &Operating| {
            let accepted = point.forged_accepted as f64 / self.forged.len() as f64;
            let refused = point.genuine_refused as f64 / self.genuine.len() as f64;
            (accepted, refused)
        };
        let mut before = (1.0, 0.0);
        for point in self.operating() {
            let (accepted, refused) = rates(&point);
            if refused >= accepted {
                let (gap, overshoot) = (before.0 - before.1, refused - accepted);
                let share: f64 = gap / (gap + overshoot);
                return Some(before.1 + share * (refused - before.1));
            }
            before = (accepted, refused);
        }
        unreachable!("accepting none refuses every genuine trial")
    }

    /// The lowest threshold that lets at most `forged_accepted_max` forged trials pass.
    #[must_use]
    pub fn at_most(&self, forged_accepted_max: usize) -> Operating {
        let points = self.operating();
        let first = points.partition_point(|point| point.forged_accepted > forged_accepted_max);
        points[first]
    }

    /// The share of genuine trials refused where at most `far` of the forged ones pass; `None`
    /// unless there are trials of both kinds.
    #[must_use]
    pub fn false_refusals_at(&self, far: f64) -> Option<f64> {
        let point = self.at_rate(far)?;
        Some(point.genuine_refused as f64 / self.genuine.len() as f64)
    }

    /// The lowest threshold that lets at most `far` of the forged trials pass; `None` unless there
    /// are trials of both kinds.
    #[must_use]
    pub fn at_rate(&self, far: f64) -> Option<Operating> {
        if self.genuine.is_empty() || self.forged.is_empty() {
            return None;
        }
        // A bound that is a count over the number of trials must not lose one to rounding.
        let accepted_max = far * self.forged.len() as f64 + 1e-9;
        self.operating()
            .into_iter()
            .find(|point| point.forged_accepted as f64 <= accepted_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eer(genuine: &[f64], forged: &[f64]) -> f64 {
        Scores::new(genuine.to_vec(), forged.to_vec())
            .equal_error_rate()
            .unwrap()
    }

    #[test]
    fn separate_scores_have_no_equal_error() {
        assert!(eer(&[2.0, 1.0], &[0.0, -1.0]).abs() < 1e-12);
    }

    #[test]
    fn one_of_three_confused_on_either_side_is_a_third() {
        assert!((eer(&[1.0, 2.0, 3.0], &[-1.0, 0.0, 1.5]) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn ties_are_interpolated() {
        // Threshold 2: FAR 1/2, FRR 1/3; none accepted: FAR 0, FRR 1. They meet at 3/7.
        assert!((eer(&[1.0, 2.0, 2.0], &[2.0, 0.0]) - 3.0 / 7.0).abs() < 1e-12);
        assert!((eer(&[0.0, 0.0], &[0.0]) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn genuine_trials_never_accepted_are_refused_at_every_threshold() {
        let missed = f64::NEG_INFINITY;
        let scores = Scores::new(vec![missed, 5.0, 5.0, 5.0], vec![0.0, 1.0]);
        assert_eq!(scores.operating()[0].genuine_refused, 1);
        assert_eq!(scores.at_most(0).genuine_refused, 1);
        // FAR falls from 1/2 to 0 while FRR stays at 1/4: they meet at 1/4.
        assert!((scores.equal_error_rate().unwrap() - 0.25).abs() < 1e-12);
        assert!((eer(&[missed, missed], &[0.0]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn refusals_at_a_bound_take_the_lowest_threshold_that_keeps_it() {
        let forged: Vec<f64> = (0..100).map(f64::from).collect();
        let scores = Scores::new(vec![98.5, 99.5, 97.5, 200.0], forged);
        // One of a hundred may pass: the threshold is 98.5, which refuses 97.5 alone.
        assert!((scores.false_refusals_at(0.01).unwrap() - 0.25).abs() < 1e-12);
        // None may pass: 99.5 and 200 remain.
        assert!((scores.false_refusals_at(0.001).unwrap() - 0.5).abs() < 1e-12);
        assert!((scores.at_most(0).threshold - 99.5).abs() < 1e-12);
    }

    #[test]
    fn rates_need_trials_of_both_kinds() {
        assert_eq!(Scores::new(vec![1.0], vec![]).equal_error_rate(), None);
        assert_eq!(Scores::new(vec![], vec![1.0]).false_refusals_at(0.1), None);
    }
}
