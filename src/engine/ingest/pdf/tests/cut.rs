//! Images whose data are cut short inside a whole PDF, in every coding and every way of drawing.

use super::{FULL, flate, image, jpeg, pdf, pixel, read, scan, size, write};
use crate::ingest::encode;
use crate::ingest::encode::{Group3, HEIGHT, WIDTH};
use crate::ingest::{Note, Page, PageError, Reason};
use jpeg_encoder::{ColorType, Encoder};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

/// An image in one coding.
struct Coded {
    name: &'static str,
    stream: Stream,
    /// Whether the coding goes row by row, so that the rows that are there can be counted.
    by_rows: bool,
}

impl Coded {
    fn new(name: &'static str, stream: Stream) -> Self {
        Self {
            name,
            stream,
            by_rows: true,
        }
    }

    fn all_over(name: &'static str, stream: Stream) -> Self {
        Self {
            by_rows: false,
            ..Self::new(name, stream)
        }
    }

    /// The same image with so much of its data.
    fn cut(&self, share: f64) -> Stream {
        let mut stream = self.stream.clone();
        let length = stream.content.len() as f64 * share;
        stream.content.truncate(length as usize);
        stream
    }

    fn height(&self) -> u32 {
        let height = self.stream.dict.get(b"Height").and_then(Object::as_i64);
        u32::try_from(height.unwrap()).unwrap()
    }
}

/// An image of the bitonal drawing.
fn bitonal(filter: &str, params: Dictionary, data: Vec<u8>) -> Stream {
    let mut stream = image(WIDTH, HEIGHT, "DeviceGray", 1, data);
    stream.dict.set("Filter", filter);
    stream.dict.set("DecodeParms", params);
    stream
}

fn fax(k: i64, data: Vec<u8>) -> Stream {
    let (columns, rows) = (i64::from(WIDTH), i64::from(HEIGHT));
    let params = dictionary! { "K" => k, "Columns" => columns, "Rows" => rows };
    bitonal("CCITTFaxDecode", params, data)
}

/// A fax whose two shades are looked up in a palette, which hayro decodes another way.
fn indexed_fax() -> Stream {
    let mut stream = fax(-1, encode::group4());
    let palette = Object::string_literal(vec![0, 0, 0, 255, 255, 255]);
    let space = vec!["Indexed".into(), "DeviceRGB".into(), 1.into(), palette];
    stream.dict.set("ColorSpace", space);
    stream
}

fn coded_jpeg(colour: ColorType, space: &str, progressive: bool) -> Stream {
    let rgb = scan(240, 320).into_rgb8().into_raw();
    let pixels = rgb.chunks(3);
    let samples: Vec<u8> = if matches!(colour, ColorType::Luma) {
        pixels.map(|pixel| pixel[0]).collect()
    } else if matches!(colour, ColorType::CmykAsYcck) {
        pixels.flat_map(|p| [p[0], p[1], p[2], 40]).collect()
    } else {
        rgb
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    encoder.set_progressive(progressive);
    encoder.encode(&samples, 240, 320, colour).unwrap();
    let mut stream = image(240, 320, space, 8, bytes);
    stream.dict.set("Filter", "DCTDecode");
    stream
}

/// Wraps the data of a stream in one more filter.
fn in_flate(mut stream: Stream) -> Stream {
    let inner = stream.dict.get(b"Filter").unwrap().clone();
    let wrapped = flate(Stream::new(Dictionary::new(), stream.content));
    stream.content = wrapped.content;
    stream.dict.set("Filter", vec!["FlateDecode".into(), inner]);
    stream
}

/// 24 x 32 pixels in two tiles, one above the other, made with `OpenJPEG`.
const JPX: &str = "\
    ff4fff51002900000000001800000020000000000000000000000018000000100000000000000000000107\
    0101ff52000c00000001000004040001ff5c00044040ff90000a00000000009c0001ff93cfb68b11505455\
    cdfd420e40000c2418139c241d13dc241d13dc241d13dc241d13dc241d13dc2425fabf1800000000184822\
    a6b090744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f7090\
    744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f7090744f70\
    90744f70907fff90000a0001000000980001ff93cfb68714005c55cdff6252600006120c09ce120e89ee12\
    0e89ee120e89ee120e89ee120e89ee1212fd964c000000000c24115358483a27b8483a27b8483a27b8483a\
    27b8483a27b8483a27b8483a27b8483a27b8483a27b8483a27b8483a27b8483a27b8483a27b8483a27b848\
    3a27b8483a27b8483a27b8483a27b8483a27b8483a27b8483a27b8483fffd9";

fn jpx() -> Stream {
    let digits: Vec<u8> = JPX.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    let mut stream = image(
        24,
        32,
        "DeviceGray",
        8,
        digits.chunks(2).map(byte).collect(),
    );
    stream.dict.set("Filter", "JPXDecode");
    stream
}

/// An image in each coding that PDF knows.
fn codings() -> Vec<Coded> {
    let rgb = scan(240, 320).into_rgb8().into_raw();
    let sixteen = rgb.iter().flat_map(|sample| [*sample, 0]).collect();
    let none = Dictionary::new;
    let mut predicted = flate(image(240, 320, "DeviceRGB", 8, with_png_filter(&rgb, 720)));
    predicted.dict.set(
        "DecodeParms",
        dictionary! { "Predictor" => 15, "Colors" => 3, "Columns" => 240 },
    );
    vec![
        Coded::new("group 4", fax(-1, encode::group4())),
        Coded::new("group 4, palette", indexed_fax()),
        Coded::new("group 3", fax(0, encode::group3(Group3::OneDimension))),
        Coded::new(
            "group 3, 2-D",
            fax(4, encode::group3(Group3::TwoDimensions)),
        ),
        Coded::all_over(
            "JBIG2",
            bitonal("JBIG2Decode", none(), encode::jbig2(HEIGHT)),
        ),
        Coded::all_over(
            "JBIG2, four regions",
            bitonal("JBIG2Decode", none(), encode::jbig2(80)),
        ),
        Coded::new(
            "plain, 1 bit",
            image(WIDTH, HEIGHT, "DeviceGray", 1, encode::packed()),
        ),
        Coded::new(
            "Flate, 1 bit",
            flate(image(WIDTH, HEIGHT, "DeviceGray", 1, encode::packed())),
        ),
        Coded::new("Flate, RGB", flate(image(240, 320, "DeviceRGB", 8, rgb))),
        Coded::new(
            "Flate, 16 bits",
            flate(image(240, 320, "DeviceRGB", 16, sixteen)),
        ),
        Coded::new("Flate, PNG predictor", predicted),
        Coded::new("JPEG", coded_jpeg(ColorType::Rgb, "DeviceRGB", false)),
        Coded::new(
            "JPEG, gray",
            coded_jpeg(ColorType::Luma, "DeviceGray", false),
        ),
        Coded::new(
            "JPEG, CMYK",
            coded_jpeg(ColorType::CmykAsYcck, "DeviceCMYK", false),
        ),
        Coded::all_over(
            "JPEG, progressive",
            coded_jpeg(ColorType::Rgb, "DeviceRGB", true),
        ),
        Coded::all_over("JPEG 2000", jpx()),
    ]
}

/// Rows of samples with PNG's filter type 2 (up) in front of each.
fn with_png_filter(samples: &[u8], row_len: usize) -> Vec<u8> {
    let mut above = vec![0; row_len];
    let mut filtered = Vec::new();
    for row in samples.chunks(row_len) {
        filtered.push(2);
        filtered.extend(
            row.iter()
                .zip(&above)
                .map(|(own, above)| own.wrapping_sub(*above)),
        );
        above.copy_from_slice(row);
    }
    filtered
}

/// What is said of a page whose image is cut: rows held, where they are counted, and rows stated.
fn ends_early(name: &str, result: Result<Page, PageError>) -> (Option<u32>, u32) {
    match result {
        Err(PageError::Unreadable {
            reason: Reason::ImageEndsEarly { rows, of },
            ..
        }) => (rows, of),
        other => panic!("{name}: the image should end early: {other:?}"),
    }
}

/// A scan that fills the page.
fn native(stream: Stream) -> Result<Page, PageError> {
    read(pdf(FULL, vec![("Im", stream)], Dictionary::new()))
}

/// The lower of two strips.
fn strip(stream: Stream) -> Result<Page, PageError> {
    let content = "q 72 0 0 48 0 48 cm /Up Do Q q 72 0 0 48 0 0 cm /Im Do Q";
    let images = vec![("Up", jpeg(240, 320)), ("Im", stream)];
    read(pdf(content, images, Dictionary::new()))
}

/// A scan on its side under a drawn line.
fn turned(stream: Stream) -> Result<Page, PageError> {
    let content = format!("{FULL} 0 0 1 rg 54 12 10 10 re f");
    read(pdf(
        &content,
        vec![("Im", stream)],
        dictionary! { "Rotate" => 90 },
    ))
}

/// A tile of a pattern that fills the page.
fn pattern(stream: Stream) -> Result<Page, PageError> {
    let mut document = Document::with_version("1.7");
    let id = document.add_object(stream);
    let tile = Stream::new(
        dictionary! {
            "PatternType" => 1, "PaintType" => 1, "TilingType" => 1,
            "BBox" => [0, 0, 72, 96].map(Object::from).to_vec(), "XStep" => 72, "YStep" => 96,
            "Resources" => dictionary! { "XObject" => dictionary! { "Im" => id } },
        },
        FULL.into(),
    );
    let tile = document.add_object(tile);
    let resources = dictionary! { "Pattern" => dictionary! { "P" => tile } };
    let entries = dictionary! { "Resources" => resources };
    let content = "/Pattern cs /P scn 0 0 72 96 re f";
    read(write(document, content, Dictionary::new(), entries))
}

/// The mask of a JPEG that fills the page.
fn mask(stream: Stream) -> Result<Page, PageError> {
    let mut document = Document::with_version("1.7");
    let id = document.add_object(stream);
    let mut scan = jpeg(240, 320);
    scan.dict.set("SMask", id);
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(scan));
    read(write(document, FULL, names, Dictionary::new()))
}

#[test]
fn whole_images_of_every_coding_are_readable_however_they_are_drawn() {
    for coded in codings() {
        for draw in [native, strip, turned, pattern] {
            let page = draw(coded.stream.clone());
            assert!(page.is_ok(), "{}: {page:?}", coded.name);
        }
    }
}

#[test]
fn fax_codings_give_the_pixels_that_were_drawn() {
    for coded in &codings()[..8] {
        let page = native(coded.stream.clone()).unwrap();
        assert_eq!(size(&page), (240, 320), "{}", coded.name);
        for y in (0..HEIGHT).step_by(9) {
            let drawn: Vec<bool> = encode::row(y).collect();
            for x in (0..WIDTH).step_by(3) {
                let at = |v: u32, of: u32| (f64::from(v) + 0.5) / f64::from(of);
                let dark = pixel(&page, at(x, WIDTH), at(y, HEIGHT))[0] < 128;
                assert_eq!(dark, drawn[x as usize], "{}: {x}, {y}", coded.name);
            }
        }
    }
}

#[test]
fn an_image_cut_short_makes_its_page_unreadable_however_it_is_drawn() {
    for coded in codings() {
        for draw in [native, strip, turned, pattern] {
            for share in [0.25, 0.5, 0.75, 0.9] {
                let name = format!("{}, {share}", coded.name);
                let (rows, of) = ends_early(&name, draw(coded.cut(share)));
                assert_eq!(of, coded.height(), "{name}");
                assert_eq!(rows.is_some(), coded.by_rows, "{name}");
            }
        }
    }
}

#[test]
fn the_rows_that_are_there_are_counted() {
    for coded in codings().iter().filter(|coded| coded.by_rows) {
        let (rows, of) = ends_early(coded.name, native(coded.cut(0.5)));
        // Half of the data are not half of the rows, but they are neither none nor nearly all.
        let share = f64::from(rows.unwrap()) / f64::from(of);
        assert!((0.1..0.8).contains(&share), "{}: {share}", coded.name);
    }
}

#[test]
fn a_mask_cut_short_makes_its_page_unreadable() {
    for coded in codings() {
        let one_channel = coded
            .stream
            .dict
            .get(b"ColorSpace")
            .and_then(Object::as_name);
        if one_channel.ok() != Some(&b"DeviceGray"[..]) {
            continue;
        }
        let whole = mask(coded.stream.clone());
        assert!(whole.is_ok(), "{}: {whole:?}", coded.name);
        ends_early(coded.name, mask(coded.cut(0.5)));
    }
}

#[test]
fn a_coding_inside_another_filter_is_looked_into() {
    for coded in codings() {
        if coded.stream.dict.get(b"Filter").is_err() || coded.name.contains("Flate") {
            continue;
        }
        let mut inner = coded.stream.clone();
        inner.dict.remove(b"DecodeParms");
        if let Ok(params) = coded.stream.dict.get(b"DecodeParms") {
            inner
                .dict
                .set("DecodeParms", vec![Object::Null, params.clone()]);
        }
        let whole = native(in_flate(inner.clone()));
        assert!(whole.is_ok(), "{}: {whole:?}", coded.name);
        inner.content.truncate(inner.content.len() / 2);
        ends_early(coded.name, native(in_flate(inner)));
    }
}

#[test]
fn a_jpeg_2000_without_one_of_its_tiles_is_cut_short() {
    let mut stream = jpx();
    let first_tile = stream
        .content
        .windows(2)
        .position(|pair| pair == [0xff, 0x90]);
    stream.content.truncate(first_tile.unwrap() + 0x9c);
    stream.content.extend([0xff, 0xd9]);
    ends_early("one of two tiles", native(stream));
}

#[test]
fn a_jbig2_without_its_shared_symbols_is_cut_short() {
    let mut document = Document::with_version("1.7");
    let lost = document.new_object_id();
    let params = dictionary! { "JBIG2Globals" => lost };
    let stream = bitonal("JBIG2Decode", params, encode::jbig2(HEIGHT));
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(stream));
    ends_early(
        "no globals",
        read(write(document, FULL, names, Dictionary::new())),
    );
}

#[test]
fn an_end_marker_before_the_last_row_ends_the_image() {
    // The encoder closed the data in good order, at half the height that the page states.
    let mut stream = fax(-1, encode::group4());
    stream.dict.set("Height", i64::from(2 * HEIGHT));
    let (rows, of) = ends_early("early end", native(stream));
    assert_eq!((rows, of), (Some(HEIGHT), 2 * HEIGHT));
}

/// The data of a stream from the given share of its length on, so many bytes of them overwritten.
fn damaged(mut stream: Stream, share: f64, noise: &[u8]) -> Stream {
    let at = (stream.content.len() as f64 * share) as usize;
    stream.content[at..at + noise.len()].copy_from_slice(noise);
    stream
}

#[test]
fn an_image_damaged_in_its_middle_makes_its_page_unreadable_however_it_is_drawn() {
    let noise: Vec<u8> = (0..48_u32).map(|i| (i * i * 151 + 77) as u8).collect();
    for coded in codings() {
        if !["group", "JBIG2", "JPEG", "JPEG,"].contains(&coded.name.split(' ').next().unwrap())
            || coded.name == "JPEG 2000"
        {
            continue;
        }
        for draw in [native, strip, turned, pattern] {
            for share in [0.3, 0.5, 0.7] {
                let result = draw(damaged(coded.stream.clone(), share, &noise));
                let Err(PageError::Unreadable { reason, .. }) = &result else {
                    panic!("{}, {share}: {result:?}", coded.name);
                };
                let named = matches!(
                    reason,
                    Reason::ImageDamaged { .. }
                        | Reason::ImageEndsEarly { .. }
                        | Reason::ImageNotDecoded
                );
                assert!(named, "{}, {share}: {reason}", coded.name);
            }
        }
    }
}

#[test]
fn damage_in_a_fax_is_placed() {
    let stream = damaged(fax(-1, encode::group4()), 0.5, &[0xa5; 8]);
    match native(stream) {
        Err(PageError::Unreadable {
            reason:
                Reason::ImageDamaged {
                    rows: Some(rows),
                    of,
                },
            ..
        }) => assert!((100..240).contains(&rows) && of == HEIGHT, "{rows} of {of}"),
        other => panic!("the fax should be damaged: {other:?}"),
    }
}

#[test]
fn what_stands_behind_the_end_of_a_fax_is_not_its_own() {
    let mut stream = fax(-1, encode::group4());
    stream.content.extend(b"II*\0 the scanner's tags");
    assert!(native(stream.clone()).is_ok());
    // Fewer rows shown than there are.
    stream.dict.set("Height", i64::from(HEIGHT / 2));
    assert!(native(stream).is_ok());
}

#[test]
fn an_image_with_more_data_than_pixels_is_read_with_a_remark() {
    let mut stream = coded_jpeg(ColorType::Rgb, "DeviceRGB", false);
    let end = stream.content.len() - 2;
    stream.content.splice(end..end, [0xce, 0x1f, 0x84, 0x7e]);
    for draw in [native, strip, turned] {
        assert_eq!(draw(stream.clone()).unwrap().notes, [Note::ImageDoubtful]);
    }
}
