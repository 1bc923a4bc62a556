//! Findings about the records themselves: well-formed entries that do not fit one another.
//!
//! Nothing is refused for not fitting, since what would make it fit may be recorded later.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Serialize;

use crate::registry::Records;
use crate::registry::event::EVENT;
use crate::registry::kind::KINDS;
use crate::registry::records::Contradiction;

mod body;
mod seal;

pub use body::of_body;
pub use seal::Subject;
pub use seal::of_seal;

/// Entries that do not fit one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inconsistency {
    /// Stable code.
    pub code: &'static str,
    /// The seal or body that they are about.
    pub about: String,
    /// One sentence for people.
    pub message: String,
    /// Names of the entries.
    pub entries: Vec<String>,
}

impl Inconsistency {
    fn new(code: &'static str, about: &str, message: String) -> Self {
        Self {
            code,
            about: about.to_owned(),
            message,
            entries: Vec::new(),
        }
    }

    fn of(mut self, entries: impl IntoIterator<Item = String>) -> Self {
        self.entries.extend(entries);
        self
    }
}

/// Rows of one thing that differ, and entries that several others correct.
fn of_rows(records: &Records, about: &str) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    for kind in KINDS {
        for contradiction in records.contradictions(kind, about) {
            let Contradiction {
                column,
                values,
                entries,
            } = contradiction;
            let message = format!(
                "rows of {} say different things under `{column}`: {}; correct the wrong one",
                kind.title,
                values.join(", ")
            );
            found.push(Inconsistency::new("register.contradiction", about, message).of(entries));
        }
    }
    let mut corrected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let kinds = KINDS.iter().map(|kind| kind.name).chain([EVENT]);
    for recorded in kinds.flat_map(|kind| records.about(kind, about)) {
        if let Some(replaced) = recorded.entry.corrects.as_deref() {
            let by = corrected.entry(replaced).or_default();
            by.insert(&recorded.name);
        }
    }
    for (replaced, by) in corrected.into_iter().filter(|(_, by)| by.len() > 1) {
        let message = format!(
            "{} entries correct {replaced}, and all of them count; withdraw the wrong ones",
            by.len()
        );
        let by = by.into_iter().map(str::to_owned);
        found.push(Inconsistency::new("register.corrected_twice", about, message).of(by));
    }
    found
}
