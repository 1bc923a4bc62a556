//! How far a part stands off those around it.

use crate::geometry::Vec2;
use crate::matching::field::Part;
use crate::matching::shifts::PART_NOISE_MM;
use crate::matching::shifts::directions;

/// Length of a part's shift against the median of its neighbours within 6 mm, millimetres, each
/// direction counted by how well it is known.
pub(super) fn off_neighbours(part: &Part, inner: &[&Part]) -> f64 {
    let Some((miss, _)) = against_neighbours(part, inner) else {
        return 0.0;
    };
    let (mut square, mut known) = (0.0, 0.0);
    for (direction, variance) in directions(part) {
        let own = direction.dot(miss);
        square += own * own / variance;
        known += 1.0 / variance;
    }
    libm::sqrt(2.0 * square / known)
}

/// A part's shift against its neighbours, millimetres, and its covariance (xx, xy, yy) where noise is as large as
/// expected: its own, with that of the neighbours' mean. `None` where it has no neighbours.
pub(super) fn displaced(part: &Part, inner: &[&Part]) -> Option<(Vec2, [f64; 3])> {
    let (miss, total) = against_neighbours(part, inner)?;
    let mut covariance = with_noise(part);
    for other in near(part, inner) {
        let share = 1.0 / (variance(other) * total);
        for (sum, own) in covariance.iter_mut().zip(with_noise(other)) {
            *sum += share * share * own;
        }
    }
    Some((miss, covariance))
}

/// A part's shift against the weighted mean of its neighbours, and their weights' sum.
fn against_neighbours(part: &Part, inner: &[&Part]) -> Option<(Vec2, f64)> {
    let (mut total, mut sum) = (0.0, Vec2::ZERO);
    for other in near(part, inner) {
        let variance = variance(other);
        total += 1.0 / variance;
        sum += other.shift / variance;
    }
    if total <= 0.0 {
        return None;
    }
    Some((part.shift - sum / total, total))
}

fn near<'a>(part: &Part, inner: &'a [&'a Part]) -> impl Iterator<Item = &'a Part> {
    let at = part.at;
    inner.iter().copied().filter(move |other| {
        let square = (other.at - at).hypot2();
        square > 0.5 * 0.5 && square < 6.0 * 6.0
    })
}

/// Variance of a part's shift in both directions together.
fn variance(part: &Part) -> f64 {
    part.covariance[0] + part.covariance[2] + 2.0 * PART_NOISE_MM * PART_NOISE_MM
}

/// Covariance of a part's shift, with what a part's model errs by.
fn with_noise(part: &Part) -> [f64; 3] {
    let [xx, xy, yy] = part.covariance;
    let noise = PART_NOISE_MM * PART_NOISE_MM;
    [xx + noise, xy, yy + noise]
}
