//! Frames of drawn lines, whole, broken and crossed.

use super::*;
use crate::extraction::rings;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::blur;

const RADII: Radii = Radii {
    min: 25.0,
    max: 120.0,
};

/// Lines a pixel and a half wide between corners, `drawn` of every twenty pixels of them.
fn drawing(corners: &[(f64, f64)], drawn: usize) -> Density {
    let mut map = Raster::filled(300, 260, 0.0_f32);
    for (index, &(x, y)) in corners.iter().enumerate() {
        let (to_x, to_y) = corners[(index + 1) % corners.len()];
        let length = libm::hypot(to_x - x, to_y - y);
        for step in 0..floor_index(2.0 * length) {
            let share = 0.5 * step as f64 / length;
            if step / 2 % 20 < drawn {
                let (x, y) = (x + share * (to_x - x), y + share * (to_y - y));
                map.row_mut(floor_index(y))[floor_index(x)] = 0.5;
                map.row_mut(floor_index(y))[floor_index(x + 0.7)] = 0.5;
            }
        }
    }
    blur(&map, 0.8)
}

fn found(map: &Density) -> Vec<Outline> {
    let mask = map.map(|_| true);
    outlines(
        &rings::edges(map, &mask, 0.02, (0, 0)),
        (None, false),
        RADII,
        (300, 260),
    )
}

#[test]
fn a_broken_frame_that_a_stroke_crosses_is_found_by_its_sides() {
    let corners = [(60.0, 70.0), (218.0, 86.0), (210.0, 165.6), (52.0, 149.6)];
    let mut map = drawing(&corners, 14);
    (20..280).for_each(|x| map.row_mut(20 + x / 2)[x] = 1.0);
    let best = found(&map)[0];
    assert_eq!(best.shape, Shape::Rectangle);
    assert!(
        best.centre.distance(Point::new(135.0, 117.8)) < 3.0,
        "{best:?}"
    );
    assert!((best.half_width - 79.4).abs() < 2.5, "{best:?}");
    assert!((best.half_height - 40.0).abs() < 2.5, "{best:?}");
    assert!((best.axis_degrees - 5.8).abs() < 2.0, "{best:?}");
}

#[test]
fn a_broken_triangle_is_found_by_its_sides() {
    let height = 140.0 * FLANK;
    let corners = [(150.0, 50.0), (220.0, 50.0 + height), (80.0, 50.0 + height)];
    let best = found(&drawing(&corners, 15))[0];
    assert_eq!(best.shape, Shape::Triangle);
    let middle = Point::new(150.0, 50.0 + 0.5 * height);
    assert!(best.centre.distance(middle) < 2.0, "{best:?}");
    assert!((best.half_width - 70.0).abs() < 2.5, "{best:?}");
    assert!(best.axis_degrees.abs() < 1.0, "{best:?}");
}

#[test]
fn loose_pieces_of_ink_make_rectangles_and_no_triangles() {
    let height = 140.0 * FLANK;
    let triangle = [(150.0, 50.0), (220.0, 50.0 + height), (80.0, 50.0 + height)];
    let frame = [(60.0, 70.0), (218.0, 86.0), (210.0, 165.6), (52.0, 149.6)];
    let shapes = |corners: &[(f64, f64)]| -> Vec<Shape> {
        let map = drawing(corners, 15);
        let loose = rings::edges(&map, &map.map(|_| true), 0.02, (0, 0));
        let found = outlines(&[], (Some(&loose), false), RADII, (300, 260));
        found.iter().map(|outline| outline.shape).collect()
    };
    assert_eq!(shapes(&frame).first(), Some(&Shape::Rectangle));
    assert_eq!(shapes(&triangle), []);
}

#[test]
fn two_sides_make_no_frame() {
    let map = drawing(
        &[(60.0, 70.0), (220.0, 70.0), (220.0, 170.0), (220.0, 70.0)],
        20,
    );
    assert!(found(&map).is_empty(), "{:?}", found(&map));
}

/// What the edges of a square make that ends at `right`, 120 pixels to a side; its left side is too faint to be a line.
fn of_open_square(right: f64, faint: bool) -> Vec<Outline> {
    let left = right - 120.0;
    let open = [(left, 70.0), (right, 70.0), (right, 190.0), (left, 190.0)];
    // The sides turn back on themselves.
    let map = drawing(&[open[0], open[1], open[2], open[3], open[2], open[1]], 16);
    let edges = rings::edges(&map, &map.map(|_| true), 0.02, (0, 0));
    outlines(&edges, (None, faint), RADII, (300, 260))
}

#[test]
fn three_sides_make_no_square_whose_base_lies_at_the_pages_edge() {
    assert_ne!(of_open_square(285.0, true), [], "it lies further inside");
    assert_eq!(of_open_square(299.0, true), [], "it may be the edge itself");
}

#[test]
fn three_sides_make_a_square_where_one_ink_is_alone() {
    assert_eq!(of_open_square(190.0, false), [], "among print it is none");
    let found = of_open_square(190.0, true);
    let square = found.first().expect("three sides are drawn");
    assert!(
        square.centre.distance(Point::new(130.0, 130.0)) < 5.0,
        "{square:?}"
    );
    assert!((square.half_width - 60.0).abs() < 5.0, "{square:?}");
}
