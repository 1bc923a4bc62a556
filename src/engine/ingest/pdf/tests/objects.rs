//! Words of a page and what lies over it, in pixels of the page as scanned.

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::{FULL, image, jpeg, read, write};
use crate::geometry::PixelRect;
use crate::ingest::{Objects, OverlayKind};

/// What stands on a page with this content: a font `F`, a scan `Im` of 300 dpi, and a seal `Seal`.
fn objects(content: &str, entries: Dictionary) -> Objects {
    let mut document = Document::with_version("1.7");
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier",
        "Encoding" => "WinAnsiEncoding",
    });
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(jpeg(300, 400)));
    let seal = image(30, 30, "DeviceGray", 8, vec![90; 900]);
    names.set("Seal", document.add_object(seal));
    let mut all = dictionary! {
        "Resources" => dictionary! {
            "XObject" => names.clone(), "Font" => dictionary! { "F" => font },
        },
    };
    for (key, value) in entries {
        all.set(key, value);
    }
    let page = read(write(document, content, names, all)).unwrap();
    page.objects.unwrap()
}

fn words(content: &str) -> Vec<(String, PixelRect)> {
    objects(content, Dictionary::new()).words
}

fn texts(content: &str) -> Vec<String> {
    words(content).into_iter().map(|(text, _)| text).collect()
}

/// Whether two boxes are the same to a pixel.
fn is_near(found: PixelRect, [x, y, width, height]: [u32; 4]) -> bool {
    let near = |a: u32, b: u32| a.abs_diff(b) <= 1;
    near(found.x, x) && near(found.y, y) && near(found.width, width) && near(found.height, height)
}

#[test]
fn invisible_text_over_a_scan_gives_words_where_they_stand() {
    let content = format!("{FULL} BT 3 Tr /F 10 Tf 10 40 Td (So 12) Tj ET");
    let found = words(&content);
    let [(first, at), (second, behind)] = &found[..] else {
        panic!("two words: {found:?}");
    };
    assert_eq!((first.as_str(), second.as_str()), ("So", "12"));
    // Letters of Courier are 0.6 of its height: 6 points or 25 pixels. The base line is 56 points
    // below the top; letters stand 8 points above it and 2 below.
    let px = 300.0 / 72.0;
    let (left, top) = ((10.0 * px) as u32, (48.0 * px) as u32);
    assert!(is_near(*at, [left, top, 50, 42]), "{at:?}");
    assert!(is_near(*behind, [left + 75, top, 50, 42]), "{behind:?}");
}

#[test]
fn a_page_without_text_or_overlays_has_none() {
    assert_eq!(objects(FULL, Dictionary::new()), Objects::default());
}

#[test]
fn a_word_set_in_pieces_is_one_and_words_set_apart_are_two() {
    let pieces = "BT /F 10 Tf 10 40 Td [(20) -50 (2) 20 (4)] TJ ET";
    assert_eq!(texts(pieces), ["2024"]);
    let runs = "BT /F 10 Tf 1 0 0 1 10 40 Tm (20) Tj 1 0 0 1 22 40 Tm (24) Tj ET";
    assert_eq!(texts(runs), ["2024"]);
    let apart = "BT /F 10 Tf 10 40 Td [(20) -400 (24)] TJ ET";
    assert_eq!(texts(apart), ["20", "24"]);
    let lines = "BT /F 10 Tf 10 TL 10 40 Td (20) Tj T* (24) Tj ET";
    assert_eq!(texts(lines), ["20", "24"]);
}

#[test]
fn text_that_is_filled_and_stroked_is_one_word() {
    assert_eq!(texts("BT 2 Tr /F 10 Tf 10 40 Td (Seal) Tj ET"), ["Seal"]);
}

#[test]
fn words_beside_the_page_are_none() {
    assert!(texts("BT /F 10 Tf 200 40 Td (Seal) Tj ET").is_empty());
}

#[test]
fn more_words_than_are_kept_are_counted() {
    let many = format!("BT /F 1 Tf 10 40 Td ({}) Tj ET", "a ".repeat(20_005));
    // All but the first lie beside the page, which is seen only when they are placed.
    let found = objects(&many, Dictionary::new());
    assert_eq!(found.words_left_out, 5);
    let long = format!("BT /F 0.1 Tf 10 40 Td ({}) Tj ET", "a".repeat(450));
    let lengths: Vec<usize> = texts(&long).iter().map(String::len).collect();
    assert_eq!(lengths, [200, 200, 50]);
}

#[test]
fn a_seal_pasted_over_a_scan_lies_over_it() {
    let content = format!("{FULL} q 24 0 0 24 36 24 cm /Seal Do Q");
    let found = objects(&content, Dictionary::new()).overlays;
    assert_eq!((found.kept.len(), found.left_out), (1, 0));
    assert_eq!(found.kept[0].kind, OverlayKind::Image);
    let at = found.kept[0].bbox;
    assert!(is_near(at, [150, 200, 100, 100]), "{at:?}");
}

#[test]
fn a_stamp_and_a_signature_lie_over_the_scan_where_they_are_shown() {
    let mut document = Document::with_version("1.7");
    let form = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => [0, 0, 9, 9].map(Object::from).to_vec(),
    };
    let form = document.add_object(Stream::new(form, b"1 0 0 rg 0 0 9 9 re f".to_vec()));
    let annotation = |kind: &str, entries: Dictionary| {
        let mut own = dictionary! {
            "Type" => "Annot", "Subtype" => kind, "AP" => dictionary! { "N" => form },
            "Rect" => [36, 24, 60, 48].map(Object::from).to_vec(),
        };
        own.extend(&entries);
        Object::from(own)
    };
    let signature = dictionary! { "FT" => "Sig" };
    let annotations = vec![
        annotation("Stamp", Dictionary::new()),
        annotation("Widget", dictionary! { "Parent" => signature }),
        annotation("Stamp", dictionary! { "F" => 2 }),
        annotation("Widget", dictionary! { "FT" => "Tx" }),
    ];
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(jpeg(300, 400)));
    let entries = dictionary! { "Annots" => annotations };
    let page = read(write(document, FULL, names, entries)).unwrap();
    let overlays = page.objects.unwrap().overlays;
    let kinds: Vec<OverlayKind> = overlays.kept.iter().map(|kept| kept.kind).collect();
    assert_eq!(kinds, [OverlayKind::Stamp, OverlayKind::Signature]);
    let at = overlays.kept[0].bbox;
    assert!(is_near(at, [150, 200, 100, 100]), "{at:?}");
}

#[test]
fn a_turned_page_has_its_words_where_they_are_seen() {
    let content = "BT 3 Tr /F 10 Tf 10 40 Td (So) Tj ET";
    let content = format!("{FULL} {content}");
    let found = objects(&content, dictionary! { "Rotate" => 90 }).words;
    let (text, at) = &found[0];
    assert_eq!(text, "So");
    // Turned clockwise, the letters run downwards, and the page is 96 points wide.
    let px = 300.0 / 72.0;
    let (left, top) = ((38.0 * px) as u32, (10.0 * px) as u32);
    assert!(is_near(*at, [left, top, 42, 50]), "{at:?}");
}

#[test]
fn a_scan_that_leaves_a_margin_has_its_words_on_its_own_pixels() {
    // The scan starts half a point from the left edge, so that its first column shows that place.
    let content = "q 71.5 0 0 96 0.5 0 cm /Im Do Q BT 3 Tr /F 10 Tf 10 40 Td (So) Tj ET";
    let found = words(content);
    let left = (9.5 * 300.0 / 71.5) as u32;
    assert!(found[0].1.x.abs_diff(left) <= 1, "{found:?}");
}
