//! Seals with an outline that was not found: looked for once more, by their drawings.
//!
//! Under a black mass, beneath another seal, in light ink or on a heading of its own colour an outline may be lost
//! and most of what it holds not. A document is read once more where the seal that it is said to bear is none
//! of those found on it.

use crate::extraction::Figure;
use crate::extraction::Shape;
use crate::extraction::Sought;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::sandbox;
use crate::verify::Examination;
use crate::verify::Examined;
use crate::verify::Report;
use crate::verify::report;
use crate::verify::unframed;

/// Difference in size, as a share, beyond which an impression is not of a seal: that of one cut by the page's
/// edge or worn at a side is measured less closely than others.
const SIZE_TOLERANCE: f64 = 0.1;

/// Examines a document, and once more if it may bear a seal that was not found.
pub(super) fn in_turn(
    options: &sandbox::Options,
    examination: &Examination<'_>,
    examine: impl Fn(&sandbox::Options) -> Examined,
) -> Examined {
    let register = examination.register;
    let first = examine(&unframed::options(options, examination));
    match sought(register, examination.claim.as_slice(), &first.report) {
        Some(sought) => examine(&sandbox::Options {
            sought,
            ..options.clone()
        }),
        None => first,
    }
}

/// What a document that bears what `report` says is to be searched for once more; `None` if nothing is missed.
#[must_use]
pub fn sought(register: &Register, claims: &[usize], report: &Report) -> Option<Sought> {
    if !report.has_verdict() {
        return None;
    }
    let is_missed = |seal: &RegisteredSeal| {
        let mut found = report.impressions.iter();
        !unframed::is_unframed(seal) && !found.any(|found| may_be(&found.outline, seal))
    };
    let seals = claims.iter().map(|claim| &register.seals[*claim]);
    let missed = seals.filter(|seal| is_missed(seal));
    let missed: Vec<Figure> = missed.map(unframed::figure).collect();
    if missed.is_empty() {
        return None;
    }
    let mut figures = match unframed::sought(register, claims.first().copied()) {
        Sought::Figures(figures) => figures,
        Sought::Framed | Sought::Specimen => Vec::new(),
    };
    figures.extend(missed);
    Some(Sought::Figures(figures))
}

/// Whether an outline is of a seal's shape and size, as far as its size could be measured.
pub(super) fn may_be(outline: &report::Outline, seal: &RegisteredSeal) -> bool {
    let is_bent = |shape: Shape| matches!(shape, Shape::Round | Shape::Oval);
    let own = seal.specimen.shape();
    let (width, height) = seal.specimen.size_mm();
    let alike = |measured: Option<f64>, side: f64| {
        measured.is_none_or(|measured| (measured / side - 1.0).abs() < SIZE_TOLERANCE)
    };
    (outline.shape == own || is_bent(outline.shape) && is_bent(own))
        && alike(outline.width_mm, width)
        && alike(outline.height_mm, height)
}
