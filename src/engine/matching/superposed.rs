//! An impression laid over a specimen's drawing, sample by sample.

use crate::extraction::Outline;
use crate::geometry::Affine;
use crate::imaging::Density;
use crate::matching::align::Alignment;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::query::Laid;

/// Two maps of ink on the specimen's square grid, [`Superposed::PER_MM`] samples a millimetre.
#[derive(Clone, Debug)]
pub struct Superposed {
    /// The impression's ink, 0 to 1 for full ink.
    pub ink: Density,
    /// How far it can be trusted, 0 (hidden) to 1.
    pub weight: Density,
    /// The specimen's ink, 0 to 1.
    pub drawing: Density,
    /// The specimen's outline in samples; its centre is the grid's.
    pub outline: Outline,
    /// Maps samples to pixels of the impression's page.
    pub page_from_grid: Affine,
}

impl Superposed {
    /// Samples a millimetre of the specimen.
    pub const PER_MM: f64 = PER_MM;

    pub(super) fn new(query: &Laid, alignment: Alignment, drawing: &Canonical) -> Self {
        let map = alignment.query_from_specimen;
        let (ink, mut weight) = query.plain().warp(map, drawing.side());
        let samples = weight.samples_mut().iter_mut();
        for (weight, own) in samples.zip(drawing.validity.samples()) {
            *weight *= own;
        }
        Self {
            ink,
            weight,
            drawing: drawing.ink.clone(),
            outline: drawing.outline,
            page_from_grid: query.grid.page_from_grid * map,
        }
    }
}
