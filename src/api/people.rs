//! People: who works here, adding and changing them, and links by which they choose passwords.

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::Login;
use crate::accounts::Person;
use crate::accounts::Role;
use crate::accounts::link;
use crate::accounts::link::Link;
use crate::accounts::link::Purpose;
use crate::accounts::secret;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::tag;
use crate::audit::Act;
use crate::storage::accounts::Changed;
use crate::storage::accounts::NewPerson;

/// A person, as everybody who may see people sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Shown {
    /// What they sign in with, and are named by in every record.
    login: String,
    /// What they are called.
    name: String,
    /// inspector, registrar, auditor or administrator.
    role: &'static str,
    /// The body of the register that they work for.
    office: Option<String>,
    /// Since when they may not sign in any more.
    disabled_at: Option<String>,
    /// When they were added.
    created_at: String,
}

impl From<&Person> for Shown {
    fn from(person: &Person) -> Self {
        Self {
            login: person.login.to_string(),
            name: person.name.clone(),
            role: person.role.name(),
            office: person.office.clone(),
            disabled_at: person.disabled_at.map(|at| at.to_string()),
            created_at: person.created_at.to_string(),
        }
    }
}

/// A person to add.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Adding {
    /// What they sign in with: small letters, figures and `.`, `-`, `_`, `@`.
    login: String,
    /// What they are called.
    name: String,
    /// inspector, registrar, auditor or administrator.
    role: String,
    /// The body of the register that they work for.
    office: Option<String>,
}

/// What is to be changed of a person; what is left out stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Changing {
    /// What they are called.
    name: Option<String>,
    /// Their role.
    role: Option<String>,
    /// The body that they work for; empty for none.
    office: Option<String>,
    /// Whether they are kept from signing in.
    disabled: Option<bool>,
}

/// A person, and the link by which they choose a password.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Invited {
    /// The person.
    person: Shown,
    /// Where the link leads, on this site; shown this once.
    link: String,
    /// Until when it is good.
    expires_at: String,
}

/// Everybody, those who are disabled included.
#[utoipa::path(
    get, path = "/people", tag = "people",
    responses((status = 200, body = Vec<Shown>), (status = 403, body = Problem))
)]
pub(super) async fn list(State(service): State<Shared>) -> Answer<Json<Vec<Shown>>> {
    let people = service.store.people().await?;
    Ok(Json(people.iter().map(Shown::from).collect()))
}

/// A person.
#[utoipa::path(
    get, path = "/people/{login}", tag = "people",
    responses((status = 200, body = Shown), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    Path(login): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let person = person(&service, &login).await?;
    Ok(tag::tagged(&Shown::from(&person), &headers))
}

/// Add a person, who chooses a password by the link.
#[utoipa::path(
    post, path = "/people", tag = "people", request_body = Adding,
    responses((status = 201, body = Invited), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn add(
    State(service): State<Shared>,
    caller: Caller,
    Json(adding): Json<Adding>,
) -> Answer<(StatusCode, Json<Invited>)> {
    let act = caller.act();
    let login: Login = adding.login.parse()?;
    let role: Role = adding.role.parse()?;
    let office = adding.office.filter(|office| !office.is_empty());
    let person = Person::new(login, &adding.name, (role, office), act.at)?;
    let new = NewPerson {
        person: person.clone(),
        password: None,
    };
    settled(service.store.add_person(&new, &act).await?)?;
    let invited = invited(&service, &person, &act).await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

/// Change a person's name, role or office, or keep them from signing in.
#[utoipa::path(
    patch, path = "/people/{login}", tag = "people", request_body = Changing,
    params(("If-Match" = String, Header, description = "The person's ETag")),
    responses((status = 200, body = Shown), (status = 409, body = Problem), (status = 412, body = Problem))
)]
pub(super) async fn change(
    State(service): State<Shared>,
    caller: Caller,
    Path(login): Path<String>,
    headers: HeaderMap,
    Json(changing): Json<Changing>,
) -> Answer<Response> {
    let before = person(&service, &login).await?;
    tag::matches(&Shown::from(&before), &headers)?;
    let act = caller.act();
    let role = changing.role.as_deref().map(str::parse).transpose();
    let role: Role = role?.unwrap_or(before.role);
    let office = match changing.office {
        Some(office) => Some(office).filter(|office| !office.is_empty()),
        None => before.office.clone(),
    };
    let name = changing.name.unwrap_or_else(|| before.name.clone());
    let wanted = Person::new(
        before.login.clone(),
        &name,
        (role, office),
        before.created_at,
    );
    let wanted = wanted?;
    settled(service.store.change_person(&wanted, &act).await?)?;
    match changing.disabled {
        Some(true) => settled(service.store.disable_person(&wanted.login, &act).await?)?,
        Some(false) => settled(service.store.enable_person(&wanted.login, &act).await?)?,
        None => {}
    }
    let after = person(&service, &login).await?;
    Ok(tag::tagged(&Shown::from(&after), &HeaderMap::new()))
}

/// Make a link by which a person chooses another password; links made before are good no more.
#[utoipa::path(
    post, path = "/people/{login}/link", tag = "people",
    responses((status = 201, body = Invited), (status = 404, body = Problem))
)]
pub(super) async fn invite(
    State(service): State<Shared>,
    caller: Caller,
    Path(login): Path<String>,
) -> Answer<(StatusCode, Json<Invited>)> {
    let person = person(&service, &login).await?;
    let invited = invited(&service, &person, &caller.act()).await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

async fn person(service: &Shared, login: &str) -> Answer<Person> {
    let login: Option<Login> = login.parse().ok();
    let found = match login {
        Some(login) => service.store.person(&login).await?,
        None => None,
    };
    found.ok_or_else(|| Problem::not_found("person"))
}

async fn invited(service: &Shared, person: &Person, act: &Act) -> Answer<Invited> {
    let purpose = Purpose::Password {
        login: person.login.clone(),
    };
    let made_by = act.who.login().cloned();
    let (link, secret) = Link::make(purpose, made_by, Timestamp::now(), secret::system)?;
    service.store.keep_link(&link, act).await?;
    Ok(Invited {
        person: Shown::from(person),
        link: link::address("", &secret),
        expires_at: link.expires_at.to_string(),
    })
}

/// Whether a change was made.
fn settled(changed: Changed) -> Answer<()> {
    match changed {
        Changed::Made | Changed::AsBefore => Ok(()),
        Changed::Unknown => Err(Problem::not_found("person")),
        Changed::Taken => Err(Problem::conflict(
            "login_taken",
            "the login is taken; logins are never given to another",
        )),
        Changed::LastAdministrator => Err(Problem::conflict(
            "last_administrator",
            "this is the only administrator: make another one first",
        )),
    }
}
