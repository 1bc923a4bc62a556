//! What a specimen is built of: rings at constant depth under its outline, and what stands inside.

use serde::{Deserialize, Serialize};

use crate::extraction::Outline;
use crate::geometry::Point;
use crate::imaging::Density;
use crate::imaging::sample;
use crate::matching::canonical::PER_MM;
use crate::matching::elements::Elements;
use crate::units::floor_index;
use crate::units::single;

/// Share of a curve at one depth that must bear ink for it to be a ring.
const RING_SHARE_MIN: f64 = 0.72;
/// Depth to which rings are looked for, as a share of the mean radius.
const RING_DEPTH_MAX: f64 = 0.42;
/// Directions sampled along a curve.
const DIRECTIONS: usize = 360;
/// Depth step, in grid samples.
const STEP: f64 = 0.5;

/// Gap between lines at which ink that fills it hardly draws them together any more, millimetres.
const CLOSE_MM: f64 = 0.45;

/// One ring or frame line: where it lies under the outer edge, in grid samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RingLine {
    /// Depth of its centre line under the outline.
    pub depth: f64,
    /// Half its width.
    pub half_width: f64,
    /// Free depth around its centre line, to half the gap to its neighbours.
    pub reach: f64,
}

/// The parts of a specimen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Structure {
    /// Rings, outermost first.
    pub rings: Vec<RingLine>,
    /// Depth at which the inside begins: under the outer border's lines.
    pub inside_depth: f64,
    /// Depth under the outline of each grid sample.
    pub depth: Density,
    /// What stands inside the border.
    pub elements: Elements,
}

/// Depth of a point under an outline, measured along the ray from the centre and corrected to the
/// normal's direction.
pub(super) fn depth(outline: &Outline, point: Point) -> f64 {
    let arm = point - outline.centre;
    let reach = arm.hypot();
    let direction = libm::atan2(arm.y, arm.x);
    let radius = outline.radius_at(direction);
    (radius - reach) * slant(outline, direction)
}

/// Cosine between the ray and the outline's normal.
pub(super) fn slant(outline: &Outline, direction: f64) -> f64 {
    let step = 0.01;
    let (before, after) = (
        outline.radius_at(direction - step),
        outline.radius_at(direction + step),
    );
    let slope = (after - before) / (2.0 * step) / outline.radius_at(direction);
    1.0 / libm::hypot(1.0, slope)
}

impl Structure {
    /// Reads the parts from a specimen's ink, grid frame.
    pub(super) fn new(ink: &Density, outline: &Outline) -> Self {
        let radius = outline.mean_radius();
        let steps = floor_index(RING_DEPTH_MAX * radius / STEP);
        let shares: Vec<f64> = (0..steps)
            .map(|i| share_at(ink, outline, (i as f64 - 2.0) * STEP))
            .collect();
        let rings = ring_lines(&shares);
        let border = rings.first().map_or(0.0, |first| {
            // Lines within a millimetre and a half of the outermost belong to the border.
            let near = rings
                .iter()
                .filter(|ring| ring.depth - first.depth < 1.6 * PER_MM);
            near.map(|ring| ring.depth + ring.half_width)
                .fold(0.0, f64::max)
        });
        let inside_depth = border + 0.4 * PER_MM;
        let depth = depths(ink, outline);
        Self {
            elements: Elements::new((ink, &depth), outline, &rings, inside_depth - 0.2 * PER_MM),
            rings,
            inside_depth,
            depth,
        }
    }
}

/// How close each line stands to its neighbours, with the way that ink between them draws it: above
/// 0 outwards; 1 where they touch.
pub(super) fn closeness(rings: &[RingLine]) -> Vec<f64> {
    let gap = |outer: &RingLine, inner: &RingLine| {
        let gap = inner.depth - inner.half_width - outer.depth - outer.half_width;
        let share = gap.max(0.0) / (CLOSE_MM * PER_MM);
        libm::exp(-share * share)
    };
    (0..rings.len())
        .map(|i| {
            let outer = i
                .checked_sub(1)
                .map_or(0.0, |outer| gap(&rings[outer], &rings[i]));
            let inner = rings.get(i + 1).map_or(0.0, |inner| gap(&rings[i], inner));
            outer - inner
        })
        .collect()
}

/// Width of each line, in millimetres.
pub(super) fn widths_mm(rings: &[RingLine]) -> Vec<f64> {
    let widths = rings.iter().map(|ring| 2.0 * ring.half_width / PER_MM);
    widths.collect()
}

/// Depth under the outline of each sample of a grid.
fn depths(ink: &Density, outline: &Outline) -> Density {
    let mut map = ink.map(|_| 0.0);
    for y in 0..map.height() {
        for (x, out) in map.row_mut(y).iter_mut().enumerate() {
            *out = single(depth(outline, Point::new(x as f64 + 0.5, y as f64 + 0.5)));
        }
    }
    map
}

/// Share of directions that bear ink at a depth.
fn share_at(ink: &Density, outline: &Outline, depth: f64) -> f64 {
    let inked = (0..DIRECTIONS).filter(|&i| {
        let direction = i as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
        let radius = outline.radius_at(direction);
        let rho = 1.0 - depth / slant(outline, direction) / radius;
        let point = outline.point(rho, direction);
        sample(ink, point.x, point.y, 0.0) > 0.4
    });
    inked.count() as f64 / DIRECTIONS as f64
}

/// Runs of depth whose curves bear ink nearly all around.
fn ring_lines(shares: &[f64]) -> Vec<RingLine> {
    let mut lines: Vec<RingLine> = Vec::new();
    let mut start = None;
    for i in 0..=shares.len() {
        let on = shares.get(i).is_some_and(|&share| share > RING_SHARE_MIN);
        match (on, start) {
            (true, None) => start = Some(i),
            (false, Some(first)) => {
                let depth = ((first + i - 1) as f64 * 0.5 - 2.0) * STEP;
                let half_width = 0.5 * (i - first) as f64 * STEP;
                lines.push(RingLine {
                    depth,
                    half_width,
                    reach: 0.0,
                });
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    lines.retain(|line| line.half_width >= 0.06 * PER_MM);
    for i in 0..lines.len() {
        let edge = |line: &RingLine, side: f64| line.depth + side * line.half_width;
        let above = if i == 0 {
            f64::INFINITY
        } else {
            edge(&lines[i], -1.0) - edge(&lines[i - 1], 1.0)
        };
        let below = lines.get(i + 1).map_or(f64::INFINITY, |next| {
            edge(next, -1.0) - edge(&lines[i], 1.0)
        });
        let gap = above.min(below);
        lines[i].reach = lines[i].half_width + (0.45 * gap).min(0.6 * PER_MM);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_close_together_are_drawn_to_each_other() {
        let line = |depth_mm: f64| RingLine {
            depth: depth_mm * PER_MM,
            half_width: 0.2 * PER_MM,
            reach: 0.3 * PER_MM,
        };
        let closeness = closeness(&[line(0.3), line(0.9), line(6.0)]);
        assert!(closeness[0] < -0.5 && closeness[1] > 0.5, "{closeness:?}");
        assert!(closeness[2].abs() < 1e-6, "{closeness:?}");
    }
}
