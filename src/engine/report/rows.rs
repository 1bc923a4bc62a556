//! An impression in names and values, in a reader's language: what both the page and the printed report show.

use crate::measurement::Measurements;
use crate::placement::Role;
use crate::report::displacement;
use crate::report::measured;
use crate::rules::difference::amount;
use crate::verify::report::Comparison;
use crate::verify::report::Damage;
use crate::verify::report::Impression;
use crate::verify::report::Outline;
use crate::verify::report::Placement;
use crate::verify::report::Production;
use crate::verify::report::Slice;
use crate::words;
use crate::words::Language;
use crate::words::names;
use crate::words::text;

/// A name and its value.
pub type Row = (String, String);

/// What an impression is, what was concluded of it, and what was measured on it by itself.
///
/// `owner` is whom its seal belongs to; `measured` what the report's fields do not hold.
#[must_use]
pub fn own(
    language: Language,
    record: &Impression,
    (owner, measured): (Option<&str>, Option<&Measurements>),
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |key: &str, value: String| rows.push((language.word(key).to_owned(), value));
    row("row.seal", seal(language, record, owner));
    row("row.conclusion", conclusion(language, record).to_owned());
    if record.seal.is_some() {
        let status = language.word(names::status(record.status_on_date));
        row("row.status", status.to_owned());
        let condition = language.word(names::condition(record.condition));
        row("row.condition", condition.to_owned());
    }
    let uncertainty = record.outline.uncertainty_mm;
    let uncertainty = uncertainty.map_or_else(String::new, |sigma| format!(" (± {sigma:.2})"));
    let size = format!("{}{uncertainty}", size(language, &record.outline));
    row("row.shape", language.decimal(&size));
    row(
        "row.ink",
        language.word(names::ink(record.ink.colour)).to_owned(),
    );
    match record.production {
        Production::Printed => {
            let made = language.word(names::production(record.production));
            row("row.production", made.to_owned());
        }
        Production::Undetermined => {}
    }
    row("row.place", standing(language, &record.placement));
    if !record.slices.is_empty() {
        row("row.sheets", slices(language, &record.slices));
    }
    if record.own_image == Some(true) {
        row("row.in_file", language.word("row.in_file_own").to_owned());
    }
    rows.extend(
        measured
            .into_iter()
            .flat_map(|measured| measured::rows(language, measured)),
    );
    rows
}

/// The comparison's figures, each with its unit, but for the measurements behind the ratio.
#[must_use]
pub fn compared(language: Language, comparison: &Comparison) -> Vec<Row> {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut rows = Vec::new();
    let mut row = |key: &str, value: &str| {
        rows.push((language.word(key).to_owned(), language.decimal(value)));
    };
    if let Some(ratio) = comparison.log10_lr {
        let ratio = format!("{ratio:+.2}");
        let floor = format!("{:+.2}", comparison.log10_lr_floor);
        let cap = format!("{:+.2}", comparison.log10_lr_cap);
        let value = text(
            language,
            "row.ratio_value",
            &[("ratio", &ratio), ("floor", &floor), ("cap", &cap)],
        );
        row("row.ratio", &value);
    }
    row("row.agreement", &percent(comparison.agreement));
    row("row.missing_ink", &percent(comparison.missing_ink));
    if let Some(extra) = comparison.extra_ink {
        row("row.extra_ink", &percent(extra));
    }
    row(
        "row.displacement",
        &format!("{:.3} mm", comparison.displacement_mm),
    );
    if let Some(scale) = comparison.scale {
        row("row.scale", &format!("{scale:.4}"));
    }
    row("row.turn", &format!("{:.1}°", comparison.rotation_deg));
    row("row.examined", &percent(comparison.usable_area));
    for damage in &comparison.damage {
        row("row.damage", &harm(language, damage));
    }
    rows
}

/// What to keep in mind of a comparison, in words; codes of later versions as they are.
#[must_use]
pub fn caveats(language: Language, comparison: &Comparison) -> Vec<String> {
    let caveats = comparison.caveats.iter();
    let said = |caveat: &String| {
        let known = words::known(language, &format!("caveat.{caveat}"));
        known.map_or_else(|| caveat.replace('_', " "), str::to_owned)
    };
    caveats.map(said).collect()
}

/// A measurement behind a likelihood ratio: what was measured, its value with uncertainty and unit and which way it goes, how
/// much of what it rests on could be seen, and its share of the ratio; the last two are empty where they are not known.
#[must_use]
pub fn evidence(language: Language, comparison: &Comparison) -> Vec<[String; 4]> {
    let shown = comparison.evidence.iter().map(|evidence| {
        let value = amount(evidence.axis, evidence.value, evidence.uncertainty);
        let seen = evidence
            .visibility
            .map(|share| format!("{:.0} %", 100.0 * share));
        let ratio = evidence.log10_lr.map(|ratio| format!("{ratio:+.2}"));
        [
            language.word(names::axis(evidence.axis)).to_owned(),
            displacement::told(language, evidence, language.decimal(&value)),
            seen.unwrap_or_default(),
            language.decimal(&ratio.unwrap_or_default()),
        ]
    });
    shown.collect()
}

/// The step of the scale, or that nothing was compared.
#[must_use]
pub fn conclusion(language: Language, record: &Impression) -> &'static str {
    match record.seal {
        None => language.word("conclusion.not_compared"),
        Some(_) => language.word(names::conclusion(record.conclusion)),
    }
}

/// Whether it is shown as consistent with its seal, surely or rather: then a traced die is to be mentioned, which would be so too.
#[must_use]
pub const fn is_for(record: &Impression) -> bool {
    record.seal.is_some() && record.conclusion.is_for()
}

/// The page of an impression, or the pages that it goes across.
#[must_use]
pub fn pages(language: Language, record: &Impression) -> String {
    let pages: Vec<String> = record
        .slices
        .iter()
        .map(|slice| slice.page.to_string())
        .collect();
    match pages.split_last() {
        Some((last, others)) if !others.is_empty() => {
            let others = others.join(", ");
            text(
                language,
                "head.pages_across",
                &[("pages", &others), ("last", last)],
            )
        }
        _ => text(language, "head.page_number", &[("page", &record.page)]),
    }
}

/// "round 36.1", "oval 45.0 × 30.2", or the shape alone where the size is not known.
#[must_use]
pub fn size(language: Language, outline: &Outline) -> String {
    let shape = language.word(names::shape(outline.shape));
    let is_round = outline.shape == crate::extraction::Shape::Round;
    match (outline.width_mm, outline.height_mm) {
        (Some(width), Some(height)) if is_round => {
            format!("{shape} {:.1}", f64::midpoint(width, height))
        }
        (Some(width), Some(height)) => format!("{shape} {width:.1} × {height:.1}"),
        (Some(side), None) | (None, Some(side)) => format!("{shape} {side:.1}"),
        (None, None) => shape.to_owned(),
    }
}

fn seal(language: Language, record: &Impression, owner: Option<&str>) -> String {
    match (&record.seal, owner) {
        (Some(seal), Some(owner)) => format!("{seal}, {owner}"),
        (Some(seal), None) => seal.clone(),
        (None, _) => language.word("row.no_design").to_owned(),
    }
}

/// The parts of an impression across several sheets: page, and from where to where on the seal.
fn slices(language: Language, slices: &[Slice]) -> String {
    let told = slices.iter().map(|slice| {
        let from = language.decimal(&format!("{:+.1}", slice.from_mm));
        let to = language.decimal(&format!("{:+.1}", slice.to_mm));
        text(
            language,
            "row.slice",
            &[("page", &slice.page), ("from", &from), ("to", &to)],
        )
    });
    let parts = told.collect::<Vec<String>>().join("; ");
    text(language, "row.slices", &[("parts", &parts)])
}

/// What the impression stands for, and how it lies over the signature.
fn standing(language: Language, placement: &Placement) -> String {
    let role: Role = placement.role;
    let role = language.word(names::role(role));
    let Some(overlap) = placement.signature_overlap else {
        return role.to_owned();
    };
    let share = format!("{:.0}", 100.0 * overlap);
    let uncertainty = format!(
        "{:.0}",
        100.0 * placement.overlap_uncertainty.unwrap_or(0.0)
    );
    text(
        language,
        "row.covers",
        &[
            ("role", &role),
            ("share", &share),
            ("uncertainty", &uncertainty),
        ],
    )
}

/// A kind of damage with its amount.
#[must_use]
pub fn harm(language: Language, damage: &Damage) -> String {
    let key = names::harm(damage.harm);
    // The name ends in the unit.
    let unit = match key.rsplit('_').next() {
        Some("percent") => "%",
        Some("mm2") => "mm²",
        _ => "mm",
    };
    format!(
        "{}: {:.2} ± {:.2} {unit}",
        language.word(key),
        damage.value,
        damage.uncertainty
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Axis;
    use crate::matching::Harm;
    use crate::verify::report::Evidence;

    #[test]
    fn damage_has_the_unit_that_its_name_ends_in() {
        let damage = |harm| Damage {
            harm,
            value: 3.0,
            uncertainty: 0.5,
            at_px: Vec::new(),
        };
        let told = |kind| harm(Language::English, &damage(kind));
        assert!(told(Harm::ChippedMm2).ends_with("3.00 ± 0.50 mm²"));
        assert!(told(Harm::WornPercent).ends_with("3.00 ± 0.50 %"));
        assert!(told(Harm::DentedMm).ends_with("3.00 ± 0.50 mm"));
    }

    #[test]
    fn a_ratio_is_printed_with_the_ends_that_it_is_held_within() {
        let comparison = Comparison {
            log10_lr: Some(1.2),
            log10_lr_cap: 1.7,
            log10_lr_floor: -2.04,
            ..Comparison::bare()
        };
        let told = |language: Language| {
            let rows = compared(language, &comparison);
            let name = language.word("row.ratio");
            let row = rows.into_iter().find(|(own, _)| own == name);
            row.map(|(_, value)| value).unwrap_or_default()
        };
        let english = told(Language::English);
        assert!(
            english.starts_with("+1.20 (from -2.04 to +1.70;"),
            "{english}"
        );
        let vietnamese = told(Language::Vietnamese);
        assert!(
            vietnamese.starts_with("+1,20 (từ -2,04 đến +1,70;"),
            "{vietnamese}"
        );
        assert!(told(Language::Chinese).starts_with("+1.20（范围 -2.04 至 +1.70；"));
        let unexamined = Comparison {
            log10_lr: None,
            ..comparison
        };
        let rows = compared(Language::English, &unexamined);
        let ratio = Language::English.word("row.ratio");
        assert!(rows.iter().all(|(name, _)| name != ratio));
    }

    #[test]
    fn a_measurement_tells_how_much_of_what_it_rests_on_was_seen_where_that_is_known() {
        let of = |visibility| Evidence {
            axis: Axis::RingRadiusMm,
            value: 0.02,
            uncertainty: 0.01,
            visibility,
            log10_lr: Some(0.38),
            at_px: Vec::new(),
            displacements: Vec::new(),
            text_band: None,
        };
        let comparison = Comparison {
            evidence: vec![of(Some(0.874)), of(None)],
            ..Comparison::bare()
        };
        let told = evidence(Language::Vietnamese, &comparison);
        assert_eq!(told[0][1..], ["+0,02 ± 0,01 mm", "87 %", "+0,38"]);
        assert_eq!(told[1][2], "");
    }

    #[test]
    fn sizes_are_told_as_far_as_they_are_known() {
        let outline = |width_mm, height_mm, shape| Outline {
            shape,
            width_mm,
            height_mm,
            uncertainty_mm: None,
            centre_line_mm: None,
            ellipticity: None,
            rotation_deg: None,
        };
        use crate::extraction::Shape;
        let told = |outline| size(Language::Chinese, &outline);
        assert_eq!(
            told(outline(Some(36.0), Some(36.2), Shape::Round)),
            "圆形 36.1"
        );
        assert_eq!(
            told(outline(Some(45.0), Some(30.2), Shape::Oval)),
            "椭圆形 45.0 × 30.2"
        );
        assert_eq!(told(outline(None, None, Shape::Other)), "其他形状");
    }
}
