//! Attempts to sign in, counted before they are looked at.

use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::accounts::guessing::Failures;
use crate::accounts::guessing::Guesser;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::instant;
use crate::storage::accounts::micros;

impl Store {
    /// Counts an attempt of all these guessers as failed, so that it may be looked at; or, where one of them has to wait,
    /// counts nothing and tells from when another attempt is looked at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_attempt(
        &self,
        guessers: &[Guesser],
        at: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let mut transaction = self.begin().await?;
        let mut counted = Vec::new();
        for guesser in guessers {
            let before = failures(&mut transaction, guesser).await?;
            let from = before.map(|failures| guesser.allowed_from(failures));
            if let Some(from) = from.filter(|from| at < *from) {
                return Ok(Some(from));
            }
            counted.push((guesser, Failures::and_one(before, at)));
        }
        for (guesser, failures) in counted {
            sqlx::query(
                "insert into failure (guesser, failures, last_at) values ($1, $2, $3) \
                 on conflict (guesser) do update \
                 set failures = excluded.failures, last_at = excluded.last_at",
            )
            .bind(guesser.key())
            .bind(i64::from(failures.count))
            .bind(micros(failures.last_at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(None)
    }

    /// Takes back an attempt that was right. A login's failures are forgotten; an address keeps those of others, so that
    /// nobody wipes them out by signing in to an account of their own.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn attempt_was_right(&self, guessers: &[Guesser]) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        for guesser in guessers {
            let text = match guesser {
                Guesser::Login(_) => "delete from failure where guesser = $1",
                Guesser::Address(_) => {
                    "update failure set failures = failures - 1 where guesser = $1 and failures > 0"
                }
            };
            sqlx::query(text)
                .bind(guesser.key())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

async fn failures(
    connection: &mut AnyConnection,
    guesser: &Guesser,
) -> Result<Option<Failures>, Error> {
    let row = sqlx::query("select failures, last_at from failure where guesser = $1")
        .bind(guesser.key())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| Failures {
        count: u32::try_from(row.get::<i64, _>(0)).unwrap_or(u32::MAX),
        last_at: instant(&row, 1),
    }))
}
