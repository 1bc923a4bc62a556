//! Decoded TIFF samples of any kind that scanners and editors write, to gray or RGB of eight bits.

use tiff::ColorType;
use tiff::decoder::DecodingResult;
use tiff::tags::{ByteOrder, Tag};

use crate::ingest::raster::over_white;
use crate::ingest::tiff::lab;
use crate::ingest::tiff::lab::Lab;
use crate::ingest::tiff::{Reader, number, numbers};

/// Photometric interpretations: three that the decoder refuses, wholly or in part, and two that it is
/// told instead.
const PALETTE: u64 = 3;
const CIE_LAB: u64 = 8;
const ICC_LAB: u64 = 9;
const BLACK_IS_ZERO: u8 = 1;
const RGB: u8 = 2;

/// The version number of files with offsets of 64 bits.
const BIG_TIFF: u64 = 43;

/// `ExtraSamples` that are opacity: laid into the colours already, or not.
const OPACITY: [u64; 2] = [1, 2];

/// Samples of eight bits, interleaved where they are coloured.
#[derive(Debug)]
pub(super) enum Samples {
    Gray(Vec<u8>),
    Rgb(Vec<u8>),
}

/// Colours that the decoder does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// The CIE's L*a*b*; decoded as RGB.
    Lab(Lab),
    /// Places in a palette of any depth; decoded as gray.
    Palette,
}

/// A copy of the file in which the directory that the decoder stands at is said to be of colours that
/// the decoder knows, if it is not; `None` if there is nothing to do.
pub(super) fn relabelled(decoder: &mut Reader<'_>, bytes: &[u8]) -> Option<(Vec<u8>, Meant)> {
    let (meant, label) = match number(decoder, Tag::PhotometricInterpretation)? {
        PALETTE => (Meant::Palette, BLACK_IS_ZERO),
        CIE_LAB => (Meant::Lab(Lab::Signed), RGB),
        ICC_LAB => (Meant::Lab(Lab::Offset), RGB),
        _ => return None,
    };
    let big_endian = matches!(decoder.byte_order(), ByteOrder::BigEndian);
    let directory = usize::try_from(decoder.ifd_pointer()?.0).ok()?;
    let whole = |at: usize, len: usize| -> Option<u64> {
        let field = bytes.get(at..at.checked_add(len)?)?;
        let append = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if big_endian {
            field.iter().fold(0, append)
        } else {
            field.iter().rev().fold(0, append)
        })
    };
    // BigTIFF has wider entries, and a wider count of them.
    let (count_len, entry_len, value_at) = match whole(2, 2)? {
        BIG_TIFF => (8, 20, 12),
        _ => (2, 12, 8),
    };
    let first = directory.checked_add(count_len)?;
    let count = usize::try_from(whole(directory, count_len)?).ok()?;
    let photometric = u64::from(Tag::PhotometricInterpretation.to_u16());
    let entry = (0..count)
        .map_while(|index| first.checked_add(index.checked_mul(entry_len)?))
        .take_while(|at| *at < bytes.len())
        .find(|at| whole(*at, 2) == Some(photometric))?;
    let mut copy = bytes.to_vec();
    *copy.get_mut(entry + value_at + usize::from(big_endian))? = label;
    Some((copy, meant))
}

/// What the samples of a picture mean.
#[derive(Debug)]
pub(super) struct Kind {
    colour: ColorType,
    palette: Vec<u16>,
    /// Whether the first sample beyond the colours is opacity.
    opacity: bool,
    /// What the file says of the colours, where the decoder was told another thing.
    meant: Option<Meant>,
}

impl Kind {
    /// Reads the kind of the picture that the decoder stands at.
    ///
    /// # Errors
    /// The decoder's, for kinds that it does not know.
    pub(super) fn of(
        decoder: &mut Reader<'_>,
        meant: Option<Meant>,
    ) -> Result<Self, tiff::TiffError> {
        let colour = decoder.colortype()?;
        let extra = numbers(decoder, Tag::ExtraSamples).unwrap_or_default();
        Ok(Self {
            colour,
            palette: match meant {
                Some(Meant::Palette) => decoder.get_tag_u16_vec(Tag::ColorMap)?,
                Some(Meant::Lab(_)) | None => Vec::new(),
            },
            // A sample too many that is not explained is opacity, as libtiff has it.
            opacity: extra.first().is_none_or(|kind| OPACITY.contains(kind)),
            meant,
        })
    }

    /// The kind in the decoder's words.
    pub(super) fn name(&self) -> String {
        format!("{:?}", self.colour)
    }

    /// Brings decoded samples to eight bits of gray or RGB, where so many pixels are as `width` wide;
    /// `None` for kinds that no scanner writes.
    pub(super) fn samples(
        &self,
        decoded: DecodingResult,
        planes: usize,
        (width, pixels): (usize, usize),
    ) -> Option<Samples> {
        let samples = eight_bits(decoded)?;
        let bits = self.colour.bit_depth();
        let (channels, samples) = if bits < 8 {
            (1, unpack(&samples, bits, width, pixels / width.max(1))?)
        } else {
            let channels = samples.len().checked_div(pixels)?;
            (channels, interleaved(samples, planes, pixels)?)
        };
        self.convert(channels, samples)
    }

    fn convert(&self, channels: usize, samples: Vec<u8>) -> Option<Samples> {
        match (self.colour, channels) {
            (ColorType::Gray(bits @ (1 | 2 | 4 | 8)), 1) if self.meant == Some(Meant::Palette) => {
                looked_up(&samples, &self.palette, 1 << bits).map(Samples::Rgb)
            }
            (ColorType::Gray(bits @ (1 | 2 | 4)), 1) => {
                let scale = 255 / ((1 << bits) - 1);
                Some(Samples::Gray(
                    samples.into_iter().map(|level| level * scale).collect(),
                ))
            }
            (ColorType::Gray(8 | 16), 1) => Some(Samples::Gray(samples)),
            // Gray with more samples beside it, the first of which may be its opacity.
            (
                ColorType::GrayA(8 | 16)
                | ColorType::Multiband {
                    bit_depth: 8 | 16, ..
                },
                2..,
            ) => {
                let gray = |pixel: &[u8]| match self.opacity {
                    true => over_white(pixel[0], pixel[1]),
                    false => pixel[0],
                };
                Some(Samples::Gray(
                    samples.chunks_exact(channels).map(gray).collect(),
                ))
            }
            (ColorType::RGB(8 | 16), 3..) if let Some(Meant::Lab(stored)) = self.meant => {
                Some(mapped::<3>(&samples, channels, lab::converter(stored)))
            }
            (ColorType::RGB(8 | 16), 3) => Some(Samples::Rgb(samples)),
            (ColorType::RGBA(8 | 16), 4..) if self.opacity => {
                let flat = |[r, g, b, a]: [u8; 4]| [r, g, b].map(|c| over_white(c, a));
                Some(mapped::<4>(&samples, channels, flat))
            }
            (ColorType::RGB(8 | 16) | ColorType::RGBA(8 | 16), 4..) => {
                Some(mapped::<3>(&samples, channels, |rgb| rgb))
            }
            (ColorType::CMYK(8 | 16) | ColorType::CMYKA(8 | 16), 4..) => {
                Some(mapped::<4>(&samples, channels, from_cmyk))
            }
            (ColorType::YCbCr(8), 3..) => Some(mapped::<3>(&samples, channels, from_ycbcr)),
            _ => None,
        }
    }
}

/// The high bytes of the samples; `None` where they are not whole numbers of at most 16 bits.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever another crate's enum does not have here by name is not supported"
)]
fn eight_bits(decoded: DecodingResult) -> Option<Vec<u8>> {
    match decoded {
        DecodingResult::U8(samples) => Some(samples),
        DecodingResult::U16(samples) => Some(samples.into_iter().map(high_byte).collect()),
        _ => None,
    }
}

fn high_byte(sample: u16) -> u8 {
    let [high, _] = sample.to_be_bytes();
    high
}

/// Planes one after the other to pixels one after the other.
fn interleaved(samples: Vec<u8>, planes: usize, pixels: usize) -> Option<Vec<u8>> {
    if planes <= 1 {
        return Some(samples);
    }
    if samples.len() != planes.checked_mul(pixels)? {
        return None;
    }
    let pixel = |index: usize| (0..planes).map(move |plane| plane * pixels + index);
    let places = (0..pixels).flat_map(pixel);
    Some(places.map(|place| samples[place]).collect())
}

/// Converts the first `N` samples of each pixel.
fn mapped<const N: usize>(
    samples: &[u8],
    channels: usize,
    convert: impl Fn([u8; N]) -> [u8; 3],
) -> Samples {
    let pixels = samples.chunks_exact(channels);
    let first = |pixel: &[u8]| *pixel.first_chunk::<N>().expect("a pixel has its colours");
    Samples::Rgb(pixels.flat_map(|pixel| convert(first(pixel))).collect())
}

/// Each ink takes its share of what black leaves.
fn from_cmyk([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    let left = |ink: u8| 255 - u32::from(ink);
    let paper = |ink: u8| (left(ink) * left(k) + 127) / 255;
    [c, m, y].map(|ink| u8::try_from(paper(ink)).expect("a share of a byte is a byte"))
}

/// The colours of a palette, whose entries of 16 bits stand red after red, then green, then blue.
fn looked_up(samples: &[u8], palette: &[u16], entries: usize) -> Option<Vec<u8>> {
    let (reds, rest) = palette.split_at_checked(entries)?;
    let (greens, blues) = rest.split_at_checked(entries)?;
    let colour = |index: &u8| {
        let index = usize::from(*index);
        [reds, greens, blues].map(|map| map.get(index).copied().map_or(0, high_byte))
    };
    Some(samples.iter().flat_map(colour).collect())
}

/// Rows of packed samples, each row padded to a byte, to one sample a byte.
fn unpack(samples: &[u8], bits: u8, width: usize, height: usize) -> Option<Vec<u8>> {
    let per_byte = match bits {
        1 => 8,
        2 => 4,
        4 => 2,
        _ => return None,
    };
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
fn from_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let luma = (i32::from(y) << 16) + 32_768;
    let (blue, red) = (i32::from(cb) - 128, i32::from(cr) - 128);
    [
        luma + 91_881 * red,
        luma - 22_554 * blue - 46_802 * red,
        luma + 116_130 * blue,
    ]
    .map(|value| u8::try_from((value >> 16).clamp(0, 255)).expect("clamped to a byte"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_samples_come_apart_row_by_row() {
        let bits = unpack(&[0b1010_0000, 0b0110_0000], 1, 3, 2).unwrap();
        assert_eq!(bits, [1, 0, 1, 0, 1, 1]);
        assert_eq!(unpack(&[0b1100_1000], 2, 3, 1).unwrap(), [3, 0, 2]);
        assert_eq!(unpack(&[0], 1, 9, 1), None);
    }

    #[test]
    fn ycbcr_keeps_neutral_values() {
        assert_eq!(from_ycbcr([77, 128, 128]), [77; 3]);
        assert_eq!(from_ycbcr([76, 85, 255]), [254, 0, 0]);
    }

    #[test]
    fn inks_darken_paper() {
        assert_eq!(from_cmyk([0, 0, 0, 0]), [255; 3]);
        assert_eq!(from_cmyk([0, 255, 255, 0]), [255, 0, 0]);
        assert_eq!(from_cmyk([10, 20, 30, 255]), [0; 3]);
    }
}
