//! Reports in files, through the program: three languages, print, sheets of findings, and bundles that are computed again.

#![allow(
    clippy::unwrap_used,
    clippy::missing_assert_message,
    reason = "a panic is how a test fails, and its line says where"
)]

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::Cursor;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::LazyLock;

use antin::report::bundle::Bundle;
use antin::report::bundle::Error;
use antin::report::bundle::check;
use antin::report::csv::Sheet;
use antin::report::pdf;
use antin::report::pdf::Fonts;
use antin::report::pdf::fonts;
use antin::verdict::Conclusion;
use antin::verify::Report;
use antin::words;
use antin::words::Language;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;
use zip::ZipArchive;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[path = "reports/print.rs"]
mod print;
#[path = "command/run.rs"]
mod run;

use run::antin;

/// The documents of the sample that are verified: one forged, one that is cut off and cannot be read, one with two seals.
const DOCUMENTS: [&str; 3] = ["08-forged-font.pdf", "13-two-seals.pdf", "17-cut-off.pdf"];

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo")
}

/// The reports of those documents in a language.
fn reported(folder: &Path, language: &str) {
    let register = sample().join("register.csv");
    let documents = DOCUMENTS.map(|name| sample().join("docs").join(name));
    let mut arguments = vec![
        "verify",
        "--register",
        register.to_str().unwrap(),
        "--lang",
        language,
        "--report",
        "out",
        "--csv",
        "findings.csv",
    ];
    arguments.extend(documents.iter().map(|path| path.to_str().unwrap()));
    let run = antin(folder, &arguments);
    assert_eq!(run.status, 3, "{}{}", run.stdout, run.stderr);
}

/// The bundle of the forged document, as it was packed.
static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    reported(folder.path(), "en");
    fs::read(document(folder.path(), "0001", "zip")).unwrap()
});

fn document(folder: &Path, number: &str, ending: &str) -> PathBuf {
    let entries = fs::read_dir(folder.join("out/documents")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with(number) && name.ends_with(ending)
    };
    paths.find(is_it).unwrap()
}

/// The text of a PDF as a reader of PDF finds it, without blanks: lines end where they do.
fn text(pdf: &[u8]) -> String {
    let pdf = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    let text = pdf.extract_text(&pages).unwrap();
    text.split_whitespace().collect()
}

#[test]
fn each_language_has_its_page_its_print_and_its_sheet() {
    for language in Language::ALL {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        reported(folder, language.code());
        let page = fs::read_to_string(folder.join("out/report.html")).unwrap();
        assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
        let opinion = language.word("head.no_opinion");
        let different = language.word("conclusion.different");
        assert!(page.contains(opinion) && page.contains(different));
        let fused: [(&str, &dyn Display); 2] = [("seal", &"D01"), ("specimens", &3)];
        let fused = words::text(language, "picture.fused", &fused);
        assert!(page.contains(&fused), "{language:?}: {fused}");
        let printed = fs::read(document(folder, "0001", ".pdf")).unwrap();
        let text = text(&printed);
        for sought in [
            opinion,
            different,
            language.word("finding.seal.differs_from_specimen"),
            language.word("axis.text_spacing_mm"),
            fused.as_str(),
            "Trung tâm y tế Vĩnh Mộc",
            "antin 0.1.0",
        ] {
            let sought: String = sought.split_whitespace().collect();
            assert!(text.contains(&sought), "{language:?}: {sought} in {text}");
        }
        let digest = Sha256::digest(fs::read(sample().join("docs/08-forged-font.pdf")).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(text.contains(&digest), "{language:?}");
        let unread = fs::read(document(folder, "0003", ".pdf")).unwrap();
        assert!(unread.starts_with(b"%PDF-") && printed.starts_with(b"%PDF-"));
        // What could not be read is not said to bear no seal.
        let unread = self::text(&unread);
        let reason: String = language.word("pdf.reason").split_whitespace().collect();
        let none = language.word("pdf.no_impression");
        let none: String = none.split_whitespace().collect();
        assert!(
            unread.contains(&reason) && !unread.contains(&none),
            "{unread}"
        );
        let sheet = fs::read_to_string(folder.join("findings.csv")).unwrap();
        assert_eq!(
            sheet,
            fs::read_to_string(folder.join("out/findings.csv")).unwrap()
        );
        let title = language.word("finding.seal.differs_from_specimen");
        assert!(sheet.contains(title) && sheet.contains("seal.differs_from_specimen"));
    }
}

#[test]
fn a_sheet_has_a_row_for_each_finding_and_names_that_are_no_formulas() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let name = "=cmd|' ,!A1.pdf";
    fs::copy(sample().join("docs/17-cut-off.pdf"), folder.join(name)).unwrap();
    let register = sample().join("register.csv");
    let register = register.to_str().unwrap();
    let arguments = ["verify", "--register", register, "--csv", "a.csv", name];
    let run = antin(folder, &arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let mut sheet = csv::Reader::from_path(folder.join("a.csv")).unwrap();
    let head = sheet.headers().unwrap().clone();
    assert_eq!(&head[0], "document");
    let rows: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
    let codes: Vec<&str> = rows.iter().map(|row| &row[8]).collect();
    assert_eq!(codes, ["page.unreadable", "document.unreadable"]);
    for row in &rows {
        assert_eq!(row[0], format!("'{name}"));
    }
}

#[test]
fn a_sheet_says_beside_a_consistent_conclusion_that_a_traced_die_is_not_excluded() {
    let mut report: Report = serde_json::from_slice(&entries(&PACKED)["report.json"]).unwrap();
    let sheet = |report: &Report, language| {
        let mut bytes = Vec::new();
        let mut sheet = Sheet::begin(&mut bytes, language).unwrap();
        sheet.add(report).unwrap();
        sheet.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let different: Vec<String> = Language::ALL
        .map(|language| sheet(&report, language))
        .into();
    let impression = &mut report.impressions[0];
    impression.conclusion = Conclusion::LeansConsistent;
    let comparison = impression.comparison.as_mut().unwrap();
    comparison.caveats = vec!["traced_die_not_excluded".to_owned()];
    for (language, different) in Language::ALL.into_iter().zip(different) {
        let said = language.word("caveat.traced_die_not_excluded");
        assert!(!different.contains(said), "{different}");
        let leaning = sheet(&report, language);
        let head = leaning.lines().next().unwrap();
        assert!(head.ends_with(",register_revision,caveats"), "{head}");
        let ends_so = |line: &str| line.contains("leans_consistent") && line.ends_with(said);
        assert!(leaning.lines().any(ends_so), "{leaning}");
    }
}

#[test]
fn a_bundle_is_computed_again_and_is_equal_and_two_runs_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    reported(folder, "vi");
    let packed = document(folder, "0001", "zip");
    assert!(fs::read(&packed).unwrap() == *PACKED, "the bytes differ");
    let scan = sample().join("docs/08-forged-font.pdf");
    for number in ["0001", "0002", "0003"] {
        let bundle = document(folder, number, "zip");
        let run = antin(folder, &["verify", "--bundle", bundle.to_str().unwrap()]);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("equal to the report"), "{}", run.stdout);
    }
    let bundle = packed.to_str().unwrap();
    let with = |scan: &Path| {
        let scan = scan.to_str().unwrap();
        antin(folder, &["verify", "--json", "--bundle", bundle, scan])
    };
    let run = with(&scan);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = run.json().remove(0);
    assert_eq!(said["equal"], true);
    assert_eq!(
        (&said["recomputed"], &said["impressions"]),
        (&1.into(), &1.into())
    );
    let run = with(&packed);
    assert_eq!(run.status, 1, "another file is not the document");
}

/// The entries of a bundle, by name.
fn entries(packed: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(packed)).unwrap();
    let mut entries = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        entries.insert(entry.name().unwrap().into_owned(), bytes);
    }
    entries
}

fn packed<'a>(entries: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default();
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read(entries: &BTreeMap<String, Vec<u8>>) -> Result<Bundle, Error> {
    Bundle::read(Cursor::new(packed(entries)))
}

/// Puts an entry's digest into the manifest, as whoever alters a bundle with care would.
fn relisted(entries: &mut BTreeMap<String, Vec<u8>>) {
    let mut manifest: Value = serde_json::from_slice(&entries["bundle.json"]).unwrap();
    for file in manifest["files"].as_array_mut().unwrap() {
        let digest = Sha256::digest(&entries[file["name"].as_str().unwrap()]);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        file["sha256"] = digest.into();
    }
    entries.insert("bundle.json".to_owned(), manifest.to_string().into_bytes());
}

#[test]
fn a_report_that_was_altered_is_named_field_by_field() {
    let mut altered = entries(&PACKED);
    let mut report: Value = serde_json::from_slice(&altered["report.json"]).unwrap();
    assert_eq!(report["impressions"][0]["conclusion"], "different");
    report["impressions"][0]["conclusion"] = "consistent".into();
    report["impressions"][0]["comparison"]["log10_lr"] = 1.5.into();
    report["findings"] = Value::Array(Vec::new());
    altered.insert("report.json".to_owned(), report.to_string().into_bytes());
    let bundle = read(&altered).unwrap();
    assert_eq!(bundle.altered, ["report.json"]);
    relisted(&mut altered);
    let bundle = read(&altered).unwrap();
    assert!(bundle.altered.is_empty());
    let checked = check::check(&bundle).unwrap();
    assert!(!checked.equal);
    let fields: Vec<&str> = checked
        .differences
        .iter()
        .map(|d| d.field.as_str())
        .collect();
    for field in [
        "impressions[0].conclusion",
        "impressions[0].comparison.log10_lr",
        "findings[impression 0].seal.differs_from_specimen",
    ] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    assert_eq!(fields.len(), 3, "{fields:?}");
}

#[test]
fn a_crop_that_was_altered_computes_to_something_else() {
    let mut altered = entries(&PACKED);
    let ink = altered.get_mut("impressions/1/ink.pgm").unwrap();
    let half = ink.len() / 2;
    ink[half..].fill(0);
    relisted(&mut altered);
    let checked = check::check(&read(&altered).unwrap()).unwrap();
    assert!(!checked.equal && !checked.differences.is_empty());
}

#[test]
fn hostile_bundles_are_refused_each_for_its_own_reason() {
    let whole = entries(&PACKED);
    assert!(read(&whole).is_ok());
    let with = |name: &str, bytes: &[u8]| {
        let mut entries = whole.clone();
        entries.insert(name.to_owned(), bytes.to_vec());
        read(&entries).unwrap_err()
    };
    for name in ["../../etc/cron.d/x", "/tmp/x", "seals\\1", "more.json"] {
        let refused = with(name, b"x");
        assert!(
            matches!(refused, Error::UnexpectedEntry { .. }),
            "{refused}"
        );
    }
    let bomb = with("impressions/1/ink.pgm", &vec![0; 18 << 20]);
    assert!(matches!(bomb, Error::TooLarge { .. }), "{bomb}");
    let frame = with("impressions/1/frame.postcard", b"\xff\xff\xff");
    assert!(matches!(frame, Error::Unreadable { .. }), "{frame}");
    let layer = with("impressions/1/text.pgm", b"P5\n2 2\n255\nabcd");
    assert!(matches!(layer, Error::Contradiction { .. }), "{layer}");
    let report = with("report.json", b"{}");
    assert!(matches!(report, Error::Unreadable { .. }), "{report}");
    for name in [
        "bundle.json",
        "report.json",
        "seals.json",
        "impressions/1/ink.pgm",
    ] {
        let mut entries = whole.clone();
        entries.remove(name);
        let refused = read(&entries).unwrap_err();
        assert!(
            matches!(refused, Error::Missing { .. }),
            "{name}: {refused}"
        );
    }
    let mut manifest: Value = serde_json::from_slice(&whole["bundle.json"]).unwrap();
    manifest["impressions"] = 99.into();
    let counted = with("bundle.json", manifest.to_string().as_bytes());
    assert!(matches!(counted, Error::Contradiction { .. }), "{counted}");
    manifest["schema"] = "antin.bundle/9".into();
    let other = with("bundle.json", manifest.to_string().as_bytes());
    assert!(matches!(other, Error::OtherForm { .. }), "{other}");
}

#[test]
fn what_is_no_zip_or_is_cut_off_is_refused() {
    for bytes in [
        &b""[..],
        b"PK\x03\x04",
        b"%PDF-1.7",
        &PACKED[..PACKED.len() / 2],
    ] {
        let refused = Bundle::read(Cursor::new(bytes)).unwrap_err();
        assert!(matches!(refused, Error::NoZip { .. }), "{refused}");
    }
    let names: Vec<String> = (0..12_001).map(|number| format!("x{number}")).collect();
    let nothing = Vec::new();
    let many = packed(names.iter().map(|name| (name, &nothing)));
    let refused = Bundle::read(Cursor::new(many)).unwrap_err();
    assert!(matches!(refused, Error::TooManyEntries { .. }), "{refused}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.zip"), b"PK").unwrap();
    let run = antin(folder.path(), &["verify", "--bundle", "b.zip"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("this is no bundle"), "{}", run.stderr);
}

/// A folder of these fonts alone, which `./test` installs.
fn folder_of(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = Path::new("/usr/share/fonts/truetype").join(file);
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

const DEJAVU: &str = "dejavu/DejaVuSans.ttf";
const MICRO_HEI: &str = "wqy/wqy-microhei.ttc";

#[test]
fn other_fonts_stand_in_for_the_best_and_none_is_told_with_what_to_install() {
    let none = Fonts::of_folder(folder_of(&[]).path()).unwrap_err();
    assert_eq!(none, fonts::Error::NoLatin);
    assert!(none.to_string().contains("fonts-noto-core"), "{none}");
    let latin = Fonts::of_folder(folder_of(&[DEJAVU]).path()).unwrap_err();
    assert_eq!(latin, fonts::Error::NoHanzi);
    assert!(latin.to_string().contains("fonts-noto-cjk"), "{latin}");
    let folder = folder_of(&[DEJAVU, MICRO_HEI]);
    let both = Fonts::of_folder(folder.path()).unwrap();
    assert_eq!(both.families(), ["DejaVu Sans", "WenQuanYi Micro Hei"]);
    let report = serde_json::from_slice(&entries(&PACKED)["report.json"]).unwrap();
    for language in Language::ALL {
        let subject = pdf::Subject {
            report: &report,
            exhibits: &[],
            language,
        };
        let printed = pdf::write(subject, &both).unwrap();
        assert!(
            printed == pdf::write(subject, &both).unwrap(),
            "two runs differ"
        );
        let text = text(&printed);
        let title: String = language
            .word("head.examination")
            .split_whitespace()
            .collect();
        assert!(text.contains(&title), "{language:?}: {text}");
    }
}

#[test]
fn a_report_of_hostile_names_and_of_many_findings_is_still_printed() {
    let folder = folder_of(&[DEJAVU, MICRO_HEI]);
    let fonts = Fonts::of_folder(folder.path()).unwrap();
    let mut report: Report = serde_json::from_slice(&entries(&PACKED)["report.json"]).unwrap();
    report.document.path = format!("a\u{202e}fdp.\u{0}{}\u{1f600}", "x".repeat(30_000));
    let finding = report.findings[0].clone();
    report.findings = vec![finding; 5000];
    let subject = pdf::Subject {
        report: &report,
        exhibits: &[],
        language: Language::Vietnamese,
    };
    let printed = pdf::write(subject, &fonts).unwrap();
    let pages = lopdf::Document::load_mem(&printed).unwrap().get_pages();
    assert!((20..200).contains(&pages.len()), "{} pages", pages.len());
    let text = text(&printed);
    assert!(!text.contains('\u{202e}') && text.contains("và4600mụcnữa"));
}
