//! Whether a JPEG ends before its picture does.
//!
//! Decoders fill what is missing and call it success; a seal often stands in the lower half of a
//! page, so a picture without its lower part is no picture of the page.

use crate::imaging::PageImage;

/// What is said of a page whose JPEG is cut off.
pub(crate) const CUT_OFF: &str =
    "its JPEG picture is cut off: the lower part of the page is missing";

/// Share of the height that must be an even fill at the bottom for a picture to count as cut off:
/// about three lines of text. A JPEG that merely lacks its end marker loses at most a block row.
pub(crate) const MISSING_SHARE_MIN: f64 = 0.02;

/// Whether a JPEG has no end marker behind its first scan.
///
/// Entropy-coded data never contains `ff d9`, and a thumbnail inside a segment is skipped with it.
pub(crate) fn is_cut_off(bytes: &[u8]) -> bool {
    let Some(scan) = first_scan(bytes) else {
        return true;
    };
    !bytes[scan..]
        .windows(2)
        .rev()
        .any(|pair| pair == [0xff, 0xd9])
}

/// Where the first scan's data begins.
fn first_scan(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let (marker, contents) = (bytes.get(at..at + 2)?, at + 2);
        match marker {
            [0xff, 0xff] => at += 1,
            [0xff, kind] => {
                let length = bytes.get(contents..contents + 2)?;
                at = contents + usize::from(u16::from_be_bytes(length.try_into().ok()?));
                if *kind == 0xda {
                    return (at <= bytes.len()).then_some(at);
                }
            }
            // Junk between segments: decoders skip it too.
            _ => at += 1,
        }
    }
}

/// Whether the bottom rows of a decoded picture are one even fill that is not white paper.
pub(crate) fn tail_is_missing(image: &PageImage) -> bool {
    let (samples, channels) = match image {
        PageImage::Bitonal(gray) | PageImage::Gray(gray) => (gray.samples(), 1),
        PageImage::Colour(colour) => (colour.samples(), 3),
    };
    fill_share(samples, image.width() * channels, channels) >= MISSING_SHARE_MIN
}

/// Share of the rows at the bottom that repeat the last pixel, unless that is white.
pub(crate) fn fill_share(samples: &[u8], row_len: usize, channels: usize) -> f64 {
    let Some(fill) = samples.len().checked_sub(channels).map(|at| &samples[at..]) else {
        return 0.0;
    };
    if fill.iter().all(|sample| *sample >= 250) {
        return 0.0;
    }
    let even = |row: &&[u8]| row.chunks_exact(channels).all(|pixel| pixel == fill);
    let rows = samples.chunks_exact(row_len);
    let height = rows.len();
    ratio(rows.rev().take_while(even).count(), height)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a raster's side is far below 2^52"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::DynamicImage;
    use image::ImageFormat;
    use std::io::Cursor;

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
    fn a_whole_jpeg_is_not_cut_off_even_with_bytes_behind_it() {
        let mut bytes = page_jpeg();
        assert!(!is_cut_off(&bytes));
        bytes.extend([0; 100]);
        assert!(!is_cut_off(&bytes));
        assert!(!unreadable(&bytes));
    }

    #[test]
    fn a_jpeg_without_its_last_third_is_unreadable() {
        let bytes = page_jpeg();
        let cut = &bytes[..bytes.len() * 2 / 3];
        assert!(is_cut_off(cut));
        assert!(unreadable(cut));
    }

    #[test]
    fn a_missing_end_marker_alone_is_forgiven() {
        let bytes = page_jpeg();
        let cut = &bytes[..bytes.len() - 2];
        assert!(is_cut_off(cut));
        assert!(!unreadable(cut));
    }

    #[test]
    fn blank_paper_at_the_bottom_is_no_fill() {
        let mut samples = vec![255; 100];
        assert!(fill_share(&samples, 10, 1) < 1e-9);
        samples[50..].fill(128);
        assert!((fill_share(&samples, 10, 1) - 0.5).abs() < 1e-9);
    }
}
