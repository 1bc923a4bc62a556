//! Order statistics: the value that stands at a rank among others.
//!
//! Numbers stand in the order of `total_cmp`, so that a result depends on the values alone and never on how they come. Nothing has no
//! order statistic: `None`. A quantile is defined in several ways, and what was chosen or calibrated by one is another number by the
//! next: each has its name here. All but [`quantile_interpolated`] give one of the values.

use std::cmp::Ordering;

use crate::units::floor_index;

/// A number that stands in order with every other of its type.
pub trait Number: Copy {
    /// How it stands to another.
    fn order(&self, other: &Self) -> Ordering;
}

impl Number for f32 {
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
}

impl Number for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
}

/// The value that `rank`, told how many values there are, others come before: 0 is the least; beyond the last it is the greatest.
pub fn ranked<N: Number>(
    values: impl IntoIterator<Item = N>,
    rank: impl FnOnce(usize) -> usize,
) -> Option<N> {
    let mut values: Vec<N> = values.into_iter().collect();
    let last = values.len().checked_sub(1)?;
    let rank = rank(values.len()).min(last);
    let (_, value, _) = values.select_nth_unstable_by(rank, N::order);
    Some(*value)
}

/// The middle value; the greater of two.
pub fn median<N: Number>(values: impl IntoIterator<Item = N>) -> Option<N> {
    ranked(values, |count| count / 2)
}

/// The value that a share of all, 0 to 1, lies below: of n the one of rank ⌊share · n⌋. A half gives the [`median`].
pub fn quantile<N: Number>(values: impl IntoIterator<Item = N>, share: f64) -> Option<N> {
    ranked(values, |count| floor_index(share * count as f64))
}

/// The value at a share, 0 to 1, of the way from the least to the greatest: of n the one of rank ⌊share · (n − 1)⌋.
pub fn quantile_between_ends<N: Number>(
    values: impl IntoIterator<Item = N>,
    share: f64,
) -> Option<N> {
    ranked(values, |count| floor_index(share * (count - 1) as f64))
}

/// The same of ascending values, interpolated between the two that lie beside that place: the seventh definition of Hyndman and Fan,
/// The American Statistician 50 (1996). Two in the middle give their mean.
#[must_use]
pub fn quantile_interpolated(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = floor_index(position);
    let above = (below + 1).min(last);
    let part = position - position.floor();
    Some(ascending[below] + part * (ascending[above] - ascending[below]))
}

/// Of values with their weights the first, in order, up to which the weights come to half of all.
pub fn weighted_median(values: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    let mut values: Vec<(f64, f64)> = values.into_iter().collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = 0.5 * values.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut below = 0.0_f64;
    for (value, weight) in values {
        below += weight;
        if below >= half {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_definition_has_its_own_value_whatever_order_the_values_come_in() {
        for values in [[1.0, 2.0, 3.0, 4.0_f64], [3.0, 1.0, 4.0, 2.0]] {
            let of = |share| {
                [
                    quantile(values, share),
                    quantile_between_ends(values, share),
                ]
            };
            assert_eq!(of(0.0), [Some(1.0), Some(1.0)]);
            assert_eq!(of(0.5), [Some(3.0), Some(2.0)]);
            assert_eq!(of(1.0), [Some(4.0), Some(4.0)]);
            assert_eq!(median(values), Some(3.0));
            assert_eq!(ranked(values, |count| count * 7 / 10), Some(3.0));
        }
        assert_eq!(median([0.0_f32, -0.0, f32::NAN]), Some(0.0));
    }

    #[test]
    fn quantiles_are_interpolated_from_end_to_end() {
        let near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-12;
        let ascending = [1.0, 2.0, 4.0];
        for (share, expected) in [(-1.0, 1.0), (0.0, 1.0), (0.5, 2.0), (0.75, 3.0), (1.0, 4.0)] {
            let found = quantile_interpolated(&ascending, share);
            assert!(near(found, expected), "{share}: {found:?}");
        }
        assert!(near(quantile_interpolated(&[7.0], 0.1), 7.0));
        assert!(near(quantile_interpolated(&[1.0, 2.0], 0.5), 1.5));
    }

    #[test]
    fn a_weight_counts_as_so_many_values() {
        assert_eq!(weighted_median([(3.0, 1.0), (1.0, 1.0)]), Some(1.0));
        assert_eq!(weighted_median([(3.0, 2.0), (1.0, 1.0)]), Some(3.0));
    }

    #[test]
    fn nothing_has_none() {
        let nothing: [f64; 0] = [];
        assert_eq!(median(nothing), None);
        assert_eq!(quantile(nothing, 0.5), None);
        assert_eq!(quantile_between_ends(nothing, 0.5), None);
        assert_eq!(quantile_interpolated(&nothing, 0.5), None);
        assert_eq!(weighted_median([]), None);
    }
}
