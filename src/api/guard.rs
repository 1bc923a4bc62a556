//! What holds for every request: its number, its place, its line in the log, and headers that keep browsers careful.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use axum::extract::ConnectInfo;
use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::problem;
use crate::api::problem::Problem;
use crate::api::unread;
use crate::api::uploads;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Scripts, styles and pictures of this service alone; nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
                      connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(), microphone=()",
    ),
];

/// Where a request came from, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin(pub IpAddr);

/// The outermost layer.
pub(super) async fn guard(
    State(service): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = Uuid::new_v4().simple().to_string();
    let origin = origin(&service, &request);
    request.extensions_mut().insert(Origin(origin));
    let method = request.method().clone();
    // The route, never the path: that may hold names.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let (request, rest) = unread::lent(request);
    let response = match service.limits.request(origin) {
        Ok(_place) => problem::worded(next.run(request).await).await,
        Err(problem) => {
            drop(request);
            problem.into_response()
        }
    };
    let mut response = numbered(response, &id);
    let refusal = response.status();
    let status = refusal.as_u16();
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status, milliseconds, request_id = id, "request");
    metrics::histogram!("antin_request_seconds", "route" => route).record(began.elapsed());
    metrics::counter!("antin_requests_total", "status" => status.to_string()).increment(1);
    let headers = response.headers_mut();
    // Who said nothing for long is not waited for once more.
    let is_silent = refusal == StatusCode::REQUEST_TIMEOUT;
    if let Some(rest) = rest.filter(|_| status >= 400)
        && (is_silent
            || !rest
                .thrown_away(refusal, service.limits.bounds.silence)
                .await)
    {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if service.site.is_secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The answer with the request's number, in its problem too if it is one.
fn numbered(response: Response, id: &str) -> Response {
    let problem = response.extensions().get::<Problem>().cloned();
    let mut response = match problem {
        Some(problem) => {
            let mut worded = problem.of_request(Some(id)).into_response();
            for name in [header::RETRY_AFTER, uploads::OFFSET] {
                if let Some(value) = response.headers().get(&name) {
                    worded.headers_mut().insert(name, value.clone());
                }
            }
            worded
        }
        None => response,
    };
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The address of whoever asks; what a proxy says of it counts only where one is trusted.
fn origin(service: &Shared, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    if !service.site.is_behind_proxy {
        return peer;
    }
    // A proxy may add a line of its own to those that it was sent: the last of the last is its word.
    let forwarded = request.headers().get_all("x-forwarded-for");
    let last = forwarded
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok());
    last.unwrap_or(peer)
}
