//! Drawn letters and bare paper through the whole program: how the seal lies over the signature, and which
//! pages say nothing.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use antin::extraction;
use antin::extraction::Sought;
use antin::imaging::PageImage;
use antin::ingest;
use antin::ingest::Limits;
use antin::ingest::Page;
use antin::ingest::Picture;
use antin::reading::Layout;
use antin::reading::Signed;
use assert_cmd::Command;
use serde_json::Value;

fn antin(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Draws pages of some seals into a folder, 300 dpi in colour.
fn draw(set: &Path, seed: &str, seals: &str) {
    let of = ["synth", "--of", "pages", "--seed", seed, "--seals", seals];
    let each = ["--documents-per-seal", "5", "--specimens", "1"];
    let scanned = ["--conditions", "c300", "-q", set.to_str().unwrap()];
    antin(&[&of[..], &each, &scanned].concat());
}

/// A page of a document.
fn page(path: &Path) -> Page {
    let bytes = fs::read(path).unwrap();
    let mut document = ingest::open(bytes, None, &Limits::default()).unwrap();
    document.page(0).unwrap()
}

/// What is seen of a signature at the first seal of a page.
fn signed(page: &Page) -> Option<Signed> {
    let work = extraction::prepare(page);
    let found = extraction::seek_on(page, &work, &Sought::Framed).impressions;
    let layout = Layout::of(page, &work, &found);
    layout.signatures.into_iter().next()
}

/// The page with its black and blue ink at half of its strength, as of a pale pen.
fn with_pale_ink(mut page: Page) -> Page {
    let PageImage::Colour(mut image) = page.image.whole().into_owned() else {
        panic!("drawn in colour")
    };
    for pixel in image.samples_mut().chunks_exact_mut(3) {
        // The seal's red stays.
        if pixel[0] > pixel[1].saturating_add(40) {
            continue;
        }
        for value in pixel {
            *value = 255 - (255 - *value) / 2;
        }
    }
    page.image = Picture::Whole(PageImage::Colour(image));
    page
}

/// A pen too pale to be read is no reason to say that nobody signed.
#[test]
fn a_pale_signature_is_not_said_to_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw(&set, "4212", "3");
    let (mut seen, mut pale) = (0, 0);
    for entry in fs::read_dir(set.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        let read = page(&path);
        let Some(Signed::Found(_) | Signed::Beside(_)) = signed(&read) else {
            continue;
        };
        seen += 1;
        let faded = signed(&with_pale_ink(read));
        assert_ne!(faded, Some(Signed::Missing), "{}", path.display());
        pale += usize::from(faded == Some(Signed::Unclear));
    }
    assert!(seen >= 6, "{seen}");
    assert!(pale >= 2, "{pale} of {seen} were too pale to be read");
}

/// Five seals on five pages each, a fifth of them bare.
#[test]
fn signatures_are_found_under_seals_and_bare_pages_are_told_from_short_letters() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw(&set, "4211", "5");
    let truth = set.join("truth.jsonl");
    let figures = antin(&["evaluate", "--json", "-q", truth.to_str().unwrap()]);
    let figures: Value = serde_json::from_str(&figures).unwrap();
    let placing = &figures["all"]["placing"];
    let count = |rate: &str, of: &str| placing[rate][of].as_u64().unwrap();
    assert_eq!(count("blank_found", "hits"), 5, "{placing}");
    assert_eq!(count("blank_found", "trials"), 5, "{placing}");
    assert_eq!(count("blank_invented", "hits"), 0, "{placing}");
    assert!(count("blank_invented", "trials") >= 19, "{placing}");
    // Chinese seals cover a black signature whole, which is then not told from the print beneath.
    assert!(count("overlap_read", "hits") >= 8, "{placing}");
    assert!(
        count("overlap_right", "hits") + 1 >= count("overlap_right", "trials"),
        "{placing}"
    );
    assert_eq!(count("signature_invented", "hits"), 0, "{placing}");
}
