//! What was measured on an impression, in words and units, each with its standard uncertainty.

use crate::measurement::Measured;
use crate::measurement::Measurements;
use crate::measurement::QUALITY_CELLS;
use crate::words::Language;
use crate::words::text;

/// Names and values of what could be measured.
#[must_use]
pub fn rows(language: Language, measured: &Measurements) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut row = |name: String, value: Option<String>| {
        rows.extend(value.map(|value| (name, language.decimal(&value))));
    };
    let word = |key| language.word(key).to_owned();
    row(word("row.width"), measured.width_mm.map(mm));
    row(word("row.height"), measured.height_mm.map(mm));
    for (position, ring) in measured.rings.iter().enumerate() {
        let (centre, width) = (mm(ring.centre_line_mm), mm(ring.width_mm));
        let value = text(
            language,
            "row.ring_value",
            &[("centre", &centre), ("width", &width)],
        );
        let name = text(language, "row.ring", &[("number", &(position + 1))]);
        row(name, Some(value));
    }
    let band = measured.text_band_mm.map(|(near, far)| {
        let (near, far) = (format!("{near:.2}"), format!("{far:.2}"));
        text(
            language,
            "row.text_band_value",
            &[("near", &near), ("far", &far)],
        )
    });
    row(word("row.text_band"), band);
    row(word("row.motif_offset"), measured.motif_offset_mm.map(mm));
    let ellipticity = measured.ellipticity.map(|e| {
        let value = format!("{:.4} ± {:.4}", e.value, e.uncertainty);
        match measured.long_axis_deg {
            Some(degrees) => {
                let degrees = format!("{degrees:.0}");
                text(
                    language,
                    "row.ellipticity_axis",
                    &[("value", &value), ("degrees", &degrees)],
                )
            }
            None => value,
        }
    });
    row(word("row.ellipticity"), ellipticity);
    let turn = measured.rotation_deg;
    row(
        word("row.page_turn"),
        turn.map(|turn| format!("{:.1} ± {:.1}°", turn.value, turn.uncertainty)),
    );
    row(
        word("row.usable"),
        Some(format!("{:.1} %", 100.0 * measured.usable)),
    );
    rows
}

/// The usable share by place: a digit for each cell in tenths (9 is nine tenths and more), a dot
/// outside the outline, and a blank after each row.
#[must_use]
pub fn quality(measured: &Measurements) -> String {
    let digit = |cell: &Option<f64>| match cell {
        None => '.',
        Some(share) => ('1'..='9')
            .rev()
            .zip((1..=9).rev())
            .find(|&(_, tenths)| *share >= f64::from(tenths) / 10.0)
            .map_or('0', |(digit, _)| digit),
    };
    let rows = measured.quality.chunks(QUALITY_CELLS);
    let rows: Vec<String> = rows.map(|row| row.iter().map(digit).collect()).collect();
    rows.join(" ")
}

fn mm(measured: Measured) -> String {
    format!("{:.2} ± {:.2} mm", measured.value, measured.uncertainty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Shape;
    use crate::measurement::Ring;

    fn measured() -> Measurements {
        let of = |value| Measured {
            value,
            uncertainty: 0.05,
        };
        let mut quality = vec![Some(1.0); QUALITY_CELLS * QUALITY_CELLS];
        quality[0] = None;
        quality[1] = Some(0.34);
        quality[2] = Some(0.02);
        Measurements {
            shape: Shape::Round,
            width_mm: None,
            height_mm: None,
            centre_line_mm: Some(of(35.2)),
            ellipticity: None,
            long_axis_deg: None,
            rings: vec![Ring {
                centre_line_mm: of(35.2),
                width_mm: of(1.0),
            }],
            text_band_mm: Some((10.0, 15.5)),
            motif_offset_mm: Some(of(0.12)),
            rotation_deg: None,
            coverage: None,
            usable: 0.873,
            quality,
        }
    }

    #[test]
    fn what_was_measured_has_its_unit_and_uncertainty_and_the_rest_is_left_out() {
        let rows: Vec<String> = rows(Language::English, &measured())
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let expected = [
            "ring 1: centre line 35.20 ± 0.05 mm, line 1.00 ± 0.05 mm wide",
            "text band: 10.00 to 15.50 mm from the centre",
            "figure off the centre: 0.12 ± 0.05 mm",
            "usable: 87.3 %",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_map_of_quality_has_a_digit_for_each_cell_inside_the_outline() {
        let map = quality(&measured());
        assert!(map.starts_with(".3099999 99999999"), "{map}");
        assert_eq!(map.split(' ').count(), QUALITY_CELLS);
    }
}
