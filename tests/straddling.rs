//! Seals set across the edges of several sheets, from drawn documents to findings and figures.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use lopdf::dictionary;
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
        assert_eq!(count(state, "named"), 1, "{sheets}");
        assert_eq!(count(state, "misnamed"), 0, "{sheets}");
    }
    // Compared with the specimen, what is joined speaks for its seal, or leaves it open.
    let conclusions = &sheets["conclusions"];
    assert!(
        conclusions["leans_consistent"].as_u64() >= Some(4),
        "{sheets}"
    );
    for against in ["leans_different", "different"] {
        assert_eq!(conclusions[against], Value::Null, "{sheets}");
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

/// Draws each page of a PDF in a mirror.
fn mirror(from: &Path, to: &Path) {
    let mut document = lopdf::Document::load(from).unwrap();
    for page in document.get_pages().into_values() {
        let own = document.get_dictionary(page).unwrap();
        let paper = own.get(b"MediaBox").unwrap().as_array().unwrap();
        let turn = format!("-1 0 0 1 {} 0 cm\n", paper[2].as_float().unwrap());
        let turn = lopdf::Stream::new(dictionary! {}, turn.into_bytes());
        let turn = document.add_object(turn);
        let own = document.get_dictionary_mut(page).unwrap();
        let before = own.get(b"Contents").unwrap().clone();
        own.set("Contents", vec![turn.into(), before]);
    }
    document.save(to).unwrap();
}

/// The same set in a mirror, its specimens too.
fn mirrored(folder: &Path, set: &str) -> String {
    let other = folder.join("mirrored");
    for part in ["docs", "specimens"] {
        fs::create_dir_all(other.join(part)).unwrap();
        for entry in fs::read_dir(Path::new(set).join(part)).unwrap() {
            let from = entry.unwrap().path();
            let to = other.join(part).join(from.file_name().unwrap());
            if part == "docs" {
                mirror(&from, &to);
            } else {
                image::open(&from).unwrap().fliph().save(&to).unwrap();
            }
        }
    }
    let register = "register.csv";
    fs::copy(Path::new(set).join(register), other.join(register)).unwrap();
    other.display().to_string()
}

/// The reports of a set's documents, in their order.
fn reports(set: &str) -> Vec<Value> {
    let (register, docs) = (format!("{set}/register.csv"), format!("{set}/docs"));
    let told = antin(&["verify", "--json", "-q", "--register", &register, &docs]);
    told.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["schema"] == "antin.report/1")
        .collect()
}

/// Findings of a code, each with its page.
fn found<'a>(report: &'a Value, code: &str) -> Vec<(&'a Value, &'a Value)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["code"] == code)
        .map(|finding| (&finding["page"], finding))
        .collect()
}

/// The parts of joined impressions: page, and left and right side of the box.
fn parts(report: &Value) -> Vec<(u64, u64, u64)> {
    let impressions = report["impressions"].as_array().unwrap().iter();
    let slices = impressions.filter_map(|own| own["slices"].as_array());
    let part = |slice: &Value| {
        let number = |value: &Value| value.as_u64().unwrap();
        let (left, width) = (number(&slice["bbox_px"][0]), number(&slice["bbox_px"][2]));
        (number(&slice["page"]), left, left + width)
    };
    slices.flatten().map(part).collect()
}

/// How far signatures lie right of their seals.
fn asides(report: &Value) -> Vec<f64> {
    let impressions = report["impressions"].as_array().unwrap().iter();
    impressions
        .filter_map(|own| own["placement"]["signature_aside"].as_f64())
        .collect()
}

#[test]
fn in_a_mirror_parts_stand_on_left_edges_and_seals_right_of_signatures() {
    let folder = tempfile::tempdir().unwrap();
    let set = drawn(folder.path());
    let (plain, other) = (reports(&set), reports(&mirrored(folder.path(), &set)));
    assert_eq!((plain.len(), other.len()), (8, 8));
    let (mut slices, mut signed) = (0, 0);
    for (plain, other) in plain.iter().zip(&other) {
        let faults = |report| -> Vec<_> {
            let own = found(report, "placement.straddling_incomplete").into_iter();
            own.map(|(page, finding)| (page, &finding["values"]["fault"]))
                .collect()
        };
        assert_eq!(faults(plain), faults(other));
        let (right, left) = (parts(plain), parts(other));
        assert_eq!(right.len(), left.len(), "{other:#}");
        for (right, left) in right.iter().zip(&left) {
            assert_eq!(right.0, left.0);
            // A4 at 200 dpi is 1,650 pixels wide.
            assert!(right.1 > 1_400 && left.2 < 250, "{right:?} {left:?}");
        }
        slices += left.len();
        let (right, left) = (asides(plain), asides(other));
        assert_eq!(right.len(), left.len(), "{other:#}");
        let off = |report| found(report, "placement.not_on_signature");
        assert!(off(plain).is_empty(), "{plain:#}");
        assert_eq!(off(other).len(), left.len(), "{other:#}");
        for ((right, left), (_, finding)) in right.iter().zip(&left).zip(off(other)) {
            assert!(
                *right > 0.0 && (right + left).abs() < 0.05,
                "{right} {left}"
            );
            let values = &finding["values"];
            let aside = values["signature_aside"].as_f64().unwrap();
            assert!((aside - left).abs() < 0.006, "{finding}");
            assert!(values["uncertainty"].as_f64() > Some(0.0), "{finding}");
            let article = finding["basis"]["article"].as_str().unwrap();
            assert!(article.contains("33"), "{finding}");
            signed += 1;
        }
    }
    assert!(slices >= 20 && signed >= 4, "{slices} {signed}");
}
