//! What people came to about documents, having seen them.

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
use crate::storage::reviews::Review;
use crate::storage::reviews::ReviewKind;

/// Characters of a note.
const NOTE_CHARS_MAX: usize = 2_000;

/// What somebody came to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Reviewing {
    /// What.
    kind: ReviewKind,
    /// Why, or to whom.
    #[serde(default)]
    note: String,
}

/// Why nothing of a document is taken back any more.
pub(super) fn signed_off() -> Problem {
    Problem::conflict(
        "signed_off",
        "a second person signed the document off: what stands is not taken back",
    )
}

/// Say what one came to about a document: leave it at what was found, refer it to an examiner, ask for a better scan, or
/// take back what was said, until a second person signed the document off. The latest counts; all of it stays.
#[utoipa::path(
    post, path = "/documents/{id}/reviews", tag = "decisions", request_body = Reviewing,
    responses((status = 201, body = Vec<Review>), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn add(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(reviewing): Json<Reviewing>,
) -> Answer<(StatusCode, Json<Vec<Review>>)> {
    let document = own(&service, &caller, &id).await?;
    let note = reviewing.note.trim();
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "note_long",
            format!("a note has at most {NOTE_CHARS_MAX} characters"),
        ));
    }
    let said = (reviewing.kind, note);
    if !service.store.review(&document, said, &caller.act()).await? {
        return Err(signed_off());
    }
    let reviews = service.store.reviews(&document).await?;
    Ok((StatusCode::CREATED, Json(reviews)))
}

/// What people came to about a document, the latest first.
#[utoipa::path(
    get, path = "/documents/{id}/reviews", tag = "decisions",
    responses((status = 200, body = Vec<Review>), (status = 404, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Review>>> {
    let document = own(&service, &caller, &id).await?;
    Ok(Json(service.store.reviews(&document).await?))
}
