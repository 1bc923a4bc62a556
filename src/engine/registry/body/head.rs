//! The heads of bodies, who answer for their seals.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::ValueError;

/// Rows that tell who heads a body.
pub const KIND: &Kind = &Kind {
    name: "head",
    title: "heads of bodies",
    required: &["body", "head", "from"],
    optional: &["to", "title", "person"],
    key: "body",
    day: Some("from"),
    identity: &["body", "head", "from"],
    refers: &[("body", Subject::Body)],
    check: |entry| Head::of(entry).map(drop),
};

/// Someone's time as the head of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Their name.
    pub name: String,
    /// Their office.
    pub title: Option<String>,
    /// Their identifier, where names are not enough.
    pub person: Option<String>,
    /// Their first day.
    pub from: Date,
    /// Their last day.
    pub to: Option<Date>,
}

impl Head {
    /// Whether they were in office on a day.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

impl Fact for Head {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        Ok(Self {
            name: entry.required("head")?,
            title: entry.text("title").map(str::to_owned),
            person: entry.text("person").map(str::to_owned),
            from: entry.day("from")?,
            to: entry.date("to")?,
        })
    }
}
