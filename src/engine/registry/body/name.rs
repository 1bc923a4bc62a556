//! The legal names of bodies, from one day to another.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::ValueError;

/// Rows that name bodies.
pub const KIND: &Kind = &Kind {
    name: "name",
    title: "names of bodies",
    required: &["body", "name", "from"],
    optional: &["to"],
    key: "body",
    day: Some("from"),
    identity: &["body", "name", "from"],
    refers: &[("body", Subject::Body)],
    check: |entry| Name::of(entry).map(drop),
};

/// A legal name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Its first day.
    pub from: Date,
    /// Its last day; none while it is borne, or until the next one begins.
    pub to: Option<Date>,
}

impl Name {
    /// Whether it was borne on a day, unless a later one had begun.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

impl Fact for Name {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        Ok(Self {
            name: entry.required("name")?,
            from: entry.day("from")?,
            to: entry.date("to")?,
        })
    }
}

/// A name without what writing it may change: capitals, spaces, and whether its accents are letters' own or marks behind them
/// (Unicode's form C).
#[must_use]
pub fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::plain;

    #[test]
    fn one_name_in_two_forms_of_its_accents_is_one() {
        let name = "Ủy ban nhân dân xã Vĩnh Mộc";
        let apart: String = name.nfd().collect();
        assert_ne!(name, apart);
        assert_eq!(plain(name), plain(&apart.to_uppercase()));
        assert_ne!(plain(name), plain("Ủy ban nhân dân xã Vĩnh Móc"));
    }
}
