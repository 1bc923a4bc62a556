//! What copies of an impression are found by: kept beside a report, never part of it.

use serde::{Deserialize, Serialize};

use crate::geometry::Affine;
use crate::production::ResidualKey;
use crate::production::SheetKey;

/// The keys of one impression that was taken for a registered seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpressionKey {
    /// Number of its page.
    pub page: u32,
    /// Its index among the report's impressions.
    pub impression: usize,
    /// The seal whose specimen it was laid on.
    pub seal: String,
    /// How its ink departs from that specimen.
    pub residual: ResidualKey,
    /// Maps the specimen's grid to pixels of the page.
    pub page_from_seal: Affine,
    /// What else stands on the page.
    pub sheet: Option<SheetKey>,
}
