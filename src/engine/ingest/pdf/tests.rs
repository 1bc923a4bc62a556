//! Small PDFs, built here, and what becomes of their pages.

use std::io::Cursor;

use image::DynamicImage;
use image::ImageFormat;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::imaging::{ColourMode, PageImage};
use crate::ingest::{DpiSource, Error, Limits, Page, PageError, open};
use crate::units::Dpi;

mod cut;
mod damage;
mod objects;
mod placing;
mod text;

/// Page of 72 x 96 points: one inch wide, so that an image of 300 pixels lies at 300 dpi.
const PAGE: [i64; 4] = [0, 0, 72, 96];

/// Draws the image `Im` over the whole of [`PAGE`].
const FULL: &str = "q 72 0 0 96 0 0 cm /Im Do Q";

/// A PDF of one page: content, objects by name, further entries of the page.
fn pdf(content: &str, objects: Vec<(&str, Stream)>, entries: Dictionary) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let mut names = Dictionary::new();
    for (name, stream) in objects {
        let id = document.add_object(stream);
        names.set(name, id);
    }
    write(document, content, names, entries)
}

fn write(mut document: Document, content: &str, names: Dictionary, entries: Dictionary) -> Vec<u8> {
    let content = document.add_object(Stream::new(Dictionary::new(), content.into()));
    let pages: ObjectId = document.new_object_id();
    let mut page = dictionary! {
        "Type" => "Page",
        "Parent" => pages,
        "MediaBox" => PAGE.map(Object::from).to_vec(),
        "Contents" => content,
        "Resources" => dictionary! { "XObject" => names },
    };
    for (key, value) in entries {
        page.set(key, value);
    }
    let page = document.add_object(page);
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, tree.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn image(width: u32, height: u32, space: &str, bits: i64, data: Vec<u8>) -> Stream {
    Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image",
            "Width" => i64::from(width), "Height" => i64::from(height),
            "ColorSpace" => space, "BitsPerComponent" => bits,
        },
        data,
    )
}

/// A scan of paper with noise and a red mark in its upper left quarter.
fn scan(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(image::RgbImage::from_fn(width, height, |x, y| {
        let noise = ((x * 7919 + y * 104_729) % 13) as u8;
        let mark = x < width / 2 && y < height / 2;
        image::Rgb(if mark {
            [200, 30 + noise, 40]
        } else {
            [240 + noise, 235, 225 + noise]
        })
    }))
}

fn jpeg(width: u32, height: u32) -> Stream {
    let mut bytes = Cursor::new(Vec::new());
    scan(width, height)
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .unwrap();
    let mut stream = image(width, height, "DeviceRGB", 8, bytes.into_inner());
    stream.dict.set("Filter", "DCTDecode");
    stream
}

fn flate(mut stream: Stream) -> Stream {
    stream.compress().unwrap();
    stream
}

fn read(bytes: Vec<u8>) -> Result<Page, PageError> {
    open(bytes, None, &Limits::default()).unwrap().page(0)
}

fn size(page: &Page) -> (usize, usize) {
    (page.image.width(), page.image.height())
}

fn dpi(page: &Page) -> f64 {
    page.dpi.map_or(0.0, Dpi::get)
}

/// The pixel at a place given as shares of the page's width and height.
fn pixel(page: &Page, x: f64, y: f64) -> [u8; 3] {
    let (column, row) = (
        (x * page.image.width() as f64) as usize,
        (y * page.image.height() as f64) as usize,
    );
    match &*page.image.whole() {
        PageImage::Bitonal(gray) | PageImage::Gray(gray) => [gray.at(column, row); 3],
        PageImage::Colour(colour) => {
            let (pixels, _) = colour.samples().as_chunks::<3>();
            pixels[row * colour.width() + column]
        }
    }
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    r > 150 && g < 100 && b < 100
}

fn reason(result: Result<Page, PageError>) -> String {
    match result {
        Err(PageError::Unreadable { reason, .. }) => reason.to_string(),
        other => panic!("the page should be unreadable: {other:?}"),
    }
}

#[test]
fn a_full_page_jpeg_is_taken_as_it_is() {
    let stream = jpeg(300, 400);
    let decoded = image::load_from_memory(&stream.content)
        .unwrap()
        .into_rgb8();
    let page = read(pdf(FULL, vec![("Im", stream)], Dictionary::new())).unwrap();
    assert_eq!(
        (size(&page), page.dpi_source),
        ((300, 400), DpiSource::PageSize)
    );
    assert!((dpi(&page) - 300.0).abs() < 1e-9);
    let PageImage::Colour(colour) = page.image.whole().into_owned() else {
        panic!("a red mark needs colour");
    };
    assert_eq!(colour.samples(), decoded.as_raw().as_slice());
}

#[test]
fn a_flate_scan_keeps_its_pixels() {
    let scan = scan(300, 400);
    let stream = flate(image(300, 400, "DeviceRGB", 8, scan.as_bytes().to_vec()));
    let page = read(pdf(FULL, vec![("Im", stream)], Dictionary::new())).unwrap();
    let PageImage::Colour(colour) = page.image.whole().into_owned() else {
        panic!("a red mark needs colour");
    };
    assert_eq!(colour.samples(), scan.as_bytes());
}

#[test]
fn a_one_bit_scan_is_bitonal_with_ink_black() {
    // Left half black; 240 pixels are 30 whole bytes a row.
    let row: Vec<u8> = (0..30)
        .map(|byte| if byte < 15 { 0 } else { 0xff })
        .collect();
    let stream = flate(image(240, 320, "DeviceGray", 1, row.repeat(320)));
    let page = read(pdf(FULL, vec![("Im", stream)], Dictionary::new())).unwrap();
    assert_eq!(page.image.mode(), ColourMode::Bitonal);
    assert_eq!(pixel(&page, 0.1, 0.5), [0; 3]);
    assert_eq!(pixel(&page, 0.9, 0.5), [255; 3]);
}

#[test]
fn a_stencil_over_the_whole_page_is_the_page() {
    let row: Vec<u8> = (0..30)
        .map(|byte| if byte < 15 { 0 } else { 0xff })
        .collect();
    let mut stream = flate(image(240, 320, "DeviceGray", 1, row.repeat(320)));
    stream.dict.remove(b"ColorSpace");
    stream.dict.set("ImageMask", true);
    let page = read(pdf(FULL, vec![("Im", stream)], Dictionary::new())).unwrap();
    assert_eq!(
        (size(&page), page.image.mode()),
        ((240, 320), ColourMode::Bitonal)
    );
    assert_eq!(pixel(&page, 0.1, 0.5), [0; 3]);
    assert_eq!(pixel(&page, 0.9, 0.5), [255; 3]);
}

#[test]
fn a_scan_with_a_mask_is_laid_over_white_paper() {
    let mut document = Document::with_version("1.7");
    // The upper half of the scan is transparent.
    let mask: Vec<u8> = [vec![0; 150 * 100], vec![255; 150 * 100]].concat();
    let mask = document.add_object(image(150, 200, "DeviceGray", 8, mask));
    let mut scan = jpeg(150, 200);
    scan.dict.set("SMask", mask);
    let id = document.add_object(scan);
    let mut names = Dictionary::new();
    names.set("Im", id);
    let page = read(write(document, FULL, names, Dictionary::new())).unwrap();
    assert_eq!(size(&page), (150, 200));
    assert_eq!(pixel(&page, 0.1, 0.25), [255; 3]);
    assert_ne!(pixel(&page, 0.1, 0.75), [255; 3]);
}

#[test]
fn rotate_turns_the_scan_by_quarters() {
    for (turn, wide, red) in [
        (90, (400, 300), (0.75, 0.25)),
        (180, (300, 400), (0.75, 0.75)),
        (270, (400, 300), (0.25, 0.75)),
    ] {
        let entries = dictionary! { "Rotate" => turn };
        let page = read(pdf(FULL, vec![("Im", jpeg(300, 400))], entries)).unwrap();
        assert_eq!(size(&page), wide, "rotate {turn}");
        assert!(is_red(pixel(&page, red.0, red.1)), "rotate {turn}");
        assert!(!is_red(pixel(&page, 1.0 - red.0, red.1)), "rotate {turn}");
        assert!((dpi(&page) - 300.0).abs() < 1e-9, "rotate {turn}");
    }
}

#[test]
fn the_crop_box_crops_in_whole_pixels() {
    // The right half and the lower three quarters: 150 x 300 pixels, without the mark's left half.
    let entries = dictionary! { "CropBox" => [36, 0, 72, 72].map(Object::from).to_vec() };
    let page = read(pdf(FULL, vec![("Im", jpeg(300, 400))], entries)).unwrap();
    assert_eq!(size(&page), (150, 300));
    assert!((dpi(&page) - 300.0).abs() < 1e-9);
    assert!(!is_red(pixel(&page, 0.1, 0.1)));
}

#[test]
fn strips_are_drawn_pixel_for_pixel() {
    let scan = scan(300, 400).into_rgb8();
    let (upper, lower) = scan.as_raw().split_at(300 * 200 * 3);
    let strip = |data: &[u8]| flate(image(300, 200, "DeviceRGB", 8, data.to_vec()));
    let content = "q 72 0 0 48 0 48 cm /A Do Q q 72 0 0 48 0 0 cm /B Do Q";
    let strips = vec![("A", strip(upper)), ("B", strip(lower))];
    let page = read(pdf(content, strips, Dictionary::new())).unwrap();
    assert_eq!(size(&page), (300, 400));
    let PageImage::Colour(colour) = page.image.whole().into_owned() else {
        panic!("a red mark needs colour");
    };
    assert_eq!(colour.samples(), scan.as_raw().as_slice());
}

#[test]
fn invisible_text_leaves_the_scan_as_it_is_and_visible_text_does_not() {
    for (mode, native) in [(3, true), (0, false)] {
        let mut document = Document::with_version("1.7");
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        });
        let id = document.add_object(jpeg(150, 200));
        let mut names = Dictionary::new();
        names.set("Im", id);
        let entries = dictionary! {
            "Resources" => dictionary! {
                "XObject" => names.clone(), "Font" => dictionary! { "F" => font },
            },
        };
        let content = format!("{FULL} BT /F 12 Tf {mode} Tr 10 10 Td (scan) Tj ET");
        let page = read(write(document, &content, names, entries)).unwrap();
        // The scan has 150 dpi; a page that must be drawn has at least 300.
        let expected = if native { (150, 200) } else { (300, 400) };
        assert_eq!(size(&page), expected, "text mode {mode}");
    }
}

#[test]
fn a_vector_mark_over_the_scan_is_drawn() {
    let content = format!("{FULL} 0 0 1 rg 54 12 10 10 re f");
    let page = read(pdf(
        &content,
        vec![("Im", jpeg(300, 400))],
        Dictionary::new(),
    ))
    .unwrap();
    assert_eq!(pixel(&page, 59.0 / 72.0, 79.0 / 96.0), [0, 0, 255]);
}

#[test]
fn an_annotation_with_an_appearance_is_drawn() {
    let mut document = Document::with_version("1.7");
    let id = document.add_object(jpeg(300, 400));
    let mut names = Dictionary::new();
    names.set("Im", id);
    let form = document.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "BBox" => [0, 0, 10, 10].map(Object::from).to_vec(),
        },
        b"1 0 0 rg 0 0 10 10 re f".to_vec(),
    ));
    let stamp = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Stamp",
        "Rect" => [54, 12, 64, 22].map(Object::from).to_vec(),
        "AP" => dictionary! { "N" => form },
    });
    let entries = dictionary! { "Annots" => vec![stamp.into()] };
    let page = read(write(document, FULL, names, entries)).unwrap();
    assert_eq!(pixel(&page, 59.0 / 72.0, 79.0 / 96.0), [255, 0, 0]);
}

#[test]
fn a_page_without_content_is_blank_and_readable() {
    let page = read(pdf("", vec![], Dictionary::new())).unwrap();
    assert_eq!(
        (size(&page), page.image.mode()),
        ((300, 400), ColourMode::Bitonal)
    );
    assert_eq!(pixel(&page, 0.5, 0.5), [255; 3]);
}

#[test]
fn an_image_that_does_not_decode_makes_the_page_unreadable() {
    let mut broken = jpeg(300, 400);
    broken.content = b"no JPEG at all".to_vec();
    let reason = reason(read(pdf(FULL, vec![("Im", broken)], Dictionary::new())));
    assert!(reason.contains("cannot be decoded"), "{reason}");
}

#[test]
fn one_failing_image_among_others_makes_the_page_unreadable() {
    let mut empty = image(300, 200, "DeviceRGB", 8, vec![]);
    empty.dict.set("Filter", "FlateDecode");
    let content = "q 72 0 0 48 0 48 cm /A Do Q q 72 0 0 48 0 0 cm /B Do Q";
    let images = vec![("A", jpeg(300, 200)), ("B", empty)];
    let reason = reason(read(pdf(content, images, Dictionary::new())));
    assert!(reason.contains("cannot be decoded"), "{reason}");
}

#[test]
fn images_whose_data_end_early_make_the_page_unreadable() {
    let mut cut = jpeg(300, 400);
    cut.content.truncate(cut.content.len() * 2 / 3);
    let cut = reason(read(pdf(FULL, vec![("Im", cut)], Dictionary::new())));
    assert!(cut.contains("end early"), "{cut}");

    let half = image(300, 400, "DeviceGray", 8, vec![128; 300 * 200]);
    let half = reason(read(pdf(FULL, vec![("Im", half)], Dictionary::new())));
    assert!(half.contains("end early"), "{half}");
}

#[test]
fn a_scan_that_is_missing_from_the_file_makes_the_page_unreadable() {
    let mut document = Document::with_version("1.7");
    let lost: ObjectId = document.new_object_id();
    let mut names = Dictionary::new();
    names.set("Im", lost);
    let reason = reason(read(write(document, FULL, names, Dictionary::new())));
    assert!(reason.contains("missing"), "{reason}");
}

#[test]
fn a_file_cut_off_in_its_scan_is_never_a_blank_page() {
    let whole = pdf(FULL, vec![("Im", jpeg(300, 400))], Dictionary::new());
    for share in 1..10 {
        let cut = whole[..whole.len() * share / 10].to_vec();
        match open(cut, None, &Limits::default()) {
            Err(error) => assert!(matches!(error, Error::Truncated { .. }), "{error}"),
            Ok(mut document) => {
                reason(document.page(0));
            }
        }
    }
}

#[test]
fn a_converter_s_page_of_72_dpi_has_no_known_resolution() {
    let entries = dictionary! { "MediaBox" => [0, 0, 300, 400].map(Object::from).to_vec() };
    let content = "q 300 0 0 400 0 0 cm /Im Do Q";
    let page = read(pdf(content, vec![("Im", jpeg(300, 400))], entries)).unwrap();
    assert_eq!(
        (size(&page), page.dpi_source),
        ((300, 400), DpiSource::Unknown)
    );
}

#[test]
fn the_user_unit_enlarges_the_page() {
    let entries = dictionary! { "UserUnit" => 2 };
    let page = read(pdf(FULL, vec![("Im", jpeg(300, 400))], entries)).unwrap();
    assert!((dpi(&page) - 150.0).abs() < 1e-9);
}

#[test]
fn an_image_over_the_limit_is_refused_before_it_is_decoded() {
    let bomb = image(20_000, 17_000, "DeviceRGB", 8, vec![0; 16]);
    let result = read(pdf(FULL, vec![("Im", bomb)], Dictionary::new()));
    assert!(matches!(
        result,
        Err(PageError::TooLarge { width: 20_000, .. })
    ));
}

#[test]
fn a_huge_page_is_drawn_within_the_limit_and_says_its_resolution() {
    let entries = dictionary! { "MediaBox" => [0, 0, 200_000, 200_000].map(Object::from).to_vec() };
    let limits = Limits {
        render_pixels_max: 1_000_000,
        ..Limits::default()
    };
    let bytes = pdf("0 0 100 100 re f", vec![], entries);
    let page = open(bytes, None, &limits).unwrap().page(0).unwrap();
    assert_eq!(size(&page), (1000, 1000));
    // 0.36 dpi is true, and no use: it is not believed.
    assert_eq!(page.dpi_source, DpiSource::Unknown);
}

#[test]
fn documents_without_pages_or_beyond_limits_are_refused() {
    let bytes = pdf("", vec![], Dictionary::new());
    let limits = Limits {
        pages_max: 0,
        ..Limits::default()
    };
    let pages = open(bytes.clone(), None, &limits).unwrap_err();
    assert!(matches!(pages, Error::TooManyPages { found: 1, max: 0 }));
    let limits = Limits {
        bytes_max: 10,
        ..Limits::default()
    };
    assert!(matches!(
        open(bytes, None, &limits).unwrap_err(),
        Error::TooLarge { .. }
    ));

    let mut document = Document::with_version("1.7");
    let tree = dictionary! { "Type" => "Pages", "Kids" => Vec::<Object>::new(), "Count" => 0 };
    let pages = document.add_object(tree);
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    let error = open(bytes, None, &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::NoPages { .. }), "{error}");
}

#[test]
fn pages_beyond_the_last_do_not_exist() {
    let mut document = open(pdf("", vec![], Dictionary::new()), None, &Limits::default()).unwrap();
    assert_eq!(
        document.page(1).unwrap_err(),
        PageError::Missing {
            number: 2,
            pages: 1
        }
    );
}
