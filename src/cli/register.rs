//! `antin register`: import, events, list, show, export.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use crate::accounts::Action;
use crate::audit::Act;
use crate::audit::Deed;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::rules;
use crate::cli::who;
use crate::registry::body::Body;
use crate::registry::kind::COMMON;
use crate::registry::kind::KINDS;
use crate::registry::sheet::File;
use crate::registry::sheet::RowFailure;
use crate::storage::Changes;
use crate::storage::Store;
use crate::storage::import;
use crate::storage::import::Import;
use crate::storage::import::Mode;
use crate::view::View;

mod books;
mod clocks;
mod export;
mod giving;
mod judging;
mod life;
mod listing;
mod proofs;
mod proposals;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Imports seals with their specimens, or the rows of another register, from a CSV file.
    #[command(long_about = IMPORT.as_str())]
    Import {
        /// The file; its header line tells which register it is of.
        #[arg(value_name = "FILE.csv")]
        file: PathBuf,
        /// Checks every row and stores nothing.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        putting: proposals::Putting,
        #[command(flatten)]
        rules: rules::Choice,
    },
    /// Imports dated events in the lives of registered seals from a CSV file.
    #[command(long_about = EVENTS)]
    Events {
        /// The list of events.
        #[arg(value_name = "EVENTS.csv")]
        file: PathBuf,
        #[command(flatten)]
        putting: proposals::Putting,
        #[command(flatten)]
        rules: rules::Choice,
    },
    /// Lists changes that somebody proposed, and approves or rejects them.
    Proposals(proposals::Arguments),
    /// Judges kept results anew that another policy or other rules judged, and lists those that come to something else now.
    Judge {
        /// Compares the ink of all of them.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        rules: rules::Choice,
    },
    /// Lists the registered seals.
    List {
        #[command(flatten)]
        shown: listing::Shown,
    },
    /// Shows one seal with its state on a day and what made it so, its specimens, entries and versions;
    /// or one body with its names, heads and seals.
    Show {
        /// The identifier of the seal or body.
        id: String,
        #[command(flatten)]
        shown: listing::Shown,
    },
    /// Tells what is due on a day, of whom and why, and what is overdue.
    #[command(long_about = CLOCKS)]
    Clocks(clocks::Arguments),
    /// Prints the seals, or the rows of one kind, as a CSV file that can be imported again; or writes all registers to a folder.
    Export(export::Arguments),
    /// Encrypts all specimens anew with the first key of --specimen-key-file; the others need stay there only until then.
    Rekey,
    /// Lists the uses of seals, with what is wrong with each.
    Uses(books::UsesArguments),
    /// Prints the review list of bodies and their seals on a day, and what changed since the last one kept.
    Review(books::ReviewArguments),
    /// Looks at fresh proof impressions of seals, and names the seals in use without one.
    Proofs(proofs::Arguments),
    /// Prints the rows of one kind, or the kinds that there are.
    Rows(books::RowsArguments),
    /// Prints what the rules ask and people have to look at.
    Checklist {
        /// Only the rules of this country, such as VN or CN.
        #[arg(long, value_name = "CODE")]
        jurisdiction: Option<String>,
    },
}

/// What `antin register import --help` says: the kinds of files with their columns.
static IMPORT: LazyLock<String> = LazyLock::new(|| {
    let mut text =
        format!("{IMPORT_SEALS}\n\nOther files, by their required columns and (optional ones):");
    for kind in KINDS {
        let required = kind.required.join(", ");
        let optional = kind.optional.join(", ");
        text.push_str(&format!("\n  {}: {required} ({optional})", kind.title));
    }
    text.push_str(&format!(
        "\nEach may also have: {}.\n\n{IMPORT_AGAIN}",
        COMMON.join(", ")
    ));
    text
});

const IMPORT_SEALS: &str = "\
Imports a CSV file into the register that its header line tells.

Seals and their specimens: id, organisation, specimen (path of a scan that bears one impression of
the seal, relative to the file). Optional: specimen_dpi (else the scan's own), specimen_from,
specimen_to, shape (round, oval, rectangle, triangle, other), width_mm, height_mm, profile,
jurisdiction, copy_no, certificate_no, authority, registered_on, notified_on, place, body, kind.
Several rows with one id add specimens.
A list of events (antin register events --help) can be imported as well.";

const IMPORT_AGAIN: &str = "\
Importing again adds what is new and never rewrites what is there. A bad row is named with its line
and left out, and the exit status is 3. Once people have accounts (antin user add), the rows are
proposed, in a person's name, and recorded when another approves (antin register proposals).";

const CLOCKS: &str = "\
Tells what is due on a day, of whom and why, and what is overdue.

Notices of a loss, handovers, registers of use at the end of the year, seals and certificates of
bodies that ended, old seals when new ones are given out; and what has no period in law: seals to
be registered anew, certificates to be replaced, seals that are out. A period binds where a clause
that applies to the seal sets it or asks for it at once; everything else is advisory and never
called a breach. Weekends and the rows of an imported list of holidays (columns holiday,
jurisdiction) are no working days.

The exit status is 1 where something binding is overdue.";

const EVENTS: &str = "\
Imports dated events in the lives of registered seals from a CSV file.

Columns: seal, event, on. Optional: by, instrument, note, successor, corrects. Events:
registered, notified, in_use, reported_lost, declared_invalid, found, reported_deformed,
re_registering, re_registered, replaced_by, suspended, resumed, surrendered, collected, destroyed,
archived.

Results kept by `antin verify --keep` that the events touch are judged again, without opening a
scan, and those that come to something else now are listed.";

pub(super) async fn run(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    // Absolute: an exported list is put anywhere.
    let data = std::path::absolute(common.data()?).context("cannot find the data directory")?;
    match arguments.command {
        Command::Import {
            file, check: true, ..
        } if !Store::exists(&data) => {
            // Nothing is stored, not even an empty register.
            let temporary = tempfile::tempdir().context("cannot make a temporary directory")?;
            let store = Store::open(temporary.path()).await?;
            import(&store, (file.as_path(), Rows::Any), Mode::Check, output).await
        }
        Command::Import {
            file,
            check,
            putting,
            rules,
        } => {
            let store = common.store().await?;
            let given = (file.as_path(), Rows::Any);
            if check {
                return import(&store, given, Mode::Check, output).await;
            }
            take(&store, given, (&putting, &rules), output).await
        }
        Command::Events {
            file,
            putting,
            rules,
        } => {
            let given = (file.as_path(), Rows::Events);
            take(&common.store().await?, given, (&putting, &rules), output).await
        }
        Command::Proposals(arguments) => {
            proposals::run(arguments, &common.store().await?, output).await
        }
        Command::Judge { all, rules } => {
            let store = common.store().await?;
            judging::anew(&store, (&rules, all), output).await?;
            Ok(Exit::Passed)
        }
        Command::List { shown } => list(&common.store().await?, &shown, output).await,
        Command::Show { id, shown } => show(&common.store().await?, (&id, &shown), output).await,
        Command::Clocks(arguments) => clocks::run(arguments, &common.store().await?, output).await,
        Command::Uses(wanted) => {
            let rules = wanted.rules.read()?;
            books::uses(&common.store().await?, &wanted, &rules, output).await
        }
        Command::Review(wanted) => books::review(&common.store().await?, &wanted, output).await,
        Command::Proofs(wanted) => {
            let rules = wanted.rules.read()?;
            proofs::run(&common.store().await?, &wanted, &rules, output).await
        }
        Command::Rows(wanted) => books::rows(&common.store().await?, &wanted, output).await,
        Command::Checklist { jurisdiction } => books::checklist(jurisdiction.as_deref(), output),
        Command::Export(wanted) => export::run(&wanted, &common.store().await?, output).await,
        Command::Rekey => giving::rekey(&common.store().await?, output).await,
    }
}

async fn list(store: &Store, shown: &listing::Shown, output: &mut Output) -> anyhow::Result<Exit> {
    let rules = shown.rules.read()?;
    let (seals, records) = store.records().await?;
    let view = View {
        records: &records,
        seals: &seals,
        on: shown.on.unwrap_or_else(today),
    };
    if seals.is_empty() {
        output.note("the register is empty; fill it with `antin register import`");
    } else if shown.json {
        for seal in &seals {
            output.line(serde_json::to_string(&view.seal_account(seal, &rules))?)?;
        }
    } else {
        output.line(listing::table(view, &rules))?;
    }
    Ok(Exit::Passed)
}

fn today() -> Date {
    jiff::Zoned::now().date()
}

async fn show(
    store: &Store,
    (id, shown): (&str, &listing::Shown),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let rules = shown.rules.read()?;
    let (seals, records) = store.records().await?;
    let view = View {
        records: &records,
        seals: &seals,
        on: shown.on.unwrap_or_else(today),
    };
    if let Some(seal) = seals.iter().find(|seal| seal.id == id) {
        if shown.json {
            output.line(serde_json::to_string(&view.seal_account(seal, &rules))?)?;
            return Ok(Exit::Passed);
        }
        let versions = store.versions(id).await?;
        let path = |sha256: &str| store.files().path(sha256);
        output.line(listing::details((seal, &versions), (view, &rules), path).trim_end())?;
    } else if let Some(body) = Body::of(&records, id) {
        if shown.json {
            output.line(serde_json::to_string(&view.body_account(&body, &rules))?)?;
        } else {
            output.line(view.body(&body, &rules).trim_end())?;
        }
    } else {
        output.error(&format!(
            "neither a seal nor a body {id} is in the register; see `antin register list`"
        ));
        return Ok(Exit::Usage);
    }
    Ok(Exit::Passed)
}

/// Which files are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    /// Those of any register, as their header lines tell.
    Any,
    /// Events of seals.
    Events,
}

/// Records the rows of a file, or proposes them, once people have accounts.
async fn take(
    store: &Store,
    given: (&Path, Rows),
    (putting, rules): (&proposals::Putting, &rules::Choice),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    if store.has_people().await? {
        return propose(store, given, putting, output).await;
    }
    let exit = import(store, given, Mode::Store, output).await?;
    judging::again(store, rules, output).await?;
    Ok(exit)
}

async fn import(
    store: &Store,
    given: (&Path, Rows),
    mode: Mode,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let act = who::act();
    let import = imported(store, given, (mode, &act), output).await?;
    let (file, _) = given;
    let exit = told(&import, file, output);
    if mode == Mode::Store {
        logged(store, (&import, file), &act).await?;
    }
    output.line(listing::import(&import, mode, store.revision().await?))?;
    Ok(exit)
}

async fn imported(
    store: &Store,
    (file, rows): (&Path, Rows),
    (mode, act): (Mode, &Act),
    output: &mut Output,
) -> anyhow::Result<Import> {
    if rows == Rows::Events {
        return Ok(store.import_events(file, mode, act).await?);
    }
    let sandbox = Common::sandbox(None)?;
    // The number of rows is known only inside: the bar counts up to the lines of the file.
    let lines = std::fs::read(file).map_or(0, |bytes| lines(&bytes));
    let bar = output.progress(lines.saturating_sub(1), "specimens");
    let options = import::Options {
        sandbox: &sandbox,
        mode,
        act,
        reach: import::Reach::Anywhere,
        on_row: &|| bar.inc(1),
    };
    let import = store.import(file, options).await;
    output.finish();
    Ok(import?)
}

/// Proposes the rows of a file in a person's name.
async fn propose(
    store: &Store,
    given: (&Path, Rows),
    putting: &proposals::Putting,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let act = match putting
        .who
        .act(store, Action::ProposeChange, output)
        .await?
    {
        Ok(act) => act,
        Err(exit) => return Ok(exit),
    };
    let import = imported(store, given, (Mode::Propose, &act), output).await?;
    let (file, _) = given;
    proposals::put(store, (import, file), (&act, putting), output).await
}

/// Writes down that the register was changed while nobody has an account.
async fn logged(store: &Store, (import, file): (&Import, &Path), act: &Act) -> anyhow::Result<()> {
    if import.changes == Changes::default() {
        return Ok(());
    }
    let name = file.file_name().unwrap_or(file.as_os_str());
    let detail = json!({ "revision": store.revision().await? });
    let entry = act.entry(Deed::RegisterChanged, &name.to_string_lossy(), detail);
    store.log(&entry).await?;
    Ok(())
}

fn lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Judges kept results again that changes of the register touch.
pub(super) async fn judged(
    store: &Store,
    rules: &rules::Choice,
    output: &mut Output,
) -> anyhow::Result<()> {
    judging::again(store, rules, output).await
}

/// Names what was left out.
pub(super) fn told(import: &Import, file: &std::path::Path, output: &mut Output) -> Exit {
    for warning in &import.warnings {
        output.warning(&format!("{}: {warning}", file.display()));
    }
    for RowFailure { line, id, reason } in &import.failures {
        let noun = match import.of {
            File::Register | File::Events => "seal",
            File::Entries(kind) => kind.key,
        };
        let about = id
            .as_ref()
            .map_or_else(String::new, |id| format!(" ({noun} {id})"));
        output.error(&format!("{} line {line}{about}: {reason}", file.display()));
    }
    if import.failures.is_empty() {
        Exit::Passed
    } else {
        Exit::Input
    }
}
