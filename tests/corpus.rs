//! The whole path from bytes to impressions on real scans, where they are at hand.
//!
//! `ANTIN_CORPUS` names a folder of third-party scans with `truth.json` (boxes of seals) and
//! `pdfs.tsv` (PDFs of every kind). They are not part of this repository; without them each test says
//! so and passes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use antin::extraction::Impression;
use antin::matching::Specimen;
use antin::registry::Life;
use antin::registry::Particulars;
use antin::registry::Register;
use antin::registry::RegisteredSeal;
use antin::registry::SpecimenImage;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::sandbox::Options;
use antin::sandbox::Outcome;
use antin::sandbox::PageReading;
use antin::sandbox::Reading;
use antin::sandbox::Source;
use antin::verdict::Conclusion;
use antin::verdict::Policy;
use antin::verify;
use antin::verify::Examination;
use antin::verify::Report;
use antin::verify::Seals;
use rayon::prelude::*;
use serde::Deserialize;

/// How far a centre may stand from the labelled one, as a share of the radius.
const CENTRE_SHARE_MAX: f64 = 0.25;

/// Endings of the files that are read.
const ENDINGS: [&str; 4] = ["pdf", "png", "jpg", "jpeg"];

/// The pages that were looked at one by one.
#[derive(Deserialize)]
struct Truth {
    items: Vec<Item>,
}

/// One page and the boxes of its seals.
#[derive(Deserialize)]
struct Item {
    file: String,
    page_index: u32,
    render_dpi: f64,
    seals: Vec<Seal>,
}

#[derive(Deserialize)]
struct Seal {
    bbox: [f64; 4],
}

#[test]
fn every_seal_of_the_looked_at_pages_is_found_and_nothing_else() {
    let Some(corpus) = corpus() else { return };
    let truth = fs::read_to_string(corpus.join("truth.json")).unwrap();
    let truth: Truth = serde_json::from_str(&truth).unwrap();
    let faults: Vec<String> = truth
        .items
        .par_iter()
        .flat_map(|item| page_faults(&corpus, item))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn seals_of_strangers_are_not_accused_of_being_registered_ones() {
    let Some(corpus) = corpus() else { return };
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args(["verify", "--quiet", "--json", "--register"])
        .arg("fixtures/demo/register.csv")
        .args(["vignette", "getseal", "stamp2vec"].map(|folder| corpus.join(folder)))
        .output()
        .unwrap();
    let reports = String::from_utf8(output.stdout).unwrap();
    let (mut impressions, mut accused) = (0, Vec::new());
    for line in reports.lines() {
        let report: serde_json::Value = serde_json::from_str(line).unwrap();
        if report["schema"] == "antin.link/1" {
            continue;
        }
        impressions += report["impressions"].as_array().unwrap().len();
        let findings = report["findings"].as_array().unwrap();
        if findings
            .iter()
            .any(|finding| finding["severity"] == "violation")
        {
            accused.push(report["document"]["path"].clone());
        }
    }
    assert!(impressions > 20, "{impressions}");
    assert!(accused.is_empty(), "{accused:?}");
}

/// A 1-bit scan on whose second page seal, title and signature are one black mass; and a scan in colour that bears another body's seal.
const ONE_MASS: &str = "vietadmin/data/1.pdf";
const OF_ANOTHER_BODY: &str = "vietadmin/data/3.pdf";

#[test]
fn the_seal_in_a_real_black_mass_is_found_and_taken_for_itself_and_another_bodys_is_not() {
    let Some(corpus) = corpus() else { return };
    let [own, other] = [ONE_MASS, OF_ANOTHER_BODY].map(|name| corpus.join(name));
    for path in [&own, &other] {
        assert!(path.is_file(), "{} is not there", path.display());
    }
    let pages = read(&own).pages;
    let page = pages.into_iter().find(|page| page.number == 2).unwrap();
    let mut found = page.content.unwrap().impressions;
    assert_eq!(found.len(), 1, "the page bears one seal");
    let register = register(found.remove(0));
    let report = reported(&own, &register);
    let mut impressions = report.impressions.iter();
    let again = impressions.find(|impression| impression.page == 2).unwrap();
    assert_eq!(again.seal.as_deref(), Some("S1"), "{again:?}");
    let (conclusion, is_examined) = (again.conclusion, again.comparison.is_some());
    assert!(
        is_examined && conclusion != Conclusion::NotExaminable,
        "{again:?}"
    );
    assert!(!conclusion.is_against(), "{again:?}");
    for stranger in reported(&other, &register).impressions {
        assert!(!stranger.conclusion.is_for(), "{stranger:?}");
    }
}

/// A register of one seal with one specimen.
fn register(specimen: Impression) -> Register {
    let mut register = Register::default();
    register.seals.push(RegisteredSeal {
        id: "S1".to_owned(),
        version: 1,
        particulars: Particulars::default(),
        life: Life::default(),
        specimen: Specimen::enrol(std::slice::from_ref(&specimen)).unwrap(),
        images: vec![SpecimenImage {
            sha256: "of the scan".to_owned(),
            stated_dpi: None,
            impression: specimen,
        }],
    });
    register
}

/// The report of a file under a register.
fn reported(path: &Path, register: &Register) -> Report {
    let policy = Policy::default();
    let examination = Examination {
        register,
        policy: &policy,
        rules: RuleSet::shipped(),
        claim: None,
        seals: Seals::Optional,
        date: None,
        given: None,
    };
    let options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_antin")));
    let name = path.display().to_string();
    verify::document(&name, Source::Path(path), &options, &examination).report
}

#[test]
fn every_file_gives_pages_or_a_plain_reason() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    collect(&corpus, &mut files);
    assert!(!files.is_empty(), "no files in {}", corpus.display());
    let mut seen: Vec<Seen> = files.par_iter().map(|path| see(&corpus, path)).collect();
    print_by_folder(&seen);
    let categories = categories(&corpus);
    print_by_category(&seen, &categories);
    let mut faults: Vec<String> = seen.iter().flat_map(|one| one.faults.clone()).collect();
    let known: BTreeSet<&str> = seen.iter().map(|one| one.name.as_str()).collect();
    let unknown = categories
        .keys()
        .filter(|name| !known.contains(name.as_str()));
    faults.extend(unknown.map(|name| format!("{name}: listed and not there")));
    seen.sort_by_key(|one| Reverse(one.took));
    println!("slowest: seconds, pages");
    for one in seen.iter().take(10) {
        println!("{}: {:.1}, {}", one.name, one.took.as_secs_f64(), one.pages);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What came of one file.
struct Seen {
    /// Its path inside the corpus.
    name: String,
    outcome: Outcome,
    pages: usize,
    impressions: usize,
    faults: Vec<String>,
    took: Duration,
}

fn see(corpus: &Path, path: &Path) -> Seen {
    let before = Instant::now();
    let reading = read(path);
    let inside = path.strip_prefix(corpus).unwrap_or(path);
    let name = inside.display().to_string();
    Seen {
        took: before.elapsed(),
        pages: reading.pages.len(),
        impressions: impressions(&reading),
        faults: reason_faults(&name, &reading),
        outcome: reading.outcome,
        name,
    }
}

/// The category of every listed PDF.
fn categories(corpus: &Path) -> BTreeMap<String, String> {
    let list = fs::read_to_string(corpus.join("pdfs.tsv")).expect("the corpus lists its PDFs");
    let rows = list.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let category = columns.next()?.to_owned();
        Some((columns.next()?.to_owned(), category))
    });
    rows.collect()
}

fn print_by_category(seen: &[Seen], categories: &BTreeMap<String, String>) {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for one in seen {
        if let Some(category) = categories.get(&one.name) {
            counts.entry(category).or_default()[match one.outcome {
                Outcome::Read => 0,
                Outcome::Unreadable { .. } => 1,
                Outcome::NotProcessed { .. } => 2,
            }] += 1;
        }
    }
    println!("category: read, unreadable, not processed");
    for (category, [read, unreadable, not_processed]) in counts {
        println!("{category}: {read}, {unreadable}, {not_processed}");
    }
}

fn print_by_folder(seen: &[Seen]) {
    let mut folders: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for one in seen {
        let folder = one.name.split('/').next().unwrap_or_default();
        let counted = folders.entry(folder).or_default();
        counted.0 += 1;
        counted.1 += one.pages;
        counted.2 += one.impressions;
    }
    println!("folder: files, pages, impressions");
    for (folder, (files, pages, impressions)) in folders {
        println!("{folder}: {files}, {pages}, {impressions}");
    }
}

/// The corpus, or a line that says that it is not there.
fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("ANTIN_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        println!("skipped: ANTIN_CORPUS names no folder of scans");
    }
    corpus
}

fn read(path: &Path) -> Reading {
    let options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_antin")));
    sandbox::read(Source::Path(path), &options)
}

/// What is wrong with the impressions found on a page that was looked at.
fn page_faults(corpus: &Path, item: &Item) -> Vec<String> {
    let name = format!("{} page {}", item.file, item.page_index + 1);
    let reading = read(&corpus.join(&item.file));
    let number = item.page_index + 1;
    let Some(page) = reading.pages.iter().find(|page| page.number == number) else {
        return vec![format!("{name}: no such page ({:?})", reading.outcome)];
    };
    let centres = match &page.content {
        Ok(extraction) => extraction.impressions.iter().map(|one| one.outline.centre),
        Err(error) => return vec![format!("{name}: {error}")],
    };
    let mut centres: Vec<(f64, f64)> = centres.map(|centre| (centre.x, centre.y)).collect();
    let Some(scale) = scale(item, page) else {
        return vec![format!("{name}: its resolution is not known")];
    };
    let mut faults = Vec::new();
    for seal in &item.seals {
        let [x, y, width, height] = seal.bbox.map(|value| value * scale);
        let centre = (x + width / 2.0, y + height / 2.0);
        let within = CENTRE_SHARE_MAX * (width + height) / 4.0;
        let hit = centres
            .iter()
            .position(|found| libm::hypot(found.0 - centre.0, found.1 - centre.1) <= within);
        match hit {
            Some(hit) => drop(centres.swap_remove(hit)),
            None => faults.push(format!(
                "{name}: no seal found at {centre:.0?}, only at {centres:.0?}"
            )),
        }
    }
    faults.extend(
        centres
            .iter()
            .map(|centre| format!("{name}: no seal stands at {centre:.0?}")),
    );
    faults
}

/// Pixels of the page as read for each pixel of the labels; 0 dpi means the file's own pixels.
fn scale(item: &Item, page: &PageReading) -> Option<f64> {
    if item.render_dpi > 0.0 {
        Some(page.dpi?.get() / item.render_dpi)
    } else {
        Some(1.0)
    }
}

/// Whether a document without a page that could be read says why, and whether any reader failed.
fn reason_faults(name: &str, reading: &Reading) -> Vec<String> {
    let mut reasons: Vec<String> = reading
        .pages
        .iter()
        .filter_map(|page| Some(page.content.as_ref().err()?.to_string()))
        .collect();
    match &reading.outcome {
        Outcome::Unreadable { reason } | Outcome::NotProcessed { reason } => {
            reasons.push(reason.clone());
        }
        Outcome::Read => {}
    }
    let mut faults = Vec::new();
    if reading.pages.is_empty() && reasons.is_empty() {
        faults.push(format!("{name}: neither pages nor a reason"));
    }
    for reason in reasons {
        let failed = reason.contains("made the reader fail") || reason.contains("panicked");
        if failed || reason.trim().is_empty() {
            faults.push(format!("{name}: {reason:?}"));
        }
    }
    faults
}

fn impressions(reading: &Reading) -> usize {
    let read = reading
        .pages
        .iter()
        .filter_map(|page| page.content.as_ref().ok());
    read.map(|extraction| extraction.impressions.len()).sum()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder that does not change").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        {
            files.push(path);
        }
    }
}
