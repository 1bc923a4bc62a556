//! Finds at working scale, and which of them stands where several claim one place.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::inspect;
use crate::extraction::inspect::Demands;
use crate::extraction::inspect::Reading;
use crate::geometry::PixelRect;
use crate::geometry::Point;

/// Share of an outline, drawn and clear, from which it is no chance ring inside something larger.
const WHOLE_MIN: f64 = 0.8;
/// Share of an outline that must be drawn before what it holds counts as part of its drawing.
const HOLDER_COVERED_MIN: f64 = 0.7;
/// The same of the largest of rings around one centre.
const WORN_BORDER_MIN: f64 = 0.55;
/// How far apart the centres of one seal's rings may lie, as a share of the largest's radius.
const CONCENTRIC: f64 = 0.06;
/// How far beyond an outline its own drawing may be found: a chance ring through letters bulges.
const HOLDING: f64 = 1.12;

/// How far beyond an outline ink counts as the seal's, as a share of the way to its edge.
const AROUND: f64 = 1.06;

/// What a seal was found in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layer {
    /// A hue of its own, at this angle.
    Hue(f64),
    /// On a gray page, ink paler than its print.
    Pale,
    /// Black, or a page without colour.
    Dark,
}

impl Layer {
    /// Density from which a pixel of the layer counts as ink.
    pub(super) fn least(self) -> f32 {
        match self {
            Self::Hue(_) => 0.075,
            Self::Pale => 0.08,
            // Pale seals on gray scans have 0.2.
            Self::Dark => 0.12,
        }
    }

    /// What a candidate must show among the clutter of the layer.
    pub(super) fn demands(self) -> Demands {
        match self {
            Self::Hue(_) => inspect::IN_COLOUR,
            Self::Pale => inspect::PALE,
            Self::Dark => inspect::AMONG_PRINT,
        }
    }
}

/// A seal as found at working scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub outline: Outline,
    pub reading: Reading,
    pub layer: Layer,
}

/// Tells whether a point lies in an outline or close around it.
pub(super) fn encloser(outline: &Outline) -> impl Fn(Point) -> bool + use<> {
    let read = outline.reader();
    move |point| {
        let (distance, reach) = read(point);
        distance < AROUND * reach
    }
}

/// Whether an outline's [`encloser`] may hold a point of a box: so what is asked of each point of a window costs what stands
/// there, not what stands on the page.
pub(super) fn may_enclose(outline: &Outline, bbox: PixelRect) -> bool {
    let reach = AROUND * extent(outline);
    let beyond = |at: f64, first: u32, end: u32| (f64::from(first) - at).max(at - f64::from(end));
    let centre = outline.centre;
    beyond(centre.x, bbox.x, bbox.right()) <= reach
        && beyond(centre.y, bbox.y, bbox.bottom()) <= reach
}

/// How far an outline comes from its centre at most: to a frame's corner.
fn extent(outline: &Outline) -> f64 {
    libm::hypot(outline.half_width, outline.half_height)
}

impl Found {
    /// Whether it is surely an outline of its own, and no chance ring inside something larger.
    pub(super) fn is_whole(&self) -> bool {
        self.covered() > WHOLE_MIN
    }

    /// Share of the outline that is drawn and bare outside.
    fn covered(&self) -> f64 {
        self.reading.outline * self.reading.clear
    }

    /// Whether it is far better than chance ink in its layer comes to be.
    pub(super) fn is_sure(&self) -> bool {
        merit(self) > 0.5 * libm::sqrt(self.outline.mean_radius())
    }
}

/// Whether one outline's centre lies well inside the other.
pub(super) fn same_place(a: &Outline, b: &Outline) -> bool {
    let near = 0.6 * a.mean_radius().max(b.mean_radius());
    // Without a root: candidates are asked this of all finds of the page.
    (a.centre - b.centre).hypot2() < near * near
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
    let covered = found.covered();
    shape * weight(found.layer) * covered * covered * libm::sqrt(found.outline.mean_radius())
}

/// The most that a candidate could come to: whole, and grown by as much as a fit may.
fn best_merit(outline: &Outline, layer: Layer) -> f64 {
    weight(layer) * libm::sqrt(1.08 * outline.mean_radius())
}

/// Whether a find in the same place is better than a candidate can come to be.
///
/// Cost: a few products for each find of the page, beside a fit that reads samples all around an outline. Candidates of a window
/// are bounded (`CANDIDATES_MAX` rings of either kind, and frames), and so are the windows and finds that a page has room for.
pub(super) fn outdone(found: &[Found], outline: &Outline, layer: Layer) -> bool {
    let most = best_merit(outline, layer);
    found
        .iter()
        .any(|seal| same_place(&seal.outline, outline) && merit(seal) > most)
}

fn weight(layer: Layer) -> f64 {
    match layer {
        Layer::Hue(_) => 1.0,
        Layer::Pale | Layer::Dark => 0.8,
    }
}

/// One seal a place: no seal stands inside another, so what a well-inked outline holds is part of
/// its drawing.
///
/// Cost: a distance for each find and each that is kept; more only where the two can touch, of which a place holds a few.
pub(super) fn without_repeats(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| merit(b).total_cmp(&merit(a)));
    let mut kept: Vec<Found> = Vec::new();
    for candidate in found {
        let outline = candidate.outline;
        let covered = candidate.covered();
        // A chance ring borrows ink of the seal that it stands in; a second stamp pressed over the
        // first has a border of its own.
        let borrows =
            |other: &Found| covered < WHOLE_MIN && encloser(&other.outline)(outline.centre);
        // Of rings around one centre the largest is the border, however worn it is.
        let within = |other: &Found| rings_within(&candidate, other);
        let stands = |other: &Found| {
            !apart(&other.outline, &outline)
                && !within(other)
                && (same_place(&other.outline, &outline)
                    || holds(&other.outline, &outline)
                    || borrows(other))
        };
        if kept.iter().any(stands) {
            continue;
        }
        let part =
            |other: &Found| !apart(&outline, &other.outline) && holds(&outline, &other.outline);
        if kept.iter().any(|other| part(other) && !within(other)) && covered < HOLDER_COVERED_MIN {
            continue;
        }
        kept.retain(|other| !part(other));
        kept.push(candidate);
    }
    kept
}

/// Whether a find is an inner ring of a larger one around the same centre.
fn rings_within(outer: &Found, inner: &Found) -> bool {
    let (large, small) = (&outer.outline, &inner.outline);
    let bent = |outline: &Outline| matches!(outline.shape, Shape::Round | Shape::Oval);
    bent(large)
        && bent(small)
        && large.centre.distance(small.centre) < CONCENTRIC * large.mean_radius()
        && large.half_height > 1.12 * small.half_height
        && large.half_width > 1.12 * small.half_width
        && outer.covered() > WORN_BORDER_MIN
}

/// Whether two outlines are too far from each other for either to hold the other's centre.
fn apart(a: &Outline, b: &Outline) -> bool {
    let reach = HOLDING * extent(a).max(extent(b));
    (a.centre - b.centre).hypot2() > reach * reach
}

/// Whether an outline holds another within itself.
fn holds(outer: &Outline, inner: &Outline) -> bool {
    (0..24).all(|i| {
        let direction = f64::from(i) / 24.0 * std::f64::consts::TAU;
        let arm = inner.point(1.0, direction) - outer.centre;
        arm.hypot() < HOLDING * outer.radius_at(libm::atan2(arm.y, arm.x))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(shape: Shape, x: f64, half: f64, outline: f64) -> Found {
        Found {
            outline: Outline {
                shape,
                centre: Point::new(x, 100.0),
                half_width: half,
                half_height: half,
                axis_degrees: 0.0,
            },
            reading: Reading {
                outline,
                clear: 1.0,
            },
            layer: Layer::Dark,
        }
    }

    #[test]
    fn a_worn_border_stands_before_the_whole_ring_inside_it() {
        let (inner, outer) = (
            find(Shape::Round, 100.0, 38.0, 1.0),
            find(Shape::Round, 101.0, 60.0, 0.65),
        );
        let kept = without_repeats(vec![inner, outer]);
        assert_eq!(kept.len(), 1);
        assert!((kept[0].outline.half_width - 60.0).abs() < 1e-9, "{kept:?}");
        let letters = find(Shape::Round, 101.0, 60.0, 0.45);
        let kept = without_repeats(vec![inner, letters]);
        assert!((kept[0].outline.half_width - 38.0).abs() < 1e-9, "{kept:?}");
    }

    #[test]
    fn a_chance_ring_does_not_stand_beside_the_seal_whose_ink_it_borrows() {
        let seal = find(Shape::Rectangle, 100.0, 60.0, 0.95);
        let chance = find(Shape::Round, 145.0, 50.0, 0.65);
        assert_eq!(without_repeats(vec![chance, seal]).len(), 1);
        let second = find(Shape::Round, 145.0, 50.0, 0.95);
        assert_eq!(without_repeats(vec![second, seal]).len(), 2);
    }

    #[test]
    fn what_holds_another_or_lies_in_its_place_is_not_apart_from_it() {
        let shapes = [
            Shape::Round,
            Shape::Oval,
            Shape::Rectangle,
            Shape::Triangle,
            Shape::Other,
        ];
        for (outer, inner) in shapes.iter().flat_map(|a| shapes.map(|b| (*a, b))) {
            for step in 0..30 {
                let outer = find(outer, 100.0, 60.0, 1.0).outline;
                let inner = find(inner, 100.0 + 5.0 * f64::from(step), 20.0, 1.0).outline;
                let touches = same_place(&outer, &inner)
                    || holds(&outer, &inner)
                    || encloser(&outer)(inner.centre);
                assert!(!(touches && apart(&outer, &inner)), "{outer:?} {inner:?}");
            }
        }
        let (one, other) = (
            find(Shape::Rectangle, 100.0, 60.0, 1.0).outline,
            find(Shape::Rectangle, 300.0, 60.0, 1.0).outline,
        );
        assert!(apart(&one, &other), "beside each other on the page");
    }

    #[test]
    fn a_box_whose_points_an_outline_encloses_is_not_passed_by() {
        for shape in [Shape::Round, Shape::Rectangle, Shape::Triangle] {
            let outline = find(shape, 100.0, 40.0, 1.0).outline;
            let encloses = encloser(&outline);
            for (column, row) in (0..20_u32).flat_map(|x| (0..20_u32).map(move |y| (x, y))) {
                let bbox = PixelRect {
                    x: 10 * column,
                    y: 10 * row,
                    width: 10,
                    height: 10,
                };
                let mut points = (0..100).map(|at| {
                    let (x, y) = (bbox.x + at % 10, bbox.y + at / 10);
                    Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5)
                });
                let is_held = points.any(&encloses);
                assert!(
                    !is_held || may_enclose(&outline, bbox),
                    "{shape:?} {bbox:?}"
                );
            }
        }
        let far = PixelRect {
            x: 300,
            y: 80,
            width: 50,
            height: 50,
        };
        let outline = find(Shape::Rectangle, 100.0, 40.0, 1.0).outline;
        assert!(!may_enclose(&outline, far), "it stands elsewhere");
    }
}
