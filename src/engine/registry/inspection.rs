//! Inspections of bodies' seals, by themselves or from above, and what was found.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that tell of inspections, planned and done.
pub const KIND: &Kind = &Kind {
    name: "inspection",
    title: "inspections",
    required: &["body", "inspection", "sort"],
    optional: &[
        "planned_on",
        "inspected_on",
        "inspector",
        "place",
        "fields",
        "strengths",
        "reported_to",
    ],
    key: "body",
    day: Some("inspected_on"),
    identity: &["body", "inspection"],
    refers: &[("body", Subject::Body)],
    check: |entry| Inspection::of(entry).map(drop),
};

/// Rows that tell what an inspection found.
pub const FAULT: &Kind = &Kind {
    name: "inspection_fault",
    title: "faults found by inspections",
    required: &["body", "inspection", "fault"],
    optional: &[
        "field",
        "seal",
        "recommendation",
        "responsible",
        "opened_on",
        "due_on",
        "closed_on",
    ],
    key: "body",
    day: Some("opened_on"),
    identity: &["body", "inspection", "fault"],
    refers: &[("body", Subject::Body), ("seal", Subject::Seal)],
    check: |entry| InspectionFault::of(entry).map(drop),
};

/// Who inspects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The body itself.
    Own,
    /// A body above it.
    Above,
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its name.
    pub inspection: String,
    /// Who inspects.
    pub sort: Sort,
    /// The day for which it was planned.
    pub planned_on: Option<Date>,
    /// The day on which it was done.
    pub inspected_on: Option<Date>,
    /// Who did it.
    pub inspector: Option<String>,
}

/// What one found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectionFault {
    /// The inspection.
    pub inspection: String,
    /// What is wrong.
    pub fault: String,
    /// What is to be done.
    pub recommendation: Option<String>,
    /// Who is to do it.
    pub responsible: Option<String>,
    /// The day on which it was found.
    pub opened_on: Option<Date>,
    /// The day by which it is to be done.
    pub due_on: Option<Date>,
    /// The day on which it was.
    pub closed_on: Option<Date>,
}

impl Inspection {
    /// Whether it was planned for a day before this one and not done by it.
    #[must_use]
    pub fn is_missed_on(&self, date: Date) -> bool {
        let was_done = self.inspected_on.is_some_and(|done| done <= date);
        self.planned_on.is_some_and(|planned| planned < date) && !was_done
    }
}

impl InspectionFault {
    /// Whether it stands open on a day.
    #[must_use]
    pub fn is_open_on(&self, date: Date) -> bool {
        self.opened_on.is_none_or(|opened| opened <= date)
            && self.closed_on.is_none_or(|closed| date < closed)
    }

    /// By how many days it is overdue on a day, if it is.
    #[must_use]
    pub fn overdue_days(&self, date: Date) -> Option<i32> {
        let days = (date - self.due_on?).get_days();
        (self.is_open_on(date) && days > 0).then_some(days)
    }
}

impl Fact for Inspection {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let sort = entry.parsed(
            "sort",
            Expected::OneOf(&["self", "above"]),
            |word| match word {
                "self" => Some(Sort::Own),
                "above" => Some(Sort::Above),
                _ => None,
            },
        )?;
        Ok(Self {
            inspection: entry.required("inspection")?,
            sort: sort.ok_or(ValueError::Missing { column: "sort" })?,
            planned_on: entry.date("planned_on")?,
            inspected_on: entry.date("inspected_on")?,
            inspector: entry.text("inspector").map(str::to_owned),
        })
    }
}

impl Fact for InspectionFault {
    const KIND: &'static Kind = FAULT;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let text = |column| entry.text(column).map(str::to_owned);
        Ok(Self {
            inspection: entry.required("inspection")?,
            fault: entry.required("fault")?,
            recommendation: text("recommendation"),
            responsible: text("responsible"),
            opened_on: entry.date("opened_on")?,
            due_on: entry.date("due_on")?,
            closed_on: entry.date("closed_on")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_fault_is_open_until_it_is_closed_and_overdue_after_its_day() {
        let fault = InspectionFault {
            inspection: "2024-1".into(),
            fault: "no register of use".into(),
            recommendation: None,
            responsible: None,
            opened_on: Some(date(2024, 3, 1)),
            due_on: Some(date(2024, 3, 31)),
            closed_on: Some(date(2024, 5, 1)),
        };
        assert!(!fault.is_open_on(date(2024, 2, 29)));
        assert_eq!(fault.overdue_days(date(2024, 3, 31)), None);
        assert_eq!(fault.overdue_days(date(2024, 4, 10)), Some(10));
        assert_eq!(fault.overdue_days(date(2024, 5, 1)), None);
    }

    #[test]
    fn an_inspection_that_was_planned_and_not_done_is_missed() {
        let inspection = Inspection {
            inspection: "2024-1".into(),
            sort: Sort::Above,
            planned_on: Some(date(2024, 6, 30)),
            inspected_on: Some(date(2024, 7, 5)),
            inspector: None,
        };
        assert!(!inspection.is_missed_on(date(2024, 6, 30)));
        assert!(inspection.is_missed_on(date(2024, 7, 4)));
        assert!(!inspection.is_missed_on(date(2024, 7, 5)));
    }
}
