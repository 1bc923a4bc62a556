//! JPEGs of every kind that encoders write, damaged in their middle.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::Source;
use super::held;
use super::strict::decoded;
use crate::imaging::{Colour, Gray, PageImage, Planes};
use crate::ingest::held::Held;

const WIDTH: u16 = 400;
const HEIGHT: u16 = 304;

/// How a picture is coded.
struct Coding {
    name: &'static str,
    colour: ColorType,
    sampling: SamplingFactor,
    progressive: bool,
    restart: u16,
}

/// The codings: colour as scanners and cameras have it, gray, in one pass and in several.
fn codings() -> Vec<Coding> {
    let plain = |name, colour, sampling| Coding {
        name,
        colour,
        sampling,
        progressive: false,
        restart: 0,
    };
    let whole = SamplingFactor::F_1_1;
    let halves = SamplingFactor::F_2_2;
    vec![
        plain("colour", ColorType::Rgb, whole),
        plain("colour, half", ColorType::Rgb, halves),
        plain("colour, across", ColorType::Rgb, SamplingFactor::F_2_1),
        plain("gray", ColorType::Luma, whole),
        Coding {
            restart: 25,
            ..plain("restarts", ColorType::Rgb, halves)
        },
        Coding {
            progressive: true,
            ..plain("progressive", ColorType::Rgb, halves)
        },
        Coding {
            progressive: true,
            ..plain("gray, progressive", ColorType::Luma, whole)
        },
    ]
}

/// Writing on paper with some noise, and a coloured figure.
fn encoded(coding: &Coding) -> Vec<u8> {
    let mut chance = fastrand::Rng::with_seed(5);
    let mut samples = Vec::new();
    for y in 0..u32::from(HEIGHT) {
        for x in 0..u32::from(WIDTH) {
            let ink = y % 24 < 9 && (x * 7 + y / 24 * 31) % 23 < 6;
            let paper = 225 + chance.u8(0..12);
            let level = if ink { 30 + chance.u8(0..40) } else { paper };
            let red = (180..250).contains(&x) && (120..190).contains(&y);
            if coding.colour == ColorType::Luma {
                samples.push(level);
            } else if red {
                samples.extend([190, level / 3, level / 3]);
            } else {
                samples.extend([level; 3]);
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_sampling_factor(coding.sampling);
    encoder.set_progressive(coding.progressive);
    if coding.restart > 0 {
        encoder.set_restart_interval(coding.restart);
    }
    encoder
        .encode(&samples, WIDTH, HEIGHT, coding.colour)
        .unwrap();
    bytes
}

/// Where the data of the first scan begin.
fn data_start(bytes: &[u8]) -> usize {
    let scan = bytes.windows(2).position(|pair| pair == [0xff, 0xda]);
    scan.unwrap() + 14
}

/// How many of 40 pictures, each damaged at another place over so many bytes, are said to be damaged, or
/// at least doubtful.
fn seen(coding: &Coding, length: usize, damage: impl Fn(&mut [u8], &mut fastrand::Rng)) -> usize {
    let sound = encoded(coding);
    let mut chance = fastrand::Rng::with_seed(11);
    let start = data_start(&sound);
    let runs = (0..40).filter(|_| {
        let mut bytes = sound.clone();
        let at = chance.usize(start..bytes.len() * 9 / 10 - length);
        damage(&mut bytes[at..at + length], &mut chance);
        held(&bytes, &[], None) != Held::All
    });
    runs.count()
}

#[test]
fn sound_pictures_of_every_coding_are_whole() {
    for coding in codings() {
        assert_eq!(
            held(&encoded(&coding), &[], None),
            Held::All,
            "{}",
            coding.name
        );
    }
}

#[test]
fn noise_in_the_data_nearly_always_shows() {
    for coding in codings() {
        let found = seen(&coding, 60, |bytes, chance| {
            bytes.fill_with(|| chance.u8(..));
        });
        assert!(found >= 36, "{}: {found} of 40", coding.name);
    }
}

#[test]
fn a_sector_of_zeros_in_the_data_mostly_shows() {
    for coding in codings() {
        let found = seen(&coding, 512, |bytes, _| bytes.fill(0));
        // Zeros are codes too, and their blocks may be as many as those that they replace.
        assert!(found >= 30, "{}: {found} of 40", coding.name);
    }
}

#[test]
fn bytes_that_are_missing_show() {
    for coding in codings() {
        let sound = encoded(&coding);
        let at = (data_start(&sound) + sound.len()) / 2;
        let mut bytes = sound;
        bytes.drain(at..at + 90);
        assert_ne!(held(&bytes, &[], None), Held::All, "{}", coding.name);
    }
}

#[test]
fn an_interval_that_is_missing_is_damage_though_the_others_are_in_step() {
    let coding = &codings()[4];
    let sound = encoded(coding);
    let marks: Vec<usize> = (data_start(&sound)..sound.len() - 1)
        .filter(|at| sound[*at] == 0xff && (0xd0..=0xd7).contains(&sound[at + 1]))
        .collect();
    let mut bytes = sound;
    bytes.drain(marks[3]..marks[4]);
    assert!(matches!(held(&bytes, &[], None), Held::Damaged(Some(_))));
}

#[test]
fn what_a_scanner_leaves_behind_the_last_block_is_doubtful_and_fill_is_not() {
    let mut bytes = encoded(&codings()[0]);
    let end = bytes.len() - 2;
    bytes.splice(end..end, [0; 6]);
    assert_eq!(held(&bytes, &[], None), Held::All);
    bytes.splice(end..end, [0xce, 0x1f, 0x84, 0x7e]);
    assert_eq!(held(&bytes, &[], None), Held::More);
}

#[test]
fn a_frame_that_states_more_rows_than_there_are_is_cut_short_unless_the_page_knows_better() {
    let mut bytes = encoded(&codings()[0]);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]);
    let height = frame.unwrap() + 5;
    bytes[height..height + 2].copy_from_slice(&608_u16.to_be_bytes());
    assert_eq!(held(&bytes, &[], None), Held::Rows(304));
    assert_eq!(held(&bytes, &[], Some((400, 304))), Held::All);
}

#[test]
fn sound_pictures_in_one_pass_are_decoded_as_ever_and_need_no_other_check() {
    for coding in codings() {
        let bytes = encoded(&coding);
        let strict = decoded(&bytes);
        let is_plain = !coding.progressive && coding.restart == 0;
        assert_eq!(strict.is_some(), is_plain, "{}", coding.name);
        let usual = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
        assert!(
            strict.is_none_or(|strict| strict == usual),
            "{}",
            coding.name
        );
    }
}

/// The decoded picture.
fn whole(bytes: &[u8]) -> PageImage {
    let decoded = image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap();
    let (width, height) = (usize::from(WIDTH), usize::from(HEIGHT));
    if let DynamicImage::ImageLuma8(gray) = decoded {
        return PageImage::Gray(Gray::from_samples(width, height, gray.into_raw()).unwrap());
    }
    let samples = decoded.into_rgb8().into_raw();
    PageImage::Colour(Colour::from_samples(width, height, samples).unwrap())
}

fn samples(image: &PageImage) -> &[u8] {
    match image {
        PageImage::Gray(gray) | PageImage::Bitonal(gray) => gray.samples(),
        PageImage::Colour(colour) => colour.samples(),
    }
}

#[test]
fn parts_are_what_decoding_all_of_it_gives() {
    let (width, height) = (usize::from(WIDTH), usize::from(HEIGHT));
    for coding in codings() {
        let bytes = encoded(&coding);
        let source = Source::read(&bytes, 3).map(|read| read.0);
        assert_eq!(source.is_some(), !coding.progressive, "{}", coding.name);
        let Some(source) = source else { continue };
        let all = whole(&bytes);
        for (columns, rows) in [
            (0..width, 0..height),
            (0..1, 0..1),
            (width - 1..width, height - 1..height),
            (150..233, 77..160),
            (7..90, 200..height),
            (300..width, 16..48),
        ] {
            let part = source.part(columns.clone(), rows.clone()).unwrap();
            let expected = all.part(columns.clone(), rows.clone());
            assert!(
                part == samples(&expected),
                "{}: {columns:?} {rows:?}",
                coding.name
            );
        }
        assert_eq!(source.part(0..width + 1, 0..1), None, "{}", coding.name);
    }
}

#[test]
fn the_small_picture_is_the_decoded_one_shrunk() {
    for coding in codings().iter().filter(|coding| !coding.progressive) {
        let bytes = encoded(coding);
        let all = whole(&bytes);
        for factor in [2, 3, 4, 5, 7] {
            let (_, planes, _) = Source::read(&bytes, factor).unwrap();
            let list = |planes: Planes| match planes {
                Planes::Gray(gray) => vec![gray],
                Planes::Colour(colours) => colours.to_vec(),
            };
            let (small, expected) = (list(planes), list(all.shrunk(factor)));
            assert_eq!(small.len(), expected.len(), "{}", coding.name);
            for (small, expected) in small.iter().zip(&expected) {
                assert_eq!(small.width(), expected.width());
                let pairs = small.samples().iter().zip(expected.samples());
                let off: Vec<u8> = pairs.map(|(a, b)| a.abs_diff(*b)).collect();
                let mean = off.iter().map(|&off| f64::from(off)).sum::<f64>() / off.len() as f64;
                let far = off.iter().filter(|&&off| off > 3).count();
                assert!(mean < 0.8, "{} by {factor}: {mean}", coding.name);
                assert!(far * 100 < off.len(), "{} by {factor}: {far}", coding.name);
            }
        }
    }
}

#[test]
fn what_is_not_sound_is_not_read_in_parts() {
    for coding in codings().iter().filter(|coding| !coding.progressive) {
        let sound = encoded(coding);
        let mut chance = fastrand::Rng::with_seed(17);
        let start = data_start(&sound);
        for _ in 0..40 {
            let mut bytes = sound.clone();
            let at = chance.usize(start..bytes.len() - 60);
            bytes[at..at + 50].fill_with(|| chance.u8(..));
            let is_sound = held(&bytes, &[], None) == Held::All;
            let is_read = Source::read(&bytes, 3).is_some();
            // A marker among the noise may end the picture there.
            assert!(is_sound || !is_read, "{} at {at}", coding.name);
        }
        assert!(Source::read(&sound[..sound.len() * 2 / 3], 3).is_none());
    }
}

#[test]
fn pictures_of_four_inks_or_plain_colours_are_not_read_in_parts() {
    let inks = vec![90; 64 * 48 * 4];
    let mut bytes = Vec::new();
    let encoder = Encoder::new(&mut bytes, 90);
    encoder.encode(&inks, 64, 48, ColorType::Cmyk).unwrap();
    assert!(Source::read(&bytes, 2).is_none());
    // The components named R, G and B.
    let mut bytes = encoded(&codings()[0]);
    let frame = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    let scan = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xda])
        .unwrap();
    for (index, name) in b"RGB".iter().enumerate() {
        bytes[frame + 10 + 3 * index] = *name;
        bytes[scan + 5 + 2 * index] = *name;
    }
    assert_eq!(held(&bytes, &[], None), Held::All);
    assert!(Source::read(&bytes, 2).is_none());
}

#[test]
fn four_inks_become_the_same_colours_as_ever() {
    let inks: Vec<u8> = (0..64 * 48 * 4_u32)
        .map(|at| (at * at / 977).to_le_bytes()[0])
        .collect();
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut bytes = Vec::new();
        let encoder = Encoder::new(&mut bytes, 90);
        encoder.encode(&inks, 64, 48, colour).unwrap();
        let usual = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
        assert_eq!(decoded(&bytes), Some(usual), "{colour:?}");
    }
}

#[test]
fn most_damage_is_suspected_while_decoding() {
    for coding in &codings()[..4] {
        let sound = encoded(coding);
        let mut chance = fastrand::Rng::with_seed(13);
        let start = data_start(&sound);
        let suspected = (0..40).filter(|_| {
            let mut bytes = sound.clone();
            let at = chance.usize(start..bytes.len() * 9 / 10 - 300);
            bytes[at..at + 300].fill_with(|| chance.u8(..));
            decoded(&bytes).is_none()
        });
        let suspected = suspected.count();
        assert!(suspected >= 36, "{}: {suspected} of 40", coding.name);
    }
}

#[test]
fn blocks_that_are_left_or_missing_are_suspected() {
    let sound = encoded(&codings()[3]);
    let frame = sound.windows(2).position(|pair| pair == [0xff, 0xc0]);
    let height = frame.unwrap() + 5;
    for rows in [HEIGHT - 8, HEIGHT + 8] {
        let mut bytes = sound.clone();
        bytes[height..height + 2].copy_from_slice(&rows.to_be_bytes());
        assert_eq!(decoded(&bytes), None, "{rows} rows");
    }
    let end = sound.len() - 2;
    let mut bytes = sound.clone();
    bytes.drain(end - 6..end);
    assert_eq!(decoded(&bytes), None, "cut short");
    let mut bytes = sound;
    bytes.splice(end..end, [0xce, 0x1f, 0x84, 0x7e, 0x31]);
    assert_eq!(decoded(&bytes), None, "too long");
}

fn page_jpeg() -> Vec<u8> {
    let noisy = image::RgbImage::from_fn(320, 400, |x, y| {
        let noise = (x * 7919 + y * 104_729) % 23;
        image::Rgb([230 - noise as u8, 225 - noise as u8, 228])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(noisy)
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

fn unreadable(bytes: &[u8]) -> bool {
    crate::ingest::raster::page(
        crate::ingest::error::Format::Jpeg,
        bytes,
        &crate::ingest::limits::Limits::default(),
    )
    .is_err()
}

#[test]
fn a_whole_jpeg_is_whole_even_with_bytes_behind_it() {
    let mut bytes = page_jpeg();
    assert_eq!(held(&bytes, &[], None), Held::All);
    bytes.extend([0; 100]);
    assert_eq!(held(&bytes, &[], None), Held::All);
    assert!(!unreadable(&bytes));
}

#[test]
fn a_jpeg_without_its_last_third_is_unreadable() {
    let bytes = page_jpeg();
    let cut = &bytes[..bytes.len() * 2 / 3];
    assert!(matches!(held(cut, &[], None), Held::Rows(200..300)));
    assert!(unreadable(cut));
}

#[test]
fn a_missing_end_marker_alone_is_forgiven() {
    let bytes = page_jpeg();
    assert!(!unreadable(&bytes[..bytes.len() - 2]));
}
