//! The register for people, and as CSV and JSON for programs.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use comfy_table::Table;
use jiff::civil::Date;

use crate::cli::rules;
use crate::registry::Particulars;
use crate::registry::consistency;
use crate::registry::sheet::File;
use crate::report::words;
use crate::rules::RuleSet;
use crate::storage::StoredSeal;
use crate::storage::StoredVersion;
use crate::storage::import::Import;
use crate::storage::import::Mode;
use crate::view::Doubt;
use crate::view::View;
use crate::view::seal::days;

/// What is shown of the register.
#[derive(Debug, Args)]
pub(super) struct Shown {
    /// Shows states on this day instead of today.
    #[arg(long, value_name = "DATE")]
    pub(super) on: Option<Date>,
    /// Prints JSON, an object a line.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) rules: rules::Choice,
}

/// What an import came to, in one line.
pub(super) fn import(import: &Import, mode: Mode, revision: u64) -> String {
    let changes = &import.changes;
    let left_out = words::counted(import.failures.len(), "row");
    let done = match (mode, import.of) {
        (Mode::Check, of) => {
            let good = match of {
                File::Register => words::counted(changes.seals_unchanged, "seal"),
                File::Events => words::counted(changes.events_added, "event"),
                File::Entries(_) => words::counted(changes.entries_known, "row"),
            };
            return format!(
                "checked: {good} can be imported, {left_out} cannot; nothing was stored"
            );
        }
        (Mode::Propose | Mode::Preview, _) => {
            return format!("nothing was recorded yet; {left_out} left out");
        }
        (Mode::Store, File::Register) => format!(
            "{} added, {} changed, {} unchanged; {} added",
            words::counted(changes.seals_added, "seal"),
            changes.seals_changed,
            changes.seals_unchanged,
            words::counted(changes.specimens_added, "specimen"),
        ),
        (Mode::Store, File::Events) => {
            format!("{} added", words::counted(changes.events_added, "event"))
        }
        (Mode::Store, File::Entries(kind)) => format!(
            "{}: {} added, {} known before",
            kind.title, changes.entries_added, changes.entries_known
        ),
    };
    format!("register revision {revision}: {done}; {left_out} left out")
}

/// One row a seal, with its state on a day; below, what does not fit and is of no seal or body.
pub(super) fn table(view: View<'_>, rules: &RuleSet) -> String {
    let mut table = Table::new();
    words::fit(&mut table);
    let state = format!("state on {}", view.on);
    table.set_header([
        "seal",
        "organisation",
        "registered",
        "specimens",
        &state,
        "doubts",
    ]);
    for seal in view.seals {
        let registered = seal.particulars.registered_on;
        let doubts = view.doubts(seal, rules).len();
        table.add_row([
            seal.id.clone(),
            seal.particulars.organisation.clone(),
            registered.map_or_else(String::new, |date| date.to_string()),
            seal.specimens.len().to_string(),
            view.state(seal),
            if doubts == 0 {
                String::new()
            } else {
                doubts.to_string()
            },
        ]);
    }
    let mut text = table.to_string();
    let doubts: Vec<Doubt> = consistency::of_withdrawals(view.records)
        .into_iter()
        .map(|found| Doubt { found, basis: None })
        .collect();
    if !doubts.is_empty() {
        text.push('\n');
        View::doubtful(&mut text, &doubts);
    }
    text.trim_end().to_owned()
}

/// Everything about one seal, a line a fact.
pub(super) fn details(
    (seal, versions): (&StoredSeal, &[StoredVersion]),
    (view, rules): (View<'_>, &RuleSet),
    path: impl Fn(&str) -> PathBuf,
) -> String {
    let mut text = format!("seal {}, version {}\n", seal.id, seal.version);
    for (name, value) in fields(&seal.particulars)
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
    {
        let _ = writeln!(text, "  {name}: {value}");
    }
    view.explained(&mut text, seal);
    for specimen in &seal.specimens {
        let dpi = specimen.stated_dpi;
        let dpi = dpi.map_or_else(
            || "its own resolution".to_owned(),
            |dpi| format!("{dpi} dpi"),
        );
        let (from, to) = days(specimen, seal);
        let from = from.map_or_else(String::new, |day| format!(", from {day}"));
        let to = to.map_or_else(String::new, |day| format!(", until {day}"));
        let _ = writeln!(
            text,
            "  specimen: {} ({dpi}{from}{to})",
            path(&specimen.sha256).display()
        );
    }
    view.entries(&mut text, &seal.id);
    history(&mut text, versions);
    View::doubtful(&mut text, &view.doubts(seal, rules));
    text
}

/// When each version was recorded, and what it changed.
fn history(text: &mut String, versions: &[StoredVersion]) {
    let mut before: Option<&StoredVersion> = None;
    for version in versions {
        let number = version.number;
        let _ = write!(
            text,
            "  version {number}: recorded {} from {}",
            version.recorded_at, version.source
        );
        if let Some(before) = before {
            let old = fields(&before.particulars).into_iter();
            for ((name, old), (_, new)) in old.zip(fields(&version.particulars)) {
                if old != new {
                    let _ = write!(text, "; {name}: {} -> {}", stated(&old), stated(&new));
                }
            }
        }
        text.push('\n');
        before = Some(version);
    }
}

const fn stated(value: &str) -> &str {
    if value.is_empty() {
        "not stated"
    } else {
        value
    }
}

/// The particulars by the names of their columns.
pub(super) fn fields(stated: &Particulars) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let date = |value: Option<Date>| value.map_or_else(String::new, |date| date.to_string());
    let number = |value: Option<f64>| value.map_or_else(String::new, |number| number.to_string());
    let shape = stated
        .shape
        .map_or_else(String::new, |shape| words::code(&shape));
    vec![
        ("organisation", stated.organisation.clone()),
        ("shape", shape),
        ("width_mm", number(stated.width_mm)),
        ("height_mm", number(stated.height_mm)),
        ("profile", text(&stated.profile)),
        ("jurisdiction", text(&stated.jurisdiction)),
        ("copy_no", text(&stated.copy_no)),
        ("certificate_no", text(&stated.certificate_no)),
        ("authority", text(&stated.authority)),
        ("registered_on", date(stated.registered_on)),
        ("notified_on", date(stated.notified_on)),
        ("place", text(&stated.place)),
        ("body", text(&stated.body)),
        ("kind", text(&stated.kind)),
    ]
}
