//! Custody: who keeps a seal from one day to another, where, and how it is handed over.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::records::Stated;
use crate::registry::sheet::ValueError;

/// Rows that tell who keeps a seal.
pub const KIND: &Kind = &Kind {
    name: "custody",
    title: "periods of custody",
    required: &["seal", "custodian", "from"],
    optional: &["to", "person", "appointed_by", "place", "training"],
    key: "seal",
    day: Some("from"),
    identity: &["seal", "custodian", "from"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| Custody::of(entry).map(drop),
};

/// Rows that tell of handovers.
pub const HANDOVER: &Kind = &Kind {
    name: "handover",
    title: "handovers",
    required: &["seal", "giver", "receiver"],
    optional: &[
        "changed_on",
        "done_on",
        "certificate",
        "witness",
        "agreed_by",
    ],
    key: "seal",
    day: Some("done_on"),
    identity: &["seal", "giver", "receiver", "changed_on"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| Handover::of(entry).map(drop),
};

/// Someone's time as the custodian of a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custody {
    /// Their name.
    pub custodian: String,
    /// Their identifier, where names are not enough.
    pub person: Option<String>,
    /// Who appointed them.
    pub appointed_by: Option<String>,
    /// Where the seal is kept.
    pub place: Option<String>,
    /// Their first day.
    pub from: Date,
    /// Their last day.
    pub to: Option<Date>,
}

impl Custody {
    /// Whether they kept the seal on a day.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }

    /// Whether both are one person: by identifier where both have one, else by name.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        match (&self.person, &other.person) {
            (Some(own), Some(other)) => own == other,
            _ => self.custodian == other.custodian,
        }
    }
}

impl Fact for Custody {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let text = |column| entry.text(column).map(str::to_owned);
        Ok(Self {
            custodian: entry.required("custodian")?,
            person: text("person"),
            appointed_by: text("appointed_by"),
            place: text("place"),
            from: entry.day("from")?,
            to: entry.date("to")?,
        })
    }
}

/// That a seal went from one custodian to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Who gave it.
    pub giver: String,
    /// Who received it.
    pub receiver: String,
    /// The day on which the person in charge changed.
    pub changed_on: Option<Date>,
    /// The day on which seal and papers were handed over.
    pub done_on: Option<Date>,
    /// Whether the certificate went along.
    pub certificate: Option<bool>,
}

impl Fact for Handover {
    const KIND: &'static Kind = HANDOVER;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let changed_on = entry.date("changed_on")?;
        let done_on = entry.date("done_on")?;
        if changed_on.or(done_on).is_none() {
            return Err(ValueError::Neither {
                one: "changed_on",
                other: "done_on",
            });
        }
        Ok(Self {
            giver: entry.required("giver")?,
            receiver: entry.required("receiver")?,
            changed_on,
            done_on,
            certificate: entry.yes("certificate")?,
        })
    }
}

/// What is wrong with a chain of custody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Two kept the seal at once, from a day on.
    Two([Stated<Custody>; 2], Date),
    /// Nobody kept it after one and before the other.
    Gap([Stated<Custody>; 2]),
    /// It went from one to the other without a record.
    NoHandover([Stated<Custody>; 2]),
}

/// The faults of a seal's custody; `periods` by first day.
///
/// On the day of a change both may keep it, and a period that ends one day before the next begins leaves
/// no gap.
#[must_use]
pub fn faults(periods: &[Stated<Custody>], handovers: &[Stated<Handover>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    // The one of those before who keeps it longest: a short period inside a long one makes no gap after it.
    let mut longest: Option<&Stated<Custody>> = None;
    for next in periods {
        if let Some(before) = longest {
            let pair = [before.clone(), next.clone()];
            let from = next.value.from;
            match before.value.to {
                Some(to) if to.tomorrow().is_ok_and(|day| day < from) => {
                    faults.push(Fault::Gap(pair));
                }
                Some(to) if to <= from => {
                    let is_same = before.value.is_same_person(&next.value);
                    if !is_same && !handed_over(&before.value, &next.value, handovers) {
                        faults.push(Fault::NoHandover(pair));
                    }
                }
                _ => faults.push(Fault::Two(pair, from)),
            }
        }
        let ends_later = |before: &Stated<Custody>| match (before.value.to, next.value.to) {
            (Some(before), Some(next)) => before < next,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if longest.is_none_or(ends_later) {
            longest = Some(next);
        }
    }
    faults
}

fn handed_over(before: &Custody, next: &Custody, handovers: &[Stated<Handover>]) -> bool {
    let names = |person: &Custody, name: &String| {
        *name == person.custodian || person.person.as_ref() == Some(name)
    };
    handovers.iter().any(|stated| {
        let handover = &stated.value;
        names(before, &handover.giver) && names(next, &handover.receiver)
    })
}
