//! Stamps without outline: nothing but their own drawing tells them from print, so only those of the
//! register are looked for, and only what resembles one of them is reported.

use crate::extraction::Figure;
use crate::extraction::Shape;
use crate::extraction::Sought;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::sandbox;
use crate::verify::Examination;

/// Drawings that each page is searched for: each takes 0.15 s on a page of print without colour, less on
/// others. In a register with more only the claimed one is looked for.
const FIGURES_MAX: usize = 12;

/// What is looked for on the pages of documents that are compared with a register.
#[must_use]
pub fn sought(register: &Register, claim: Option<usize>) -> Sought {
    let mut unframed: Vec<&RegisteredSeal> = register
        .seals
        .iter()
        .filter(|seal| is_unframed(seal))
        .take(FIGURES_MAX + 1)
        .collect();
    if unframed.len() > FIGURES_MAX {
        let claimed = claim.map(|claim| &register.seals[claim]);
        unframed = claimed
            .into_iter()
            .filter(|seal| is_unframed(seal))
            .collect();
    }
    if unframed.is_empty() {
        return Sought::Framed;
    }
    Sought::Figures(unframed.into_iter().map(figure).collect())
}

/// The options with what an examination looks for.
pub(super) fn options(
    options: &sandbox::Options,
    examination: &Examination<'_>,
) -> sandbox::Options {
    sandbox::Options {
        sought: sought(examination.register, examination.claim),
        ..options.clone()
    }
}

/// Whether a seal was registered by impressions without outline.
pub(super) fn is_unframed(seal: &RegisteredSeal) -> bool {
    seal.specimen.shape() == Shape::Other
}

/// A seal's drawing, as pages are searched for it.
pub(super) fn figure(seal: &RegisteredSeal) -> Figure {
    let specimen = &seal.specimen;
    let (ink, _, outline) = specimen.layers();
    let colour = seal.first_impression().colour;
    Figure::new(ink, outline, specimen.samples_per_mm(), colour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Extraction;
    use crate::extraction::Impression;
    use crate::ingest::DpiSource;
    use crate::reading::TextLayer;
    use crate::rules::RuleSet;
    use crate::sandbox::Outcome;
    use crate::sandbox::PageReading;
    use crate::sandbox::Reading;
    use crate::verdict::Policy;
    use crate::verify::Seals;
    use crate::verify::examine;

    fn register(of: &Impression) -> Register {
        let mut register = Register::default();
        let seal = RegisteredSeal::bare("S1", std::slice::from_ref(of));
        register.seals.push(seal);
        register
    }

    /// What is reported of a page on which a mark was found.
    fn reported(mark: Impression, register: &Register) -> Vec<Option<String>> {
        let page = PageReading {
            number: 1,
            width_px: Some(340),
            height_px: Some(160),
            dpi: mark.dpi,
            dpi_source: DpiSource::Stated,
            mode: Some(mark.mode),
            notes: Vec::new(),
            content: Ok(Extraction {
                impressions: vec![mark],
                likened: Vec::new(),
                rejected: Vec::new(),
            }),
            traces: None,
            layout: None,
            overlays: None,
            text_layer: TextLayer::default(),
            excerpts: Vec::new(),
            strips: Vec::new(),
            markings: Vec::new(),
        };
        let reading = Reading {
            sha256: None,
            bytes: 0,
            page_count: Some(1),
            pages: vec![page],
            outcome: Outcome::Read,
            facts: Ok(None),
            unconfined: Vec::new(),
            error: None,
        };
        let policy = Policy::default();
        let examination = Examination {
            register,
            policy: &policy,
            rules: RuleSet::shipped(),
            claim: None,
            seals: Seals::Optional,
            date: None,
            given: None,
        };
        let examined = examine("a.pdf", reading, &examination);
        assert_eq!(
            examined.impressions.len(),
            examined.report.impressions.len()
        );
        let impressions = examined.report.impressions.into_iter();
        impressions.map(|impression| impression.seal).collect()
    }

    #[test]
    fn a_mark_without_outline_is_reported_where_it_resembles_a_registered_one() {
        let register = register(&Impression::lettered(5, Shape::Other));
        let own = reported(Impression::lettered(5, Shape::Other), &register);
        assert_eq!(own, [Some("S1".to_owned())]);
        assert!(reported(Impression::lettered(8, Shape::Other), &register).is_empty());
        assert!(reported(Impression::lettered(5, Shape::Other), &Register::default()).is_empty());
    }

    #[test]
    fn a_stamp_is_looked_for_where_one_without_outline_is_registered() {
        let framed = register(&Impression::lettered(5, Shape::Rectangle));
        assert_eq!(sought(&framed, None), Sought::Framed);
        let unframed = register(&Impression::lettered(5, Shape::Other));
        let Sought::Figures(figures) = sought(&unframed, None) else {
            panic!("its drawing is looked for");
        };
        assert_eq!(figures.len(), 1);
    }

    #[test]
    fn of_many_stamps_the_claimed_one_alone_is_looked_for() {
        let mut many = register(&Impression::lettered(5, Shape::Other));
        many.seals = vec![many.seals[0].clone(); FIGURES_MAX + 1];
        assert_eq!(sought(&many, None), Sought::Framed);
        assert!(matches!(sought(&many, Some(3)), Sought::Figures(own) if own.len() == 1));
    }
}
