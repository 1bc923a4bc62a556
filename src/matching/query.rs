//! An impression prepared for comparison with several specimens.

use std::sync::OnceLock;

use crate::extraction::Impression;
use crate::matching::Comparison;
use crate::matching::align::SIGMAS;
use crate::matching::align::Smoothed;
use crate::matching::canonical::Canonical;
use crate::matching::compare_laid;
use crate::matching::rival;
use crate::matching::specimen::Specimen;
use crate::matching::turn::Spectrum;

/// An impression, laid on the specimens' grid once for all that it is compared with.
#[derive(Debug)]
pub struct Query<'a> {
    impression: &'a Impression,
    laid: Option<Laid>,
}

/// An impression on the grid.
#[derive(Debug)]
pub(super) struct Laid {
    pub grid: Canonical,
    pub spectrum: Spectrum,
    pub separable: bool,
    pixels_per_mm: f64,
    plain: OnceLock<Smoothed>,
    smoothed: OnceLock<[Smoothed; 3]>,
}

impl Laid {
    pub(super) fn new(impression: &Impression, pixels_per_mm: f64) -> Self {
        let grid = Canonical::new(impression, pixels_per_mm);
        Self {
            spectrum: Spectrum::new(&grid),
            grid,
            separable: impression.separable,
            pixels_per_mm,
            plain: OnceLock::new(),
            smoothed: OnceLock::new(),
        }
    }

    /// As it is.
    pub(super) fn plain(&self) -> &Smoothed {
        self.plain.get_or_init(|| Smoothed::new(&self.grid, 0.0))
    }

    /// Smoothed for alignment, coarse to fine.
    pub(super) fn smoothed(&self) -> &[Smoothed; 3] {
        let smooth = |sigma| Smoothed::new(&self.grid, sigma);
        self.smoothed.get_or_init(|| SIGMAS.map(smooth))
    }
}

impl<'a> Query<'a> {
    /// Takes an impression.
    #[must_use]
    pub const fn new(impression: &'a Impression) -> Self {
        Self {
            impression,
            laid: None,
        }
    }

    /// Likeness of the impression's design to each specimen's, by their spectra: at most 1, cheap.
    pub fn likeness(&mut self, specimens: &[&Specimen]) -> Vec<f64> {
        let likeness = |specimen: &&Specimen| {
            let laid = self.laid_for(specimen);
            laid.spectrum.likeness(&specimen.spectrum)
        };
        specimens.iter().map(likeness).collect()
    }

    /// Compares the impression with a specimen; `None` if they could not be aligned at all.
    pub fn compare(&mut self, specimen: &Specimen) -> Option<Comparison> {
        let has_scale = self.impression.dpi.is_some();
        compare_laid(self.laid_for(specimen), has_scale, specimen)
    }

    /// Natural log of the odds that `own` rather than `rival` made the impression, by the ink where
    /// their drawings differ: above 0 speaks for `own`. `None` if either cannot be aligned, or they
    /// differ nowhere that can be seen.
    pub fn odds_over_rival(&mut self, own: &Specimen, rival: &Specimen) -> Option<f64> {
        rival::odds(self.laid_for(own), own, rival)
    }

    /// The impression on the grid; without a resolution it takes the size of what it is compared
    /// with.
    fn laid_for(&mut self, specimen: &Specimen) -> &Laid {
        let impression = self.impression;
        let scale = impression.dpi.map_or(
            impression.outline.mean_radius() / specimen.radius_mm(),
            |dpi| dpi.pixels_per_mm(),
        );
        let stale = |laid: &Laid| (laid.pixels_per_mm / scale - 1.0).abs() > 1e-9;
        if self.laid.as_ref().is_some_and(stale) {
            self.laid = None;
        }
        self.laid
            .get_or_insert_with(|| Laid::new(impression, scale))
    }
}
