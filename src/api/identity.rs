//! Who asks, and whether they may: every request passes here before its handler sees it.

use axum::extract::FromRequestParts;
use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;

use crate::accounts::Action;
use crate::accounts::Digest;
use crate::accounts::Person;
use crate::accounts::Scope;
use crate::accounts::Secret;
use crate::accounts::session;
use crate::accounts::token;
use crate::api::Shared;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::routes;
use crate::api::routes::Access;
use crate::audit::Act;
use crate::audit::Actor;
use crate::audit::Deed;

/// The cookie of a session; the prefix keeps other hosts and plain HTTP from setting it.
pub const COOKIE_SECURE: &str = "__Host-antin";
/// The same without TLS, on one machine.
pub const COOKIE_PLAIN: &str = "antin";
/// What a request that changes something carries beside the cookie.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Whoever asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub person: Person,
    /// How they showed who they are.
    pub via: Via,
}

/// How somebody showed who they are.
#[derive(Clone, Debug)]
pub enum Via {
    /// By a browser's session.
    Session {
        /// What is kept of it.
        digest: Digest,
        /// What the pages' requests carry.
        csrf: String,
    },
    /// By a token, of this name to people.
    Token(String),
}

impl Caller {
    /// Their login.
    #[must_use]
    pub fn login(&self) -> &str {
        self.person.login.as_str()
    }

    /// The office that what they hand in belongs to; empty where they work for none.
    #[must_use]
    pub fn office(&self) -> &str {
        self.person.office.as_deref().unwrap_or_default()
    }

    /// Whether they see what belongs to an office.
    #[must_use]
    pub fn sees(&self, office: &str) -> bool {
        let office = Some(office).filter(|office| !office.is_empty());
        self.person.viewer().sees(office)
    }

    /// The office whose things they may list: their own, or the one that they ask for; `None` for all.
    ///
    /// # Errors
    /// If they ask for another's.
    pub fn scope(&self, wanted: Option<String>) -> Answer<Option<String>> {
        match self.person.viewer().scope() {
            Scope::Everything => Ok(wanted),
            Scope::Office(own) => {
                let own = own.unwrap_or_default().to_owned();
                match wanted {
                    Some(wanted) if wanted != own => Err(Problem::not_found("office")),
                    _ => Ok(Some(own)),
                }
            }
        }
    }

    /// Whether they may do something, where a route's row does not tell it all.
    ///
    /// # Errors
    /// If they may not.
    pub fn may(&self, action: Action) -> Answer<()> {
        allowed(Some(Access::Only(action)), Some(self))
    }

    /// Who they are in the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let login = self.person.login.clone();
        match &self.via {
            Via::Session { .. } => Actor::Person(login),
            Via::Token(token) => Actor::Token {
                login,
                token: token.clone(),
            },
        }
    }

    /// What they do now.
    #[must_use]
    pub fn act(&self) -> Act {
        Act {
            who: self.actor(),
            at: Timestamp::now(),
        }
    }

    /// Writes down what they do.
    ///
    /// # Errors
    /// If it cannot be written down: then it is not done.
    pub async fn logged(
        &self,
        service: &Shared,
        deed: Deed,
        subject: &str,
        detail: Value,
    ) -> Answer<()> {
        let entry = self.act().entry(deed, subject, detail);
        Ok(service.store.log(&entry).await?)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(unknown)
    }
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "not_signed_in",
        "sign in, or send a token as `Authorization: Bearer antin_…`",
    )
}

/// Lets a request through to its handler if its route's row in the table allows whoever asks.
pub(super) async fn authorise(
    State(service): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let access = path
        .as_ref()
        .and_then(|path| routes::access(request.method(), path.as_str()));
    let caller = match caller(&service, request.headers(), request.method()).await {
        Ok(caller) => caller,
        // Whoever signs in may still have the cookie or the token of before.
        Err(_) if access == Some(Access::Anyone) => None,
        Err(problem) => return problem.into_response(),
    };
    if let Err(problem) = allowed(access, caller.as_ref()) {
        return problem.into_response();
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

fn allowed(access: Option<Access>, caller: Option<&Caller>) -> Answer<()> {
    let action = match access {
        // A route that was forgotten in the table is nobody's.
        None => return Err(Problem::not_found("address")),
        Some(Access::Anyone) => return Ok(()),
        Some(Access::SignedIn) => return caller.map(|_| ()).ok_or_else(unknown),
        Some(Access::Only(action)) => action,
    };
    let caller = caller.ok_or_else(unknown)?;
    let forbidden = |code, detail: &str| Problem::new(StatusCode::FORBIDDEN, code, detail);
    if !action.is_allowed(caller.person.role) {
        return Err(forbidden(
            "role_lacks",
            "your role does not include this; ask an administrator",
        ));
    }
    if action.needs_presence() && matches!(caller.via, Via::Token(_)) {
        return Err(forbidden(
            "presence_required",
            "this needs a person who signed in, not a token",
        ));
    }
    Ok(())
}

/// Whoever asks, by cookie or token; `None` where neither is shown.
async fn caller(service: &Shared, headers: &HeaderMap, method: &Method) -> Answer<Option<Caller>> {
    let now = Timestamp::now();
    if let Some(shown) = headers.get(header::AUTHORIZATION) {
        let shown = shown.to_str().ok();
        let digest = shown
            .and_then(|shown| shown.strip_prefix("Bearer "))
            .and_then(token::digest);
        let known = match digest {
            Some(digest) => service.store.token(&digest, now).await?,
            None => None,
        };
        let (token, person) = known.ok_or_else(unknown)?;
        let via = Via::Token(token.id());
        return Ok(Some(Caller { person, via }));
    }
    let Some(secret) = cookie(headers, service.cookie()).and_then(|text| Secret::read(&text))
    else {
        return Ok(None);
    };
    let Some((kept, person)) = service.store.session(&secret.digest(), now).await? else {
        return Ok(None);
    };
    let changes = !(method.is_safe());
    let shown = headers
        .get(CSRF_HEADER)
        .and_then(|shown| shown.to_str().ok());
    if changes && !shown.is_some_and(|shown| session::is_ours(&secret, shown)) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "csrf",
            "the request did not come from a page of this service: reload the page",
        ));
    }
    let via = Via::Session {
        digest: kept.digest,
        csrf: session::csrf(&secret).show(),
    };
    Ok(Some(Caller { person, via }))
}

/// The value of a cookie.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter();
    let texts = all.filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
