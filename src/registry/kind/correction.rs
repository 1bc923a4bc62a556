//! Withdrawals: an entry should not have been made at all.

use crate::registry::kind::Kind;
use crate::registry::kind::Subject;

/// An entry that takes another one back without putting anything in its place.
pub const WITHDRAWAL: Kind = Kind {
    name: "withdrawal",
    title: "withdrawals",
    required: &["withdraws", "reason"],
    optional: &["on"],
    key: "withdraws",
    day: Some("on"),
    identity: &["withdraws"],
    refers: &[("withdraws", Subject::Entry)],
    check: |_| Ok(()),
};
