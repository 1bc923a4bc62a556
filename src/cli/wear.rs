//! Wear along dates as lines for programs and as charts for people.

use jiff::civil::Date;

use crate::cli::Exit;
use crate::registry::Register;
use crate::report::wear::Curve;
use crate::report::wear::Followed;
use crate::report::wear::where_gone;
use crate::report::words;
use crate::rules::Severity;
use crate::trends::Found;
use crate::trends::Quantity;
use crate::trends::Series;
use crate::trends::Trend;

/// A seal that was followed, for people, with its pictures.
pub(super) fn followed(found: &Found, register: &Register) -> Followed {
    let trend = &found.trend;
    let first = trend.from;
    let curves = trend.series.iter().filter_map(|series| {
        let first = first?;
        let day = |date: Date| f64::from((date - first).get_days());
        let leaves = series.leaves.as_ref();
        Some(Curve {
            names: names(series.quantity),
            unit: unit(series.quantity),
            state: said(series),
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
        sentence: trend.message.clone(),
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

/// What is said of a quantity, with the amount of now.
fn said(series: &Series) -> String {
    let state = words::code(&series.state).replace('_', " ");
    let unit = unit(series.quantity);
    match &series.level {
        Some(level) => format!(
            "{state}, {:.2} {unit} (90 %: {:.2} to {:.2})",
            level.value, level.low, level.high
        ),
        None => state,
    }
}

/// A quantity in English, Vietnamese and Chinese.
const fn names(quantity: Quantity) -> [&'static str; 3] {
    match quantity {
        Quantity::MissingPercent => [
            "drawing gone at fixed places",
            "phần hình dấu đã mất ở vị trí cố định",
            "固定部位缺失的印文",
        ],
        Quantity::BorderMissingMm => [
            "border gone at fixed places",
            "đường viền đã mất ở vị trí cố định",
            "固定部位缺失的边框",
        ],
        Quantity::LineWidthMm => ["growth of line widths", "độ nở của nét", "线条变宽"],
        Quantity::SizeMm => ["growth in size", "thay đổi kích thước", "尺寸变化"],
    }
}

const fn unit(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::MissingPercent => "%",
        Quantity::BorderMissingMm | Quantity::LineWidthMm | Quantity::SizeMm => "mm",
    }
}
