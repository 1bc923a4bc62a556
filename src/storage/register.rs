//! The register's tables: reading the seals as they stand, adding versions, specimens and events.

use std::collections::HashMap;
use std::ops::AddAssign;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::registry::Event;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Records;
use crate::storage::Error;
use crate::storage::Store;

/// A seal as it stands in the store, without its impressions.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSeal {
    /// The seal's identifier.
    pub id: String,
    /// Counted from one.
    pub version: u32,
    /// The latest version of what is stated about it.
    pub particulars: Particulars,
    /// Its specimens, first registered first.
    pub specimens: Vec<StoredSpecimen>,
    /// Its life, in the order of dates.
    pub events: Vec<Event>,
}

impl StoredSeal {
    /// What stands of its life.
    #[must_use]
    pub fn life(&self, records: &Records) -> Life {
        let days = self.specimens.iter().map(|specimen| specimen.days);
        Life {
            specimens: days.collect(),
            ..Life::of(records, (&self.id, &self.particulars), &self.events)
        }
    }
}

impl StoredSeal {
    /// What is stated of it now, and before where that is empty: an empty value, or a column left out, says nothing.
    pub(super) fn completed(&self, stated: &Particulars) -> Particulars {
        let (now, before) = (stated.clone(), self.particulars.clone());
        Particulars {
            organisation: now.organisation,
            shape: now.shape.or(before.shape),
            width_mm: now.width_mm.or(before.width_mm),
            height_mm: now.height_mm.or(before.height_mm),
            profile: now.profile.or(before.profile),
            jurisdiction: now.jurisdiction.or(before.jurisdiction),
            copy_no: now.copy_no.or(before.copy_no),
            certificate_no: now.certificate_no.or(before.certificate_no),
            authority: now.authority.or(before.authority),
            registered_on: now.registered_on.or(before.registered_on),
            notified_on: now.notified_on.or(before.notified_on),
            place: now.place.or(before.place),
            body: now.body.or(before.body),
            kind: now.kind.or(before.kind),
        }
    }

    /// The same of one of its specimens' days.
    pub(super) fn dated(&self, stated: StoredSpecimen) -> StoredSpecimen {
        let mut own = self.specimens.iter();
        let known = own.find(|known| known.sha256 == stated.sha256);
        let (from, to) = known.map_or((None, None), |known| known.days);
        StoredSpecimen {
            days: (stated.days.0.or(from), stated.days.1.or(to)),
            ..stated
        }
    }
}

/// A specimen as it stands in the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredSpecimen {
    /// SHA-256 of its file.
    pub sha256: String,
    /// The resolution as stated last.
    pub stated_dpi: Option<f64>,
    /// The first and the last day on which it is the registered specimen, as stated last.
    pub days: (Option<Date>, Option<Date>),
}

/// What was stated about a seal from one import on.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVersion {
    /// Counted from one.
    pub number: u32,
    /// When it was recorded, UTC.
    pub recorded_at: String,
    /// Name of the imported file.
    pub source: String,
    /// What it states.
    pub particulars: Particulars,
}

/// A specimen to add to a seal.
pub type NewSpecimen = StoredSpecimen;

/// A seal to add, or to compare with what is stored of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewSeal {
    /// The seal's identifier.
    pub id: String,
    /// What is stated about it now.
    pub particulars: Particulars,
    /// Specimens to add, known ones included.
    pub specimens: Vec<NewSpecimen>,
}

/// What an import changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Seals that were not known before.
    pub seals_added: usize,
    /// Known seals with a new version.
    pub seals_changed: usize,
    /// Seals that stand as before.
    pub seals_unchanged: usize,
    /// Specimens added, or stated anew.
    pub specimens_added: usize,
    /// Events added.
    pub events_added: usize,
    /// Entries of other registers added.
    pub entries_added: usize,
    /// Entries of other registers that were recorded before.
    pub entries_known: usize,
}

impl Changes {
    pub(super) const fn any(&self) -> bool {
        let seals = self.seals_added + self.seals_changed + self.specimens_added;
        seals + self.events_added + self.entries_added > 0
    }
}

impl AddAssign for Changes {
    fn add_assign(&mut self, other: Self) {
        self.seals_added += other.seals_added;
        self.seals_changed += other.seals_changed;
        self.seals_unchanged += other.seals_unchanged;
        self.specimens_added += other.specimens_added;
        self.events_added += other.events_added;
        self.entries_added += other.entries_added;
        self.entries_known += other.entries_known;
    }
}

/// An event's columns besides its seal, kind and day.
#[derive(Debug, Serialize, Deserialize)]
struct Details {
    by: Option<String>,
    instrument: Option<String>,
    note: Option<String>,
    successor: Option<String>,
    /// Left out where there is none: so the text of an event stays as it was before there were corrections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    corrects: Option<String>,
}

impl Store {
    /// The number of the latest revision; 0 while the register is empty.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revision(&self) -> Result<u64, Error> {
        let row = sqlx::query("select coalesce(max(number), 0) from revision")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get::<i64, _>(0).unsigned_abs())
    }

    /// All seals as they stand, first registered first.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn seals(&self) -> Result<Vec<StoredSeal>, Error> {
        let mut connection = self.pool.acquire().await?;
        let rows = sqlx::query(
            "select seal.id, version, particulars from seal_version \
             join seal on seal.id = seal_version.seal \
             where version = (select max(version) from seal_version as newer \
                              where newer.seal = seal_version.seal) \
             order by seal.position",
        )
        .fetch_all(&mut *connection)
        .await?;
        let mut specimens = specimens(&mut connection, None).await?;
        let mut events = events(&mut connection).await?;
        let mut seals = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.get(0);
            let particulars: String = row.get(2);
            seals.push(StoredSeal {
                version: u32::try_from(row.get::<i64, _>(1)).unwrap_or(u32::MAX),
                particulars: parsed(&particulars, &id)?,
                specimens: specimens.remove(&id).unwrap_or_default(),
                events: events.remove(&id).unwrap_or_default(),
                id,
            });
        }
        Ok(seals)
    }

    /// Every version of a seal, the first one first.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn versions(&self, seal: &str) -> Result<Vec<StoredVersion>, Error> {
        let rows = sqlx::query(
            "select version, recorded_at, source, particulars from seal_version \
             join revision on revision.number = seal_version.revision \
             where seal = $1 order by version",
        )
        .bind(seal)
        .fetch_all(&self.pool)
        .await?;
        let version = |row: AnyRow| {
            Ok(StoredVersion {
                number: u32::try_from(row.get::<i64, _>(0)).unwrap_or(u32::MAX),
                recorded_at: row.get(1),
                source: row.get(2),
                particulars: parsed(row.get(3), seal)?,
            })
        };
        rows.into_iter().map(version).collect()
    }
}

pub(super) async fn new_revision(
    connection: &mut AnyConnection,
    source: &str,
    at: Timestamp,
) -> Result<i64, Error> {
    let row = sqlx::query(
        "insert into revision (number, recorded_at, source) \
         select coalesce(max(number), 0) + 1, $1, $2 from revision returning number",
    )
    .bind(at.to_string())
    .bind(source)
    .fetch_one(connection)
    .await?;
    Ok(row.get(0))
}

/// Adds a seal, or its new version, and its new specimens.
pub(super) async fn record_seal(
    connection: &mut AnyConnection,
    seal: &NewSeal,
    revision: i64,
) -> Result<Changes, Error> {
    let mut changes = record_version(&mut *connection, seal, revision).await?;
    changes.specimens_added = record_specimens(connection, seal, revision).await?;
    Ok(changes)
}

async fn record_version(
    connection: &mut AnyConnection,
    seal: &NewSeal,
    revision: i64,
) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    let latest = sqlx::query(
        "select version, particulars from seal_version where seal = $1 \
         order by version desc limit 1",
    )
    .bind(&seal.id)
    .fetch_optional(&mut *connection)
    .await?;
    let version = match latest {
        None => {
            sqlx::query("insert into seal (id) values ($1)")
                .bind(&seal.id)
                .execute(&mut *connection)
                .await?;
            changes.seals_added = 1;
            1
        }
        Some(row) => {
            let stored: Particulars = parsed(row.get(1), &seal.id)?;
            if stored == seal.particulars {
                changes.seals_unchanged = 1;
                return Ok(changes);
            }
            changes.seals_changed = 1;
            row.get::<i64, _>(0) + 1
        }
    };
    sqlx::query(
        "insert into seal_version (seal, version, revision, particulars) values ($1, $2, $3, $4)",
    )
    .bind(&seal.id)
    .bind(version)
    .bind(revision)
    .bind(written(&seal.particulars))
    .execute(connection)
    .await?;
    Ok(changes)
}

async fn record_specimens(
    connection: &mut AnyConnection,
    seal: &NewSeal,
    revision: i64,
) -> Result<usize, Error> {
    let known = specimens(&mut *connection, Some(&seal.id)).await?;
    let mut known = known.into_values().next().unwrap_or_default();
    let mut added = 0;
    for specimen in &seal.specimens {
        if known.contains(specimen) {
            continue;
        }
        // One file listed twice with two resolutions: the first row of an import counts.
        let inserted = sqlx::query(
            "insert into specimen (seal, sha256, stated_dpi, valid_from, valid_to, revision) \
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        )
        .bind(&seal.id)
        .bind(&specimen.sha256)
        .bind(specimen.stated_dpi)
        .bind(specimen.days.0.map(|day| day.to_string()))
        .bind(specimen.days.1.map(|day| day.to_string()))
        .bind(revision)
        .execute(&mut *connection)
        .await?;
        added += usize::from(inserted.rows_affected() > 0);
        known.push(specimen.clone());
    }
    Ok(added)
}

/// Adds an event of a seal, if it is not known already. Who recorded it is whoever does, whatever a file says.
pub(super) async fn record_event(
    connection: &mut AnyConnection,
    (seal, event): (&str, &Event),
    (revision, by): (i64, &str),
) -> Result<Changes, Error> {
    let details = Details {
        by: event.by.clone(),
        instrument: event.instrument.clone(),
        note: event.note.clone(),
        successor: event.successor.clone(),
        corrects: event.corrects.clone(),
    };
    let inserted = sqlx::query(
        "insert into event (seal, kind, happened_on, details, revision, recorded_by) \
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    )
    .bind(seal)
    .bind(written(&event.kind))
    .bind(event.on.to_string())
    .bind(written(&details))
    .bind(revision)
    .bind(by)
    .execute(connection)
    .await?;
    Ok(Changes {
        events_added: usize::from(inserted.rows_affected() > 0),
        ..Changes::default()
    })
}

/// The specimens of a seal, or of all, by seal; where a file was stated anew, its latest row counts, at the place of its first.
async fn specimens(
    connection: &mut AnyConnection,
    seal: Option<&str>,
) -> Result<HashMap<String, Vec<StoredSpecimen>>, Error> {
    let which = seal.map_or("", |_| "where seal = $1");
    let query = format!(
        "select seal, sha256, stated_dpi, valid_from, valid_to from specimen {which} order by position"
    );
    let mut query = sqlx::query(sqlx::AssertSqlSafe(query));
    if let Some(seal) = seal {
        query = query.bind(seal);
    }
    let rows = query.fetch_all(connection).await?;
    let mut specimens: HashMap<String, Vec<StoredSpecimen>> = HashMap::new();
    for row in rows {
        let own = specimens.entry(row.get(0)).or_default();
        let day = |column: usize| -> Result<Option<Date>, Error> {
            let day: Option<String> = row.get(column);
            day.map(|day| parsed(&format!("\"{day}\""), "a specimen"))
                .transpose()
        };
        let specimen = StoredSpecimen {
            sha256: row.get(1),
            stated_dpi: row.get(2),
            days: (day(3)?, day(4)?),
        };
        match own.iter_mut().find(|known| known.sha256 == specimen.sha256) {
            Some(known) => *known = specimen,
            None => own.push(specimen),
        }
    }
    Ok(specimens)
}

/// The events of all seals, by seal, in the order of days.
async fn events(connection: &mut AnyConnection) -> Result<HashMap<String, Vec<Event>>, Error> {
    let rows = sqlx::query(
        "select seal, kind, happened_on, details, recorded_by, recorded_at from event \
         join revision on revision.number = event.revision order by happened_on, position",
    )
    .fetch_all(connection)
    .await?;
    let mut events: HashMap<String, Vec<Event>> = HashMap::new();
    for row in rows {
        let seal: String = row.get(0);
        let details: Details = parsed(row.get(3), &seal)?;
        let day: String = row.get(2);
        let event = Event {
            kind: parsed(row.get(1), &seal)?,
            on: parsed(&format!("\"{day}\""), &seal)?,
            by: details.by,
            instrument: details.instrument,
            note: details.note,
            successor: details.successor,
            recorded_by: row.get(4),
            recorded_at: row.get(5),
            corrects: details.corrects,
        };
        events.entry(seal).or_default().push(event);
    }
    Ok(events)
}

pub(super) fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a register value is plain JSON")
}

pub(super) fn parsed<T: for<'a> Deserialize<'a>>(text: &str, key: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| Error::Content {
        what: format!("an entry of {key}"),
        source,
    })
}
