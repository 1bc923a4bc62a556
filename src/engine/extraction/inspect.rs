//! Looks at a candidate outline: fits it to the ink, and reads what tells a seal from the rest.

use crate::extraction::Outline;
use crate::extraction::ROUND_MAX;
use crate::extraction::Rejection;
use crate::extraction::Shape;
use crate::extraction::content;
use crate::extraction::ellipse;
use crate::extraction::ellipse::Harmonics;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;
use crate::order;

/// Directions read around an outline.
const DIRECTIONS: usize = 240;

/// Directions in which an ellipse's five figures are fitted.
const FIT_DIRECTIONS: usize = 120;

/// What was read around and inside an outline. All shares are 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Directions in which the outline bears ink.
    pub outline: f64,
    /// Directions in which the paper just outside the outline is bare.
    pub clear: f64,
}

/// Limits between seal and not, by the clutter of the layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demands {
    pub outline_min: f64,
    pub clear_min: f64,
    /// Changes from paper to ink along inner curves, in the third fullest: letters and motif make
    /// many over a millimetre or more of height.
    pub strokes_min: usize,
    /// Share of the inside that must bear ink.
    pub inside_min: f64,
    /// Density from which ink counts as drawn, however dense the border is on the whole: where a
    /// layer holds one ink alone, its faint parts are known for what they are.
    pub drawn_max: f32,
    /// Density of strokes inside over the border's, and the least that is counted.
    pub stroke: f32,
    pub stroke_min: f32,
    /// Share of a circle that is drawn where nothing hides it.
    pub line_min: f64,
    /// Whether the layer holds one ink alone.
    pub is_alone: bool,
}

/// A hue of its own holds little but the seal, so a faint or broken ring is still told.
pub(super) const IN_COLOUR: Demands = Demands {
    outline_min: 0.4,
    clear_min: 0.3,
    strokes_min: 4,
    inside_min: 0.006,
    drawn_max: 0.06,
    stroke: 0.6,
    stroke_min: 0.0,
    line_min: 0.85,
    is_alone: true,
};
/// Ink paler than the print around it: print is left out of the layer, and cuts gaps.
pub(super) const PALE: Demands = Demands {
    outline_min: 0.4,
    clear_min: 0.4,
    strokes_min: 6,
    inside_min: 0.02,
    drawn_max: 0.06,
    stroke: 0.6,
    stroke_min: 0.0,
    line_min: 0.5,
    is_alone: false,
};
/// Among black print a ring must be nearly whole.
pub(super) const AMONG_PRINT: Demands = Demands {
    outline_min: 0.45,
    clear_min: 0.5,
    strokes_min: 6,
    inside_min: 0.02,
    drawn_max: f32::INFINITY,
    stroke: 0.3,
    stroke_min: 0.12,
    line_min: 0.85,
    is_alone: false,
};
/// How much of an outline bears ink, and how much of the paper just outside is bare, of what lies on
/// the page.
pub(super) fn border(map: &Density, outline: &Outline, level: f32, demands: Demands) -> (f64, f64) {
    let drawn = level.min(demands.drawn_max);
    let (mut bearing, mut clear, mut seen) = (0, 0, 0);
    for (unit, reach) in outline.rays(DIRECTIONS) {
        if is_beyond(map, outline.centre + unit * (reach - 1.0)) {
            continue;
        }
        seen += 1;
        let ink = |shift: f64, level: f32| {
            let point = outline.centre + unit * (reach + shift);
            sample(map, point.x, point.y, 0.0) > level
        };
        bearing += usize::from(
            [0.0, -1.0, -2.0, -3.0]
                .iter()
                .any(|&shift| ink(shift, drawn)),
        );
        clear += usize::from(![2.0, 3.0].iter().all(|&shift| ink(shift, level)));
    }
    // Less than half an outline on the page is none.
    let share = |count: usize| count as f64 / seen.max(DIRECTIONS / 2) as f64;
    (share(bearing), share(clear))
}

/// Whether a point lies beyond the page's edge, where nothing is known.
pub(super) fn is_beyond(map: &Density, point: Point) -> bool {
    let (width, height) = (map.width() as f64, map.height() as f64);
    !((0.0..width).contains(&point.x) && (0.0..height).contains(&point.y))
}

/// Reads an outline on an ink map of the same frame, or says why it is no seal; `level` is the
/// density of half-covered ink.
///
/// # Errors
/// The first demand that the outline does not meet; most candidates fail at the border, so the
/// inside, which costs most, is read last.
pub(super) fn read(
    map: &Density,
    outline: &Outline,
    level: f32,
    demands: Demands,
) -> Result<Reading, Rejection> {
    let (bearing, clear) = border(map, outline, level, demands);
    if bearing < demands.outline_min || clear < demands.clear_min {
        return Err(Rejection::OutlineIncomplete {
            coverage: bearing.min(clear),
        });
    }
    content::read(map, outline, level, demands, bearing * clear)?;
    Ok(Reading {
        outline: bearing,
        clear,
    })
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
        if crossings.len() < FIT_DIRECTIONS / 3 {
            return None;
        }
        let before = current;
        current = refit(&current, &crossings)?;
        let moved = current.centre.distance(before.centre)
            + (current.half_width - before.half_width).abs()
            + (current.half_height - before.half_height).abs();
        // A fiftieth of a pixel is below what the crossings can tell.
        if moved < 0.02 {
            break;
        }
    }
    (current.half_width > 3.0 && current.half_height > 3.0).then_some(current)
}

/// Where the outline's ink begins in one direction of the outline's squeezed frame.
struct Crossing {
    /// The direction's harmonics.
    basis: Harmonics,
    /// Ratio of the measured radius to the outline's.
    rho: f64,
}

fn crossings(map: &Density, outline: &Outline, level: f32, reach: f64) -> Vec<Crossing> {
    let mean = outline.mean_radius();
    let step = 0.5 / mean;
    let mut found = Vec::with_capacity(FIT_DIRECTIONS);
    for (unit, arm) in outline.arms(FIT_DIRECTIONS) {
        let at = |rho: f64| {
            let point = outline.centre + arm * rho;
            sample(map, point.x, point.y, 0.0)
        };
        let mut rho = 1.0 + reach / mean;
        let mut before = at(rho);
        while rho > 1.0 - reach / mean {
            let next = at(rho - step);
            if before < level && next >= level {
                let part = f64::from((level - before) / (next - before));
                found.push(Crossing {
                    basis: ellipse::basis(unit),
                    rho: rho - step * part,
                });
                break;
            }
            before = next;
            rho -= step;
        }
    }
    found
}

/// One robust harmonic fit.
fn refit(outline: &Outline, crossings: &[Crossing]) -> Option<Outline> {
    let mut solution = Harmonics::from([1.0, 0.0, 0.0, 0.0, 0.0]);
    let mut residuals = vec![0.0_f64; crossings.len()];
    for round in 0..5 {
        for (residual, crossing) in residuals.iter_mut().zip(crossings) {
            *residual = crossing.rho - crossing.basis.dot(&solution);
        }
        let sizes = residuals.iter().map(|residual| residual.abs());
        let scale = (1.4826 * order::median(sizes)?).max(0.004);
        let cut = if round == 0 { 8.0 * scale } else { 4.0 * scale };
        let mut normal = nalgebra::SMatrix::<f64, 5, 5>::identity() * 1e-6;
        let mut right = Harmonics::zeros();
        for (residual, crossing) in residuals.iter().zip(crossings) {
            let share = residual / cut;
            if share.abs() < 1.0 {
                let weight = (1.0 - share * share) * (1.0 - share * share);
                let row = crossing.basis;
                normal += row * (row * weight).transpose();
                right += row * (weight * crossing.rho);
            }
        }
        solution = normal.cholesky()?.solve(&right);
    }
    Some(moved(outline, &solution))
}

/// The outline that harmonics of the squeezed frame describe.
fn moved(outline: &Outline, h: &Harmonics) -> Outline {
    let turn = outline.axis_degrees.to_radians();
    let (a, b) = (outline.half_width, outline.half_height);
    let centre = outline.centre + outline.turned(Vec2::new(a * h[1], b * h[2]));
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
        shape: Shape::Oval,
    }
    .rounded()
}

impl Outline {
    /// A nearly round ellipse as what it is meant to be: a circle, keeping its measured axes.
    fn rounded(self) -> Self {
        let round = (self.half_width - self.half_height).abs() < ROUND_MAX * self.mean_radius();
        let shape = if round { Shape::Round } else { Shape::Oval };
        Self { shape, ..self }
    }
}

/// Density halfway between paper and the ink of an outline: half of what two thirds of its inked
/// directions reach.
pub(super) fn half_level(map: &Density, outline: &Outline, least: f32) -> f32 {
    let peaks = outline
        .rays(DIRECTIONS / 2)
        .into_iter()
        .map(|(unit, reach)| {
            (-4..=1)
                .map(|shift| {
                    let point = outline.centre + unit * (reach + f64::from(shift));
                    sample(map, point.x, point.y, 0.0)
                })
                .fold(0.0, f32::max)
        })
        .filter(|&peak| peak > least);
    let reached = order::ranked(peaks, |count| count * 2 / 3);
    reached.map_or(least, |peak| (0.5 * peak).max(least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Raster;

    fn ring() -> Outline {
        Outline {
            shape: Shape::Round,
            centre: Point::new(80.0, 80.0),
            half_width: 60.0,
            half_height: 60.0,
            axis_degrees: 0.0,
        }
    }

    /// A ring with spokes inside, `faint` of it in a tenth of the ink, `inside` of it filled.
    fn drawing(faint: f64, spokes: f32, inside: f64) -> Density {
        let mut map = Raster::filled(160, 160, 0.0_f32);
        for y in 0..160 {
            for x in 0..160 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - ring().centre;
                let turn = libm::atan2(arm.y, arm.x) / std::f64::consts::TAU + 0.5;
                let (share, reach) = (turn * 12.0 % 1.0, arm.hypot());
                let border = if turn < faint { 0.08 } else { 0.4 };
                map.row_mut(y)[x] = match reach {
                    r if (57.0..60.0).contains(&r) => border,
                    r if (20.0..45.0).contains(&r) && share < 0.2 => spokes,
                    r if r < 60.0 * inside => 0.4,
                    _ => 0.0,
                };
            }
        }
        map
    }

    #[test]
    fn the_faint_part_of_a_border_counts_where_a_layer_holds_one_ink_alone() {
        let map = drawing(0.7, 0.3, 0.0);
        assert!(read(&map, &ring(), 0.2, IN_COLOUR).is_ok());
        assert!(matches!(
            read(&map, &ring(), 0.2, AMONG_PRINT),
            Err(Rejection::OutlineIncomplete { .. })
        ));
    }

    #[test]
    fn faint_letters_fill_a_ring_of_one_ink_and_nothing_does_not() {
        assert!(read(&drawing(0.0, 0.09, 0.0), &ring(), 0.2, IN_COLOUR).is_ok());
        assert!(matches!(
            read(&drawing(0.0, 0.0, 0.0), &ring(), 0.2, IN_COLOUR),
            Err(Rejection::Empty { .. })
        ));
    }

    #[test]
    fn a_picture_with_a_broken_border_is_no_worn_seal() {
        let mut map = drawing(0.0, 0.3, 0.8);
        (0..160).for_each(|y| map.row_mut(y)[..45].fill(0.0));
        assert!(matches!(
            read(&map, &ring(), 0.2, IN_COLOUR),
            Err(Rejection::Filled { .. })
        ));
    }
}
