//! Lists of matters: what a seal serves, and what it must not.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;
use crate::registry::use_register::usage::plain;

/// Rows that put a matter on a list, from one day to another.
pub const KIND: &Kind = &Kind {
    name: "matter",
    title: "listed matters",
    required: &["applies_to", "list", "matter", "sign"],
    optional: &[
        "from",
        "to",
        "batch",
        "published_on",
        "published_in",
        "reviewed_on",
    ],
    key: "applies_to",
    day: Some("from"),
    identity: &["applies_to", "list", "matter", "from"],
    refers: &[],
    check: |entry| Matter::of(entry).map(drop),
};

/// Whether what is listed may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Only what is listed.
    Positive,
    /// Nothing of what is listed.
    Negative,
}

/// A matter on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// A seal, a class profile, or `*` for all.
    pub applies_to: String,
    /// The list.
    pub list: String,
    /// The decision that it rests on.
    pub decision: Option<String>,
    /// The matter.
    pub matter: String,
    /// Whether it may be done.
    pub sign: Sign,
    /// Its first day on the list; none: from the beginning.
    pub from: Option<Date>,
    /// Its last day.
    pub to: Option<Date>,
}

impl Matter {
    /// Whether it stands on the list on a day.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// Whether it is the matter of this name.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        plain(&self.matter) == plain(name)
    }

    /// Whether its list is for a seal of this identifier and profile.
    #[must_use]
    pub fn is_for(&self, seal: &str, profile: Option<&str>) -> bool {
        self.applies_to == "*"
            || self.applies_to == seal
            || Some(self.applies_to.as_str()) == profile
    }
}

impl Fact for Matter {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let sign =
            entry.parsed(
                "sign",
                Expected::OneOf(&["positive", "negative"]),
                |word| match word {
                    "positive" => Some(Sign::Positive),
                    "negative" => Some(Sign::Negative),
                    _ => None,
                },
            )?;
        entry.date("published_on")?;
        entry.date("reviewed_on")?;
        Ok(Self {
            applies_to: entry.required("applies_to")?,
            list: entry.required("list")?,
            decision: entry.instrument.clone(),
            matter: entry.required("matter")?,
            sign: sign.ok_or(ValueError::Missing { column: "sign" })?,
            from: entry.date("from")?,
            to: entry.date("to")?,
        })
    }
}
