//! Figures over documents: what came in day by day, and what was judged again.

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::storage::Error;
use crate::storage::Store;
use crate::storage::documents::EVERY_OFFICE;
use crate::storage::documents::StoredDocument;
use crate::verify::Outcome;

/// Documents of one day that came to one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTally {
    /// The day on which they were handed in, UTC.
    pub day: String,
    /// What they came to; `None` while they wait.
    pub outcome: Option<Outcome>,
    /// How many.
    pub count: u64,
}

impl Store {
    /// How many documents of an office, or of all, were handed in on each day from one on, by outcome; first day first.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn outcomes_by_day(
        &self,
        office: Option<&str>,
        since: &str,
    ) -> Result<Vec<DayTally>, Error> {
        let rows = sqlx::query(
            "select substr(handed_in_at, 1, 10), outcome, count(*) from document \
             where state <> 'deleted' and handed_in_at >= $1 and ($2 = '*' or office = $2) \
             group by substr(handed_in_at, 1, 10), outcome order by 1",
        )
        .bind(since)
        .bind(office.unwrap_or(EVERY_OFFICE))
        .fetch_all(&self.pool)
        .await?;
        let tally = |row: &AnyRow| {
            let outcome: Option<String> = row.get(1);
            let outcome = outcome.map(|text| {
                let text = serde_json::Value::String(text);
                serde_json::from_value(text).map_err(|source| Error::Content {
                    what: "an outcome".to_owned(),
                    source,
                })
            });
            Ok(DayTally {
                day: row.get(0),
                outcome: outcome.transpose()?,
                count: row.get::<i64, _>(2).unsigned_abs(),
            })
        };
        rows.iter().map(tally).collect()
    }

    /// The documents whose results were judged again last, the latest first, with when.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn judged_last(
        &self,
        office: Option<&str>,
        count: u32,
    ) -> Result<Vec<(StoredDocument, String)>, Error> {
        let rows = sqlx::query(
            "select document.id, max(judgement.recorded_at) from judgement \
             join result on result.position = judgement.result \
             join document on document.sha256 = result.document and document.asked = result.asked \
             where document.state <> 'deleted' and ($1 = '*' or document.office = $1) \
             group by document.id order by max(judgement.position) desc limit $2",
        )
        .bind(office.unwrap_or(EVERY_OFFICE))
        .bind(i64::from(count))
        .fetch_all(&self.pool)
        .await?;
        let mut judged = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.get(0);
            if let Some(document) = self.document(&id).await? {
                judged.push((document, row.get(1)));
            }
        }
        Ok(judged)
    }
}
