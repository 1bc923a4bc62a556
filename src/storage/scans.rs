//! Scans and the rows that want them, together: what is acknowledged stands, and what nobody wants any more goes.
//!
//! A scan is removed within a transaction that writes, which holds up whoever takes it in meanwhile; and whoever takes it in
//! looks for it again once the row that wants it is committed. So neither loses it to the other.

use std::collections::HashMap;

use futures_util::StreamExt;
use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::Row;
use thiserror::Error;

use crate::storage;
use crate::storage::Store;
use crate::storage::blobs;
use crate::storage::blobs::Arrived;
use crate::storage::blobs::Blobs;
use crate::storage::database::placeholders;
use crate::storage::items::REPEATABLE;
use crate::storage::jobs::Admitted;
use crate::storage::jobs::Arrival;
use crate::storage::jobs::Job;

/// Scans that are asked about at once.
const TOGETHER: usize = 500;

/// Why scans cannot be taken in or removed.
#[derive(Debug, Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// Bytes cannot be kept or removed.
    #[error(transparent)]
    Blobs(#[from] blobs::Error),
}

impl Store {
    /// Keeps what came in for a job and takes it in: all of it, or nothing. When this returns the bytes stand under their
    /// digests, also where somebody removed the same bytes meanwhile.
    ///
    /// # Errors
    /// If the bytes cannot be kept, or the database fails.
    pub async fn take_in(
        &self,
        blobs: &Blobs,
        (job, came): (&Job, &[(Arrived, Arrival)]),
        at: Timestamp,
    ) -> Result<Vec<Admitted>, Error> {
        for (arrived, _) in came {
            blobs.keep(arrived).await?;
        }
        let arrivals: Vec<Arrival> = came.iter().map(|(_, arrival)| arrival.clone()).collect();
        let admitted = self.admit(job, &arrivals, at).await?;
        // Whoever removed one of them did so before it was wanted; from now on nobody does.
        for (arrived, _) in came {
            blobs.keep(arrived).await?;
        }
        Ok(admitted)
    }

    /// Whether a scan is still wanted by any office: by a document, or by an archive that is to be unpacked or may be tried
    /// again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_wanted(&self, sha256: &str) -> Result<bool, storage::Error> {
        let mut connection = self.pool.acquire().await?;
        let known = known(&mut connection, &[sha256]).await?;
        Ok(known.get(sha256).is_some_and(|is_wanted| *is_wanted))
    }

    /// Removes a scan, unless it is wanted; whether it was removed.
    ///
    /// # Errors
    /// If the database fails, or the bytes cannot be removed.
    pub async fn drop_scan(&self, blobs: &Blobs, sha256: &str) -> Result<bool, Error> {
        if self.is_wanted(sha256).await? {
            return Ok(false);
        }
        // From here on nobody can begin to want it.
        let mut transaction = self.begin().await?;
        let known = known(&mut transaction, &[sha256]).await?;
        let is_wanted = known.get(sha256).is_some_and(|is_wanted| *is_wanted);
        if !is_wanted {
            blobs.remove(sha256).await?;
        }
        transaction.rollback().await.map_err(storage::Error::from)?;
        Ok(!is_wanted)
    }

    /// Removes the archives of a job that nobody wants any more.
    ///
    /// # Errors
    /// If the database fails, or the bytes cannot be removed.
    pub async fn drop_archives(&self, blobs: &Blobs, job: &str) -> Result<(), Error> {
        let rows = sqlx::query("select sha256 from item where job = $1 and kind = 'archive'")
            .bind(job)
            .fetch_all(&self.pool)
            .await
            .map_err(storage::Error::from)?;
        for row in rows {
            self.drop_scan(blobs, row.get(0)).await?;
        }
        Ok(())
    }

    /// Removes what a process left that was ended: scans which the database says are wanted no more, at once; and uploads
    /// of which nothing was heard for hours, kept already or not, unless they are wanted. Scans that the database does not
    /// know are left alone: they may be another store's. Tells how many went.
    ///
    /// # Errors
    /// If the database fails, or bytes cannot be read or removed; what is left is swept the next time.
    pub async fn sweep(&self, blobs: &Blobs) -> Result<usize, Error> {
        let mut swept = 0;
        for left in blobs.left()? {
            let sha256 = left.digest().await?;
            self.drop_scan(blobs, &sha256).await?;
            swept += usize::from(left.remove());
        }
        let mut kept = blobs.kept().chunks(TOGETHER);
        while let Some(some) = kept.next().await {
            let some = some.into_iter().collect::<Result<Vec<String>, _>>()?;
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            let mut connection = self.pool.acquire().await.map_err(storage::Error::from)?;
            let known = known(&mut connection, &some).await?;
            drop(connection);
            for (sha256, _) in known.into_iter().filter(|(_, is_wanted)| !is_wanted) {
                swept += usize::from(self.drop_scan(blobs, &sha256).await?);
            }
        }
        Ok(swept)
    }
}

/// Which of these scans the database knows, and whether each is wanted.
async fn known(
    connection: &mut AnyConnection,
    digests: &[&str],
) -> Result<HashMap<String, bool>, storage::Error> {
    let asked = placeholders(1, digests.len());
    let query = format!(
        "select sha256, cast(max(case when state = 'kept' then 1 else 0 end) as bigint) from document \
         where sha256 in {asked} group by sha256 \
         union all select sha256, cast(max(case when state in ('waiting', 'working') \
         or (state = 'failed' and {REPEATABLE}) then 1 else 0 end) as bigint) from item \
         where sha256 in {asked} and kind = 'archive' group by sha256"
    );
    let mut query = sqlx::query(sqlx::AssertSqlSafe(query));
    for digest in digests {
        query = query.bind(*digest);
    }
    let mut known = HashMap::new();
    for row in query.fetch_all(connection).await? {
        *known.entry(row.get(0)).or_default() |= row.get::<i64, _>(1) > 0;
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;

    use crate::storage::documents::NewDocument;
    use crate::storage::items::ItemKind;
    use crate::storage::jobs::NewJob;
    use crate::storage::jobs::Terms;

    fn came(blobs: &Blobs) -> (Arrived, Arrival) {
        let mut arriving = blobs.begin(100).unwrap();
        arriving.write(b"scan").unwrap();
        let arrived = arriving.finish().unwrap();
        let arrival = Arrival {
            document: NewDocument {
                office: "B1".into(),
                sha256: arrived.sha256.clone(),
                name: "a.pdf".into(),
                bytes: 4,
                by: None,
            },
            kind: ItemKind::Document,
            idempotency_key: None,
        };
        (arrived, arrival)
    }

    /// Whoever removes a scan holds the writer's place. Here that is held by hand, so that the scan is removed exactly when
    /// whoever takes it in has kept it and waits to commit the row that wants it.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_scan_that_is_removed_while_it_is_taken_in_stands_when_that_is_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let blobs = Blobs::under(folder.path()).unwrap();
        let new = NewJob {
            id: "j1".into(),
            office: "B1".into(),
            name: "a job".into(),
            by: None,
            terms: Terms::default(),
        };
        store.begin_job(&new, Timestamp::UNIX_EPOCH).await.unwrap();
        let job = store.job("j1").await.unwrap().unwrap();
        let came = [came(&blobs)];
        let sha256 = came[0].0.sha256.clone();

        let mut remover = store.begin().await.unwrap();
        let taking = {
            let (store, blobs) = (store.clone(), blobs.clone());
            tokio::spawn(async move {
                let taken = store.take_in(&blobs, (&job, &came), Timestamp::UNIX_EPOCH);
                taken.await.unwrap();
            })
        };
        while blobs.open(&sha256).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!taking.is_finished(), "it was taken in beside the remover");
        let known = known(&mut remover, &[&sha256]).await.unwrap();
        assert!(known.is_empty(), "it is wanted already");
        blobs.remove(&sha256).await.unwrap();
        remover.rollback().await.unwrap();

        taking.await.unwrap();
        assert!(blobs.open(&sha256).await.is_ok(), "the upload is lost");
        // From then on nobody removes it.
        assert!(!store.drop_scan(&blobs, &sha256).await.unwrap());
    }
}
