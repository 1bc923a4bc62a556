//! The register: bodies, seals with their state on a day and what made it so, and events.

use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Shared;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::tag;
use crate::jobs::Rows;
use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Particulars;
use crate::registry::Status;
use crate::registry::body::Body;
use crate::storage::StoredSeal;
use crate::view::View;
use crate::view::body;
use crate::view::seal;

/// The day that is asked about.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Day {
    /// The day that the register is shown on: today where none is named.
    #[param(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
}

/// What the register tells on a day. It is worked out beside the requests: a large register takes a while.
pub(super) async fn told<T: Send + 'static>(
    service: &Shared,
    day: Option<Date>,
    tell: impl FnOnce(&Rows, View<'_>) -> T + Send + 'static,
) -> Answer<T> {
    let on = day.unwrap_or_else(|| service.today().on);
    let rows = service.registers.rows().await?;
    let told = tokio::task::spawn_blocking(move || tell(&rows, rows.on(on)));
    told.await.map_err(|error| Problem::failure(&error))
}

/// Which seals are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SealFilter {
    /// Whose identifier or organisation contains this.
    text: Option<String>,
    /// That this body owns.
    body: Option<String>,
    /// In this state on the day, such as `valid` or `lost`.
    #[param(value_type = Option<String>)]
    status: Option<Status>,
}

impl SealFilter {
    fn fits(&self, seal: &StoredSeal) -> bool {
        let Some(text) = &self.text else { return true };
        let text = text.to_lowercase();
        let organisation = seal.particulars.organisation.to_lowercase();
        seal.id.to_lowercase().contains(&text) || organisation.contains(&text)
    }

    fn fits_line(&self, line: &seal::Line) -> bool {
        let is_body = self
            .body
            .as_ref()
            .is_none_or(|body| line.body.as_ref() == Some(body));
        is_body && self.status.is_none_or(|status| line.status == status)
    }
}

/// Registered seals with their state on a day, first registered first.
#[utoipa::path(
    get, path = "/seals", tag = "register", params(SealFilter, Day, PageQuery),
    responses((status = 200, body = Page<seal::Line>), (status = 400, body = Problem))
)]
pub(super) async fn seals(
    State(service): State<Shared>,
    Query(filter): Query<SealFilter>,
    Query(day): Query<Day>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<seal::Line>>> {
    let asked = page.clone();
    let page = told(&service, day.on, move |_, view| {
        let seals = view.seals.iter().filter(|seal| filter.fits(seal));
        let lines = seals.map(|seal| view.seal_line(seal));
        asked.cut(lines.filter(|line| filter.fits_line(line)))
    });
    Ok(Json(page.await??))
}

/// A seal with its state on a day, the entries that made it so, who owns and keeps it, its specimens and events.
#[utoipa::path(
    get, path = "/seals/{id}", tag = "register", params(Day),
    responses((status = 200, body = seal::Account), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    Path(id): Path<String>,
    Query(day): Query<Day>,
    headers: HeaderMap,
) -> Answer<Response> {
    let rules = service.rules.clone();
    let account = told(&service, day.on, move |rows, view| {
        rows.seal(&id).map(|seal| view.seal_account(seal, &rules))
    });
    let account = account.await?.ok_or_else(|| Problem::not_found("seal"))?;
    Ok(tag::tagged(&account, &headers))
}

/// What was stated about a seal from one import on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Version {
    /// Counted from one.
    version: u32,
    /// When it was recorded, UTC.
    recorded_at: String,
    /// Name of the file that it stood in.
    source: String,
    /// What it states.
    #[schema(value_type = Object)]
    particulars: Particulars,
}

/// Every version of what is stated about a seal, the first one first.
#[utoipa::path(
    get, path = "/seals/{id}/versions", tag = "register",
    responses((status = 200, body = Vec<Version>), (status = 404, body = Problem))
)]
pub(super) async fn versions(
    State(service): State<Shared>,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Version>>> {
    let versions = service.store.versions(&id).await?;
    if versions.is_empty() {
        return Err(Problem::not_found("seal"));
    }
    let versions = versions.into_iter().map(|stored| Version {
        version: stored.number,
        recorded_at: stored.recorded_at,
        source: stored.source,
        particulars: stored.particulars,
    });
    Ok(Json(versions.collect()))
}

/// Which events are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventFilter {
    /// Of this seal.
    seal: Option<String>,
    /// Of this kind, such as `reported_lost`.
    #[param(value_type = Option<String>)]
    kind: Option<EventKind>,
    /// On this day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// On this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

impl EventFilter {
    fn fits(&self, event: &Event) -> bool {
        self.kind.is_none_or(|kind| event.kind == kind)
            && self.from.is_none_or(|from| from <= event.on)
            && self.to.is_none_or(|to| event.on <= to)
    }
}

/// An event of a seal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Happened {
    /// The seal.
    seal: String,
    /// Name of the entry.
    entry: String,
    /// Whether it counts: false where it was corrected or withdrawn.
    stands: bool,
    /// What happened, when, by whom and under which decision.
    #[schema(value_type = Object)]
    event: Event,
}

/// Events of seals, by day.
#[utoipa::path(
    get, path = "/events", tag = "register", params(EventFilter, PageQuery),
    responses((status = 200, body = Page<Happened>), (status = 400, body = Problem))
)]
pub(super) async fn events(
    State(service): State<Shared>,
    Query(filter): Query<EventFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Happened>>> {
    let asked = page.clone();
    let page = told(&service, None, move |_, view| {
        let mut found: Vec<(&StoredSeal, &Event)> = Vec::new();
        for seal in view.seals {
            if filter.seal.as_ref().is_none_or(|id| *id == seal.id) {
                let events = seal.events.iter().filter(|event| filter.fits(event));
                found.extend(events.map(|event| (seal, event)));
            }
        }
        found.sort_by_key(|(_, event)| (event.on, event.kind.rank()));
        asked.cut(found.into_iter().map(|(seal, event)| {
            let entry = event.recorded(&seal.id).name;
            Happened {
                seal: seal.id.clone(),
                stands: view.records.stands(&entry),
                entry,
                event: event.clone(),
            }
        }))
    });
    Ok(Json(page.await??))
}

/// Which bodies are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BodyFilter {
    /// Whose identifier or name on the day contains this.
    text: Option<String>,
}

/// Bodies that own seals, as they are on a day.
#[utoipa::path(
    get, path = "/bodies", tag = "register", params(BodyFilter, Day, PageQuery),
    responses((status = 200, body = Page<body::Line>), (status = 400, body = Problem))
)]
pub(super) async fn bodies(
    State(service): State<Shared>,
    Query(filter): Query<BodyFilter>,
    Query(day): Query<Day>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<body::Line>>> {
    let asked = page.clone();
    let page = told(&service, day.on, move |_, view| {
        let wanted = filter.text.unwrap_or_default().to_lowercase();
        let ids = view.body_ids().into_iter();
        let bodies = ids.filter_map(|id| Body::of(view.records, id));
        let lines = bodies.map(|body| view.body_line(&body));
        let fits = |line: &body::Line| {
            line.id.to_lowercase().contains(&wanted) || line.name.to_lowercase().contains(&wanted)
        };
        asked.cut(lines.filter(fits))
    });
    Ok(Json(page.await??))
}

/// A body on a day with its seals.
#[utoipa::path(
    get, path = "/bodies/{id}", tag = "register", params(Day),
    responses((status = 200, body = body::Account), (status = 404, body = Problem))
)]
pub(super) async fn body(
    State(service): State<Shared>,
    Path(id): Path<String>,
    Query(day): Query<Day>,
    headers: HeaderMap,
) -> Answer<Response> {
    let rules = service.rules.clone();
    let account = told(&service, day.on, move |_, view| {
        Body::of(view.records, &id).map(|body| view.body_account(&body, &rules))
    });
    let account = account.await?.ok_or_else(|| Problem::not_found("body"))?;
    Ok(tag::tagged(&account, &headers))
}
