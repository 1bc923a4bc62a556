//! Number, date and names on scans, by the tesseract that is installed; and recognisers that misbehave.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use antin::imaging::Gray;
use antin::reading::Failure;
use antin::sandbox::recognition::Language;
use antin::sandbox::recognition::Recogniser;
use antin::sandbox::recognition::Recognition;
use assert_cmd::Command;
use lopdf::dictionary;
use serde_json::Value;

#[path = "recognition/feeding.rs"]
mod feeding;

const ANTIN: &str = env!("CARGO_BIN_EXE_antin");

fn antin(arguments: &[&str], folder: &Path) -> (Vec<Value>, String, Option<i32>) {
    let output = Command::new(ANTIN)
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let reports = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["schema"] == "antin.report/1")
        .collect();
    let said = String::from_utf8(output.stderr).unwrap();
    (reports, said, output.status.code())
}

/// A folder with a drawn set.
fn drawn(seed: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let drawing = [
        "synth",
        ".",
        "--seals",
        "4",
        "--documents-per-seal",
        "3",
        "--conditions",
        "c300,g300",
        "--seed",
        seed,
    ];
    let (_, said, status) = antin(&drawing, folder.path());
    assert_eq!(status, Some(0), "{said}");
    folder
}

fn truths(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("truth.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const VERIFY: [&str; 5] = ["verify", "--json", "--register", "register.csv", "docs"];

#[test]
fn printed_dates_and_numbers_are_read_and_none_wrongly() {
    let folder = drawn("7001");
    let arguments = [&VERIFY[..], &["--ocr", "auto"]].concat();
    let (reports, said, _) = antin(&arguments, folder.path());
    assert!(
        !said.contains("not read"),
        "install the packages that ./test names: {said}"
    );
    let truths = truths(folder.path());
    let (mut dates, mut numbers) = ((0, 0), (0, 0));
    for report in &reports {
        let document = &report["document"];
        let own = |truth: &&Value| truth["document"] == document["path"];
        let letter = &truths.iter().find(own).unwrap()["letter"];
        for (name, counts) in [("date", &mut dates), ("number", &mut numbers)] {
            let field = &document["fields"][name];
            if field["value"].is_null() {
                assert!(field["reason"].is_string() && field["source"] == "unknown");
                continue;
            }
            // Signers of a letter may date it differently: then no date is the right one.
            assert_eq!(field["value"], letter[name], "{} {name}", document["path"]);
            assert_eq!(field["source"], "ocr");
            assert!(
                field["confidence"].as_f64().unwrap() > 0.5
                    && field["bbox_px"][2].as_u64().unwrap() > 0
            );
            counts.0 += 1;
        }
        dates.1 += usize::from(letter["number"].is_string());
        numbers.1 += usize::from(letter["number"].is_string());
        // What is read counts as claimed.
        assert_eq!(
            document["date"]["claimed"],
            document["fields"]["date"]["value"]
        );
        let source = if document["date"]["claimed"].is_null() {
            "unknown"
        } else {
            "ocr"
        };
        assert_eq!(document["date"]["source"], source);
    }
    assert!(dates.1 >= 5 && 5 * dates.0 >= 4 * dates.1, "{dates:?}");
    assert!(5 * numbers.0 >= 3 * numbers.1, "{numbers:?}");
}

/// The same PDF with words of its own on the first page, which are not drawn: each with its place in points.
fn with_words(pdf: &Path, words: &[(f64, f64, &str)]) -> Vec<u8> {
    let mut document = lopdf::Document::load(pdf).unwrap();
    let page = *document.get_pages().get(&1).unwrap();
    let shown = words
        .iter()
        .map(|(x, y, text)| format!("BT /F1 10 Tf 3 Tr {x} {y} Td ({text}) Tj ET "));
    let content = lopdf::Stream::new(dictionary! {}, shown.collect::<String>().into_bytes());
    let content = document.add_object(content);
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let own = document.get_dictionary_mut(page).unwrap();
    let before = own.get(b"Contents").unwrap().clone();
    own.set("Contents", vec![before, content.into()]);
    let resources = own.get_mut(b"Resources").unwrap().as_dict_mut().unwrap();
    resources.set("Font", dictionary! { "F1" => font });
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_text_layer_that_gives_another_number_is_told_and_one_that_gives_the_same_is_not() {
    let folder = drawn("7001");
    let arguments = [&VERIFY[..], &["--ocr", "auto"]].concat();
    let (reports, ..) = antin(&arguments, folder.path());
    let is_read = |report: &&Value| {
        let fields = &report["document"]["fields"];
        fields["number"]["value"].is_string() && fields["symbol"]["value"].is_string()
    };
    let read = reports.iter().find(is_read).unwrap();
    let fields = &read["document"]["fields"];
    let [number, symbol] = ["number", "symbol"].map(|name| fields[name]["value"].as_str().unwrap());
    let [x, y, _, height] = [0, 1, 2, 3].map(|i| fields["number"]["bbox_px"][i].as_f64().unwrap());
    let page = &read["pages"][0];
    let points = 72.0 / page["dpi"].as_f64().unwrap();
    let left = x * points - 10.0;
    let up = (page["height_px"].as_f64().unwrap() - y - height) * points;
    let path = folder
        .path()
        .join(read["document"]["path"].as_str().unwrap());
    let docs = folder.path().join("layers");
    fs::create_dir(&docs).unwrap();
    for (name, given) in [("same", number), ("other", "998")] {
        let text = format!("So: {given}/{symbol}");
        let bytes = with_words(&path, &[(left, up, &text)]);
        fs::write(docs.join(format!("{name}.pdf")), bytes).unwrap();
    }
    let arguments = [&VERIFY[..4], &["layers", "--ocr", "auto"]].concat();
    let (reports, said, _) = antin(&arguments, folder.path());
    let differs = |name: &str| {
        let is_own = |report: &&Value| report["document"]["path"].as_str().unwrap().ends_with(name);
        let report = reports
            .iter()
            .find(is_own)
            .unwrap_or_else(|| panic!("{said}"));
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .any(|finding| finding["code"] == "document.text_differs")
    };
    assert!(differs("other.pdf"), "{reports:#?}");
    assert!(!differs("same.pdf"), "{reports:#?}");
}

/// A drawn set, whose seals are registered long after its letters, and the truth of a letter whose date is read.
fn registered_later() -> (tempfile::TempDir, Value) {
    let folder = drawn("7001");
    let (reports, ..) = antin(&[&VERIFY[..], &["--ocr", "auto"]].concat(), folder.path());
    let is_dated = |path: &Value| {
        let mut own = reports
            .iter()
            .filter(|report| report["document"]["path"] == *path);
        own.any(|report| !report["document"]["date"]["claimed"].is_null())
    };
    let is_fit = |truth: &Value| {
        let letter = &truth["letter"];
        letter["number"].is_string() && truth["label"] == "genuine" && is_dated(&truth["document"])
    };
    let truth = truths(folder.path()).into_iter().find(is_fit);
    let mut register = csv::Reader::from_path(folder.path().join("register.csv")).unwrap();
    let mut later = csv::Writer::from_path(folder.path().join("later.csv")).unwrap();
    let header = register.headers().unwrap().clone();
    later.write_record(&header).unwrap();
    for row in register.records() {
        let row = row.unwrap();
        let values = header.iter().zip(&row);
        let value = |(name, value)| match name {
            "registered_on" | "notified_on" => "2099-01-01",
            _ => value,
        };
        later.write_record(values.map(value)).unwrap();
    }
    later.flush().unwrap();
    (folder, truth.expect("one of the letters is read"))
}

#[test]
fn a_date_that_is_read_is_held_against_the_seal_and_one_that_is_given_wins() {
    let (folder, truth) = registered_later();
    let path = truth["document"].as_str().unwrap();
    let seal = truth["seal"].as_str().unwrap();
    let verify = |options: &[&str]| {
        let arguments = [
            "verify",
            "--json",
            "--register",
            "later.csv",
            "--seal",
            seal,
            path,
        ];
        let (reports, said, _) = antin(&[&arguments[..], options].concat(), folder.path());
        assert_eq!(reports.len(), 1, "{said}");
        let is_early = reports[0]["findings"]
            .to_string()
            .contains("seal.not_yet_registered");
        (reports[0]["document"].clone(), is_early)
    };
    let (unread, is_early) = verify(&[]);
    assert!(unread["fields"].is_null() && !is_early);
    let (read, is_early) = verify(&["--ocr", "auto"]);
    assert_eq!(read["date"]["claimed"], truth["letter"]["date"]);
    assert!(is_early, "{read}");

    let rows = format!("document,date,signer\n{path},2099-05-01,Ai Đó\n");
    fs::write(folder.path().join("fields.csv"), rows).unwrap();
    let (given, is_early) = verify(&["--ocr", "auto", "--fields", "fields.csv"]);
    assert!(!is_early, "{given}");
    assert_eq!(given["date"]["claimed"], "2099-05-01");
    assert_eq!(given["date"]["source"], "argument");
    for (name, value) in [("date", "2099-05-01"), ("signer", "Ai Đó")] {
        let field = &given["fields"][name];
        assert!(
            field["value"] == value && field["source"] == "given",
            "{field}"
        );
    }
    assert_eq!(
        given["fields"]["number"]["value"],
        read["fields"]["number"]["value"]
    );
    // Given fields are shown without reading, too.
    let (only, _) = verify(&["--dates", "fields.csv"]);
    assert_eq!(only["fields"]["signer"]["value"], "Ai Đó");
    assert_eq!(only["fields"]["number"]["source"], "unknown");
}

#[test]
fn without_tesseract_fields_are_unknown_and_all_else_is_as_ever() {
    let folder = drawn("7002");
    let (plain, _, status) = antin(&VERIFY, folder.path());
    let arguments = [
        &VERIFY[..],
        &["--ocr", "auto", "--tesseract", "no-such-program"],
    ]
    .concat();
    let (reports, said, other) = antin(&arguments, folder.path());
    assert_eq!(status, other);
    assert_eq!(
        said.matches("no-such-program").count(),
        1,
        "said once: {said}"
    );
    assert_eq!(plain.len(), reports.len());
    for (mut plain, mut report) in plain.into_iter().zip(reports) {
        let fields = report["document"]["fields"].take();
        for name in ["number", "symbol", "date", "issuer", "signer"] {
            assert!(fields[name]["value"].is_null());
            assert!(
                fields[name]["reason"]
                    .as_str()
                    .unwrap()
                    .contains("no-such-program")
            );
        }
        assert!(plain["document"]["fields"].take().is_null());
        assert_eq!(plain, report);
    }
}

/// A stand-in for tesseract that knows its languages and then does as told.
fn stand_in(folder: &Path, deed: &str) -> Recogniser {
    let path: PathBuf = folder.join("stand-in");
    let script =
        format!("#!/bin/sh\nif [ \"$1\" = --list-langs ]; then echo vie; exit 0; fi\n{deed}\n");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    match Recognition::of(Path::new(ANTIN), &path, None) {
        Recognition::By(recogniser) => recogniser,
        other @ (Recognition::Off | Recognition::Missing { .. }) => {
            panic!("it can be run: {other:?}")
        }
    }
}

#[test]
fn a_recogniser_that_hangs_floods_fails_or_babbles_is_stopped_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let page = Gray::filled(2000, 1000, 255);
    let reason = |deed: &str| {
        let mut recogniser = stand_in(folder.path(), deed);
        // Who does not hang has all the time that there is, whatever runs beside it.
        if deed.ends_with("sleep 1000") {
            recogniser.wall = Duration::from_secs(3);
        }
        let words = recogniser.words(&page, 300, Language::Vietnamese);
        words.map_err(|failure| failure.to_string())
    };
    let started = Instant::now();
    assert!(
        reason("exec sleep 1000")
            .unwrap_err()
            .contains("took longer")
    );
    assert!(
        reason("exec 1>&-; exec sleep 1000")
            .unwrap_err()
            .contains("took longer")
    );
    assert!(
        started.elapsed() < Duration::from_secs(300),
        "none of them was waited for"
    );
    assert!(
        reason("exec yes")
            .unwrap_err()
            .contains("more than a page can hold")
    );
    assert!(reason("exit 7").unwrap_err().contains("failed"));
    assert!(reason("kill -9 $$").unwrap_err().contains("failed"));
    assert_eq!(reason("cat > /dev/null; echo a b c").unwrap(), []);
    let word = "printf '5\\t1\\t1\\t1\\t1\\t1\\t10\\t20\\t30\\t12\\t96\\tHai\\n'";
    assert_eq!(reason(word).unwrap().len(), 1);
}

#[test]
fn a_recogniser_can_neither_write_nor_see_what_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("secret"), "secret").unwrap();
    let shown = other.path().display();
    let page = Gray::filled(20, 10, 255);
    let deed = format!(
        "if cat {shown}/secret > /dev/null 2>&1; then exit 3; fi\n\
         if (echo x > {shown}/new) 2> /dev/null && [ -s {shown}/new ]; then exit 4; fi\n\
         if (echo x > \"$(dirname \"$0\")/new\") 2> /dev/null && [ -s \"$(dirname \"$0\")/new\" ]; then exit 5; fi\n\
         [ -z \"$HOME$PATH_OF_PARENT\" ] || exit 6\n\
         [ \"$OMP_THREAD_LIMIT\" = 1 ] || exit 8"
    );
    let recogniser = stand_in(folder.path(), &deed);
    let words = recogniser.words(&page, 300, Language::Vietnamese);
    // Where the kernel has no landlock the limits on files still keep it from writing.
    assert!(
        words.is_ok() || words == Err(failed(3)) && !landlock(),
        "{words:?}"
    );
    assert!(
        !other.path().join("new").exists()
            || fs::read(other.path().join("new")).unwrap().is_empty()
    );
}

fn failed(status: i32) -> Failure {
    Failure::Failed {
        said: format!("exit status: {status}"),
    }
}

fn landlock() -> bool {
    fs::read_to_string("/sys/kernel/security/lsm").is_ok_and(|modules| modules.contains("landlock"))
}

#[test]
fn the_tesseract_that_is_installed_reads_both_languages() {
    let tesseract =
        antin::config::program(Path::new("tesseract")).expect("./test installs tesseract-ocr");
    let recognition = Recognition::of(Path::new(ANTIN), &tesseract, None);
    let recogniser = recognition.by().expect("./test installs its data");
    assert_eq!(
        recogniser.languages(),
        [Language::Vietnamese, Language::Chinese]
    );
    // An empty page has no words, and a picture of one pixel is no page.
    let blank = Gray::filled(600, 400, 255);
    assert_eq!(
        recogniser.words(&blank, 300, Language::Vietnamese).unwrap(),
        []
    );
    let point = Gray::filled(1, 1, 0);
    let words = recogniser.words(&point, 300, Language::Chinese);
    assert!(words.is_err() || words == Ok(Vec::new()), "{words:?}");
}
