//! Who works here.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::accounts::Person;
use crate::accounts::Role;
use crate::api::Shared;
use crate::api::problem::Answer;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// A person in a line.
struct Line {
    login: String,
    name: String,
    role: &'static str,
    said: &'static str,
    office: String,
    since: String,
    is_disabled: bool,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    lines: Vec<Line>,
    roles: Vec<(&'static str, &'static str)>,
}

/// Everybody, those who may not sign in any more at the end.
pub(super) async fn page(State(service): State<Shared>, shell: Shell) -> Answer<Html<String>> {
    let people = service.store.people().await?;
    let mut lines: Vec<Line> = people.iter().map(|own| line(&shell, own)).collect();
    lines.sort_by_key(|own| own.is_disabled);
    let roles = Role::ALL.map(|role| (role.name(), shell.t(role_key(role))));
    drawn(&PeoplePage {
        lines,
        roles: roles.to_vec(),
        shell,
    })
}

fn line(shell: &Shell, person: &Person) -> Line {
    Line {
        login: person.login.to_string(),
        name: person.name.clone(),
        role: person.role.name(),
        said: shell.t(role_key(person.role)),
        office: person.office.clone().unwrap_or_default(),
        since: shell.instant(&person.created_at.to_string()),
        is_disabled: person.disabled_at.is_some(),
    }
}

const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Inspector => "web.role.inspector",
        Role::Registrar => "web.role.registrar",
        Role::Auditor => "web.role.auditor",
        Role::Administrator => "web.role.administrator",
    }
}
