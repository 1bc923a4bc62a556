//! What was found on a document, as JSON.

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use serde_json::json;

use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::audit::Deed;
use crate::verify::Report;

/// The latest report on a caller's document.
pub(super) async fn report_of(service: &Shared, caller: &Caller, id: &str) -> Answer<Report> {
    let document = own(service, caller, id).await?;
    let report = service.store.report(&document).await?;
    let report = report.ok_or_else(|| {
        Problem::conflict(
            "not_examined",
            "it has not been examined yet: look at its job",
        )
    })?;
    caller
        .logged(service, Deed::DocumentRead, id, json!({}))
        .await?;
    Ok(report)
}

/// The latest report on a document: antin.report/1, whose JSON Schema is `docs/report.schema.json`.
#[utoipa::path(
    get, path = "/documents/{id}/report", tag = "documents",
    responses((status = 200, body = Value), (status = 409, body = Problem, description = "Not examined yet"))
)]
pub(super) async fn json(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Report>> {
    Ok(Json(report_of(&service, &caller, &id).await?))
}
