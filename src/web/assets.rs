//! Scripts, styles and pictures of the pages: carried in the binary, under an address that changes with them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use include_dir::Dir;
use include_dir::include_dir;
use sha2::{Digest, Sha256};

use crate::api::problem::Answer;
use crate::api::problem::Problem;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/web/static");

/// Where the files stand: browsers may keep them for ever, since other files stand elsewhere.
static PLACE: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for file in FILES.files() {
        digest.update(file.path().to_string_lossy().as_bytes());
        digest.update(file.contents());
    }
    let digest = digest.finalize();
    format!("/static/{}", hex::encode(&digest[..6]))
});

/// The address of the folder of all files.
pub(super) fn place() -> &'static str {
    &PLACE
}

/// One of the files.
pub(super) async fn file(Path((_, name)): Path<(String, String)>) -> Answer<Response> {
    let file = FILES.get_file(&name);
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let mut response = file.contents().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    Ok(response)
}
