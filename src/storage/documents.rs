//! Documents that were handed in: an office and a digest each, so that the same bytes twice are one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::register::parsed;
use crate::storage::results::LATEST;
use crate::storage::results::Latest;
use crate::verify::Outcome;
use crate::verify::Report;

const COLUMNS: &str = "id, office, sha256, name, bytes, handed_in_by, handed_in_at, state, outcome, \
                       retain_until, held_for, position";

/// What stands for all offices in a query; none is called so: an empty name is the office of those who have none.
pub(super) const EVERY_OFFICE: &str = "*";

/// A document in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StoredDocument {
    /// Its name in the store, from office and digest.
    pub id: String,
    /// The office that it belongs to: a body of the register; empty where there are none.
    pub office: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its name as handed in; empty once only the digest is kept.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Who handed it in.
    pub handed_in_by: Option<String>,
    /// When, UTC.
    pub handed_in_at: String,
    /// What is kept of it.
    pub state: DocumentState,
    /// What its latest result comes to.
    pub outcome: Option<Outcome>,
    /// The day until which it must be kept.
    pub retain_until: Option<String>,
    /// Why it may not be deleted.
    pub held_for: Option<String>,
    /// Order of arrival.
    #[serde(skip)]
    pub position: i64,
}

/// What is kept of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Its scan.
    Kept,
    /// A mark of secrecy stopped the work: its digest and that fact alone.
    Stopped,
    /// It was deleted: its digest and the record of that.
    Deleted,
}

/// A document that is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// The office that it belongs to.
    pub office: String,
    /// SHA-256 of its bytes, which are kept already.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Who hands it in.
    pub by: Option<String>,
}

/// Which documents are asked for: those that fit all that is stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Of this office.
    pub office: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// Whose name or digest contains this text.
    pub text: Option<String>,
    /// Of this job.
    pub job: Option<String>,
    /// That bear this registered seal.
    pub seal: Option<String>,
    /// That came before this position; the newest come first.
    pub before: Option<i64>,
}

/// The name in the store of an office's document.
#[must_use]
pub fn document_id(office: &str, sha256: &str) -> String {
    let digest = Sha256::digest(format!("{office}\0{sha256}"));
    hex::encode(&digest[..16])
}

impl Store {
    /// The document with this name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn document(&self, id: &str) -> Result<Option<StoredDocument>, Error> {
        let mut connection = self.pool.acquire().await?;
        find(&mut connection, id).await
    }

    /// Documents that fit a filter, the newest first, `count` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn documents(
        &self,
        filter: &DocumentFilter,
        count: u32,
    ) -> Result<Vec<StoredDocument>, Error> {
        let pattern = filter.text.as_deref().map(contains);
        let stated = [
            ("office = $N", filter.office.as_deref()),
            ("outcome = $N", filter.outcome.as_deref()),
            (
                "(lower(name) like $N escape '\\' or sha256 like $N escape '\\')",
                pattern.as_deref(),
            ),
            (
                "id in (select document from item where job = $N)",
                filter.job.as_deref(),
            ),
            (
                "sha256 in (select result.document from result_seal \
                 join result on result.position = result_seal.result where seal = $N)",
                filter.seal.as_deref(),
            ),
        ];
        let (mut conditions, mut texts) = (String::new(), Vec::new());
        for (condition, text) in stated {
            let Some(text) = text else { continue };
            texts.push(text);
            let place = format!("${}", texts.len() + 2);
            conditions += &format!(" and {}", condition.replace("$N", &place));
        }
        let query = format!(
            "select {COLUMNS} from document where position < $1{conditions} \
             order by position desc limit $2"
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(i64::from(count));
        for text in texts {
            query = query.bind(text);
        }
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(stored).collect()
    }

    /// How many documents came to each outcome; none yet is an outcome of its own.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outcomes(
        &self,
        office: Option<&str>,
    ) -> Result<Vec<(Option<Outcome>, u64)>, Error> {
        let rows = sqlx::query(
            "select outcome, count(*) from document where state <> 'deleted' \
             and ($1 = '*' or office = $1) group by outcome",
        )
        .bind(office.unwrap_or(EVERY_OFFICE))
        .fetch_all(&self.pool)
        .await?;
        let count = |row: &AnyRow| {
            let outcome: Option<String> = row.get(0);
            let outcome = outcome.map(|text| value(&text, "outcome")).transpose()?;
            Ok((outcome, row.get::<i64, _>(1).unsigned_abs()))
        };
        rows.iter().map(count).collect()
    }

    /// The latest report on a document; its path is the document's name.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn report(&self, document: &StoredDocument) -> Result<Option<Report>, Error> {
        let query = format!(
            "select {LATEST} from result join document on document.sha256 = result.document \
             where document.id = $1 and result.asked = document.asked"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(&document.id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut report = Latest::of(&row, 0).report(&document.id)?;
        document.name.clone_into(&mut report.document.path);
        Ok(Some(report))
    }

    /// Says why a document may not be deleted, or that it may; and until when it must be kept. Either is written down with it.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn hold_document(
        &self,
        id: &str,
        (held_for, retain_until): (Option<&str>, Option<&str>),
        act: &Act,
    ) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let held =
            sqlx::query("update document set held_for = $2, retain_until = $3 where id = $1")
                .bind(id)
                .bind(held_for)
                .bind(retain_until)
                .execute(&mut *transaction)
                .await?;
        if held.rows_affected() == 0 {
            return Ok(false);
        }
        let deed = match (held_for, retain_until) {
            (None, None) => Deed::DocumentReleased,
            _ => Deed::DocumentHeld,
        };
        let detail = json!({ "held_for": held_for, "retain_until": retain_until });
        audit::append(&mut transaction, &act.entry(deed, id, detail)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// The document with this name.
pub(super) async fn find(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<Option<StoredDocument>, Error> {
    let query = format!("select {COLUMNS} from document where id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(stored).transpose()
}

/// Adds a document, unless the office has it already; the name by which it is kept, and whether it is new.
pub(super) async fn hand_in(
    connection: &mut AnyConnection,
    new: &NewDocument,
    at: Timestamp,
) -> Result<(String, bool), Error> {
    let id = document_id(&new.office, &new.sha256);
    let added = sqlx::query(
        "insert into document (id, office, sha256, name, bytes, handed_in_by, handed_in_at, state) \
         values ($1, $2, $3, $4, $5, $6, $7, 'kept') on conflict do nothing",
    )
    .bind(&id)
    .bind(&new.office)
    .bind(&new.sha256)
    .bind(&new.name)
    .bind(i64::try_from(new.bytes).unwrap_or(i64::MAX))
    .bind(&new.by)
    .bind(at.to_string())
    .execute(&mut *connection)
    .await?;
    let is_new = added.rows_affected() > 0;
    if !is_new {
        // One that was deleted and comes again is there again.
        sqlx::query(
            "update document set state = 'kept', name = $2 where id = $1 and state = 'deleted'",
        )
        .bind(&id)
        .bind(&new.name)
        .execute(connection)
        .await?;
    }
    Ok((id, is_new))
}

fn stored(row: &AnyRow) -> Result<StoredDocument, Error> {
    let state: String = row.get(7);
    let outcome: Option<String> = row.get(8);
    Ok(StoredDocument {
        id: row.get(0),
        office: row.get(1),
        sha256: row.get(2),
        name: row.get(3),
        bytes: row.get::<i64, _>(4).unsigned_abs(),
        handed_in_by: row.get(5),
        handed_in_at: row.get(6),
        state: value(&state, "document")?,
        outcome: outcome.map(|text| value(&text, "outcome")).transpose()?,
        retain_until: row.get(9),
        held_for: row.get(10),
        position: row.get(11),
    })
}

/// A value that stands in a column as its name.
pub(super) fn value<T: for<'a> Deserialize<'a>>(text: &str, of: &str) -> Result<T, Error> {
    parsed(&format!("\"{text}\""), of)
}

/// The name of a value in a column.
pub(super) fn name(value: impl Serialize) -> String {
    let text = serde_json::to_string(&value).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

/// A pattern that fits whatever contains a text.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}
