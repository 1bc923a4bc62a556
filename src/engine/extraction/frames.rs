//! Frames: rectangles, squares and triangles around a connected piece of ink.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::inspect;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::sample;
use crate::order;

/// Turns tried for a frame, degrees either way of upright.
const TURN_MAX: i32 = 45;
/// Sine of 60 degrees: the flanks' normals of an equilateral triangle.
pub(super) const FLANK: f64 = 0.866_025_403_784_438_6;
/// By how much closing gaps has grown a component on each side, working pixels.
const GROWN: f64 = 1.5;
/// Samples along one side.
const SIDE_SAMPLES: usize = 60;

/// The smallest rectangle around a component, by trying every half degree of turn.
pub(super) fn rectangle(component: &Component) -> Outline {
    let points = boundary(component);
    let tight = |degrees: f64| {
        let (c, s) = (
            libm::cos(degrees.to_radians()),
            libm::sin(degrees.to_radians()),
        );
        let mut box_own = [
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for point in &points {
            let (u, v) = (c * point.x + s * point.y, c * point.y - s * point.x);
            box_own = [
                box_own[0].min(u),
                box_own[1].max(u),
                box_own[2].min(v),
                box_own[3].max(v),
            ];
        }
        let [left, right, top, bottom] = box_own;
        let (u, v) = (0.5 * (left + right), 0.5 * (top + bottom));
        Outline {
            shape: Shape::Rectangle,
            centre: Point::new(c * u - s * v, s * u + c * v),
            half_width: 0.5 * (right - left),
            half_height: 0.5 * (bottom - top),
            axis_degrees: degrees,
        }
    };
    let area = |outline: &Outline| outline.half_width * outline.half_height;
    (-2 * TURN_MAX..=2 * TURN_MAX)
        .map(|half| tight(0.5 * f64::from(half)))
        .min_by(|a, b| {
            area(a)
                .total_cmp(&area(b))
                .then(a.axis_degrees.abs().total_cmp(&b.axis_degrees.abs()))
        })
        .expect("at least one turn is tried")
}

/// The outermost ends of each row of a component: its hull's corners are among them.
fn boundary(component: &Component) -> Vec<Point> {
    let mut points = Vec::new();
    for row in component.runs.chunk_by(|a, b| a.0 == b.0) {
        let y = row[0].0 as f64;
        let start = row.iter().map(|run| run.1).min().unwrap_or(0) as f64;
        let end = row.iter().map(|run| run.2).max().unwrap_or(0) as f64;
        points.extend([(start, y), (end, y), (start, y + 1.0), (end, y + 1.0)].map(Point::from));
    }
    points
}

/// The smallest equilateral triangle around a component, by trying every degree of turn.
///
/// The three supports of a triangle add up to its height, whatever point they are measured from.
pub(super) fn triangle(component: &Component) -> Outline {
    let points = boundary(component);
    let tight = |degrees: f64| {
        let (c, s) = (
            libm::cos(degrees.to_radians()),
            libm::sin(degrees.to_radians()),
        );
        let mut supports = [f64::NEG_INFINITY; 3];
        for point in &points {
            let (u, v) = (c * point.x + s * point.y, c * point.y - s * point.x);
            let reach = [v, FLANK * u - 0.5 * v, -FLANK * u - 0.5 * v];
            for (support, reach) in supports.iter_mut().zip(reach) {
                *support = support.max(reach);
            }
        }
        let [base, right, left] = supports.map(|support| support - GROWN);
        let height = base + right + left;
        let (u, v) = ((right - left) / (2.0 * FLANK), base - 0.5 * height);
        Outline {
            shape: Shape::Triangle,
            centre: Point::new(c * u - s * v, s * u + c * v),
            half_width: height / (2.0 * FLANK),
            half_height: 0.5 * height,
            axis_degrees: degrees,
        }
    };
    (-60..60)
        .map(|degrees| tight(f64::from(degrees)))
        .min_by(|a, b| a.half_height.total_cmp(&b.half_height))
        .expect("at least one turn is tried")
}

/// Moves each side of a frame to the outermost ink near it: the median of the crossings.
pub(super) fn fit(map: &Density, outline: &Outline, level: f32, reach: f64) -> Outline {
    let mut current = *outline;
    for _ in 0..2 {
        current = if current.shape == Shape::Triangle {
            fit_triangle(map, &current, level, reach)
        } else {
            fit_rectangle(map, &current, level, reach)
        };
    }
    current
}

fn fit_rectangle(map: &Density, outline: &Outline, level: f32, reach: f64) -> Outline {
    let mut current = *outline;
    let turn = current.axis_degrees.to_radians();
    let across = Vec2::new(libm::cos(turn), libm::sin(turn));
    let down = Vec2::new(-across.y, across.x);
    let (a, b) = (current.half_width, current.half_height);
    let side = |normal: Vec2, along: Vec2, distance: f64, half: f64| {
        let foot = current.centre + normal * distance;
        side(map, foot, (normal, along), half, (level, reach))
    };
    let (right, tilt_right) = side(across, down, a, b);
    let (left, tilt_left) = side(-across, -down, a, b);
    let (bottom, tilt_bottom) = side(down, -across, b, a);
    let (top, tilt_top) = side(-down, across, b, a);
    current.centre += across * (0.5 * (right - left)) + down * (0.5 * (bottom - top));
    current.half_width += 0.5 * (right + left);
    current.half_height += 0.5 * (bottom + top);
    let tilt = 0.25 * (tilt_right + tilt_left + tilt_bottom + tilt_top);
    current.axis_degrees -= tilt.clamp(-0.1, 0.1).to_degrees();
    current
}

fn fit_triangle(map: &Density, outline: &Outline, level: f32, reach: f64) -> Outline {
    let turn = outline.axis_degrees.to_radians();
    let across = Vec2::new(libm::cos(turn), libm::sin(turn));
    let down = Vec2::new(-across.y, across.x);
    // Base, right flank, left flank: each normal with its distance from the middle of the height.
    let normals = [
        (down, outline.half_height),
        (across * FLANK - down * 0.5, 0.5 * outline.half_height),
        (-across * FLANK - down * 0.5, 0.5 * outline.half_height),
    ];
    let inner = 2.0 / 3.0 * outline.half_height;
    let centroid = outline.centre + down * (outline.half_height - inner);
    let mut tilts = 0.0;
    let [base, right, left] = normals.map(|(normal, distance)| {
        let along = Vec2::new(-normal.y, normal.x);
        let foot = centroid + normal * inner;
        let (offset, tilt) = side(
            map,
            foot,
            (normal, along),
            outline.half_width,
            (level, reach),
        );
        tilts += tilt / 3.0;
        distance + offset
    });
    let height = base + right + left;
    let shift = across * ((right - left) / (2.0 * FLANK)) + down * (base - 0.5 * height);
    Outline {
        shape: Shape::Triangle,
        centre: outline.centre + shift,
        half_width: height / (2.0 * FLANK),
        half_height: 0.5 * height,
        axis_degrees: outline.axis_degrees - tilts.clamp(-0.1, 0.1).to_degrees(),
    }
}

/// Median offset of one side's outer edge, outwards positive, and its slope along the side.
fn side(
    map: &Density,
    foot: Point,
    (normal, along): (Vec2, Vec2),
    half: f64,
    (level, reach): (f32, f64),
) -> (f64, f64) {
    let mut found = Vec::new();
    for i in 0..SIDE_SAMPLES {
        let place = ((i as f64 + 0.5) / SIDE_SAMPLES as f64 - 0.5) * 1.8 * half;
        let base = foot + along * place;
        let mut offset = reach;
        while offset > -reach {
            let point = base + normal * offset;
            if sample(map, point.x, point.y, 0.0) >= level {
                found.push((place, offset + 0.25));
                break;
            }
            offset -= 0.5;
        }
    }
    if found.len() < SIDE_SAMPLES / 4 {
        return (0.0, 0.0);
    }
    let middle = order::median(found.iter().map(|f| f.1)).unwrap_or(0.0);
    let (mut moment, mut spread) = (0.0, 1e-9);
    for (place, offset) in found {
        if (offset - middle).abs() < 2.0 {
            moment += place * (offset - middle);
            spread += place * place;
        }
    }
    (middle, moment / spread)
}

/// Share of each side of a rectangle, right, left, bottom and top, that is drawn within two pixels;
/// `None` of one that lies beyond the page.
pub(super) fn drawn(map: &Density, outline: &Outline, level: f32) -> [Option<f64>; 4] {
    let (across, down) = axes(outline);
    let (a, b) = (outline.half_width, outline.half_height);
    let sides = [
        (across * a, down, b),
        (-across * a, down, b),
        (down * b, across, a),
        (-down * b, across, a),
    ];
    sides.map(|(arm, along, half)| {
        let normal = arm.normalize();
        let (mut seen, mut hits) = (0_usize, 0_usize);
        for i in 0..SIDE_SAMPLES {
            let place = ((i as f64 + 0.5) / SIDE_SAMPLES as f64 - 0.5) * 1.8 * half;
            let foot = outline.centre + arm + along * place;
            if !inspect::is_beyond(map, foot - normal) {
                seen += 1;
                let inked = |depth: i32| {
                    let point = foot - normal * (0.5 * f64::from(depth));
                    sample(map, point.x, point.y, 0.0) >= level
                };
                hits += usize::from((-2..=6).any(inked));
            }
        }
        (seen > SIDE_SAMPLES / 4).then(|| hits as f64 / seen as f64)
    })
}

/// Unit vectors along the width and the height.
pub(super) fn axes(outline: &Outline) -> (Vec2, Vec2) {
    let turn = outline.axis_degrees.to_radians();
    let across = Vec2::new(libm::cos(turn), libm::sin(turn));
    (across, Vec2::new(-across.y, across.x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Raster;
    use crate::imaging::components;

    #[test]
    fn the_rectangle_around_an_upright_box_is_the_box() {
        let mut mask = Raster::filled(50, 40, false);
        for y in 10..30 {
            mask.row_mut(y)[5..45].fill(true);
        }
        let outline = rectangle(&components(&mask)[0]);
        assert!((outline.half_width - 20.0).abs() < 1e-9, "{outline:?}");
        assert!((outline.half_height - 10.0).abs() < 1e-9, "{outline:?}");
        assert!(outline.axis_degrees.abs() < 1e-9, "{outline:?}");
    }

    #[test]
    fn the_triangle_around_a_turned_triangle_is_found() {
        let drawn = Outline {
            shape: Shape::Triangle,
            centre: Point::new(60.0, 60.0),
            half_width: 40.0,
            half_height: 40.0 * FLANK,
            axis_degrees: 12.0,
        };
        let mut mask = Raster::filled(120, 120, false);
        for y in 0..120 {
            for x in 0..120 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - drawn.centre;
                let inside = arm.hypot() < drawn.radius_at(libm::atan2(arm.y, arm.x));
                mask.row_mut(y)[x] = inside;
            }
        }
        let found = triangle(&components(&mask)[0]);
        assert!((found.axis_degrees - 12.0).abs() < 1.5, "{found:?}");
        assert!(found.centre.distance(drawn.centre) < 2.0, "{found:?}");
        assert!((found.half_width - 40.0).abs() < 3.5, "{found:?}");
    }

    #[test]
    fn sides_move_to_the_ink() {
        let mut map = Raster::filled(60, 60, 0.0_f32);
        for y in 10..50 {
            map.row_mut(y)[12..48].fill(1.0);
        }
        let start = Outline {
            shape: Shape::Rectangle,
            centre: Point::new(31.0, 29.0),
            half_width: 20.0,
            half_height: 18.0,
            axis_degrees: 0.0,
        };
        let fitted = fit(&map, &start, 0.5, 6.0);
        assert!((fitted.half_width - 18.0).abs() < 0.6, "{fitted:?}");
        assert!((fitted.centre.x - 30.0).abs() < 0.6, "{fitted:?}");
    }

    #[test]
    fn the_sides_of_a_triangle_move_to_the_ink() {
        let drawn = Outline {
            shape: Shape::Triangle,
            centre: Point::new(60.0, 60.0),
            half_width: 40.0,
            half_height: 40.0 * FLANK,
            axis_degrees: 4.0,
        };
        let mut map = Raster::filled(120, 120, 0.0_f32);
        for y in 0..120 {
            for x in 0..120 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - drawn.centre;
                let inside = arm.hypot() < drawn.radius_at(libm::atan2(arm.y, arm.x));
                map.row_mut(y)[x] = if inside { 1.0 } else { 0.0 };
            }
        }
        let start = Outline {
            centre: Point::new(61.5, 58.5),
            half_width: 41.5,
            half_height: 41.5 * FLANK,
            axis_degrees: 3.0,
            ..drawn
        };
        let fitted = fit(&map, &start, 0.5, 5.0);
        assert!(fitted.centre.distance(drawn.centre) < 0.7, "{fitted:?}");
        assert!((fitted.half_width - 40.0).abs() < 0.7, "{fitted:?}");
        assert!((fitted.axis_degrees - 4.0).abs() < 0.5, "{fitted:?}");
    }
}
