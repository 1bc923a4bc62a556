//! One-time links, and what comes of using one.

use jiff::Timestamp;
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::accounts::Digest;
use crate::accounts::Login;
use crate::accounts::PasswordHash;
use crate::accounts::Role;
use crate::accounts::link::Link;
use crate::accounts::link::Purpose;
use crate::audit::Act;
use crate::audit::Actor;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::end_holdings;
use crate::storage::accounts::instant;
use crate::storage::accounts::instant_or_none;
use crate::storage::accounts::micros;
use crate::storage::accounts::people;
use crate::storage::accounts::people::Changed;
use crate::storage::accounts::people::NewPerson;
use crate::storage::accounts::read;
use crate::storage::audit;
use crate::storage::register::parsed;
use crate::storage::register::written;

/// What came of using a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Welcomed {
    /// The person may sign in with the password that was chosen.
    Done(Login),
    /// The link is unknown, was used, or is good no more: which of these is not told.
    NoLink,
    /// There is a person of the login that the first administrator chose.
    Taken,
}

impl Store {
    /// Keeps a link that was made; earlier ones for the same purpose are good no more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_link(&self, link: &Link, act: &Act) -> Result<(), Error> {
        let purpose = written(&link.purpose);
        let mut transaction = self.begin().await?;
        sqlx::query("delete from one_time_link where purpose = $1")
            .bind(&purpose)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "insert into one_time_link (digest, purpose, made_by, expires_at) \
             values ($1, $2, $3, $4)",
        )
        .bind(link.digest.hex())
        .bind(&purpose)
        .bind(link.made_by.as_ref().map(Login::as_str))
        .bind(micros(link.expires_at))
        .execute(&mut *transaction)
        .await?;
        let subject = match &link.purpose {
            Purpose::FirstAdministrator => "first administrator",
            Purpose::Password { login } => login.as_str(),
        };
        let detail = json!({ "expires_at": link.expires_at.to_string() });
        let entry = act.entry(Deed::LinkMade, subject, detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What a link is for, if it is good.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn link(&self, digest: &Digest, at: Timestamp) -> Result<Option<Purpose>, Error> {
        let mut connection = self.pool.acquire().await?;
        let link = find(&mut connection, digest).await?;
        Ok(link.filter(|link| link.stands(at)).map(|link| link.purpose))
    }

    /// Lets a person choose their password by a link.
    ///
    /// # Errors
    /// If the database fails; then the link stays good.
    pub async fn use_password_link(
        &self,
        digest: &Digest,
        hash: &PasswordHash,
        at: Timestamp,
    ) -> Result<Welcomed, Error> {
        let mut transaction = self.begin().await?;
        let link = find(&mut transaction, digest).await?;
        let Some(Purpose::Password { login }) =
            link.filter(|link| link.stands(at)).map(|link| link.purpose)
        else {
            return Ok(Welcomed::NoLink);
        };
        let person = people::find(&mut transaction, &login).await?;
        if !person.is_some_and(|person| person.is_active()) {
            return Ok(Welcomed::NoLink);
        }
        used(&mut transaction, digest, at).await?;
        people::keep_password(&mut transaction, &login, hash).await?;
        end_holdings(&mut transaction, &login, None).await?;
        let act = Act {
            who: Actor::Person(login.clone()),
            at,
        };
        let entry = act.entry(
            Deed::PasswordChosen,
            login.as_str(),
            json!({ "by": "link" }),
        );
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Welcomed::Done(login))
    }

    /// Adds the first administrator by the link that was printed at the first start.
    ///
    /// # Errors
    /// If the database fails; then the link stays good.
    pub async fn use_first_link(
        &self,
        digest: &Digest,
        new: &NewPerson,
        at: Timestamp,
    ) -> Result<Welcomed, Error> {
        let mut transaction = self.begin().await?;
        let link = find(&mut transaction, digest).await?;
        let is_first = |link: &Link| link.purpose == Purpose::FirstAdministrator && link.stands(at);
        if !link.as_ref().is_some_and(is_first) || has_administrator(&mut transaction).await? {
            return Ok(Welcomed::NoLink);
        }
        let mut new = new.clone();
        new.person.role = Role::Administrator;
        let login = new.person.login.clone();
        let act = Act {
            who: Actor::Person(login.clone()),
            at,
        };
        match people::insert(&mut transaction, &new, &act).await? {
            Changed::Made => {}
            Changed::Taken | Changed::AsBefore | Changed::Unknown | Changed::LastAdministrator => {
                return Ok(Welcomed::Taken);
            }
        }
        used(&mut transaction, digest, at).await?;
        transaction.commit().await?;
        Ok(Welcomed::Done(login))
    }

    /// Whether anybody can let people in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_administrator(&self) -> Result<bool, Error> {
        let mut connection = self.pool.acquire().await?;
        has_administrator(&mut connection).await
    }
}

async fn has_administrator(connection: &mut AnyConnection) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from person where role = $1 and disabled_at is null limit 1")
        .bind(Role::Administrator.name())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

async fn used(connection: &mut AnyConnection, digest: &Digest, at: Timestamp) -> Result<(), Error> {
    sqlx::query("update one_time_link set used_at = $1 where digest = $2")
        .bind(micros(at))
        .bind(digest.hex())
        .execute(connection)
        .await?;
    Ok(())
}

async fn find(connection: &mut AnyConnection, digest: &Digest) -> Result<Option<Link>, Error> {
    let row = sqlx::query(
        "select purpose, made_by, expires_at, used_at from one_time_link where digest = $1",
    )
    .bind(digest.hex())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let made_by: Option<String> = row.get(1);
    Ok(Some(Link {
        digest: *digest,
        purpose: parsed(row.get(0), "a link")?,
        made_by: made_by.map(|login| read(&login, "the login")).transpose()?,
        expires_at: instant(&row, 2),
        used_at: instant_or_none(&row, 3),
    }))
}
