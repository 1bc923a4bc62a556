//! From parts to axes: signed physical measurements, each of which one way of making another die
//! moves, and none of which skew, scanner stretch, ink spread or hidden ink moves.
//!
//! Differences between parts of one impression cancel what is common to all of it: ink spread
//! widens every line, a turned sheet turns star and text alike.

use serde::{Deserialize, Serialize};

use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::matching::canonical::PER_MM;
use crate::matching::coverage::Coverage;
use crate::matching::displacement::Displacement;
use crate::matching::elements::Elements;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::shifts::Shifts;
use crate::matching::text_band::TextBand;
use crate::matching::visibility::Visibility;
use crate::matching::widths;

/// What was measured. The unit of each is in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Whole size against the specimen's, percent.
    ScalePercent,
    /// Outer ring's radius against what the rest asks, millimetres.
    RingRadiusMm,
    /// Rings' width change against that of the letters' strokes, millimetres.
    RingWidthMm,
    /// Turn of the figure in the middle against the rest, degrees.
    MotifTurnDeg,
    /// Its shift against the rest, millimetres.
    MotifShiftMm,
    /// Its growth at its rim against the rest, millimetres.
    MotifSizeMm,
    /// Root mean square of the text's shift along its arc beyond what rubber does, millimetres.
    TextSpacingMm,
    /// Median shift of a part against its neighbours, millimetres.
    GlyphDisplacementMm,
    /// Shift of the group of parts (a mark, a word, a line) that moved most credibly, millimetres.
    GroupShiftMm,
    /// Unexplained ink in the letters over the contrast of their drawing, a share of one.
    GlyphShape,
    /// Ink that the specimen lacks, a share of one.
    ExtraInk,
}

/// One measured axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What was measured.
    pub axis: Axis,
    /// The value, in the axis' unit.
    pub value: f64,
    /// One standard deviation from what was visible, in the same unit.
    pub uncertainty: f64,
    /// Share of the drawn ink that it rests on that could be seen, 0 to 1: what text, a pen or an edge hides
    /// is not known. `None` in files of before it was told.
    #[serde(default)]
    pub visibility: Option<f64>,
    /// Natural log of the evidence for a free amount against rubber and noise alone, where shifts
    /// or widths of many parts were explained together; above 0 speaks for another die.
    pub log_odds: Option<f64>,
    /// Where the largest deviations stand, in page pixels.
    pub at_px: Vec<(f64, f64)>,
    /// Which way what it tells of stands off its place: the figure in the middle, the group, and of single letters the
    /// parts that stand off furthest, those first. None of other axes, and in files of before it was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub displacements: Vec<Displacement>,
    /// Which way the text around a curved face is turned and drawn out; of [`Axis::TextSpacingMm`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_band: Option<TextBand>,
}

impl Measure {
    /// A value with one standard deviation, of which nothing else is known.
    #[must_use]
    pub const fn new(axis: Axis, value: f64, uncertainty: f64) -> Self {
        Self {
            axis,
            value,
            uncertainty,
            visibility: None,
            log_odds: None,
            at_px: Vec::new(),
            displacements: Vec::new(),
            text_band: None,
        }
    }
}

/// What the parts' frame means outside.
pub(super) struct Frame {
    pub radius_mm: f64,
    pub scale: Option<f64>,
    pub separable: bool,
    /// Whether text may run around the face: round and oval seals.
    pub is_curved: bool,
    /// Specimen's grid to page pixels.
    pub page_from_specimen: Affine,
    /// Outline's centre on the specimen's grid.
    pub centre: Point,
    /// How close each ring stands to its neighbours, by its number.
    pub closeness: Vec<f64>,
    /// Width of each ring, by its number, in millimetres.
    pub lines_mm: Vec<f64>,
    /// Pixels of the impression in a millimetre.
    pub pixels_per_mm: f64,
    /// What of the drawn ink could be seen.
    pub visibility: Visibility,
}

impl Frame {
    /// A place on the specimen, in millimetres from its centre, in page pixels.
    pub(super) fn page(&self, at: Vec2) -> Point {
        self.page_from_specimen * (self.centre + at * PER_MM)
    }

    /// A shift on the specimen with its covariance, of a part that stands at `at`, as the page shows it.
    pub(super) fn displacement(&self, at: Vec2, shift: (Vec2, [f64; 3])) -> Displacement {
        Displacement::on_page(self.page_from_specimen, self.page(at), shift)
    }

    /// Where parts stand, in page pixels; six at most.
    pub(super) fn page_points<'a>(
        &self,
        parts: impl Iterator<Item = &'a &'a Part>,
    ) -> Vec<(f64, f64)> {
        parts
            .take(6)
            .map(|part| {
                let point = self.page(part.at);
                (point.x, point.y)
            })
            .collect()
    }
}

/// Pixels in a millimetre (140 dpi) below which nothing is said of lines' widths: a line of half a millimetre and the
/// gap beside it are then two pixels each, and how a scanner mixes them reads like another width (0.1 to 0.2 mm on
/// genuine impressions at 90 dpi).
const LINES_PX_PER_MM: f64 = 5.5;
/// Least parts of a median.
const PARTS_MIN: usize = 5;

/// Measures every axis that the parts allow.
pub(super) fn measure(
    parts: &[Part],
    elements: &Elements,
    coverage: &Coverage,
    frame: &Frame,
) -> Vec<Measure> {
    let inner: Vec<&Part> = parts.iter().filter(|p| p.zone == Zone::Inside).collect();
    let ring: Vec<&Part> = parts.iter().filter(|p| p.zone == Zone::Ring(0)).collect();
    let plain = |axis: Axis, value: f64, uncertainty: f64| Measure {
        visibility: Some(coverage.usable),
        ..Measure::new(axis, value, uncertainty)
    };
    let mut measures = Vec::new();
    if let Some(scale) = frame.scale {
        measures.push(plain(Axis::ScalePercent, 100.0 * (scale - 1.0), 0.2));
    }
    if let Some(shifts) = Shifts::new(parts, frame) {
        measures.extend(shifts.measures(elements, widths::faded(coverage.missing)));
    }
    if frame.pixels_per_mm >= LINES_PX_PER_MM {
        measures.extend(widths::measure(
            parts,
            (&frame.lines_mm, frame.radius_mm),
            coverage.missing,
        ));
    }
    measures.extend(glyph_shape(&inner, &ring, frame));
    if let (Some(extra), true) = (coverage.extra, frame.separable) {
        measures.push(plain(Axis::ExtraInk, extra, 0.01));
    }
    measures.retain(|measure| measure.value.is_finite() && measure.uncertainty.is_finite());
    for measure in &mut measures {
        measure.displacements.retain(Displacement::is_finite);
        let axis = measure.axis;
        let of_axis = || frame.visibility.of(axis, (elements, frame.radius_mm));
        measure.visibility = measure.visibility.or_else(of_axis);
    }
    measures
}

/// Unexplained ink over the drawing's own contrast, in parts taken together.
fn unexplained<'a>(parts: impl Iterator<Item = &'a &'a Part>) -> f64 {
    let (mut left, mut drawn) = (0.0, 1e-9);
    for part in parts {
        left += part.area * part.residual * part.residual;
        drawn += part.area * part.contrast * part.contrast;
    }
    libm::sqrt(left / drawn)
}

fn glyph_shape(inner: &[&Part], ring: &[&Part], frame: &Frame) -> Option<Measure> {
    if inner.len() < PARTS_MIN {
        return None;
    }
    let letters = unexplained(inner.iter());
    let lines = if ring.len() < PARTS_MIN {
        letters
    } else {
        unexplained(ring.iter())
    };
    let mut worst: Vec<&&Part> = inner.iter().collect();
    worst.sort_by(|a, b| b.residual.total_cmp(&a.residual));
    Some(Measure {
        at_px: frame.page_points(worst.into_iter()),
        ..Measure::new(Axis::GlyphShape, letters, 0.25 * lines)
    })
}
