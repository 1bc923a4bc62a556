//! Comparison and policy to a calibrated likelihood ratio and a conclusion.

mod calibration;
mod condition;
mod evidence;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::imaging::ColourMode;
use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Symptom;

/// The six steps of the conclusion scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Agrees with the specimen.
    Consistent,
    /// Rather agrees.
    LeansConsistent,
    /// Cannot tell.
    Undecided,
    /// Rather differs.
    LeansDifferent,
    /// Differs in its structure.
    Different,
    /// Too little of the impression can be examined.
    NotExaminable,
}

/// The state of the die as far as the impression shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// As registered.
    Sound,
    /// Strokes thinned or filled all over.
    Worn,
    /// A part cracked or missing.
    Damaged,
    /// Stretched or warped.
    Deformed,
    /// Cannot tell.
    Unknown,
}

/// Thresholds as data, published with every report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Name and version.
    pub name: String,
    /// `log10_lr` from which an impression is consistent.
    pub consistent_log10_lr_min: f64,
    /// `log10_lr` from which it leans to consistent.
    pub leans_consistent_log10_lr_min: f64,
    /// `log10_lr` below which it leans to different.
    pub leans_different_log10_lr_max: f64,
    /// `log10_lr` below which it is different.
    pub different_log10_lr_max: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "default/1".to_owned(),
            consistent_log10_lr_min: 0.6,
            leans_consistent_log10_lr_min: 0.2,
            leans_different_log10_lr_max: -0.3,
            different_log10_lr_max: -1.0,
        }
    }
}

/// One measurement that speaks for or against the same die.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was measured; its unit is in its name.
    pub axis: Axis,
    /// The value.
    pub value: f64,
    /// One standard deviation.
    pub uncertainty: f64,
    /// What it says alone; above 0 speaks for the same die.
    pub log10_lr: f64,
    /// Where it was seen, in page pixels.
    pub at_px: Vec<(f64, f64)>,
}

/// What an impression lacks that was not examined, or is inked on one side only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lacking {
    /// Share of the drawing's parts that could be measured.
    pub parts: f64,
    /// Share of the drawing's visible ink that is there.
    pub inked: f64,
    /// Sectors of the page's compass that hardly bear ink, eighths, clockwise from the top (0).
    pub bare: Vec<usize>,
    /// Sectors that are hidden.
    pub hidden: Vec<usize>,
}

/// What a comparison amounts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Calibrated likelihood ratio, capped; above 0 speaks for the same die. `None`: not examined.
    pub log10_lr: Option<f64>,
    /// What the calibration set supports at most.
    pub log10_lr_cap: f64,
    /// The step of the scale.
    pub conclusion: Conclusion,
    /// The state of the die.
    pub condition: Condition,
    /// What is lacking where it was not examined; `None` if nothing could be aligned, or it was.
    pub lacking: Option<Lacking>,
    /// What of it speaks for damage, the most telling first.
    pub damage: Vec<Symptom>,
    /// What each measurement says, in the order of the comparison's.
    pub evidence: Vec<Evidence>,
    /// What the reader must keep in mind, as stable codes.
    pub caveats: Vec<String>,
}

/// Less of the drawing's parts measured than this is too little to speak of another die or the same.
const PARTS_SHARE_MIN: f64 = 0.4;
/// Share of a sector's drawn ink below which the sector is named as bare (chosen).
const SECTOR_BARE: f64 = 0.35;
/// More of the visible drawing missing than this is a light or partial impression.
const MISSING_MAX: f64 = 0.6;
/// Caveat of a conclusion that another die would get as well as the registered one, damaged.
const DAMAGED_OR_OTHER: &str = "damaged_die_or_another";

/// Judges a comparison of `impression` with a specimen; `comparison` is `None` if none was possible.
#[must_use]
pub fn judge(
    impression: &Impression,
    comparison: Option<&Comparison>,
    policy: &Policy,
) -> Judgement {
    let log10_lr_cap = libm::log10(calibration::SEALS);
    let unexamined = |caveat: &str| Judgement {
        log10_lr: None,
        log10_lr_cap,
        conclusion: Conclusion::NotExaminable,
        condition: Condition::Unknown,
        lacking: comparison.map(lacking),
        damage: Vec::new(),
        evidence: Vec::new(),
        caveats: vec![caveat.to_owned()],
    };
    let Some(comparison) = comparison else {
        return unexamined("not_alignable");
    };
    if comparison.parts_share < PARTS_SHARE_MIN {
        return unexamined("too_few_parts_visible");
    }
    if comparison.missing_ink > MISSING_MAX {
        return unexamined("too_little_ink");
    }
    let odds = evidence::odds(&comparison.measures, impression.mode);
    let ten = std::f64::consts::LN_10;
    let log10_lr = (-odds.total / ten).clamp(-log10_lr_cap, log10_lr_cap);
    let evidence = comparison.measures.iter().zip(&odds.by_measure);
    let evidence = evidence
        .map(|(measure, odds)| Evidence {
            axis: measure.axis,
            value: measure.value,
            uncertainty: measure.uncertainty,
            log10_lr: (-odds / ten).clamp(-log10_lr_cap, log10_lr_cap),
            at_px: measure.at_px.clone(),
        })
        .collect::<Vec<_>>();
    let concluded = conclude(log10_lr, impression.mode, policy);
    let damage = condition::damage(comparison);
    let (conclusion, condition) = condition::weigh(concluded, &damage, &evidence);
    let mut caveats = caveats(conclusion, impression);
    if conclusion != concluded {
        caveats.push(DAMAGED_OR_OTHER.to_owned());
    }
    Judgement {
        log10_lr: Some(log10_lr),
        log10_lr_cap,
        conclusion,
        condition,
        lacking: None,
        damage,
        evidence,
        caveats,
    }
}

fn lacking(comparison: &Comparison) -> Lacking {
    let sectors = |is: &dyn Fn(Option<f64>) -> bool| {
        let shares = comparison.inked.iter().enumerate();
        let own = shares.filter(|(_, share)| is(**share));
        own.map(|(sector, _)| sector).collect()
    };
    Lacking {
        parts: comparison.parts_share,
        inked: 1.0 - comparison.missing_ink,
        bare: sectors(&|share| share.is_some_and(|share| share < SECTOR_BARE)),
        hidden: sectors(&|share| share.is_none()),
    }
}

/// The step of the scale; gray and 1-bit scans get no further than leaning.
fn conclude(log10_lr: f64, mode: ColourMode, policy: &Policy) -> Conclusion {
    let full = mode == ColourMode::Colour;
    if log10_lr >= policy.consistent_log10_lr_min && full {
        Conclusion::Consistent
    } else if log10_lr >= policy.leans_consistent_log10_lr_min {
        Conclusion::LeansConsistent
    } else if log10_lr <= policy.different_log10_lr_max && full {
        Conclusion::Different
    } else if log10_lr <= policy.leans_different_log10_lr_max {
        Conclusion::LeansDifferent
    } else {
        Conclusion::Undecided
    }
}

fn caveats(conclusion: Conclusion, impression: &Impression) -> Vec<String> {
    let mut caveats = Vec::new();
    if matches!(
        conclusion,
        Conclusion::Consistent | Conclusion::LeansConsistent
    ) {
        caveats.push("traced_die_not_excluded".to_owned());
    }
    match impression.mode {
        ColourMode::Colour => {}
        ColourMode::Gray => caveats.push("gray_scan".to_owned()),
        ColourMode::Bitonal => caveats.push("bitonal_scan".to_owned()),
    }
    caveats
}
