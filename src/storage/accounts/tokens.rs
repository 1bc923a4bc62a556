//! Tokens by which programs act for people.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::Digest;
use crate::accounts::Login;
use crate::accounts::Person;
use crate::accounts::token::Token;
use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::instant;
use crate::storage::accounts::instant_or_none;
use crate::storage::accounts::micros;
use crate::storage::accounts::people;
use crate::storage::accounts::people::COLUMNS;
use crate::storage::accounts::read;
use crate::storage::audit;

/// A token as a list shows it: its digest's first digits name it.
const LISTED: &str = "digest, login, name, created_at, expires_at, revoked_at, used_at";

impl Store {
    /// Keeps a token that was made.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_token(&self, token: &Token, act: &Act) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "insert into token (digest, login, name, created_at, expires_at) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(token.digest.hex())
        .bind(token.login.as_str())
        .bind(&token.name)
        .bind(micros(token.created_at))
        .bind(micros(token.expires_at))
        .execute(&mut *transaction)
        .await?;
        let detail = json!({ "token": token.id(), "expires_at": token.expires_at.to_string() });
        let entry = act.entry(Deed::TokenMade, token.login.as_str(), detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The tokens of one person, or of everybody, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tokens(&self, login: Option<&Login>) -> Result<Vec<Token>, Error> {
        let text = format!(
            "select {LISTED} from token where $1 = '' or login = $1 order by created_at, digest"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(login.map_or("", Login::as_str))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(token).collect()
    }

    /// The token with this digest and for whom it acts, if it is good and they may sign in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token(
        &self,
        digest: &Digest,
        at: Timestamp,
    ) -> Result<Option<(Token, Person)>, Error> {
        let text = format!(
            "select {COLUMNS}, token.name, token.created_at, expires_at, revoked_at, used_at \
             from token join person on person.login = token.login where digest = $1"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(digest.hex())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let person = people::person(&row)?;
        let token = Token {
            digest: *digest,
            login: person.login.clone(),
            name: row.get(6),
            created_at: instant(&row, 7),
            expires_at: instant(&row, 8),
            revoked_at: instant_or_none(&row, 9),
            used_at: instant_or_none(&row, 10),
        };
        if !token.stands(at) || !person.is_active() {
            return Ok(None);
        }
        let day = SignedDuration::from_hours(24);
        if token
            .used_at
            .is_none_or(|used| at.duration_since(used) >= day)
        {
            sqlx::query("update token set used_at = $1 where digest = $2")
                .bind(micros(at))
                .bind(digest.hex())
                .execute(&self.pool)
                .await?;
        }
        Ok(Some((token, person)))
    }

    /// Revokes the token of this name to people; of `owner` alone, where one is given. Tells whether there was one.
    ///
    /// # Errors
    /// If the database fails; then the token stays good.
    pub async fn revoke_token(
        &self,
        id: &str,
        owner: Option<&Login>,
        act: &Act,
    ) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "update token set revoked_at = $1 \
             where substr(digest, 1, 16) = $2 and revoked_at is null and ($3 = '' or login = $3) \
             returning login",
        )
        .bind(micros(act.at))
        .bind(id)
        .bind(owner.map_or("", Login::as_str))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(false) };
        let entry = act.entry(Deed::TokenRevoked, row.get(0), json!({ "token": id }));
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn token(row: &AnyRow) -> Result<Token, Error> {
    let digest: String = row.get(0);
    Ok(Token {
        digest: Digest::read(&digest).ok_or_else(|| Error::Value {
            what: "the digest of a token".to_owned(),
        })?,
        login: read(row.get(1), "the login")?,
        name: row.get(2),
        created_at: instant(row, 3),
        expires_at: instant(row, 4),
        revoked_at: instant_or_none(row, 5),
        used_at: instant_or_none(row, 6),
    })
}
