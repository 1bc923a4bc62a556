//! Links between documents: drawn copies are found, rescans are no alarm, stampings stay apart; impressions of
//! one die that no register holds come together, and no others with them.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
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

/// Each pair of documents of the links, and whether both are of one sheet.
fn pairs(links: &[Value]) -> BTreeSet<(String, String, bool)> {
    let mut pairs = BTreeSet::new();
    for link in links {
        let members = link["members"].as_array().unwrap();
        for (place, own) in members.iter().enumerate() {
            for other in &members[place + 1..] {
                let same = own["sheet"] == other["sheet"];
                let name = |member: &Value| member["path"].as_str().unwrap().to_owned();
                pairs.insert((name(own), name(other), same));
            }
        }
    }
    pairs
}

/// Two seals, their impressions and copies of them; the set's folder and its truth.
fn drawn(folder: &Path) -> (PathBuf, Vec<Value>) {
    let options =
        "synth set --of copies --seals 2 --documents-per-seal 6 --conditions c300 --seed 3302";
    let (status, _) = antin(&options.split(' ').collect::<Vec<_>>(), folder);
    assert_eq!(status, Some(0), "{options}");
    let set = folder.join("set");
    let truth = json(&fs::read_to_string(set.join("truth.jsonl")).unwrap());
    (set, truth)
}

#[test]
fn pasted_copies_are_linked_rescans_are_no_alarm_and_stampings_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (set, truth) = drawn(folder.path());
    let (status, lines) = antin(
        &[
            "verify",
            "--json",
            "--register",
            "register.csv",
            "--report",
            "out",
            "docs",
        ],
        &set,
    );
    assert_eq!(status, Some(1), "a copy asks for attention");
    let lines = json(&lines);
    let is_link = |line: &&Value| line["schema"] == "antin.link/1";
    let links: Vec<Value> = lines.iter().filter(is_link).cloned().collect();
    assert!(!links.is_empty() && links.len() < lines.len());
    assert!(
        lines[lines.len() - links.len()..]
            .iter()
            .all(|line| is_link(&line)),
        "after the reports"
    );
    let found = pairs(&links);
    let field = |line: &Value, name: &str| line[name].as_str().map(str::to_owned);
    let root = |line: &Value| {
        let first = field(line, "pasted_from").or_else(|| field(line, "rescan_of"));
        first.or_else(|| field(line, "document")).unwrap()
    };
    let (mut pasted, mut rescans) = (0, 0);
    for line in &truth {
        let own = field(line, "document").unwrap();
        let linked = |source: &str| -> Option<bool> {
            let pair = found
                .iter()
                .find(|(a, b, _)| (*a == own && b == source) || (a == source && *b == own));
            pair.map(|(_, _, same)| *same)
        };
        if let Some(source) = field(line, "pasted_from").filter(|_| line.get("printed").is_none()) {
            pasted += 1;
            assert_eq!(linked(&source), Some(false), "{own} of {source}");
        }
        if let Some(source) = field(line, "rescan_of") {
            rescans += 1;
            assert_ne!(
                linked(&source),
                Some(false),
                "{own} is {source} scanned again"
            );
        }
        for other in truth.iter().filter(|other| root(other) != root(line)) {
            assert_eq!(linked(&field(other, "document").unwrap()), None, "{own}");
        }
    }
    assert!(
        pasted >= 2 && rescans >= 1,
        "{pasted} pasted, {rescans} scanned again"
    );
    links.iter().for_each(alarms_only_between_sheets);
    let page = fs::read_to_string(set.join("out/report.html")).unwrap();
    assert!(page.contains("id=\"copies\"") && page.contains("Where its ink agrees"));
    let kept = json(&fs::read_to_string(set.join("out/report.jsonl")).unwrap());
    assert_eq!(kept, lines);
    each_copy_has_a_row(&set.join("out/findings.csv"), &links);
}

/// The sheet of findings has a row for each member of a link that is a finding.
fn each_copy_has_a_row(sheet: &Path, links: &[Value]) {
    let sheet = fs::read_to_string(sheet).unwrap();
    let rows = sheet
        .lines()
        .filter(|row| row.contains(",seal.pasted_duplicate,violation,"));
    let alarms = links
        .iter()
        .filter(|link| link["finding"] == "seal.pasted_duplicate");
    let members = alarms.map(|link| link["members"].as_array().unwrap().len());
    let members: usize = members.sum();
    assert_eq!(rows.count(), members, "{sheet}");
}

#[test]
fn pasted_copies_of_a_seal_in_no_register_are_linked_and_its_stampings_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (set, truth) = drawn(folder.path());
    // Only the first seal is registered.
    let register = fs::read_to_string(set.join("register.csv")).unwrap();
    let kept: Vec<&str> = register.lines().take(2).collect();
    let known = kept[1].split(',').next().unwrap();
    fs::write(set.join("one.csv"), kept.join("\n")).unwrap();
    let arguments = ["verify", "--json", "--register", "one.csv", "docs"];
    let (status, lines) = antin(&arguments, &set);
    assert_eq!(status, Some(1), "a copy asks for attention");
    let links: Vec<Value> = json(&lines)
        .into_iter()
        .filter(|line| line["kind"] == "same_impression")
        .collect();
    links.iter().for_each(alarms_only_between_sheets);
    let found = pairs(&links);
    let unknown = truth.iter().filter(|line| line["seal"] != known);
    let unknown: Vec<&Value> = unknown.collect();
    let text = |line: &Value, name: &str| line[name].as_str().map(str::to_owned);
    let root = |line: &Value| {
        let first = text(line, "pasted_from").or_else(|| text(line, "rescan_of"));
        first.or_else(|| text(line, "document")).unwrap()
    };
    let is_linked = |a: &str, b: &str| {
        let mut pairs = found.iter();
        pairs.any(|(own, other, _)| (own == a && other == b) || (own == b && other == a))
    };
    let mut pasted = 0;
    for line in &unknown {
        let own = text(line, "document").unwrap();
        if let Some(source) = text(line, "pasted_from").filter(|_| line.get("printed").is_none()) {
            pasted += 1;
            assert!(is_linked(&own, &source), "{own} of {source}");
        }
        for other in unknown.iter().filter(|other| root(other) != root(line)) {
            let other = text(other, "document").unwrap();
            assert!(!is_linked(&own, &other), "{own} and {other}");
        }
    }
    assert!(pasted >= 1, "{pasted} pasted");
}

/// A link is a finding if and only if its members are on more than one sheet.
fn alarms_only_between_sheets(link: &Value) {
    let members = link["members"].as_array().unwrap();
    let sheets: BTreeSet<u64> = members
        .iter()
        .map(|member| member["sheet"].as_u64().unwrap())
        .collect();
    let alarm = link["finding"] == "seal.pasted_duplicate";
    assert_eq!(alarm, sheets.len() > 1, "{link}");
}

#[test]
fn impressions_of_one_unregistered_or_false_die_come_together_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let options = "synth set --of families --seals 2 --documents-per-seal 9 --conditions c300 --forgeries marked \
                   --seed 3402";
    let (status, _) = antin(&options.split(' ').collect::<Vec<_>>(), folder.path());
    assert_eq!(status, Some(0));
    let set = folder.path().join("set");
    let truth = json(&fs::read_to_string(set.join("truth.jsonl")).unwrap());
    let die = |path: &Value| {
        let line = truth.iter().find(|line| line["document"] == *path).unwrap();
        line["die"].as_str().map(str::to_owned)
    };
    let arguments = [
        "verify",
        "--json",
        "--register",
        "register.csv",
        "--report",
        "out",
        "docs",
    ];
    let (_, lines) = antin(&arguments, &set);
    let lines = json(&lines);
    let mut kinds = BTreeSet::new();
    for link in lines.iter().filter(|line| line["schema"] == "antin.link/1") {
        let members = link["members"].as_array().unwrap();
        let dies: BTreeSet<Option<String>> =
            members.iter().map(|member| die(&member["path"])).collect();
        assert_eq!(dies.len(), 1, "{link}");
        assert!(dies.iter().all(Option::is_some), "{link}");
        assert!(
            members.len() >= 2 && link["strength"].as_f64().unwrap() > 0.0,
            "{link}"
        );
        assert!(
            link["finding"].is_null() && link["correlation"].is_null(),
            "{link}"
        );
        let kind = link["kind"].as_str().unwrap();
        assert_eq!(
            link["seal"].is_string(),
            kind == "same_counterfeit_die",
            "{link}"
        );
        kinds.insert(kind.to_owned());
    }
    let both = ["same_counterfeit_die", "same_unregistered_die"];
    assert_eq!(kinds, both.map(str::to_owned).into());
    let page = fs::read_to_string(set.join("out/report.html")).unwrap();
    assert!(page.contains("they agree with one another and not with"));
}
