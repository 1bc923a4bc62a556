//! Deleting documents whose time is over, each with its record.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::audit::Act;
use crate::audit::Deed;
use crate::retention::Periods;
use crate::retention::Refusal;
use crate::retention::Subject;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::read;
use crate::storage::audit;
use crate::storage::documents;
use crate::storage::documents::DocumentState;
use crate::storage::documents::StoredDocument;

/// Which day it is, where, and how long documents are kept.
#[derive(Clone, Debug)]
pub struct Today {
    /// The day.
    pub on: Date,
    /// Whose days count.
    pub zone: TimeZone,
    /// How long documents are kept.
    pub periods: Periods,
}

/// What came of deleting a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// Its name and its scan's place are given up; its digest, its office, what it came to and the record stay.
    Done(Box<StoredDocument>),
    /// Something keeps it.
    Refused(Refusal),
    /// There is no such document, or its scan is not kept.
    NotKept,
}

impl Store {
    /// Gives a document up in one transaction with the record of that, unless something keeps it. The scan itself is for
    /// the caller to remove, once nobody wants it any more.
    ///
    /// # Errors
    /// If the database fails; then it stays.
    pub async fn delete_document(
        &self,
        id: &str,
        (today, reason): (&Today, &str),
        act: &Act,
    ) -> Result<Deleted, Error> {
        let mut transaction = self.begin().await?;
        let document = documents::find(&mut transaction, id).await?;
        let Some(document) = document.filter(|found| found.state == DocumentState::Kept) else {
            return Ok(Deleted::NotKept);
        };
        let is_open = has_open_decision(&mut transaction, &document).await?;
        let subject = subject(&document, is_open)?;
        let Today { on, zone, periods } = today;
        if let Some(refusal) = periods.refusal(&subject, *on, zone) {
            return Ok(Deleted::Refused(refusal));
        }
        sqlx::query("update document set state = 'deleted', name = '' where id = $1")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        let detail = json!({
            "sha256": document.sha256,
            "office": document.office,
            "handed_in_at": document.handed_in_at,
            "reason": reason,
        });
        let entry = act.entry(Deed::DocumentDeleted, id, detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Deleted::Done(Box::new(document)))
    }

    /// Documents whose time is over and that nothing keeps, the oldest first, `count` at most.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn due_documents(
        &self,
        today: &Today,
        count: usize,
    ) -> Result<Vec<StoredDocument>, Error> {
        let (mut due, mut after) = (Vec::new(), 0_i64);
        if today.periods.days.is_empty() {
            return Ok(due);
        }
        let mut connection = self.pool.acquire().await?;
        loop {
            let rows = sqlx::query(
                "select id, position from document \
                 where position > $1 and state = 'kept' and held_for is null \
                 order by position limit 500",
            )
            .bind(after)
            .fetch_all(&mut *connection)
            .await?;
            let Some(last) = rows.last() else {
                return Ok(due);
            };
            after = last.get(1);
            for row in &rows {
                let document = documents::find(&mut connection, row.get(0)).await?;
                let Some(document) = document else { continue };
                let is_open = has_open_decision(&mut connection, &document).await?;
                let subject = subject(&document, is_open)?;
                if today.periods.is_due(&subject, today.on, &today.zone) {
                    due.push(document);
                }
                if due.len() >= count {
                    return Ok(due);
                }
            }
        }
    }

    /// Gives up archives that failed and whose time is over, as that of a document which did not pass: they are tried no
    /// more, and their bytes are wanted no more.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn give_up_archives(&self, today: &Today) -> Result<(), Error> {
        if today.periods.days.is_empty() {
            return Ok(());
        }
        let failed = sqlx::query(
            "select item.position, job.created_at from item join job on job.id = item.job \
             where item.state = 'failed' and item.kind = 'archive'",
        )
        .fetch_all(&self.pool)
        .await?;
        for row in failed {
            let began: String = row.get(1);
            let subject = Subject {
                brought_at: read(&began, "the instant")?,
                outcome: None,
                retain_until: None,
                held_for: None,
                has_open_proposal: false,
            };
            if today.periods.is_due(&subject, today.on, &today.zone) {
                sqlx::query(
                    "update item set state = 'cancelled' where position = $1 and state = 'failed'",
                )
                .bind(row.get::<i64, _>(0))
                .execute(&self.pool)
                .await?;
            }
        }
        Ok(())
    }
}

fn subject(document: &StoredDocument, has_open_proposal: bool) -> Result<Subject<'_>, Error> {
    let until = document.retain_until.as_deref();
    Ok(Subject {
        brought_at: read(&document.handed_in_at, "the instant")?,
        outcome: document.outcome,
        retain_until: until.map(|day| read(day, "the day")).transpose()?,
        held_for: document.held_for.as_deref(),
        has_open_proposal,
    })
}

async fn has_open_decision(
    connection: &mut AnyConnection,
    document: &StoredDocument,
) -> Result<bool, Error> {
    let row = sqlx::query(
        "select 1 from decision where document = $1 and coalesce(office, '') = $2 \
         and state = 'open' limit 1",
    )
    .bind(&document.sha256)
    .bind(&document.office)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}
