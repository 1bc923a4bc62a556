//! What inspectors think of impressions before they see what the program says, and the control cases among documents.

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::reports::report_of;
use crate::storage::opinions::Opinion;
use crate::storage::opinions::Saying;
use crate::words::names;

/// What somebody thinks.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(super) struct Giving {
    /// The registered die, another, or not to be told.
    said: Saying,
}

/// What is known of a control case.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(super) struct Control {
    /// What made its seals; null where it is no control case any more.
    truth: Option<Saying>,
}

/// Say what one thinks of an impression, counted from 0 as in the report; of several opinions a person's first counts.
#[utoipa::path(
    post, path = "/documents/{id}/impressions/{impression}/opinion", tag = "decisions", request_body = Giving,
    responses((status = 201, body = Vec<Opinion>), (status = 404, body = Problem))
)]
pub(super) async fn give(
    State(service): State<Shared>,
    caller: Caller,
    Path((id, impression)): Path<(String, usize)>,
    Json(giving): Json<Giving>,
) -> Answer<(StatusCode, Json<Vec<Opinion>>)> {
    let document = own(&service, &caller, &id).await?;
    let report = report_of(&service, &caller, &id).await?;
    let record = report.impressions.get(impression);
    let record = record.ok_or_else(|| Problem::not_found("impression"))?;
    let program = names::conclusion(record.conclusion);
    let program = program.rsplit('.').next().unwrap_or_default();
    let opinion = (impression, giving.said, program);
    let act = caller.act();
    service.store.give_opinion(&document, opinion, &act).await?;
    let given = service.store.opinions_on(&document, caller.login()).await?;
    Ok((StatusCode::CREATED, Json(given)))
}

/// Make a document a control case, of which is known what made its seals, or take that back.
#[utoipa::path(
    put, path = "/documents/{id}/control", tag = "decisions", request_body = Control,
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn control(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(control): Json<Control>,
) -> Answer<StatusCode> {
    let document = own(&service, &caller, &id).await?;
    let act = caller.act();
    service
        .store
        .set_control(&document, control.truth, &act)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
