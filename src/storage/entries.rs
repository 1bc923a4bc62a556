//! The entries of every register but the seals' own: one table, only ever added to.

use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::registry::Entry;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::storage::Changes;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::register::new_revision;
use crate::storage::register::parsed;
use crate::storage::register::written;

impl Store {
    /// Records entries under one revision, all of them or none: whoever reads meanwhile sees none; those known already are
    /// left as they are, and make no revision.
    ///
    /// # Errors
    /// If the database fails; then none is recorded.
    pub async fn record_entries(
        &self,
        entries: &[Entry],
        source: &str,
        at: Timestamp,
    ) -> Result<Changes, Error> {
        let mut changes = Changes::default();
        let mut transaction = self.begin().await?;
        let mut revision = None;
        for entry in entries {
            if is_known(&mut transaction, &entry.name()).await? {
                changes.entries_known += 1;
                continue;
            }
            let number = match revision {
                Some(number) => number,
                None => new_revision(&mut transaction, source, at).await?,
            };
            insert(&mut transaction, entry, number).await?;
            revision = Some(number);
            changes.entries_added += 1;
        }
        transaction.commit().await?;
        Ok(changes)
    }

    /// The seals as they stand, and the entries of all registers, the seals' events among them.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn records(&self) -> Result<(Vec<StoredSeal>, Records), Error> {
        let seals = self.seals().await?;
        let entries = self.entries().await?;
        let events = |seal: &StoredSeal| -> Vec<Recorded> {
            let events = seal.events.iter();
            events.map(|event| event.recorded(&seal.id)).collect()
        };
        let records = Records::of(entries.into_iter().chain(seals.iter().flat_map(events)));
        Ok((seals, records))
    }

    /// The entries of every kind but the seals' events, in the order of recording.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn entries(&self) -> Result<Vec<Recorded>, Error> {
        let rows = sqlx::query(
            "select entry.name, kind, key, happened_on, content, instrument, recorded_by, corrects, \
             revision, recorded_at from entry \
             join revision on revision.number = entry.revision order by position",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(recorded).collect()
    }
}

fn recorded(row: &AnyRow) -> Result<Recorded, Error> {
    let key: String = row.get(2);
    let day: Option<String> = row.get(3);
    let happened_on = match day {
        Some(day) => Some(parsed(&format!("\"{day}\""), &key)?),
        None => None,
    };
    Ok(Recorded {
        name: row.get(0),
        entry: Entry {
            kind: row.get(1),
            happened_on,
            content: parsed(row.get(4), &key)?,
            instrument: row.get(5),
            recorded_by: row.get(6),
            corrects: row.get(7),
            key,
        },
        revision: Some(row.get::<i64, _>(8).unsigned_abs()),
        recorded_at: row.get(9),
    })
}

pub(super) async fn is_known(connection: &mut AnyConnection, name: &str) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from entry where name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

pub(super) async fn insert(
    connection: &mut AnyConnection,
    entry: &Entry,
    revision: i64,
) -> Result<(), Error> {
    sqlx::query(
        "insert into entry \
         (name, kind, key, happened_on, content, instrument, recorded_by, revision, corrects) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(entry.name())
    .bind(&entry.kind)
    .bind(&entry.key)
    .bind(entry.happened_on.map(|day| day.to_string()))
    .bind(written(&entry.content))
    .bind(&entry.instrument)
    .bind(&entry.recorded_by)
    .bind(revision)
    .bind(&entry.corrects)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(reason: &str) -> Entry {
        Entry {
            kind: "withdrawal".into(),
            key: "a".into(),
            content: [("reason".to_owned(), reason.to_owned())].into(),
            ..Entry::default()
        }
    }

    #[tokio::test]
    async fn entries_are_recorded_once_and_read_as_they_were_given() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let full = Entry {
            happened_on: Some(jiff::civil::date(2024, 5, 21)),
            instrument: Some("12/QĐ".into()),
            recorded_by: Some("Lan".into()),
            corrects: Some("0123".into()),
            ..entry("full")
        };
        let given = [entry("twice"), entry("twice"), full.clone()];
        let first = store.record_entries(&given, "a.csv", at).await.unwrap();
        assert_eq!((first.entries_added, first.entries_known), (2, 1));
        let again = store.record_entries(&given, "b.csv", at).await.unwrap();
        assert_eq!((again.entries_added, again.entries_known), (0, 3));
        assert_eq!(store.revision().await.unwrap(), 1);
        let read = store.entries().await.unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].entry, full);
        assert_eq!(read[1].name, full.name());
        assert_eq!(
            (read[1].revision, read[1].recorded_at.as_deref()),
            (Some(1), Some("1970-01-01T00:00:00Z"))
        );
    }
}
