//! The command line: parses, dispatches, maps outcomes to exit statuses.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::config;
use crate::keyring;
use crate::keyring::Keyring;
use crate::report::words;
use crate::sandbox;
use crate::storage;
use crate::storage::Store;
use crate::storage::blobs::Blobs;
use crate::synthesis::set;

mod audit;
mod backup;
mod bulk;
mod calibrate;
mod copies;
mod dates;
mod demo;
mod evaluate;
mod inputs;
mod ocr;
mod openid;
mod output;
mod register;
mod rules;
mod serve;
pub mod synth;
mod unpacked;
mod user;
mod verify;
mod wear;
mod who;

use output::Output;

/// Verifies official seals on scanned documents.
///
/// Finds seal impressions on scans, measures them, compares them with the registered specimens, and
/// says what an inspector should look at. Its conclusions are no forensic opinion.
#[derive(Debug, Parser)]
#[command(name = "antin", version, after_long_help = EXAMPLES, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  antin demo                              shows the main job on a sample
  antin register import register.csv      registers seals with their specimens
  antin verify scans/                     verifies every document of a folder
  antin verify --json a.pdf b.tif         one JSON report a line
  antin verify --register register.csv scans/
                                          compares with a file, storing nothing

Exit status:
  0  every document passed
  1  some document needs review or is flagged
  2  wrong use
  3  some input could not be read or imported; the rest was processed
  4  the program's own failure";

/// Options of every command.
#[derive(Debug, Args)]
struct Common {
    /// Directory of the register and its specimens, made on first use.
    #[arg(long, global = true, value_name = "DIR", env = "ANTIN_DATA")]
    data: Option<PathBuf>,
    /// Encrypts specimens with the first of the keys in this file, and reads them with all of them; 64 hexadecimal digits
    /// a line, as `openssl rand -hex 32` writes them.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ANTIN_SPECIMEN_KEY_FILE"
    )]
    specimen_key_file: Option<PathBuf>,
    /// Keeps the register and the results in this database instead of a file in the data directory.
    #[arg(
        long,
        global = true,
        value_name = "postgres://…",
        env = "ANTIN_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Keeps scans in this folder or bucket instead of the data directory; the rest of what an S3 store needs stands in
    /// AWS_* variables.
    #[arg(
        long,
        global = true,
        value_name = "s3://BUCKET/PREFIX",
        env = "ANTIN_OBJECT_STORE"
    )]
    object_store: Option<String>,
    /// Leaves out notes and the progress bar.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Shows the measurements behind each conclusion.
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the main job on a sample: register, scans, findings, reports.
    Demo(demo::Arguments),
    /// Keeps the register of seals: import, events, list, show, export.
    Register(register::Arguments),
    /// Keeps the people who work with the register: their roles, passwords and tokens.
    User(user::Arguments),
    /// Shows who saw and who decided what, and checks that nobody changed that.
    Audit(audit::Arguments),
    /// Verifies the seals on documents.
    Verify(verify::Arguments),
    /// Serves the API and the pages, with a worker.
    Serve(serve::Serving),
    /// Verifies large archives as jobs that can be broken off and taken up again; keeps scans and results.
    Bulk(bulk::Arguments),
    /// Copies the embedded store (register, specimens, scans, results, accounts) into one file.
    Backup(backup::Arguments),
    /// Puts such a copy back into an empty data directory.
    Restore(backup::Arguments),
    /// Works on what was handed in: one more worker.
    Worker(serve::Working),
    /// Writes a labelled synthetic set for evaluate: register.csv, specimens, docs, truth.jsonl.
    Synth(synth::Args),
    /// Runs the program over a labelled set and prints how often it was right.
    Evaluate(evaluate::Arguments),
    /// Fits the calibration of likelihood ratios to measurements of labelled sets.
    Calibrate(calibrate::Arguments),
}

/// How a command ended; the later in the list, the more it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Every document passed.
    Passed,
    /// Some document needs review or is flagged.
    Attention,
    /// Wrong use.
    Usage,
    /// Some input could not be read or imported.
    Input,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Passed => 0,
            Exit::Attention => 1,
            Exit::Usage => 2,
            Exit::Input => 3,
        })
    }
}

/// The program's own failure.
const OWN_FAILURE: u8 = 4;
/// Whoever read the output has gone: the status of a process ended by SIGPIPE.
const OUTPUT_CLOSED: u8 = 141;

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let first = std::env::args_os().nth(1);
    if first.as_deref() == Some(OsStr::new(sandbox::CHILD_ARGUMENT)) {
        return sandbox::child_main();
    }
    if first.as_deref() == Some(OsStr::new(sandbox::RECOGNISER_ARGUMENT)) {
        return sandbox::recogniser_main();
    }
    if first.as_deref() == Some(OsStr::new(sandbox::ARCHIVE_ARGUMENT)) {
        return sandbox::unpacker_main();
    }
    if first.as_deref() == Some(OsStr::new(sandbox::PAINTER_ARGUMENT)) {
        return sandbox::painter_main();
    }
    let arguments = Arguments::parse();
    let mut output = Output::new(arguments.common.quiet);
    match run(arguments, &mut output) {
        Ok(exit) => exit.into(),
        Err(error) => failed(&error, &mut output),
    }
}

fn run(arguments: Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start")?;
    let common = arguments.common;
    runtime.block_on(async {
        match arguments.command {
            Command::Demo(arguments) => demo::run(arguments, output).await,
            Command::Register(arguments) => register::run(arguments, &common, output).await,
            Command::User(arguments) => user::run(arguments, &common, output).await,
            Command::Audit(arguments) => audit::run(arguments, &common, output).await,
            Command::Verify(arguments) => verify::run(arguments, &common, output).await,
            Command::Serve(arguments) => serve::serve(arguments, &common, output).await,
            Command::Backup(arguments) => backup::back_up(arguments, &common, output).await,
            Command::Restore(arguments) => backup::restore(arguments, &common, output).await,
            Command::Bulk(arguments) => bulk::run(arguments, &common, output).await,
            Command::Worker(arguments) => serve::work(arguments, &common, output).await,
            Command::Evaluate(arguments) => evaluate::run(arguments, &common, output).await,
            Command::Calibrate(arguments) => calibrate::run(&arguments, output),
            Command::Synth(arguments) => {
                let written = synth::run(&arguments)?;
                output.line(format!(
                    "{}, {}, {} of truth in {}",
                    words::counted(written.seals, "seal"),
                    words::counted(written.documents, "document"),
                    words::counted(written.truths, "line"),
                    arguments.directory.display()
                ))?;
                Ok(Exit::Passed)
            }
        }
    })
}

/// Says what went wrong, and whether the input or the program is to blame.
fn failed(error: &anyhow::Error, output: &mut Output) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return ExitCode::from(OUTPUT_CLOSED);
    }
    if error
        .downcast_ref::<set::Error>()
        .is_some_and(set::Error::is_usage)
    {
        output.error(&format!("{error:#}"));
        return Exit::Usage.into();
    }
    let is_input = error.downcast_ref::<rules::Error>().is_some()
        || error.downcast_ref::<keyring::Error>().is_some();
    if is_input {
        output.error(&format!("{error:#}"));
        return Exit::Input.into();
    }
    match error.downcast_ref::<storage::Error>() {
        Some(storage::Error::Sheet { .. } | storage::Error::Encrypted { .. }) => {
            output.error(&format!("{error:#}"));
            Exit::Input.into()
        }
        Some(storage::Error::File {
            action: "read",
            source,
            ..
        }) => {
            output.error(&format!("{error:#}: {}", storage::remedy(source)));
            Exit::Input.into()
        }
        _ => {
            output.error(&format!("{error:#}"));
            ExitCode::from(OWN_FAILURE)
        }
    }
}

impl Common {
    /// Where the register is kept.
    fn data(&self) -> anyhow::Result<PathBuf> {
        let data = self.data.clone().or_else(config::data_directory);
        data.context("there is no home directory to keep the register in; name one with --data DIR")
    }

    /// The store, with the keys of its specimens.
    async fn store(&self) -> anyhow::Result<Store> {
        // Absolute: an exported list is put anywhere.
        let data = std::path::absolute(self.data()?).context("cannot find the data directory")?;
        let keys = self.keys()?;
        let store = match &self.database_url {
            None => Store::open(&data).await?,
            Some(url) => Store::connect(url, &data).await?,
        };
        let store = store.with_keys(keys);
        let shelf = match &self.object_store {
            Some(_) => self.blobs()?.shelf(),
            None => None,
        };
        Ok(match shelf {
            Some(shelf) => store.with_shelf(shelf),
            None => store,
        })
    }

    /// The scans.
    fn blobs(&self) -> anyhow::Result<Blobs> {
        let data = std::path::absolute(self.data()?).context("cannot find the data directory")?;
        Ok(match &self.object_store {
            None => Blobs::under(&data)?,
            Some(place) => Blobs::at(place, &data)?,
        })
    }

    /// The keys of specimens; without any, they are not encrypted.
    fn keys(&self) -> anyhow::Result<Keyring> {
        let Some(path) = &self.specimen_key_file else {
            return Ok(Keyring::default());
        };
        let text = std::fs::read_to_string(path).map_err(|source| storage::Error::File {
            action: "read",
            path: path.clone(),
            source,
        })?;
        let keys = Keyring::read(&text);
        keys.with_context(|| format!("cannot use the keys in {}", path.display()))
    }

    /// How documents are read: in children of this same program.
    fn sandbox(password: Option<String>) -> anyhow::Result<sandbox::Options> {
        let executable = std::env::current_exe().context("cannot find this program's own file")?;
        let mut options = sandbox::Options::new(executable);
        options.marks = ocr::usual_marks(&options.executable);
        options.password = password;
        Ok(options)
    }
}
