//! Fields of documents that people know better than what was read, and the results that rest on these.
//!
//! A result is of bytes, which several offices may have. A document of which one office corrects a field has a result of its own from
//! then on, made of the one that all of them share; it is judged again with all others.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::decisions::is_signed_off;
use crate::storage::documents;
use crate::storage::documents::StoredDocument;
use crate::storage::documents::value;
use crate::storage::proposals::proposer;
use crate::storage::register::written;
use crate::storage::results::LATEST;
use crate::storage::results::Latest;
use crate::storage::results::NewResult;
use crate::storage::results::keep_as;
use crate::verify::Report;
use crate::verify::crops::Crops;
use crate::verify::fields::Fields;
use crate::verify::fields::Given;

/// A field of a document.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// Its number.
    Number,
    /// Its symbol.
    Symbol,
    /// Its date.
    Date,
    /// The body that issued it.
    Issuer,
    /// Who signed it.
    Signer,
}

impl FieldName {
    /// All of them, as reports list them.
    pub const ALL: [Self; 5] = [
        Self::Number,
        Self::Symbol,
        Self::Date,
        Self::Issuer,
        Self::Signer,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Symbol => "symbol",
            Self::Date => "date",
            Self::Issuer => "issuer",
            Self::Signer => "signer",
        }
    }
}

/// What somebody says that a field is; none where what was said before is taken back.
pub type Change = (FieldName, Option<String>);

/// A correction that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Of which field.
    pub field: FieldName,
    /// What it is.
    pub value: String,
    /// Who says so.
    pub by: String,
    /// Since when, UTC.
    pub at: String,
}

/// A document whose fields can be corrected, and what that rests on.
#[derive(Clone, Debug)]
pub struct Correctable {
    document: StoredDocument,
    /// What it is examined anew from, as it was read.
    pub crops: Crops,
    /// What it came to as it was read.
    report: Report,
    standing: Vec<Correction>,
    /// Number of the latest correction; 0 where nothing was ever corrected.
    number: i64,
    /// What its latest result was examined for.
    latest: String,
    /// The same, before anything was corrected.
    asked: String,
}

/// What a result was examined for whose fields are corrected.
#[derive(Serialize, Deserialize)]
struct Corrected {
    /// The document's name in the store.
    corrected: String,
    /// What the result was examined for that it was made of.
    asked: String,
}

/// How [`Corrected`] begins as text.
const CORRECTED: &str = "{\"corrected\":%";

/// What came of correcting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It stands.
    Done,
    /// The document was examined or corrected meanwhile: nothing is kept.
    Moved,
    /// A second person signed the document off: what stands is not replaced, nor taken back.
    SignedOff,
}

impl Correctable {
    /// Those of the changes that would change something.
    #[must_use]
    pub fn news(&self, changes: &[Change]) -> Vec<Change> {
        let is_news = |(field, said): &&Change| self.stands(*field) != said.as_deref();
        changes.iter().filter(is_news).cloned().collect()
    }

    /// Whether its latest result lacks corrections that were given before.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.number > 0 && self.latest == self.asked
    }

    /// The fields and the date that stand with these changes.
    #[must_use]
    pub fn known(&self, changes: &[Change]) -> (Given, Option<Date>) {
        let standing = self.standing.iter();
        let mut known: BTreeMap<FieldName, String> =
            standing.map(|own| (own.field, own.value.clone())).collect();
        for (field, said) in changes {
            match said {
                Some(said) => known.insert(*field, said.clone()),
                None => known.remove(field),
            };
        }
        let mut take = |field: FieldName| known.remove(&field);
        let given = Given {
            number: take(FieldName::Number),
            symbol: take(FieldName::Symbol),
            issuer: take(FieldName::Issuer),
            signer: take(FieldName::Signer),
            ..Given::default()
        };
        let date = take(FieldName::Date).and_then(|date| date.parse().ok());
        (given, date)
    }

    fn stands(&self, field: FieldName) -> Option<&str> {
        let own = self.standing.iter().find(|own| own.field == field);
        own.map(|own| own.value.as_str())
    }
}

impl Store {
    /// What is corrected of a document and was not taken back.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn corrections(&self, document: &StoredDocument) -> Result<Vec<Correction>, Error> {
        let mut connection = self.pool.acquire().await?;
        Ok(standing(&mut connection, &document.id).await?.0)
    }

    /// The fields of a document as they were before anything was corrected.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn read_fields(&self, document: &StoredDocument) -> Result<Option<Fields>, Error> {
        let mut connection = self.pool.acquire().await?;
        let Some(latest) = latest(&mut connection, &document.id).await? else {
            return Ok(None);
        };
        let asked = of_asked(&latest);
        let report = report(&mut connection, &document.sha256, &asked).await?;
        Ok(report.and_then(|report| report.document.fields))
    }

    /// What correcting a document rests on; `None` if it was not examined, or what its impressions are compared by is not kept.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn correctable(
        &self,
        document: &StoredDocument,
    ) -> Result<Option<Correctable>, Error> {
        let mut connection = self.pool.acquire().await?;
        let Some(latest) = latest(&mut connection, &document.id).await? else {
            return Ok(None);
        };
        let (standing, number) = standing(&mut connection, &document.id).await?;
        let asked = of_asked(&latest);
        let report = report(&mut connection, &document.sha256, &asked).await?;
        let row = sqlx::query(
            "select crops.content from crops join result on result.position = crops.result \
             where result.document = $1 and result.asked = $2",
        )
        .bind(&document.sha256)
        .bind(&asked)
        .fetch_optional(&mut *connection)
        .await?;
        let crops = row.and_then(|row| Crops::from_bytes(&row.get::<Vec<u8>, _>(0)));
        Ok(report.zip(crops).map(|(report, crops)| Correctable {
            document: document.clone(),
            crops,
            report,
            standing,
            number,
            latest,
            asked,
        }))
    }

    /// Documents whose latest result lacks what people corrected before it: one of them, or all.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn uncorrected(&self, only: Option<&str>) -> Result<Vec<StoredDocument>, Error> {
        let rows = sqlx::query(
            "select distinct document.id from field_correction \
             join document on document.id = field_correction.document \
             where document.state = 'kept' and document.asked not like $1 and ($2 = '' or document.id = $2)",
        )
        .bind(CORRECTED)
        .bind(only.unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.extend(self.document(&row.get::<String, _>(0)).await?);
        }
        Ok(found)
    }

    /// Keeps what a document comes to with its fields corrected, in the name of whoever corrects them.
    ///
    /// # Errors
    /// If something is corrected in nobody's name, or the database fails; then nothing is kept.
    pub async fn keep_corrected(
        &self,
        own: &Correctable,
        (result, changes): (&NewResult, &[Change]),
        act: &Act,
    ) -> Result<Kept, Error> {
        let document = &own.document;
        let mut transaction = self.begin().await?;
        let latest = latest(&mut transaction, &document.id).await?;
        let (_, number) = standing(&mut transaction, &document.id).await?;
        if latest.as_ref() != Some(&own.latest) || number != own.number {
            return Ok(Kept::Moved);
        }
        let replaces = changes
            .iter()
            .any(|(field, _)| own.stands(*field).is_some());
        if replaces && is_signed_off(&mut transaction, document).await? {
            return Ok(Kept::SignedOff);
        }
        note(&mut transaction, document, (changes, act)).await?;
        let asked = written(&Corrected {
            corrected: document.id.clone(),
            asked: own.asked.clone(),
        });
        if report(&mut transaction, &document.sha256, &asked)
            .await?
            .is_none()
        {
            // What was said before anything was corrected stays the first.
            let first = NewResult {
                report: own.report.clone(),
                claim: None,
                crops: None,
                keys: Vec::new(),
                dies: Vec::new(),
            };
            keep_as(&mut transaction, (&first, &asked), act.at).await?;
        }
        keep_as(&mut transaction, (result, &asked), act.at).await?;
        sqlx::query("update document set outcome = $2, asked = $3 where id = $1")
            .bind(&document.id)
            .bind(documents::name(result.report.outcome))
            .bind(&asked)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Kept::Done)
    }
}

/// Writes down who corrects what. Values stand in no log: it is never erased.
async fn note(
    connection: &mut AnyConnection,
    document: &StoredDocument,
    (changes, act): (&[Change], &Act),
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let by = proposer(act)?;
    for (field, said) in changes {
        sqlx::query(
            "insert into field_correction (document, field, value, corrected_by, corrected_at) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(&document.id)
        .bind(field.name())
        .bind(said.as_deref())
        .bind(by.as_str())
        .bind(act.at.to_string())
        .execute(&mut *connection)
        .await?;
    }
    let named = |is_given: bool| -> Vec<&str> {
        let named = changes
            .iter()
            .filter(|(_, said)| said.is_some() == is_given);
        named.map(|(field, _)| field.name()).collect()
    };
    let detail = json!({"given": named(true), "withdrawn": named(false)});
    let entry = act.entry(Deed::FieldCorrected, &document.id, detail);
    audit::append(connection, &entry).await
}

/// What stands of a document's corrections, and the number of the latest of all, 0 where there was none.
async fn standing(
    connection: &mut AnyConnection,
    document: &str,
) -> Result<(Vec<Correction>, i64), Error> {
    let rows = sqlx::query(
        "select number, field, value, corrected_by, corrected_at from field_correction \
         where document = $1 order by number",
    )
    .bind(document)
    .fetch_all(connection)
    .await?;
    let (mut latest, mut number) = (BTreeMap::new(), 0);
    for row in &rows {
        number = row.get(0);
        let field: FieldName = value(&row.get::<String, _>(1), "a field")?;
        let said: Option<String> = row.get(2);
        let correction = said.map(|value| Correction {
            field,
            value,
            by: row.get(3),
            at: row.get(4),
        });
        latest.insert(field, correction);
    }
    Ok((latest.into_values().flatten().collect(), number))
}

/// What a document's latest result was examined for.
async fn latest(connection: &mut AnyConnection, document: &str) -> Result<Option<String>, Error> {
    let row = sqlx::query("select asked from document where id = $1")
        .bind(document)
        .fetch_optional(connection)
        .await?;
    Ok(row.and_then(|row| row.get(0)))
}

/// What a result was examined for before anything was corrected.
fn of_asked(latest: &str) -> String {
    let corrected = serde_json::from_str::<Corrected>(latest).ok();
    corrected.map_or_else(|| latest.to_owned(), |own| own.asked)
}

/// The report of a result as it stands.
async fn report(
    connection: &mut AnyConnection,
    sha256: &str,
    asked: &str,
) -> Result<Option<Report>, Error> {
    let query = format!("select {LATEST} from result where document = $1 and asked = $2");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(sha256)
        .bind(asked)
        .fetch_optional(connection)
        .await?;
    row.map(|row| Latest::of(&row, 0).report(sha256))
        .transpose()
}
