//! Every rule of the source documents is in exactly one class, and what is said of it is so.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use antin::registry::EventKind;
use antin::registry::Particulars;
use antin::registry::kind;
use antin::registry::kind::COMMON;
use antin::rules::sources;
use antin::rules::sources::Class;

/// How many rules each document has.
const COUNTS: [(&str, u32); 5] = [("S0", 19), ("S1", 26), ("S2", 29), ("S3", 16), ("S4", 14)];

#[test]
fn every_rule_of_the_documents_is_there_once() {
    let expected: Vec<String> = COUNTS
        .iter()
        .flat_map(|(document, count)| (1..=*count).map(move |n| format!("{document}-{n:02}")))
        .collect();
    assert_eq!(expected.len(), 104);
    let found: Vec<&str> = sources::rules()
        .iter()
        .map(|rule| rule.id.as_str())
        .collect();
    assert_eq!(found, expected);
    for rule in sources::rules() {
        let expected = if rule.id.starts_with("S2") {
            "CN"
        } else {
            "VN"
        };
        assert_eq!(rule.jurisdiction, expected, "{}", rule.id);
        assert!(
            !rule.rule.is_empty() && !rule.rule.contains('|'),
            "{}",
            rule.id
        );
    }
}

#[test]
fn a_checked_rule_has_findings_that_the_program_makes_and_a_test_of_its_name() {
    let tree = text(&["src", "tests"]);
    let code = text(&["src"]);
    let mut faults = Vec::new();
    for rule in sources::rules() {
        let Class::Checked { findings, test } = &rule.class else {
            continue;
        };
        let start = format!("{}_", rule.id.to_lowercase().replace('-', "_"));
        if !test.starts_with(&start) {
            faults.push(format!(
                "{}: the test {test} is not named after it",
                rule.id
            ));
        }
        if !tree.contains(&format!("fn {test}()")) {
            faults.push(format!("{}: there is no test {test}", rule.id));
        }
        if findings.is_empty() {
            faults.push(format!("{}: checked by nothing", rule.id));
        }
        for finding in findings {
            if !code.contains(&format!("\"{finding}\"")) {
                faults.push(format!("{}: nothing gives {finding}", rule.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_not_checked_says_what_is_held_or_asked() {
    let mut questions = BTreeSet::new();
    for rule in sources::rules() {
        match &rule.class {
            Class::Checked { .. } => {}
            Class::Recorded { record, held } => {
                assert!(!record.is_empty() && !held.is_empty(), "{}", rule.id);
                for place in held {
                    assert!(is_held(place), "{}: nothing holds {place}", rule.id);
                }
            }
            Class::Checklist { ask } => {
                assert!(ask.ends_with('?'), "{}", rule.id);
                assert!(questions.insert(ask), "{}", rule.id);
            }
        }
    }
    let of_vietnam = sources::checklist(Some("VN")).len();
    let of_china = sources::checklist(Some("CN")).len();
    assert_eq!(of_vietnam + of_china, sources::checklist(None).len());
    assert!(sources::checklist(Some("JP")).is_empty());
}

/// Whether there is such a column of a kind of rows, or of the seals' register, such an event of seals, or such a field of reports.
fn is_held(place: &str) -> bool {
    let (of, what) = place.split_once('.').unwrap();
    match of {
        "seal" => {
            let seal = serde_json::to_value(Particulars::default()).unwrap();
            what == "specimen" || seal.get(what).is_some()
        }
        "event" => EventKind::ALL.iter().any(|kind| kind.name() == what),
        "report" => {
            let schema = fs::read_to_string("docs/report.schema.json").unwrap();
            schema.contains(&format!("\"{what}\": {{"))
        }
        _ => {
            let kind = kind::named(of).unwrap_or_else(|| panic!("{of} is no kind of rows"));
            let columns = kind.required.iter().chain(kind.optional).chain(&COMMON);
            columns.into_iter().any(|column| *column == what)
        }
    }
}

#[test]
fn the_page_of_rules_is_up_to_date() {
    let page = fs::read_to_string("docs/rules.md").unwrap();
    assert!(
        page == sources::page(),
        "docs/rules.md is stale: cargo run --example rules"
    );
}

/// All Rust files under folders, apart from the list of codes, which makes no finding.
fn text(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        add(Path::new(folder), &mut text);
    }
    text
}

fn add(path: &Path, text: &mut String) {
    let Ok(children) = fs::read_dir(path) else {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust && !path.ends_with("rules/codes.rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
        return;
    };
    for child in children {
        add(&child.unwrap().path(), text);
    }
}
