//! The segments of JBIG2 data as PDF embeds them (ITU-T T.88, annex D.3): whether all are there.
//!
//! Decoders stop at the segment that the data end in, and show the page without it: a blank one,
//! where it is the only one. Each segment states its length, so nothing need be decoded to see it.
//! They also leave out regions in which they meet what cannot be; so the picture is decoded once more
//! by the letter of the standard: symbols and text have counts and numbers that must fit, and group 4
//! coding codes that must exist. Arithmetic coding makes some picture of any data, and so damage to what
//! is so coded is seen only where a count or a number does not fit.

use hayro_jbig2::{DecodeSettings, Decoder, Globals, Page};

use crate::ingest::held::Held;

/// A length that was not known when the segment's header was written (7.2.7).
const UNKNOWN: u32 = u32::MAX;

/// Bytes of a region segment up to its flags, the first of which tells MMR coding (7.4.1, 7.4.6.2).
const REGION_FLAGS_AT: usize = 17;

/// How much of its picture the data hold, which may use symbols shared with others.
pub(super) fn held(data: &[u8], shared: Option<&[u8]>) -> Held {
    if shared.is_some_and(|shared| !is_whole(shared)) {
        return Held::Part;
    }
    let held = segments_held(data);
    if held != Held::All || is_sound(data, shared) {
        held
    } else {
        Held::Damaged(None)
    }
}

/// Whether the data decode by the letter of the standard.
fn is_sound(data: &[u8], shared: Option<&[u8]>) -> bool {
    struct Nowhere;
    impl Decoder for Nowhere {
        fn push_pixel(&mut self, _: bool) {}
        fn push_pixel_chunk(&mut self, _: bool, _: u32) {}
        fn next_line(&mut self) {}
    }
    let settings = DecodeSettings { strict: true };
    let decoded = shared
        .map(|shared| Globals::new(shared, &settings))
        .transpose()
        .and_then(|shared| {
            Page::new_embedded(data, shared.as_ref(), &settings)?.decode(&mut Nowhere)
        });
    decoded.is_ok()
}

/// How much of its picture the segments hold.
fn segments_held(data: &[u8]) -> Held {
    let mut walk = Walk::new(data);
    let mut rows = None;
    let mut height = UNKNOWN;
    let mut regions = 0;
    for segment in walk.by_ref() {
        match segment.kind {
            Kind::Region => regions += 1,
            Kind::PageInformation => height = long_at(segment.data, 4).unwrap_or(UNKNOWN),
            // The last row of the stripe (7.4.10).
            Kind::EndOfStripe => rows = long_at(segment.data, 0).map(|row| row.saturating_add(1)),
            Kind::Other => {}
        }
    }
    if walk.cut || regions == 0 {
        return Held::Part;
    }
    match rows {
        // A page of unknown height is as high as its stripes.
        Some(rows) if height == UNKNOWN => Held::Rows(rows),
        Some(_) | None => Held::All,
    }
}

/// Whether every segment is there in full.
fn is_whole(data: &[u8]) -> bool {
    let mut walk = Walk::new(data);
    walk.by_ref().for_each(drop);
    !walk.cut
}

/// What a segment is, as far as it matters here (7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Region,
    PageInformation,
    EndOfStripe,
    Other,
}

struct Segment<'a> {
    kind: Kind,
    data: &'a [u8],
}

/// Goes from segment to segment, up to the end of the data or of the page.
struct Walk<'a> {
    rest: &'a [u8],
    /// Whether the data end within a segment.
    cut: bool,
}

impl<'a> Walk<'a> {
    const fn new(data: &'a [u8]) -> Self {
        Self {
            rest: data,
            cut: false,
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn long(&mut self) -> Option<u32> {
        long_at(self.take(4)?, 0)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// One segment (7.2).
    fn segment(&mut self) -> Option<Segment<'a>> {
        let number = self.long()?;
        let flags = self.byte()?;
        let first = self.byte()?;
        let references = if first >> 5 == 7 {
            let [a, b, c] = self.take(3)?.try_into().ok()?;
            let count = u32::from_be_bytes([first & 0x1f, a, b, c]) as usize;
            self.take((count + 1).div_ceil(8))?;
            count
        } else {
            usize::from(first >> 5)
        };
        let reference_len = match number {
            0..=256 => 1,
            257..=65_536 => 2,
            65_537.. => 4,
        };
        self.take(references.checked_mul(reference_len)?)?;
        self.take(if flags & 0x40 == 0 { 1 } else { 4 })?;
        let length = match self.long()? {
            UNKNOWN => self.unknown_length()?,
            length => length as usize,
        };
        let data = self.take(length)?;
        let kind = match flags & 0x3f {
            // Immediate regions of text, halftone, generic and refinement coding.
            6 | 7 | 22 | 23 | 38 | 39 | 42 | 43 => Kind::Region,
            48 => Kind::PageInformation,
            50 => Kind::EndOfStripe,
            49 | 51 => {
                // End of the page or of the file.
                self.rest = &[];
                Kind::Other
            }
            _ => Kind::Other,
        };
        Some(Segment { kind, data })
    }

    /// The length of a generic region that ends in a mark and its count of rows (7.2.7).
    fn unknown_length(&self) -> Option<usize> {
        let mmr = self.rest.get(REGION_FLAGS_AT)? & 1 == 1;
        let mark: &[u8] = if mmr { &[0, 0] } else { &[0xff, 0xac] };
        let start = REGION_FLAGS_AT + 1;
        let found = self.rest[start..]
            .windows(2)
            .position(|pair| pair == mark)?;
        Some(start + found + mark.len() + 4)
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        // Line ends and zeros behind the last segment are the PDF's, not the picture's.
        if self.cut
            || self
                .rest
                .iter()
                .all(|byte| matches!(byte, 0 | b'\r' | b'\n'))
        {
            return None;
        }
        let segment = self.segment();
        self.cut = segment.is_none();
        segment
    }
}

fn long_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
