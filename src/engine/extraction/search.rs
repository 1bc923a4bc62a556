//! The search of a page: layers of ink, candidates in each, and the decision on each candidate.

use crate::extraction::Extraction;
use crate::extraction::Figure;
use crate::extraction::Outline;
use crate::extraction::Rejected;
use crate::extraction::Rejection;
use crate::extraction::Shape;
use crate::extraction::Sought;
use crate::extraction::finds::Found;
use crate::extraction::finds::Layer;
use crate::extraction::finds::encloser;
use crate::extraction::finds::may_enclose;
use crate::extraction::finds::same_place;
use crate::extraction::finds::without_repeats;
use crate::extraction::isolate;
use crate::extraction::judge;
use crate::extraction::judge::Ground;
use crate::extraction::likeness;
use crate::extraction::objections;
use crate::extraction::paper;
use crate::extraction::paper::Work;
use crate::extraction::regions;
use crate::extraction::regions::Window;
use crate::extraction::rings;
use crate::extraction::rings::Edge;
use crate::extraction::rings::Radii;
use crate::extraction::sides;
use crate::extraction::unframed;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::imaging::ColourMode;
use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::blur;
use crate::imaging::dilate;
use crate::imaging::wide;
use crate::ingest::Page;
use crate::units::floor_index;

/// Smallest and largest half size of a seal, in millimetres: personal stamps of 15 mm to the
/// largest official ones of 60 mm (domain: State Council seal 60 mm).
const HALF_MM: (f64, f64) = (6.5, 31.5);
/// The same as shares of the page's short side where the resolution is unknown.
const HALF_SHARE: (f64, f64) = (0.04, 0.55);
/// Smallest oval's short half axis over the smallest circle's radius.
const OVAL_MIN: f64 = 1.3;
/// Where the line of a drawn circle lies against its outer edge, working pixels.
const LINE_PX: std::ops::Range<f64> = -4.5..1.5;
/// Ink from which a window is searched for frames, in lines of a pixel as long as the least radius:
/// half the sides of the least frame.
const FRAME_INK: f64 = 2.4;
/// Rejected candidates of a page that are kept with their reason.
pub const REJECTED_MAX: usize = 64;

/// Finds the seal impressions of a page that have an outline.
#[must_use]
pub fn extract(page: &Page) -> Extraction {
    seek(page, &Sought::Framed)
}

/// Finds the seal impressions of a page, and what else is sought.
///
/// Seals that are known by their drawings are proposed where the page looks like them: whether it is they,
/// a full comparison says.
#[must_use]
pub fn seek(page: &Page, sought: &Sought) -> Extraction {
    seek_on(page, &paper::prepare(page), sought)
}

/// The same on a page that is prepared already.
#[must_use]
pub fn seek_on(page: &Page, work: &Work, sought: &Sought) -> Extraction {
    // On a page without colour, print and stamps share one layer.
    let is_mixed = page.image.mode() != ColourMode::Colour;
    let scene = (radii(page, work), work.per_mm, is_mixed);
    let mut found = Vec::new();
    let mut rejected = Vec::new();
    for hue in &work.hues {
        let layer = Layer::Hue(hue.angle);
        search(&hue.chroma, layer, scene, &mut found, &mut rejected);
    }
    if let Some(pale) = &work.pale {
        search(pale, Layer::Pale, scene, &mut found, &mut rejected);
    }
    search(&work.dark, Layer::Dark, scene, &mut found, &mut rejected);

    let scale = work.factor as f64;
    let size = (page.image.width(), page.image.height());
    let mut kept = without_repeats(found);
    // Print is told from stamps last, so that no part of a logo stands in for the whole.
    kept.retain(|find| {
        let why = objections::objection(work, find, HALF_MM.1);
        rejected.splice(0..0, why.map(|why| (find.outline, why)));
        why.is_none()
    });
    let found = kept.iter().map(|found| (found.outline, found.layer, false));
    let found = found.chain(sought_for(work, sought, &kept, is_mixed));
    let isolated = found.map(|(outline, layer, is_likened)| {
        let outline = outline.scaled(scale);
        (isolate::impression(page, &outline, layer), is_likened)
    });
    let mut isolated: Vec<_> = isolated.collect();
    isolated.sort_by_key(|(impression, _)| (impression.bbox.y, impression.bbox.x));
    let likened = isolated.iter().enumerate();
    let likened = likened.filter_map(|(position, (_, is_likened))| is_likened.then_some(position));
    let likened = likened.collect();
    let impressions = isolated.into_iter().map(|(impression, _)| impression);
    let impressions = impressions.collect();
    let rejected = rejected
        .into_iter()
        .filter(|(outline, _)| !kept.iter().any(|found| same_place(&found.outline, outline)))
        .map(|(outline, why)| Rejected {
            bbox: outline.scaled(scale).bbox(size),
            why,
        })
        .take(REJECTED_MAX)
        .collect();
    Extraction {
        impressions,
        likened,
        rejected,
    }
}

/// What is sought beside the seals found, and whether nothing but its drawing says that it has its outline.
fn sought_for(
    work: &Work,
    sought: &Sought,
    kept: &[Found],
    is_mixed: bool,
) -> Vec<(Outline, Layer, bool)> {
    let unsure = |(outline, layer): (Outline, Layer)| {
        let is_likened = outline.shape != Shape::Other;
        (outline, layer, is_likened)
    };
    let found = match sought {
        Sought::Specimen if kept.is_empty() => unframed::stamps(work),
        Sought::Framed | Sought::Specimen => Vec::new(),
        Sought::Figures(figures) => {
            let seals: Vec<_> = kept.iter().map(|found| found.outline).collect();
            let (unframed, framed): (Vec<&Figure>, Vec<&Figure>) = figures
                .iter()
                .partition(|figure| figure.shape == Shape::Other);
            let mut found = likeness::find(work, &unframed, is_mixed, &seals);
            // A seal that another lies over is looked for in the ink of both.
            let mut framed = likeness::find(work, &framed, is_mixed, &[]);
            framed.retain(|(outline, _)| !seals.iter().any(|seal| same_place(seal, outline)));
            found.append(&mut framed);
            found
        }
    };
    found.into_iter().map(unsure).collect()
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

/// Half sizes of frames on a map of `size`: unlike a ring, a wide one is longer than a small scan is high.
fn frame_radii(radii: Radii, per_mm: Option<f64>, (width, height): (usize, usize)) -> Radii {
    let longest = |per_mm: f64| {
        let page = HALF_SHARE.1 * width.max(height) as f64;
        (HALF_MM.1 * per_mm).min(page).max(radii.max)
    };
    Radii {
        max: per_mm.map_or(radii.max, longest),
        ..radii
    }
}

/// Looks for rings and frames in one layer.
fn search(
    map: &Density,
    layer: Layer,
    (radii, per_mm, is_mixed): (Radii, Option<f64>, bool),
    found: &mut Vec<Found>,
    rejected: &mut Vec<(Outline, Rejection)>,
) {
    let gap = match layer {
        Layer::Hue(_) => 4,
        Layer::Pale => 3,
        Layer::Dark => 0,
    };
    let (least, demands) = (layer.least(), layer.demands());
    let ground = Ground {
        map,
        layer,
        radii,
        per_mm,
    };
    let mask = inked(map, least);
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
        let sure = here(&found[..known], window.bbox).filter(|seal| seal.is_sure());
        let sure: Vec<_> = sure.map(|seal| encloser(&seal.outline)).collect();
        edges.retain(|edge| !sure.iter().any(|encloses| encloses(edge.position())));
        // A seal of its own hue is told by a smaller arc than one among print.
        let arc = match layer {
            Layer::Hue(_) => demands.outline_min,
            Layer::Pale | Layer::Dark => 0.5,
        };
        let own = Radii {
            max: radii.max.min(largest_ring(window.bbox, arc)),
            ..radii
        };
        let (standing, refused) = (found.len(), rejected.len());
        let circles = rings::circles(&edges, own);
        judge::rings(ground, circles, found, rejected);
        let lines = rejected.get(refused..).unwrap_or_default();
        let rest = unexplained(edges, window.bbox, found, lines);
        let oval = Radii {
            min: radii.min * OVAL_MIN,
            max: own.max.min(largest_ring(window.bbox, 0.5)),
        };
        let ellipses = rings::ellipses(&rest, oval);
        judge::rings(ground, ellipses, found, rejected);
        let lines = rejected.get(refused..).unwrap_or_default();
        judge::without_borrowers(ground, found, standing, lines);
        if !has_room_for_frame(window.bbox, radii) || !has_ink_for_frame(&window, found, radii) {
            continue;
        }
        let straight = rings::edges(&smooth, near, 0.25 * least, window.origin());
        let loose = (is_mixed && matches!(layer, Layer::Dark))
            .then(|| loose_edges(&smooth, &window.cut(&mask), least, window.origin()));
        let size = (map.width(), map.height());
        let framed = frame_radii(radii, per_mm, size);
        let faint = matches!(layer, Layer::Hue(_));
        let sides = sides::outlines(&straight, (loose.as_deref(), faint), framed, size);
        judge::frames(ground, &window, sides, found, rejected);
    }
}

/// Where a map is above a density.
fn inked(map: &Density, least: f32) -> Mask {
    let mut mask = Mask::filled(map.width(), map.height(), false);
    let pairs = mask.samples_mut().iter_mut().zip(map.samples());
    wide(
        // With a copy of the density: the compiler cannot tell that what is written lies elsewhere.
        #[inline(always)]
        move || {
            for (inked, value) in pairs {
                *inked = *value > least;
            }
        },
    );
    mask
}

/// The edges of all ink in a window: a worn side falls into pieces as small as letters.
fn loose_edges(smooth: &Density, ink: &Mask, least: f32, origin: (usize, usize)) -> Vec<Edge> {
    rings::edges(smooth, &dilate(ink, 1), 0.25 * least, origin)
}

/// The edges of a window that no circle explains, a seal with all that it holds or the line of a drawn circle:
/// they need not be searched for ellipses, which cost more.
fn unexplained(
    edges: Vec<Edge>,
    bbox: PixelRect,
    found: &[Found],
    refused: &[(Outline, Rejection)],
) -> Vec<Edge> {
    let lines: Vec<_> = refused
        .iter()
        .filter(|(outline, why)| {
            outline.shape == Shape::Round && matches!(why, Rejection::Empty { .. })
        })
        .map(|(outline, _)| outline.reader())
        .collect();
    let whole: Vec<_> = whole(found, bbox).collect();
    let explained = |edge: &Edge| {
        let point = edge.position();
        whole.iter().any(|encloses| encloses(point))
            || lines.iter().any(|read| {
                let (distance, reach) = read(point);
                LINE_PX.contains(&(distance - reach))
            })
    };
    edges.into_iter().filter(|edge| !explained(edge)).collect()
}

/// The finds that may hold a point of a window: each of its points is asked for these alone.
fn here(found: &[Found], bbox: PixelRect) -> impl Iterator<Item = &Found> {
    found
        .iter()
        .filter(move |seal| may_enclose(&seal.outline, bbox))
}

/// What tells whether a point of a window lies in each whole seal.
fn whole(found: &[Found], bbox: PixelRect) -> impl Iterator<Item = impl Fn(Point) -> bool + use<>> {
    let whole = here(found, bbox).filter(|seal| seal.is_whole());
    whole.map(|seal| encloser(&seal.outline))
}

/// Whether a frame of the least size fits into a window; most windows around words are smaller.
fn has_room_for_frame(bbox: PixelRect, radii: Radii) -> bool {
    let (width, height) = (f64::from(bbox.width), f64::from(bbox.height));
    width.min(height) >= 1.2 * radii.min && width.max(height) >= 2.0 * radii.min
}

/// Whether a window bears enough ink for half the sides of the least frame besides its whole seals:
/// no seal stands inside another.
fn has_ink_for_frame(window: &Window, found: &[Found], radii: Radii) -> bool {
    let whole: Vec<_> = whole(found, window.bbox).collect();
    let needed = floor_index(FRAME_INK * radii.min);
    let (left, top) = window.origin();
    let inked = (0..window.mask.height()).flat_map(|y| {
        let row = window.mask.row(y).iter().enumerate();
        row.filter(|(_, ink)| **ink).map(move |(x, _)| (x, y))
    });
    let free = inked.filter(|&(x, y)| {
        let point = Point::new((left + x) as f64 + 0.5, (top + y) as f64 + 0.5);
        !whole.iter().any(|encloses| encloses(point))
    });
    free.take(needed).count() == needed
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_may_be_longer_than_a_small_scan_is_high_and_no_longer_than_the_largest_seal() {
        let rings = Radii {
            min: 26.0,
            max: 78.0,
        };
        // A stamp of 50 by 26 mm on a cutting of 60 by 36 mm, four pixels a millimetre.
        let frames = frame_radii(rings, Some(4.0), (240, 144));
        assert!(frames.max > 0.5 * 50.0 * 4.0, "{}", frames.max);
        let page = frame_radii(rings, Some(4.0), (840, 1188));
        assert!((page.max - 31.5 * 4.0).abs() < 1e-9, "{}", page.max);
        assert!((frame_radii(rings, None, (840, 1188)).max - 78.0).abs() < 1e-9);
    }
}
