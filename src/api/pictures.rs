//! Pictures: pages of scans, and impressions beside their specimens.

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
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::audit::Deed;
use crate::extraction::Impression;
use crate::geometry::PixelRect;
use crate::report::overlay::Superposed;
use crate::report::picture::Picture;
use crate::sandbox::page_picture;
use crate::sandbox::page_picture::View;
use crate::storage::documents::DocumentState;
use crate::verify::report;

/// Children that draw at once. Chosen: a page takes some tenths of a second and some hundred megabytes.
static PLACES: Semaphore = Semaphore::const_new(4);

/// Longest side where nothing is asked for.
const SIDE_USUAL: u32 = 1_600;

/// How long a browser may show a picture again without asking: pages are gone through and back.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=600");

/// What of a page is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Longest side of the picture, 1600 where nothing is said; larger parts are shrunk by a whole number.
    side: Option<u32>,
    /// Left edge of a part, in page pixels.
    x: Option<u32>,
    /// Its top.
    y: Option<u32>,
    /// Its width.
    width: Option<u32>,
    /// Its height.
    height: Option<u32>,
}

impl Wanted {
    fn view(self, page: u32) -> View {
        let size = self.width.zip(self.height);
        let part = size.map(|(width, height)| PixelRect {
            x: self.x.unwrap_or(0),
            y: self.y.unwrap_or(0),
            width,
            height,
        });
        View {
            page,
            part,
            side_max: self
                .side
                .unwrap_or(SIDE_USUAL)
                .clamp(1, page_picture::SIDE_MAX),
        }
    }
}

/// A page of a document, or a part of it, as it was scanned.
#[utoipa::path(
    get, path = "/documents/{id}/pages/{page}", tag = "documents", params(Wanted),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "It cannot be drawn"))
)]
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    Path((id, page)): Path<(String, u32)>,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    let document = own(&service, &caller, &id).await?;
    if document.state != DocumentState::Kept {
        return Err(Problem::not_found("scan"));
    }
    let view = wanted.view(page);
    if view.part.is_none() {
        // Parts of what was seen already are not told again.
        let detail = json!({"page": page});
        caller
            .logged(&service, Deed::DocumentRead, &id, detail)
            .await?;
    }
    let opened = service.blobs.open(&document.sha256).await?;
    let reader = service.registers.options().executable.clone();
    let place = PLACES.acquire().await;
    let _place = place.map_err(|error| Problem::failure(&error))?;
    let draw = move || page_picture::draw(opened.path(), view, &reader);
    let drawn = tokio::task::spawn_blocking(draw).await;
    let drawn = drawn.map_err(|error| Problem::failure(&error))?;
    let jpeg = drawn.map_err(|failure| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_drawn", failure.0)
    })?;
    Ok(picture(jpeg, "image/jpeg"))
}

/// What is drawn of an impression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Its ink, and what stands over it.
    Impression,
    /// The specimen as it lies under it.
    Specimen,
    /// One over the other.
    Overlay,
    /// Where they differ.
    Difference,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        match name {
            "impression.png" => Some(Self::Impression),
            "specimen.png" => Some(Self::Specimen),
            "overlay.png" => Some(Self::Overlay),
            "difference.png" => Some(Self::Difference),
            _ => None,
        }
    }
}

/// An impression, the specimen as it lies under it, one over the other, or where they differ; all in one frame.
///
/// `kind` is `impression.png`, `specimen.png`, `overlay.png` or `difference.png`; impressions are counted from 0, as in the
/// report. They are drawn from what is kept of the document, without its scan.
#[utoipa::path(
    get, path = "/documents/{id}/impressions/{impression}/{kind}", tag = "documents",
    responses((status = 200, body = Vec<u8>, content_type = "image/png"), (status = 404, body = Problem))
)]
pub(super) async fn impression(
    State(service): State<Shared>,
    caller: Caller,
    Path((id, index, kind)): Path<(String, usize, String)>,
) -> Answer<Response> {
    let kind = Kind::named(&kind).ok_or_else(|| Problem::not_found("picture"))?;
    let document = own(&service, &caller, &id).await?;
    let report = service.store.report(&document).await?;
    let reported = report.and_then(|report| report.impressions.into_iter().nth(index));
    let reported = reported.ok_or_else(|| Problem::not_found("impression"))?;
    let crops = service.store.crops_of(&document).await?;
    let crops = crops.ok_or_else(|| Problem::not_found("picture"))?;
    let detail = json!({"impression": index});
    caller
        .logged(&service, Deed::DocumentRead, &id, detail)
        .await?;
    let specimen = match kind {
        Kind::Impression => None,
        Kind::Specimen | Kind::Overlay | Kind::Difference => {
            Some(specimen(&service, &caller, reported.seal.as_deref()).await?)
        }
    };
    let draw = move || {
        let found = crops.impression(reported.page, reported.bbox_px)?;
        Some(drawn(kind, (&found, &reported), specimen.as_ref())?.to_png())
    };
    let png = tokio::task::spawn_blocking(draw).await;
    let png = png.map_err(|error| Problem::failure(&error))?;
    let png = png.ok_or_else(|| Problem::not_found("picture"))?;
    Ok(picture(png, "image/png"))
}

/// The first specimen of a seal, which is noted as seen.
async fn specimen(service: &Shared, caller: &Caller, seal: Option<&str>) -> Answer<Impression> {
    let seal = seal.ok_or_else(|| Problem::not_found("specimen"))?;
    let (register, _) = service.registers.latest().await?;
    let position = register.position(seal);
    let position = position.ok_or_else(|| Problem::not_found("specimen"))?;
    caller
        .logged(service, Deed::SpecimenRead, seal, json!({}))
        .await?;
    Ok(register.seals[position].first_impression().clone())
}

/// The picture; `None` where there is nothing to compare.
fn drawn(
    kind: Kind,
    (found, reported): (&Impression, &report::Impression),
    specimen: Option<&Impression>,
) -> Option<Picture> {
    let Some(specimen) = specimen else {
        return Some(Picture::of(found));
    };
    let laid = Superposed::new(found, specimen, reported.comparison.as_ref()?);
    match kind {
        Kind::Impression => None,
        Kind::Specimen => Some(laid.specimen()),
        Kind::Overlay => Some(laid.overlay(&[])),
        Kind::Difference => Some(laid.difference()),
    }
}

/// A registered seal's first specimen.
#[utoipa::path(
    get, path = "/seals/{id}/specimen.png", tag = "register",
    responses((status = 200, body = Vec<u8>, content_type = "image/png"), (status = 404, body = Problem))
)]
pub(super) async fn seal(
    State(service): State<Shared>,
    caller: Caller,
    Path(seal): Path<String>,
) -> Answer<Response> {
    let specimen = specimen(&service, &caller, Some(&seal)).await?;
    let draw = move || Picture::of(&specimen).to_png();
    let png = tokio::task::spawn_blocking(draw).await;
    let png = png.map_err(|error| Problem::failure(&error))?;
    Ok(picture(png, "image/png"))
}

fn picture(bytes: Vec<u8>, kind: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, KEPT);
    response
}
