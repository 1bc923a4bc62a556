//! `antin demo`: the main job on a sample carried in the binary.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use include_dir::{Dir, DirEntry, include_dir};

use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::dates::Dates;
use crate::cli::inputs;
use crate::cli::output::Output;
use crate::cli::register;
use crate::cli::unpacked::Found;
use crate::cli::verify::Readers;
use crate::cli::verify::Work;
use crate::cli::verify::reporting::Reports;
use crate::cli::who;
use crate::config;
use crate::report::table::ReportTable;
use crate::rules::RuleSet;
use crate::storage::Store;
use crate::storage::import;
use crate::storage::import::Mode;
use crate::verdict::Policy;
use crate::verify::Examination;
use crate::verify::Seals;

/// A register, its specimens, stamped scans, and the truth about them.
static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/demo");

/// The folder that is made where none is named.
const FOLDER: &str = "antin-demo";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the sample is laid out [default: ./antin-demo].
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    if SAMPLE.get_file("register.csv").is_none() {
        anyhow::bail!("this build carries no sample: fixtures/demo was empty when it was compiled");
    }
    let folder = laid_out(arguments.to.as_deref())?;
    output.note(&format!("the sample is laid out in {}", folder.display()));
    let sandbox = Common::sandbox(None)?;
    let store = Store::open(&folder.join("data")).await?;
    let sheet = folder.join("register.csv");
    let bar = output.progress(0, "specimens");
    let act = who::act();
    let options = import::Options {
        sandbox: &sandbox,
        mode: Mode::Store,
        act: &act,
        reach: import::Reach::Anywhere,
        on_row: &|| bar.inc(1),
    };
    let imported = store.import_register(&sheet, options).await;
    output.finish();
    let mut exit = register::told(&imported?, &sheet, output);
    let events = folder.join("events.csv");
    if events.is_file() {
        let imported = store.import_events(&events, Mode::Store, &act).await?;
        exit = exit.max(register::told(&imported, &events, output));
    }
    let snapshot = store.snapshot(&sandbox).await?;
    for problem in &snapshot.problems {
        output.error(problem);
        exit = Exit::Input;
    }
    let found = inputs::find(&[folder.join("docs")]).found;
    let documents: Vec<Found> = found.into_iter().map(|one| Found::at(one.path)).collect();
    let policy = Policy::default();
    let examination = Examination {
        register: &snapshot.register,
        policy: &policy,
        rules: RuleSet::shipped(),
        claim: None,
        seals: Seals::Optional,
        date: None,
        given: None,
    };
    let mut readers = Readers {
        json: false,
        table: Some(ReportTable::default()),
        reports: Reports::of_folder(&folder.join("reports"))?,
        ..Readers::default()
    };
    let work = Work {
        documents: &documents,
        jobs: config::jobs(),
        options: &sandbox,
        examination: &examination,
        dates: &Dates::default(),
    };
    // The sample is made to be flagged, and one scan is cut off: that is no failure here.
    let _ = work.run(&mut readers, output)?;
    readers.finish(&examination, output)?;
    output.line(format!(
        "Verify your own scans against this register: antin verify --data {} PATH",
        folder.join("data").display()
    ))?;
    Ok(exit)
}

/// Lays out the sample where asked, else here, else, where that cannot be written, elsewhere.
fn laid_out(asked: Option<&Path>) -> anyhow::Result<PathBuf> {
    let here = asked.unwrap_or(Path::new(FOLDER)).to_owned();
    match write(&SAMPLE, &here) {
        Ok(()) => Ok(here),
        Err(error) if asked.is_some() => {
            Err(error).with_context(|| format!("cannot lay out the sample in {}", here.display()))
        }
        Err(_) => {
            let elsewhere = tempfile::Builder::new().prefix("antin-demo-").tempdir();
            let elsewhere = elsewhere
                .context("cannot make a temporary directory")?
                .keep();
            write(&SAMPLE, &elsewhere)
                .with_context(|| format!("cannot write {}", elsewhere.display()))?;
            Ok(elsewhere)
        }
    }
}

fn write(sample: &Dir<'_>, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in sample.entries() {
        match entry {
            DirEntry::Dir(inner) => {
                let name = inner.path().file_name().unwrap_or_default();
                write(inner, &folder.join(name))?;
            }
            DirEntry::File(file) => {
                let name = file.path().file_name().unwrap_or_default();
                if !name.to_string_lossy().starts_with('.') {
                    std::fs::write(folder.join(name), file.contents())?;
                }
            }
        }
    }
    Ok(())
}
