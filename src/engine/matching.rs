//! Impression against specimen: alignment, missing and extra ink, displacement, widths.
//!
//! Comes in: the layers of an impression and the fused drawing of a specimen. Goes out: signed
//! measurements in millimetres, each with its uncertainty, of how the impression's parts stand to
//! the specimen's. Nothing here decides.

mod align;
mod axes;
mod bend;
mod canonical;
mod coverage;
mod damage;
mod displacement;
mod elements;
mod face;
mod field;
mod gap;
mod lanes;
mod normal;
mod presence;
mod products;
mod query;
mod regression;
mod rim;
mod rival;
mod sectors;
mod shifts;
mod slip;
mod smoothed;
mod specimen;
mod spread;
mod strip;
mod structure;
mod superposed;
mod text_band;
mod turn;
mod visibility;
mod widths;
mod window;
mod windows;

pub use axes::Axis;
pub use axes::Measure;
pub use damage::Harm;
pub use damage::Symptom;
pub use displacement::Displacement;
pub use presence::Place;
pub use presence::Presence;
pub use query::Query;
pub use sectors::SECTORS;
pub use slip::Slip;
pub use specimen::EnrolError;
pub use specimen::Specimen;
pub use strip::Columns;
pub use strip::Lie;
pub use strip::locate;
pub use superposed::Superposed;
pub use text_band::TextBand;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Shape;
use crate::matching::align::Alignment;
use crate::matching::coverage::Coverage;
use crate::matching::query::Laid;
use crate::matching::visibility::Visibility;

/// What a comparison measured; the numbers' meaning is that of the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Impressions that were fused into the specimen.
    pub specimens: u32,
    /// Share of the usable area that agrees, 0 to 1.
    pub agreement: f64,
    /// Share of the specimen's visible ink that the impression lacks.
    pub missing_ink: f64,
    /// Share of the impression's ink that the specimen lacks; `None` where ink is not separable.
    pub extra_ink: Option<f64>,
    /// Median displacement of the drawing's parts against their neighbours, in millimetres.
    pub displacement_mm: f64,
    /// Impression over specimen; `None` where the impression's resolution is unknown.
    pub scale: Option<f64>,
    /// Turn of the impression against the specimen.
    pub rotation_deg: f64,
    /// Share of the specimen's ink area that could be examined.
    pub usable_area: f64,
    /// Share of the drawing's parts that could be measured.
    pub parts_share: f64,
    /// Correlation of the visible ink after alignment, -1 to 1: the likeness of the designs.
    pub correlation: f64,
    /// Difference of the two principal stretches, a share of one.
    pub anisotropy: f64,
    /// How far the drawing is bent once the sheet's affine map is taken out: what all but a
    /// twentieth of it stays below, millimetres.
    pub bend_mm: f64,
    /// How far the edges of what stands inside the border lie outside the specimens': the ink's spread
    /// against theirs, whatever the border's own lines do; millimetres, `None` where nothing tells it.
    #[serde(default)]
    pub edges_mm: Option<f64>,
    /// Drawn area of the largest gap with full ink up to its edge, square millimetres; 0 if none.
    pub gap_mm2: f64,
    /// The measurements behind the likelihood ratio.
    pub measures: Vec<Measure>,
    /// Share of the drawn ink that is there, by eighths of the page's compass, clockwise from the top;
    /// `None` where hardly any of it can be seen.
    pub inked: [Option<f64>; SECTORS],
    /// What speaks for damage of the die, by kind.
    pub symptoms: Vec<Symptom>,
}

/// Correlation below which an impression is of another design: warped dies stay above 0.45.
const DESIGN_MIN: f64 = 0.35;

/// Compares an impression with a specimen; `None` if they could not be aligned at all.
#[must_use]
pub fn compare(impression: &Impression, specimen: &Specimen) -> Option<Comparison> {
    Query::new(impression).compare(specimen)
}

/// Compares what was laid on the grid and aligned; `has_scale` tells whether it was laid by its own
/// resolution.
fn compare_laid(
    query: &Laid,
    alignment: Alignment,
    has_scale: bool,
    specimen: &Specimen,
) -> Comparison {
    let (drawing, prepared) = (&specimen.drawing, specimen.prepared());
    let map = alignment.query_from_specimen;
    let (ink, mut weight) = query.plain().warp(map, drawing.side());
    let samples = weight.samples_mut().iter_mut();
    for (weight, own) in samples.zip(drawing.validity.samples()) {
        *weight *= own;
    }
    let (parts, visible) = field::parts(
        &prepared.windows,
        &drawing.ink,
        (&ink, &weight),
        query.separable,
    );
    let coverage = Coverage::new(&prepared.ground, (&ink, &weight), query.separable);
    let [a, b, c, d, ..] = map.as_coeffs();
    let scale = libm::sqrt((a * d - b * c).abs());
    let page_from_specimen = query.grid.page_from_grid * map;
    let frame = axes::Frame {
        radius_mm: specimen.radius_mm(),
        scale: has_scale.then_some(scale),
        separable: query.separable,
        is_curved: matches!(drawing.outline.shape, Shape::Round | Shape::Oval),
        page_from_specimen,
        centre: drawing.outline.centre,
        closeness: structure::closeness(&specimen.structure.rings),
        lines_mm: structure::widths_mm(&specimen.structure.rings),
        pixels_per_mm: query.pixels_per_mm,
        visibility: Visibility::new(&prepared.windows, &visible),
    };
    let measures = axes::measure(&parts, &specimen.structure.elements, &coverage, &frame);
    let displacement_mm = measures
        .iter()
        .find(|measure| measure.axis == Axis::GlyphDisplacementMm)
        .map_or(0.0, |measure| measure.value);
    let laid = damage::Laid {
        parts: &parts,
        ink: (&ink, &weight),
        gaps: gap::gaps(&drawing.ink, (&ink, &weight), query.mode),
        anisotropy: anisotropy([a, b, c, d]),
        bend_mm: bend::bend_mm(&parts),
    };
    // Of another design nothing is damaged.
    let symptoms = if alignment.correlation < DESIGN_MIN {
        Vec::new()
    } else {
        damage::symptoms(&laid, specimen, &frame)
    };
    Comparison {
        specimens: specimen.count,
        agreement: coverage.agreement,
        missing_ink: coverage.missing,
        extra_ink: coverage.extra,
        displacement_mm,
        scale: frame.scale,
        rotation_deg: libm::atan2(b - c, a + d).to_degrees(),
        usable_area: coverage.usable,
        parts_share: parts.len() as f64 / prepared.windows.len().max(1) as f64,
        correlation: alignment.correlation,
        anisotropy: laid.anisotropy,
        bend_mm: laid.bend_mm,
        edges_mm: field::edges_mm(&parts).filter(|_| alignment.correlation >= DESIGN_MIN),
        gap_mm2: laid.gaps.largest,
        measures,
        inked: sectors::inked(drawing, (&ink, &weight), frame.page_from_specimen),
        symptoms,
    }
}

/// Relative difference of the singular values of a linear map.
fn anisotropy([a, b, c, d]: [f64; 4]) -> f64 {
    let sum = libm::hypot(a + d, b - c);
    let difference = libm::hypot(a - d, b + c);
    2.0 * difference / sum
}
