//! How a calibration does, as tables for people.

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use crate::evaluation::calibration::Row;
use crate::imaging::ColourMode;
use crate::verdict::calibration::Calibration;
use crate::verdict::class::Class;
use crate::verdict::class::Enrolment;
use crate::verdict::class::Inking;
use crate::verdict::class::Resolution;

const NOTES: &str = "\
Trials are impressions times enrolments. The figures of held-out seals are of seals that neither curves nor corrections saw.
Shift (natural log of the odds for another die) and slope are against the class above; seals with genuine / forged impressions.
";

/// The sets, the figures over held-out seals, and what was found in each class.
#[must_use]
pub fn render(calibration: &Calibration, held_out: &[Row]) -> String {
    let mut sets = table(&["set", "seed", "seals", "genuine", "forged"]);
    for set in &calibration.sets {
        let seed = set.seed.map_or_else(none, |seed| seed.to_string());
        sets.add_row([
            set.name.clone(),
            seed,
            set.seals.to_string(),
            set.genuine.to_string(),
            set.forged.to_string(),
        ]);
    }
    let mut classes = table(&["class", "seals", "shift", "slope", "log10 LR from", "to"]);
    for own in &calibration.classes {
        classes.add_row([
            words(own.class),
            format!("{} / {}", own.genuine_seals, own.forged_seals),
            format!("{:.2}", own.shift),
            format!("{:.2}", own.slope),
            format!("{:.2}", own.log10_lr_floor),
            format!("{:.2}", own.log10_lr_cap),
        ]);
    }
    format!(
        "Calibration sets\n\n{sets}\n\nHeld-out seals, six folds\n\n{}\n\n\
         Classes (rarity of a lone axis: {})\n\n{classes}\n\n{NOTES}",
        by_class(held_out),
        calibration.lone_rarity,
    )
}

/// Figures by class.
#[must_use]
pub fn by_class(rows: &[Row]) -> Table {
    let mut table = table(&[
        "class", "genuine", "forged", "EER", "Cllr", "Cllr min", "loss",
    ]);
    for row in rows {
        let cost = |cost: Option<f64>| cost.map_or_else(none, |cost| format!("{cost:.3}"));
        let loss = row.cllr.zip(row.cllr_min).map(|(cllr, min)| cllr - min);
        table.add_row([
            words(row.class),
            row.genuine.to_string(),
            row.forged.to_string(),
            row.eer
                .map_or_else(none, |eer| format!("{:.1} %", 100.0 * eer)),
            cost(row.cllr),
            cost(row.cllr_min),
            cost(loss),
        ]);
    }
    table
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(header.to_vec());
    table
}

fn none() -> String {
    "-".to_owned()
}

fn words(class: Class) -> String {
    let mode = class.mode.map(|mode| match mode {
        ColourMode::Colour => "colour",
        ColourMode::Gray => "gray",
        ColourMode::Bitonal => "1-bit",
    });
    let resolution = class.resolution.map(|resolution| match resolution {
        Resolution::Coarse => "below 175 dpi",
        Resolution::Medium => "175 to 250 dpi",
        Resolution::Fine => "from 250 dpi",
    });
    let specimens = class.specimens.map(|specimens| match specimens {
        Enrolment::One => "1 specimen",
        Enrolment::Two => "2 specimens",
        Enrolment::Several => "3 specimens or more",
    });
    let inking = class.inking.map(|inking| match inking {
        Inking::Normal => "normal ink",
        Inking::Light => "light ink",
    });
    let parts: Vec<&str> = [mode, inking, specimens, resolution]
        .into_iter()
        .flatten()
        .collect();
    match parts.is_empty() {
        true => "all".to_owned(),
        false => parts.join(", "),
    }
}
