//! The kinds of rows that the registers have, each with its columns.
//!
//! A new kind is one new file that declares a [`Kind`], and its line in [`KINDS`]. A file for import
//! is recognised by its header line: it is of the kind whose required columns it has.

use crate::registry::admission;
use crate::registry::archive;
use crate::registry::body;
use crate::registry::certificate;
use crate::registry::correction;
use crate::registry::custody;
use crate::registry::entry::Entry;
use crate::registry::holiday;
use crate::registry::inspection;
use crate::registry::issue;
use crate::registry::notice;
use crate::registry::office;
use crate::registry::permit;
use crate::registry::review;
use crate::registry::sheet::Error;
use crate::registry::sheet::Row;
use crate::registry::sheet::Sheet;
use crate::registry::sheet::Table;
use crate::registry::sheet::ValueError;
use crate::registry::use_register;
use crate::registry::watch;

/// Columns that every kind may have.
pub const COMMON: [&str; 4] = ["note", "instrument", "recorded_by", "corrects"];

/// Longest value, in bytes: longer ones are no value of a register but a mistake in the quotes.
const VALUE_BYTES_MAX: usize = 10_000;

/// Every kind, in the order in which they are shown.
pub const KINDS: &[&Kind] = &[
    body::KIND,
    body::name::KIND,
    body::relation::KIND,
    body::head::KIND,
    body::event::KIND,
    certificate::KIND,
    custody::KIND,
    custody::HANDOVER,
    permit::KIND,
    notice::KIND,
    archive::KIND,
    holiday::KIND,
    watch::KIND,
    use_register::usage::KIND,
    use_register::matter::KIND,
    admission::KIND,
    inspection::KIND,
    inspection::FAULT,
    review::KIND,
    office::POSTING,
    office::DELEGATION,
    issue::KIND,
    correction::WITHDRAWAL,
];

/// One kind of rows.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name in the store.
    pub name: &'static str,
    /// What its rows are called, for people: "names of bodies".
    pub title: &'static str,
    /// Columns that its files must have, and its rows a value in.
    pub required: &'static [&'static str],
    /// Columns that they may have, besides [`COMMON`].
    pub optional: &'static [&'static str],
    /// The column that names what a row is about.
    pub key: &'static str,
    /// The column that tells the day on which it happened, with or without a time.
    pub day: Option<&'static str>,
    /// Columns that tell rows apart: rows that agree in them complete one another.
    pub identity: &'static [&'static str],
    /// Columns that name a subject, which must be registered before.
    pub refers: &'static [(&'static str, Subject)],
    /// Whether a row can be understood.
    pub check: fn(&Entry) -> Result<(), ValueError>,
}

/// What a column may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A seal of the register.
    Seal,
    /// A body with an entry of its own.
    Body,
    /// An entry, by its name.
    Entry,
}

/// One row of a file, as an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Line of the file.
    pub line: u64,
    /// What it says.
    pub entry: Entry,
}

/// The kind with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The kind whose required columns a header line has; of several, the one with the most.
#[must_use]
pub fn of_header(header: &[String]) -> Option<&'static Kind> {
    let has = |column: &&str| header.iter().any(|name| name == column);
    let fitting = KINDS
        .iter()
        .copied()
        .filter(|kind| kind.required.iter().all(has));
    // The first of equals: `max_by_key` would take the last.
    fitting.rev().max_by_key(|kind| kind.required.len())
}

impl Kind {
    /// Reads a file of this kind.
    ///
    /// # Errors
    /// If it is no such file at all; rows that cannot be understood are failures in the sheet.
    pub fn read(&self, bytes: &[u8]) -> Result<Sheet<Line>, Error> {
        let optional: Vec<&str> = self.optional.iter().copied().chain(COMMON).collect();
        let table = Table::read(bytes, self.required, &optional)?;
        Ok(table.sheet(self.key, |row, lines| {
            lines.push(Line {
                line: row.line,
                entry: self.entry(row)?,
            });
            Ok(())
        }))
    }

    fn entry(&self, row: &Row<'_>) -> Result<Entry, ValueError> {
        for column in self.required {
            row.required(column)?;
        }
        let own = self.required.iter().chain(self.optional).chain(&["note"]);
        let mut entry = Entry {
            kind: self.name.to_owned(),
            key: row.required(self.key)?,
            instrument: row.text("instrument"),
            recorded_by: row.text("recorded_by"),
            corrects: row.text("corrects"),
            ..Entry::default()
        };
        for column in own {
            let Some(value) = row.text(column) else {
                continue;
            };
            if value.len() > VALUE_BYTES_MAX {
                return Err(ValueError::TooLong {
                    column,
                    bytes_max: VALUE_BYTES_MAX,
                });
            }
            entry.content.insert((*column).to_owned(), value);
        }
        if let Some(day) = self.day {
            entry.happened_on = entry.moment(day)?.map(|moment| moment.day);
        }
        self.ordered(&entry)?;
        (self.check)(&entry)?;
        Ok(entry)
    }

    /// A period that ends before it begins is none.
    fn ordered(&self, entry: &Entry) -> Result<(), ValueError> {
        let has = |column| self.required.contains(&column) || self.optional.contains(&column);
        if !(has("from") && has("to")) {
            return Ok(());
        }
        match (entry.date("from")?, entry.date("to")?) {
            (Some(from), Some(to)) if to < from => Err(ValueError::EndsFirst { from, to }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::registry::sheet;

    #[test]
    fn every_kind_is_recognised_by_its_required_columns_and_named_once() {
        let mut names = BTreeSet::new();
        for kind in KINDS {
            assert!(names.insert(kind.name), "{} stands twice", kind.name);
            let header = format!("{}\n", kind.required.join(","));
            let told = sheet::recognise(header.as_bytes());
            let is_own = matches!(told, Ok(sheet::File::Entries(own)) if own.name == kind.name);
            assert!(is_own, "{}: {told:?}", kind.name);
        }
    }

    #[test]
    fn every_column_is_described() {
        let page = include_str!("../../../docs/formats.md");
        for kind in KINDS {
            for column in kind.required.iter().chain(kind.optional) {
                let written = format!("`{column}`");
                assert!(page.contains(&written), "{}: {column}", kind.name);
            }
        }
    }

    #[test]
    fn the_columns_that_a_kind_speaks_of_are_its_own() {
        for kind in KINDS {
            let own = |column| kind.required.contains(&column) || kind.optional.contains(&column);
            let refers = kind.refers.iter().map(|(column, _)| *column);
            let spoken = kind.identity.iter().copied().chain(kind.day).chain(refers);
            for column in spoken {
                assert!(own(column), "{}: {column}", kind.name);
            }
            assert!(kind.required.contains(&kind.key), "{}", kind.name);
            for column in COMMON {
                assert!(!own(column), "{}: {column} is common", kind.name);
            }
        }
    }
}
