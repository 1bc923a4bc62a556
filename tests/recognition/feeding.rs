//! What is read on a scan and asked of the register with it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::VERIFY;
use crate::antin;
use crate::drawn;
use crate::truths;

/// Imports a file of this text; all of its rows must be good.
fn import(folder: &Path, text: &str) {
    fs::write(folder.join("rows.csv"), text).unwrap();
    let arguments = ["register", "import", "rows.csv", "--data", "data"];
    let (_, said, status) = antin(&arguments, folder);
    assert_eq!(status, Some(0), "{text}: {said}");
}

/// Registers a seal of the set for a body, with the name that it bears and another from the day before a date on.
fn registered_with_names(folder: &Path, seal: &str, dated: &str) {
    let mut register = csv::Reader::from_path(folder.join("register.csv")).unwrap();
    let header = register.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|own| own == name).unwrap();
    let rows: Vec<csv::StringRecord> = register
        .records()
        .map(|row| row.unwrap())
        .filter(|row| &row[at("id")] == seal)
        .collect();
    let name = rows[0][at("organisation")].to_owned();
    let mut own = csv::Writer::from_writer(Vec::new());
    own.write_record(header.iter().chain(["body"])).unwrap();
    for row in &rows {
        own.write_record(row.iter().chain(["B1"])).unwrap();
    }
    import(
        folder,
        &String::from_utf8(own.into_inner().unwrap()).unwrap(),
    );
    import(folder, "body,level,jurisdiction\nB1,commune,VN\n");
    let before: jiff::civil::Date = dated.parse().unwrap();
    let renamed = before.yesterday().unwrap();
    import(
        folder,
        &format!("body,name,from,to\nB1,{name},1950-01-01,\nB1,Sở Tên Khác,{renamed},\n"),
    );
}

#[test]
fn what_is_read_is_held_against_the_name_of_that_day_and_the_register_of_use() {
    let folder = drawn("7001");
    let folder = folder.path();
    let (reports, ..) = antin(&[&VERIFY[..], &["--ocr", "auto"]].concat(), folder);
    let truths = truths(folder);
    let read = |report: &&Value| {
        let document = &report["document"];
        let own = |truth: &&Value| truth["document"] == document["path"];
        let truth = truths.iter().find(own).unwrap();
        let known = |name: &str| document["fields"][name]["value"].is_string();
        truth["label"] == "genuine" && ["number", "symbol", "date"].into_iter().all(known)
    };
    let report = reports.iter().find(read).unwrap();
    let document = report["document"]["path"].as_str().unwrap();
    let own = |truth: &&Value| truth["document"] == document;
    let seal = truths.iter().find(own).unwrap()["seal"].as_str().unwrap();
    let field = |name: &str| {
        report["document"]["fields"][name]["value"]
            .as_str()
            .unwrap()
    };
    let [number, symbol, date] = ["number", "symbol", "date"].map(field);
    registered_with_names(folder, seal, date);

    let verify = |options: &[&str]| {
        let arguments = [
            "verify", "--json", "--data", "data", "--seal", seal, document,
        ];
        let (reports, said, _) = antin(&[&arguments[..], options].concat(), folder);
        assert_eq!(reports.len(), 1, "{said}");
        reports.into_iter().next().unwrap()
    };
    let has = |report: &Value, code: &str| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().any(|finding| finding["code"] == code)
    };
    // The name of the day comes from the date that is read, and no day is known without.
    assert!(!has(&verify(&[]), "seal.name_stale"));
    let early = verify(&["--ocr", "auto"]);
    assert!(has(&early, "seal.name_stale"), "{early}");

    // Its use is looked up by the number and symbol that are read.
    let day: jiff::civil::Date = date.parse().unwrap();
    let (opening, closing) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
    let uses = |number: &str, symbol: &str| {
        format!(
            "seal,register,entry_no,used_at,content,copies,approver,handler,number,symbol,dated\n\
             {seal},work,1,{opening} 08:00,opening,1,Li,Ma,,,\n\
             {seal},work,2,{day} 10:00,letter,1,Li,Ma,{number},{symbol},{day}\n\
             {seal},work,3,{closing} 08:00,closing,1,Li,Ma,,,\n"
        )
    };
    import(folder, &uses("9999", "XX-YY"));
    let other = verify(&["--ocr", "auto"]);
    assert!(has(&other, "use.unrecorded"), "{other}");
    assert_eq!(other["document"]["date"]["not_after"], Value::Null);
    import(
        folder,
        &format!(
            "seal,register,entry_no,used_at,content,copies,approver,handler,number,symbol,dated\n\
         {seal},work,4,{day} 11:00,letter,1,Li,Ma,{number},{symbol},{day}\n"
        ),
    );
    let recorded = verify(&["--ocr", "auto"]);
    assert!(!has(&recorded, "use.unrecorded"), "{recorded}");
    assert_eq!(recorded["document"]["date"]["not_after"], date);
}
