//! One use of a seal, as its register tells it.

use crate::registry::Entry;
use crate::registry::body::name;
use crate::registry::entry::Moment;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

use jiff::civil::Date;

/// Rows that tell of uses. What a register should tell and does not is a finding, so that hardly a column must be
/// filled.
pub const KIND: &Kind = &Kind {
    name: "use",
    title: "uses of seals",
    required: &["seal", "register", "entry_no"],
    optional: &[
        "used_at",
        "content",
        "copies",
        "approver",
        "approver_person",
        "approved_at",
        "handler",
        "requiring_unit",
        "purpose",
        "phone",
        "signed",
        "class",
        "matter",
        "verified_how",
        "procedure",
        "requester",
        "stamped_by",
        "place",
        "permit",
        "received_at",
        "appraised_at",
        "returned_at",
        "reviewer",
        "reviewer_person",
        "reviewed_at",
        "custodian",
        "custodian_person",
        "major",
        "publicity_ended_on",
        "vote_passed_on",
        "consent_by",
        "consent_form",
        "number",
        "symbol",
        "dated",
        "sha256",
    ],
    key: "seal",
    day: Some("used_at"),
    identity: &["seal", "register", "entry_no", "used_at"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| Usage::of(entry).map(drop),
};

/// Classes of use: three of work, three of certificates.
const CLASSES: [&str; 6] = [
    "work_self_government",
    "work_assisting",
    "work_other",
    "certificate_welfare",
    "certificate_known_fact",
    "certificate_other",
];

/// Which register an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// That of a body's work.
    Work,
    /// That of certificates for people.
    Certificate,
    /// That of a second seal at a centre.
    Centre,
}

/// Somebody, by name and, where names are not enough, by an identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: Option<String>,
    /// The identifier.
    pub id: Option<String>,
}

/// Whether two are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// Their identifiers agree.
    Same,
    /// Their names agree, and nothing else is known.
    SameName,
    /// They differ, or one is not known.
    Other,
}

/// Steps on the way to a stamp and after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// The request was received.
    pub received: Option<Moment>,
    /// It was appraised.
    pub appraised: Option<Moment>,
    /// It was approved.
    pub approved: Option<Moment>,
    /// The seal was set.
    pub used: Option<Moment>,
    /// The result was given back.
    pub returned: Option<Moment>,
}

/// One use; what the register does not tell is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The register that it stands in.
    pub book: Book,
    /// Its number there.
    pub entry_no: String,
    /// When the seal was set, and the steps around it.
    pub steps: Steps,
    /// How many copies were stamped.
    pub copies: Option<u32>,
    /// Who approved.
    pub approver: Person,
    /// Who reviewed, where that is told apart.
    pub reviewer: Person,
    /// When it was reviewed.
    pub reviewed: Option<Moment>,
    /// Who kept the seal, as the row tells it.
    pub custodian: Person,
    /// Who asked for the stamp.
    pub requester: Option<String>,
    /// Who set the seal.
    pub stamped_by: Option<String>,
    /// Where it was set.
    pub place: Option<String>,
    /// The permit that it was taken out under.
    pub permit: Option<String>,
    /// The listed procedure or matter.
    pub matter: Option<String>,
    /// How an unlisted matter was verified.
    pub verified_how: Option<String>,
    /// Whether written consent to another purpose was given.
    pub has_written_consent: bool,
    /// Whether it is a major matter.
    pub is_major: bool,
    /// When publicity ended.
    pub publicity_ended: Option<Date>,
    /// When the vote passed.
    pub vote_passed: Option<Date>,
    /// The document's number.
    pub number: Option<String>,
    /// The document's symbol.
    pub symbol: Option<String>,
    /// The document's date.
    pub dated: Option<Date>,
    /// The digest of its scan.
    pub sha256: Option<String>,
    /// Columns of its register that are empty, by name.
    pub missing: Vec<&'static str>,
}

impl Book {
    fn named(word: &str) -> Option<Self> {
        match word {
            "work" => Some(Self::Work),
            "certificate" => Some(Self::Certificate),
            "centre" => Some(Self::Centre),
            _ => None,
        }
    }

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Certificate => "certificate",
            Self::Centre => "centre",
        }
    }

    /// The columns that every entry of it must have filled.
    const fn asked(self) -> &'static [&'static str] {
        match self {
            Self::Work => &["used_at", "content", "copies", "approver", "handler"],
            Self::Certificate => &["used_at", "requiring_unit", "purpose", "phone", "signed"],
            Self::Centre => &[
                "used_at",
                "procedure",
                "requester",
                "stamped_by",
                "approver",
                "number",
                "symbol",
            ],
        }
    }
}

impl Person {
    /// Whether both are one.
    #[must_use]
    pub fn compared(&self, other: &Self) -> Sameness {
        match (&self.id, &other.id) {
            (Some(own), Some(other)) if own == other => return Sameness::Same,
            (Some(_), Some(_)) => return Sameness::Other,
            _ => {}
        }
        let plain = |person: &Self| person.name.as_ref().map(|name| plain(name));
        match (plain(self), plain(other)) {
            (Some(own), Some(other)) if own == other => Sameness::SameName,
            _ => Sameness::Other,
        }
    }
}

impl Usage {
    /// The day on which the seal was set.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.steps.used.map(|used| used.day)
    }

    /// It for people: "entry 12 of the work register".
    #[must_use]
    pub fn called(&self) -> String {
        let on = self
            .day()
            .map_or_else(String::new, |day| format!(", {day}"));
        format!(
            "entry {} of the {} register{on}",
            self.entry_no,
            self.book.name()
        )
    }
}

impl Fact for Usage {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let text = |column| entry.text(column).map(str::to_owned);
        let person = |name, id| Person {
            name: text(name),
            id: text(id),
        };
        let book = entry.parsed(
            "register",
            Expected::OneOf(&["work", "certificate", "centre"]),
            Book::named,
        )?;
        let book = book.ok_or(ValueError::Missing { column: "register" })?;
        let classes = Expected::OneOf(&CLASSES);
        entry.parsed("class", classes, |word| {
            CLASSES.contains(&word).then_some(())
        })?;
        let is_hex =
            |value: &str| value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
        let digest = entry.parsed("sha256", Expected::Digest, |value| {
            is_hex(value).then(|| value.to_lowercase())
        })?;
        let form = entry.parsed(
            "consent_form",
            Expected::OneOf(&["written", "oral"]),
            |word| match word {
                "written" => Some(true),
                "oral" => Some(false),
                _ => None,
            },
        )?;
        let is_signed = entry.yes("signed")?;
        let is_empty = |column: &&&'static str| match **column {
            "signed" => is_signed != Some(true),
            column => entry.text(column).is_none(),
        };
        let missing = book.asked().iter().filter(is_empty).copied().collect();
        Ok(Self {
            book,
            entry_no: entry.required("entry_no")?,
            steps: Steps {
                received: entry.moment("received_at")?,
                appraised: entry.moment("appraised_at")?,
                approved: entry.moment("approved_at")?,
                used: entry.moment("used_at")?,
                returned: entry.moment("returned_at")?,
            },
            copies: entry.count("copies")?,
            approver: person("approver", "approver_person"),
            reviewer: person("reviewer", "reviewer_person"),
            reviewed: entry.moment("reviewed_at")?,
            custodian: person("custodian", "custodian_person"),
            requester: text("requester"),
            stamped_by: text("stamped_by"),
            place: text("place"),
            permit: text("permit"),
            matter: text("procedure").or_else(|| text("matter")),
            verified_how: text("verified_how"),
            has_written_consent: text("consent_by").is_some() && form == Some(true),
            is_major: entry.yes("major")? == Some(true),
            publicity_ended: entry.date("publicity_ended_on")?,
            vote_passed: entry.date("vote_passed_on")?,
            number: text("number"),
            symbol: text("symbol"),
            dated: entry.date("dated")?,
            sha256: digest,
            missing,
        })
    }
}

/// A text without what varies in writing: case, blanks and the form of its accents.
pub(super) fn plain(text: &str) -> String {
    name::plain(text)
}
