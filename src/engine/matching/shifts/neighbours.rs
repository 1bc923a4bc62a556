//! How far a part stands off those around it.

use crate::geometry::Vec2;
use crate::matching::field::Part;
use crate::matching::shifts::PART_NOISE_MM;
use crate::matching::shifts::directions;

/// Length of a part's shift against the median of its neighbours within 6 mm, millimetres, each
/// direction counted by how well it is known.
pub(super) fn off_neighbours(part: &Part, inner: &[&Part]) -> f64 {
    let near = inner.iter().filter(|other| {
        let square = (other.at - part.at).hypot2();
        square > 0.5 * 0.5 && square < 6.0 * 6.0
    });
    let (mut total, mut sum) = (0.0, Vec2::ZERO);
    for other in near {
        let variance =
            other.covariance[0] + other.covariance[2] + 2.0 * PART_NOISE_MM * PART_NOISE_MM;
        total += 1.0 / variance;
        sum += other.shift / variance;
    }
    if total <= 0.0 {
        return 0.0;
    }
    let miss = part.shift - sum / total;
    let (mut square, mut known) = (0.0, 0.0);
    for (direction, variance) in directions(part) {
        let own = direction.dot(miss);
        square += own * own / variance;
        known += 1.0 / variance;
    }
    libm::sqrt(2.0 * square / known)
}
