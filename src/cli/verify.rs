//! `antin verify`: documents to reports.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use jiff::civil::Date;

use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::copies;
use crate::cli::dates::Dates;
use crate::cli::inputs;
use crate::cli::inputs::Inputs;
use crate::cli::ocr;
use crate::cli::output::Output;
use crate::cli::register;
use crate::cli::rules;
use crate::cli::unpacked::Found;
use crate::cli::unpacked::unpacked;
use crate::cli::wear;
use crate::cli::who;
use crate::config;
use crate::links;
use crate::links::DieEntry;
use crate::links::Entry;
use crate::links::Link;
use crate::registry::Register;
use crate::report::table::ReportTable;
use crate::report::words;
use crate::rules::document::PAGE_UNREADABLE;
use crate::sandbox;
use crate::storage::Store;
use crate::storage::import;
use crate::storage::import::Mode;
use crate::storage::snapshot::Snapshot;
use crate::tally;
use crate::trends;
use crate::trends::IMPRESSIONS_MIN;
use crate::trends::Trend;
use crate::verdict::Policy;
use crate::verify;
use crate::verify::Examination;
use crate::verify::Examined;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::Seals;
use crate::verify::Wanted;
use crate::verify::batch;

mod bundle;
mod counting;
mod keeping;
pub(super) mod reporting;

use keeping::Keeper;
use reporting::Reports;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Documents, folders of them, and archives (.zip, .tar, .tar.gz, .tar.zst).
    #[arg(required_unless_present = "bundle", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Prints one JSON report a line, in the order of the documents, then a line for
    /// each link between them and for the wear of each seal along their dates.
    #[arg(long)]
    json: bool,
    /// The seal that the documents are said to bear.
    #[arg(long, value_name = "ID")]
    seal: Option<String>,
    /// Says that every document must bear a seal.
    #[arg(long)]
    expect_seal: bool,
    /// The documents' date, such as 2024-05-21.
    #[arg(long, value_name = "DATE")]
    dated: Option<Date>,
    /// What is known of the documents: a file with the column `document` (a path relative to the file) and any of
    /// `date`, `number`, `symbol`, `issuer` and `signer`, and `not_after` with `proof` (the day on which a receipt,
    /// a timestamp or a register proves that it existed, and which). Its values win over what is read on the scan.
    /// Documents whose date it does not tell are of the date given by --dated, if any.
    #[arg(long, visible_alias = "fields", value_name = "DATES.csv")]
    dates: Option<PathBuf>,
    #[command(flatten)]
    rules: rules::Choice,
    #[command(flatten)]
    ocr: ocr::Choice,
    /// How many documents are read at once [default: one a processor].
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Opens encrypted documents.
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "ANTIN_PASSWORD",
        hide_env_values = true
    )]
    password: Option<String>,
    #[command(flatten)]
    reports: reporting::Choice,
    /// Computes an exported examination again from the crops and specimens in it, and names what differs from its report;
    /// a PATH is compared with the digest of its scan.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["report", "csv", "keep", "register", "seal", "dated", "dates"]
    )]
    bundle: Option<PathBuf>,
    /// Keeps the results in the data directory: `antin register events` then judges them again, without opening a scan.
    #[arg(long, conflicts_with = "register")]
    keep: bool,
    /// Compares with the seals of this file instead of the register's, and stores nothing.
    #[arg(long, value_name = "REGISTER.csv")]
    register: Option<PathBuf>,
}

impl Arguments {
    const fn seals(&self) -> Seals {
        if self.expect_seal {
            Seals::Expected
        } else {
            Seals::Optional
        }
    }

    async fn reports(&self, common: &Common) -> anyhow::Result<Reports> {
        let reports = self.reports.begin(self.seal.as_deref())?;
        Ok(match reports.are_pictured() && self.register.is_none() {
            true => reports.of_register(common.store().await?),
            false => reports,
        })
    }
}

pub(super) async fn run(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    if let Some(file) = &arguments.bundle {
        return bundle::run(file, (&arguments.paths, arguments.json), output);
    }
    let rules = arguments.rules.read()?;
    let mut options = Common::sandbox(arguments.password.clone())?;
    let (register, mut exit) = match &arguments.register {
        Some(file) => from_file(file, &options, output).await?,
        None => stored(common, &options, output).await?,
    };
    let claim = match &arguments.seal {
        None => None,
        Some(id) => match register.position(id) {
            Some(position) => Some(position),
            None => {
                output.error(&format!(
                    "seal {id} is not in the register; see `antin register list`"
                ));
                return Ok(Exit::Usage);
            }
        },
    };
    let unpacking = tempfile::tempdir().context("cannot make a temporary directory")?;
    let place = (unpacking.path(), options.executable.as_path());
    let (documents, sought) = documents(&arguments.paths, place, output);
    exit = exit.max(sought);
    let (dates, read) = dates(&arguments, output)?;
    arguments.ocr.set_up(&mut options, output);
    exit = exit.max(read);
    let policy = Policy::default();
    let examination = Examination {
        register: &register,
        policy: &policy,
        rules: &rules,
        claim,
        seals: arguments.seals(),
        date: arguments.dated,
        given: None,
    };
    let jobs = arguments.jobs.unwrap_or_else(config::jobs);
    let mut readers = Readers {
        json: arguments.json,
        table: (!arguments.json && !documents.is_empty()).then(|| match common.verbose {
            true => ReportTable::detailed(),
            false => ReportTable::default(),
        }),
        reports: arguments.reports(common).await?,
        keeper: keeper(&arguments, common).await?,
        ..Readers::default()
    };
    let work = Work {
        documents: &documents,
        jobs,
        options: &options,
        examination: &examination,
        dates: &dates,
    };
    exit = exit.max(work.run(&mut readers, output)?);
    let exit = exit.max(readers.finish(&examination, output)?);
    if arguments.keep {
        // Where the register changed meanwhile.
        let store = common.store().await?;
        register::judged(&store, &arguments.rules, output).await?;
    }
    Ok(exit)
}

/// What keeps the results, if they are to be kept.
async fn keeper(arguments: &Arguments, common: &Common) -> anyhow::Result<Option<Keeper>> {
    if !arguments.keep {
        return Ok(None);
    }
    let store = common.store().await?;
    Ok(Some(Keeper::into(store, arguments.seal.clone())))
}

/// The documents at these paths, those in archives unpacked; what cannot be used is told.
fn documents(
    paths: &[PathBuf],
    (folder, executable): (&Path, &Path),
    output: &mut Output,
) -> (Vec<Found>, Exit) {
    let Inputs {
        found,
        errors,
        warnings,
    } = inputs::find(paths);
    for warning in &warnings {
        output.warning(warning);
    }
    for error in &errors {
        output.error(error);
    }
    let (documents, unpacked) = unpacked(found, folder, executable, output);
    let exit = if errors.is_empty() {
        Exit::Passed
    } else {
        Exit::Input
    };
    (documents, exit.max(unpacked))
}

/// The documents' dates as far as they are given.
fn dates(arguments: &Arguments, output: &mut Output) -> anyhow::Result<(Dates, Exit)> {
    match &arguments.dates {
        None => Ok((Dates::all(arguments.dated), Exit::Passed)),
        Some(file) => Dates::read(file, arguments.dated, output),
    }
}

/// The register as stored.
async fn stored(
    common: &Common,
    options: &sandbox::Options,
    output: &mut Output,
) -> anyhow::Result<(Register, Exit)> {
    let store = common.store().await?;
    let Snapshot { register, problems } = store.snapshot(options).await?;
    let mut exit = Exit::Passed;
    for problem in problems {
        output.error(&problem);
        exit = Exit::Input;
    }
    if register.seals.is_empty() && exit == Exit::Passed {
        output.note(
            "the register is empty, so no seal can be compared; \
             fill it with `antin register import`, or give --register REGISTER.csv",
        );
    }
    Ok((register, exit))
}

/// The register of a file, by way of a store that is thrown away.
pub(super) async fn from_file(
    file: &Path,
    options: &sandbox::Options,
    output: &mut Output,
) -> anyhow::Result<(Register, Exit)> {
    let folder = tempfile::tempdir().context("cannot make a temporary directory")?;
    let store = Store::open(folder.path()).await?;
    let act = who::act();
    let import = store.import_register(
        file,
        import::Options {
            sandbox: options,
            mode: Mode::Store,
            act: &act,
            reach: import::Reach::Anywhere,
            on_row: &|| {},
        },
    );
    let exit = register::told(&import.await?, file, output);
    let Snapshot { register, problems } = store.snapshot(options).await?;
    for problem in &problems {
        output.error(problem);
    }
    store.close().await;
    Ok((
        register,
        if problems.is_empty() {
            exit
        } else {
            Exit::Input
        },
    ))
}

/// Documents to verify, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work<'a> {
    pub(super) documents: &'a [Found],
    pub(super) jobs: NonZeroUsize,
    pub(super) options: &'a sandbox::Options,
    pub(super) examination: &'a Examination<'a>,
    pub(super) dates: &'a Dates,
}

impl Work<'_> {
    /// Verifies the documents at once and gives each to the readers, in order.
    pub(super) fn run(&self, readers: &mut Readers, output: &mut Output) -> anyhow::Result<Exit> {
        let bar = output.progress(self.documents.len(), "documents");
        let mut exit = Exit::Passed;
        let wanted = Wanted {
            pictures: readers.reports.are_pictured(),
            crops: readers.keeper.is_some(),
        };
        let verified = |index: usize| {
            let Found { path, name } = &self.documents[index];
            let source = sandbox::Source::Path(path);
            let examination = Examination {
                date: self.dates.of(path),
                given: self.dates.given(path),
                ..*self.examination
            };
            verify::document_with(name, source, self.options, (&examination, wanted, &|_| ()))
        };
        let flow = batch::in_order(self.documents.len(), self.jobs, verified, |_, examined| {
            bar.inc(1);
            exit = exit.max(exit_of(&examined.report));
            match readers.add(&examined, self.examination.register, output) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => ControlFlow::Break(error),
            }
        });
        output.finish();
        match flow {
            ControlFlow::Continue(()) => Ok(exit),
            ControlFlow::Break(error) => Err(error),
        }
    }
}

fn exit_of(report: &Report) -> Exit {
    // A page that could not be read is input that could not be read.
    let mut findings = report.findings.iter();
    if findings.any(|finding| finding.code == PAGE_UNREADABLE) {
        return Exit::Input;
    }
    match report.outcome {
        Outcome::Pass => Exit::Passed,
        Outcome::Review | Outcome::Flag | Outcome::Stopped => Exit::Attention,
        Outcome::Unreadable | Outcome::NotProcessed => Exit::Input,
    }
}

/// Everyone who reads the reports.
#[derive(Debug, Default)]
pub(super) struct Readers {
    /// Programs, on standard output.
    pub(super) json: bool,
    /// People, on standard output.
    pub(super) table: Option<ReportTable>,
    /// Both, in files.
    pub(super) reports: Reports,
    /// The store, where results are kept.
    pub(super) keeper: Option<Keeper>,
    /// What links between the documents are found by.
    pub(super) entries: Vec<Entry>,
    /// Impressions whose dies are in no register.
    pub(super) dies: Vec<DieEntry>,
    /// What wear along dates is found by.
    pub(super) sightings: Vec<trends::Entry>,
    /// What documents are counted by.
    pub(super) uses: Vec<tally::Entry>,
}

impl Readers {
    fn add(
        &mut self,
        examined: &Examined,
        register: &Register,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        self.entries.extend(links::entries(examined));
        self.dies.extend(links::die_entries(examined));
        self.sightings.extend(trends::entries(examined));
        self.uses.extend(tally::entries(&examined.report, register));
        if self.json {
            let line = serde_json::to_string(&examined.report).context("a report is plain JSON")?;
            output.line(line)?;
        }
        if let Some(table) = &mut self.table {
            table.add(examined);
        }
        self.reports.add(examined, register)?;
        if let Some(keeper) = &mut self.keeper {
            keeper.add(examined)?;
        }
        Ok(())
    }

    /// Prints what is known only at the end.
    pub(super) fn finish(
        mut self,
        examination: &Examination<'_>,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        if let Some(keeper) = self.keeper.take() {
            let kept = words::counted(keeper.finish()?, "result");
            output.note(&format!(
                "{kept} kept that were new or came to something else"
            ));
        }
        let copies = links::find(&self.entries);
        let mut links = copies.clone();
        links.extend(links::find_dies(&self.dies, &Policy::default()));
        let exit = self.link(&links, output)?;
        let exit = exit.max(self.follow(&copies, examination, output)?);
        let exit = exit.max(self.count(&copies, examination, output)?);
        if let Some(table) = self.table {
            output.line(table.finish())?;
        }
        self.reports.finish(!self.json, output)?;
        Ok(exit)
    }

    /// Tells every reader what links the documents.
    fn link(&mut self, links: &[Link], output: &mut Output) -> anyhow::Result<Exit> {
        let lines: Vec<String> = links
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()
            .context("a link is plain JSON")?;
        if self.json {
            for line in &lines {
                output.line(line)?;
            }
        }
        if let Some(table) = &mut self.table {
            for link in links {
                table.add_line(copies::line(link));
            }
        }
        if self.reports.are_written() {
            let language = self.reports.language();
            let families: Vec<_> = links
                .iter()
                .map(|link| copies::family(language, link, &self.entries))
                .collect();
            self.reports.add_links(&lines, &families)?;
        }
        Ok(links.iter().map(copies::exit).max().unwrap_or(Exit::Passed))
    }

    /// Finds wear along the documents' dates, and tells every reader.
    fn follow(
        &mut self,
        links: &[Link],
        examination: &Examination<'_>,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let (register, rules) = (examination.register, examination.rules);
        let found = trends::find(&self.sightings, links, register, rules);
        let trends = || found.iter().map(|found| &found.trend);
        let lines: Vec<String> = trends()
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()
            .context("a trend is plain JSON")?;
        if self.json {
            for line in &lines {
                output.line(line)?;
            }
        }
        if let Some(table) = &mut self.table {
            // Of a seal seen too seldom there is nothing to read.
            let is_told = |trend: &&Trend| trend.members.len() >= IMPRESSIONS_MIN;
            for trend in trends().filter(is_told) {
                table.add_line(wear::line(trend));
            }
        }
        if self.reports.are_pictured() {
            let language = self.reports.language();
            let followed: Vec<_> = found
                .iter()
                .map(|found| wear::followed(language, found, register))
                .collect();
            self.reports.add_wear(&lines, &followed)?;
        }
        Ok(trends().map(wear::exit).max().unwrap_or(Exit::Passed))
    }
}
