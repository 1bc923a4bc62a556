//! What files say of themselves, from their bytes to the report.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use antin::sandbox;
use antin::sandbox::Options;
use antin::sandbox::Outcome;
use antin::sandbox::Reading;
use antin::sandbox::Source;
use assert_cmd::Command;
use image::ImageFormat;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn verified(path: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args(["verify", "--quiet", "--json", "--register"])
        .arg(root().join("fixtures/demo/register.csv"))
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    file
}

fn facts_findings(report: &Value) -> Vec<&Value> {
    let findings = report["findings"].as_array().unwrap();
    let about = |finding: &&Value| finding["code"] == "document.file_facts";
    findings.iter().filter(about).collect()
}

/// The file with a change at its end: its catalog again, with these entries.
fn added_to(bytes: &[u8], entries: &str) -> Vec<u8> {
    let document = Document::load_mem(bytes).unwrap();
    let root = document.trailer.get(b"Root").unwrap();
    let (number, _) = root.as_reference().unwrap();
    let pages = document.catalog().unwrap().get(b"Pages").unwrap();
    let (pages, _) = pages.as_reference().unwrap();
    let text: Vec<&[u8]> = bytes.rsplitn(2, |byte| *byte == b'f').collect();
    let before: String = text[0]
        .iter()
        .map(|byte| char::from(*byte))
        .filter(char::is_ascii_digit)
        .collect();
    let object = bytes.len();
    let mut added = bytes.to_vec();
    added.extend_from_slice(
        format!("{number} 0 obj\n<< /Type /Catalog /Pages {pages} 0 R {entries} >>\nendobj\n")
            .as_bytes(),
    );
    let list = added.len();
    let size = document.max_id + 1;
    added.extend_from_slice(
        format!(
            "xref\n{number} 1\n{object:010} 00000 n \ntrailer\n<< /Size {size} /Root {number} 0 R \
             /Prev {before} >>\nstartxref\n{list}\n%%EOF\n"
        )
        .as_bytes(),
    );
    added
}

#[test]
fn a_changed_file_says_so_and_its_seals_are_judged_as_before() {
    let scan = root().join("fixtures/demo/docs/01-genuine-colour.pdf");
    let plain = verified(&scan);
    assert_eq!(plain["document"]["facts"]["revisions"], 1);
    assert_eq!(plain["impressions"][0]["own_image"], false);
    assert!(facts_findings(&plain).is_empty(), "{plain}");
    let script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
    let file = "<< /Type /Filespec /F (data.xml) >>";
    let entries =
        format!("/OpenAction {script} /Names << /EmbeddedFiles << /Names [(a) {file}] >> >>");
    let changed = written(&added_to(&fs::read(&scan).unwrap(), &entries));
    let report = verified(changed.path());
    let facts = &report["document"]["facts"];
    assert_eq!(facts["revisions"], 2, "{report}");
    assert_eq!(facts["scripts"]["java_scripts"], 1);
    assert_eq!(facts["scripts"]["open_action"], "JavaScript");
    assert_eq!(facts["embedded_names"][0], "data.xml");
    let findings = facts_findings(&report);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["severity"], "remark");
    assert_eq!(findings[0]["values"]["revisions_count"], 2);
    for field in ["impressions", "pages", "outcome"] {
        assert_eq!(report[field], plain[field], "{field}");
    }
}

/// A scan without a seal, and a registered specimen laid over it as an image of its own.
fn pasted() -> Vec<u8> {
    let paper = image::GrayImage::from_fn(1240, 1754, |x, y| {
        image::Luma([235 + ((x * 7919 + y * 104_729) % 17) as u8])
    });
    let mut jpeg = Cursor::new(Vec::new());
    paper.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let specimen = image::open(root().join("fixtures/demo/specimens/D01-1.png")).unwrap();
    let specimen = specimen.into_rgb8();
    let points = |pixels: u32| f64::from(pixels) / 300.0 * 72.0;
    let (width, height) = (points(specimen.width()), points(specimen.height()));
    let stream = |width: u32, height: u32, space: &str, data: Vec<u8>| {
        let entries = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width),
            "Height" => i64::from(height), "ColorSpace" => space, "BitsPerComponent" => 8,
        };
        Stream::new(entries, data)
    };
    let mut document = Document::with_version("1.7");
    let mut scan = stream(1240, 1754, "DeviceGray", jpeg.into_inner());
    scan.dict.set("Filter", "DCTDecode");
    let scan = document.add_object(scan);
    let seal = stream(
        specimen.width(),
        specimen.height(),
        "DeviceRGB",
        specimen.into_raw(),
    );
    let seal = document.add_object(seal);
    let content = format!(
        "q 595.2 0 0 841.92 0 0 cm /Scan Do Q q {width} 0 0 {height} 300 200 cm /Seal Do Q"
    );
    let content = document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
    let tree = document.new_object_id();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), Object::Real(595.2), Object::Real(841.92)],
        "Resources" => dictionary! { "XObject" => dictionary! { "Scan" => scan, "Seal" => seal } },
    });
    let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(tree, pages.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_seal_that_was_pasted_over_a_scan_stands_in_an_image_of_its_own() {
    let file = written(&pasted());
    let report = verified(file.path());
    let impressions = report["impressions"].as_array().unwrap();
    assert_eq!(impressions.len(), 1, "{report}");
    assert_eq!(impressions[0]["own_image"], true);
    let findings = facts_findings(&report);
    assert_eq!(findings[0]["impression"], 0);
    assert_eq!(findings[0]["values"]["own_object"], "image");
}

/// A name's figures in the first part of what `antin evaluate` says of files: right, said, due.
fn counted(figures: &Value, start: &str) -> [u64; 3] {
    let claims = figures["files"][0]["claims"].as_array().unwrap();
    let named = |claim: &&Value| claim["name"].as_str().unwrap().starts_with(start);
    let claim = claims.iter().find(named).unwrap();
    ["right", "said", "due"].map(|field| claim[field].as_u64().unwrap())
}

#[test]
fn drawn_files_are_told_by_what_they_hold_and_stamps_by_the_sheets_they_go_across() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set").display().to_string();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_antin"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    let draw = "synth -q --of findings --seals 1 --documents-per-seal 10 --specimens 2 --conditions c200 --seed 43";
    let draw: Vec<&str> = draw.split(' ').collect();
    run(&[&draw[..], &[&set]].concat());
    let figures = run(&["evaluate", "--json", "-q", &format!("{set}/truth.jsonl")]);
    let figures: Value = serde_json::from_slice(&figures).unwrap();
    for kind in [
        "file: added to",
        "file: an embedded",
        "file: a script",
        "file: a digital signature",
        "a seal in an image",
    ] {
        assert_eq!(counted(&figures, kind), [1, 1, 1], "{kind}: {figures}");
    }
    let [right, said, due] = counted(&figures, "one seal across");
    assert!(right == said && right >= 1 && due == 2, "{figures}");
    // Words are held against the picture's only where these are read.
    assert_eq!(counted(&figures, "file: other words"), [0, 0, 0]);
}

#[test]
fn a_file_that_holds_up_who_looks_through_it_loses_its_facts_and_no_page() {
    let mut document = Document::load_mem(&pasted()).unwrap();
    // Thousands of branches, each a dictionary that takes long to read.
    let mut branch = Dictionary::new();
    for key in 0..300_000 {
        branch.set(format!("K{key}"), 0);
    }
    let branch = document.add_object(branch);
    let tree = dictionary! { "Kids" => vec![Object::from(branch); 10_000] };
    let names = dictionary! { "EmbeddedFiles" => tree };
    document.catalog_mut().unwrap().set("Names", names);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    let mut options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_antin")));
    options.child.cpu_seconds_per_page = 4;
    options.child.cpu_seconds_max = 8;
    let reading = sandbox::read(Source::Bytes(&bytes), &options);
    assert_eq!(reading.outcome, Outcome::Read);
    assert!(reading.pages[0].content.is_ok(), "{:?}", reading.pages);
    assert!(reading.facts.is_err(), "{:?}", reading.facts);
}

fn read(path: &Path) -> Reading {
    let options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_antin")));
    sandbox::read(Source::Path(path), &options)
}

/// The folder of third-party files, where it is at hand; see tests/corpus.rs.
fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("ANTIN_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        eprintln!("not tried: ANTIN_CORPUS names no corpus");
    }
    corpus
}

#[test]
fn real_files_say_what_they_carry() {
    let Some(corpus) = corpus() else { return };
    let facts = |name: &str| read(&corpus.join(name)).facts.unwrap().unwrap();
    let signed = facts("vietadmin/data/3.pdf");
    assert!(signed.signatures > 0, "{signed:?}");
    let changed = facts("pdfjs/test/pdfs/issue12706.pdf");
    assert!(changed.revisions > 1, "{changed:?}");
    assert!(changed.scripts.java_scripts > 0, "{changed:?}");
}

#[test]
fn every_file_that_is_read_to_its_end_has_its_facts() {
    let Some(corpus) = corpus() else { return };
    let list = fs::read_to_string(corpus.join("pdfs.tsv")).unwrap();
    let mut tried = 0;
    for line in list.lines().skip(1) {
        let name = line.split('\t').nth(1).unwrap();
        let reading = read(&corpus.join(name));
        if reading.outcome == Outcome::Read {
            tried += 1;
            assert!(
                matches!(reading.facts, Ok(Some(_))),
                "{name}: {:?}",
                reading.facts
            );
        }
    }
    assert!(tried > 100, "{tried} files could be read");
}
