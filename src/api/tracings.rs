//! Seals that people draw on pages: what was missed is looked for where they say, what was moved is looked at anew, and what
//! is no seal is said to be none. The report itself is never touched.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::pictures;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::reviews::signed_off;
use crate::extraction::Sought;
use crate::geometry::PixelRect;
use crate::sandbox;
use crate::sandbox::page_picture::View;
use crate::storage::documents::DocumentState;
use crate::storage::documents::StoredDocument;
use crate::storage::tracings::NewTracing;
use crate::storage::tracings::Tracing;
use crate::storage::tracings::TracingKind;
use crate::storage::tracings::Untraced;
use crate::units::Dpi;
use crate::verdict::Policy;
use crate::verify;
use crate::verify::Examination;
use crate::verify::Report;

/// Characters of a note.
const NOTE_CHARS_MAX: usize = 2_000;
/// Shortest side of a box, in pixels: less is a slip of the hand.
const SIDE_MIN: u32 = 24;
/// Longest side of a box, in pixels: a seal of 60 mm at 1200 dpi, with room.
const SIDE_MAX: u32 = 4_000;
/// Paper around a box that is looked at with it, as a share of its sides.
const ROOM: f64 = 0.25;

/// Something to draw on a page.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Drawing {
    /// The page, counted from one.
    page: u32,
    /// What it is.
    kind: TracingKind,
    /// The impression that was moved or is none, counted from 0 as in the report.
    impression: Option<usize>,
    /// Where: x, y, width, height in page pixels.
    bbox_px: [u32; 4],
    /// What is said to it.
    #[serde(default)]
    note: String,
}

/// Something that was drawn.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Drawn {
    /// Its number.
    number: u64,
    /// The page, counted from one.
    page: u32,
    /// What it is.
    kind: TracingKind,
    /// The impression of the report that it is about.
    impression: Option<usize>,
    /// Where: x, y, width, height in page pixels.
    bbox_px: [u32; 4],
    /// What is said to it.
    note: String,
    /// What the part of the page came to by itself, as a report; null where nothing was computed.
    report: Value,
    /// Who drew it.
    by: String,
    /// When, UTC.
    at: String,
}

impl From<Tracing> for Drawn {
    fn from(tracing: Tracing) -> Self {
        let own = tracing.drawn;
        Self {
            number: tracing.number,
            page: own.page,
            kind: own.kind,
            impression: own.impression,
            bbox_px: own.bbox_px,
            note: own.note,
            report: json!(own.report),
            by: tracing.by,
            at: tracing.at,
        }
    }
}

/// What is drawn on a document, in the order in which it was.
#[utoipa::path(
    get, path = "/documents/{id}/tracings", tag = "decisions",
    responses((status = 200, body = Vec<Drawn>), (status = 404, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Drawn>>> {
    let document = own(&service, &caller, &id).await?;
    let drawn = service.store.tracings(&document).await?;
    Ok(Json(drawn.into_iter().map(Drawn::from).collect()))
}

/// Draw a seal that was missed, move the box of one, or say that one is none. What is drawn is cut from the page and
/// examined by itself; the outcome of the document stays.
#[utoipa::path(
    post, path = "/documents/{id}/tracings", tag = "decisions", request_body = Drawing,
    responses((status = 201, body = Vec<Drawn>), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn draw(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(drawing): Json<Drawing>,
) -> Answer<(StatusCode, Json<Vec<Drawn>>)> {
    let document = own(&service, &caller, &id).await?;
    if document.state != DocumentState::Kept {
        return Err(Problem::not_found("scan"));
    }
    let report = service.store.report(&document).await?;
    let report = report.ok_or_else(|| Problem::not_found("report"))?;
    check(&drawing, &report)?;
    // Examining takes as much as a document that is handed in.
    let _place = service.limits.upload()?;
    let found = match drawing.kind {
        TracingKind::False => None,
        TracingKind::Missed | TracingKind::Moved => {
            Some(examined(&service, &document, (&drawing, &report)).await?)
        }
    };
    let new = NewTracing {
        page: drawing.page,
        kind: drawing.kind,
        impression: drawing.impression,
        bbox_px: drawing.bbox_px,
        note: drawing.note.trim().to_owned(),
        report: found,
    };
    service.store.trace(&document, &new, &caller.act()).await?;
    let drawn = service.store.tracings(&document).await?;
    let drawn = drawn.into_iter().map(Drawn::from).collect();
    Ok((StatusCode::CREATED, Json(drawn)))
}

/// Take back what was drawn, until a second person signed the document off.
#[utoipa::path(
    delete, path = "/documents/{id}/tracings/{number}", tag = "decisions",
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn withdraw(
    State(service): State<Shared>,
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
) -> Answer<StatusCode> {
    let document = own(&service, &caller, &id).await?;
    match service
        .store
        .untrace(&document, number, &caller.act())
        .await?
    {
        Untraced::Done => Ok(StatusCode::NO_CONTENT),
        Untraced::Unknown => Err(Problem::not_found("tracing")),
        Untraced::SignedOff => Err(signed_off()),
    }
}

/// Whether what is drawn lies on a page, and is about an impression where it says so.
fn check(drawing: &Drawing, report: &Report) -> Answer<()> {
    let wrong =
        |code, detail: String| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail));
    let page = report.pages.iter().find(|own| own.number == drawing.page);
    let size = page.and_then(|page| page.width_px.zip(page.height_px));
    let Some((page_width, page_height)) = size else {
        return Err(Problem::not_found("page"));
    };
    let [x, y, width, height] = drawing.bbox_px;
    let is_on_page =
        x.saturating_add(width) <= page_width && y.saturating_add(height) <= page_height;
    let sides = SIDE_MIN..=SIDE_MAX;
    if !is_on_page || !sides.contains(&width) || !sides.contains(&height) {
        return wrong(
            "box_wrong",
            format!(
                "a box lies on the page ({page_width} × {page_height}) and has sides of {SIDE_MIN} to {SIDE_MAX} pixels"
            ),
        );
    }
    if drawing.note.chars().count() > NOTE_CHARS_MAX {
        return wrong(
            "note_long",
            format!("a note has at most {NOTE_CHARS_MAX} characters"),
        );
    }
    let is_about = drawing
        .impression
        .is_some_and(|own| own < report.impressions.len());
    match drawing.kind {
        TracingKind::Missed => Ok(()),
        TracingKind::Moved | TracingKind::False if is_about => Ok(()),
        TracingKind::Moved | TracingKind::False => Err(Problem::not_found("impression")),
    }
}

/// The part of the page around the box, examined by itself as the document was.
async fn examined(
    service: &Shared,
    document: &StoredDocument,
    (drawing, report): (&Drawing, &Report),
) -> Answer<Report> {
    let page = report.pages.iter().find(|own| own.number == drawing.page);
    let dpi = page.and_then(|page| page.dpi).and_then(Dpi::new);
    let view = View {
        page: drawing.page,
        part: Some(around(
            drawing.bbox_px,
            page.and_then(|own| own.width_px.zip(own.height_px)),
        )),
        side_max: crate::sandbox::page_picture::SIDE_MAX,
    };
    let picture = pictures::drawn_page(service, document, view).await?;
    let register = service.registers.latest().await?;
    let options = sandbox::Options {
        stated_dpi: dpi,
        sought: Sought::Framed,
        recognition: crate::sandbox::recognition::Recognition::Off,
        ..service.registers.options().clone()
    };
    let (rules, name, date) = (
        Arc::clone(&service.rules),
        document.name.clone(),
        report.document.date.claimed,
    );
    let look = move || {
        let policy = Policy::default();
        let examination = Examination {
            register: &register,
            policy: &policy,
            rules: &rules,
            claim: None,
            seals: verify::Seals::Expected,
            date,
            given: None,
        };
        let source = sandbox::Source::Bytes(&picture);
        verify::document_without_pictures(&name, source, &options, &examination).report
    };
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(|error| Problem::failure(&error))
}

/// The box with paper around it, as far as the page goes.
fn around([x, y, width, height]: [u32; 4], page: Option<(u32, u32)>) -> PixelRect {
    let room = |side: u32| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a side that is no longer than a few thousand pixels"
        )]
        let room = (f64::from(side) * ROOM) as u32;
        room
    };
    let (left, top) = (
        x.saturating_sub(room(width)),
        y.saturating_sub(room(height)),
    );
    let (page_width, page_height) = page.unwrap_or((u32::MAX, u32::MAX));
    let right = (x + width + room(width)).min(page_width);
    let bottom = (y + height + room(height)).min(page_height);
    PixelRect {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_looked_at_with_paper_around_it_as_far_as_the_page_goes() {
        let part = around([10, 100, 400, 400], Some((450, 3_000)));
        let edges = (part.x, part.y, part.x + part.width, part.y + part.height);
        assert_eq!(edges, (0, 0, 450, 600));
    }
}
