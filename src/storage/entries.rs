//! The entries of every register but the seals' own: one table, only ever added to.

use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::registry::Entry;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::registry::body;
use crate::registry::correction::WITHDRAWAL;
use crate::storage::Changes;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::register::parsed;
use crate::storage::register::written;

const ROWS: &str = "select entry.name, kind, key, happened_on, content, instrument, recorded_by, corrects, \
                    revision, recorded_at from entry join revision on revision.number = entry.revision";

impl Store {
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
        let query = format!("{ROWS} order by position");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(recorded).collect()
    }

    /// Whether a body of this identifier stands in the register.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn has_body(&self, id: &str) -> Result<bool, Error> {
        let mut connection = self.pool.acquire().await?;
        has_body(&mut connection, id).await
    }
}

/// The same within a transaction.
pub(super) async fn has_body(connection: &mut AnyConnection, id: &str) -> Result<bool, Error> {
    let (bodies, withdrawals) = (body::KIND.name, WITHDRAWAL.name);
    let query = format!("{ROWS} where kind in ($1, $2) order by position");
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(bodies)
        .bind(withdrawals)
        .fetch_all(connection)
        .await?;
    let entries: Result<Vec<Recorded>, Error> = rows.iter().map(recorded).collect();
    Ok(!Records::of(entries?).about(bodies, id).is_empty())
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

/// Adds an entry, if it is not known already. Who recorded it is whoever does, whatever a file says.
pub(super) async fn record(
    connection: &mut AnyConnection,
    entry: &Entry,
    (revision, by): (i64, &str),
) -> Result<Changes, Error> {
    let name = entry.name();
    let known = sqlx::query("select 1 from entry where name = $1")
        .bind(&name)
        .fetch_optional(&mut *connection)
        .await?;
    if known.is_some() {
        return Ok(Changes {
            entries_known: 1,
            ..Changes::default()
        });
    }
    sqlx::query(
        "insert into entry \
         (name, kind, key, happened_on, content, instrument, recorded_by, revision, corrects) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(name)
    .bind(&entry.kind)
    .bind(&entry.key)
    .bind(entry.happened_on.map(|day| day.to_string()))
    .bind(written(&entry.content))
    .bind(&entry.instrument)
    .bind(by)
    .bind(revision)
    .bind(&entry.corrects)
    .execute(connection)
    .await?;
    Ok(Changes {
        entries_added: 1,
        ..Changes::default()
    })
}
