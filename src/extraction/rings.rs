//! Rings by gradient voting: circles, and ellipses as circles of a squeezed page.
//!
//! Each edge pixel votes along its gradient for the centres that it may belong to (Kimme, Ballard
//! and Sklansky 1975); peaks are then read as radius against direction, which tells how much of a
//! ring bears ink.

use crate::geometry::{Affine, Point, Vec2};
use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::Raster;
use crate::imaging::gradient;
use crate::units::floor_index;

/// An edge pixel with its unit normal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    position: Point,
    normal: (f64, f64),
}

/// An ellipse in working pixels, and how much of it bears edges.
#[derive(Clone, Copy, Debug)]
pub(super) struct RingCandidate {
    pub centre: Point,
    /// Half the long and half the short axis.
    pub half: (f64, f64),
    /// Turn of the long axis, degrees.
    pub axis_degrees: f64,
    /// Share of directions in which an edge lies on it.
    pub support: f64,
}

/// Radii searched, in working pixels: of the shorter half axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Radii {
    pub min: f64,
    pub max: f64,
}

/// Long over short axis of the ellipses searched: circles, and the ovals of practice (40x30, 45x30).
const OVALS: [f64; 2] = [1.33, 1.5];
/// Turns of the ovals, degrees: between neighbours the fit still locks on.
const OVAL_TURNS: [f64; 6] = [0.0, 30.0, 60.0, 90.0, 120.0, 150.0];
/// Side of an accumulator bin, in working pixels.
const BIN: f64 = 2.0;
/// Directions in which a ring's edges are counted.
const SECTORS: usize = 72;
/// Peaks read for one family and band of radii of one layer.
const PEAKS_MAX: usize = 6;
/// Fewer edge pixels than this are no ring.
const EDGES_MIN: usize = 60;
/// Edge pixels looked at in one layer: a page of dense screen tint must not cost minutes.
const EDGES_MAX: usize = 300_000;

/// The edges of a map inside a mask: gradient above `threshold`.
pub(super) fn edges(map: &Density, mask: &Mask, threshold: f32) -> Vec<Edge> {
    let (across, down) = gradient(map);
    let mut found = Vec::new();
    for y in 1..map.height().saturating_sub(1) {
        for x in 1..map.width() - 1 {
            if !mask.at(x, y) {
                continue;
            }
            let (gx, gy) = (f64::from(across.at(x, y)), f64::from(down.at(x, y)));
            let size = (gx * gx + gy * gy).sqrt();
            if size > f64::from(threshold) {
                let position = Point::new(x as f64 + 0.5, y as f64 + 0.5);
                found.push(Edge {
                    position,
                    normal: (gx / size, gy / size),
                });
            }
        }
    }
    if found.len() > EDGES_MAX {
        let step = found.len().div_ceil(EDGES_MAX);
        found = found.into_iter().step_by(step).collect();
    }
    found
}

/// Circle candidates of one layer, best first.
pub(super) fn circles(edges: &[Edge], size: (usize, usize), radii: Radii) -> Vec<RingCandidate> {
    best_first(of_family(edges, size, radii, (1.0, 0.0)))
}

/// Ellipse candidates of one layer, best first.
pub(super) fn ellipses(edges: &[Edge], size: (usize, usize), radii: Radii) -> Vec<RingCandidate> {
    let turned = |aspect: f64| OVAL_TURNS.iter().map(move |&turn| (aspect, turn));
    let families = OVALS.iter().flat_map(|&aspect| turned(aspect));
    best_first(
        families
            .flat_map(|family| of_family(edges, size, radii, family))
            .collect(),
    )
}

fn best_first(mut found: Vec<RingCandidate>) -> Vec<RingCandidate> {
    found.sort_by(|a, b| b.support.total_cmp(&a.support));
    found
}

impl Edge {
    /// Where the edge lies, in working pixels.
    pub(super) fn position(&self) -> Point {
        self.position
    }
}

/// Candidates of one aspect and turn, read in a page turned and squeezed so that they are circles.
fn of_family(
    edges: &[Edge],
    size: (usize, usize),
    radii: Radii,
    (aspect, turn): (f64, f64),
) -> Vec<RingCandidate> {
    if edges.len() < EDGES_MIN {
        return Vec::new();
    }
    let middle = Vec2::new(0.5 * size.0 as f64, 0.5 * size.1 as f64);
    let reach = middle.hypot();
    let family_from_page = Affine::translate((reach / aspect, reach))
        * Affine::scale_non_uniform(1.0 / aspect, 1.0)
        * Affine::rotate(-turn.to_radians())
        * Affine::translate(-middle);
    let page_from_family = family_from_page.inverse();
    let squeezed: Vec<Edge> = edges
        .iter()
        .map(|edge| squeeze(*edge, family_from_page, (aspect, turn)))
        .collect();
    let extent = (2.0 * reach / aspect, 2.0 * reach);
    let mut found = Vec::new();
    for band in bands(radii) {
        let mut votes = vote(&squeezed, extent, band);
        for _ in 0..PEAKS_MAX {
            let Some((peak, strength)) = strongest(&votes) else {
                break;
            };
            // Fewer votes than a fifth of the smallest circle's own are no ring.
            if f64::from(strength) < 0.2 * std::f64::consts::TAU * band.min {
                break;
            }
            suppress(&mut votes, peak);
            if let Some((centre, radius, support)) = read_peak(&squeezed, peak, band) {
                found.push(RingCandidate {
                    centre: page_from_family * centre,
                    half: (radius * aspect, radius),
                    axis_degrees: turn,
                    support,
                });
            }
        }
    }
    found
}

/// Radii in bands of a factor of two thirds: dense print votes for all small radii at once, and
/// would drown a large ring's votes in one common heap.
fn bands(radii: Radii) -> Vec<Radii> {
    let mut found = Vec::new();
    let mut min = radii.min;
    while min < radii.max {
        let max = (min * 1.65).min(radii.max);
        found.push(Radii { min, max });
        min = max;
    }
    found
}

fn squeeze(edge: Edge, family_from_page: Affine, (aspect, turn): (f64, f64)) -> Edge {
    // A normal transforms by the inverse transpose: turned back, then stretched along x.
    let (c, s) = (libm::cos(turn.to_radians()), libm::sin(turn.to_radians()));
    let (nx, ny) = edge.normal;
    let normal = Vec2::new((c * nx + s * ny) * aspect, c * ny - s * nx).normalize();
    Edge {
        position: family_from_page * edge.position,
        normal: (normal.x, normal.y),
    }
}

/// Votes for centres; the accumulator has a margin of the largest radius, so that a ring cut by
/// the page's edge still has its centre inside.
fn vote(edges: &[Edge], extent: (f64, f64), radii: Radii) -> Raster<f32> {
    let width = floor_index((extent.0 + radii.max) / BIN) + 2;
    let height = floor_index((extent.1 + radii.max) / BIN) + 2;
    let offset = 0.5 * radii.max;
    let mut votes = Raster::filled(width, height, 0.0_f32);
    let steps = floor_index((radii.max - radii.min) / BIN) + 1;
    for edge in edges {
        for side in [-1.0, 1.0] {
            let (dx, dy) = (side * edge.normal.0, side * edge.normal.1);
            for step in 0..steps {
                let radius = radii.min + step as f64 * BIN;
                let x = (edge.position.x + dx * radius + offset) / BIN;
                let y = (edge.position.y + dy * radius + offset) / BIN;
                if x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64 {
                    votes.row_mut(floor_index(y))[floor_index(x)] += 1.0;
                }
            }
        }
    }
    smooth(&votes)
}

/// Sums of 3 by 3 bins.
fn smooth(votes: &Raster<f32>) -> Raster<f32> {
    let (width, height) = (votes.width(), votes.height());
    let mut rows = Raster::filled(width, height, 0.0_f32);
    for y in 0..height {
        let source = votes.row(y);
        for (x, out) in rows.row_mut(y).iter_mut().enumerate() {
            *out = source[x.saturating_sub(1)..(x + 2).min(width)].iter().sum();
        }
    }
    let mut out = rows.clone();
    for y in 0..height {
        for other in [y.wrapping_sub(1), y + 1] {
            if other < height {
                for (out, &value) in out.row_mut(y).iter_mut().zip(rows.row(other)) {
                    *out += value;
                }
            }
        }
    }
    out
}

fn strongest(votes: &Raster<f32>) -> Option<((usize, usize), f32)> {
    let (index, &value) = votes
        .samples()
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))?;
    (value > 0.0).then_some(((index % votes.width(), index / votes.width()), value))
}

/// Clears the votes around a peak.
fn suppress(votes: &mut Raster<f32>, (x, y): (usize, usize)) {
    let reach = 5;
    let width = votes.width();
    for row in y.saturating_sub(reach)..(y + reach + 1).min(votes.height()) {
        votes.row_mut(row)[x.saturating_sub(reach)..(x + reach + 1).min(width)].fill(0.0);
    }
}

/// Reads a peak: the radius at which most directions bear an edge that faces the centre.
///
/// The outermost radius with nearly the best support wins, so that a double ring gives its outer.
fn read_peak(edges: &[Edge], peak: (usize, usize), radii: Radii) -> Option<(Point, f64, f64)> {
    let offset = 0.5 * radii.max;
    let mut centre = Point::new(
        (peak.0 as f64 + 0.5) * BIN - offset,
        (peak.1 as f64 + 0.5) * BIN - offset,
    );
    let mut best = None;
    for _ in 0..2 {
        let bins = floor_index(radii.max * 1.05) + 3;
        let mut seen = vec![[false; SECTORS]; bins];
        let mut near: Vec<(Edge, f64)> = Vec::new();
        for edge in edges {
            let arm = edge.position - centre;
            let distance = arm.hypot();
            if distance < radii.min * 0.9 || distance > radii.max * 1.05 {
                continue;
            }
            let facing = (arm.x * edge.normal.0 + arm.y * edge.normal.1) / distance;
            if facing.abs() > 0.94 {
                let turn = libm::atan2(arm.y, arm.x) / std::f64::consts::TAU;
                let sector = floor_index((turn + 0.5) * SECTORS as f64) % SECTORS;
                seen[floor_index(distance)][sector] = true;
                near.push((*edge, distance));
            }
        }
        let support: Vec<f64> = (1..bins - 1)
            .map(|r| {
                (0..SECTORS)
                    .filter(|&s| seen[r - 1][s] || seen[r][s] || seen[r + 1][s])
                    .count()
            })
            .map(|count| count as f64 / SECTORS as f64)
            .collect();
        let most = support.iter().copied().fold(0.0, f64::max);
        let outer = support
            .iter()
            .rposition(|&share| share >= 0.85 * most && share > 0.25)?;
        let radius = outer as f64 + 1.5;
        best = Some((centre, radius, support[outer]));
        centre += recentre(&near, centre, radius);
    }
    best
}

/// The shift of the centre that fits the edges near `radius` best, at most three pixels.
fn recentre(near: &[(Edge, f64)], centre: Point, radius: f64) -> Vec2 {
    let (mut a, mut b, mut c, mut p, mut q) = (1e-9, 0.0, 1e-9, 0.0, 0.0);
    for (edge, distance) in near {
        let excess = distance - radius;
        if excess.abs() < 4.0 {
            let unit = (edge.position - centre) / *distance;
            a += unit.x * unit.x;
            b += unit.x * unit.y;
            c += unit.y * unit.y;
            p += unit.x * excess;
            q += unit.y * excess;
        }
    }
    let det = a * c - b * b;
    if det < 1e-6 {
        return Vec2::ZERO;
    }
    let shift = Vec2::new((c * p - b * q) / det, (a * q - b * p) / det);
    if shift.hypot() > 3.0 {
        shift * (3.0 / shift.hypot())
    } else {
        shift
    }
}
