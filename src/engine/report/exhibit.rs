//! One impression as readers look at it: its picture beside the specimen, one over the other, and where they differ.

use crate::extraction;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Point;
use crate::matching::Axis;
use crate::measurement::Measurements;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::report::overlay::Form;
use crate::report::overlay::Place;
use crate::report::overlay::Speaks;
use crate::report::overlay::Superposed;
use crate::report::picture::Frame;
use crate::report::picture::Picture;
use crate::rules::difference::SHARE_MIN;
use crate::rules::difference::agreeing;
use crate::rules::difference::strongest;
use crate::verdict::Conclusion;
use crate::verdict::Side;
use crate::verify::Examined;
use crate::verify::report::Comparison;
use crate::verify::report::Evidence;
use crate::verify::report::Impression;
use crate::words::Language;
use crate::words::text;

/// The pictures of one impression, and what else is shown with it.
#[derive(Clone, Debug)]
pub struct Exhibit {
    /// Whom the seal belongs to, where it is a registered one.
    pub owner: Option<String>,
    /// What was measured beyond the report's fields.
    pub measured: Option<Measurements>,
    /// The impression as found.
    pub impression: Picture,
    /// The registered specimen, or the drawing that several were fused into.
    pub specimen: Option<Picture>,
    /// How many specimens are in that picture and in those that follow; 0 where the seal is in no register.
    pub specimens: u32,
    /// The impression over the specimen, with marks where what moved the ratio most was measured.
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
        let specimen = seal.map(RegisteredSeal::drawing);
        let laid = specimen.as_deref().zip(record.comparison.as_ref());
        let laid = laid.map(|(specimen, comparison)| {
            let laid = Superposed::new(found, specimen, comparison);
            let overlay = laid.overlay(&places(record.conclusion, comparison, &found.outline));
            (overlay, laid.difference())
        });
        let (overlay, difference) = laid.unzip();
        let side_px = 2.0 * Frame::of(found).reach;
        Self {
            owner: seal.map(|seal| seal.particulars.organisation.clone()),
            measured: measured.cloned(),
            impression: Picture::of(found),
            specimen: specimen.as_deref().map(Picture::of),
            specimens: seal.map_or(0, |seal| seal.specimen.count),
            overlay,
            difference,
            side_mm: found.dpi.map(|dpi| side_px / dpi.pixels_per_mm()),
        }
    }

    /// What the picture of the specimen shows, in words.
    #[must_use]
    pub fn caption(&self, language: Language, record: &Impression) -> String {
        let seal = record.seal.as_deref().unwrap_or_default();
        caption(language, (seal, self.specimens))
    }
}

/// What the picture of a seal's specimens shows, by how many they are.
#[must_use]
pub fn caption(language: Language, (seal, specimens): (&str, u32)) -> String {
    match specimens {
        0 | 1 => text(language, "picture.specimen", &[("seal", &seal)]),
        _ => text(
            language,
            "picture.fused",
            &[("seal", &seal), ("specimens", &specimens)],
        ),
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

/// Measurements that speak for the die and are marked, and points that are marked of one: with more of them, marks hide what
/// they stand at.
const AGREEING_MAX: usize = 5;
const POINTS_MAX: usize = 3;

/// Lines for what is measured of a whole border, outside of it: shares of the outline, and where their numbers stand, degrees
/// from the page's right, clockwise.
const SIZE: (f64, f64) = (1.09, -58.0);
const LINES: (f64, f64) = (1.06, -32.0);
const RADIUS: (f64, f64) = (1.03, -45.0);
/// Where the number of the line through the text stands.
const TEXT_DEG: f64 = -20.0;
/// Shares of the outline between which text stands that has a line through it; else it is marked here and there.
const BAND_MAX: f64 = 0.3;

/// How it is shown on an impression's pictures where a measurement was made: what is measured of all of the border or the
/// text by a line along the outline, the rest by circles. Ink that is too much is red there by itself, and has none.
#[must_use]
pub fn forms(evidence: &Evidence, outline: &Outline) -> Vec<Form> {
    let along = |(share, degrees): (f64, f64)| Form::Along {
        share,
        direction: degrees.to_radians(),
    };
    let band = match evidence.axis {
        Axis::ScalePercent => return vec![along(SIZE)],
        Axis::RingWidthMm => return vec![along(LINES)],
        Axis::RingRadiusMm => return vec![along(RADIUS)],
        Axis::TextSpacingMm => band(&evidence.at_px, outline),
        Axis::MotifTurnDeg
        | Axis::MotifShiftMm
        | Axis::MotifSizeMm
        | Axis::GlyphDisplacementMm
        | Axis::GroupShiftMm
        | Axis::GlyphShape
        | Axis::ExtraInk => None,
    };
    match band {
        Some(share) => vec![along((share, TEXT_DEG))],
        None => points(&evidence.at_px),
    }
}

fn points(at_px: &[[f64; 2]]) -> Vec<Form> {
    let points = at_px.iter().map(|&[x, y]| Form::Around(Point::new(x, y)));
    points.collect()
}

/// The share of a curved outline at which places stand around the centre; `None` where they are few, or do not stand so.
fn band(at_px: &[[f64; 2]], outline: &Outline) -> Option<f64> {
    let reader = outline.reader();
    let shares = at_px.iter().map(|&[x, y]| {
        let (distance, edge) = reader(Point::new(x, y));
        distance / edge
    });
    let shares: Vec<f64> = shares.collect();
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let most = shares.iter().copied().fold(0.0, f64::max);
    let is_curved = matches!(outline.shape, Shape::Round | Shape::Oval);
    let is_band = is_curved && shares.len() >= 3 && most - least < BAND_MAX;
    is_band.then(|| f64::midpoint(least, most))
}

/// Where the measurements were made that moved the ratio most, numbered as they are listed, and where damage was seen.
fn places(conclusion: Conclusion, comparison: &Comparison, outline: &Outline) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (speaks, positions) in moved_most(conclusion, comparison) {
        for position in positions {
            let forms = forms(&comparison.evidence[position], outline);
            for form in forms.into_iter().take(POINTS_MAX) {
                let same = |place: &&mut Place| place.speaks == speaks && place.form == form;
                match places.iter_mut().find(same) {
                    Some(place) => {
                        place.numbers.push(position + 1);
                        place.numbers.sort_unstable();
                    }
                    None => places.push(Place {
                        numbers: vec![position + 1],
                        speaks,
                        form,
                    }),
                }
            }
        }
    }
    let damaged = comparison.damage.iter();
    let damaged = damaged.flat_map(|damage| points(&damage.at_px));
    places.extend(damaged.map(|form| Place {
        numbers: Vec::new(),
        speaks: Speaks::Against,
        form,
    }));
    places
}

/// The measurements that moved the ratio most, by their positions, those against the die first. What speaks against the
/// conclusion is among them where it says at least half as much as what speaks most for it.
fn moved_most(conclusion: Conclusion, comparison: &Comparison) -> [(Speaks, Vec<usize>); 2] {
    let ratios: Vec<_> = comparison.evidence.iter().map(|e| e.log10_lr).collect();
    let said = |position: &usize| ratios[*position].map_or(0.0, f64::abs);
    let mut against = strongest(&ratios);
    let mut agreeing = agreeing(&ratios, AGREEING_MAX);
    let is_heard = |position: &usize, others: &[usize]| {
        let most = others.first().map_or(0.0, said);
        said(position) >= SHARE_MIN * most
    };
    match conclusion.side() {
        Side::For => against.retain(|position| is_heard(position, &agreeing)),
        Side::Against => agreeing.retain(|position| is_heard(position, &against)),
        Side::Neither => {}
    }
    [(Speaks::Against, against), (Speaks::For, agreeing)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Harm;
    use crate::verify::report::Damage;

    const OUTLINE: Outline = Outline {
        shape: Shape::Round,
        centre: Point::new(100.0, 100.0),
        half_width: 80.0,
        half_height: 80.0,
        axis_degrees: 0.0,
    };

    /// Measurements that each say so much, seen at these points.
    fn compared(all: &[(Axis, f64, &[[f64; 2]])]) -> Comparison {
        let one = |(axis, ratio, at_px): &(Axis, f64, &[[f64; 2]])| Evidence {
            axis: *axis,
            value: 0.1,
            uncertainty: 0.01,
            visibility: None,
            log10_lr: Some(*ratio),
            at_px: at_px.to_vec(),
            displacements: Vec::new(),
            text_band: None,
        };
        Comparison {
            evidence: all.iter().map(one).collect(),
            ..Comparison::bare()
        }
    }

    fn numbers(places: &[Place], speaks: Speaks) -> Vec<usize> {
        let own = places.iter().filter(|place| place.speaks == speaks);
        own.flat_map(|place| place.numbers.clone()).collect()
    }

    #[test]
    fn a_consistent_report_shows_where_what_agreed_was_measured() {
        let compared = compared(&[
            (Axis::RingRadiusMm, 0.38, &[[180.0, 100.0]]),
            (Axis::MotifShiftMm, 0.3, &[[100.0, 101.0]]),
            (Axis::MotifTurnDeg, 0.25, &[[100.0, 101.0]]),
            (Axis::GlyphShape, -0.1, &[[60.0, 60.0]]),
            (Axis::ExtraInk, 0.5, &[]),
        ]);
        let of = |conclusion| places(conclusion, &compared, &OUTLINE);
        let own = of(Conclusion::Consistent);
        assert_eq!(numbers(&own, Speaks::For), [1, 2, 3]);
        assert!(numbers(&own, Speaks::Against).is_empty(), "it moved little");
        // One circle around the figure bears both of its numbers, and the radius a line of its own.
        assert_eq!(own.len(), 2);
        assert!(matches!(own[0].form, Form::Along { share, .. } if share > 1.0));
        assert_eq!(own[1].form, Form::Around(Point::new(100.0, 101.0)));
        let undecided = of(Conclusion::Undecided);
        assert_eq!(numbers(&undecided, Speaks::Against), [4]);
    }

    #[test]
    fn what_spoke_most_against_is_marked_three_times_and_damage_without_a_number() {
        let spots = [1.0, 2.0, 3.0, 4.0].map(|x| [x, x]);
        let mut compared = compared(&[
            (Axis::GlyphDisplacementMm, -1.2, &spots),
            (Axis::ScalePercent, 0.3, &[]),
            (Axis::RingWidthMm, 0.7, &[]),
        ]);
        compared.damage.push(Damage {
            harm: Harm::DentedMm,
            value: 0.5,
            uncertainty: 0.1,
            at_px: vec![[9.0, 9.0]],
        });
        let own = places(Conclusion::Different, &compared, &OUTLINE);
        assert_eq!(numbers(&own, Speaks::Against), [1, 1, 1]);
        assert_eq!(numbers(&own, Speaks::For), [3], "the size said too little");
        let last = own.last().unwrap();
        assert_eq!(last.form, Form::Around(Point::new(9.0, 9.0)));
        assert!(last.numbers.is_empty());
    }

    #[test]
    fn text_around_the_middle_has_a_line_through_it_and_text_in_rows_has_circles() {
        let text = |at_px: &[[f64; 2]]| {
            let compared = compared(&[(Axis::TextSpacingMm, 0.3, at_px)]);
            forms(&compared.evidence[0], &OUTLINE)
        };
        let around = text(&[[160.0, 100.0], [100.0, 158.0], [42.0, 100.0]]);
        let [Form::Along { share, .. }] = around[..] else {
            panic!("{around:?}");
        };
        assert!((share - 59.0 / 80.0).abs() < 1e-9, "{share}");
        let rows = text(&[[130.0, 100.0], [100.0, 170.0], [30.0, 100.0]]);
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|form| matches!(form, Form::Around(_))));
    }

    /// Pixels in which ink that is too much is seen.
    fn extra(exhibit: &Exhibit) -> usize {
        let drawn = exhibit.difference.as_ref().unwrap().to_png();
        let drawn = image::load_from_memory(&drawn).unwrap().to_rgb8();
        let is_red = |[red, green, blue]: [u8; 3]| red > green.max(blue).saturating_add(100);
        drawn.pixels().filter(|pixel| is_red(pixel.0)).count()
    }

    #[test]
    fn where_specimens_were_fused_the_drawing_of_all_of_them_is_shown_and_said_so() {
        let whole = extraction::Impression::lettered(5, Shape::Other);
        // The first specimen took no ink over a sixth of its letters.
        let mut first = whole.clone();
        for y in 20..140 {
            first.layers.ink.row_mut(y)[110..170].fill(0);
        }
        let record: Impression = serde_json::from_value(serde_json::json!({
            "page": 1, "bbox_px": [20, 20, 300, 120], "centre_px": [170.0, 80.0],
            "outline": { "shape": "other" }, "ink": { "colour": "red", "separable": true },
            "candidates": [], "seal": "S1", "comparison": Comparison::bare(),
            "conclusion": "consistent", "condition": "sound", "production": "undetermined",
            "status_on_date": "valid", "placement": { "role": "page" },
        }))
        .unwrap();
        let of = |specimens: &[&extraction::Impression]| {
            let specimens: Vec<_> = specimens.iter().copied().cloned().collect();
            let seal = RegisteredSeal::bare("S1", &specimens);
            Exhibit::of(&record, (&whole, None), Some(&seal))
        };
        let (alone, fused) = (of(&[&first]), of(&[&first, &whole, &whole]));
        assert_eq!((alone.specimens, fused.specimens), (1, 3));
        let (lacking, all) = (extra(&alone), extra(&fused));
        assert!(lacking > 500 && 10 * all < lacking, "{lacking} {all}");
        assert_ne!(alone.specimen, fused.specimen);
        assert_eq!(alone.specimen, Some(Picture::of(&first)));
        for (language, word) in [
            (Language::English, "3 fused into one drawing"),
            (Language::Vietnamese, "3 mẫu ghép thành một hình"),
            (Language::Chinese, "由 3 个印模合成一图"),
        ] {
            let said = fused.caption(language, &record);
            assert!(said.contains(word) && said.contains("S1"), "{said}");
            assert!(!alone.caption(language, &record).contains('3'), "{said}");
        }
    }
}
