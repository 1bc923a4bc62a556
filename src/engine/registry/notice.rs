//! Notices of a seal's loss, to those who must get one.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that tell of notices of loss.
pub const KIND: &Kind = &Kind {
    name: "loss_notice",
    title: "notices of loss",
    required: &["seal", "discovered_on", "recipient"],
    optional: &["notified_on", "recipient_name"],
    key: "seal",
    day: Some("discovered_on"),
    identity: &["seal", "discovered_on", "recipient"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| LossNotice::of(entry).map(drop),
};

/// Who must be told of a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// The commune's police at the body's office, or where the seal was lost: the texts differ, and either counts.
    CommunePolice,
    /// The authority that registered the specimen.
    RegisteringAuthority,
}

impl Recipient {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CommunePolice, Self::RegisteringAuthority];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommunePolice => "commune_police",
            Self::RegisteringAuthority => "registering_authority",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            Self::CommunePolice => "the commune's police",
            Self::RegisteringAuthority => "the registering authority",
        }
    }
}

/// A notice, given or still due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossNotice {
    /// The day on which the loss was discovered.
    pub discovered_on: Date,
    /// To whom.
    pub recipient: Recipient,
    /// The day on which they were told; none while they were not.
    pub notified_on: Option<Date>,
}

impl Fact for LossNotice {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let named = |word: &str| Recipient::ALL.into_iter().find(|one| one.name() == word);
        let expected = Expected::OneOf(&["commune_police", "registering_authority"]);
        let recipient = entry.parsed("recipient", expected, named)?;
        Ok(Self {
            discovered_on: entry.day("discovered_on")?,
            recipient: recipient.ok_or(ValueError::Missing {
                column: "recipient",
            })?,
            notified_on: entry.date("notified_on")?,
        })
    }
}
