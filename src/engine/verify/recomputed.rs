//! One impression examined again from its crop and the specimens that it was compared with: no scan is opened.

use crate::extraction::Impression;
use crate::measurement;
use crate::placement::Role;
use crate::placement::Spot;
use crate::production::Sign;
use crate::rules::Finding;
use crate::verify::Examination;
use crate::verify::candidates::Attribution;
use crate::verify::impression_record;
use crate::verify::report;
use crate::verify::report::Production;

/// Codes of findings that follow from the crop, the specimens and what is stated of the seal.
pub const CODES: [&str; 11] = [
    "seal.colour",
    "seal.damaged",
    "seal.deformed",
    "seal.differs_from_specimen",
    "seal.leans_different",
    "seal.not_examinable",
    "seal.shape_mismatch",
    "seal.size_out_of_tolerance",
    "seal.undecided",
    "seal.unregistered",
    "seal.worn",
];

/// Examines an impression again, against the seals that a report names and the examination's register holds.
///
/// `before` is what that report says of it: what it was compared with, and whether it was printed, joined from parts, or a
/// stamp that is no seal was seen on the page, and stays.
/// What follows from the page around it or from the seal's life (placement, production, state on a date) is not
/// computed.
#[must_use]
pub fn again(
    impression: &Impression,
    before: &report::Impression,
    examination: &Examination<'_>,
) -> (report::Impression, Vec<Finding>) {
    let is_stamp = matches!(before.placement.role, Role::Receipt | Role::Urgency);
    let is_seal = !(is_stamp && before.candidates.is_empty());
    let attribution = if is_seal {
        // That it was printed counts, not how that was seen.
        let sign = match before.production {
            Production::Printed => Some(Sign::Flat { share: 1.0 }),
            Production::Undetermined => None,
        };
        let named = before.candidates.iter();
        let positions = named.filter_map(|named| examination.register.position(&named.seal));
        Attribution::among(impression, positions.collect(), (sign, examination))
    } else {
        Attribution::of_no_seal()
    };
    let attribution = if before.slices.is_empty() {
        attribution
    } else {
        attribution.joined()
    };
    let measured = attribution.refined(measurement::measure(impression));
    let spot = Spot {
        outline: &impression.outline,
        page_px: (0, 0),
        page: before.page,
        dpi: impression.dpi,
        signed: None,
        ground: None,
    };
    let (record, mut findings) =
        impression_record(impression, &measured, spot, (&attribution, examination));
    findings.retain(|finding| is_seal && CODES.contains(&finding.code.as_str()));
    (record, findings)
}
