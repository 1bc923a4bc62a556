//! The codes of findings that cite a rule, so that limits on them can be checked.

/// Codes that a rule set may limit.
pub const CODES: &[&str] = &[
    "document.no_seal",
    "page.blank_stamped",
    "page.form_unfilled",
    "placement.not_on_signature",
    "placement.not_over_date",
    "placement.straddling_sheets",
    "placement.turned",
    "seal.body_ended",
    "seal.colour",
    "seal.damaged",
    "seal.deformed",
    "seal.invalid_on_date",
    "seal.name_stale",
    "seal.not_notified",
    "seal.not_yet_registered",
    "seal.shape_mismatch",
    "seal.size_out_of_tolerance",
    "seal.status_changed_date_unproven",
    "seal.wear_out_of_tolerance",
    "seal.wearing",
    "seal.worn",
    "use.copies_exceeded",
    "use.entry_differs",
    "use.fields_missing",
    "use.matter_excluded",
    "use.number_repeated",
    "use.outside_place",
    "use.procedure_not_listed",
    "use.recorded_after_archive",
    "use.removal_without_consent",
    "use.reviewer_is_custodian",
    "use.stamped_before_publicity",
    "use.stamped_before_review",
    "use.stamped_by_other",
    "use.steps_out_of_order",
    "use.unrecorded",
];

/// Codes of findings that rest on a rule too, and that no rule set may limit.
const UNLIMITED: &[&str] = &[
    "page.secret_marking",
    "page.secret_marking_unread",
    "seal.off_class",
];

/// Codes of findings that tell how far a document could be read, what a file carries, or what the register has.
const OF_NEITHER: &[&str] = &[
    "document.file_facts",
    "document.issuer_of_other_time",
    "document.issuer_unlike",
    "document.not_processed",
    "document.unreadable",
    "page.image_doubtful",
    "page.text_not_drawn",
    "page.unreadable",
    "seal.no_specimen_of_date",
];

/// What findings of a kind rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A rule, whose clause they cite where one applies.
    Rule,
    /// What was measured, alone.
    Measurement,
    /// Neither: they tell what could be read.
    Neither,
}

/// What findings of this code rest on; those that are not known, on measurement.
#[must_use]
pub fn ground(code: &str) -> Ground {
    if CODES.contains(&code) || UNLIMITED.contains(&code) {
        Ground::Rule
    } else if OF_NEITHER.contains(&code) {
        Ground::Neither
    } else {
        Ground::Measurement
    }
}
