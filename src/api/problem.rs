//! What went wrong, as RFC 9457 problem details: a stable code, a sentence, and the request's number.

use std::num::NonZeroU32;

use axum::Json;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts;
use crate::registry::Told;
use crate::storage;
use crate::storage::blobs;
use crate::storage::scans;

/// A problem. `type` names its code, which stays; `detail` is for people, and may be worded anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// A URN of the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the status says.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The code: programs go by it.
    code: &'static str,
    /// What was wrong, and what to do.
    detail: String,
    /// What was wrong, by a code of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<Box<Told>>,
    /// The request's number, which the log has too.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Seconds after which trying again may help.
    #[serde(skip)]
    retry_after: Option<NonZeroU32>,
}

/// What handlers answer.
pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// A problem with a status, a code and a sentence.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:antin:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            because: None,
            request_id: None,
            retry_after: None,
        }
    }

    /// There is no such thing, or none that the caller may see: both look the same from outside.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let detail = format!("there is no such {what}, or it is not yours to see");
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// The request cannot be understood.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// What is asked does not fit what is.
    #[must_use]
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// There is too much to do: try again in so many seconds.
    #[must_use]
    pub fn busy(code: &'static str, detail: impl Into<String>, seconds: u32) -> Self {
        Self {
            retry_after: NonZeroU32::new(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
        }
    }

    /// The program's own failure: what it was goes to the log, not to the caller.
    #[must_use]
    pub fn failure(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            causes.push_str(": ");
            causes.push_str(&error.to_string());
            cause = error.source();
        }
        tracing::error!(causes, "a request failed");
        let detail = "the program failed; the log has more under this request's number";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failure", detail)
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Its sentence.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same with what was wrong, by a code of its own.
    #[must_use]
    pub fn because(mut self, told: Told) -> Self {
        self.because = Some(Box::new(told));
        self
    }

    /// The same with the request's number.
    #[must_use]
    pub fn of_request(mut self, request_id: Option<&str>) -> Self {
        self.request_id = request_id.map(ToOwned::to_owned);
        self
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What a refusal says at most.
const WORDS_BYTES_MAX: usize = 4 << 10;

/// An answer that refuses, as a problem: also where the body, a path or a query was refused before a handler saw it.
pub(super) async fn worded(response: Response) -> Response {
    let status = response.status();
    let refuses = status.is_client_error() || status.is_server_error();
    if !refuses || response.extensions().get::<Problem>().is_some() {
        return response;
    }
    let code = match status {
        StatusCode::BAD_REQUEST => "bad_request",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::REQUEST_TIMEOUT => "too_slow",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "other_type",
        StatusCode::UNPROCESSABLE_ENTITY => "unfit_value",
        _ => "refused",
    };
    let (parts, body) = response.into_parts();
    let said = axum::body::to_bytes(body, WORDS_BYTES_MAX).await;
    let said = said
        .ok()
        .and_then(|said| String::from_utf8(said.into()).ok());
    let said = said.filter(|said| !said.is_empty());
    let said = said.unwrap_or_else(|| status.canonical_reason().unwrap_or("refused").to_owned());
    let mut response = Problem::new(status, code, said).into_response();
    if let Some(allowed) = parts.headers.get(header::ALLOW) {
        response
            .headers_mut()
            .insert(header::ALLOW, allowed.clone());
    }
    response
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.get()));
        }
        // So that it can be worded anew with the request's number, or as a page.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        if let storage::Error::Accounts(error) = error {
            return error.into();
        }
        Self::failure(&error)
    }
}

impl From<scans::Error> for Problem {
    fn from(error: scans::Error) -> Self {
        match error {
            scans::Error::Storage(error) => error.into(),
            scans::Error::Blobs(error) => error.into(),
        }
    }
}

impl From<accounts::Error> for Problem {
    fn from(error: accounts::Error) -> Self {
        match error {
            accounts::Error::Random => Self::failure(&error),
            accounts::Error::Office { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no_such_office",
                error.to_string(),
            ),
            accounts::Error::Login { .. }
            | accounts::Error::Role { .. }
            | accounts::Error::Text { .. }
            | accounts::Error::Password { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unfit_value",
                error.to_string(),
            ),
        }
    }
}

impl From<blobs::Error> for Problem {
    fn from(error: blobs::Error) -> Self {
        match error {
            blobs::Error::TooLarge(bytes) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!(
                    "more than {bytes} bytes: split the document, or scan it at a lower resolution"
                ),
            ),
            blobs::Error::Broken(_) => Self::new(
                StatusCode::BAD_REQUEST,
                "upload_broken",
                "the bytes did not arrive whole: send them again",
            ),
            blobs::Error::Missing(_) => Self::not_found("scan"),
            other @ (blobs::Error::Place(_)
            | blobs::Error::File { .. }
            | blobs::Error::Bucket(_)) => Self::failure(&other),
        }
    }
}
