//! What recording rows would do to the register as it stands.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::registry::Entry;
use crate::registry::Particulars;
use crate::registry::Reason;
use crate::registry::Recorded;
use crate::registry::Told;
use crate::registry::kind;
use crate::storage::Error;
use crate::storage::NewSeal;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::import::Known;
use crate::storage::proposals::Content;
use crate::storage::proposals::SealEvent;

/// What one row would do.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Line {
    /// For people, and compared with what it was when the row was proposed.
    pub text: String,
    /// Whether it would do anything.
    pub weight: Weight,
    /// The same by a code.
    #[serde(flatten)]
    pub told: Told,
    /// Why it cannot be recorded, or should be looked at, by a code of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Told>,
}

fn told_of_event(row: &SealEvent) -> Told {
    let kind = kind_name(row);
    Told::new(
        "event",
        &[
            ("seal", &row.seal),
            ("event", &kind),
            ("day", &row.event.on),
        ],
    )
}

fn told_of_entry(entry: &Entry) -> Told {
    Told::new("entry", &[("kind", &entry.kind), ("key", &entry.key)])
}

/// What rows say by themselves, whatever the register has.
#[must_use]
pub fn rows(content: &Content) -> Vec<Told> {
    match content {
        Content::Seals(given) => {
            let row = |seal: &NewSeal| {
                let (name, specimens) = (&seal.particulars.organisation, seal.specimens.len());
                Told::new(
                    "seal",
                    &[
                        ("seal", &seal.id),
                        ("name", name),
                        ("specimens", &specimens),
                    ],
                )
            };
            given.iter().map(row).collect()
        }
        Content::Events(given) => given.iter().map(told_of_event).collect(),
        Content::Entries(given) => given.iter().map(told_of_entry).collect(),
    }
}

fn kind_name(row: &SealEvent) -> String {
    let kind = serde_json::to_value(row.event.kind).unwrap_or_default();
    kind.as_str().unwrap_or_default().to_owned()
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
    const fn new(weight: Weight, text: String, told: Told) -> Self {
        Self {
            text,
            weight,
            told,
            because: None,
        }
    }

    const fn change(text: String, told: Told) -> Self {
        Self::new(Weight::Change, text, told)
    }

    const fn nothing(text: String, told: Told) -> Self {
        Self::new(Weight::Nothing, text, told)
    }

    const fn fault(text: String, told: Told) -> Self {
        Self::new(Weight::Fault, text, told)
    }

    /// The same for a reason, which stands behind its sentence.
    fn because(self, joint: &str, reason: Reason) -> Self {
        Self {
            text: format!("{}{joint} {reason}", self.text),
            told: self.told.with("reason", &reason.sentence),
            because: Some(reason.told),
            ..self
        }
    }

    pub(super) fn text(&self) -> String {
        self.text.clone()
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
        let told = Told::new(
            "seal_new",
            &[("seal", id), ("name", name), ("specimens", &specimens)],
        );
        let text = format!("seal {id}: new, of {name}, with {specimens} specimen(s)");
        return Line::change(text, told);
    };
    let is_new = |specimen: &&_| !stored.specimens.contains(specimen);
    let added = seal.specimens.iter().filter(is_new).count();
    let (before, after) = (stored.version, stored.version + 1);
    let had = stored.specimens.len();
    let changed = |nothing| changed(&stored.particulars, &seal.particulars, nothing);
    let (columns, shown) = (changed("nothing").join(", "), changed("–").join(", "));
    let told = |code| {
        Told::new(
            code,
            &[
                ("seal", id),
                ("before", &before),
                ("after", &after),
                ("specimens", &added),
                ("had", &had),
                ("changed", &shown),
            ],
        )
    };
    match (columns.is_empty(), added) {
        (true, 0) => Line::nothing(
            format!("seal {id}: version {before} stands as it is"),
            told("seal_stands"),
        ),
        (true, _) => Line::change(
            format!("seal {id}: {added} specimen(s) beside the {had} of version {before}"),
            told("seal_specimens"),
        ),
        (false, _) => Line::change(
            format!(
                "seal {id}: version {after} in place of version {before}; {columns}; \
                 {added} specimen(s) beside {had}"
            ),
            told("seal_changed"),
        ),
    }
}

/// The columns that differ, each with both values; `nothing` stands for none.
fn changed(before: &Particulars, after: &Particulars, nothing: &str) -> Vec<String> {
    let columns = |particulars: &Particulars| match serde_json::to_value(particulars) {
        Ok(Value::Object(columns)) => columns,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let (before, after) = (columns(before), columns(after));
    let differing = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(*value));
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => nothing.to_owned(),
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
    let own = told_of_event(row);
    let told = format!("seal {id}: {} on {}", kind_name(row), event.on);
    let Some(seal) = seals.iter().find(|seal| seal.id == *id) else {
        let text = format!("{told}: the seal is not registered");
        let code = "event_unregistered";
        return Line::fault(text, own.called(code));
    };
    let entry = event.entry(id);
    let name = entry.name();
    let is_known = seal.events.iter().any(|old| old.entry(id).name() == name);
    if is_known {
        let code = "event_known";
        let text = format!("{told}: is recorded already");
        return Line::nothing(text, own.called(code));
    }
    let codes = ["event_corrects", "event_doubtful"];
    let line = changing((told, own), codes, &entry, known);
    known.add(&entry);
    line
}

/// A row that would change the register, with what should be looked at about it; `codes` tell that it corrects another, and what is
/// to be looked at.
fn changing(
    (told, own): (String, Told),
    [corrects, doubt]: [&'static str; 2],
    entry: &Entry,
    known: &Known,
) -> Line {
    let (told, own) = match &entry.corrects {
        Some(name) => (
            format!("{told}, in place of {name}"),
            own.called(corrects).with("corrects", name),
        ),
        None => (told, own),
    };
    match known.unmet(entry) {
        Some(unmet) => Line::change(told, own.called(doubt)).because(";", unmet),
        None => Line::change(told, own),
    }
}

fn of_entry(entry: &Entry, known: &mut Known, names: &mut BTreeSet<String>) -> Line {
    let name = entry.name();
    let (kind, key) = (&entry.kind, &entry.key);
    let own = told_of_entry(entry);
    let told = format!("{kind} {key} ({name})");
    if !names.insert(name) {
        let code = "entry_known";
        let text = format!("{told}: is recorded already");
        return Line::nothing(text, own.called(code));
    }
    let fault = kind::named(kind).and_then(|kind| known.fault(kind, entry));
    if let Some(reason) = fault {
        return Line::fault(told, own.called("entry_faulty")).because(":", reason);
    }
    let codes = ["entry_corrects", "entry_doubtful"];
    let line = changing((told, own), codes, entry, known);
    known.add(entry);
    line
}
