//! `antin register clocks`: what is due, of whom, since when, and what is overdue.

use clap::Args;
use comfy_table::Table;
use jiff::civil::Date;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::register::today;
use crate::cli::rules;
use crate::report::words;
use crate::rules::Severity;
use crate::rules::clock::Clock;
use crate::rules::clock::Standing;
use crate::storage::Store;
use crate::view::View;
use crate::view::due;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Tells what is due on this day instead of today; what was recorded of later days does not count.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Also tells what was done, in time and too late.
    #[arg(long)]
    all: bool,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    rules: rules::Choice,
}

pub(super) async fn run(
    arguments: Arguments,
    store: &Store,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let rules = arguments.rules.read()?;
    let date = arguments.on.unwrap_or_else(today);
    let (seals, records) = store.records().await?;
    let view = View {
        records: &records,
        seals: &seals,
        on: date,
    };
    let mut clocks = view.clocks(&rules);
    if !arguments.all {
        clocks.retain(due::is_open);
    }
    let is_breach =
        |clock: &Clock| clock.standing == Standing::Overdue && clock.severity == Severity::Warning;
    let exit = if clocks.iter().any(is_breach) {
        Exit::Attention
    } else {
        Exit::Passed
    };
    if arguments.json {
        for clock in &clocks {
            output.line(serde_json::to_string(clock)?)?;
        }
    } else if clocks.is_empty() {
        output.note(&format!("nothing is due on {date}"));
    } else {
        output.line(table(&clocks))?;
    }
    Ok(exit)
}

fn table(clocks: &[Clock]) -> String {
    let mut table = Table::new();
    words::fit(&mut table);
    table.set_header(["seal", "what", "of", "since", "due on", "standing", "why"]);
    for clock in clocks {
        table.add_row([
            clock.seal.clone(),
            clock.what.clone(),
            clock.of.clone().unwrap_or_default(),
            clock.since.to_string(),
            clock
                .due_on
                .map_or_else(|| "no day set".to_owned(), |day| day.to_string()),
            standing(clock),
            why(clock),
        ]);
    }
    table.to_string()
}

fn standing(clock: &Clock) -> String {
    let days = clock.overdue_days.unwrap_or_default();
    let days = words::counted(days.unsigned_abs() as usize, "day");
    match (clock.standing, clock.binding) {
        (Standing::Overdue, true) => format!("OVERDUE by {days}"),
        (Standing::Overdue, false) => format!("{days} past the advised day"),
        (Standing::Due, _) => "due".to_owned(),
        (Standing::DoneLate, true) => format!("done late, by {days}"),
        (Standing::DoneLate, false) => format!("done {days} past the advised day"),
        (Standing::Done, _) => "done in time".to_owned(),
    }
}

fn why(clock: &Clock) -> String {
    let mut why = clock.why.clone();
    match &clock.basis {
        Some(basis) => {
            let (instrument, article) = (&basis.instrument, &basis.article);
            why.push_str(&format!("; {instrument}, {article} ({})", basis.in_force));
        }
        None if clock.jurisdiction.is_none() => {
            why.push_str("; the seal's jurisdiction is not known, so none is cited");
        }
        None => why.push_str("; no instrument that was read asks for it"),
    }
    why.push_str(match (clock.binding, clock.due_on) {
        (true, _) => "; binding",
        (false, Some(_)) => "; advisory",
        (false, None) => "; no period is set",
    });
    why
}
