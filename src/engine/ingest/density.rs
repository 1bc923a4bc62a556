//! The resolution and orientation that a picture file states about itself.
//!
//! PNG: chunk `pHYs`. JPEG: segment APP0 (JFIF), else APP1 (Exif). BMP: the header's pixels per
//! metre. TIFF and Exif share one structure, read by [`exif`]. Nothing here trusts an offset.

use crate::ingest::orientation::Orientation;
use crate::ingest::resolution::Density;
use crate::units::MM_PER_INCH;

/// Entries of an image file directory that are looked through: real ones have some thirty.
const ENTRIES_MAX: usize = 512;

/// The density that a PNG's `pHYs` chunk states in metres (PNG specification, 11.3.4.3).
pub(crate) fn png(bytes: &[u8]) -> Option<Density> {
    let mut rest = bytes.get(8..)?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let data = after.get(..length)?;
        match (kind, data) {
            (b"pHYs", [a, b, c, d, e, f, g, h, 1]) => {
                let x = u32::from_be_bytes([*a, *b, *c, *d]);
                let y = u32::from_be_bytes([*e, *f, *g, *h]);
                return per_metre(x, y);
            }
            (b"IDAT", _) => return None,
            _ => rest = after.get(length.checked_add(4)?..)?,
        }
    }
}

/// The density of a BMP's header, in pixels per metre at byte 38.
pub(crate) fn bmp(bytes: &[u8]) -> Option<Density> {
    let header = bytes.get(38..46)?;
    let (x, y) = header.split_at(4);
    per_metre(
        u32::from_le_bytes(x.try_into().ok()?),
        u32::from_le_bytes(y.try_into().ok()?),
    )
}

/// What a JPEG states: its density and its orientation.
pub(crate) fn jpeg(bytes: &[u8]) -> (Option<Density>, Orientation) {
    let (mut jfif, mut tags) = (None, (None, Orientation::Upright));
    for (marker, segment) in jpeg_segments(bytes) {
        match (marker, segment) {
            (0xe0, [b'J', b'F', b'I', b'F', 0, _, _, unit, a, b, c, d, ..]) => {
                let (x, y) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
                jfif = in_unit(f64::from(x), f64::from(y), *unit);
            }
            (0xe1, [b'E', b'x', b'i', b'f', 0, 0, blob @ ..]) => tags = exif(blob),
            _ => {}
        }
    }
    // A density in a unit says more than an aspect ratio, whichever segment it stands in.
    let absolute = jfif.filter(|density: &Density| !density.is_ratio());
    (absolute.or(tags.0).or(jfif), tags.1)
}

/// The segments in front of a JPEG's first scan, as marker and contents.
fn jpeg_segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        // Any number of 0xff may stand in front of a marker.
        let start = rest.iter().position(|byte| *byte != 0xff)?;
        let marker = rest[start];
        let (length, _) = rest.get(start + 1..)?.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let contents = rest.get(start + 3..start + 1 + length)?;
        let scan = start == 0 || marker == 0xda;
        rest = &rest[start + 1 + length..];
        (!scan).then_some((marker, contents))
    })
}

/// What the first directory of a TIFF structure states: its density and its orientation.
pub(crate) fn exif(blob: &[u8]) -> (Option<Density>, Orientation) {
    let tags = Directory::first(blob);
    let tag = |number| tags.as_ref().and_then(|tags| tags.number(number));
    // 2, inches, is the default of the standard (TIFF 6.0, section 8).
    let unit = match tag(0x128) {
        Some(unit) if (unit - 3.0).abs() < 0.5 => 2,
        Some(unit) if (unit - 1.0).abs() < 0.5 => 0,
        Some(_) | None => 1,
    };
    let density = match (tag(0x11a), tag(0x11b)) {
        (Some(x), Some(y)) => in_unit(x, y, unit),
        (Some(x), None) => in_unit(x, x, unit),
        (None, _) => None,
    };
    let orientation = match tag(0x112) {
        Some(value) if (1.0..9.0).contains(&value) => (1..=8)
            .find(|number| (f64::from(*number) - value).abs() < 0.5)
            .map_or(Orientation::Upright, |number: u8| {
                Orientation::from_exif(u64::from(number))
            }),
        Some(_) | None => Orientation::Upright,
    };
    (density, orientation)
}

/// One image file directory (TIFF 6.0, section 2).
struct Directory<'a> {
    blob: &'a [u8],
    entries: &'a [[u8; 12]],
    big_endian: bool,
}

impl<'a> Directory<'a> {
    fn first(blob: &'a [u8]) -> Option<Self> {
        let big_endian = match blob.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        let mut directory = Self {
            blob,
            entries: &[],
            big_endian,
        };
        let offset = usize::try_from(directory.long(blob.get(4..8)?)?).ok()?;
        let count = usize::from(directory.short(blob.get(offset..offset.checked_add(2)?)?)?);
        let (entries, _) = blob.get(offset + 2..)?.as_chunks::<12>();
        directory.entries = entries.get(..count.min(ENTRIES_MAX))?;
        Some(directory)
    }

    /// The first value of a tag of type SHORT, LONG or RATIONAL.
    fn number(&self, tag: u16) -> Option<f64> {
        let entry = self
            .entries
            .iter()
            .find(|entry| self.short(&entry[..2]) == Some(tag))?;
        match self.short(&entry[2..4])? {
            3 => self.short(&entry[8..10]).map(f64::from),
            4 => self.long(&entry[8..12]).map(f64::from),
            5 => {
                let offset = usize::try_from(self.long(&entry[8..12])?).ok()?;
                let value = self.blob.get(offset..offset.checked_add(8)?)?;
                let (above, below) = (self.long(&value[..4])?, self.long(&value[4..])?);
                (below > 0).then(|| f64::from(above) / f64::from(below))
            }
            _ => None,
        }
    }

    fn short(&self, bytes: &[u8]) -> Option<u16> {
        let bytes = bytes.try_into().ok()?;
        Some(if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn long(&self, bytes: &[u8]) -> Option<u32> {
        let bytes = bytes.try_into().ok()?;
        Some(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }
}

fn per_metre(x: u32, y: u32) -> Option<Density> {
    // Writers round to whole pixels per metre (11811 for 300 dpi): rounding back is exact for every
    // resolution in use.
    let dpi = |per_metre: u32| {
        let exact = f64::from(per_metre) * MM_PER_INCH / 1000.0;
        let whole = exact.round();
        if (exact - whole).abs() < 0.03 {
            whole
        } else {
            exact
        }
    };
    (x > 0 && y > 0).then(|| Density {
        x: dpi(x),
        y: dpi(y),
    })
}

/// JFIF's units: 0 an aspect ratio alone, 1 inches, 2 centimetres.
fn in_unit(x: f64, y: f64, unit: u8) -> Option<Density> {
    if !(x > 0.0 && y > 0.0) {
        return None;
    }
    let per_centimetre = MM_PER_INCH / 10.0;
    match unit {
        0 => Some(Density::ratio(x, y)),
        1 => Some(Density { x, y }),
        2 => Some(Density {
            x: x * per_centimetre,
            y: y * per_centimetre,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian TIFF structure with resolution 200 x 100 per inch and orientation 6.
    fn tags() -> Vec<u8> {
        let mut blob = b"II*\0\x08\0\0\0\x04\0".to_vec();
        let mut entry = |tag: u16, kind: u16, value: u32| {
            blob.extend(tag.to_le_bytes());
            blob.extend(kind.to_le_bytes());
            blob.extend(1_u32.to_le_bytes());
            blob.extend(value.to_le_bytes());
        };
        entry(0x112, 3, 6);
        entry(0x11a, 5, 62);
        entry(0x11b, 5, 70);
        entry(0x128, 3, 2);
        blob.extend([0; 4]);
        for number in [200_u32, 1, 100, 1] {
            blob.extend(number.to_le_bytes());
        }
        blob
    }

    #[test]
    fn exif_states_resolution_and_orientation() {
        let (density, orientation) = exif(&tags());
        assert_eq!(density, Some(Density { x: 200.0, y: 100.0 }));
        assert_eq!(orientation, Orientation::QuarterTurn);
    }

    #[test]
    fn exif_is_found_in_a_jpeg_behind_other_segments() {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\x00\x00\x01\x00\x01\0\0".to_vec();
        let blob = tags();
        let length = u16::try_from(blob.len() + 8).unwrap();
        bytes.extend(b"\xff\xff\xe1");
        bytes.extend(length.to_be_bytes());
        bytes.extend(b"Exif\0\0");
        bytes.extend(&blob);
        bytes.extend(b"\xff\xda\0\x02");
        let (density, orientation) = jpeg(&bytes);
        // The JFIF segment states an aspect ratio alone, so Exif decides.
        assert_eq!(density, Some(Density { x: 200.0, y: 100.0 }));
        assert_eq!(orientation, Orientation::QuarterTurn);
    }

    #[test]
    fn jfif_in_centimetres_is_converted() {
        let bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\x02\x00\x76\x00\x76\0\0";
        let (density, _) = jpeg(bytes);
        assert!((density.unwrap().x - 299.72).abs() < 1e-9);
    }

    #[test]
    fn pixels_per_metre_round_back_to_whole_resolutions() {
        for (dpi, stored) in [
            (72.0, 2835),
            (96.0, 3780),
            (200.0, 7874),
            (204.0, 8031),
            (300.0, 11_811),
            (600.0, 23_622),
        ] {
            let density = per_metre(stored, stored);
            assert_eq!(density, Some(Density { x: dpi, y: dpi }));
        }
    }

    #[test]
    fn cut_and_lying_structures_state_nothing() {
        let whole = tags();
        for length in 0..whole.len() {
            let _ = exif(&whole[..length]);
            let _ = jpeg(&whole[..length]);
            let _ = png(&whole[..length]);
        }
        let mut far = whole;
        far[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(exif(&far), (None, Orientation::Upright));
        assert_eq!(png(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffpHYs"), None);
    }
}
