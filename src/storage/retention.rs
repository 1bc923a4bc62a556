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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;

    use crate::audit::Actor;
    use crate::retention::Kept;
    use crate::rules::Finding;
    use crate::rules::Severity;
    use crate::storage::decisions::NewDecision;
    use crate::storage::documents::NewDocument;

    fn today(on: Date) -> Today {
        Today {
            on,
            zone: TimeZone::UTC,
            periods: Periods {
                days: [(Kept::Attention, 10)].into(),
            },
        }
    }

    fn act() -> Act {
        Act {
            who: Actor::Person("lan".parse().unwrap()),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    /// A store with documents that were brought on the first day of 1970.
    async fn with_documents(folder: &tempfile::TempDir, digests: &[&str]) -> (Store, Vec<String>) {
        let store = Store::open(folder.path()).await.unwrap();
        let mut ids = Vec::new();
        for sha256 in digests {
            let new = NewDocument {
                office: "B1".into(),
                sha256: (*sha256).into(),
                name: "a.pdf".into(),
                bytes: 3,
                by: None,
            };
            let mut connection = store.pool.acquire().await.unwrap();
            let added = documents::hand_in(&mut connection, &new, Timestamp::UNIX_EPOCH);
            ids.push(added.await.unwrap().0);
        }
        (store, ids)
    }

    async fn due(store: &Store, on: Date) -> Vec<String> {
        let due = store.due_documents(&today(on), 10).await.unwrap();
        due.into_iter().map(|document| document.sha256).collect()
    }

    #[tokio::test]
    async fn a_document_is_due_after_its_period_and_leaves_its_digest_and_a_record() {
        let folder = tempfile::tempdir().unwrap();
        let (store, ids) = with_documents(&folder, &["00aa"]).await;
        let (last, next) = (date(1970, 1, 11), date(1970, 1, 12));
        assert!(due(&store, last).await.is_empty());
        assert_eq!(due(&store, next).await, ["00aa"]);
        let early = (&today(last), "asked for");
        let early = store.delete_document(&ids[0], early, &act()).await.unwrap();
        let until = last;
        assert_eq!(early, Deleted::Refused(Refusal::Early { until }));
        let late = today(next);
        let done = store
            .delete_document(&ids[0], (&late, "over"), &act())
            .await;
        assert!(
            matches!(done.unwrap(), Deleted::Done(_)),
            "it was not deleted"
        );
        let left = store.document(&ids[0]).await.unwrap().unwrap();
        assert_eq!(
            (left.state, left.name.as_str()),
            (DocumentState::Deleted, "")
        );
        let entries = store.audit_entries(&audit::AuditFilter::default(), 9).await;
        let entry = &entries.unwrap()[0];
        assert_eq!(
            (entry.deed.as_str(), &entry.subject),
            ("document.deleted", &ids[0])
        );
        assert!(entry.detail.contains("00aa"), "{}", entry.detail);
        let again = store
            .delete_document(&ids[0], (&late, "over"), &act())
            .await;
        assert_eq!(again.unwrap(), Deleted::NotKept);
    }

    #[tokio::test]
    async fn what_is_held_kept_longer_or_undecided_is_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let (store, ids) = with_documents(&folder, &["00aa", "00bb", "00cc", "00dd"]).await;
        store
            .hold_document(&ids[0], (Some("case 12"), None), &act())
            .await
            .unwrap();
        store
            .hold_document(&ids[1], (None, Some("1970-02-01")), &act())
            .await
            .unwrap();
        let decision = NewDecision {
            document: "00cc".into(),
            office: Some("B1".into()),
            finding: Finding {
                code: "seal.printed".into(),
                severity: Severity::Warning,
                impression: None,
                page: None,
                message: "said".into(),
                values: serde_json::Map::new(),
                basis: None,
            },
            reason: "seen under the glass".into(),
        };
        store.propose_decision(&decision, &act()).await.unwrap();
        let on = date(1970, 1, 20);
        assert_eq!(due(&store, on).await, ["00dd"]);
        for (id, kept_by) in [
            (
                &ids[0],
                Refusal::Held {
                    reason: "case 12".into(),
                },
            ),
            (
                &ids[1],
                Refusal::Early {
                    until: date(1970, 2, 1),
                },
            ),
            (&ids[2], Refusal::Open),
        ] {
            let refused = store
                .delete_document(id, (&today(on), "over"), &act())
                .await;
            assert_eq!(refused.unwrap(), Deleted::Refused(kept_by));
        }
        assert_eq!(due(&store, date(1970, 2, 2)).await, ["00bb", "00dd"]);
    }
}
