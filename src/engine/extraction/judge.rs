//! The decision on each candidate: fitted closely, read, and found a seal or left with a reason.

use crate::extraction::Outline;
use crate::extraction::Rejection;
use crate::extraction::Shape;
use crate::extraction::cut;
use crate::extraction::ellipse;
use crate::extraction::evidence;
use crate::extraction::finds::Found;
use crate::extraction::finds::Layer;
use crate::extraction::finds::outdone;
use crate::extraction::finds::same_place;
use crate::extraction::frames;
use crate::extraction::inspect;
use crate::extraction::inspect::Demands;
use crate::extraction::inspect::Reading;
use crate::extraction::regions::Window;
use crate::extraction::rings::Radii;
use crate::extraction::rings::RingCandidate;
use crate::extraction::tables;
use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::components;
use crate::imaging::dilate;

/// Longest oval over its width: the flattest in practice are 45x30.
const ASPECT_MAX: f64 = 1.75;
/// Radius of a drawn circle over the long half axis of what may borrow from it: rings inside a
/// seal's border are smaller.
const LENDER_MIN: f64 = 0.85;
/// Shorter side of what may be a page, millimetres: a picture of unknown size may be one.
const PAGE_MM_MIN: f64 = 90.0;
/// Candidates looked at closely in one layer.
const CANDIDATES_MAX: usize = 60;
/// How far an oval's or a frame's long half axis may stand over a whole circle of which it borrows
/// its ink.
const OVER_CIRCLE: f64 = 1.15;
/// Evidence, in multiples of the least, from which an oval stands for all rough ones of its border.
const SURE: f64 = 3.0;
/// How far a rough oval may be off its border's outermost line, as a share of the mean half axis:
/// ellipses laid between two lines are off by as much as the lines stand apart.
const SAME_BORDER: f64 = 0.2;

/// What a layer is searched with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub map: &'a Density,
    pub layer: Layer,
    pub radii: Radii,
    /// Working pixels in a millimetre; `None` if unknown.
    pub per_mm: Option<f64>,
}

/// Judges the frames that straight sides make in a window, then those around its pieces of ink.
pub(super) fn frames(
    ground: Ground,
    window: &Window,
    sides: Vec<Outline>,
    found: &mut Vec<Found>,
    rejected: &mut Vec<(Outline, Rejection)>,
) {
    let layer = ground.layer;
    let mut settle = |judged: Result<(Outline, Reading), (Outline, Rejection)>,
                      found: &mut Vec<Found>| match judged {
        Ok((outline, reading)) => found.push(Found {
            outline,
            reading,
            layer,
        }),
        Err(refused) => rejected.push(refused),
    };
    for outline in sides {
        if !outdone(found, &outline, layer) && !laid_on_circle(found, &outline) {
            let judged = judge_sides(ground, &outline).map_err(|why| (outline, why));
            settle(judged, found);
        }
    }
    for component in pieces(window, layer, ground.radii) {
        let is_spoken_for = outdone(found, &frames::triangle(&component), layer)
            || laid_on_circle(found, &frames::rectangle(&component));
        if !is_spoken_for {
            settle(judge_frame(ground, &component), found);
        }
    }
}

pub(super) fn rings(
    ground: Ground,
    candidates: Vec<RingCandidate>,
    found: &mut Vec<Found>,
    rejected: &mut Vec<(Outline, Rejection)>,
) {
    let Ground { map, layer, .. } = ground;
    let mut judged: Vec<Outline> = Vec::new();
    let mut fits: Vec<(Outline, f32)> = Vec::new();
    let mut ovals: Vec<Weighed> = Vec::new();
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        let outline = as_outline(&candidate);
        if judged
            .iter()
            .any(|other| nearly_equal(other, &outline, 0.06))
            || outdone(found, &outline, layer)
            || laid_on_circle(found, &outline)
        {
            continue;
        }
        judged.push(outline);
        let level = inspect::half_level(map, &outline, 0.5 * layer.least());
        let reach = (0.08 * outline.mean_radius()).max(4.0);
        let Some(fitted) = inspect::fit(map, &outline, level, reach) else {
            rejected.push((outline, Rejection::NoOutline));
            continue;
        };
        if laid_on_circle(found, &fitted) {
            continue;
        }
        // Several proposals of one ring come to the same fit, which is read once.
        let same = |(other, density): &(Outline, f32)| {
            other.shape == fitted.shape
                && nearly_equal(other, &fitted, 0.004)
                && (density - level).abs() < 0.02 * level
        };
        if fits.iter().any(same) {
            continue;
        }
        fits.push((fitted, level));
        match judge_ring(ground, &fitted, level, &mut ovals) {
            Ok((outline, reading)) => found.push(Found {
                outline,
                reading,
                layer,
            }),
            Err(why) => rejected.push((fitted, why)),
        }
    }
}

/// Whether what is no circle itself lies on the lines of a whole one found before it, or within it.
fn laid_on_circle(found: &[Found], outline: &Outline) -> bool {
    let on = |circle: &Found| {
        circle.outline.shape == Shape::Round
            && circle.is_whole()
            && same_place(&circle.outline, outline)
            && outline.half_width.max(outline.half_height)
                < OVER_CIRCLE * circle.outline.mean_radius()
    };
    outline.shape != Shape::Round && found.iter().any(on)
}

/// Drops the finds that borrow most of their border from a circle refused as empty: an ellipse laid
/// through the lines of drawn circles bears ink here and there, the circles do throughout.
///
/// `refused`, and the finds beyond the first `known`, are those of one window, at most [`CANDIDATES_MAX`] circles and as many ovals.
pub(super) fn without_borrowers(
    ground: Ground,
    found: &mut Vec<Found>,
    known: usize,
    refused: &[(Outline, Rejection)],
) {
    let is_bent = |find: &Found| matches!(find.outline.shape, Shape::Round | Shape::Oval);
    if !found.iter().skip(known).any(is_bent) {
        return;
    }
    let weight = |outline: &Outline| {
        let level = inspect::half_level(ground.map, outline, 0.5 * ground.layer.least());
        evidence::weight(ground.map, outline, level, ground.layer.demands().drawn_max)
    };
    let empty: Vec<(&Outline, f64)> = refused
        .iter()
        .filter(|(outline, why)| {
            outline.shape == Shape::Round && matches!(why, Rejection::Empty { .. })
        })
        .map(|(outline, _)| (outline, weight(outline)))
        .collect();
    let mut index = 0;
    found.retain(|find| {
        index += 1;
        if index <= known || !is_bent(find) {
            return true;
        }
        let long = find.outline.half_width.max(find.outline.half_height);
        let lenders = empty.iter().filter(|(outline, _)| {
            same_place(outline, &find.outline) && outline.mean_radius() > LENDER_MIN * long
        });
        // Weighed once, however many circles lend: weighing goes around an outline, all else is a distance.
        let most = lenders.map(|(_, lent)| *lent).reduce(f64::max);
        // A find whose weight is no number stays.
        !most.is_some_and(|most| most > 2.0 * weight(&find.outline))
    });
}

fn as_outline(candidate: &RingCandidate) -> Outline {
    let (long, short) = candidate.half;
    let shape = if long - short < 0.09 * long {
        Shape::Round
    } else {
        Shape::Oval
    };
    let (centre, axis_degrees) = (candidate.centre, candidate.axis_degrees);
    Outline {
        shape,
        centre,
        half_width: long,
        half_height: short,
        axis_degrees,
    }
}

/// An outline with its evidence.
#[derive(Clone, Copy, Debug)]
struct Weighed {
    outline: Outline,
    weight: f64,
}

/// Reads a ring that was fitted roughly, and fits it closely; `ovals` are the outermost ones that
/// earlier candidates led to.
fn judge_ring(
    ground: Ground,
    fitted: &Outline,
    level: f32,
    ovals: &mut Vec<Weighed>,
) -> Result<(Outline, Reading), Rejection> {
    let Ground { map, layer, .. } = ground;
    let demands = layer.demands();
    // Most candidates are chance ink, and show it before the closer look.
    let (bearing, _) = inspect::border(map, fitted, level, demands);
    let rough_min = match layer {
        Layer::Hue(_) => 0.8 * demands.outline_min,
        Layer::Pale | Layer::Dark => demands.outline_min,
    };
    if bearing < rough_min {
        return Err(Rejection::OutlineIncomplete { coverage: bearing });
    }
    let weigh = |outline: Outline| Weighed {
        weight: evidence::weight(map, &outline, level, demands.drawn_max),
        outline,
    };
    let close = |rough: &Outline| weigh(inspect::fit(map, rough, level, 3.0).unwrap_or(*rough));
    let mut tight = close(fitted);
    if fitted.shape == Shape::Oval
        && let Some(far) = outermost_oval(ovals, fitted, |rough| {
            ellipse::outermost(map, rough, level).map(|far| close(&far))
        })
        && far.weight > tight.weight
    {
        tight = far;
    }
    let Weighed {
        outline: tight,
        weight,
    } = tight;
    let (long, short) = (
        tight.half_width.max(tight.half_height),
        tight.half_width.min(tight.half_height),
    );
    if long > ASPECT_MAX * short {
        return Err(Rejection::NoOutline);
    }
    let least = match tight.shape {
        Shape::Oval => evidence::ELLIPSE_MIN,
        Shape::Round | Shape::Rectangle | Shape::Triangle | Shape::Other => evidence::CIRCLE_MIN,
    };
    if weight < least {
        return Err(Rejection::OutlineIncomplete { coverage: bearing });
    }
    let reading = inspect::read(map, &tight, level, demands)?;
    Ok((tight, reading))
}

/// The outermost of the lines around a rough oval: one that an earlier candidate of the same border
/// led to, if it is well borne out, else `lay` looks for it.
fn outermost_oval(
    ovals: &mut Vec<Weighed>,
    rough: &Outline,
    lay: impl Fn(&Outline) -> Option<Weighed>,
) -> Option<Weighed> {
    let known = ovals.iter().find(|known| {
        known.weight > SURE * evidence::ELLIPSE_MIN
            && nearly_equal(&known.outline, rough, SAME_BORDER)
    });
    if let Some(known) = known {
        return Some(*known);
    }
    let far = lay(rough)?;
    ovals.push(far);
    Some(far)
}

/// Connected pieces of ink of a seal's size; a hue's broken frame is closed first.
fn pieces(window: &Window, layer: Layer, radii: Radii) -> Vec<Component> {
    let closed = match layer {
        Layer::Hue(_) | Layer::Pale => dilate(&window.mask, 2),
        Layer::Dark => dilate(&window.mask, 1),
    };
    let of_size = |component: &Component| {
        let (w, h) = (
            f64::from(component.bbox.width),
            f64::from(component.bbox.height),
        );
        w.max(h) >= 2.0 * radii.min && w.min(h) >= 1.2 * radii.min && w.max(h) <= 2.6 * radii.max
    };
    components(&closed)
        .into_iter()
        .filter(of_size)
        .take(CANDIDATES_MAX)
        .map(|component| component.moved(window.origin()))
        .collect()
}

/// Fits and reads a frame that straight sides make.
fn judge_sides(ground: Ground, start: &Outline) -> Result<(Outline, Reading), Rejection> {
    // Straight sides are what print is made of: a frame among it must be nearly whole.
    let whole = match (ground.layer, start.shape) {
        (Layer::Dark, Shape::Rectangle) => 0.76,
        _ => 0.5,
    };
    let level = inspect::half_level(ground.map, start, 0.5 * ground.layer.least());
    let outline = frames::fit(ground.map, start, level, 4.0);
    let outline = match start.shape {
        Shape::Rectangle => cut::squared(&outline, (ground.map.width(), ground.map.height())),
        Shape::Round | Shape::Oval | Shape::Triangle | Shape::Other => outline,
    };
    let reading = read_frame(ground, &outline, level, whole)?;
    Ok((outline, reading))
}

/// Fits and reads a frame around a piece of ink.
fn judge_frame(
    ground: Ground,
    component: &Component,
) -> Result<(Outline, Reading), (Outline, Rejection)> {
    // Where print itself is a frame must be wholly drawn: a matrix code's sides are a row of dots.
    let whole = match ground.layer {
        Layer::Hue(_) | Layer::Pale => 0.5,
        Layer::Dark => 0.9,
    };
    let start = frames::rectangle(component);
    let level = inspect::half_level(ground.map, &start, 0.5 * ground.layer.least());
    let box_outline = frames::fit(ground.map, &start, level, 5.0);
    let triangle = frames::triangle(component);
    let objection = match read_frame(ground, &box_outline, level, whole) {
        Ok(reading) => return Ok((box_outline, reading)),
        Err(why) => why,
    };
    let reading = read_frame(ground, &triangle, level, whole);
    reading
        .map(|reading| (triangle, reading))
        .map_err(|_| (box_outline, objection))
}

/// Reads a fitted frame of which a share of at least `whole` must be drawn.
fn read_frame(
    ground: Ground,
    outline: &Outline,
    level: f32,
    whole: f64,
) -> Result<Reading, Rejection> {
    let Ground {
        map, layer, radii, ..
    } = ground;
    let demands = layer.demands();
    let demands = Demands {
        outline_min: demands.outline_min.max(whole),
        strokes_min: 5,
        ..demands
    };
    let is_small = outline.half_width.min(outline.half_height) < 0.6 * radii.min;
    if is_small || evidence::weight(map, outline, level, demands.drawn_max) < evidence::FRAME_MIN {
        return Err(Rejection::NoOutline);
    }
    let reading = inspect::read(map, outline, level, demands)?;
    if outline.shape == Shape::Rectangle && cut::is_cut(map, outline, level) {
        return Err(Rejection::OutlineIncomplete {
            coverage: reading.outline,
        });
    }
    if outline.shape == Shape::Rectangle && is_printed(ground, outline, level) {
        return Err(Rejection::Table);
    }
    Ok(reading)
}

/// Whether a frame is print itself: letters of a heading, part of a table, the border of the page.
fn is_printed(ground: Ground, outline: &Outline, level: f32) -> bool {
    let Ground {
        map, layer, per_mm, ..
    } = ground;
    let alone = !matches!(layer, Layer::Dark);
    if tables::is_in_row(map, outline, level, alone) {
        return true;
    }
    if matches!(layer, Layer::Hue(_)) {
        return false;
    }
    let page = (map.width() * map.height()) as f64;
    // Four times the half sizes' product is the frame's area; no stamp covers a quarter of a page,
    // though it does of a picture cut around it.
    let side = map.width().min(map.height()) as f64;
    let is_page = per_mm.is_none_or(|per_mm| side > PAGE_MM_MIN * per_mm);
    let covers_page = is_page && 16.0 * outline.half_width * outline.half_height > page;
    covers_page || tables::is_ruled(map, outline, level)
}

/// Whether two outlines differ by no more than a share of their size.
fn nearly_equal(a: &Outline, b: &Outline, share: f64) -> bool {
    let tolerance = share * a.mean_radius().max(b.mean_radius());
    a.centre.distance(b.centre) < tolerance
        && (a.half_width - b.half_width).abs() < tolerance
        && (a.half_height - b.half_height).abs() < tolerance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use crate::imaging::Raster;

    #[test]
    fn a_frame_on_a_picture_cut_around_it_is_no_border_of_a_page() {
        let mut map = Raster::filled(140, 140, 0.0_f32);
        for y in 22..118 {
            map.row_mut(y)[22..118].fill(if (28..112).contains(&y) { 0.0 } else { 1.0 });
            for x in (22..28).chain(112..118) {
                map.row_mut(y)[x] = 1.0;
            }
        }
        let outline = Outline {
            shape: Shape::Rectangle,
            centre: Point::new(70.0, 70.0),
            half_width: 48.0,
            half_height: 48.0,
            axis_degrees: 0.0,
        };
        let printed = |per_mm: Option<f64>| {
            let ground = Ground {
                map: &map,
                layer: Layer::Dark,
                radii: Radii {
                    min: 20.0,
                    max: 60.0,
                },
                per_mm,
            };
            is_printed(ground, &outline, 0.5)
        };
        assert!(!printed(Some(3.0)), "the picture is 47 mm wide");
        assert!(printed(Some(1.0)), "it is 140 mm wide");
        assert!(printed(None), "it may be a page");
    }

    #[test]
    fn an_ellipse_through_the_lines_of_a_drawn_circle_is_dropped() {
        let circle = Outline {
            shape: Shape::Round,
            centre: Point::new(110.0, 110.0),
            half_width: 70.0,
            half_height: 70.0,
            axis_degrees: 0.0,
        };
        let mut map = Raster::filled(220, 220, 0.0_f32);
        for y in 0..220 {
            for x in 0..220 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - circle.centre;
                let line = (67.0..70.0).contains(&arm.hypot());
                map.row_mut(y)[x] = if line { 0.6 } else { 0.0 };
            }
        }
        let ground = Ground {
            map: &map,
            layer: Layer::Dark,
            radii: Radii {
                min: 25.0,
                max: 100.0,
            },
            per_mm: None,
        };
        let find = |outline: Outline| Found {
            outline,
            reading: Reading {
                outline: 0.6,
                clear: 1.0,
            },
            layer: Layer::Dark,
        };
        let ellipse = Outline {
            shape: Shape::Oval,
            half_height: 62.0,
            ..circle
        };
        let refused = [(circle, Rejection::Empty { coverage: 0.0 })];
        let mut found = vec![find(ellipse)];
        without_borrowers(ground, &mut found, 0, &refused);
        assert!(found.is_empty(), "{found:?}");
        let mut known = vec![find(ellipse)];
        without_borrowers(ground, &mut known, 1, &refused);
        assert_eq!(known.len(), 1, "what stood before stays");
    }
}
