//! Damage of a registered die, and what an impression lacks, in plain words.

use crate::matching::Harm;
use crate::matching::Symptom;
use crate::registry::RegisteredSeal;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;
use crate::verdict::Condition;
use crate::verdict::Judgement;
use crate::verdict::Lacking;

/// The sectors of a page's compass, clockwise from the top.
const SECTORS: [&str; 8] = [
    "top",
    "upper right",
    "right",
    "lower right",
    "bottom",
    "lower left",
    "left",
    "upper left",
];

/// The finding about the die's state, with each kind of damage, its amount and unit.
pub(super) fn finding(
    seal: &RegisteredSeal,
    judgement: &Judgement,
    scene: Scene<'_>,
) -> Option<Finding> {
    let id = &seal.id;
    let named: Vec<String> = judgement.damage.iter().map(phrase).collect();
    let named = named.join(", and ");
    let finding = match judgement.condition {
        Condition::Sound | Condition::Unknown => return None,
        Condition::Deformed => Finding::warning(
            "seal.deformed",
            format!("Against the specimen of seal {id}, {named}."),
        ),
        Condition::Damaged => Finding::warning(
            "seal.damaged",
            format!("Against the specimen of seal {id}, {named}."),
        ),
        // One impression shows bare places, not that they stay: no more than a remark.
        Condition::Worn => Finding::remark(
            "seal.worn",
            format!("Against the specimen of seal {id}, {named}."),
        ),
    };
    let finding = judgement.damage.iter().fold(finding, |finding, symptom| {
        let code = serde_json::to_value(symptom.harm);
        match code.as_ref().ok().and_then(|code| code.as_str()) {
            Some(harm) => finding.value(harm, hundredths(symptom.value)).value(
                &format!("{harm}_uncertainty"),
                hundredths(symptom.uncertainty),
            ),
            None => finding,
        }
    });
    Some(finding.cited(Topic::ReRegistration, scene))
}

/// What a kind of damage is, with its amount.
fn phrase(symptom: &Symptom) -> String {
    let Symptom {
        harm,
        value,
        uncertainty,
        ..
    } = symptom;
    let amount = value.abs();
    match harm {
        Harm::StretchedPercent => {
            format!(
                "the impression is stretched along one axis by {amount:.1} ± {uncertainty:.1} %"
            )
        }
        Harm::WarpedMm => {
            format!("its drawing is bent by {amount:.2} ± {uncertainty:.2} mm")
        }
        Harm::DentedMm if *value > 0.0 => {
            format!("its border is pushed in by {amount:.2} ± {uncertainty:.2} mm on one side")
        }
        Harm::DentedMm => {
            format!("its border is pushed out by {amount:.2} ± {uncertainty:.2} mm on one side")
        }
        Harm::SwollenPercent => {
            format!("a region has grown by {amount:.1} ± {uncertainty:.1} % with thicker lines")
        }
        Harm::CrackedMm => {
            format!("two halves are shifted along a crack by {amount:.2} ± {uncertainty:.2} mm")
        }
        Harm::ChippedMm2 => {
            format!("{amount:.1} ± {uncertainty:.1} mm² of the drawing are gone in one place")
        }
        Harm::BorderGoneMm => {
            format!("{amount:.1} ± {uncertainty:.1} mm of the border are gone")
        }
        Harm::WornPercent => {
            format!("{amount:.1} ± {uncertainty:.1} % of the drawing are gone in clean patches")
        }
    }
}

/// A finding about an impression that could not be examined, with what is missing: what was seen of its drawing, or, where that is
/// `None`, that the drawing was not found in it.
pub(super) fn not_examinable(id: &str, lacking: Option<&Lacking>) -> Finding {
    let code = "seal.not_examinable";
    let plain =
        format!("Too little of the impression can be examined to compare it with seal {id}");
    let Some(lacking) = lacking else {
        let message = format!(
            "{plain}: its ink cannot be laid over the drawing of the specimen, so that no part of it can be measured."
        );
        return Finding::warning(code, message)
            .value("trouble", "not_alignable")
            .value("parts_share", 0.0);
    };
    let percent = |share: f64| (100.0 * share).round();
    let mut message = format!(
        "{plain}: {} % of its parts can be measured, {} % of its visible drawing bears ink",
        percent(lacking.parts),
        percent(lacking.inked)
    );
    let (bare, hidden) = (names(&lacking.bare), names(&lacking.hidden));
    for (sectors, what) in [(&bare, "bare"), (&hidden, "hidden")] {
        if !sectors.is_empty() {
            message.push_str(&format!("; {what}: {}", sectors.join(", ")));
        }
    }
    Finding::warning(code, format!("{message}."))
        .value("parts_share", hundredths(lacking.parts))
        .value("inked_share", hundredths(lacking.inked))
        .value("bare_sectors", bare)
        .value("hidden_sectors", hidden)
}

fn names(sectors: &[usize]) -> Vec<&'static str> {
    sectors.iter().map(|sector| SECTORS[sector % 8]).collect()
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_names_shares_and_sectors() {
        let lacking = Lacking {
            parts: 0.31,
            inked: 0.284,
            bare: vec![1, 2],
            hidden: vec![],
        };
        let finding = not_examinable("S1", Some(&lacking));
        assert!(finding.message.contains("31 %"), "{}", finding.message);
        assert!(
            finding.message.contains("bare: upper right, right."),
            "{}",
            finding.message
        );
        assert_eq!(finding.values["inked_share"], 0.28);
        assert_eq!(
            finding.values["hidden_sectors"].as_array().unwrap().len(),
            0
        );
    }

    #[test]
    fn where_the_drawing_was_not_found_that_is_said() {
        let finding = not_examinable("S1", None);
        assert!(
            finding.message.contains("cannot be laid over the drawing"),
            "{}",
            finding.message
        );
        assert_eq!(finding.values["trouble"], "not_alignable");
        assert_eq!(finding.values["parts_share"], 0.0);
    }

    #[test]
    fn a_dent_says_which_way_it_goes() {
        let dent = |value: f64| {
            phrase(&Symptom {
                harm: Harm::DentedMm,
                value,
                uncertainty: 0.05,
                strength: 9.0,
                at_px: Vec::new(),
            })
        };
        assert!(
            dent(0.61).contains("pushed in by 0.61 ± 0.05 mm"),
            "{}",
            dent(0.61)
        );
        assert!(
            dent(-0.61).contains("pushed out by 0.61"),
            "{}",
            dent(-0.61)
        );
    }
}
