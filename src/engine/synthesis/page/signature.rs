//! Pen strokes.

use kurbo::BezPath;
use kurbo::Point;

use crate::synthesis::chance::Chance;
use crate::synthesis::motif::line;

/// Strokes of a signature about `middle`, `half_width` to each side, in millimetres.
pub(super) fn draw(middle: Point, half_width: f64, chance: &mut Chance) -> Vec<BezPath> {
    let mut strokes = Vec::new();
    let weight = chance.between(0.3, 0.65);
    let loops = 3 + chance.index(5);
    let height = half_width * chance.between(0.25, 0.55);
    let lean = chance.between(0.0, 0.6);
    let mut points = Vec::new();
    let knots = loops * 4;
    for knot in 0..=knots {
        let t = knot as f64 / knots as f64;
        let swing = libm::sin(t * loops as f64 * std::f64::consts::TAU);
        let fade = 1.0 - 0.6 * t + 0.25 * chance.normal();
        let y = -height * swing * fade + 0.12 * half_width * chance.normal();
        let x = (2.0 * t - 1.0) * half_width + 0.1 * half_width * chance.normal() - lean * y;
        points.push(middle + kurbo::Vec2::new(x, y));
    }
    strokes.extend(pieces(&points, weight, chance));
    // A long closing stroke under or through the name.
    if chance.happens(0.75) {
        let y = middle.y + height * chance.between(0.3, 1.2);
        let from = Point::new(
            middle.x - half_width * chance.between(0.6, 1.3),
            y + chance.between(-2.0, 3.0),
        );
        let to = Point::new(
            middle.x + half_width * chance.between(0.6, 1.4),
            y - chance.between(0.0, 5.0),
        );
        let mut flourish = BezPath::new();
        flourish.move_to(from);
        let bend = kurbo::Vec2::new(0.0, chance.between(-6.0, 6.0));
        flourish.quad_to(from.midpoint(to) + bend, to);
        strokes.push(line(&flourish, weight * chance.between(0.7, 1.2)));
    }
    strokes
}

/// A smooth curve through the points, its width changing from piece to piece.
fn pieces(points: &[Point], weight: f64, chance: &mut Chance) -> Vec<BezPath> {
    let mut strokes = Vec::new();
    for window in points.windows(3) {
        let (start, end) = (window[0].midpoint(window[1]), window[1].midpoint(window[2]));
        let mut piece = BezPath::new();
        piece.move_to(start);
        piece.quad_to(window[1], end);
        strokes.push(line(&piece, weight * chance.between(0.75, 1.15)));
    }
    strokes
}

/// Optical densities of a pen's ink: blue, or black or nearly so.
pub(super) fn pen(chance: &mut Chance) -> [f32; 3] {
    if chance.happens(0.65) {
        let depth = chance.between32(0.7, 1.2);
        [
            depth,
            depth * chance.between32(0.65, 0.9),
            depth * chance.between32(0.15, 0.45),
        ]
    } else {
        let depth = chance.between32(0.7, 1.3);
        [depth, depth, depth * chance.between32(0.85, 1.0)]
    }
}
