//! Shifts drawn by hand: of the same die, and of each way of making another.

use super::*;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::matching::visibility::Visibility;

fn frame() -> Frame {
    Frame {
        pixels_per_mm: 11.8,
        radius_mm: 18.0,
        scale: Some(1.0),
        separable: true,
        page_from_specimen: Affine::IDENTITY,
        centre: Point::ZERO,
        closeness: vec![0.0],
        lines_mm: vec![0.9],
        visibility: Visibility::default(),
    }
}

fn part(zone: Zone, at: Vec2, piece: Option<usize>) -> Part {
    Part {
        zone,
        at,
        normal: piece.is_none().then(|| at.normalize()),
        shift: Vec2::ZERO,
        covariance: [1e-4, 0.0, 1e-4],
        spread: 0.0,
        spread_variance: 1e-4,
        residual: 0.05,
        contrast: 0.3,
        edge: Vec2::ZERO,
        area: 100.0,
        piece,
    }
}

/// A ring of 36 parts, a band of 40 letters at 13 mm and a star in the middle, four points and four sides, each
/// shifted by a hundredth of a millimetre this way or that.
fn parts() -> (Vec<Part>, Elements) {
    let on = |count: usize, i: usize, radius: f64| {
        let angle = i as f64 / count as f64 * std::f64::consts::TAU;
        Vec2::new(radius * libm::cos(angle), radius * libm::sin(angle))
    };
    let mut parts: Vec<Part> = (0..36)
        .map(|i| part(Zone::Ring(0), on(36, i, 17.5), None))
        .collect();
    parts.extend((0..40).map(|i| part(Zone::Inside, on(40, i, 13.0), Some(i))));
    parts.extend((0..8).map(|i| {
        // Two edges meet in a point, which they carry further than either moves.
        let (reach, carried) = if i % 2 == 0 { (4.0, 2.2) } else { (2.0, 1.0) };
        let at = on(8, i, reach);
        let edge = at.normalize() * carried;
        Part {
            edge,
            ..part(Zone::Inside, at, Some(40 + i))
        }
    }));
    for (i, part) in parts.iter_mut().enumerate() {
        let wobble = |step: usize| if (i * step) % 7 < 3 { 0.01 } else { -0.01 };
        part.shift = Vec2::new(wobble(3), wobble(5));
    }
    let mut groups: Vec<Vec<usize>> = (0..40).map(|i| vec![i]).collect();
    groups.push((40..48).collect());
    let elements = Elements {
        pieces: Vec::new(),
        groups,
        motif: (40..48).collect(),
    };
    (parts, elements)
}

fn odds(parts: &[Part], elements: &Elements, axis: Axis) -> (f64, f64) {
    let frame = frame();
    let measures = Shifts::new(parts, &frame).unwrap().measures(elements, 0.0);
    let measure = measures.iter().find(|m| m.axis == axis).unwrap();
    (measure.log_odds.unwrap(), measure.value)
}

#[test]
fn an_impression_of_the_same_die_speaks_for_no_way_of_forging() {
    let (parts, elements) = parts();
    let frame = frame();
    for measure in Shifts::new(&parts, &frame)
        .unwrap()
        .measures(&elements, 0.0)
    {
        let odds = measure.log_odds.unwrap();
        assert!(odds < 0.0, "{:?} {odds}", measure.axis);
    }
}

#[test]
fn a_sheet_pulled_askew_and_bent_rubber_speak_for_no_way_of_forging() {
    let (mut parts, elements) = parts();
    for part in &mut parts {
        let bend = 0.06 * libm::sin(part.at.x / 9.0);
        part.shift += Vec2::new(0.003 * part.at.y, 0.002 * part.at.x) + Vec2::new(0.0, bend);
    }
    for axis in [Axis::RingRadiusMm, Axis::TextSpacingMm, Axis::MotifTurnDeg] {
        let (odds, _) = odds(&parts, &elements, axis);
        assert!(odds < 1.0, "{axis:?} {odds}");
    }
}

#[test]
fn a_wider_ring_a_turned_figure_and_drawn_out_text_show_in_their_own_axes() {
    let (parts, elements) = parts();
    let mut wider = parts.clone();
    for part in wider.iter_mut().filter(|part| part.zone == Zone::Ring(0)) {
        part.shift += part.at.normalize() * 0.2;
    }
    let (gain, value) = odds(&wider, &elements, Axis::RingRadiusMm);
    assert!(gain > 5.0 && (value - 0.2).abs() < 0.05, "{gain} {value}");
    let mut turned = parts.clone();
    for part in turned
        .iter_mut()
        .filter(|p| p.piece.is_some_and(|piece| piece >= 40))
    {
        part.shift += Vec2::new(-part.at.y, part.at.x) * 2.0_f64.to_radians();
    }
    let (gain, value) = odds(&turned, &elements, Axis::MotifTurnDeg);
    assert!(gain > 5.0 && (value - 2.0).abs() < 0.3, "{gain} {value}");
    let mut drawn_out = parts;
    for part in drawn_out
        .iter_mut()
        .filter(|p| p.piece.is_some_and(|piece| piece < 40))
    {
        let angle = libm::atan2(part.at.y, part.at.x);
        part.shift += Vec2::new(-part.at.y, part.at.x) / 13.0 * (0.08 * angle);
    }
    let (gain, _) = odds(&drawn_out, &elements, Axis::TextSpacingMm);
    assert!(gain > 3.0, "{gain}");
}

#[test]
fn letters_of_another_face_and_one_letter_set_elsewhere_show() {
    let (parts, elements) = parts();
    let mut other = parts.clone();
    for (i, part) in other
        .iter_mut()
        .enumerate()
        .filter(|(_, p)| p.piece.is_some())
    {
        let step = |k: usize| [-0.09, 0.05, 0.1, -0.06, 0.02][(i * k) % 5];
        part.shift += Vec2::new(step(1), step(3));
    }
    let (gain, value) = odds(&other, &elements, Axis::GlyphDisplacementMm);
    assert!(gain > 3.0 && value > 0.05, "{gain} {value}");
    let mut moved = parts;
    moved[36 + 11].shift += Vec2::new(0.3, 0.2);
    let (gain, value) = odds(&moved, &elements, Axis::GroupShiftMm);
    assert!(gain > 0.0 && value > 0.2, "{gain} {value}");
}

/// The star in the middle with its pieces shifted further.
fn star(shift: impl Fn(&Part) -> Vec2) -> (Vec<Part>, Elements) {
    let (mut parts, elements) = parts();
    for part in parts
        .iter_mut()
        .filter(|p| p.piece.is_some_and(|piece| piece >= 40))
    {
        part.shift += shift(part);
    }
    (parts, elements)
}

#[test]
fn a_figure_grown_by_ink_at_its_edges_is_no_larger_figure() {
    let (parts, elements) = star(|part| part.edge * 0.05);
    let (size, _) = odds(&parts, &elements, Axis::MotifSizeMm);
    assert!(size < 0.5, "{size}");
}

#[test]
fn a_larger_figure_shows_in_its_size_and_is_not_set_elsewhere() {
    let (parts, elements) = star(|part| part.at * 0.06);
    let (size, value) = odds(&parts, &elements, Axis::MotifSizeMm);
    assert!(size > 1.0 && (value - 0.24).abs() < 0.08, "{size} {value}");
    let (moved, _) = odds(&parts, &elements, Axis::GroupShiftMm);
    assert!(moved < 0.0, "{moved}");
}

#[test]
fn a_group_no_further_off_than_rubber_sets_it_does_not_speak_for_another_die() {
    let turned = |degrees: f64, shift: f64| {
        let (parts, elements) = star(|part| {
            let arm = Vec2::new(-part.at.y, part.at.x);
            arm * degrees.to_radians() + Vec2::new(shift, 0.0)
        });
        odds(&parts, &elements, Axis::GroupShiftMm).0
    };
    let near = turned(0.4, 0.06);
    assert!(near < 0.5, "{near}");
    let far = turned(0.0, 0.4);
    assert!(far > 5.0, "{far}");
}

#[test]
fn the_points_of_a_figure_fade_before_it_grows_smaller() {
    let (parts, elements) = star(|part| part.at * -0.08);
    let frame = frame();
    let size = |faded: f64| {
        let measures = Shifts::new(&parts, &frame)
            .unwrap()
            .measures(&elements, faded);
        let size = measures.iter().find(|m| m.axis == Axis::MotifSizeMm);
        size.unwrap().log_odds.unwrap()
    };
    let (full, light) = (size(0.0), size(1.0));
    assert!(full > light + 0.2, "{full} {light}");
}
