//! One impression as readers look at it: its picture beside the specimen, one over the other, and where they differ.

use crate::extraction;
use crate::geometry::Point;
use crate::measurement::Measurements;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::report::overlay::Superposed;
use crate::report::picture::Frame;
use crate::report::picture::Picture;
use crate::rules::difference::strongest;
use crate::verify::Examined;
use crate::verify::report::Comparison;
use crate::verify::report::Impression;

/// The pictures of one impression, and what else is shown with it.
#[derive(Clone, Debug)]
pub struct Exhibit {
    /// Whom the seal belongs to, where it is a registered one.
    pub owner: Option<String>,
    /// What was measured beyond the report's fields.
    pub measured: Option<Measurements>,
    /// The impression as found.
    pub impression: Picture,
    /// The registered specimen.
    pub specimen: Option<Picture>,
    /// The impression over the specimen, with circles around places to look at.
    pub overlay: Option<Picture>,
    /// Where they differ, and nothing else.
    pub difference: Option<Picture>,
    /// Side of the impression's pictures on paper, millimetres.
    pub side_mm: Option<f64>,
}

impl Exhibit {
    /// Draws the pictures of one impression.
    #[must_use]
    pub fn of(
        record: &Impression,
        (found, measured): (&extraction::Impression, Option<&Measurements>),
        seal: Option<&RegisteredSeal>,
    ) -> Self {
        let specimen = seal.map(RegisteredSeal::first_impression);
        let laid = specimen.zip(record.comparison.as_ref());
        let laid = laid.map(|(specimen, comparison)| {
            let laid = Superposed::new(found, specimen, comparison);
            let overlay = laid.overlay(&places(record, comparison));
            (overlay, laid.difference())
        });
        let (overlay, difference) = laid.unzip();
        let side_px = 2.0 * Frame::of(found).reach;
        Self {
            owner: seal.map(|seal| seal.particulars.organisation.clone()),
            measured: measured.cloned(),
            impression: Picture::of(found),
            specimen: specimen.map(Picture::of),
            overlay,
            difference,
            side_mm: found.dpi.map(|dpi| side_px / dpi.pixels_per_mm()),
        }
    }
}

/// The exhibits of a document, in the order of its report's impressions.
#[must_use]
pub fn all(examined: &Examined, register: &Register) -> Vec<Exhibit> {
    let records = examined.report.impressions.iter();
    let exhibits = records.zip(&examined.impressions).enumerate();
    exhibits
        .map(|(index, (record, found))| {
            let seal = record.seal.as_deref().and_then(|id| register.position(id));
            let seal = seal.map(|position| &register.seals[position]);
            let measured = examined.details.measurements.get(index);
            Exhibit::of(record, (found, measured), seal)
        })
        .collect()
}

/// Where damage was seen, and the measurements that spoke most for another die if the conclusion says
/// so.
fn places(record: &Impression, comparison: &Comparison) -> Vec<Point> {
    let named = if record.conclusion.is_against() {
        let ratios: Vec<_> = comparison.evidence.iter().map(|e| e.log10_lr).collect();
        strongest(&ratios)
    } else {
        Vec::new()
    };
    let against = named
        .into_iter()
        .flat_map(|position| &comparison.evidence[position].at_px);
    let damaged = comparison.damage.iter().flat_map(|damage| &damage.at_px);
    against
        .chain(damaged)
        .map(|&[x, y]| Point::new(x, y))
        .collect()
}
