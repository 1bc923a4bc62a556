//! Links between documents: impressions that are copies of one another, and those of one die that no
//! register holds.
//!
//! Comes in: the keys of many impressions, kept beside their reports. Goes out: one record for each family
//! of impressions that are one impression. Keys are compared within their seal alone, each pair by
//! counting bits; the few that agree are looked at by region. A sheet scanned more than once bears the
//! same impression too: members on one sheet have one number, and a family on a single sheet is no
//! finding.

mod die;
mod document;
mod family;
mod habit;
mod likeness;
mod pair;
pub mod placing;
mod twins;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::identification::Code;
use crate::production::SheetKey;
use crate::verify::Examined;
use crate::verify::key::DieKey;
use crate::verify::key::ImpressionKey;

pub use die::find as find_dies;
pub use document::find as find_of;
pub use family::find;
pub use twins::Bearer;
pub use twins::Twins;
pub use twins::join as join_twins;

/// Name and version of this form of record.
pub const SCHEMA: &str = "antin.link/1";

/// The finding about an impression that is a copy of another document's.
pub const PASTED_DUPLICATE: &str = "seal.pasted_duplicate";

/// What joins the members of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// They are one impression: all but one of them are copies.
    SameImpression,
    /// One die made them, which is of no registered seal.
    SameUnregisteredDie,
    /// One die made them, which poses as a registered seal and is not it.
    SameCounterfeitDie,
}

/// One impression of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Digest of the document's bytes.
    pub sha256: String,
    /// Number of its page.
    pub page: u32,
    /// Index among the impressions of the document's report.
    pub impression: usize,
    /// The document's path as given.
    pub path: String,
    /// Number of its sheet within the link, from 1: members of one number are scans of one sheet.
    pub sheet: usize,
}

/// Impressions that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// [`SCHEMA`].
    pub schema: String,
    /// What joins them.
    pub kind: Kind,
    /// The impressions, in the order of the documents.
    pub members: Vec<Member>,
    /// Log10 of how much likelier what joins them is than its opposite, for the member least like the
    /// others: one impression than two of one die; one die than two of one design. Capped by what measured
    /// pairs support.
    pub strength: f64,
    /// Of copies, the correlation of the inks that this rests on.
    pub correlation: Option<f64>,
    /// The registered seal that the die poses as.
    #[serde(default)]
    pub seal: Option<String>,
    /// The finding, a violation; `None` where all are scans of one sheet, and of dies, which are
    /// found against in the reports.
    pub finding: Option<String>,
}

/// An impression's key with the name of its document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Digest of the document's bytes.
    pub sha256: String,
    /// The document's path as given.
    pub path: String,
    /// The key.
    pub key: ImpressionKey,
}

/// An impression of an unregistered die with the name of its document.
#[derive(Clone, Debug, PartialEq)]
pub struct DieEntry {
    /// Digest of the document's bytes.
    pub sha256: String,
    /// The document's path as given.
    pub path: String,
    /// The key.
    pub key: DieKey,
}

/// What is kept of an impression of an unregistered die beside its document's result. Its ink is not: that is in the result's
/// crops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptDie {
    /// Number of its page.
    pub page: u32,
    /// Index among the impressions of the document's report.
    pub impression: usize,
    /// Its box on the page in pixels: x, y, width, height.
    pub bbox_px: [u32; 4],
    /// The registered seal that it poses as by its design.
    pub poses_as: Option<String>,
    /// The day that the document bears, as far as it is known.
    pub dated: Option<Date>,
    /// What it is looked up by among others.
    pub code: Code,
    /// What else stands on the page.
    pub sheet: Option<SheetKey>,
}

/// What is kept of the unregistered dies of an examined document.
#[must_use]
pub fn kept_dies(examined: &Examined) -> Vec<KeptDie> {
    let report = &examined.report;
    let kept = |key: &DieKey| {
        Some(KeptDie {
            page: key.page,
            impression: key.impression,
            bbox_px: report.impressions.get(key.impression)?.bbox_px,
            poses_as: key.poses_as.clone(),
            dated: report.document.date.claimed,
            code: Code::of_impression(&key.kept.unpacked()?),
            sheet: key.sheet.clone(),
        })
    };
    examined.dies.iter().filter_map(kept).collect()
}

/// The unregistered dies' entries of an examined document; none where its digest is not known.
#[must_use]
pub fn die_entries(examined: &Examined) -> Vec<DieEntry> {
    let document = &examined.report.document;
    let Some(sha256) = &document.sha256 else {
        return Vec::new();
    };
    let entry = |key: &DieKey| DieEntry {
        sha256: sha256.clone(),
        path: document.path.clone(),
        key: key.clone(),
    };
    examined.dies.iter().map(entry).collect()
}

/// The entries of an examined document; none where its digest is not known.
#[must_use]
pub fn entries(examined: &Examined) -> Vec<Entry> {
    let document = &examined.report.document;
    let Some(sha256) = &document.sha256 else {
        return Vec::new();
    };
    let entry = |key: &ImpressionKey| Entry {
        sha256: sha256.clone(),
        path: document.path.clone(),
        key: key.clone(),
    };
    examined.keys.iter().map(entry).collect()
}
