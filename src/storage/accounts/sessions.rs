//! Sessions.

use jiff::Timestamp;
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::accounts::Digest;
use crate::accounts::Login;
use crate::accounts::Person;
use crate::accounts::guessing;
use crate::accounts::session;
use crate::accounts::session::Session;
use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::instant;
use crate::storage::accounts::micros;
use crate::storage::accounts::people;
use crate::storage::accounts::people::COLUMNS;
use crate::storage::audit;

impl Store {
    /// The session with this digest and whose it is, if it stands and they may sign in; the request is noted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session(
        &self,
        digest: &Digest,
        at: Timestamp,
    ) -> Result<Option<(Session, Person)>, Error> {
        let text = format!(
            "select {COLUMNS}, session.created_at, session.seen_at from session \
             join person on person.login = session.login where digest = $1"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(digest.hex())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let person = people::person(&row)?;
        let session = Session {
            digest: *digest,
            login: person.login.clone(),
            created_at: instant(&row, 6),
            seen_at: instant(&row, 7),
        };
        if !session.stands(at) || !person.is_active() {
            return Ok(None);
        }
        if session.is_to_be_noted(at) {
            sqlx::query("update session set seen_at = $1 where digest = $2")
                .bind(micros(at))
                .bind(digest.hex())
                .execute(&self.pool)
                .await?;
        }
        Ok(Some((session, person)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_session(&self, digest: &Digest, act: &Act) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query("delete from session where digest = $1 returning login")
            .bind(digest.hex())
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(row) = row {
            let entry = act.entry(Deed::SignedOut, row.get(0), json!({}));
            audit::append(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// How many sessions a person has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session_count(&self, login: &Login) -> Result<u64, Error> {
        let row = sqlx::query("select count(*) from session where login = $1")
            .bind(login.as_str())
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get::<i64, _>(0).unsigned_abs())
    }

    /// Removes what is over: sessions, links that were used or are good no more, and failures that are forgotten.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sweep_accounts(&self, at: Timestamp) -> Result<(), Error> {
        for (text, before) in [
            ("delete from session where seen_at < $1", at - session::IDLE),
            (
                "delete from session where created_at < $1",
                at - session::WHOLE,
            ),
            ("delete from one_time_link where expires_at < $1", at),
            (
                "delete from failure where last_at < $1",
                at - guessing::FORGOTTEN,
            ),
        ] {
            sqlx::query(text)
                .bind(micros(before))
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

pub(super) async fn insert(connection: &mut AnyConnection, session: &Session) -> Result<(), Error> {
    sqlx::query("insert into session (digest, login, created_at, seen_at) values ($1, $2, $3, $4)")
        .bind(session.digest.hex())
        .bind(session.login.as_str())
        .bind(micros(session.created_at))
        .bind(micros(session.seen_at))
        .execute(connection)
        .await?;
    Ok(())
}
