//! Findings from where an impression stands: over the signature, upright, on a page that says something.
//!
//! What the law leaves to the head of the body (hanging and straddling seals, embossed ones) is no breach
//! where it is missing, and nothing is said of it.

use crate::placement::Ground;
use crate::placement::Role;
use crate::reading::FormFields;
use crate::reading::Layout;
use crate::reading::Signature;
use crate::reading::Signed;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;
use crate::rules::instruments::basis;
use crate::units::PAGE_MM_MIN;

/// Share of a signature that a Vietnamese seal covers: "about a third, on its left" (Decree 30/2020, article 33),
/// with what hands and sheets leave open (chosen; older circulars give no figure either).
const COVERED: (f64, f64) = (0.15, 0.55);
/// Standard uncertainties that a share must lie outside before it is said.
const COVERED_SIGMAS: f64 = 2.0;
/// Turn from which a seal is said to stand askew, degrees (chosen: hands stay within 20).
const TURNED_DEG: f64 = 20.0;
/// Paper between the text and the seal's top, at most, millimetres: a line of 10 mm (GB/T 9704-2012, 7.3.5), and half a line
/// for what hands and scans leave open.
const TEXT_ABOVE_MAX_MM: f64 = 15.0;
/// Code of a form that bears a seal and whose fields stand empty.
pub const FORM_UNFILLED: &str = "page.form_unfilled";
/// Code of a seal that does not stand on the signature as the law asks.
pub const NOT_ON_SIGNATURE: &str = "placement.not_on_signature";
/// Code of a seal that does not stand over issuer and date as the law asks.
pub const NOT_OVER_DATE: &str = "placement.not_over_date";
/// Code of a seal that is turned.
pub const TURNED: &str = "placement.turned";
/// Code of a page that bears a seal and says nothing.
const BLANK: &str = "page.blank_stamped";
/// Print of a page that says anything, at least, square millimetres, without the letterhead and what stands at the seal: two characters of
/// a Chinese letter. Measured on drawn pages (seeds 9171 and 9172): none on 46 bare ones, 300 and more on 96 short ones; a line of five
/// characters has 130.
const BLANK_TEXT_MAX_MM2: f64 = 60.0;
/// Other ink on a bare page at most, square millimetres: a photograph or a drawing covers more.
const BLANK_INK_MAX_MM2: f64 = 400.0;

/// Fields that a form has at least: an ordinary letter leaves room for a number and a date.
const FIELDS_MIN: u32 = 5;
/// Share of the fields that stand empty on a form that nobody filled in: who does fills in more than a name, and often leaves half of the rest
/// out; a speck or a stroke of the signature takes one of ten (chosen).
const EMPTY_MIN: f64 = 0.85;

/// Distance of a seal from the date up to which it may be over it, millimetres (chosen): the height of a line and more.
const DATE_APART_MAX_MM: f64 = 5.0;

/// Whether a page is among those said to be blank.
#[must_use]
pub fn is_blank(findings: &[Finding], page: u32) -> bool {
    let of_page = |finding: &&Finding| finding.page == Some(page);
    findings
        .iter()
        .filter(of_page)
        .any(|finding| finding.code == BLANK)
}

/// What is known of one impression's place.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What it stands for.
    pub role: Role,
    /// The signature at it, where the page was read.
    pub signed: Option<&'a Signed>,
    /// The print under it and above it, and the page's pixels in a millimetre, where both are known.
    pub ground: Option<(Ground, f64)>,
    /// Its turn against the page, degrees, where known.
    pub turn_deg: Option<f64>,
    /// Where the rules are applied.
    pub scene: Scene<'a>,
}

/// Findings about an impression's place.
#[must_use]
pub fn findings(subject: Subject<'_>) -> Vec<Finding> {
    let is_judged = matches!(subject.role, Role::Signature | Role::Page | Role::Unknown);
    if !is_judged {
        return Vec::new();
    }
    let signature = signature(&subject);
    let others = over_date(&subject).into_iter().chain(turned(&subject));
    signature.into_iter().chain(others).collect()
}

/// In China the seal stands over the issuer's name and the date, its top within a line of the text.
fn over_date(subject: &Subject<'_>) -> Option<Finding> {
    basis(Topic::OverDate, subject.scene)?;
    let (ground, per_mm) = subject.ground?;
    let above_mm = ground.above_px.map(|above| above / per_mm);
    let finding = if !ground.is_over_print {
        Finding::remark(
            NOT_OVER_DATE,
            "No line of print was found under the seal; it stands over the issuer's name and the date.",
        )
        .value("cause", "no_print")
    } else {
        let above = above_mm.filter(|above| *above > TEXT_ABOVE_MAX_MM)?;
        let told = format!(
            "The seal's top stands {above:.0} mm below the text; a line at most is asked for."
        );
        Finding::remark(NOT_OVER_DATE, told).value("above_mm", (10.0 * above).round() / 10.0)
    };
    Some(finding.cited(Topic::OverDate, subject.scene))
}

/// The remark that a seal stands so far from the date that was read, where the law asks for it over issuer and date.
pub(crate) fn beside_date(apart_mm: f64, scene: Scene<'_>) -> Option<Finding> {
    basis(Topic::OverDate, scene)?;
    let apart = Some(apart_mm).filter(|apart| *apart > DATE_APART_MAX_MM)?;
    let told = format!(
        "The seal stands {apart:.0} mm beside the document's date; it stands over the issuer's name and the date."
    );
    let finding =
        Finding::remark(NOT_OVER_DATE, told).value("date_apart_mm", (10.0 * apart).round() / 10.0);
    Some(finding.cited(Topic::OverDate, scene))
}

/// Only the law of Vietnam sets the seal over the signature: in China it stands over issuer and date.
fn signature(subject: &Subject<'_>) -> Option<Finding> {
    basis(Topic::SignatureOverlap, subject.scene)?;
    let finding = match subject.signed? {
        Signed::Missing => Finding::remark(
            NOT_ON_SIGNATURE,
            "No signature was found at the seal; it stands over about a third of one, on its left.",
        )
        .value("cause", "no_signature"),
        Signed::Beside(_) | Signed::Unclear => return None,
        Signed::Found(signature) => {
            // A sheet that was fed the other way round has its left on the right.
            let is_upside_down = subject.turn_deg.is_some_and(|turn| turn.abs() > 90.0);
            off_signature(signature, is_upside_down)?
        }
    };
    Some(finding.cited(Topic::SignatureOverlap, subject.scene))
}

fn off_signature(signature: &Signature, is_upside_down: bool) -> Option<Finding> {
    let slack = COVERED_SIGMAS * signature.uncertainty;
    let (low, high) = (COVERED.0 - slack, COVERED.1 + slack);
    let hundred = |share: f64| (100.0 * share).round();
    let covered = hundred(signature.overlap);
    let message = if signature.overlap < low || signature.overlap > high {
        format!(
            "The seal covers {covered} % of the signature; about a third is asked for, on its left."
        )
    } else if signature.aside < 0.0 && !is_upside_down {
        format!(
            "The seal covers {covered} % of the signature from its right; its left is asked for."
        )
    } else {
        return None;
    };
    let finding = Finding::remark(NOT_ON_SIGNATURE, message)
        .value("signature_overlap", hundred(signature.overlap) / 100.0)
        .value("uncertainty", hundred(signature.uncertainty) / 100.0)
        .value("signature_aside", hundred(signature.aside) / 100.0);
    Some(finding)
}

fn turned(subject: &Subject<'_>) -> Option<Finding> {
    basis(Topic::Upright, subject.scene)?;
    let turn = subject.turn_deg.filter(|turn| turn.abs() > TURNED_DEG)?;
    let (by, way) = (
        turn.abs().round(),
        if turn > 0.0 { "right" } else { "left" },
    );
    let finding = Finding::remark(
        TURNED,
        format!("The seal is turned {by} degrees to the {way}; it is set upright."),
    );
    Some(
        finding
            .value("turn_deg", turn.round())
            .cited(Topic::Upright, subject.scene),
    )
}

/// The finding about a form that bears a seal, in one of `roles`, and whose fields stand empty.
#[must_use]
pub fn unfilled(fields: FormFields, roles: &[Role], scene: Scene<'_>) -> Option<Finding> {
    let FormFields { count, empty } = fields;
    let is_unfilled = count >= FIELDS_MIN && f64::from(empty) >= EMPTY_MIN * f64::from(count);
    (roles.iter().any(|role| is_of_page(*role)) && is_unfilled).then(|| {
        let message = format!(
            "The page bears a seal, and {empty} of the {count} fields that can be seen on it stand empty."
        );
        Finding::warning(FORM_UNFILLED, message)
            .value("fields_count", count)
            .value("empty_fields_count", empty)
            .cited(Topic::BlankPaper, scene)
    })
}

/// Whether a seal stands for what its page says.
const fn is_of_page(role: Role) -> bool {
    match role {
        Role::Signature | Role::Page | Role::Unknown | Role::Hanging => true,
        Role::Straddling | Role::Receipt | Role::Urgency => false,
    }
}

/// The finding about a page of so many millimetres that bears a seal, in one of `roles`, and nothing to be
/// sealed.
#[must_use]
pub fn blank(
    layout: &Layout,
    (roles, page_mm): (&[Role], [f64; 2]),
    scene: Scene<'_>,
) -> Option<Finding> {
    if page_mm.iter().any(|side| *side < PAGE_MM_MIN) {
        return None;
    }
    let page_mm2 = page_mm[0] * page_mm[1];
    let is_bare = layout.body_coverage * page_mm2 < BLANK_TEXT_MAX_MM2
        && layout.other_ink * page_mm2 < BLANK_INK_MAX_MM2;
    (roles.iter().any(|role| is_of_page(*role)) && is_bare).then(|| {
        Finding::violation(
            BLANK,
            "The page bears a seal and next to no text besides a letterhead.",
        )
        .value(
            "text_coverage",
            (1000.0 * layout.text_coverage).round() / 1000.0,
        )
        .cited(Topic::BlankPaper, scene)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PixelRect;
    use crate::rules::RuleSet;

    fn vietnam() -> Scene<'static> {
        Scene {
            jurisdiction: Some("VN"),
            ..Scene::unknown(None, RuleSet::shipped())
        }
    }

    fn signed(overlap: f64, aside: f64) -> Signed {
        Signed::Found(Signature {
            bbox: PixelRect {
                x: 0,
                y: 0,
                width: 400,
                height: 200,
            },
            overlap,
            uncertainty: 0.02,
            aside,
        })
    }

    fn said(signed: &Signed, turn_deg: f64, scene: Scene<'_>) -> Vec<String> {
        let subject = Subject {
            role: Role::Signature,
            signed: Some(signed),
            turn_deg: Some(turn_deg),
            scene,
            ground: None,
        };
        findings(subject)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_seal_over_a_third_of_the_signature_on_its_left_is_as_it_should_be() {
        assert!(said(&signed(0.33, 0.8), 3.0, vietnam()).is_empty());
        // Within what the reading leaves open.
        assert!(said(&signed(0.58, 0.8), 3.0, vietnam()).is_empty());
        assert_eq!(said(&signed(0.9, 0.1), 3.0, vietnam()).len(), 1);
        let right = said(&signed(0.33, -0.8), 3.0, vietnam());
        assert!(right[0].contains("from its right"), "{right:?}");
        assert_eq!(said(&Signed::Missing, 0.0, vietnam()).len(), 1);
        assert!(said(&Signed::Unclear, 0.0, vietnam()).is_empty());
        let turned = said(&signed(0.33, 0.8), -95.0, vietnam());
        assert!(turned[0].contains("95 degrees to the left"), "{turned:?}");
    }

    #[test]
    fn findings_carry_what_was_measured_and_the_article_it_is_held_against() {
        let china = Scene {
            jurisdiction: Some("CN"),
            ..vietnam()
        };
        let ground = Ground {
            is_over_print: true,
            above_px: Some(300.0),
        };
        let of = |signed, turn_deg, scene| {
            let subject = Subject {
                role: Role::Signature,
                signed: Some(signed),
                turn_deg: Some(turn_deg),
                scene,
                ground: Some((ground, 10.0)),
            };
            findings(subject)
        };
        let (far, third) = (signed(0.9, -0.25), signed(0.33, 0.8));
        let found = of(&far, -95.0, vietnam());
        let [off, turned] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(off.values["signature_overlap"], 0.9);
        assert_eq!(off.values["uncertainty"], 0.02);
        assert_eq!(off.values["signature_aside"], -0.25);
        assert_eq!(turned.values["turn_deg"], -95.0);
        let found = of(&third, 0.0, china);
        assert_eq!(found[0].values["above_mm"], 30.0);
        for finding in [off, turned, &found[0]] {
            let basis = finding.basis.as_ref().unwrap();
            assert!(!basis.instrument.is_empty() && !basis.article.is_empty());
            assert_eq!(
                finding.severity,
                crate::rules::Severity::Remark,
                "{basis:?}"
            );
        }
        let articles = [off, turned].map(|own| own.basis.as_ref().unwrap().article.clone());
        assert!(
            articles.iter().all(|own| own.contains("33")),
            "{articles:?}"
        );
    }

    #[test]
    fn what_the_law_leaves_to_the_head_of_the_body_is_asked_of_nobody() {
        // A page that bears no hanging seal and none across its edges has no finding about either.
        let codes: Vec<_> = rules_said(&Signed::Missing);
        assert_eq!(codes, ["placement.not_on_signature"]);
        let hanging = Subject {
            role: Role::Hanging,
            signed: Some(&Signed::Missing),
            turn_deg: Some(90.0),
            scene: vietnam(),
            ground: None,
        };
        assert_eq!(findings(hanging), []);
        assert_eq!(crate::rules::straddling::findings(&[], 0, vietnam()), []);
    }

    fn rules_said(signed: &Signed) -> Vec<String> {
        let subject = Subject {
            role: Role::Page,
            signed: Some(signed),
            turn_deg: Some(0.0),
            scene: vietnam(),
            ground: None,
        };
        let found = findings(subject).into_iter();
        found.map(|finding| finding.code).collect()
    }

    #[test]
    fn other_laws_ask_for_no_signature_under_the_seal() {
        let china = Scene {
            jurisdiction: Some("CN"),
            ..vietnam()
        };
        assert!(said(&Signed::Missing, 0.0, china).is_empty());
        assert!(
            said(
                &Signed::Missing,
                90.0,
                Scene::unknown(None, RuleSet::shipped())
            )
            .is_empty()
        );
    }

    #[test]
    fn a_chinese_seal_stands_over_a_line_of_print_and_within_a_line_of_the_text() {
        let china = Scene {
            jurisdiction: Some("CN"),
            ..vietnam()
        };
        let found = |is_over_print, above_mm: Option<f64>, scene| {
            let above_px = above_mm.map(|above| 10.0 * above);
            let ground = Ground {
                is_over_print,
                above_px,
            };
            let subject = Subject {
                role: Role::Page,
                signed: None,
                ground: Some((ground, 10.0)),
                turn_deg: None,
                scene,
            };
            findings(subject).len()
        };
        assert_eq!(found(true, Some(8.0), china), 0);
        assert_eq!(found(true, None, china), 0);
        assert_eq!(found(true, Some(-3.0), china), 0);
        assert_eq!(found(false, Some(8.0), china), 1);
        assert_eq!(found(true, Some(30.0), china), 1);
        assert_eq!(found(false, None, vietnam()), 0);
        assert_eq!(beside_date(4.0, china), None);
        assert_eq!(beside_date(12.3, vietnam()), None);
        let beside = beside_date(12.34, china).unwrap();
        assert_eq!(
            (beside.severity, &beside.values["date_apart_mm"]),
            (crate::rules::Severity::Remark, &12.3.into())
        );
        assert!(beside.basis.is_some());
    }

    #[test]
    fn a_form_is_unfilled_if_next_to_all_of_its_fields_are_empty_and_a_seal_stands_on_it() {
        let found = |count, empty, roles: &[Role]| {
            unfilled(FormFields { count, empty }, roles, vietnam()).is_some()
        };
        assert!(found(10, 9, &[Role::Page]));
        assert!(!found(10, 8, &[Role::Page]));
        assert!(!found(4, 4, &[Role::Page]), "too few to tell");
        assert!(!found(10, 10, &[]));
        assert!(!found(10, 10, &[Role::Receipt]));
    }

    #[test]
    fn s2_23_blank_paper_and_empty_forms_are_not_stamped() {
        let page = |body_coverage, other_ink| Layout {
            lines: Vec::new(),
            text_coverage: body_coverage,
            body_coverage,
            other_ink,
            fields: crate::reading::FormFields::default(),
            signatures: Vec::new(),
        };
        let (a4, mm2) = ([210.0, 297.0], 210.0 * 297.0);
        let found =
            |layout: &Layout, roles: &[Role]| blank(layout, (roles, a4), vietnam()).is_some();
        assert!(found(&page(0.0, 0.001), &[Role::Page]));
        assert!(!found(&page(0.0, 0.001), &[]), "no seal");
        assert!(!found(&page(0.0, 0.001), &[Role::Straddling]));
        assert!(found(&page(40.0 / mm2, 0.001), &[Role::Page]), "specks");
        assert!(
            !found(&page(130.0 / mm2, 0.001), &[Role::Page]),
            "a line of five characters"
        );
        assert!(!found(&page(0.0, 0.02), &[Role::Page]), "a drawing");
        let bare = blank(&page(0.0, 0.001), (&[Role::Page], a4), vietnam()).unwrap();
        let fields = FormFields {
            count: 10,
            empty: 9,
        };
        let unfilled = unfilled(fields, &[Role::Page], vietnam()).unwrap();
        assert_eq!(bare.values["text_coverage"], 0.0);
        assert_eq!(unfilled.values["fields_count"], 10);
        assert_eq!(unfilled.values["empty_fields_count"], 9);
        let cutting = ([Role::Page].as_slice(), [164.0, 78.0]);
        assert_eq!(blank(&page(0.0, 0.0), cutting, vietnam()), None);
    }
}
