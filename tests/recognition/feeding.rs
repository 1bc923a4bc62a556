//! What is read on a scan and asked of the register with it.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use crate::ANTIN;
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

/// Registers a seal of the set for a body, with the name that it bears, which is given back, and another from the day before a date on.
fn registered_with_names(folder: &Path, seal: &str, dated: &str) -> String {
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
    name
}

/// The first report on a document with a genuine impression of which all of these fields are read, and its seal.
fn genuine<'a>(reports: &'a [Value], truths: &'a [Value], fields: &[&str]) -> (&'a Value, &'a str) {
    let found = reports.iter().find_map(|report| {
        let document = &report["document"];
        let own = |truth: &&Value| truth["document"] == document["path"];
        let truth = truths.iter().find(own).unwrap();
        let is_read = |name: &&str| document["fields"][*name]["value"].is_string();
        let is_fit = truth["label"] == "genuine" && fields.iter().all(is_read);
        is_fit.then(|| (report, truth["seal"].as_str().unwrap()))
    });
    found.unwrap()
}

/// The report on a document that is said to bear a seal, by the register in the data directory.
fn verified(folder: &Path, (seal, document): (&str, &str), options: &[&str]) -> Value {
    let arguments = [
        "verify", "--json", "--data", "data", "--seal", seal, document,
    ];
    let (reports, said, _) = antin(&[&arguments[..], options].concat(), folder);
    assert_eq!(reports.len(), 1, "{said}");
    reports.into_iter().next().unwrap()
}

/// The first finding of a report with this code.
fn finding<'a>(report: &'a Value, code: &str) -> Option<&'a Value> {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|finding| finding["code"] == code)
}

#[test]
fn what_is_read_is_held_against_the_name_of_that_day_and_the_register_of_use() {
    let folder = drawn("7001");
    let folder = folder.path();
    let (reports, ..) = antin(&[&VERIFY[..], &["--ocr", "auto"]].concat(), folder);
    let truths = truths(folder);
    let (report, seal) = genuine(&reports, &truths, &["number", "symbol", "date"]);
    let document = report["document"]["path"].as_str().unwrap();
    let field = |name: &str| {
        report["document"]["fields"][name]["value"]
            .as_str()
            .unwrap()
    };
    let [number, symbol, date] = ["number", "symbol", "date"].map(field);
    registered_with_names(folder, seal, date);

    let verify = |options: &[&str]| verified(folder, (seal, document), options);
    let has = |report: &Value, code: &str| finding(report, code).is_some();
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

#[test]
fn the_issuer_that_is_read_or_given_is_held_against_the_names_of_its_seals_body() {
    const OTHER_TIME: &str = "document.issuer_of_other_time";
    const UNLIKE: &str = "document.issuer_unlike";
    let folder = drawn("7001");
    let folder = folder.path();
    let (reports, ..) = antin(&[&VERIFY[..], &["--ocr", "auto"]].concat(), folder);
    let truths = truths(folder);
    let (report, seal) = genuine(&reports, &truths, &["date", "issuer"]);
    let document = report["document"]["path"].as_str().unwrap();
    let field = |name: &str| report["document"]["fields"][name]["value"].as_str();
    let (date, issuer) = field("date").zip(field("issuer")).unwrap();
    // Where the register knows no name of the body, there is nothing to be held against.
    assert!(
        finding(report, OTHER_TIME)
            .or(finding(report, UNLIKE))
            .is_none()
    );
    let name = registered_with_names(folder, seal, date);

    let verify = |options: &[&str]| verified(folder, (seal, document), options);
    let read = verify(&["--ocr", "auto"]);
    let found = finding(&read, OTHER_TIME).unwrap_or_else(|| panic!("{read}"));
    assert_eq!(found["severity"], "remark");
    let values = &found["values"];
    assert_eq!(values["issuer"], issuer);
    assert_eq!(values["name_from_on"], "1950-01-01");
    assert_eq!(values["name_on_that_day"], "Sở Tên Khác");
    assert!(finding(&read, UNLIKE).is_none(), "{read}");

    // What is given wins: the name of that day without its accents, and that of nobody who is known.
    for (given, code) in [("SO TEN KHAC", None), ("Công ty Đông Á", Some(UNLIKE))] {
        let rows = format!("document,issuer\n{document},{given}\n");
        fs::write(folder.join("fields.csv"), rows).unwrap();
        let report = verify(&["--ocr", "auto", "--fields", "fields.csv"]);
        assert_eq!(report["document"]["fields"]["issuer"]["source"], "given");
        for asked in [OTHER_TIME, UNLIKE] {
            let is_said = finding(&report, asked).is_some();
            assert_eq!(is_said, code == Some(asked), "{given}: {report}");
        }
    }

    // A kept report has what it needs to be judged again: the body takes its name back on the document's day.
    let keeping = [
        "verify", "--keep", "--data", "data", "--ocr", "auto", "--seal", seal, document,
    ];
    let (_, said, _) = antin(&keeping, folder);
    assert!(said.contains("1 result kept"), "{said}");
    fs::write(
        folder.join("rows.csv"),
        format!("body,name,from\nB1,{name},{date}\n"),
    )
    .unwrap();
    let output = Command::new(ANTIN)
        .current_dir(folder)
        .args(["register", "import", "rows.csv", "--data", "data"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("no longer: The document names"), "{told}");
    assert!(finding(&verify(&["--ocr", "auto"]), OTHER_TIME).is_none());
}
