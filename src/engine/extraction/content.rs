//! What stands inside an outline: letters and a motif of its own, or only what runs through it.

use crate::extraction::Outline;
use crate::extraction::Rejection;
use crate::extraction::inspect::Demands;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::components;
use crate::imaging::sample;

/// Directions read around a curve.
const DIRECTIONS: usize = 240;
/// Curves read inside, and the distance between them as a share of the radius.
const CURVES: (usize, f64) = (22, 0.04);
/// Share of the radius within which strokes are too close together to be told.
const CORE: f64 = 0.3;
/// Curves outside, as shares of the radius, that tell what stands around the outline.
const AROUND: [f64; 6] = [1.15, 1.2, 1.25, 1.3, 1.35, 1.4];
/// More of the inside than this is a filled disc or picture; drawings of seals stay below half.
const INSIDE_MAX: f64 = 0.62;
/// The same where the border is not whole, with all that is drawn however faintly.
const DRAWN_MAX: f64 = 0.55;
/// Share of the border, drawn and bare outside, that makes it whole.
const WHOLE_BORDER: f64 = 0.85;
/// Density of letters over the border's.
const FINE: f32 = 0.6;
/// Share of its box that a ring covers at most; solid motifs cover more.
const HOLLOW_MAX: f64 = 0.35;
/// Shares of the radius between which ink that is joined to the outside shows.
const RIM: (f64, f64) = (0.84, 0.9);

/// Strokes by length inside over those around, up to which the inside has nothing of its own.
const OWN_STROKES: f64 = 1.4;
/// Where the line of an outline is, and what lies below a thin one, as shares of the radius.
const LINE: [f64; 3] = [1.0, 0.99, 0.98];
const BELOW_LINE: [f64; 5] = [0.94, 0.92, 0.9, 0.88, 0.86];
/// Most directions inked at some depth below a single thin line: what crosses it.
const THIN_MAX: f64 = 0.4;

/// Reads the inside of an outline whose border is `whole` to a share.
///
/// # Errors
/// What the inside lacks, or has too much of.
pub(super) fn read(
    map: &Density,
    outline: &Outline,
    level: f32,
    demands: Demands,
    whole: f64,
) -> Result<(), Rejection> {
    let rays = outline.rays(DIRECTIONS);
    let along = |rho: f64| -> Vec<f32> {
        let density = |&(unit, reach): &(Vec2, f64)| {
            let point = outline.centre + unit * (rho * reach);
            sample(map, point.x, point.y, 0.0)
        };
        rays.iter().map(density).collect()
    };
    // Letters are drawn finer than the border, so at working scale they reach less of its density.
    let fine = (FINE * level).min(demands.drawn_max);
    let stroke = (demands.stroke * level).max(demands.stroke_min).min(fine);
    let (mut inked, mut drawn, mut total, mut changes) = (0, 0, 0, Vec::new());
    for step in 1..=CURVES.0 {
        let rho = step as f64 * CURVES.1;
        let along = along(rho);
        // Weighted by the length of the curve, so that the share is one of area.
        inked += along.iter().filter(|&&value| value > level).count() * step;
        drawn += along.iter().filter(|&&value| value > fine).count() * step;
        total += DIRECTIONS * step;
        if rho > CORE {
            changes.push(changes_to_ink(&along, stroke));
        }
    }
    let inside = inked as f64 / total as f64;
    let drawn = drawn as f64 / total as f64;
    // Wear that breaks a border spares no picture inside it.
    let picture = drawn > DRAWN_MAX && whole < WHOLE_BORDER;
    if inside > INSIDE_MAX || picture {
        return Err(Rejection::Filled { coverage: inside });
    }
    let strokes = changes.iter().sum::<usize>() as f64 / (0.6 * changes.len() as f64);
    changes.sort_unstable();
    let lettered = changes[changes.len() - 3] >= demands.strokes_min;
    let bare = is_bare_line(&along, (level, stroke), strokes, demands);
    // Where print is left out of a layer a motif is enough: letters wear off first.
    let filled =
        || demands.drawn_max.is_finite() && own_share(map, outline, fine) >= demands.inside_min;
    let has_own = if bare {
        demands.is_alone && filled()
    } else {
        lettered || filled()
    };
    if drawn < demands.inside_min || !has_own {
        return Err(Rejection::Empty { coverage: drawn });
    }
    Ok(())
}

/// Whether an outline is one thin even line with no more inside than stands around it: a circle
/// drawn on a page of print. A seal's border is thicker, doubled or unevenly inked, or its own
/// letters stand closer than those around it.
fn is_bare_line(
    along: &impl Fn(f64) -> Vec<f32>,
    (level, stroke): (f32, f32),
    inside: f64,
    demands: Demands,
) -> bool {
    let around: usize = AROUND
        .iter()
        .map(|&rho| changes_to_ink(&along(rho), stroke))
        .sum();
    let around = around as f64 / AROUND.iter().sum::<f64>();
    if inside > OWN_STROKES * (around + 1.0) {
        return false;
    }
    let inked = |rho: f64| {
        let inked = along(rho).iter().filter(|&&value| value > level).count();
        inked as f64 / DIRECTIONS as f64
    };
    let line = LINE.iter().map(|&rho| inked(rho)).fold(0.0, f64::max);
    let below = BELOW_LINE.iter().map(|&rho| inked(rho)).fold(0.0, f64::max);
    line > demands.line_min && below < THIN_MAX
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

/// Share of the inside that bears ink which does not run on to the border: what crosses an outline
/// is another drawing's.
fn own_share(map: &Density, outline: &Outline, level: f32) -> f64 {
    let bbox = outline.bbox((map.width(), map.height()));
    let (left, top) = (bbox.x as usize, bbox.y as usize);
    let (width, height) = (bbox.width as usize, bbox.height as usize);
    let mut mask = Raster::filled(width, height, false);
    let mut rim = Raster::filled(width, height, false);
    let mut area = 0_usize;
    let read = outline.reader();
    for y in 0..height {
        for x in 0..width {
            let point = Point::new((left + x) as f64 + 0.5, (top + y) as f64 + 0.5);
            let (distance, reach) = read(point);
            let rho = distance / reach;
            if rho < RIM.1 {
                area += 1;
                mask.row_mut(y)[x] = map.at(left + x, top + y) > level;
                rim.row_mut(y)[x] = rho > RIM.0;
            }
        }
    }
    let touches = |&(y, start, end): &(usize, usize, usize)| rim.row(y)[start..end].contains(&true);
    let own: usize = components(&mask)
        .iter()
        .filter(|component| !component.runs.iter().any(touches))
        .filter(|component| !is_inner_ring(component, outline, (left, top)))
        .flat_map(|component| &component.runs)
        .map(|run| run.2 - run.1)
        .sum();
    own as f64 / area.max(1) as f64
}

/// Whether a piece of ink is one more ring around the centre, and no letter or motif.
fn is_inner_ring(component: &Component, outline: &Outline, (left, top): (usize, usize)) -> bool {
    let bbox = component.bbox;
    let (width, height) = (f64::from(bbox.width), f64::from(bbox.height));
    let centre = Point::new(
        left as f64 + f64::from(bbox.x) + 0.5 * width,
        top as f64 + f64::from(bbox.y) + 0.5 * height,
    );
    let radius = outline.mean_radius();
    let inked: usize = component.runs.iter().map(|run| run.2 - run.1).sum();
    centre.distance(outline.centre) < 0.1 * radius
        && width.min(height) > 0.4 * radius
        && (inked as f64) < HOLLOW_MAX * width * height
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Shape;
    use crate::extraction::inspect::AMONG_PRINT;
    use crate::extraction::inspect::IN_COLOUR;

    fn ring() -> Outline {
        Outline {
            shape: Shape::Round,
            centre: Point::new(110.0, 110.0),
            half_width: 70.0,
            half_height: 70.0,
            axis_degrees: 0.0,
        }
    }

    /// A thin circle with what `inside` draws, given the arm from its centre.
    fn drawing(inside: impl Fn(Vec2) -> bool) -> Density {
        let mut map = Raster::filled(220, 220, 0.0_f32);
        for y in 0..220 {
            for x in 0..220 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - ring().centre;
                let line = (67.5..70.0).contains(&arm.hypot());
                map.row_mut(y)[x] = if line || inside(arm) { 0.6 } else { 0.0 };
            }
        }
        map
    }

    /// Rows of letters over the whole page.
    fn print(arm: Vec2) -> bool {
        (arm.y + 200.0) % 22.0 < 10.0 && (arm.x + 200.0) % 7.0 < 3.0
    }

    fn band(arm: Vec2) -> bool {
        let turn = libm::atan2(arm.y, arm.x) / std::f64::consts::TAU + 0.5;
        (45.0..60.0).contains(&arm.hypot()) && turn * 40.0 % 1.0 < 0.4
    }

    #[test]
    fn a_circle_drawn_on_print_is_empty_and_a_band_of_letters_fills_it() {
        let drawn = read(&drawing(print), &ring(), 0.3, AMONG_PRINT, 1.0);
        assert!(matches!(drawn, Err(Rejection::Empty { .. })), "{drawn:?}");
        let sealed = drawing(|arm| print(arm) || band(arm));
        assert!(read(&sealed, &ring(), 0.3, AMONG_PRINT, 1.0).is_ok());
    }

    #[test]
    fn a_motif_of_one_ink_fills_a_ring_and_other_circles_do_not() {
        let motif = drawing(|arm| arm.hypot() < 15.0);
        assert!(read(&motif, &ring(), 0.3, IN_COLOUR, 1.0).is_ok());
        let other = |arm: Vec2| (67.5..70.0).contains(&(arm - Vec2::new(60.0, 0.0)).hypot());
        let inner = |arm: Vec2| (38.0..40.0).contains(&arm.hypot());
        let target = read(&drawing(inner), &ring(), 0.3, IN_COLOUR, 1.0);
        assert!(matches!(target, Err(Rejection::Empty { .. })), "{target:?}");
        let crossed = read(&drawing(other), &ring(), 0.3, IN_COLOUR, 1.0);
        assert!(
            matches!(crossed, Err(Rejection::Empty { .. })),
            "{crossed:?}"
        );
    }
}
