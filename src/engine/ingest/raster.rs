//! PNG, JPEG, BMP and WebP: one picture, one page.

use std::io::Cursor;

use image::DynamicImage;
use image::ImageDecoder;
use image::codecs::bmp::BmpDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;

use crate::imaging::PageImage;
use crate::ingest::density;
use crate::ingest::error::{Damage, Error, Format, PageError, Reason};
use crate::ingest::jpeg;
use crate::ingest::limits::Limits;
use crate::ingest::orientation::{Orientation, upright};
use crate::ingest::picture::{Coded, Picture};
use crate::ingest::resolution::{Density, settle, settled};
use crate::ingest::tone;
use crate::ingest::{DpiSource, Page};

/// Checks that the header can be followed, without decoding a pixel.
///
/// # Errors
/// [`Error::Damaged`] or [`Error::Truncated`].
pub(crate) fn check(format: Format, bytes: &[u8]) -> Result<(), Error> {
    decoder(format, bytes)
        .map(drop)
        .map_err(|error| document_error(format, bytes, &error))
}

/// Decodes the picture: its first frame where it is animated.
///
/// # Errors
/// [`PageError`] if it is too large or does not decode.
pub(crate) fn page(format: Format, bytes: &[u8], limits: &Limits) -> Result<Page, PageError> {
    let broken = |error: image::ImageError| {
        let said = error.to_string();
        PageError::unreadable(1, Reason::PictureBroken { format, said })
    };
    let mut decoder = decoder(format, bytes).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check_size(1, u64::from(width), u64::from(height), limits)?;
    let (density, orientation) = stated(format, bytes, decoder.as_mut());
    let is_jpeg = format == Format::Jpeg;
    if is_jpeg
        && orientation == Orientation::Upright
        && let Some(page) = coded(bytes, (width, height), density)
    {
        return Ok(page);
    }
    let sound = is_jpeg.then(|| jpeg::strict::decoded(bytes)).flatten();
    let (decoded, note) = if let Some(sound) = sound {
        (sound, None)
    } else {
        let decoded = DynamicImage::from_decoder(decoder).map_err(broken)?;
        // The decoder takes a JPEG for whole whatever is missing or damaged.
        let note = if is_jpeg {
            let held = jpeg::held(bytes, &[], None).check(height);
            held.map_err(|reason| PageError::unreadable(1, reason))?
        } else {
            None
        };
        (decoded, note)
    };
    let image = flatten(decoded, orientation)
        .ok_or_else(|| PageError::unreadable(1, Reason::PictureEmpty { format }))?;
    let density = if orientation.swaps_sides() {
        density.map(Density::swapped)
    } else {
        density
    };
    let (image, dpi, dpi_source) = settle(image, density, DpiSource::Stated);
    Ok(Page {
        number: 1,
        image: image.into(),
        dpi,
        dpi_source,
        notes: note.into_iter().collect(),
        objects: None,
    })
}

/// An upright JPEG that need not be decoded but where seals are found, if it is one.
fn coded(bytes: &[u8], (width, height): (u32, u32), density: Option<Density>) -> Option<Page> {
    let size = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let (dpi, dpi_source) = settled(size, density, DpiSource::Stated)?;
    Some(Page {
        number: 1,
        image: Picture::Coded(Coded::read(bytes, size, dpi)?),
        dpi,
        dpi_source,
        notes: Vec::new(),
        objects: None,
    })
}

/// Refuses an image whose stated size is over the limit.
///
/// # Errors
/// [`PageError::TooLarge`].
pub(crate) fn check_size(
    number: u32,
    width: u64,
    height: u64,
    limits: &Limits,
) -> Result<(), PageError> {
    match width.checked_mul(height) {
        Some(pixels) if pixels <= limits.pixels_max => Ok(()),
        Some(_) | None => Err(PageError::TooLarge {
            number,
            width,
            height,
            pixels_max: limits.pixels_max,
        }),
    }
}

fn decoder<'a>(
    format: Format,
    bytes: &'a [u8],
) -> Result<Box<dyn ImageDecoder + 'a>, image::ImageError> {
    let cursor = Cursor::new(bytes);
    Ok(match format {
        Format::Png => Box::new(PngDecoder::new(cursor)?),
        Format::Jpeg => Box::new(JpegDecoder::new(cursor)?),
        Format::Bmp => Box::new(BmpDecoder::new(cursor)?),
        Format::WebP => Box::new(WebPDecoder::new(cursor)?),
        Format::Pdf | Format::Tiff => unreachable!("PDF and TIFF have readers of their own"),
    })
}

/// What the file states about density and orientation.
fn stated(
    format: Format,
    bytes: &[u8],
    decoder: &mut (dyn ImageDecoder + '_),
) -> (Option<Density>, Orientation) {
    let exif = |decoder: &mut (dyn ImageDecoder + '_)| {
        let blob = decoder.exif_metadata().ok().flatten();
        blob.map_or((None, Orientation::Upright), |blob| density::exif(&blob))
    };
    match format {
        Format::Jpeg => density::jpeg(bytes),
        Format::Png => {
            let (tagged, orientation) = exif(decoder);
            (density::png(bytes).or(tagged), orientation)
        }
        Format::Bmp => (density::bmp(bytes), Orientation::Upright),
        Format::WebP | Format::Pdf | Format::Tiff => exif(decoder),
    }
}

/// Eight-bit samples on white paper, set upright, in the least mode that holds them.
fn flatten(decoded: DynamicImage, orientation: Orientation) -> Option<PageImage> {
    let size = |width: u32, height: u32| {
        Some((usize::try_from(width).ok()?, usize::try_from(height).ok()?))
    };
    let (width, height) = size(decoded.width(), decoded.height())?;
    let decoded = if decoded.color().has_alpha() {
        on_white(&decoded)
    } else {
        decoded
    };
    if decoded.color().has_color() {
        let samples = decoded.into_rgb8().into_raw();
        let (width, height, samples) = upright::<3>(samples, width, height, orientation);
        tone::from_rgb(width, height, samples)
    } else {
        let samples = decoded.into_luma8().into_raw();
        let (width, height, samples) = upright::<1>(samples, width, height, orientation);
        tone::from_gray(width, height, samples)
    }
}

/// Lays a picture with an alpha channel over white paper.
fn on_white(decoded: &DynamicImage) -> DynamicImage {
    let mut rgb = image::RgbImage::new(decoded.width(), decoded.height());
    for (out, pixel) in rgb.pixels_mut().zip(decoded.to_rgba8().pixels()) {
        let [channels @ .., alpha] = pixel.0;
        out.0 = channels.map(|channel| over_white(channel, alpha));
    }
    DynamicImage::ImageRgb8(rgb)
}

/// `channel` at the opacity `alpha` of 255 over white, rounded.
pub(crate) fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    let sum = channel * alpha + 255 * (255 - alpha) + 127;
    u8::try_from(sum / 255).expect("a mean of two bytes is a byte")
}

/// A header that does not parse: cut off where the decoder ran out of bytes.
fn document_error(format: Format, bytes: &[u8], error: &image::ImageError) -> Error {
    let ran_out = if let image::ImageError::IoError(io) = error {
        io.kind() == std::io::ErrorKind::UnexpectedEof
    } else {
        error.to_string().to_lowercase().contains("eof")
    };
    if ran_out {
        Error::Truncated {
            format,
            bytes: bytes.len().try_into().unwrap_or(u64::MAX),
        }
    } else {
        Error::Damaged {
            format,
            detail: Damage::Said(error.to_string()),
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the samples of small pictures made here"
)]
mod tests {
    use super::*;
    use crate::imaging::ColourMode;
    use image::ImageFormat;

    fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn red_on_white() -> DynamicImage {
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(64, 48, |x, y| {
            let inside = (10..40).contains(&x) && (10..30).contains(&y);
            image::Rgb(if inside { [200, 20, 30] } else { [255; 3] })
        }))
    }

    #[test]
    fn every_raster_format_gives_the_same_page() {
        for (format, encoded) in [
            (Format::Png, ImageFormat::Png),
            (Format::Bmp, ImageFormat::Bmp),
            (Format::WebP, ImageFormat::WebP),
        ] {
            let page = page(
                format,
                &encode(&red_on_white(), encoded),
                &Limits::default(),
            )
            .unwrap();
            let PageImage::Colour(colour) = page.image.whole().into_owned() else {
                panic!("{format}: a red mark needs colour");
            };
            assert_eq!(colour.samples(), red_on_white().as_bytes(), "{format}");
            assert_eq!(page.dpi, None, "{format}");
        }
    }

    #[test]
    fn transparent_pixels_are_paper() {
        let image = image::RgbaImage::from_fn(20, 20, |x, _| {
            image::Rgba([0, 0, 0, if x < 10 { 0 } else { 255 }])
        });
        let bytes = encode(&DynamicImage::ImageRgba8(image), ImageFormat::Png);
        let page = page(Format::Png, &bytes, &Limits::default()).unwrap();
        let PageImage::Bitonal(gray) = page.image.whole().into_owned() else {
            panic!("black on nothing is bitonal");
        };
        assert_eq!((gray.at(0, 0), gray.at(19, 0)), (255, 0));
    }

    #[test]
    fn a_gray_jpeg_stored_in_colour_is_gray() {
        let image = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([(x * 2 + y) as u8; 3]));
        let bytes = encode(&DynamicImage::ImageRgb8(image), ImageFormat::Jpeg);
        let page = page(Format::Jpeg, &bytes, &Limits::default()).unwrap();
        assert_eq!(page.image.mode(), ColourMode::Gray);
    }

    #[test]
    fn a_picture_over_the_limit_is_refused_before_it_is_decoded() {
        let limits = Limits {
            pixels_max: 64 * 48 - 1,
            ..Limits::default()
        };
        let bytes = encode(&red_on_white(), ImageFormat::Png);
        let error = page(Format::Png, &bytes, &limits).unwrap_err();
        assert!(matches!(error, PageError::TooLarge { width: 64, .. }));
    }

    #[test]
    fn a_picture_that_ends_early_is_unreadable() {
        for (format, encoded) in [
            (Format::Png, ImageFormat::Png),
            (Format::Bmp, ImageFormat::Bmp),
            (Format::WebP, ImageFormat::WebP),
        ] {
            let bytes = encode(&red_on_white(), encoded);
            let cut = &bytes[..bytes.len() * 2 / 3];
            let result = check(format, cut)
                .map_err(|error| error.to_string())
                .and_then(|()| {
                    page(format, cut, &Limits::default()).map_err(|error| error.to_string())
                });
            assert!(result.is_err(), "{format}: {result:?}");
        }
    }
}
