//! The life of a seal, from the files that people fill in to what is said of a document on a day.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use image::Rgb;
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

/// The codes of the findings about a document of this day.
fn verified(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["verify", "--json", "a.pdf"];
    all.extend(arguments);
    let report = antin(folder, &all).json().remove(0);
    let findings = report["findings"].as_array().unwrap();
    let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
    findings.iter().map(code).collect()
}

#[test]
fn a_seal_is_shown_with_what_made_its_state_and_who_owned_and_kept_it_that_day() {
    let folder = with_seal();
    let folder = folder.path();
    import(folder, "body,relation,other\nB1,parent,B2\n");
    import(folder, "body,head,from\nB1,Trần Văn Khải,2020-01-01\n");
    import(
        folder,
        "seal,custodian,from,to,place\n\
         D01,Lan,2017-01-01,2021-12-31,văn thư\n\
         D01,Minh,2022-01-01,,văn thư\n",
    );
    import(
        folder,
        "seal,giver,receiver,changed_on,done_on\nD01,Lan,Minh,2021-12-31,2022-01-03\n",
    );
    import(
        folder,
        "seal,certificate,event,on\nD01,55/ĐKMCD,issued,2016-12-24\n",
    );
    import(
        folder,
        "seal,permit,holder,consent_by,consent_at,consent_form,permit_by,permit_at,out_at,returned_at\n\
         D01,7,Minh,Khải,2023-03-01,written,Giám đốc,2023-03-02,2023-03-03 08:00,2023-03-04\n",
    );
    import(
        folder,
        "seal,event,on,by,instrument\n\
         D01,in_use,2017-01-03,,\n\
         D01,reported_lost,2024-05-12,Minh,12/CV\n",
    );
    let out = shown(folder, "2023-03-03");
    for part in [
        "state on 2023-03-03: out on permit, since 2023-03-03",
        "body on 2023-03-03: B1 (Trung tâm y tế Vĩnh Hà), headed by Trần Văn Khải, parent B2",
        "custodian: Minh, from 2022-01-01, kept at văn thư",
        "certificate 55/ĐKMCD: valid",
        "out under permit 7: Minh, since 2023-03-03 08:00",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(shown(folder, "2022-06-30").contains("B1 (Trung tâm y tế Vĩnh Mộc)"));
    let lost = shown(folder, "2024-06-01");
    let because = "because it was reported lost on 2024-05-12 (entry ";
    for part in [
        "reported lost (not to be used)",
        because,
        ", recorded 20",
        // Whoever ran the command, whomever the file names.
        " by command line (",
        "), under 12/CV",
    ] {
        assert!(lost.contains(part), "{part}: {lost}");
    }
    assert!(
        !lost.contains("register."),
        "nothing is inconsistent: {lost}"
    );
    let listed = antin(
        folder,
        &["register", "list", "--on", "2024-06-01", "--json"],
    )
    .json();
    assert_eq!(
        (&listed[0]["status"], &listed[0]["state"]),
        (&"lost".into(), &"reported_lost".into())
    );
    let body = antin(folder, &["register", "show", "B1", "--on", "2024-06-01"]);
    assert!(
        body.stdout.contains("seal D01: reported lost"),
        "{}",
        body.stdout
    );
}

#[test]
fn a_correction_is_a_new_entry_that_names_the_old_one() {
    let folder = with_seal();
    let folder = folder.path();
    import(folder, "seal,event,on\nD01,reported_lost,2024-05-12\n");
    let listed = antin(
        folder,
        &["register", "list", "--on", "2024-05-13", "--json"],
    )
    .json();
    let name = listed[0]["because"][0]["entry"]
        .as_str()
        .unwrap()
        .to_owned();
    import(
        folder,
        &format!("seal,event,on,corrects\nD01,reported_lost,2024-06-12,{name}\n"),
    );
    let before = shown(folder, "2024-06-01");
    assert!(before.contains("state on 2024-06-01: notified"), "{before}");
    assert!(before.contains(&format!("corrects {name}")), "{before}");
    let struck = |line: &str| line.contains(&name) && line.contains("CORRECTED");
    assert!(before.lines().any(struck), "{before}");
    assert!(shown(folder, "2024-06-12").contains("reported lost"));
    let listed = antin(
        folder,
        &["register", "list", "--on", "2024-06-13", "--json"],
    )
    .json();
    let correction = listed[0]["because"][0]["entry"].as_str().unwrap();
    let withdraw = |name: &str| import(folder, &format!("withdraws,reason\n{name},mistaken\n"));
    withdraw(correction);
    let again = shown(folder, "2024-06-01");
    assert!(again.contains("since 2024-05-12"), "{again}");
    withdraw(&name);
    let after = shown(folder, "2024-06-13");
    assert!(after.contains("state on 2024-06-13: notified"), "{after}");
}

#[test]
fn rows_that_cannot_be_understood_are_refused_by_line_and_nothing_else_is_lost() {
    let folder = with_seal();
    let folder = folder.path();
    let refused = |text: &str, lines: &[(u64, &str)]| {
        let run = imported(folder, text);
        assert_eq!(run.status, 3, "{text}: {}", run.stdout);
        for (line, reason) in lines {
            let told =
                |said: &str| said.contains(&format!("line {line} ")) && said.contains(reason);
            assert!(run.stderr.lines().any(told), "line {line}: {}", run.stderr);
        }
        run
    };
    let run = refused(
        "seal,custodian,from,to\n\
         D01,Lan,2021-02-30,\n\
         D99,Lan,2021-01-01,\n\
         D01,Lan,2021-01-01,2020-01-01\n\
         D01,Lan,2021-01-01,\n",
        &[
            (2, "must be a date"),
            (3, "seal D99 is not registered"),
            (4, "before it begins"),
        ],
    );
    assert!(
        run.stdout.contains("periods of custody: 1 added"),
        "{}",
        run.stdout
    );
    refused(
        "body,relation,other\nB1,parent,B2\nB2,parent,B1\nB1,parent,B9\nB1,cousin,B2\n",
        &[
            (3, "cycle of `parent`: B2 -> B1 -> B2"),
            (4, "body B9 is not registered"),
            (5, "must be parent, established_by or licensed_by"),
        ],
    );
    let strange = imported(folder, "hue,size\n1,2\n");
    assert!(strange.stderr.contains("hue, size"), "{}", strange.stderr);
    let again = imported(folder, "body,relation,other\nB1,parent,B2\n");
    assert!(
        again.stdout.contains("0 added, 1 known before"),
        "{}",
        again.stdout
    );
}

#[test]
fn rows_that_do_not_fit_are_recorded_and_told() {
    let folder = with_seal();
    let folder = folder.path();
    import(
        folder,
        "seal,event,on,by\n\
         D01,in_use,2016-01-01,\n\
         D01,surrendered,2024-05-12,PC07\n",
    );
    import(
        folder,
        "seal,custodian,from,to\n\
         D01,Lan,2017-01-01,2018-12-31\n\
         D01,Minh,2019-03-01,\n\
         D01,Hoa,2020-01-01,\n",
    );
    import(folder, "seal,permit,holder,out_at\nD01,7,Minh,2023-03-03\n");
    let text = shown(folder, "2024-06-01");
    for part in [
        "register.event_before_registration",
        "register.wrong_authority",
        "register.custody_gap",
        "register.two_custodians",
        "register.permit: D01: permit 7: the head's consent is not recorded",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let listed = antin(folder, &["register", "list", "--json"]).json();
    assert!(listed[0]["inconsistencies"].as_array().unwrap().len() >= 5);
}

#[test]
fn the_same_rows_in_another_order_give_the_same_register() {
    let files = [
        "seal,event,on\nD01,found,2024-06-01\nD01,in_use,2017-02-01\n",
        "seal,event,on\nD01,reported_lost,2024-05-12\nD01,suspended,2024-05-12\n",
        "seal,custodian,from,to\nD01,Lan,2017-01-01,\n",
        "seal,custodian,from,to\nD01,Lan,2017-01-01,2024-01-31\nD01,Minh,2024-02-01,\n",
        "body,event,on\nB1,merged,2024-09-01\n",
    ];
    let told = |files: &[&str]| {
        let folder = with_seal();
        for text in files {
            import(folder.path(), text);
        }
        let days = ["2017-01-15", "2024-05-12", "2024-06-01", "2024-09-01"];
        days.map(|day| {
            let run = antin(folder.path(), &["register", "list", "--on", day, "--json"]);
            let mut seal = run.json().remove(0);
            // The instants of recording differ, as they must.
            seal["events"] = Value::Null;
            for because in seal["because"].as_array_mut().unwrap() {
                because["recorded_at"] = Value::Null;
            }
            seal
        })
    };
    let mut reversed = files;
    reversed.reverse();
    assert_eq!(told(&files), told(&reversed));
}

#[test]
fn a_document_is_judged_by_the_day_the_name_and_what_proves_it() {
    let folder = with_seal();
    let folder = folder.path();
    let codes = |day: &str| verified(folder, &["--dated", day]);
    let has = |day: &str, code: &str| codes(day).iter().any(|found| found == code);
    assert!(has("2016-12-30", "seal.not_notified"));
    assert!(has("2023-01-01", "seal.name_stale"));
    import(
        folder,
        "seal,event,on\nD01,reported_lost,2021-05-12\nD01,found,2021-06-12\n",
    );
    let unproven = "seal.status_changed_date_unproven";
    assert!(has("2021-05-12", unproven) && has("2021-05-01", unproven));
    assert!(has("2021-05-13", "seal.invalid_on_date"));
    fs::write(
        folder.join("dates.csv"),
        "document,date,not_after,proof\na.pdf,2021-05-01,2021-05-11,công văn đến số 9\n",
    )
    .unwrap();
    let settled = verified(folder, &["--dates", "dates.csv"]);
    assert!(!settled.contains(&unproven.to_owned()), "{settled:?}");
    let run = antin(
        folder,
        &["verify", "--json", "a.pdf", "--dates", "dates.csv"],
    );
    let date = &run.json()[0]["document"]["date"];
    assert_eq!(date["not_after"], "2021-05-11");
    assert_eq!(date["proof"], "công văn đến số 9");
    import(folder, "body,event,on\nB1,merged,2022-09-01\n");
    assert!(has("2023-01-01", "seal.body_ended"));
}

#[test]
fn a_replaced_seal_is_told_from_its_successor_by_its_specimen() {
    // The document bears D03, whose design is that of D02.
    for (old, new, is_old) in [("D02", "D03", false), ("D03", "D02", true)] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::copy(
            sample("docs/04-genuine-near-twin.pdf"),
            folder.join("a.pdf"),
        )
        .unwrap();
        let mut register = "id,organisation,specimen,specimen_dpi,registered_on\n".to_owned();
        for id in [old, new] {
            for number in 1..=3 {
                let name = format!("{id}-{number}.png");
                fs::copy(sample("specimens").join(&name), folder.join(&name)).unwrap();
                register.push_str(&format!("{id},Quỹ tín dụng,{name},300,2008-01-01\n"));
            }
        }
        import(folder, &register);
        let event = format!("seal,event,on,successor\n{old},replaced_by,2020-01-01,{new}\n");
        import(folder, &event);
        let found = verified(folder, &["--dated", "2022-01-01"]);
        let told = found.contains(&"seal.invalid_on_date".to_owned());
        assert_eq!(told, is_old, "{old} -> {new}: {found:?}");
    }
}

#[test]
fn clocks_tell_what_is_due_and_overdue_and_the_exit_status_says_so() {
    let folder = with_seal();
    let folder = folder.path();
    let nothing = antin(folder, &["register", "clocks", "--on", "2021-01-01"]);
    assert_eq!(nothing.status, 0, "{nothing:?}");
    import(
        folder,
        "seal,discovered_on,recipient,notified_on\n\
         D01,2021-05-10,commune_police,2021-05-11\n\
         D01,2021-05-10,registering_authority,\n",
    );
    let due = antin(
        folder,
        &["register", "clocks", "--on", "2021-05-12", "--json"],
    );
    assert_eq!(due.status, 0, "{due:?}");
    assert_eq!(due.json()[0]["standing"], "due");
    let late = antin(
        folder,
        &["register", "clocks", "--on", "2021-05-13", "--json"],
    );
    assert_eq!(late.status, 1, "{late:?}");
    let line = &late.json()[0];
    assert_eq!(line["code"], "clock.loss_notice_late");
    assert_eq!(
        (&line["overdue_days"], &line["due_on"]),
        (&1.into(), &"2021-05-12".into())
    );
    assert_eq!(line["basis"]["instrument"], "Nghị định 99/2016/NĐ-CP");
    let table = antin(folder, &["register", "clocks", "--on", "2021-05-13"]);
    assert!(
        table.stdout.contains("OVERDUE by 1 day"),
        "{}",
        table.stdout
    );
}

#[test]
fn an_impression_of_a_listed_die_is_a_violation_and_one_of_the_seal_that_it_copies_is_none() {
    let folder = with_seal();
    let folder = folder.path();
    fs::copy(sample("docs/08-forged-font.pdf"), folder.join("forged.pdf")).unwrap();
    let before = antin(folder, &["verify", "--json", "forged.pdf"]);
    assert!(
        !before.stdout.contains("seal.watch_listed"),
        "{}",
        before.stdout
    );
    import(
        folder,
        "die,specimen,specimen_dpi,poses_as\nX1,forged.pdf,300,D01\n",
    );
    let absent = imported(folder, "die,specimen\nX2,absent.png\n");
    assert_eq!(absent.status, 3, "{absent:?}");
    let reports = antin(folder, &["verify", "--json", "forged.pdf", "a.pdf"]).json();
    let listed = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        let mut own = findings.into_iter();
        own.find(|finding| finding["code"] == "seal.watch_listed")
    };
    let finding = listed(&reports[0]).unwrap();
    assert_eq!(
        (&finding["severity"], &finding["values"]["die"]),
        (&"violation".into(), &"X1".into())
    );
    assert_eq!(listed(&reports[1]), None);
}

#[test]
fn s0_02_a_seal_is_handed_in_where_its_specimen_was_registered() {
    let folder = with_seal();
    let folder = folder.path();
    import(
        folder,
        "seal,event,on,by\nD01,surrendered,2024-05-12,PC06\n",
    );
    let right = shown(folder, "2024-06-01");
    assert!(!right.contains("register.wrong_authority"), "{right}");
    import(
        folder,
        "seal,event,on,by\nD01,surrendered,2024-05-13,PC07\n",
    );
    let wrong = shown(folder, "2024-06-01");
    assert!(wrong.contains("register.wrong_authority"), "{wrong}");
}

#[test]
fn s0_14_the_chain_of_custody_has_no_gap_and_every_change_a_handover() {
    let folder = with_seal();
    let folder = folder.path();
    import(
        folder,
        "seal,custodian,from,to\nD01,Lan,2017-01-01,2021-12-31\nD01,Minh,2022-01-01,\n",
    );
    let without = shown(folder, "2024-06-01");
    assert!(without.contains("register.no_handover"), "{without}");
    import(
        folder,
        "seal,giver,receiver,done_on\nD01,Lan,Minh,2022-01-01\n",
    );
    let with = shown(folder, "2024-06-01");
    assert!(!with.contains("register."), "{with}");
}

#[test]
fn what_a_later_file_leaves_out_stays_as_it_was() {
    let folder = with_seal();
    let folder = folder.path();
    let shown = |on: &str| {
        let show = ["register", "show", "D01", "--on", on, "--json"];
        antin(folder, &show).json().remove(0)
    };
    let before = shown("2020-01-01");
    assert_eq!(before["particulars"]["registered_on"], "2016-12-24");
    let row = format!(
        "id,organisation,specimen,specimen_dpi\nD01,{},{},300\n",
        before["particulars"]["organisation"].as_str().unwrap(),
        sample("specimens/D01-1.png").display()
    );
    let run = imported(folder, &row);
    assert!(
        run.stdout.contains("1 unchanged; 0 specimens added"),
        "{}",
        run.stdout
    );
    assert_eq!(shown("2020-01-01"), before);
}

#[test]
fn s0_04_a_die_of_another_shape_or_that_was_deformed_or_damaged_is_registered_anew() {
    let scans = tempfile::tempdir().unwrap();
    let found = |id: &str, shape: &str, scan: &Path| {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let mut sheet = "id,organisation,shape,specimen,specimen_dpi,jurisdiction\n".to_owned();
        for number in [1, 3] {
            let specimen = sample(&format!("specimens/{id}-{number}.png"));
            sheet.push_str(&format!("{id},A,{shape},{},300,VN\n", specimen.display()));
        }
        import(folder, &sheet);
        let scan = scan.to_str().unwrap();
        let all = [
            "verify",
            "--json",
            "--seal",
            id,
            "--dated",
            "2021-01-01",
            scan,
        ];
        let report = antin(folder, &all).json().remove(0);
        let findings = report["findings"].as_array().unwrap().clone();
        let of_die = |own: &Value| own["code"].as_str().unwrap().starts_with("seal.");
        let told = |own: &Value| {
            assert_eq!(own["basis"]["article"], "Điều 15", "{own}");
            own["code"].as_str().unwrap().to_owned()
        };
        findings
            .iter()
            .filter(|own| of_die(own))
            .map(told)
            .collect::<Vec<_>>()
    };
    let genuine = sample("docs/01-genuine-colour.pdf");
    assert_eq!(found("D01", "round", &genuine), [] as [&str; 0]);
    assert_eq!(found("D01", "oval", &genuine), ["seal.shape_mismatch"]);
    let deformed = sample("docs/11-deformed-die.pdf");
    assert_eq!(found("D03", "round", &deformed), ["seal.deformed"]);
    // A piece of the border and what stands under it, broken out.
    let mut whole = image::open(sample("specimens/D01-2.png"))
        .unwrap()
        .to_rgb8();
    for (x, y) in (270..330).flat_map(|x| (30..110).map(move |y| (x, y))) {
        whole.put_pixel(x, y, Rgb([255; 3]));
    }
    let damaged = scans.path().join("damaged.png");
    whole.save(&damaged).unwrap();
    assert_eq!(found("D01", "round", &damaged), ["seal.damaged"]);
}
