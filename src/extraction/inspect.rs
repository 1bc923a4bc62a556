//! Looks at a candidate outline: fits it to the ink, and reads what tells a seal from the rest.

use crate::extraction::Outline;
use crate::extraction::Rejection;
use crate::extraction::Shape;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;

/// Directions read around an outline.
const DIRECTIONS: usize = 240;

/// What was read around and inside an outline. All shares are 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Directions in which the outline bears ink.
    pub outline: f64,
    /// Directions in which the paper just outside the outline is bare.
    pub clear: f64,
    /// The inside that bears ink.
    pub inside: f64,
    /// Changes from paper to ink along inner curves, the third largest count: letters and motif
    /// make many over a millimetre or more of height.
    pub strokes: usize,
}

/// Limits between seal and not, by the clutter of the layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demands {
    pub outline_min: f64,
    pub clear_min: f64,
    pub strokes_min: usize,
}

/// A hue of its own holds little but the seal, so a faint or broken ring is still told.
pub(super) const IN_COLOUR: Demands = Demands {
    outline_min: 0.4,
    clear_min: 0.3,
    strokes_min: 4,
};
/// Among black print a ring must be nearly whole.
pub(super) const AMONG_PRINT: Demands = Demands {
    outline_min: 0.66,
    clear_min: 0.5,
    strokes_min: 9,
};
/// More of the inside than this is a filled disc or picture; drawings of seals stay below half.
const INSIDE_MAX: f64 = 0.62;
/// Less than this is an empty ring or box.
const INSIDE_MIN: f64 = 0.02;

/// Reads an outline on an ink map of the same frame; `level` is the density of half-covered ink.
pub(super) fn read(map: &Density, outline: &Outline, level: f32) -> Reading {
    let density = |rho: f64, direction: f64| {
        let point = outline.point(rho, direction);
        sample(map, point.x, point.y, 0.0)
    };
    let ink = |rho: f64, direction: f64, shift: f64| {
        let point = outline.point(rho, direction);
        let out = Vec2::new(libm::cos(direction), libm::sin(direction)) * shift;
        sample(map, point.x + out.x, point.y + out.y, 0.0) > level
    };
    let directions = (0..DIRECTIONS).map(|i| i as f64 / DIRECTIONS as f64 * std::f64::consts::TAU);
    let (mut bearing, mut clear) = (0, 0);
    for direction in directions.clone() {
        let on = [-3.0, -2.0, -1.0, 0.0]
            .iter()
            .any(|&shift| ink(1.0, direction, shift));
        let off = [2.0, 3.0].iter().any(|&shift| !ink(1.0, direction, shift));
        bearing += usize::from(on);
        clear += usize::from(off);
    }
    let (mut inked, mut total, mut changes) = (0, 0, Vec::new());
    for step in 1..=22_usize {
        let rho = step as f64 * 0.04;
        let along: Vec<f32> = directions
            .clone()
            .map(|direction| density(rho, direction))
            .collect();
        // Weighted by the length of the curve, so that the share is one of area.
        inked += along.iter().filter(|&&value| value > level).count() * step;
        total += DIRECTIONS * step;
        if rho > 0.3 {
            changes.push(changes_to_ink(&along, level));
        }
    }
    changes.sort_unstable();
    let share = |count: usize, of: usize| count as f64 / of as f64;
    Reading {
        outline: share(bearing, DIRECTIONS),
        clear: share(clear, DIRECTIONS),
        inside: share(inked, total),
        strokes: changes[changes.len() - 3],
    }
}

/// Changes from paper to ink along a closed line, with hysteresis so that noise makes none.
fn changes_to_ink(along: &[f32], level: f32) -> usize {
    let mut on = along.last().is_some_and(|&value| value > level);
    let mut changes = 0;
    for &value in along {
        if on {
            on = value > 0.6 * level;
        } else if value > 1.2 * level {
            on = true;
            changes += 1;
        }
    }
    changes
}

/// Why a reading is no seal; `None` if it is one.
pub(super) fn objection(reading: &Reading, demands: Demands) -> Option<Rejection> {
    if reading.outline < demands.outline_min || reading.clear < demands.clear_min {
        return Some(Rejection::OutlineIncomplete {
            coverage: reading.outline.min(reading.clear),
        });
    }
    if reading.inside > INSIDE_MAX {
        return Some(Rejection::Filled {
            coverage: reading.inside,
        });
    }
    if reading.inside < INSIDE_MIN || reading.strokes < demands.strokes_min {
        return Some(Rejection::Empty {
            coverage: reading.inside,
        });
    }
    None
}

/// Fits an ellipse to the outermost crossings of `level` near an approximate outline, robustly.
///
/// Radii in the outline's own squeezed frame are fitted by first and second harmonics with Tukey
/// weights; the first moves the centre, the second gives the axes. `None` if fewer than a third of
/// the directions have a crossing.
pub(super) fn fit(map: &Density, outline: &Outline, level: f32, reach: f64) -> Option<Outline> {
    let mut current = *outline;
    for _ in 0..3 {
        if current.shape == Shape::Round {
            // Ellipticity is read afresh each time, against a true circle.
            let half = current.mean_radius();
            current = Outline {
                half_width: half,
                half_height: half,
                axis_degrees: 0.0,
                ..current
            };
        }
        let crossings = crossings(map, &current, level, reach);
        if crossings.len() < DIRECTIONS / 3 {
            return None;
        }
        current = refit(&current, &crossings)?;
    }
    (current.half_width > 3.0 && current.half_height > 3.0).then_some(current)
}

/// Ratio of the measured radius to the outline's, by direction in the outline's squeezed frame.
fn crossings(map: &Density, outline: &Outline, level: f32, reach: f64) -> Vec<(f64, f64)> {
    let turn = outline.axis_degrees.to_radians();
    let (a, b) = (outline.half_width, outline.half_height);
    let mean = 0.5 * (a + b);
    let mut found = Vec::with_capacity(DIRECTIONS);
    for i in 0..DIRECTIONS {
        let t = i as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
        let own = Vec2::new(a * libm::cos(t), b * libm::sin(t));
        let arm = rotate(own, turn);
        let at = |rho: f64| {
            let point = outline.centre + arm * rho;
            sample(map, point.x, point.y, 0.0)
        };
        let step = 0.5 / mean;
        let mut rho = 1.0 + reach / mean;
        let mut before = at(rho);
        while rho > 1.0 - reach / mean {
            let next = at(rho - step);
            if before < level && next >= level {
                let part = f64::from((level - before) / (next - before));
                found.push((t, rho - step * part));
                break;
            }
            before = next;
            rho -= step;
        }
    }
    found
}

fn rotate(v: Vec2, angle: f64) -> Vec2 {
    let (c, s) = (libm::cos(angle), libm::sin(angle));
    Vec2::new(c * v.x - s * v.y, s * v.x + c * v.y)
}

/// One robust harmonic fit of (direction, ratio).
fn refit(outline: &Outline, crossings: &[(f64, f64)]) -> Option<Outline> {
    let basis = |t: f64| {
        nalgebra::SVector::<f64, 5>::from([
            1.0,
            libm::cos(t),
            libm::sin(t),
            libm::cos(2.0 * t),
            libm::sin(2.0 * t),
        ])
    };
    let mut solution = nalgebra::SVector::<f64, 5>::from([1.0, 0.0, 0.0, 0.0, 0.0]);
    for round in 0..6 {
        let residual = |&(t, rho): &(f64, f64)| rho - basis(t).dot(&solution);
        let mut sizes: Vec<f64> = crossings.iter().map(|c| residual(c).abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let scale = (1.4826 * sizes[sizes.len() / 2]).max(0.004);
        let cut = if round == 0 { 8.0 * scale } else { 4.0 * scale };
        let mut normal = nalgebra::SMatrix::<f64, 5, 5>::identity() * 1e-6;
        let mut right = nalgebra::SVector::<f64, 5>::zeros();
        for crossing in crossings {
            let share = residual(crossing) / cut;
            if share.abs() < 1.0 {
                let weight = (1.0 - share * share) * (1.0 - share * share);
                let row = basis(crossing.0);
                normal += row * row.transpose() * weight;
                right += row * (weight * crossing.1);
            }
        }
        solution = normal.cholesky()?.solve(&right);
    }
    Some(moved(outline, &solution))
}

/// The outline that harmonics of the squeezed frame describe.
fn moved(outline: &Outline, h: &nalgebra::SVector<f64, 5>) -> Outline {
    let turn = outline.axis_degrees.to_radians();
    let (a, b) = (outline.half_width, outline.half_height);
    let shift = rotate(Vec2::new(a * h[1], b * h[2]), turn);
    let centre = outline.centre + shift;
    let stretch = libm::hypot(h[3], h[4]);
    if outline.shape == Shape::Round {
        let half = 0.5 * (a + b);
        let axis = 0.5 * libm::atan2(h[4], h[3]) + turn;
        let (long, short) = (half * (h[0] + stretch), half * (h[0] - stretch));
        return Outline {
            centre,
            half_width: long,
            half_height: short,
            axis_degrees: axis.to_degrees(),
            shape: Shape::Oval,
        }
        .rounded();
    }
    // Second harmonics of the squeezed frame: the cosine changes the axes, the sine turns them.
    let half_width = a * (h[0] + h[3]);
    let half_height = b * (h[0] - h[3]);
    let lean = if (a - b).abs() > 0.02 * a {
        h[4] * 2.0 * a * b / (a * a - b * b)
    } else {
        0.0
    };
    let axis_degrees = outline.axis_degrees + lean.clamp(-0.2, 0.2).to_degrees();
    Outline {
        centre,
        half_width,
        half_height,
        axis_degrees,
        shape: outline.shape,
    }
}

impl Outline {
    /// A nearly round ellipse as what it is meant to be: a circle, keeping its measured axes.
    fn rounded(self) -> Self {
        let round = (self.half_width - self.half_height).abs() < 0.09 * self.mean_radius();
        let shape = if round { Shape::Round } else { Shape::Oval };
        Self { shape, ..self }
    }
}

/// Density halfway between paper and the ink of an outline: half of what two thirds of its inked
/// directions reach.
pub(super) fn half_level(map: &Density, outline: &Outline, least: f32) -> f32 {
    let mut peaks: Vec<f32> = (0..DIRECTIONS)
        .map(|i| {
            let direction = i as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
            let reach = outline.radius_at(direction);
            (-8..=2)
                .map(|shift| {
                    let point: Point =
                        outline.point(1.0 + f64::from(shift) * 0.5 / reach, direction);
                    sample(map, point.x, point.y, 0.0)
                })
                .fold(0.0, f32::max)
        })
        .filter(|&peak| peak > least)
        .collect();
    if peaks.is_empty() {
        return least;
    }
    peaks.sort_by(f32::total_cmp);
    (0.5 * peaks[peaks.len() * 2 / 3]).max(least)
}
