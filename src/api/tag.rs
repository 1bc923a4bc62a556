//! Entity tags: what somebody edits must be what they saw (RFC 9110, 8.8.3 and 13.1.1).

use axum::Json;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Serialize;

use crate::api::problem::Problem;
use crate::storage::SpecimenFiles;

/// The tag of a value: of its JSON.
#[must_use]
pub(super) fn tag(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut digest = SpecimenFiles::digest(text.as_bytes());
    digest.truncate(32);
    format!("\"{digest}\"")
}

/// A value with its tag; nothing but the tag, if that is what the caller has.
#[must_use]
pub(super) fn tagged(value: &impl Serialize, headers: &HeaderMap) -> Response {
    let tag = tag(value);
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.split(',').any(|known| known.trim() == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(value).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Whether the caller changes what is there now: `If-Match` must name its tag.
///
/// # Errors
/// If it does not, or is missing.
pub(super) fn matches(value: &impl Serialize, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(expected) = headers.get(header::IF_MATCH) else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if_match_required",
            "read it first, and send its ETag as If-Match: so that nobody's change is lost",
        ));
    };
    let tag = tag(value);
    let expected = expected.to_str().unwrap_or_default();
    if expected
        .split(',')
        .any(|one| one.trim() == tag || one.trim() == "*")
    {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "changed_since",
        "it has changed since it was read: read it again",
    ))
}
