//! A seal's life as dated events, and its state on a date.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::Entry;
use crate::registry::Particulars;

/// What an event in a seal's life is called among the kinds of entries.
pub const EVENT: &str = "event";

/// What happened to a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Its specimen was registered.
    Registered,
    /// Its use was notified.
    Notified,
    /// It came into use.
    InUse,
    /// Its loss was reported.
    ReportedLost,
    /// The authority announced that it has no validity.
    DeclaredInvalid,
    /// It was found again.
    Found,
    /// It was reported deformed.
    ReportedDeformed,
    /// Its specimen was registered anew.
    ReRegistered,
    /// Another seal took its place.
    ReplacedBy,
    /// Its use was suspended.
    Suspended,
    /// Its use was resumed.
    Resumed,
    /// It was handed in.
    Surrendered,
    /// It was collected by the authority.
    Collected,
    /// It was destroyed.
    Destroyed,
    /// It was put into an archive.
    Archived,
}

impl EventKind {
    /// Its name, as in EVENTS.csv.
    ///
    /// # Panics
    /// Never: a kind is plain JSON.
    #[must_use]
    pub fn name(self) -> String {
        let value = serde_json::to_value(self).expect("a kind is plain JSON");
        value.as_str().unwrap_or_default().to_owned()
    }
}

/// One dated event in a seal's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The day on which it took effect.
    pub on: Date,
    /// Who did or ordered it.
    pub by: Option<String>,
    /// Under which decision or notice.
    pub instrument: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// The new seal, where one took its place.
    pub successor: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<String>,
    /// When it was recorded, UTC; none where it was not read from the store.
    pub recorded_at: Option<String>,
    /// Name of the event that it replaces.
    pub corrects: Option<String>,
}

impl Event {
    /// The event of this seal as an entry like those of the other registers, which gives it its name.
    #[must_use]
    pub fn entry(&self, seal: &str) -> Entry {
        let columns = [
            ("seal", Some(seal.to_owned())),
            ("event", Some(self.kind.name())),
            ("on", Some(self.on.to_string())),
            ("by", self.by.clone()),
            ("note", self.note.clone()),
            ("successor", self.successor.clone()),
        ];
        let stated = columns
            .into_iter()
            .filter_map(|(column, value)| Some((column.to_owned(), value?)));
        Entry {
            kind: EVENT.to_owned(),
            key: seal.to_owned(),
            happened_on: Some(self.on),
            content: stated.collect(),
            instrument: self.instrument.clone(),
            recorded_by: self.recorded_by.clone(),
            corrects: self.corrects.clone(),
        }
    }
}

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
}

/// The state on `date` of a seal with these particulars and events.
///
/// An event takes effect at the beginning of its day: a seal reported lost on a day is lost on that
/// day. Where no day of registration is recorded, the answer is `Unknown` unless an event ended the
/// seal; where no notification is recorded at all, nothing is said about it.
#[must_use]
pub fn on(particulars: &Particulars, events: &[Event], date: Option<Date>) -> Status {
    let Some(date) = date else {
        return Status::Unknown;
    };
    let ended = ending_on(events, date);
    if let Some((status, _)) = ended {
        return status;
    }
    let registered = first_day(particulars.registered_on, events, EventKind::Registered);
    let notified = first_day(particulars.notified_on, events, EventKind::Notified);
    match (registered, notified) {
        (Some(day), _) if date < day => Status::NotYetRegistered,
        (Some(_), Some(day)) if date < day => Status::RegisteredNotNotified,
        (Some(_), _) => Status::Valid,
        (None, _) => Status::Unknown,
    }
}

/// What stands against the seal's use on `date`, and since when.
#[must_use]
pub fn ending_on(events: &[Event], date: Date) -> Option<(Status, Date)> {
    let mut past: Vec<&Event> = events.iter().filter(|event| event.on <= date).collect();
    past.sort_by_key(|event| event.on);
    past.into_iter().fold(None, after)
}

/// The state after one more event; `None` while nothing stands against use.
fn after(state: Option<(Status, Date)>, event: &Event) -> Option<(Status, Date)> {
    let ended = |status| Some((status, event.on));
    match event.kind {
        EventKind::ReportedLost => ended(Status::Lost),
        EventKind::DeclaredInvalid => ended(Status::DeclaredInvalid),
        EventKind::ReplacedBy => ended(Status::Replaced),
        EventKind::Surrendered => ended(Status::Surrendered),
        EventKind::Collected => ended(Status::Collected),
        EventKind::Destroyed => ended(Status::Destroyed),
        EventKind::Archived => ended(Status::Archived),
        // A seal that was declared invalid stays so: once found it must be handed in.
        EventKind::Found => state.filter(|(status, _)| *status != Status::Lost),
        EventKind::Suspended => state.or(ended(Status::Suspended)),
        EventKind::Resumed => state.filter(|(status, _)| *status != Status::Suspended),
        EventKind::Registered
        | EventKind::Notified
        | EventKind::InUse
        | EventKind::ReportedDeformed
        | EventKind::ReRegistered => state,
    }
}

/// The earliest day recorded for `kind`, as a column or as an event.
fn first_day(column: Option<Date>, events: &[Event], kind: EventKind) -> Option<Date> {
    let days = events.iter().filter(|event| event.kind == kind);
    column.into_iter().chain(days.map(|event| event.on)).min()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn event(kind: EventKind, on: Date) -> Event {
        Event {
            kind,
            on,
            by: None,
            instrument: None,
            note: None,
            successor: None,
            recorded_by: None,
            recorded_at: None,
            corrects: None,
        }
    }

    fn registered() -> Particulars {
        Particulars {
            registered_on: Some(date(2020, 3, 1)),
            notified_on: Some(date(2020, 3, 10)),
            ..Particulars::default()
        }
    }

    #[test]
    fn a_seal_is_valid_from_the_day_of_its_notification() {
        let seal = registered();
        let state = |day| on(&seal, &[], Some(day));
        assert_eq!(state(date(2020, 2, 29)), Status::NotYetRegistered);
        assert_eq!(state(date(2020, 3, 1)), Status::RegisteredNotNotified);
        assert_eq!(state(date(2020, 3, 10)), Status::Valid);
    }

    #[test]
    fn without_a_date_or_a_registration_nothing_is_claimed() {
        assert_eq!(on(&registered(), &[], None), Status::Unknown);
        let nameless = Particulars::default();
        assert_eq!(on(&nameless, &[], Some(date(2024, 1, 1))), Status::Unknown);
    }

    #[test]
    fn a_lost_seal_is_lost_on_the_day_of_the_report_whatever_the_order_of_the_file() {
        let events = [
            event(EventKind::Found, date(2021, 5, 9)),
            event(EventKind::ReportedLost, date(2021, 5, 2)),
        ];
        let state = |day| on(&registered(), &events, Some(day));
        assert_eq!(state(date(2021, 5, 1)), Status::Valid);
        assert_eq!(state(date(2021, 5, 2)), Status::Lost);
        assert_eq!(state(date(2021, 5, 9)), Status::Valid);
    }

    #[test]
    fn finding_a_seal_does_not_make_valid_what_was_declared_invalid() {
        let events = [
            event(EventKind::ReportedLost, date(2021, 5, 2)),
            event(EventKind::DeclaredInvalid, date(2021, 5, 20)),
            event(EventKind::Found, date(2021, 6, 1)),
            event(EventKind::Resumed, date(2021, 6, 2)),
        ];
        let state = on(&registered(), &events, Some(date(2022, 1, 1)));
        assert_eq!(state, Status::DeclaredInvalid);
    }

    #[test]
    fn a_suspension_ends_when_use_is_resumed() {
        let events = [
            event(EventKind::Suspended, date(2021, 5, 2)),
            event(EventKind::Resumed, date(2021, 7, 1)),
        ];
        let state = |day| on(&registered(), &events, Some(day));
        assert_eq!(state(date(2021, 6, 1)), Status::Suspended);
        assert_eq!(state(date(2021, 7, 1)), Status::Valid);
    }
}
