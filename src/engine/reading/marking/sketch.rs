//! Frames as the search sees them: a level stroke of the right length, another one opposite, and two upright ones between their ends.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Mask;
use crate::reading::marking::OFF_MM;
use crate::reading::marking::SIZES_MM;
use crate::reading::marking::strokes::SLOPE_MAX;
use crate::reading::marking::strokes::Stroke;
use crate::reading::marking::strokes::strokes;
use crate::reading::scale::Scale;
use crate::units::floor_index;

/// The same of the sketch of a frame, whose sides may be those of either line.
const SKETCH_OFF_MM: f64 = 2.6;
/// Lengths of the level sides that are looked for, millimetres.
const SIDE_MM: (f64, f64) = (15.0, 44.0);
/// How much shorter than the frame a side may be that was found, millimetres: the inner line of two, its ends worn.
const SHORT_MM: f64 = 5.0;
/// How far outside and inside the ends of the level side the upright ones are looked for, millimetres.
const ASIDE_MM: (f64, f64) = (4.0, 2.0);
/// Share of the opposite and of each upright side that must be drawn at least: ink is worn.
const DRAWN_MIN: (f64, f64) = (0.45, 0.35);
/// Places along a side that are looked at.
const PLACES: usize = 40;
/// Strokes of a page that are paired, at most.
const STROKES_MAX: usize = 600;
/// Sketches that are measured, at most: on a page of forms most are turned down.
const SKETCHES_MAX: usize = 48;

/// A frame as the search sees it, in its pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sketch {
    pub(super) centre: Point,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Along its level sides.
    pub(super) along: Vec2,
}

impl Sketch {
    /// That of an outline on the page, if it is a rectangle of a mark's size that lies nearly level.
    pub(super) fn of(outline: &Outline, scale: Scale) -> Option<Self> {
        let factor = f64::from(scale.factor);
        let sides = [outline.half_width, outline.half_height].map(|half| 2.0 * half / factor);
        let turn = outline.axis_degrees.to_radians();
        let along = Vec2::new(libm::cos(turn), libm::sin(turn));
        // The long side is the level one, and goes to the right.
        let (width, height, along) = if sides[0] >= sides[1] {
            (sides[0], sides[1], along)
        } else {
            (sides[1], sides[0], Vec2::new(-along.y, along.x))
        };
        let along = if along.x < 0.0 { -along } else { along };
        let is_sized = SIZES_MM.iter().any(|size| {
            let off = |side: f64, nominal: f64| (side / scale.per_mm - nominal).abs();
            off(width, size.0) <= SKETCH_OFF_MM && off(height, size.1) <= SKETCH_OFF_MM
        });
        let is_level = along.y.abs() <= SLOPE_MAX;
        let is_frame = outline.shape == Shape::Rectangle && is_sized && is_level;
        is_frame.then_some(Self {
            centre: Point::new(outline.centre.x / factor, outline.centre.y / factor),
            width,
            height,
            along,
        })
    }
}

/// Frames of a map, the largest of those in one place.
pub(super) fn sketches(ink: &Mask, (per_mm, worn_mm): (f64, f64)) -> Vec<Sketch> {
    let mut level = strokes(ink, (per_mm, worn_mm), SIDE_MM);
    level.truncate(STROKES_MAX);
    let mut found: Vec<Sketch> = Vec::new();
    for stroke in &level {
        for way in [1.0, -1.0] {
            let sizes = SIZES_MM.iter();
            found.extend(sizes.filter_map(|size| enclosed(ink, (stroke, way), *size, per_mm)));
        }
    }
    found.sort_by(|a, b| (b.width * b.height).total_cmp(&(a.width * a.height)));
    let mut kept: Vec<Sketch> = Vec::new();
    for sketch in found {
        let is_new = kept.iter().all(|other| {
            other.centre.distance(sketch.centre) > 1.5 * per_mm
                || other.height - sketch.height > 3.0 * per_mm
                || other.width - sketch.width > 6.0 * per_mm
        });
        if is_new && kept.len() < SKETCHES_MAX {
            kept.push(sketch);
        }
    }
    kept
}

/// The frame of a size in millimetres of which a stroke is the upper side, or the lower one by `way`.
fn enclosed(
    ink: &Mask,
    (stroke, way): (&Stroke, f64),
    size: (f64, f64),
    per_mm: f64,
) -> Option<Sketch> {
    let length = stroke.length() / per_mm;
    if length < size.0 - SHORT_MM || length > size.0 + SKETCH_OFF_MM {
        return None;
    }
    let middle = 0.5 * (stroke.left + stroke.right);
    let start = Point::new(middle, stroke.row(middle));
    let along = Vec2::new(1.0, stroke.slope).normalize();
    let down = Vec2::new(-along.y, along.x);
    // The opposite side: the outermost of those that are drawn best.
    let far = floor_index((size.1 + OFF_MM) * per_mm);
    let near = floor_index((size.1 - SKETCH_OFF_MM) * per_mm);
    let opposite: Vec<(usize, f64)> = (near..=far)
        .rev()
        .map(|step| {
            let at = start + down * (way * step as f64);
            (step, drawn(ink, at, along, 0.9 * stroke.length()))
        })
        .collect();
    let best = opposite.iter().map(|(_, share)| *share).fold(0.0, f64::max);
    if best < DRAWN_MIN.0 {
        return None;
    }
    let (height, _) = opposite
        .into_iter()
        .find(|(_, share)| *share >= 0.9 * best)?;
    let height = height as f64;
    let centre = start + down * (0.5 * way * height);
    // The upright side nearest to an outer end, from outside.
    let upright = |end: f64, way: f64| {
        let reach = floor_index((ASIDE_MM.0 + ASIDE_MM.1) * per_mm);
        (0..=reach).find_map(|step| {
            let at = end + way * (ASIDE_MM.0 * per_mm - step as f64);
            let share = drawn(ink, centre + along * at, down, 0.9 * height);
            (share >= DRAWN_MIN.1).then_some(at)
        })
    };
    let left = upright(stroke.left - middle, -1.0)?;
    let right = upright(stroke.right - middle, 1.0)?;
    let width = right - left;
    let is_sized = (width / per_mm - size.0).abs() <= SKETCH_OFF_MM;
    is_sized.then_some(Sketch {
        centre: centre + along * (0.5 * (left + right)),
        width,
        height,
        along,
    })
}

/// Share of a straight side of a length about a middle that bears ink.
fn drawn(ink: &Mask, middle: Point, along: Vec2, length: f64) -> f64 {
    let across = Vec2::new(-along.y, along.x);
    let inked = |point: Point| {
        let inside = point.x >= 0.0 && point.y >= 0.0;
        let (x, y) = (floor_index(point.x), floor_index(point.y));
        inside && x < ink.width() && y < ink.height() && ink.at(x, y)
    };
    let drawn = (0..PLACES).filter(|&place| {
        let share = (place as f64 + 0.5) / PLACES as f64 - 0.5;
        let point = middle + along * (share * length);
        inked(point) || inked(point + across * 0.8) || inked(point - across * 0.8)
    });
    drawn.count() as f64 / PLACES as f64
}
