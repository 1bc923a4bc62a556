//! Slips drawn on a ring with bars inside, and what is none.

use super::*;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Point;

/// A ring with bars inside, moved by samples, its lines wider by `wider` samples all round.
fn drawing(moved: (f64, f64), wider: f64) -> Density {
    let mut map = Density::filled(400, 400, 0.0);
    for y in 0..400 {
        for (x, value) in map.row_mut(y).iter_mut().enumerate() {
            let (x, y) = (x as f64 - moved.0, y as f64 - moved.1);
            let reach = libm::hypot(x - 200.0, y - 200.0);
            let upright =
                (120.0..280.0).contains(&y) && (x + wider).rem_euclid(40.0) < 8.0 + 2.0 * wider;
            let level =
                (120.0..280.0).contains(&x) && (y + wider).rem_euclid(70.0) < 8.0 + 2.0 * wider;
            let ring = (160.0 - wider..168.0 + wider).contains(&reach);
            if (upright || level) && reach < 130.0 || ring {
                *value = 1.0;
            }
        }
    }
    map
}

/// The drawing with the impression's ink over it, on a page turned by a quarter clockwise.
fn laid(ink: Density) -> Superposed {
    let centre = Point::new(200.0, 200.0);
    Superposed {
        ink,
        weight: Density::filled(400, 400, 1.0),
        drawing: drawing((0.0, 0.0), 0.0),
        outline: Outline {
            shape: Shape::Round,
            centre,
            half_width: 168.0,
            half_height: 168.0,
            axis_degrees: 0.0,
        },
        page_from_grid: Affine::rotate(std::f64::consts::FRAC_PI_2),
    }
}

/// The ink of a strike and of a fainter one.
fn twice(first: (f64, f64), second: (f64, f64), share: f32) -> Density {
    let mut ink = drawing(first, 0.0);
    let other = drawing(second, 0.0);
    for (value, other) in ink.samples_mut().iter_mut().zip(other.samples()) {
        *value = value.max(share * other);
    }
    ink
}

#[test]
fn a_second_strike_is_seen_where_it_lies() {
    let slip = Slip::of(&laid(twice((0.0, 0.0), (10.0, 6.0), 0.6))).unwrap();
    assert!(slip.is_marked(), "{slip:?}");
    assert!((slip.by_mm - 1.17).abs() < 0.15, "{slip:?}");
    assert!((slip.share - 0.6).abs() < 0.1, "{slip:?}");
    // Down to the right at 31 degrees on the grid, which the page has a quarter further.
    assert!((slip.direction_deg - 121.0).abs() < 8.0, "{slip:?}");
}

#[test]
fn a_drawing_aligned_between_two_strikes_is_seen_as_well() {
    let slip = Slip::of(&laid(twice((-4.0, 2.0), (4.0, -2.0), 0.9))).unwrap();
    assert!(slip.is_marked(), "{slip:?}");
    assert!((slip.by_mm - 0.89).abs() < 0.15, "{slip:?}");
}

#[test]
fn broader_lines_and_a_drawing_moved_as_a_whole_are_no_slip() {
    let alike = [
        drawing((0.0, 0.0), 0.0),
        drawing((0.0, 0.0), 1.5),
        drawing((0.0, 0.0), 3.0),
        drawing((3.0, 2.0), 0.0),
    ];
    for (number, ink) in alike.into_iter().enumerate() {
        let slip = Slip::of(&laid(ink));
        assert!(
            slip.is_none_or(|slip| !slip.is_marked()),
            "{number}: {slip:?}"
        );
    }
}

#[test]
fn a_ring_set_further_out_with_its_letters_in_place_is_no_slip() {
    let mut ink = drawing((0.0, 0.0), 0.0);
    for y in 0..400 {
        for (x, value) in ink.row_mut(y).iter_mut().enumerate() {
            let reach = libm::hypot(x as f64 - 200.0, y as f64 - 200.0);
            if reach > 140.0 {
                *value = if (163.0..171.0).contains(&reach) {
                    1.0
                } else {
                    0.0
                };
            }
        }
    }
    let slip = Slip::of(&laid(ink));
    assert!(slip.is_none_or(|slip| !slip.is_marked()), "{slip:?}");
}
