//! What is wrong with a row of a file.

use std::fmt::Display;

use jiff::civil::Date;
use thiserror::Error;

use crate::registry::Reason;
use crate::registry::Told;

/// Most words that are named as a choice; more are a list.
const CHOICE_MAX: usize = 5;

/// What a column asks of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A day.
    Day,
    /// A day, with or without a time.
    Moment,
    /// A whole number from 0.
    Count,
    /// A year.
    Year,
    /// A number above 0.
    Size,
    /// A resolution in pixels an inch.
    Resolution,
    /// A SHA-256.
    Digest,
    /// One of some words.
    OneOf(&'static [&'static str]),
}

impl Expected {
    /// The code of a value that is none.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "no_day",
            Self::Moment => "no_moment",
            Self::Count => "no_count",
            Self::Year => "no_year",
            Self::Size => "no_size",
            Self::Resolution => "no_dpi",
            Self::Digest => "no_digest",
            Self::OneOf(_) => "no_such_word",
        }
    }
}

impl Display for Expected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let said = match self {
            Self::Day => "a date written like 2024-05-21",
            Self::Moment => "a date and time written like 2024-05-21 16:30, or a date",
            Self::Count => "a whole number, such as 2",
            Self::Year => "a year, such as 2024",
            Self::Size => "a number above 0, such as 300 or 36.5",
            Self::Resolution => "a number above 0, such as 300",
            Self::Digest => "64 hexadecimal digits",
            Self::OneOf([others @ .., last]) if !others.is_empty() && others.len() < CHOICE_MAX => {
                return write!(formatter, "{} or {last}", others.join(", "));
            }
            Self::OneOf(words) => return write!(formatter, "one of {}", words.join(", ")),
        };
        formatter.write_str(said)
    }
}

/// Why one value of a record cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    /// A character that stands in no text.
    #[error("the row has a character that belongs to no text (NUL); write the value anew")]
    NoText,
    /// Another number of values than of columns.
    #[error(
        "the row has {found} values where the header names {columns} columns; \
         put values that contain a comma in quotation marks"
    )]
    Uneven {
        /// Values of the row.
        found: u64,
        /// Columns of the header.
        columns: u64,
    },
    /// No record of the format.
    #[error("the row is not CSV: {detail}")]
    NotCsv {
        /// What the reader says.
        detail: String,
    },
    /// A required value is absent.
    #[error("`{column}` is empty; every row needs one")]
    Missing {
        /// Its column.
        column: &'static str,
    },
    /// Two values of which one is needed are absent.
    #[error("`{one}` and `{other}` are both empty; one of them is needed")]
    Neither {
        /// The column of the one.
        one: &'static str,
        /// The column of the other.
        other: &'static str,
    },
    /// A seal was replaced, and by which is not told.
    #[error("`successor` is empty; `replaced_by` needs the new seal")]
    NoSuccessor,
    /// A value longer than any.
    #[error("`{column}` has more than {bytes_max} bytes")]
    TooLong {
        /// Its column.
        column: &'static str,
        /// Bytes at most.
        bytes_max: usize,
    },
    /// A period that is none.
    #[error("the period ends on {to}, before it begins on {from}")]
    EndsFirst {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    },
    /// A specimen that was the registered one on no day.
    #[error("the specimen ends on {to}, before it begins on {from}")]
    SpecimenEndsFirst {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    },
    /// A value that its column does not allow.
    #[error("`{column}` is \"{value}\", but must be {expected}")]
    Illegal {
        /// Its column.
        column: &'static str,
        /// The value found.
        value: String,
        /// What was expected.
        expected: Expected,
    },
    /// Two rows of one seal contradict one another.
    #[error("`{column}` is \"{value}\", but line {line} says \"{other}\" for the same seal")]
    Contradiction {
        /// The column.
        column: &'static str,
        /// This row's value.
        value: String,
        /// The line of the other row.
        line: u64,
        /// The other row's value.
        other: String,
    },
}

impl ValueError {
    /// The same by a code.
    #[must_use]
    pub fn told(&self) -> Told {
        match self {
            Self::NoText => Told::new("no_text", &[]),
            Self::Uneven { found, columns } => {
                Told::new("uneven", &[("found", found), ("columns", columns)])
            }
            Self::NotCsv { detail } => Told::new("not_csv", &[("detail", detail)]),
            Self::Missing { column } => Told::new("empty", &[("column", column)]),
            Self::Neither { one, other } => {
                Told::new("both_empty", &[("one", one), ("other", other)])
            }
            Self::NoSuccessor => Told::new("no_successor", &[]),
            Self::TooLong { column, bytes_max } => {
                Told::new("too_long", &[("column", column), ("bytes_max", bytes_max)])
            }
            Self::EndsFirst { from, to } => Told::new("ends_first", &[("from", from), ("to", to)]),
            Self::SpecimenEndsFirst { from, to } => {
                Told::new("specimen_ends_first", &[("from", from), ("to", to)])
            }
            Self::Illegal {
                column,
                value,
                expected,
            } => {
                let told = Told::new(expected.code(), &[("column", column), ("value", value)]);
                match expected {
                    Expected::OneOf(words) => told.with("words", &words.join(", ")),
                    Expected::Day
                    | Expected::Moment
                    | Expected::Count
                    | Expected::Year
                    | Expected::Size
                    | Expected::Resolution
                    | Expected::Digest => told,
                }
            }
            Self::Contradiction {
                column,
                value,
                line,
                other,
            } => Told::new(
                "contradiction",
                &[
                    ("column", column),
                    ("value", value),
                    ("line", line),
                    ("other", other),
                ],
            ),
        }
    }
}

impl From<&ValueError> for Reason {
    fn from(error: &ValueError) -> Self {
        Self {
            sentence: error.to_string(),
            told: error.told(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_few_words_is_a_choice_and_of_many_a_list() {
        let said = |words| Expected::OneOf(words).to_string();
        assert_eq!(said(&["yes", "no"]), "yes or no");
        assert_eq!(
            said(&["work", "certificate", "centre"]),
            "work, certificate or centre"
        );
        assert_eq!(
            said(&["a", "b", "c", "d", "e", "f"]),
            "one of a, b, c, d, e, f"
        );
        assert_eq!(said(&["a"]), "one of a");
    }
}
