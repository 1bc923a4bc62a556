//! Marks of secrecy as they are drawn, through the whole program and through the service: who bears one is looked at no further, and of
//! the scan nothing stays.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::io::Cursor;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use assert_cmd::Command;
use reqwest::StatusCode;
use serde_json::Value;
use serde_json::json;
use zip::CompressionMethod;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[path = "servers/antin.rs"]
#[expect(dead_code, reason = "other targets use the rest")]
mod antin_server;

use antin_server::Service;

/// A drawn set of letters with marks, colour at 300 dpi, and each letter's line of the truth.
fn drawn(folder: &Path) -> Vec<Value> {
    let draw = [
        "synth", "set", "-q", "--of", "marks", "--seed", "7741", "--seals", "2",
    ];
    let more = ["--documents-per-seal", "10", "--specimens", "1"];
    let scans = ["--conditions", "c300"];
    let drawing = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder)
        .args([&draw[..], &more, &scans].concat())
        .output()
        .unwrap();
    assert!(drawing.status.success(), "{drawing:?}");
    let text = fs::read_to_string(folder.join("set/truth.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn verified(folder: &Path, options: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder)
        .args(["verify", "--json", "-q", "--register", "register.csv"])
        .args(options)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["schema"] == "antin.report/1")
        .collect()
}

fn is_secret(line: &Value) -> bool {
    let marking = line["marking"].as_str();
    marking.is_some_and(|marking| marking.starts_with("secret"))
}

/// The documents of lines, each once.
fn documents(lines: &[Value], wanted: fn(&Value) -> bool) -> Vec<&str> {
    let mut found: Vec<&str> = lines
        .iter()
        .filter(|line| wanted(line))
        .map(|line| line["document"].as_str().unwrap())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn drawn_marks_stop_their_letters_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let lines = drawn(folder.path());
    let set = folder.path().join("set");
    let reports = verified(&set, &["docs"]);
    let secret = documents(&lines, is_secret);
    let others = documents(&lines, |line| !is_secret(line));
    assert!(secret.len() >= 4 && others.len() >= 4, "{lines:?}");
    let of = |document: &str| {
        let own = |report: &&Value| report["document"]["path"] == document;
        reports.iter().find(own).unwrap()
    };
    let stopped = |document: &&&str| of(document)["outcome"] == "stopped";
    // Worn frames are not all found (docs/studies.md).
    let count = secret.iter().filter(stopped).count();
    assert!(4 * count >= 3 * secret.len(), "{count} of {secret:?}");
    assert_eq!(others.iter().find(stopped), None);
    for document in secret.iter().filter(stopped) {
        let report = of(document);
        assert_eq!(codes(report), ["page.secret_marking"]);
        assert_eq!(report["impressions"], Value::Array(Vec::new()));
        assert_eq!(report["pages"], Value::Array(Vec::new()));
        assert_eq!(report["document"]["sha256"].as_str().unwrap().len(), 64);
    }

    // Without a recogniser a frame is a warning; where there is no frame, nobody asks for one.
    let none = |document: &str| {
        let reports = verified(&set, &["--tesseract", "/no/such/program", document]);
        assert_eq!(reports.len(), 1);
        reports.into_iter().next().unwrap()
    };
    let first = secret.iter().find(stopped).unwrap();
    let unread = none(first);
    assert_ne!(unread["outcome"], "stopped");
    assert!(
        codes(&unread).contains(&"page.secret_marking_unread"),
        "{unread}"
    );
    let demo =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/docs/01-genuine-colour.pdf");
    let plain = none(demo.to_str().unwrap());
    assert!(!plain.to_string().contains("secret_marking"), "{plain}");
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The path of what a report is on.
fn path(report: &Value) -> &str {
    report["document"]["path"].as_str().unwrap()
}

/// The first report on what a mark of secrecy stopped.
fn stopped(reports: &[Value]) -> &Value {
    let is_stopped = |report: &&Value| report["outcome"] == "stopped";
    reports.iter().find(is_stopped).unwrap()
}

/// What is left when all is removed that is to be: what came out is kept first, and the scan removed at once after that.
async fn left_at_last(left: impl Fn() -> Vec<PathBuf>) -> Vec<PathBuf> {
    for _ in 0..400 {
        if left().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    left()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_marked_scan_that_is_handed_in_its_digest_alone_stays() {
    let folder = tempfile::tempdir().unwrap();
    let lines = drawn(folder.path());
    let set = folder.path().join("set");
    let reports = verified(&set, &["docs"]);
    let stopped = stopped(&reports);
    let path = path(stopped);
    assert!(documents(&lines, is_secret).contains(&path));
    let bytes = fs::read(set.join(path)).unwrap();
    let service = Service::start(folder.path(), &[]).await;
    let name = "Kế hoạch của ông Nguyễn.pdf";
    let answer = service.upload(name, bytes.clone()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let answer: Value = answer.json().await.unwrap();
    service.over(answer["job"].as_str().unwrap()).await;
    let id = answer["document"].as_str().unwrap();
    let document = service.json(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(document["state"], "stopped");
    assert_eq!(document["sha256"], stopped["document"]["sha256"]);
    assert!(!document.to_string().contains("Nguyễn"), "{document}");
    for what in ["scan", "pages/1"] {
        let answer = service.get(&format!("/api/v1/documents/{id}/{what}"));
        let status = answer.send().await.unwrap().status();
        assert!(status.is_client_error(), "{what}: {status}");
    }
    let is_left = |path: &PathBuf| fs::read(path).is_ok_and(|own| own == bytes);
    let left = || -> Vec<PathBuf> { files(&service.data).into_iter().filter(is_left).collect() };
    let left = left_at_last(left).await;
    assert!(left.is_empty(), "{left:?}");
}

/// An archive of these files as they are: their bytes stand in it unchanged.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Some bytes from the middle of a scan, with the noise that no other has.
fn trace(scan: &[u8]) -> &[u8] {
    let middle = scan.len() / 2;
    &scan[middle..middle + 1024]
}

/// The files below a folder that hold these bytes anywhere.
fn holding(folder: &Path, trace: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(trace.len()).any(|own| own == trace)
    };
    files(folder).into_iter().filter(holds).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marked_scan_within_an_archive_goes_with_it_and_the_others_are_examined() {
    let folder = tempfile::tempdir().unwrap();
    let lines = drawn(folder.path());
    let set = folder.path().join("set");
    let reports = verified(&set, &["docs"]);
    let marked = stopped(&reports);
    assert!(documents(&lines, is_secret).contains(&path(marked)));
    let plain = documents(&lines, |line| !is_secret(line))[0];
    let plain = reports.iter().find(|own| path(own) == plain).unwrap();
    let [secret, other] = [marked, plain].map(|report| fs::read(set.join(path(report))).unwrap());
    let archive = zipped(&[
        ("2024/Kế hoạch của ông Nguyễn.pdf", &secret),
        ("2024/thường.pdf", &other),
    ]);
    let service = Service::start(folder.path(), &[]).await;
    let answer = service.upload("2024.zip", archive).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let answer: Value = answer.json().await.unwrap();
    let job = answer["job"].as_str().unwrap();
    let progress = service.over(job).await;
    // The archive itself, and both scans.
    let counts = (&progress["done"], &progress["failed"]);
    assert_eq!(counts, (&json!(3), &json!(0)));

    let items = service.json(&format!("/api/v1/jobs/{job}/items")).await;
    assert!(!items.to_string().contains("Nguyễn"), "{items}");
    let item = |report: &Value| {
        let digest = &report["document"]["sha256"];
        let mut items = items["items"].as_array().unwrap().iter();
        items.find(|item| item["sha256"] == *digest).unwrap()
    };
    let (stopped, examined) = (item(marked), item(plain));
    assert_eq!(stopped["outcome"], "stopped");
    let id = stopped["document"].as_str().unwrap();
    let document = service.json(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(document["state"], "stopped");
    assert_eq!(document["sha256"], marked["document"]["sha256"]);
    assert!(!document.to_string().contains("Nguyễn"), "{document}");

    assert_eq!(examined["name"], "2024/thường.pdf");
    let examinations = ["pass", "review", "flag"];
    assert!(
        examinations.iter().any(|own| examined["outcome"] == *own),
        "{examined}"
    );
    let id = examined["document"].as_str().unwrap();
    let report = service
        .json(&format!("/api/v1/documents/{id}/report"))
        .await;
    assert!(!report["pages"].as_array().unwrap().is_empty(), "{report}");
    // Of the marked one nothing is left, nor of the archive that both came in: the other stands by itself.
    let data = &service.data;
    let left = left_at_last(|| holding(data, trace(&secret))).await;
    assert!(left.is_empty(), "{left:?}");
    let kept = holding(data, trace(&other));
    assert_eq!(kept.len(), 1, "{kept:?}");
}
