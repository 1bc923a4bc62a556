//! Recording the rows of a file: one revision, and within it a transaction for each row, so that a row that the database
//! refuses costs only itself.

use sqlx::AnyConnection;
use sqlx::Connection;

use crate::audit::Act;
use crate::registry::Entry;
use crate::registry::Reason;
use crate::registry::sheet::events;
use crate::storage::Changes;
use crate::storage::Error;
use crate::storage::Kind;
use crate::storage::NewSeal;
use crate::storage::Store;
use crate::storage::entries;
use crate::storage::register;

/// What came of recording rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// What changed.
    pub changes: Changes,
    /// The rows that the database refused.
    pub refused: Vec<Refused>,
}

/// A row that the database refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place among those given, from 0.
    pub row: usize,
    /// Why.
    pub reason: Reason,
}

/// A row of one of the files that a register is kept by.
#[derive(Clone, Copy)]
enum Row<'a> {
    Seal(&'a NewSeal),
    Event(&'a events::Entry),
    Entry(&'a Entry),
}

impl Store {
    /// Adds seals, versions and specimens; nothing changes if nothing is new.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn record_seals(
        &self,
        seals: &[NewSeal],
        source: &str,
        act: &Act,
    ) -> Result<Recording, Error> {
        let rows = seals.iter().map(Row::Seal);
        self.record(rows, source, act).await
    }

    /// Adds events; those already known are left as they are.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn record_events(
        &self,
        given: &[events::Entry],
        source: &str,
        act: &Act,
    ) -> Result<Recording, Error> {
        let rows = given.iter().map(Row::Event);
        self.record(rows, source, act).await
    }

    /// Adds entries of other registers; those already known are left as they are.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn record_entries(
        &self,
        given: &[Entry],
        source: &str,
        act: &Act,
    ) -> Result<Recording, Error> {
        let rows = given.iter().map(Row::Entry);
        self.record(rows, source, act).await
    }

    /// Records rows that become visible together, in the name of whoever does it; a revision that changes something is kept, and only such a one.
    async fn record<'a>(
        &self,
        rows: impl Iterator<Item = Row<'a>> + Send,
        source: &str,
        act: &Act,
    ) -> Result<Recording, Error> {
        let mut transaction = self.begin().await?;
        let revision = register::new_revision(&mut transaction, source, act.at).await?;
        let by = act.who.to_string();
        let mut recording = Recording::default();
        for (place, row) in rows.enumerate() {
            let mut own = transaction.begin().await?;
            match row.record(&mut own, (revision, &by)).await {
                Ok(changes) => {
                    own.commit().await?;
                    recording.changes += changes;
                }
                Err(error) => {
                    let reason = refusal(error, self.kind)?;
                    own.rollback().await?;
                    recording.refused.push(Refused { row: place, reason });
                }
            }
        }
        if recording.changes.any() {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(recording)
    }
}

impl Row<'_> {
    async fn record(
        self,
        connection: &mut AnyConnection,
        under: (i64, &str),
    ) -> Result<Changes, Error> {
        match self {
            Self::Seal(seal) => register::record_seal(connection, seal, under.0).await,
            Self::Event(entry) => {
                let event = (entry.seal.as_str(), &entry.event);
                register::record_event(connection, event, under).await
            }
            Self::Entry(entry) => entries::record(connection, entry, under).await,
        }
    }
}

/// Why the database refused a row; any other error is no fault of the row.
fn refusal(error: Error, kind: Kind) -> Result<Reason, Error> {
    let Error::Database(sqlx::Error::Database(refused)) = &error else {
        return Err(error);
    };
    let code = refused.code().unwrap_or_default();
    let is_of_row = match kind {
        // Too big, against a constraint, of another type: the low byte of <https://sqlite.org/rescode.html>.
        Kind::Sqlite => code
            .parse::<u32>()
            .is_ok_and(|code| [18, 19, 20].contains(&(code & 0xFF))),
        // Data exception, integrity constraint, program limit: classes of PostgreSQL's appendix A.
        Kind::Postgres => ["22", "23", "54"]
            .iter()
            .any(|class| code.starts_with(class)),
    };
    if is_of_row {
        let sentence = format!("the database refuses it: {refused}");
        Ok(Reason::new("refused", &[], sentence))
    } else {
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::audit::Actor;

    fn act() -> Act {
        Act {
            who: Actor::Person("minh".parse().unwrap()),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn by_minh(entry: Entry) -> Entry {
        Entry {
            recorded_by: Some("minh".into()),
            ..entry
        }
    }

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
        let act = act();
        let full = Entry {
            happened_on: Some(jiff::civil::date(2024, 5, 21)),
            instrument: Some("12/QĐ".into()),
            recorded_by: Some("Lan".into()),
            corrects: Some("0123".into()),
            ..entry("full")
        };
        let given = [entry("twice"), entry("twice"), full.clone()];
        let first = store.record_entries(&given, "a.csv", &act).await.unwrap();
        let first = first.changes;
        assert_eq!((first.entries_added, first.entries_known), (2, 1));
        let again = store.record_entries(&given, "b.csv", &act).await.unwrap();
        let again = again.changes;
        assert_eq!((again.entries_added, again.entries_known), (0, 3));
        assert_eq!(store.revision().await.unwrap(), 1);
        let read = store.entries().await.unwrap();
        assert_eq!(read.len(), 2);
        // Whoever records is not whom a file names.
        assert_eq!(read[1].entry, by_minh(full.clone()));
        assert_eq!(read[1].name, full.name());
        assert_eq!(
            (read[1].revision, read[1].recorded_at.as_deref()),
            (Some(1), Some("1970-01-01T00:00:00Z"))
        );
    }

    #[tokio::test]
    async fn a_row_that_the_database_refuses_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let trigger = "create trigger refusing before insert on entry when new.content like '%bad%' \
                       begin select raise(abort, 'no such content'); end";
        sqlx::query(trigger).execute(&store.pool).await.unwrap();
        let act = act();
        let given = [entry("one"), entry("bad"), entry("two"), entry("as bad")];
        let recording = store.record_entries(&given, "a.csv", &act).await.unwrap();
        assert_eq!(recording.changes.entries_added, 2);
        let refused: Vec<usize> = recording.refused.iter().map(|own| own.row).collect();
        assert_eq!(refused, [1, 3]);
        let reason = &recording.refused[0].reason.sentence;
        assert!(reason.contains("no such content"), "{reason}");
        let kept: Vec<Entry> = store
            .entries()
            .await
            .unwrap()
            .into_iter()
            .map(|recorded| recorded.entry)
            .collect();
        assert_eq!(kept, [entry("one"), entry("two")].map(by_minh));
        // Nothing but refused rows makes no revision.
        let none = store.record_entries(&given[1..2], "b.csv", &act).await;
        assert_eq!(none.unwrap().changes, Changes::default());
        assert_eq!(store.revision().await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_failing_database_loses_the_whole_file_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        sqlx::query("drop table entry")
            .execute(&store.pool)
            .await
            .unwrap();
        let act = act();
        let failed = store.record_entries(&[entry("one")], "a.csv", &act).await;
        assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
        assert_eq!(store.revision().await.unwrap(), 0);
    }
}
