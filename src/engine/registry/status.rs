//! A seal's state on a date, computed from what is recorded of it.
//!
//! Each event begins or ends a [`Period`] in which something is the case: the seal is lost, suspended,
//! out on a permit, its body has ended. The state on a day is read from the periods that cover it, so it
//! depends on the set of entries alone and not on the order in which they were recorded.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::body::Body;
use crate::registry::event;
use crate::registry::permit::Permit;
use crate::registry::records::Records;
use crate::registry::records::Stated;

/// A seal's state on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In use.
    Valid,
    /// Registered, but its use was not yet notified.
    RegisteredNotNotified,
    /// Not registered yet.
    NotYetRegistered,
    /// Reported lost.
    Lost,
    /// Declared invalid.
    DeclaredInvalid,
    /// Suspended.
    Suspended,
    /// Handed in.
    Surrendered,
    /// Collected.
    Collected,
    /// Replaced by another seal.
    Replaced,
    /// Destroyed.
    Destroyed,
    /// In an archive.
    Archived,
    /// Its owner no longer exists.
    BodyEnded,
    /// The date, or the seal's registration, is not known.
    Unknown,
}

impl Status {
    /// Whether the seal must not be used in this state.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Lost
            | Self::DeclaredInvalid
            | Self::Suspended
            | Self::Surrendered
            | Self::Collected
            | Self::Replaced
            | Self::Destroyed
            | Self::Archived
            | Self::BodyEnded => true,
            Self::Valid | Self::RegisteredNotNotified | Self::NotYetRegistered | Self::Unknown => {
                false
            }
        }
    }

    /// Which of several states counts: what happened to the seal itself before its body's end, and a
    /// suspension last.
    const fn weight(self) -> u8 {
        match self {
            Self::Valid | Self::RegisteredNotNotified | Self::NotYetRegistered | Self::Unknown => 0,
            Self::Suspended => 1,
            Self::BodyEnded => 2,
            Self::Lost
            | Self::DeclaredInvalid
            | Self::Surrendered
            | Self::Collected
            | Self::Replaced
            | Self::Destroyed
            | Self::Archived => 3,
        }
    }
}

/// A seal's state, told more finely than [`Status`]; of several that hold, the last one here is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing tells that it was registered.
    Unknown,
    /// Not registered yet.
    NotYetRegistered,
    /// Registered.
    Registered,
    /// Registered and notified.
    Notified,
    /// In use.
    InUse,
    /// Lost and found again.
    Found,
    /// Out on a permit.
    OutOnPermit,
    /// Deformed, worn or damaged.
    Deformed,
    /// To be registered anew.
    ReRegistering,
    /// It or its body is suspended.
    Suspended,
    /// Its owner no longer exists.
    BodyEnded,
    /// Reported lost.
    ReportedLost,
    /// Declared invalid.
    DeclaredInvalid,
    /// Replaced by another seal.
    Replaced,
    /// Handed in.
    Surrendered,
    /// Collected.
    Collected,
    /// In an archive.
    Archived,
    /// Destroyed.
    Destroyed,
}

/// A time in which something is the case with a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// What it makes of the seal's use.
    pub status: Status,
    /// What is the case.
    pub state: State,
    /// Its first day.
    pub from: Date,
    /// The day on which it was over; none where it never was.
    pub to: Option<Date>,
    /// What began it, for people: "was reported lost".
    pub what: &'static str,
    /// The entry that tells so.
    pub cause: Recorded,
}

impl Period {
    /// Whether it covers a day: its first one does, and that on which it was over does not.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date < to)
    }

    const fn is_against_use(&self) -> bool {
        self.status.is_ended()
    }
}

/// What stands of a seal's life: its own events, its owner's, and its permits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Its first day as registered; none where that is not recorded.
    pub registered_on: Option<Date>,
    /// The first day of which its use was notified.
    pub notified_on: Option<Date>,
    /// All periods, by first day.
    pub periods: Vec<Period>,
    /// Its owner, where the register tells it.
    pub owner: Option<Body>,
    /// The names, of any time, of the bodies that its owner ever belonged to.
    pub above: Vec<String>,
    /// The first and the last day of each of its specimens, as stated; one without bounds is the registered one on any day.
    pub specimens: Vec<(Option<Date>, Option<Date>)>,
}

/// A seal's state on a day, with what made it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// The state as reports give it.
    pub status: Status,
    /// The state more finely.
    pub state: State,
    /// Since when; none where nothing began it.
    pub since: Option<Date>,
    /// The periods that cover the day, the deciding one first.
    pub because: Vec<&'a Period>,
}

impl Life {
    /// The life of a seal with these particulars and events.
    #[must_use]
    pub fn of(records: &Records, (id, seal): (&str, &Particulars), events: &[Event]) -> Self {
        let events = event::standing(events, id, records);
        let owner = Body::owner(records, seal);
        let above = owner.as_ref().map(|owner| owner.names_above(records));
        let mut periods = of_events(&events, id);
        periods.extend(owner.as_ref().map(of_body).unwrap_or_default());
        periods.extend(records.facts(id).iter().filter_map(of_permit));
        periods.sort_by(|one, other| {
            let rank = |period: &Period| (period.from, period.state);
            (rank(one), &one.cause.name).cmp(&(rank(other), &other.cause.name))
        });
        Self {
            registered_on: first_day(seal.registered_on, &events, EventKind::Registered),
            notified_on: first_day(seal.notified_on, &events, EventKind::Notified),
            periods,
            owner,
            above: above.unwrap_or_default(),
            specimens: Vec::new(),
        }
    }

    /// The state on `date`.
    ///
    /// An event takes effect at the beginning of its day: a seal reported lost on a day is lost on that
    /// day. Where no day of registration is recorded, the answer is `Unknown` unless something stands
    /// against the seal's use; where no notification is recorded at all, nothing is said about it.
    #[must_use]
    pub fn on(&self, date: Option<Date>) -> Account<'_> {
        let Some(date) = date else {
            return Account {
                status: Status::Unknown,
                state: State::Unknown,
                since: None,
                because: Vec::new(),
            };
        };
        let mut because: Vec<&Period> = self
            .periods
            .iter()
            .filter(|period| period.is_on(date))
            .collect();
        // Of those that weigh the same, the later one: a seal handed in after its loss is handed in.
        because.sort_by_key(|period| {
            let rank = (period.status.weight(), period.from, period.state);
            std::cmp::Reverse(rank)
        });
        if let Some(first) = because.first().filter(|first| first.is_against_use()) {
            return Account {
                status: first.status,
                state: first.state,
                since: Some(first.from),
                because,
            };
        }
        let (status, state, since) = self.registered_state(date);
        // What does not bar the use of a seal that cannot be used yet says nothing.
        let finer = because
            .iter()
            .filter(|_| status == Status::Valid || status == Status::Unknown)
            .max_by_key(|period| period.state);
        let (state, since) = match finer {
            Some(period) if period.state > state => (period.state, Some(period.from)),
            _ => (state, since),
        };
        Account {
            status,
            state,
            since,
            because,
        }
    }

    fn registered_state(&self, date: Date) -> (Status, State, Option<Date>) {
        match (self.registered_on, self.notified_on) {
            (Some(day), _) if date < day => {
                (Status::NotYetRegistered, State::NotYetRegistered, None)
            }
            (Some(registered), Some(day)) if date < day => (
                Status::RegisteredNotNotified,
                State::Registered,
                Some(registered),
            ),
            (Some(_), Some(day)) => (Status::Valid, State::Notified, Some(day)),
            (Some(registered), None) => (Status::Valid, State::Registered, Some(registered)),
            (None, _) => (Status::Unknown, State::Unknown, None),
        }
    }

    /// The times in which something stood, or stands, against the seal's use, by first day.
    pub fn against_use(&self) -> impl Iterator<Item = &Period> {
        self.periods.iter().filter(|period| period.is_against_use())
    }
}

/// The periods that a seal's own events begin; `events` in their order.
fn of_events(events: &[Event], seal: &str) -> Vec<Period> {
    let mut periods = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let Some((status, state, ends)) = begun_by(event.kind) else {
            continue;
        };
        let later = events[place + 1..].iter();
        let end = later.clone().find(|later| ends.contains(&later.kind));
        periods.push(Period {
            status,
            state,
            from: event.on,
            to: end.map(|end| end.on),
            what: event.kind.said(),
            cause: event.recorded(seal),
        });
    }
    periods
}

/// What an event begins, and which events end it again.
const fn begun_by(kind: EventKind) -> Option<(Status, State, &'static [EventKind])> {
    match kind {
        EventKind::ReportedLost => Some((Status::Lost, State::ReportedLost, &[EventKind::Found])),
        EventKind::Suspended => Some((Status::Suspended, State::Suspended, &[EventKind::Resumed])),
        // A seal that was declared invalid stays so: once found it must be handed in.
        EventKind::DeclaredInvalid => Some((Status::DeclaredInvalid, State::DeclaredInvalid, &[])),
        EventKind::ReplacedBy => Some((Status::Replaced, State::Replaced, &[])),
        EventKind::Surrendered => Some((Status::Surrendered, State::Surrendered, &[])),
        EventKind::Collected => Some((Status::Collected, State::Collected, &[])),
        EventKind::Archived => Some((Status::Archived, State::Archived, &[])),
        EventKind::Destroyed => Some((Status::Destroyed, State::Destroyed, &[])),
        EventKind::InUse => Some((Status::Valid, State::InUse, &[])),
        EventKind::Found => Some((
            Status::Valid,
            State::Found,
            &[EventKind::InUse, EventKind::ReRegistered],
        )),
        EventKind::ReportedDeformed => {
            Some((Status::Valid, State::Deformed, &[EventKind::ReRegistered]))
        }
        EventKind::ReRegistering => Some((
            Status::Valid,
            State::ReRegistering,
            &[EventKind::ReRegistered],
        )),
        EventKind::Registered
        | EventKind::Notified
        | EventKind::ReRegistered
        | EventKind::Resumed => None,
    }
}

/// The periods that its owner's events begin.
fn of_body(body: &Body) -> Vec<Period> {
    let end = body.end().map(|end| Period {
        status: Status::BodyEnded,
        state: State::BodyEnded,
        from: end.value.on,
        to: None,
        what: end.value.kind.said(),
        cause: end.sources[0].clone(),
    });
    let suspensions = body.suspensions().into_iter().map(|stop| Period {
        status: Status::Suspended,
        state: State::Suspended,
        from: stop.event.value.on,
        to: stop.to,
        what: stop.event.value.kind.said(),
        cause: stop.event.sources[0].clone(),
    });
    end.into_iter().chain(suspensions).collect()
}

/// The time in which the seal was out: both the day on which it left and that on which it returned.
fn of_permit(permit: &Stated<Permit>) -> Option<Period> {
    let returned = permit.value.returned_at;
    Some(Period {
        status: Status::Valid,
        state: State::OutOnPermit,
        from: permit.value.out_at?.day,
        to: returned.and_then(|at| at.day.tomorrow().ok()),
        what: "was taken out",
        cause: permit.sources[0].clone(),
    })
}

/// The earliest day recorded for `kind`, as a column or as an event.
fn first_day(column: Option<Date>, events: &[Event], kind: EventKind) -> Option<Date> {
    let days = events.iter().filter(|event| event.kind == kind);
    column.into_iter().chain(days.map(|event| event.on)).min()
}

#[cfg(test)]
mod tests;
