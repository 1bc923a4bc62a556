//! Whether the service lives, whether it can work, and what it counts.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use tokio::time;

use crate::api::Shared;
use crate::api::problem::Answer;
use crate::api::problem::Problem;

/// How long database and scans have to answer. Chosen: less than whoever asks commonly waits.
const PROMPT: Duration = Duration::from_secs(5);

/// Whether the process lives.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Whether database and scans can be reached, and nobody is stopping the service.
pub(super) async fn ready(State(service): State<Shared>) -> Answer<&'static str> {
    let unready = |what: &str| {
        let detail = format!("{what}; try again later");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail)
    };
    if service.stop.is_cancelled() {
        return Err(unready("the service is being stopped"));
    }
    let revision = time::timeout(PROMPT, service.store.revision()).await;
    if !matches!(revision, Ok(Ok(_))) {
        return Err(unready("the database does not answer"));
    }
    let reachable = time::timeout(PROMPT, service.blobs.is_reachable()).await;
    if !matches!(reachable, Ok(true)) {
        return Err(unready("the scans cannot be reached"));
    }
    Ok("ok\n")
}

/// What the service counts, for Prometheus.
pub(super) async fn metrics(State(service): State<Shared>) -> Response {
    let text = service.metrics.as_ref().map(|handle| handle.render());
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, text.unwrap_or_default()).into_response()
}
