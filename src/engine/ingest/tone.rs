//! Decoded samples to a [`PageImage`] of the least mode that holds them.
//!
//! Scanners store gray and even black-and-white pages as colour JPEGs, and what the pixels can tell
//! decides how seals are looked for. A sparse sample settles nearly every colour page at once; only
//! pages that look neutral are read in full.

use crate::imaging::{Colour, Gray, PageImage};

/// Difference of the largest and the smallest channel up to which a pixel counts as neutral.
///
/// Chosen: JPEG stores neutral pages with a difference of at most 3 or 4, the palest pink seals of
/// the trial scans stand 15 and more above it.
const CHROMA_NEUTRAL_MAX: u8 = 12;

/// Coloured pixels that make a page a colour page: fewer are dust or coding noise. A dot of this
/// many pixels is a quarter of a millimetre wide at 300 dpi.
pub(crate) const COLOURED_PIXELS_MIN: usize = 64;

/// Every how many pixels the sparse sample looks; a prime, so that it does not follow columns.
const SAMPLE_STEP: usize = 61;

/// Rows that the early exit of the full pass covers at a time, in pixels.
const CHUNK: usize = 4096;

/// Wraps interleaved RGB samples; gray or bitonal if no more than noise is coloured.
///
/// `None` if the samples do not fill the picture.
pub(crate) fn from_rgb(width: usize, height: usize, samples: Vec<u8>) -> Option<PageImage> {
    let colour = Colour::from_samples(width, height, samples)?;
    if is_coloured(colour.samples()) {
        return Some(PageImage::Colour(colour));
    }
    from_gray(width, height, gray(colour.samples()))
}

/// The luminance of interleaved RGB samples.
pub(crate) fn gray(samples: &[u8]) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks::<3>();
    pixels.iter().map(|&[r, g, b]| luma(r, g, b)).collect()
}

/// Wraps gray samples; bitonal if all of them are black or white.
///
/// `None` if the samples do not fill the picture.
pub(crate) fn from_gray(width: usize, height: usize, samples: Vec<u8>) -> Option<PageImage> {
    let bitonal = is_bitonal(&samples);
    let gray = Gray::from_samples(width, height, samples)?;
    Some(if bitonal {
        PageImage::Bitonal(gray)
    } else {
        PageImage::Gray(gray)
    })
}

/// The luminance of ITU-R BT.601 in 16-bit fixed point; neutral pixels keep their value exactly.
pub(crate) fn luma(r: u8, g: u8, b: u8) -> u8 {
    let sum = 19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b);
    let [.., luma, _, _] = (sum + 32_768).to_be_bytes();
    luma
}

/// Whether more than noise is coloured.
fn is_coloured(samples: &[u8]) -> bool {
    let (pixels, _) = samples.as_chunks::<3>();
    let sampled = pixels
        .iter()
        .step_by(SAMPLE_STEP)
        .filter(|pixel| is_chromatic(**pixel))
        .take(COLOURED_PIXELS_MIN)
        .count();
    if sampled == COLOURED_PIXELS_MIN {
        return true;
    }
    let mut coloured = 0;
    for chunk in pixels.chunks(CHUNK) {
        coloured += chromatic(chunk);
        if coloured >= COLOURED_PIXELS_MIN {
            return true;
        }
    }
    false
}

/// Coloured pixels among interleaved RGB samples.
pub(crate) fn coloured(samples: &[u8]) -> usize {
    chromatic(samples.as_chunks::<3>().0)
}

fn chromatic(pixels: &[[u8; 3]]) -> usize {
    pixels.iter().filter(|pixel| is_chromatic(**pixel)).count()
}

/// Whether a pixel is more than neutral.
#[inline(always)]
pub(crate) fn is_chromatic([r, g, b]: [u8; 3]) -> bool {
    r.max(g).max(b) - r.min(g).min(b) > CHROMA_NEUTRAL_MAX
}

/// Whether every sample is black or white.
fn is_bitonal(samples: &[u8]) -> bool {
    let extreme = |sample: &u8| *sample == 0 || *sample == 255;
    samples.iter().step_by(SAMPLE_STEP).all(extreme)
        && samples
            .chunks(CHUNK)
            // A sum without branches: the early exit is taken between chunks.
            .all(|chunk| chunk.iter().filter(|sample| extreme(sample)).count() == chunk.len())
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the samples of small pictures made here"
)]
mod tests {
    use super::*;
    use crate::imaging::ColourMode;

    const SIDE: usize = 200;

    fn page(pixel: impl Fn(usize) -> [u8; 3]) -> PageImage {
        let samples = (0..SIDE * SIDE).flat_map(pixel).collect();
        from_rgb(SIDE, SIDE, samples).unwrap()
    }

    #[test]
    fn neutral_pixels_within_coding_noise_make_a_gray_page() {
        let noisy = page(|i| [100, 100 + (i % 4) as u8, 101]);
        assert_eq!(noisy.mode(), ColourMode::Gray);
    }

    #[test]
    fn a_small_pale_seal_keeps_the_page_coloured() {
        let sealed = page(|i| {
            if i < COLOURED_PIXELS_MIN {
                [235, 218, 218]
            } else {
                [240; 3]
            }
        });
        assert_eq!(sealed.mode(), ColourMode::Colour);
    }

    #[test]
    fn black_and_white_in_three_channels_is_bitonal() {
        let fax = page(|i| if i % 7 == 0 { [0; 3] } else { [255; 3] });
        assert_eq!(fax.mode(), ColourMode::Bitonal);
    }

    #[test]
    fn one_gray_pixel_is_enough_for_gray() {
        let mut samples = vec![255; SIDE * SIDE];
        samples[SIDE + 1] = 254;
        let image = from_gray(SIDE, SIDE, samples).unwrap();
        assert_eq!(image.mode(), ColourMode::Gray);
    }

    #[test]
    fn luminance_keeps_neutral_values_and_orders_colours_as_the_eye_does() {
        for value in 0..=255 {
            assert_eq!(luma(value, value, value), value);
        }
        assert!(luma(0, 255, 0) > luma(255, 0, 0));
        assert!(luma(255, 0, 0) > luma(0, 0, 255));
    }

    #[test]
    fn samples_that_do_not_fill_the_picture_are_refused() {
        assert_eq!(from_rgb(2, 2, vec![0; 11]), None);
        assert_eq!(from_gray(0, 2, vec![]), None);
    }
}
