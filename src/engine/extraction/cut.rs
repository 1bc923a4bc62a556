//! Frames that the page's edge cuts: three sides end at the edge, and the fourth lies beyond it.
//!
//! What is seen tells one length alone. It is taken for that of a square, the commonest of frames
//! besides long ones; where more than a square's depth is seen the frame is longer, by how much nothing
//! says, and it is left.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::frames;
use crate::extraction::rings::Radii;
use crate::extraction::sides::Line;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;

/// Share of each of the three sides that must be drawn as far as the page goes.
const DRAWN_MIN: f64 = 0.6;
/// Share of a square's depth that must be seen, and most of it that may be.
const SEEN: (f64, f64) = (0.4, 0.97);
/// Share of a side at the page's edge that must be drawn: letters that the edge cuts through draw half.
const EDGE_DRAWN_MIN: f64 = 0.75;
/// How near to the page's edge a side may be nothing but what the edge cuts through, and length of a side
/// that is looked at by itself, working pixels: 3 mm.
const EDGE_PX: f64 = 12.0;
/// Sides within this of the page's edge cannot be told from it, working pixels.
const BESIDE_PX: f64 = 3.0;

/// The squares of which three sides are seen on a page of a size.
pub(super) fn squares(lines: &[Line], radii: Radii, page: (usize, usize)) -> Vec<Outline> {
    let size = Vec2::new(page.0 as f64, page.1 as f64);
    let mut found = Vec::new();
    for (index, first) in lines.iter().enumerate() {
        for second in &lines[index + 1..] {
            let length = first.distance(second).abs();
            let fits = length >= 2.0 * radii.min && length <= 2.0 * radii.max;
            if !fits || !first.is_at(second, 0.0) {
                continue;
            }
            let across = lines.iter().filter(|line| line.is_at(first, 1.0));
            found.extend(across.filter_map(|line| square(line, (first, second), length, size)));
        }
    }
    found
}

/// The square of a side and the two that run from its ends to the page's edge.
fn square(
    base: &Line,
    (first, second): (&Line, &Line),
    length: f64,
    size: Vec2,
) -> Option<Outline> {
    let (a, b) = (base.meets(first)?, base.meets(second)?);
    if depth(a, Vec2::ZERO, size) < BESIDE_PX || depth(b, Vec2::ZERO, size) < BESIDE_PX {
        return None;
    }
    let is_drawn = |line: &Line, from: Point, to: Point| {
        line.covered(line.place(from), line.place(to)) >= DRAWN_MIN
    };
    if !is_drawn(base, a, b) || base.runs_beyond(a, b) {
        return None;
    }
    let along = (b - a).normalize();
    [Vec2::new(-along.y, along.x), Vec2::new(along.y, -along.x)]
        .into_iter()
        .find_map(|inwards| {
            let seen = [a, b].map(|corner| depth(corner, inwards, size) / length);
            let is_cut = seen.iter().all(|share| (SEEN.0..SEEN.1).contains(share));
            let ends = |line: &Line, corner: Point, share: f64| {
                let end = corner + inwards * (share * length - BESIDE_PX);
                let before = corner - inwards * 4.0;
                is_drawn(line, corner, end)
                    && !is_drawn(line, before, before - inwards * EDGE_PX)
                    && is_drawn(line, end - inwards * EDGE_PX, end)
            };
            (is_cut && ends(first, a, seen[0]) && ends(second, b, seen[1])).then(|| Outline {
                shape: Shape::Rectangle,
                centre: a.midpoint(b) + inwards * (0.5 * length),
                half_width: 0.5 * length,
                half_height: 0.5 * length,
                axis_degrees: upright(libm::atan2(inwards.y, inwards.x).to_degrees()),
            })
        })
}

/// A square's turn, of the four that are alike the one within an eighth of a turn from upright.
pub(super) fn upright(degrees: f64) -> f64 {
    (degrees + 45.0).rem_euclid(90.0) - 45.0
}

/// How far it is from a point to the page's edge in a direction; to the nearest edge in none.
fn depth(from: Point, direction: Vec2, size: Vec2) -> f64 {
    let way = |at: f64, step: f64, end: f64| match step {
        step if step > 1e-9 => (end - at) / step,
        step if step < -1e-9 => -at / step,
        _ => f64::INFINITY,
    };
    if direction == Vec2::ZERO {
        let (x, y) = (from.x.min(size.x - from.x), from.y.min(size.y - from.y));
        return x.min(y);
    }
    way(from.x, direction.x, size.x).min(way(from.y, direction.y, size.y))
}

/// A square with one side beyond the page, whose other sides were fitted: the lengths that are seen tell
/// where the fourth is.
pub(super) fn squared(outline: &Outline, (width, height): (usize, usize)) -> Outline {
    let (across, down) = frames::axes(outline);
    let size = Vec2::new(width as f64, height as f64);
    let (a, b) = (outline.half_width, outline.half_height);
    let is_beyond = |arm: &Vec2| depth(outline.centre + *arm, Vec2::ZERO, size) < 0.0;
    let beyond: Vec<usize> = [across * a, -across * a, down * b, -down * b]
        .iter()
        .enumerate()
        .filter_map(|(side, arm)| is_beyond(arm).then_some(side))
        .collect();
    let [side] = beyond[..] else {
        return *outline;
    };
    let (arm, half) = match side {
        0 => (across * (b - a), b),
        1 => (across * (a - b), b),
        2 => (down * (a - b), a),
        _ => (down * (b - a), a),
    };
    Outline {
        centre: outline.centre + arm,
        half_width: half,
        half_height: half,
        ..*outline
    }
}

/// Whether a frame ends at the page's edge without a side of its own there: the visible part of a
/// larger one.
pub(super) fn is_cut(map: &Density, outline: &Outline, level: f32) -> bool {
    let at_edge = sides_at_edge(outline, (map.width(), map.height()));
    let drawn = frames::drawn(map, outline, level);
    // Beyond the edge nothing is seen, nor asked for.
    let is_missing = |(at_edge, drawn): (bool, Option<f64>)| {
        at_edge && drawn.is_some_and(|share| share < EDGE_DRAWN_MIN)
    };
    at_edge.into_iter().zip(drawn).any(is_missing)
}

/// Whether all sides of a rectangle lie on the page, far enough from its edge to be told from it.
pub(super) fn is_on_page(outline: &Outline, (width, height): (usize, usize)) -> bool {
    let (across, down) = frames::axes(outline);
    let size = Vec2::new(width as f64, height as f64);
    let (a, b) = (across * outline.half_width, down * outline.half_height);
    [a + b, a - b, b - a, -a - b]
        .into_iter()
        .all(|corner| depth(outline.centre + corner, Vec2::ZERO, size) >= BESIDE_PX)
}

/// Whether each side of a rectangle, right, left, bottom and top, lies at the page's edge or beyond it.
fn sides_at_edge(outline: &Outline, (width, height): (usize, usize)) -> [bool; 4] {
    let (across, down) = frames::axes(outline);
    let size = Vec2::new(width as f64, height as f64);
    let (a, b) = (outline.half_width, outline.half_height);
    [across * a, -across * a, down * b, -down * b]
        .map(|arm| depth(outline.centre + arm, Vec2::ZERO, size) < EDGE_PX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::rings;
    use crate::extraction::sides;
    use crate::imaging::Raster;
    use crate::imaging::blur;

    const RADII: Radii = Radii {
        min: 25.0,
        max: 120.0,
    };

    /// A frame of lines three pixels wide around a centre, on a page of 300 by 260.
    fn page(outline: &Outline) -> Density {
        let mut map = Raster::filled(300, 260, 0.0_f32);
        for y in 0..260 {
            for x in 0..300 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - outline.centre;
                let below = outline.radius_at(arm.atan2()) - arm.hypot();
                map.row_mut(y)[x] = f32::from(u8::from((0.0..3.0).contains(&below)));
            }
        }
        blur(&map, 0.8)
    }

    fn frame(x: f64, (half_width, half_height): (f64, f64)) -> Outline {
        Outline {
            shape: Shape::Rectangle,
            centre: Point::new(x, 130.0),
            half_width,
            half_height,
            axis_degrees: 4.0,
        }
    }

    fn found(map: &Density) -> Vec<Outline> {
        let edges = rings::edges(map, &map.map(|_| true), 0.02, (0, 0));
        sides::outlines(&edges, (None, false), RADII, (300, 260))
    }

    #[test]
    fn a_square_that_the_edge_cuts_is_found_where_its_middle_is() {
        let square = frame(280.0, (50.0, 50.0));
        let found = found(&page(&square));
        let best = found.first().expect("three sides are seen");
        assert!(best.centre.distance(square.centre) < 3.0, "{best:?}");
        assert!((best.half_width - 50.0).abs() < 2.5, "{best:?}");
        assert!((best.axis_degrees - 4.0).abs() < 1.5, "{best:?}");
    }

    #[test]
    fn the_side_beyond_the_page_goes_by_the_length_that_is_seen() {
        let seen = frame(280.0, (57.0, 50.0));
        let fitted = squared(&seen, (300, 260));
        assert!((fitted.half_width - 50.0).abs() < 1e-9, "{fitted:?}");
        let base =
            |outline: &Outline| outline.centre - frames::axes(outline).0 * outline.half_width;
        assert!(base(&fitted).distance(base(&seen)) < 1e-9, "{fitted:?}");
        let whole = frame(200.0, (57.0, 50.0));
        assert_eq!(squared(&whole, (300, 260)), whole);
    }

    #[test]
    fn of_a_longer_frame_nothing_is_said() {
        let long = page(&frame(230.0, (110.0, 45.0)));
        assert!(found(&long).is_empty(), "{:?}", found(&long));
    }

    #[test]
    fn the_visible_part_of_a_frame_is_no_whole() {
        let map = page(&frame(280.0, (50.0, 50.0)));
        let part = frame(265.0, (35.0, 50.0));
        assert!(is_cut(&map, &part, 0.5));
        assert!(!is_cut(&map, &frame(280.0, (50.0, 50.0)), 0.5));
        let whole = frame(240.0, (50.0, 50.0));
        assert!(!is_cut(&page(&whole), &whole, 0.5));
    }
}
