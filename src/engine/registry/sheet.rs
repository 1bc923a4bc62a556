//! The files that people fill in: a header line, then one record a line.
//!
//! Columns may stand in any order and unknown ones are reported, not refused. A bad record costs
//! itself: it becomes a [`RowFailure`] with its line, and the others are read.

use std::collections::BTreeMap;

use csv::StringRecord;
use jiff::civil::Date;
use thiserror::Error;

use crate::registry::Reason;
use crate::registry::Told;
use crate::registry::kind;
use crate::registry::kind::Kind;

pub mod dates;
pub mod events;
pub mod fault;
pub mod proofs;
pub mod register;

pub use fault::Expected;
pub use fault::ValueError;

/// Why a whole file cannot be read as a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// Nothing in it.
    #[error("the file is empty; its first line must name the columns ({required})")]
    Empty {
        /// The columns that it must have.
        required: String,
    },
    /// Another encoding than UTF-8.
    #[error("the file is not UTF-8 text (byte {offset}); save it as \"CSV UTF-8\"")]
    NotUtf8 {
        /// Position of the first byte that is not.
        offset: usize,
    },
    /// A required column is absent.
    #[error("the column `{missing}` is missing from the header line, which has: {found}")]
    MissingColumn {
        /// The absent column.
        missing: String,
        /// The columns found.
        found: String,
    },
    /// No kind of file has such a header.
    #[error(
        "no register has the columns of the header line, which are: {found}; \
         see `antin register import --help`"
    )]
    Unrecognised {
        /// The columns found.
        found: String,
    },
    /// One column stands there twice.
    #[error("the column `{column}` stands twice in the header line")]
    RepeatedColumn {
        /// The column.
        column: String,
    },
}

impl Error {
    /// The same by a code.
    #[must_use]
    pub fn told(&self) -> Told {
        match self {
            Self::Empty { required } => Told::new("file_empty", &[("required", required)]),
            Self::NotUtf8 { offset } => Told::new("file_not_utf8", &[("offset", offset)]),
            Self::MissingColumn { missing, found } => {
                Told::new("column_missing", &[("column", missing), ("found", found)])
            }
            Self::Unrecognised { found } => Told::new("file_unrecognised", &[("found", found)]),
            Self::RepeatedColumn { column } => Told::new("column_repeated", &[("column", column)]),
        }
    }
}

/// A record that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFailure {
    /// Line of the file, counted from one, the header being line one.
    pub line: u64,
    /// What the row is about, where it names it: a seal, or the subject of its kind.
    pub id: Option<String>,
    /// What is wrong and what to do.
    pub reason: Reason,
}

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet<E> {
    /// What its rows stand for, in the order of the file.
    pub entries: Vec<E>,
    /// Rows that cannot be used.
    pub failures: Vec<RowFailure>,
    /// Columns that mean nothing here.
    pub unknown_columns: Vec<String>,
}

/// The records of a file, by column name.
#[derive(Debug)]
pub(crate) struct Table {
    columns: BTreeMap<String, usize>,
    rows: Vec<(u64, Result<StringRecord, ValueError>)>,
    /// Columns that nobody asked for.
    pub(crate) unknown: Vec<String>,
}

/// One record, with its columns' names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    /// Line of the file.
    pub(crate) line: u64,
    columns: &'a BTreeMap<String, usize>,
    record: &'a StringRecord,
}

impl Table {
    /// Reads a file whose header must name all `required` columns and may name `optional` ones.
    pub(crate) fn read(bytes: &[u8], required: &[&str], optional: &[&str]) -> Result<Self, Error> {
        let mut reader = reader(bytes, required)?;
        let header = header(&mut reader);
        let columns = named(&header, required)?;
        let known =
            |name: &String| required.contains(&name.as_str()) || optional.contains(&name.as_str());
        let unknown = header.into_iter().filter(|name| !known(name)).collect();
        let rows = records(&mut reader);
        Ok(Self {
            columns,
            rows,
            unknown,
        })
    }

    /// The records in the order of the file.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, RowFailure>> {
        self.rows.iter().map(|(line, record)| match record {
            Ok(record) => Ok(Row {
                line: *line,
                columns: &self.columns,
                record,
            }),
            Err(error) => Err(RowFailure {
                line: *line,
                id: None,
                reason: Reason::from(error),
            }),
        })
    }

    /// Gives each record to `take`, which adds to the entries; those that cannot be used are named by
    /// their column `id`.
    pub(crate) fn sheet<E>(
        self,
        id: &str,
        mut take: impl FnMut(&Row<'_>, &mut Vec<E>) -> Result<(), ValueError>,
    ) -> Sheet<E> {
        let mut entries = Vec::new();
        let failure = |row: Result<Row<'_>, RowFailure>| match row {
            Ok(row) => take(&row, &mut entries).err().map(|error| RowFailure {
                line: row.line,
                id: row.text(id),
                reason: Reason::from(&error),
            }),
            Err(failure) => Some(failure),
        };
        let failures = self.rows().filter_map(failure).collect();
        Sheet {
            entries,
            failures,
            unknown_columns: self.unknown,
        }
    }
}

impl Row<'_> {
    /// The value in `column`; `None` if it is empty or the column is absent.
    pub(crate) fn text(&self, column: &str) -> Option<String> {
        let value = self.record.get(*self.columns.get(column)?)?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The value in `column`, which must not be empty.
    pub(crate) fn required(&self, column: &'static str) -> Result<String, ValueError> {
        self.text(column).ok_or(ValueError::Missing { column })
    }

    /// The value in `column` as a positive number.
    pub(crate) fn positive(&self, column: &'static str) -> Result<Option<f64>, ValueError> {
        let legal = |value: &f64| value.is_finite() && *value > 0.0;
        self.parsed(column, Expected::Size, |value| {
            value.parse().ok().filter(legal)
        })
    }

    /// The value in `column` as a civil date.
    pub(crate) fn date(&self, column: &'static str) -> Result<Option<Date>, ValueError> {
        self.parsed(column, Expected::Day, |value| {
            // Only the plain form: jiff alone would also take a time of day and drop it.
            let plain = value.len() == 10 && !value.contains('T');
            plain.then(|| value.parse().ok()).flatten()
        })
    }

    /// The value in `column` as `parse` understands it.
    pub(crate) fn parsed<T>(
        &self,
        column: &'static str,
        expected: Expected,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ValueError> {
        let Some(value) = self.text(column) else {
            return Ok(None);
        };
        match parse(&value) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(ValueError::Illegal {
                column,
                value,
                expected,
            }),
        }
    }
}

/// What a file is for, told by its header line.
#[derive(Clone, Copy, Debug)]
pub enum File {
    /// Seals and their specimens.
    Register,
    /// Events in the lives of seals.
    Events,
    /// Rows of another register.
    Entries(&'static Kind),
}

/// Recognises a file by its header line.
///
/// # Errors
/// If it has none, or one that belongs to no register.
pub fn recognise(bytes: &[u8]) -> Result<File, Error> {
    let header = header(&mut reader(bytes, &register::REQUIRED)?);
    let has = |columns: &[&str]| {
        columns
            .iter()
            .all(|column| header.iter().any(|h| h == column))
    };
    if has(&["id"]) || has(&["specimen", "organisation"]) {
        // A column left out is named when the file is read as what it must be.
        Ok(File::Register)
    } else {
        // Events of certificates have the columns of a seal's events and one more.
        let own = if has(&events::REQUIRED) {
            events::REQUIRED.len()
        } else {
            0
        };
        match kind::of_header(&header) {
            Some(kind) if kind.required.len() > own => Ok(File::Entries(kind)),
            _ if own > 0 => Ok(File::Events),
            _ => Err(Error::Unrecognised {
                found: header.join(", "),
            }),
        }
    }
}

fn reader<'a>(bytes: &'a [u8], required: &[&str]) -> Result<csv::Reader<&'a [u8]>, Error> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| Error::NotUtf8 {
        offset: error.valid_up_to(),
    })?;
    if text.trim().is_empty() {
        let required = required.join(", ");
        return Err(Error::Empty { required });
    }
    Ok(csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes()))
}

fn header(reader: &mut csv::Reader<&[u8]>) -> Vec<String> {
    match reader.headers() {
        Ok(header) => header.iter().map(str::to_lowercase).collect(),
        Err(_) => Vec::new(),
    }
}

/// Spreadsheets write semicolons or tabs where the comma is a decimal mark.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: u8| header.bytes().filter(|byte| *byte == mark).count();
    [b';', b'\t'].into_iter().fold(b',', |best, mark| {
        if count(mark) > count(best) {
            mark
        } else {
            best
        }
    })
}

/// The columns' positions; all of `required` are there and none twice.
fn named(header: &[String], required: &[&str]) -> Result<BTreeMap<String, usize>, Error> {
    let mut columns = BTreeMap::new();
    for (position, name) in header.iter().enumerate() {
        if columns.insert(name.clone(), position).is_some() {
            let column = name.clone();
            return Err(Error::RepeatedColumn { column });
        }
    }
    match required.iter().find(|name| !columns.contains_key(**name)) {
        None => Ok(columns),
        Some(missing) => Err(Error::MissingColumn {
            missing: (*missing).to_owned(),
            found: header.join(", "),
        }),
    }
}

fn records(reader: &mut csv::Reader<&[u8]>) -> Vec<(u64, Result<StringRecord, ValueError>)> {
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return rows,
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                // No database keeps such a character in a text.
                let row = if record.as_slice().contains('\0') {
                    Err(ValueError::NoText)
                } else {
                    Ok(record.clone())
                };
                rows.push((line, row));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.push((line, Err(malformed(&error))));
            }
        }
    }
}

fn malformed(error: &csv::Error) -> ValueError {
    if let csv::ErrorKind::UnequalLengths {
        expected_len, len, ..
    } = error.kind()
    {
        ValueError::Uneven {
            found: *len,
            columns: *expected_len,
        }
    } else {
        ValueError::NotCsv {
            detail: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, Error> {
        Table::read(text.as_bytes(), &["id"], &["on", "size"])
    }

    fn values(table: &Table, column: &str) -> Vec<Option<String>> {
        let rows = table.rows();
        rows.map(|row| row.unwrap().text(column)).collect()
    }

    #[test]
    fn columns_are_found_in_any_order_behind_a_byte_order_mark() {
        let table = table("\u{feff}size,ID\n3,a\n,b\n").unwrap();
        assert_eq!(values(&table, "id"), [Some("a".into()), Some("b".into())]);
        assert_eq!(values(&table, "size"), [Some("3".into()), None]);
    }

    #[test]
    fn semicolons_separate_where_the_header_has_them() {
        let table = table("id;size\na;3\n").unwrap();
        assert_eq!(values(&table, "size"), [Some("3".into())]);
    }

    #[test]
    fn unknown_columns_are_named_and_missing_ones_refused() {
        assert_eq!(table("id,hue\na,b\n").unwrap().unknown, ["hue"]);
        let error = table("hue,size\na,3\n").unwrap_err();
        assert!(error.to_string().contains("`id` is missing"), "{error}");
        assert!(matches!(table(" \n"), Err(Error::Empty { .. })));
        assert!(matches!(
            table("id,id\n"),
            Err(Error::RepeatedColumn { .. })
        ));
    }

    #[test]
    fn a_file_is_told_by_its_header_line() {
        let told = |header: &str| recognise(format!("{header}\n").as_bytes());
        let register = told("specimen;id;organisation");
        assert!(matches!(register, Ok(File::Register)), "{register:?}");
        assert!(matches!(told("seal,event,on"), Ok(File::Events)));
        assert!(
            matches!(told("reason,withdraws"), Ok(File::Entries(kind)) if kind.name == "withdrawal")
        );
        let error = told("hue,size").unwrap_err();
        assert!(error.to_string().contains("hue, size"), "{error}");
    }

    #[test]
    fn text_in_another_encoding_is_refused_with_its_place() {
        let error = Table::read(b"id\n\xB5\n", &["id"], &[]).unwrap_err();
        assert_eq!(error, Error::NotUtf8 { offset: 3 });
    }

    #[test]
    fn a_row_that_cannot_be_read_costs_only_itself() {
        let table = table("id,size\na,1\nb,2,3\nc,4\nd,\0\n").unwrap();
        let lines: Vec<_> = table
            .rows()
            .map(|row| row.map(|row| row.line).map_err(|failure| failure.line))
            .collect();
        assert_eq!(lines, [Ok(2), Err(3), Ok(4), Err(5)]);
    }

    #[test]
    fn dates_and_numbers_say_what_they_expect() {
        let table = table("id,on,size\na,21/05/2024,-1\nb,2024-05-21,3.5\n").unwrap();
        let rows: Vec<_> = table.rows().map(Result::unwrap).collect();
        assert!(
            rows[0]
                .date("on")
                .unwrap_err()
                .to_string()
                .contains("2024-05-21")
        );
        assert!(rows[0].positive("size").is_err());
        assert_eq!(rows[1].date("on"), Ok(Some(jiff::civil::date(2024, 5, 21))));
        assert_eq!(rows[1].positive("size"), Ok(Some(3.5)));
    }
}
