//! Signing in by a provider of OpenID Connect, and saying what it calls people.
//!
//! Browsers come here by links and redirections, so what goes wrong is told by the page where people sign in.

use axum::Extension;
use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::Login;
use crate::accounts::Secret;
use crate::accounts::guessing::Guesser;
use crate::accounts::secret;
use crate::api::Service;
use crate::api::Shared;
use crate::api::guard::Origin;
use crate::api::identity;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::session;
use crate::api::tag;
use crate::openid;
use crate::openid::Provider;
use crate::storage::accounts::Identified;
use crate::storage::accounts::SignIn;
use crate::storage::accounts::Vouched;

/// Time within which somebody must come back. Chosen: a password, a second factor, and a message to wait for.
const AWAY: SignedDuration = SignedDuration::from_mins(10);
/// Letters of what a provider calls somebody (OpenID Connect Core 1.0, 2: `sub` has at most 255).
const SUBJECT_MAX: usize = 255;

/// Why nobody was signed in, as the page where people sign in tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// It was not begun in this browser, too long ago, or came back before.
    NotBegun,
    /// The provider did not let them, or they did not want to.
    Declined,
    /// The provider did not prove who it is.
    Unproven,
    /// Nobody here is known by that, or may not sign in.
    NoAccount,
    /// Too many attempts failed.
    Wait,
    /// The provider does not answer.
    Silent,
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::Declined => "declined",
            Self::Unproven => "unproven",
            Self::NoAccount => "no_account",
            Self::Wait => "wait",
            Self::Silent => "silent",
        }
    }
}

fn provider(service: &Service) -> Answer<&Provider> {
    let provider = service.provider.as_ref();
    provider.ok_or_else(|| Problem::not_found("provider of OpenID Connect"))
}

/// Sign in by the provider: leads there.
#[utoipa::path(
    get, path = "/session/openid", tag = "session",
    responses((status = 303, description = "To the provider, or back to the page for signing in"), (status = 404, body = Problem))
)]
pub(super) async fn begin(State(service): State<Shared>) -> Answer<Response> {
    let provider = provider(&service)?;
    let secret = Secret::draw(secret::system)?;
    let address = match provider.departure(&secret).await {
        Ok(address) => address,
        Err(error) => return Ok(refused(&service, told(&error))),
    };
    let now = Timestamp::now();
    service
        .store
        .depart(&secret.digest(), now, now + AWAY)
        .await?;
    let mut response = Redirect::to(&address).into_response();
    let kept = cookie(&service, Some(&secret));
    response.headers_mut().insert(header::SET_COOKIE, kept);
    Ok(response)
}

/// What the provider sends somebody back with.
#[derive(Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Return {
    /// The code by which this service asks the provider who it is.
    #[serde(default)]
    code: String,
    /// What they left with.
    #[serde(default)]
    state: String,
    /// Why the provider does not say who it is.
    error: Option<String>,
}

/// Where the provider sends people back to: begins their session and leads to the first page, or tells why not.
#[utoipa::path(
    get, path = "/session/openid/back", tag = "session", params(Return),
    responses((status = 303, description = "To the first page, or to the page for signing in"), (status = 404, body = Problem))
)]
pub(super) async fn back(
    State(service): State<Shared>,
    Extension(Origin(address)): Extension<Origin>,
    headers: HeaderMap,
    Query(returned): Query<Return>,
) -> Answer<Response> {
    let provider = provider(&service)?;
    let now = Timestamp::now();
    // Whoever was sent here by another site left with nothing, or with something else.
    let left = identity::cookie(&headers, cookie_name(&service));
    let left = left.and_then(|kept| Secret::read(&kept));
    let left = left.filter(|secret| {
        Secret::read(&returned.state).is_some_and(|state| state.is(&openid::state(secret)))
    });
    let Some(left) = left else {
        return Ok(refused(&service, Refusal::NotBegun));
    };
    if !service.store.arrive(&left.digest(), now).await? {
        return Ok(refused(&service, Refusal::NotBegun));
    }
    if returned.error.is_some() || returned.code.is_empty() {
        return Ok(refused(&service, Refusal::Declined));
    }
    let guesser = [Guesser::Address(address)];
    if service.store.begin_attempt(&guesser, now).await?.is_some() {
        return Ok(refused(&service, Refusal::Wait));
    }
    let arrived = provider.arrival(returned.code, &left).await;
    let refusal = arrived.as_ref().err().map(told);
    if refusal == Some(Refusal::Silent) {
        service.store.attempt_was_right(&guesser).await?;
        return Ok(refused(&service, Refusal::Silent));
    }
    let vouched = Vouched {
        issuer: provider.issuer(),
        subject: arrived.as_deref().ok(),
        address,
    };
    let begun = service.store.sign_in_by(vouched, now, secret::system);
    let SignIn::Begun { secret, .. } = begun.await? else {
        return Ok(refused(&service, refusal.unwrap_or(Refusal::NoAccount)));
    };
    service.store.attempt_was_right(&guesser).await?;
    let begun = session::cookie(&service, Some(&secret));
    let mut response = led(&service, "/");
    response.headers_mut().append(header::SET_COOKIE, begun);
    Ok(response)
}

/// What the provider calls somebody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Identity {
    /// The `sub` of its tokens; null where they cannot sign in by it.
    subject: Option<String>,
}

async fn kept(service: &Service, login: &str) -> Answer<(Login, Identity)> {
    let issuer = provider(service)?.issuer();
    let login: Option<Login> = login.parse().ok();
    let person = match &login {
        Some(login) => service.store.person(login).await?,
        None => None,
    };
    let person = person.ok_or_else(|| Problem::not_found("person"))?;
    let subject = service.store.identity(&person.login, issuer).await?;
    Ok((person.login, Identity { subject }))
}

/// What the provider calls a person.
#[utoipa::path(
    get, path = "/people/{login}/identity", tag = "people",
    responses((status = 200, body = Identity), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    Path(login): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (_, identity) = kept(&service, &login).await?;
    Ok(tag::tagged(&identity, &headers))
}

/// Say what the provider calls a person, so that they can sign in by it; their sessions end.
#[utoipa::path(
    put, path = "/people/{login}/identity", tag = "people", request_body = Identity,
    params(("If-Match" = String, Header, description = "The identity's ETag")),
    responses((status = 200, body = Identity), (status = 409, body = Problem), (status = 412, body = Problem))
)]
pub(super) async fn identify(
    State(service): State<Shared>,
    caller: Caller,
    Path(login): Path<String>,
    headers: HeaderMap,
    Json(identity): Json<Identity>,
) -> Answer<Response> {
    let (login, seen) = kept(&service, &login).await?;
    tag::matches(&seen, &headers)?;
    let subject = identity.subject.as_deref();
    let is_unfit = |subject: &str| {
        let count = subject.chars().count();
        count == 0 || count > SUBJECT_MAX || subject.contains(char::is_control)
    };
    if subject.is_some_and(is_unfit) {
        let detail = format!("`subject` must have 1 to {SUBJECT_MAX} letters");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "unfit_value", detail));
    }
    let said = (provider(&service)?.issuer(), subject);
    match service.store.identify(&login, said, &caller.act()).await? {
        Identified::Done => Ok(tag::tagged(&identity, &HeaderMap::new())),
        Identified::Taken => Err(Problem::conflict(
            "identity_taken",
            "the provider's person is somebody else here",
        )),
        Identified::Unknown => Err(Problem::not_found("person")),
    }
}

/// What the log is told of a failure, and what people are.
fn told(error: &openid::Error) -> Refusal {
    match error {
        openid::Error::Unproven(_) => {
            tracing::warn!(%error, "a sign-in was refused");
            Refusal::Unproven
        }
        openid::Error::Provider { .. } | openid::Error::Setting { .. } => {
            tracing::error!(%error, "nobody can sign in by the provider");
            Refusal::Silent
        }
    }
}

/// To the page where people sign in, which tells why.
fn refused(service: &Service, refusal: Refusal) -> Response {
    led(service, &format!("/sign-in?refused={}", refusal.code()))
}

/// To a page of this service, with nothing left of the way to the provider.
fn led(service: &Service, address: &str) -> Response {
    let mut response = Redirect::to(address).into_response();
    let gone = cookie(service, None);
    response.headers_mut().insert(header::SET_COOKIE, gone);
    response
}

const fn cookie_name(service: &Service) -> &'static str {
    if service.site.is_secure {
        "__Host-antin-away"
    } else {
        "antin-away"
    }
}

/// What a browser keeps until it comes back, and scripts do not see.
fn cookie(service: &Service, secret: Option<&Secret>) -> HeaderValue {
    let (value, time) = match secret {
        Some(secret) => (secret.show(), AWAY),
        None => (String::new(), SignedDuration::ZERO),
    };
    session::cookie_of(service, (cookie_name(service), &value), time)
}
