//! `antin user`: people, their passwords and their tokens.

use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::json;

use crate::accounts;
use crate::accounts::Login;
use crate::accounts::Person;
use crate::accounts::Role;
use crate::accounts::link;
use crate::accounts::link::Link;
use crate::accounts::link::Purpose;
use crate::accounts::secret;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::who;
use crate::report::words;
use crate::storage;
use crate::storage::Store;
use crate::storage::accounts::Changed;
use crate::storage::accounts::NewPerson;

mod token;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Adds a person; the password is asked for, or read from standard input.
    #[command(long_about = ADD)]
    Add {
        /// What they sign in with: small letters, figures and . - _ @
        login: String,
        /// inspector, registrar, auditor or administrator.
        #[arg(long)]
        role: Role,
        /// What they are called, if not like the login.
        #[arg(long)]
        name: Option<String>,
        /// The body of the register that they work for, by its identifier; it must be there.
        #[arg(long, value_name = "ID")]
        office: Option<String>,
        /// Asks for no password and prints a link by which they choose one.
        #[arg(long)]
        invite: bool,
    },
    /// Lists the people.
    List {
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Changes a person's role, name or office.
    Change {
        /// Who.
        login: String,
        /// The new role.
        #[arg(long)]
        role: Option<Role>,
        /// What they are called from now on.
        #[arg(long)]
        name: Option<String>,
        /// The body that they work for from now on; empty for none.
        #[arg(long, value_name = "ID")]
        office: Option<String>,
    },
    /// Keeps a person from signing in: sessions end at once, and tokens are good no more.
    Disable {
        /// Who.
        login: String,
    },
    /// Lets a person sign in again who was disabled.
    Enable {
        /// Who.
        login: String,
    },
    /// Gives a person another password, which is asked for or read from standard input.
    Password {
        /// Who.
        login: String,
    },
    /// Prints a link by which a person chooses another password, once, within three days.
    Link {
        /// Who.
        login: String,
    },
    /// Makes, lists and revokes tokens by which programs act for people.
    Token(token::Arguments),
}

const ADD: &str = "\
Adds a person; the password is asked for, or read from standard input.

Roles: an inspector brings documents and looks at what was found; a registrar keeps the register; an
auditor reads everything and changes nothing; an administrator keeps the people and how long
documents are kept. Inspectors and registrars see their own office's documents only.

As soon as anybody is added, changes of the register by `antin register import` and `events` become
proposals, which another person approves.";

pub(super) async fn run(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let store = common.store().await?;
    let done = match arguments.command {
        Command::Add {
            login,
            role,
            name,
            office,
            invite,
        } => {
            let name = name.unwrap_or_else(|| login.clone());
            let office = office.filter(|office| !office.is_empty());
            let login = login.parse().map_err(storage::Error::Accounts);
            let person = |login| Person::new(login, &name, (role, office), who::act().at);
            match login.and_then(|login| Ok(person(login)?)) {
                Ok(person) => add(&store, person, invite, output).await,
                Err(error) => Err(error.into()),
            }
        }
        Command::List { json } => list(&store, json, output).await,
        Command::Change {
            login,
            role,
            name,
            office,
        } => change(&store, &login, (role, name, office), output).await,
        Command::Disable { login } => {
            let login = login.parse().map_err(storage::Error::Accounts)?;
            let changed = store.disable_person(&login, &who::act()).await?;
            told(changed, &login, "is disabled", output)
        }
        Command::Enable { login } => {
            let login = login.parse().map_err(storage::Error::Accounts)?;
            let changed = store.enable_person(&login, &who::act()).await?;
            told(changed, &login, "may sign in again", output)
        }
        Command::Password { login } => password(&store, &login, output).await,
        Command::Link { login } => {
            let login: Login = login.parse().map_err(storage::Error::Accounts)?;
            if store.person(&login).await?.is_none() {
                return told(Changed::Unknown, &login, "", output);
            }
            link(&store, login, output).await
        }
        Command::Token(arguments) => token::run(arguments, &store, output).await,
    };
    refused(done, output)
}

/// What somebody typed wrongly is no failure of the program.
fn refused(done: anyhow::Result<Exit>, output: &mut Output) -> anyhow::Result<Exit> {
    done.or_else(|error| {
        let cause = error.downcast_ref::<storage::Error>();
        let is_theirs = |error: &accounts::Error| *error != accounts::Error::Random;
        match cause {
            Some(storage::Error::Accounts(reason)) if is_theirs(reason) => {
                output.error(&reason.to_string());
                Ok(Exit::Usage)
            }
            _ => Err(error),
        }
    })
}

async fn add(
    store: &Store,
    person: Person,
    invite: bool,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let login = person.login.clone();
    let password = if invite {
        None
    } else {
        let Some(chosen) = who::chosen_password(&login)? else {
            output.error("the two are not the same; nobody was added");
            return Ok(Exit::Usage);
        };
        let hash = storage::accounts::chosen(chosen, login.clone(), secret::system).await;
        Some(hash.map_err(storage::Error::Accounts)?)
    };
    let is_first = !store.has_people().await?;
    let role = person.role;
    let new = NewPerson { person, password };
    let added = store.add_person(&new, &who::act()).await?;
    let exit = told(added, &login, &format!("is added as {role}"), output)?;
    if added == Changed::Made {
        if is_first {
            output.note(
                "changes of the register are proposals from now on, which another person approves",
            );
        }
        if invite {
            return link(store, login, output).await;
        }
    }
    Ok(exit)
}

async fn link(store: &Store, login: Login, output: &mut Output) -> anyhow::Result<Exit> {
    let purpose = Purpose::Password { login };
    let made = Link::make(purpose, None, who::act().at, secret::system);
    let (link, secret) = made.map_err(storage::Error::Accounts)?;
    store.keep_link(&link, &who::act()).await?;
    output.line(link::address("", &secret))?;
    output
        .note("the link works once, within three days; put the address of `antin serve` before it");
    Ok(Exit::Passed)
}

async fn list(store: &Store, json: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let people = store.people().await?;
    if json {
        for person in &people {
            output.line(json!(person))?;
        }
        return Ok(Exit::Passed);
    }
    if people.is_empty() {
        output.note("nobody has an account; `antin user add --help` tells how to add people");
        return Ok(Exit::Passed);
    }
    let mut table = Table::new();
    words::fit(&mut table);
    table.set_header(["login", "name", "role", "office", "state"]);
    for person in &people {
        let office = person.office.clone().unwrap_or_default();
        let state = match person.disabled_at {
            None => "active".to_owned(),
            Some(at) => format!("disabled since {at}"),
        };
        let (login, role) = (person.login.to_string(), person.role.to_string());
        table.add_row([login, person.name.clone(), role, office, state]);
    }
    output.line(table)?;
    Ok(Exit::Passed)
}

async fn change(
    store: &Store,
    login: &str,
    (role, name, office): (Option<Role>, Option<String>, Option<String>),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let login: Login = login.parse().map_err(storage::Error::Accounts)?;
    let Some(before) = store.person(&login).await? else {
        return told(Changed::Unknown, &login, "", output);
    };
    let office = match office {
        Some(office) => Some(office).filter(|office| !office.is_empty()),
        None => before.office,
    };
    let name = name.unwrap_or(before.name);
    let role = role.unwrap_or(before.role);
    let wanted = Person::new(login.clone(), &name, (role, office), before.created_at);
    let wanted = wanted.map_err(storage::Error::Accounts)?;
    let changed = store.change_person(&wanted, &who::act()).await?;
    told(changed, &login, "is changed", output)
}

async fn password(store: &Store, login: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let login: Login = login.parse().map_err(storage::Error::Accounts)?;
    let Some(chosen) = who::chosen_password(&login)? else {
        output.error("the two are not the same; the old password stays");
        return Ok(Exit::Usage);
    };
    let hash = storage::accounts::chosen(chosen, login.clone(), secret::system).await;
    let hash = hash.map_err(storage::Error::Accounts)?;
    let changed = store
        .set_password(&login, (&hash, None), &who::act())
        .await?;
    told(changed, &login, "has another password", output)
}

/// Says what came of a change.
fn told(changed: Changed, login: &Login, done: &str, output: &mut Output) -> anyhow::Result<Exit> {
    match changed {
        Changed::Made => {
            output.line(format!("{login} {done}"))?;
            return Ok(Exit::Passed);
        }
        Changed::AsBefore => {
            output.note(&format!("{login}: nothing was to be changed"));
            return Ok(Exit::Passed);
        }
        Changed::Unknown => output.error(&format!(
            "there is nobody with the login {login}; see `antin user list`"
        )),
        Changed::Taken => output.error(&format!(
            "the login {login} is taken; logins are never given to another"
        )),
        Changed::LastAdministrator => output.error(&format!(
            "{login} is the only administrator; make another one first"
        )),
    }
    Ok(Exit::Usage)
}
