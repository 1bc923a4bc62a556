//! Which of N registered seals an impression shows, if any.

use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Query;
use crate::matching::Specimen;

/// A specimen that an impression resembles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Index into the specimens given.
    pub index: usize,
    /// Likeness of the design, 0 to 1.
    pub similarity: f64,
}

/// Correlation of the aligned ink from which two impressions show one design. Chosen: re-engraved
/// seals and dry genuine impressions stay above it, other designs below.
const SAME_DESIGN_MIN: f64 = 0.5;
/// Unexplained ink over the drawing's contrast inside the border up to which two impressions show
/// one design. Measured on 40 drawn seals: genuine impressions stay below 0.4 in 99 of 100, dies
/// with letters of another face below 0.53; other texts in the same layout reach 0.6.
const UNEXPLAINED_MAX: f64 = 0.55;
/// Share of the best likeness below which a specimen is no rival.
const RIVAL_SHARE: f64 = 0.6;

/// Whether a comparison is one of two impressions of one design, be the dies the same or not.
#[must_use]
pub fn same_design(comparison: &Comparison) -> bool {
    let unexplained = comparison
        .measures
        .iter()
        .find(|measure| measure.axis == Axis::GlyphShape);
    comparison.correlation >= SAME_DESIGN_MIN
        && unexplained.is_none_or(|measure| measure.value <= UNEXPLAINED_MAX)
}

/// Ranks specimens by likeness to an impression, best first, at most `count` of them.
#[must_use]
pub fn rank(query: &Query<'_>, specimens: &[&Specimen], count: usize) -> Vec<Candidate> {
    let likeness = query.likeness(specimens);
    let best = likeness.iter().copied().fold(0.0, f64::max);
    let mut found: Vec<Candidate> = likeness
        .into_iter()
        .enumerate()
        .filter(|&(_, similarity)| similarity >= RIVAL_SHARE * best)
        .map(|(index, similarity)| Candidate { index, similarity })
        .collect();
    found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    found.truncate(count);
    found
}
