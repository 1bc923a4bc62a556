//! Fields of documents that people know better than what was read: what they say wins, and documents are judged by it.

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::reviews::signed_off;
use crate::audit::Deed;
use crate::jobs::correcting;
use crate::jobs::correcting::Corrected;
use crate::registry::Told;
use crate::storage::documents::DocumentState;
use crate::storage::documents::StoredDocument;
use crate::storage::fields::Change;
use crate::storage::fields::FieldName;
use crate::verify::fields::Field;

/// Characters of what a field is said to be.
const VALUE_CHARS_MAX: usize = 300;

/// What is said of one field.
#[derive(Clone, Debug, Default)]
enum Said {
    /// Nothing: it stays as it is.
    #[default]
    Nothing,
    /// What it is; null takes back what was said before.
    This(Option<String>),
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::This)
    }
}

/// Fields to correct; what is left out stays, and null or an empty text takes a correction back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Correcting {
    /// The document's number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    number: Said,
    /// Its symbol.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    symbol: Said,
    /// Its date, such as 2024-05-21.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    date: Said,
    /// The body that issued it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    issuer: Said,
    /// Who signed it; several with semicolons.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    signer: Said,
}

impl Correcting {
    fn changes(self) -> Answer<Vec<Change>> {
        let said = [
            (FieldName::Number, self.number),
            (FieldName::Symbol, self.symbol),
            (FieldName::Date, self.date),
            (FieldName::Issuer, self.issuer),
            (FieldName::Signer, self.signer),
        ];
        let mut changes = Vec::new();
        for (field, said) in said {
            let Said::This(value) = said else { continue };
            let value = value.map(|value| value.trim().to_owned());
            let value = value.filter(|value| !value.is_empty());
            if let Some(value) = &value {
                check(field, value)?;
            }
            changes.push((field, value));
        }
        Ok(changes)
    }
}

/// Whether a field can be said to be this; which field cannot, and by which rule, stands in `because`.
fn check(field: FieldName, value: &str) -> Answer<()> {
    let name = field.name();
    let is_day = || {
        let day = value.parse::<Date>();
        day.is_ok_and(|day| day.year() > 0 && day.to_string() == value)
    };
    let (code, rule) = if field == FieldName::Date && !is_day() {
        let rule = "is a day of the calendar, such as 2024-05-21";
        ("field_no_day", rule.to_owned())
    } else if value.chars().count() > VALUE_CHARS_MAX {
        let rule = format!("has at most {VALUE_CHARS_MAX} characters");
        ("field_too_long", rule)
    } else if value.chars().any(is_unseen) {
        let rule = "stands on one line, without characters that are not seen";
        ("field_not_plain", rule.to_owned())
    } else {
        return Ok(());
    };
    let detail = format!("`{name}` {rule}");
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit_value", detail);
    Err(problem.because(Told::new(code, &[("field", &name)])))
}

/// Whether a character is not seen: it only ends lines, turns round what stands behind it, or parts or joins what stands beside it.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// A field of a document: what it is said to be, beside what was read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct DocumentField {
    /// Which.
    field: FieldName,
    /// What the document is judged by: what people say it is, else what was read or was given when it was handed in.
    value: Option<String>,
    /// What it was before anybody corrected it.
    read: Option<String>,
    /// The words as they were read.
    written: Option<String>,
    /// Number of the page that they stand on.
    page: Option<u32>,
    /// Where: x, y, width, height in page pixels.
    bbox_px: Option<[u32; 4]>,
    /// How sure the recogniser is, 0 to 1.
    confidence: Option<f64>,
    /// Why it was not read.
    reason: Option<String>,
    /// Who corrected it; null where nobody did, or that was taken back.
    corrected_by: Option<String>,
    /// When, UTC.
    corrected_at: Option<String>,
}

/// What a document says of itself: what was read, and what people know better.
#[utoipa::path(
    get, path = "/documents/{id}/fields", tag = "documents",
    responses((status = 200, body = Vec<DocumentField>), (status = 404, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<DocumentField>>> {
    let document = own(&service, &caller, &id).await?;
    caller
        .logged(&service, Deed::DocumentRead, &id, json!({"fields": true}))
        .await?;
    Ok(Json(fields(&service, &document).await?))
}

/// Correct what was read of a document, or take that back. It wins over what was read, which stays beside it; the document is judged
/// anew at once from what is kept of it, and by every later change of the register. What stands when a second person signs the
/// document off is not replaced, nor taken back.
#[utoipa::path(
    put, path = "/documents/{id}/fields", tag = "documents", request_body = Correcting,
    responses((status = 200, body = Vec<DocumentField>), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn correct(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(correcting): Json<Correcting>,
) -> Answer<Json<Vec<DocumentField>>> {
    let document = own(&service, &caller, &id).await?;
    let changes = correcting.changes()?;
    if document.state != DocumentState::Kept {
        return Err(Problem::conflict(
            "not_kept",
            "its scan is not kept any more",
        ));
    }
    if document.outcome.is_none() {
        return Err(Problem::conflict(
            "not_examined",
            "it has not been examined yet: look at its job",
        ));
    }
    // Comparing anew takes as much as a document that is handed in.
    let _place = service.limits.upload()?;
    let (law, act) = ((&*service.registers, &service.rules), caller.act());
    match correcting::correct(law, (&document, &changes), &act).await? {
        Corrected::Done => Ok(Json(fields(&service, &document).await?)),
        Corrected::SignedOff => Err(signed_off()),
        Corrected::NotKept => Err(Problem::conflict(
            "not_kept",
            "its impressions are not kept, or by another version: have it examined again",
        )),
        Corrected::Moved => Err(Problem::busy(
            "busy",
            "others correct this document too: try again",
            1,
        )),
        Corrected::Failed => {
            let failed = std::io::Error::other("a document could not be examined anew");
            Err(Problem::failure(&failed))
        }
    }
}

/// The fields of a document, in the order of its report.
async fn fields(service: &Shared, document: &StoredDocument) -> Answer<Vec<DocumentField>> {
    let corrections = service.store.corrections(document).await?;
    let read = service.store.read_fields(document).await?;
    let field = |field: FieldName| {
        let read = read.as_ref();
        let read = read.and_then(|read| read.each().into_iter().find(|own| own.0 == field.name()));
        let read: Option<&Field> = read.map(|(_, read)| read);
        let correction = corrections.iter().find(|own| own.field == field);
        let before = read.and_then(|read| read.value.clone());
        DocumentField {
            field,
            value: correction
                .map(|own| own.value.clone())
                .or_else(|| before.clone()),
            read: before,
            written: read.and_then(|read| read.written.clone()),
            page: read.and_then(|read| read.page),
            bbox_px: read.and_then(|read| read.bbox_px),
            confidence: read.and_then(|read| read.confidence),
            reason: read.and_then(|read| read.reason.clone()),
            corrected_by: correction.map(|own| own.by.clone()),
            corrected_at: correction.map(|own| own.at.clone()),
        }
    };
    Ok(FieldName::ALL.into_iter().map(field).collect())
}
