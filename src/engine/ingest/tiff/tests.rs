//! Small TIFF files, written here tag by tag, and what becomes of their pages.

use super::*;
use crate::imaging::ColourMode;
use crate::ingest::encode;
use crate::ingest::encode::{Group3, HEIGHT, WIDTH};
use tiff::encoder::{Rational, TiffEncoder, colortype};
use tiff::tags::ResolutionUnit;

/// A picture as it is to be written: further tags of type SHORT, and strips or tiles.
#[derive(Clone)]
struct Picture {
    size: (u32, u32),
    tags: Vec<(u16, Vec<u16>)>,
    chunks: Vec<Vec<u8>>,
    /// Width and height of a tile.
    tile: Option<u16>,
    rows_per_strip: u32,
}

impl Picture {
    fn new(size: (u32, u32), tags: &[(u16, &[u16])], chunks: Vec<Vec<u8>>) -> Self {
        Self {
            size,
            tags: tags
                .iter()
                .map(|(tag, values)| (*tag, values.to_vec()))
                .collect(),
            chunks,
            tile: None,
            rows_per_strip: size.1,
        }
    }

    /// The same picture with half of the data of its last strip or tile.
    fn cut(mut self) -> Self {
        let last = self.chunks.last_mut().unwrap();
        last.truncate(last.len() / 2);
        self
    }
}

/// A little-endian file of such pictures.
fn file(pictures: &[Picture]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for picture in pictures {
        let mut entries: Vec<(u16, u16, Vec<u32>)> = vec![
            (256, 4, vec![picture.size.0]),
            (257, 4, vec![picture.size.1]),
        ];
        for (tag, values) in &picture.tags {
            entries.push((
                *tag,
                3,
                values.iter().map(|value| u32::from(*value)).collect(),
            ));
        }
        let places = picture.chunks.iter().map(|chunk| {
            let at = u32::try_from(bytes.len()).unwrap();
            bytes.extend(chunk);
            (at, u32::try_from(chunk.len()).unwrap())
        });
        let (offsets, lengths): (Vec<u32>, Vec<u32>) = places.collect();
        if let Some(side) = picture.tile {
            let side = u32::from(side);
            entries.extend([(322, 4, vec![side]), (323, 4, vec![side])]);
            entries.extend([(324, 4, offsets), (325, 4, lengths)]);
        } else {
            let rows = vec![picture.rows_per_strip];
            entries.extend([(273, 4, offsets), (278, 4, rows), (279, 4, lengths)]);
        }
        entries.sort_by_key(|(tag, ..)| *tag);
        write_directory(&mut bytes, &mut link, &entries);
    }
    bytes
}

fn write_directory(bytes: &mut Vec<u8>, link: &mut usize, entries: &[(u16, u16, Vec<u32>)]) {
    let encoded = |kind: u16, values: &[u32]| -> Vec<u8> {
        let width = if kind == 3 { 2 } else { 4 };
        let parts = values.iter().map(|value| value.to_le_bytes());
        parts.flat_map(|part| part[..width].to_vec()).collect()
    };
    let mut directory = u16::try_from(entries.len()).unwrap().to_le_bytes().to_vec();
    for (tag, kind, values) in entries {
        let mut value = encoded(*kind, values);
        if value.len() > 4 {
            let at = u32::try_from(bytes.len()).unwrap();
            bytes.extend(value);
            value = at.to_le_bytes().to_vec();
        }
        value.resize(4, 0);
        directory.extend(tag.to_le_bytes());
        directory.extend(kind.to_le_bytes());
        directory.extend(u32::try_from(values.len()).unwrap().to_le_bytes());
        directory.extend(value);
    }
    let at = u32::try_from(bytes.len()).unwrap();
    bytes[*link..*link + 4].copy_from_slice(&at.to_le_bytes());
    bytes.extend(directory);
    *link = bytes.len();
    bytes.extend([0; 4]);
}

fn read(picture: &Picture) -> Result<Page, PageError> {
    page(
        &file(std::slice::from_ref(picture)),
        0,
        1,
        &Limits::default(),
    )
}

fn rgb(picture: &Picture) -> Vec<u8> {
    match read(picture).unwrap().image.whole().into_owned() {
        PageImage::Colour(colour) => colour.samples().to_vec(),
        PageImage::Gray(_) | PageImage::Bitonal(_) => panic!("the picture is coloured"),
    }
}

fn gray(picture: &Picture) -> Vec<u8> {
    match read(picture).unwrap().image.whole().into_owned() {
        PageImage::Gray(gray) | PageImage::Bitonal(gray) => gray.samples().to_vec(),
        PageImage::Colour(_) => panic!("the picture is gray"),
    }
}

/// Every pixel of a picture of 16 x 16, red in its upper left quarter, with noise: RGB.
fn sealed() -> Vec<u8> {
    let pixel = |i: usize| {
        let (x, y) = (i % 16, i / 16);
        match x < 8 && y < 8 {
            true => [200, (x * 3) as u8, (y * 5) as u8],
            false => [230 + x as u8, 230 + y as u8, 240],
        }
    };
    (0..256).flat_map(pixel).collect()
}

/// Tags of a picture of eight-bit RGB without compression.
const RGB: [(u16, &[u16]); 4] = [(258, &[8, 8, 8]), (259, &[1]), (262, &[2]), (277, &[3])];

/// The tags with one more, or one replaced.
fn with<'a>(tags: &[(u16, &'a [u16])], tag: u16, values: &'a [u16]) -> Vec<(u16, &'a [u16])> {
    let others = tags.iter().copied().filter(|(other, _)| *other != tag);
    others.chain([(tag, values)]).collect()
}

/// The drawing of [`encode`] as a fax of this compression and these options.
fn fax(compression: u16, options: u16, data: Vec<u8>) -> Picture {
    let tags: [(u16, &[u16]); 5] = [
        (258, &[1]),
        (259, &[compression]),
        (262, &[0]),
        (277, &[1]),
        (292, &[options]),
    ];
    Picture::new((WIDTH, HEIGHT), &tags, vec![data])
}

fn faxes() -> [Picture; 4] {
    [
        fax(2, 0, encode::group3(Group3::Aligned)),
        fax(3, 0, encode::group3(Group3::OneDimension)),
        fax(3, 1, encode::group3(Group3::TwoDimensions)),
        fax(4, 0, encode::group4()),
    ]
}

fn drawn() -> Vec<u8> {
    let rows = (0..HEIGHT).flat_map(encode::row);
    rows.map(|ink| if ink { 0 } else { 255 }).collect()
}

#[test]
fn every_fax_coding_gives_the_pixels_that_were_drawn() {
    for picture in faxes() {
        let name = format!("{:?}", picture.tags);
        let page = read(&picture).unwrap();
        assert_eq!(page.image.mode(), ColourMode::Bitonal, "{name}");
        assert!(gray(&picture) == drawn(), "{name}");

        let mut turned = picture.clone();
        turned.tags.push((266, vec![2]));
        for byte in &mut turned.chunks[0] {
            *byte = byte.reverse_bits();
        }
        assert!(gray(&turned) == drawn(), "lowest bit first: {name}");

        let mut negative = picture;
        negative.tags.retain(|(tag, _)| *tag != 262);
        negative.tags.push((262, vec![1]));
        let inverted: Vec<u8> = drawn().iter().map(|sample| !sample).collect();
        assert!(gray(&negative) == inverted, "zero is black: {name}");
    }
}

#[test]
fn a_fax_in_strips_is_put_together() {
    let mut picture = fax(4, 0, Vec::new());
    // Four strips, of which the last has 20 rows.
    picture.rows_per_strip = 100;
    let tops = (0..HEIGHT).step_by(100);
    let strips = tops.map(|top| encode::group4_of(top..HEIGHT.min(top + 100)));
    picture.chunks = strips.collect();
    assert!(gray(&picture) == drawn());
    picture.chunks[3].clear();
    let reason = Reason::ImageEndsEarly {
        rows: Some(300),
        of: HEIGHT,
    };
    let error = read(&picture).unwrap_err();
    assert_eq!(error, PageError::Unreadable { number: 1, reason });
}

#[test]
fn a_fax_cut_short_is_unreadable_and_says_how_many_rows_there_are() {
    for picture in faxes() {
        let name = format!("{:?}", picture.tags);
        match read(&picture.cut()) {
            Err(PageError::Unreadable {
                reason:
                    Reason::ImageEndsEarly {
                        rows: Some(rows),
                        of: HEIGHT,
                    },
                ..
            }) => assert!((100..200).contains(&rows), "{name}: {rows}"),
            other => panic!("{name}: {:?}", other.map(|page| page.image.mode())),
        }
    }
}

#[test]
fn a_fax_damaged_in_its_middle_is_unreadable() {
    for mut picture in faxes() {
        let name = format!("{:?}", picture.tags);
        let middle = picture.chunks[0].len() / 2;
        picture.chunks[0][middle..middle + 8].fill(0xa5);
        let error = read(&picture).unwrap_err();
        let PageError::Unreadable { reason, .. } = &error else {
            panic!("{name}: {error}");
        };
        assert!(
            matches!(reason, Reason::ImageDamaged { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn samples_of_sixteen_bits_keep_their_high_bytes() {
    let wide = sealed().iter().flat_map(|sample| [7, *sample]).collect();
    let picture = Picture::new((16, 16), &with(&RGB, 258, &[16, 16, 16]), vec![wide]);
    assert_eq!(rgb(&picture), sealed());
}

#[test]
fn planes_are_put_together() {
    let plane = |channel| sealed().iter().skip(channel).step_by(3).copied().collect();
    let planes = (0..3).map(plane).collect();
    let picture = Picture::new((16, 16), &with(&RGB, 284, &[2]), planes);
    assert_eq!(rgb(&picture), sealed());
}

#[test]
fn tiles_are_put_together() {
    // Four tiles of 16 x 16 cover 20 x 20 pixels; what stands over the edge is not the picture's.
    let at = |x: usize, y: usize| [(x * 9) as u8, 20, (y * 9) as u8];
    let tile = |left: usize, top: usize| {
        let pixels = (0..256).flat_map(move |i| at(left + i % 16, top + i / 16));
        pixels.collect::<Vec<u8>>()
    };
    let tiles = vec![tile(0, 0), tile(16, 0), tile(0, 16), tile(16, 16)];
    let mut picture = Picture::new((20, 20), &RGB, tiles);
    picture.tile = Some(16);
    let expected: Vec<u8> = (0..400).flat_map(|i| at(i % 20, i / 20)).collect();
    assert_eq!(rgb(&picture), expected);
}

#[test]
fn palettes_of_every_depth_are_looked_up() {
    for (bits, per_byte) in [(1_u16, 8), (2, 4), (4, 2), (8, 1)] {
        let entries = 1_usize << bits;
        // Entry 0 is white, entry 1 red.
        let mut map = vec![0; 3 * entries];
        for (index, value) in [(0, 255), (1, 200), (entries, 255), (2 * entries, 255)] {
            map[index] = value * 257;
        }
        let mut indices = vec![0_u8; 64 * 16 / per_byte];
        for byte in &mut indices[..32 / per_byte] {
            // Every index of these bytes is 1.
            *byte = (0..per_byte).fold(0, |byte, place| byte | 1 << (place * usize::from(bits)));
        }
        let tags: [(u16, &[u16]); 5] = [
            (258, &[bits]),
            (259, &[1]),
            (262, &[3]),
            (277, &[1]),
            (320, &map),
        ];
        let mut picture = Picture::new((64, 16), &tags, vec![indices]);
        // Red enough for a page in colour: two rows and a half.
        let red = 128 / per_byte;
        let byte = picture.chunks[0][0];
        picture.chunks[0][..red].fill(byte);
        let samples = rgb(&picture);
        assert_eq!(samples[..3], [200, 0, 0], "{bits} bits");
        assert_eq!(samples[samples.len() - 3..], [255; 3], "{bits} bits");
    }
}

#[test]
fn inks_and_lab_are_brought_to_rgb() {
    let cmyk: Vec<u8> = [0, 255, 255, 0].repeat(256);
    let tags = with(&with(&with(&RGB, 258, &[8; 4]), 262, &[5]), 277, &[4]);
    let picture = Picture::new((16, 16), &tags, vec![cmyk]);
    assert_eq!(rgb(&picture), [255, 0, 0].repeat(256));

    // sRGB (255, 0, 0) is L* 54.3, a* 80.8, b* 69.9 at D50.
    for (photometric, offset) in [(&[8_u16], 0), (&[9], 128)] {
        let lab = [138, 81 + offset, 70 + offset].repeat(256);
        let picture = Picture::new((16, 16), &with(&RGB, 262, photometric), vec![lab]);
        let samples = rgb(&picture);
        assert!(
            samples[0] >= 253 && samples[1] <= 8 && samples[2] <= 8,
            "{:?}",
            &samples[..3]
        );
    }
}

#[test]
fn opacity_lets_paper_through_and_other_extra_samples_do_not() {
    let with_extra = |extra: &'static [u16]| {
        let tags = with(&with(&with(&RGB, 258, &[8; 4]), 277, &[4]), 338, extra);
        Picture::new((16, 16), &tags, vec![[200, 0, 0, 0].repeat(256)])
    };
    assert_eq!(gray(&with_extra(&[2])), [255; 256]);
    assert_eq!(rgb(&with_extra(&[0])), [200, 0, 0].repeat(256));

    let tags: [(u16, &[u16]); 5] = [
        (258, &[8, 8]),
        (259, &[1]),
        (262, &[1]),
        (277, &[2]),
        (338, &[2]),
    ];
    let picture = Picture::new((16, 16), &tags, vec![[0, 0].repeat(256)]);
    assert_eq!(gray(&picture), [255; 256]);
}

#[test]
fn pages_of_every_kind_may_follow_each_other() {
    let planes = (0..3).map(|channel| vec![40 * channel; 256]).collect();
    let mut pictures = faxes().to_vec();
    pictures.push(Picture::new((16, 16), &with(&RGB, 284, &[2]), planes));
    pictures.push(Picture::new((16, 16), &RGB, vec![sealed()]));
    pictures.push(Picture::new(
        (16, 16),
        &with(&RGB, 262, &[8]),
        vec![[138, 81, 70].repeat(256)],
    ));
    let bytes = file(&pictures);
    let found = pages(&bytes, &Limits::default()).unwrap();
    assert_eq!(found, [0, 1, 2, 3, 4, 5, 6]);
    for (directory, number) in found.into_iter().zip(1..) {
        let page = page(&bytes, directory, number, &Limits::default()).unwrap();
        let height = if directory < 4 { 320 } else { 16 };
        assert_eq!((page.number, page.image.height()), (number, height));
    }
}

#[test]
fn a_picture_whose_strip_is_cut_short_is_unreadable_in_every_compression() {
    use tiff::encoder::Compression;
    use tiff::encoder::compression::DeflateLevel;
    let compressions = [
        Compression::Uncompressed,
        Compression::Lzw,
        Compression::Deflate(DeflateLevel::Balanced),
        Compression::Packbits,
    ];
    for compression in compressions {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes)
            .unwrap()
            .with_compression(compression);
        encoder
            .write_image::<colortype::RGB8>(16, 16, &sealed())
            .unwrap();
        let bytes = bytes.into_inner();
        assert!(page(&bytes, 0, 1, &Limits::default()).is_ok());
        let mut decoder = Decoder::new(Cursor::new(bytes.as_slice())).unwrap();
        let offsets = numbers(&mut decoder, Tag::StripOffsets).unwrap();
        let lengths = numbers(&mut decoder, Tag::StripByteCounts).unwrap();
        let strip = |(at, len): (&u64, u64)| bytes[*at as usize..(*at + len) as usize].to_vec();
        let strips = offsets.iter().zip(lengths).map(strip).collect();
        let compression = [number(&mut decoder, Tag::Compression).unwrap() as u16];
        let tags = with(&RGB, 259, &compression);
        let mut picture = Picture::new((16, 16), &tags, strips);
        picture.rows_per_strip = number(&mut decoder, Tag::RowsPerStrip).unwrap() as u32;
        assert_eq!(rgb(&picture), sealed(), "compression {compression:?}");
        assert!(read(&picture.cut()).is_err(), "compression {compression:?}");
    }
}

#[test]
fn a_jpeg_in_a_strip_that_is_cut_short_makes_the_page_unreadable() {
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 90)
        .encode(&sealed(), 16, 16, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let tags = with(&with(&RGB, 259, &[7]), 262, &[6]);
    let mut picture = Picture::new((16, 32), &tags, vec![jpeg.clone(), jpeg]);
    picture.rows_per_strip = 16;
    assert_eq!(read(&picture).unwrap().image.height(), 32);
    let reason = Reason::ImageEndsEarly {
        rows: Some(16),
        of: 32,
    };
    let error = read(&picture.cut()).unwrap_err();
    assert_eq!(error, PageError::Unreadable { number: 1, reason });
}

/// A file of two pages: 4 x 2 gray at 204 x 102 dpi, then 2 x 1 colour lying on its side.
fn two_pages() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut fax = encoder.new_image::<colortype::Gray8>(4, 2).unwrap();
    fax.resolution_unit(ResolutionUnit::Inch);
    fax.x_resolution(Rational { n: 204, d: 1 });
    fax.y_resolution(Rational { n: 102, d: 1 });
    fax.write_data(&[0, 50, 100, 150, 200, 210, 220, 230])
        .unwrap();
    let mut turned = encoder.new_image::<colortype::RGB8>(2, 1).unwrap();
    turned.encoder().write_tag(Tag::Orientation, 6_u16).unwrap();
    turned.write_data(&[200, 0, 0, 0, 0, 200]).unwrap();
    file.into_inner()
}

#[test]
fn every_directory_is_a_page() {
    let bytes = two_pages();
    assert_eq!(pages(&bytes, &Limits::default()).unwrap(), [0, 1]);
    let fax = page(&bytes, 0, 1, &Limits::default()).unwrap();
    assert_eq!((fax.image.width(), fax.image.height()), (4, 4));
    assert_eq!(fax.dpi.map(crate::units::Dpi::get), Some(204.0));
    let turned = page(&bytes, 1, 2, &Limits::default()).unwrap();
    assert_eq!((turned.image.width(), turned.image.height()), (1, 2));
}

#[test]
fn more_directories_than_the_limit_are_refused() {
    let limits = Limits {
        pages_max: 1,
        ..Limits::default()
    };
    let error = pages(&two_pages(), &limits).unwrap_err();
    assert!(matches!(error, Error::TooManyPages { found: 2, max: 1 }));
}

#[test]
fn fax_strips_with_the_first_pixel_in_the_lowest_bit_are_turned() {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut gray = encoder.new_image::<colortype::Gray8>(2, 1).unwrap();
    gray.encoder().write_tag(Tag::FillOrder, 2_u16).unwrap();
    gray.write_data(&[0b0000_0001, 0b1100_0000]).unwrap();
    let page = page(file.get_ref(), 0, 1, &Limits::default()).unwrap();
    let PageImage::Gray(gray) = page.image.whole().into_owned() else {
        panic!("two shades of gray");
    };
    assert_eq!(gray.samples(), [0b1000_0000, 0b0000_0011]);
}

#[test]
fn a_cut_file_is_an_error_at_any_length() {
    let bytes = two_pages();
    for length in 0..bytes.len() {
        if let Ok(found) = pages(&bytes[..length], &Limits::default()) {
            for directory in found {
                let _ = page(&bytes[..length], directory, 1, &Limits::default());
            }
        }
    }
    assert!(pages(&bytes[..6], &Limits::default()).is_err());
}
