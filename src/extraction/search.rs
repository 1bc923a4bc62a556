//! The search of a page: layers of ink, candidates in each, and the decision on each candidate.

use crate::extraction::Extraction;
use crate::extraction::Outline;
use crate::extraction::Rejected;
use crate::extraction::Rejection;
use crate::extraction::Shape;
use crate::extraction::frames;
use crate::extraction::inspect;
use crate::extraction::inspect::Demands;
use crate::extraction::inspect::Reading;
use crate::extraction::isolate;
use crate::extraction::paper;
use crate::extraction::paper::Work;
use crate::extraction::regions;
use crate::extraction::regions::Window;
use crate::extraction::rings;
use crate::extraction::rings::Edge;
use crate::extraction::rings::Radii;
use crate::extraction::rings::RingCandidate;
use crate::geometry::PixelRect;
use crate::geometry::Point;
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
/// Smallest oval's short half axis over the smallest circle's radius.
const OVAL_MIN: f64 = 1.3;
/// Half axis, in working pixels, below which a ring must be more complete (13 mm).
const SMALL_PX: f64 = 50.0;
/// Share of an outline that must be drawn before what it holds counts as part of its drawing.
const HOLDER_COVERED_MIN: f64 = 0.7;
/// How far beyond an outline its own drawing may be found: a chance ring through letters bulges.
const HOLDING: f64 = 1.12;
/// Longest oval over its width: the flattest in practice are 45x30.
const ASPECT_MAX: f64 = 1.75;
/// Candidates looked at closely in one layer.
const CANDIDATES_MAX: usize = 60;
/// Rejected candidates kept with their reason.
const REJECTED_MAX: usize = 64;

/// What a seal was found in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layer {
    /// A hue of its own, at this angle.
    Hue(f64),
    /// Black, or a page without colour.
    Dark,
}

/// A seal as found at working scale.
#[derive(Clone, Copy, Debug)]
struct Found {
    outline: Outline,
    reading: Reading,
    layer: Layer,
}

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
    search(&work.dark, Layer::Dark, radii, &mut found, &mut rejected);

    let scale = work.factor as f64;
    let size = (page.image.width(), page.image.height());
    let kept = without_repeats(found);
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
        Layer::Hue(_) => (HUE_LEVEL, inspect::IN_COLOUR, 2),
        Layer::Dark => (DARK_LEVEL, inspect::AMONG_PRINT, 0),
    };
    let limits = (least, demands);
    let mask = map.map(|value| value > least);
    let known = found.len();
    for window in regions::windows(&mask, gap, radii) {
        let smooth = blur(&window.cut(map), 0.8);
        let bent = regions::without_rules(&window.mask, floor_index(1.6 * radii.min));
        let mut edges = rings::edges(&smooth, &bent, 0.25 * least, window.origin());
        // A seal of colour shows among the dark ink as well; what it bears is known by now.
        edges.retain(|edge| {
            !found[..known].iter().any(|seal| {
                merit(seal) > 0.5 * libm::sqrt(seal.outline.mean_radius())
                    && encloses(&seal.outline, edge.position())
            })
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
                .any(|seal| encloses(&seal.outline, edge.position()))
        };
        let rest: Vec<Edge> = edges.into_iter().filter(|edge| !explained(edge)).collect();
        let oval = Radii {
            min: radii.min * OVAL_MIN,
            max: own.max.min(largest_ring(window.bbox, 0.5)),
        };
        let ellipses = rings::ellipses(&rest, oval);
        judge_rings(map, ellipses, layer, limits, found, rejected);
        for component in pieces(&window, layer, radii) {
            if outdone(found, &frames::triangle(&component), layer) {
                continue;
            }
            match judge_frame(map, &component, layer, radii, limits) {
                Ok((outline, reading)) => found.push(Found {
                    outline,
                    reading,
                    layer,
                }),
                Err((outline, why)) => rejected.push((outline, why)),
            }
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
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        let outline = as_outline(&candidate);
        if judged.iter().any(|other| nearly_equal(other, &outline))
            || outdone(found, &outline, layer)
        {
            continue;
        }
        judged.push(outline);
        match judge_ring(map, &outline, limits) {
            Ok((outline, reading)) => found.push(Found {
                outline,
                reading,
                layer,
            }),
            Err(why) => rejected.push((outline, why)),
        }
    }
}

fn encloses(outline: &Outline, point: Point) -> bool {
    let arm = point - outline.centre;
    arm.hypot() < 1.06 * outline.radius_at(libm::atan2(arm.y, arm.x))
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

/// Fits and reads a ring candidate.
fn judge_ring(
    map: &Density,
    outline: &Outline,
    (least, demands): (f32, Demands),
) -> Result<(Outline, Reading), Rejection> {
    let level = inspect::half_level(map, outline, 0.5 * least);
    let reach = (0.08 * outline.mean_radius()).max(4.0);
    let fitted = inspect::fit(map, outline, level, reach).ok_or(Rejection::NoOutline)?;
    // Most candidates are chance ink, and show it before the closer look.
    let (bearing, _) = inspect::border(map, &fitted, level);
    if bearing < 0.8 * demands.outline_min {
        return Err(Rejection::OutlineIncomplete { coverage: bearing });
    }
    let tight = inspect::fit(map, &fitted, level, 3.0).unwrap_or(fitted);
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
        Layer::Hue(_) => dilate(&window.mask, 2),
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

/// Fits and reads a frame around a piece of ink.
fn judge_frame(
    map: &Density,
    component: &Component,
    layer: Layer,
    radii: Radii,
    (least, demands): (f32, Demands),
) -> Result<(Outline, Reading), (Outline, Rejection)> {
    // Straight sides among print are common, so a frame must be nearly whole in either layer, and
    // wholly drawn where print itself is: a matrix code's sides are a row of dots.
    let whole = match layer {
        Layer::Hue(_) => 0.7,
        Layer::Dark => 0.9,
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
            Ok(_) if matches!(layer, Layer::Dark) && is_print(map, &outline, level) => {
                objection = Rejection::Table;
            }
            Ok(reading) => return Ok((outline, reading)),
            Err(why) if outline.shape == Shape::Rectangle => objection = why,
            Err(_) => {}
        }
    }
    Err((box_outline, objection))
}

/// Whether a frame among print is print itself: part of a table, or the border of the page.
fn is_print(map: &Density, outline: &Outline, level: f32) -> bool {
    let page = (map.width() * map.height()) as f64;
    // Four times the half sizes' product is the frame's area; no stamp covers a quarter of a page.
    let covers_page = 16.0 * outline.half_width * outline.half_height > page;
    covers_page || frames::is_ruled(map, outline, level)
}

fn nearly_equal(a: &Outline, b: &Outline) -> bool {
    let tolerance = 0.06 * a.mean_radius().max(b.mean_radius());
    a.centre.distance(b.centre) < tolerance
        && (a.half_width - b.half_width).abs() < tolerance
        && (a.half_height - b.half_height).abs() < tolerance
}

/// Whether one outline's centre lies well inside the other.
fn same_place(a: &Outline, b: &Outline) -> bool {
    a.centre.distance(b.centre) < 0.6 * a.mean_radius().max(b.mean_radius())
}

/// What decides between two finds in one place: the larger outline wins if it bears nearly as much
/// ink as the smaller, since a border's inner ring and the motif are rings as well; round wins over
/// other shapes.
fn merit(found: &Found) -> f64 {
    let shape = match found.outline.shape {
        Shape::Round => 1.0,
        Shape::Oval => 0.93,
        Shape::Rectangle | Shape::Triangle | Shape::Other => 0.9,
    };
    // Coverage counts by its square: a half-covered ring is far weaker than a whole one.
    let covered = found.reading.outline * found.reading.clear;
    shape * weight(found.layer) * covered * covered * libm::sqrt(found.outline.mean_radius())
}

/// The most that a candidate could come to: whole, and grown by as much as a fit may.
fn best_merit(outline: &Outline, layer: Layer) -> f64 {
    weight(layer) * libm::sqrt(1.08 * outline.mean_radius())
}

/// Whether a find in the same place is better than a candidate can come to be.
fn outdone(found: &[Found], outline: &Outline, layer: Layer) -> bool {
    let most = best_merit(outline, layer);
    found
        .iter()
        .any(|seal| same_place(&seal.outline, outline) && merit(seal) > most)
}

fn weight(layer: Layer) -> f64 {
    match layer {
        Layer::Hue(_) => 1.0,
        Layer::Dark => 0.8,
    }
}

/// One seal a place: no seal stands inside another, so what a well-inked outline holds is part of
/// its drawing.
fn without_repeats(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| merit(b).total_cmp(&merit(a)));
    let mut kept: Vec<Found> = Vec::new();
    for candidate in found {
        let outline = candidate.outline;
        let stands =
            |other: &Found| same_place(&other.outline, &outline) || holds(&other.outline, &outline);
        if kept.iter().any(stands) {
            continue;
        }
        let part = |other: &Found| holds(&outline, &other.outline);
        let covered = candidate.reading.outline * candidate.reading.clear;
        if kept.iter().any(part) && covered < HOLDER_COVERED_MIN {
            continue;
        }
        kept.retain(|other| !part(other));
        kept.push(candidate);
    }
    kept
}

/// Whether an outline holds another within itself.
fn holds(outer: &Outline, inner: &Outline) -> bool {
    (0..24).all(|i| {
        let direction = f64::from(i) / 24.0 * std::f64::consts::TAU;
        let arm = inner.point(1.0, direction) - outer.centre;
        arm.hypot() < HOLDING * outer.radius_at(libm::atan2(arm.y, arm.x))
    })
}
