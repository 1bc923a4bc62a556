//! What was found on a document: as JSON, for print, as a sheet, and as a bundle that is computed again.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::api::Shared;
use crate::api::documents::attachment;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::audit::Deed;
use crate::registry::Register;
use crate::report::bundle;
use crate::report::csv::Sheet;
use crate::report::exhibit;
use crate::report::pdf;
use crate::report::pdf::Fonts;
use crate::verdict::Policy;
use crate::verify::Examined;
use crate::verify::Report;
use crate::words::Language;

/// The latest report on a caller's document.
pub(crate) async fn report_of(service: &Shared, caller: &Caller, id: &str) -> Answer<Report> {
    let document = own(service, caller, id).await?;
    let report = service.store.report(&document).await?;
    let report = report.ok_or_else(|| {
        Problem::conflict(
            "not_examined",
            "it has not been examined yet: look at its job",
        )
    })?;
    caller
        .logged(service, Deed::DocumentRead, id, json!({}))
        .await?;
    Ok(report)
}

/// The latest report on a document: antin.report/1, whose JSON Schema is `docs/report.schema.json`.
#[utoipa::path(
    get, path = "/documents/{id}/report", tag = "documents",
    responses((status = 200, body = Value), (status = 409, body = Problem, description = "Not examined yet"))
)]
pub(super) async fn json(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Report>> {
    Ok(Json(report_of(&service, &caller, &id).await?))
}

/// In which language a report is printed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Printing {
    /// `vi`, `zh` or `en`; English where nothing is said.
    lang: Option<String>,
}

impl Printing {
    fn language(&self) -> Answer<Language> {
        let Some(lang) = &self.lang else {
            return Ok(Language::English);
        };
        lang.parse()
            .map_err(|_| Problem::bad_request("`lang` is none of vi, zh and en"))
    }
}

/// A document's examination as it was, with its pictures, from what is kept: no scan is opened. The specimens that are shown
/// with it, in what is called `shown`, are written down as read.
async fn examined(
    service: &Shared,
    caller: &Caller,
    (id, shown): (&str, &str),
) -> Answer<(Examined, Arc<Register>)> {
    let document = own(service, caller, id).await?;
    let report = report_of(service, caller, id).await?;
    let not_kept = || {
        let detail = "its impressions are not kept, or by another version: have it examined again";
        Problem::conflict("not_kept", detail)
    };
    let crops = service.store.crops_of(&document).await?;
    let crops = crops.ok_or_else(not_kept)?;
    let register = service.registers.latest().await?;
    let (rules, holder) = (Arc::clone(&service.rules), Arc::clone(&register));
    let drawn = tokio::task::spawn_blocking(move || {
        let policy = Policy::default();
        crops.examined(&document.name, (&holder, &policy, &rules))
    });
    let drawn = drawn.await.map_err(|error| Problem::failure(&error))?;
    let drawn = drawn.ok_or_else(not_kept)?;
    let seals = report.impressions.iter();
    let seals: BTreeSet<&String> = seals.filter_map(|one| one.seal.as_ref()).collect();
    for seal in seals {
        let mut detail = serde_json::Map::new();
        detail.insert(shown.to_owned(), id.into());
        caller
            .logged(service, Deed::SpecimenRead, seal, detail.into())
            .await?;
    }
    // What was said stands; the pictures are of the ink that it was said of.
    Ok((Examined { report, ..drawn }, register))
}

/// A document's examination for print: PDF, with pictures, measurements, the law cited, versions and digests.
#[utoipa::path(
    get, path = "/documents/{id}/report.pdf", tag = "documents", params(Printing),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 409, body = Problem))
)]
pub(super) async fn pdf(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(printing): Query<Printing>,
) -> Answer<Response> {
    let language = printing.language()?;
    let (examined, register) = examined(&service, &caller, (&id, "report")).await?;
    let printed = tokio::task::spawn_blocking(move || {
        let fonts = Fonts::of_system().map_err(|error| {
            let detail = error.to_string();
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_fonts", detail)
        })?;
        let exhibits = exhibit::all(&examined, &register);
        let subject = pdf::Subject {
            report: &examined.report,
            exhibits: &exhibits,
            language,
        };
        pdf::write(subject, &fonts).map_err(|error| Problem::failure(&error))
    });
    let printed = printed.await.map_err(|error| Problem::failure(&error))??;
    Ok(file(printed, "application/pdf", &format!("{id}.pdf")))
}

/// A document's findings as a sheet: CSV.
#[utoipa::path(
    get, path = "/documents/{id}/findings.csv", tag = "documents", params(Printing),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 409, body = Problem))
)]
pub(super) async fn findings(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(printing): Query<Printing>,
) -> Answer<Response> {
    let language = printing.language()?;
    let report = report_of(&service, &caller, &id).await?;
    let mut text = Vec::new();
    let written = Sheet::begin(&mut text, language).and_then(|mut sheet| {
        sheet.add(&report)?;
        sheet.finish()
    });
    written.map_err(|error| Problem::failure(&error))?;
    Ok(file(text, "text/csv; charset=utf-8", &format!("{id}.csv")))
}

/// A document's examination as a bundle, which `antin verify --bundle` computes again: its specimens are in it.
#[utoipa::path(
    get, path = "/documents/{id}/bundle.zip", tag = "documents",
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 409, body = Problem))
)]
pub(super) async fn bundle(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Response> {
    let (examined, register) = examined(&service, &caller, (&id, "bundle")).await?;
    let packed = tokio::task::spawn_blocking(move || bundle::write(&examined, &register, None));
    let packed = packed.await.map_err(|error| Problem::failure(&error))?;
    let packed = packed.map_err(|error| Problem::failure(&error))?;
    Ok(file(packed, "application/zip", &format!("{id}.zip")))
}

fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, attachment(name));
    response
}
