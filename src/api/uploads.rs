//! Uploads that may break off and go on, as in the IETF's draft "Resumable Uploads for HTTP" (draft-ietf-httpbis-resumable-upload): an
//! upload is begun with its length, takes pieces after what is there, and says how much that is. Once all is there it is handed in as
//! any other.

use axum::Json;
use axum::body::Body;
use axum::body::BodyDataStream;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::documents;
use crate::api::documents::HandedIn;
use crate::api::documents::Upload;
use crate::api::identity::Caller;
use crate::api::jobs;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::storage::blobs;
use crate::storage::blobs::Pieces;
use crate::storage::documents::DocumentState;
use crate::storage::uploads;

/// Bytes that are on disk, of those that are to come.
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// Whether all are.
const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
/// Bytes that are to come in all.
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// What a piece is sent as.
const PIECE: &str = "application/partial-upload";
/// Uploads that one person has open at once. Chosen: a browser sends a few at a time, and a day's broken ones are left.
const OPEN_MAX: u32 = 100;
/// Bytes after which what came is flushed and counted: so many are sent again after a power cut.
const COUNTED: u64 = 8 << 20;

/// How far an upload is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PartialUpload {
    /// Its name.
    id: String,
    /// Bytes that are on disk: the next piece begins there.
    offset: u64,
    /// Bytes that are to come in all.
    length: u64,
    /// What it was handed in as; null until all is there.
    #[schema(value_type = Option<HandedIn>)]
    handed_in: Option<serde_json::Value>,
}

impl PartialUpload {
    fn of(upload: uploads::Upload) -> Self {
        let handed = upload.handed.as_deref();
        Self {
            id: upload.id,
            offset: upload.arrived,
            length: upload.length,
            handed_in: handed.and_then(|handed| serde_json::from_str(handed).ok()),
        }
    }

    /// As an answer, with the draft's headers.
    fn answer(&self, status: StatusCode) -> Response {
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(OFFSET, HeaderValue::from(self.offset));
        headers.insert(LENGTH, HeaderValue::from(self.length));
        let complete = match self.handed_in {
            Some(_) => "?1",
            None => "?0",
        };
        headers.insert(COMPLETE, HeaderValue::from_static(complete));
        response
    }
}

/// Begin an upload that may break off and go on; its bytes follow in pieces.
///
/// Whatever breaks, what was acknowledged stays. An upload of which nothing is heard for a day is forgotten.
#[utoipa::path(
    post, path = "/uploads", tag = "documents", params(Upload,
        ("Upload-Length" = u64, Header, description = "Bytes that are to come in all")),
    responses((status = 201, body = PartialUpload, description = "Its address is in `Location`"), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 429, body = Problem))
)]
pub(super) async fn begin(
    State(service): State<Shared>,
    caller: Caller,
    Query(how): Query<Upload>,
    headers: HeaderMap,
) -> Answer<Response> {
    let length = number(&headers, &LENGTH)?;
    let bytes_max = service.limits.bounds.document_bytes;
    if length > bytes_max {
        return Err(blobs::Error::TooLarge(bytes_max).into());
    }
    if length == 0 {
        return Err(Problem::bad_request("`Upload-Length` must be 1 at least"));
    }
    jobs::named_job(&service, &caller, &how).await?;
    let upload = uploads::Upload {
        id: Uuid::new_v4().simple().to_string(),
        login: caller.login().to_owned(),
        how: serde_json::to_string(&how).map_err(|error| Problem::failure(&error))?,
        length,
        arrived: 0,
        handed: None,
    };
    let begun = service
        .store
        .begin_upload(&upload, OPEN_MAX, Timestamp::now());
    if !begun.await? {
        let detail = format!("{OPEN_MAX} uploads are open: end some, or wait for a day");
        return Err(Problem::busy("uploads_open", detail, 60));
    }
    service.blobs.open_pieces(&upload.id)?;
    let place = format!("/api/v1/uploads/{}", upload.id);
    let mut response = PartialUpload::of(upload).answer(StatusCode::CREATED);
    let place = HeaderValue::from_str(&place).map_err(|error| Problem::failure(&error))?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

/// How far an upload is, also by `HEAD`.
#[utoipa::path(
    get, path = "/uploads/{id}", tag = "documents",
    responses((status = 200, body = PartialUpload), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Response> {
    let upload = own(&service, &caller, &id).await?;
    Ok(PartialUpload::of(upload).answer(StatusCode::OK))
}

/// Send a piece of an upload: what follows the bytes that are there. The last one hands it in.
#[utoipa::path(
    patch, path = "/uploads/{id}", tag = "documents",
    params(("Upload-Offset" = u64, Header, description = "Bytes before this piece")),
    request_body(content = Vec<u8>, content_type = "application/partial-upload"),
    responses((status = 200, body = PartialUpload), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "The piece is another's turn: `Upload-Offset` says which"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 429, body = Problem))
)]
pub(super) async fn append(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let place = service.limits.upload()?;
    let upload = own(&service, &caller, &id).await?;
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != PIECE) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let detail = format!("a piece is sent as `{PIECE}`");
        return Err(Problem::new(status, "other_type", detail));
    }
    let piece = Piece {
        offset: number(&headers, &OFFSET)?,
        body: body.into_data_stream(),
        place,
    };
    // What came is counted also when whoever sends it goes away, and this request with them.
    let taken = tokio::spawn(async move { take(&service, &caller, upload, piece).await });
    taken.await.map_err(|error| Problem::failure(&error))?
}

/// End an upload: what came of it is removed. What was handed in stays.
#[utoipa::path(
    delete, path = "/uploads/{id}", tag = "documents",
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn end(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    let upload = own(&service, &caller, &id).await?;
    if upload.handed.is_none() {
        match service.blobs.resume_pieces(&id, upload.length) {
            Ok(Some(_pieces)) => service.blobs.drop_pieces(&id)?,
            Ok(None) => return Err(taken()),
            Err(blobs::Error::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    service.store.forget_upload(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A piece on its way.
struct Piece {
    offset: u64,
    body: BodyDataStream,
    /// Its place among the uploads that are received at once.
    place: OwnedSemaphorePermit,
}

async fn take(
    service: &Shared,
    caller: &Caller,
    upload: uploads::Upload,
    piece: Piece,
) -> Answer<Response> {
    let id = upload.id.as_str();
    let pieces = match service.blobs.resume_pieces(id, upload.length) {
        Err(blobs::Error::Missing(_)) if upload.handed.is_none() => {
            // It was begun at another place, or its end failed.
            return Err(Problem::not_found("upload"));
        }
        Err(blobs::Error::Missing(_)) => None,
        pieces => Some(pieces?.ok_or_else(taken)?),
    };
    // Another may have written until now.
    let now = own(service, caller, id).await?;
    if now.arrived != piece.offset {
        let detail = format!("the next piece begins at {}", now.arrived);
        let problem = Problem::conflict("other_offset", detail);
        let offset = [(OFFSET, HeaderValue::from(now.arrived))];
        return Ok((offset, problem).into_response());
    }
    let Some(mut pieces) = pieces else {
        return Ok(PartialUpload::of(now).answer(StatusCode::OK));
    };
    pieces.after(now.arrived)?;
    receive(service, id, &mut pieces, piece).await?;
    let arrived = pieces.bytes();
    let mut handed = None;
    if arrived == now.length {
        let finished = tokio::task::spawn_blocking(move || pieces.finish()).await;
        let finished = finished.map_err(|error| Problem::failure(&error))??;
        let how: Upload =
            serde_json::from_str(&now.how).map_err(|error| Problem::failure(&error))?;
        service.store.upload_is(id, &finished.sha256).await?;
        let done = documents::take_in(service, caller, &how, (finished, None)).await?;
        handed = Some(serde_json::to_string(&done).map_err(|error| Problem::failure(&error))?);
        let stands = (arrived, handed.as_deref());
        let kept = service.store.upload_stands(id, stands, Timestamp::now());
        kept.await?;
        let document = match &done.document {
            Some(document) => service.store.document(document).await?,
            None => None,
        };
        if document.is_some_and(|document| document.state == DocumentState::Stopped) {
            // It was stopped before this was handed in: nothing is to tell of it, though it waits to be examined again.
            service.store.forget_upload(id).await?;
        }
    }
    let standing = PartialUpload::of(uploads::Upload {
        arrived,
        handed,
        ..now
    });
    Ok(standing.answer(StatusCode::OK))
}

/// Writes a piece, and counts what is on disk: now and then, and when it ends or breaks off.
async fn receive(service: &Shared, id: &str, pieces: &mut Pieces, mut piece: Piece) -> Answer<()> {
    let mut counted = pieces.bytes();
    let mut ended = Ok(());
    while let Some(chunk) = piece.body.next().await {
        let broken = |error| blobs::Error::Broken(std::io::Error::other(error));
        ended = chunk.map_err(broken).and_then(|chunk| pieces.write(&chunk));
        if ended.is_err() {
            break;
        }
        if pieces.bytes() - counted >= COUNTED {
            counted = count(service, id, pieces).await?;
        }
    }
    count(service, id, pieces).await?;
    drop(piece.place);
    Ok(ended?)
}

async fn count(service: &Shared, id: &str, pieces: &mut Pieces) -> Answer<u64> {
    pieces.sync().await?;
    let bytes = pieces.bytes();
    let stands = service
        .store
        .upload_stands(id, (bytes, None), Timestamp::now());
    stands.await?;
    Ok(bytes)
}

/// The caller's own upload of this name.
async fn own(service: &Shared, caller: &Caller, id: &str) -> Answer<uploads::Upload> {
    let upload = service.store.upload(id).await?;
    let upload = upload.filter(|upload| upload.login == caller.login());
    upload.ok_or_else(|| Problem::not_found("upload"))
}

fn taken() -> Problem {
    Problem::conflict(
        "upload_busy",
        "another request sends a piece of it: ask again how far it is",
    )
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Answer<u64> {
    let said = headers.get(name).and_then(|value| value.to_str().ok());
    let number = said.filter(|said| said.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| Problem::bad_request(format!("`{name}` must be a number of bytes")))
}
