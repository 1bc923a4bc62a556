//! Central figures: stars and generic emblem-like shapes, never a real coat of arms.

use std::f64::consts::PI;
use std::f64::consts::TAU;

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Circle;
use kurbo::Point;
use kurbo::Shape;
use kurbo::Stroke;
use kurbo::StrokeOpts;

/// The kind of figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A solid five-pointed star.
    Star,
    /// A star drawn as a line.
    HollowStar,
    /// A star whose ten facets are alternately solid.
    FacetedStar,
    /// A gear with a hole and a small star in it.
    Gear,
    /// An open book with rays above.
    Book,
    /// A flower of petals over two lines.
    Lotus,
    /// Two sprigs of leaves round a star over half a gear.
    Wreath,
    /// A disc of rays over waves.
    Sunrise,
    /// A building with columns under a roof.
    Columns,
}

/// Every figure with an outline rich enough for a body's seal.
pub const FIGURES: [Figure; 9] = [
    Figure::Star,
    Figure::HollowStar,
    Figure::FacetedStar,
    Figure::Gear,
    Figure::Book,
    Figure::Lotus,
    Figure::Wreath,
    Figure::Sunrise,
    Figure::Columns,
];

/// The figure with an outer radius of one, centred on the origin, y downwards, for
/// non-zero winding.
#[must_use]
pub fn outline(figure: Figure) -> BezPath {
    match figure {
        Figure::Star => star(1.0, 0.382),
        Figure::HollowStar => line(&star(0.9, 0.36), 0.14),
        Figure::FacetedStar => faceted_star(),
        Figure::Gear => gear(),
        Figure::Book => book(),
        Figure::Lotus => lotus(),
        Figure::Wreath => wreath(),
        Figure::Sunrise => sunrise(),
        Figure::Columns => columns(),
    }
}

/// A star of five points, one of them up.
#[must_use]
pub fn star(outer: f64, inner: f64) -> BezPath {
    let points = (0..10).map(|k| {
        let radius = if k % 2 == 0 { outer } else { inner };
        polar(radius, f64::from(k) * PI / 5.0)
    });
    polygon(points)
}

/// The point at `radius` and at `angle` clockwise from straight up.
fn polar(radius: f64, angle: f64) -> Point {
    let (sin, cos) = libm::sincos(angle);
    Point::new(radius * sin, -radius * cos)
}

/// A closed polygon.
#[must_use]
pub fn polygon(points: impl IntoIterator<Item = Point>) -> BezPath {
    let mut path = BezPath::new();
    for (index, point) in points.into_iter().enumerate() {
        if index == 0 {
            path.move_to(point);
        } else {
            path.line_to(point);
        }
    }
    path.close_path();
    path
}

/// A path drawn as a line of the given width.
#[must_use]
pub fn line(path: &BezPath, width: f64) -> BezPath {
    kurbo::stroke(
        path.iter(),
        &Stroke::new(width),
        &StrokeOpts::default(),
        width / 40.0,
    )
}

fn faceted_star() -> BezPath {
    let mut path = BezPath::new();
    for k in 0..5 {
        let tip = f64::from(k) * TAU / 5.0;
        let facet = [Point::ORIGIN, polar(1.0, tip), polar(0.382, tip + PI / 5.0)];
        path.extend(polygon(facet));
        let edge = polygon([Point::ORIGIN, polar(1.0, tip), polar(0.382, tip - PI / 5.0)]);
        path.extend(line(&edge, 0.05));
    }
    path
}

fn gear() -> BezPath {
    let teeth = 12;
    let points = (0..teeth * 4).map(|k| {
        let radius = if k % 4 < 2 { 1.0 } else { 0.78 };
        polar(radius, (f64::from(k) - 0.5) * TAU / f64::from(teeth * 4))
    });
    let mut path = polygon(points);
    // The hole runs the other way round, so that non-zero winding leaves it open.
    path.extend(reversed_disc(0.55));
    path.extend(star(0.45, 0.172));
    path
}

fn reversed_disc(radius: f64) -> BezPath {
    Circle::new(Point::ORIGIN, radius)
        .to_path(1e-3)
        .reverse_subpaths()
}

fn book() -> BezPath {
    let mut path = BezPath::new();
    for side in [-1.0, 1.0] {
        let mut page = BezPath::new();
        page.move_to((0.05 * side, 0.25));
        page.curve_to((0.3 * side, 0.05), (0.6 * side, 0.05), (0.95 * side, 0.2));
        page.line_to((0.95 * side, 0.75));
        page.curve_to((0.6 * side, 0.58), (0.3 * side, 0.6), (0.05 * side, 0.8));
        page.close_path();
        path.extend(line(&page, 0.07));
        for row in 0..3 {
            let y = 0.3 + 0.13 * f64::from(row);
            let mut rule = BezPath::new();
            rule.move_to((0.18 * side, y + 0.05));
            rule.quad_to((0.5 * side, y - 0.06), (0.82 * side, y + 0.02));
            path.extend(line(&rule, 0.045));
        }
    }
    for ray in -3..=3 {
        let angle = f64::from(ray) * 0.36;
        let centre = Affine::translate((0.0, 0.1));
        let mut beam = BezPath::new();
        beam.move_to(polar(0.42, angle));
        beam.line_to(polar(if ray % 2 == 0 { 1.0 } else { 0.8 }, angle));
        path.extend(line(&(centre * beam), 0.06));
    }
    path
}

fn petal(angle: f64, length: f64, width: f64) -> BezPath {
    let mut path = BezPath::new();
    path.move_to((0.0, 0.0));
    path.curve_to(
        (width, -0.35 * length),
        (width * 0.7, -0.75 * length),
        (0.0, -length),
    );
    path.curve_to(
        (-width * 0.7, -0.75 * length),
        (-width, -0.35 * length),
        (0.0, 0.0),
    );
    path.close_path();
    Affine::rotate(angle) * path
}

fn lotus() -> BezPath {
    let mut path = BezPath::new();
    let base = Affine::translate((0.0, 0.45));
    for (angle, length) in [
        (0.0, 1.4),
        (-0.45, 1.25),
        (0.45, 1.25),
        (-0.95, 1.1),
        (0.95, 1.1),
    ] {
        path.extend(base * line(&petal(angle, length, 0.3), 0.07));
    }
    for (y, half) in [(0.62, 0.85), (0.78, 0.6)] {
        let mut wave = BezPath::new();
        wave.move_to((-half, y));
        wave.curve_to((-half / 2.0, y - 0.12), (half / 2.0, y + 0.12), (half, y));
        path.extend(line(&wave, 0.06));
    }
    path
}

fn wreath() -> BezPath {
    let mut path = BezPath::new();
    for side in [-1.0, 1.0] {
        for k in 0..9 {
            let angle = side * (PI - 0.35 - f64::from(k) * 0.27);
            let foot = polar(0.82, angle);
            for lean in [-0.55, 0.45] {
                let place =
                    Affine::translate(foot.to_vec2()) * Affine::rotate(angle - side * 0.9 + lean);
                path.extend(place * petal(0.0, 0.26, 0.075));
            }
        }
        let stem = kurbo::Arc::new(
            Point::ORIGIN,
            (0.82, 0.82),
            PI / 2.0 - side * 0.2,
            -side * 2.5,
            0.0,
        );
        path.extend(line(&stem.to_path(1e-3), 0.04));
    }
    path.extend(Affine::translate((0.0, -0.28)) * star(0.34, 0.13));
    let cog = gear_rim(9, 0.34);
    path.extend(Affine::translate((0.0, 0.42)) * cog);
    path
}

/// Half a gear: a toothed arch with a hub.
fn gear_rim(teeth: u32, radius: f64) -> BezPath {
    let mut path = BezPath::new();
    let arch = kurbo::Arc::new(Point::ORIGIN, (radius * 0.75, radius * 0.75), PI, PI, 0.0);
    path.extend(line(&arch.to_path(1e-3), radius * 0.22));
    for tooth in 0..teeth {
        let angle = (f64::from(tooth) / f64::from(teeth - 1) - 0.5) * PI;
        let mut spoke = BezPath::new();
        spoke.move_to(polar(radius * 0.8, angle));
        spoke.line_to(polar(radius * 1.1, angle));
        path.extend(line(&spoke, radius * 0.16));
    }
    path.extend(Circle::new((0.0, -radius * 0.05), radius * 0.3).to_path(1e-3));
    path
}

fn sunrise() -> BezPath {
    let mut path = BezPath::new();
    for ray in 0..13 {
        let angle = (f64::from(ray) - 6.0) * 0.26;
        let (inner, outer) = (0.5, if ray % 2 == 0 { 1.0 } else { 0.8 });
        path.extend(polygon([
            polar(inner, angle - 0.06),
            polar(outer, angle),
            polar(inner, angle + 0.06),
        ]));
    }
    let disc = kurbo::Arc::new(Point::ORIGIN, (0.4, 0.4), PI, PI, 0.0);
    let mut half = disc.to_path(1e-3);
    half.close_path();
    path.extend(half);
    for row in 0..3 {
        let y = 0.2 + 0.22 * f64::from(row);
        let half = 0.92 - 0.2 * f64::from(row);
        let mut wave = BezPath::new();
        wave.move_to((-half, y));
        for k in 0..4 {
            let x = -half + half * (f64::from(k) + 1.0) / 2.0;
            let crest = if k % 2 == 0 { -0.1 } else { 0.1 };
            wave.quad_to((x - half / 4.0, y + crest), (x, y));
        }
        path.extend(line(&wave, 0.07));
    }
    path
}

fn columns() -> BezPath {
    let mut path = polygon([(-0.9, -0.3), (0.0, -0.85), (0.9, -0.3)].map(Point::from));
    path.extend(Affine::translate((0.0, -0.48)) * reversed_disc(0.13));
    for k in 0..5 {
        let x = -0.66 + 0.33 * f64::from(k);
        path.extend(polygon(
            [
                (x - 0.07, -0.2),
                (x + 0.07, -0.2),
                (x + 0.07, 0.5),
                (x - 0.07, 0.5),
            ]
            .map(Point::from),
        ));
    }
    for (y, half) in [(0.58, 0.85), (0.74, 0.95)] {
        path.extend(polygon(
            [(-half, y), (half, y), (half, y + 0.1), (-half, y + 0.1)].map(Point::from),
        ));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_fits_a_circle_of_about_one() {
        for figure in FIGURES {
            let bounds = outline(figure).bounding_box();
            assert!(
                bounds.width() > 1.2 && bounds.width() < 2.3,
                "{figure:?} {bounds:?}"
            );
            assert!(
                bounds.height() > 1.2 && bounds.height() < 2.3,
                "{figure:?} {bounds:?}"
            );
        }
    }
}
