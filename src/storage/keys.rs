//! Keys of impressions, by which copies are found among an office's documents.

use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::storage::Error;
use crate::storage::Store;
use crate::storage::documents::EVERY_OFFICE;
use crate::storage::documents::StoredDocument;
use crate::verify::key::ImpressionKey;

/// An impression's key with its document.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyed {
    /// The document's name in the store.
    pub document: String,
    /// Its name as handed in.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The key.
    pub key: ImpressionKey,
}

impl Keyed {
    /// One from its columns; `None` for what another version wrote, which is not compared with.
    fn of(row: &AnyRow) -> Option<Self> {
        Some(Self {
            document: row.get(0),
            name: row.get(1),
            sha256: row.get(2),
            key: postcard::from_bytes(&row.get::<Vec<u8>, _>(3)).ok()?,
        })
    }
}

impl Store {
    /// The keys of the impressions that are taken for the seals of a document's impressions: the document's own, and those of
    /// other documents of an office, or of all; the latest `count` of each seal.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys_beside(
        &self,
        document: &StoredDocument,
        office: Option<&str>,
        count: u32,
    ) -> Result<Vec<Keyed>, Error> {
        let seals = sqlx::query(
            "select distinct seal from impression_key join result on result.position = impression_key.result \
             join document on document.sha256 = result.document and document.asked = result.asked \
             where document.id = $1 order by seal",
        )
        .bind(&document.id)
        .fetch_all(&self.pool)
        .await?;
        let mut all = Vec::new();
        for seal in seals {
            let rows = sqlx::query(
                "select document.id, document.name, document.sha256, content from impression_key \
                 join result on result.position = impression_key.result \
                 join document on document.sha256 = result.document and document.asked = result.asked \
                 where seal = $1 and document.state = 'kept' and ($2 = '*' or office = $2 or document.id = $3) \
                 order by case when document.id = $3 then 0 else 1 end, document.position desc, impression limit $4",
            )
            .bind(seal.get::<String, _>(0))
            .bind(office.unwrap_or(EVERY_OFFICE))
            .bind(&document.id)
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
            all.extend(rows.iter().filter_map(Keyed::of));
        }
        Ok(all)
    }

    /// The seals that impressions of a job's documents are taken for, in the order of their names; of items that are done alone, as
    /// their reports are printed alone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keyed_seals(&self, job: &str) -> Result<Vec<String>, Error> {
        let rows = sqlx::query(
            "select distinct seal from impression_key join result on result.position = impression_key.result \
             join document on document.sha256 = result.document and document.asked = result.asked \
             where document.id in (select item.document from item where item.job = $1 and item.state = 'done') order by seal",
        )
        .bind(job)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The keys of the impressions of a job's documents that are taken for a seal: the first `count`, in the order in which the
    /// documents came; of items that are done alone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys_within(
        &self,
        job: &str,
        seal: &str,
        count: u32,
    ) -> Result<Vec<Keyed>, Error> {
        let rows = sqlx::query(
            "select document.id, document.name, document.sha256, content from impression_key \
             join result on result.position = impression_key.result \
             join document on document.sha256 = result.document and document.asked = result.asked \
             where seal = $1 and document.state = 'kept' \
             and document.id in (select item.document from item where item.job = $2 and item.state = 'done') \
             order by document.position, impression limit $3",
        )
        .bind(seal)
        .bind(job)
        .bind(i64::from(count))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().filter_map(Keyed::of).collect())
    }
}

/// Keeps a result's keys in place of those that were kept of it before.
pub(super) async fn put(
    connection: &mut AnyConnection,
    result: i64,
    keys: &[ImpressionKey],
) -> Result<(), Error> {
    sqlx::query("delete from impression_key where result = $1")
        .bind(result)
        .execute(&mut *connection)
        .await?;
    for key in keys {
        let Ok(content) = postcard::to_stdvec(key) else {
            continue;
        };
        sqlx::query(
            "insert into impression_key (result, impression, seal, content) values ($1, $2, $3, $4)",
        )
        .bind(result)
        .bind(i64::try_from(key.impression).unwrap_or(i64::MAX))
        .bind(&key.seal)
        .bind(content)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
