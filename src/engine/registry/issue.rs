//! Difficulties and complaints: what went wrong, to whom it was reported, and what became of it.

use crate::registry::kind::Kind;
use crate::registry::kind::Subject;

/// Rows that tell of them.
pub const KIND: &Kind = &Kind {
    name: "issue",
    title: "difficulties and complaints",
    required: &["body", "issue", "raised_on"],
    optional: &[
        "raised_by",
        "reported_to",
        "reported_on",
        "answered_on",
        "answer",
        "sha256",
    ],
    key: "body",
    day: Some("raised_on"),
    identity: &["body", "issue", "raised_on"],
    refers: &[("body", Subject::Body)],
    check: |entry| {
        entry.date("reported_on")?;
        entry.date("answered_on").map(drop)
    },
};
