//! Tokens by which programs act for people.

use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::Action;
use crate::accounts::secret;
use crate::accounts::token;
use crate::accounts::token::Token;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;

/// A token, but for what it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Listed {
    /// Its name in records, from its digest.
    id: String,
    /// For whom it acts.
    login: String,
    /// What it is for.
    name: String,
    /// When it was made.
    created_at: String,
    /// From when it is good no more.
    expires_at: String,
    /// When it was revoked.
    revoked_at: Option<String>,
    /// When it was last used, to the day.
    used_at: Option<String>,
}

impl From<&Token> for Listed {
    fn from(token: &Token) -> Self {
        Self {
            id: token.id(),
            login: token.login.to_string(),
            name: token.name.clone(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
            used_at: token.used_at.map(|at| at.to_string()),
        }
    }
}

/// A token to make.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Making {
    /// What it is for.
    name: String,
    /// How many days it is good for: 1 to 366, 90 where nothing is said.
    days: Option<u32>,
}

/// A token that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Made {
    /// What it is: shown this once.
    token: String,
    /// What is kept of it.
    #[serde(flatten)]
    listed: Listed,
}

/// Whose tokens are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Everybody's, for administrators.
    #[serde(default)]
    all: bool,
}

/// The caller's tokens, or everybody's.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", params(Whose),
    responses((status = 200, body = Vec<Listed>), (status = 403, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(whose): Query<Whose>,
) -> Answer<Json<Vec<Listed>>> {
    let person = &caller.person;
    let tokens = if whose.all {
        caller.may(Action::RevokeTokens)?;
        service.store.tokens(None).await?
    } else {
        service.store.tokens(Some(&person.login)).await?
    };
    Ok(Json(tokens.iter().map(Listed::from).collect()))
}

/// Make a token for oneself.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens", request_body = Making,
    responses((status = 201, body = Made), (status = 422, body = Problem))
)]
pub(super) async fn make(
    State(service): State<Shared>,
    caller: Caller,
    Json(making): Json<Making>,
) -> Answer<(StatusCode, Json<Made>)> {
    let act = caller.act();
    let days = making.days.unwrap_or(token::DAYS);
    let login = caller.person.login.clone();
    let (token, shown) = Token::make(login, &making.name, (act.at, days), secret::system)?;
    service.store.keep_token(&token, &act).await?;
    let made = Made {
        token: shown,
        listed: Listed::from(&token),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke a token: one's own, or anybody's as an administrator.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens",
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn revoke(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    let person = &caller.person;
    let is_keeper = Action::RevokeTokens.is_allowed(person.role);
    let owner = (!is_keeper).then_some(&person.login);
    if service
        .store
        .revoke_token(&id, owner, &caller.act())
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("token"))
    }
}
