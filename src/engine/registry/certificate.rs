//! Certificates of specimen registration, which have a life of their own beside their seal's.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::records::Records;
use crate::registry::records::Stated;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that tell what happened to a certificate.
pub const KIND: &Kind = &Kind {
    name: "certificate",
    title: "events of certificates",
    required: &["seal", "certificate", "event", "on"],
    optional: &["by", "new_certificate"],
    key: "seal",
    day: Some("on"),
    identity: &["seal", "certificate", "event", "on"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| CertificateEvent::of(entry).map(drop),
};

const EXPECTED: Expected = Expected::OneOf(&[
    "issued",
    "lost",
    "damaged",
    "reissue_requested",
    "reissued",
    "surrendered",
]);

/// What happened to a certificate, in the order that events of one day are taken to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateEventKind {
    /// It was issued.
    Issued,
    /// It was lost.
    Lost,
    /// It was damaged.
    Damaged,
    /// Another one was asked for.
    ReissueRequested,
    /// Another one was issued for it.
    Reissued,
    /// It was handed in.
    Surrendered,
}

impl CertificateEventKind {
    const ALL: [Self; 6] = [
        Self::Issued,
        Self::Lost,
        Self::Damaged,
        Self::ReissueRequested,
        Self::Reissued,
        Self::Surrendered,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::ReissueRequested => "reissue_requested",
            Self::Reissued => "reissued",
            Self::Surrendered => "surrendered",
        }
    }
}

/// One event of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateEvent {
    /// The certificate's number.
    pub certificate: String,
    /// What happened.
    pub kind: CertificateEventKind,
    /// The day on which it did.
    pub on: Date,
    /// Who did it: of one handed in, whoever received it.
    pub by: Option<String>,
    /// The number of the one that took its place.
    pub new_certificate: Option<String>,
}

impl Fact for CertificateEvent {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let named = |word: &str| {
            CertificateEventKind::ALL
                .into_iter()
                .find(|k| k.name() == word)
        };
        let kind = entry.parsed("event", EXPECTED, named)?;
        let kind = kind.ok_or(ValueError::Missing { column: "event" })?;
        let new_certificate = entry.text("new_certificate").map(str::to_owned);
        if kind == CertificateEventKind::Reissued && new_certificate.is_none() {
            return Err(ValueError::Missing {
                column: "new_certificate",
            });
        }
        Ok(Self {
            certificate: entry.required("certificate")?,
            kind,
            on: entry.day("on")?,
            by: entry.text("by").map(str::to_owned),
            new_certificate,
        })
    }
}

/// A certificate's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateState {
    /// It is valid.
    Valid,
    /// It is lost.
    Lost,
    /// It is damaged.
    Damaged,
    /// Another one was issued for it.
    Reissued,
    /// It was handed in.
    Surrendered,
}

impl CertificateState {
    /// The state, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::Reissued => "reissued",
            Self::Surrendered => "surrendered",
        }
    }
}

/// What is stated about a seal's certificates, in the order of days, those of one day by kind.
#[must_use]
pub fn events(records: &Records, seal: &str) -> Vec<Stated<CertificateEvent>> {
    let mut events: Vec<Stated<CertificateEvent>> = records.facts(seal);
    events.sort_by(|one, other| {
        let rank = |event: &CertificateEvent| (event.on, event.kind, event.certificate.clone());
        rank(&one.value).cmp(&rank(&other.value))
    });
    events
}

/// Each certificate of a seal that existed on a day, with its state.
#[must_use]
pub fn on(events: &[Stated<CertificateEvent>], date: Date) -> Vec<(String, CertificateState)> {
    let mut states: Vec<(String, CertificateState)> = Vec::new();
    let mut set = |number: &str, state: CertificateState| match states
        .iter_mut()
        .find(|(known, _)| known == number)
    {
        Some((_, old)) => *old = state,
        None => states.push((number.to_owned(), state)),
    };
    for event in events.iter().map(|stated| &stated.value) {
        if event.on > date {
            continue;
        }
        match event.kind {
            CertificateEventKind::Issued => set(&event.certificate, CertificateState::Valid),
            CertificateEventKind::Lost => set(&event.certificate, CertificateState::Lost),
            CertificateEventKind::Damaged => set(&event.certificate, CertificateState::Damaged),
            CertificateEventKind::ReissueRequested => {}
            CertificateEventKind::Reissued => {
                set(&event.certificate, CertificateState::Reissued);
                if let Some(new) = &event.new_certificate {
                    set(new, CertificateState::Valid);
                }
            }
            CertificateEventKind::Surrendered => {
                set(&event.certificate, CertificateState::Surrendered);
            }
        }
    }
    states
}
