//! Tokens by which programs act for the reader, and the reader's own password.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// A token in a line.
struct Line {
    id: String,
    name: String,
    made: String,
    until: String,
    used: String,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    lines: Vec<Line>,
}

/// The reader's tokens, those that are good first.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
) -> Answer<Html<String>> {
    let tokens = service.store.tokens(Some(&caller.person.login)).await?;
    let now = caller.act().at;
    let line = |own: &crate::accounts::token::Token| Line {
        id: own.id(),
        name: own.name.clone(),
        made: shell.instant(&own.created_at.to_string()),
        until: shell.instant(&own.expires_at.to_string()),
        used: own
            .used_at
            .map_or_else(String::new, |at| shell.instant(&at.to_string())),
        is_good: own.revoked_at.is_none() && own.expires_at > now,
    };
    let mut lines: Vec<Line> = tokens.iter().map(line).collect();
    lines.sort_by_key(|own| !own.is_good);
    drawn(&TokensPage { shell, lines })
}
