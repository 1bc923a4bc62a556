//! Rings by gradient voting: circles, and ellipses as circles of a squeezed page.
//!
//! Each edge pixel votes along its gradient for the centres that it may belong to (Kimme, Ballard
//! and Sklansky 1975); peaks are then read as radius against direction, which tells how much of a
//! ring bears ink.

use crate::extraction::votes::Votes;
use crate::geometry::{Affine, Point, Vec2};
use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::wide;
use crate::units::floor_index;
use crate::units::single;

/// An edge pixel with its unit normal. Single precision: a working page has a few thousand pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub x: f32,
    pub y: f32,
    pub nx: f32,
    pub ny: f32,
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
/// Side of an accumulator bin for circles, in working pixels.
const BIN_CIRCLE: f64 = 2.0;
/// The same for ovals, whose families match the real axes only roughly: finer bins tell no more.
const BIN_OVAL: f64 = 4.0;
/// Directions in which a ring's edges are counted.
const SECTORS: usize = 72;
/// Peaks read for one family and band of radii of one window.
const PEAKS_MAX: usize = 6;
/// Fewer edge pixels than this are no ring.
const EDGES_MIN: usize = 60;
/// The smallest oval's border has some 200 edge pixels, inner and outer; half of them must show.
const EDGES_MIN_OVAL: usize = 100;
/// Directions of an oval that must bear edges: half of what its outline must bear of ink, since
/// its family matches the real axes only roughly.
const SUPPORT_MIN_OVAL: f64 = 0.3;
/// Edge pixels that vote in one window: photographs and screen tints have hundreds of thousands.
/// Every n-th is taken, which keeps each ring's share of its directions.
const EDGES_MAX: usize = 40_000;
/// The same for the twelve families of ovals.
const EDGES_MAX_OVAL: usize = 6_000;

/// The edges of a window's map inside its mask: gradient above `threshold`; placed by `origin`.
pub(super) fn edges(
    map: &Density,
    mask: &Mask,
    threshold: f32,
    origin: (usize, usize),
) -> Vec<Edge> {
    let (left, top) = (single(origin.0 as f64 + 0.5), single(origin.1 as f64 + 0.5));
    let mut found = Vec::new();
    for y in 1..map.height().saturating_sub(1) {
        let (above, row, below) = (map.row(y - 1), map.row(y), map.row(y + 1));
        let inside = mask.row(y);
        for x in 1..map.width() - 1 {
            if !inside[x] {
                continue;
            }
            let (gx, gy) = (0.5 * (row[x + 1] - row[x - 1]), 0.5 * (below[x] - above[x]));
            let size = (gx * gx + gy * gy).sqrt();
            if size > threshold {
                found.push(Edge {
                    x: x as f32 + left,
                    y: y as f32 + top,
                    nx: gx / size,
                    ny: gy / size,
                });
            }
        }
    }
    found
}

/// Circle candidates of one window, best first.
pub(super) fn circles(edges: &[Edge], radii: Radii) -> Vec<RingCandidate> {
    if edges.len() < EDGES_MIN {
        return Vec::new();
    }
    let thin = thinned(edges, EDGES_MAX);
    best_first(of_family(&thin, radii, (1.0, 0.0), BIN_CIRCLE))
}

/// Ellipse candidates of one window, best first.
pub(super) fn ellipses(edges: &[Edge], radii: Radii) -> Vec<RingCandidate> {
    if edges.len() < EDGES_MIN_OVAL {
        return Vec::new();
    }
    let thin = thinned(edges, EDGES_MAX_OVAL);
    let turned = |aspect: f64| OVAL_TURNS.iter().map(move |&turn| (aspect, turn));
    let families = OVALS.iter().flat_map(|&aspect| turned(aspect));
    best_first(
        families
            .flat_map(|family| of_family(&thin, radii, family, BIN_OVAL))
            .filter(|candidate| candidate.support > SUPPORT_MIN_OVAL)
            .collect(),
    )
}

/// Edges, each standing for `weight` of them.
struct Thinned {
    edges: Vec<Edge>,
    weight: f64,
}

fn thinned(edges: &[Edge], most: usize) -> Thinned {
    let step = edges.len().div_ceil(most).max(1);
    Thinned {
        edges: edges.iter().step_by(step).copied().collect(),
        weight: step as f64,
    }
}

fn best_first(mut found: Vec<RingCandidate>) -> Vec<RingCandidate> {
    found.sort_by(|a, b| b.support.total_cmp(&a.support));
    found
}

impl Edge {
    /// Where the edge lies, in working pixels.
    pub(super) fn position(&self) -> Point {
        Point::new(f64::from(self.x), f64::from(self.y))
    }
}

/// Candidates of one aspect and turn, read in a page turned and squeezed so that they are circles.
fn of_family(
    thinned: &Thinned,
    radii: Radii,
    (aspect, turn): (f64, f64),
    bin: f64,
) -> Vec<RingCandidate> {
    let family_from_page =
        Affine::scale_non_uniform(1.0 / aspect, 1.0) * Affine::rotate(-turn.to_radians());
    let page_from_family = family_from_page.inverse();
    let squeezed = squeeze(&thinned.edges, family_from_page, aspect);
    let lines = Lines::new(&squeezed);
    let mut found = Vec::new();
    for band in bands(radii) {
        let mut votes = Votes::cast(&squeezed, band, bin);
        for _ in 0..PEAKS_MAX {
            let Some((peak, strength)) = votes.take_strongest() else {
                break;
            };
            // Fewer votes than a fifth of the smallest circle's own are no ring.
            if f64::from(strength) * thinned.weight < 0.2 * std::f64::consts::TAU * band.min {
                break;
            }
            for (centre, radius, support) in read_peak(&lines, peak, band) {
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

fn squeeze(edges: &[Edge], family_from_page: Affine, aspect: f64) -> Vec<Edge> {
    let [a, b, c, d, _, _] = family_from_page.as_coeffs().map(single);
    let stretch = single(aspect);
    let one = |edge: &Edge| {
        // A normal transforms by the inverse transpose: turned alike, but stretched along x.
        let (nx, ny) = (
            (a * edge.nx + c * edge.ny) * stretch * stretch,
            b * edge.nx + d * edge.ny,
        );
        let size = (nx * nx + ny * ny).sqrt();
        Edge {
            x: a * edge.x + c * edge.y,
            y: b * edge.x + d * edge.y,
            nx: nx / size,
            ny: ny / size,
        }
    };
    edges.iter().map(one).collect()
}

/// An edge seen from a centre that it faces.
struct Seen {
    unit: (f32, f32),
    distance: f32,
}

/// Reads a peak: the radius at which most directions bear an edge that faces the centre.
///
/// The outermost radius with nearly the best support wins, so that a double ring gives its outer;
/// a worn ring outside a whole one is given as well.
fn read_peak(edges: &Lines, peak: Point, radii: Radii) -> Vec<(Point, f64, f64)> {
    let mut centre = peak;
    let mut best = Vec::new();
    let bins = floor_index(radii.max * 1.05) + 3;
    let mut seen = vec![0_u128; bins];
    for _ in 0..2 {
        let near = facing(edges, centre, radii);
        seen.fill(0);
        for edge in &near {
            let ring = floor_index(f64::from(edge.distance));
            seen[ring] |= 1 << sector(edge.unit);
        }
        let support: Vec<f64> = (1..bins - 1)
            .map(|r| (seen[r - 1] | seen[r] | seen[r + 1]).count_ones())
            .map(|count| f64::from(count) / SECTORS as f64)
            .collect();
        let most = support.iter().copied().fold(0.0, f64::max);
        let outermost = |least: f64| {
            support
                .iter()
                .rposition(|&share| share >= least * most && share > 0.25)
        };
        let Some(outer) = outermost(0.85) else {
            break;
        };
        let radius = outer as f64 + 1.5;
        best.clear();
        best.push((centre, radius, support[outer]));
        if let Some(worn) = outermost(0.5).filter(|&worn| worn > outer + outer / 8) {
            best.push((centre, worn as f64 + 1.5, support[worn]));
        }
        centre += recentre(&near, radius);
    }
    best
}

/// Edges side by side, a line for each quantity; filled up with edges far away to whole blocks.
struct Lines {
    x: Vec<f32>,
    y: Vec<f32>,
    nx: Vec<f32>,
    ny: Vec<f32>,
}

/// Edges looked at side by side.
const BLOCK: usize = 16;

impl Lines {
    fn new(edges: &[Edge]) -> Self {
        let line = |of: fn(&Edge) -> f32, far: f32| {
            let mut line: Vec<f32> = edges.iter().map(of).collect();
            line.resize(edges.len().next_multiple_of(BLOCK), far);
            line
        };
        Self {
            x: line(|edge| edge.x, f32::INFINITY),
            y: line(|edge| edge.y, 0.0),
            nx: line(|edge| edge.nx, 0.0),
            ny: line(|edge| edge.ny, 1.0),
        }
    }
}

/// The edges within the radii whose normal points to the centre or away from it, to 20 degrees.
fn facing(edges: &Lines, centre: Point, radii: Radii) -> Vec<Seen> {
    let (cx, cy) = (single(centre.x), single(centre.y));
    let (least, most) = (single(radii.min * 0.9), single(radii.max * 1.05));
    let (least, most) = (least * least, most * most);
    let mut near = Vec::new();
    wide(
        #[inline(always)]
        || {
            let [x, y, nx, ny] = [&edges.x, &edges.y, &edges.nx, &edges.ny]
                .map(|line| line.as_chunks::<BLOCK>().0.iter());
            for ((x, y), (nx, ny)) in x.zip(y).zip(nx.zip(ny)) {
                // All in squares: most edges are left here without a root.
                let mut kept = [false; BLOCK];
                for i in 0..BLOCK {
                    let (dx, dy) = (x[i] - cx, y[i] - cy);
                    let square = dx * dx + dy * dy;
                    let facing = dx * nx[i] + dy * ny[i];
                    kept[i] = (square >= least)
                        & (square <= most)
                        & (facing * facing > 0.94 * 0.94 * square);
                }
                if !kept.iter().fold(false, |any, &kept| any | kept) {
                    continue;
                }
                for (i, _) in kept.iter().enumerate().filter(|(_, kept)| **kept) {
                    let (dx, dy) = (x[i] - cx, y[i] - cy);
                    let distance = (dx * dx + dy * dy).sqrt();
                    near.push(Seen {
                        unit: (dx / distance, dy / distance),
                        distance,
                    });
                }
            }
        },
    );
    near
}

/// The sector of a unit vector; arctangent to 0.2 degrees, which is a twentieth of a sector.
fn sector((x, y): (f32, f32)) -> usize {
    use std::f32::consts::FRAC_PI_2;
    use std::f32::consts::FRAC_PI_4;
    let (across, down) = (x.abs(), y.abs());
    let ratio = across.min(down) / across.max(down).max(1e-9);
    let octant = ratio * (FRAC_PI_4 + 0.273 * (1.0 - ratio));
    let quadrant = if down > across {
        FRAC_PI_2 - octant
    } else {
        octant
    };
    let half = if x < 0.0 {
        std::f32::consts::PI - quadrant
    } else {
        quadrant
    };
    let turn = if y < 0.0 {
        std::f32::consts::TAU - half
    } else {
        half
    };
    floor_index(f64::from(turn / std::f32::consts::TAU) * SECTORS as f64) % SECTORS
}

/// The shift of the centre that fits the edges near `radius` best, at most three pixels.
fn recentre(near: &[Seen], radius: f64) -> Vec2 {
    let (mut a, mut b, mut c, mut p, mut q) = (1e-9, 0.0, 1e-9, 0.0, 0.0);
    for edge in near {
        let excess = f64::from(edge.distance) - radius;
        if excess.abs() < 4.0 {
            let unit = Vec2::new(f64::from(edge.unit.0), f64::from(edge.unit.1));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The edges of a drawn ellipse, normals outwards.
    fn ellipse(centre: Point, (a, b): (f64, f64), turn: f64) -> Vec<Edge> {
        let rotate = Affine::rotate(turn.to_radians());
        (0..720)
            .map(|i| {
                let t = f64::from(i).to_radians() * 0.5;
                let (c, s) = (libm::cos(t), libm::sin(t));
                let place = centre + (rotate * Point::new(a * c, b * s)).to_vec2();
                let normal = (rotate * Point::new(b * c, a * s)).to_vec2().normalize();
                Edge {
                    x: single(place.x),
                    y: single(place.y),
                    nx: single(normal.x),
                    ny: single(normal.y),
                }
            })
            .collect()
    }

    #[test]
    fn a_circle_is_found_where_it_lies() {
        let edges = ellipse(Point::new(200.0, 120.0), (60.0, 60.0), 0.0);
        let radii = Radii {
            min: 25.0,
            max: 120.0,
        };
        let best = circles(&edges, radii)[0];
        assert!(
            best.centre.distance(Point::new(200.0, 120.0)) < 1.0,
            "{best:?}"
        );
        assert!((best.half.0 - 60.0).abs() < 2.0, "{best:?}");
        assert!(best.support > 0.95, "{best:?}");
    }

    #[test]
    fn a_turned_ellipse_is_found_by_its_family() {
        let edges = ellipse(Point::new(300.0, 220.0), (75.0, 50.0), 60.0);
        let radii = Radii {
            min: 33.0,
            max: 120.0,
        };
        let best = ellipses(&edges, radii)[0];
        assert!(
            best.centre.distance(Point::new(300.0, 220.0)) < 3.0,
            "{best:?}"
        );
        assert!(best.support > 0.9, "{best:?}");
        assert!((best.axis_degrees - 60.0).abs() < 1.0, "{best:?}");
    }
}
