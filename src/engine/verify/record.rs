//! What was read and measured, in the report's words and digits.

use crate::extraction;
use crate::extraction::ROUND_MAX;
use crate::extraction::Shape;
use crate::ingest::PageError;
use crate::matching::Displacement;
use crate::matching::Slip;
use crate::matching::Symptom;
use crate::matching::TextBand;
use crate::measurement::Measured;
use crate::measurement::Measurements;
use crate::placement::Spot;
use crate::reading::Signed;
use crate::registry::Status;
use crate::rules;
use crate::rules::Topic;
use crate::rules::Why;
use crate::sandbox::PageReading;
use crate::sandbox::Reading;
use crate::units::Dpi;
use crate::verdict::Conclusion;
use crate::verdict::Condition;
use crate::verdict::Evidence;
use crate::verdict::Judgement;
use crate::verify::Examination;
use crate::verify::candidates::Attribution;
use crate::verify::candidates::Candidate;
use crate::verify::marked;
use crate::verify::report;
use crate::verify::rounding::DEGREE_DIGITS;
use crate::verify::rounding::EVIDENCE_DIGITS;
use crate::verify::rounding::LR_DIGITS;
use crate::verify::rounding::MM_DIGITS;
use crate::verify::rounding::MM2_DIGITS;
use crate::verify::rounding::PIXEL_DIGITS;
use crate::verify::rounding::SHARE_DIGITS;
use crate::verify::rounding::finite;
use crate::verify::rounding::rounded;

pub(super) fn document(
    path: &str,
    reading: &Reading,
    reason: Option<String>,
    date: report::DocumentDate,
) -> report::Document {
    let facts_why = reading.facts.as_ref().err().map(Why::of_stop);
    report::Document {
        path: path.to_owned(),
        sha256: reading.sha256.clone(),
        pages: reading.page_count,
        reason,
        date,
        facts: reading.facts.clone().ok().flatten(),
        facts_cause: facts_why.as_ref().map(Why::cause),
        facts_reason: facts_why.map(|why| why.sentence),
        fields: None,
    }
}

pub(super) fn page(page: &PageReading) -> report::Page {
    let error = page.content.as_ref().err();
    report::Page {
        number: page.number,
        width_px: page.width_px,
        height_px: page.height_px,
        dpi: page.dpi.and_then(|dpi| finite(dpi.get(), PIXEL_DIGITS)),
        dpi_source: page.dpi_source,
        colour: page.mode,
        readable: error.is_none(),
        reason: error.map(|error| without_page(&error.to_string(), page.number)),
        text_coverage: page
            .layout
            .as_ref()
            .and_then(|layout| finite(layout.text_coverage, SHARE_DIGITS)),
        marks: marked::marks(page),
    }
}

/// The report of a document that a mark of secrecy stopped: which document, that it did, and nothing that it holds.
pub(super) fn stopped(
    (path, sha256): (&str, Option<String>),
    (page, mark): (u32, &str),
    examination: &Examination<'_>,
) -> report::Report {
    report::Report {
        schema: report::SCHEMA.to_owned(),
        engine: report::ENGINE.to_owned(),
        policy: examination.policy.name.clone(),
        rules: examination.rules.name.clone(),
        register: report::RegisterState {
            revision: examination.register.revision,
        },
        document: report::Document {
            path: path.to_owned(),
            sha256,
            pages: None,
            reason: Some(format!("page {page} bears the mark of secrecy {mark}")),
            date: report::DocumentDate {
                claimed: None,
                source: report::DateSource::Unknown,
                not_after: None,
                proof: None,
                entry: None,
                given: None,
            },
            facts: None,
            facts_reason: None,
            facts_cause: None,
            fields: None,
        },
        outcome: report::Outcome::Stopped,
        pages: Vec::new(),
        impressions: Vec::new(),
        // Never less grave than it is, whatever a rule set says.
        findings: vec![
            rules::document::secret(page, mark)
                .under(rules::basis(Topic::Secrecy, examination.scene())),
        ],
    }
}

/// Sides of a page in millimetres, where its resolution is known.
pub(super) fn page_mm(size: (Option<u32>, Option<u32>), dpi: Option<Dpi>) -> Option<[f64; 2]> {
    let per_mm = dpi?.pixels_per_mm();
    Some([size.0?, size.1?].map(|side| f64::from(side) / per_mm))
}

/// The report names the page beside the reason.
fn without_page(reason: &str, number: u32) -> String {
    let own = reason.strip_prefix(&format!("page {number}: "));
    own.unwrap_or(reason).to_owned()
}

/// Whether the page could be tried again with more time or memory.
pub(super) const fn is_limit(error: &PageError) -> bool {
    match error {
        PageError::NotProcessed { .. } | PageError::TooLarge { .. } => true,
        PageError::Unreadable { .. } | PageError::Missing { .. } => false,
    }
}

pub(super) fn impression(
    impression: &extraction::Impression,
    spot: Spot<'_>,
    measured: &Measurements,
    attribution: &Attribution,
    examination: &Examination<'_>,
) -> report::Impression {
    let bbox = impression.bbox;
    let turn_deg = attribution.turn_deg();
    // Which corner of a triangle is its apex only a drawing tells that is its own.
    let own = impression.outline;
    let is_own = attribution
        .chosen()
        .is_some_and(|chosen| chosen.same_design);
    let drawn = turn_deg.filter(|_| is_own);
    let upright = drawn.map_or(own, |turn| own.upright_at(turn));
    let centre = upright.centre;
    let chosen = attribution.chosen();
    let seals = &examination.register.seals;
    let candidate = |candidate: &Candidate| report::Candidate {
        seal: seals[candidate.seal].id.clone(),
        log10_lr: ratio(&candidate.judgement),
    };
    report::Impression {
        page: spot.page,
        bbox_px: [bbox.x, bbox.y, bbox.width, bbox.height],
        centre_px: [
            rounded(centre.x, PIXEL_DIGITS),
            rounded(centre.y, PIXEL_DIGITS),
        ],
        outline: outline(measured, drawn, upright.axis_degrees - own.axis_degrees),
        ink: report::Ink {
            colour: impression.colour,
            coverage: measured
                .coverage
                .and_then(|share| finite(share, SHARE_DIGITS)),
            separable: impression.separable,
        },
        candidates: attribution.candidates.iter().map(candidate).collect(),
        seal: chosen.map(|chosen| seals[chosen.seal].id.clone()),
        comparison: chosen.and_then(comparison),
        conclusion: chosen.map_or(Conclusion::NotExaminable, |c| c.judgement.conclusion),
        condition: chosen.map_or(Condition::Unknown, |c| c.judgement.condition),
        production: report::Production::Undetermined,
        status_on_date: match chosen {
            Some(chosen) => seals[chosen.seal].status_on(examination.date),
            None => Status::Unknown,
        },
        placement: placement(spot),
        own_image: None,
        slices: Vec::new(),
    }
}

fn placement(spot: Spot<'_>) -> report::Placement {
    let signature = spot.signed.and_then(Signed::found);
    let share = |value: f64| finite(value, SHARE_DIGITS);
    report::Placement {
        role: spot.role(),
        signature_overlap: signature.and_then(|signature| share(signature.overlap)),
        overlap_uncertainty: signature.and_then(|signature| share(signature.uncertainty)),
        signature_px: spot
            .signed
            .and_then(Signed::bbox)
            .map(|bbox| [bbox.x, bbox.y, bbox.width, bbox.height]),
        signature_aside: signature.and_then(|signature| share(signature.aside)),
        over_print: spot.ground.map(|ground| ground.is_over_print),
        text_above_mm: spot
            .ground
            .zip(spot.dpi)
            .and_then(|(ground, dpi)| finite(ground.above_px? / dpi.pixels_per_mm(), MM_DIGITS)),
    }
}

/// The outline's sizes; `drawn` is the turn of a drawing that is its own, which stands for a round seal's, and `apex_deg` how far
/// its apex lies from the corner that was measured as one.
fn outline(measured: &Measurements, drawn: Option<f64>, apex_deg: f64) -> report::Outline {
    let value = |measured: Option<Measured>, digits| {
        measured.and_then(|measured| finite(measured.value, digits))
    };
    let sides = [measured.width_mm, measured.height_mm];
    let uncertainty = sides.into_iter().flatten().map(|side| side.uncertainty);
    report::Outline {
        shape: measured.shape,
        width_mm: value(measured.width_mm, MM_DIGITS),
        height_mm: value(measured.height_mm, MM_DIGITS),
        uncertainty_mm: uncertainty
            .reduce(f64::max)
            .and_then(|sigma| finite(sigma, MM_DIGITS)),
        centre_line_mm: value(measured.centre_line_mm, MM_DIGITS),
        ellipticity: value(measured.ellipticity, SHARE_DIGITS),
        rotation_deg: rotation_deg(measured, drawn, apex_deg)
            .and_then(|turn| finite(turn, DEGREE_DIGITS)),
    }
}

/// Its turn: by its outline, unless that is an ellipse so nearly round that its axis tells nothing.
fn rotation_deg(measured: &Measurements, drawn: Option<f64>, apex_deg: f64) -> Option<f64> {
    let longer = measured
        .ellipticity
        .filter(|_| measured.shape == Shape::Oval);
    let is_nearly_round = longer.is_some_and(|longer| longer.value < ROUND_MAX);
    let by_outline = measured.rotation_deg.filter(|_| !is_nearly_round);
    let turn = by_outline.map(|own| (own.value + apex_deg + 180.0).rem_euclid(360.0) - 180.0);
    turn.or(drawn)
}

fn comparison(candidate: &Candidate) -> Option<report::Comparison> {
    let measured = candidate.comparison.as_ref()?;
    let judgement = &candidate.judgement;
    Some(report::Comparison {
        log10_lr: ratio(judgement),
        log10_lr_cap: rounded(judgement.log10_lr_cap, LR_DIGITS),
        log10_lr_floor: rounded(judgement.log10_lr_floor, LR_DIGITS),
        agreement: rounded(measured.agreement, SHARE_DIGITS),
        missing_ink: rounded(measured.missing_ink, SHARE_DIGITS),
        extra_ink: measured
            .extra_ink
            .and_then(|share| finite(share, SHARE_DIGITS)),
        displacement_mm: rounded(measured.displacement_mm, MM_DIGITS),
        scale: measured.scale.and_then(|scale| finite(scale, SHARE_DIGITS)),
        rotation_deg: rounded(measured.rotation_deg, DEGREE_DIGITS),
        usable_area: rounded(measured.usable_area, SHARE_DIGITS),
        evidence: judgement.evidence.iter().map(evidence).collect(),
        caveats: judgement.caveats.clone(),
        damage: judgement.damage.iter().map(damage).collect(),
        slip: judgement.slip.map(slip),
    })
}

fn evidence(measure: &Evidence) -> report::Evidence {
    let point = |(x, y): &(f64, f64)| [rounded(*x, PIXEL_DIGITS), rounded(*y, PIXEL_DIGITS)];
    report::Evidence {
        axis: measure.axis,
        value: rounded(measure.value, EVIDENCE_DIGITS),
        uncertainty: rounded(measure.uncertainty, EVIDENCE_DIGITS),
        visibility: measure
            .visibility
            .and_then(|share| finite(share, SHARE_DIGITS)),
        log10_lr: finite(measure.log10_lr, LR_DIGITS),
        at_px: measure.at_px.iter().map(point).collect(),
        displacements: measure.displacements.iter().map(displacement).collect(),
        text_band: measure.text_band.map(text_band),
    }
}

fn displacement(own: &Displacement) -> Displacement {
    let (x, y) = own.at_px;
    Displacement {
        at_px: (rounded(x, PIXEL_DIGITS), rounded(y, PIXEL_DIGITS)),
        right_mm: rounded(own.right_mm, EVIDENCE_DIGITS),
        down_mm: rounded(own.down_mm, EVIDENCE_DIGITS),
        covariance_mm2: own.covariance_mm2.map(|own| rounded(own, MM2_DIGITS)),
    }
}

fn text_band(band: TextBand) -> TextBand {
    let amount = |own: Measured| Measured {
        value: rounded(own.value, EVIDENCE_DIGITS),
        uncertainty: rounded(own.uncertainty, EVIDENCE_DIGITS),
    };
    TextBand {
        turn_deg: amount(band.turn_deg),
        stretch_percent: band.stretch_percent.map(amount),
    }
}

fn damage(symptom: &Symptom) -> report::Damage {
    let point = |(x, y): &(f64, f64)| [rounded(*x, PIXEL_DIGITS), rounded(*y, PIXEL_DIGITS)];
    report::Damage {
        harm: symptom.harm,
        value: rounded(symptom.value, EVIDENCE_DIGITS),
        uncertainty: rounded(symptom.uncertainty, EVIDENCE_DIGITS),
        at_px: symptom.at_px.iter().map(point).collect(),
    }
}

fn slip(slip: Slip) -> report::Slip {
    report::Slip {
        by_mm: rounded(slip.by_mm, MM_DIGITS),
        direction_deg: rounded(slip.direction_deg, DEGREE_DIGITS),
        share: rounded(slip.share, SHARE_DIGITS),
    }
}

fn ratio(judgement: &Judgement) -> Option<f64> {
    judgement
        .log10_lr
        .and_then(|ratio| finite(ratio, LR_DIGITS))
}
