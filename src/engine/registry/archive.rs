//! That a year's register of use was put into the archive.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that tell of archived registers of use.
pub const KIND: &Kind = &Kind {
    name: "archive",
    title: "archived registers of use",
    required: &["seal", "year", "archived_on"],
    optional: &["by", "place"],
    key: "seal",
    day: Some("archived_on"),
    identity: &["seal", "year"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| Archive::of(entry).map(drop),
};

/// A year's register in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Archive {
    /// The year.
    pub year: i16,
    /// The day on which it was archived.
    pub archived_on: Date,
}

impl Fact for Archive {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let legal = |year: &i16| (1900..=9998).contains(year);
        let year = entry.parsed("year", Expected::Year, |value| {
            value.parse().ok().filter(legal)
        })?;
        Ok(Self {
            year: year.ok_or(ValueError::Missing { column: "year" })?,
            archived_on: entry.day("archived_on")?,
        })
    }
}
