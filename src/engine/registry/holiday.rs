//! Days without work, and the counting of days.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::civil::Weekday;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::records::Fact;
use crate::registry::records::Records;
use crate::registry::sheet::ValueError;

/// Rows that name holidays, and weekend days that are worked on instead.
pub const KIND: &Kind = &Kind {
    name: "holiday",
    title: "holidays",
    required: &["holiday", "jurisdiction"],
    optional: &["name", "worked"],
    key: "jurisdiction",
    day: Some("holiday"),
    identity: &["jurisdiction", "holiday"],
    refers: &[],
    check: |entry| Holiday::of(entry).map(drop),
};

/// A day that is not what its place in the week says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub on: Date,
    /// Whether it is worked on all the same.
    pub is_worked: bool,
}

impl Fact for Holiday {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        Ok(Self {
            on: entry.day("holiday")?,
            is_worked: entry.yes("worked")?.unwrap_or(false),
        })
    }
}

/// A country's working days: Monday to Friday but for what the register names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    free: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

impl Calendar {
    /// The calendar of a country.
    #[must_use]
    pub fn of(records: &Records, jurisdiction: &str) -> Self {
        let mut calendar = Self::default();
        for stated in records.facts::<Holiday>(jurisdiction) {
            let Holiday { on, is_worked } = stated.value;
            let days = if is_worked {
                &mut calendar.worked
            } else {
                &mut calendar.free
            };
            days.insert(on);
        }
        calendar
    }

    /// Whether people work on a day.
    #[must_use]
    pub fn is_working(&self, day: Date) -> bool {
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.worked.contains(&day) || !(is_weekend || self.free.contains(&day))
    }

    /// The last of so many days after `from`, which itself does not count; `None` beyond the calendar.
    #[must_use]
    pub fn after(&self, from: Date, period: Period) -> Option<Date> {
        let mut day = from;
        let mut left = period.days;
        while left > 0 {
            day = day.tomorrow().ok()?;
            if !period.is_working || self.is_working(day) {
                left -= 1;
            }
        }
        Some(day)
    }
}

/// A number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub days: u16,
    /// Whether only working days count.
    pub is_working: bool,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn working_days_leave_out_weekends_and_the_holidays_that_are_told() {
        let friday = date(2024, 4, 26);
        let mut calendar = Calendar::default();
        let three = Period {
            days: 3,
            is_working: true,
        };
        assert_eq!(calendar.after(friday, three), Some(date(2024, 5, 1)));
        calendar.free.extend([date(2024, 4, 30), date(2024, 5, 1)]);
        assert_eq!(calendar.after(friday, three), Some(date(2024, 5, 3)));
        calendar.worked.insert(date(2024, 4, 27));
        assert_eq!(calendar.after(friday, three), Some(date(2024, 5, 2)));
        let calendar_days = Period {
            days: 2,
            is_working: false,
        };
        assert_eq!(
            calendar.after(friday, calendar_days),
            Some(date(2024, 4, 28))
        );
    }
}
