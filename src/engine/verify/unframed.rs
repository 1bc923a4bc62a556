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
    use crate::extraction::InkColour;
    use crate::extraction::Layers;
    use crate::extraction::Outline;
    use crate::geometry::PixelRect;
    use crate::geometry::Point;
    use crate::imaging::ColourMode;
    use crate::imaging::Raster;
    use crate::ingest::DpiSource;
    use crate::matching::Specimen;
    use crate::reading::TextLayer;
    use crate::registry::Life;
    use crate::registry::Particulars;
    use crate::registry::SpecimenImage;
    use crate::rules::RuleSet;
    use crate::sandbox::Outcome;
    use crate::sandbox::PageReading;
    use crate::sandbox::Reading;
    use crate::units::Dpi;
    use crate::verdict::Policy;
    use crate::verify::Seals;
    use crate::verify::examine;

    /// Two lines of letters of their own pattern, 30 by 12 mm at 254 dpi, without an outline.
    fn stamp(seed: usize, shape: Shape) -> Impression {
        let mut ink = Raster::filled(340, 160, 0_u8);
        for y in 0..120 {
            for x in 0..300 {
                let (column, row) = (x / 30, y / 60);
                let (u, v) = (x % 30 / 8, y % 60 / 8);
                let bit = ((column * 31 + row * 17 + seed) * 2_654_435_761) >> (3 + v * 3 + u);
                if u < 3 && v < 5 && bit & 1 == 1 {
                    ink.row_mut(y + 20)[x + 20] = 255;
                }
            }
        }
        Impression {
            bbox: PixelRect {
                x: 20,
                y: 20,
                width: 300,
                height: 120,
            },
            outline: Outline {
                shape,
                centre: Point::new(170.0, 80.0),
                half_width: 150.0,
                half_height: 60.0,
                axis_degrees: 0.0,
            },
            colour: InkColour::Red,
            separable: true,
            mode: ColourMode::Colour,
            dpi: Dpi::new(254.0),
            layers: Layers {
                origin: (0, 0),
                text: ink.map(|_| 0),
                validity: ink.map(|_| 255),
                ink,
            },
        }
    }

    fn register(of: &Impression) -> Register {
        let mut register = Register::default();
        register.seals.push(RegisteredSeal {
            id: "S1".to_owned(),
            version: 1,
            particulars: Particulars::default(),
            life: Life::default(),
            images: vec![SpecimenImage {
                sha256: String::new(),
                stated_dpi: None,
                impression: of.clone(),
            }],
            specimen: Specimen::enrol(std::slice::from_ref(of)).unwrap(),
        });
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
        let register = register(&stamp(5, Shape::Other));
        let own = reported(stamp(5, Shape::Other), &register);
        assert_eq!(own, [Some("S1".to_owned())]);
        assert!(reported(stamp(8, Shape::Other), &register).is_empty());
        assert!(reported(stamp(5, Shape::Other), &Register::default()).is_empty());
    }

    #[test]
    fn a_stamp_is_looked_for_where_one_without_outline_is_registered() {
        let framed = register(&stamp(5, Shape::Rectangle));
        assert_eq!(sought(&framed, None), Sought::Framed);
        let unframed = register(&stamp(5, Shape::Other));
        let Sought::Figures(figures) = sought(&unframed, None) else {
            panic!("its drawing is looked for");
        };
        assert_eq!(figures.len(), 1);
    }

    #[test]
    fn of_many_stamps_the_claimed_one_alone_is_looked_for() {
        let mut many = register(&stamp(5, Shape::Other));
        many.seals = vec![many.seals[0].clone(); FIGURES_MAX + 1];
        assert_eq!(sought(&many, None), Sought::Framed);
        assert!(matches!(sought(&many, Some(3)), Sought::Figures(own) if own.len() == 1));
    }
}
