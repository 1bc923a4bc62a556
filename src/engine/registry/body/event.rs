//! What happens to bodies: they are split, merged, dissolved, suspended, renamed.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::records::Stated;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that tell what happened to a body.
pub const KIND: &Kind = &Kind {
    name: "body_event",
    title: "events of bodies",
    required: &["body", "event", "on"],
    optional: &["by", "successor", "continues"],
    key: "body",
    day: Some("on"),
    identity: &["body", "event", "on"],
    refers: &[("body", Subject::Body)],
    check: |entry| BodyEvent::of(entry).map(drop),
};

const EXPECTED: Expected = Expected::OneOf(&[
    "split",
    "merged",
    "consolidated",
    "dissolved",
    "ended",
    "licence_revoked",
    "mission_ended",
    "suspended",
    "resumed",
    "renamed",
]);

/// What happened, in the order that events of one day are taken to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyEventKind {
    /// It got another name.
    Renamed,
    /// Its activity was suspended.
    Suspended,
    /// Its activity was resumed.
    Resumed,
    /// It was split.
    Split,
    /// It was merged into another.
    Merged,
    /// It became one with others in a new one.
    Consolidated,
    /// Its licence was revoked.
    LicenceRevoked,
    /// Its mission ended.
    MissionEnded,
    /// It was dissolved.
    Dissolved,
    /// It ended its activity.
    Ended,
}

impl BodyEventKind {
    const ALL: [Self; 10] = [
        Self::Renamed,
        Self::Suspended,
        Self::Resumed,
        Self::Split,
        Self::Merged,
        Self::Consolidated,
        Self::LicenceRevoked,
        Self::MissionEnded,
        Self::Dissolved,
        Self::Ended,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Consolidated => "consolidated",
            Self::LicenceRevoked => "licence_revoked",
            Self::MissionEnded => "mission_ended",
            Self::Dissolved => "dissolved",
            Self::Ended => "ended",
        }
    }

    /// What it did, for people.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            Self::Renamed => "was renamed",
            Self::Suspended => "was suspended",
            Self::Resumed => "resumed its activity",
            Self::Split => "was split",
            Self::Merged => "was merged into another",
            Self::Consolidated => "was consolidated with others",
            Self::LicenceRevoked => "lost its licence",
            Self::MissionEnded => "ended its mission",
            Self::Dissolved => "was dissolved",
            Self::Ended => "ended its activity",
        }
    }
}

/// One event of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyEvent {
    /// What happened.
    pub kind: BodyEventKind,
    /// The day on which it took effect.
    pub on: Date,
    /// The body that came after.
    pub successor: Option<String>,
    /// Whether the body itself goes on, as one may from which a part was split.
    pub continues: bool,
}

impl BodyEvent {
    /// Whether the body ceased to exist by it.
    ///
    /// Source: the nine triggers of the duty to surrender seals (Decree 99/2016 as set out in the Lạng Sơn
    /// notice); the two suspensions among them stop a body and do not end it.
    #[must_use]
    pub const fn is_end(&self) -> bool {
        let ends = match self.kind {
            BodyEventKind::Renamed | BodyEventKind::Suspended | BodyEventKind::Resumed => false,
            BodyEventKind::Split
            | BodyEventKind::Merged
            | BodyEventKind::Consolidated
            | BodyEventKind::LicenceRevoked
            | BodyEventKind::MissionEnded
            | BodyEventKind::Dissolved
            | BodyEventKind::Ended => true,
        };
        ends && !self.continues
    }
}

impl Fact for BodyEvent {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let named = |word: &str| BodyEventKind::ALL.into_iter().find(|k| k.name() == word);
        let kind = entry.parsed("event", EXPECTED, named)?;
        Ok(Self {
            kind: kind.ok_or(ValueError::Missing { column: "event" })?,
            on: entry.day("on")?,
            successor: entry.text("successor").map(str::to_owned),
            continues: entry.yes("continues")?.unwrap_or(false),
        })
    }
}

/// Events in the order of days, those of one day by kind.
#[must_use]
pub fn in_order(mut events: Vec<Stated<BodyEvent>>) -> Vec<Stated<BodyEvent>> {
    events.sort_by_key(|stated| (stated.value.on, stated.value.kind));
    events
}
