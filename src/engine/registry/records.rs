//! The entries that stand, by what they are about.
//!
//! Everything here depends on the set of entries alone, never on the order in which they were recorded:
//! corrections name what they replace, rows of one thing complete one another, and what is left is sorted
//! by day and name.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::registry::Entry;
use crate::registry::Recorded;
use crate::registry::body::name;
use crate::registry::correction;
use crate::registry::kind::Kind;
use crate::registry::sheet::ValueError;

/// What a row of one kind says, as a value.
pub trait Fact: Sized {
    /// The kind of its rows.
    const KIND: &'static Kind;

    /// Reads a row, or several that complete one another.
    ///
    /// # Errors
    /// If a value cannot be understood.
    fn of(entry: &Entry) -> Result<Self, ValueError>;
}

/// A fact with the entries that state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// What they say together.
    pub value: T,
    /// The entries, at least one, in the order of days and names.
    pub sources: Vec<Recorded>,
}

/// Two rows of one thing that say different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The column in which they differ.
    pub column: String,
    /// What they say.
    pub values: Vec<String>,
    /// Names of the entries.
    pub entries: Vec<String>,
}

/// All entries, those that stand apart from those that do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// What stands, by kind and key; within one by day and name.
    standing: BTreeMap<(String, String), Vec<Recorded>>,
    /// What was corrected or withdrawn, by name.
    superseded: BTreeMap<String, Recorded>,
    /// The bodies that ever bore a name, by its plain form.
    bearers: BTreeMap<String, BTreeSet<String>>,
    /// What corrects or withdraws others, by the name of what it does that to.
    naming: BTreeMap<String, Vec<Recorded>>,
    /// The kinds of what is named so, by name; nothing of what is not recorded.
    named: BTreeMap<String, String>,
}

impl Records {
    /// The records that these entries make, in whatever order they come.
    #[must_use]
    pub fn of(entries: impl IntoIterator<Item = Recorded>) -> Self {
        let mut entries: Vec<Recorded> = entries.into_iter().collect();
        // One entry may come twice; the name tells that both say the same.
        entries.sort_by(|one, other| {
            let rank = |recorded: &Recorded| (recorded.entry.happened_on, recorded.name.clone());
            rank(one).cmp(&rank(other))
        });
        entries.dedup_by(|one, other| one.name == other.name);
        let gone = correction::superseded(&entries);
        let mut records = Self::default();
        for recorded in &entries {
            for name in correction::named(recorded) {
                let naming = records.naming.entry(name.to_owned()).or_default();
                naming.push(recorded.clone());
            }
        }
        for recorded in entries {
            if records.naming.contains_key(&recorded.name) {
                let kind = recorded.entry.kind.clone();
                records.named.insert(recorded.name.clone(), kind);
            }
            if gone.contains(&recorded.name) {
                records.superseded.insert(recorded.name.clone(), recorded);
            } else {
                records.bear(&recorded);
                let place = (recorded.entry.kind.clone(), recorded.entry.key.clone());
                records.standing.entry(place).or_default().push(recorded);
            }
        }
        records
    }

    fn bear(&mut self, recorded: &Recorded) {
        let named = recorded.entry.text("name");
        if let Some(borne) = named.filter(|_| recorded.entry.kind == name::KIND.name) {
            let bodies = self.bearers.entry(name::plain(borne)).or_default();
            bodies.insert(recorded.entry.key.clone());
        }
    }

    /// The bodies that ever bore a name, whatever its capitals and spaces.
    pub fn bearers(&self, borne: &str) -> impl Iterator<Item = &str> {
        let bodies = self.bearers.get(&name::plain(borne));
        bodies.into_iter().flatten().map(String::as_str)
    }

    /// The standing entries of a kind about `key`, by day and name.
    #[must_use]
    pub fn about(&self, kind: &str, key: &str) -> &[Recorded] {
        let place = (kind.to_owned(), key.to_owned());
        self.standing.get(&place).map_or(&[], Vec::as_slice)
    }

    /// The keys of a kind, in order.
    pub fn keys(&self, kind: &str) -> impl Iterator<Item = &str> {
        let from = (kind.to_owned(), String::new());
        let range = self.standing.range(from..);
        let kind = kind.to_owned();
        range
            .take_while(move |((other, _), _)| *other == kind)
            .map(|((_, key), _)| key.as_str())
    }

    /// Every standing entry.
    pub fn standing(&self) -> impl Iterator<Item = &Recorded> {
        self.standing.values().flatten()
    }

    /// Entries that were corrected or withdrawn, by name.
    pub fn superseded(&self) -> impl Iterator<Item = &Recorded> {
        self.superseded.values()
    }

    /// Whether the entry of this name stands.
    #[must_use]
    pub fn stands(&self, name: &str) -> bool {
        !self.superseded.contains_key(name)
    }

    /// What was ever recorded to change whether an entry stands: its corrections and withdrawals, theirs, and so on.
    #[must_use]
    pub fn touching(&self, name: &str) -> Vec<&Recorded> {
        let mut found: BTreeMap<&str, &Recorded> = BTreeMap::new();
        let mut asked = vec![name];
        while let Some(name) = asked.pop() {
            for recorded in self.naming.get(name).into_iter().flatten() {
                if found.insert(&recorded.name, recorded).is_none() {
                    asked.push(&recorded.name);
                }
            }
        }
        found.into_values().collect()
    }

    /// The kind of an entry that another one corrects or withdraws; `None` where it is not recorded.
    #[must_use]
    pub fn kind_of_named(&self, name: &str) -> Option<&str> {
        self.named.get(name).map(String::as_str)
    }

    /// What is stated of one kind about `key`, by day and name.
    #[must_use]
    pub fn facts<T: Fact>(&self, key: &str) -> Vec<Stated<T>> {
        let groups = groups(self.about(T::KIND.name, key), T::KIND);
        groups.into_iter().filter_map(stated).collect()
    }

    /// What is stated of one kind about anything.
    #[must_use]
    pub fn every<T: Fact>(&self) -> Vec<Stated<T>> {
        let keys: Vec<String> = self.keys(T::KIND.name).map(str::to_owned).collect();
        keys.iter().flat_map(|key| self.facts(key)).collect()
    }

    /// Rows of one thing that differ, of one kind and about `key`.
    #[must_use]
    pub fn contradictions(&self, kind: &Kind, key: &str) -> Vec<Contradiction> {
        let groups = groups(self.about(kind.name, key), kind);
        groups.iter().flat_map(|rows| differing(rows)).collect()
    }
}

/// Rows that agree in the columns that tell things of this kind apart.
fn groups<'a>(rows: &'a [Recorded], kind: &Kind) -> Vec<Vec<&'a Recorded>> {
    let mut groups: Vec<Vec<&Recorded>> = Vec::new();
    let mut places: BTreeMap<Vec<Option<&str>>, usize> = BTreeMap::new();
    for row in rows {
        let told = kind.identity.iter().map(|column| row.entry.text(column));
        let mut identity: Vec<Option<&str>> = told.collect();
        if identity.is_empty() {
            identity.push(Some(&row.name));
        }
        let place = *places.entry(identity).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// What rows say together. Where they differ, the least value counts: a choice that no order of
/// recording changes, and that [`Contradiction`] tells of.
fn stated<T: Fact>(rows: Vec<&Recorded>) -> Option<Stated<T>> {
    let mut entry = rows[0].entry.clone();
    for row in &rows[1..] {
        for (column, value) in &row.entry.content {
            let least = entry.content.entry(column.clone()).or_insert(value.clone());
            if value < least {
                least.clone_from(value);
            }
        }
        entry.instrument = least(entry.instrument.take(), row.entry.instrument.as_ref());
    }
    // Every row was understood when it was recorded; several together may say less.
    let value = T::of(&entry).or_else(|_| T::of(&rows[0].entry)).ok()?;
    Some(Stated {
        value,
        sources: rows.into_iter().cloned().collect(),
    })
}

fn least(one: Option<String>, other: Option<&String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other.clone())),
        (one, other) => one.or_else(|| other.cloned()),
    }
}

fn differing(rows: &[&Recorded]) -> Vec<Contradiction> {
    let columns: BTreeSet<&String> = rows
        .iter()
        .flat_map(|row| row.entry.content.keys())
        .collect();
    let mut found = Vec::new();
    for column in columns {
        // A remark may be made anew at any time.
        if column == "note" {
            continue;
        }
        let values: BTreeSet<&str> = rows
            .iter()
            .filter_map(|row| row.entry.text(column))
            .collect();
        if values.len() > 1 {
            found.push(Contradiction {
                column: column.clone(),
                values: values.into_iter().map(str::to_owned).collect(),
                entries: rows.iter().map(|row| row.name.clone()).collect(),
            });
        }
    }
    found
}
