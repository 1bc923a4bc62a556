//! The review list: the seals of a body and of what belongs to it, as a dated snapshot, and what changed since one.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Display;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::Entry;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Reason;
use crate::registry::Records;
use crate::registry::Status;
use crate::registry::body;
use crate::registry::body::Body;
use crate::registry::custody::Custody;
use crate::registry::inspection::Inspection;
use crate::registry::inspection::InspectionFault;
use crate::registry::inspection::Sort;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;

/// Rows that keep a review list.
pub const KIND: &Kind = &Kind {
    name: "review",
    title: "review lists",
    required: &["body", "reviewed_on", "list"],
    optional: &[],
    key: "body",
    day: Some("reviewed_on"),
    identity: &["body", "reviewed_on"],
    refers: &[("body", Subject::Body)],
    check: |entry| entry.day("reviewed_on").map(drop),
};

/// A seal of the register, as far as a review needs it.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// What is stated of it.
    pub particulars: &'a Particulars,
    /// Its life.
    pub life: &'a Life,
}

/// One seal on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealLine {
    /// Its identifier.
    pub seal: String,
    /// Which copy it is.
    pub copy_no: Option<String>,
    /// Its state.
    pub status: Status,
    /// Who keeps it.
    pub custodian: Option<String>,
    /// Number of its certificate.
    pub certificate_no: Option<String>,
}

/// A fault that an inspection found and that stands open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFault {
    /// What is wrong.
    pub fault: String,
    /// What is to be done.
    pub recommendation: Option<String>,
    /// Who is to do it.
    pub responsible: Option<String>,
    /// The day by which it is to be done.
    pub due_on: Option<Date>,
    /// By how many days that is over.
    pub overdue_days: Option<i32>,
}

/// One body on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyLine {
    /// Its identifier.
    pub body: String,
    /// Its name.
    pub name: String,
    /// How it belongs to the one above it; none for the first.
    pub belongs: Option<String>,
    /// Its head.
    pub head: Option<String>,
    /// Its rules about seals.
    pub internal_rules: Option<String>,
    /// The last time that it inspected its seals itself, and that they were inspected from above.
    pub inspected: [Option<Date>; 2],
    /// Planned inspections that were not done.
    pub missed: Vec<String>,
    /// Faults that stand open.
    pub open_faults: Vec<OpenFault>,
    /// Its seals; a body without any is a gap.
    pub seals: Vec<SealLine>,
}

/// A review list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The body whose list it is.
    pub body: String,
    /// The day that it shows.
    pub on: Date,
    /// The body, and those that belong to it.
    pub bodies: Vec<BodyLine>,
}

impl Review {
    /// The list of a body on a day; `None` where the body is not registered.
    #[must_use]
    pub fn of(records: &Records, seals: &[Reviewed<'_>], id: &str, on: Date) -> Option<Self> {
        let first = Body::of(records, id)?;
        let mut bodies = Vec::new();
        let mut seen: BTreeSet<String> = [first.id.clone()].into();
        let below = below(records, on);
        let mut pending = vec![(first, None)];
        while let Some((body, belongs)) = pending.pop() {
            for (child, how) in below.get(&body.id).into_iter().flatten().rev() {
                if seen.insert(child.clone()) {
                    pending.extend(Body::of(records, child).map(|body| (body, Some(how.clone()))));
                }
            }
            bodies.push(body_line(records, seals, &body, (belongs, on)));
        }
        Some(Self {
            body: id.to_owned(),
            on,
            bodies,
        })
    }

    /// The last list kept of a body before a day, or on it.
    #[must_use]
    pub fn kept(records: &Records, id: &str, until: Date) -> Option<Self> {
        let kept = records.about(KIND.name, id).iter().rev();
        kept.filter(|recorded| recorded.entry.happened_on.is_some_and(|on| on <= until))
            .find_map(|recorded| serde_json::from_str(recorded.entry.text("list")?).ok())
    }

    /// The list as an entry of the register.
    ///
    /// # Panics
    /// Never: a list is plain JSON.
    #[must_use]
    pub fn entry(&self) -> Entry {
        let list = serde_json::to_string(self).expect("a list is plain JSON");
        let content = [
            ("body", self.body.clone()),
            ("reviewed_on", self.on.to_string()),
            ("list", list),
        ];
        Entry {
            kind: KIND.name.to_owned(),
            key: self.body.clone(),
            happened_on: Some(self.on),
            content: content
                .map(|(column, value)| (column.to_owned(), value))
                .into(),
            ..Entry::default()
        }
    }

    /// The bodies of which no seal is registered.
    pub fn gaps(&self) -> impl Iterator<Item = &BodyLine> {
        self.bodies.iter().filter(|body| body.seals.is_empty())
    }

    /// What is other than in an earlier list, a line each.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<Reason> {
        let (old, new) = (before.seals(), self.seals());
        let mut lines = Vec::new();
        let bodies = |review: &Self| -> BTreeSet<String> {
            review.bodies.iter().map(|body| body.body.clone()).collect()
        };
        let (old_bodies, new_bodies) = (bodies(before), bodies(self));
        let added = new_bodies.difference(&old_bodies);
        lines.extend(added.map(|id| of_body("body_added", id, format!("+ body {id}"))));
        let removed = old_bodies.difference(&new_bodies);
        lines.extend(removed.map(|id| of_body("body_removed", id, format!("- body {id}"))));
        for (id, (body, line)) in &new {
            match old.get(id) {
                None => {
                    let told = format!("+ seal {id} of {body}");
                    lines.push(of_seal("seal_added", (id, body), told));
                }
                Some((was, before)) => lines.extend(changes(id, (was, before), (body, line))),
            }
        }
        for (id, (body, _)) in &old {
            if !new.contains_key(id) {
                let told = format!("- seal {id} of {body}");
                lines.push(of_seal("seal_removed", (id, body), told));
            }
        }
        lines
    }

    fn seals(&self) -> BTreeMap<&str, (&str, &SealLine)> {
        self.bodies
            .iter()
            .flat_map(|body| {
                let seals = body.seals.iter();
                seals.map(|seal| (seal.seal.as_str(), (body.body.as_str(), seal)))
            })
            .collect()
    }
}

fn of_body(code: &'static str, body: &str, told: String) -> Reason {
    Reason::new(code, &[("body", &body)], told)
}

fn of_seal(code: &'static str, (seal, body): (&str, &str), told: String) -> Reason {
    Reason::new(code, &[("seal", &seal), ("body", &body)], told)
}

fn changes(
    id: &str,
    (was, before): (&str, &SealLine),
    (is, now): (&str, &SealLine),
) -> Vec<Reason> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let pairs = [
        ("seal_body", "body", was.to_owned(), is.to_owned()),
        (
            "seal_copy",
            "copy",
            text(&before.copy_no),
            text(&now.copy_no),
        ),
        (
            "seal_custodian",
            "custodian",
            text(&before.custodian),
            text(&now.custodian),
        ),
        (
            "seal_certificate",
            "certificate",
            text(&before.certificate_no),
            text(&now.certificate_no),
        ),
    ];
    let other = |(code, what, before, now): (&'static str, &str, String, String)| {
        let [from, to] = [&before, &now].map(|it| if it.is_empty() { "none" } else { it });
        let told = format!("~ seal {id}, {what}: {from} -> {to}");
        // Empty where there is none: each language has its word for that.
        let values: [(&'static str, &dyn Display); 3] =
            [("seal", &id), ("before", &before), ("after", &now)];
        (before != now).then(|| Reason::new(code, &values, told))
    };
    let mut lines: Vec<Reason> = pairs.into_iter().filter_map(other).collect();
    if before.status != now.status {
        let codes = [before.status, now.status].map(status_code);
        let [from, to] = [before.status, now.status].map(status_name);
        let told = format!("~ seal {id}, state: {from} -> {to}");
        let values: [(&'static str, &dyn Display); 3] = [
            ("seal", &id),
            ("state_before", &codes[0]),
            ("state_after", &codes[1]),
        ];
        lines.insert(0, Reason::new("seal_state", &values, told));
    }
    lines
}

fn status_code(status: Status) -> String {
    let value = serde_json::to_value(status).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A state's name, as files have it.
#[must_use]
pub fn status_name(status: Status) -> String {
    status_code(status).replace('_', " ")
}

/// The bodies right below each body on a day, with how they belong to it.
fn below(records: &Records, on: Date) -> BTreeMap<String, Vec<(String, String)>> {
    let mut below: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for stated in records.every::<body::Relation>() {
        let relation = stated.value;
        if relation.is_on(on) {
            let children = below.entry(relation.other).or_default();
            children.push((relation.body, relation.kind.name().to_owned()));
        }
    }
    for children in below.values_mut() {
        children.sort();
    }
    below
}

fn body_line(
    records: &Records,
    seals: &[Reviewed<'_>],
    body: &Body,
    (belongs, on): (Option<String>, Date),
) -> BodyLine {
    let inspections = records.facts::<Inspection>(&body.id);
    let last = |sort: Sort| {
        let own = inspections.iter().map(|stated| &stated.value);
        let days = own.filter(|inspection| inspection.sort == sort);
        days.filter_map(|inspection| inspection.inspected_on)
            .filter(|day| *day <= on)
            .max()
    };
    let missed = inspections.iter().map(|stated| &stated.value);
    let missed = missed.filter(|inspection| inspection.is_missed_on(on));
    let faults = records.facts::<InspectionFault>(&body.id);
    let open = faults.iter().map(|stated| &stated.value);
    let open = open.filter(|fault| fault.is_open_on(on));
    let own = seals.iter().filter(|seal| {
        let owner = seal.life.owner.as_ref();
        owner.is_some_and(|owner| owner.id == body.id)
    });
    BodyLine {
        body: body.id.clone(),
        name: body.called_on(on).to_owned(),
        belongs,
        head: body.head_on(on).map(|head| head.value.name.clone()),
        internal_rules: body.basics.value.internal_rules.clone(),
        inspected: [last(Sort::Own), last(Sort::Above)],
        missed: missed
            .map(|inspection| inspection.inspection.clone())
            .collect(),
        open_faults: open
            .map(|own| OpenFault {
                fault: own.fault.clone(),
                recommendation: own.recommendation.clone(),
                responsible: own.responsible.clone(),
                due_on: own.due_on,
                overdue_days: own.overdue_days(on),
            })
            .collect(),
        seals: own.map(|seal| seal_line(records, seal, on)).collect(),
    }
}

fn seal_line(records: &Records, seal: &Reviewed<'_>, on: Date) -> SealLine {
    let keepers = records.facts::<Custody>(seal.id);
    let keeper = keepers.iter().rfind(|stated| stated.value.is_on(on));
    SealLine {
        seal: seal.id.to_owned(),
        copy_no: seal.particulars.copy_no.clone(),
        status: seal.life.on(Some(on)).status,
        custodian: keeper.map(|stated| stated.value.custodian.clone()),
        certificate_no: seal.particulars.certificate_no.clone(),
    }
}
