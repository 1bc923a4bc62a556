//! Wear along dates: drawn dies that wear, lose a piece or stay sound, through the program.
//!
//! These tests draw, so they need the fonts of `fonts::DEBIAN_PACKAGES`, which `./test` installs.

#![allow(
    clippy::unwrap_used,
    clippy::missing_assert_message,
    reason = "a panic is how a test fails, and its line says where"
)]

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

fn antin(arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

fn json(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A set, and what was said of it.
struct Followed {
    /// Kept for as long as the test runs.
    _folder: tempfile::TempDir,
    set: PathBuf,
    status: Option<i32>,
    lines: Vec<Value>,
}

/// Three seals, one that wears by and by, one that stays sound, and one that loses a piece: 5.6 % of its drawing,
/// so that with a limit known to a fifth nobody doubts that 2 % are passed.
fn followed() -> Followed {
    let folder = tempfile::tempdir().unwrap();
    let options =
        "synth set --of wear --seals 3 --documents-per-seal 8 --conditions c200 --seed 13";
    let (status, _) = antin(&options.split(' ').collect::<Vec<_>>(), folder.path());
    assert_eq!(status, Some(0), "the set is drawn");
    let set = folder.path().join("set");
    let verify =
        "verify --json --register register.csv --dates dates.csv --report out docs docs/d0001.pdf";
    let (status, lines) = antin(&verify.split(' ').collect::<Vec<_>>(), &set);
    Followed {
        _folder: folder,
        set,
        status,
        lines: json(&lines),
    }
}

impl Followed {
    fn trends(&self) -> Vec<&Value> {
        let lines = self.lines.iter();
        lines
            .filter(|line| line["schema"] == "antin.trend/1")
            .collect()
    }

    /// What truth says of a seal's last impression.
    fn truth(&self, seal: &str) -> Value {
        let lines = json(&fs::read_to_string(self.set.join("truth.jsonl")).unwrap());
        let own = lines.into_iter().rfind(|line| line["seal"] == seal);
        own.unwrap()["wear"].clone()
    }
}

fn series<'a>(trend: &'a Value, quantity: &str) -> &'a Value {
    let mut all = trend["series"].as_array().unwrap().iter();
    all.find(|series| series["quantity"] == quantity).unwrap()
}

/// One set serves all, for it takes long to draw.
#[test]
fn dies_are_followed_along_the_dates_of_their_impressions() {
    let followed = followed();
    assert_eq!(followed.trends().len(), 3);
    a_die_that_wears_by_and_by_is_called(&followed);
    a_sound_die_is_left_alone(&followed);
    a_piece_that_broke_out_is_dated(&followed);
    a_document_given_twice_counts_once_and_records_come_last(&followed);
    every_record_follows_the_schema_and_every_field_is_described(&followed);
    the_page_shows_charts_and_where_the_die_is_worn(&followed);
    evaluation_counts(&followed);
}

fn a_die_that_wears_by_and_by_is_called(followed: &Followed) {
    let worn = followed.trends()[0];
    assert_eq!(worn["seal"], "S001");
    let truth = followed.truth("S001");
    assert_eq!(truth["course"], "gradual");
    assert_eq!(worn["finding"], "seal.wear_out_of_tolerance", "{worn}");
    // Ink fills fine breaks: some two thirds of what is rubbed off are seen to be gone.
    let gone = truth["missing_percent"].as_f64().unwrap();
    let share = series(worn, "missing_percent")["level"]["value"].as_f64();
    let share = share.unwrap() / gone;
    assert!((0.4..1.2).contains(&share), "{share} of {gone}");
    // It shrinks as well.
    let shrunk = truth["size_mm"].as_f64().unwrap();
    let size = series(worn, "size_mm");
    assert_eq!(size["state"], "grows", "{size}");
    let level = size["level"]["value"].as_f64().unwrap();
    assert!(
        shrunk < -0.3 && (level - shrunk).abs() < 0.15,
        "{level} {shrunk}"
    );
}

fn a_sound_die_is_left_alone(followed: &Followed) {
    let sound = followed.trends()[1];
    assert_eq!(sound["seal"], "S002");
    assert_eq!(followed.truth("S002")["course"], "none");
    assert_eq!(sound["finding"], Value::Null, "{}", sound["message"]);
    assert!(sound["members"].as_array().unwrap().len() >= 6);
}

fn a_piece_that_broke_out_is_dated(followed: &Followed) {
    let broken = followed.trends()[2];
    assert_eq!(broken["seal"], "S003");
    let truth = followed.truth("S003");
    assert_eq!(truth["course"], "sudden");
    let missing = series(broken, "missing_percent");
    assert_eq!(missing["state"], "sudden", "{missing}");
    let gone = truth["missing_percent"].as_f64().unwrap();
    assert!(gone > 4.0, "{gone}");
    // Lines half gone count in part: `GONE_SHARE` of verdict/wear.rs.
    let share = missing["level"]["value"].as_f64().unwrap() / gone;
    assert!((0.6..1.5).contains(&share), "{share} of {gone}");
    let day = truth["missing_from"].as_str().unwrap();
    let step = |end: &str| missing["step"][end].as_str().unwrap();
    assert!(step("after") <= day && day <= step("by"), "{missing}");
    let leaves = &missing["leaves"];
    assert!(leaves["not_before"].as_str().unwrap() <= day, "{leaves}");
    assert!(
        leaves["not_after"].as_str().is_none_or(|end| end >= day),
        "{leaves}"
    );
    assert_eq!(broken["finding"], "seal.wear_out_of_tolerance");
    assert!(
        missing["tolerance"]["rule"]
            .as_str()
            .unwrap()
            .contains("no instrument")
    );
    assert_eq!(followed.status, Some(1), "a warning asks for attention");
}

fn a_document_given_twice_counts_once_and_records_come_last(followed: &Followed) {
    let worn = followed.trends()[0];
    assert_eq!(worn["left_out"]["copies"], 1, "{}", worn["left_out"]);
    let days: Vec<&str> = worn["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["on"].as_str().unwrap())
        .collect();
    assert!(days.is_sorted(), "{days:?}");
    let lines = &followed.lines;
    let last = &lines[lines.len() - 3..];
    assert!(last.iter().all(|line| line["schema"] == "antin.trend/1"));
    let dated = lines
        .iter()
        .filter(|line| line["schema"] == "antin.report/1");
    assert!(
        dated
            .into_iter()
            .all(|line| line["document"]["date"]["claimed"].is_string())
    );
}

fn every_record_follows_the_schema_and_every_field_is_described(followed: &Followed) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trend.schema.json");
    let open = fs::read_to_string(path).unwrap();
    let open: Value = serde_json::from_str(&open).unwrap();
    let closed = open.to_string().replace(
        "\"additionalProperties\":true",
        "\"additionalProperties\":false",
    );
    let closed: Value = serde_json::from_str(&closed).unwrap();
    for schema in [open, closed] {
        let validator = jsonschema::validator_for(&schema).unwrap();
        for trend in followed.trends() {
            let faults: Vec<String> = validator
                .iter_errors(trend)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{}: {faults:#?}", trend["seal"]);
        }
    }
}

fn the_page_shows_charts_and_where_the_die_is_worn(followed: &Followed) {
    let set = &followed.set;
    let page = fs::read_to_string(set.join("out/report.html")).unwrap();
    let section = &page[page.find("id=\"wear\"").unwrap()..];
    assert!(section.matches("<svg").count() >= 3);
    assert!(section.contains("Gone in the last impressions"));
    let kept = json(&fs::read_to_string(set.join("out/report.jsonl")).unwrap());
    assert_eq!(&kept, &followed.lines);
}

fn evaluation_counts(followed: &Followed) {
    let (status, text) = antin(&["evaluate", "truth.jsonl", "--json"], &followed.set);
    assert_eq!(status, Some(0));
    let wear = &json(&text)[0]["wear"];
    assert_eq!(wear["seals"], 3, "{wear}");
    assert_eq!(wear["sound_called"], 0, "{wear}");
    assert!(wear["out_called"].as_u64().unwrap() >= 1, "{wear}");
}

#[test]
fn dates_that_are_none_are_named_by_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("dates.csv"),
        "document,date\na.png,soon\n",
    )
    .unwrap();
    let bare = image::RgbImage::from_pixel(600, 800, image::Rgb([255; 3]));
    bare.save(folder.path().join("a.png")).unwrap();
    let register = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/register.csv");
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder.path())
        .args([
            "verify",
            "--json",
            "--dates",
            "dates.csv",
            "a.png",
            "--register",
        ])
        .arg(register)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("line 2") && said.contains("soon"), "{said}");
}
