//! TIFF: one directory, one page.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

use crate::imaging::PageImage;
use crate::ingest::error::{Error, Format, PageError};
use crate::ingest::limits::Limits;
use crate::ingest::orientation::{Orientation, upright};
use crate::ingest::raster::{check_size, over_white};
use crate::ingest::resolution::{Density, settle};
use crate::ingest::tone;
use crate::ingest::{DpiSource, Page};
use crate::units::MM_PER_INCH;

/// `NewSubfileType` bit 0: a reduced copy of another page (a thumbnail), no page of its own.
const REDUCED_COPY: u64 = 1;

/// The directories that are pages, by their place in the file.
///
/// # Errors
/// [`Error`] if the structure cannot be followed or has more directories than the limit.
pub(crate) fn pages(bytes: &[u8], limits: &Limits) -> Result<Vec<usize>, Error> {
    let damaged = |error: tiff::TiffError| document_error(bytes, &error);
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut pages = Vec::new();
    for directory in 0.. {
        let kind = decoder.find_tag_unsigned::<u64>(Tag::NewSubfileType);
        if kind.ok().flatten().unwrap_or(0) & REDUCED_COPY == 0 {
            pages.push(directory);
        }
        if pages.len() as u64 > u64::from(limits.pages_max) {
            return Err(Error::TooManyPages {
                found: pages.len() as u64,
                max: u64::from(limits.pages_max),
            });
        }
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().map_err(damaged)?;
    }
    if pages.is_empty() {
        return Err(Error::NoPages {
            format: Format::Tiff,
        });
    }
    Ok(pages)
}

/// Decodes the page of one directory.
///
/// # Errors
/// [`PageError`] if it is too large, of a kind that is not known, or does not decode.
pub(crate) fn page(
    bytes: &[u8],
    directory: usize,
    number: u32,
    limits: &Limits,
) -> Result<Page, PageError> {
    let usual = in_usual_bit_order(bytes, directory);
    let bytes = usual.as_deref().unwrap_or(bytes);
    let broken = |error: tiff::TiffError| {
        PageError::unreadable(
            number,
            format!("the TIFF picture does not decode ({error})"),
        )
    };
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(broken)?;
    decoder.seek_to_image(directory).map_err(broken)?;
    let (width, height) = decoder.dimensions().map_err(broken)?;
    check_size(number, u64::from(width), u64::from(height), limits)?;
    let (density, orientation) = stated(&mut decoder);
    let kind = decoder.colortype().map_err(broken)?;
    let palette = if matches!(kind, ColorType::Palette(_)) {
        decoder.get_tag_u16_vec(Tag::ColorMap).map_err(broken)?
    } else {
        Vec::new()
    };
    // The size was checked: the decoder's own smaller limit would refuse A3 in colour.
    let mut decoder = decoder.with_limits(tiff::decoder::Limits::unlimited());
    let decoded = decoder.read_image().map_err(broken)?;
    let size = (width as usize, height as usize);
    let image = to_page_image(decoded, kind, &palette, size, orientation).ok_or_else(|| {
        PageError::unreadable(
            number,
            format!("TIFF pictures of the kind {kind:?} are not supported"),
        )
    })?;
    let density = if orientation.swaps_sides() {
        density.map(Density::swapped)
    } else {
        density
    };
    let (image, dpi, dpi_source) = settle(image, density, DpiSource::Stated);
    Ok(Page {
        number,
        image,
        dpi,
        dpi_source,
        notes: Vec::new(),
    })
}

/// A copy of the file in which a directory's strips hold their first pixel in the highest
/// bit, if they hold it in the lowest (TIFF 6.0, `FillOrder` 2, as fax machines write it): the
/// decoder knows the usual order only. `None` if there is nothing to do.
fn in_usual_bit_order(bytes: &[u8], directory: usize) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
    decoder.seek_to_image(directory).ok()?;
    if decoder.find_tag_unsigned::<u64>(Tag::FillOrder).ok()?? != 2 {
        return None;
    }
    let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets).ok()?;
    let counts = decoder.get_tag_u64_vec(Tag::StripByteCounts).ok()?;
    let mut reversed = bytes.to_vec();
    for (offset, count) in offsets.into_iter().zip(counts) {
        let start = usize::try_from(offset).ok()?;
        let end = start.checked_add(usize::try_from(count).ok()?)?;
        for byte in reversed.get_mut(start..end)? {
            *byte = byte.reverse_bits();
        }
    }
    Some(reversed)
}

/// What the directory states about density and orientation.
fn stated(decoder: &mut Decoder<Cursor<&[u8]>>) -> (Option<Density>, Orientation) {
    let orientation = decoder
        .find_tag_unsigned::<u64>(Tag::Orientation)
        .ok()
        .flatten()
        .map_or(Orientation::Upright, Orientation::from_exif);
    let unit = decoder
        .find_tag_unsigned::<u64>(Tag::ResolutionUnit)
        .ok()
        .flatten();
    let mut number = |tag| match decoder.get_tag(tag) {
        Ok(Value::Rational(above, below)) if above > 0 && below > 0 => {
            Some(f64::from(above) / f64::from(below))
        }
        Ok(other) => other.into_f64().ok().filter(|value| *value > 0.0),
        Err(_) => None,
    };
    let density = match (number(Tag::XResolution), number(Tag::YResolution), unit) {
        // The default is 2, inches (TIFF 6.0, section 8).
        (Some(x), Some(y), None | Some(2)) => Some(Density { x, y }),
        (Some(x), Some(y), Some(1)) => Some(Density::ratio(x, y)),
        (Some(x), Some(y), Some(3)) => Some(Density {
            x: x * MM_PER_INCH / 10.0,
            y: y * MM_PER_INCH / 10.0,
        }),
        _ => None,
    };
    (density, orientation)
}

/// Decoded samples to a picture; `None` for kinds that no scanner writes.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever another crate's enum does not have here by name is not supported"
)]
fn to_page_image(
    decoded: DecodingResult,
    kind: ColorType,
    palette: &[u16],
    (width, height): (usize, usize),
    orientation: Orientation,
) -> Option<PageImage> {
    let samples = match decoded {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(high_byte).collect(),
        _ => return None,
    };
    let gray = |samples: Vec<u8>| {
        let (width, height, samples) = upright::<1>(samples, width, height, orientation);
        tone::from_gray(width, height, samples)
    };
    let rgb = |samples: Vec<u8>| {
        let (width, height, samples) = upright::<3>(samples, width, height, orientation);
        tone::from_rgb(width, height, samples)
    };
    let full = |samples: &[u8], channels: usize| samples.len() == width * height * channels;
    match kind {
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            let levels = unpack(&samples, bits, width, height)?;
            let scale = 255 / ((1 << bits) - 1);
            gray(levels.into_iter().map(|level| level * scale).collect())
        }
        ColorType::Gray(8 | 16) => gray(samples),
        ColorType::Palette(bits @ (1 | 2 | 4 | 8)) => {
            let indices = unpack(&samples, bits, width, height)?;
            let (reds, rest) = palette.split_at_checked(1 << bits)?;
            let (greens, blues) = rest.split_at_checked(1 << bits)?;
            let colour = |index: u8| {
                let index = usize::from(index);
                [reds, greens, blues].map(|map| map.get(index).copied().map_or(0, high_byte))
            };
            rgb(indices.into_iter().flat_map(colour).collect())
        }
        ColorType::RGB(8 | 16) => rgb(samples),
        ColorType::GrayA(8 | 16) if full(&samples, 2) => {
            let (pixels, _) = samples.as_chunks::<2>();
            gray(pixels.iter().map(|&[l, a]| over_white(l, a)).collect())
        }
        ColorType::RGBA(8 | 16) if full(&samples, 4) => {
            let (pixels, _) = samples.as_chunks::<4>();
            let flat = |&[r, g, b, a]: &[u8; 4]| [r, g, b].map(|c| over_white(c, a));
            rgb(pixels.iter().flat_map(flat).collect())
        }
        ColorType::CMYK(8 | 16) if full(&samples, 4) => {
            let (pixels, _) = samples.as_chunks::<4>();
            // Each ink takes its share of what black leaves.
            let paper = |ink: u8, black: u8| 255 - over_white(255 - black, 255 - ink);
            let ink = |&[c, m, y, k]: &[u8; 4]| [c, m, y].map(|ink| 255 - paper(ink, k));
            rgb(pixels.iter().flat_map(ink).collect())
        }
        ColorType::YCbCr(8) if full(&samples, 3) => {
            let (pixels, _) = samples.as_chunks::<3>();
            rgb(pixels.iter().flat_map(from_ycbcr).collect())
        }
        _ => None,
    }
}

fn high_byte(sample: u16) -> u8 {
    let [high, _] = sample.to_be_bytes();
    high
}

/// Rows of packed samples, each row padded to a byte, to one sample a byte.
fn unpack(samples: &[u8], bits: u8, width: usize, height: usize) -> Option<Vec<u8>> {
    let per_byte = 8 / usize::from(bits);
    let row_len = width.div_ceil(per_byte);
    (samples.len() == row_len * height).then(|| {
        let mask = u8::MAX >> (8 - bits);
        let levels = |byte: &u8| {
            let byte = *byte;
            (1..=per_byte).map(move |place| {
                let shift = 8 - place * usize::from(bits);
                (byte >> shift) & mask
            })
        };
        samples
            .chunks_exact(row_len)
            .flat_map(|row| row.iter().flat_map(levels).take(width))
            .collect()
    })
}

/// JFIF's conversion (ITU-R BT.601, full range) in 16-bit fixed point.
fn from_ycbcr(&[y, cb, cr]: &[u8; 3]) -> [u8; 3] {
    let luma = (i32::from(y) << 16) + 32_768;
    let (blue, red) = (i32::from(cb) - 128, i32::from(cr) - 128);
    [
        luma + 91_881 * red,
        luma - 22_554 * blue - 46_802 * red,
        luma + 116_130 * blue,
    ]
    .map(|value| u8::try_from((value >> 16).clamp(0, 255)).expect("clamped to a byte"))
}

fn document_error(bytes: &[u8], error: &tiff::TiffError) -> Error {
    let ran_out = |io: &std::io::Error| io.kind() == std::io::ErrorKind::UnexpectedEof;
    if matches!(error, tiff::TiffError::IoError(io) if ran_out(io)) {
        Error::Truncated {
            format: Format::Tiff,
            bytes: bytes.len() as u64,
        }
    } else {
        Error::Damaged {
            format: Format::Tiff,
            detail: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiff::encoder::{Rational, TiffEncoder, colortype};
    use tiff::tags::ResolutionUnit;

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
        assert!(matches!(error, Error::TooManyPages { max: 1, .. }));
    }

    #[test]
    fn fax_strips_with_the_first_pixel_in_the_lowest_bit_are_turned() {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        let mut gray = encoder.new_image::<colortype::Gray8>(2, 1).unwrap();
        gray.encoder().write_tag(Tag::FillOrder, 2_u16).unwrap();
        gray.write_data(&[0b0000_0001, 0b1100_0000]).unwrap();
        let page = page(file.get_ref(), 0, 1, &Limits::default()).unwrap();
        let PageImage::Gray(gray) = page.image else {
            panic!("two shades of gray");
        };
        assert_eq!(gray.samples(), [0b1000_0000, 0b0000_0011]);
    }

    #[test]
    fn packed_samples_come_apart_row_by_row() {
        let bits = unpack(&[0b1010_0000, 0b0110_0000], 1, 3, 2).unwrap();
        assert_eq!(bits, [1, 0, 1, 0, 1, 1]);
        assert_eq!(unpack(&[0b1100_1000], 2, 3, 1).unwrap(), [3, 0, 2]);
        assert_eq!(unpack(&[0], 1, 9, 1), None);
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

    #[test]
    fn ycbcr_keeps_neutral_values() {
        assert_eq!(from_ycbcr(&[77, 128, 128]), [77; 3]);
        assert_eq!(from_ycbcr(&[76, 85, 255]), [254, 0, 0]);
    }
}
