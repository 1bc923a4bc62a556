//! Arithmetic coding of plain pixels in JBIG2 (ITU-T T.88, 6.2.5 and annex E): where its data end.
//!
//! Any data decode to some picture. But a decoder that is in step with its encoder has used up the
//! data when it comes to the last pixel, and one that lost its step at damaged data has not, or has
//! run past them: arithmetic coding never falls into step again.

/// Bytes that may be left at the last pixel, or that may have been made up behind the end: what the
/// encoder's and the decoder's registers hold (E.2.2, E.3.2).
const SLACK: usize = 8;

/// Rows above that a context may reach to, and columns to either side (6.2.5.4).
const REACH: usize = 128;

/// The rows of a picture that are kept: a power of two above [`REACH`].
const KEPT: usize = 256;

/// How the data of a region stand at its last pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Used up.
    Met,
    /// Some are left.
    Early,
    /// They ended before it.
    Late,
}

/// Decodes a generic region segment (7.4.6); `None` if it is not coded so, or not as it should be.
pub(super) fn end(segment: &[u8]) -> Option<End> {
    let side = |at: usize| {
        let bytes = segment.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let (width, height) = (side(0)?, side(4)?);
    let flags = *segment.get(17)?;
    // MMR, and the extended template.
    if flags & 0b1_0001 != 0 || width == 0 {
        return None;
    }
    let template = usize::from(flags >> 1 & 3);
    let (own, data) = segment
        .get(18..)?
        .split_at_checked(2 * OWN_COUNTS[template])?;
    let own: Vec<(isize, isize)> = own
        .chunks_exact(2)
        .map(|at| {
            (
                isize::from(at[0].cast_signed()),
                isize::from(at[1].cast_signed()),
            )
        })
        .collect();
    if own.iter().any(|(x, y)| *y > 0 || (*y == 0 && *x >= 0)) {
        return None;
    }
    let region = Region {
        width,
        height,
        places: places(template, &own),
        repeats: (flags & 8 != 0).then_some(REPEATS[template]),
    };
    Some(region.end(data))
}

/// The pixels that a template's contexts are made of, the lowest bit first (figures 3 to 6): runs from
/// right to left, given by their first pixel and their length, and pixels that the region places.
const TEMPLATES: [&[(isize, isize, isize)]; 4] = [
    &[(-1, 0, 4), OWN, (2, -1, 5), OWN, OWN, (1, -2, 3), OWN],
    &[(-1, 0, 3), OWN, (2, -1, 5), (2, -2, 4)],
    &[(-1, 0, 2), OWN, (1, -1, 4), (1, -2, 3)],
    &[(-1, 0, 4), OWN, (1, -1, 5)],
];
const OWN: (isize, isize, isize) = (0, 0, 0);

/// How many pixels the region places in each template.
const OWN_COUNTS: [usize; 4] = [4, 1, 1, 1];

/// The contexts that tell whether a row is the same as the one above (figures 8 to 11).
const REPEATS: [usize; 4] = [0x9b25, 0x0795, 0x00e5, 0x0195];

/// The pixels of a template's contexts.
fn places(template: usize, own: &[(isize, isize)]) -> Vec<(isize, isize)> {
    let mut own = own.iter();
    let mut places = Vec::new();
    for &(x, y, count) in TEMPLATES[template] {
        if count == 0 {
            places.extend(own.next());
        }
        places.extend((0..count).map(|index| (x - index, y)));
    }
    places
}

struct Region {
    width: usize,
    height: usize,
    places: Vec<(isize, isize)>,
    repeats: Option<usize>,
}

impl Region {
    /// Decodes the region, of which no more rows are kept than contexts reach to.
    fn end(&self, data: &[u8]) -> End {
        let stride = self.width + 2 * REACH;
        let mut kept = vec![0_u8; stride * KEPT];
        let mut contexts = vec![(0_u8, 0_u8); 1 << self.places.len()];
        let mut decoder = Decoder::new(data);
        let mut same = 0;
        // A pixel whose context's bit is above and one to the left is the next one's to the right: so
        // runs of neighbours move by a shift, and only the pixels that enter are looked up.
        let enters: Vec<usize> = (0..self.places.len())
            .filter(|bit| {
                let (x, y) = self.places[*bit];
                *bit == 0 || self.places[*bit - 1] != (x + 1, y)
            })
            .collect();
        let moves = enters
            .iter()
            .fold(usize::MAX, |mask, bit| mask & !(1 << bit));
        let moves = moves & ((1 << self.places.len()) - 1);
        for y in 0..self.height {
            let row = y % KEPT * stride + REACH;
            if let Some(repeat) = self.repeats {
                same ^= decoder.bit(&mut contexts[repeat]);
                if same == 1 {
                    let above = (y + KEPT - 1) % KEPT * stride;
                    kept.copy_within(above..above + stride, y % KEPT * stride);
                    continue;
                }
            }
            kept[row - REACH..row - REACH + stride].fill(0);
            let start = |(x, above): (isize, isize)| {
                let line = (y + KEPT).wrapping_add_signed(above) % KEPT;
                (line * stride + REACH).wrapping_add_signed(x)
            };
            let starts: Vec<usize> = self.places.iter().map(|place| start(*place)).collect();
            // The context of the pixel in front of the first.
            let mut context = (0..starts.len()).fold(0, |context, bit| {
                context | usize::from(kept[starts[bit] - 1]) << bit
            });
            let entering: Vec<(usize, usize)> =
                enters.iter().map(|bit| (*bit, starts[*bit])).collect();
            for x in 0..self.width {
                context = context << 1 & moves;
                for (bit, start) in &entering {
                    context |= usize::from(kept[start + x]) << bit;
                }
                kept[row + x] = decoder.bit(&mut contexts[context]);
            }
        }
        decoder.end()
    }
}

/// The decoder of annex E.
struct Decoder<'a> {
    data: &'a [u8],
    at: usize,
    c: u32,
    a: u32,
    left: u32,
    /// Bytes that were made up behind the end.
    missing: usize,
}

impl<'a> Decoder<'a> {
    fn new(data: &'a [u8]) -> Self {
        // The mark at the end stands for ones without end, as does the end itself.
        let data = data.strip_suffix(&[0xff, 0xac]).unwrap_or(data);
        let mut decoder = Self {
            data,
            at: 0,
            c: 0,
            a: 0x8000,
            left: 0,
            missing: 0,
        };
        decoder.c = u32::from(decoder.byte(0)) << 16;
        decoder.read();
        decoder.c <<= 7;
        decoder.left -= 7;
        decoder
    }

    fn byte(&self, at: usize) -> u8 {
        self.data.get(at).copied().unwrap_or(0xff)
    }

    /// BYTEIN (E.3.4).
    fn read(&mut self) {
        self.left = 8;
        if self.byte(self.at) != 0xff {
            self.at += 1;
            self.c += u32::from(self.byte(self.at)) << 8;
        } else if self.byte(self.at + 1) > 0x8f {
            self.c += 0xff00;
            self.missing += 1;
        } else {
            self.at += 1;
            self.c += u32::from(self.byte(self.at)) << 9;
            self.left = 7;
        }
    }

    /// DECODE (E.3.2), with a context's place in the table and its likelier bit.
    #[inline]
    fn bit(&mut self, (place, likely): &mut (u8, u8)) -> u8 {
        let (share, more, less, switch) = STATES[usize::from(*place)];
        self.a -= share;
        let is_less = self.c >> 16 < share;
        if !is_less {
            self.c -= share << 16;
            if self.a & 0x8000 != 0 {
                return *likely;
            }
        }
        // The less likely bit has the larger part where the two have changed places.
        let is_likely = is_less == (self.a < share);
        if is_less {
            self.a = share;
        }
        let bit = *likely ^ u8::from(!is_likely);
        if is_likely {
            *place = more;
        } else {
            *likely ^= u8::from(switch);
            *place = less;
        }
        while self.a & 0x8000 == 0 {
            if self.left == 0 {
                self.read();
            }
            self.a <<= 1;
            self.c <<= 1;
            self.left -= 1;
        }
        bit
    }

    fn end(&self) -> End {
        // No data at all are nothing that could be damaged.
        if self.data.is_empty() {
            return End::Met;
        }
        let left = self.data.len().saturating_sub(self.at);
        if self.missing > SLACK {
            End::Late
        } else if left > SLACK {
            End::Early
        } else {
            End::Met
        }
    }
}

/// The share of the less likely bit, the states that follow the likelier and the less likely one, and
/// whether they change places then (table E.1).
#[rustfmt::skip]
const STATES: [(u32, u8, u8, bool); 47] = [
    (0x5601, 1, 1, true), (0x3401, 2, 6, false), (0x1801, 3, 9, false), (0x0ac1, 4, 12, false),
    (0x0521, 5, 29, false), (0x0221, 38, 33, false), (0x5601, 7, 6, true), (0x5401, 8, 14, false),
    (0x4801, 9, 14, false), (0x3801, 10, 14, false), (0x3001, 11, 17, false), (0x2401, 12, 18, false),
    (0x1c01, 13, 20, false), (0x1601, 29, 21, false), (0x5601, 15, 14, true), (0x5401, 16, 14, false),
    (0x5101, 17, 15, false), (0x4801, 18, 16, false), (0x3801, 19, 17, false), (0x3401, 20, 18, false),
    (0x3001, 21, 19, false), (0x2801, 22, 19, false), (0x2401, 23, 20, false), (0x2201, 24, 21, false),
    (0x1c01, 25, 22, false), (0x1801, 26, 23, false), (0x1601, 27, 24, false), (0x1401, 28, 25, false),
    (0x1201, 29, 26, false), (0x1101, 30, 27, false), (0x0ac1, 31, 28, false), (0x09c1, 32, 29, false),
    (0x08a1, 33, 30, false), (0x0521, 34, 31, false), (0x0441, 35, 32, false), (0x02a1, 36, 33, false),
    (0x0221, 37, 34, false), (0x0141, 38, 35, false), (0x0111, 39, 36, false), (0x0085, 40, 37, false),
    (0x0049, 41, 38, false), (0x0025, 42, 39, false), (0x0015, 43, 40, false), (0x0009, 44, 41, false),
    (0x0005, 45, 42, false), (0x0001, 45, 43, false), (0x5601, 46, 46, false),
];

#[cfg(test)]
mod tests;
