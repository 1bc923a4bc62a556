//! Comparison and policy to a calibrated likelihood ratio and a conclusion.

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::matching::Comparison;
use crate::matching::Specimen;

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
            consistent_log10_lr_min: 1.0,
            leans_consistent_log10_lr_min: 0.3,
            leans_different_log10_lr_max: -0.3,
            different_log10_lr_max: -1.0,
        }
    }
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
    /// What the reader must keep in mind, as stable codes.
    pub caveats: Vec<String>,
}

/// Judges a comparison of `impression` with `specimen`; `comparison` is `None` if none was possible.
#[must_use]
pub fn judge(
    _impression: &Impression,
    _specimen: &Specimen,
    _comparison: Option<&Comparison>,
    _policy: &Policy,
) -> Judgement {
    Judgement {
        log10_lr: None,
        log10_lr_cap: 0.0,
        conclusion: Conclusion::NotExaminable,
        condition: Condition::Unknown,
        caveats: Vec::new(),
    }
}
