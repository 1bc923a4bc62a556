//! A part of a picture as a JPEG of its own: its units' codes, copied.
//!
//! What a decoder makes of it is what it makes of the whole, a unit's width inside the edges: there
//! decoders mix the samples of neighbours.

use super::blocks::pass;
use super::huffman::Bits;
use super::overview::Mark;
use super::scan::{Coded, Scan};
use crate::units::stored;
use std::ops::Range;

/// Length of the codes that differences of means are written in: 16 sizes have room in it, and the code
/// of all ones, which is none, is left over.
const MEAN_CODE: u32 = 5;
/// The segment that defines them for the first table (T.81, B.2.4.2).
pub(super) const MEAN_CODES: [u8; 37] = {
    let mut segment = [0; 37];
    (segment[0], segment[1], segment[3]) = (0xff, 0xc4, 35);
    segment[5 + 4] = 16;
    let mut size = 0;
    while size < 16 {
        segment[21 + size as usize] = size;
        size += 1;
    }
    segment
};

/// Writes bits, the highest of each byte first, with a zero behind each byte of ones (B.1.1.5).
#[derive(Debug, Default)]
struct Writer {
    bytes: Vec<u8>,
    buffer: u64,
    held: u32,
}

impl Writer {
    /// At most 16 bits.
    fn put(&mut self, bits: u32, count: u32) {
        self.buffer = self.buffer << count | u64::from(bits);
        self.held += count;
        while self.held >= 8 {
            self.held -= 8;
            let [.., byte] = (self.buffer >> self.held).to_be_bytes();
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    /// Copies the bits of a span.
    fn copy(&mut self, data: &[u8], span: Range<usize>) {
        let mut bits = Bits::new(data, span.start / 8);
        bits.take(stored(span.start % 8));
        let mut left = stored(span.len());
        while left > 0 {
            let count = left.min(16);
            self.put(bits.take(count), count);
            left -= count;
        }
    }

    /// A difference of means: its size, then its value (F.1.2.1).
    fn difference(&mut self, value: i64) {
        let size = 64 - value.abs().leading_zeros();
        self.put(size, MEAN_CODE);
        let bits = if value < 0 { value - 1 } else { value };
        // The lowest bits of the number as it is stored.
        let [.., high, low] = bits.to_be_bytes();
        let kept = u32::from(u16::from_be_bytes([high, low])) & ((1 << size) - 1);
        self.put(kept, size);
    }

    fn closed(mut self) -> Vec<u8> {
        let rest = (8 - self.held % 8) % 8;
        self.put((1 << rest) - 1, rest);
        self.bytes
    }
}

/// The codes of some columns and rows of units; `None` if they are not there as they were.
pub(super) fn codes(
    scan: &Scan<'_>,
    coded: &Coded,
    marks: &[Mark],
    (columns, rows): (Range<usize>, Range<usize>),
) -> Option<Vec<u8>> {
    let (across, _) = scan.units();
    let mut writer = Writer::default();
    let mut written = [0; 3];
    for row in rows {
        let wanted = row * across + columns.start..row * across + columns.end;
        let mut unit = wanted.start;
        let mut walk = Walk::default();
        while unit < wanted.end {
            if walk.is_lost(scan, unit) {
                let mark = marks[..marks.partition_point(|mark| mark.unit <= unit)].last()?;
                walk = Walk::from(*mark, &coded.data);
                // From the mark on.
                unit = mark.unit;
            }
            let sink = (unit >= wanted.start).then_some((&mut writer, &mut written));
            walk.unit(scan, &coded.data, sink)?;
            unit += 1;
            walk.next = unit;
        }
    }
    Some(writer.closed())
}

/// Where codes are read.
#[derive(Debug, Default)]
struct Walk<'a> {
    bits: Option<Bits<'a>>,
    means: [i64; 3],
    next: usize,
}

impl<'a> Walk<'a> {
    fn from(mark: Mark, data: &'a [u8]) -> Self {
        let mut bits = Bits::new(data, mark.at / 8);
        bits.take(stored(mark.at % 8));
        Self {
            bits: Some(bits),
            means: mark.means,
            next: mark.unit,
        }
    }

    /// Whether a unit must be looked for: at the start, and behind a restart.
    fn is_lost(&self, scan: &Scan<'_>, unit: usize) -> bool {
        let restarts = scan.restart > 0 && unit.is_multiple_of(scan.restart);
        self.bits.is_none() || self.next != unit || restarts
    }

    /// Passes over a unit, and writes its codes.
    fn unit(
        &mut self,
        scan: &Scan<'_>,
        data: &[u8],
        mut sink: Option<(&mut Writer, &mut [i64; 3])>,
    ) -> Option<()> {
        let bits = self.bits.as_mut()?;
        for (part, (named, mean)) in scan.parts.iter().zip(&mut self.means).enumerate() {
            for _ in 0..named.blocks {
                scan.mean(named, bits, mean)?;
                let start = bits.position();
                pass(named.ac?, bits)?;
                if let Some((writer, written)) = &mut sink {
                    writer.difference(*mean - written[part]);
                    written[part] = *mean;
                    writer.copy(data, start..bits.position());
                }
            }
        }
        Some(())
    }
}
