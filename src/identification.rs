//! Which of N registered seals an impression shows, if any.

use crate::extraction::Impression;
use crate::matching::Specimen;

/// A specimen that an impression resembles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Index into the specimens given.
    pub index: usize,
    /// Likeness of the design, 0 to 1.
    pub similarity: f64,
    /// Whether the likeness is that of one design, and not of chance.
    pub same_design: bool,
}

/// Ranks specimens by likeness to an impression, best first, at most `count` of them.
#[must_use]
pub fn rank(_impression: &Impression, _specimens: &[&Specimen], _count: usize) -> Vec<Candidate> {
    Vec::new()
}
