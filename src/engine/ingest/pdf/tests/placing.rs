//! When a scan is taken as it is, and when its page must be drawn.

use super::{FULL, dpi, flate, image, is_red, jpeg, pdf, pixel, read, reason, size, write};
use crate::imaging::PageImage;
use crate::ingest::Page;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

/// The size of a page whose scan has 150 dpi and is taken as it is.
const NATIVE: (usize, usize) = (150, 200);

/// The size of the same page when it is drawn: at the least resolution, 300 dpi.
const DRAWN: (usize, usize) = (300, 400);

/// A page with a scan of 150 dpi, and graphics states `Multiply` and `Half` to draw it with.
fn page(content: &str) -> Page {
    let mut document = Document::with_version("1.7");
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(jpeg(150, 200)));
    let entries = dictionary! {
        "Resources" => dictionary! {
            "XObject" => names.clone(),
            "ExtGState" => dictionary! {
                "Multiply" => dictionary! { "BM" => "Multiply" },
                "Half" => dictionary! { "ca" => 0.5 },
            },
        },
    };
    read(write(document, content, names, entries)).unwrap()
}

#[test]
fn a_scan_is_taken_as_it_is_only_where_it_is_the_page_and_nothing_changes_it() {
    for (what, content, expected) in [
        ("the whole page", FULL, NATIVE),
        ("99 % of it", "q 71.5 0 0 95.5 0 0 cm /Im Do Q", (149, 199)),
        ("95 % of it", "q 70 0 0 94 0 0 cm /Im Do Q", DRAWN),
        (
            "more than the page",
            "q 144 0 0 192 -36 -48 cm /Im Do Q",
            (75, 100),
        ),
        ("twice", "q 72 0 0 96 0 0 cm /Im Do /Im Do Q", NATIVE),
        ("slanted", "q 72 1 -1 96 0 0 cm /Im Do Q", DRAWN),
        (
            "clipped",
            "q 0 0 72 48 re W n 72 0 0 96 0 0 cm /Im Do Q",
            DRAWN,
        ),
        (
            "clipped to the page",
            "q 0 0 72 96 re W n 72 0 0 96 0 0 cm /Im Do Q",
            NATIVE,
        ),
        (
            "multiplied",
            "q /Multiply gs 72 0 0 96 0 0 cm /Im Do Q",
            DRAWN,
        ),
        (
            "half transparent",
            "q /Half gs 72 0 0 96 0 0 cm /Im Do Q",
            DRAWN,
        ),
        (
            "over a line",
            "0 0 m 72 96 l S q 72 0 0 96 0 0 cm /Im Do Q",
            NATIVE,
        ),
        (
            "under a line",
            "q 72 0 0 96 0 0 cm /Im Do Q 0 0 m 72 96 l S",
            DRAWN,
        ),
        (
            "under a line out of sight",
            "q 72 0 0 96 0 0 cm /Im Do Q 80 0 m 90 96 l S",
            NATIVE,
        ),
    ] {
        let size = size(&page(content));
        // What lies just inside the page's edge is cropped by pixels, which round either way.
        let near = size.0.abs_diff(expected.0) <= 1 && size.1.abs_diff(expected.1) <= 1;
        assert!(near, "{what}: {size:?}");
    }
}

#[test]
fn a_mirrored_scan_is_set_right() {
    let page = page("q -72 0 0 96 72 0 cm /Im Do Q");
    assert_eq!(size(&page), NATIVE);
    assert!(is_red(pixel(&page, 0.9, 0.1)) && !is_red(pixel(&page, 0.1, 0.1)));
}

#[test]
fn a_drawn_page_of_a4_has_the_pixels_of_a_scan() {
    // Sides in points are rounded, not cut: 2479.98 pixels are 2480.
    let entries =
        dictionary! { "MediaBox" => vec![0.into(), 0.into(), 595.196.into(), 841.89.into()] };
    let page = read(pdf("0 0 100 100 re f", vec![], entries)).unwrap();
    assert_eq!(size(&page), (2480, 3508));
    assert!((dpi(&page) - 300.0).abs() < 0.05);
}

#[test]
fn a_crop_box_beyond_the_page_ends_with_it_and_turns_with_it() {
    let boxes = [-100, 48, 36, 500].map(Object::from).to_vec();
    let entries = dictionary! { "CropBox" => boxes, "Rotate" => 90 };
    let page = read(pdf(FULL, vec![("Im", jpeg(300, 400))], entries)).unwrap();
    // The upper left quarter, which the mark fills, lying on its side.
    assert_eq!(size(&page), (200, 150));
    assert!(is_red(pixel(&page, 0.05, 0.05)) && is_red(pixel(&page, 0.95, 0.95)));
}

#[test]
fn an_inline_image_is_taken_like_any_other() {
    let samples = [200, 0, 0]
        .repeat(12 * 8)
        .into_iter()
        .chain([0, 0, 200].repeat(12 * 8));
    let hex: String = samples.map(|sample: u8| format!("{sample:02x}")).collect();
    let content =
        format!("q 72 0 0 96 0 0 cm BI /W 12 /H 16 /CS /RGB /BPC 8 /F /AHx ID {hex}> EI Q");
    let page = read(pdf(&content, vec![], Dictionary::new())).unwrap();
    assert_eq!(size(&page), (12, 16));
    assert_eq!(pixel(&page, 0.5, 0.25), [200, 0, 0]);
    assert_eq!(pixel(&page, 0.5, 0.75), [0, 0, 200]);
}

#[test]
fn inks_of_a_cmyk_scan_are_the_colours_that_they_print() {
    let red = [0, 255, 255, 0].repeat(240 * 160);
    let paper = [0, 0, 0, 0].repeat(240 * 160);
    let stream = flate(image(240, 320, "DeviceCMYK", 8, [red, paper].concat()));
    let page = read(pdf(FULL, vec![("Im", stream)], Dictionary::new())).unwrap();
    assert!(is_red(pixel(&page, 0.5, 0.25)));
    assert_eq!(pixel(&page, 0.5, 0.75), [255; 3]);
}

/// A scan with one annotation, whose normal appearance and flags are given.
fn annotated(appearance: Stream, flags: i64) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(jpeg(150, 200)));
    let form = document.add_object(appearance);
    let signature = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "F" => flags,
        "Rect" => [54, 12, 64, 22].map(Object::from).to_vec(),
        "AP" => dictionary! { "N" => form },
    });
    let entries = dictionary! { "Annots" => vec![signature.into()] };
    write(document, FULL, names, entries)
}

fn appearance() -> Stream {
    let entries = dictionary! {
        "Type" => "XObject", "Subtype" => "Form",
        "BBox" => [0, 0, 10, 10].map(Object::from).to_vec(),
    };
    Stream::new(entries, b"1 0 0 rg 0 0 10 10 re f".to_vec())
}

#[test]
fn a_signature_s_appearance_is_drawn_and_a_hidden_one_is_not() {
    let shown = read(annotated(appearance(), 4)).unwrap();
    assert_eq!(size(&shown), DRAWN);
    assert_eq!(pixel(&shown, 59.0 / 72.0, 79.0 / 96.0), [255, 0, 0]);
    let hidden = read(annotated(appearance(), 2)).unwrap();
    assert_eq!(size(&hidden), NATIVE);
}

#[test]
fn an_appearance_that_cannot_be_drawn_makes_the_page_unreadable_unless_it_is_hidden() {
    let mut boundless = appearance();
    boundless.dict.remove(b"BBox");
    let said = reason(read(annotated(boundless.clone(), 4)));
    assert!(said.contains("annotation"), "{said}");
    assert!(read(annotated(boundless, 2)).is_ok());
    let mut broken = appearance();
    broken.dict.set("Filter", "CCITTFaxDecode");
    assert!(read(annotated(broken, 4)).is_err());
}

#[test]
fn a_scan_that_is_switched_off_is_not_a_blank_page() {
    let mut document = Document::with_version("1.7");
    let layer = document
        .add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("Scan") });
    let mut off = jpeg(150, 200);
    off.dict.set("OC", layer);
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(off));
    let config = dictionary! {
        "OCGs" => vec![layer.into()],
        "D" => dictionary! { "OFF" => vec![layer.into()] },
    };
    let bytes = write(document, FULL, names, Dictionary::new());
    let mut document = Document::load_mem(&bytes).unwrap();
    document.catalog_mut().unwrap().set("OCProperties", config);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    let said = reason(read(bytes));
    assert!(said.contains("hidden"), "{said}");
}

#[test]
fn layers_of_one_scan_are_drawn_together() {
    // Paper below, and a stencil of ink above it, as scanners that split their pages write them.
    let paper = flate(image(75, 100, "DeviceRGB", 8, [240, 235, 225].repeat(7500)));
    let row: Vec<u8> = (0..30)
        .map(|byte| if byte < 15 { 0 } else { 0xff })
        .collect();
    let mut ink = flate(image(240, 320, "DeviceGray", 1, row.repeat(320)));
    ink.dict.remove(b"ColorSpace");
    ink.dict.set("ImageMask", true);
    let content = "q 72 0 0 96 0 0 cm /Paper Do 0.8 0 0 rg /Ink Do Q";
    let page = read(pdf(
        content,
        vec![("Paper", paper), ("Ink", ink)],
        Dictionary::new(),
    ))
    .unwrap();
    // At the least resolution: the ink's own, 240 dpi, is below it.
    assert_eq!(size(&page), DRAWN);
    assert!(is_red(pixel(&page, 0.25, 0.5)));
    assert_eq!(pixel(&page, 0.75, 0.5), [240, 235, 225]);
    assert!(matches!(*page.image.whole(), PageImage::Colour(_)));
}
