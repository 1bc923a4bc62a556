//! The service as a process, over HTTP: what is handed in is examined once, nothing is lost, nobody is fooled.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::io::{Cursor, Write};
use std::path::Path;

use reqwest::StatusCode;
use reqwest::header;
use serde_json::Value;
use serde_json::json;

#[path = "servers/antin.rs"]
#[expect(dead_code, reason = "other targets use the rest")]
mod antin_server;
#[path = "service/ending.rs"]
mod ending;
#[path = "service/uploads.rs"]
mod uploads;

use antin_server::Service;
use antin_server::command;

const DOCUMENTS: &str = "fixtures/demo/docs";

fn scan(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(DOCUMENTS).join(name)).unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
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
async fn an_archive_is_unpacked_into_its_job_and_tells_of_its_progress() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]).await;
    let archive = zipped(&[
        ("năm 2024/a.pdf", &scan("14-no-seal.pdf")),
        ("../../escape.pdf", &scan("12-unregistered.pdf")),
        ("broken.pdf", b"no document"),
        ("inner.zip", b"PK\x03\x04"),
        ("notes.txt", b"not looked at"),
    ]);
    let upload: Value = service
        .upload("2024.zip", archive)
        .await
        .json()
        .await
        .unwrap();
    let job = upload["job"].as_str().unwrap();
    let mut events = service
        .get(&format!("/api/v1/jobs/{job}/events"))
        .send()
        .await
        .unwrap();
    let mut told = String::new();
    while let Some(chunk) = events.chunk().await.unwrap() {
        told.push_str(&String::from_utf8_lossy(&chunk));
    }
    let last = told
        .lines()
        .rfind(|line| line.starts_with("data: "))
        .unwrap();
    let last: Value = serde_json::from_str(&last[6..]).unwrap();
    assert_eq!(last["over"], true, "{told}");
    // The archive itself, three documents, and what is an archive within.
    assert_eq!(
        (&last["progress"]["done"], &last["progress"]["failed"]),
        (&json!(4), &json!(1))
    );
    let failed = service
        .json(&format!("/api/v1/jobs/{job}/items?state=failed"))
        .await;
    assert_eq!(failed["items"][0]["name"], "inner.zip");
    let done = service
        .json(&format!("/api/v1/jobs/{job}/items?state=done"))
        .await;
    let outcomes: Vec<_> = done["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["name"].as_str().unwrap(),
                item["outcome"].as_str().unwrap_or("-"),
            )
        })
        .collect();
    assert!(
        outcomes.contains(&("năm 2024/a.pdf", "pass")),
        "{outcomes:?}"
    );
    assert!(
        outcomes.contains(&("broken.pdf", "unreadable")),
        "{outcomes:?}"
    );
    assert!(!folder.path().join("escape.pdf").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_and_finished_once_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &["--jobs", "1"]).await;
    let names = [
        "01-genuine-colour.pdf",
        "02-genuine-gray.pdf",
        "05-genuine-chinese.pdf",
        "13-two-seals.pdf",
    ];
    let mut jobs = Vec::new();
    for name in names {
        let upload: Value = service.upload(name, scan(name)).await.json().await.unwrap();
        jobs.push(upload["job"].as_str().unwrap().to_owned());
    }
    // In the middle of the work, twice.
    service.kill_and_restart();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    service.kill_and_restart();
    let listed = service.json("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), names.len());
    for job in &jobs {
        let progress = service.over(job).await;
        assert_eq!(
            (&progress["done"], &progress["items"]),
            (&json!(1), &json!(1))
        );
    }
    assert!(service.end().success(), "it ends in order");
    let runtime = antin::storage::Store::open(&service.data).await.unwrap();
    assert_eq!(
        runtime.result_count().await.unwrap(),
        names.len() as u64,
        "each once"
    );
    runtime.close().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_people_edit_must_be_what_they_saw() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    let upload: Value = service
        .upload("a.pdf", b"%PDF-1.4".to_vec())
        .await
        .json()
        .await
        .unwrap();
    let path = format!("/api/v1/documents/{}", upload["document"].as_str().unwrap());
    let seen = service.get(&path).send().await.unwrap();
    let tag = seen.headers()[header::ETAG].clone();
    let same = service
        .get(&path)
        .header(header::IF_NONE_MATCH, &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
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

#[test]
fn jobs_of_the_command_line_are_broken_off_taken_up_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let archive = folder.path().join("a.zip");
    std::fs::write(
        &archive,
        zipped(&[("a.pdf", &scan("14-no-seal.pdf")), ("b.pdf", b"none")]),
    )
    .unwrap();
    let bulk = |arguments: &[&str]| {
        let output = command(&data).arg("bulk").args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    let (status, said) = bulk(&["submit", "--detach", archive.to_str().unwrap()]);
    assert_eq!(status, 0, "{said}");
    let job = said
        .split_whitespace()
        .nth(1)
        .unwrap()
        .trim_end_matches(':')
        .to_owned();
    assert_eq!(bulk(&["pause", &job]).0, 0);
    assert!(bulk(&["status"]).1.contains("(paused)"));
    let (status, said) = bulk(&["resume", "--ocr", "off", &job]);
    assert!(
        said.contains("3 of 3 done") && said.contains("1 unreadable"),
        "{said}"
    );
    assert_eq!(status, 3);
    let (_, reports) = bulk(&["export", &job]);
    let paths: Vec<String> = reports
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["document"]["path"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(paths, ["a.pdf", "b.pdf"]);
    assert_eq!(bulk(&["cancel", &job]).0, 0);
    assert_eq!(bulk(&["resume", &job]).0, 2);
}

#[test]
fn archives_are_verified_like_folders() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("scans.zip");
    let bomb = vec![0; 4 << 20];
    std::fs::write(
        &archive,
        zipped(&[("x/14.pdf", &scan("14-no-seal.pdf")), ("zeros.pdf", &bomb)]),
    )
    .unwrap();
    let output = command(&folder.path().join("data"))
        .args(["verify", "--json", "--ocr", "off"])
        .arg(&archive)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let reports: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        reports[0]["document"]["path"],
        format!("{}/x/14.pdf", archive.display())
    );
    assert_eq!(
        (&reports[0]["outcome"], &reports[1]["outcome"]),
        (&json!("pass"), &json!("unreadable"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_copied_while_it_served_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &[]).await;
    let bytes = scan("14-no-seal.pdf");
    let upload: Value = service
        .upload("14.pdf", bytes.clone())
        .await
        .json()
        .await
        .unwrap();
    service.over(upload["job"].as_str().unwrap()).await;
    let copy = folder.path().join("copy.tar.zst");
    let run = |data: &Path, what: &str| {
        command(data)
            .arg(what)
            .arg(&copy)
            .output()
            .unwrap()
            .status
            .code()
            .unwrap()
    };
    assert_eq!(run(&service.data, "backup"), 0);
    assert_ne!(
        run(&service.data, "backup"),
        0,
        "a copy is not written over"
    );
    assert_ne!(run(&service.data, "restore"), 0, "nor is a store");
    let other = folder.path().join("other");
    assert_eq!(run(&other, "restore"), 0);
    service.end();
    let checked = command(&other).args(["audit", "verify"]).status().unwrap();
    assert!(checked.success(), "the chain of the log holds");
    let store = antin::storage::Store::open(&other).await.unwrap();
    let id = upload["document"].as_str().unwrap();
    let document = store.document(id).await.unwrap().unwrap();
    assert_eq!(
        store
            .report(&document)
            .await
            .unwrap()
            .unwrap()
            .document
            .path,
        "14.pdf"
    );
    let blobs = antin::storage::blobs::Blobs::under(&other).unwrap();
    let kept = blobs.open(&document.sha256).await.unwrap();
    assert_eq!(std::fs::read(kept.path()).unwrap(), bytes);
    // Cut short: nothing of it is put back.
    let whole = std::fs::read(&copy).unwrap();
    std::fs::write(&copy, &whole[..whole.len() - 9]).unwrap();
    let third = folder.path().join("third");
    assert_ne!(run(&third, "restore"), 0);
    assert!(!antin::storage::Store::exists(&third));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_printed_listed_and_packed_without_the_scan() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let imported = command(&data)
        .args(["register", "import", "fixtures/demo/register.csv"])
        .output()
        .unwrap();
    assert!(
        imported.status.success(),
        "{}",
        String::from_utf8_lossy(&imported.stderr)
    );
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
    assert!(again.status.code().is_some_and(|code| code <= 1), "{said}");
}
