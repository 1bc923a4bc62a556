//! The seals of a register with fewer specimens than it holds of them.

use rayon::prelude::*;

use crate::evaluation::measured::Measured;
use crate::extraction::Impression;
use crate::matching::Query;
use crate::matching::Specimen;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::units::Dpi;

/// Every seal of a register, by its position, enrolled with its first specimen, its first two, and so
/// on to all of them.
#[derive(Debug)]
pub(super) struct Enrolled(Vec<Vec<Specimen>>);

impl Enrolled {
    pub(super) fn new(register: &Register) -> Self {
        Self(register.seals.par_iter().map(specimens).collect())
    }

    /// Compares an impression with the seal at a position, fewest specimens first.
    pub(super) fn measure(&self, impression: &Impression, position: usize) -> Vec<Measured> {
        let query = Query::new(impression);
        self.0[position]
            .iter()
            .map(|specimen| Measured {
                specimens: specimen.count,
                mode: impression.mode,
                dpi: impression.dpi.map(Dpi::get),
                comparison: query.compare(specimen),
            })
            .collect()
    }
}

fn specimens(seal: &RegisteredSeal) -> Vec<Specimen> {
    let impressions: Vec<Impression> = seal
        .images
        .iter()
        .map(|image| image.impression.clone())
        .collect();
    // All of them are in the register; the first few of those that agree do so too.
    let fewer =
        (1..impressions.len()).filter_map(|count| Specimen::enrol(&impressions[..count]).ok());
    fewer.chain([seal.specimen.clone()]).collect()
}
