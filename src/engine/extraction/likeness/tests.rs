//! Drawings of letters on pages of other letters.

use super::*;
use crate::extraction::InkColour;
use crate::extraction::paper::Hue;

/// Two lines of letters that differ by `seed`, each a pattern of three by five cells of 0.8 mm.
fn letter(seed: usize, x: f64, y: f64) -> bool {
    let (column, row) = (floor_index(x / 3.2), floor_index(y / 6.0));
    let (u, v) = (floor_index((x % 3.2) / 0.8), floor_index((y % 6.0) / 0.8));
    let bit = ((column * 31 + row * 17 + seed) * 2_654_435_761) >> (3 + v * 3 + u);
    u < 3 && v < 5 && bit & 1 == 1
}

/// A drawing of 32 mm by so many, ten samples a millimetre, where `drawn` says.
fn drawing(
    (shape, colour): (Shape, InkColour),
    high_mm: u32,
    drawn: impl Fn(f64, f64) -> bool,
) -> Figure {
    let height = 10 * high_mm as usize;
    let mut ink = Raster::filled(360, height + 40, 0.0_f32);
    for y in 0..height {
        for x in 0..320 {
            let drawn = drawn(x as f64 / 10.0, y as f64 / 10.0);
            ink.row_mut(y + 20)[x + 20] = f32::from(u8::from(drawn));
        }
    }
    let half_height = 5.0 * f64::from(high_mm);
    let outline = Outline {
        shape,
        centre: Point::new(180.0, half_height + 20.0),
        half_width: 160.0,
        half_height,
        axis_degrees: 0.0,
    };
    Figure::new(&ink, &outline, 10.0, colour)
}

/// A drawing of 32 by 12 mm.
fn figure(colour: InkColour) -> Figure {
    drawing((Shape::Other, colour), 12, |x, y| letter(5, x, y))
}

/// A page of print, and the drawing on it if so, turned and in part beyond its right edge.
fn page(at: Option<(f64, f64, f64)>, print: f32) -> Density {
    let mut map = Raster::filled(400, 480, 0.0_f32);
    for y in 0..480 {
        for x in 0..400 {
            let (x_mm, y_mm) = (x as f64 / PER_MM, y as f64 / PER_MM);
            let printed = letter(9, x_mm / 0.9, y_mm / 0.9) && y % 96 < 40;
            map.row_mut(y)[x] = if printed { print } else { 0.0 };
            if let Some((left, top, degrees)) = at {
                let own = Affine::rotate(-f64::to_radians(degrees))
                    * Point::new(x_mm - left, y_mm - top)
                    + Vec2::new(16.0, 6.0);
                let within = (0.0..32.0).contains(&own.x) && (0.0..12.0).contains(&own.y);
                if within && letter(5, own.x, own.y) {
                    map.row_mut(y)[x] = 0.5;
                }
            }
        }
    }
    map
}

fn work(dark: Density, hues: Vec<Hue>) -> Work {
    Work {
        factor: 1,
        per_mm: Some(PER_MM),
        dark,
        hues,
        pen: None,
        faint: None,
        pale: None,
    }
}

fn is_at(found: &Outline, (x, y, degrees): (f64, f64, f64)) -> bool {
    found.centre.distance(Point::new(x * PER_MM, y * PER_MM)) < 0.4 * PER_MM
        && (found.axis_degrees - degrees).abs() < 1.0
}

#[test]
fn a_known_drawing_is_found_among_print_and_over_the_edge_and_print_alone_is_none() {
    let figures = [figure(InkColour::Red)];
    for place in [(50.0, 52.0, 5.0), (90.0, 40.0, -8.0)] {
        let found = find(
            &work(page(Some(place), 0.6), Vec::new()),
            &figures.each_ref(),
            true,
            &[],
        );
        assert!(is_at(&found[0].0, place), "{place:?}: {found:?}");
    }
    let bare = find(
        &work(page(None, 0.6), Vec::new()),
        &figures.each_ref(),
        true,
        &[],
    );
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn in_colour_it_is_looked_for_at_every_turn_in_its_own_ink_alone() {
    let place = (50.0, 60.0, 110.0);
    let hue = || Hue {
        angle: 0.0,
        chroma: page(Some(place), 0.0),
    };
    let coloured = [figure(InkColour::Red)];
    let found = find(
        &work(page(None, 0.6), vec![hue()]),
        &coloured.each_ref(),
        false,
        &[],
    );
    assert!(is_at(&found[0].0, place), "{found:?}");
    let black = [figure(InkColour::Black)];
    let found = find(
        &work(page(None, 0.6), vec![hue()]),
        &black.each_ref(),
        false,
        &[],
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn where_the_resolution_is_unknown_its_size_is_found_as_well() {
    let place = (50.0, 52.0, 3.0);
    let unknown = Work {
        per_mm: None,
        ..work(page(Some(place), 0.6), Vec::new())
    };
    // The page is 100 mm wide: drawn at twice the scale of one of 200 mm.
    let mut small = figure(InkColour::Red);
    small.half_mm = (2.0 * small.half_mm.0, 2.0 * small.half_mm.1);
    let (width, height) = (2 * small.ink.width(), 2 * small.ink.height());
    small.ink = crate::imaging::warp(&small.ink, Affine::scale(0.5), (width, height), 0.0)
        .map(|value| crate::units::level(value / 255.0));
    let found = find(&unknown, &[&small], true, &[]);
    assert!(is_at(&found[0].0, place), "{found:?}");
    assert!(
        (found[0].0.half_width - 16.0 * PER_MM).abs() < 2.0,
        "{found:?}"
    );
}

/// Letters in a frame of 32 by 18 mm.
fn framed(x: f64, y: f64) -> bool {
    let edge = x.min(y).min(32.0 - x).min(18.0 - y);
    let inner = Point::new(x - 2.0, y - 3.0);
    let lettered = edge > 1.6 && (0.0..12.0).contains(&inner.y);
    (0.0..0.8).contains(&edge) || lettered && letter(5, inner.x, inner.y)
}

/// A page of print with a frame around letters at a place.
fn framed_page((left, top): (f64, f64)) -> Density {
    let mut map = page(None, 0.6);
    for y in 0..480 {
        for x in 0..400 {
            if framed(x as f64 / PER_MM - left, y as f64 / PER_MM - top) {
                map.row_mut(y)[x] = 0.5;
            }
        }
    }
    map
}

#[test]
fn a_framed_seal_is_found_by_its_drawing() {
    let figure = drawing((Shape::Rectangle, InkColour::Red), 18, framed);
    let work = work(framed_page((30.0, 42.0)), Vec::new());
    let own = find(&work, &[&figure], true, &[]);
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0].0.shape, Shape::Rectangle);
    assert!(is_at(&own[0].0, (46.0, 51.0, 0.0)), "{own:?}");
}
