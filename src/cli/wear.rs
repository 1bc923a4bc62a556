//! Wear along dates as lines for programs and as charts for people.

use jiff::civil::Date;

use crate::cli::Exit;
use crate::registry::Register;
use crate::report::findings;
use crate::report::wear::Curve;
use crate::report::wear::Followed;
use crate::report::wear::where_gone;
use crate::rules::Severity;
use crate::trends::Found;
use crate::trends::Quantity;
use crate::trends::Series;
use crate::trends::State;
use crate::trends::Trend;
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
    format!("{}: {}", severity(trend), trend.message)
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
    let message = &trend.message;
    match (language, &trend.finding) {
        (Language::English, _) => message.clone(),
        (_, code) => {
            let original = text(language, "head.original", &[("message", message)]);
            match code {
                Some(code) => format!("{}. {original}", findings::title(code, language)),
                None => original,
            }
        }
    }
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
