//! The audit log's entries and its head.

use futures_util::TryStreamExt;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::Entry;
use crate::audit::Head;
use crate::audit::Linked;
use crate::audit::verification;
use crate::audit::verification::Break;
use crate::audit::verification::Verifier;
use crate::storage::Error;
use crate::storage::Store;

const COLUMNS: &str = "sequence, at, who, deed, subject, detail, previous, digest";

/// Which entries are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only those about this subject.
    pub subject: Option<String>,
    /// Only those of deeds whose name begins so, such as `person.`.
    pub deed: Option<String>,
    /// Only those before this number.
    pub before: Option<u64>,
}

/// What a check of the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audited {
    /// It stands, up to here.
    Whole(Head),
    /// The first place where it is broken.
    Broken(Break),
}

impl Store {
    /// Writes one entry down.
    ///
    /// # Errors
    /// If the database fails; then nothing is written.
    pub async fn log(&self, entry: &Entry) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        append(&mut transaction, entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Where the chain ends; none where the head was removed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn audit_head(&self) -> Result<Option<Head>, Error> {
        let mut connection = self.pool.acquire().await?;
        head(&mut connection).await
    }

    /// The latest entries, the last one first, `count` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn audit_entries(
        &self,
        filter: &AuditFilter,
        count: u32,
    ) -> Result<Vec<Linked>, Error> {
        // One text for every filter: what is not asked for is true of all entries.
        let text = format!(
            "select {COLUMNS} from audit_entry \
             where sequence < $1 and ($2 = '' or subject = $2) and ($3 = '' or substr(deed, 1, length($3)) = $3) \
             order by sequence desc limit $4"
        );
        let before = filter.before.and_then(|before| i64::try_from(before).ok());
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(before.unwrap_or(i64::MAX))
            .bind(filter.subject.clone().unwrap_or_default())
            .bind(filter.deed.clone().unwrap_or_default())
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(linked).collect())
    }

    /// Goes through the whole chain, one entry in memory at a time, and names the first place where it is broken.
    ///
    /// `noted` is a head that was written down elsewhere, earlier.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn verify_audit(&self, noted: Option<Head>) -> Result<Audited, Error> {
        // One snapshot, so that entries written meanwhile are neither read nor missed.
        let mut transaction = self.pool.begin().await?;
        if self.kind == crate::storage::Kind::Postgres {
            sqlx::query("set transaction isolation level repeatable read")
                .execute(&mut *transaction)
                .await?;
        }
        let head = head(&mut transaction).await?;
        let mut verifier = Verifier::against(noted);
        let mut broken = None;
        {
            let text = format!("select {COLUMNS} from audit_entry order by sequence");
            let mut rows = sqlx::query(sqlx::AssertSqlSafe(text)).fetch(&mut *transaction);
            while let Some(row) = rows.try_next().await? {
                let entry = linked(&row);
                if let Err(found) = verifier.next(&entry) {
                    broken = Some((found, entry));
                    break;
                }
            }
        }
        transaction.rollback().await?;
        Ok(match broken {
            Some((found, entry)) => Audited::Broken(told(found, &entry, head.as_ref())),
            None => match verifier.finish(head.as_ref()) {
                Ok(head) => Audited::Whole(head),
                Err(found) => Audited::Broken(found),
            },
        })
    }
}

/// Whether an entry was changed or only moved.
fn told(found: Break, entry: &Linked, head: Option<&Head>) -> Break {
    let Break::Changed { sequence } = found else {
        return found;
    };
    // One digest for each place: entries behind the head are looked for as well.
    let last = head.map_or(0, |head| head.sequence).max(sequence) + 1;
    match verification::written_as(entry, last) {
        Some(written) => Break::Moved { sequence, written },
        None => found,
    }
}

/// Writes an entry down in the transaction of what it tells of: neither is ever there without the other.
pub(super) async fn append(connection: &mut AnyConnection, entry: &Entry) -> Result<(), Error> {
    let head = head(&mut *connection).await?.ok_or(Error::NoAuditHead)?;
    let linked = Linked::behind(&head, entry);
    sqlx::query(
        "insert into audit_entry (sequence, at, who, deed, subject, detail, previous, digest) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(number(linked.sequence))
    .bind(&linked.at)
    .bind(&linked.who)
    .bind(&linked.deed)
    .bind(&linked.subject)
    .bind(&linked.detail)
    .bind(&linked.previous)
    .bind(&linked.digest)
    .execute(&mut *connection)
    .await?;
    sqlx::query("update audit_head set sequence = $1, digest = $2 where id = 1")
        .bind(number(linked.sequence))
        .bind(&linked.digest)
        .execute(connection)
        .await?;
    Ok(())
}

async fn head(connection: &mut AnyConnection) -> Result<Option<Head>, Error> {
    let row = sqlx::query("select sequence, digest from audit_head where id = 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| Head {
        sequence: row.get::<i64, _>(0).unsigned_abs(),
        digest: row.get(1),
    }))
}

fn linked(row: &AnyRow) -> Linked {
    Linked {
        // A number below 0 has no place, and 0 has none either.
        sequence: u64::try_from(row.get::<i64, _>(0)).unwrap_or(0),
        at: row.get(1),
        who: row.get(2),
        deed: row.get(3),
        subject: row.get(4),
        detail: row.get(5),
        previous: row.get(6),
        digest: row.get(7),
    }
}

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    use crate::audit::Actor;
    use crate::audit::Deed;

    fn entry(subject: &str) -> Entry {
        Entry {
            at: Timestamp::UNIX_EPOCH,
            who: Actor::Program,
            deed: Deed::SpecimenRead,
            subject: subject.into(),
            detail: json!({ "why": "a test" }),
        }
    }

    async fn store(folder: &tempfile::TempDir, entries: usize) -> Store {
        let store = Store::open(folder.path()).await.unwrap();
        for number in 0..entries {
            store.log(&entry(&format!("S{number}"))).await.unwrap();
        }
        store
    }

    /// What somebody does who may write to the database.
    async fn tamper(store: &Store, statements: &'static str) {
        let free = "drop trigger audit_entry_stays; drop trigger audit_entry_remains";
        for text in [free, statements] {
            sqlx::raw_sql(text).execute(&store.pool).await.unwrap();
        }
    }

    #[tokio::test]
    async fn entries_are_read_back_and_the_chain_stands() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder, 3).await;
        let all = store.audit_entries(&AuditFilter::default(), 10).await;
        let subjects: Vec<_> = all
            .unwrap()
            .into_iter()
            .map(|entry| entry.subject)
            .collect();
        assert_eq!(subjects, ["S2", "S1", "S0"]);
        let filter = AuditFilter {
            subject: Some("S1".into()),
            deed: Some("specimen.".into()),
            before: None,
        };
        assert_eq!(store.audit_entries(&filter, 10).await.unwrap().len(), 1);
        let before = AuditFilter {
            before: Some(3),
            ..AuditFilter::default()
        };
        assert_eq!(
            store.audit_entries(&before, 1).await.unwrap()[0].sequence,
            2
        );
        let head = store.audit_head().await.unwrap().unwrap();
        assert_eq!(
            store.verify_audit(None).await.unwrap(),
            Audited::Whole(head)
        );
    }

    #[tokio::test]
    async fn the_database_itself_refuses_to_change_or_remove_an_entry() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder, 1).await;
        for text in [
            "update audit_entry set who = 'x'",
            "delete from audit_entry",
        ] {
            let refused = sqlx::raw_sql(text).execute(&store.pool).await;
            let told = refused.unwrap_err().to_string();
            assert!(told.contains("never"), "{told}");
        }
    }

    #[tokio::test]
    async fn the_first_broken_place_is_named_whatever_was_done() {
        for (statements, broken) in [
            (
                "update audit_entry set who = 'x' where sequence = 2",
                Break::Changed { sequence: 2 },
            ),
            (
                "delete from audit_entry where sequence = 2",
                Break::Removed { first: 2, last: 2 },
            ),
            (
                "update audit_entry set sequence = -1 where sequence = 2; \
                 update audit_entry set sequence = 2 where sequence = 3; \
                 update audit_entry set sequence = 3 where sequence = -1",
                Break::Moved {
                    sequence: 2,
                    written: 3,
                },
            ),
            (
                "delete from audit_entry where sequence = 4",
                Break::Cut { last: 3, head: 4 },
            ),
            (
                "insert into audit_entry select 0, at, who, deed, subject, detail, previous, digest \
                 from audit_entry where sequence = 1",
                Break::Inserted { sequence: 0 },
            ),
            ("delete from audit_head", Break::NoHead),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let store = store(&folder, 4).await;
            tamper(&store, statements).await;
            let found = store.verify_audit(None).await.unwrap();
            assert_eq!(found, Audited::Broken(broken), "{statements}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn many_writers_at_once_make_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let own = store(&folder, 0).await;
        let other = Store::open(folder.path()).await.unwrap();
        let writers = (0..8).map(|writer| {
            let store = if writer % 2 == 0 { &own } else { &other }.clone();
            tokio::spawn(async move {
                for number in 0..5 {
                    let subject = format!("{writer}-{number}");
                    store.log(&entry(&subject)).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let Audited::Whole(head) = own.verify_audit(None).await.unwrap() else {
            panic!("the chain is broken");
        };
        assert_eq!(head.sequence, 40);
    }
}
