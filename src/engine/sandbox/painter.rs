//! The painter's child: confines itself, decodes one page of the document that its standard input is, and answers a JPEG.

use std::env;
use std::io;
use std::io::Read;
use std::io::Write;
use std::panic;
use std::process::ExitCode;

use jpeg_encoder::ColorType;
use jpeg_encoder::Encoder;

use crate::imaging::PageImage;
use crate::imaging::Planes;
use crate::ingest;
use crate::sandbox::ChildLimits;
use crate::sandbox::confinement;
use crate::sandbox::page_picture::View;

/// Quality of the JPEG. Chosen: thin lines of a seal at 300 dpi show no rings at 100 % on screen.
const QUALITY: u8 = 88;

/// Runs the child: takes its view from the command line. Never returns to the caller's own work.
#[must_use]
pub fn painter_main() -> ExitCode {
    panic::set_hook(Box::new(|_| {}));
    let numbers: Option<Vec<u32>> = env::args().skip(2).map(|text| text.parse().ok()).collect();
    let Some(view) = numbers.as_deref().and_then(View::of) else {
        return ExitCode::FAILURE;
    };
    match answer(view) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer(view: View) -> io::Result<()> {
    let child = ChildLimits::default();
    let limits = ingest::Limits::default();
    // What cannot be taken away here cannot be from the reader of documents either, who says so.
    let _ = confinement::confine(&child);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    let _ = pool.build_global();
    let mut bytes = Vec::new();
    let input = io::stdin().lock();
    input
        .take(limits.bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    let _ = confinement::limit_memory(child.memory_bytes_max.saturating_add(bytes.len() as u64));
    let drawn = drawn(bytes, view, &limits);
    let mut output = io::stdout().lock();
    match drawn {
        Ok(jpeg) => output.write_all(&jpeg)?,
        Err(reason) => output.write_all(reason.as_bytes())?,
    }
    output.flush()
}

fn drawn(bytes: Vec<u8>, view: View, limits: &ingest::Limits) -> Result<Vec<u8>, String> {
    let mut document = ingest::open(bytes, None, limits).map_err(|error| error.to_string())?;
    let index = view
        .page
        .checked_sub(1)
        .map_or(usize::MAX, |index| index as usize);
    if index >= document.page_count() {
        return Err("there is no such page".to_owned());
    }
    let page = document.page(index).map_err(|error| error.to_string())?;
    let image = match view.part {
        None => page.image.whole().into_owned(),
        Some(part) => {
            let within = |start: u32, length: u32, side: usize| {
                let start = (start as usize).min(side.saturating_sub(1));
                start..start.saturating_add(length as usize).clamp(start + 1, side)
            };
            let columns = within(part.x, part.width, page.image.width());
            let rows = within(part.y, part.height, page.image.height());
            page.image.part(columns, rows)
        }
    };
    encoded(&image, view.side_max as usize).map_err(|error| error.to_string())
}

/// The picture as a JPEG no longer than `side_max`.
fn encoded(image: &PageImage, side_max: usize) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    let (short, long) = (
        image.width().min(image.height()),
        image.width().max(image.height()),
    );
    // A block is never larger than the picture is narrow.
    let factor = long.div_ceil(side_max).clamp(1, short);
    let (samples, size, kind) = match image.shrunk(factor) {
        Planes::Gray(gray) => {
            let size = (gray.width(), gray.height());
            (gray.samples().to_vec(), size, ColorType::Luma)
        }
        Planes::Colour([red, green, blue]) => {
            let size = (red.width(), red.height());
            let others = green.samples().iter().zip(blue.samples());
            let pixels = red.samples().iter().zip(others);
            let samples = pixels.flat_map(|(&red, (&green, &blue))| [red, green, blue]);
            (samples.collect(), size, ColorType::Rgb)
        }
    };
    // A strip that stays longer than JPEG can hold is refused by the encoder.
    let side = |side: usize| u16::try_from(side).unwrap_or(0);
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, QUALITY).encode(&samples, side(size.0), side(size.1), kind)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Gray;

    #[test]
    fn pictures_are_no_longer_than_asked_and_keep_their_form() {
        let page = PageImage::Gray(Gray::filled(300, 200, 90));
        let jpeg = encoded(&page, 100).unwrap();
        let read = image::load_from_memory(&jpeg).unwrap();
        assert_eq!((read.width(), read.height()), (100, 66));
        let jpeg = encoded(&page, 4_000).unwrap();
        assert_eq!(image::load_from_memory(&jpeg).unwrap().width(), 300);
    }

    #[test]
    fn what_is_no_document_is_a_reason_and_no_picture() {
        let view = View {
            page: 1,
            part: None,
            side_max: 100,
        };
        let said = drawn(b"no picture".to_vec(), view, &ingest::Limits::default());
        assert!(!said.unwrap_err().is_empty());
    }
}
