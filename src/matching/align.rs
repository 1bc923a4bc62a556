//! Affine alignment of an impression to a specimen: robust Gauss-Newton on ink maps.
//!
//! Inverse compositional (Baker and Matthews 2004): the specimen's gradients are fixed, pixels are
//! weighted by what is visible in both and by how well they agree, and gain and offset of the ink
//! are solved along.

use nalgebra::{SMatrix, SVector};

use crate::geometry::Affine;
use crate::geometry::Point;
use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::gradient;
use crate::imaging::sample;
use crate::matching::canonical::Canonical;

/// Gradient pixels used at most at one level: the coarse ones need few.
const POINTS_MAX: usize = 8_000;
const POINTS_COARSE_MAX: usize = 2_500;
/// Residual, as a share of full ink, at which a pixel counts half.
const SOFTNESS: f32 = 0.3;
/// The same for extra ink where text cannot be told from the seal.
const SOFTNESS_EXTRA: f32 = 0.18;

/// A specimen prepared for alignment at one smoothing.
#[derive(Clone, Debug)]
pub(super) struct Level {
    sigma: f64,
    points: Vec<Sample>,
    centre: Point,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    position: Point,
    value: f32,
    gradient: (f32, f32),
    weight: f32,
}

/// Where an alignment ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alignment {
    /// Maps the specimen's grid to the impression's grid.
    pub query_from_specimen: Affine,
    /// Correlation of the visible ink, -1 to 1, at the level's smoothing.
    pub correlation: f64,
}

/// How far the motion may deviate from a turn and a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freedom {
    /// Turn, shift and one scale.
    Similarity,
    /// Any affine map.
    Affine,
}

impl Level {
    /// Picks the specimen's gradient pixels at a smoothing of `sigma` grid samples.
    pub(super) fn new(specimen: &Canonical, sigma: f64) -> Self {
        let smooth = blur(&specimen.ink, sigma);
        let (across, down) = gradient(&smooth);
        let mut found = Vec::new();
        for y in 1..smooth.height() - 1 {
            for x in 1..smooth.width() - 1 {
                let gradient = (across.at(x, y), down.at(x, y));
                let size = gradient.0 * gradient.0 + gradient.1 * gradient.1;
                let weight = specimen.validity.at(x, y);
                if size > 4e-4 && weight > 0.1 {
                    let position = Point::new(x as f64 + 0.5, y as f64 + 0.5);
                    found.push(Sample {
                        position,
                        value: smooth.at(x, y),
                        gradient,
                        weight,
                    });
                }
            }
        }
        let most = if sigma > 3.0 {
            POINTS_COARSE_MAX
        } else {
            POINTS_MAX
        };
        let step = found.len().div_ceil(most).max(1);
        let points = found.into_iter().step_by(step).collect();
        Self {
            sigma,
            points,
            centre: specimen.outline.centre,
        }
    }
}

/// The query smoothed for a level.
pub(super) fn smoothed(query: &Canonical, level: &Level) -> Density {
    blur(&query.ink, level.sigma)
}

/// Refines an alignment; `separable` says that text was taken out of the query's ink.
///
/// `None` if the map runs away from anything that two scans of one seal could need.
pub(super) fn refine(
    level: &Level,
    (ink, validity): (&Density, &Density),
    start: Affine,
    (freedom, rounds): (Freedom, usize),
    separable: bool,
) -> Option<Alignment> {
    let mut map = start;
    let mut correlation = 0.0;
    for _ in 0..rounds {
        let seen = look(level, (ink, validity), map);
        let (gain, offset, agreement) = gain(level, &seen);
        correlation = agreement;
        let step = step(level, &seen, (gain, offset), freedom, separable)?;
        let inverse = step.inverse();
        map *= inverse;
        if !plausible(map) {
            return None;
        }
    }
    Some(Alignment {
        query_from_specimen: map,
        correlation,
    })
}

/// The query's ink and weight at each of the level's points.
fn look(level: &Level, (ink, validity): (&Density, &Density), map: Affine) -> Vec<(f32, f32)> {
    let [a, b, c, d, e, f] = map.as_coeffs();
    level
        .points
        .iter()
        .map(|point| {
            let Point { x, y } = point.position;
            let (u, v) = (a * x + c * y + e, b * x + d * y + f);
            (
                sample(ink, u, v, 0.0),
                sample(validity, u, v, 0.0) * point.weight,
            )
        })
        .collect()
}

/// Weighted gain and offset of the query over the specimen, and their correlation.
fn gain(level: &Level, seen: &[(f32, f32)]) -> (f32, f32, f64) {
    let (mut n, mut st, mut sq, mut stt, mut sqq, mut stq) = (1e-9, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (point, &(value, weight)) in level.points.iter().zip(seen) {
        let (t, q, w) = (f64::from(point.value), f64::from(value), f64::from(weight));
        n += w;
        st += w * t;
        sq += w * q;
        stt += w * t * t;
        sqq += w * q * q;
        stq += w * t * q;
    }
    let (vt, vq) = (stt / n - (st / n) * (st / n), sqq / n - (sq / n) * (sq / n));
    let cov = stq / n - st / n * (sq / n);
    let correlation = cov / (vt * vq).max(1e-12).sqrt();
    let gain = (cov / vt.max(1e-9)).clamp(0.3, 2.0);
    let offset = (sq / n - gain * st / n).clamp(-0.3, 0.3);
    (
        crate::units::single(gain),
        crate::units::single(offset),
        correlation,
    )
}

/// One Gauss-Newton step, as a map of the specimen's frame.
fn step(
    level: &Level,
    seen: &[(f32, f32)],
    (gain, offset): (f32, f32),
    freedom: Freedom,
    separable: bool,
) -> Option<Affine> {
    // Positions are scaled so that all parameters are of one size.
    let unit = 100.0;
    let mut normal = SMatrix::<f64, 6, 6>::identity() * 1e-3;
    let mut right = SVector::<f64, 6>::zeros();
    for (point, &(value, weight)) in level.points.iter().zip(seen) {
        if weight < 0.05 {
            continue;
        }
        let residual = (value - offset) / gain - point.value;
        let soft = if residual > 0.0 && !separable {
            SOFTNESS_EXTRA
        } else {
            SOFTNESS
        };
        let share = residual / soft;
        let weight = f64::from(weight / (1.0 + share * share));
        let (gx, gy) = (f64::from(point.gradient.0), f64::from(point.gradient.1));
        let x = (point.position.x - level.centre.x) / unit;
        let y = (point.position.y - level.centre.y) / unit;
        let row = SVector::<f64, 6>::from([gx, gy, gx * x, gx * y, gy * x, gy * y]);
        normal += row * row.transpose() * weight;
        right += row * (weight * f64::from(residual));
    }
    let solution = match freedom {
        Freedom::Affine => normal.cholesky()?.solve(&right),
        Freedom::Similarity => similarity(&normal, &right)?,
    };
    let s = solution;
    let (cx, cy) = (level.centre.x, level.centre.y);
    let linear = Affine::new([
        1.0 + s[2] / unit,
        s[4] / unit,
        s[3] / unit,
        1.0 + s[5] / unit,
        s[0],
        s[1],
    ]);
    Some(Affine::translate((cx, cy)) * linear * Affine::translate((-cx, -cy)))
}

/// Solves for shift, turn and scale only: the affine system in those four directions.
fn similarity(normal: &SMatrix<f64, 6, 6>, right: &SVector<f64, 6>) -> Option<SVector<f64, 6>> {
    let mut basis = SMatrix::<f64, 6, 4>::zeros();
    basis[(0, 0)] = 1.0;
    basis[(1, 1)] = 1.0;
    basis[(2, 2)] = 1.0;
    basis[(5, 2)] = 1.0;
    basis[(3, 3)] = -1.0;
    basis[(4, 3)] = 1.0;
    let reduced = basis.transpose() * normal * basis;
    let solved = reduced.cholesky()?.solve(&(basis.transpose() * right));
    Some(basis * solved)
}

/// Whether a map's stretch is anything that two scans of one design can differ by.
fn plausible(map: Affine) -> bool {
    let [a, b, c, d, ..] = map.as_coeffs();
    let det = a * d - b * c;
    let (x, y) = (libm::hypot(a, b), libm::hypot(c, d));
    (0.6..1.6).contains(&det) && (0.8..1.25).contains(&(x / y))
}
