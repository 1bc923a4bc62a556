//! Whom a body belongs to: its parent, who established it, who licensed it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
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
        let expected = Expected::OneOf(&["parent", "established_by", "licensed_by"]);
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
    /// Whether it has all days of the other.
    fn covers(self, other: Self) -> bool {
        let begins = self
            .from
            .is_none_or(|from| other.from.is_some_and(|other| from <= other));
        let ends = self
            .to
            .is_none_or(|to| other.to.is_some_and(|other| other <= to));
        begins && ends
    }

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
/// `above` gives the relations of a body that stand. Relations of different kinds make no cycle, nor do
/// such as never held together.
#[must_use]
pub fn cycle(above: &impl Fn(&str) -> Vec<Relation>, new: &Relation) -> Option<Vec<String>> {
    let mut steps = vec![Step {
        body: new.other.clone(),
        span: new.span(),
        below: None,
    }];
    // No body is climbed from twice for days that were looked at before: registers are no trees.
    let mut seen: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    let mut place = 0;
    while let Some(Step { body, span, .. }) = steps.get(place).cloned() {
        if body == new.body {
            return Some(path(&steps, place, &new.body));
        }
        let known = seen.entry(body.clone()).or_default();
        if !known.iter().any(|known| known.covers(span)) {
            known.push(span);
            let own = above(&body)
                .into_iter()
                .filter(|next| next.kind == new.kind);
            steps.extend(own.filter_map(|next| {
                Some(Step {
                    span: span.within(next.span())?,
                    body: next.other,
                    below: Some(place),
                })
            }));
        }
        place += 1;
    }
    None
}

/// A body that was climbed to, with the days on which all steps to it hold.
#[derive(Clone)]
struct Step {
    body: String,
    span: Span,
    below: Option<usize>,
}

fn path(steps: &[Step], last: usize, first: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut place = Some(last);
    while let Some(step) = place.map(|place| &steps[place]) {
        path.push(step.body.clone());
        place = step.below;
    }
    path.push(first.to_owned());
    path.reverse();
    path
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
        let known = |body: &str| match body {
            "a" => vec![parent("a", "b", [2000, 2010])],
            "b" => vec![parent("b", "c", [2005, 2020])],
            _ => Vec::new(),
        };
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

    #[test]
    fn a_cycle_is_looked_for_in_a_lattice_without_taking_every_way() {
        // Each body has two parents, so that there are 2^200 ways up.
        let known = |body: &str| -> Vec<Relation> {
            let (row, _) = body.split_once('-').unwrap();
            let above = row.parse::<u32>().unwrap() + 1;
            let side = |side: u32| parent(body, &format!("{above}-{side}"), [2000, 2010]);
            if above > 200 {
                Vec::new()
            } else {
                vec![side(0), side(1)]
            }
        };
        let new = parent("300-0", "0-0", [2000, 2010]);
        assert_eq!(cycle(&known, &new), None);
        let back = parent("200-1", "0-0", [2000, 2010]);
        assert_eq!(cycle(&known, &back).unwrap().len(), 202);
    }
}
