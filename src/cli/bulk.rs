//! `antin bulk`: large archives as jobs that can be broken off and taken up again.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::accounts;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::inputs;
use crate::cli::inputs::Input;
use crate::cli::inputs::Inputs;
use crate::cli::output::Output;
use crate::cli::serve;
use crate::cli::serve::Working;
use crate::jobs::Worker;
use crate::links;
use crate::links::Entry;
use crate::report::words;
use crate::sandbox::archive::Format;
use crate::storage::Store;
use crate::storage::blobs::Arrived;
use crate::storage::blobs::Blobs;
use crate::storage::documents::NewDocument;
use crate::storage::documents::document_id;
use crate::storage::items::ItemKind;
use crate::storage::items::ItemState;
use crate::storage::jobs::Arrival;
use crate::storage::jobs::Job;
use crate::storage::jobs::JobState;
use crate::storage::jobs::NewJob;
use crate::storage::jobs::Progress;
use crate::storage::jobs::Terms;
use crate::storage::keys::Keyed;
use crate::verify::Outcome;

/// Documents that are handed in together.
const TOGETHER: usize = 64;
/// Bytes of them from which on fewer are.
const BYTES_TOGETHER: u64 = 256 << 20;
/// Items that are listed at once.
const LISTED: u32 = 500;
/// Impressions of a seal among which copies are looked for at an export, the first; chosen: some seconds of one processor, and
/// more where hundreds of them are copies of one another: each pair of these costs a look at two layouts.
const COMPARED_MAX: usize = 3_000;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keeps documents, folders and archives as a job, and works on it.
    Submit {
        /// Documents, folders of them, and archives (.zip, .tar, .tar.gz, .tar.zst).
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// What the job is called [default: the first path].
        #[arg(long)]
        name: Option<String>,
        /// The office that the documents belong to: a body of the register.
        #[arg(long, value_name = "BODY", default_value = "")]
        office: String,
        /// The seal that they are said to bear.
        #[arg(long, value_name = "ID")]
        seal: Option<String>,
        /// Their date, such as 2024-05-21.
        #[arg(long, value_name = "DATE")]
        dated: Option<Date>,
        /// Says that every document must bear a seal.
        #[arg(long)]
        expect_seal: bool,
        /// Leaves the work to `antin serve` or `antin worker`.
        #[arg(long)]
        detach: bool,
        #[command(flatten)]
        working: Working,
    },
    /// Shows jobs and how far they are; of one job what failed, too.
    Status {
        /// The job.
        job: Option<String>,
        /// Prints one JSON object a job.
        #[arg(long)]
        json: bool,
    },
    /// Leaves a job for a while; what is worked on is finished.
    Pause {
        /// The job.
        job: String,
    },
    /// Goes on with a job, and works on it.
    Resume {
        /// The job.
        job: String,
        /// Leaves the work to `antin serve` or `antin worker`.
        #[arg(long)]
        detach: bool,
        #[command(flatten)]
        working: Working,
    },
    /// Tries again what failed.
    Retry {
        /// The job.
        job: String,
        /// Leaves the work to `antin serve` or `antin worker`.
        #[arg(long)]
        detach: bool,
        #[command(flatten)]
        working: Working,
    },
    /// Does no more of a job.
    Cancel {
        /// The job.
        job: String,
    },
    /// Prints the reports of a job, one JSON object a line, in its order; then the links between its documents.
    Export {
        /// The job.
        job: String,
    },
}

pub(super) async fn run(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let store = common.store().await?;
    match arguments.command {
        Command::Submit {
            paths,
            name,
            office,
            seal,
            dated,
            expect_seal,
            detach,
            working,
        } => {
            if !office.is_empty() && !store.has_body(&office).await? {
                output.error(&accounts::Error::Office { office }.to_string());
                return Ok(Exit::Usage);
            }
            let first = paths.first().map(|path| path.display().to_string());
            let new = NewJob {
                id: Uuid::now_v7().simple().to_string(),
                office,
                name: name.or(first).unwrap_or_default(),
                by: None,
                terms: Terms {
                    seal,
                    dated,
                    expect_seal,
                },
            };
            let submitted = submit(&store, &common.blobs()?, &new, &paths, output).await?;
            if detach {
                output.line(format!("job {}: waits for a worker", new.id))?;
                return Ok(submitted);
            }
            let ended = finish(&store, &new.id, &working, common, output).await?;
            Ok(submitted.max(ended))
        }
        Command::Status { job, json } => status(&store, job.as_deref(), json, output).await,
        Command::Pause { job } => set(&store, &job, JobState::Paused, output).await,
        Command::Cancel { job } => set(&store, &job, JobState::Cancelled, output).await,
        Command::Resume {
            job,
            detach,
            working,
        } => {
            let exit = set(&store, &job, JobState::Running, output).await?;
            if detach || exit != Exit::Passed {
                return Ok(exit);
            }
            finish(&store, &job, &working, common, output).await
        }
        Command::Retry {
            job,
            detach,
            working,
        } => {
            let exit = retry(&store, &job, output).await?;
            if detach || exit != Exit::Passed {
                return Ok(exit);
            }
            finish(&store, &job, &working, common, output).await
        }
        Command::Export { job } => export(&store, &job, output).await,
    }
}

async fn find(store: &Store, id: &str) -> anyhow::Result<Job> {
    let job = store.job(id).await?;
    job.with_context(|| format!("there is no job {id}; see `antin bulk status`"))
}

/// Keeps the documents and archives at some paths, and takes them into a new job.
async fn submit(
    store: &Store,
    blobs: &Blobs,
    new: &NewJob,
    paths: &[PathBuf],
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let Inputs {
        found,
        errors,
        warnings,
    } = inputs::find(paths);
    warnings.iter().for_each(|warning| output.warning(warning));
    errors.iter().for_each(|error| output.error(error));
    let mut exit = match errors.is_empty() {
        true => Exit::Passed,
        false => Exit::Input,
    };
    store.begin_job(new, Timestamp::now()).await?;
    let (job, queue) = (find(store, &new.id).await?, serve::queue(store));
    output.line(format!(
        "job {}: {} to keep",
        job.id,
        words::counted(found.len(), "file")
    ))?;
    let bar = output.progress(found.len(), "files");
    let (mut came, mut bytes) = (Vec::new(), 0);
    for (place, Input { path, .. }) in found.iter().enumerate() {
        match receive(blobs, &job, path).await {
            Ok((arrived, arrival)) => {
                bytes += arrived.bytes;
                came.push((arrived, arrival));
            }
            Err(error) => {
                output.error(&format!("{}: {error:#}", path.display()));
                exit = Exit::Input;
            }
        }
        bar.inc(1);
        let is_last = place + 1 == found.len();
        if is_last || came.len() >= TOGETHER || bytes >= BYTES_TOGETHER {
            let taken = queue.put(blobs, (&job, &came), Timestamp::now());
            taken.await?;
            (came, bytes) = (Vec::new(), 0);
        }
    }
    output.finish();
    Ok(exit)
}

async fn receive(blobs: &Blobs, job: &Job, path: &Path) -> anyhow::Result<(Arrived, Arrival)> {
    let file = tokio::fs::File::open(path).await?;
    let bytes = tokio_util::io::ReaderStream::with_capacity(file, 1 << 16);
    let arrived = blobs.receive(bytes, u64::MAX).await?;
    let arrival = Arrival {
        document: NewDocument {
            office: job.office.clone(),
            sha256: arrived.sha256.clone(),
            name: path.display().to_string(),
            bytes: arrived.bytes,
            by: None,
        },
        kind: match Format::of(&arrived.start) {
            Some(_) => ItemKind::Archive,
            None => ItemKind::Document,
        },
        idempotency_key: None,
    };
    Ok((arrived, arrival))
}

/// Works until nothing of any job waits, and says how this one ended.
async fn finish(
    store: &Store,
    job: &str,
    working: &Working,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let job = find(store, job).await?;
    let (workshop, at_once) = working.workshop(common, output).await?;
    // What an earlier command left that was ended.
    store.sweep(&workshop.blobs).await?;
    let worker = Worker::new(workshop, at_once);
    let stop = CancellationToken::new();
    serve::end_on_signal(stop.clone())?;
    let items = store.progress(&job.id).await?;
    let bar = output.progress(usize::try_from(items.waiting).unwrap_or(0), "documents");
    worker.run_out(stop.clone(), || bar.inc(1)).await?;
    output.finish();
    if stop.is_cancelled() {
        output.note(&format!(
            "broken off; `antin bulk resume {}` goes on",
            job.id
        ));
    }
    status(store, Some(&job.id), false, output).await
}

/// Lets what failed be tried again, and says how much of it can be.
async fn retry(store: &Store, id: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let job = find(store, id).await?;
    if job.state == JobState::Cancelled {
        return Ok(cancelled(id, output));
    }
    let failed = store.progress(&job.id).await?.failed;
    let again = serve::queue(store).retry(&job.id).await?;
    output.line(format!("{again} tried again"))?;
    if again < failed {
        output.note(&format!(
            "{} not: what they need is not kept any more; submit it anew",
            failed - again
        ));
    }
    Ok(Exit::Passed)
}

async fn set(
    store: &Store,
    id: &str,
    state: JobState,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let job = find(store, id).await?;
    if store.set_job_state(&job.id, state).await? {
        return Ok(Exit::Passed);
    }
    Ok(cancelled(id, output))
}

fn cancelled(id: &str, output: &mut Output) -> Exit {
    output.error(&format!(
        "job {id} was cancelled; submit its documents anew"
    ));
    Exit::Usage
}

async fn status(
    store: &Store,
    id: Option<&str>,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let jobs = match id {
        Some(id) => vec![find(store, id).await?],
        None => store.jobs(None, None, LISTED).await?,
    };
    let mut exit = Exit::Passed;
    for job in &jobs {
        let progress = store.progress(&job.id).await?;
        if json {
            let value = serde_json::json!({"job": job, "progress": progress});
            output.line(value.to_string())?;
        } else {
            output.line(line(job, &progress))?;
        }
        if id.is_some() {
            exit = exit.max(ended(store, job, json, output).await?);
        }
    }
    Ok(exit)
}

/// Such as `0192… "scans/": 3 of 5 done, 1 failed, 1 waiting`.
fn line(job: &Job, progress: &Progress) -> String {
    let Progress { items, done, .. } = progress;
    let mut said = format!("{} \"{}\": {done} of {items} done", job.id, job.name);
    let rest = [
        (progress.working, "worked on"),
        (progress.waiting, "waiting"),
        (progress.failed, "failed"),
        (progress.cancelled, "cancelled"),
    ];
    for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
        said.push_str(&format!(", {count} {what}"));
    }
    if job.state == JobState::Paused {
        said.push_str(" (paused)");
    }
    said
}

/// Lists what failed, counts outcomes, and gives the exit status that they mean.
async fn ended(store: &Store, job: &Job, json: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let (mut behind, mut exit) = (0, Exit::Passed);
    let mut counts = std::collections::BTreeMap::new();
    loop {
        let items = store.items(&job.id, None, (behind, LISTED)).await?;
        let Some(last) = items.last() else { break };
        behind = last.position;
        for item in &items {
            if item.state == ItemState::Failed {
                exit = exit.max(Exit::Input);
                let reason = item.reason.as_deref().unwrap_or("no reason is known");
                if !json {
                    output.error(&format!("{}: {reason}", item.name));
                }
            }
            let Some(outcome) = item.outcome else {
                continue;
            };
            *counts.entry(outcome).or_insert(0_u64) += 1;
            exit = exit.max(match outcome {
                Outcome::Pass => Exit::Passed,
                Outcome::Review | Outcome::Flag | Outcome::Stopped => Exit::Attention,
                Outcome::Unreadable | Outcome::NotProcessed => Exit::Input,
            });
        }
    }
    if !json && !counts.is_empty() {
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(outcome, count)| format!("{count} {}", words::outcome(outcome)))
            .collect();
        output.line(counts.join(", "))?;
    }
    Ok(exit)
}

async fn export(store: &Store, id: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let job = find(store, id).await?;
    let mut behind = 0;
    loop {
        let items = store
            .items(&job.id, Some(ItemState::Done), (behind, LISTED))
            .await?;
        let Some(last) = items.last() else { break };
        behind = last.position;
        for item in items {
            let document = document_id(&job.office, &item.sha256);
            let Some(document) = store.document(&document).await? else {
                continue;
            };
            if let Some(report) = store.report(&document).await? {
                output.line(serde_json::to_string(&report)?)?;
            }
        }
    }
    export_links(store, &job, output).await?;
    Ok(Exit::Passed)
}

/// Prints the copies among a job's documents, seal by seal, as `antin verify` does after its reports.
async fn export_links(store: &Store, job: &Job, output: &mut Output) -> anyhow::Result<()> {
    for seal in store.keyed_seals(&job.id).await? {
        // One more tells whether there are more.
        let count = u32::try_from(COMPARED_MAX + 1)?;
        let mut keys = store.keys_within(&job.id, &seal, count).await?;
        if keys.len() > COMPARED_MAX {
            keys.truncate(COMPARED_MAX);
            let told = format!(
                "{seal}: copies are looked for among its first {COMPARED_MAX} impressions only"
            );
            output.warning(&told);
        }
        let entry = |own: Keyed| Entry {
            sha256: own.sha256,
            path: own.name,
            key: own.key,
        };
        let entries: Vec<Entry> = keys.into_iter().map(entry).collect();
        let found = tokio::task::spawn_blocking(move || links::find(&entries)).await?;
        for link in &found {
            output.line(serde_json::to_string(link)?)?;
        }
    }
    Ok(())
}
