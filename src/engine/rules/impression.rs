//! Findings from one impression: does it agree with the specimen, in drawing, shape and size?

use crate::extraction::Impression;
use crate::extraction::InkColour;
use crate::extraction::Shape;
use crate::imaging::ColourMode;
use crate::matching::Slip;
use crate::measurement;
use crate::measurement::Measured;
use crate::measurement::Measurements;
use crate::production::Sign;
use crate::registry::RegisteredSeal;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::damage;
use crate::rules::difference;
use crate::rules::instruments::Topic;
use crate::units::floor_index;
use crate::verdict::Conclusion;
use crate::verdict::Evidence;
use crate::verdict::Judgement;
use crate::verdict::ONE_SPECIMEN;
use crate::verdict::SIZE_TOLERANCE_MM;

/// What copies and faxes add: their scale is right to about two in a hundred.
const COPY_SCALE_TOLERANCE: f64 = 0.02;

/// Standard deviations beyond the tolerance before a size is reported.
const SIZE_SIGMAS: f64 = 2.0;

/// A circle scanned askew or pressed unevenly stays below this; an oval seal is far above.
const OVAL_ELLIPTICITY_MIN: f64 = 0.1;

/// One impression with what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The impression.
    pub impression: &'a Impression,
    /// Its measurements.
    pub measurements: &'a Measurements,
    /// The registered seal that it is, or claims to be, and what the comparison amounts to.
    pub seal: Option<(&'a RegisteredSeal, &'a Judgement)>,
    /// Where the rules are applied.
    pub scene: Scene<'a>,
}

/// Findings about an impression, the comparison's first.
#[must_use]
pub fn findings(subject: Subject<'_>) -> Vec<Finding> {
    let Some((seal, judgement)) = subject.seal else {
        return vec![Finding::warning(
            "seal.unregistered",
            "No registered seal has the design of this impression.",
        )];
    };
    let agreement = agreement(seal, judgement);
    let mut findings: Vec<Finding> = agreement.into_iter().collect();
    findings.extend(damage::finding(seal, judgement, subject.scene));
    findings.extend(shape(seal, &subject));
    findings.extend(size(seal, &subject));
    findings.extend(colour(seal, &subject));
    findings
}

/// The finding about an impression that shows how it was printed.
#[must_use]
pub fn printed(sign: Sign) -> Finding {
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    match sign {
        Sign::Screen {
            rows_per_inch,
            prominence,
        } => Finding::warning(
            "seal.printed",
            format!(
                "The impression is made of printed dots in rows, {rows_per_inch:.0} an inch: it is a \
                 copy, not a stamping."
            ),
        )
        .value("screen_per_inch", rows_per_inch.round())
        .value("screen_prominence", tenths(prominence)),
        Sign::Dots { departure, bound } => Finding::warning(
            "seal.printed",
            "The impression is made of printed dots of several colours, as no ink of one dye is: it is a copy, not a \
             stamping.",
        )
        .value("colour_dots_share", hundredths(departure))
        .value("colour_dots_bound_share", hundredths(bound)),
        Sign::Flat { share } => Finding::warning(
            "seal.printed",
            "The ink of the impression is of one exact value where paper and text bear a scanner's noise: a \
             program set it there.",
        )
        .value("flat_ink_share", hundredths(share)),
    }
}

/// Codes of the findings on how an impression agrees with its seal's specimen.
pub(crate) const AGREEMENT: [&str; 4] = [
    "seal.differs_from_specimen",
    "seal.leans_different",
    "seal.undecided",
    "seal.not_examinable",
];

/// How an impression agrees with its seal's specimen; `None` if there is nothing to say of it.
pub(crate) fn agreement(seal: &RegisteredSeal, judgement: &Judgement) -> Option<Finding> {
    let id = &seal.id;
    let against = difference::spoke_most(&judgement.evidence);
    let mostly = difference::phrase(&against);
    let mostly = mostly.map_or_else(String::new, |phrase| format!(", {phrase}"));
    let finding = match judgement.conclusion {
        Conclusion::Consistent | Conclusion::LeansConsistent => return None,
        Conclusion::Different => Finding::violation(
            "seal.differs_from_specimen",
            format!("The impression differs from the registered specimen of seal {id}{mostly}."),
        ),
        Conclusion::LeansDifferent => Finding::warning(
            "seal.leans_different",
            format!(
                "The impression rather differs from the registered specimen of seal {id}{mostly}.{}",
                held_back(judgement)
            ),
        ),
        Conclusion::Undecided => undecided(id, judgement.slip),
        Conclusion::NotExaminable => damage::not_examinable(id, judgement.lacking.as_ref()),
    };
    let finding = match judgement.log10_lr {
        Some(ratio) => finding.value("log10_lr", hundredths(ratio)),
        None => finding,
    };
    Some(if judgement.conclusion.is_against() {
        named(finding, &against)
    } else {
        finding
    })
}

/// What would let more be said of an impression that rather differs.
fn held_back(judgement: &Judgement) -> &'static str {
    let is_one = |caveat: &String| caveat == ONE_SPECIMEN;
    if judgement.caveats.iter().any(is_one) {
        " A single specimen is registered: with more of them it could be said whether the die differs or the specimen is unusual."
    } else {
        ""
    }
}

/// The finding about an impression that tells neither for nor against a seal, and how the die slipped if that
/// is why.
fn undecided(id: &str, slip: Option<Slip>) -> Finding {
    let message = format!("The impression does not show whether it was made with seal {id}");
    let Some(slip) = slip else {
        return Finding::warning("seal.undecided", format!("{message}."));
    };
    let way = [
        "right",
        "lower right",
        "bottom",
        "lower left",
        "left",
        "upper left",
        "top",
        "upper right",
    ];
    let way = way[floor_index(slip.direction_deg / 45.0 + 0.5) % way.len()];
    let message = format!(
        "{message}: the die slipped or struck twice, {:.1} mm towards the {way} of the page.",
        slip.by_mm
    );
    Finding::warning("seal.undecided", message)
        .value("slip_mm", hundredths(slip.by_mm))
        .value("slip_direction_deg", slip.direction_deg.round())
}

/// The finding with the value of each measurement, by the name of its axis.
fn named(finding: Finding, against: &[&Evidence]) -> Finding {
    against.iter().fold(finding, |finding, evidence| {
        let code = serde_json::to_value(evidence.axis);
        match code.as_ref().ok().and_then(|code| code.as_str()) {
            Some(axis) => finding.value(axis, ten_thousandths(evidence.value)),
            None => finding,
        }
    })
}

fn shape(seal: &RegisteredSeal, subject: &Subject<'_>) -> Option<Finding> {
    let found = subject.measurements.shape;
    let registered = seal.shape();
    if !shapes_contradict(found, registered, subject.measurements) {
        return None;
    }
    let message = format!(
        "The impression is {}, but seal {} is registered as {}.",
        shape_name(found),
        seal.id,
        shape_name(registered)
    );
    let finding = Finding::violation("seal.shape_mismatch", message)
        .value("found", shape_name(found))
        .value("registered", shape_name(registered))
        .cited(Topic::ReRegistration, subject.scene);
    Some(finding)
}

/// Whether two outline families cannot be those of one seal.
fn shapes_contradict(found: Shape, registered: Shape, measured: &Measurements) -> bool {
    match (found, registered) {
        (Shape::Other, _) | (_, Shape::Other) => false,
        // The name alone does not tell a pressed circle from a plump oval.
        (Shape::Round, Shape::Oval) => measured
            .ellipticity
            .is_some_and(|e| e.value < OVAL_ELLIPTICITY_MIN),
        (Shape::Oval, Shape::Round) => measured
            .ellipticity
            .is_some_and(|e| e.value > OVAL_ELLIPTICITY_MIN),
        (found, registered) => found != registered,
    }
}

/// The English name of an outline family, as the report spells it.
#[must_use]
pub const fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Round => "round",
        Shape::Oval => "oval",
        Shape::Rectangle => "rectangle",
        Shape::Triangle => "triangle",
        Shape::Other => "other",
    }
}

/// The largest deviation of the outer edge, long side from long side and short from short.
fn size(seal: &RegisteredSeal, subject: &Subject<'_>) -> Option<Finding> {
    let found = sides(subject.measurements)?;
    let registered = registered_sides(seal)?;
    let copy = match subject.impression.mode {
        ColourMode::Colour => 0.0,
        ColourMode::Gray | ColourMode::Bitonal => COPY_SCALE_TOLERANCE,
    };
    let (found, registered, tolerance) = found
        .into_iter()
        .zip(registered)
        .map(|(found, registered)| {
            let uncertainty = libm::hypot(found.uncertainty, registered.uncertainty);
            let tolerance =
                SIZE_TOLERANCE_MM.max(copy * registered.value) + SIZE_SIGMAS * uncertainty;
            (found.value, registered.value, tolerance)
        })
        .find(|(found, registered, tolerance)| (found - registered).abs() > *tolerance)?;
    let message = format!(
        "The impression measures {found:.1} mm where seal {} is registered with {registered:.1} mm; \
         {tolerance:.1} mm are tolerated.",
        seal.id
    );
    let finding = Finding::warning("seal.size_out_of_tolerance", message)
        .value("found_mm", hundredths(found))
        .value("registered_mm", hundredths(registered))
        .value("tolerance_mm", hundredths(tolerance))
        .cited(Topic::ReRegistration, subject.scene);
    Some(finding)
}

/// Long and short side of the outer edge.
fn sides(measured: &Measurements) -> Option<[Measured; 2]> {
    let (width, height) = (measured.width_mm?, measured.height_mm?);
    Some(if width.value >= height.value {
        [width, height]
    } else {
        [height, width]
    })
}

/// The sides as registered, else as measured on the specimen.
pub(super) fn registered_sides(seal: &RegisteredSeal) -> Option<[Measured; 2]> {
    let stated = |value| Measured {
        value,
        uncertainty: 0.0,
    };
    let particulars = &seal.particulars;
    match (particulars.width_mm, particulars.height_mm) {
        (Some(width), Some(height)) => Some([stated(width.max(height)), stated(width.min(height))]),
        // One number is the diameter of a round seal.
        (Some(side), None) | (None, Some(side)) if seal.shape() == Shape::Round => {
            Some([stated(side), stated(side)])
        }
        _ => sides(&measurement::measure(seal.first_impression())),
    }
}

fn colour(seal: &RegisteredSeal, subject: &Subject<'_>) -> Option<Finding> {
    let found = subject.impression.colour;
    let specimen = seal.first_impression().colour;
    let known = |colour: &InkColour| *colour != InkColour::Unknown;
    if !known(&found) || !known(&specimen) || found == specimen {
        return None;
    }
    let message = format!(
        "The ink is {} where that of the specimen of seal {} is {}.",
        colour_name(found),
        seal.id,
        colour_name(specimen)
    );
    let mut finding = Finding::remark("seal.colour", message)
        .value("found", colour_name(found))
        .value("registered", colour_name(specimen));
    if found != InkColour::Red {
        finding = finding.cited(Topic::InkColour, subject.scene);
    }
    Some(finding)
}

/// The English name of an ink, as the report spells it.
#[must_use]
pub const fn colour_name(colour: InkColour) -> &'static str {
    match colour {
        InkColour::Red => "red",
        InkColour::Blue => "blue",
        InkColour::Black => "black",
        InkColour::Violet => "violet",
        InkColour::Other => "of another colour",
        InkColour::Unknown => "unknown",
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// As the report rounds evidence.
fn ten_thousandths(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Axis;

    #[test]
    fn a_slip_is_told_with_its_amount_and_its_way_on_the_page() {
        let slip = Slip {
            by_mm: 0.832,
            direction_deg: 350.0,
            share: 0.6,
            over_one: 0.4,
            over_others: 0.4,
        };
        let finding = undecided("S1", Some(slip));
        assert!(
            finding.message.contains("0.8 mm towards the right"),
            "{}",
            finding.message
        );
        assert_eq!(finding.values["slip_mm"], 0.83);
        assert_eq!(finding.values["slip_direction_deg"], 350.0);
        assert!(undecided("S1", None).values.is_empty());
    }

    #[test]
    fn values_carry_what_spoke_most_by_the_name_of_its_axis() {
        let evidence = Evidence {
            axis: Axis::RingRadiusMm,
            value: 0.431_26,
            uncertainty: 0.05,
            visibility: None,
            log10_lr: -1.2,
            at_px: Vec::new(),
            displacements: Vec::new(),
            text_band: None,
        };
        let finding = Finding::warning("seal.leans_different", "It rather differs.");
        let values = named(finding, &[&evidence]).values;
        assert_eq!(values["ring_radius_mm"], 0.4313);
        assert_eq!(values.len(), 1);
    }
}
