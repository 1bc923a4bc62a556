//! Drawn letters and bare paper through the whole program: how the seal lies over the signature, and which
//! pages say nothing.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

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

/// Five seals on five pages each, a fifth of them bare, 300 dpi in colour.
#[test]
fn signatures_are_found_under_seals_and_bare_pages_are_told_from_short_letters() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    let draw = [
        "synth",
        "--of",
        "pages",
        "--seed",
        "4211",
        "--seals",
        "5",
        "--documents-per-seal",
        "5",
        "--specimens",
        "1",
        "--conditions",
        "c300",
        "-q",
    ];
    antin(&[&draw[..], &[set.to_str().unwrap()]].concat());
    let truth = set.join("truth.jsonl");
    let figures = antin(&["evaluate", "--json", "-q", truth.to_str().unwrap()]);
    let figures: Value = serde_json::from_str(&figures).unwrap();
    let placing = &figures["all"]["placing"];
    let count = |rate: &str, of: &str| placing[rate][of].as_u64().unwrap();
    assert_eq!(count("blank_found", "hits"), 5, "{placing}");
    assert_eq!(count("blank_found", "trials"), 5, "{placing}");
    assert_eq!(count("blank_invented", "hits"), 0, "{placing}");
    assert!(count("blank_invented", "trials") >= 19, "{placing}");
    // Chinese seals cover a black signature whole, which is then not told from the print beneath.
    assert!(count("overlap_read", "hits") >= 8, "{placing}");
    assert!(
        count("overlap_right", "hits") + 1 >= count("overlap_right", "trials"),
        "{placing}"
    );
    assert_eq!(count("signature_invented", "hits"), 0, "{placing}");
}
