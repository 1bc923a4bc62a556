//! What copies of an impression, and others of its die, are found by: kept beside a report, never part of it.

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::geometry::Affine;
use crate::production::ResidualKey;
use crate::production::SheetKey;
use crate::verify::kept::Kept;

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

/// An impression whose die is in no register, as far as can be told.
#[derive(Clone, Debug, PartialEq)]
pub struct DieKey {
    /// Number of its page.
    pub page: u32,
    /// Its index among the report's impressions.
    pub impression: usize,
    /// The seal that it poses as by its design, while the conclusion speaks for another die; `None` where it
    /// resembles no registered seal.
    pub poses_as: Option<String>,
    /// The impression itself: no specimen stands behind it, so it serves as one.
    pub kept: Kept,
    /// What else stands on the page.
    pub sheet: Option<SheetKey>,
}

impl DieKey {
    /// The key of an impression; `None` where its scale is not known, so that it cannot be a specimen.
    #[must_use]
    pub fn new(
        impression: &Impression,
        (page, index): (u32, usize),
        poses_as: Option<String>,
        sheet: Option<SheetKey>,
    ) -> Option<Self> {
        impression.dpi?;
        Some(Self {
            page,
            impression: index,
            poses_as,
            kept: Kept::new(impression)?,
            sheet,
        })
    }
}
