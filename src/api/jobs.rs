//! Jobs: beginning them, how far they are, pausing, resuming, cancelling, trying again.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Sse;
use axum::response::sse::Event;
use axum::response::sse::KeepAlive;
use futures_util::Stream;
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::accounts;
use crate::api::Shared;
use crate::api::documents::Upload;
use crate::api::documents::plain;
use crate::api::identity::Caller;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::storage::items::Item;
use crate::storage::items::ItemState;
use crate::storage::jobs::Job;
use crate::storage::jobs::JobState;
use crate::storage::jobs::NewJob;
use crate::storage::jobs::Progress;
use crate::storage::jobs::Terms;

/// How often progress is looked at where nothing tells of it.
const LOOK: Duration = Duration::from_secs(1);
/// Progress is told at most so often.
const REST: Duration = Duration::from_millis(200);

/// A job and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Standing {
    /// The job.
    #[serde(flatten)]
    job: Job,
    /// How far it is.
    progress: Progress,
    /// Whether nothing is left to do.
    over: bool,
}

/// A job to begin.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Beginning {
    /// What people call it.
    name: String,
    /// What its documents are examined for.
    #[serde(default)]
    terms: Terms,
}

/// What is asked of a job.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Leave it for a while.
    Pause,
    /// Go on.
    Resume,
    /// Do no more of it.
    Cancel,
    /// Try what failed again.
    Retry,
}

impl Standing {
    const fn of(job: Job, progress: Progress) -> Self {
        Self {
            job,
            progress,
            over: progress.is_over(),
        }
    }
}

async fn standing(service: &Shared, job: Job) -> Answer<Standing> {
    let progress = service.store.progress(&job.id).await?;
    Ok(Standing::of(job, progress))
}

fn cancelled() -> Problem {
    Problem::conflict("cancelled", "the job was cancelled: begin a new one")
}

/// A job that takes documents: of one that was cancelled nobody would look at them.
pub(super) fn open(job: Job) -> Answer<Job> {
    match job.state {
        JobState::Running | JobState::Paused => Ok(job),
        JobState::Cancelled => Err(cancelled()),
    }
}

async fn own(service: &Shared, caller: &Caller, id: &str) -> Answer<Job> {
    let job = service.store.job(id).await?;
    let job = job.filter(|job| caller.sees(&job.office));
    job.ok_or_else(|| Problem::not_found("job"))
}

/// The job that is named, if one is; it must be the caller's.
pub(super) async fn named_job(
    service: &Shared,
    caller: &Caller,
    upload: &Upload,
) -> Answer<Option<Job>> {
    match &upload.job {
        Some(id) => open(own(service, caller, id).await?).map(Some),
        None => Ok(None),
    }
}

/// The job that is named; else a new one.
pub(super) async fn job_for(
    service: &Shared,
    caller: &Caller,
    upload: &Upload,
    name: &str,
) -> Answer<Job> {
    if let Some(job) = named_job(service, caller, upload).await? {
        return Ok(job);
    }
    let terms = Terms {
        seal: upload.seal.clone().filter(|seal| !seal.is_empty()),
        dated: upload.dated,
        expect_seal: upload.expect_seal,
    };
    begin(service, caller, (name.to_owned(), terms)).await
}

/// Begins a job of the caller's office, which must be a body of the register.
async fn begin(service: &Shared, caller: &Caller, (name, terms): (String, Terms)) -> Answer<Job> {
    let office = caller.office();
    if !office.is_empty() && !service.registers.rows().await?.has_body(office) {
        let office = office.to_owned();
        return Err(accounts::Error::Office { office }.into());
    }
    let new = NewJob {
        id: Uuid::now_v7().simple().to_string(),
        office: office.to_owned(),
        name,
        by: Some(caller.login().to_owned()),
        terms,
    };
    service.store.begin_job(&new, Timestamp::now()).await?;
    let job = service.store.job(&new.id).await?;
    job.ok_or_else(|| Problem::not_found("job"))
}

/// Begin a job; its documents are handed in with `?job=`.
#[utoipa::path(
    post, path = "/jobs", tag = "jobs", request_body = Beginning,
    responses((status = 201, body = Standing), (status = 400, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn create(
    State(service): State<Shared>,
    caller: Caller,
    Json(beginning): Json<Beginning>,
) -> Answer<(StatusCode, Json<Standing>)> {
    let name = plain(&beginning.name);
    let job = begin(&service, &caller, (name, beginning.terms)).await?;
    Ok((StatusCode::CREATED, Json(standing(&service, job).await?)))
}

/// Jobs, the newest first.
#[utoipa::path(
    get, path = "/jobs", tag = "jobs", params(PageQuery),
    responses((status = 200, body = Page<Standing>))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Standing>>> {
    let office = caller.scope(None)?;
    let jobs = service
        .store
        .jobs(office.as_deref(), page.position()?, page.limit())
        .await?;
    let ids: Vec<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let mut progress = service.store.progress_of(&ids).await?;
    let standing = |job: Job| {
        let progress = progress.remove(&job.id).unwrap_or_default();
        Standing::of(job, progress)
    };
    let all = jobs.into_iter().map(standing).collect();
    Ok(Json(Page::new(all, page.limit(), |one: &Standing| {
        one.job.position
    })))
}

/// A job and how far it is.
#[utoipa::path(
    get, path = "/jobs/{id}", tag = "jobs",
    responses((status = 200, body = Standing), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Standing>> {
    let job = own(&service, &caller, &id).await?;
    Ok(Json(standing(&service, job).await?))
}

/// Which items are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ItemFilter {
    /// In this state: waiting, working, done, failed or cancelled.
    #[param(inline)]
    state: Option<ItemState>,
}

/// The items of a job, in their order; with `?state=failed` what failed, and why.
#[utoipa::path(
    get, path = "/jobs/{id}/items", tag = "jobs", params(ItemFilter, PageQuery),
    responses((status = 200, body = Page<Item>), (status = 404, body = Problem))
)]
pub(super) async fn items(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(filter): Query<ItemFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Item>>> {
    let job = own(&service, &caller, &id).await?;
    let behind = page.position()?.unwrap_or(0);
    let items = service
        .store
        .items(&job.id, filter.state, (behind, page.limit()))
        .await?;
    Ok(Json(Page::new(items, page.limit(), |item| item.position)))
}

/// What to do with a job.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Command {
    /// It.
    order: Order,
}

/// Pause, resume or cancel a job, or try what failed again.
#[utoipa::path(
    post, path = "/jobs/{id}/orders", tag = "jobs", request_body = Command,
    responses((status = 200, body = Standing), (status = 409, body = Problem))
)]
pub(super) async fn order(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(command): Json<Command>,
) -> Answer<Json<Standing>> {
    let job = own(&service, &caller, &id).await?;
    let state = match command.order {
        Order::Pause => JobState::Paused,
        Order::Resume => JobState::Running,
        Order::Cancel => JobState::Cancelled,
        Order::Retry if job.state == JobState::Cancelled => return Err(cancelled()),
        Order::Retry => {
            let failed = service.store.progress(&job.id).await?.failed;
            let again = service.queue.retry(&job.id).await?;
            if again == 0 && failed > 0 {
                let detail = "what failed is not kept any more: hand it in anew";
                return Err(Problem::conflict("not_kept", detail));
            }
            service.wake.notify_waiters();
            return Ok(Json(standing(&service, job).await?));
        }
    };
    if !service.store.set_job_state(&job.id, state).await? {
        return Err(cancelled());
    }
    service.wake.notify_waiters();
    let job = own(&service, &caller, &id).await?;
    Ok(Json(standing(&service, job).await?))
}

/// A job's progress as server-sent events, until nothing is left to do.
#[utoipa::path(
    get, path = "/jobs/{id}/events", tag = "jobs",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 404, body = Problem))
)]
pub(super) async fn events(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let job = own(&service, &caller, &id).await?;
    let place = service.limits.listener()?;
    let told = stream::unfold(Some((service, job.id, None, place)), |state| async move {
        let (service, id, last, place) = state?;
        let standing = changed(&service, &id, last.as_ref()).await?;
        let event = Event::default()
            .event("progress")
            .json_data(&standing)
            .ok()?;
        let over = standing.over;
        let next = (!over).then_some((service, id, Some(standing), place));
        Some((Ok(event), next))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
}

/// The next standing of a job that differs from the last.
async fn changed(service: &Shared, id: &str, last: Option<&Standing>) -> Option<Standing> {
    loop {
        let woken = service.wake.notified();
        let job = service.store.job(id).await.ok()??;
        let now = standing(service, job).await.ok()?;
        if last != Some(&now) {
            return Some(now);
        }
        tokio::select! {
            () = service.stop.cancelled() => return None,
            () = woken => time::sleep(REST).await,
            () = time::sleep(LOOK) => {}
        }
    }
}
