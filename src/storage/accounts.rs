//! People, and what they hold: sessions, tokens, links, and how often somebody failed to sign in.
//!
//! Whatever changes is written down in the audit log in the same transaction.

use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::Login;
use crate::storage::Error;

mod attempts;
mod identities;
mod links;
mod people;
mod sessions;
mod sign_in;
mod tokens;

pub use identities::Identified;
pub use identities::Vouched;
pub use links::Welcomed;
pub use people::Changed;
pub use people::NewPerson;
pub use sign_in::Attempt;
pub use sign_in::Recognised;
pub use sign_in::SignIn;
pub use sign_in::chosen;

/// An instant as it is compared in queries.
fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// An instant from where it was compared.
fn instant(row: &AnyRow, column: usize) -> Timestamp {
    // What is outside the calendar was put there by nobody of ours: it counts as long ago.
    Timestamp::from_microsecond(row.get(column)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn instant_or_none(row: &AnyRow, column: usize) -> Option<Timestamp> {
    let micros: Option<i64> = row.get(column);
    micros.and_then(|micros| Timestamp::from_microsecond(micros).ok())
}

/// A stored text as what it stands for.
pub(super) fn read<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Value {
        what: format!("{what} \"{text}\""),
    })
}

/// Ends what somebody holds: sessions but the one kept, and links that are not used yet.
async fn end_holdings(
    connection: &mut AnyConnection,
    login: &Login,
    kept: Option<&str>,
) -> Result<(), Error> {
    sqlx::query("delete from session where login = $1 and digest <> $2")
        .bind(login.as_str())
        .bind(kept.unwrap_or_default())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
