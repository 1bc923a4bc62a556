//! Where documents are handed in, and how their job goes.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Html;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::storage::items::FailureCode;
use crate::storage::items::Item;
use crate::storage::items::ItemState;
use crate::storage::jobs::Job;
use crate::storage::jobs::JobState;
use crate::storage::jobs::Progress;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::Language;

/// Jobs that are shown.
const JOBS: u32 = 10;
/// Failures that are shown.
const FAILURES: u32 = 200;

/// A job as a page shows it.
struct Line {
    job: Job,
    progress: Progress,
    at: String,
}

impl Line {
    fn is_over(&self) -> bool {
        self.progress.is_over()
    }

    fn is_paused(&self) -> bool {
        self.job.state == JobState::Paused
    }

    fn is_cancelled(&self) -> bool {
        self.job.state == JobState::Cancelled
    }
}

#[derive(Template)]
#[template(path = "intake.html")]
struct IntakePage {
    shell: Shell,
    lines: Vec<Line>,
}

/// Where documents are handed in.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
) -> Answer<Html<String>> {
    let office = caller.scope(None)?;
    let jobs = service.store.jobs(office.as_deref(), None, JOBS).await?;
    let mut lines = Vec::with_capacity(jobs.len());
    for job in jobs {
        lines.push(line(&service, &shell, job).await?);
    }
    drawn(&IntakePage { shell, lines })
}

async fn line(service: &Shared, shell: &Shell, job: Job) -> Answer<Line> {
    Ok(Line {
        progress: service.store.progress(&job.id).await?,
        at: shell.instant(&job.created_at),
        job,
    })
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    shell: Shell,
    line: Line,
    /// What came to no verdict: name, why in the reader's language, and in the service's own words.
    failures: Vec<(String, &'static str, String)>,
}

fn failure(shell: &Shell, item: Item) -> (String, &'static str, String) {
    let key = match item.code {
        Some(FailureCode::Lost) => "web.failure.lost",
        Some(FailureCode::Register) => "web.failure.register",
        Some(FailureCode::ScanMissing) => "web.failure.scan_missing",
        Some(FailureCode::Storage) => "web.failure.storage",
        Some(FailureCode::Digest) => "web.failure.digest",
        Some(FailureCode::SealUnknown) => "web.failure.seal_unknown",
        Some(FailureCode::Limit) => "web.failure.limit",
        Some(FailureCode::Program) => "web.failure.program",
        Some(FailureCode::JobGone) => "web.failure.job_gone",
        Some(FailureCode::ArchiveDamaged) => "web.failure.archive_damaged",
        Some(FailureCode::ArchiveLimit) => "web.failure.archive_limit",
        Some(FailureCode::ArchiveFailed) => "web.failure.archive_failed",
        Some(FailureCode::LeftOut) => "web.failure.left_out",
        None if item.state == ItemState::Failed => "web.job.failed",
        None => "web.failure.unreadable",
    };
    // Of the same in English, the service's own sentence says more.
    let own = Some(shell.language).filter(|language| *language == Language::English);
    let reason = own.and(item.reason).unwrap_or_default();
    (item.name, shell.t(key), reason)
}

/// How a job goes, and what of it failed.
pub(super) async fn job(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path(id): Path<String>,
) -> Answer<Html<String>> {
    let job = service.store.job(&id).await?;
    let job = job.filter(|job| caller.sees(&job.office));
    let job = job.ok_or_else(|| Problem::not_found("job"))?;
    let failures = service.store.unexamined(&job.id, FAILURES).await?;
    let failures = failures.into_iter().map(|item| failure(&shell, item));
    let failures = failures.collect();
    let line = line(&service, &shell, job).await?;
    drawn(&JobPage {
        shell,
        line,
        failures,
    })
}
