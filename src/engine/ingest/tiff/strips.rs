//! The strips of a TIFF picture as they lie in the file: fax coding, the order of bits, and whether
//! JPEGs in them are whole.

use std::borrow::Cow;

use hayro_ccitt::{DecodeSettings, EncodingMode};
use tiff::tags::Tag;

use crate::ingest::Note;
use crate::ingest::ccitt;
use crate::ingest::error::Reason;
use crate::ingest::held::Held;
use crate::ingest::jpeg;
use crate::ingest::tiff::{Reader, number, numbers};
use crate::units::stored;

/// Compression of CCITT's codes without end-of-line codes, group 3, group 4, and JPEG.
const MODIFIED_HUFFMAN: u64 = 2;
const GROUP_3: u64 = 3;
const GROUP_4: u64 = 4;
const JPEG: u64 = 7;

/// Options of group 3, and two of them: rows coded by those above, and codes that are in no other coding.
const T4_OPTIONS: Tag = Tag::Unknown(292);
const TWO_DIMENSIONS: u64 = 1;
const UNCOMPRESSED: u64 = 2;

/// Photometric interpretation in which zero, which fax coding calls white, is black.
const BLACK_IS_ZERO: u64 = 1;

/// Fill order in which a byte's lowest bit comes first.
const LOWEST_BIT_FIRST: u64 = 2;

/// Where the strips or tiles of a picture lie.
#[derive(Clone, Debug)]
pub(super) struct Strips {
    size: (u32, u32),
    /// Rows of a strip; `None` for tiles.
    rows: Option<u32>,
    /// Offsets and lengths.
    places: Vec<(usize, usize)>,
}

impl Strips {
    /// Reads the places of the picture that the decoder stands at.
    pub(super) fn of(decoder: &mut Reader<'_>, size: (u32, u32)) -> Option<Self> {
        let tiled = numbers(decoder, Tag::TileOffsets);
        let (rows, offsets, lengths) = match tiled {
            Some(offsets) => (None, offsets, numbers(decoder, Tag::TileByteCounts)?),
            None => {
                let rows = number(decoder, Tag::RowsPerStrip);
                let rows = rows.and_then(|rows| u32::try_from(rows).ok());
                (
                    Some(rows.unwrap_or(size.1).clamp(1, size.1.max(1))),
                    numbers(decoder, Tag::StripOffsets)?,
                    numbers(decoder, Tag::StripByteCounts)?,
                )
            }
        };
        let places = offsets.into_iter().zip(lengths).map(|(offset, length)| {
            Some((usize::try_from(offset).ok()?, usize::try_from(length).ok()?))
        });
        Some(Self {
            size,
            rows,
            places: places.collect::<Option<_>>()?,
        })
    }

    /// The data of a strip, as far as the file holds them.
    fn data<'b>(&self, bytes: &'b [u8], index: usize) -> &'b [u8] {
        let (offset, length) = self.places[index];
        let end = offset.saturating_add(length).min(bytes.len());
        bytes.get(offset..end).unwrap_or_default()
    }

    /// How the strips are to be read as a fax, if they are one.
    pub(super) fn fax(&self, decoder: &mut Reader<'_>) -> Option<Fax<'_>> {
        let compression = number(decoder, Tag::Compression)?;
        let options = number(decoder, T4_OPTIONS).unwrap_or(0);
        let encoding = match compression {
            MODIFIED_HUFFMAN => EncodingMode::Group3_1D,
            GROUP_3 if options & UNCOMPRESSED != 0 => return None,
            GROUP_3 if options & TWO_DIMENSIONS != 0 => EncodingMode::Group3_2D,
            GROUP_3 => EncodingMode::Group3_1D,
            GROUP_4 => EncodingMode::Group4,
            _ => return None,
        };
        let bilevel = number(decoder, Tag::BitsPerSample).unwrap_or(1) == 1
            && number(decoder, Tag::SamplesPerPixel).unwrap_or(1) == 1;
        bilevel.then_some(Fax {
            strips: self,
            rows: self.rows?,
            settings: DecodeSettings {
                columns: self.size.0,
                rows: 0,
                end_of_block: compression != MODIFIED_HUFFMAN,
                end_of_line: false,
                rows_are_byte_aligned: compression == MODIFIED_HUFFMAN,
                encoding,
                strict: false,
            },
            lowest_bit_first: is_lowest_bit_first(decoder),
            black_is_zero: number(decoder, Tag::PhotometricInterpretation) == Some(BLACK_IS_ZERO),
        })
    }

    /// Checks that JPEGs in the strips are whole: the decoder fills up what is missing.
    ///
    /// # Errors
    /// [`Reason`] with the place of the first that is cut off or damaged.
    pub(super) fn check_jpegs(
        &self,
        decoder: &mut Reader<'_>,
        bytes: &[u8],
    ) -> Result<Option<Note>, Reason> {
        if number(decoder, Tag::Compression) != Some(JPEG) {
            return Ok(None);
        }
        let mut note = None;
        let of = self.size.1;
        let tables = decoder.get_tag_u8_vec(Tag::JPEGTables).unwrap_or_default();
        for index in 0..self.places.len() {
            let above = self.rows.map(|rows| rows.saturating_mul(stored(index)));
            let below = |rows: u32| above.map(|above| above.saturating_add(rows).min(of));
            return Err(match jpeg::held(self.data(bytes, index), &tables, None) {
                Held::All => continue,
                Held::More => {
                    note = Some(Note::ImageDoubtful);
                    continue;
                }
                Held::Rows(rows) => Reason::ImageEndsEarly {
                    rows: below(rows),
                    of,
                },
                Held::Part => Reason::ImageEndsEarly { rows: below(0), of },
                Held::Damaged(rows) => Reason::ImageDamaged {
                    rows: below(rows.unwrap_or(0)),
                    of,
                },
            });
        }
        Ok(note)
    }

    /// A copy of the file in which the strips hold their first pixel in the highest bit, if they hold
    /// it in the lowest (TIFF 6.0, `FillOrder` 2, as fax machines write it): the decoder knows the
    /// usual order only. `None` if there is nothing to do.
    pub(super) fn in_usual_bit_order(
        &self,
        decoder: &mut Reader<'_>,
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        if !is_lowest_bit_first(decoder) {
            return None;
        }
        let mut reversed = bytes.to_vec();
        for &(offset, length) in &self.places {
            for byte in reversed.get_mut(offset..offset.checked_add(length)?)? {
                *byte = byte.reverse_bits();
            }
        }
        Some(reversed)
    }
}

fn is_lowest_bit_first(decoder: &mut Reader<'_>) -> bool {
    number(decoder, Tag::FillOrder) == Some(LOWEST_BIT_FIRST)
}

/// Strips of fax coding.
#[derive(Debug)]
pub(super) struct Fax<'a> {
    strips: &'a Strips,
    /// Rows of a strip, the last one excepted.
    rows: u32,
    settings: DecodeSettings,
    lowest_bit_first: bool,
    black_is_zero: bool,
}

impl Fax<'_> {
    /// Decodes all strips to samples of 0 for black and 255 for white.
    ///
    /// # Errors
    /// [`Reason::ImageEndsEarly`] if the strips hold too few rows, [`Reason::ImageDamaged`] if one of them
    /// is damaged.
    pub(super) fn samples(&self, bytes: &[u8]) -> Result<Vec<u8>, Reason> {
        let (width, height) = self.strips.size;
        let mut samples = Vec::new();
        let mut held = 0;
        for (index, top) in (0..height).step_by(self.rows as usize).enumerate() {
            let rows = self.rows.min(height - top);
            if index < self.strips.places.len() {
                let settings = DecodeSettings {
                    rows,
                    ..self.settings
                };
                let strip = self.strip(bytes, index);
                if let Held::Damaged(rows) = ccitt::held(&strip, settings) {
                    return Err(Reason::ImageDamaged {
                        rows: Some(top + rows.unwrap_or(0)),
                        of: height,
                    });
                }
                let strip = ccitt::samples(&strip, settings);
                held += stored(strip.len() / width.max(1) as usize);
                samples.extend(strip);
            }
            // What is missing is paper, if it is little enough to be let pass.
            samples.resize((top + rows) as usize * width as usize, u8::MAX);
        }
        Held::Rows(held).check(height)?;
        if self.black_is_zero {
            samples.iter_mut().for_each(|sample| *sample = !*sample);
        }
        Ok(samples)
    }

    /// The data of a strip, the highest bit of each byte first.
    fn strip<'b>(&self, bytes: &'b [u8], index: usize) -> Cow<'b, [u8]> {
        let data = self.strips.data(bytes, index);
        if self.lowest_bit_first {
            data.iter().map(|byte| byte.reverse_bits()).collect()
        } else {
            Cow::Borrowed(data)
        }
    }
}
