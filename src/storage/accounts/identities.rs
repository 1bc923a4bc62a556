//! People as a provider of OpenID Connect knows them.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use crate::accounts::Digest;
use crate::accounts::Login;
use crate::accounts::secret::Source;
use crate::audit::Act;
use crate::audit::Actor;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::SignIn;
use crate::storage::accounts::end_holdings;
use crate::storage::accounts::micros;
use crate::storage::accounts::people;
use crate::storage::accounts::sign_in::begin_session;
use crate::storage::audit;

/// What came of saying who somebody is at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identified {
    /// It is kept.
    Done,
    /// The provider's person is somebody else here.
    Taken,
    /// There is no such person.
    Unknown,
}

/// Whom a provider vouches for.
#[derive(Clone, Copy, Debug)]
pub struct Vouched<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// What it calls them; none where it proved nothing.
    pub subject: Option<&'a str>,
    /// Where they come from.
    pub address: IpAddr,
}

impl Store {
    /// Says what a provider calls a person; none, and they cannot sign in by it. Sessions that began before end.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn identify(
        &self,
        login: &Login,
        (issuer, subject): (&str, Option<&str>),
        act: &Act,
    ) -> Result<Identified, Error> {
        let mut transaction = self.begin().await?;
        if people::find(&mut transaction, login).await?.is_none() {
            return Ok(Identified::Unknown);
        }
        sqlx::query("delete from identity where issuer = $1 and login = $2")
            .bind(issuer)
            .bind(login.as_str())
            .execute(&mut *transaction)
            .await?;
        if let Some(subject) = subject {
            let added = sqlx::query(
                "insert into identity (issuer, subject, login) values ($1, $2, $3) on conflict do nothing",
            )
            .bind(issuer)
            .bind(subject)
            .bind(login.as_str())
            .execute(&mut *transaction)
            .await?;
            if added.rows_affected() == 0 {
                return Ok(Identified::Taken);
            }
        }
        end_holdings(&mut transaction, login, None).await?;
        let detail = json!({ "issuer": issuer, "subject": subject });
        let entry = act.entry(Deed::PersonChanged, login.as_str(), detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Identified::Done)
    }

    /// What a provider calls a person.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn identity(&self, login: &Login, issuer: &str) -> Result<Option<String>, Error> {
        let row = sqlx::query("select subject from identity where issuer = $1 and login = $2")
            .bind(issuer)
            .bind(login.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Lets a browser that keeps this secret leave for a provider, and come back once until then; forgets those that did not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn depart(
        &self,
        secret: &Digest,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query("delete from departure where expires_at < $1")
            .bind(micros(at))
            .execute(&self.pool)
            .await?;
        sqlx::query("insert into departure (digest, expires_at) values ($1, $2)")
            .bind(secret.hex())
            .bind(micros(until))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Whether a browser that keeps this secret left and has not come back before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn arrive(&self, secret: &Digest, at: Timestamp) -> Result<bool, Error> {
        let gone = sqlx::query("delete from departure where digest = $1 and expires_at > $2")
            .bind(secret.hex())
            .bind(micros(at))
            .execute(&self.pool)
            .await?;
        Ok(gone.rows_affected() == 1)
    }

    /// Signs in whom a provider vouches for; refused, and written down, where nobody here is known by that or may not sign in.
    ///
    /// # Errors
    /// If the database fails or there are no random bytes.
    pub async fn sign_in_by(
        &self,
        vouched: Vouched<'_>,
        at: Timestamp,
        source: Source,
    ) -> Result<SignIn, Error> {
        let row = sqlx::query("select login from identity where issuer = $1 and subject = $2")
            .bind(vouched.issuer)
            .bind(vouched.subject)
            .fetch_optional(&self.pool)
            .await?;
        let login = row.and_then(|row| row.get::<String, _>(0).parse::<Login>().ok());
        if let Some(login) = &login {
            let how = json!({ "issuer": vouched.issuer });
            let begun = begin_session(self, login, (at, how), source).await?;
            if begun != SignIn::Refused {
                return Ok(begun);
            }
        }
        // What the provider calls a stranger is theirs: it does not get into the log.
        let subject = login.map_or("unknown identity".to_owned(), |login| login.to_string());
        let act = Act {
            who: Actor::Stranger,
            at,
        };
        let detail = json!({ "address": vouched.address.to_string(), "issuer": vouched.issuer });
        self.log(&act.entry(Deed::SignInRefused, &subject, detail))
            .await?;
        Ok(SignIn::Refused)
    }
}
