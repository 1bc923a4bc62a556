//! Seals set across the edges of several sheets, from drawn documents to findings and figures.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn antin(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Eight documents of one seal: four whole ones, and one with a sheet removed, replaced, swapped and foreign.
fn drawn(folder: &Path) -> String {
    let set = folder.join("set").display().to_string();
    let draw = [
        "synth",
        "-q",
        "--of",
        "straddling",
        "--seals",
        "1",
        "--documents-per-seal",
        "8",
        "--specimens",
        "2",
        "--conditions",
        "c200",
        "--seed",
        "41",
    ];
    antin(&[&draw[..], &[&set]].concat());
    set
}

#[test]
fn whole_sets_are_joined_and_broken_ones_are_called_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let set = drawn(folder.path());
    let figures = antin(&["evaluate", "--json", "-q", &format!("{set}/truth.jsonl")]);
    let figures: Value = serde_json::from_str(&figures).unwrap();
    let sheets = &figures["straddling"];
    let count = |state: &str, of: &str| sheets["groups"][state][of].as_u64().unwrap();
    assert_eq!(count("complete", "documents"), 4, "{sheets}");
    assert_eq!(count("complete", "joined"), 4, "{sheets}");
    for state in ["removed", "replaced", "swapped", "foreign"] {
        assert_eq!(count(state, "documents"), 1, "{sheets}");
        assert_eq!(count(state, "flagged"), 1, "{sheets}");
    }
    // The parts are no impressions by themselves.
    assert_eq!(figures["false_seals"], serde_json::json!([]));
}

#[test]
fn a_report_shows_one_impression_with_its_parts_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let set = drawn(folder.path());
    let (register, data) = (format!("{set}/register.csv"), format!("{set}/data"));
    antin(&["register", "import", "--data", &data, &register]);
    let document = format!("{set}/docs/d0001.pdf");
    let report = antin(&["verify", "--json", "-q", "--data", &data, &document]);
    let report: Value = serde_json::from_str(report.lines().next().unwrap()).unwrap();
    let impressions = report["impressions"].as_array().unwrap();
    let is_joined = |own: &&Value| own.get("slices").is_some();
    let joined: Vec<&Value> = impressions.iter().filter(is_joined).collect();
    assert!(!joined.is_empty(), "{report:#}");
    for own in joined {
        assert_eq!(own["placement"]["role"], "straddling");
        assert_eq!(own["seal"], "S001");
        let slices = own["slices"].as_array().unwrap();
        let begins = |slice: &Value| slice["from_mm"].as_f64().unwrap();
        assert!(slices.len() > 1, "{own:#}");
        assert!(slices.iter().map(begins).is_sorted(), "{own:#}");
    }
}
