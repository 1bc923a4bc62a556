//! Reports of every kind against docs/report.schema.json.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema() -> Value {
    let text = fs::read_to_string(root().join("docs/report.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The demonstration's scans, one with a claim, a bare page, and files that cannot be read.
fn reports() -> &'static [Value] {
    static REPORTS: OnceLock<Vec<Value>> = OnceLock::new();
    REPORTS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("empty.pdf"), b"").unwrap();
        fs::write(folder.path().join("text.png"), b"no picture").unwrap();
        let bare = image::RgbImage::from_pixel(600, 800, image::Rgb([255; 3]));
        bare.save(folder.path().join("bare.png")).unwrap();
        let bad = [folder.path().to_owned(), folder.path().join("absent.pdf")];
        let scans = root().join("fixtures/demo/docs");
        let claimed = [scans.join("01-genuine-colour.pdf")];
        let mut reports = verified(&[scans], &["--dated", "2024-05-21"]);
        reports.extend(verified(&claimed, &["--seal", "D01"]));
        reports.extend(verified(&claimed, &["--ocr", "auto"]));
        reports.extend(verified(
            &claimed,
            &["--ocr", "auto", "--tesseract", "none"],
        ));
        reports.extend(verified(&bad, &["--expect-seal"]));
        reports
    })
}

fn verified(paths: &[PathBuf], options: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args(["verify", "--json", "--register"])
        .arg(root().join("fixtures/demo/register.csv"))
        .args(options)
        .args(paths)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        !text.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    // Links between the documents are records of their own.
    lines
        .filter(|line: &Value| line["schema"] != "antin.link/1")
        .collect()
}

fn faults(schema: &Value, report: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn every_report_follows_the_schema() {
    let schema = schema();
    for report in reports() {
        let faults = faults(&schema, report);
        assert!(
            faults.is_empty(),
            "{}: {faults:#?}",
            report["document"]["path"]
        );
    }
    let outcomes = |name: &str| reports().iter().any(|report| report["outcome"] == name);
    assert!(outcomes("unreadable"), "no unreadable document was tried");
    let bare = |report: &Value| {
        report["impressions"] == Value::Array(Vec::new()) && report["outcome"] != "unreadable"
    };
    assert!(
        reports().iter().any(bare),
        "no document without a seal was tried"
    );
    let compared = |report: &Value| {
        let impressions = report["impressions"].as_array().unwrap();
        impressions
            .iter()
            .any(|impression| impression["comparison"].is_object())
    };
    assert!(reports().iter().any(compared), "no comparison was tried");
}

#[test]
fn every_field_of_a_report_is_described() {
    let open = schema().to_string();
    let closed = open.replace(
        "\"additionalProperties\":true",
        "\"additionalProperties\":false",
    );
    assert_ne!(open, closed, "the schema leaves no object open");
    let closed = serde_json::from_str(&closed).unwrap();
    for report in reports() {
        let faults = faults(&closed, report);
        assert!(
            faults.is_empty(),
            "{}: {faults:#?}",
            report["document"]["path"]
        );
    }
}

#[test]
fn the_schema_refuses_what_the_contract_does() {
    let schema = schema();
    let report = &reports()[0];
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut changed = report.clone();
        change(&mut changed);
        !faults(&schema, &changed).is_empty()
    };
    assert!(refused(&|report| report["outcome"] = "genuine".into()));
    assert!(refused(&|report| report["schema"] = "antin.report/2".into()));
    assert!(refused(&|report| {
        report.as_object_mut().unwrap().remove("findings");
    }));
    assert!(refused(&|report| report["pages"][0]["dpi"] = 0.into()));
    assert!(!refused(&|report| report["added_later"] = 1.into()));
}
