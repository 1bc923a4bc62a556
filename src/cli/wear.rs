//! Wear along dates as lines for programs and as charts for people.

use std::fmt::Display;

use jiff::civil::Date;

use crate::cli::Exit;
use crate::registry::Register;
use crate::report::findings;
use crate::report::wear::Curve;
use crate::report::wear::Followed;
use crate::report::wear::where_gone;
use crate::rules::Severity;
use crate::trends::ACCEPTED_MIN;
use crate::trends::Found;
use crate::trends::IMPRESSIONS_MIN;
use crate::trends::Leaves;
use crate::trends::NoFinding;
use crate::trends::Quantity;
use crate::trends::Reached;
use crate::trends::Series;
use crate::trends::State;
use crate::trends::Trend;
use crate::trends::no_finding;
use crate::verdict::trend::DAYS_MIN;
use crate::words::Language;
use crate::words::text;

/// A seal that was followed, for people, with its pictures.
pub(super) fn followed(language: Language, found: &Found, register: &Register) -> Followed {
    let trend = &found.trend;
    let first = trend.from;
    let curves = trend.series.iter().filter_map(|series| {
        let first = first?;
        let day = |date: Date| f64::from((date - first).get_days());
        let leaves = series.leaves.as_ref();
        Some(Curve {
            name: language.word(quantity(series.quantity)),
            unit: unit(series.quantity),
            state: said(language, series),
            first,
            values: series
                .values
                .iter()
                .map(|value| {
                    let on = trend.members[value.member].on;
                    (day(on), value.value, value.uncertainty)
                })
                .collect(),
            course: series
                .course
                .iter()
                .map(|(day, amount)| (*day, amount.low, amount.value, amount.high))
                .collect(),
            tolerance: series.tolerance.as_ref().map(|tolerance| tolerance.value),
            leaves: [
                leaves.and_then(|leaves| leaves.not_before).map(day),
                leaves.and_then(|leaves| leaves.on).map(day),
                leaves.and_then(|leaves| leaves.not_after).map(day),
            ],
        })
    });
    let specimen = register
        .position(&trend.seal)
        .map(|position| &register.seals[position].specimen);
    Followed {
        seal: trend.seal.clone(),
        severity: severity(trend),
        sentence: sentence(language, trend),
        code: trend.finding.clone(),
        basis: trend.basis.clone(),
        curves: curves.collect(),
        places: specimen
            .filter(|_| trend.finding.is_some())
            .map(|specimen| where_gone(specimen, &found.places)),
    }
}

/// A followed seal as a line beside the findings.
pub(super) fn line(trend: &Trend) -> String {
    let told = format!("{}: {}", severity(trend), trend.message);
    match &trend.finding {
        Some(code) => {
            let ground = findings::ground_of((code, trend.basis.as_ref()), Language::English);
            format!("{told} [{ground}]")
        }
        None => told,
    }
}

/// What it asks of whoever ran the program.
pub(super) fn exit(trend: &Trend) -> Exit {
    match trend.severity {
        Some(Severity::Violation | Severity::Warning) => Exit::Attention,
        Some(Severity::Remark) | None => Exit::Passed,
    }
}

const fn severity(trend: &Trend) -> &'static str {
    match trend.severity {
        Some(Severity::Violation) => "violation",
        Some(Severity::Warning) => "warning",
        Some(Severity::Remark) => "remark",
        None => "note",
    }
}

/// What the trend is, in words; its own sentence is English.
fn sentence(language: Language, trend: &Trend) -> String {
    if language == Language::English {
        return trend.message.clone();
    }
    if let Some(code) = &trend.finding {
        let worn = trend.series.iter();
        let worn: Vec<String> = worn
            .filter_map(|series| worn_by(language, series))
            .collect();
        return format!("{}: {}", findings::title(code, language), worn.join("; "));
    }
    let count: &dyn Display = &trend.members.len();
    match no_finding(&trend.series) {
        NoFinding::NotEnough => text(
            language,
            "wear.not_enough",
            &[
                ("count", count),
                ("needed", &IMPRESSIONS_MIN),
                ("days", &DAYS_MIN),
                ("accepted", &ACCEPTED_MIN),
            ],
        ),
        NoFinding::Open => text(language, "wear.open", &[("count", count)]),
        NoFinding::NoWear => text(language, "wear.nothing", &[("count", count)]),
    }
}

/// A quantity that grows or has left its tolerance, with that and when; `None` of one that does neither.
fn worn_by(language: Language, series: &Series) -> Option<String> {
    let leaves = series.leaves.as_ref()?;
    let tolerance = series.tolerance.as_ref()?.value;
    if !series.is_worn() {
        return None;
    }
    let name = language.word(quantity(series.quantity));
    let mut said = vec![format!("{name}: {}", said(language, series))];
    said.extend(series.step.map(|step| {
        let (after, by) = (language.date(step.after), language.date(step.by));
        text(language, "wear.step", &[("after", &after), ("by", &by)])
    }));
    let amount = language.decimal(&format!("{tolerance:.1}"));
    said.push(text(
        language,
        "wear.tolerated",
        &[("amount", &amount), ("unit", &unit(series.quantity))],
    ));
    said.push(left(language, leaves));
    Some(said.join(", "))
}

/// When the tolerance is left.
fn left(language: Language, leaves: &Leaves) -> String {
    let is_passed = leaves.state == Reached::Passed;
    let day = |date: Option<Date>| date.map(|date| language.date(date));
    let interval = match (day(leaves.not_before), day(leaves.not_after)) {
        (Some(from), Some(to)) => text(language, "wear.between", &[("from", &from), ("to", &to)]),
        (Some(from), None) => text(language, "wear.not_before", &[("from", &from)]),
        (None, Some(to)) if is_passed => text(language, "wear.by", &[("to", &to)]),
        (None, Some(to)) => text(language, "wear.perhaps_by", &[("to", &to)]),
        (None, None) if is_passed => language.word("wear.before_first").to_owned(),
        (None, None) => return language.word("wear.not_in_sight").to_owned(),
    };
    let when = match day(leaves.on) {
        Some(on) => text(
            language,
            "wear.about",
            &[("on", &on), ("interval", &interval)],
        ),
        None => interval,
    };
    let key = if is_passed {
        "wear.left"
    } else {
        "wear.to_be_left"
    };
    text(language, key, &[("when", &when)])
}

/// What is said of a quantity, with the amount of now.
fn said(language: Language, series: &Series) -> String {
    let state = language.word(match series.state {
        State::Gradual => "trend.gradual",
        State::Sudden => "trend.sudden",
        State::Grows => "trend.grows",
        State::Steady => "trend.steady",
        State::Undecided => "trend.undecided",
        State::NotEnough => "trend.not_enough",
    });
    let Some(level) = &series.level else {
        return state.to_owned();
    };
    let figure = |value: f64| language.decimal(&format!("{value:.2}"));
    text(
        language,
        "wear.level",
        &[
            ("state", &state),
            ("value", &figure(level.value)),
            ("unit", &unit(series.quantity)),
            ("low", &figure(level.low)),
            ("high", &figure(level.high)),
        ],
    )
}

/// The key of a quantity's name.
const fn quantity(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::MissingPercent => "quantity.missing_percent",
        Quantity::BorderMissingMm => "quantity.border_missing_mm",
        Quantity::LineWidthMm => "quantity.line_width_mm",
        Quantity::SizeMm => "quantity.size_mm",
    }
}

const fn unit(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::MissingPercent => "%",
        Quantity::BorderMissingMm | Quantity::LineWidthMm | Quantity::SizeMm => "mm",
    }
}
