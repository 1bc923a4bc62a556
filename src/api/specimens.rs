//! Specimens of registered seals; every one that is seen is written down.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::documents::attachment;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::audit::Deed;
use crate::storage::StoredSpecimen;

/// A specimen, but for its picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Listed {
    /// SHA-256 of its file.
    sha256: String,
    /// The resolution as stated.
    stated_dpi: Option<f64>,
}

/// A seal's specimens, first registered first.
#[utoipa::path(
    get, path = "/seals/{id}/specimens", tag = "register",
    responses((status = 200, body = Vec<Listed>), (status = 404, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Listed>>> {
    let specimens = specimens(&service, &id).await?;
    let listed = specimens.into_iter().map(|specimen| Listed {
        sha256: specimen.sha256,
        stated_dpi: specimen.stated_dpi,
    });
    Ok(Json(listed.collect()))
}

/// A specimen's scan, as it was registered.
#[utoipa::path(
    get, path = "/seals/{id}/specimens/{sha256}", tag = "register",
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem))
)]
pub(super) async fn scan(
    State(service): State<Shared>,
    caller: Caller,
    Path((id, sha256)): Path<(String, String)>,
) -> Answer<Response> {
    let specimens = specimens(&service, &id).await?;
    if !specimens.iter().any(|specimen| specimen.sha256 == sha256) {
        return Err(Problem::not_found("specimen"));
    }
    // Written down first: nothing is shown that nobody can ask about.
    let detail = json!({ "specimens": [sha256] });
    caller
        .logged(&service, Deed::SpecimenRead, &id, detail)
        .await?;
    let (name, holder) = (sha256.clone(), Arc::clone(&service));
    let read = tokio::task::spawn_blocking(move || holder.store.files().read(&sha256));
    let bytes = read.await.map_err(|error| Problem::failure(&error))??;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(header::CONTENT_DISPOSITION, attachment(&name));
    Ok(response)
}

async fn specimens(service: &Shared, id: &str) -> Answer<Vec<StoredSpecimen>> {
    let rows = service.registers.rows().await?;
    let seal = rows.seal(id).ok_or_else(|| Problem::not_found("seal"))?;
    Ok(seal.specimens.clone())
}
