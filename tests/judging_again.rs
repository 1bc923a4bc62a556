//! Kept results after a change of the register: judged again without a scan, to what verifying anew would say.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use antin::storage::Store;
use antin::storage::judging::Touched;
use antin::storage::results::NewResult;
use antin::verify::Report;
use assert_cmd::Command;
use serde_json::Value;

#[path = "judging_again/policy.rs"]
mod policy;

/// Runs the command in `folder`, with its data there; exit status, standard output, standard error.
fn antin(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder)
        .env("ANTIN_DATA", folder.join("data"))
        .args(arguments.split(' '))
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn kept(folder: &Path) -> Vec<Report> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder.join("data")).await.unwrap();
        let mut reports = Vec::new();
        let each = store.each_report(&Touched::All, |chunk| {
            reports.extend(chunk.iter().map(|own| own.report.clone()));
        });
        each.await.unwrap();
        store.close().await;
        reports
    })
}

fn fresh(folder: &Path) -> Vec<Report> {
    let (_, lines, _) = antin(folder, VERIFY);
    let values = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let is_report = |value: &Value| value["schema"] == "antin.report/1";
    let reports = values.filter(is_report);
    reports
        .map(|value| serde_json::from_value(value).unwrap())
        .collect()
}

const DOCUMENTS: [&str; 4] = [
    "01-genuine-colour.pdf",
    "13-two-seals.pdf",
    "14-no-seal.pdf",
    "17-cut-off.pdf",
];
const VERIFY: &str = "verify --json --dated 2021-01-01 docs";

/// A folder with the demonstration's register and some of its documents, whose results are kept.
fn with_results() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    fs::create_dir(folder.path().join("docs")).unwrap();
    for name in DOCUMENTS {
        let to = folder.path().join("docs").join(name);
        fs::copy(demo.join("docs").join(name), to).unwrap();
    }
    let register = demo.join("register.csv");
    let (status, _, said) = antin(
        folder.path(),
        &format!("register import {}", register.display()),
    );
    assert_eq!(status, 0, "{said}");
    let (_, _, said) = antin(folder.path(), &VERIFY.replace("--json", "--keep"));
    assert!(said.contains("4 results kept"), "{said}");
    folder
}

#[test]
fn an_event_judges_kept_results_as_verifying_anew_would_without_their_scans() {
    let folder = with_results();
    let folder = folder.path();
    assert_eq!(kept(folder), fresh(folder));
    fs::rename(folder.join("docs"), folder.join("away")).unwrap();
    let events = "seal,event,on\nD01,reported_lost,2020-05-01\n";
    fs::write(folder.join("events.csv"), events).unwrap();
    let (status, said, error) = antin(folder, "register events events.csv");
    assert_eq!(status, 0, "{error}");
    assert!(
        said.contains("docs/01-genuine-colour.pdf: passes, now flagged"),
        "{said}"
    );
    assert!(said.contains("reported lost on 2020-05-01"), "{said}");
    assert!(!said.contains("14-no-seal"), "only what changed: {said}");
    fs::rename(folder.join("away"), folder.join("docs")).unwrap();
    assert_eq!(kept(folder), fresh_but_for_revision(folder));
    // Once more: nothing is new, nothing is judged.
    let (_, said, _) = antin(folder, "register events events.csv");
    assert!(!said.contains("judged again"), "{said}");
}

/// What verifying anew says; results that no event touched keep the revision that they were judged under.
fn fresh_but_for_revision(folder: &Path) -> Vec<Report> {
    let mut reports = fresh(folder);
    for (report, kept) in reports.iter_mut().zip(kept(folder)) {
        report.register = kept.register;
    }
    reports
}

#[test]
fn what_is_verified_again_is_kept_once_and_as_it_came_out_last() {
    let folder = with_results();
    let folder = folder.path();
    let (_, _, said) = antin(folder, &VERIFY.replace("--json", "--keep"));
    assert!(said.contains("0 results kept"), "{said}");
    // A row that changes what is registered of a seal touches its results too.
    let register = folder.join("later.csv");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D01-1.png");
    let row = format!(
        "id,organisation,shape,width_mm,height_mm,registered_on,specimen,specimen_dpi\n\
         D01,Trung tâm y tế Vĩnh Mộc,round,40.5,40.5,2022-12-24,{},300\n",
        demo.display()
    );
    fs::write(register, row).unwrap();
    let (status, said, error) = antin(folder, "register import later.csv");
    assert_eq!(status, 0, "{error}");
    assert!(said.contains("now flagged"), "{said}");
    assert!(said.contains("was not registered yet"), "{said}");
    assert_eq!(kept(folder), fresh_but_for_revision(folder));
    assert_eq!(kept(folder).len(), 4);
}

/// The demonstration's register but for the rows that these begin with, with absolute paths, as a file of `folder`.
fn register_without(folder: &Path, left_out: &[&str]) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let text = fs::read_to_string(demo.join("register.csv")).unwrap();
    let kept = text
        .lines()
        .filter(|line| left_out.iter().all(|own| !line.contains(own)));
    let kept: Vec<&str> = kept.collect();
    let specimens = format!("{}/specimens/", demo.display());
    let text = kept.join("\n").replace("specimens/", &specimens);
    fs::write(folder.join("register.csv"), text).unwrap();
}

/// A folder with a register and documents, whose results are kept; the documents are then away.
fn kept_before(left_out: &[&str], documents: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/docs");
    fs::create_dir(folder.path().join("docs")).unwrap();
    for name in documents {
        let to = folder.path().join("docs").join(name);
        fs::copy(demo.join(name), to).unwrap();
    }
    register_without(folder.path(), left_out);
    let (status, _, said) = antin(folder.path(), "register import register.csv");
    assert_eq!(status, 0, "{said}");
    antin(folder.path(), &VERIFY.replace("--json", "--keep"));
    fs::rename(folder.path().join("docs"), folder.path().join("away")).unwrap();
    folder
}

#[test]
fn a_new_specimen_compares_kept_crops_as_verifying_anew_would() {
    let folder = kept_before(&["D01-3.png"], &DOCUMENTS);
    let folder = folder.path();
    let before = kept(folder);
    register_without(folder, &[]);
    let (status, said, error) = antin(folder, "register import register.csv");
    assert_eq!(status, 0, "{error}");
    assert!(said.contains("1 specimen"), "{said}");
    assert!(said.contains("compared anew, no scan opened"), "{said}");
    fs::rename(folder.join("away"), folder.join("docs")).unwrap();
    let after = kept(folder);
    assert_ne!(before, after, "three specimens say it more surely than two");
    assert_eq!(after, fresh_but_for_revision(folder));
}

#[test]
fn a_new_seal_is_found_on_kept_crops() {
    let folder = kept_before(&["D01-"], &DOCUMENTS);
    let folder = folder.path();
    register_without(folder, &[]);
    let (status, said, error) = antin(folder, "register import register.csv");
    assert_eq!(status, 0, "{error}");
    assert!(
        said.contains("no registered seal; now seal D01, consistent"),
        "{said}"
    );
    let traced = "a die traced from a genuine impression";
    assert_eq!(said.matches(traced).count(), 1, "{said}");
    fs::rename(folder.join("away"), folder.join("docs")).unwrap();
    assert_eq!(kept(folder), fresh_but_for_revision(folder));
    // What was found then is touched by the seal's events.
    fs::write(
        folder.join("events.csv"),
        "seal,event,on\nD01,reported_lost,2020-05-01\n",
    )
    .unwrap();
    let (_, said, _) = antin(folder, "register events events.csv");
    assert!(
        said.contains("docs/01-genuine-colour.pdf: passes, now flagged"),
        "{said}"
    );
}

#[test]
fn a_new_entry_of_the_watch_list_is_looked_for_on_kept_crops() {
    let folder = kept_before(&["D01-"], &DOCUMENTS);
    let folder = folder.path();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D01-1.png");
    let row = format!("die,specimen,specimen_dpi\nX1,{},300\n", demo.display());
    fs::write(folder.join("watch.csv"), row).unwrap();
    let (status, said, error) = antin(folder, "register import watch.csv");
    assert_eq!(status, 0, "{error}");
    assert!(
        said.contains("It agrees with X1, a die on the watch list"),
        "{said}"
    );
    fs::rename(folder.join("away"), folder.join("docs")).unwrap();
    assert_eq!(kept(folder), fresh_but_for_revision(folder));
}

#[test]
fn a_register_given_as_a_file_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (status, _, error) = antin(folder.path(), "verify --keep --register r.csv a.pdf");
    assert_eq!(status, 2, "{error}");
}

#[test]
fn what_is_kept_from_an_older_register_is_judged_with_the_next() {
    let folder = with_results();
    let folder = folder.path();
    let old = kept(folder).remove(0);
    fs::write(
        folder.join("events.csv"),
        "seal,event,on\nD01,reported_lost,2020-05-01\n",
    )
    .unwrap();
    antin(folder, "register events events.csv");
    // As a verification that began before the event and ended behind its judging leaves it.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let news = runtime.block_on(async {
        let store = Store::open(&folder.join("data")).await.unwrap();
        let result = NewResult {
            report: old.clone(),
            claim: Some("D01".to_owned()),
            crops: None,
            keys: Vec::new(),
            dies: Vec::new(),
        };
        let at = jiff::Timestamp::UNIX_EPOCH;
        assert_eq!(store.keep_results(&[result], at).await.unwrap(), 1);
        let news = store.news().await.unwrap();
        store.close().await;
        news
    });
    assert_eq!(news.behind.len(), 1);
    let (_, said, _) = antin(folder, "register events events.csv");
    assert!(
        said.contains("docs/01-genuine-colour.pdf: passes, now flagged"),
        "{said}"
    );
    let (_, said, _) = antin(folder, "register events events.csv");
    assert!(!said.contains("now flagged"), "{said}");
    assert!(
        kept(folder)
            .iter()
            .filter(|report| report.document == old.document)
            .count()
            >= 2
    );
}

#[test]
fn other_rules_judge_kept_results_anew() {
    let folder = with_results();
    let folder = folder.path();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine/rules/instruments.toml");
    let text = fs::read_to_string(rules).unwrap();
    fs::write(
        folder.join("rules.toml"),
        text.replace("shipped/1", "own/1"),
    )
    .unwrap();
    fs::rename(folder.join("docs"), folder.join("away")).unwrap();
    let (status, said, error) = antin(folder, "register judge --rules rules.toml");
    assert_eq!(status, 0, "{error}");
    assert!(
        said.contains("4 kept results compared anew, no scan opened: 4 changed"),
        "{said}"
    );
    let (_, said, _) = antin(folder, "register judge --rules rules.toml");
    assert!(said.contains("0 kept results weighed"), "{said}");
    assert!(!said.contains("compared anew"), "{said}");
    fs::rename(folder.join("away"), folder.join("docs")).unwrap();
    let (_, lines, _) = antin(folder, &format!("{VERIFY} --rules rules.toml"));
    let fresh: Vec<Report> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|value| value["schema"] == "antin.report/1")
        .map(|value| serde_json::from_value(value).unwrap())
        .collect();
    assert_eq!(kept(folder), fresh);
}

/// The shipped rules under another name, with this behind them, as a file of `folder`.
fn own_rules(folder: &Path, more: &str) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine/rules/instruments.toml");
    let text = fs::read_to_string(shipped).unwrap();
    let text = text.replace("shipped/1", "own/2");
    fs::write(folder.join("rules.toml"), format!("{text}{more}")).unwrap();
}

fn imported(folder: &Path, text: &str) -> String {
    fs::write(folder.join("rows.csv"), text).unwrap();
    let (status, said, error) = antin(folder, "register import rows.csv");
    assert_eq!(status, 0, "{text}: {error}");
    said
}

#[test]
fn rules_that_weigh_otherwise_judge_kept_results_without_their_scans_and_list_those_that_changed() {
    let folder = with_results();
    let folder = folder.path();
    imported(folder, "seal,event,on\nD01,reported_lost,2020-05-01\n");
    fs::rename(folder.join("docs"), folder.join("away")).unwrap();
    let limit = "\n[[limit]]\nfinding = \"seal.invalid_on_date\"\nat_most = \"warning\"\n";
    own_rules(folder, limit);
    let before = kept(folder);
    let (status, said, error) = antin(folder, "register judge --rules rules.toml");
    assert_eq!(status, 0, "{error}");
    assert!(
        said.contains("docs/01-genuine-colour.pdf: flagged, now needs review"),
        "{said}"
    );
    let after = kept(folder);
    let severities = |reports: &[Report]| -> Vec<Vec<String>> {
        let of = |report: &Report| {
            let own = report.findings.iter();
            own.map(|finding| format!("{} {:?}", finding.code, finding.severity))
                .collect()
        };
        reports.iter().map(of).collect()
    };
    let (had, has) = (severities(&before), severities(&after));
    let changed = had.iter().zip(&has).filter(|(had, has)| had != has).count();
    let listed = said
        .lines()
        .filter(|line| line.starts_with("docs/"))
        .count();
    assert!(changed > 0 && changed < DOCUMENTS.len(), "{said}");
    assert_eq!(listed, changed, "those that changed, and no others: {said}");
    fs::rename(folder.join("away"), folder.join("docs")).unwrap();
    let (_, lines, _) = antin(folder, &format!("{VERIFY} --rules rules.toml"));
    let values = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let values = values.filter(|value| value["schema"] == "antin.report/1");
    let mut fresh: Vec<Report> = values
        .map(|value| serde_json::from_value(value).unwrap())
        .collect();
    // Of a document that could not be read no register was asked.
    for (fresh, after) in fresh.iter_mut().zip(&after) {
        fresh.register = after.register;
    }
    assert_eq!(after, fresh);
}

#[test]
fn an_event_that_changes_nothing_is_judged_and_lists_nothing() {
    let folder = with_results();
    let said = imported(folder.path(), "seal,event,on\nD01,in_use,2017-02-01\n");
    assert!(
        said.contains("judged again, no scan opened: 0 changed"),
        "{said}"
    );
    assert!(!said.contains("0 kept results judged again"), "{said}");
    assert!(!said.contains("docs/"), "{said}");
}

#[test]
fn whatever_a_seals_state_rests_on_judges_kept_results_again() {
    let folder = with_results();
    let folder = folder.path();
    let changed = "docs/01-genuine-colour.pdf: ";
    let same = || assert_eq!(kept(folder), fresh_but_for_revision(folder));
    imported(folder, "body,level\nB1,commune\n");
    imported(
        folder,
        "body,name,from\nB1,Trung tâm y tế Vĩnh Mộc,2010-01-01\n",
    );
    let said = imported(folder, "body,event,on\nB1,merged,2020-05-01\n");
    assert!(
        said.contains(&format!("{changed}passes, now flagged")),
        "{said}"
    );
    same();
    let (_, shown, _) = antin(folder, "register rows body_event");
    let name = shown.split(' ').next().unwrap();
    let said = imported(folder, &format!("withdraws,reason\n{name},mistaken\n"));
    assert!(
        said.contains(&format!("{changed}flagged, now passes")),
        "{said}"
    );
    same();
    // A register of use that is held on the day, and has no entry for a document of it.
    let uses = "seal,register,entry_no,used_at,content,copies,approver,handler,number,symbol,dated\n\
                D01,work,1,2020-12-01,a,1,Li,Ma,1,QĐ,2020-12-01\n\
                D01,work,2,2021-02-01,b,1,Li,Ma,2,QĐ,2021-02-01\n";
    let said = imported(folder, uses);
    assert!(
        said.contains("The register of use of seal D01 has no entry"),
        "{said}"
    );
    same();
    let permit = "seal,permit,holder,out_at\nD01,7,Lan,2020-12-01\n";
    let said = imported(folder, permit);
    assert!(said.contains("judged again"), "{said}");
    same();
}

#[test]
fn a_new_specimen_compares_only_the_results_that_it_concerns() {
    let documents = [
        "05-genuine-chinese.pdf",
        "06-genuine-oval-blue.pdf",
        "07-genuine-square.pdf",
        "14-no-seal.pdf",
    ];
    let folder = kept_before(&["D06-3.png"], &documents);
    let folder = folder.path();
    let before = kept(folder);
    register_without(folder, &[]);
    let (status, said, error) = antin(folder, "register import register.csv");
    assert_eq!(status, 0, "{error}");
    // Of six seals, that whose specimen is new is the only square one.
    assert!(said.contains("1 kept result compared anew"), "{said}");
    let after = kept(folder);
    for (was, is) in before.iter().zip(&after) {
        let is_concerned = was.document.path.contains("square");
        assert_eq!(was != is, is_concerned, "{}", was.document.path);
    }
}
