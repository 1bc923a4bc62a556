//! The cost of a likelihood ratio, and the part of it that no recalibration could remove.
//!
//! Source: N. Brümmer and J. du Preez, Computer Speech & Language 20(2–3), 2006.

/// The cost of base-10 log likelihood ratios in bits; `None` unless there are trials of both kinds.
///
/// 0 is perfect, 1 is the cost of always saying "it could be either".
#[must_use]
pub fn cllr(genuine: &[f64], forged: &[f64]) -> Option<f64> {
    let for_genuine = mean(genuine.iter().map(|log10_lr| bits(-log10_lr)))?;
    let for_forged = mean(forged.iter().map(|log10_lr| bits(*log10_lr)))?;
    Some(f64::midpoint(for_genuine, for_forged))
}

/// The cost that remains when the same scores are mapped to likelihood ratios as well as their order
/// allows (by pooling adjacent violators); `None` unless there are trials of both kinds.
#[must_use]
pub fn cllr_min(genuine: &[f64], forged: &[f64]) -> Option<f64> {
    if genuine.is_empty() || forged.is_empty() {
        return None;
    }
    let prior_odds = genuine.len() as f64 / forged.len() as f64;
    let (mut for_genuine, mut for_forged) = (0.0, 0.0);
    for block in pooled(genuine, forged) {
        if block.genuine > 0 && block.forged > 0 {
            let ratio = block.genuine as f64 / block.forged as f64 / prior_odds;
            for_genuine += block.genuine as f64 * libm::log2(1.0 + 1.0 / ratio);
            for_forged += block.forged as f64 * libm::log2(1.0 + ratio);
        }
    }
    Some(f64::midpoint(
        for_genuine / genuine.len() as f64,
        for_forged / forged.len() as f64,
    ))
}

/// Base-10 log likelihood ratios after the best recalibration that keeps their order; infinite where
/// a run of scores holds one kind alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// Those of genuine trials, ascending.
    pub genuine: Vec<f64>,
    /// Those of forged trials, ascending.
    pub forged: Vec<f64>,
}

/// Recalibrates ratios by pooling adjacent violators; without trials of both kinds nothing remains.
#[must_use]
pub fn calibrated(genuine: &[f64], forged: &[f64]) -> Calibrated {
    let mut best = Calibrated {
        genuine: Vec::new(),
        forged: Vec::new(),
    };
    if genuine.is_empty() || forged.is_empty() {
        return best;
    }
    let prior_odds = genuine.len() as f64 / forged.len() as f64;
    for block in pooled(genuine, forged) {
        let odds = block.genuine as f64 / block.forged as f64;
        let log10_lr = libm::log10(odds / prior_odds);
        best.genuine
            .extend(std::iter::repeat_n(log10_lr, block.genuine));
        best.forged
            .extend(std::iter::repeat_n(log10_lr, block.forged));
    }
    best
}

/// The cost in bits of log ratios for a reader whose log odds before the comparison are `log10_odds`
/// for the seal: [`cllr`] at even odds. `None` unless there are trials of both kinds.
#[must_use]
pub fn entropy(genuine: &[f64], forged: &[f64], log10_odds: f64) -> Option<f64> {
    let odds = libm::exp10(log10_odds);
    let prior = odds / (1.0 + odds);
    let for_genuine = mean(genuine.iter().map(|log10_lr| bits(-log10_lr - log10_odds)))?;
    let for_forged = mean(forged.iter().map(|log10_lr| bits(log10_lr + log10_odds)))?;
    Some(prior * for_genuine + (1.0 - prior) * for_forged)
}

/// A run of neighbouring scores that share one likelihood ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Block {
    genuine: usize,
    forged: usize,
}

impl Block {
    /// Whether this block's share of genuine trials is at least that of `next`.
    const fn violates(self, next: Self) -> bool {
        self.genuine * (next.genuine + next.forged) >= next.genuine * (self.genuine + self.forged)
    }
}

/// Pools adjacent violators: blocks of ascending scores whose share of genuine trials rises.
fn pooled(genuine: &[f64], forged: &[f64]) -> Vec<Block> {
    let mut trials: Vec<(f64, bool)> = genuine
        .iter()
        .map(|score| (*score, true))
        .chain(forged.iter().map(|score| (*score, false)))
        .collect();
    trials.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut blocks: Vec<Block> = Vec::new();
    for tied in trials.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let genuine = tied.iter().filter(|trial| trial.1).count();
        let mut block = Block {
            genuine,
            forged: tied.len() - genuine,
        };
        while let Some(last) = blocks.last().copied().filter(|last| last.violates(block)) {
            blocks.pop();
            block = Block {
                genuine: last.genuine + block.genuine,
                forged: last.forged + block.forged,
            };
        }
        blocks.push(block);
    }
    blocks
}

/// log2(1 + 10^x), without overflow.
fn bits(x: f64) -> f64 {
    let natural = x * std::f64::consts::LN_10;
    let positive = natural.max(0.0);
    (positive + libm::log1p(libm::exp(-natural.abs()))) / std::f64::consts::LN_2
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn saying_nothing_costs_one_bit() {
        assert!(near(cllr(&[0.0, 0.0], &[0.0]), 1.0));
        assert!(near(cllr_min(&[0.0, 0.0], &[0.0]), 1.0));
    }

    #[test]
    fn a_right_ratio_of_ten_costs_log2_of_eleven_tenths() {
        let cost = libm::log2(1.1);
        assert!(near(cllr(&[1.0], &[-1.0]), cost));
        // Ten to one for the wrong side on one of two genuine trials.
        let wrong = f64::midpoint(f64::midpoint(cost, libm::log2(11.0)), cost);
        assert!(near(cllr(&[1.0, -1.0], &[-1.0]), wrong));
    }

    #[test]
    fn large_ratios_do_not_overflow() {
        assert!(near(cllr(&[400.0], &[-400.0]), 0.0));
        let wrong = cllr(&[-400.0], &[-400.0]).unwrap();
        assert!((wrong - 200.0 * libm::log2(10.0)).abs() < 1e-6, "{wrong}");
    }

    #[test]
    fn the_least_cost_depends_on_order_alone() {
        assert!(near(cllr_min(&[5.0, 6.0], &[3.0, 4.0]), 0.0));
        // F G F G: the middle two pool to a ratio of one, one bit for half of each kind.
        assert!(near(cllr_min(&[1.0, 3.0], &[2.0, 0.0]), 0.5));
        assert!(near(cllr_min(&[10.0, 30.0], &[20.0, 0.0]), 0.5));
        // Reversed order: everything pools.
        assert!(near(cllr_min(&[0.0, 1.0], &[2.0, 3.0]), 1.0));
    }

    #[test]
    fn unequal_numbers_are_weighed_by_kind() {
        // Ascending F, {G G F}: the pooled block has odds 2, prior odds 1, ratio 2.
        let expected = f64::midpoint(libm::log2(1.5), 0.5 * libm::log2(3.0));
        assert!(near(cllr_min(&[1.0, 1.0], &[0.0, 1.0]), expected));
    }

    #[test]
    fn recalibrated_ratios_cost_the_least() {
        // F G F G: the middle two pool to a ratio of one, the ends are certain.
        let best = calibrated(&[1.0, 3.0], &[2.0, 0.0]);
        assert_eq!(best.genuine, [0.0, f64::INFINITY]);
        assert_eq!(best.forged, [f64::NEG_INFINITY, 0.0]);
        assert!(near(cllr(&best.genuine, &best.forged), 0.5));
    }

    #[test]
    fn entropy_is_the_cost_at_even_odds_and_vanishes_with_certainty() {
        let (genuine, forged) = ([1.0, -1.0], [-1.0]);
        let even = entropy(&genuine, &forged, 0.0);
        assert!(near(even, cllr(&genuine, &forged).unwrap()));
        // Saying nothing at odds of a hundred to one leaves the entropy of the odds themselves.
        let prior: f64 = 100.0 / 101.0;
        let own = -prior * libm::log2(prior) - (1.0 - prior) * libm::log2(1.0 - prior);
        assert!(near(entropy(&[0.0], &[0.0], 2.0), own));
    }

    #[test]
    fn costs_need_trials_of_both_kinds() {
        assert_eq!(cllr(&[], &[1.0]), None);
        assert_eq!(cllr_min(&[1.0], &[]), None);
    }
}
