//! The service as a process, over HTTP: what is handed in is examined once, nothing is lost, nobody is fooled.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use reqwest::StatusCode;
use reqwest::header;
use serde_json::Value;
use serde_json::json;

#[path = "servers/antin.rs"]
mod antin_server;
#[path = "service/backup.rs"]
mod backup;
#[path = "servers/bucket.rs"]
mod bucket;
#[path = "service/ending.rs"]
mod ending;
#[path = "service/jobs.rs"]
mod jobs;
#[path = "service/kills.rs"]
mod kills;
#[path = "service/machines.rs"]
mod machines;
#[path = "service/memory.rs"]
mod memory;
#[path = "servers/postgres.rs"]
mod postgres;
#[path = "service/proxy.rs"]
mod proxy;
#[path = "service/uploads.rs"]
mod uploads;
#[path = "service/watching.rs"]
mod watching;

use antin_server::Service;
use antin_server::command;

const DOCUMENTS: &str = "fixtures/demo/docs";

fn scan(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(DOCUMENTS).join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_handed_in_examined_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]).await;
    let bytes = scan("12-unregistered.pdf");
    let first = service.upload("Công văn 印.pdf", bytes.clone()).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    let again = service.upload("again.pdf", bytes.clone()).await;
    assert_eq!(
        again.status(),
        StatusCode::OK,
        "the same bytes are one document"
    );
    let again: Value = again.json().await.unwrap();
    assert_eq!(
        (&first["document"], &again["new"]),
        (&again["document"], &json!(false))
    );
    let progress = service.over(first["job"].as_str().unwrap()).await;
    assert_eq!(progress["done"], 1);
    let id = first["document"].as_str().unwrap();
    let report = service
        .json(&format!("/api/v1/documents/{id}/report"))
        .await;
    assert_eq!(report["document"]["path"], "Công văn 印.pdf");
    assert_eq!(report["outcome"], "review");
    assert_eq!(report["findings"][0]["code"], "seal.unregistered");
    let listed = service
        .json("/api/v1/documents?outcome=review&text=công")
        .await;
    assert_eq!(listed["items"][0]["id"], id);
    let back = service
        .get(&format!("/api/v1/documents/{id}/scan"))
        .send()
        .await
        .unwrap();
    let kept_as = back.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        kept_as,
        "attachment; filename*=UTF-8''C%C3%B4ng%20v%C4%83n%20%E5%8D%B0.pdf"
    );
    assert_eq!(back.bytes().await.unwrap(), bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_have_a_code_and_the_requests_number() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    let stranger = service
        .client
        .get(format!("{}/api/v1/documents", service.site));
    let answer = stranger.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let number = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        answer.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(
        (&problem["code"], &problem["request_id"]),
        (&json!("not_signed_in"), &json!(number))
    );
    let hostile = [
        (
            "/api/v1/documents/..%2f..%2fetc%2fpasswd",
            StatusCode::NOT_FOUND,
        ),
        ("/api/v1/documents/' or '1'='1", StatusCode::NOT_FOUND),
        ("/api/v1/documents/%00/scan", StatusCode::NOT_FOUND),
        (
            "/api/v1/documents?cursor=1;drop table document",
            StatusCode::BAD_REQUEST,
        ),
        ("/api/v1/nothing", StatusCode::NOT_FOUND),
    ];
    for (path, status) in hostile {
        let answer = service.get(path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    let quoted = service
        .json("/api/v1/documents?text=%27%20or%201%3D1%20--")
        .await;
    assert_eq!(quoted["items"], json!([]));
    let reused = |bytes: &'static str| {
        let upload = service
            .post("/api/v1/documents?name=a.pdf")
            .header("idempotency-key", "k");
        upload.body(bytes).send()
    };
    assert_eq!(reused("one").await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(reused("one").await.unwrap().status(), StatusCode::OK);
    let other = reused("two").await.unwrap();
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_files_are_texts_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    // As browsers write it: what would end the line is percent-encoded.
    let hostile = "<img src=x onerror=alert(1)>%0D%0ASet-Cookie: a=b/../../{{7*7}}.pdf";
    let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{hostile}\"");
    let form = service
        .post("/api/v1/documents/form")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(format!("--B\r\n{head}\r\n\r\n%PDF-1.4\r\n--B--\r\n"));
    let handed: Value = form.send().await.unwrap().json().await.unwrap();
    let name = handed[0]["name"].as_str().unwrap();
    assert!(
        name.contains("{{7*7}}") && !name.contains(['\r', '\n', '\0']),
        "{name:?}"
    );
    let id = handed[0]["document"].as_str().unwrap();
    let back = service
        .get(&format!("/api/v1/documents/{id}/scan"))
        .send()
        .await
        .unwrap();
    assert!(back.headers().get("set-cookie").is_none());
    assert_eq!(back.status(), StatusCode::OK);
}

#[test]
fn the_description_of_the_api_is_up_to_date() {
    let text = antin::api::openapi().to_pretty_json().unwrap() + "\n";
    let file = Path::new("docs/openapi.json");
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    if kept != text {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
        std::fs::write(&fresh, text).unwrap();
        panic!(
            "docs/openapi.json is stale: copy {} over it",
            fresh.display()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_printed_listed_and_packed_without_the_scan() {
    let folder = tempfile::tempdir().unwrap();
    watching::with_register(folder.path());
    let service = Service::start(folder.path(), &[]).await;
    let upload: Value = service
        .upload("=cmd.pdf", scan("09-forged-outer-radius.pdf"))
        .await
        .json()
        .await
        .unwrap();
    service.over(upload["job"].as_str().unwrap()).await;
    let path = format!("/api/v1/documents/{}", upload["document"].as_str().unwrap());
    let fetched = async |what: &str| {
        let response = service.get(&format!("{path}/{what}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{what}");
        response.bytes().await.unwrap()
    };
    for language in ["vi", "zh", "en"] {
        let pdf = fetched(&format!("report.pdf?lang={language}")).await;
        assert!(
            pdf.starts_with(b"%PDF-") && pdf.len() > 20_000,
            "{} bytes",
            pdf.len()
        );
    }
    let sheet = String::from_utf8(fetched("findings.csv").await.to_vec()).unwrap();
    assert!(sheet.lines().count() > 1, "{sheet}");
    assert!(!sheet.contains("\n=cmd"), "a name is no formula: {sheet}");
    let bundle = folder.path().join("bundle.zip");
    std::fs::write(&bundle, fetched("bundle.zip").await).unwrap();
    let again = command(&folder.path().join("elsewhere"))
        .args(["verify", "--bundle"])
        .arg(&bundle)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert_eq!(
        again.status.code(),
        Some(0),
        "it computes to something else: {said}"
    );
    assert!(said.contains("equal to the report"), "{said}");
}
