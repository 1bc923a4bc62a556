//! Affine alignment of an impression to a specimen: robust Gauss-Newton on ink maps.
//!
//! Inverse compositional (Baker and Matthews 2004): the specimen's gradients are fixed, pixels are
//! weighted by what is visible in both and by how well they agree, and gain and offset of the ink
//! are solved along.

use nalgebra::{SMatrix, SVector};

use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::blur;
use crate::imaging::gradient;
use crate::imaging::wide;
use crate::matching::canonical::Canonical;
use crate::matching::lanes::dot;
use crate::matching::lanes::sum;
use crate::matching::smoothed::BLOCK;
use crate::matching::smoothed::HALVED_FROM;
use crate::matching::smoothed::Smoothed;
use crate::units::single;

/// Smoothings at which an alignment is refined, in grid samples: the first over the full circle.
pub(super) const SIGMAS: [f64; 3] = [4.0, 2.5, 1.3];
/// Gradient pixels used at most at one level: the coarse ones need few.
const POINTS_MAX: usize = 8_000;
const POINTS_COARSE_MAX: usize = 2_500;
/// Residual, as a share of full ink, at which a pixel counts half.
const SOFTNESS: f32 = 0.3;
/// The same for extra ink where text cannot be told from the seal.
const SOFTNESS_EXTRA: f32 = 0.18;
/// Share of the way to the outline within which ink tells of the turn, and least share of the
/// visible weight there for it to be asked alone.
const INNER_SHARE: f64 = 0.84;
const INNER_WEIGHT_MIN: f64 = 0.05;
/// Step, at the most distant point and in grid samples, below which an alignment has settled: half a
/// thousandth of a millimetre, far below what any part's place is known to. Points lie within so many units of the
/// centre.
const SETTLED: f64 = 0.005;
const UNITS_MOST: f64 = 3.0;
/// Positions are scaled by this so that all parameters are of one size.
const UNIT: f32 = 100.0;

/// A specimen prepared for alignment at one smoothing: a line for each quantity of its points.
#[derive(Clone, Debug)]
pub(super) struct Level {
    /// Positions relative to the centre.
    x: Vec<f32>,
    y: Vec<f32>,
    value: Vec<f32>,
    weight: Vec<f32>,
    /// 1 inside the border, where ink tells of the turn, 0 on it.
    inner: Vec<f32>,
    /// What a step of each parameter changes: shift x and y, then the linear map by rows.
    rows: [Vec<f32>; 6],
    centre: Point,
}

/// Where an alignment ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alignment {
    /// Maps the specimen's grid to the impression's grid.
    pub query_from_specimen: Affine,
    /// Correlation of the visible ink, -1 to 1, at the level's smoothing.
    pub correlation: f64,
    /// The same inside the border: a ring agrees at every turn.
    pub inner: f64,
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
            let slopes = across.row(y).iter().zip(down.row(y));
            let line = slopes.zip(specimen.validity.row(y)).enumerate();
            for (x, ((gx, gy), &weight)) in line.skip(1).take(smooth.width() - 2) {
                if gx * gx + gy * gy > 4e-4 && weight > 0.1 {
                    found.push((x, y));
                }
            }
        }
        let most = if sigma > HALVED_FROM {
            POINTS_COARSE_MAX
        } else {
            POINTS_MAX
        };
        let centre = specimen.outline.centre;
        let mut level = Self {
            x: Vec::new(),
            y: Vec::new(),
            value: Vec::new(),
            weight: Vec::new(),
            inner: Vec::new(),
            rows: std::array::from_fn(|_| Vec::new()),
            centre,
        };
        let step = found.len().div_ceil(most).max(1);
        for (column, row) in found.into_iter().step_by(step) {
            let x = single(column as f64 + 0.5 - centre.x);
            let y = single(row as f64 + 0.5 - centre.y);
            let (gx, gy) = (across.at(column, row), down.at(column, row));
            level.x.push(x);
            level.y.push(y);
            level.value.push(smooth.at(column, row));
            level.weight.push(specimen.validity.at(column, row));
            let arm = Vec2::new(f64::from(x), f64::from(y));
            let reach = specimen.outline.radius_at(arm.atan2());
            let is_inner = arm.hypot() < INNER_SHARE * reach;
            level.inner.push(f32::from(u8::from(is_inner)));
            let (x, y) = (x / UNIT, y / UNIT);
            let changes = [gx, gy, gx * x, gx * y, gy * x, gy * y];
            for (row, change) in level.rows.iter_mut().zip(changes) {
                row.push(change);
            }
        }
        level
    }
}

/// The query's ink and weight at each of a level's points.
#[derive(Debug, Default)]
struct Seen {
    ink: Vec<f32>,
    weight: Vec<f32>,
}

/// Refines an alignment; `separable` says that text was taken out of the query's ink.
///
/// `None` if the map runs away from anything that two scans of one seal could need.
pub(super) fn refine(
    level: &Level,
    query: &Smoothed,
    start: Affine,
    (freedom, rounds): (Freedom, usize),
    separable: bool,
) -> Option<Alignment> {
    let mut map = start;
    let (mut correlation, mut inner) = (0.0, 0.0);
    let mut is_settled = false;
    for round in 0..rounds {
        let seen = look(level, query, map);
        let (gain, offset, agreement) = gain(level, &seen.ink, &seen.weight);
        correlation = agreement;
        if is_settled || round + 1 == rounds {
            inner = inner_correlation(level, &seen).unwrap_or(agreement);
        }
        if is_settled {
            break;
        }
        let (step, size) = step(level, seen, (gain, offset), freedom, separable)?;
        is_settled = size < SETTLED;
        let inverse = step.inverse();
        map *= inverse;
        if !plausible(map) {
            return None;
        }
    }
    Some(Alignment {
        query_from_specimen: map,
        correlation,
        inner,
    })
}

/// Correlation of the ink inside the border; `None` if hardly any of it is visible.
fn inner_correlation(level: &Level, seen: &Seen) -> Option<f64> {
    let pairs = seen.weight.iter().zip(&level.inner);
    let weight: Vec<f32> = pairs.map(|(weight, inner)| weight * inner).collect();
    let is_visible = sum(&weight) > INNER_WEIGHT_MIN * sum(&seen.weight);
    is_visible.then(|| gain(level, &seen.ink, &weight).2)
}

/// The query's ink and weight at each of the level's points.
fn look(level: &Level, query: &Smoothed, map: Affine) -> Seen {
    let map = Affine::scale(f64::from(query.scale)) * map;
    let [a, b, c, d, ..] = map.as_coeffs().map(single);
    let middle = map * level.centre;
    let (e, f) = (single(middle.x), single(middle.y));
    let (count, room) = (level.x.len(), level.x.len() + BLOCK);
    let (mut ink, mut weight) = (Vec::with_capacity(room), Vec::with_capacity(room));
    wide(
        #[inline(always)]
        || {
            let [x, y, own] = [&level.x, &level.y, &level.weight].map(|line| line.as_chunks());
            let mut rest = [[0.0; BLOCK]; 3];
            for (rest, line) in rest.iter_mut().zip([x.1, y.1, own.1]) {
                rest[..line.len()].copy_from_slice(line);
            }
            let whole = x.0.iter().zip(y.0).zip(own.0);
            let whole = whole.map(|((x, y), own)| [x, y, own]);
            for [x, y, own] in whole.chain([rest.each_ref()]) {
                let (mut columns, mut rows) = ([0.0; BLOCK], [0.0; BLOCK]);
                for i in 0..BLOCK {
                    columns[i] = a * x[i] + c * y[i] + e;
                    rows[i] = b * x[i] + d * y[i] + f;
                }
                let [found, mut validity] = query.read((&columns, &rows));
                for (seen, own) in validity.iter_mut().zip(own) {
                    *seen *= own;
                }
                ink.extend_from_slice(&found);
                weight.extend_from_slice(&validity);
            }
        },
    );
    ink.truncate(count);
    weight.truncate(count);
    Seen { ink, weight }
}

/// Weighted gain and offset of the query over the specimen, and their correlation.
fn gain(level: &Level, ink: &[f32], weight: &[f32]) -> (f32, f32, f64) {
    let weighted = |line: &[f32]| -> Vec<f32> {
        let pairs = line.iter().zip(weight);
        pairs.map(|(value, weight)| value * weight).collect()
    };
    let (drawn, found) = (weighted(&level.value), weighted(ink));
    let [n, st, sq, stt, sqq, stq] = wide(
        #[inline(always)]
        || {
            [
                sum(weight) + 1e-9,
                sum(&drawn),
                sum(&found),
                dot(&drawn, &level.value),
                dot(&found, ink),
                dot(&drawn, ink),
            ]
        },
    );
    let (vt, vq) = (stt / n - (st / n) * (st / n), sqq / n - (sq / n) * (sq / n));
    let cov = stq / n - st / n * (sq / n);
    let correlation = cov / (vt * vq).max(1e-12).sqrt();
    let gain = (cov / vt.max(1e-9)).clamp(0.3, 2.0);
    let offset = (sq / n - gain * st / n).clamp(-0.3, 0.3);
    (single(gain), single(offset), correlation)
}

/// One Gauss-Newton step, as a map of the specimen's frame, and how far it moves the points at most.
fn step(
    level: &Level,
    seen: Seen,
    (gain, offset): (f32, f32),
    freedom: Freedom,
    separable: bool,
) -> Option<(Affine, f64)> {
    let Seen {
        ink: mut residual,
        mut weight,
    } = seen;
    let softer = if separable { SOFTNESS } else { SOFTNESS_EXTRA };
    let (less, more) = (1.0 / SOFTNESS, 1.0 / softer);
    wide(
        #[inline(always)]
        || {
            let points = residual.iter_mut().zip(&mut weight).zip(&level.value);
            for ((residual, weight), value) in points {
                *residual = (*residual - offset) / gain - value;
                let soft = if *residual > 0.0 { more } else { less };
                let share = *residual * soft;
                // Points that hardly show are left out.
                let shown = if *weight < 0.05 { 0.0 } else { *weight };
                *weight = shown / (1.0 + share * share);
            }
        },
    );
    let mut normal = SMatrix::<f64, 6, 6>::identity() * 1e-3;
    let mut right = SVector::<f64, 6>::zeros();
    let mut weighted: Vec<f32> = Vec::with_capacity(weight.len());
    wide(
        #[inline(always)]
        || {
            for (i, line) in level.rows.iter().enumerate() {
                weighted.clear();
                weighted.extend(line.iter().zip(&weight).map(|(a, w)| a * w));
                right[i] = dot(&weighted, &residual);
                for (j, other) in level.rows.iter().enumerate().skip(i) {
                    let product = dot(&weighted, other);
                    normal[(i, j)] += product;
                    if i != j {
                        normal[(j, i)] += product;
                    }
                }
            }
        },
    );
    let solution = match freedom {
        Freedom::Affine => normal.cholesky()?.solve(&right),
        Freedom::Similarity => similarity(&normal, &right)?,
    };
    let s = solution;
    let unit = f64::from(UNIT);
    let (cx, cy) = (level.centre.x, level.centre.y);
    let linear = Affine::new([
        1.0 + s[2] / unit,
        s[4] / unit,
        s[3] / unit,
        1.0 + s[5] / unit,
        s[0],
        s[1],
    ]);
    let map = Affine::translate((cx, cy)) * linear * Affine::translate((-cx, -cy));
    let size = |k: usize| s[k].abs() + UNITS_MOST * (s[2 * k + 2].abs() + s[2 * k + 3].abs());
    Some((map, size(0).max(size(1))))
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
