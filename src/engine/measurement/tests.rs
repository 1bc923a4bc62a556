//! Drawn impressions of known size.

use super::*;
use crate::extraction::InkColour;
use crate::extraction::Layers;
use crate::extraction::Outline;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::ColourMode;
use crate::imaging::Raster;
use crate::units::Dpi;
use crate::units::floor_index;
use crate::units::level;
use crate::units::single;
use crate::units::stored;

/// What a die leaves on paper: sizes in millimetres, before ink spreads.
#[derive(Clone, Copy)]
struct Drawing {
    shape: Shape,
    half_width: f64,
    half_height: f64,
    turn_degrees: f64,
    /// From the outer edge to each ring's outer and inner edge.
    rings: &'static [(f64, f64)],
    spread: f64,
    dpi: f64,
}

const ROUND: Drawing = Drawing {
    shape: Shape::Round,
    half_width: 18.0,
    half_height: 18.0,
    turn_degrees: 0.0,
    rings: &[(0.0, 0.8), (1.3, 1.6), (6.0, 6.3)],
    spread: 0.03,
    dpi: 300.0,
};

impl Drawing {
    /// Signed distance inwards from the outer edge, to first order, in millimetres.
    fn depth(&self, p: Vec2) -> f64 {
        let (s, c) = libm::sincos(-self.turn_degrees.to_radians());
        let own = Vec2::new(c * p.x - s * p.y, s * p.x + c * p.y);
        let (a, b) = (self.half_width, self.half_height);
        match self.shape {
            Shape::Rectangle => (a - own.x.abs()).min(b - own.y.abs()),
            Shape::Triangle => {
                let flank = (a * b + a * own.y - 2.0 * b * own.x.abs()) / libm::hypot(a, 2.0 * b);
                flank.min(b - own.y)
            }
            Shape::Round | Shape::Oval | Shape::Other => {
                let level = libm::hypot(own.x / a, own.y / b);
                let slope = libm::hypot(own.x / (a * a), own.y / (b * b)) / level.max(1e-9);
                (1.0 - level) / slope.max(1e-9)
            }
        }
    }

    /// Layers with anti-aliased rings, and an outline as badly found as extraction may find it.
    fn impression(&self) -> Impression {
        let per_mm = self.dpi / 25.4;
        let reach = 1.12 * libm::hypot(self.half_width, self.half_height);
        let side = floor_index(2.0 * reach * per_mm);
        let centre = Vec2::new(side as f64 / 2.0 + 0.31, side as f64 / 2.0 - 0.17);
        let samples = (0..side * side)
            .map(|index| {
                let pixel = Vec2::new((index % side) as f64 + 0.5, (index / side) as f64 + 0.5);
                let depth = self.depth((pixel - centre) / per_mm);
                let ink = self.rings.iter().map(|(outer, inner)| {
                    let inside = (depth - outer).min(inner - depth) + self.spread;
                    (inside * per_mm + 0.5).clamp(0.0, 1.0)
                });
                level(single(ink.fold(0.0, f64::max)))
            })
            .collect();
        let ink = Raster::from_samples(side, side, samples).unwrap();
        let outline = Outline {
            shape: self.shape,
            centre: Point::new(100.0, 200.0) + centre + Vec2::new(2.0, -1.5),
            half_width: self.half_width * per_mm + 1.5,
            half_height: self.half_height * per_mm + 1.5,
            axis_degrees: if self.shape == Shape::Round {
                0.0
            } else {
                self.turn_degrees + 0.4
            },
        };
        Impression {
            bbox: PixelRect {
                x: 100,
                y: 200,
                width: stored(side),
                height: stored(side),
            },
            outline,
            colour: InkColour::Red,
            separable: true,
            mode: ColourMode::Colour,
            dpi: Dpi::new(self.dpi),
            layers: Layers {
                origin: (100, 200),
                text: ink.map(|_| 0),
                validity: ink.map(|_| 255),
                ink,
            },
        }
    }
}

fn value(measured: Option<Measured>) -> f64 {
    measured.expect("measured").value
}

/// Hides a wedge of the crop, its ink covered by false ink.
fn hide_wedge(impression: &mut Impression, from_degrees: f64, to_degrees: f64) {
    let side = impression.layers.ink.width();
    let middle = side as f64 / 2.0;
    for y in 0..side {
        for x in 0..side {
            let angle = libm::atan2(y as f64 - middle, x as f64 - middle).to_degrees();
            if (from_degrees..to_degrees).contains(&angle) {
                impression.layers.validity.row_mut(y)[x] = 0;
                impression.layers.ink.row_mut(y)[x] = 255;
            }
        }
    }
}

#[test]
fn round_seals_are_measured_to_a_twentieth_of_a_millimetre() {
    for (dpi, spread) in [(300.0, 0.03), (300.0, 0.0), (200.0, 0.05), (200.0, 0.03)] {
        let drawing = Drawing {
            dpi,
            spread,
            ..ROUND
        };
        let measured = measure(&drawing.impression());
        // Spread other than assumed moves each outer edge by the difference, twice for a diameter.
        let expected = 36.0 + 2.0 * (spread - 0.03);
        for side in [measured.width_mm, measured.height_mm] {
            assert!((value(side) - expected).abs() < 0.05, "{dpi}: {side:?}");
        }
        let centre_line = value(measured.centre_line_mm);
        assert!((centre_line - 35.2).abs() < 0.02, "{dpi}: {centre_line}");
        assert!(value(measured.ellipticity) < 0.002, "{measured:?}");
        assert_eq!(measured.rotation_deg, None);
    }
}

#[test]
fn every_ring_is_found_with_its_width() {
    let measured = measure(&ROUND.impression());
    assert_eq!(measured.rings.len(), 3, "{:?}", measured.rings);
    let expected = [(35.2, 0.86), (33.1, 0.36), (23.7, 0.36)];
    for (ring, (diameter, width)) in measured.rings.iter().zip(expected) {
        assert!(
            (ring.centre_line_mm.value - diameter).abs() < 0.03,
            "{ring:?}"
        );
        assert!((ring.width_mm.value - width).abs() < 0.05, "{ring:?}");
    }
}

#[test]
fn a_hidden_wedge_does_not_move_the_sizes() {
    let mut impression = ROUND.impression();
    hide_wedge(&mut impression, 20.0, 100.0);
    let measured = measure(&impression);
    assert!(
        (value(measured.width_mm) - 36.0).abs() < 0.05,
        "{measured:?}"
    );
    assert!(value(measured.ellipticity) < 0.002, "{measured:?}");
    assert!(
        (measured.usable - 280.0 / 360.0).abs() < 0.01,
        "{measured:?}"
    );
    assert!(measured.coverage.unwrap() > 0.99, "{measured:?}");
    let hidden = measured.quality.iter().flatten().filter(|q| **q < 0.01);
    assert!(hidden.count() > 4, "{measured:?}");
}

#[test]
fn an_ellipse_of_two_per_cent_is_seen_at_any_turn() {
    for turn_degrees in [0.0, 30.0, 77.0] {
        let drawing = Drawing {
            half_width: 18.18,
            half_height: 17.82,
            turn_degrees,
            ..ROUND
        };
        // The centre line of the outer ring is an ellipse with less to be elliptic about.
        let expected = 0.36 / 17.6;
        let found = value(measure(&drawing.impression()).ellipticity);
        assert!((found - expected).abs() < 0.002, "{turn_degrees}: {found}");
    }
}

#[test]
fn a_stretched_round_seal_has_the_same_sizes_however_it_lies() {
    for degrees in [0.0, 30.0, 75.0] {
        let drawing = Drawing {
            half_width: 18.1,
            half_height: 17.9,
            turn_degrees: degrees,
            ..ROUND
        };
        let mut impression = drawing.impression();
        let radius = 18.0 * drawing.dpi / 25.4;
        impression.outline.half_width = radius;
        impression.outline.half_height = radius;
        let measured = measure(&impression).turned(degrees);
        assert!(
            (value(measured.width_mm) - 36.2).abs() < 0.06,
            "{measured:?}"
        );
        assert!(
            (value(measured.height_mm) - 35.8).abs() < 0.06,
            "{measured:?}"
        );
    }
}

#[test]
fn ovals_and_rectangles_are_measured_along_their_own_axes() {
    for shape in [Shape::Oval, Shape::Rectangle] {
        let drawing = Drawing {
            shape,
            half_width: 20.0,
            half_height: 15.0,
            turn_degrees: -12.0,
            rings: &[(0.0, 0.8)],
            ..ROUND
        };
        let measured = measure(&drawing.impression());
        assert!(
            (value(measured.width_mm) - 40.0).abs() < 0.05,
            "{measured:?}"
        );
        assert!(
            (value(measured.height_mm) - 30.0).abs() < 0.05,
            "{measured:?}"
        );
        let turn = value(measured.rotation_deg);
        assert!((turn + 12.0).abs() < 0.1, "{shape:?}: {turn}");
    }
}

#[test]
fn triangles_are_measured() {
    let drawing = Drawing {
        shape: Shape::Triangle,
        half_width: 20.0,
        half_height: 17.32,
        turn_degrees: 8.0,
        rings: &[(0.0, 0.8)],
        ..ROUND
    };
    let measured = measure(&drawing.impression());
    assert!(
        (value(measured.width_mm) - 40.0).abs() < 0.1,
        "{measured:?}"
    );
    assert!(
        (value(measured.height_mm) - 34.64).abs() < 0.1,
        "{measured:?}"
    );
}

#[test]
fn without_a_resolution_there_are_no_millimetres() {
    let mut impression = ROUND.impression();
    impression.dpi = None;
    let measured = measure(&impression);
    assert_eq!(measured.width_mm, None);
    assert!(measured.rings.is_empty());
    assert!(measured.ellipticity.is_some());
}

#[test]
fn bare_paper_measures_nothing() {
    let mut impression = ROUND.impression();
    impression.layers.ink = impression.layers.ink.map(|_| 0);
    let measured = measure(&impression);
    assert_eq!(measured.width_mm, None);
    assert_eq!(measured.coverage, None);
    assert!(measured.usable > 0.99, "{measured:?}");
}

#[test]
fn a_motif_off_the_middle_is_told() {
    let mut impression = ROUND.impression();
    let side = impression.layers.ink.width();
    let per_mm = 300.0 / 25.4;
    let middle = Vec2::new(side as f64 / 2.0 + 0.31 + per_mm, side as f64 / 2.0 - 0.17);
    for y in 0..side {
        for x in 0..side {
            let pixel = Vec2::new(x as f64 + 0.5, y as f64 + 0.5);
            if (pixel - middle).hypot() < 4.0 * per_mm {
                impression.layers.ink.row_mut(y)[x] = 255;
            }
        }
    }
    let offset = value(measure(&impression).motif_offset_mm);
    assert!((offset - 1.0).abs() < 0.03, "{offset}");
}

#[test]
fn a_circles_sizes_as_found_are_those_along_the_page_whatever_axes_it_was_fitted_with() {
    let outline = Outline {
        shape: Shape::Round,
        centre: Point::new(0.0, 0.0),
        half_width: 210.0,
        half_height: 200.0,
        axis_degrees: 90.0,
    };
    let (width, height) = found_sizes(&outline);
    assert!((width - 400.0).abs() < 1e-9, "{width}");
    assert!((height - 420.0).abs() < 1e-9, "{height}");
}

#[test]
fn what_sheet_and_rubber_do_to_a_circle_is_not_the_seals() {
    let stretched = |by: f64| {
        let drawing = Drawing {
            half_width: 18.0 + by,
            half_height: 18.0 - by,
            ..ROUND
        };
        let mut impression = drawing.impression();
        let radius = 18.0 * drawing.dpi / 25.4;
        impression.outline.half_width = radius;
        impression.outline.half_height = radius;
        let measured = measure(&impression);
        let (long, mean) = (value(measured.ellipticity), value(measured.centre_line_mm));
        let kept = value(measured.width_mm) - value(measured.height_mm);
        kept / (long * mean)
    };
    assert!(stretched(0.03).abs() < 1e-9, "{}", stretched(0.03));
    // Twice what chance may do is the die's, but for a quarter of it.
    assert!((stretched(0.09) - 0.76).abs() < 0.08, "{}", stretched(0.09));
}

#[test]
fn ink_that_spreads_further_than_the_specimens_did_makes_no_seal_larger() {
    let sizes = |spread: f64, against: Option<f64>| {
        let measured = measure(&Drawing { spread, ..ROUND }.impression());
        let measured = match against {
            Some(edges_mm) => measured.inked(edges_mm, 3),
            None => measured,
        };
        measured.width_mm.unwrap()
    };
    let (alone, with) = (sizes(0.09, None), sizes(0.09, Some(0.06)));
    assert!((alone.value - 36.12).abs() < 0.04, "{alone:?}");
    assert!((with.value - 36.0).abs() < 0.04, "{with:?}");
    assert!(with.uncertainty < alone.uncertainty);
    // One specimen's own spread is no better known than the impression's.
    let one = measure(
        &Drawing {
            spread: 0.09,
            ..ROUND
        }
        .impression(),
    )
    .inked(0.06, 1);
    assert!(one.width_mm.unwrap().uncertainty >= alone.uncertainty);
}
