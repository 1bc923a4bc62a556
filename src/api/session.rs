//! Signing in and out, who one is, and choosing passwords.

use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::Action;
use crate::accounts::Login;
use crate::accounts::Person;
use crate::accounts::Role;
use crate::accounts::Secret;
use crate::accounts::link::Purpose;
use crate::accounts::secret;
use crate::accounts::session;
use crate::api::Service;
use crate::api::Shared;
use crate::api::guard::Origin;
use crate::api::identity::Caller;
use crate::api::identity::Via;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::storage;
use crate::storage::accounts::Attempt;
use crate::storage::accounts::NewPerson;
use crate::storage::accounts::Recognised;
use crate::storage::accounts::SignIn;
use crate::storage::accounts::Welcomed;

/// Who somebody is, and what they may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// What they sign in with.
    login: String,
    /// What they are called.
    name: String,
    /// Their role.
    role: &'static str,
    /// The body that they work for.
    office: Option<String>,
    /// What their role may do.
    may: Vec<String>,
    /// To be sent as `X-CSRF-Token` with every request that changes something; null for tokens, which need none.
    csrf: Option<String>,
}

impl Me {
    fn of(person: &Person, csrf: Option<String>) -> Self {
        let allowed = Action::all().filter(|action| action.is_allowed(person.role));
        Self {
            login: person.login.to_string(),
            name: person.name.clone(),
            role: person.role.name(),
            office: person.office.clone(),
            may: allowed.map(|action| action.name().to_owned()).collect(),
            csrf,
        }
    }
}

/// What somebody signs in with.
#[derive(Clone, Deserialize, ToSchema)]
pub(super) struct Credentials {
    /// Their login.
    login: String,
    /// Their password.
    password: String,
}

/// A link, and what is chosen by it.
#[derive(Clone, Deserialize, ToSchema)]
pub(super) struct Welcome {
    /// What stands behind `#` in the link.
    link: String,
    /// The password that is chosen.
    password: String,
    /// The login that the first administrator chooses.
    login: Option<String>,
    /// What the first administrator is called.
    name: Option<String>,
}

/// A link.
#[derive(Clone, Deserialize, ToSchema)]
pub(super) struct Asked {
    /// What stands behind `#` in the link.
    link: String,
}

/// What a link is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LinkPurpose {
    /// `first_administrator` or `password`.
    purpose: &'static str,
    /// Whose password is chosen.
    login: Option<String>,
}

/// A password to choose in place of one's own.
#[derive(Clone, Deserialize, ToSchema)]
pub(super) struct Renewal {
    /// The password so far.
    old: String,
    /// The new one.
    new: String,
}

/// Sign in: the answer sets the session's cookie.
#[utoipa::path(
    post, path = "/session", tag = "session", request_body = Credentials,
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 429, body = Problem))
)]
pub(super) async fn begin(
    State(service): State<Shared>,
    Extension(Origin(address)): Extension<Origin>,
    Json(credentials): Json<Credentials>,
) -> Answer<Response> {
    let now = Timestamp::now();
    let attempt = Attempt {
        login: credentials.login,
        password: credentials.password,
        address: Some(address),
    };
    match service.store.sign_in(attempt, now, secret::system).await? {
        SignIn::Begun { secret, person } => {
            let csrf = session::csrf(&secret).show();
            let mut response = Json(Me::of(&person, Some(csrf))).into_response();
            let cookie = cookie(&service, Some(&secret));
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            Ok(response)
        }
        SignIn::Refused => Err(wrong()),
        SignIn::Wait { until } => Err(wait(until, now)),
    }
}

/// Who one is.
#[utoipa::path(
    get, path = "/session", tag = "session",
    responses((status = 200, body = Me), (status = 401, body = Problem))
)]
pub(super) async fn show(caller: Caller) -> Json<Me> {
    let csrf = match &caller.via {
        Via::Session { csrf, .. } => Some(csrf.clone()),
        Via::Token(_) => None,
    };
    Json(Me::of(&caller.person, csrf))
}

/// Sign out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(super) async fn end(State(service): State<Shared>, caller: Caller) -> Answer<Response> {
    if let Via::Session { digest, .. } = &caller.via {
        service.store.end_session(digest, &caller.act()).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = cookie(&service, None);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What a link is for, if it is good.
#[utoipa::path(
    post, path = "/session/link", tag = "session", request_body = Asked,
    responses((status = 200, body = LinkPurpose), (status = 404, body = Problem))
)]
pub(super) async fn link(
    State(service): State<Shared>,
    Json(asked): Json<Asked>,
) -> Answer<Json<LinkPurpose>> {
    let purpose = match Secret::read(&asked.link) {
        Some(secret) => {
            service
                .store
                .link(&secret.digest(), Timestamp::now())
                .await?
        }
        None => None,
    };
    match purpose {
        Some(Purpose::FirstAdministrator) => Ok(Json(LinkPurpose {
            purpose: "first_administrator",
            login: None,
        })),
        Some(Purpose::Password { login }) => Ok(Json(LinkPurpose {
            purpose: "password",
            login: Some(login.to_string()),
        })),
        None => Err(no_link()),
    }
}

/// Choose a password by a link; the first administrator chooses a login as well.
#[utoipa::path(
    post, path = "/session/welcome", tag = "session", request_body = Welcome,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn welcome(
    State(service): State<Shared>,
    Json(welcome): Json<Welcome>,
) -> Answer<StatusCode> {
    let now = Timestamp::now();
    let secret = Secret::read(&welcome.link).ok_or_else(no_link)?;
    let digest = secret.digest();
    // Nothing is hashed for who has no link.
    let purpose = service
        .store
        .link(&digest, now)
        .await?
        .ok_or_else(no_link)?;
    let welcomed = match purpose {
        Purpose::Password { login } => {
            let hash = storage::accounts::chosen(welcome.password, login, secret::system);
            let hash = hash.await?;
            service.store.use_password_link(&digest, &hash, now).await?
        }
        Purpose::FirstAdministrator => {
            let login: Login = welcome.login.unwrap_or_default().parse()?;
            let name = welcome.name.unwrap_or_else(|| login.to_string());
            let role = (Role::Administrator, None);
            let person = Person::new(login.clone(), &name, role, now)?;
            let hash = storage::accounts::chosen(welcome.password, login, secret::system);
            let password = Some(hash.await?);
            let new = NewPerson { person, password };
            service.store.use_first_link(&digest, &new, now).await?
        }
    };
    match welcomed {
        Welcomed::Done(_) => Ok(StatusCode::NO_CONTENT),
        Welcomed::NoLink => Err(no_link()),
        Welcomed::Taken => Err(Problem::conflict("login_taken", "the login is taken")),
    }
}

/// Choose another password; other sessions end.
#[utoipa::path(
    put, path = "/session/password", tag = "session", request_body = Renewal,
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn renew(
    State(service): State<Shared>,
    Extension(Origin(address)): Extension<Origin>,
    caller: Caller,
    Json(renewal): Json<Renewal>,
) -> Answer<StatusCode> {
    let act = caller.act();
    let login = caller.person.login.clone();
    let attempt = Attempt {
        login: login.to_string(),
        password: renewal.old,
        address: Some(address),
    };
    match service.store.recognised(attempt, act.at).await? {
        Recognised::Person(_) => {}
        Recognised::Refused => return Err(wrong()),
        Recognised::Wait { until } => return Err(wait(until, act.at)),
    }
    let hash = storage::accounts::chosen(renewal.new, login.clone(), secret::system);
    let hash = hash.await?;
    let kept = match &caller.via {
        Via::Session { digest, .. } => Some(digest.hex()),
        Via::Token(_) => None,
    };
    let chosen = (&hash, kept.as_deref());
    service.store.set_password(&login, chosen, &act).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The cookie that begins a session, or ends it.
pub(super) fn cookie(service: &Service, secret: Option<&Secret>) -> HeaderValue {
    let (value, time) = match secret {
        Some(secret) => (secret.show(), session::WHOLE),
        None => (String::new(), SignedDuration::ZERO),
    };
    cookie_of(service, (service.cookie(), &value), time)
}

/// A cookie with a secret as its value, or none, which scripts do not see.
pub(super) fn cookie_of(
    service: &Service,
    (name, value): (&str, &str),
    time: SignedDuration,
) -> HeaderValue {
    let secure = if service.site.is_secure {
        "; Secure"
    } else {
        ""
    };
    let seconds = time.as_secs();
    // Lax: a link in a message leads to the page, as does a provider's redirection; whatever changes something needs the token as well.
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("a secret is shown in characters that headers may have")
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "sign_in_refused",
        "login or password is wrong",
    )
}

fn wait(until: Timestamp, now: Timestamp) -> Problem {
    let seconds = until.duration_since(now).as_secs().max(0) + 1;
    Problem::busy(
        "sign_in_wait",
        "too many attempts failed: this one was not looked at",
        u32::try_from(seconds).unwrap_or(u32::MAX),
    )
}

fn no_link() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_link",
        "the link was used, is too old, or is none: ask the administrator for another",
    )
}
