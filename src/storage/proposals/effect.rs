//! What recording rows would do to the register as it stands.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::registry::Entry;
use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::kind;
use crate::storage::Error;
use crate::storage::NewSeal;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::import::Known;
use crate::storage::proposals::Content;
use crate::storage::proposals::SealEvent;

/// What one row would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// For people, and compared with what it was when the row was proposed.
    pub(super) text: String,
    /// Whether it would do anything.
    pub(super) weight: Weight,
}

/// Whether a row would do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// It would change the register.
    Change,
    /// It is recorded already.
    Nothing,
    /// It cannot be recorded.
    Fault,
}

impl Line {
    const fn change(text: String) -> Self {
        let weight = Weight::Change;
        Self { text, weight }
    }

    const fn nothing(text: String) -> Self {
        let weight = Weight::Nothing;
        Self { text, weight }
    }

    pub(super) fn text(&self) -> String {
        self.text.clone()
    }

    const fn fault(text: String) -> Self {
        let weight = Weight::Fault;
        Self { text, weight }
    }
}

impl Store {
    pub(super) async fn effect(&self, content: &Content) -> Result<Vec<Line>, Error> {
        let (seals, entries) = (self.seals().await?, self.entries().await?);
        Ok(of(content, &seals, &entries))
    }
}

/// What the rows would do, in their order.
fn of(content: &Content, seals: &[StoredSeal], entries: &[Recorded]) -> Vec<Line> {
    match content {
        Content::Seals(given) => {
            let stored = seals.iter().map(|seal| (seal.id.as_str(), seal));
            let stored: BTreeMap<&str, &StoredSeal> = stored.collect();
            let line = |seal: &NewSeal| of_seal(seal, stored.get(seal.id.as_str()).copied());
            given.iter().map(line).collect()
        }
        Content::Events(given) => {
            let mut known = Known::of(seals, entries);
            let line = |row: &SealEvent| of_event(row, seals, &mut known);
            given.iter().map(line).collect()
        }
        Content::Entries(given) => {
            let mut known = Known::of(seals, entries);
            let mut names: BTreeSet<String> = entries.iter().map(|row| row.name.clone()).collect();
            let line = |entry: &Entry| of_entry(entry, &mut known, &mut names);
            given.iter().map(line).collect()
        }
    }
}

fn of_seal(seal: &NewSeal, stored: Option<&StoredSeal>) -> Line {
    let id = &seal.id;
    let Some(stored) = stored else {
        let specimens = seal.specimens.len();
        let name = &seal.particulars.organisation;
        return Line::change(format!(
            "seal {id}: new, of {name}, with {specimens} specimen(s)"
        ));
    };
    let is_new = |specimen: &&_| !stored.specimens.contains(specimen);
    let added = seal.specimens.iter().filter(is_new).count();
    let (before, after) = (stored.version, stored.version + 1);
    let had = stored.specimens.len();
    let changed = changed(&stored.particulars, &seal.particulars);
    match (changed.is_empty(), added) {
        (true, 0) => Line::nothing(format!("seal {id}: version {before} stands as it is")),
        (true, _) => Line::change(format!(
            "seal {id}: {added} specimen(s) beside the {had} of version {before}"
        )),
        (false, _) => Line::change(format!(
            "seal {id}: version {after} in place of version {before}; {}; \
             {added} specimen(s) beside {had}",
            changed.join(", ")
        )),
    }
}

/// The columns that differ, each with both values.
fn changed(before: &Particulars, after: &Particulars) -> Vec<String> {
    let columns = |particulars: &Particulars| match serde_json::to_value(particulars) {
        Ok(Value::Object(columns)) => columns,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let (before, after) = (columns(before), columns(after));
    let differing = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(*value));
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    differing
        .map(|(name, value)| {
            format!(
                "{name}: {} -> {}",
                shown(before.get(name)),
                shown(Some(value))
            )
        })
        .collect()
}

fn of_event(row: &SealEvent, seals: &[StoredSeal], known: &mut Known) -> Line {
    let SealEvent { seal: id, event } = row;
    let kind = serde_json::to_value(event.kind).unwrap_or_default();
    let kind = kind.as_str().unwrap_or_default().to_owned();
    let told = format!("seal {id}: {kind} on {}", event.on);
    let Some(seal) = seals.iter().find(|seal| seal.id == *id) else {
        return Line::fault(format!("{told}: the seal is not registered"));
    };
    let entry = event.entry(id);
    let name = entry.name();
    let is_known = seal.events.iter().any(|old| old.entry(id).name() == name);
    if is_known {
        return Line::nothing(format!("{told}: is recorded already"));
    }
    let line = changing(told, &entry, known);
    known.add(&entry);
    line
}

/// A row that would change the register, with what should be looked at about it.
fn changing(told: String, entry: &Entry, known: &Known) -> Line {
    let told = match &entry.corrects {
        Some(corrects) => format!("{told}, in place of {corrects}"),
        None => told,
    };
    Line::change(match known.unmet(entry) {
        Some(unmet) => format!("{told}; {unmet}"),
        None => told,
    })
}

fn of_entry(entry: &Entry, known: &mut Known, names: &mut BTreeSet<String>) -> Line {
    let name = entry.name();
    let (kind, key) = (&entry.kind, &entry.key);
    let told = format!("{kind} {key} ({name})");
    if !names.insert(name) {
        return Line::nothing(format!("{told}: is recorded already"));
    }
    let fault = kind::named(kind).and_then(|kind| known.fault(kind, entry));
    if let Some(reason) = fault {
        return Line::fault(format!("{told}: {reason}"));
    }
    let line = changing(told, entry, known);
    known.add(entry);
    line
}
