//! Which way a part stands off its place, and text is turned and drawn out, in words.

use crate::matching::Axis;
use crate::matching::Displacement;
use crate::matching::TextBand;
use crate::rules::difference::places;
use crate::verify::report::Evidence;
use crate::words::Language;
use crate::words::text;

/// The amount of a measurement with which way it goes, where it has one, such as "0.34 ± 0.05 mm (0.30 ± 0.05 mm to the
/// right, 0.16 ± 0.04 mm down)". Of single letters it is that of the part that stands off furthest.
#[must_use]
pub fn told(language: Language, evidence: &Evidence, amount: String) -> String {
    let moved = evidence.displacements.first();
    let moved = moved.map(|own| displaced(language, own));
    let Some(moved) = moved.or_else(|| evidence.text_band.map(|band| turned(language, band)))
    else {
        return amount;
    };
    let key = if evidence.axis == Axis::GlyphDisplacementMm {
        "row.moved_most"
    } else {
        "row.moved"
    };
    text(language, key, &[("amount", &amount), ("moved", &moved)])
}

fn displaced(language: Language, own: &Displacement) -> String {
    let [right, _, down] = own.covariance_mm2;
    let across = if own.right_mm < 0.0 {
        "row.moved_left"
    } else {
        "row.moved_right"
    };
    let along = if own.down_mm < 0.0 {
        "row.moved_up"
    } else {
        "row.moved_down"
    };
    let part = |key: &str, value: f64, variance: f64| {
        let amount = size(language, (value, libm::sqrt(variance)), (2, " mm"));
        text(language, key, &[("amount", &amount)])
    };
    both(
        language,
        &part(across, own.right_mm, right),
        &part(along, own.down_mm, down),
    )
}

fn turned(language: Language, band: TextBand) -> String {
    let turn = band.turn_deg;
    let key = if turn.value < 0.0 {
        "row.band_anticlockwise"
    } else {
        "row.band_clockwise"
    };
    let amount = size(language, (turn.value, turn.uncertainty), (2, "°"));
    let turned = text(language, key, &[("amount", &amount)]);
    let Some(stretch) = band.stretch_percent else {
        return turned;
    };
    let key = if stretch.value < 0.0 {
        "row.band_closer"
    } else {
        "row.band_wider"
    };
    let amount = size(language, (stretch.value, stretch.uncertainty), (1, " %"));
    let drawn_out = text(language, key, &[("amount", &amount)]);
    both(language, &turned, &drawn_out)
}

fn both(language: Language, first: &str, second: &str) -> String {
    text(
        language,
        "row.moved_both",
        &[("first", &first), ("second", &second)],
    )
}

/// How large an amount is whose sign is told in words, with its uncertainty and unit.
fn size(
    language: Language,
    (value, uncertainty): (f64, f64),
    (usual, unit): (usize, &str),
) -> String {
    let places = places(uncertainty, usual);
    let value = value.abs();
    language.decimal(&format!("{value:.places$} ± {uncertainty:.places$}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measurement::Measured;

    fn evidence(axis: Axis) -> Evidence {
        Evidence {
            axis,
            value: 0.34,
            uncertainty: 0.05,
            visibility: None,
            log10_lr: None,
            at_px: Vec::new(),
            displacements: Vec::new(),
            text_band: None,
        }
    }

    fn moved(axis: Axis, [right_mm, down_mm]: [f64; 2]) -> Evidence {
        let own = Displacement {
            at_px: (1.0, 2.0),
            right_mm,
            down_mm,
            covariance_mm2: [0.0025, 0.0, 0.0016],
        };
        Evidence {
            displacements: vec![own],
            ..evidence(axis)
        }
    }

    fn said(language: Language, evidence: &Evidence) -> String {
        told(language, evidence, "0.34".to_owned())
    }

    #[test]
    fn a_displacement_is_told_by_its_directions_each_with_its_uncertainty() {
        let own = moved(Axis::GroupShiftMm, [0.3, -0.16]);
        assert_eq!(
            said(Language::English, &own),
            "0.34 (0.30 ± 0.05 mm to the right, 0.16 ± 0.04 mm up)"
        );
        assert_eq!(
            said(Language::Vietnamese, &own),
            "0.34 (sang phải 0,30 ± 0,05 mm, lên trên 0,16 ± 0,04 mm)"
        );
        let own = moved(Axis::GlyphDisplacementMm, [-0.3, 0.16]);
        assert_eq!(
            said(Language::Chinese, &own),
            "0.34（偏移最大处：向左 0.30 ± 0.05 mm，向下 0.16 ± 0.04 mm）"
        );
    }

    #[test]
    fn text_is_told_by_its_turn_and_by_its_spacing_where_that_is_known() {
        let amount = |value, uncertainty| Measured { value, uncertainty };
        let of = |stretch_percent| Evidence {
            text_band: Some(TextBand {
                turn_deg: amount(-0.31, 0.1),
                stretch_percent,
            }),
            ..evidence(Axis::TextSpacingMm)
        };
        assert_eq!(
            said(Language::English, &of(Some(amount(1.24, 0.4)))),
            "0.34 (turned 0.31 ± 0.10° anticlockwise, set 1.2 ± 0.4 % wider)"
        );
        assert_eq!(
            said(Language::Vietnamese, &of(Some(amount(-1.24, 0.4)))),
            "0.34 (xoay 0,31 ± 0,10° ngược chiều kim đồng hồ, khoảng cách chữ hẹp hơn 1,2 ± 0,4 %)"
        );
        assert_eq!(
            said(Language::Chinese, &of(Some(amount(1.24, 0.4)))),
            "0.34（逆时针转 0.31 ± 0.10°，字距加宽 1.2 ± 0.4 %）"
        );
        assert_eq!(
            said(Language::English, &of(None)),
            "0.34 (turned 0.31 ± 0.10° anticlockwise)"
        );
    }

    #[test]
    fn a_report_of_before_directions_were_told_is_read_and_has_none() {
        let kept = r#"{"axis":"group_shift_mm","value":0.34,"uncertainty":0.05,"log10_lr":-1.2,"at_px":[[1.0,2.0]]}"#;
        let own: Evidence = serde_json::from_str(kept).unwrap();
        assert!(own.displacements.is_empty() && own.text_band.is_none());
        assert_eq!(said(Language::English, &own), "0.34");
        let written = serde_json::to_string(&own).unwrap();
        assert_eq!(written, kept);
        let moved = moved(Axis::GroupShiftMm, [0.3, -0.16]);
        let written = serde_json::to_string(&moved).unwrap();
        let read: Evidence = serde_json::from_str(&written).unwrap();
        assert_eq!(read, moved);
    }

    #[test]
    fn what_has_no_direction_is_told_by_its_amount_alone() {
        let own = evidence(Axis::RingRadiusMm);
        assert_eq!(said(Language::English, &own), "0.34");
    }
}
