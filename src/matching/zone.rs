//! Robust fits through the shifts of a zone's parts: a similarity, or a mean outward move.

use nalgebra::{SMatrix, SVector};

use crate::geometry::Vec2;
use crate::matching::field::Part;

/// Model error of a part's shift, millimetres: rubber and paper at the scale of a letter.
pub(super) const PART_NOISE_MM: f64 = 0.02;
/// Least parts for a fit.
pub(super) const PARTS_MIN: usize = 5;
/// Shift, turn (radians) and growth of a zone.
#[derive(Clone, Copy, Debug)]
pub(super) struct ZoneFit {
    pub solution: SVector<f64, 4>,
    pub covariance: SMatrix<f64, 4, 4>,
}

/// The rows of a similarity's shift at a place: dx and dy by (tx, ty, turn, growth).
pub(super) fn rows(at: Vec2) -> [SVector<f64, 4>; 2] {
    [
        SVector::from([1.0, 0.0, -at.y, at.x]),
        SVector::from([0.0, 1.0, at.x, at.y]),
    ]
}

pub(super) fn predicted(fit: &ZoneFit, at: Vec2) -> Vec2 {
    let [x, y] = rows(at);
    Vec2::new(x.dot(&fit.solution), y.dot(&fit.solution))
}

/// Inverse of a part's covariance with the model error added: xx, xy, yy.
pub(super) fn precision(part: &Part) -> [f64; 3] {
    let [xx, xy, yy] = part.covariance;
    let (xx, yy) = (
        xx + PART_NOISE_MM * PART_NOISE_MM,
        yy + PART_NOISE_MM * PART_NOISE_MM,
    );
    let det = (xx * yy - xy * xy).max(1e-12);
    [yy / det, -xy / det, xx / det]
}

/// Squared distance of a shift in its own uncertainty.
pub(super) fn squared(precision: [f64; 3], miss: Vec2) -> f64 {
    precision[0] * miss.x * miss.x
        + 2.0 * precision[1] * miss.x * miss.y
        + precision[2] * miss.y * miss.y
}

/// A robust similarity through the parts' shifts.
pub(super) fn fit(parts: &[&Part]) -> Option<ZoneFit> {
    if parts.len() < PARTS_MIN {
        return None;
    }
    let mut found = ZoneFit {
        solution: SVector::zeros(),
        covariance: SMatrix::zeros(),
    };
    for _ in 0..5 {
        let mut normal = SMatrix::<f64, 4, 4>::identity() * 1e-6;
        let mut right = SVector::<f64, 4>::zeros();
        for part in parts {
            let p = precision(part);
            let miss = part.shift - predicted(&found, part.at);
            // Cauchy weights: letters that were moved must not move the frame.
            let weight = 1.0 / (1.0 + squared(p, miss) / 9.0);
            let [x, y] = rows(part.at);
            let pull = |row: SVector<f64, 4>, a: f64, b: f64| {
                row * (weight * (a * part.shift.x + b * part.shift.y))
            };
            normal += (x * x.transpose() * p[0] + y * y.transpose() * p[2]) * weight;
            normal += (x * y.transpose() + y * x.transpose()) * (p[1] * weight);
            right += pull(x, p[0], p[1]) + pull(y, p[1], p[2]);
        }
        found.covariance = normal.try_inverse()?;
        found.solution = found.covariance * right;
    }
    Some(found)
}

/// Weighted mean of outward shifts with its variance; Cauchy weights.
pub(super) fn outward_mean(parts: &[&Part], offset: impl Fn(&Part) -> f64) -> Option<(f64, f64)> {
    if parts.len() < PARTS_MIN {
        return None;
    }
    let values: Vec<(f64, f64)> = parts
        .iter()
        .filter_map(|part| {
            let n = part.normal?;
            let [xx, xy, yy] = part.covariance;
            let variance = n.x * n.x * xx + 2.0 * n.x * n.y * xy + n.y * n.y * yy;
            Some((offset(part), variance + PART_NOISE_MM * PART_NOISE_MM))
        })
        .collect();
    robust_mean(&values)
}

/// Mean of (value, variance) with Cauchy weights around the median, and its variance.
pub(super) fn robust_mean(values: &[(f64, f64)]) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = values.iter().map(|value| value.0).collect();
    sorted.sort_by(f64::total_cmp);
    let mut mean = *sorted.get(sorted.len() / 2)?;
    let mut variance = 0.0;
    for _ in 0..4 {
        let (mut total, mut sum, mut spread) = (1e-12, 0.0, 0.0);
        for &(value, own) in values {
            let miss = value - mean;
            let weight = 1.0 / (own * (1.0 + miss * miss / (9.0 * own)));
            total += weight;
            sum += weight * value;
            spread += weight * weight * (own + miss * miss);
        }
        mean = sum / total;
        variance = spread / (total * total);
    }
    Some((mean, variance))
}
