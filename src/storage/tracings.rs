//! What people drew on pages: seals that were missed, boxes that were moved, and what is no seal.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::decisions::is_signed_off;
use crate::storage::documents::StoredDocument;
use crate::storage::proposals::proposer;
use crate::storage::register::parsed;
use crate::storage::register::written;
use crate::verify::Report;

/// What was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TracingKind {
    /// A seal that the program did not find.
    Missed,
    /// A seal whose box was wrong.
    Moved,
    /// Something that the program took for a seal and that is none.
    False,
}

impl TracingKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Missed, Self::Moved, Self::False];

    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Moved => "moved",
            Self::False => "false",
        }
    }
}

/// Something to be drawn on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTracing {
    /// The page, counted from one.
    pub page: u32,
    /// What.
    pub kind: TracingKind,
    /// The impression of the report that it is about.
    pub impression: Option<usize>,
    /// Where: x, y, width, height in page pixels.
    pub bbox_px: [u32; 4],
    /// What is said to it.
    pub note: String,
    /// What the part of the page came to, computed by itself.
    pub report: Option<Report>,
}

/// Something that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracing {
    /// Its number.
    pub number: u64,
    /// What was drawn.
    pub drawn: NewTracing,
    /// Who drew it.
    pub by: String,
    /// When, UTC.
    pub at: String,
}

/// What came of taking back what was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untraced {
    /// It stands no more.
    Done,
    /// There is nothing of this number that stands.
    Unknown,
    /// A second person signed the document off: it stays.
    SignedOff,
}

impl Store {
    /// Keeps what the person in whose name the act is drew on a document.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is kept.
    pub async fn trace(
        &self,
        document: &StoredDocument,
        new: &NewTracing,
        act: &Act,
    ) -> Result<u64, Error> {
        let by = proposer(act)?;
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "insert into tracing \
             (document, page, kind, impression, box, note, report, traced_by, traced_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning number",
        )
        .bind(&document.id)
        .bind(i64::from(new.page))
        .bind(new.kind.name())
        .bind(new.impression.and_then(|own| i64::try_from(own).ok()))
        .bind(written(&new.bbox_px))
        .bind(&new.note)
        .bind(new.report.as_ref().map(written))
        .bind(by.as_str())
        .bind(act.at.to_string())
        .fetch_one(&mut *transaction)
        .await?;
        let number = row.get::<i64, _>(0).unsigned_abs();
        let detail = json!({"number": number, "page": new.page, "kind": new.kind.name()});
        let entry = act.entry(Deed::SealTraced, &document.id, detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Takes back what was drawn.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then it stays.
    pub async fn untrace(
        &self,
        document: &StoredDocument,
        number: u64,
        act: &Act,
    ) -> Result<Untraced, Error> {
        let by = proposer(act)?;
        let mut transaction = self.begin().await?;
        if is_signed_off(&mut transaction, document).await? {
            return Ok(Untraced::SignedOff);
        }
        let taken = sqlx::query(
            "update tracing set withdrawn_by = $1, withdrawn_at = $2 \
             where document = $3 and number = $4 and withdrawn_at is null",
        )
        .bind(by.as_str())
        .bind(act.at.to_string())
        .bind(&document.id)
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await?;
        let is_taken = taken.rows_affected() > 0;
        if is_taken {
            let detail = json!({"number": number, "withdrawn": true});
            let entry = act.entry(Deed::SealTraced, &document.id, detail);
            audit::append(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        Ok(match is_taken {
            true => Untraced::Done,
            false => Untraced::Unknown,
        })
    }

    /// What is drawn on a document and was not taken back, in the order in which it was drawn.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn tracings(&self, document: &StoredDocument) -> Result<Vec<Tracing>, Error> {
        let rows = sqlx::query(
            "select number, page, kind, impression, box, note, report, traced_by, traced_at \
             from tracing where document = $1 and withdrawn_at is null order by number",
        )
        .bind(&document.id)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| tracing(row, &document.id)).collect()
    }
}

fn tracing(row: &AnyRow, document: &str) -> Result<Tracing, Error> {
    let kind: String = row.get(2);
    let report: Option<String> = row.get(6);
    Ok(Tracing {
        number: row.get::<i64, _>(0).unsigned_abs(),
        drawn: NewTracing {
            page: u32::try_from(row.get::<i64, _>(1)).unwrap_or_default(),
            kind: parsed(&format!("{kind:?}"), document)?,
            impression: row
                .get::<Option<i64>, _>(3)
                .and_then(|own| usize::try_from(own).ok()),
            bbox_px: parsed(row.get(4), document)?,
            note: row.get(5),
            report: report.map(|text| parsed(&text, document)).transpose()?,
        },
        by: row.get(7),
        at: row.get(8),
    })
}
