//! The search of a page: layers of ink, candidates in each, and the decision on each candidate.

use crate::extraction::Extraction;
use crate::extraction::Outline;
use crate::extraction::Rejected;
use crate::extraction::Rejection;
use crate::extraction::Shape;
use crate::extraction::finds::Found;
use crate::extraction::finds::Layer;
use crate::extraction::finds::encloses;
use crate::extraction::finds::outdone;
use crate::extraction::finds::same_place;
use crate::extraction::finds::without_repeats;
use crate::extraction::frames;
use crate::extraction::inspect;
use crate::extraction::inspect::Demands;
use crate::extraction::inspect::Reading;
use crate::extraction::isolate;
use crate::extraction::paper;
use crate::extraction::paper::Work;
use crate::extraction::printed;
use crate::extraction::regions;
use crate::extraction::regions::Window;
use crate::extraction::rings;
use crate::extraction::rings::Edge;
use crate::extraction::rings::Radii;
use crate::extraction::rings::RingCandidate;
use crate::extraction::sides;
use crate::geometry::PixelRect;
use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::ingest::Page;
use crate::units::floor_index;

/// Smallest and largest half size of a seal, in millimetres: personal stamps of 15 mm to the
/// largest official ones of 60 mm (domain: State Council seal 60 mm).
const HALF_MM: (f64, f64) = (6.5, 31.5);
/// The same as shares of the page's short side where the resolution is unknown.
const HALF_SHARE: (f64, f64) = (0.04, 0.55);
/// Density from which a pixel of a hue layer counts as ink.
const HUE_LEVEL: f32 = 0.075;
/// Density from which a pixel of the dark layer counts as ink: pale seals on gray scans have 0.2.
const DARK_LEVEL: f32 = 0.12;
/// Density from which a pixel of the pale layer counts as ink.
const PALE_LEVEL: f32 = 0.08;
/// Smallest oval's short half axis over the smallest circle's radius.
const OVAL_MIN: f64 = 1.3;
/// Half axis, in working pixels, below which a ring must be more complete (13 mm).
const SMALL_PX: f64 = 50.0;
/// Longest oval over its width: the flattest in practice are 45x30.
const ASPECT_MAX: f64 = 1.75;
/// Candidates looked at closely in one layer.
const CANDIDATES_MAX: usize = 60;
/// Rejected candidates kept with their reason.
const REJECTED_MAX: usize = 64;

/// Finds the seal impressions of a page.
#[must_use]
pub fn extract(page: &Page) -> Extraction {
    let work = paper::prepare(page);
    let radii = radii(page, &work);
    let mut found = Vec::new();
    let mut rejected = Vec::new();
    for hue in &work.hues {
        let layer = Layer::Hue(hue.angle);
        search(&hue.chroma, layer, radii, &mut found, &mut rejected);
    }
    if let Some(pale) = &work.pale {
        search(pale, Layer::Pale, radii, &mut found, &mut rejected);
    }
    search(&work.dark, Layer::Dark, radii, &mut found, &mut rejected);

    let scale = work.factor as f64;
    let size = (page.image.width(), page.image.height());
    let mut kept = without_repeats(found);
    // Print is told from stamps last, so that no part of a logo stands in for the whole.
    kept.retain(|find| {
        let why = objection(&work, find);
        rejected.splice(0..0, why.map(|why| (find.outline, why)));
        why.is_none()
    });
    let mut impressions: Vec<_> = kept
        .iter()
        .map(|found| isolate::impression(page, &found.outline.scaled(scale), found.layer))
        .collect();
    impressions.sort_by_key(|impression| (impression.bbox.y, impression.bbox.x));
    let mut rejected: Vec<Rejected> = rejected
        .into_iter()
        .filter(|(outline, _)| !kept.iter().any(|found| same_place(&found.outline, outline)))
        .map(|(outline, why)| Rejected {
            bbox: outline.scaled(scale).bbox(size),
            why,
        })
        .collect();
    rejected.truncate(REJECTED_MAX);
    Extraction {
        impressions,
        rejected,
    }
}

/// What speaks against a find for its place on the page and what is around it.
fn objection(work: &Work, find: &Found) -> Option<Rejection> {
    let (map, least) = match find.layer {
        Layer::Hue(angle) => {
            let own = work.hues.iter().find(|hue| same_angle(hue.angle, angle));
            (&own?.chroma, HUE_LEVEL)
        }
        Layer::Pale => (work.pale.as_ref()?, PALE_LEVEL),
        Layer::Dark => (&work.dark, DARK_LEVEL),
    };
    let outline = &find.outline;
    if let Some(per_mm) = work.per_mm {
        let half = outline.half_width.max(outline.half_height);
        // A fit may grow a candidate beyond what was searched for.
        if half > HALF_MM.1 * per_mm {
            return Some(Rejection::Size {
                width_mm: 2.0 * outline.half_width / per_mm,
                height_mm: 2.0 * outline.half_height / per_mm,
            });
        }
    }
    let level = inspect::half_level(map, outline, 0.5 * least);
    let print = printed::is_logo(map, find, work.per_mm)
        || printed::is_lettered(map, find, level, work.per_mm);
    print.then_some(Rejection::Printed)
}

fn same_angle(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn radii(page: &Page, work: &Work) -> Radii {
    let side = page.image.width().min(page.image.height()) as f64 / work.factor as f64;
    match work.per_mm {
        Some(per_mm) => Radii {
            min: HALF_MM.0 * per_mm,
            max: (HALF_MM.1 * per_mm).min(HALF_SHARE.1 * side).max(12.0),
        },
        None => Radii {
            min: (HALF_SHARE.0 * side).max(8.0),
            max: HALF_SHARE.1 * side,
        },
    }
}

/// Looks for rings and frames in one layer.
fn search(
    map: &Density,
    layer: Layer,
    radii: Radii,
    found: &mut Vec<Found>,
    rejected: &mut Vec<(Outline, Rejection)>,
) {
    let (least, demands, gap) = match layer {
        Layer::Hue(_) => (HUE_LEVEL, inspect::IN_COLOUR, 4),
        Layer::Pale => (PALE_LEVEL, inspect::PALE, 3),
        Layer::Dark => (DARK_LEVEL, inspect::AMONG_PRINT, 0),
    };
    let limits = (least, demands);
    let mask = map.map(|value| value > least);
    let known = found.len();
    for window in regions::windows(&mask, gap, radii) {
        let smooth = blur(&window.cut(map), 0.8);
        // The edges of a line a pixel wide lie beside it, not on it.
        let near = match layer {
            Layer::Hue(_) | Layer::Pale => &dilate(&window.mask, 1),
            Layer::Dark => &window.mask,
        };
        let bent = regions::without_rules(near, floor_index(1.6 * radii.min));
        let mut edges = rings::edges(&smooth, &bent, 0.25 * least, window.origin());
        // A seal of colour shows among the dark ink as well; what it bears is known by now.
        edges.retain(|edge| {
            let known = &found[..known];
            !known
                .iter()
                .any(|seal| seal.is_sure() && encloses(&seal.outline, edge.position()))
        });
        let own = Radii {
            max: radii
                .max
                .min(largest_ring(window.bbox, demands.outline_min)),
            ..radii
        };
        let circles = rings::circles(&edges, own);
        judge_rings(map, circles, layer, limits, found, rejected);
        // What a circle explains need not be searched for ellipses, which cost more.
        let explained = |edge: &Edge| {
            found
                .iter()
                .any(|seal| seal.is_whole() && encloses(&seal.outline, edge.position()))
        };
        let rest: Vec<Edge> = edges.into_iter().filter(|edge| !explained(edge)).collect();
        let oval = Radii {
            min: radii.min * OVAL_MIN,
            max: own.max.min(largest_ring(window.bbox, 0.5)),
        };
        let ellipses = rings::ellipses(&rest, oval);
        judge_rings(map, ellipses, layer, limits, found, rejected);
        if !has_room_for_frame(window.bbox, radii) {
            continue;
        }
        let straight = rings::edges(&smooth, near, 0.25 * least, window.origin());
        let ground = Ground {
            map,
            layer,
            radii,
            limits,
        };
        judge_frames(ground, &window, &straight, found, rejected);
    }
}

/// Whether a frame of the least size fits into a window; most windows around words are smaller.
fn has_room_for_frame(bbox: PixelRect, radii: Radii) -> bool {
    let (width, height) = (f64::from(bbox.width), f64::from(bbox.height));
    width.min(height) >= 1.2 * radii.min && width.max(height) >= 2.0 * radii.min
}

/// What a layer is searched with.
#[derive(Clone, Copy, Debug)]
struct Ground<'a> {
    map: &'a Density,
    layer: Layer,
    radii: Radii,
    limits: (f32, Demands),
}

/// Judges the frames that straight sides make in a window, then those around its pieces of ink.
fn judge_frames(
    ground: Ground,
    window: &Window,
    straight: &[Edge],
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
    for outline in sides::outlines(straight, ground.radii) {
        if !outdone(found, &outline, layer) {
            let judged = judge_sides(ground, &outline).map_err(|why| (outline, why));
            settle(judged, found);
        }
    }
    for component in pieces(window, layer, ground.radii) {
        if !outdone(found, &frames::triangle(&component), layer) {
            settle(judge_frame(ground, &component), found);
        }
    }
}

/// Radius of the largest ring that ink inside a box may be part of: an arc of a share of a circle
/// reaches so many radii along its chord and across it. More than half is never asked for, since
/// worn pieces may lie outside the box.
fn largest_ring(bbox: PixelRect, share: f64) -> f64 {
    let (width, height) = (f64::from(bbox.width), f64::from(bbox.height));
    let half_angle = std::f64::consts::PI * share.min(0.5);
    let (along, across) = (2.0 * libm::sin(half_angle), 1.0 - libm::cos(half_angle));
    (libm::hypot(width, height) / along).min(width.min(height) / across)
}

fn judge_rings(
    map: &Density,
    candidates: Vec<RingCandidate>,
    layer: Layer,
    limits: (f32, Demands),
    found: &mut Vec<Found>,
    rejected: &mut Vec<(Outline, Rejection)>,
) {
    let mut judged: Vec<Outline> = Vec::new();
    let mut fits: Vec<(Outline, f32)> = Vec::new();
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        let outline = as_outline(&candidate);
        if judged
            .iter()
            .any(|other| nearly_equal(other, &outline, 0.06))
            || outdone(found, &outline, layer)
        {
            continue;
        }
        judged.push(outline);
        let level = inspect::half_level(map, &outline, 0.5 * limits.0);
        let reach = (0.08 * outline.mean_radius()).max(4.0);
        let Some(fitted) = inspect::fit(map, &outline, level, reach) else {
            rejected.push((outline, Rejection::NoOutline));
            continue;
        };
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
        match judge_ring(map, &fitted, (level, limits.1)) {
            Ok((outline, reading)) => found.push(Found {
                outline,
                reading,
                layer,
            }),
            Err(why) => rejected.push((outline, why)),
        }
    }
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

/// Reads a ring that was fitted roughly, and fits it closely.
fn judge_ring(
    map: &Density,
    fitted: &Outline,
    (level, demands): (f32, Demands),
) -> Result<(Outline, Reading), Rejection> {
    // Most candidates are chance ink, and show it before the closer look.
    let (bearing, _) = inspect::border(map, fitted, level, demands);
    if bearing < 0.8 * demands.outline_min {
        return Err(Rejection::OutlineIncomplete { coverage: bearing });
    }
    let tight = inspect::fit(map, fitted, level, 3.0).unwrap_or(*fitted);
    let (long, short) = (
        tight.half_width.max(tight.half_height),
        tight.half_width.min(tight.half_height),
    );
    if long > ASPECT_MAX * short {
        return Err(Rejection::NoOutline);
    }
    // An ellipse has two more freedoms than a circle to fit chance ink with.
    let oval_min = if tight.shape == Shape::Oval { 0.6 } else { 0.0 };
    // A small ring of few pixels is matched by chance ink more often than a large one.
    let small = ((SMALL_PX - short) / SMALL_PX).max(0.0);
    let outline_min = (demands.outline_min.max(oval_min) + 0.8 * small).min(0.95);
    let demands = Demands {
        outline_min,
        ..demands
    };
    let reading = inspect::read(map, &tight, level, demands)?;
    Ok((tight, reading))
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
    let Ground {
        map,
        layer,
        radii,
        limits: (least, demands),
    } = ground;
    // Three sides are met by chance more often than four.
    let whole: f64 = match (layer, start.shape) {
        (Layer::Hue(_), Shape::Rectangle) => 0.6,
        (Layer::Pale, Shape::Rectangle) => 0.7,
        _ => 0.76,
    };
    let demands = Demands {
        outline_min: demands.outline_min.max(whole),
        strokes_min: 5,
        ..demands
    };
    let level = inspect::half_level(map, start, 0.5 * least);
    let outline = frames::fit(map, start, level, 4.0);
    let reading = inspect::read(map, &outline, level, demands)?;
    let upright = outline.shape == Shape::Rectangle;
    if upright && is_printed(map, &outline, level, layer) {
        return Err(Rejection::Table);
    }
    if outline.half_width.min(outline.half_height) < 0.6 * radii.min {
        return Err(Rejection::NoOutline);
    }
    Ok((outline, reading))
}

/// Fits and reads a frame around a piece of ink.
fn judge_frame(
    ground: Ground,
    component: &Component,
) -> Result<(Outline, Reading), (Outline, Rejection)> {
    let Ground {
        map,
        layer,
        radii,
        limits: (least, demands),
    } = ground;
    // Straight sides among print are common, so a frame must be nearly whole in either layer, and
    // wholly drawn where print itself is: a matrix code's sides are a row of dots.
    let whole = match layer {
        Layer::Hue(_) => 0.7,
        Layer::Pale | Layer::Dark => 0.9,
    };
    let demands = Demands {
        outline_min: demands.outline_min.max(whole),
        strokes_min: 5,
        ..demands
    };
    let start = frames::rectangle(component);
    let level = inspect::half_level(map, &start, 0.5 * least);
    let box_outline = frames::fit(map, &start, level, 5.0);
    let triangle = frames::triangle(component);
    let mut objection = Rejection::NoOutline;
    for outline in [box_outline, triangle] {
        if outline.half_width.min(outline.half_height) < 0.6 * radii.min {
            continue;
        }
        match inspect::read(map, &outline, level, demands) {
            Ok(_)
                if outline.shape == Shape::Rectangle && is_printed(map, &outline, level, layer) =>
            {
                objection = Rejection::Table;
            }
            Ok(reading) => return Ok((outline, reading)),
            Err(why) if outline.shape == Shape::Rectangle => objection = why,
            Err(_) => {}
        }
    }
    Err((box_outline, objection))
}

/// Whether a frame is print itself: letters of a heading, part of a table, the border of the page.
fn is_printed(map: &Density, outline: &Outline, level: f32, layer: Layer) -> bool {
    let alone = !matches!(layer, Layer::Dark);
    if frames::is_in_row(map, outline, level, alone) {
        return true;
    }
    if matches!(layer, Layer::Hue(_)) {
        return false;
    }
    let page = (map.width() * map.height()) as f64;
    // Four times the half sizes' product is the frame's area; no stamp covers a quarter of a page.
    let covers_page = 16.0 * outline.half_width * outline.half_height > page;
    covers_page || frames::is_ruled(map, outline, level)
}

/// Whether two outlines differ by no more than a share of their size.
fn nearly_equal(a: &Outline, b: &Outline, share: f64) -> bool {
    let tolerance = share * a.mean_radius().max(b.mean_radius());
    a.centre.distance(b.centre) < tolerance
        && (a.half_width - b.half_width).abs() < tolerance
        && (a.half_height - b.half_height).abs() < tolerance
}
