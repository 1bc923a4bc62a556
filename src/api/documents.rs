//! Documents: handing them in, listing them, their scans, holding and deleting them.

use axum::Json;
use axum::body::Body;
use axum::extract::Multipart;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::multipart::MultipartError;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::jobs::job_for;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::tag;
use crate::audit::Deed;
use crate::retention::Refusal;
use crate::sandbox::archive::Format;
use crate::storage::blobs::Arrived;
use crate::storage::documents::DocumentFilter;
use crate::storage::documents::DocumentState;
use crate::storage::documents::NewDocument;
use crate::storage::documents::StoredDocument;
use crate::storage::items::ItemKind;
use crate::storage::jobs::Arrival;
use crate::storage::jobs::Job;
use crate::storage::retention::Deleted;

/// Characters of a name that are kept.
const NAME_CHARS_MAX: usize = 300;
/// Characters of an office's own key.
const KEY_CHARS_MAX: usize = 200;

/// How a document is handed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Upload {
    /// Its name, where the body is the document itself.
    pub(super) name: Option<String>,
    /// The job that it belongs to; one of its own where none is named.
    pub(super) job: Option<String>,
    /// The seal that it is said to bear, in a job of its own.
    pub(super) seal: Option<String>,
    /// Its date, in a job of its own.
    #[param(value_type = Option<String>, format = Date)]
    pub(super) dated: Option<Date>,
    /// Whether it must bear a seal, in a job of its own.
    #[serde(default)]
    pub(super) expect_seal: bool,
}

/// What was handed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct HandedIn {
    /// The document; null for an archive, whose documents are items of the job when it is unpacked.
    pub(super) document: Option<String>,
    /// The job that examines it.
    job: String,
    /// SHA-256 of its bytes.
    sha256: String,
    /// How many bytes it has.
    bytes: u64,
    /// Its name.
    name: String,
    /// Whether the office did not have it before.
    new: bool,
}

/// Hand in a document or an archive: its bytes as the body.
///
/// The bytes are on disk with their digest when this answers. The same bytes twice in one office are one document. With an
/// `Idempotency-Key`, sending it again is answered as the first time.
#[utoipa::path(
    post, path = "/documents", tag = "documents", params(Upload,
        ("Idempotency-Key" = Option<String>, Header, description = "The office's own key for this upload")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = HandedIn), (status = 200, body = HandedIn, description = "The office had it"),
        (status = 413, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem))
)]
pub(super) async fn hand_in(
    State(service): State<Shared>,
    caller: Caller,
    Query(upload): Query<Upload>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let _place = service.limits.upload()?;
    let key = idempotency_key(&headers)?;
    let name = plain(upload.name.as_deref().unwrap_or("document"));
    let arrived = service
        .blobs
        .receive(
            body.into_data_stream(),
            service.limits.bounds.document_bytes,
        )
        .await?;
    if let Some(key) = &key
        && let Some(earlier) = service.store.earlier(caller.office(), key).await?
    {
        if earlier.sha256 != arrived.sha256 {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key_reused",
                "this Idempotency-Key stood for other bytes: use a new one",
            ));
        }
        let handed = HandedIn {
            document: Some(earlier.document).filter(|id| !id.is_empty()),
            job: earlier.job,
            sha256: arrived.sha256,
            bytes: arrived.bytes,
            name,
            new: false,
        };
        return Ok(Json(handed).into_response());
    }
    let handed = take_in(&service, &caller, &upload, (arrived, key)).await?;
    let status = match handed.new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, Json(handed)).into_response())
}

/// Hand in several documents or archives: a form with files.
#[utoipa::path(
    post, path = "/documents/form", tag = "documents", params(Upload),
    request_body(content = String, content_type = "multipart/form-data"),
    responses((status = 201, body = Vec<HandedIn>), (status = 413, body = Problem), (status = 429, body = Problem))
)]
pub(super) async fn hand_in_form(
    State(service): State<Shared>,
    caller: Caller,
    Query(upload): Query<Upload>,
    mut form: Multipart,
) -> Answer<Response> {
    let _place = service.limits.upload()?;
    let broken =
        |error: MultipartError| Problem::bad_request(format!("the form cannot be read: {error}"));
    let (mut all, mut job) = (Vec::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.file_name().map(plain) else {
            continue;
        };
        let bytes_max = service.limits.bounds.document_bytes;
        let arrived = service.blobs.receive(field, bytes_max).await?;
        let of = match job.take() {
            Some(job) => job,
            None => job_for(&service, &caller, &upload, &name).await?,
        };
        all.push(admit(&service, &caller, &of, (name, arrived, None)).await?);
        job = Some(of);
    }
    if all.is_empty() {
        return Err(Problem::bad_request("the form holds no file"));
    }
    Ok((StatusCode::CREATED, Json(all)).into_response())
}

/// Keeps what arrived, then takes it into the job that is named or one of its own.
pub(super) async fn take_in(
    service: &Shared,
    caller: &Caller,
    upload: &Upload,
    (arrived, key): (Arrived, Option<String>),
) -> Answer<HandedIn> {
    let name = plain(upload.name.as_deref().unwrap_or("document"));
    let job = job_for(service, caller, upload, &name).await?;
    admit(service, caller, &job, (name, arrived, key)).await
}

/// Keeps what arrived, then takes it into a job.
async fn admit(
    service: &Shared,
    caller: &Caller,
    job: &Job,
    (name, arrived, idempotency_key): (String, Arrived, Option<String>),
) -> Answer<HandedIn> {
    let kind = match Format::of(&arrived.start) {
        Some(_) => ItemKind::Archive,
        None => ItemKind::Document,
    };
    let (sha256, bytes) = (arrived.sha256.clone(), arrived.bytes);
    let arrival = Arrival {
        document: NewDocument {
            office: job.office.clone(),
            sha256: sha256.clone(),
            name: name.clone(),
            bytes,
            by: Some(caller.login().to_owned()),
        },
        kind,
        idempotency_key,
    };
    let came = [(arrived, arrival)];
    let taken = service
        .queue
        .put(&service.blobs, (job, &came), Timestamp::now());
    let admitted = taken.await?;
    let admitted = admitted.into_iter().next();
    let (document, new) = admitted.map_or((None, true), |one| (one.document, one.is_new));
    let detail = json!({ "sha256": sha256, "job": job.id, "new": new });
    let subject = document.as_deref().unwrap_or(&sha256);
    caller
        .logged(service, Deed::DocumentUploaded, subject, detail)
        .await?;
    service.wake.notify_waiters();
    metrics::counter!("antin_uploads_total").increment(1);
    metrics::counter!("antin_upload_bytes_total").increment(bytes);
    Ok(HandedIn {
        document,
        job: job.id.clone(),
        sha256,
        bytes,
        name,
        new,
    })
}

/// Which documents are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// With this outcome.
    outcome: Option<String>,
    /// Whose name or digest contains this.
    text: Option<String>,
    /// Of this job.
    job: Option<String>,
    /// That bear this registered seal.
    seal: Option<String>,
    /// Of this office, for those who see all.
    office: Option<String>,
}

/// Documents, the newest first.
#[utoipa::path(
    get, path = "/documents", tag = "documents", params(Filter, PageQuery),
    responses((status = 200, body = Page<StoredDocument>))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<StoredDocument>>> {
    let filter = DocumentFilter {
        office: caller.scope(filter.office)?,
        outcome: filter.outcome,
        text: filter.text.filter(|text| !text.is_empty()),
        job: filter.job,
        seal: filter.seal,
        before: page.position()?,
    };
    let documents = service.store.documents(&filter, page.limit()).await?;
    Ok(Json(Page::new(documents, page.limit(), |document| {
        document.position
    })))
}

/// The caller's document with this name.
pub(crate) async fn own(service: &Shared, caller: &Caller, id: &str) -> Answer<StoredDocument> {
    let document = service.store.document(id).await?;
    let document = document.filter(|document| caller.sees(&document.office));
    document.ok_or_else(|| Problem::not_found("document"))
}

/// A document.
#[utoipa::path(
    get, path = "/documents/{id}", tag = "documents",
    responses((status = 200, body = StoredDocument), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let document = own(&service, &caller, &id).await?;
    Ok(tag::tagged(&document, &headers))
}

/// A document's scan, as it was handed in.
#[utoipa::path(
    get, path = "/documents/{id}/scan", tag = "documents",
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem))
)]
pub(super) async fn scan(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Response> {
    let document = own(&service, &caller, &id).await?;
    if document.state != DocumentState::Kept {
        return Err(Problem::not_found("scan"));
    }
    caller
        .logged(
            &service,
            Deed::DocumentRead,
            &document.id,
            json!({"scan": true}),
        )
        .await?;
    let opened = service.blobs.open(&document.sha256).await?;
    let file = tokio::fs::File::open(opened.path()).await;
    let file = file.map_err(|error| Problem::failure(&error))?;
    // A fetched copy stays until it has been sent.
    let stream = ReaderStream::with_capacity(file, 1 << 16).inspect_ok(move |_| {
        let _ = &opened;
    });
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(header::CONTENT_DISPOSITION, attachment(&document.name));
    Ok(response)
}

/// Why and until when a document must be kept.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Hold {
    /// Why it may not be deleted; null lets go.
    held_for: Option<String>,
    /// The day until which it must be kept.
    #[schema(value_type = Option<String>, format = Date)]
    retain_until: Option<Date>,
}

/// Hold a document, or let go of it.
#[utoipa::path(
    put, path = "/documents/{id}/hold", tag = "documents", request_body = Hold,
    params(("If-Match" = String, Header, description = "The document's ETag")),
    responses((status = 200, body = StoredDocument), (status = 412, body = Problem))
)]
pub(super) async fn hold(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(hold): Json<Hold>,
) -> Answer<Response> {
    let document = own(&service, &caller, &id).await?;
    tag::matches(&document, &headers)?;
    let reason = hold.held_for.as_deref().map(plain);
    let until = hold.retain_until.map(|day| day.to_string());
    let (kept, act) = ((reason.as_deref(), until.as_deref()), caller.act());
    service.store.hold_document(&id, kept, &act).await?;
    let document = own(&service, &caller, &id).await?;
    Ok(tag::tagged(&document, &HeaderMap::new()))
}

/// Why a document is deleted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Why {
    /// The reason, for the record.
    #[serde(default)]
    reason: String,
}

/// Delete a document: its scan goes; its digest, what it came to, and the record of this stay.
#[utoipa::path(
    delete, path = "/documents/{id}", tag = "documents", params(Why),
    responses((status = 204), (status = 409, body = Problem))
)]
pub(super) async fn delete(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Answer<StatusCode> {
    let document = own(&service, &caller, &id).await?;
    let today = service.today();
    let (act, reason) = (caller.act(), plain(&why.reason));
    let deleted = service.store.delete_document(&id, (&today, &reason), &act);
    match deleted.await? {
        Deleted::Done(_) => {}
        Deleted::Refused(refusal) => {
            let code = match refusal {
                Refusal::Held { .. } => "held",
                Refusal::Early { .. } => "retained",
                Refusal::Open => "undecided",
            };
            return Err(Problem::conflict(code, refusal.to_string()));
        }
        Deleted::NotKept => {
            return Err(Problem::conflict(
                "not_kept",
                "its scan is not kept any more",
            ));
        }
    }
    let dropped = service.store.drop_scan(&service.blobs, &document.sha256);
    dropped.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A header that lets a browser keep a file under its name, whatever is in it (RFC 6266, RFC 8187).
pub(super) fn attachment(name: &str) -> HeaderValue {
    let name = if name.is_empty() { "document" } else { name };
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let value = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"));
    value.unwrap_or(HeaderValue::from_static("attachment"))
}

/// A name without what moves cursors or ends lines, and not too long.
pub(super) fn plain(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS_MAX)
        .collect();
    match name.trim() {
        "" => "document".to_owned(),
        name => name.to_owned(),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Answer<Option<String>> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().filter(|key| key.len() <= KEY_CHARS_MAX);
    match key {
        Some(key) if !key.is_empty() => Ok(Some(key.to_owned())),
        _ => Err(Problem::bad_request(format!(
            "`Idempotency-Key` must have 1 to {KEY_CHARS_MAX} plain characters"
        ))),
    }
}
