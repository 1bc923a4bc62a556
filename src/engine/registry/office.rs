//! Who acts for a body: officials posted to a place, and deputies who sign for its head.

use crate::registry::kind::Kind;
use crate::registry::kind::Subject;

/// Rows that tell of postings, with the day on which the person was last trained.
pub const POSTING: &Kind = &Kind {
    name: "posting",
    title: "postings",
    required: &["body", "official", "role"],
    optional: &["person", "place", "trained_on", "training", "from", "to"],
    key: "body",
    day: Some("from"),
    identity: &["body", "official", "role", "from"],
    refers: &[("body", Subject::Body)],
    check: |entry| {
        entry.date("from")?;
        entry.date("to")?;
        entry.date("trained_on").map(drop)
    },
};

/// Rows that tell of delegations.
pub const DELEGATION: &Kind = &Kind {
    name: "delegation",
    title: "delegations to deputies",
    required: &["body", "deputy", "delegated"],
    optional: &["person", "from", "to"],
    key: "body",
    day: Some("from"),
    identity: &["body", "deputy", "delegated", "from"],
    refers: &[("body", Subject::Body)],
    check: |entry| {
        entry.date("from")?;
        entry.date("to").map(drop)
    },
};
