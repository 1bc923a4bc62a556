//! Findings from a seal set across the edges of several sheets.
//!
//! Whether one is set at all the law leaves to the head of the body; where one was set, its parts are to join.

use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;
use crate::rules::instruments::basis;
use crate::straddling::Amount;
use crate::straddling::Fault;

/// Code of a set of sheets that is not whole.
pub const INCOMPLETE: &str = "placement.straddling_incomplete";
/// Code of one stamp across more sheets than it may go.
pub const SHEETS: &str = "placement.straddling_sheets";
/// The value of a finding about two pages that names the second.
pub const NEXT_PAGE: &str = "next_page";
/// Sheets under one stamp, at most (Decree 30/2020, article 33).
const SHEETS_MAX: usize = 5;

/// Findings about one stamp over so many sheets; each of its faults with what was measured of it.
#[must_use]
pub fn findings(
    faults: &[(Fault, Option<Amount>)],
    sheets: usize,
    scene: Scene<'_>,
) -> Vec<Finding> {
    let clause = basis(Topic::Straddling, scene);
    let broken = faults.iter().map(|(fault, amount)| {
        let (page, message) = told(*fault);
        let mut finding = Finding::warning(INCOMPLETE, message)
            .value("fault", code(*fault))
            .under(clause.clone());
        if let Fault::MissingBetween(_, next) | Fault::Swapped(_, next) = *fault {
            finding = finding.value(NEXT_PAGE, next);
        }
        if let Some(amount) = *amount {
            finding = measured(finding, amount);
        }
        Finding {
            page: Some(page),
            ..finding
        }
    });
    let mut found: Vec<Finding> = broken.collect();
    if sheets > SHEETS_MAX && clause.is_some() {
        let message = format!(
            "One stamp goes across {sheets} sheets; it is set across {SHEETS_MAX} at most."
        );
        let finding = Finding::remark(SHEETS, message);
        let finding = finding
            .value("sheets", sheets)
            .value("sheets_max", SHEETS_MAX);
        found.push(finding.under(clause));
    }
    found
}

/// The finding with a fault's amount.
fn measured(finding: Finding, amount: Amount) -> Finding {
    let tenth = |mm: f64| (10.0 * mm).round() / 10.0;
    match amount {
        Amount::Gap(mm) => finding.value("gap_mm", tenth(mm)),
        Amount::Height(mm) => finding.value("height_apart_mm", tenth(mm)),
        Amount::Before(mm) => finding.value("begins_before_mm", tenth(mm)),
    }
}

/// What is wrong, for programs.
const fn code(fault: Fault) -> &'static str {
    match fault {
        Fault::MissingBetween(..) => "missing_between",
        Fault::MissingBefore(_) => "missing_before",
        Fault::MissingAfter(_) => "missing_after",
        Fault::Without(_) => "without",
        Fault::Foreign(_) => "foreign",
        Fault::Swapped(..) => "swapped",
    }
}

/// The page that a fault is shown on, and what is said of it.
fn told(fault: Fault) -> (u32, String) {
    match fault {
        Fault::MissingBetween(page, next) => (
            page,
            format!(
                "Between pages {page} and {next} a part of the seal across the sheets' edges is missing: \
                 a sheet that bore it is not among them."
            ),
        ),
        Fault::MissingBefore(page) => (
            page,
            format!(
                "The seal across the sheets' edges begins before page {page}: a sheet is missing."
            ),
        ),
        Fault::MissingAfter(page) => (
            page,
            format!(
                "The seal across the sheets' edges goes on after page {page}: a sheet is missing."
            ),
        ),
        Fault::Without(page) => (
            page,
            format!(
                "Page {page} bears no part of the seal across the edges of the sheets around it."
            ),
        ),
        Fault::Foreign(page) => (
            page,
            format!(
                "What stands on the edge of page {page} does not join the seal across the other sheets' edges."
            ),
        ),
        Fault::Swapped(page, next) => (
            page,
            format!(
                "Pages {page} and {next} stand in the wrong order: the seal across their edges says so."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn vietnam() -> Scene<'static> {
        Scene {
            jurisdiction: Some("VN"),
            ..Scene::unknown(None, RuleSet::shipped())
        }
    }

    #[test]
    fn every_fault_is_a_warning_on_its_page() {
        let faults = [
            (Fault::Without(3), None),
            (Fault::Swapped(4, 5), Some(Amount::Before(6.04))),
            (Fault::MissingAfter(5), Some(Amount::Gap(7.96))),
            (Fault::Foreign(2), Some(Amount::Height(12.0))),
        ];
        let found = findings(&faults, 4, vietnam());
        let pages: Vec<_> = found.iter().map(|finding| finding.page).collect();
        assert_eq!(pages, [Some(3), Some(4), Some(5), Some(2)]);
        assert!(found.iter().all(|finding| finding.code == INCOMPLETE));
        let basis = found[0].basis.as_ref().unwrap();
        assert!(basis.article.contains("33"), "{basis:?}");
        assert_eq!(found[0].values["fault"], "without");
        assert_eq!(found[0].values.get(NEXT_PAGE), None);
        assert_eq!(found[1].values["fault"], "swapped");
        assert_eq!(found[1].values[NEXT_PAGE], 5);
        assert_eq!(found[0].values.get("gap_mm"), None);
        assert_eq!(found[1].values["begins_before_mm"], 6.0);
        assert_eq!(found[2].values["gap_mm"], 8.0);
        assert_eq!(found[3].values["height_apart_mm"], 12.0);
        let sheets = &findings(&[], 6, vietnam())[0];
        assert_eq!(sheets.values["sheets"], 6);
        assert_eq!(sheets.values["sheets_max"], 5);
        assert_eq!(sheets.basis.as_ref(), Some(basis));
        assert_eq!(findings(&[], 5, vietnam()), []);
    }

    #[test]
    fn more_than_five_sheets_are_a_remark_where_the_law_says_so() {
        let codes = |scene| -> Vec<_> {
            let found = findings(&[], 6, scene);
            found.into_iter().map(|finding| finding.code).collect()
        };
        assert_eq!(codes(vietnam()), ["placement.straddling_sheets"]);
        let china = Scene {
            jurisdiction: Some("CN"),
            ..vietnam()
        };
        assert!(codes(china).is_empty());
    }
}
