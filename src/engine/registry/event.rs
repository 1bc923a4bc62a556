//! What happens to seals, dated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::Entry;
use crate::registry::Recorded;
use crate::registry::records::Records;

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
    /// Its specimen is to be registered anew.
    ReRegistering,
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
    /// All of them, in the order of a seal's life.
    pub const ALL: [Self; 16] = [
        Self::Registered,
        Self::Notified,
        Self::InUse,
        Self::ReportedLost,
        Self::DeclaredInvalid,
        Self::Found,
        Self::ReportedDeformed,
        Self::ReRegistering,
        Self::ReRegistered,
        Self::ReplacedBy,
        Self::Suspended,
        Self::Resumed,
        Self::Surrendered,
        Self::Collected,
        Self::Destroyed,
        Self::Archived,
    ];

    /// Its place among the events of one day: what can only follow comes later. Where a day's events might
    /// have had either order, the records do not tell, and [`consistency`](crate::registry::consistency) says so.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Registered => 0,
            Self::Notified => 1,
            Self::InUse => 2,
            Self::Suspended => 3,
            Self::Resumed => 4,
            Self::ReportedDeformed => 5,
            Self::ReRegistering => 6,
            Self::ReRegistered => 7,
            Self::ReportedLost => 8,
            Self::Found => 9,
            Self::DeclaredInvalid => 10,
            Self::ReplacedBy => 11,
            Self::Surrendered => 12,
            Self::Collected => 13,
            Self::Archived => 14,
            Self::Destroyed => 15,
        }
    }

    /// What it did to the seal, for people.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            Self::Registered => "was registered",
            Self::Notified => "was notified",
            Self::InUse => "came into use",
            Self::Suspended => "was suspended",
            Self::Resumed => "was taken into use again",
            Self::ReportedDeformed => "was reported deformed",
            Self::ReRegistering => "is to be registered anew",
            Self::ReRegistered => "was registered anew",
            Self::ReportedLost => "was reported lost",
            Self::Found => "was found",
            Self::DeclaredInvalid => "was declared invalid",
            Self::ReplacedBy => "was replaced",
            Self::Surrendered => "was handed in",
            Self::Collected => "was collected",
            Self::Archived => "was put into the archive",
            Self::Destroyed => "was destroyed",
        }
    }

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

    /// The same with the time of its recording.
    #[must_use]
    pub fn recorded(&self, seal: &str) -> Recorded {
        let entry = self.entry(seal);
        Recorded {
            name: entry.name(),
            entry,
            revision: None,
            recorded_at: self.recorded_at.clone(),
        }
    }
}

/// The events of a seal that stand, in the order of days, those of one day by rank: an order that does
/// not depend on the order of recording.
#[must_use]
pub fn standing(events: &[Event], seal: &str, records: &Records) -> Vec<Event> {
    let mut named: Vec<(String, &Event)> = events
        .iter()
        .map(|event| (event.entry(seal).name(), event))
        .filter(|(name, _)| records.stands(name))
        .collect();
    named.sort_by(|(one_name, one), (other_name, other)| {
        let rank = |event: &Event| (event.on, event.kind.rank());
        (rank(one), one_name).cmp(&(rank(other), other_name))
    });
    named.dedup_by(|one, other| one.0 == other.0);
    named.into_iter().map(|(_, event)| event.clone()).collect()
}
