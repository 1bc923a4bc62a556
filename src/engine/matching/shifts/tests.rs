//! Shifts drawn by hand: of the same die, and of each way of making another.

use super::*;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::matching::displacement::Displacement;
use crate::matching::visibility::Visibility;

fn frame() -> Frame {
    Frame {
        pixels_per_mm: 11.8,
        radius_mm: 18.0,
        scale: Some(1.0),
        separable: true,
        is_curved: true,
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

/// What an axis measures on a page on which the impression stands turned by so much.
fn measured(parts: &[Part], elements: &Elements, (axis, turn_deg): (Axis, f64)) -> Measure {
    let frame = Frame {
        page_from_specimen: Affine::rotate(turn_deg.to_radians()),
        ..frame()
    };
    let measures = Shifts::new(parts, &frame).unwrap().measures(elements, 0.0);
    measures.into_iter().find(|m| m.axis == axis).unwrap()
}

/// Whether a displacement's covariance is one: positive definite.
fn is_definite(own: &Displacement) -> bool {
    let [right, both, down] = own.covariance_mm2;
    right > 0.0 && down > 0.0 && right * down > both * both
}

#[test]
fn a_figure_set_elsewhere_lies_off_its_place_the_way_it_was_moved() {
    let (parts, elements) = star(|_| Vec2::new(0.3, -0.2));
    let measure = measured(&parts, &elements, (Axis::MotifShiftMm, 0.0));
    let [own] = measure.displacements[..] else {
        panic!("{measure:?}");
    };
    assert!((own.right_mm - 0.3).abs() < 0.1, "{own:?}");
    assert!((own.down_mm + 0.2).abs() < 0.08, "{own:?}");
    assert!(is_definite(&own), "{own:?}");
    // It is the value's own direction, and as well known.
    let length = libm::hypot(own.right_mm, own.down_mm);
    assert!((length - measure.value).abs() < 1e-12, "{measure:?}");
    let [right, _, down] = own.covariance_mm2;
    let mean = libm::sqrt(0.5 * (right + down));
    assert!((mean - measure.uncertainty).abs() < 1e-12, "{measure:?}");
}

#[test]
fn on_a_page_where_the_seal_stands_upside_down_what_was_moved_right_lies_left() {
    let (parts, elements) = star(|_| Vec2::new(0.3, -0.2));
    let measure = measured(&parts, &elements, (Axis::MotifShiftMm, 180.0));
    let own = measure.displacements[0];
    assert!(own.right_mm < -0.2 && own.down_mm > 0.12, "{own:?}");
    let turns = measured(&parts, &elements, (Axis::MotifTurnDeg, 180.0));
    assert!(turns.displacements.is_empty(), "a turn moves nothing");
}

#[test]
fn a_letter_set_elsewhere_is_known_worst_along_its_own_stroke() {
    let (mut parts, elements) = parts();
    parts[36 + 11].shift += Vec2::new(-0.4, 0.0);
    // A stroke straight down tells little of where it stands along itself.
    parts[36 + 11].covariance = [1e-4, 0.0, 0.04];
    for axis in [Axis::GroupShiftMm, Axis::GlyphDisplacementMm] {
        let measure = measured(&parts, &elements, (axis, 0.0));
        let own = measure.displacements[0];
        assert!(own.right_mm < -0.25, "{axis:?} {own:?}");
        let [right, _, down] = own.covariance_mm2;
        assert!(is_definite(&own) && down > 4.0 * right, "{axis:?} {own:?}");
        // On its side the stroke tells little of where it stands across the page.
        let turned = measured(&parts, &elements, (axis, 90.0)).displacements[0];
        let [right, _, down] = turned.covariance_mm2;
        assert!(turned.down_mm < -0.25 && right > 4.0 * down, "{turned:?}");
    }
}

#[test]
fn single_letters_are_told_each_where_it_stands_the_furthest_first() {
    let (mut parts, elements) = parts();
    parts[36 + 11].shift += Vec2::new(0.4, 0.0);
    parts[36 + 25].shift += Vec2::new(0.0, -0.2);
    let measure = measured(&parts, &elements, (Axis::GlyphDisplacementMm, 0.0));
    let places: Vec<(f64, f64)> = measure.displacements.iter().map(|own| own.at_px).collect();
    assert_eq!(places, measure.at_px);
    let [first, second, ..] = measure.displacements[..] else {
        panic!("{measure:?}");
    };
    assert!((first.right_mm - 0.4).abs() < 0.05, "{first:?}");
    assert!((second.down_mm + 0.2).abs() < 0.05, "{second:?}");
    assert!(measure.displacements.iter().all(is_definite));
}

/// Text at the top over 240 degrees, turned by so many degrees and drawn out by a share, about its own middle.
fn band(turn_deg: f64, share: f64) -> (Vec<Part>, Elements) {
    let (mut parts, elements) = parts();
    let from_top = |at: Vec2| libm::atan2(at.x, -at.y);
    let is_text = |part: &Part| part.piece.is_some_and(|piece| piece < 40);
    parts.retain(|part| !is_text(part) || from_top(part.at).abs() < 120_f64.to_radians());
    for part in parts.iter_mut().filter(|part| is_text(part)) {
        let along = turn_deg.to_radians() + share * from_top(part.at);
        part.shift += Vec2::new(-part.at.y, part.at.x) * along;
    }
    (parts, elements)
}

#[test]
fn text_turned_and_drawn_out_shows_which_way() {
    let of = |turn_deg, share| {
        let (parts, elements) = band(turn_deg, share);
        let measure = measured(&parts, &elements, (Axis::TextSpacingMm, 30.0));
        assert!(measure.displacements.is_empty(), "it has many");
        let band = measure.text_band.unwrap();
        (band.turn_deg, band.stretch_percent.unwrap())
    };
    let (turn, stretch) = of(0.0, 0.0);
    assert!(turn.value.abs() < 3.0 * turn.uncertainty, "{turn:?}");
    assert!(
        stretch.value.abs() < 3.0 * stretch.uncertainty,
        "{stretch:?}"
    );
    for sign in [1.0, -1.0] {
        let (turn, _) = of(sign, 0.0);
        let told = sign * turn.value;
        assert!(told > 0.4 && told < 1.2, "{turn:?}");
        let (_, stretch) = of(0.0, sign * 0.012);
        let told = sign * stretch.value;
        assert!(told > 0.4 && told < 1.5, "{stretch:?}");
    }
}

#[test]
fn text_on_a_seal_with_corners_runs_around_nothing() {
    let (parts, elements) = band(0.0, 0.012);
    let frame = Frame {
        is_curved: false,
        ..frame()
    };
    let measures = Shifts::new(&parts, &frame)
        .unwrap()
        .measures(&elements, 0.0);
    assert!(measures.iter().all(|measure| measure.text_band.is_none()));
}
