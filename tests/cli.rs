//! The command as a person or a script meets it: exit statuses, messages, order, what is stored.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use lopdf::dictionary;
use tempfile::TempDir;

#[path = "command/run.rs"]
mod run;

use run::antin;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

fn copied(folder: &Path, name: &str, to: &str) {
    fs::copy(sample(name), folder.join(to)).unwrap();
}

/// A page without anything, and without a resolution.
fn blank(folder: &Path, name: &str) {
    let page = RgbImage::from_pixel(600, 800, Rgb([255; 3]));
    page.save(folder.join(name)).unwrap();
}

/// Two specimens side by side on one sheet.
fn pair(folder: &Path, name: &str) {
    let left = image::open(sample("specimens/D01-1.png"))
        .unwrap()
        .to_rgb8();
    let right = image::open(sample("specimens/D02-1.png"))
        .unwrap()
        .to_rgb8();
    let height = left.height().max(right.height());
    let mut sheet = RgbImage::from_pixel(left.width() + right.width(), height, Rgb([255; 3]));
    image::imageops::replace(&mut sheet, &left, 0, 0);
    image::imageops::replace(&mut sheet, &right, i64::from(left.width()), 0);
    sheet.save(folder.join(name)).unwrap();
}

/// A folder with one registered seal.
fn with_register() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copied(folder.path(), "specimens/D01-1.png", "D01-1.png");
    let sheet = "id,organisation,specimen,specimen_dpi,registered_on,jurisdiction\n\
                 D01,Trung tâm y tế,D01-1.png,300,2016-12-24,VN\n";
    fs::write(folder.path().join("register.csv"), sheet).unwrap();
    let run = antin(folder.path(), &["register", "import", "register.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    folder
}

#[test]
fn every_bad_row_of_a_register_is_named_and_the_good_one_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copied(folder, "specimens/D01-1.png", "good.png");
    copied(folder, "specimens/D02-1.png", "other.png");
    blank(folder, "blank.png");
    pair(folder, "pair.png");
    fs::write(folder.join("broken.png"), b"\x89PNG\r\n\x1a\nno more").unwrap();
    // Encoded anew, so that the resolution is lost.
    let bare = image::open(folder.join("good.png")).unwrap();
    bare.to_rgb8().save(folder.join("bare.png")).unwrap();
    let sheet = "id,organisation,specimen,specimen_dpi,hue\n\
                 A,Ủy ban,good.png,300,\n\
                 B,Ủy ban,absent.png,300,\n\
                 C,Ủy ban,bare.png,,\n\
                 D,Ủy ban,blank.png,300,\n\
                 E,Ủy ban,pair.png,300,\n\
                 F,Ủy ban,broken.png,300,\n\
                 A,Ủy ban,other.png,300,\n\
                 H,,good.png,300,\n\
                 I,Ủy ban,good.png,much,\n";
    fs::write(folder.join("register.csv"), sheet).unwrap();
    let run = antin(folder, &["register", "import", "register.csv"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    for (line, reason) in [
        (3, "is not there"),
        (4, "specimen_dpi"),
        (5, "no seal was found"),
        (6, "2 seals were found"),
        (7, "cannot be read"),
        (8, "does not show the same seal"),
        (9, "`organisation` is empty"),
        (10, "must be a number"),
    ] {
        let told = |said: &str| said.contains(&format!("line {line} ")) && said.contains(reason);
        assert!(run.stderr.lines().any(told), "line {line}: {}", run.stderr);
    }
    assert!(run.stderr.contains("`hue`"), "{}", run.stderr);
    let listed = antin(folder, &["register", "list", "--json"]).json();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["id"], "A");
}

#[test]
fn importing_again_changes_nothing_and_a_changed_row_is_a_new_version() {
    let folder = with_register();
    let folder = folder.path();
    let again = antin(folder, &["register", "import", "register.csv"]);
    assert!(again.stdout.contains("revision 1"), "{}", again.stdout);
    let sheet = fs::read_to_string(folder.join("register.csv")).unwrap();
    fs::write(folder.join("register.csv"), sheet.replace("y tế", "y học")).unwrap();
    let changed = antin(folder, &["register", "import", "register.csv"]);
    assert!(changed.stdout.contains("revision 2"), "{}", changed.stdout);
    let listed = antin(folder, &["register", "list", "--json"]).json();
    assert_eq!(listed[0]["version"], 2);
    assert_eq!(listed[0]["particulars"]["organisation"], "Trung tâm y học");
    let shown = antin(folder, &["register", "show", "D01", "--on", "2016-12-23"]);
    for part in [
        "state on 2016-12-23: not yet registered",
        "version 1: recorded",
        "organisation: Trung tâm y tế -> Trung tâm y học",
    ] {
        assert!(shown.stdout.contains(part), "{part}: {}", shown.stdout);
    }
}

#[test]
fn a_check_stores_nothing() {
    let folder = with_register();
    let folder = folder.path();
    fs::remove_dir_all(folder.join("data")).unwrap();
    let run = antin(folder, &["register", "import", "--check", "register.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("1 seal can be imported"),
        "{}",
        run.stdout
    );
    assert!(!folder.join("data").exists());
}

#[test]
fn what_is_exported_can_be_imported_again() {
    let folder = with_register();
    let exported = antin(folder.path(), &["register", "export"]);
    fs::write(folder.path().join("exported.csv"), exported.stdout).unwrap();
    let again = antin(folder.path(), &["register", "import", "exported.csv"]);
    assert_eq!(again.status, 0, "{}", again.stderr);
    assert!(again.stdout.contains("1 unchanged"), "{}", again.stdout);
    // With the data directory named from here, and the file used from elsewhere.
    let relative = antin(folder.path(), &["register", "export", "--data", "data"]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("out.csv"), relative.stdout).unwrap();
    let anew = antin(elsewhere.path(), &["register", "import", "out.csv"]);
    assert_eq!(anew.status, 0, "{}", anew.stderr);
    assert!(anew.stdout.contains("1 seal added"), "{}", anew.stdout);
}

#[test]
fn events_change_the_state_from_their_day_and_flag_later_documents() {
    let folder = with_register();
    let folder = folder.path();
    let events = "seal,event,on\nD01,declared_invalid,2020-05-01\nX,found,2020-05-01\n";
    fs::write(folder.join("events.csv"), events).unwrap();
    let run = antin(folder, &["register", "events", "events.csv"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("line 3 (seal X)"), "{}", run.stderr);
    let state = |day: &str| {
        let listed = antin(folder, &["register", "list", "--json", "--on", day]).json();
        listed[0]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("2016-12-23"), "not_yet_registered");
    assert_eq!(state("2020-04-30"), "valid");
    assert_eq!(state("2020-05-01"), "declared_invalid");

    copied(folder, "docs/01-genuine-colour.pdf", "a.pdf");
    let verify = [
        "verify",
        "--json",
        "--seal",
        "D01",
        "--dated",
        "2021-01-01",
        "a.pdf",
    ];
    let run = antin(folder, &verify);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let report = &run.json()[0];
    assert_eq!(report["outcome"], "flag");
    let findings = report["findings"].as_array().unwrap();
    let invalid = findings
        .iter()
        .find(|finding| finding["code"] == "seal.invalid_on_date");
    assert_eq!(
        invalid.unwrap()["basis"]["instrument"],
        "Nghị định 99/2016/NĐ-CP"
    );
}

#[test]
fn an_empty_page_passes_unless_a_seal_is_expected() {
    let folder = with_register();
    blank(folder.path(), "blank.png");
    assert_eq!(antin(folder.path(), &["verify", "blank.png"]).status, 0);
    let run = antin(
        folder.path(),
        &["verify", "--expect-seal", "--json", "blank.png"],
    );
    assert_eq!(run.status, 1);
    assert_eq!(run.json()[0]["findings"][0]["code"], "document.no_seal");
}

#[test]
fn wrong_use_is_told_from_bad_input() {
    let folder = with_register();
    let folder = folder.path();
    blank(folder, "blank.png");
    assert_eq!(antin(folder, &["verify"]).status, 2);
    assert_eq!(
        antin(folder, &["verify", "--dated", "soon", "blank.png"]).status,
        2
    );
    let unknown = antin(folder, &["verify", "--seal", "D99", "blank.png"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("D99"), "{}", unknown.stderr);
    let absent = antin(folder, &["register", "import", "absent.csv"]);
    assert_eq!(absent.status, 3);
    let told = absent.stderr.contains("absent.csv") && absent.stderr.contains("check the path");
    assert!(told, "{}", absent.stderr);
    assert_eq!(antin(folder, &["verify", "--help"]).status, 0);
    for wrong in [
        ["--conditions", "c999"],
        ["--specimens", "9"],
        ["--seals", "0"],
    ] {
        let mut arguments = vec!["synth", "set"];
        arguments.extend(wrong);
        let run = antin(folder, &arguments);
        assert_eq!(run.status, 2, "{wrong:?}: {}", run.stderr);
        assert!(!folder.join("set").exists());
    }
}

#[test]
fn bad_documents_cost_only_themselves_and_keep_their_place() {
    let folder = with_register();
    let folder = folder.path();
    let pdf = fs::read(sample("docs/14-no-seal.pdf")).unwrap();
    fs::write(folder.join("empty.pdf"), b"").unwrap();
    fs::write(folder.join("text.pdf"), b"no PDF at all").unwrap();
    fs::write(folder.join("cut.pdf"), &pdf[..pdf.len() / 2]).unwrap();
    blank(folder, "good.png");
    fs::write(folder.join("locked.pdf"), locked()).unwrap();
    let names = [
        "locked.pdf",
        "empty.pdf",
        "good.png",
        "absent.pdf",
        "text.pdf",
        "cut.pdf",
    ];
    let mut arguments = vec!["verify", "--json", "--jobs", "4", "--password", "wrong"];
    arguments.extend(names);
    let run = antin(folder, &arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let reports = run.json();
    let paths: Vec<_> = reports
        .iter()
        .map(|report| report["document"]["path"].clone())
        .collect();
    assert_eq!(paths, names);
    for (report, (outcome, reason)) in reports.iter().zip([
        ("unreadable", "password"),
        ("unreadable", "empty"),
        ("pass", ""),
        ("unreadable", "no such file"),
        ("unreadable", "not a PDF"),
        ("unreadable", ""),
    ]) {
        assert_eq!(report["outcome"], outcome, "{report}");
        let said = report["document"]["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{report}");
    }
    let opened = antin(
        folder,
        &["verify", "--json", "--password", "secret", "locked.pdf"],
    );
    assert_eq!(
        opened.json()[0]["document"]["pages"],
        1,
        "{}",
        opened.stdout
    );
}

#[test]
fn a_folder_is_read_in_order_and_an_empty_one_is_named() {
    let folder = with_register();
    let folder = folder.path();
    fs::create_dir_all(folder.join("scans/b")).unwrap();
    fs::create_dir_all(folder.join("none")).unwrap();
    blank(folder, "scans/c.png");
    blank(folder, "scans/b/z.png");
    blank(folder, "scans/.hidden.png");
    let run = antin(folder, &["verify", "--json", "none", "scans"]);
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("none: no documents"), "{}", run.stderr);
    let paths: Vec<_> = run
        .json()
        .iter()
        .map(|report| report["document"]["path"].clone())
        .collect();
    assert_eq!(paths, ["scans/b/z.png", "scans/c.png"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_register();
    blank(folder.path(), "shut.png");
    let shut = folder.path().join("shut.png");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&shut).is_ok() {
        return; // Whoever runs this may read everything.
    }
    let run = antin(folder.path(), &["verify", "--json", "shut.png"]);
    assert_eq!(run.status, 3);
    assert_eq!(run.json()[0]["outcome"], "unreadable");
}

#[test]
fn a_register_given_as_a_file_leaves_nothing_behind() {
    let folder = with_register();
    let folder = folder.path();
    fs::remove_dir_all(folder.join("data")).unwrap();
    blank(folder, "blank.png");
    let run = antin(
        folder,
        &["verify", "--register", "register.csv", "blank.png"],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("no forensic opinion"), "{}", run.stdout);
    assert!(!folder.join("data").exists());
}

#[test]
fn that_a_traced_die_is_not_excluded_is_said_once_where_a_conclusion_is_consistent() {
    let folder = tempfile::tempdir().unwrap();
    let register = sample("register.csv");
    let told = |names: &[&str]| {
        let documents = names.iter().map(|name| sample("docs").join(name));
        let documents: Vec<PathBuf> = documents.collect();
        let mut arguments = vec!["verify", "--register", register.to_str().unwrap()];
        arguments.extend(documents.iter().map(|path| path.to_str().unwrap()));
        antin(folder.path(), &arguments).stdout
    };
    let said = "a die traced from a genuine impression";
    let both = told(&["01-genuine-colour.pdf", "13-two-seals.pdf"]);
    assert_eq!(both.matches(said).count(), 1, "{both}");
    assert!(both.contains("consistent"), "{both}");
    let other = told(&["08-forged-font.pdf"]);
    assert!(
        other.contains("different") && !other.contains(said),
        "{other}"
    );
}

#[test]
fn the_demonstration_writes_its_reports_and_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let run = antin(folder.path(), &["demo", "--to", "shown"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let reports = folder.path().join("shown/reports");
    let lines = fs::read_to_string(reports.join("report.jsonl")).unwrap();
    let documents = fs::read_dir(sample("docs")).unwrap().count();
    // Besides the reports the file holds the links between them.
    let records = lines.lines().filter(|line| line.contains("antin.report/1"));
    assert_eq!(records.count(), documents);
    let page = fs::read_to_string(reports.join("report.html")).unwrap();
    assert!(page.contains("data:image/png;base64,"), "no picture");
    assert!(!page.contains("http://") && !page.contains("https://"));
    assert!(run.stdout.contains("report.html"), "{}", run.stdout);
}

/// A PDF of one bare page that the password "secret" opens.
fn locked() -> Vec<u8> {
    let mut document = lopdf::Document::with_version("1.5");
    let pages = document.new_object_id();
    let content = document.add_object(lopdf::Stream::new(
        dictionary! {},
        b"0 0 0 rg 100 100 200 20 re f".to_vec(),
    ));
    let page = document.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => pages,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        "Contents" => content,
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, tree.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let id = lopdf::Object::String(vec![7; 16], lopdf::StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "secret",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
