//! Inspections of bodies' seals on a day: which were missed, and what stands open of what they found.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::registry::inspection;
use crate::registry::inspection::Inspection;
use crate::registry::inspection::InspectionFault;
use crate::registry::inspection::Sort;
use crate::registry::records::Stated;
use crate::view::View;

/// An inspection with what it found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Inspection)]
pub struct Line {
    /// The body whose seals were inspected.
    pub body: String,
    /// Its name.
    pub inspection: String,
    /// Who inspects: self, or above.
    pub sort: &'static str,
    /// The day for which it was planned.
    #[schema(value_type = Option<String>, format = Date)]
    pub planned_on: Option<Date>,
    /// The day on which it was done.
    #[schema(value_type = Option<String>, format = Date)]
    pub inspected_on: Option<Date>,
    /// Who did it.
    pub inspector: Option<String>,
    /// Whether its day was over and it was not done.
    pub missed: bool,
    /// What it found.
    pub faults: Vec<Fault>,
}

/// What an inspection found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InspectionFault)]
pub struct Fault {
    /// What is wrong.
    pub fault: String,
    /// What is to be done.
    pub recommendation: Option<String>,
    /// Who is to do it.
    pub responsible: Option<String>,
    /// The day on which it was found.
    #[schema(value_type = Option<String>, format = Date)]
    pub opened_on: Option<Date>,
    /// The day by which it is to be done.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// The day on which it was.
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<Date>,
    /// Whether it stands open.
    pub open: bool,
    /// By how many days it is overdue.
    pub overdue_days: Option<i32>,
}

impl View<'_> {
    /// The inspections of one body, or of all, by body and day.
    #[must_use]
    pub fn inspections(&self, body: Option<&str>) -> Vec<Line> {
        let keys = self.records.keys(inspection::KIND.name);
        let bodies = keys.filter(|id| body.is_none_or(|body| body == *id));
        bodies.flat_map(|id| self.inspections_of(id)).collect()
    }

    fn inspections_of(&self, body: &str) -> Vec<Line> {
        let inspections: Vec<Stated<Inspection>> = self.records.facts(body);
        let faults: Vec<Stated<InspectionFault>> = self.records.facts(body);
        let line = |own: Inspection| {
            let found = faults.iter().map(|stated| &stated.value);
            let found = found.filter(|fault| fault.inspection == own.inspection);
            Line {
                body: body.to_owned(),
                sort: match own.sort {
                    Sort::Own => "self",
                    Sort::Above => "above",
                },
                missed: own.is_missed_on(self.on),
                faults: found.map(|fault| self.fault(fault)).collect(),
                inspection: own.inspection,
                planned_on: own.planned_on,
                inspected_on: own.inspected_on,
                inspector: own.inspector,
            }
        };
        let inspections = inspections.into_iter();
        inspections.map(|stated| line(stated.value)).collect()
    }

    fn fault(&self, fault: &InspectionFault) -> Fault {
        Fault {
            fault: fault.fault.clone(),
            recommendation: fault.recommendation.clone(),
            responsible: fault.responsible.clone(),
            opened_on: fault.opened_on,
            due_on: fault.due_on,
            closed_on: fault.closed_on,
            open: fault.is_open_on(self.on),
            overdue_days: fault.overdue_days(self.on),
        }
    }
}
