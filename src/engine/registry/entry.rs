//! What is recorded in the registers: dated entries that are never changed.
//!
//! An entry is named by what it says, not by when it was recorded: the same row recorded twice is one
//! entry, and a correction names the entry that it replaces in whatever order the two are recorded.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Hexadecimal digits of a name: 64 bits tell apart all the entries that one register can have.
const NAME_DIGITS: usize = 16;

/// One row of a register, whatever it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What sort of row it is: the name of a [`Kind`](crate::registry::kind::Kind).
    pub kind: String,
    /// The seal, body or other subject that it is about.
    pub key: String,
    /// The day on which it happened, where the kind has one and the row tells it.
    pub happened_on: Option<Date>,
    /// Its columns as stated, without empty ones; the three below are not among them.
    pub content: BTreeMap<String, String>,
    /// The decision or notice that it rests on.
    pub instrument: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<String>,
    /// Name of the entry that it replaces.
    pub corrects: Option<String>,
}

/// An entry with the time of its recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its name, see [`Entry::name`].
    pub name: String,
    /// What it says.
    pub entry: Entry,
    /// The revision that added it; none where it was not read from the store.
    pub revision: Option<u64>,
    /// When that was, UTC.
    pub recorded_at: Option<String>,
}

impl Entry {
    /// The name that follows from what the entry says; who recorded it is no part of that.
    ///
    /// # Panics
    /// Never: an entry is plain JSON.
    #[must_use]
    pub fn name(&self) -> String {
        let said = (
            &self.kind,
            &self.key,
            self.happened_on,
            &self.content,
            &self.instrument,
            &self.corrects,
        );
        let said = serde_json::to_vec(&said).expect("an entry is plain JSON");
        let digest = Sha256::digest(said);
        let hex = digest.iter().map(|byte| format!("{byte:02x}"));
        hex.take(NAME_DIGITS / 2).collect()
    }

    /// The value in `column`.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        self.content.get(column).map(String::as_str)
    }

    /// The value in `column`, which must be there.
    ///
    /// # Errors
    /// If it is not.
    pub fn required(&self, column: &'static str) -> Result<String, ValueError> {
        let value = self.text(column).map(str::to_owned);
        value.ok_or(ValueError::Missing { column })
    }

    /// The value in `column` as a civil date.
    ///
    /// # Errors
    /// If it is none.
    pub fn date(&self, column: &'static str) -> Result<Option<Date>, ValueError> {
        self.parsed(column, Expected::Day, plain_date)
    }

    /// The value in `column` as a civil date, which must be there.
    ///
    /// # Errors
    /// If it is not, or is no date.
    pub fn day(&self, column: &'static str) -> Result<Date, ValueError> {
        self.date(column)?.ok_or(ValueError::Missing { column })
    }

    /// The value in `column` as a date, with or without a time of day.
    ///
    /// # Errors
    /// If it is none.
    pub fn moment(&self, column: &'static str) -> Result<Option<Moment>, ValueError> {
        self.parsed(column, Expected::Moment, Moment::read)
    }

    /// The value in `column` as a yes or a no.
    ///
    /// # Errors
    /// If it is neither.
    pub fn yes(&self, column: &'static str) -> Result<Option<bool>, ValueError> {
        self.parsed(
            column,
            Expected::OneOf(&["yes", "no"]),
            |value| match value {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
        )
    }

    /// The value in `column` as a count from 0.
    ///
    /// # Errors
    /// If it is none.
    pub fn count(&self, column: &'static str) -> Result<Option<u32>, ValueError> {
        self.parsed(column, Expected::Count, |value| value.parse().ok())
    }

    /// The value in `column` as `parse` understands it.
    ///
    /// # Errors
    /// If it does not.
    pub fn parsed<T>(
        &self,
        column: &'static str,
        expected: Expected,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ValueError> {
        let Some(value) = self.text(column) else {
            return Ok(None);
        };
        let parsed = parse(value);
        parsed.map(Some).ok_or_else(|| ValueError::Illegal {
            column,
            value: value.to_owned(),
            expected,
        })
    }
}

/// A day, with a time of day where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// The day.
    pub day: Date,
    /// The day with its time.
    pub time: Option<DateTime>,
}

impl Moment {
    /// Reads `2024-05-21`, `2024-05-21 16:30` or `2024-05-21T16:30:05`.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        if let Some(day) = plain_date(value) {
            return Some(Self { day, time: None });
        }
        let known = |at: usize| value.as_bytes().get(at);
        let plain = [16, 19].contains(&value.len())
            && matches!(known(10), Some(b' ' | b'T'))
            && known(13) == Some(&b':');
        let time: DateTime = plain.then(|| value.parse().ok()).flatten()?;
        Some(Self {
            day: time.date(),
            time: Some(time),
        })
    }

    /// Whether it surely comes after the other: on one day, only where both tell the time.
    #[must_use]
    pub fn is_after(self, other: Self) -> bool {
        match (self.time, other.time) {
            (Some(own), Some(other)) => own > other,
            _ => self.day > other.day,
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.time {
            Some(time) => write!(formatter, "{}", time.strftime("%Y-%m-%d %H:%M")),
            None => write!(formatter, "{}", self.day),
        }
    }
}

/// Only the plain form: jiff alone would also take a time of day and drop it.
fn plain_date(value: &str) -> Option<Date> {
    let plain = value.len() == 10 && !value.contains('T');
    plain.then(|| value.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            kind: "permit".into(),
            key: "S1".into(),
            content: [("seal", "S1"), ("out_at", "2024-05-21 16:30")]
                .map(|(column, value)| (column.to_owned(), value.to_owned()))
                .into(),
            ..Entry::default()
        }
    }

    #[test]
    fn an_entry_is_named_by_what_it_says_and_not_by_who_recorded_it() {
        let recorded = Entry {
            recorded_by: Some("Lan".into()),
            ..entry()
        };
        assert_eq!(entry().name(), recorded.name());
        let other = Entry {
            instrument: Some("12/QĐ".into()),
            ..entry()
        };
        assert_ne!(entry().name(), other.name());
        assert_eq!(entry().name().len(), NAME_DIGITS);
    }

    #[test]
    fn a_time_of_day_is_kept_and_on_one_day_only_times_tell_the_order() {
        let read = |value| Moment::read(value).unwrap();
        let early = read("2024-05-21 08:00");
        let late = read("2024-05-21T16:30:00");
        let whole = read("2024-05-21");
        assert!(late.is_after(early) && !early.is_after(late));
        assert!(!late.is_after(whole) && !whole.is_after(early));
        assert!(read("2024-05-22").is_after(late));
        for nonsense in ["2024-02-30", "21/05/2024", "2024-05-21 25:00", "", "now"] {
            assert_eq!(Moment::read(nonsense), None, "{nonsense}");
        }
        assert_eq!(late.to_string(), "2024-05-21 16:30");
    }
}
