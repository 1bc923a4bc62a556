//! The register as files that can be imported again.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::register::giving;
use crate::cli::register::listing;
use crate::registry::Entry;
use crate::registry::Recorded;
use crate::registry::event::EVENT;
use crate::registry::kind;
use crate::registry::kind::COMMON;
use crate::registry::kind::KINDS;
use crate::registry::kind::Kind;
use crate::registry::sheet::events;
use crate::registry::sheet::register::OPTIONAL;
use crate::registry::sheet::register::REQUIRED;
use crate::registry::watch;
use crate::report::words;
use crate::storage::Store;
use crate::storage::StoredSeal;

/// What is exported, and where.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The kind of rows, as `antin register rows` lists them, or `event`; without it the seals.
    #[arg(conflicts_with = "to")]
    kind: Option<String>,
    /// Writes every register to this folder, a file each, named in the order in which they can be imported again.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Writes the specimens into this folder, readable by anyone, and names them there; every one is recorded as read.
    #[arg(long, value_name = "DIR")]
    specimens: Option<PathBuf>,
}

/// Where the specimens are.
enum Specimens<'a> {
    Kept(&'a Store),
    Given(PathBuf),
}

impl Specimens<'_> {
    fn path(&self, sha256: &str) -> String {
        let path = match self {
            Self::Kept(store) => store.files().path(sha256),
            Self::Given(folder) => folder.join(sha256),
        };
        path.to_string_lossy().into_owned()
    }
}

pub(super) async fn run(
    arguments: &Arguments,
    store: &Store,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let seals = store.seals().await?;
    let entries = store.entries().await?;
    let specimens = match &arguments.specimens {
        None => Specimens::Kept(store),
        Some(folder) => {
            let of_seals = seals.iter().map(|seal| {
                let own = seal.specimens.iter();
                (
                    seal.id.as_str(),
                    own.map(|own| own.sha256.as_str()).collect(),
                )
            });
            let listed = entries
                .iter()
                .filter(|row| row.entry.kind == watch::KIND.name);
            let of_dies = listed.map(|row| {
                let scan = row.entry.text("specimen");
                (row.entry.key.as_str(), scan.into_iter().collect())
            });
            let owners: Vec<(&str, Vec<&str>)> = of_seals.chain(of_dies).collect();
            giving::specimens(store, &owners, folder).await?;
            Specimens::Given(std::path::absolute(folder).context("cannot find the folder")?)
        }
    };
    if let Some(folder) = &arguments.to {
        return every((&seals, &entries), (&specimens, folder), output);
    }
    let text = match arguments.kind.as_deref() {
        None => of_seals(&seals, &specimens),
        Some(EVENT) => of_events(&seals),
        Some(name) => match kind::named(name) {
            Some(kind) => of_kind(kind, &entries, &specimens),
            None => {
                output.error(&format!(
                    "there are no rows of the kind {name}; see `antin register rows`"
                ));
                return Ok(Exit::Usage);
            }
        },
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Passed)
}

/// Writes a file for each register that has rows. Withdrawals come last: they name rows of any kind.
fn every(
    (seals, entries): (&[StoredSeal], &[Recorded]),
    (specimens, folder): (&Specimens<'_>, &Path),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let cannot = || format!("cannot write to {}", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    let mut files = Vec::new();
    if !seals.is_empty() {
        files.push(("seals", of_seals(seals, specimens)));
    }
    if seals.iter().any(|seal| !seal.events.is_empty()) {
        files.push(("events", of_events(seals)));
    }
    for kind in KINDS {
        if entries.iter().any(|row| row.entry.kind == kind.name) {
            files.push((kind.name, of_kind(kind, entries, specimens)));
        }
    }
    for (place, (name, text)) in files.iter().enumerate() {
        let path = folder.join(format!("{place:02}-{name}.csv"));
        fs::write(&path, text).with_context(cannot)?;
    }
    output.line(format!(
        "{} written to {}: import them in the order of their names",
        words::counted(files.len(), "file"),
        folder.display()
    ))?;
    Ok(Exit::Passed)
}

/// A row for each specimen of each seal, with absolute paths.
fn of_seals(seals: &[StoredSeal], specimens: &Specimens<'_>) -> String {
    let header: Vec<&str> = REQUIRED.into_iter().chain(OPTIONAL).collect();
    let mut rows = Vec::new();
    for seal in seals {
        let fields = listing::fields(&seal.particulars);
        for specimen in &seal.specimens {
            let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
            let value = |name: &str| match name {
                "id" => Some(seal.id.clone()),
                "specimen" => Some(specimens.path(&specimen.sha256)),
                "specimen_dpi" => specimen.stated_dpi.map(|dpi| dpi.to_string()),
                "specimen_from" => day(specimen.days.0),
                "specimen_to" => day(specimen.days.1),
                name => {
                    let field = fields.iter().find(|(field, _)| *field == name);
                    field.map(|(_, value)| value.clone())
                }
            };
            let row = header.iter().map(|name| value(name).unwrap_or_default());
            rows.push(row.collect());
        }
    }
    csv(&header, rows)
}

/// Every event, whether it stands or not; one that corrects another behind it.
fn of_events(seals: &[StoredSeal]) -> String {
    let header: Vec<&str> = events::REQUIRED
        .into_iter()
        .chain(events::OPTIONAL)
        .collect();
    let all = seals.iter().flat_map(|seal| {
        let own = seal.events.iter();
        own.map(|event| event.entry(&seal.id))
    });
    let rows = in_turn(all.collect());
    csv(
        &header,
        rows.iter().map(|entry| cells(entry, &header)).collect(),
    )
}

/// Every row of a kind, whether it stands or not, in the order of recording.
fn of_kind(kind: &Kind, entries: &[Recorded], specimens: &Specimens<'_>) -> String {
    let own = kind.required.iter().chain(kind.optional);
    let header: Vec<&str> = own.copied().chain(COMMON).collect();
    let of_kind = entries.iter().filter(|row| row.entry.kind == kind.name);
    let rows = of_kind.map(|row| {
        let mut entry = row.entry.clone();
        if kind.name == watch::KIND.name
            && let Some(digest) = entry.content.get_mut("specimen")
        {
            *digest = specimens.path(digest);
        }
        cells(&entry, &header)
    });
    csv(&header, rows.collect())
}

/// Entries in an order in which each stands behind the one that it corrects.
fn in_turn(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut turn = Vec::with_capacity(entries.len());
    let mut known: BTreeSet<String> = BTreeSet::new();
    while !entries.is_empty() {
        let is_next = |entry: &Entry| {
            let corrects = entry.corrects.as_ref();
            corrects.is_none_or(|name| known.contains(name))
        };
        let (next, later): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_next);
        if next.is_empty() {
            // No store holds such: each correction names what was recorded before it.
            turn.extend(later);
            break;
        }
        known.extend(next.iter().map(Entry::name));
        turn.extend(next);
        entries = later;
    }
    turn
}

/// An entry's values by column.
fn cells(entry: &Entry, header: &[&str]) -> Vec<String> {
    let value = |column: &str| match column {
        "instrument" => entry.instrument.clone(),
        "recorded_by" => entry.recorded_by.clone(),
        "corrects" => entry.corrects.clone(),
        column => entry.content.get(column).cloned(),
    };
    let cells = header
        .iter()
        .map(|column| value(column).unwrap_or_default());
    cells.collect()
}

fn csv(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut written = writer.write_record(header);
    for row in rows {
        written = written.and_then(|()| writer.write_record(row));
    }
    written.expect("rows of one length are written to memory");
    let bytes = writer.into_inner().expect("memory is flushed");
    String::from_utf8(bytes).expect("only text was written")
}
