//! Keys of the values that a report holds: each value has one, which the compiler sees to.

use crate::extraction::InkColour;
use crate::extraction::Shape;
use crate::imaging::ColourMode;
use crate::ingest::DpiSource;
use crate::matching::Axis;
use crate::matching::Harm;
use crate::placement::Role;
use crate::registry::Status;
use crate::rules::Severity;
use crate::verdict::Conclusion;
use crate::verdict::Condition;
use crate::verify::Outcome;
use crate::verify::report::DateSource;
use crate::verify::report::MarkKind;
use crate::verify::report::Production;

/// A step of the scale.
#[must_use]
pub const fn conclusion(value: Conclusion) -> &'static str {
    match value {
        Conclusion::Consistent => "conclusion.consistent",
        Conclusion::LeansConsistent => "conclusion.leans_consistent",
        Conclusion::Undecided => "conclusion.undecided",
        Conclusion::LeansDifferent => "conclusion.leans_different",
        Conclusion::Different => "conclusion.different",
        Conclusion::NotExaminable => "conclusion.not_examinable",
    }
}

/// What a document comes to.
#[must_use]
pub const fn outcome(value: Outcome) -> &'static str {
    match value {
        Outcome::Pass => "outcome.pass",
        Outcome::Review => "outcome.review",
        Outcome::Flag => "outcome.flag",
        Outcome::Unreadable => "outcome.unreadable",
        Outcome::Stopped => "outcome.stopped",
        Outcome::NotProcessed => "outcome.not_processed",
    }
}

/// How grave a finding is.
#[must_use]
pub const fn severity(value: Severity) -> &'static str {
    match value {
        Severity::Violation => "severity.violation",
        Severity::Warning => "severity.warning",
        Severity::Remark => "severity.remark",
    }
}

/// The state of a die.
#[must_use]
pub const fn condition(value: Condition) -> &'static str {
    match value {
        Condition::Sound => "condition.sound",
        Condition::Worn => "condition.worn",
        Condition::Damaged => "condition.damaged",
        Condition::Deformed => "condition.deformed",
        Condition::Unknown => "condition.unknown",
    }
}

/// How an impression was made.
#[must_use]
pub const fn production(value: Production) -> &'static str {
    match value {
        Production::Printed => "production.printed",
        Production::Undetermined => "production.undetermined",
    }
}

/// A seal's state on a date.
#[must_use]
pub const fn status(value: Status) -> &'static str {
    match value {
        Status::Valid => "status.valid",
        Status::RegisteredNotNotified => "status.registered_not_notified",
        Status::NotYetRegistered => "status.not_yet_registered",
        Status::Lost => "status.lost",
        Status::DeclaredInvalid => "status.declared_invalid",
        Status::Suspended => "status.suspended",
        Status::Surrendered => "status.surrendered",
        Status::Collected => "status.collected",
        Status::Replaced => "status.replaced",
        Status::Destroyed => "status.destroyed",
        Status::Archived => "status.archived",
        Status::BodyEnded => "status.body_ended",
        Status::Unknown => "status.unknown",
    }
}

/// What an impression stands for.
#[must_use]
pub const fn role(value: Role) -> &'static str {
    match value {
        Role::Signature => "role.signature",
        Role::Hanging => "role.hanging",
        Role::Straddling => "role.straddling",
        Role::Page => "role.page",
        Role::Receipt => "role.receipt",
        Role::Urgency => "role.urgency",
        Role::Unknown => "role.unknown",
    }
}

/// An outline family.
#[must_use]
pub const fn shape(value: Shape) -> &'static str {
    match value {
        Shape::Round => "shape.round",
        Shape::Oval => "shape.oval",
        Shape::Rectangle => "shape.rectangle",
        Shape::Triangle => "shape.triangle",
        Shape::Other => "shape.other",
    }
}

/// The colour of an ink.
#[must_use]
pub const fn ink(value: InkColour) -> &'static str {
    match value {
        InkColour::Red => "ink.red",
        InkColour::Blue => "ink.blue",
        InkColour::Black => "ink.black",
        InkColour::Violet => "ink.violet",
        InkColour::Other => "ink.other",
        InkColour::Unknown => "ink.unknown",
    }
}

/// What a page's pixels can tell.
#[must_use]
pub const fn colour(value: ColourMode) -> &'static str {
    match value {
        ColourMode::Colour => "colour.colour",
        ColourMode::Gray => "colour.gray",
        ColourMode::Bitonal => "colour.bitonal",
    }
}

/// Where a resolution comes from.
#[must_use]
pub const fn dpi_source(value: DpiSource) -> &'static str {
    match value {
        DpiSource::Stated => "dpi_source.stated",
        DpiSource::PageSize => "dpi_source.page_size",
        DpiSource::SealScale => "dpi_source.seal_scale",
        DpiSource::Unknown => "dpi_source.unknown",
    }
}

/// Where a date comes from.
#[must_use]
pub const fn date_source(value: DateSource) -> &'static str {
    match value {
        DateSource::Argument => "date_source.argument",
        DateSource::Ocr => "date_source.ocr",
        DateSource::RegisterOfUse => "date_source.register_of_use",
        DateSource::Unknown => "date_source.unknown",
    }
}

/// What was measured against a specimen.
#[must_use]
pub const fn axis(value: Axis) -> &'static str {
    match value {
        Axis::ScalePercent => "axis.scale_percent",
        Axis::RingRadiusMm => "axis.ring_radius_mm",
        Axis::RingWidthMm => "axis.ring_width_mm",
        Axis::MotifTurnDeg => "axis.motif_turn_deg",
        Axis::MotifShiftMm => "axis.motif_shift_mm",
        Axis::MotifSizeMm => "axis.motif_size_mm",
        Axis::TextSpacingMm => "axis.text_spacing_mm",
        Axis::GlyphDisplacementMm => "axis.glyph_displacement_mm",
        Axis::GroupShiftMm => "axis.group_shift_mm",
        Axis::GlyphShape => "axis.glyph_shape",
        Axis::ExtraInk => "axis.extra_ink",
    }
}

/// A kind of damage.
#[must_use]
pub const fn harm(value: Harm) -> &'static str {
    match value {
        Harm::StretchedPercent => "harm.stretched_percent",
        Harm::WarpedMm => "harm.warped_mm",
        Harm::DentedMm => "harm.dented_mm",
        Harm::SwollenPercent => "harm.swollen_percent",
        Harm::CrackedMm => "harm.cracked_mm",
        Harm::ChippedMm2 => "harm.chipped_mm2",
        Harm::BorderGoneMm => "harm.border_gone_mm",
        Harm::WornPercent => "harm.worn_percent",
    }
}

/// What words in a frame stand for.
#[must_use]
pub const fn mark(value: MarkKind) -> &'static str {
    match value {
        MarkKind::Urgency => "mark.urgency",
        MarkKind::Declassified => "mark.declassified",
        MarkKind::Unsure => "mark.unsure",
    }
}
