//! The register out to files and in again, and what of its rows is refused.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

#[path = "command/run.rs"]
mod run;
#[path = "command/seal.rs"]
mod seal;

use run::antin;
use seal::import;
use seal::imported;
use seal::sample;
use seal::shown;
use seal::with_seal;

#[test]
fn every_register_is_exported_and_imported_to_the_same_register() {
    let folder = with_seal();
    let from = folder.path();
    import(
        from,
        "seal,event,on,successor\nD01,in_use,2017-01-03,\nD01,reported_lost,2024-05-01,\n",
    );
    let lost = named(from, "reported_lost");
    import(
        from,
        &format!("seal,event,on,corrects\nD01,reported_lost,2024-04-01,{lost}\n"),
    );
    import(
        from,
        "seal,custodian,from,place,note\nD01,Lan,2020-01-01,\"bàn 1, tầng 2\",\"hai\ndòng\"\n",
    );
    import(from, "die,specimen,specimen_dpi\nX1,D01.png,300\n");
    import(
        from,
        "seal,register,entry_no,used_at,content\nD01,work,1,2024-03-01 16:30,a\nD01,work,2,2024-03-02,b\n",
    );
    let found = named(from, "bàn 1");
    import(from, &format!("withdraws,reason\n{found},mistaken\n"));
    let exported = antin(from, &["register", "export", "--to", "out"]);
    assert_eq!(exported.status, 0, "{}", exported.stderr);

    let to = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(from.join("out"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        let run = antin(to.path(), &["register", "import", file.to_str().unwrap()]);
        assert_eq!(run.status, 0, "{}: {}", file.display(), run.stderr);
    }
    let again = antin(to.path(), &["register", "export", "--to", "out"]);
    assert_eq!(again.stdout, exported.stdout);
    for file in fs::read_dir(to.path().join("out")).unwrap() {
        let name = file.unwrap().file_name();
        let text = |folder: &Path| {
            let text = fs::read_to_string(folder.join("out").join(&name)).unwrap();
            let data = fs::canonicalize(folder).unwrap();
            text.replace(&data.display().to_string(), "")
                .replace(&folder.display().to_string(), "")
        };
        assert_eq!(text(to.path()), text(from), "{name:?}");
    }
    for day in ["2017-01-02", "2024-04-15", "2024-06-01"] {
        let told = |folder: &Path| {
            let run = antin(folder, &["register", "show", "D01", "--on", day, "--json"]);
            let mut value = run.json().remove(0);
            for list in ["because", "events"] {
                for entry in value[list].as_array_mut().unwrap() {
                    entry["recorded_at"] = Value::Null;
                }
            }
            value
        };
        assert_eq!(told(to.path()), told(from), "{day}");
    }
}

/// The name of the seal's entry in whose line `word` stands.
fn named(folder: &Path, word: &str) -> String {
    let text = shown(folder, "2025-01-01");
    let line = text
        .lines()
        .rfind(|line| line.contains(word) && line.contains("entry "))
        .unwrap();
    let (_, rest) = line.split_once("entry ").unwrap();
    rest.chars().take(16).collect()
}

#[test]
fn a_replaced_seals_specimen_is_told_of_its_successor_whichever_came_first() {
    let seal = "id,organisation,specimen,specimen_dpi\nD02,Trung tâm y tế Vĩnh Mộc,D01.png,300\n";
    let event = "seal,event,on,successor\nD01,replaced_by,2024-05-01,D02\n";
    let told = |[first, second]: [&str; 2]| {
        let folder = with_seal();
        let folder = folder.path();
        let before = imported(folder, first);
        assert!(!before.stderr.contains("was replaced"), "{}", before.stderr);
        let after = imported(folder, second);
        assert_eq!((before.status, after.status), (0, 0), "{}", after.stderr);
        let warned =
            "line 2: a specimen of seal D02 is one of seal D01, which was replaced on 2024-05-01";
        assert!(after.stderr.contains(warned), "{}", after.stderr);
        let show = ["register", "show", "D02", "--on", "2024-06-01", "--json"];
        let doubts = antin(folder, &show).json().remove(0)["inconsistencies"].clone();
        let own = doubts.as_array().unwrap();
        let codes = own.iter().map(|own| own["code"].as_str().unwrap());
        assert!(
            codes
                .clone()
                .any(|code| code == "register.replaced_specimen"),
            "{doubts}"
        );
        assert!(shown(folder, "2024-06-01").contains("from 2016-12-24, until 2024-04-30"));
        // Which of the two seals an impression is of cannot be said, so that neither passes.
        let verify = ["verify", "--json", "--dated", "2024-06-01", "a.pdf"];
        let report = antin(folder, &verify).json().remove(0);
        assert_ne!(report["outcome"], "pass", "{report}");
        (
            doubts.clone(),
            report["impressions"][0]["conclusion"].clone(),
        )
    };
    assert_eq!(told([seal, event]), told([event, seal]));
}

#[test]
fn what_is_recorded_bears_the_name_of_who_records_it() {
    let folder = with_seal();
    let folder = folder.path();
    let run = imported(
        folder,
        "seal,event,on,recorded_by\nD01,in_use,2017-01-03,Lan\n",
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stderr
            .contains("`recorded_by` is not taken from a file"),
        "{}",
        run.stderr
    );
    import(folder, "seal,custodian,from\nD01,Minh,2020-01-01\n");
    let lines = shown(folder, "2024-06-01");
    assert!(!lines.contains("by Lan"), "{lines}");
    assert_eq!(
        lines.matches(" by command line (").count(),
        2 + 1,
        "{lines}"
    );
}

#[test]
fn a_correction_or_withdrawal_is_held_until_what_it_names_is_recorded() {
    let folder = with_seal();
    let folder = folder.path();
    let wrong = "seal,event,on\nD01,reported_lost,2024-05-12\n";
    // What the entry will be called is known before it is recorded: here from another register.
    let elsewhere = with_seal();
    import(elsewhere.path(), wrong);
    let name = named(elsewhere.path(), "reported_lost");
    let early = imported(
        folder,
        &format!("seal,event,on,corrects\nD01,reported_lost,2024-06-12,{name}\n"),
    );
    assert_eq!(early.status, 0, "{}", early.stderr);
    let warned = format!("line 2: `corrects` is \"{name}\", which names no entry yet");
    assert!(early.stderr.contains(&warned), "{}", early.stderr);
    assert!(shown(folder, "2024-06-01").contains("register.correction_of_unknown"));
    import(folder, wrong);
    let later = shown(folder, "2024-06-01");
    assert!(!later.contains("register.correction_of_unknown"), "{later}");
    assert!(later.contains("state on 2024-06-01: notified"), "{later}");
    assert!(shown(folder, "2024-06-12").contains("state on 2024-06-12: reported lost"));
    // A withdrawal of what nobody recorded is no seal's: the list tells of it.
    let nobody = imported(folder, "withdraws,reason\n0123456789abcdef,mistaken\n");
    assert!(
        nobody
            .stderr
            .contains("`withdraws` is \"0123456789abcdef\""),
        "{}",
        nobody.stderr
    );
    let list = antin(folder, &["register", "list", "--on", "2024-06-12"]).stdout;
    assert!(
        list.contains("register.withdrawal_of_unknown: 0123456789abcdef"),
        "{list}"
    );
    // One of another kind replaces nothing.
    import(
        folder,
        &format!("seal,custodian,from,corrects\nD01,Lan,2017-01-01,{name}\n"),
    );
    assert!(shown(folder, "2024-06-12").contains("register.correction_of_another_kind"));
}

#[test]
fn two_copies_of_a_seal_are_two_seals_with_their_own_specimens_and_places() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(
        sample("docs/04-genuine-near-twin.pdf"),
        folder.join("a.pdf"),
    )
    .unwrap();
    let mut register =
        "id,organisation,specimen,specimen_dpi,registered_on,copy_no,place\n".to_owned();
    for (id, copy, place) in [("D02", "1", "town hall"), ("D03", "2", "centre")] {
        for number in 1..=3 {
            let name = format!("{id}-{number}.png");
            fs::copy(sample("specimens").join(&name), folder.join(&name)).unwrap();
            let row = format!("{id},Quỹ tín dụng,{name},300,2008-01-01,{copy},{place}\n");
            register.push_str(&row);
        }
    }
    import(folder, &register);
    let show = antin(folder, &["register", "show", "D03"]).stdout;
    assert!(
        show.contains("copy_no: 2") && show.contains("place: centre"),
        "{show}"
    );
    // The document bears copy 2.
    let verified = |claim: &[&str]| {
        let all = [
            &["verify", "--json", "--dated", "2022-01-01"],
            claim,
            &["a.pdf"],
        ]
        .concat();
        antin(folder, &all).json().remove(0)
    };
    let wrong = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        let mut own = findings.into_iter();
        own.find(|finding| finding["code"] == "seal.wrong_copy")
    };
    assert_eq!(verified(&[])["impressions"][0]["seal"], "D03");
    let finding = wrong(&verified(&["--seal", "D02"])).unwrap();
    assert_eq!(
        (
            &finding["severity"],
            &finding["values"]["seal"],
            &finding["values"]["copy"]
        ),
        (&"warning".into(), &"D03".into(), &"2".into())
    );
    assert_eq!(wrong(&verified(&["--seal", "D03"])), None);
}

#[test]
fn a_specimen_has_its_days() {
    let folder = with_seal();
    let folder = folder.path();
    let header = "id,organisation,specimen,specimen_dpi,specimen_from,specimen_to";
    let row = "D01,Trung tâm y tế Vĩnh Mộc,D01.png,300";
    let run = imported(folder, &format!("{header}\n{row},2020-01-01,2019-01-01\n"));
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("before it begins"), "{}", run.stderr);
    import(folder, &format!("{header}\n{row},2016-12-25,2020-12-31\n"));
    assert!(shown(folder, "2024-06-01").contains("from 2016-12-25, until 2020-12-31"));
}

#[test]
fn a_seal_without_jurisdiction_is_told_so_by_the_clocks() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(sample("specimens/D01-1.png"), folder.join("D01.png")).unwrap();
    import(
        folder,
        "id,organisation,specimen,specimen_dpi\nD01,A,D01.png,300\n",
    );
    import(folder, "seal,event,on\nD01,reported_lost,2024-05-01\n");
    let run = antin(folder, &["register", "clocks", "--on", "2024-05-10"]);
    let told: Vec<&str> = run.stdout.split_whitespace().collect();
    let told = told.join(" ");
    assert!(
        !told.contains("no instrument that was read asks for it"),
        "{}",
        run.stdout
    );
    // Of a seal under no law the days are advice: past them is no breach, in words or exit status.
    assert_eq!(run.status, 0, "{}", run.stdout);
    let table = run.stdout.replace(['│', '┆', '|'], " ");
    let words: Vec<&str> = table.split_whitespace().collect();
    assert!(words.contains(&"advised"), "{table}");
    assert!(!words.contains(&"OVERDUE"), "{table}");
    assert!(words.contains(&"advisory"), "{table}");
    let late = ["register", "clocks", "--on", "2024-05-10", "--json"];
    let notice = antin(folder, &late).json().remove(0);
    assert_eq!(
        (&notice["why"], &notice["binding"], &notice["severity"]),
        (&"it was lost".into(), &false.into(), &"remark".into())
    );
}

#[test]
fn a_body_is_shown_as_it_was_on_the_day() {
    let folder = with_seal();
    let folder = folder.path();
    import(folder, "body,level\nB3,province\n");
    import(
        folder,
        "body,name,from,to\nB3,Sở Y tế cũ,2000-01-01,2009-12-31\nB3,Sở Y tế,2012-01-01,\n",
    );
    import(
        folder,
        "body,relation,other,from,to\nB1,established_by,B3,2015-01-01,2020-12-31\n",
    );
    import(
        folder,
        "body,head,from,to\nB1,Khải,2015-01-01,2019-12-31\nB1,Hương,2020-01-01,\n",
    );
    let on = |day| shown(folder, day);
    let before = on("2019-12-31");
    assert!(
        before.contains("headed by Khải, established by B3"),
        "{before}"
    );
    let later = on("2021-01-01");
    assert!(
        later.contains("headed by Hương") && !later.contains("Khải, "),
        "{later}"
    );
    assert!(
        !later
            .lines()
            .any(|line| line.contains("body on") && line.contains("B3")),
        "{later}"
    );
    let body = |id, day| antin(folder, &["register", "show", id, "--on", day]).stdout;
    assert!(body("B3", "2009-12-31").starts_with("body B3, Sở Y tế cũ\n  level: province\n"));
    assert!(body("B3", "2012-01-01").starts_with("body B3, Sở Y tế\n"));
    import(folder, "body,head,from\nB1,Minh,2019-01-01\n");
    import(folder, "body,event,on\nB1,renamed,2021-05-01\n");
    let told = body("B1", "2021-01-01");
    for code in ["register.two_heads", "register.renamed_without_name"] {
        assert!(told.contains(code), "{code}: {told}");
    }
    // The seal that took the place of another says of which.
    fs::copy(sample("specimens/D01-2.png"), folder.join("E01.png")).unwrap();
    import(
        folder,
        "id,organisation,specimen,specimen_dpi\nE01,Trung tâm y tế Vĩnh Hà,E01.png,300\n",
    );
    import(
        folder,
        "seal,event,on,successor\nD01,replaced_by,2024-05-01,E01\n",
    );
    let new = body("E01", "2024-06-01");
    assert!(new.contains("replaces: seal D01"), "{new}");
}

#[test]
fn a_proof_says_what_each_of_its_findings_rests_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["D01-1.png", "D01-2.png"] {
        fs::copy(sample("specimens").join(name), folder.join(name)).unwrap();
    }
    import(
        folder,
        "id,organisation,specimen,specimen_dpi,jurisdiction,width_mm,height_mm\nD01,A,D01-1.png,300,VN,45,45\n",
    );
    let proofs = "seal,proof,proof_dpi\nD01,D01-2.png,300\n";
    fs::write(folder.join("proofs.csv"), proofs).unwrap();
    let all = ["register", "proofs", "proofs.csv", "--on", "2024-01-01"];
    let told = antin(folder, &all).stdout;
    let size = told
        .lines()
        .find(|line| line.contains("seal.size_out_of_tolerance"))
        .unwrap();
    assert!(
        size.ends_with("[Nghị định 99/2016/NĐ-CP, Điều 15, in force since 1 July 2016]"),
        "{size}"
    );
}

#[test]
fn a_certificate_has_a_state_of_its_own_on_each_day() {
    let folder = with_seal();
    let folder = folder.path();
    import(
        folder,
        "seal,certificate,event,on,by,new_certificate\n\
         D01,C1,issued,2016-12-24,,\n\
         D01,C1,lost,2018-01-01,,\n\
         D01,C1,reissue_requested,2018-01-02,,\n\
         D01,C1,reissued,2018-02-01,,C2\n\
         D01,C2,damaged,2019-01-01,,\n\
         D01,C2,reissued,2019-02-01,,C3\n\
         D01,C3,surrendered,2020-05-01,PC06,\n",
    );
    let expected: [(&str, &[&str]); 6] = [
        ("2016-12-23", &[]),
        ("2017-06-01", &["C1: valid"]),
        ("2018-01-15", &["C1: lost"]),
        ("2018-02-01", &["C1: reissued", "C2: valid"]),
        ("2019-01-15", &["C1: reissued", "C2: damaged"]),
        (
            "2020-05-01",
            &["C1: reissued", "C2: reissued", "C3: surrendered"],
        ),
    ];
    for (day, expected) in expected {
        let text = shown(folder, day);
        let lines = text.lines();
        let told: Vec<&str> = lines
            .filter_map(|line| line.strip_prefix("  certificate "))
            .collect();
        assert_eq!(told, expected, "{day}");
    }
    // The seal itself was not handed in.
    let text = shown(folder, "2020-05-01");
    assert!(text.contains("state on 2020-05-01: notified"), "{text}");
}

#[test]
fn an_oral_consent_is_told_where_the_bodys_rules_ask_for_a_written_one() {
    let told = |consent: &str| {
        // The rules of B1 ask for it.
        let folder = with_seal();
        let row =
            format!("D01,7,Minh,Khải,2023-03-01,{consent},Lan,2023-03-02,2023-03-03,2023-03-04\n");
        let header = "seal,permit,holder,consent_by,consent_at,consent_form,permit_by,permit_at,out_at,returned_at\n";
        import(folder.path(), &format!("{header}{row}"));
        let text = shown(folder.path(), "2024-06-01");
        text.contains("register.permit: D01: permit 7: the body's rules ask for written consent")
    };
    assert!(told("oral"));
    assert!(!told("written"));
}
