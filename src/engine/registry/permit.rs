//! Permits to take a seal out: the head's consent, then the permit, then the seal leaves, and returns.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::body::Consent;
use crate::registry::entry::Moment;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that tell of permits, and of what was done under them.
pub const KIND: &Kind = &Kind {
    name: "permit",
    title: "permits to take seals out",
    required: &["seal", "permit", "holder"],
    optional: &[
        "reason",
        "place",
        "consent_by",
        "consent_at",
        "consent_form",
        "consent_decision",
        "permit_by",
        "permit_at",
        "out_at",
        "due_back_on",
        "returned_at",
    ],
    key: "seal",
    day: Some("out_at"),
    identity: &["seal", "permit"],
    refers: &[("seal", Subject::Seal)],
    check: |entry| Permit::of(entry).map(drop),
};

/// A permit; what is not known of it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Its number.
    pub number: String,
    /// Who takes the seal.
    pub holder: String,
    /// Where to.
    pub place: Option<String>,
    /// The head's consent.
    pub consent: Approval,
    /// The form of the consent.
    pub consent_form: Option<Consent>,
    /// Whether the head refused.
    pub is_refused: bool,
    /// The permit itself.
    pub permit: Approval,
    /// When the seal left.
    pub out_at: Option<Moment>,
    /// The day by which it must be back.
    pub due_back_on: Option<Date>,
    /// When it came back.
    pub returned_at: Option<Moment>,
}

/// Who approved, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: Option<String>,
    /// When.
    pub at: Option<Moment>,
}

/// What is wrong with a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The seal left, and no consent of the head is recorded.
    NoConsent,
    /// The seal left, and no permit is recorded.
    NoPermit,
    /// The seal left although the head refused.
    Refused,
    /// The body's rules ask for written consent, and this one is not known to be.
    NotWritten,
    /// Consent, permit and leaving are not in this order.
    WrongOrder,
    /// It came back before it left.
    ReturnedBeforeLeaving,
}

impl Permit {
    /// Whether the seal was out under it on a day.
    #[must_use]
    pub fn is_out_on(&self, date: Date) -> bool {
        let left = self.out_at.is_some_and(|out| out.day <= date);
        left && self.returned_at.is_none_or(|back| date <= back.day)
    }

    /// Whether the seal was out under it at a time; on a day of which the time is not told, it may have been.
    #[must_use]
    pub fn is_out_at(&self, at: Moment) -> bool {
        let left = self.out_at.is_some_and(|out| !out.is_after(at));
        left && self.returned_at.is_none_or(|back| !at.is_after(back))
    }

    /// What is wrong with it, under a body's rule about consent.
    #[must_use]
    pub fn faults(&self, rule: Consent) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let (Some(out), Some(back)) = (self.out_at, self.returned_at)
            && out.is_after(back)
        {
            faults.push(Fault::ReturnedBeforeLeaving);
        }
        let steps: Vec<Moment> = [self.consent.at, self.permit.at, self.out_at]
            .into_iter()
            .flatten()
            .collect();
        if steps.windows(2).any(|pair| pair[0].is_after(pair[1])) {
            faults.push(Fault::WrongOrder);
        }
        if self.out_at.is_none() {
            return faults;
        }
        let is_consented = self.consent.by.is_some() || self.consent.at.is_some();
        match (self.is_refused, is_consented) {
            (true, _) => faults.push(Fault::Refused),
            (false, false) => faults.push(Fault::NoConsent),
            (false, true) if rule == Consent::Written && self.consent_form != Some(rule) => {
                faults.push(Fault::NotWritten);
            }
            (false, true) => {}
        }
        if self.permit.by.is_none() && self.permit.at.is_none() {
            faults.push(Fault::NoPermit);
        }
        faults
    }
}

impl Fault {
    /// What is wrong, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoConsent => "no_consent",
            Self::NoPermit => "no_permit",
            Self::Refused => "refused",
            Self::NotWritten => "not_written",
            Self::WrongOrder => "wrong_order",
            Self::ReturnedBeforeLeaving => "returned_before_leaving",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            Self::NoConsent => "the head's consent is not recorded",
            Self::NoPermit => "who permitted it, and when, is not recorded",
            Self::Refused => "the head refused, and the seal left",
            Self::NotWritten => "the body's rules ask for written consent, which is not recorded",
            Self::WrongOrder => "consent, permit and leaving do not follow one another",
            Self::ReturnedBeforeLeaving => "the seal came back before it left",
        }
    }
}

impl Fact for Permit {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let text = |column| entry.text(column).map(str::to_owned);
        let refusal = entry.parsed(
            "consent_decision",
            Expected::OneOf(&["agree", "refuse"]),
            |word| match word {
                "agree" => Some(false),
                "refuse" => Some(true),
                _ => None,
            },
        )?;
        Ok(Self {
            number: entry.required("permit")?,
            holder: entry.required("holder")?,
            place: text("place"),
            consent: Approval {
                by: text("consent_by"),
                at: entry.moment("consent_at")?,
            },
            consent_form: entry.parsed(
                "consent_form",
                Expected::OneOf(&["written", "oral"]),
                Consent::named,
            )?,
            is_refused: refusal.unwrap_or(false),
            permit: Approval {
                by: text("permit_by"),
                at: entry.moment("permit_at")?,
            },
            out_at: entry.moment("out_at")?,
            due_back_on: entry.date("due_back_on")?,
            returned_at: entry.moment("returned_at")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permit(columns: &[(&str, &str)]) -> Permit {
        let fixed = [("permit", "7"), ("holder", "Lan")];
        let stated = fixed.iter().chain(columns);
        let entry = Entry {
            content: stated
                .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
                .collect(),
            ..Entry::default()
        };
        Permit::of(&entry).unwrap()
    }

    #[test]
    fn consent_comes_before_the_permit_and_both_before_the_seal_leaves() {
        let good = [
            ("consent_by", "Head"),
            ("consent_at", "2024-05-20"),
            ("permit_by", "Director"),
            ("permit_at", "2024-05-21 08:00"),
            ("out_at", "2024-05-21 09:00"),
        ];
        assert_eq!(permit(&good).faults(Consent::AnyForm), []);
        assert_eq!(permit(&good).faults(Consent::Written), [Fault::NotWritten]);
        let mut late = good;
        late[1].1 = "2024-05-21 10:00";
        assert_eq!(permit(&late).faults(Consent::AnyForm), [Fault::WrongOrder]);
    }

    #[test]
    fn a_seal_that_left_without_consent_or_against_it_is_told() {
        let out = ("out_at", "2024-05-21");
        let faults = permit(&[out]).faults(Consent::AnyForm);
        assert_eq!(faults, [Fault::NoConsent, Fault::NoPermit]);
        let refused = [
            out,
            ("consent_decision", "refuse"),
            ("permit_by", "Director"),
        ];
        assert_eq!(permit(&refused).faults(Consent::AnyForm), [Fault::Refused]);
        assert_eq!(permit(&[]).faults(Consent::Written), []);
    }
}
