//! The register of use, lists of matters, inspections and replaced rules, on the command as people run it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

#[path = "command/run.rs"]
mod run;

use run::Run;
use run::antin;

fn import(folder: &Path, name: &str, text: &str) -> Run {
    fs::write(folder.join(name), text).unwrap();
    antin(folder, &["register", "import", name])
}

/// A folder with the seal D01 of the sample in its register, of a committee of 会宁, and a scan of it.
fn registered() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    for (from, to) in [
        ("specimens/D01-1.png", "D01-1.png"),
        ("docs/01-genuine-colour.pdf", "a.pdf"),
    ] {
        fs::copy(sample.join(from), folder.path().join(to)).unwrap();
    }
    let sheet =
        "id,organisation,specimen,specimen_dpi,jurisdiction\nD01,会宁县某村,D01-1.png,300,CN\n";
    let run = import(folder.path(), "register.csv", sheet);
    assert_eq!(run.status, 0, "{}", run.stderr);
    folder
}

const USES: &str = "\
seal,register,entry_no,used_at,content,copies,approver,handler,reviewed_at,number,symbol,dated
D01,work,1,2024-06-01 08:00,opening,1,Li,Ma,,,,
D01,work,2,2024-06-10 10:00,letter,1,Li,Ma,2024-06-10 11:00,12,QĐ-UBND,2024-06-10
D01,work,3,2024-07-01 08:00,closing,1,Li,,,,,
";

/// The report of the scan, where this is known of it.
fn report(folder: &Path, columns: &str, values: &str) -> Value {
    let known = format!("document,{columns}\na.pdf,{values}\n");
    fs::write(folder.join("dates.csv"), known).unwrap();
    let run = antin(
        folder,
        &[
            "verify",
            "--json",
            "--seal",
            "D01",
            "--dates",
            "dates.csv",
            "a.pdf",
        ],
    );
    run.json().remove(0)
}

fn found<'a>(report: &'a Value, code: &str) -> Option<&'a Value> {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|finding| finding["code"] == code)
}

#[test]
fn an_entry_of_the_register_is_found_by_number_and_proves_by_when_the_document_existed() {
    let folder = registered();
    let folder = folder.path();
    assert_eq!(import(folder, "uses.csv", USES).status, 0);
    let own = report(folder, "number,symbol,date", "12,QĐ-UBND,2024-06-10");
    let finding = found(&own, "use.stamped_before_review").unwrap();
    assert_eq!(finding["severity"], "violation");
    assert_eq!(finding["basis"]["article"], "三（二）2");
    assert_eq!(finding["impression"], 0);
    let date = &own["document"]["date"];
    assert_eq!(date["not_after"], "2024-06-10");
    let proof = date["proof"].as_str().unwrap();
    assert!(proof.contains("entry 2 of the work register"), "{proof}");
    let other = report(folder, "number,symbol,date", "13,QĐ-UBND,2024-06-10");
    assert_eq!(
        found(&other, "use.unrecorded").unwrap()["severity"],
        "warning"
    );
    assert_eq!(other["document"]["date"]["not_after"], Value::Null);
    // Before its first entry no register was held.
    let before = report(folder, "number,symbol,date", "13,QĐ-UBND,2024-05-10");
    assert!(found(&before, "use.unrecorded").is_none());
}

#[test]
fn more_documents_than_an_entry_has_copies_are_told_after_the_reports() {
    let folder = registered();
    let folder = folder.path();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/docs");
    // Other impressions of the same seal: the demonstration's own pages.
    fs::copy(sample.join("13-two-seals.pdf"), folder.join("b.pdf")).unwrap();
    assert_eq!(import(folder, "uses.csv", USES).status, 0);
    let known =
        "document,number,symbol,date\na.pdf,12,QĐ-UBND,2024-06-10\nb.pdf,12,QĐ-UBND,2024-06-10\n";
    fs::write(folder.join("dates.csv"), known).unwrap();
    let run = antin(
        folder,
        &[
            "verify",
            "--json",
            "--dates",
            "dates.csv",
            "--seal",
            "D01",
            "a.pdf",
            "b.pdf",
        ],
    );
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<&Value> = lines
        .iter()
        .filter(|line| line["schema"] == "antin.use/1")
        .collect();
    assert_eq!(told.len(), 1, "{}", run.stdout);
    assert_eq!(told[0]["finding"], "use.copies_exceeded");
    assert_eq!(
        (&told[0]["copies"], &told[0]["found"]),
        (&1.into(), &2.into())
    );
    assert_eq!(told[0]["severity"], "violation");
    let all = "verify --dates dates.csv --seal D01 a.pdf b.pdf".split(' ');
    let told = antin(folder, &all.collect::<Vec<_>>()).stdout;
    let line = told.lines().find(|line| line.contains("stamped apart"));
    assert!(line.unwrap().contains("三（二）3, in force"), "{told}");
}

#[test]
fn without_a_register_of_use_nothing_is_said_of_use() {
    let folder = registered();
    let own = report(folder.path(), "number,symbol,date", "12,QĐ-UBND,2024-06-10");
    let findings = own["findings"].as_array().unwrap();
    let of_use = |finding: &&Value| finding["code"].as_str().unwrap().starts_with("use.");
    assert_eq!(findings.iter().filter(of_use).count(), 0);
}

#[test]
fn s4_06_number_and_symbol_agree_with_the_register() {
    let folder = registered();
    let folder = folder.path();
    let digest: String = Sha256::digest(fs::read(folder.join("a.pdf")).unwrap())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let uses = format!(
        "seal,register,entry_no,used_at,content,copies,approver,handler,number,symbol,dated,sha256\n\
         D01,work,1,2024-06-10,letter,1,Li,Ma,12,QĐ-UBND,2024-06-09,{digest}\n"
    );
    assert_eq!(import(folder, "uses.csv", &uses).status, 0);
    // The digest tells the date too, where nothing else does.
    let known = report(folder, "number", "12");
    let date = &known["document"]["date"];
    assert_eq!(date["claimed"], "2024-06-09");
    assert_eq!(date["source"], "register_of_use");
    assert_eq!(date["not_after"], "2024-06-10");
    assert!(found(&known, "use.entry_differs").is_none());
    let other = report(folder, "number,symbol", "12,QĐ-HĐND");
    let message = found(&other, "use.entry_differs").unwrap()["message"].clone();
    assert!(message.as_str().unwrap().contains("QĐ-HĐND"), "{message}");
}

#[test]
fn a_proof_settles_that_the_seal_was_used_before_it_was_lost() {
    let folder = registered();
    let folder = folder.path();
    fs::write(
        folder.join("events.csv"),
        "seal,event,on\nD01,reported_lost,2024-08-01\n",
    )
    .unwrap();
    assert_eq!(
        antin(folder, &["register", "events", "events.csv"]).status,
        0
    );
    let code = "seal.status_changed_date_unproven";
    let claimed = report(folder, "number,symbol,date", "12,QĐ-UBND,2024-06-10");
    assert!(found(&claimed, code).is_some());
    assert_eq!(import(folder, "uses.csv", USES).status, 0);
    let proved = report(folder, "number,symbol,date", "12,QĐ-UBND,2024-06-10");
    assert!(found(&proved, code).is_none(), "{}", proved["findings"]);
    // An entry that was made after its register went into the archive proves nothing.
    let archive = "seal,year,archived_on\nD01,2024,2024-12-31\n";
    assert_eq!(import(folder, "archive.csv", archive).status, 0);
    let late = report(folder, "number,symbol,date", "12,QĐ-UBND,2024-06-10");
    assert!(found(&late, code).is_some(), "{}", late["findings"]);
    assert_eq!(late["document"]["date"]["not_after"], Value::Null);
}

#[test]
fn bad_rows_are_named_and_what_is_missing_is_recorded() {
    let folder = registered();
    let folder = folder.path();
    let uses = "seal,register,entry_no,used_at\n\
                D01,work,1,2024-02-30\n\
                X,work,2,2024-02-01\n\
                D01,diary,3,2024-02-01\n\
                D01,work,4,\n";
    let run = import(folder, "uses.csv", uses);
    assert_eq!(run.status, 3, "{}", run.stderr);
    for line in ["line 2", "line 3", "line 4"] {
        assert!(run.stderr.contains(line), "{}", run.stderr);
    }
    let told = antin(folder, &["register", "uses"]);
    assert_eq!(told.status, 1, "{}", told.stdout);
    assert!(
        told.stdout
            .contains("does not tell: used at, content, copies"),
        "{}",
        told.stdout
    );
    assert_eq!(told.stdout.matches("seal D01, entry").count(), 1);
}

#[test]
fn s4_04_numbers_of_a_register_stand_once() {
    let folder = registered();
    let folder = folder.path();
    let twice = "seal,register,entry_no,used_at,content,copies,approver,handler\n\
                 D01,work,1,2024-06-01,a,1,Li,Ma\n\
                 D01,work,1,2024-06-02,b,1,Li,Ma\n\
                 D01,work,1,2023-06-02,c,1,Li,Ma\n";
    assert_eq!(import(folder, "uses.csv", twice).status, 0);
    let told = antin(folder, &["register", "uses"]).stdout;
    assert_eq!(told.matches("use.number_repeated").count(), 2, "{told}");
}

const BODIES: &str = "body,level\nH,district\nC1,commune\nC2,commune\n";
const RELATIONS: &str = "body,relation,other\nC1,parent,H\nC2,licensed_by,H\n";
const NAMES: &str =
    "body,name,from\nH,Huyện,2000-01-01\nC1,会宁县某村,2000-01-01\nC2,Trung tâm,2000-01-01\n";

#[test]
fn a_review_list_is_kept_and_compared_with_the_last_one() {
    let folder = registered();
    let folder = folder.path();
    for (name, text) in [("b.csv", BODIES), ("r.csv", RELATIONS), ("n.csv", NAMES)] {
        let run = import(folder, name, text);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let keep = ["register", "review", "--on", "2024-03-01", "--keep"];
    let first = antin(folder, &keep);
    assert!(
        first.stdout.contains("seal D01: unknown"),
        "{}",
        first.stdout
    );
    assert!(
        first.stdout.contains("no earlier list was kept"),
        "{}",
        first.stdout
    );
    // The centre that the district licensed has no seal on the list.
    assert_eq!(first.status, 1);
    assert!(first.stdout.contains("a gap"), "{}", first.stdout);
    fs::write(
        folder.join("events.csv"),
        "seal,event,on\nD01,suspended,2024-05-01\n",
    )
    .unwrap();
    antin(folder, &["register", "events", "events.csv"]);
    let custody = "seal,custodian,from\nD01,Lan,2024-04-01\n";
    assert_eq!(import(folder, "custody.csv", custody).status, 0);
    let second = antin(
        folder,
        &["register", "review", "--on", "2024-06-01", "--json"],
    )
    .stdout;
    let second: Value = serde_json::from_str(second.lines().next().unwrap()).unwrap();
    assert_eq!(second["since"], "2024-03-01");
    let changes = second["changes"].as_array().unwrap();
    let told: Vec<&str> = changes
        .iter()
        .map(|change| change.as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "~ seal D01, state: unknown -> suspended",
            "~ seal D01, custodian: none -> Lan"
        ]
    );
    assert_eq!(second["gaps"], serde_json::json!(["H", "C2"]));
    // What came and what went, of bodies and of seals.
    let relations =
        "body,relation,other,from,to\nC3,parent,H,2024-06-01,\nC1,parent,H,,2024-06-30\n";
    for (name, text) in [
        ("b.csv", "body,level\nC3,commune\n"),
        ("n.csv", "body,name,from\nC3,Xã,2024-06-01\n"),
        ("r.csv", relations),
    ] {
        let run = import(folder, name, text);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let third = antin(folder, &["register", "review", "--on", "2024-07-01"]).stdout;
    for line in ["\n  + body C3\n", "\n  - body C1\n", "\n  - seal D01 of C1"] {
        assert!(third.contains(line), "{line}: {third}");
    }
    let back = ["register", "review", "--body", "C1", "--on", "2024-07-01"];
    assert!(
        antin(folder, &back).stdout.contains("seal D01"),
        "on its own list"
    );
}

#[test]
fn inspections_show_what_is_open_overdue_and_not_done() {
    let folder = registered();
    let folder = folder.path();
    import(folder, "b.csv", BODIES);
    import(folder, "n.csv", NAMES);
    let inspections = "body,inspection,sort,planned_on,inspected_on\n\
                       C1,2024-1,above,2024-03-01,2024-03-13\n\
                       C1,2023-9,self,2023-09-01,2023-09-02\n\
                       C1,2024-2,self,2024-05-01,\n";
    assert_eq!(import(folder, "i.csv", inspections).status, 0);
    let faults = "body,inspection,fault,recommendation,responsible,opened_on,due_on,closed_on\n\
                  C1,2024-1,no register of use,open one,Lan,2024-03-13,2024-04-13,\n\
                  C1,2024-1,no own rules,issue them,,2024-03-13,2024-04-13,2024-04-01\n";
    assert_eq!(import(folder, "f.csv", faults).status, 0);
    let told = antin(
        folder,
        &["register", "review", "--body", "C1", "--on", "2024-05-13"],
    );
    assert_eq!(told.status, 1);
    for expected in [
        "last self-inspection: 2023-09-02; last inspection: 2024-03-13",
        "planned and not done: 2024-2",
        "open: no register of use, 30 days overdue\n      to be done: open one; by whom: Lan; until: 2024-04-13\n",
    ] {
        assert!(
            told.stdout.contains(expected),
            "{expected}: {}",
            told.stdout
        );
    }
    assert!(!told.stdout.contains("no own rules"), "{}", told.stdout);
    let rows = antin(folder, &["register", "rows", "inspection_fault", "--json"]).stdout;
    assert_eq!(rows.lines().count(), 2);
    assert_eq!(antin(folder, &["register", "rows", "nothing"]).status, 2);
}

#[test]
fn rules_can_be_replaced_and_a_broken_file_is_named_by_line_and_field() {
    let folder = registered();
    let folder = folder.path();
    assert_eq!(import(folder, "uses.csv", USES).status, 0);
    let rules = "schema = \"antin.rules/1\"\nname = \"ours/1\"\n\n[[instrument]]\nid = \"A\"\n\
                 title = \"House rule 1\"\njurisdiction = \"CN\"\nread = \"full\"\n\n[[clause]]\n\
                 topic = \"review_first\"\ninstrument = \"A\"\narticle = \"§ 2\"\nat_most = \"remark\"\n";
    fs::write(folder.join("rules.toml"), rules).unwrap();
    fs::write(
        folder.join("broken.toml"),
        rules.replace("\"A\"\narticle", "\"B\"\narticle"),
    )
    .unwrap();
    let verify = |file: &str| {
        fs::write(
            folder.join("dates.csv"),
            "document,number,symbol,date\na.pdf,12,QĐ-UBND,2024-06-10\n",
        )
        .unwrap();
        antin(
            folder,
            &[
                "verify",
                "--json",
                "--seal",
                "D01",
                "--dates",
                "dates.csv",
                "--rules",
                file,
                "a.pdf",
            ],
        )
    };
    let report: Value =
        serde_json::from_str(verify("rules.toml").stdout.lines().next().unwrap()).unwrap();
    assert_eq!(report["rules"], "ours/1");
    let finding = found(&report, "use.stamped_before_review").unwrap();
    assert_eq!(finding["severity"], "remark");
    assert_eq!(finding["basis"]["instrument"], "House rule 1");
    let broken = verify("broken.toml");
    assert_eq!(broken.status, 3);
    assert!(
        broken
            .stderr
            .contains("broken.toml cannot be used: line 12: `instrument`: no [[instrument]]"),
        "{}",
        broken.stderr
    );
    assert_eq!(broken.stdout, "");
    assert_eq!(verify("nothing.toml").status, 3);
}

#[test]
fn the_checklist_is_of_one_country_or_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let asked = |more: &[&str]| {
        let all: Vec<&str> = ["register", "checklist"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        antin(folder.path(), &all).stdout
    };
    let vietnam = asked(&["--jurisdiction", "VN"]);
    assert!(
        vietnam.contains("[ ] S0-19") && !vietnam.contains("S2-"),
        "{vietnam}"
    );
    assert!(asked(&[]).lines().count() > vietnam.lines().count());
}

#[test]
fn the_books_of_certificates_and_of_a_centre_and_lists_are_imported_and_judged() {
    let folder = registered();
    let folder = folder.path();
    let lists = "applies_to,list,matter,sign,instrument\n\
                 D01,可出具证明事项,居住证明,positive,会政发1号\n\
                 D01,不应出具证明事项,婚姻状况证明,negative,会政发1号\n";
    assert_eq!(import(folder, "lists.csv", lists).status, 0);
    let certificates = "seal,register,entry_no,used_at,requiring_unit,purpose,phone,signed,matter\n\
                        D01,certificate,1,2024-06-01,学校,上学,0943,yes,居住证明\n\
                        D01,certificate,2,,学校,上学,0943,yes,婚姻状况证明\n";
    assert_eq!(import(folder, "certificates.csv", certificates).status, 0);
    let centre = "seal,register,entry_no,used_at,procedure,requester,stamped_by,approver,number,symbol\n\
                  D01,centre,3,2024-06-02,居住证明,Ma,Li,Wu,,QĐ\n";
    assert_eq!(import(folder, "centre.csv", centre).status, 0);
    let run = antin(folder, &["register", "uses", "--json"]);
    let codes = |no: &str| -> Vec<String> {
        let uses = run.json();
        let own = uses
            .iter()
            .find(|own| own["entries"][0]["entry"]["content"]["entry_no"] == no);
        let findings = own.unwrap()["findings"].as_array().unwrap().clone();
        let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
        findings.iter().map(code).collect()
    };
    assert_eq!(codes("1"), [] as [&str; 0], "{}", run.stdout);
    let second = codes("2");
    assert!(
        second.contains(&"use.fields_missing".to_owned()),
        "{second:?}"
    );
    let dated = "seal,register,entry_no,used_at,requiring_unit,purpose,phone,signed,matter\n\
                 D01,certificate,4,2024-06-03,学校,上学,0943,yes,婚姻状况证明\n";
    assert_eq!(import(folder, "dated.csv", dated).status, 0);
    let told = antin(folder, &["register", "uses"]).stdout;
    let excluded = told
        .lines()
        .find(|line| line.contains("use.matter_excluded"))
        .unwrap();
    assert!(excluded.contains("[会宁县"), "{excluded}");
    assert_eq!(codes("3"), ["use.fields_missing"]);
    assert!(told.contains("does not tell: number"), "{told}");
}

#[test]
fn an_entry_taken_out_of_an_archived_year_is_told() {
    let folder = registered();
    let folder = folder.path();
    assert_eq!(import(folder, "uses.csv", USES).status, 0);
    let archive = "seal,year,archived_on\nD01,2024,2024-12-31\n";
    assert_eq!(import(folder, "archive.csv", archive).status, 0);
    let rows = antin(folder, &["register", "rows", "use"]).stdout;
    let row = rows
        .lines()
        .find(|line| line.contains("content: letter"))
        .unwrap();
    let name = row.split(' ').next().unwrap();
    let withdrawal = format!("withdraws,reason\n{name},mistaken\n");
    assert_eq!(import(folder, "back.csv", &withdrawal).status, 0);
    let told = antin(folder, &["register", "uses"]).stdout;
    assert!(
        told.contains("The entry 2 of the work register, 2024-06-10 was withdrawn on "),
        "{told}"
    );
    assert!(told.contains("三（二）3"), "its clause: {told}");
}
