//! Two impressions of one seal: whether they are one, and whether their pages are one sheet.

use crate::geometry::Affine;
use crate::links::Entry;
use crate::production::ResidualKey;
use crate::production::SheetKey;

/// Correlation of two keys from which they are looked at more closely, and from which two impressions are
/// one. Measured on drawn copies: 2,039 pairs of independent impressions of one seal (12 seals,
/// seed 3301) lie at 0.14, with a standard deviation of 0.12, and none above 0.50; of 1,122 more (seed 7002)
/// one lies at 0.55.
pub const CORRELATION_MIN: f64 = 0.58;
const INDEPENDENT: (f64, f64) = (0.14, 0.12);
/// Copies lie anywhere between this and 1, by what the way of copying leaves of the ink.
const COPY_FROM: f64 = 0.2;
/// Most that independent pairs looked at support, log10.
const STRENGTH_MAX: f64 = 3.6;
/// Share of the seal's regions in which two impressions must agree at least so much: a crack or a worn
/// place of the die is in all its impressions, but in one region only.
const REGIONS_SHARE: f64 = 0.6;
const REGION_MIN: f64 = 0.3;

/// Two impressions that are one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// Positions among the entries.
    pub(super) members: (usize, usize),
    pub(super) correlation: f64,
    /// Whether the pages are scans of one sheet.
    pub(super) same_sheet: bool,
}

/// Log10 of how much likelier a correlation is of one impression than of two stampings.
pub(super) fn strength(correlation: f64) -> f64 {
    let (mean, deviation) = INDEPENDENT;
    let z = (correlation - mean) / deviation;
    let independent = libm::exp(-0.5 * z * z) / (deviation * libm::sqrt(std::f64::consts::TAU));
    let copy = 1.0 / (1.0 - COPY_FROM);
    libm::log10(copy / independent.max(1e-12)).min(STRENGTH_MAX)
}

/// Whether two entries are one impression, and of one sheet; `None` if they are two stampings, or
/// the same bytes twice.
pub(super) fn judge(entries: &[Entry], members: (usize, usize)) -> Option<Pair> {
    let (own, other) = (&entries[members.0], &entries[members.1]);
    let same_page = own.sha256 == other.sha256 && own.key.page == other.key.page;
    if own.sha256 == other.sha256 && own.key.impression == other.key.impression {
        return None;
    }
    let correlation = own.key.residual.correlation(&other.key.residual)?;
    if correlation < CORRELATION_MIN || !agrees_all_over(&own.key.residual, &other.key.residual) {
        return None;
    }
    Some(Pair {
        members,
        correlation,
        same_sheet: !same_page && is_same_sheet(own, other),
    })
}

fn agrees_all_over(own: &ResidualKey, other: &ResidualKey) -> bool {
    let regions = own.by_region(other);
    let agreeing = regions.iter().filter(|region| **region >= REGION_MIN);
    agreeing.count() as f64 >= REGIONS_SHARE * regions.len() as f64
}

/// Whether what stands around moved with the impression.
fn is_same_sheet(own: &Entry, other: &Entry) -> bool {
    let place = |entry: &Entry| entry.key.page_from_seal;
    let sheets = (own.key.sheet.as_ref(), other.key.sheet.as_ref());
    sheets_agree(sheets, (place(own), place(other)))
}

/// Whether two pages are one sheet, each with the map of what both bear to its pixels.
pub(super) fn sheets_agree(
    sheets: (Option<&SheetKey>, Option<&SheetKey>),
    (from, to): (Affine, Affine),
) -> bool {
    if from.determinant().abs() < 1e-9 {
        return false;
    }
    let other_from_own = to * from.inverse();
    sheets
        .0
        .zip(sheets.1)
        .and_then(|(own, other)| own.agreement(other, other_from_own))
        .is_some_and(|agreement| agreement.is_same_sheet())
}
