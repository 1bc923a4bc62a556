//! In whose name something is done at the command line, and how passwords are read there.

use std::io::{BufRead, IsTerminal, Read};

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;

use crate::accounts::Action;
use crate::accounts::Login;
use crate::accounts::Person;
use crate::accounts::token;
use crate::audit::Act;
use crate::audit::Actor;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::storage::Store;
use crate::storage::accounts::Attempt;
use crate::storage::accounts::Recognised;

/// Longest line that is read as a password, in bytes.
const LINE_BYTES_MAX: u64 = 4096;

/// In whose name a change is proposed or answered, once people have accounts.
#[derive(Clone, Debug, Default, Args)]
#[group(id = "in_whose_name")]
pub(super) struct Who {
    /// Does it in the name of this person, whose password is asked for or read from standard input. For proposing, a token
    /// in `ANTIN_TOKEN` will do instead.
    #[arg(long = "as", value_name = "LOGIN", env = "ANTIN_LOGIN")]
    login: Option<String>,
}

impl Who {
    /// The person's act, if they are who they say and their role allows it; else the reason was told.
    pub(super) async fn act(
        &self,
        store: &Store,
        action: Action,
        output: &mut Output,
    ) -> anyhow::Result<Result<Act, Exit>> {
        let at = Timestamp::now();
        let token = std::env::var("ANTIN_TOKEN")
            .ok()
            .filter(|_| self.login.is_none());
        let (person, who) = match (&self.login, token) {
            (Some(login), _) => match by_password(store, login, at, output).await? {
                Ok(person) => {
                    let who = actor(Some(person.login.clone()));
                    (person, who)
                }
                Err(exit) => return Ok(Err(exit)),
            },
            (None, Some(shown)) if !action.needs_presence() => {
                let digest = token::digest(&shown);
                let found = match digest {
                    Some(digest) => store.token(&digest, at).await?,
                    None => None,
                };
                let Some((token, person)) = found else {
                    output
                        .error("the token in ANTIN_TOKEN is not good: unknown, revoked or too old");
                    return Ok(Err(Exit::Usage));
                };
                let (login, token) = (person.login.clone(), token.id());
                (person, Actor::Token { login, token })
            }
            (None, _) => {
                output.error(
                    "people have accounts here, so this is done in a person's name: \
                     give one with --as LOGIN",
                );
                return Ok(Err(Exit::Usage));
            }
        };
        if !action.is_allowed(person.role) {
            let (login, role) = (&person.login, person.role);
            let able: Vec<&str> = action.roles().iter().map(|role| role.name()).collect();
            output.error(&format!(
                "{login} is {role}, and this is for: {}",
                able.join(", ")
            ));
            return Ok(Err(Exit::Usage));
        }
        Ok(Ok(Act { who, at }))
    }
}

async fn by_password(
    store: &Store,
    login: &str,
    at: Timestamp,
    output: &mut Output,
) -> anyhow::Result<Result<Person, Exit>> {
    let attempt = Attempt {
        login: login.to_owned(),
        password: password(&format!("Password of {login}: "))?,
        address: None,
    };
    Ok(match store.recognised(attempt, at).await? {
        Recognised::Person(person) => Ok(person),
        Recognised::Refused => {
            output.error("login or password is wrong");
            Err(Exit::Usage)
        }
        Recognised::Wait { until } => {
            output.error(&format!(
                "too many failed; another attempt counts from {until}"
            ));
            Err(Exit::Usage)
        }
    })
}

/// Whoever sits at the machine, in a person's name or in none.
pub(super) fn actor(login: Option<Login>) -> Actor {
    let named = |name| {
        std::env::var(name)
            .ok()
            .filter(|user: &String| !user.is_empty())
    };
    let user = named("USER").or_else(|| named("USERNAME"));
    Actor::CommandLine {
        user: user.unwrap_or_else(|| "unknown".to_owned()),
        login,
    }
}

/// What is done at the machine in nobody's name, now.
pub(super) fn act() -> Act {
    Act {
        who: actor(None),
        at: Timestamp::now(),
    }
}

/// A password, without showing it: from the terminal, or the first line of standard input.
pub(super) fn password(prompt: &str) -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return rpassword::prompt_password(prompt).context("cannot read the password");
    }
    let mut line = String::new();
    input
        .lock()
        .take(LINE_BYTES_MAX)
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A password that somebody chooses: a terminal asks twice.
pub(super) fn chosen_password(login: &Login) -> anyhow::Result<Option<String>> {
    let first = password(&format!("New password of {login}: "))?;
    if std::io::stdin().is_terminal() && password("The same again: ")? != first {
        return Ok(None);
    }
    Ok(Some(first))
}
