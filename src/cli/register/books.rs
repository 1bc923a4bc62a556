//! What the registers besides the seals' own tell: rows, uses, review lists, and what people have to look at.

use anyhow::Context;
use anyhow::bail;
use clap::Args;
use jiff::civil::Date;
use serde_json::Value;
use serde_json::json;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::rules;
use crate::cli::who;
use crate::registry::Reason;
use crate::registry::Recorded;
use crate::registry::kind;
use crate::registry::kind::KINDS;
use crate::registry::review;
use crate::registry::review::BodyLine;
use crate::registry::review::Review;
use crate::report::findings;
use crate::report::words;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Severity;
use crate::rules::sources;
use crate::storage::Store;
use crate::view::View;
use crate::view::reviews::Line;
use crate::words::Language;

/// Which rows are printed.
#[derive(Debug, Args)]
pub(super) struct RowsArguments {
    /// The kind of rows, such as `inspection` or `matter`; without it the kinds are listed.
    kind: Option<String>,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Whose uses are printed.
#[derive(Debug, Args)]
pub(super) struct UsesArguments {
    /// Only those of this seal.
    #[arg(long, value_name = "ID")]
    seal: Option<String>,
    #[command(flatten)]
    pub(super) rules: rules::Choice,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Which list is printed.
#[derive(Debug, Args)]
pub(super) struct ReviewArguments {
    /// The day that it shows, instead of today.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// The body whose list it is; without it, every body that belongs to no other.
    #[arg(long, value_name = "ID")]
    body: Option<String>,
    /// Keeps the list, so that later ones are compared with it.
    #[arg(long)]
    keep: bool,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Prints what people have to look at.
pub(super) fn checklist(jurisdiction: Option<&str>, output: &mut Output) -> anyhow::Result<Exit> {
    let questions = sources::checklist(jurisdiction);
    if questions.is_empty() {
        output.note(
            "no rule of that jurisdiction has to be looked at by people; VN and CN have some",
        );
    }
    for (id, question) in questions {
        output.line(format!("[ ] {id}  {question}"))?;
    }
    Ok(Exit::Passed)
}

/// Prints the rows of a kind.
pub(super) async fn rows(
    store: &Store,
    arguments: &RowsArguments,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (_, records) = store.records().await?;
    let Some(name) = &arguments.kind else {
        for kind in KINDS {
            let count = records
                .standing()
                .filter(|row| row.entry.kind == kind.name)
                .count();
            output.line(format!("{}: {} ({count})", kind.name, kind.title))?;
        }
        return Ok(Exit::Passed);
    };
    let Some(kind) = kind::named(name) else {
        output.error(&format!(
            "there are no rows of the kind {name}; see `antin register rows`"
        ));
        return Ok(Exit::Usage);
    };
    for recorded in records.standing().filter(|row| row.entry.kind == kind.name) {
        if arguments.json {
            output.line(serde_json::to_string(recorded).context("a row is plain JSON")?)?;
        } else {
            output.line(row(recorded))?;
        }
    }
    Ok(Exit::Passed)
}

fn row(recorded: &Recorded) -> String {
    let entry = &recorded.entry;
    let columns = entry
        .content
        .iter()
        .map(|(column, value)| format!("{column}: {value}"));
    let mut told: Vec<String> = columns.collect();
    told.extend(
        entry
            .instrument
            .iter()
            .map(|value| format!("instrument: {value}")),
    );
    told.extend(
        entry
            .recorded_by
            .iter()
            .map(|value| format!("recorded by: {value}")),
    );
    format!(
        "{} {} ({})",
        recorded.name,
        told.join(", "),
        recorded
            .recorded_at
            .as_deref()
            .unwrap_or("at an unknown time")
    )
}

/// Prints every use, with what is wrong with it.
pub(super) async fn uses(
    store: &Store,
    arguments: &UsesArguments,
    rules: &RuleSet,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (seals, records) = store.records().await?;
    let view = View {
        records: &records,
        seals: &seals,
        on: jiff::Zoned::now().date(),
    };
    let mut exit = Exit::Passed;
    for own in view.uses(arguments.seal.as_deref(), rules) {
        let is_remark = |finding: &Finding| finding.severity == Severity::Remark;
        if !own.findings.iter().all(is_remark) {
            exit = Exit::Attention;
        }
        if arguments.json {
            let line =
                json!({ "seal": own.seal, "entries": own.entries, "findings": own.findings });
            output.line(line)?;
            continue;
        }
        output.line(format!("seal {}, {}", own.seal, own.called))?;
        for finding in &own.findings {
            output.line(format!("  {}", told(finding)))?;
        }
    }
    Ok(exit)
}

/// A finding as a line, with what it rests on.
pub(super) fn told(finding: &Finding) -> String {
    let ground = match findings::ground(finding, Language::English) {
        ground if ground.is_empty() => ground,
        ground => format!(" [{ground}]"),
    };
    format!(
        "{} {}: {}{ground}",
        words::code(&finding.severity),
        finding.code,
        finding.message
    )
}

/// Prints review lists, and what changed since the last ones that were kept.
pub(super) async fn review(
    store: &Store,
    arguments: &ReviewArguments,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (stored, records) = store.records().await?;
    let on = arguments.on.unwrap_or_else(|| jiff::Zoned::now().date());
    let view = View {
        records: &records,
        seals: &stored,
        on,
    };
    let bodies = match &arguments.body {
        Some(body) => vec![body.clone()],
        None => view.uppermost_bodies(),
    };
    if bodies.is_empty() {
        output.note("no body is registered; import bodies, relations and names first");
    }
    let mut exit = Exit::Passed;
    for (id, line) in bodies.iter().zip(view.reviews(&bodies)) {
        let Some(Line { list, changes }) = line else {
            output.error(&format!(
                "body {id} is not registered; see `antin register rows body`"
            ));
            return Ok(Exit::Usage);
        };
        if arguments.json {
            output.line(as_json(&list, changes.as_ref()))?;
        } else {
            output.line(as_text(&list, changes.as_ref()).trim_end())?;
        }
        let overdue = |body: &BodyLine| {
            let mut faults = body.open_faults.iter();
            body.seals.is_empty()
                || !body.missed.is_empty()
                || faults.any(|own| own.overdue_days.is_some())
        };
        if list.bodies.iter().any(overdue) {
            exit = Exit::Attention;
        }
        if arguments.keep {
            let entries = [list.entry()];
            let recording = store
                .record_entries(&entries, "review", &who::act())
                .await?;
            if let Some(refused) = recording.refused.first() {
                bail!("the list is not kept: {}", refused.reason);
            }
        }
    }
    Ok(exit)
}

/// The day of the list before, and what changed since.
type Changes = (Date, Vec<Reason>);

fn as_json(list: &Review, changes: Option<&Changes>) -> Value {
    let gaps: Vec<&str> = list.gaps().map(|body| body.body.as_str()).collect();
    json!({
        "list": list,
        "gaps": gaps,
        "since": changes.map(|(since, _)| since),
        "changes": changes.map(|(_, changes)| {
            changes.iter().map(ToString::to_string).collect::<Vec<_>>()
        }),
    })
}

fn as_text(list: &Review, changes: Option<&Changes>) -> String {
    let mut lines = vec![format!("review list of {} on {}", list.body, list.on)];
    for body in &list.bodies {
        lines.extend(of_body(body));
    }
    match changes {
        None => lines.push("no earlier list was kept".to_owned()),
        Some((since, changes)) if changes.is_empty() => {
            lines.push(format!("nothing changed since the list of {since}"));
        }
        Some((since, changes)) => {
            lines.push(format!("since the list of {since}:"));
            lines.extend(changes.iter().map(|change| format!("  {change}")));
        }
    }
    lines.join("\n")
}

fn of_body(body: &BodyLine) -> Vec<String> {
    let none = || "none".to_owned();
    let day = |day: Option<Date>| day.map_or_else(none, |day| day.to_string());
    let belongs = body
        .belongs
        .as_ref()
        .map_or_else(String::new, |how| format!(" ({})", how.replace('_', " ")));
    let mut lines = vec![
        format!("  {} {}{belongs}", body.body, body.name),
        format!(
            "    head: {}; own rules: {}; last self-inspection: {}; last inspection: {}",
            body.head.clone().unwrap_or_else(none),
            body.internal_rules.clone().unwrap_or_else(none),
            day(body.inspected[0]),
            day(body.inspected[1]),
        ),
    ];
    lines.extend(
        body.missed
            .iter()
            .map(|name| format!("    planned and not done: {name}")),
    );
    for own in &body.open_faults {
        let mut line = format!("    open: {}", own.fault);
        if let Some(days) = own.overdue_days {
            let days = usize::try_from(days).unwrap_or(0);
            line.push_str(&format!(", {} overdue", words::counted(days, "day")));
        }
        lines.push(line);
        let due = own.due_on.map(|day| day.to_string());
        let asked = [
            ("to be done", &own.recommendation),
            ("by whom", &own.responsible),
            ("until", &due),
        ];
        let told = asked
            .into_iter()
            .filter_map(|(what, value)| Some(format!("{what}: {}", value.as_ref()?)));
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            lines.push(format!("      {}", told.join("; ")));
        }
    }
    if body.seals.is_empty() {
        lines.push("    no seal is registered: a gap".to_owned());
    }
    for seal in &body.seals {
        let mut line = format!(
            "    seal {}: {}",
            seal.seal,
            review::status_name(seal.status)
        );
        for (what, value) in [
            ("copy", &seal.copy_no),
            ("keeper", &seal.custodian),
            ("certificate", &seal.certificate_no),
        ] {
            if let Some(value) = value {
                line.push_str(&format!(", {what} {value}"));
            }
        }
        lines.push(line);
    }
    lines
}
