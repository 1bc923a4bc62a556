//! Whom a body belongs to: its parent, who established it, who licensed it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::ValueError;

/// Rows that relate bodies.
pub const KIND: &Kind = &Kind {
    name: "relation",
    title: "relations of bodies",
    required: &["body", "relation", "other"],
    optional: &["from", "to"],
    key: "body",
    day: Some("from"),
    identity: &["body", "relation", "other", "from"],
    refers: &[("body", Subject::Body), ("other", Subject::Body)],
    check: |entry| Relation::of(entry).map(drop),
};

/// How one body belongs to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationKind {
    /// It is subordinate to it.
    Parent,
    /// It was established by it.
    EstablishedBy,
    /// It was licensed by it.
    LicensedBy,
}

impl RelationKind {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::EstablishedBy => "established_by",
            Self::LicensedBy => "licensed_by",
        }
    }

    fn named(word: &str) -> Option<Self> {
        let kinds = [Self::Parent, Self::EstablishedBy, Self::LicensedBy];
        kinds.into_iter().find(|kind| kind.name() == word)
    }
}

/// That one body belongs to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The body.
    pub body: String,
    /// How.
    pub kind: RelationKind,
    /// To which.
    pub other: String,
    /// From which day on; none: from the beginning.
    pub from: Option<Date>,
    /// Until which day.
    pub to: Option<Date>,
}

impl Relation {
    /// Whether it held on a day.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    const fn span(&self) -> Span {
        Span {
            from: self.from,
            to: self.to,
        }
    }
}

impl Fact for Relation {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let expected = "one of parent, established_by, licensed_by";
        let kind = entry.parsed("relation", expected, RelationKind::named)?;
        Ok(Self {
            body: entry.required("body")?,
            kind: kind.ok_or(ValueError::Missing { column: "relation" })?,
            other: entry.required("other")?,
            from: entry.date("from")?,
            to: entry.date("to")?,
        })
    }
}

/// From one day to another, open where there is none.
#[derive(Clone, Copy)]
struct Span {
    from: Option<Date>,
    to: Option<Date>,
}

impl Span {
    /// The days of both.
    fn within(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let is_empty = matches!((from, to), (Some(from), Some(to)) if to < from);
        (!is_empty).then_some(Self { from, to })
    }
}

/// The bodies along which a new relation would lead back to its own body on some day, first to last.
///
/// `known` are the relations that stand, by body. Relations of different kinds make no cycle, nor do
/// such as never held together.
#[must_use]
pub fn cycle(known: &BTreeMap<String, Vec<Relation>>, new: &Relation) -> Option<Vec<String>> {
    let mut path = vec![new.body.clone()];
    climb(known, (new, new.span()), &mut path).then_some(path)
}

/// Climbs from the upper end of a relation; true where that comes back to the first body.
fn climb(
    known: &BTreeMap<String, Vec<Relation>>,
    (step, span): (&Relation, Span),
    path: &mut Vec<String>,
) -> bool {
    if step.other == path[0] {
        path.push(step.other.clone());
        return true;
    }
    // A cycle further up is not this relation's, and is told of elsewhere.
    if path.contains(&step.other) {
        return false;
    }
    path.push(step.other.clone());
    for next in known.get(&step.other).into_iter().flatten() {
        let Some(span) = span.within(next.span()).filter(|_| next.kind == step.kind) else {
            continue;
        };
        if climb(known, (next, span), path) {
            return true;
        }
    }
    path.pop();
    false
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn parent(body: &str, other: &str, years: [i16; 2]) -> Relation {
        Relation {
            body: body.into(),
            kind: RelationKind::Parent,
            other: other.into(),
            from: Some(date(years[0], 1, 1)),
            to: Some(date(years[1], 12, 31)),
        }
    }

    #[test]
    fn a_body_cannot_stand_above_itself_on_any_one_day() {
        let known: BTreeMap<String, Vec<Relation>> = [
            ("a".into(), vec![parent("a", "b", [2000, 2010])]),
            ("b".into(), vec![parent("b", "c", [2005, 2020])]),
        ]
        .into();
        let found = cycle(&known, &parent("c", "a", [2010, 2015])).unwrap();
        assert_eq!(found, ["c", "a", "b", "c"]);
        assert_eq!(cycle(&known, &parent("c", "a", [2011, 2015])), None);
        assert!(cycle(&known, &parent("d", "d", [2000, 2000])).is_some());
        let licence = Relation {
            kind: RelationKind::LicensedBy,
            ..parent("c", "a", [2010, 2015])
        };
        assert_eq!(cycle(&known, &licence), None);
    }
}
