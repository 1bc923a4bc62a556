//! What whoever runs the service sees of it: whether it can work, what it counts, and a log without names, pictures or texts.

use std::path::Path;
use std::path::PathBuf;

use reqwest::StatusCode;
use reqwest::header;
use serde_json::Value;
use serde_json::json;

use crate::antin_server::Service;
use crate::antin_server::Setting;
use crate::antin_server::command;
use crate::scan;

/// The demonstration's register, in `folder`'s data before anybody has an account.
pub(crate) fn with_register(folder: &Path) {
    let imported = command(&folder.join("data"))
        .args(["register", "import", "fixtures/demo/register.csv"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&imported.stderr);
    assert!(imported.status.success(), "{said}");
}

/// A service whose log, of all that the program itself has to say, goes to a file.
fn logged(folder: &Path) -> (Service, PathBuf) {
    let log = folder.join("log");
    let setting = Setting {
        environment: vec![("ANTIN_LOG", "info,antin=trace".into())],
        log: Some(log.clone()),
        ..Setting::default()
    };
    (Service::start_as(folder, setting), log)
}

async fn status(service: &Service, path: &str) -> StatusCode {
    service.get(path).send().await.unwrap().status()
}

/// Hands in a document that bears a seal, and looks at it in each way; its address.
async fn used(service: &Service, name: &str) -> String {
    let bytes = scan("08-forged-font.pdf");
    let handed: Value = service.upload(name, bytes).await.json().await.unwrap();
    service.over(handed["job"].as_str().unwrap()).await;
    let id = handed["document"].as_str().unwrap();
    for what in [
        "",
        "/report",
        "/report.pdf",
        "/findings.csv",
        "/bundle.zip",
        "/scan",
        "/pages/1",
        "/impressions/0/specimen.png",
    ] {
        let path = format!("/api/v1/documents/{id}{what}");
        assert_eq!(status(service, &path).await, StatusCode::OK, "{path}");
    }
    for path in [
        "/documents?text=T%E1%BB%91%20c%C3%A1o",
        "/api/v1/documents?text=T%E1%BB%91%20c%C3%A1o",
        "/register",
    ] {
        assert_eq!(status(service, path).await, StatusCode::OK, "{path}");
    }
    id.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_while_its_scans_can_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    // Whoever asks need not be anybody.
    let ready = async || {
        let asked = service.client.get(format!("{}/readyz", service.site));
        asked.send().await.unwrap()
    };
    assert_eq!(ready().await.status(), StatusCode::OK);
    let (scans, away) = (service.data.join("scans"), service.data.join("away"));
    std::fs::rename(&scans, &away).unwrap();
    let answer = ready().await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "not_ready", "{problem}");
    assert_eq!(
        status(&service, "/healthz").await,
        StatusCode::OK,
        "it lives"
    );
    std::fs::write(&scans, "no folder").unwrap();
    assert_eq!(ready().await.status(), StatusCode::SERVICE_UNAVAILABLE);
    std::fs::remove_file(&scans).unwrap();
    std::fs::rename(&away, &scans).unwrap();
    assert_eq!(ready().await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_counts_what_is_done_under_routes_and_never_under_names() {
    let folder = tempfile::tempdir().unwrap();
    with_register(folder.path());
    let service = Service::start(folder.path(), &[]).await;
    let id = used(&service, "Tố cáo.pdf").await;
    assert_eq!(status(&service, "/api/v1/documents/nothing").await, 404);
    let counted = service.get("/metrics").send().await.unwrap();
    let kind = &counted.headers()[header::CONTENT_TYPE];
    assert_eq!(kind, "text/plain; version=0.0.4");
    let counted = counted.text().await.unwrap();
    let figure = |name: &str| -> f64 {
        let line = counted
            .lines()
            .find(|line| line.rsplit_once(' ').is_some_and(|(own, _)| own == name));
        let line = line.unwrap_or_else(|| panic!("{name} is not among {counted}"));
        line.rsplit_once(' ').unwrap().1.parse().unwrap()
    };
    let bytes = scan("08-forged-font.pdf").len() as f64;
    for (name, expected) in [
        ("antin_uploads_total", 1.0),
        ("antin_upload_bytes_total", bytes),
        ("antin_items_total{ended=\"examined\"}", 1.0),
        ("antin_requests_total{status=\"404\"}", 1.0),
        (
            "antin_request_seconds_count{route=\"/api/v1/documents/{id}/report\"}",
            1.0,
        ),
        (
            "antin_request_seconds_count{route=\"/api/v1/documents/{id}\"}",
            2.0,
        ),
    ] {
        let found = figure(name);
        assert!((found - expected).abs() < f64::EPSILON, "{name}: {found}");
    }
    assert!(figure("antin_requests_total{status=\"200\"}") >= 11.0);
    assert!(
        !counted.contains(&id) && !counted.contains("nothing"),
        "{counted}"
    );
}

/// The lines of a log, each of them an object with what every line has.
fn lines(text: &str) -> Vec<Value> {
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "target", "fields"] {
            assert_ne!(line[field], Value::Null, "{line}");
        }
    }
    lines
}

/// No name, no text, no picture and no secret of those that were given stands in a log.
fn tells_nothing(text: &str, token: &str) {
    let sheet = std::fs::read_to_string("fixtures/demo/register.csv").unwrap();
    let organisations = sheet
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1));
    let said = [
        "Tố cáo",
        "T%E1%BB%91",
        "Tám",
        "Nguyen",
        "nguyen-van-tam",
        "mật khẩu",
    ];
    for name in said.into_iter().chain(organisations) {
        assert!(!text.contains(name), "{name} is in the log:\n{text}");
    }
    for kind in ["base64", "%PDF", "PNG", token] {
        assert!(!text.contains(kind), "{kind} is in the log:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_structured_and_has_no_names_pictures_or_texts() {
    let folder = tempfile::tempdir().unwrap();
    with_register(folder.path());
    let (mut service, log) = logged(folder.path());
    let id = used(&service, "Tố cáo ông Nguyễn Văn Tám.pdf").await;
    let report = service.get(&format!("/api/v1/documents/{id}/report"));
    let report = report.send().await.unwrap();
    let number = report.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    // What is refused and what fails tells no more than that.
    let guess = json!({ "login": "nguyen-van-tam", "password": "mật khẩu của tôi" });
    let guess = service.post("/api/v1/session").json(&guess);
    assert_eq!(
        guess.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    std::fs::remove_dir_all(service.data.join("scans")).unwrap();
    std::fs::write(service.data.join("scans"), "").unwrap();
    let failed = service
        .upload("Tố cáo bà Tám.pdf", b"%PDF-1.4 Nguyen".to_vec())
        .await;
    assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let failed: Value = failed.json().await.unwrap();
    assert!(service.end().success(), "it ends in order");

    let text = std::fs::read_to_string(&log).unwrap();
    let lines = lines(&text);
    let found = |number: &str| {
        let is_it = |line: &&Value| line["fields"]["request_id"] == number;
        lines.iter().find(is_it).map(|line| &line["fields"])
    };
    let line = found(&number).expect("a request has a line under its number");
    assert_eq!(
        (&line["method"], &line["route"], &line["status"]),
        (
            &json!("GET"),
            &json!("/api/v1/documents/{id}/report"),
            &json!(200)
        )
    );
    let line = found(failed["request_id"].as_str().unwrap()).unwrap();
    assert_eq!(line["status"], 500);
    let cause = lines
        .iter()
        .find(|line| line["fields"]["message"] == "a request failed");
    assert!(cause.unwrap()["fields"]["causes"].is_string(), "{text}");
    let shown = service.get("/").build().unwrap();
    let token = shown.headers()[header::AUTHORIZATION].to_str().unwrap();
    tells_nothing(&text, token.trim_start_matches("Bearer "));
}
