//! Findings about the records themselves: well-formed entries that do not fit one another.
//!
//! Nothing is refused for not fitting, since what would make it fit may be recorded later.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Display;

use jiff::civil::Date;
use serde::Serialize;

use crate::registry::Records;
use crate::registry::correction::WITHDRAWAL;
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
    /// What the sentence says, by name, so that it can be told in other languages.
    pub values: BTreeMap<&'static str, String>,
    /// Names of the entries.
    pub entries: Vec<String>,
}

impl Inconsistency {
    fn new(code: &'static str, about: &str, message: String) -> Self {
        Self {
            code,
            about: about.to_owned(),
            message,
            values: BTreeMap::new(),
            entries: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.insert(name, value.to_string());
        self
    }

    fn of(mut self, entries: impl IntoIterator<Item = String>) -> Self {
        self.entries.extend(entries);
        self
    }
}

/// Withdrawals of what is not recorded: of no seal or body, so far.
#[must_use]
pub fn of_withdrawals(records: &Records) -> Vec<Inconsistency> {
    let names = records.keys(WITHDRAWAL.name);
    let unknown = names.filter(|name| records.kind_of_named(name).is_none());
    let told = |name: &str| {
        let by = records.about(WITHDRAWAL.name, name).iter();
        let by = by.map(|recorded| recorded.name.clone());
        let message = "an entry of this name is withdrawn, and none is recorded".to_owned();
        Inconsistency::new("register.withdrawal_of_unknown", name, message).of(by)
    };
    unknown.map(told).collect()
}

/// That a seal has the specimen of another one that was replaced: `replaced` tells which, and on what day.
///
/// Nothing tells the impressions of the two apart then, whatever the order in which specimen and replacement were recorded.
#[must_use]
pub fn replaced_specimen(id: &str, sha256: &str, replaced: (&str, Date)) -> Inconsistency {
    let (old, on) = replaced;
    let message = format!(
        "its specimen {sha256} is one of seal {old}, which was replaced on {on}: impressions of the two cannot be told \
         apart; give a scan of this seal"
    );
    Inconsistency::new("register.replaced_specimen", id, message)
        .with("specimen", sha256)
        .with("seal", old)
        .with("on", on)
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
            let finding = Inconsistency::new("register.contradiction", about, message)
                .with("kind", kind.name)
                .with("column", column)
                .with("said", values.join(", "));
            found.push(finding.of(entries));
        }
    }
    let mut corrected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let kinds = KINDS.iter().map(|kind| kind.name).chain([EVENT]);
    for recorded in kinds.flat_map(|kind| records.about(kind, about)) {
        if let Some(replaced) = recorded.entry.corrects.as_deref() {
            let by = corrected.entry(replaced).or_default();
            by.insert(&recorded.name);
            let own = &recorded.entry.kind;
            let finding = match records.kind_of_named(replaced) {
                Some(kind) if kind == own => continue,
                Some(kind) => {
                    let message = format!(
                        "a row of the kind {own} corrects {replaced}, which is of the kind {kind}, and replaces nothing"
                    );
                    Inconsistency::new("register.correction_of_another_kind", about, message)
                        .with("kind", own)
                        .with("other_kind", kind)
                }
                None => {
                    let message =
                        format!("a row corrects {replaced}, and no entry of that name is recorded");
                    Inconsistency::new("register.correction_of_unknown", about, message)
                }
            };
            let name = recorded.name.clone();
            found.push(finding.with("entry", replaced).of([name]));
        }
    }
    for (replaced, by) in corrected.into_iter().filter(|(_, by)| by.len() > 1) {
        let message = format!(
            "{} entries correct {replaced}, and all of them count; withdraw the wrong ones",
            by.len()
        );
        let finding = Inconsistency::new("register.corrected_twice", about, message)
            .with("count", by.len())
            .with("entry", replaced);
        let by = by.into_iter().map(str::to_owned);
        found.push(finding.of(by));
    }
    found
}
