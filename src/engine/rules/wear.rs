//! Wear along a seal's dated impressions, as a finding about the seal.

use jiff::civil::Date;

use crate::registry::RegisteredSeal;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::instruments::Topic;

/// A quantity that grows, or is beyond its tolerance.
#[derive(Clone, Debug, PartialEq)]
pub struct Worn {
    /// What it is, in words.
    pub what: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The amount on the day of the last impression, with the ends of its 90 % interval.
    pub level: (f64, f64, f64),
    /// The amount from which it is too much.
    pub tolerance: f64,
    /// Whether that is passed for sure.
    pub passed: bool,
    /// The likeliest day of passing it, and the ends of its 90 % interval; `None` where an end is open.
    pub on: Option<Date>,
    /// See `on`.
    pub not_before: Option<Date>,
    /// See `on`.
    pub not_after: Option<Date>,
    /// The days between which it stepped up, if it did so at once.
    pub step: Option<(Date, Date)>,
}

/// The finding about a seal whose impressions up to `last` show wear: a warning where a tolerance is left, a
/// remark where it is not yet; `None` where nothing wears.
#[must_use]
pub fn finding(
    seal: &RegisteredSeal,
    (last, rules): (Option<Date>, &RuleSet),
    worn: &[Worn],
) -> Option<Finding> {
    let named: Vec<String> = worn.iter().map(phrase).collect();
    let named = named.join("; ");
    let id = &seal.id;
    let scene = Scene::of(seal, last, rules);
    let finding = if worn.is_empty() {
        return None;
    } else if worn.iter().any(|worn| worn.passed) {
        Finding::warning(
            "seal.wear_out_of_tolerance",
            format!(
                "Along its dated impressions seal {id} has worn beyond what is tolerated: {named}. A worn, damaged or deformed seal is to be registered anew."
            ),
        )
    } else {
        Finding::remark(
            "seal.wearing",
            format!("Along its dated impressions seal {id} wears: {named}."),
        )
    };
    Some(finding.cited(Topic::ReRegistration, scene))
}

fn phrase(worn: &Worn) -> String {
    let Worn {
        what,
        unit,
        level: (level, low, high),
        tolerance,
        ..
    } = worn;
    let step = worn.step.map_or_else(String::new, |(after, by)| {
        format!(", added at once between {after} and {by}")
    });
    format!(
        "{what} {level:.2} {unit} (90 %: {low:.2} to {high:.2}){step}, tolerated {tolerance:.1} {unit}, {}",
        day(worn)
    )
}

/// When the tolerance is left.
fn day(worn: &Worn) -> String {
    let verb = if worn.passed { "left" } else { "to be left" };
    let interval = match (worn.not_before, worn.not_after) {
        (Some(low), Some(high)) => format!("between {low} and {high}"),
        (Some(low), None) => format!("not before {low}"),
        (None, Some(high)) if worn.passed => format!("by {high}"),
        (None, Some(_) | None) if worn.passed => "before the first of them".to_owned(),
        (None, Some(high)) => format!("perhaps by {high}"),
        (None, None) => return "not left in sight".to_owned(),
    };
    match worn.on {
        Some(on) => format!("{verb} about {on} ({interval})"),
        None => format!("{verb} {interval}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worn() -> Worn {
        Worn {
            what: "the drawing gone at fixed places",
            unit: "%",
            level: (3.1, 2.6, 3.7),
            tolerance: 2.0,
            passed: true,
            on: Some(jiff::civil::date(2022, 3, 1)),
            not_before: Some(jiff::civil::date(2021, 11, 2)),
            not_after: Some(jiff::civil::date(2022, 5, 9)),
            step: None,
        }
    }

    #[test]
    fn the_day_is_given_with_its_interval_and_open_ends_are_named() {
        let said = phrase(&worn());
        assert!(
            said.contains("3.10 % (90 %: 2.60 to 3.70), tolerated 2.0 %"),
            "{said}"
        );
        assert!(
            said.ends_with("left about 2022-03-01 (between 2021-11-02 and 2022-05-09)"),
            "{said}"
        );
        let ahead = Worn {
            passed: false,
            not_after: None,
            on: None,
            ..worn()
        };
        assert_eq!(day(&ahead), "to be left not before 2021-11-02");
    }
}
