//! How long documents are kept, and what holds them longer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::verify::Outcome;

/// How long documents are kept, by what they came to. A period is both: no document is deleted before its end, and
/// after it one is due. Without a period a document is never due, and an administrator deletes it when there is a reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Periods {
    /// Days after the day on which it was brought, by the outcome's name.
    pub days: BTreeMap<Kept, u32>,
}

/// The two sorts of documents that differ in how long they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Those that passed.
    Passed,
    /// All others: someone may still have to look at them.
    Attention,
}

impl Kept {
    /// The sort of a document that came to this, or to nothing yet.
    #[must_use]
    pub const fn of(outcome: Option<Outcome>) -> Self {
        match outcome {
            Some(Outcome::Pass) => Self::Passed,
            Some(
                Outcome::Review
                | Outcome::Flag
                | Outcome::Unreadable
                | Outcome::Stopped
                | Outcome::NotProcessed,
            )
            | None => Self::Attention,
        }
    }
}

/// What is to be known of a document before it is deleted.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// When it was brought.
    pub brought_at: Timestamp,
    /// What it came to; none where it was not examined yet.
    pub outcome: Option<Outcome>,
    /// The day until which it must be kept, where one was stated for it.
    pub retain_until: Option<Date>,
    /// Why it may not be deleted whatever its period, such as the number of a case; none where it is not held.
    pub held_for: Option<&'a str>,
    /// Whether something about it was proposed that nobody has answered.
    pub has_open_proposal: bool,
}

/// Why a document is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It is held.
    #[error("the document is held: {reason}")]
    Held {
        /// Why.
        reason: String,
    },
    /// Its period is not over.
    #[error("the document is to be kept until {until}")]
    Early {
        /// The last day of its period.
        until: Date,
    },
    /// Something about it is open.
    #[error("something proposed about the document is still to be answered")]
    Open,
}

impl Periods {
    /// The last day on which a document is kept, by its period or what was stated for it; none where neither is.
    #[must_use]
    pub fn until(&self, subject: &Subject<'_>, zone: &TimeZone) -> Option<Date> {
        self.end(subject, zone).max(subject.retain_until)
    }

    /// The last day of a document's period.
    fn end(&self, subject: &Subject<'_>, zone: &TimeZone) -> Option<Date> {
        let days = *self.days.get(&Kept::of(subject.outcome))?;
        let brought = subject.brought_at.to_zoned(zone.clone()).date();
        let end = brought.checked_add(i64::from(days).days());
        // Beyond the calendar's end is never.
        Some(end.unwrap_or(Date::MAX))
    }

    /// Whether a document's time is over on a day, so that it is to be deleted.
    #[must_use]
    pub fn is_due(&self, subject: &Subject<'_>, on: Date, zone: &TimeZone) -> bool {
        self.end(subject, zone).is_some_and(|end| on > end)
            && self.refusal(subject, on, zone).is_none()
    }

    /// Why a document may not be deleted on a day; none where it may.
    #[must_use]
    pub fn refusal(&self, subject: &Subject<'_>, on: Date, zone: &TimeZone) -> Option<Refusal> {
        if let Some(reason) = subject.held_for {
            return Some(Refusal::Held {
                reason: reason.to_owned(),
            });
        }
        if subject.has_open_proposal {
            return Some(Refusal::Open);
        }
        let until = self.until(subject, zone)?;
        (on <= until).then_some(Refusal::Early { until })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn periods(passed: u32) -> Periods {
        Periods {
            days: [(Kept::Passed, passed)].into(),
        }
    }

    fn subject(held_for: Option<&str>) -> Subject<'_> {
        Subject {
            // In Hanoi it is the second of January already.
            brought_at: "2024-01-01T18:00:00Z".parse().unwrap(),
            outcome: Some(Outcome::Pass),
            retain_until: None,
            held_for,
            has_open_proposal: false,
        }
    }

    fn hanoi() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(7))
    }

    #[test]
    fn a_document_is_kept_for_its_whole_period_in_the_days_of_its_own_place() {
        let (periods, zone) = (periods(10), hanoi());
        let until = date(2024, 1, 12);
        assert_eq!(periods.until(&subject(None), &zone), Some(until));
        let refusal = periods.refusal(&subject(None), until, &zone);
        assert_eq!(refusal, Some(Refusal::Early { until }));
        assert!(!periods.is_due(&subject(None), until, &zone));
        assert!(periods.is_due(&subject(None), date(2024, 1, 13), &zone));
    }

    #[test]
    fn without_a_period_a_document_is_never_due_and_may_be_deleted() {
        let attention = Subject {
            outcome: None,
            ..subject(None)
        };
        let (periods, on) = (periods(10), date(2400, 1, 1));
        assert!(!periods.is_due(&attention, on, &hanoi()));
        assert_eq!(periods.refusal(&attention, on, &hanoi()), None);
    }

    #[test]
    fn what_was_stated_for_a_document_lengthens_its_period_and_makes_none() {
        let stated = Subject {
            retain_until: Some(date(2024, 3, 1)),
            ..subject(None)
        };
        let (periods, none, zone) = (periods(10), Periods::default(), hanoi());
        assert!(!periods.is_due(&stated, date(2024, 3, 1), &zone));
        assert!(periods.is_due(&stated, date(2024, 3, 2), &zone));
        let until = date(2024, 3, 1);
        let refusal = none.refusal(&stated, date(2024, 2, 1), &zone);
        assert_eq!(refusal, Some(Refusal::Early { until }));
        assert!(!none.is_due(&stated, date(2024, 3, 2), &zone));
    }

    proptest! {
        #[test]
        fn nothing_held_or_open_is_ever_deleted(
            days in 0_u32..5_000, after in 0_i64..10_000, is_open: bool
        ) {
            let on = date(2024, 1, 2).checked_add(after.days()).unwrap();
            let free = Subject { has_open_proposal: is_open, ..subject(None) };
            let is_due = periods(days).is_due(&free, on, &hanoi());
            prop_assert_eq!(is_due, !is_open && after > i64::from(days));
            let held = Subject { held_for: Some("case 12"), ..free };
            prop_assert!(!periods(days).is_due(&held, on, &hanoi()));
            let refusal = periods(days).refusal(&held, on, &hanoi());
            prop_assert!(matches!(refusal, Some(Refusal::Held { .. })), "{:?}", refusal);
        }
    }
}
