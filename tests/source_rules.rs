//! Rules of the source documents, each by its identifier, on the command as people run it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

/// Runs the command in `folder`, with its register there; gives what it printed.
fn antin(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder)
        .env("ANTIN_DATA", folder.join("data"))
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn import(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
    let told = antin(folder, &["register", "import", name]);
    assert!(told.contains("0 rows left out"), "{name}: {told}");
}

/// A folder with the seal D01 of the sample in its register, with these columns besides, and a scan of it.
fn registered(columns: &str, values: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    for (from, to) in [
        ("specimens/D01-1.png", "D01-1.png"),
        ("docs/01-genuine-colour.pdf", "a.pdf"),
    ] {
        fs::copy(sample.join(from), folder.path().join(to)).unwrap();
    }
    let sheet = format!(
        "id,organisation,specimen,specimen_dpi,jurisdiction{columns}\n\
         D01,Trung tâm y tế Vĩnh Mộc,D01-1.png,300,VN{values}\n"
    );
    import(folder.path(), "register.csv", &sheet);
    folder
}

/// The report of the scan, said to be of this day.
fn report(folder: &Path, dated: &str) -> Value {
    let told = antin(
        folder,
        &[
            "verify", "--json", "--seal", "D01", "--dated", dated, "a.pdf",
        ],
    );
    serde_json::from_str(told.lines().next().unwrap()).unwrap()
}

fn found<'a>(report: &'a Value, code: &str) -> Option<&'a Value> {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|finding| finding["code"] == code)
}

/// The lines that the clocks print on a day, in full.
fn clocks(folder: &Path, on: &str) -> Vec<Value> {
    let told = antin(
        folder,
        &["register", "clocks", "--on", on, "--all", "--json"],
    );
    told.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// How each duty of this code stands on a day.
fn standing(folder: &Path, code: &str, on: &str) -> Vec<String> {
    let own = clocks(folder, on)
        .into_iter()
        .filter(|line| line["code"] == code);
    own.map(|line| line["standing"].as_str().unwrap().to_owned())
        .collect()
}

const BODY: &str = "body,level\nB1,commune\n";
const NAME: &str = "body,name,from\nB1,Trung tâm y tế Vĩnh Mộc,2010-01-01\n";

#[test]
fn s0_01_a_body_that_ends_hands_in_its_seal() {
    let folder = registered("", "");
    let folder = folder.path();
    import(folder, "bodies.csv", BODY);
    import(folder, "names.csv", NAME);
    import(
        folder,
        "ends.csv",
        "body,event,on\nB1,dissolved,2020-05-01\n",
    );
    let late = report(folder, "2021-01-01");
    assert_eq!(
        found(&late, "seal.body_ended").unwrap()["severity"],
        "violation"
    );
    assert!(found(&report(folder, "2019-01-01"), "seal.body_ended").is_none());
    let code = "clock.surrender_overdue";
    assert!(
        standing(folder, code, "2021-01-01")
            .iter()
            .any(|standing| standing == "overdue")
    );
    import_events(folder, "seal,event,on\nD01,surrendered,2020-05-01\n");
    let of_seal = clocks(folder, "2021-01-01")
        .into_iter()
        .filter(|line| line["code"] == code);
    let handed_in = of_seal.filter(|line| line["standing"] == "done").count();
    assert!(handed_in > 0, "the seal was handed in");
}

#[test]
fn s0_02_seal_and_certificate_go_to_the_unit_that_registered_them() {
    let shown = |by: &str| {
        let folder = registered(",authority", ",PC06");
        let event = format!("seal,event,on,by\nD01,surrendered,2020-05-01,{by}\n");
        import_events(folder.path(), &event);
        antin(
            folder.path(),
            &["register", "show", "D01", "--on", "2021-01-01", "--json"],
        )
    };
    let wrong = shown("UBND");
    assert!(wrong.contains("register.wrong_authority"));
    assert!(wrong.contains("Điều 12"), "its clause is told: {wrong}");
    assert!(!shown("PC06").contains("register.wrong_authority"));
    let certificate = |by: &str| {
        let folder = registered(",authority", ",PC06");
        let rows = format!(
            "seal,certificate,event,on,by\nD01,55/ĐK,issued,2017-01-01,PC06\nD01,55/ĐK,surrendered,2020-05-01,{by}\n"
        );
        import(folder.path(), "certificate.csv", &rows);
        antin(
            folder.path(),
            &["register", "show", "D01", "--on", "2021-01-01"],
        )
    };
    let wrong = certificate("UBND");
    let told = "register.wrong_authority: D01: its certificate 55/ĐK was handed in to UBND";
    assert!(wrong.contains(told), "{wrong}");
    assert!(
        wrong.contains("Nghị định 99/2016/NĐ-CP, Điều 12, in force since 1 July 2016"),
        "{wrong}"
    );
    assert!(!certificate("PC06").contains("register.wrong_authority"));
}

#[test]
fn a_terminal_is_told_what_each_finding_rests_on() {
    let folder = registered("", "");
    let folder = folder.path();
    import_events(folder, "seal,event,on\nD01,reported_lost,2020-05-01\n");
    let told = antin(folder, &["verify", "--dated", "2021-01-01", "a.pdf"]);
    let lost = told
        .lines()
        .find(|line| line.contains("was reported lost"))
        .unwrap();
    assert!(
        lost.ends_with("[Nghị định 99/2016/NĐ-CP, Điều 18, in force since 1 July 2016]"),
        "{lost}"
    );
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/docs/12-unregistered.pdf"),
        folder.join("b.pdf"),
    )
    .unwrap();
    let told = antin(folder, &["verify", "b.pdf"]);
    let unknown = told
        .lines()
        .find(|line| line.contains("has the design of this"))
        .unwrap();
    assert!(
        unknown.ends_with("[by measurement alone, under no rule]"),
        "{unknown}"
    );
}

#[test]
fn a_specimen_outranks_its_class_whatever_the_class_asks() {
    let plain = registered("", "");
    let plain = report(plain.path(), "2021-01-01");
    // The seal measures 40.5 mm: an instrument asks for 42 of a township's, practice for 38 of a small firm's.
    for (profile, basis) in [("CN-TOWNSHIP-GOV", true), ("CN-P-SMALL", false)] {
        let folder = registered(
            ",profile,width_mm,height_mm",
            &format!(",{profile},40.5,40.5"),
        );
        let own = report(folder.path(), "2021-01-01");
        let finding = found(&own, "seal.off_class").unwrap();
        assert_eq!(finding["severity"], "remark", "{profile}");
        assert_eq!(finding["basis"].is_object(), basis, "{profile}: {finding}");
        for field in ["conclusion", "comparison", "status_on_date"] {
            assert_eq!(
                own["impressions"][0][field], plain["impressions"][0][field],
                "{profile}"
            );
        }
        assert_eq!(own["outcome"], plain["outcome"], "{profile}");
        assert!(found(&own, "seal.size_out_of_tolerance").is_none());
    }
    assert_eq!(plain["outcome"], "pass", "{}", plain["findings"]);
}

#[test]
fn s0_05_a_loss_is_reported_to_both_within_two_days() {
    let folder = registered("", "");
    let folder = folder.path();
    let head = "seal,discovered_on,recipient,notified_on\n";
    import(
        folder,
        "notices.csv",
        &format!(
            "{head}D01,2024-05-10,commune_police,2024-05-12\nD01,2024-05-10,registering_authority,\n"
        ),
    );
    let code = "clock.loss_notice_late";
    assert_eq!(standing(folder, code, "2024-05-12"), ["due", "done"]);
    assert_eq!(standing(folder, code, "2024-05-13"), ["overdue", "done"]);
}

#[test]
fn s0_07_a_loss_stays_open_until_another_seal_is_registered() {
    let folder = registered("", "");
    let folder = folder.path();
    import_events(folder, "seal,event,on\nD01,reported_lost,2020-05-01\n");
    let code = "clock.re_registration_open";
    assert_eq!(standing(folder, code, "2021-01-01"), ["due"]);
    let replaced = "seal,event,on,successor\nD01,replaced_by,2020-06-01,D02\n";
    import_events(folder, replaced);
    assert_eq!(standing(folder, code, "2020-05-31"), ["due"]);
    assert_eq!(standing(folder, code, "2021-01-01"), ["done"]);
    // The seal that took its place is to be in the register itself.
    let show = ["register", "show", "D01", "--json"];
    assert!(antin(folder, &show).contains("register.unknown_successor"));
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D02-1.png");
    let row = "id,organisation,specimen,specimen_dpi\nD02,Trung tâm y tế Vĩnh Mộc,";
    let row = format!("{row}{},300\n", other.display());
    import(folder, "successor.csv", &row);
    assert!(!antin(folder, &show).contains("register.unknown_successor"));
}

#[test]
fn s0_08_a_lost_certificate_is_open_until_it_is_issued_again() {
    let folder = registered("", "");
    let folder = folder.path();
    let head = "seal,certificate,event,on,new_certificate\n";
    let lost = "D01,C1,issued,2019-01-01,\nD01,C1,lost,2020-05-01,\n";
    import(folder, "certificates.csv", &format!("{head}{lost}"));
    let code = "clock.certificate_not_replaced";
    assert_eq!(standing(folder, code, "2021-01-01"), ["due"]);
    let again = "D01,C1,reissued,2020-06-01,C2\n";
    import(folder, "again.csv", &format!("{head}{again}"));
    assert_eq!(standing(folder, code, "2020-05-31"), ["due"]);
    assert_eq!(standing(folder, code, "2021-01-01"), ["done"]);
}

#[test]
fn s0_14_a_change_of_keeper_needs_a_handover() {
    let folder = registered("", "");
    let folder = folder.path();
    let custody = "seal,custodian,from,to\nD01,Lan,2024-01-01,2024-04-30\nD01,Bình,2024-05-01,\n";
    import(folder, "custody.csv", custody);
    let show = ["register", "show", "D01", "--on", "2024-06-01", "--json"];
    assert!(antin(folder, &show).contains("register.no_handover"));
    let handover = "seal,giver,receiver,changed_on,done_on,certificate\nD01,Lan,Bình,2024-05-01,2024-05-02,yes\n";
    import(folder, "handover.csv", handover);
    let shown = antin(folder, &show);
    assert!(!shown.contains("register.no_handover"), "{shown}");
    assert!(!shown.contains("register.handover_to_oneself"), "{shown}");
    let own = "seal,giver,receiver,changed_on\nD01,Bình,BÌNH,2024-05-20\n";
    import(folder, "own.csv", own);
    assert!(antin(folder, &show).contains("register.handover_to_oneself"));
}

#[test]
fn s1_14_a_seal_is_kept_in_one_place() {
    let folder = registered("", "");
    let folder = folder.path();
    let custody = "seal,custodian,from,to,place\nD01,Lan,2024-01-01,2024-04-30,bàn 1\nD01,Bình,2024-05-01,,bàn 2\n";
    import(folder, "custody.csv", custody);
    let show = ["register", "show", "D01", "--on", "2024-06-01", "--json"];
    assert!(!antin(folder, &show).contains("register.two_places"));
    let more = "seal,custodian,from,place\nD01,Lan,2024-06-01,bàn 3\n";
    import(folder, "more.csv", more);
    assert!(antin(folder, &show).contains("register.two_places"));
}

#[test]
fn s2_10_the_township_gives_out_the_seal() {
    let folder = registered(",authority,body", ",会师镇,V1");
    let folder = folder.path();
    let bodies = "body,level,jurisdiction\nV1,village,CN\nT1,township,CN\n";
    import(folder, "bodies.csv", bodies);
    let names = "body,name,from\nT1,会师镇,2000-01-01\n";
    import(folder, "names.csv", names);
    import(folder, "parents.csv", "body,relation,other\nV1,parent,T1\n");
    let cn = fs::read_to_string(folder.join("register.csv"))
        .unwrap()
        .replace(",VN,", ",CN,");
    import(folder, "register.csv", &cn);
    let show = ["register", "show", "D01", "--json"];
    assert!(!antin(folder, &show).contains("register.wrong_issuer"));
    import(folder, "register.csv", &cn.replace("会师镇", "某公司"));
    assert!(antin(folder, &show).contains("register.wrong_issuer"));
}

#[test]
fn s2_24_a_handover_takes_ten_days_at_most() {
    let folder = registered("", "");
    let folder = folder.path();
    import(
        folder,
        "handover.csv",
        "seal,giver,receiver,changed_on\nD01,Lan,Bình,2024-05-01\n",
    );
    let code = "clock.handover_late";
    assert_eq!(standing(folder, code, "2024-05-11"), ["due"]);
    assert_eq!(standing(folder, code, "2024-05-12"), ["overdue"]);
}

#[test]
fn s2_19_a_year_is_archived_and_then_closed() {
    let folder = registered("", "");
    let folder = folder.path();
    let uses = "seal,register,entry_no,used_at,content,copies,approver,handler\n\
                D01,work,1,2023-06-01,a,1,Li,Ma\n";
    import(folder, "uses.csv", uses);
    let code = "clock.register_not_archived";
    assert!(standing(folder, code, "2024-02-01").contains(&"overdue".to_owned()));
    import(
        folder,
        "archive.csv",
        "seal,year,archived_on\nD01,2023,2023-12-31\n",
    );
    assert!(!standing(folder, code, "2024-02-01").contains(&"overdue".to_owned()));
    // The entry was recorded today, long after.
    let told = antin(folder, &["register", "uses"]);
    assert!(told.contains("use.recorded_after_archive"), "{told}");
}

#[test]
fn s0_03_a_seal_with_the_old_name_is_stale() {
    let folder = registered("", "");
    let folder = folder.path();
    import(folder, "bodies.csv", BODY);
    import(
        folder,
        "names.csv",
        &format!("{NAME}B1,Trung tâm y tế khu vực Vĩnh Mộc,2020-05-01\n"),
    );
    let late = report(folder, "2021-01-01");
    assert_eq!(
        found(&late, "seal.name_stale").unwrap()["severity"],
        "warning"
    );
    assert!(found(&report(folder, "2019-01-01"), "seal.name_stale").is_none());
}

#[test]
fn s0_04_a_seal_off_its_size_is_to_be_registered_anew() {
    let folder = registered(",width_mm,height_mm", ",45,45");
    let off = report(folder.path(), "2021-01-01");
    let finding = found(&off, "seal.size_out_of_tolerance").unwrap();
    assert_eq!(finding["basis"]["article"], "Điều 15");
    let folder = registered(",width_mm,height_mm", ",40.5,40.5");
    let fine = report(folder.path(), "2021-01-01");
    assert!(found(&fine, "seal.size_out_of_tolerance").is_none());
}

#[test]
fn s0_06_a_seal_declared_invalid_is_not_to_be_used() {
    let folder = registered("", "");
    let events = "seal,event,on\nD01,reported_lost,2020-04-01\nD01,declared_invalid,2020-05-01\n";
    import_events(folder.path(), events);
    let late = report(folder.path(), "2021-01-01");
    let finding = found(&late, "seal.invalid_on_date").unwrap();
    assert_eq!(finding["severity"], "violation");
    assert_eq!(finding["basis"]["article"], "Điều 18");
}

fn import_events(folder: &Path, text: &str) {
    fs::write(folder.join("events.csv"), text).unwrap();
    antin(folder, &["register", "events", "events.csv"]);
}

#[test]
fn s0_12_a_seal_is_notified_before_it_is_used() {
    let folder = registered(",registered_on,notified_on", ",2019-01-01,2020-01-01");
    let on = |day| {
        let report = report(folder.path(), day);
        ["seal.not_yet_registered", "seal.not_notified"].map(|code| found(&report, code).is_some())
    };
    assert_eq!(on("2018-06-01"), [true, false]);
    assert_eq!(on("2019-06-01"), [false, true]);
    assert_eq!(on("2020-06-01"), [false, false]);
}

#[test]
fn s0_13_a_fresh_proof_of_each_listed_seal_is_measured() {
    let folder = registered("", "");
    let folder = folder.path();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens");
    fs::copy(sample.join("D01-2.png"), folder.join("fresh.png")).unwrap();
    // The upper part of an impression alone.
    let whole = image::open(folder.join("fresh.png")).unwrap();
    let half = whole.crop_imm(0, 0, whole.width(), whole.height() * 45 / 100);
    half.save(folder.join("half.png")).unwrap();
    let proofs = |rows: &str| {
        let list = format!("seal,proof,proof_dpi\n{rows}");
        fs::write(folder.join("proofs.csv"), list).unwrap();
        antin(
            folder,
            &["register", "proofs", "proofs.csv", "--on", "2024-01-01"],
        )
    };
    let fresh = proofs("D01,fresh.png,300\n");
    assert!(fresh.contains("seal D01: "), "{fresh}");
    assert!(!fresh.contains("proof.poor"), "{fresh}");
    let poor = proofs("D01,half.png,300\n");
    assert!(poor.contains("proof.poor"), "{poor}");
    assert!(proofs("").contains("seal D01: no proof was taken"));
}

#[test]
fn s0_16_agreement_and_permission_are_two_answers() {
    let folder = registered("", "");
    import_events(
        folder.path(),
        "seal,event,on\nD01,declared_invalid,2020-05-01\n",
    );
    let late = report(folder.path(), "2021-01-01");
    let impression = &late["impressions"][0];
    assert!(
        ["consistent", "leans_consistent"].contains(&impression["conclusion"].as_str().unwrap()),
        "{impression}"
    );
    assert_eq!(impression["status_on_date"], "declared_invalid");
    assert!(found(&late, "seal.invalid_on_date").is_some());
    assert!(found(&late, "seal.differs_from_specimen").is_none());
}

#[test]
fn s2_12_a_collected_seal_is_not_to_be_used() {
    let folder = registered("", "");
    import_events(folder.path(), "seal,event,on\nD01,collected,2020-05-01\n");
    assert!(found(&report(folder.path(), "2021-01-01"), "seal.invalid_on_date").is_some());
    assert!(found(&report(folder.path(), "2020-04-30"), "seal.invalid_on_date").is_none());
}

#[test]
fn s2_13_the_seal_of_an_abolished_committee_is_not_to_be_used() {
    let folder = registered("", "");
    let folder = folder.path();
    import(folder, "bodies.csv", BODY);
    import(folder, "names.csv", NAME);
    import(
        folder,
        "merged.csv",
        "body,event,on\nB1,merged,2020-05-01\n",
    );
    assert!(found(&report(folder, "2021-01-01"), "seal.body_ended").is_some());
}

#[test]
fn s3_01_a_submission_bears_seal_and_signature() {
    let folder = registered("", "");
    let page = RgbImage::from_pixel(600, 800, Rgb([255; 3]));
    page.save(folder.path().join("bare.png")).unwrap();
    let told = antin(
        folder.path(),
        &["verify", "--json", "--expect-seal", "bare.png"],
    );
    let bare: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(
        found(&bare, "document.no_seal").unwrap()["severity"],
        "warning"
    );
    // The seal alone, as on its specimen: nobody signed.
    let told = antin(
        folder.path(),
        &["verify", "--json", "--dated", "2021-01-01", "D01-1.png"],
    );
    let unsigned: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    let finding = found(&unsigned, "placement.not_on_signature").unwrap();
    assert_eq!(finding["basis"]["instrument"], "Nghị định 30/2020/NĐ-CP");
    let message = finding["message"].as_str().unwrap();
    assert!(message.starts_with("No signature was found"), "{message}");
}
