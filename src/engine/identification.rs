//! Which of N registered seals an impression shows, if any.
//!
//! Comes in: an impression, and the codes and specimens of all registered seals. Goes out: the few that
//! it may be of, best first. Codes of a kilobyte are compared with every seal there is; finer spectra
//! and full comparison see only the best of them. What differs by one word or digit is decided by
//! [`Query::odds_over_rival`], and whether the best is the seal at all by [`same_design`].

mod code;
mod gallery;
mod turns;
mod unrolled;

pub use code::CODE_BYTES;
pub use code::Code;
pub use code::Probe;
pub use gallery::Gallery;

use std::collections::BTreeSet;

use crate::extraction::Impression;
use crate::geometry::Vec2;
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
/// one design. Measured on 200 drawn seals: of 891 genuine impressions 99 in 100 stay below 0.4 and four
/// lie beyond it; of 73 dies with letters of another face six do.
const UNEXPLAINED_MAX: f64 = 0.51;
/// The same where the letters stand elsewhere or the size is clearly another: whoever copies a seal
/// keeps its text, its places and its size, so letters that differ as well are another text.
/// Measured on 200 drawn seals: of 891 genuine impressions four are beyond both this and
/// [`ELSEWHERE_MM`], of 73 dies with letters of another face 16; a real seal of a stranger, with another
/// text in the same layout, reads 0.34.
const UNEXPLAINED_MAX_ELSEWHERE: f64 = 0.31;
/// Median shift of a part against its neighbours from which letters stand elsewhere, millimetres.
const ELSEWHERE_MM: f64 = 0.1;
/// Difference in size, a share of one, from which it is clear: re-engraved dies of the calibration
/// sets stay within 0.04, paper and scanners within 0.01.
const OTHER_SIZE_MIN: f64 = 0.045;
/// Share of the best likeness below which a specimen is no rival.
const RIVAL_SHARE: f64 = 0.6;

/// Likeness of the best below which the centre itself is in doubt. Impressions of registered seals read about their own
/// centre mostly stay above it; 0.75 mm off, one of a small seal read 0.16 in place of 0.55.
const DOUBTED: f64 = 0.4;
/// The same of the best code: of 298 drawn impressions in a gallery of 2,000 one in fifteen stays below it.
const CODES_DOUBTED: f64 = 0.6;
/// Other centres that are tried then, shares of the mean radius: some 0.6 mm around.
const ASIDE: [(f64, f64); 8] = [
    (0.036, 0.0),
    (0.036, 0.036),
    (0.0, 0.036),
    (-0.036, 0.036),
    (-0.036, 0.0),
    (-0.036, -0.036),
    (0.0, -0.036),
    (0.036, -0.036),
];

/// Specimens whose spectra are compared without a look at codes. Chosen: up to here a code, a
/// millisecond each, costs more than it saves.
const SPECTRA_MAX: usize = 200;
/// Specimens whose spectra are compared in a larger register: the best by their codes.
const SHORTLIST: usize = 20;

/// Whether a comparison is one of two impressions of one design, be the dies the same or not.
#[must_use]
pub fn same_design(comparison: &Comparison) -> bool {
    let unexplained = comparison
        .measures
        .iter()
        .find(|measure| measure.axis == Axis::GlyphShape);
    let other_size = comparison
        .scale
        .is_some_and(|scale| (scale - 1.0).abs() > OTHER_SIZE_MIN);
    let elsewhere = comparison.displacement_mm > ELSEWHERE_MM;
    let most = if other_size || elsewhere {
        UNEXPLAINED_MAX_ELSEWHERE
    } else {
        UNEXPLAINED_MAX
    };
    comparison.correlation >= SAME_DESIGN_MIN
        && unexplained.is_none_or(|measure| measure.value <= most)
}

/// Ranks specimens by likeness to an impression, best first, at most `count` of them.
///
/// `gallery` holds the specimens' codes, in their order; it is asked for only where there are more
/// specimens than spectra are compared with.
#[must_use]
pub fn rank<'g>(
    query: &Query<'_>,
    specimens: &[&Specimen],
    gallery: impl FnOnce() -> &'g Gallery,
    count: usize,
) -> Vec<Candidate> {
    let shortlist: Vec<usize> = if specimens.len() > SPECTRA_MAX {
        let found = search(gallery(), query.impression(), SHORTLIST);
        found.into_iter().map(|candidate| candidate.index).collect()
    } else {
        (0..specimens.len()).collect()
    };
    let listed: Vec<&Specimen> = shortlist.iter().map(|&index| specimens[index]).collect();
    let candidates = |likeness: Vec<f64>| {
        let pairs = shortlist.iter().zip(likeness);
        pairs.map(|(&index, similarity)| Candidate { index, similarity })
    };
    let mut found: Vec<Candidate> = candidates(query.likeness(&listed)).collect();
    if specimens.len() > count && best(&found) < DOUBTED {
        let aside = |&(x, y): &(f64, f64)| query.likeness_about(Vec2::new(x, y), &listed);
        found.extend(ASIDE.iter().map(aside).flat_map(candidates));
    }
    let least = RIVAL_SHARE * best(&found);
    found.retain(|candidate| candidate.similarity >= least);
    first_of_each(found, count)
}

/// The best `count` of a gallery by their codes, best first: about the outline's own centre, and about others where no code
/// agrees well.
#[must_use]
pub fn search(gallery: &Gallery, impression: &Impression, count: usize) -> Vec<Candidate> {
    let mut found = gallery.search(&Probe::new(impression), count);
    if best(&found) < CODES_DOUBTED {
        let aside = |&(x, y): &(f64, f64)| {
            gallery.search(&Probe::about(impression, Vec2::new(x, y)), count)
        };
        found.extend(ASIDE.iter().flat_map(aside));
    }
    first_of_each(found, count)
}

/// The likeness of the best; 0 of none.
fn best(found: &[Candidate]) -> f64 {
    found
        .iter()
        .map(|candidate| candidate.similarity)
        .fold(0.0, f64::max)
}

/// The best `count` seals, each once.
fn first_of_each(mut found: Vec<Candidate>, count: usize) -> Vec<Candidate> {
    found.sort_by(|a, b| {
        let by_similarity = b.similarity.total_cmp(&a.similarity);
        by_similarity.then(a.index.cmp(&b.index))
    });
    let mut seen = BTreeSet::new();
    found.retain(|candidate| seen.insert(candidate.index));
    found.truncate(count);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Measure;

    fn comparison(unexplained: f64, scale: f64) -> Comparison {
        Comparison {
            specimens: 3,
            agreement: 0.9,
            missing_ink: 0.1,
            extra_ink: None,
            displacement_mm: 0.02,
            scale: Some(scale),
            rotation_deg: 0.0,
            usable_area: 1.0,
            parts_share: 1.0,
            correlation: 0.7,
            anisotropy: 0.0,
            bend_mm: 0.0,
            edges_mm: None,
            gap_mm2: 0.0,
            inked: [None; 8],
            symptoms: Vec::new(),
            measures: vec![Measure::new(Axis::GlyphShape, unexplained, 0.03)],
        }
    }

    #[test]
    fn letters_of_another_face_are_still_the_same_design() {
        assert!(same_design(&comparison(0.5, 1.004)));
    }

    #[test]
    fn other_letters_at_another_size_are_another_design() {
        assert!(!same_design(&comparison(0.5, 1.058)));
    }

    #[test]
    fn other_letters_in_other_places_are_another_design() {
        let mut other = comparison(0.5, 1.004);
        other.displacement_mm = 0.13;
        assert!(!same_design(&other));
    }

    #[test]
    fn the_same_letters_at_another_size_are_the_same_design() {
        assert!(same_design(&comparison(0.25, 0.94)));
    }
}
