//! Specimens: reference impressions of one seal, fused into one drawing.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Affine;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::warp;
use crate::matching::align;
use crate::matching::align::Alignment;
use crate::matching::align::Freedom;
use crate::matching::align::Level;
use crate::matching::align::SIGMAS;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::coverage::Ground;
use crate::matching::presence::Place;
use crate::matching::presence::places;
use crate::matching::query::Laid;
use crate::matching::structure::Structure;
use crate::matching::turn::Spectrum;
use crate::matching::windows::Window;
use crate::matching::windows::windows;

/// A reference impression, or several fused: no owner, no dates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Specimen {
    /// How many impressions were fused.
    pub count: u32,
    pub(super) drawing: Canonical,
    pub(super) spectrum: Spectrum,
    pub(super) structure: Structure,
    #[serde(skip)]
    prepared: Kept,
}

/// What comparisons ask of a specimen's drawing alone.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// For alignment, coarse to fine.
    pub levels: [Level; 3],
    /// For the fit of parts.
    pub windows: Vec<Window>,
    /// For counting ink.
    pub ground: Ground,
}

/// What is kept from a specimen's first comparison: it follows from the drawing, so it is neither
/// stored nor compared.
#[derive(Clone, Debug, Default)]
struct Kept(OnceLock<Prepared>);

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Why impressions do not make a specimen.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EnrolError {
    /// No impression was given.
    #[error("no impression to enrol")]
    None,
    /// The impressions do not show one seal.
    #[error("impression {number} does not show the same seal as the first")]
    Disagree {
        /// Counted from one.
        number: usize,
    },
    /// The specimen has no resolution.
    #[error("impression {number} has no known resolution")]
    NoResolution {
        /// Counted from one.
        number: usize,
    },
}

/// Rounds of alignment at each smoothing.
const ROUNDS: usize = 6;
/// Share of the best turn's correlation below which another turn is followed no further.
const RIVAL_SHARE: f64 = 0.6;
/// Turns tried at first, and in doubt; those of them that are then followed to the end.
const TURNS: usize = 4;
const TURNS_MANY: usize = 16;
const RETRIED: usize = 5;
/// Final correlation inside the border between which an alignment is in doubt: below it designs differ, above it the
/// text itself agrees.
const DOUBTED: (f64, f64) = (0.2, 0.6);
/// Correlation from which two specimens show one seal; dry genuine ones stay above 0.6.
const SAME_SEAL_MIN: f64 = 0.5;

impl Specimen {
    /// Fuses impressions of one seal into a specimen, in the frame of the first, at their mean size.
    ///
    /// # Errors
    /// If there is none, one lacks its resolution, or they do not show one seal.
    pub fn enrol(impressions: &[Impression]) -> Result<Self, EnrolError> {
        let mut laid = Vec::with_capacity(impressions.len());
        for (index, impression) in impressions.iter().enumerate() {
            let dpi = impression
                .dpi
                .ok_or(EnrolError::NoResolution { number: index + 1 })?;
            laid.push(Laid::new(impression, dpi.pixels_per_mm()));
        }
        let (first, others) = laid.split_first().ok_or(EnrolError::None)?;
        let mut maps = vec![Affine::IDENTITY];
        let levels = (!others.is_empty()).then(|| levels(&first.grid));
        for (other, number) in others.iter().zip(2..) {
            let alignment = levels
                .as_ref()
                .and_then(|levels| locate(other, (&first.grid, &first.spectrum), levels))
                .filter(|alignment| alignment.correlation > SAME_SEAL_MIN)
                .ok_or(EnrolError::Disagree { number })?;
            maps.push(alignment.query_from_specimen);
        }
        let mean_from_first = mean_stretch(&maps, &first.grid);
        let drawing = fuse(&laid, &maps, mean_from_first.inverse(), &first.grid);
        let spectrum = Spectrum::new(&drawing);
        let structure = Structure::new(&drawing.ink, &drawing.outline);
        let count = u32::try_from(impressions.len()).unwrap_or(u32::MAX);
        Ok(Self {
            count,
            drawing,
            spectrum,
            structure,
            prepared: Kept::default(),
        })
    }

    /// The drawing prepared for comparisons, on first use.
    pub(super) fn prepared(&self) -> &Prepared {
        self.prepared.0.get_or_init(|| Prepared {
            levels: levels(&self.drawing),
            windows: windows(&self.drawing, &self.structure),
            ground: Ground::new(&self.drawing, &self.structure),
        })
    }

    /// Outline family of the specimen.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.drawing.outline.shape
    }

    /// Width and height of the outer edge, in millimetres.
    #[must_use]
    pub fn size_mm(&self) -> (f64, f64) {
        let outline = &self.drawing.outline;
        (
            2.0 * outline.half_width / PER_MM,
            2.0 * outline.half_height / PER_MM,
        )
    }

    /// Mean of the half axes, in millimetres.
    pub(super) fn radius_mm(&self) -> f64 {
        self.drawing.outline.mean_radius() / PER_MM
    }

    /// The fused drawing's ink and validity, 0 to 1, and its outline in their samples.
    #[must_use]
    pub fn layers(&self) -> (&Density, &Density, &Outline) {
        let drawing = &self.drawing;
        (&drawing.ink, &drawing.validity, &drawing.outline)
    }

    /// Samples of the layers in a millimetre.
    #[must_use]
    pub const fn samples_per_mm(&self) -> f64 {
        PER_MM
    }

    /// The places of the drawing whose presence is followed over time.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        places(&self.drawing.ink, &self.drawing.outline)
    }

    /// The fused drawing's ink, 0 to 255, ten samples a millimetre.
    #[must_use]
    pub fn picture(&self) -> crate::imaging::Gray {
        self.drawing.ink.map(crate::units::level)
    }
}

/// A drawing prepared for alignment, coarse to fine.
fn levels(drawing: &Canonical) -> [Level; 3] {
    SIGMAS.map(|sigma| Level::new(drawing, sigma))
}

/// Finds the turn, shift and stretch of an impression against a drawing, over the full circle.
pub(super) fn locate(
    query: &Laid,
    (drawing, spectrum): (&Canonical, &Spectrum),
    levels: &[Level; 3],
) -> Option<Alignment> {
    let [coarse, finer @ ..] = levels;
    let [smooth, sharper @ ..] = query.smoothed();
    let (here, there) = (
        query.grid.outline.centre_of_area(),
        drawing.outline.centre_of_area(),
    );
    let start = |turn: f64| {
        Affine::translate(here.to_vec2())
            * Affine::rotate(turn)
            * Affine::translate(-there.to_vec2())
    };
    let follow = |from: Affine| {
        let similarity = (Freedom::Similarity, ROUNDS / 2);
        align::refine(coarse, smooth, from, similarity, query.separable)
    };
    let sharpen = |coarse: &Alignment| {
        let mut alignment = *coarse;
        for (level, smooth) in finer.iter().zip(sharper) {
            let (from, affine) = (alignment.query_from_specimen, (Freedom::Affine, ROUNDS));
            alignment = align::refine(level, smooth, from, affine, query.separable)?;
        }
        Some(alignment)
    };
    let better = |a: &Alignment, b: &Alignment| a.inner.total_cmp(&b.inner);
    let turns = query.spectrum.turns(spectrum, TURNS_MANY);
    let (likely, others) = turns.split_at(TURNS.min(turns.len()));
    let options = likely.iter().filter_map(|turn| follow(start(*turn)));
    let options: Vec<Alignment> = options.collect();
    // A turn that agrees far less than another half way does not come to agree more.
    let ahead = options.iter().map(|a| a.inner).fold(0.0, f64::max);
    let rivals = options.into_iter().filter_map(|option| {
        let is_rival = option.inner >= RIVAL_SHARE * ahead;
        is_rival.then(|| follow(option.query_from_specimen))?
    });
    let best = sharpen(&rivals.max_by(better)?);
    let agreement = best.map_or(0.0, |best| best.inner);
    if !(DOUBTED.0..DOUBTED.1).contains(&agreement) {
        return best;
    }
    // Of an impression that is half bare, a figure that looks alike at several turns may outweigh
    // the text: more turns are tried, and followed to the end.
    let mut options: Vec<Alignment> = others
        .iter()
        .chain(likely)
        .filter_map(|turn| follow(follow(start(*turn))?.query_from_specimen))
        .collect();
    options.sort_by(|a, b| better(b, a));
    let retried = options.iter().take(RETRIED).filter_map(sharpen);
    retried.chain(best).max_by(better)
}

/// The mean of the maps' stretches, their turns taken out: the frame in which no specimen's own
/// scan stretch stands out.
fn mean_stretch(maps: &[Affine], first: &Canonical) -> Affine {
    let mut sum = [0.0; 4];
    for map in maps {
        let [a, b, c, d, ..] = map.as_coeffs();
        let turn = libm::atan2(b - c, a + d);
        let upright = Affine::rotate(-turn) * Affine::new([a, b, c, d, 0.0, 0.0]);
        for (sum, value) in sum.iter_mut().zip(upright.as_coeffs()) {
            *sum += value / maps.len() as f64;
        }
    }
    let centre = first.outline.centre.to_vec2();
    let stretch = Affine::new([sum[0], sum[1], sum[2], sum[3], 0.0, 0.0]);
    Affine::translate(centre) * stretch * Affine::translate(-centre)
}

/// Fuses ink: the mean of the better-inked two thirds, so that one dry spot leaves no hole.
fn fuse(laid: &[Laid], maps: &[Affine], first_from_mean: Affine, first: &Canonical) -> Canonical {
    let side = first.side();
    let layers: Vec<(Density, Density)> = laid
        .iter()
        .zip(maps)
        .map(|(laid, map)| {
            let from_mean = *map * first_from_mean;
            let grid = &laid.grid;
            let ink = warp(&grid.ink, from_mean, (side, side), 0.0);
            (ink, warp(&grid.validity, from_mean, (side, side), 0.0))
        })
        .collect();
    let mut ink: Density = Raster::filled(side, side, 0.0_f32);
    let mut validity: Density = Raster::filled(side, side, 0.0_f32);
    let keep = (2 * laid.len()).div_ceil(3);
    for i in 0..side * side {
        let mut values: Vec<f32> = layers
            .iter()
            .filter(|l| l.1.samples()[i] > 0.5)
            .map(|l| l.0.samples()[i])
            .collect();
        values.sort_by(|a, b| b.total_cmp(a));
        let kept = &values[..keep.min(values.len())];
        if !kept.is_empty() {
            ink.samples_mut()[i] = kept.iter().sum::<f32>() / kept.len() as f32;
            validity.samples_mut()[i] = 1.0;
        }
    }
    let [a, b, c, d, ..] = first_from_mean.as_coeffs();
    let shrink = libm::sqrt((a * d - b * c).abs()).max(0.5);
    let outline = Outline {
        half_width: first.outline.half_width / shrink,
        half_height: first.outline.half_height / shrink,
        ..first.outline
    };
    Canonical {
        ink,
        validity,
        outline,
        page_from_grid: first.page_from_grid,
    }
}
