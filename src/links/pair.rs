//! Two impressions of one seal: whether they are one, and whether their pages are one sheet.

use crate::geometry::Affine;
use crate::links::Entry;
use crate::production::ResidualKey;
use crate::production::SheetKey;

/// Correlation of two keys from which they are looked at more closely.
pub(super) const LOOKED_AT: f64 = 0.4;
/// Bounds from which two impressions are one.
pub(super) const ALONE: Bound = Bound {
    // Measured on drawn copies: 2,039 pairs of independent impressions of one seal (12 seals, seed 3301) lie at 0.14, with a
    // standard deviation of 0.12, and none above 0.50; of 1,122 more (seed 7002) one lies at 0.55; of 1,181 (seeds 7401 and
    // 11201) four, the uppermost at 0.59, of a seal with one specimen. Of 1,063 pairs of seals with one specimen each (seeds 9109
    // and 11402) a few lie at 0.69 to 0.72: what one specimen's own ink leaves is in all of them.
    least: 0.76,
    independent: (0.25, 0.15),
};
/// The same without what a seal's other impressions have in common; see [`Habit`](super::habit::Habit) for what was measured.
pub(super) const APART: Bound = Bound {
    // Of 450 pairs stamped apart, a fifth of the pages bare and every seal with one specimen (seed 9109), two agree by 0.54
    // and none by more; of 70 pairs of copies (seed 12201, one specimen) 65 agree by 0.6 and more.
    least: 0.58,
    independent: (0.07, 0.14),
};
/// The same where no specimen stands behind them and both are held against the drawing that they share.
const SHARED: Bound = Bound {
    // Of 408 pairs of drawn impressions of one seal, stamped apart and laid on one another by what is known of them (seeds 15301,
    // 15311, 15313), one agrees by 0.65, another by 0.54, and all of them by 0 on average; of 112 copies (the last two
    // seeds) 62 agree by 0.76 and more.
    least: 0.76,
    independent: (0.0, 0.16),
};
/// Most that so few pairs support, log10.
const SHARED_STRENGTH_MAX: f64 = 2.6;
/// Copies lie anywhere between this and 1, by what the way of copying leaves of the ink.
const COPY_FROM: f64 = 0.2;
/// Most that independent pairs looked at support, log10.
const STRENGTH_MAX: f64 = 3.6;
/// Share of the seal's regions in which two impressions must agree at least so much: a crack or a worn
/// place of the die is in all its impressions, but in one region only.
const REGIONS_SHARE: f64 = 0.6;
const REGION_MIN: f64 = 0.3;

/// What correlation makes two impressions one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound {
    least: f64,
    /// Mean and standard deviation of independent pairs.
    independent: (f64, f64),
}

/// Two impressions that are one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// Positions among the entries.
    pub(super) members: (usize, usize),
    pub(super) correlation: f64,
    /// Log10 of how much likelier that is of one impression than of two stampings.
    pub(super) strength: f64,
    /// Whether the pages are scans of one sheet.
    pub(super) same_sheet: bool,
}

impl Bound {
    /// Log10 of how much likelier a correlation is of one impression than of two stampings.
    fn strength(self, correlation: f64) -> f64 {
        let (mean, deviation) = self.independent;
        let z = (correlation - mean) / deviation;
        let independent = libm::exp(-0.5 * z * z) / (deviation * libm::sqrt(std::f64::consts::TAU));
        let copy = 1.0 / (1.0 - COPY_FROM);
        libm::log10(copy / independent.max(1e-12)).min(STRENGTH_MAX)
    }
}

/// Correlation of two entries' keys as they are; `None` if they cannot be compared, are the same bytes twice, or agree by less
/// than [`LOOKED_AT`].
pub(super) fn likely(entries: &[Entry], members: (usize, usize)) -> Option<f64> {
    let (own, other) = (&entries[members.0], &entries[members.1]);
    if own.sha256 == other.sha256 && own.key.impression == other.key.impression {
        return None;
    }
    let correlation = own.key.residual.correlation(&other.key.residual)?;
    (correlation >= LOOKED_AT).then_some(correlation)
}

/// Whether two entries with some correlation, which agree all over ([`agrees_all_over`]), are one impression, and of one sheet;
/// `apart` is their correlation without what the seal's other impressions have in common, where that is known. `None` if they are
/// two stampings.
pub(super) fn judge(
    entries: &[Entry],
    members: (usize, usize),
    (correlation, apart): (f64, Option<f64>),
) -> Option<Pair> {
    let (own, other) = (&entries[members.0], &entries[members.1]);
    let same_page = own.sha256 == other.sha256 && own.key.page == other.key.page;
    let (bound, looked_at) = apart.map_or((ALONE, correlation), |apart| (APART, apart));
    if looked_at < bound.least {
        return None;
    }
    Some(Pair {
        members,
        correlation,
        strength: bound.strength(looked_at),
        same_sheet: !same_page && is_same_sheet(own, other),
    })
}

/// Correlation of the keys of two impressions that no specimen stands behind, and log10 of how much likelier it is of one
/// impression than of two stampings; `None` if they are two.
pub(super) fn without_specimen(own: &ResidualKey, other: &ResidualKey) -> Option<(f64, f64)> {
    let correlation = own.correlation(other)?;
    let is_one = correlation >= SHARED.least && agrees_all_over(own, other);
    is_one.then(|| {
        let strength = SHARED.strength(correlation);
        (correlation, strength.min(SHARED_STRENGTH_MAX))
    })
}

/// Whether two keys agree in most regions: no impressions are one that do not.
pub(super) fn agrees_all_over(own: &ResidualKey, other: &ResidualKey) -> bool {
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
