//! Uploads that may break off and go on: whose they are, how much of each is on disk, and what it was handed in as.

use jiff::Timestamp;
use sqlx::Row;

use crate::storage::Error;
use crate::storage::Store;

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub id: String,
    /// Who began it.
    pub login: String,
    /// How it is handed in, as whoever keeps it wrote it.
    pub how: String,
    /// Bytes that are to come in all.
    pub length: u64,
    /// Bytes that are on disk.
    pub arrived: u64,
    /// What it was handed in as, as whoever keeps it wrote it; none until all is there.
    pub handed: Option<String>,
}

impl Store {
    /// Begins an upload; `false` if whoever begins it has `open_max` that are not handed in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_upload(
        &self,
        upload: &Upload,
        open_max: u32,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query("select count(*) from upload where login = $1 and handed is null")
            .bind(&upload.login)
            .fetch_one(&mut *transaction)
            .await?;
        if row.get::<i64, _>(0) >= i64::from(open_max) {
            return Ok(false);
        }
        sqlx::query(
            "insert into upload (id, login, how, length, arrived, changed_at) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&upload.id)
        .bind(&upload.login)
        .bind(&upload.how)
        .bind(count(upload.length))
        .bind(count(upload.arrived))
        .bind(at.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// An upload.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload(&self, id: &str) -> Result<Option<Upload>, Error> {
        let row =
            sqlx::query("select id, login, how, length, arrived, handed from upload where id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|row| Upload {
            id: row.get(0),
            login: row.get(1),
            how: row.get(2),
            length: row.get::<i64, _>(3).unsigned_abs(),
            arrived: row.get::<i64, _>(4).unsigned_abs(),
            handed: row.get(5),
        }))
    }

    /// Says how much of an upload is on disk, and what it was handed in as once all is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload_stands(
        &self,
        id: &str,
        (arrived, handed): (u64, Option<&str>),
        at: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "update upload set arrived = $2, handed = coalesce($3, handed), changed_at = $4 where id = $1",
        )
        .bind(id)
        .bind(count(arrived))
        .bind(handed)
        .bind(at.as_microsecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Says which bytes an upload is, before they are handed in: of bytes that must not be kept, nothing stays that says how
    /// they were called, whenever the process that took them was ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload_is(&self, id: &str, sha256: &str) -> Result<(), Error> {
        sqlx::query("update upload set sha256 = $2 where id = $1")
            .bind(id)
            .bind(sha256)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets an upload.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_upload(&self, id: &str) -> Result<(), Error> {
        sqlx::query("delete from upload where id = $1")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The names of uploads of which nothing was heard since then.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn left_uploads(&self, since: Timestamp) -> Result<Vec<String>, Error> {
        let rows = sqlx::query("select id from upload where changed_at < $1")
            .bind(since.as_microsecond())
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

fn count(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
