//! Jobs as they stand in the store: what was handed in together, and how far the work on it is.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::storage::Error;
use crate::storage::Store;
use crate::storage::database::placeholders;
use crate::storage::documents::EVERY_OFFICE;
use crate::storage::documents::NewDocument;
use crate::storage::documents::hand_in;
use crate::storage::documents::name;
use crate::storage::documents::value;
use crate::storage::items::ItemKind;
use crate::storage::items::REPEATABLE;
use crate::storage::items::add;
use crate::storage::register::parsed;
use crate::storage::register::written;

const COLUMNS: &str = "id, office, name, created_by, created_at, state, terms, position";

/// What the documents of a job are examined for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Terms {
    /// The seal that they are said to bear.
    #[serde(default)]
    pub seal: Option<String>,
    /// Their date.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub dated: Option<Date>,
    /// Whether each must bear a seal.
    #[serde(default)]
    pub expect_seal: bool,
}

/// Whether a job is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It is, as long as anything waits.
    Running,
    /// Not until it is resumed.
    Paused,
    /// No more.
    Cancelled,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Job {
    /// Its name in the store.
    pub id: String,
    /// The office that its documents belong to.
    pub office: String,
    /// What people call it.
    pub name: String,
    /// Who began it.
    pub created_by: Option<String>,
    /// When, UTC.
    pub created_at: String,
    /// Whether it is worked on.
    pub state: JobState,
    /// What its documents are examined for.
    pub terms: Terms,
    /// Order of beginning.
    #[serde(skip)]
    pub position: i64,
}

/// How many items of a job stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Progress {
    /// All of them, as far as they are known: an archive adds its own when it is opened.
    pub items: u64,
    /// Those that wait.
    pub waiting: u64,
    /// Those that are worked on.
    pub working: u64,
    /// Those that are finished.
    pub done: u64,
    /// Those that failed for good.
    pub failed: u64,
    /// Those that nobody will look at.
    pub cancelled: u64,
    /// Pages that were examined, of those that are worked on too.
    pub pages: u64,
}

impl Progress {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.waiting + self.working == 0
    }

    fn count(&mut self, state: &str, (count, pages): (u64, u64)) {
        self.items += count;
        self.pages += pages;
        match state {
            "waiting" => self.waiting += count,
            "working" => self.working += count,
            "done" => self.done += count,
            "failed" => self.failed += count,
            _ => self.cancelled += count,
        }
    }
}

/// A job to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Its name in the store: made by the caller, so that beginning it twice is beginning it once.
    pub id: String,
    /// The office that its documents belong to.
    pub office: String,
    /// What people call it.
    pub name: String,
    /// Who begins it.
    pub by: Option<String>,
    /// What its documents are examined for.
    pub terms: Terms,
}

/// Something that came in for a job; its bytes are kept already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The document or archive.
    pub document: NewDocument,
    /// Which of both it is.
    pub kind: ItemKind,
    /// The office's own key for this upload, if it gave one.
    pub idempotency_key: Option<String>,
}

/// What became of an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The document; none for an archive.
    pub document: Option<String>,
    /// The job that it is examined in.
    pub job: String,
    /// Whether the office did not have it.
    pub is_new: bool,
}

/// What an office's key stood for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The digest of what was handed in under it.
    pub sha256: String,
    /// The document; empty for an archive.
    pub document: String,
    /// The job.
    pub job: String,
}

impl Store {
    /// Begins a job, unless it was begun before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_job(&self, new: &NewJob, at: Timestamp) -> Result<(), Error> {
        sqlx::query(
            "insert into job (id, office, name, created_by, created_at, state, terms) \
             values ($1, $2, $3, $4, $5, 'running', $6) on conflict do nothing",
        )
        .bind(&new.id)
        .bind(&new.office)
        .bind(&new.name)
        .bind(&new.by)
        .bind(at.to_string())
        .bind(written(&new.terms))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes what came in for a job and is kept already: all of it or, if the database fails, nothing. The same
    /// bytes are one document of an office, and are examined again in each job.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn admit(
        &self,
        job: &Job,
        arrivals: &[Arrival],
        at: Timestamp,
    ) -> Result<Vec<Admitted>, Error> {
        let mut transaction = self.begin().await?;
        let mut admitted = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let new = &arrival.document;
            let (document, is_new) = match arrival.kind {
                ItemKind::Archive => (None, true),
                ItemKind::Document => {
                    let (id, is_new) = hand_in(&mut transaction, new, at).await?;
                    (Some(id), is_new)
                }
            };
            add(&mut transaction, &job.id, arrival, document.as_deref()).await?;
            if let Some(key) = &arrival.idempotency_key {
                sqlx::query(
                    "insert into idempotency (office, key, document, job, sha256, recorded_at) \
                     values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
                )
                .bind(&new.office)
                .bind(key)
                .bind(document.as_deref().unwrap_or_default())
                .bind(&job.id)
                .bind(&new.sha256)
                .bind(at.to_string())
                .execute(&mut *transaction)
                .await?;
            }
            admitted.push(Admitted {
                document,
                job: job.id.clone(),
                is_new,
            });
        }
        transaction.commit().await?;
        Ok(admitted)
    }

    /// What an office's key for an upload stood for, if it was used.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn earlier(&self, office: &str, key: &str) -> Result<Option<Earlier>, Error> {
        let row = sqlx::query(
            "select sha256, document, job from idempotency where office = $1 and key = $2",
        )
        .bind(office)
        .bind(key)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| Earlier {
            sha256: row.get(0),
            document: row.get(1),
            job: row.get(2),
        }))
    }

    /// The job with this name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn job(&self, id: &str) -> Result<Option<Job>, Error> {
        let query = format!("select {COLUMNS} from job where id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(stored).transpose()
    }

    /// Jobs of an office, or of all; the newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn jobs(
        &self,
        office: Option<&str>,
        before: Option<i64>,
        count: u32,
    ) -> Result<Vec<Job>, Error> {
        let query = format!(
            "select {COLUMNS} from job where position < $1 and ($2 = '*' or office = $2) \
             order by position desc limit $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(before.unwrap_or(i64::MAX))
            .bind(office.unwrap_or(EVERY_OFFICE))
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(stored).collect()
    }

    /// How far a job is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn progress(&self, job: &str) -> Result<Progress, Error> {
        let mut of = self.progress_of(&[job]).await?;
        Ok(of.remove(job).unwrap_or_default())
    }

    /// How far jobs are, by name; one of which nothing is known is not among them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn progress_of(&self, jobs: &[&str]) -> Result<HashMap<String, Progress>, Error> {
        if jobs.is_empty() {
            return Ok(HashMap::new());
        }
        let query = format!(
            "select job, state, count(*), cast(coalesce(sum(pages), 0) as bigint) from item \
             where job in {} group by job, state",
            placeholders(1, jobs.len())
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(query));
        for job in jobs {
            query = query.bind(*job);
        }
        let mut all: HashMap<String, Progress> = HashMap::new();
        for row in query.fetch_all(&self.pool).await? {
            let (state, count, pages): (String, i64, i64) = (row.get(1), row.get(2), row.get(3));
            all.entry(row.get(0))
                .or_default()
                .count(&state, (count.unsigned_abs(), pages.unsigned_abs()));
        }
        Ok(all)
    }

    /// Pauses, resumes or cancels a job; `false` if it is cancelled already. What is worked on is finished.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_job_state(&self, id: &str, state: JobState) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let set = sqlx::query("update job set state = $2 where id = $1 and state <> 'cancelled'")
            .bind(id)
            .bind(name(state))
            .execute(&mut *transaction)
            .await?;
        if state == JobState::Cancelled {
            sqlx::query("update item set state = 'cancelled' where job = $1 and state = 'waiting'")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(set.rows_affected() > 0)
    }

    /// Lets what failed be tried again, as far as it is kept; how many items that are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry_job(&self, id: &str) -> Result<u64, Error> {
        let mut transaction = self.begin().await?;
        let retry = format!(
            "update item set state = 'waiting', attempts = 0, not_before = 0 \
             where job = $1 and state = 'failed' and {REPEATABLE}"
        );
        let retried = sqlx::query(sqlx::AssertSqlSafe(retry))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(retried.rows_affected())
    }
}

fn stored(row: &AnyRow) -> Result<Job, Error> {
    let state: String = row.get(5);
    Ok(Job {
        id: row.get(0),
        office: row.get(1),
        name: row.get(2),
        created_by: row.get(3),
        created_at: row.get(4),
        state: value(&state, "job")?,
        terms: parsed(row.get(6), "a job")?,
        position: row.get(7),
    })
}
