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
use crate::report::layer;
use crate::report::layer::Layer;
use crate::report::overlay::Superposed;
use crate::report::picture::Picture;
use crate::report::picture::SIDE;
use crate::report::picture::SIDE_MAX;
use crate::sandbox::page_picture;
use crate::sandbox::page_picture::View;
use crate::storage::documents::DocumentState;
use crate::storage::documents::StoredDocument;

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
    let jpeg = drawn_page(&service, &document, view).await?;
    Ok(picture(jpeg, "image/jpeg"))
}

/// A view of a document's page, as JPEG.
pub(super) async fn drawn_page(
    service: &Shared,
    document: &StoredDocument,
    view: View,
) -> Answer<Vec<u8>> {
    let opened = service.blobs.open(&document.sha256).await?;
    let reader = service.registers.options().executable.clone();
    let place = PLACES.acquire().await;
    let _place = place.map_err(|error| Problem::failure(&error))?;
    let draw = move || page_picture::draw(opened.path(), view, &reader);
    let drawn = tokio::task::spawn_blocking(draw).await;
    let drawn = drawn.map_err(|error| Problem::failure(&error))?;
    drawn.map_err(|failure| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_drawn", failure.0))
}

/// How large a picture of an impression is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sharp {
    /// Its side in pixels, 360 where nothing is said, 1440 at most.
    side: Option<usize>,
    /// Of a seal's specimens, which, counted from 0 in the order in which they were registered.
    #[serde(default)]
    specimen: usize,
}

impl Sharp {
    fn side(self) -> usize {
        self.side.unwrap_or(SIDE).clamp(16, SIDE_MAX)
    }
}

/// What is drawn of an impression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Its ink, and what stands over it.
    Impression,
    /// One layer of it, as it lies on its page.
    Layer(Layer),
    /// What it is beside its specimen.
    Beside(Beside),
}

/// What is drawn of an impression and its specimen, or the drawing that several were fused into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// The specimen as it lies under it.
    Specimen,
    /// One over the other.
    Overlay,
    /// Where they differ.
    Difference,
    /// Where the impression lacks ink.
    Missing,
    /// Where it bears ink that the specimen lacks.
    Extra,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "impression.png" => Self::Impression,
            "ink.png" => Self::Layer(Layer::Ink),
            "text.png" => Self::Layer(Layer::Text),
            "specimen.png" => Self::Beside(Beside::Specimen),
            "overlay.png" => Self::Beside(Beside::Overlay),
            "difference.png" => Self::Beside(Beside::Difference),
            "missing.png" => Self::Beside(Beside::Missing),
            "extra.png" => Self::Beside(Beside::Extra),
            _ => return None,
        })
    }
}

/// An impression, the specimen as it lies under it, one over the other, or where they differ; all in one frame.
///
/// `kind` is `impression.png`, `specimen.png`, `overlay.png`, `difference.png`, `missing.png` or `extra.png`, all of one frame;
/// or `ink.png` or `text.png`, the layer alone as it lies in the impression's box on its page. Impressions are counted from 0,
/// as in the report. They are drawn from what is kept of the document, without its scan.
#[utoipa::path(
    get, path = "/documents/{id}/impressions/{impression}/{kind}", tag = "documents", params(Sharp),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"), (status = 404, body = Problem))
)]
pub(super) async fn impression(
    State(service): State<Shared>,
    caller: Caller,
    Path((id, index, kind)): Path<(String, usize, String)>,
    Query(sharp): Query<Sharp>,
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
        Kind::Impression | Kind::Layer(_) => None,
        Kind::Beside(_) => {
            let seal = (reported.seal.as_deref(), None);
            Some(specimen(&service, &caller, seal).await?)
        }
    };
    let draw = move || {
        let found = crops.impression(reported.page, reported.bbox_px)?;
        match (kind, specimen) {
            (Kind::Layer(layer), _) => Some(layer::png(&found, layer)),
            (Kind::Beside(kind), Some(specimen)) => {
                let laid = Superposed::new(&found, &specimen, reported.comparison.as_ref()?);
                Some(drawn(kind, &laid.sized(sharp.side())).to_png())
            }
            (Kind::Impression | Kind::Beside(_), _) => {
                Some(Picture::of_side(&found, sharp.side()).to_png())
            }
        }
    };
    let png = tokio::task::spawn_blocking(draw).await;
    let png = png.map_err(|error| Problem::failure(&error))?;
    let png = png.ok_or_else(|| Problem::not_found("picture"))?;
    Ok(picture(png, "image/png"))
}

/// A specimen of a seal by its number, else the drawing that its specimens were fused into, which is noted as seen.
async fn specimen(
    service: &Shared,
    caller: &Caller,
    (seal, number): (Option<&str>, Option<usize>),
) -> Answer<Impression> {
    let seal = seal.ok_or_else(|| Problem::not_found("specimen"))?;
    let register = service.registers.latest().await?;
    let position = register.position(seal);
    let position = position.ok_or_else(|| Problem::not_found("specimen"))?;
    let registered = &register.seals[position];
    let shown = match number {
        None => Some(registered.drawing().into_owned()),
        Some(number) => {
            let image = registered.images.get(number);
            image.map(|image| image.impression.clone())
        }
    };
    let shown = shown.ok_or_else(|| Problem::not_found("specimen"))?;
    caller
        .logged(service, Deed::SpecimenRead, seal, json!({}))
        .await?;
    Ok(shown)
}

fn drawn(kind: Beside, laid: &Superposed<'_>) -> Picture {
    match kind {
        Beside::Specimen => laid.specimen(),
        Beside::Overlay => laid.overlay(&[]),
        Beside::Difference => laid.difference(),
        Beside::Missing => laid.missing(),
        Beside::Extra => laid.extra(),
    }
}

/// A registered seal's specimen, the first where none is named.
#[utoipa::path(
    get, path = "/seals/{id}/specimen.png", tag = "register", params(Sharp),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"), (status = 404, body = Problem))
)]
pub(super) async fn seal(
    State(service): State<Shared>,
    caller: Caller,
    Path(seal): Path<String>,
    Query(sharp): Query<Sharp>,
) -> Answer<Response> {
    let which = (Some(seal.as_str()), Some(sharp.specimen));
    let specimen = specimen(&service, &caller, which).await?;
    let draw = move || Picture::of_side(&specimen, sharp.side()).to_png();
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
