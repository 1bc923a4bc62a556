//! Admission of a matter to the list of what committees certify, or its withdrawal.

use crate::registry::kind::Kind;
use crate::registry::sheet::Expected;

/// Rows that tell of applications and of what was decided.
pub const KIND: &Kind = &Kind {
    name: "admission",
    title: "admissions of matters",
    required: &["matter", "applicant", "applied_on"],
    optional: &[
        "form",
        "asks_for",
        "decision",
        "decided_on",
        "decided_by",
        "reviewers",
        "published_on",
    ],
    key: "matter",
    day: Some("applied_on"),
    identity: &["matter", "applicant", "applied_on"],
    refers: &[],
    check: |entry| {
        entry.parsed(
            "asks_for",
            Expected::OneOf(&["admission", "withdrawal"]),
            |word| ["admission", "withdrawal"].contains(&word).then_some(()),
        )?;
        entry.parsed(
            "decision",
            Expected::OneOf(&["admitted", "refused"]),
            |word| ["admitted", "refused"].contains(&word).then_some(()),
        )?;
        entry.date("decided_on")?;
        entry.date("published_on").map(drop)
    },
};
