//! What came in, day by day: as a picture and as a table.

use std::collections::BTreeMap;

use crate::geometry::Rect;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use jiff::Span;
use jiff::civil::Date;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::charts::chart;
use crate::charts::chart::Axis;
use crate::charts::chart::Chart;
use crate::charts::chart::Entry;
use crate::charts::drawing::BLACK;
use crate::charts::drawing::BLUE;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::GRAY;
use crate::charts::drawing::Pen;
use crate::charts::drawing::VERMILION;
use crate::charts::svg;
use crate::storage::tallies::DayTally;
use crate::verify::Outcome;
use crate::web::overview::SHOWN;
use crate::web::register::today;
use crate::web::shell::Shell;
use crate::web::wear::file;
use crate::words::Language;
use crate::words::names;

/// Days that are shown.
const DAYS: i32 = 30;

/// A plot of the reader's documents, by its name.
pub(super) async fn plot(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path(plot): Path<String>,
) -> Answer<Response> {
    let first = today() - Span::new().days(DAYS - 1);
    let office = caller.scope(None)?;
    let since = first.to_string();
    let tallies = service
        .store
        .outcomes_by_day(office.as_deref(), &since)
        .await?;
    match plot.as_str() {
        "outcomes.svg" => Ok(file(
            svg::write(&drawn(&shell, first, &tallies)),
            "image/svg+xml",
        )),
        "outcomes.csv" => Ok(file(sheet(&tallies)?, "text/csv; charset=utf-8")),
        _ => Err(Problem::not_found("plot")),
    }
}

/// How each outcome's line is drawn: those that are told apart by hue are by dashes too.
fn pen(outcome: Outcome) -> Pen {
    match outcome {
        Outcome::Flag => Pen::whole(VERMILION, 2.0),
        Outcome::Review => Pen::dashed(BLACK, 1.6),
        Outcome::Pass => Pen::whole(BLUE, 1.6),
        Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed => Pen::dotted(GRAY, 1.6),
    }
}

fn drawn(shell: &Shell, first: Date, tallies: &[DayTally]) -> Drawing {
    let title = shell.t("web.overview.by_day");
    let mut lines: BTreeMap<Outcome, BTreeMap<i32, u64>> = BTreeMap::new();
    for tally in tallies {
        let day = tally
            .day
            .parse::<Date>()
            .map(|day| (day - first).get_days());
        if let (Some(outcome), Ok(day)) = (tally.outcome, day) {
            *lines.entry(outcome).or_default().entry(day).or_default() += tally.count;
        }
    }
    let entries: Vec<Entry> = lines
        .keys()
        .map(|outcome| Entry::of(pen(*outcome), shell.t(names::outcome(*outcome))))
        .collect();
    let mut drawing = Drawing::new(720.0, 330.0 + 19.0 * as_float(entries.len()), title);
    let span = format!(
        "{} – {}",
        shell.language.date(first),
        shell.language.date(today())
    );
    let top = chart::head(&mut drawing, &span, &entries);
    let most = lines.values().flat_map(BTreeMap::values).max();
    let most = as_float(most.map_or(1, |most| usize::try_from(*most).unwrap_or(usize::MAX)));
    let frame = Rect::new(70.0, top, 700.0, top + 200.0);
    let last = f64::from(DAYS - 1);
    let ticks = (0..DAYS).step_by(7).map(|day| {
        let on = first + Span::new().days(day);
        (f64::from(day), short(shell.language, on))
    });
    let ticks: Vec<(f64, String)> = ticks.chain([(last, String::new())]).collect();
    let mut chart = Chart::new(
        &mut drawing,
        frame,
        Axis::bent(shell.t("wear.date"), |value| value, ticks),
        Axis::linear(
            shell.t("web.overview.documents"),
            (0.0, most * 1.05),
            Axis::step(most).max(1.0),
        ),
    );
    for (outcome, days) in &lines {
        let value = |day: i32| {
            as_float(
                days.get(&day)
                    .map_or(0, |n| usize::try_from(*n).unwrap_or(0)),
            )
        };
        let points: Vec<(f64, f64)> = (0..DAYS).map(|day| (f64::from(day), value(day))).collect();
        chart.curve(&points, pen(*outcome));
    }
    drawing
}

/// A day of the year, without it, as the language writes dates.
fn short(language: Language, on: Date) -> String {
    let date = language.date(on);
    let short = match language {
        Language::Vietnamese => date.rsplit_once('/').map(|(short, _)| short.to_owned()),
        Language::Chinese => date.split_once('年').map(|(_, short)| short.to_owned()),
        Language::English => date.rsplit_once(' ').map(|(short, _)| {
            let (day, month) = short.split_once(' ').unwrap_or((short, ""));
            format!("{day} {}", month.chars().take(3).collect::<String>())
        }),
    };
    short.unwrap_or(date)
}

fn as_float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn sheet(tallies: &[DayTally]) -> Answer<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut written = writer.write_record(["day", "outcome", "documents"]);
    for own in tallies {
        let outcome = own.outcome.and_then(|outcome| {
            let mut shown = SHOWN.iter();
            shown
                .find(|(known, _)| *known == outcome)
                .map(|(_, code)| *code)
        });
        let row = [
            own.day.clone(),
            outcome.unwrap_or("waiting").to_owned(),
            own.count.to_string(),
        ];
        written = written.and_then(|()| writer.write_record(row));
    }
    written.map_err(|error| Problem::failure(&error))?;
    writer
        .into_inner()
        .map_err(|error| Problem::failure(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_year_are_written_as_in_the_language() {
        let on = jiff::civil::date(2024, 5, 21);
        let shown = Language::ALL.map(|language| short(language, on));
        assert_eq!(shown, ["21/05", "5月21日", "21 May"]);
        let on = jiff::civil::date(2024, 11, 3);
        assert_eq!(short(Language::English, on), "3 Nov");
    }
}
