use super::*;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::imaging::Raster;
use crate::matching::canonical::Canonical;
use crate::matching::structure::Structure;
use crate::matching::windows::windows;

const SIDE: usize = 440;
const MIDDLE: f64 = 220.0;

/// A round seal of 40 mm: a line of 1.4 mm and bars of 0.8 mm inside, all their edges moved outwards by
/// `line` and `bars` millimetres.
fn seal(line: f64, bars: f64) -> Density {
    let mut ink = Raster::filled(SIDE, SIDE, 0.0_f32);
    for y in 0..SIDE {
        for (x, out) in ink.row_mut(y).iter_mut().enumerate() {
            let (x, y) = (
                (x as f64 + 0.5 - MIDDLE) / PER_MM,
                (y as f64 + 0.5 - MIDDLE) / PER_MM,
            );
            let depth = 20.0 - libm::hypot(x, y);
            let on_line = 0.7 + line - (depth - 0.7).abs();
            let (column, row) = (x - 3.0 * (x / 3.0).round(), y - 6.0 * (y / 6.0).round());
            let inside = libm::hypot(x, y) < 14.0;
            let on_bar = (0.4 - column.abs()).min(2.0 - row.abs()) + bars;
            let on_bar = if inside { on_bar } else { -1.0 };
            // An edge passes from paper to ink within one sample.
            let within = on_line.max(on_bar) * PER_MM + 0.5;
            *out = crate::units::single(within.clamp(0.0, 1.0));
        }
    }
    blur(&ink, 0.8)
}

/// Median spread of the line's parts and of the bars', millimetres.
fn spreads(line: f64, bars: f64) -> (f64, f64) {
    spreads_of(&seal(line, bars))
}

/// The registered drawing, and its windows.
fn registered() -> (Canonical, Vec<Window>) {
    let ink = seal(0.0, 0.0);
    let outline = Outline {
        shape: Shape::Round,
        centre: Point::new(MIDDLE, MIDDLE),
        half_width: 200.0,
        half_height: 200.0,
        axis_degrees: 0.0,
    };
    let structure = Structure::new(&ink, &outline);
    let drawing = Canonical {
        validity: ink.map(|_| 1.0),
        ink,
        outline,
        page_from_grid: Affine::IDENTITY,
    };
    let windows = windows(&drawing, &structure);
    (drawing, windows)
}

fn spreads_of(impression: &Density) -> (f64, f64) {
    let (drawing, windows) = registered();
    let weight = drawing.validity.clone();
    let (parts, _) = parts(&windows, &drawing.ink, (impression, &weight), true);
    let of = |zone: Zone| {
        let own = parts.iter().filter(|part| part.zone == zone);
        spread::middle(own.map(|part| (part.spread, part.spread_variance)))
    };
    (of(Zone::Ring(0)), of(Zone::Inside))
}

#[test]
fn a_line_and_letters_whose_edges_moved_each_by_their_own_are_read_in_full() {
    let both = [
        (-0.1, 0.0),
        (-0.06, 0.0),
        (0.06, 0.0),
        (0.1, 0.05),
        (0.18, 0.08),
    ];
    for (line, bars) in both {
        let (own, inside) = spreads(line, bars);
        assert!((own - line).abs() < 0.025, "{line}: {own}");
        assert!((inside - bars).abs() < 0.015, "{bars}: {inside}");
    }
}

#[test]
fn a_blurry_impression_keeps_its_widths() {
    let (own, inside) = spreads_of(&blur(&seal(0.0, 0.0), 1.0));
    assert!(own.abs() < 0.015 && inside.abs() < 0.015, "{own} {inside}");
}

#[test]
fn of_each_part_as_much_ink_is_seen_as_nothing_hides() {
    let (drawing, windows) = registered();
    let mut weight = drawing.validity.clone();
    for y in 0..SIDE {
        weight.row_mut(y)[SIDE / 2..].fill(0.0);
    }
    let (found, visible) = parts(&windows, &drawing.ink, (&drawing.ink, &weight), true);
    assert!(found.iter().all(|part| part.at.x < 1.0));
    assert_eq!(visible.len(), windows.len());
    for (window, seen) in windows.iter().zip(visible) {
        let share = seen / window.drawn;
        let expected = if window.at.x < 0.0 { 1.0 } else { 0.0 };
        // No stretch of a line reaches as far from its middle.
        let is_cut = window.at.x.abs() < 4.0;
        assert!(
            is_cut || (share - expected).abs() < 1e-4,
            "{share} at {:?}",
            window.at
        );
    }
}

#[test]
fn what_stands_right_of_its_place_and_above_it_is_shifted_right_and_up() {
    let (drawing, windows) = registered();
    // By 0.2 mm to the right and 0.1 mm up.
    let mut moved = Raster::filled(SIDE, SIDE, 0.0_f32);
    for y in 0..SIDE - 1 {
        let row = &drawing.ink.row(y + 1)[..SIDE - 2];
        moved.row_mut(y)[2..].copy_from_slice(row);
    }
    let (found, _) = parts(&windows, &drawing.ink, (&moved, &drawing.validity), true);
    let inner: Vec<&Part> = found.iter().filter(|p| p.zone == Zone::Inside).collect();
    assert!(inner.len() > 20, "{}", inner.len());
    let mean = inner.iter().fold(Vec2::ZERO, |sum, part| sum + part.shift) / inner.len() as f64;
    assert!((mean.x - 0.2).abs() < 0.04, "{mean:?}");
    // Most of a bar has no end that tells how far up it stands.
    assert!(mean.y < -0.03 && mean.y > -0.12, "{mean:?}");
}
