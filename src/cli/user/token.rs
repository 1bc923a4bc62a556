//! `antin user token`: tokens by which programs act for people.

use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::json;

use crate::accounts::Login;
use crate::accounts::secret;
use crate::accounts::token;
use crate::accounts::token::Token;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::who;
use crate::report::words;
use crate::storage;
use crate::storage::Store;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a token and prints it, this once.
    Add {
        /// For whom it acts.
        login: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// How many days it is good for, at most 366.
        #[arg(long, default_value_t = token::DAYS, value_parser = clap::value_parser!(u32).range(1..=i64::from(token::DAYS_MAX)))]
        days: u32,
    },
    /// Lists tokens, never what they are.
    List {
        /// Only this person's.
        login: Option<String>,
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Revokes a token, by the name that the list shows.
    Revoke {
        /// Its name, of 16 letters and figures.
        id: String,
    },
}

pub(super) async fn run(
    arguments: Arguments,
    store: &Store,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match arguments.command {
        Command::Add { login, name, days } => add(store, &login, (&name, days), output).await,
        Command::List { login, json } => {
            let login: Option<Login> = login
                .map(|login| login.parse())
                .transpose()
                .map_err(storage::Error::Accounts)?;
            list(&store.tokens(login.as_ref()).await?, json, output)
        }
        Command::Revoke { id } => {
            if store.revoke_token(&id, None, &who::act()).await? {
                output.line(format!("token {id} is revoked"))?;
                Ok(Exit::Passed)
            } else {
                output.error(&format!(
                    "no token {id} is good; see `antin user token list`"
                ));
                Ok(Exit::Usage)
            }
        }
    }
}

async fn add(
    store: &Store,
    login: &str,
    (name, days): (&str, u32),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let login: Login = login.parse().map_err(storage::Error::Accounts)?;
    if store.person(&login).await?.is_none() {
        output.error(&format!(
            "there is nobody with the login {login}; see `antin user list`"
        ));
        return Ok(Exit::Usage);
    }
    let act = who::act();
    let made = Token::make(login, name, (act.at, days), secret::system);
    let (token, shown) = made.map_err(storage::Error::Accounts)?;
    store.keep_token(&token, &act).await?;
    output.line(shown)?;
    output.note(&format!(
        "it is shown this once, is named {}, and is good until {}",
        token.id(),
        token.expires_at
    ));
    Ok(Exit::Passed)
}

fn list(tokens: &[Token], json: bool, output: &mut Output) -> anyhow::Result<Exit> {
    if json {
        for token in tokens {
            output.line(json!({
                "token": token.id(),
                "login": token.login,
                "name": token.name,
                "created_at": token.created_at,
                "expires_at": token.expires_at,
                "revoked_at": token.revoked_at,
                "used_at": token.used_at,
            }))?;
        }
        return Ok(Exit::Passed);
    }
    if tokens.is_empty() {
        output.note("there are no tokens");
        return Ok(Exit::Passed);
    }
    let mut table = Table::new();
    words::fit(&mut table);
    table.set_header(["token", "login", "name", "good until", "last used"]);
    for token in tokens {
        let until = match token.revoked_at {
            Some(at) => format!("revoked {at}"),
            None => token.expires_at.to_string(),
        };
        let used = token
            .used_at
            .map_or("never".to_owned(), |at| at.to_string());
        table.add_row([
            token.id(),
            token.login.to_string(),
            token.name.clone(),
            until,
            used,
        ]);
    }
    output.line(table)?;
    Ok(Exit::Passed)
}
