//! Copies among impressions of dies that are in no register: pairs, noted when the family of one of them was found.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::links::Bearer;
use crate::links::KeptDie;
use crate::links::Twins;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::database::placeholders;
use crate::storage::documents::EVERY_OFFICE;
use crate::storage::documents::StoredDocument;

/// Pairs that are read for each impression asked about, the latest: it was compared with eight at most when it came, and any number
/// with it since.
const PAIRS_EACH: usize = 64;

/// An impression of an unregistered die in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borne {
    /// The impression; its path is the document's name in the store.
    pub bearer: Bearer,
    /// The document's name as handed in.
    pub name: String,
    /// Order of the document's arrival.
    arrived: i64,
}

/// Impressions that are copies of one another, as far as the reader's documents bear them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Copies {
    /// The impressions in their documents: those of the document asked about first, then the latest first.
    pub borne: Vec<Borne>,
    /// Which of them are one impression.
    pub twins: Vec<Twins>,
}

/// Impressions in documents, of one office or of all.
const BORNE: &str = "from die_impression join result on result.position = die_impression.result \
                     join document on document.sha256 = result.document and document.asked = result.asked \
                     where document.state = 'kept' and ($1 = '*' or document.office = $1)";

impl Store {
    /// The impressions of a document whose dies are in no register, with those that are copies of them in documents of an office,
    /// or of all; and copies of those in turn. `count` impressions at most are asked about, the latest first, those of the document
    /// besides.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn copies_beside(
        &self,
        document: &StoredDocument,
        office: Option<&str>,
        count: usize,
    ) -> Result<Copies, Error> {
        let own = sqlx::query(
            "select die_impression.position from die_impression join result on result.position = die_impression.result \
             join document on document.sha256 = result.document and document.asked = result.asked \
             where document.id = $1",
        )
        .bind(&document.id)
        .fetch_all(&self.pool)
        .await?;
        let mut next: BTreeSet<i64> = own.iter().map(|row| row.get(0)).collect();
        let mut asked: BTreeSet<i64> = BTreeSet::new();
        let mut seen: BTreeSet<i64> = BTreeSet::new();
        let mut borne: Vec<Borne> = Vec::new();
        let mut twins: BTreeMap<(i64, i64), Twins> = BTreeMap::new();
        while !next.is_empty() {
            let found = self.borne_by(&next, office).await?;
            asked.append(&mut next);
            let numbers: BTreeSet<i64> = found.iter().map(|own| own.bearer.number).collect();
            borne.extend(found);
            for pair in self.twins_of(&numbers, office).await? {
                let both = [pair.numbers.0, pair.numbers.1].into_iter();
                next.extend(both.filter(|own| !asked.contains(own)));
                twins.insert(pair.numbers, pair);
            }
            seen.extend(numbers);
            let spare = count.saturating_sub(asked.len());
            while next.len() > spare {
                next.pop_first();
            }
        }
        borne.sort_by_key(|own| {
            let is_other = own.bearer.path != document.id;
            (is_other, Reverse(own.arrived), own.bearer.impression)
        });
        twins.retain(|(earlier, later), _| seen.contains(earlier) && seen.contains(later));
        Ok(Copies {
            borne,
            twins: twins.into_values().collect(),
        })
    }

    /// The documents of an office, or of all, that bear some impressions.
    async fn borne_by(
        &self,
        numbers: &BTreeSet<i64>,
        office: Option<&str>,
    ) -> Result<Vec<Borne>, Error> {
        let query = format!(
            "select die_impression.position, document.sha256, document.id, content, document.name, document.position \
             {BORNE} and die_impression.position in {}",
            placeholders(2, numbers.len())
        );
        let mut query =
            sqlx::query(sqlx::AssertSqlSafe(query)).bind(office.unwrap_or(EVERY_OFFICE));
        for number in numbers {
            query = query.bind(*number);
        }
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.iter().filter_map(stored).collect())
    }

    /// The pairs that some impressions are of, the latest [`PAIRS_EACH`] of each: those of which documents of an office, or of all,
    /// bear both. A pair of two of them may come twice.
    async fn twins_of(
        &self,
        numbers: &BTreeSet<i64>,
        office: Option<&str>,
    ) -> Result<Vec<Twins>, Error> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let among = placeholders(2, numbers.len());
        // Counted for each by itself: one with many pairs must not hide the only one of another.
        let query = format!(
            "select earlier, later, correlation, strength, is_one_sheet from \
             (select earlier, later, correlation, strength, is_one_sheet, \
             row_number() over (partition by own order by later desc, earlier desc) as place from \
             (select earlier as own, earlier, later, correlation, strength, is_one_sheet from die_copy where earlier in {among} \
             union all \
             select later as own, earlier, later, correlation, strength, is_one_sheet from die_copy where later in {among}) as told \
             where exists (select 1 {BORNE} and die_impression.position = told.earlier) \
             and exists (select 1 {BORNE} and die_impression.position = told.later)) as numbered \
             where place <= {PAIRS_EACH}"
        );
        let mut query =
            sqlx::query(sqlx::AssertSqlSafe(query)).bind(office.unwrap_or(EVERY_OFFICE));
        for number in numbers {
            query = query.bind(*number);
        }
        let rows = query.fetch_all(&self.pool).await?;
        let pair = |row: &AnyRow| Twins {
            numbers: (row.get(0), row.get(1)),
            correlation: row.get(2),
            strength: row.get(3),
            is_one_sheet: row.get::<i64, _>(4) != 0,
        };
        Ok(rows.iter().map(pair).collect())
    }
}

/// Notes pairs of impressions that are one, each once; those of which one is not there any more are left out.
pub(super) async fn put(connection: &mut AnyConnection, twins: &[Twins]) -> Result<(), Error> {
    for pair in twins {
        sqlx::query(
            "insert into die_copy (earlier, later, correlation, strength, is_one_sheet) \
             select own.position, other.position, cast($3 as double precision), cast($4 as double precision), \
             cast($5 as bigint) from die_impression own join die_impression other on other.position = $2 \
             where own.position = $1 \
             on conflict (earlier, later) do update set correlation = excluded.correlation, \
             strength = excluded.strength, is_one_sheet = excluded.is_one_sheet",
        )
        .bind(pair.numbers.0)
        .bind(pair.numbers.1)
        .bind(pair.correlation)
        .bind(pair.strength)
        .bind(i64::from(pair.is_one_sheet))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// From a row of an impression in a document; `None` of what another version wrote.
fn stored(row: &AnyRow) -> Option<Borne> {
    let die: KeptDie = postcard::from_bytes(&row.get::<Vec<u8>, _>(3)).ok()?;
    Some(Borne {
        bearer: Bearer {
            number: row.get(0),
            sha256: row.get(1),
            path: row.get(2),
            page: die.page,
            impression: die.impression,
        },
        name: row.get(4),
        arrived: row.get(5),
    })
}
