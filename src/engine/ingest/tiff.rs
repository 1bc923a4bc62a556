//! TIFF: one directory, one page.
//!
//! Strips of fax coding, and the order of bits in strips, are read here ([`strips`]), because the
//! decoder knows group 4 and the usual order alone; everything else is decoded by it and brought to
//! gray or RGB ([`samples`]).

use std::io::Cursor;

use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

use crate::imaging::PageImage;
use crate::ingest::error::{Damage, Error, Format, PageError, Reason};
use crate::ingest::limits::Limits;
use crate::ingest::orientation::{Orientation, upright};
use crate::ingest::raster::check_size;
use crate::ingest::resolution::{Density, settle};
use crate::ingest::tiff::samples::{Kind, Samples};
use crate::ingest::tiff::strips::Strips;
use crate::ingest::tone;
use crate::ingest::{DpiSource, Note, Page};
use crate::units::MM_PER_INCH;

mod lab;
mod samples;
mod strips;

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the samples and sizes of small pictures made here"
)]
mod tests;

/// `NewSubfileType` bit 0: a reduced copy of another page (a thumbnail), no page of its own.
const REDUCED_COPY: u64 = 1;

/// Reads a file in memory.
type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// The directories that are pages, by their place in the file.
///
/// # Errors
/// [`Error`] if the structure cannot be followed or has more directories than the limit.
pub(crate) fn pages(bytes: &[u8], limits: &Limits) -> Result<Vec<usize>, Error> {
    let damaged = |error: tiff::TiffError| document_error(bytes, &error);
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?;
    let max = u64::from(limits.pages_max);
    let mut pages = Vec::new();
    let mut found = 0_u64;
    for directory in 0.. {
        let kind = number(&mut decoder, Tag::NewSubfileType);
        if kind.unwrap_or(0) & REDUCED_COPY == 0 {
            found += 1;
            // Those over the limit are counted, for the message, and not kept.
            if found <= max {
                pages.push(directory);
            }
        }
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().map_err(damaged)?;
    }
    if found > max {
        return Err(Error::TooManyPages { found, max });
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
    let unreadable = |reason| PageError::unreadable(number, reason);
    let mut decoder = at_directory(bytes, directory).map_err(|error| unreadable(why(&error)))?;
    let (width, height) = decoder
        .dimensions()
        .map_err(|error| unreadable(why(&error)))?;
    check_size(number, u64::from(width), u64::from(height), limits)?;
    let (density, orientation) = stated(&mut decoder);
    let (samples, note) = read(decoder, bytes, directory, (width, height)).map_err(unreadable)?;
    let size = (width as usize, height as usize);
    let image =
        on_page(samples, size, orientation).ok_or_else(|| unreadable(Reason::TiffTooShort))?;
    let density = if orientation.swaps_sides() {
        density.map(Density::swapped)
    } else {
        density
    };
    let (image, dpi, dpi_source) = settle(image, density, DpiSource::Stated);
    Ok(Page {
        number,
        image: image.into(),
        dpi,
        dpi_source,
        notes: note.into_iter().collect(),
        objects: None,
    })
}

/// Reads the picture of a directory in whatever way it is coded.
fn read(
    mut decoder: Reader<'_>,
    bytes: &[u8],
    directory: usize,
    (width, height): (u32, u32),
) -> Result<(Samples, Option<Note>), Reason> {
    let strips = Strips::of(&mut decoder, (width, height));
    if let Some(fax) = strips.as_ref().and_then(|strips| strips.fax(&mut decoder)) {
        return Ok((Samples::Gray(fax.samples(bytes)?), None));
    }
    let note = match &strips {
        Some(strips) => strips.check_jpegs(&mut decoder, bytes)?,
        None => None,
    };
    let usual = strips.and_then(|strips| strips.in_usual_bit_order(&mut decoder, bytes));
    let bytes = usual.as_deref().unwrap_or(bytes);
    let (relabelled, meant) = samples::relabelled(&mut decoder, bytes).unzip();
    let bytes = relabelled.as_deref().unwrap_or(bytes);

    let reason = |error: tiff::TiffError| {
        if ran_out(&error) {
            Reason::ImageEndsEarly {
                rows: None,
                of: height,
            }
        } else {
            why(&error)
        }
    };
    let mut decoder = at_directory(bytes, directory).map_err(reason)?;
    let kind = Kind::of(&mut decoder, meant).map_err(reason)?;
    // The size was checked: the decoder's own smaller limit would refuse A3 in colour.
    let mut decoder = decoder.with_limits(tiff::decoder::Limits::unlimited());
    let mut decoded = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut decoded).map_err(reason)?;
    let pixels = width as usize * height as usize;
    kind.samples(decoded, layout.planes, (width as usize, pixels))
        .map(|samples| (samples, note))
        .ok_or_else(|| Reason::TiffKind { kind: kind.name() })
}

fn at_directory(bytes: &[u8], directory: usize) -> Result<Reader<'_>, tiff::TiffError> {
    let mut decoder = Decoder::new(Cursor::new(bytes))?;
    decoder.seek_to_image(directory)?;
    Ok(decoder)
}

fn why(error: &tiff::TiffError) -> Reason {
    let said = error.to_string();
    Reason::TiffNotDecoded { said }
}

/// The first number of a tag.
fn number(decoder: &mut Reader<'_>, tag: Tag) -> Option<u64> {
    numbers(decoder, tag).and_then(|numbers| numbers.first().copied())
}

/// All numbers of a tag.
fn numbers(decoder: &mut Reader<'_>, tag: Tag) -> Option<Vec<u64>> {
    decoder.find_tag_unsigned_vec::<u64>(tag).ok().flatten()
}

/// What the directory states about density and orientation.
fn stated(decoder: &mut Reader<'_>) -> (Option<Density>, Orientation) {
    let orientation =
        number(decoder, Tag::Orientation).map_or(Orientation::Upright, Orientation::from_exif);
    let unit = number(decoder, Tag::ResolutionUnit);
    let mut ratio = |tag| match decoder.get_tag(tag) {
        Ok(Value::Rational(above, below)) if above > 0 && below > 0 => {
            Some(f64::from(above) / f64::from(below))
        }
        Ok(other) => other.into_f64().ok().filter(|value| *value > 0.0),
        Err(_) => None,
    };
    let density = match (ratio(Tag::XResolution), ratio(Tag::YResolution), unit) {
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

/// The picture set upright, in the least mode that holds it.
fn on_page(
    samples: Samples,
    (width, height): (usize, usize),
    orientation: Orientation,
) -> Option<PageImage> {
    match samples {
        Samples::Gray(samples) if samples.len() == width * height => {
            let (width, height, samples) = upright::<1>(samples, width, height, orientation);
            tone::from_gray(width, height, samples)
        }
        Samples::Rgb(samples) if samples.len() == 3 * width * height => {
            let (width, height, samples) = upright::<3>(samples, width, height, orientation);
            tone::from_rgb(width, height, samples)
        }
        Samples::Gray(_) | Samples::Rgb(_) => None,
    }
}

/// Whether the data ended before the decoder had what it wanted.
fn ran_out(error: &tiff::TiffError) -> bool {
    matches!(error, tiff::TiffError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof)
}

fn document_error(bytes: &[u8], error: &tiff::TiffError) -> Error {
    if ran_out(error) {
        Error::Truncated {
            format: Format::Tiff,
            bytes: bytes.len() as u64,
        }
    } else {
        Error::Damaged {
            format: Format::Tiff,
            detail: Damage::Said(error.to_string()),
        }
    }
}
