//! An impression prepared for comparison with several specimens.

use std::cell::OnceCell;
use std::cell::RefCell;
use std::rc::Rc;

use crate::extraction::Impression;
use crate::geometry::Vec2;
use crate::imaging::ColourMode;
use crate::matching::Comparison;
use crate::matching::align::Alignment;
use crate::matching::align::SIGMAS;
use crate::matching::canonical::Canonical;
use crate::matching::compare_laid;
use crate::matching::rival;
use crate::matching::smoothed::Smoothed;
use crate::matching::specimen::Specimen;
use crate::matching::specimen::locate;
use crate::matching::superposed::Superposed;
use crate::matching::turn::Spectrum;

/// An impression, laid on the specimens' grid and aligned with each of them once, whatever is asked.
#[derive(Debug)]
pub struct Query<'a> {
    impression: &'a Impression,
    laid: RefCell<Option<Rc<Laid>>>,
    aligned: RefCell<Vec<Aligned<'a>>>,
}

/// A specimen that an impression was aligned with.
#[derive(Debug)]
struct Aligned<'a> {
    specimen: &'a Specimen,
    /// How the impression was laid for it.
    pixels_per_mm: f64,
    alignment: Option<Alignment>,
}

/// An impression on the grid.
#[derive(Debug)]
pub(super) struct Laid {
    pub grid: Canonical,
    pub spectrum: Spectrum,
    pub separable: bool,
    pub mode: ColourMode,
    pub pixels_per_mm: f64,
    plain: OnceCell<Smoothed>,
    smoothed: OnceCell<[Smoothed; 3]>,
}

impl Laid {
    pub(super) fn new(impression: &Impression, pixels_per_mm: f64) -> Self {
        let grid = Canonical::new(impression, pixels_per_mm);
        Self {
            spectrum: Spectrum::new(&grid),
            grid,
            separable: impression.separable,
            mode: impression.mode,
            pixels_per_mm,
            plain: OnceCell::new(),
            smoothed: OnceCell::new(),
        }
    }

    /// Whether it was laid at a scale.
    fn is_at(&self, pixels_per_mm: f64) -> bool {
        (self.pixels_per_mm / pixels_per_mm - 1.0).abs() < 1e-9
    }

    /// As it is.
    pub(super) fn plain(&self) -> &Smoothed {
        self.plain.get_or_init(|| Smoothed::plain(&self.grid))
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
            laid: RefCell::new(None),
            aligned: RefCell::new(Vec::new()),
        }
    }

    /// The impression.
    #[must_use]
    pub const fn impression(&self) -> &'a Impression {
        self.impression
    }

    /// Likeness of the impression's design to each specimen's, by their spectra: at most 1, cheap.
    #[must_use]
    pub fn likeness(&self, specimens: &[&Specimen]) -> Vec<f64> {
        let likeness = |specimen: &&Specimen| {
            let laid = self.laid_for(specimen);
            laid.spectrum.likeness(&specimen.spectrum)
        };
        specimens.iter().map(likeness).collect()
    }

    /// The same with the centre aside of the outline's, by shares of its mean radius. Half a millimetre takes most of the
    /// likeness away, and of an impression with half its border the centre may be so far off.
    #[must_use]
    pub fn likeness_about(&self, aside: Vec2, specimens: &[&Specimen]) -> Vec<f64> {
        let mut laid_at: Option<(f64, Spectrum)> = None;
        let mut likeness = |specimen: &&Specimen| {
            let laid = self.laid_for(specimen);
            if laid_at
                .as_ref()
                .is_none_or(|(scale, _)| !laid.is_at(*scale))
            {
                let outline = &laid.grid.outline;
                let centre = outline.centre_of_area() + aside * outline.mean_radius();
                laid_at = Some((laid.pixels_per_mm, Spectrum::about(&laid.grid, centre)));
            }
            let spectrum = laid_at.as_ref().map(|(_, spectrum)| spectrum);
            spectrum.map_or(0.0, |spectrum| spectrum.likeness(&specimen.spectrum))
        };
        specimens.iter().map(&mut likeness).collect()
    }

    /// Compares the impression with a specimen; `None` if they could not be aligned at all.
    #[must_use]
    pub fn compare(&self, specimen: &'a Specimen) -> Option<Comparison> {
        let laid = self.laid_for(specimen);
        let alignment = self.aligned(&laid, specimen)?;
        let has_scale = self.impression.dpi.is_some();
        Some(compare_laid(&laid, alignment, has_scale, specimen))
    }

    /// The impression's ink laid over a specimen's drawing; `None` if they could not be aligned.
    #[must_use]
    pub fn superpose(&self, specimen: &'a Specimen) -> Option<Superposed> {
        let laid = self.laid_for(specimen);
        let alignment = self.aligned(&laid, specimen)?;
        Some(Superposed::new(&laid, alignment, &specimen.drawing))
    }

    /// Natural log of the odds that `own` rather than `rival` made the impression, by the ink where
    /// their drawings differ: above 0 speaks for `own`. `None` if either cannot be aligned, or they
    /// differ nowhere that can be seen.
    #[must_use]
    pub fn odds_over_rival(&self, own: &'a Specimen, rival: &'a Specimen) -> Option<f64> {
        let laid = self.laid_for(own);
        let (own_map, rival_map) = (self.aligned(&laid, own)?, self.aligned(&laid, rival)?);
        rival::odds(
            &laid,
            (own, own_map.query_from_specimen),
            (rival, rival_map.query_from_specimen),
        )
    }

    /// The alignment with a specimen, from the first time that it is asked for.
    fn aligned(&self, laid: &Laid, specimen: &'a Specimen) -> Option<Alignment> {
        let is_own = |known: &&Aligned<'_>| {
            std::ptr::eq(known.specimen, specimen) && laid.is_at(known.pixels_per_mm)
        };
        if let Some(known) = self.aligned.borrow().iter().find(is_own) {
            return known.alignment;
        }
        let reference = (&specimen.drawing, &specimen.spectrum);
        let alignment = locate(laid, reference, &specimen.prepared().levels);
        self.aligned.borrow_mut().push(Aligned {
            specimen,
            pixels_per_mm: laid.pixels_per_mm,
            alignment,
        });
        alignment
    }

    /// The impression on the grid; without a resolution it takes the size of what it is compared
    /// with.
    fn laid_for(&self, specimen: &Specimen) -> Rc<Laid> {
        let impression = self.impression;
        let scale = impression.dpi.map_or(
            impression.outline.mean_radius() / specimen.radius_mm(),
            |dpi| dpi.pixels_per_mm(),
        );
        let mut kept = self.laid.borrow_mut();
        if let Some(laid) = kept.as_ref().filter(|laid| laid.is_at(scale)) {
            return Rc::clone(laid);
        }
        let laid = Rc::new(Laid::new(impression, scale));
        *kept = Some(Rc::clone(&laid));
        laid
    }
}
