//! Whether a JPEG ends before its picture does.
//!
//! Decoders fill what is missing and call it success; a seal often stands in the lower half of a
//! page, so a picture without its lower part is no picture of the page.

use crate::ingest::error::Reason;

/// Share of the height that must be an even fill at the bottom for a picture to count as cut off:
/// about three lines of text. A JPEG that merely lacks its end marker loses at most a block row.
const MISSING_SHARE_MIN: f64 = 0.02;

/// Interleaved samples as decoded, before anything was turned or converted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) samples: &'a [u8],
    pub(crate) width: usize,
    pub(crate) channels: usize,
}

/// What is missing of a picture, if its data are cut off.
///
/// A picture that is coded from top to bottom is known by the even fill that decoders give to
/// the rows that are not there; without such a fill only its end marker is missing. One that is
/// coded progressively is refined all over by every scan, so nothing but the marker shows that it
/// is whole.
pub(crate) fn shortfall(bytes: &[u8], decoded: Decoded<'_>) -> Option<Reason> {
    if !is_cut_off(bytes) {
        return None;
    }
    let row_len = decoded.width * decoded.channels;
    let rows = decoded.samples.len().checked_div(row_len)?;
    let of = u32::try_from(rows).unwrap_or(u32::MAX);
    if is_progressive(bytes) {
        return Some(Reason::ImageEndsEarly { rows: None, of });
    }
    let filled = filled_rows(decoded.samples, row_len, decoded.channels);
    (ratio(filled, rows) >= MISSING_SHARE_MIN).then(|| Reason::ImageEndsEarly {
        rows: u32::try_from(rows - filled).ok(),
        of,
    })
}

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

/// Whether the frame in front of the first scan is progressive (ITU-T T.81, table B.1).
fn is_progressive(bytes: &[u8]) -> bool {
    segments(bytes).any(|(kind, _)| matches!(kind, 0xc2 | 0xc6 | 0xca | 0xce))
}

/// Where the first scan's data begin.
fn first_scan(bytes: &[u8]) -> Option<usize> {
    let (_, end) = segments(bytes).find(|(kind, _)| *kind == 0xda)?;
    (end <= bytes.len()).then_some(end)
}

/// The markers with segments up to the first scan, each with the end of its segment.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, usize)> + '_ {
    let mut at = 2;
    std::iter::from_fn(move || {
        loop {
            match bytes.get(at..at + 2)? {
                [0xff, 0xff] => at += 1,
                [0xff, kind] => {
                    let length = bytes.get(at + 2..at + 4)?;
                    at += 2 + usize::from(u16::from_be_bytes(length.try_into().ok()?));
                    return Some((*kind, at));
                }
                // Junk between segments: decoders skip it too.
                _ => at += 1,
            }
        }
    })
}

/// Rows at the bottom that repeat the last pixel, unless that is white.
fn filled_rows(samples: &[u8], row_len: usize, channels: usize) -> usize {
    let Some(fill) = samples.len().checked_sub(channels).map(|at| &samples[at..]) else {
        return 0;
    };
    if fill.iter().all(|sample| *sample >= 250) {
        return 0;
    }
    let even = |row: &&[u8]| row.chunks_exact(channels).all(|pixel| pixel == fill);
    let rows = samples.chunks_exact(row_len);
    rows.rev().take_while(even).count()
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
        assert_eq!(filled_rows(&samples, 10, 1), 0);
        samples[50..].fill(128);
        assert_eq!(filled_rows(&samples, 10, 1), 5);
    }
}
