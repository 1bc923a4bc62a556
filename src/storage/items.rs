//! The items of jobs: one document or archive each, claimed under a lease by whoever works on it.
//!
//! An item whose lease has run out is anybody's again: whoever held it was lost. What is settled under a lease that was lost
//! changes nothing, so that every item is finished once.

mod failure;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::Act;
use crate::audit::Actor;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Kind;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::documents::name;
use crate::storage::documents::value;
use crate::storage::jobs::Arrival;
use crate::storage::jobs::Terms;
use crate::storage::register::parsed;
use crate::storage::results::NewResult;
use crate::storage::results::asked;
use crate::storage::results::keep;
use crate::verify::Outcome;

pub use failure::Failure;
pub use failure::FailureCode;

/// How often an item is tried: a document that ends its worker three times ends a fourth.
pub const ATTEMPTS_MAX: i64 = 3;

/// Of an `item` that failed: whether it may be tried again, because what it needs is kept. A document's scan is; an archive is
/// kept until its job is cancelled or its time is over, unless one of its job's documents had to be forgotten.
pub(super) const REPEATABLE: &str = "item.sha256 <> '' \
     and exists (select 1 from job where job.id = item.job and job.state <> 'cancelled') \
     and ((item.kind = 'document' and exists (select 1 from document where document.id = item.document \
     and document.state = 'kept')) or (item.kind = 'archive' and not exists (select 1 from item other \
     join document on document.id = other.document where other.job = item.job and document.state = 'stopped')))";

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A document, to be examined.
    Document,
    /// An archive, whose documents become items of their own.
    Archive,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Nobody works on it yet.
    Waiting,
    /// Somebody does.
    Working,
    /// It has a result.
    Done,
    /// It has none, and is not tried again by itself.
    Failed,
    /// Nobody will look at it: its job was cancelled before, or it is an archive that failed and is kept no more.
    Cancelled,
}

/// An item of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Item {
    /// Order within all jobs.
    pub position: i64,
    /// Its name in the archive, or as handed in.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its document.
    pub document: Option<String>,
    /// Where it stands.
    pub state: ItemState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed, or failed last.
    pub reason: Option<String>,
    /// The same for programs.
    pub code: Option<FailureCode>,
    /// How many pages of its document were examined; null before the first, where it came to nothing, and for archives.
    pub pages: Option<u32>,
    /// What it came to.
    pub outcome: Option<Outcome>,
}

/// An item under a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The item.
    pub item: i64,
    /// The lease, which no other claim has.
    pub lease: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// Its job.
    pub job: String,
    /// The office that it belongs to.
    pub office: String,
    /// Who began the job.
    pub created_by: Option<String>,
    /// What it is examined for.
    pub terms: Terms,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// How the work on an item ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Settlement {
    /// It has a result.
    Examined(Box<NewResult>),
    /// It was an archive, whose documents are items now; what was left out, if anything.
    Unpacked(Option<String>),
    /// It may be tried again from an instant on, unless it was tried too often.
    Again(Failure, Timestamp),
    /// It is of no use to try again.
    Failed(Failure),
}

impl Store {
    /// Claims items of running jobs, jobs taking turns, and puts them under a lease until `now` and `lease`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim_items(
        &self,
        lease: &str,
        count: u32,
        (now, length): (Timestamp, SignedDuration),
    ) -> Result<Vec<Claimed>, Error> {
        let millisecond = now.as_millisecond();
        sqlx::query(
            "update item set state = 'failed', pages = null, \
             code = case when reason is null then 'lost' else code end, \
             reason = coalesce(reason, 'whoever worked on it was lost, each time') \
             where state = 'working' and lease_until < $1 and attempts >= $2",
        )
        .bind(millisecond)
        .bind(ATTEMPTS_MAX)
        .execute(&self.pool)
        .await?;
        let lock = match self.kind {
            Kind::Sqlite => "",
            Kind::Postgres => "for update of item skip locked",
        };
        let claim = format!(
            "update item set state = 'working', lease = $1, lease_until = $2, attempts = attempts + 1, pages = null \
             where position in (select item.position from item join job on job.id = item.job \
             where job.state = 'running' and item.not_before <= $3 and (item.state = 'waiting' \
             or (item.state = 'working' and item.lease_until < $3)) \
             order by item.ordinal, item.position limit $4 {lock})"
        );
        let claimed = sqlx::query(sqlx::AssertSqlSafe(claim))
            .bind(lease)
            .bind(until(now, length))
            .bind(millisecond)
            .bind(i64::from(count))
            .execute(&self.pool)
            .await?;
        match claimed.rows_affected() {
            0 => Ok(Vec::new()),
            _ => self.under(lease).await,
        }
    }

    /// Puts one item under a lease, for an engine that says itself whose turn it is: whoever held it before holds it no
    /// more. `None` if there is nothing to do, because it is finished, was tried too often, or its job is not running.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_item(
        &self,
        item: i64,
        lease: &str,
        (now, length): (Timestamp, SignedDuration),
    ) -> Result<Option<Claimed>, Error> {
        let taken = sqlx::query(
            "update item set state = 'working', lease = $2, lease_until = $3, attempts = attempts + 1, pages = null \
             where position = $1 and state in ('waiting', 'working') and attempts < $4 \
             and exists (select 1 from job where job.id = item.job and job.state = 'running')",
        )
        .bind(item)
        .bind(lease)
        .bind(until(now, length))
        .bind(ATTEMPTS_MAX)
        .execute(&self.pool)
        .await?;
        match taken.rows_affected() {
            0 => Ok(None),
            _ => Ok(self.under(lease).await?.pop()),
        }
    }

    /// What is under a lease, in its order.
    async fn under(&self, lease: &str) -> Result<Vec<Claimed>, Error> {
        let rows = sqlx::query(
            "select item.position, attempts, job.id, job.office, job.created_by, terms, item.name, kind, sha256 \
             from item join job on job.id = item.job \
             where item.state = 'working' and item.lease = $1 order by item.ordinal, item.position",
        )
        .bind(lease)
        .fetch_all(&self.pool)
        .await?;
        let claimed = |row: &AnyRow| {
            let kind: String = row.get(7);
            Ok(Claimed {
                item: row.get(0),
                lease: lease.to_owned(),
                attempts: row.get(1),
                job: row.get(2),
                office: row.get(3),
                created_by: row.get(4),
                terms: parsed(row.get(5), "a job")?,
                name: row.get(6),
                kind: value(&kind, "item")?,
                sha256: row.get(8),
            })
        };
        rows.iter().map(claimed).collect()
    }

    /// Lengthens the lease on an item; `false` if it was lost.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew_lease(
        &self,
        claimed: &Claimed,
        (now, length): (Timestamp, SignedDuration),
    ) -> Result<bool, Error> {
        let renewed = sqlx::query(
            "update item set lease_until = $3 where position = $1 and lease = $2 and state = 'working'",
        )
        .bind(claimed.item)
        .bind(&claimed.lease)
        .bind(until(now, length))
        .execute(&self.pool)
        .await?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Notes how many pages of a claimed item's document were examined until now; nothing if the lease was lost.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_pages(&self, claimed: &Claimed, pages: u32) -> Result<(), Error> {
        sqlx::query(
            "update item set pages = $3 where position = $1 and lease = $2 and state = 'working'",
        )
        .bind(claimed.item)
        .bind(&claimed.lease)
        .bind(i64::from(pages))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Settles a claimed item, with its result in one transaction; `false` if the lease was lost: then nothing is changed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settle_item(
        &self,
        claimed: &Claimed,
        settlement: &Settlement,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let (state, reason, code, not_before) = match settlement {
            Settlement::Examined(_) => (ItemState::Done, None, None, 0),
            Settlement::Unpacked(left_out) => (ItemState::Done, left_out.as_deref(), None, 0),
            Settlement::Again(failure, from) if claimed.attempts < ATTEMPTS_MAX => (
                ItemState::Waiting,
                Some(failure.reason.as_str()),
                Some(name(failure.code)),
                from.as_millisecond(),
            ),
            Settlement::Again(failure, _) | Settlement::Failed(failure) => (
                ItemState::Failed,
                Some(failure.reason.as_str()),
                Some(name(failure.code)),
                0,
            ),
        };
        let settled = sqlx::query(
            "update item set state = $3, reason = $4, code = $6, not_before = $5, lease = null, lease_until = null, \
             pages = null \
             where position = $1 and lease = $2 and state = 'working'",
        )
        .bind(claimed.item)
        .bind(&claimed.lease)
        .bind(name(state))
        .bind(reason)
        .bind(not_before)
        .bind(code)
        .execute(&mut *transaction)
        .await?;
        if settled.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        if let Settlement::Examined(result) = settlement {
            examined(&mut transaction, claimed, result, at).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Lists something that came with a job and cannot be examined, with the reason.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_left_out(&self, job: &str, left: &str, reason: &str) -> Result<(), Error> {
        sqlx::query(
            "insert into item (job, ordinal, name, kind, sha256, state, attempts, reason, code) \
             values ($1, (select coalesce(max(ordinal), -1) + 1 from item where job = $1), $2, $3, '', 'failed', \
             $4, $5, 'left_out') on conflict do nothing",
        )
        .bind(job)
        .bind(left)
        .bind(name(ItemKind::Document))
        .bind(ATTEMPTS_MAX)
        .bind(reason)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Items of a job, in their order, behind a position; only those in one state, if that is asked for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn items(
        &self,
        job: &str,
        state: Option<ItemState>,
        (after, count): (i64, u32),
    ) -> Result<Vec<Item>, Error> {
        let rows = sqlx::query(
            "select position, name, kind, sha256, document, state, attempts, reason, outcome, code, pages from item \
             where job = $1 and position > $2 and ($3 = '' or state = $3) order by position limit $4",
        )
        .bind(job)
        .bind(after)
        .bind(state.map(name).unwrap_or_default())
        .bind(i64::from(count))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(stored).collect()
    }

    /// Items of a job that came to no verdict, in their order: those that failed, and documents that cannot be read.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unexamined(&self, job: &str, count: u32) -> Result<Vec<Item>, Error> {
        let rows = sqlx::query(
            "select position, name, kind, sha256, document, state, attempts, reason, outcome, code, pages from item \
             where job = $1 and (state = 'failed' or outcome = $2) order by position limit $3",
        )
        .bind(job)
        .bind(name(Outcome::Unreadable))
        .bind(i64::from(count))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(stored).collect()
    }
}

/// When a lease ends, in milliseconds since the epoch.
fn until(now: Timestamp, length: SignedDuration) -> i64 {
    let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    now.as_millisecond().saturating_add(length)
}

/// Adds an item to a job; the same bytes under the same name are one.
pub(super) async fn add(
    connection: &mut AnyConnection,
    job: &str,
    arrival: &Arrival,
    document: Option<&str>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into item (job, ordinal, name, kind, sha256, document, state, attempts) \
         values ($1, (select coalesce(max(ordinal), -1) + 1 from item where job = $1), $2, $3, $4, $5, 'waiting', 0) \
         on conflict do nothing",
    )
    .bind(job)
    .bind(&arrival.document.name)
    .bind(name(arrival.kind))
    .bind(&arrival.document.sha256)
    .bind(document)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps a result, and what it comes to with the document and the item.
async fn examined(
    connection: &mut AnyConnection,
    claimed: &Claimed,
    result: &NewResult,
    at: Timestamp,
) -> Result<(), Error> {
    keep(&mut *connection, result, at).await?;
    let outcome = result.report.outcome;
    sqlx::query("update item set outcome = $2, pages = $3 where position = $1")
        .bind(claimed.item)
        .bind(name(outcome))
        .bind(i64::try_from(result.report.pages.len()).unwrap_or(i64::MAX))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update document set outcome = $2, asked = $3 \
         where id = (select document from item where position = $1)",
    )
    .bind(claimed.item)
    .bind(name(outcome))
    .bind(asked(result))
    .execute(&mut *connection)
    .await?;
    if outcome != Outcome::Stopped {
        return Ok(());
    }
    // Of what must not be looked at, the digest and that fact alone stay, in every office: jobs are called as what they
    // were begun by, uploads say how they were handed in, and a key may be what the sender calls it.
    for forget in [
        "update job set name = '#' || cast(position as text) where exists (select 1 from item \
         where item.job = job.id and item.sha256 = $1 and item.document is not null and item.name = job.name)",
        "delete from upload where sha256 = $1",
        "delete from idempotency where sha256 = $1",
        "delete from crops where result in (select position from result where document = $1)",
        "delete from field_correction where document in (select id from document where sha256 = $1)",
        "update document set state = 'stopped', name = '' where sha256 = $1",
        "update item set name = '#' || cast(position as text) where sha256 = $1 and document is not null",
    ] {
        sqlx::query(forget)
            .bind(&claimed.sha256)
            .execute(&mut *connection)
            .await?;
    }
    let act = Act {
        who: Actor::Program,
        at,
    };
    let entry = act.entry(Deed::DocumentStopped, &claimed.sha256, json!({}));
    audit::append(&mut *connection, &entry).await
}

fn stored(row: &AnyRow) -> Result<Item, Error> {
    let (kind, state): (String, String) = (row.get(2), row.get(5));
    let outcome: Option<String> = row.get(8);
    let code: Option<String> = row.get(9);
    let pages: Option<i64> = row.get(10);
    Ok(Item {
        position: row.get(0),
        name: row.get(1),
        kind: value(&kind, "item")?,
        sha256: row.get(3),
        document: row.get(4),
        state: value(&state, "item")?,
        attempts: row.get(6),
        reason: row.get(7),
        outcome: outcome.map(|text| value(&text, "outcome")).transpose()?,
        code: code.map(|text| value(&text, "failure")).transpose()?,
        pages: pages.and_then(|pages| u32::try_from(pages).ok()),
    })
}
