//! What people came to about documents, having seen them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;

use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::database::placeholders;
use crate::storage::decisions::is_signed_off;
use crate::storage::documents::StoredDocument;
use crate::storage::proposals::proposer;

/// What somebody came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewKind {
    /// They saw it, and leave it at what was found.
    Accepted,
    /// An examiner is to look at the paper.
    Referred,
    /// The scan is not good enough: another is asked for.
    BetterScan,
    /// What was come to before does not stand any more.
    Reopened,
}

impl ReviewKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Accepted,
        Self::Referred,
        Self::BetterScan,
        Self::Reopened,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Referred => "referred",
            Self::BetterScan => "better_scan",
            Self::Reopened => "reopened",
        }
    }
}

/// What somebody came to about a document, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Review {
    /// What.
    pub kind: ReviewKind,
    /// Why, or to whom; may be empty.
    pub note: String,
    /// Who.
    pub by: String,
    /// When, UTC.
    pub at: String,
}

impl Store {
    /// Keeps what the person in whose name the act is came to about a document; `false` where it would take back what was
    /// signed off by a second person.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is kept.
    pub async fn review(
        &self,
        document: &StoredDocument,
        (kind, note): (ReviewKind, &str),
        act: &Act,
    ) -> Result<bool, Error> {
        let by = proposer(act)?;
        let mut transaction = self.begin().await?;
        if kind == ReviewKind::Reopened && is_signed_off(&mut transaction, document).await? {
            return Ok(false);
        }
        sqlx::query(
            "insert into review (document, kind, note, reviewed_by, reviewed_at) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(&document.id)
        .bind(kind.name())
        .bind(note)
        .bind(by.as_str())
        .bind(act.at.to_string())
        .execute(&mut *transaction)
        .await?;
        let entry = act.entry(
            Deed::DocumentReviewed,
            &document.id,
            json!({"kind": kind.name()}),
        );
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What people came to about a document, the latest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reviews(&self, document: &StoredDocument) -> Result<Vec<Review>, Error> {
        let rows = sqlx::query(
            "select kind, note, reviewed_by, reviewed_at from review where document = $1 \
             order by number desc",
        )
        .bind(&document.id)
        .fetch_all(&self.pool)
        .await?;
        let review = rows.iter().filter_map(|row| {
            let name: String = row.get(0);
            let mut kinds = ReviewKind::ALL.into_iter();
            Some(Review {
                kind: kinds.find(|kind| kind.name() == name)?,
                note: row.get(1),
                by: row.get(2),
                at: row.get(3),
            })
        });
        Ok(review.collect())
    }

    /// Those of some documents, by name, about which people came to something that stands.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reviewed(&self, documents: &[StoredDocument]) -> Result<BTreeSet<String>, Error> {
        if documents.is_empty() {
            return Ok(BTreeSet::new());
        }
        let query = format!(
            "select document from review where document in {} and kind <> 'reopened' \
             and not exists (select 1 from review later where later.document = review.document \
             and later.number > review.number)",
            placeholders(1, documents.len())
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(query));
        for document in documents {
            query = query.bind(&document.id);
        }
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}
