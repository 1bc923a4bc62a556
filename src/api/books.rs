//! The other registers: their rows, the uses of seals, what is due, inspections.

use std::sync::Arc;

use axum::Json;
use axum::extract::Query;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Shared;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::register::Day;
use crate::api::register::told;
use crate::registry::Recorded;
use crate::registry::event::EVENT;
use crate::registry::kind;
use crate::rules::clock::Clock;
use crate::view::due;
use crate::view::inspections;
use crate::view::uses;

/// Which rows are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RowFilter {
    /// Of this kind, such as `body`, `custody` or `matter`; all kinds where none is named.
    kind: Option<String>,
    /// About this seal, body or other subject.
    key: Option<String>,
}

/// A row of a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Row {
    /// Whether it counts: false where it was corrected or withdrawn.
    stands: bool,
    /// What it says, and when it was recorded.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    recorded: Recorded,
}

/// Rows of all registers, those that were corrected among them, in the order of recording.
#[utoipa::path(
    get, path = "/rows", tag = "register", params(RowFilter, PageQuery),
    responses((status = 200, body = Page<Row>), (status = 400, body = Problem))
)]
pub(super) async fn rows(
    State(service): State<Shared>,
    Query(filter): Query<RowFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Row>>> {
    if let Some(name) = &filter.kind
        && name != EVENT
        && kind::named(name).is_none()
    {
        let kinds: Vec<&str> = kind::KINDS.iter().map(|kind| kind.name).collect();
        let detail = format!("`kind` must be {EVENT} or one of {}", kinds.join(", "));
        return Err(Problem::bad_request(detail));
    }
    let asked = page.clone();
    let page = told(&service, None, move |_, view| {
        let fits = |row: &&Recorded| {
            let is_kind = filter
                .kind
                .as_ref()
                .is_none_or(|kind| *kind == row.entry.kind);
            is_kind && filter.key.as_ref().is_none_or(|key| *key == row.entry.key)
        };
        let all = view.records.standing().chain(view.records.superseded());
        let mut found: Vec<&Recorded> = all.filter(fits).collect();
        found.sort_by_key(|row| (&row.recorded_at, row.revision, &row.name));
        asked.cut(found.into_iter().map(|row| Row {
            stands: view.records.stands(&row.name),
            recorded: row.clone(),
        }))
    });
    Ok(Json(page.await??))
}

/// Whose uses or clocks are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfSeal {
    /// Of this seal.
    seal: Option<String>,
}

/// The registers of use: each use with its entries and what is wrong with it.
#[utoipa::path(
    get, path = "/uses", tag = "register", params(OfSeal, PageQuery),
    responses((status = 200, body = Page<uses::Use>), (status = 400, body = Problem))
)]
pub(super) async fn uses(
    State(service): State<Shared>,
    Query(of): Query<OfSeal>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<uses::Use>>> {
    let (asked, rules) = (page.clone(), Arc::clone(&service.rules));
    let page = told(&service, None, move |_, view| {
        asked.cut(view.uses(of.seal.as_deref(), &rules).into_iter())
    });
    Ok(Json(page.await??))
}

/// Which clocks are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ClockFilter {
    /// Also what was done, in time and too late.
    #[serde(default)]
    all: bool,
    /// Only what is overdue.
    #[serde(default)]
    overdue: bool,
}

/// A line of the clocks.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(super) struct Due(Clock);

/// What is due on a day, of whom and why; what is overdue first.
#[utoipa::path(
    get, path = "/clocks", tag = "register", params(OfSeal, ClockFilter, Day, PageQuery),
    responses((status = 200, body = Page<Due>), (status = 400, body = Problem))
)]
pub(super) async fn clocks(
    State(service): State<Shared>,
    Query(of): Query<OfSeal>,
    Query(filter): Query<ClockFilter>,
    Query(day): Query<Day>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Due>>> {
    let (asked, rules) = (page.clone(), Arc::clone(&service.rules));
    let page = told(&service, day.on, move |_, view| {
        let fits = |clock: &Clock| {
            of.seal.as_ref().is_none_or(|seal| *seal == clock.seal)
                && (filter.all || due::is_open(clock))
                && (!filter.overdue || due::is_overdue(clock))
        };
        let clocks = view.clocks(&rules).into_iter();
        asked.cut(clocks.filter(fits).map(Due))
    });
    Ok(Json(page.await??))
}

/// Which inspections are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfBody {
    /// Of this body.
    body: Option<String>,
}

/// Inspections with what they found, as they stand on a day.
#[utoipa::path(
    get, path = "/inspections", tag = "register", params(OfBody, Day, PageQuery),
    responses((status = 200, body = Page<inspections::Line>), (status = 400, body = Problem))
)]
pub(super) async fn inspections(
    State(service): State<Shared>,
    Query(of): Query<OfBody>,
    Query(day): Query<Day>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<inspections::Line>>> {
    let asked = page.clone();
    let page = told(&service, day.on, move |_, view| {
        asked.cut(view.inspections(of.body.as_deref()).into_iter())
    });
    Ok(Json(page.await??))
}
