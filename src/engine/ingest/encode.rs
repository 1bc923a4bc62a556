//! Encoders for tests: a bitonal drawing in the codings of fax machines and scanners.

use std::ops::Range;

use fax::maps::{EOL, black, white};
use fax::{BitWriter, Bits, Color, VecWriter};

/// Width of the drawing, 30 whole bytes.
pub(crate) const WIDTH: u32 = 240;

/// Height of the drawing.
pub(crate) const HEIGHT: u32 = 320;

/// A row of the drawing, `true` for ink: strokes that move with every second row, so that every part
/// of the coded data matters, down to the last row.
pub(crate) fn row(y: u32) -> impl Iterator<Item = bool> {
    (0..WIDTH).map(move |x| (x + 7 * (y / 2)) % 60 < 20 + (y / 2) % 11)
}

/// The drawing at one bit a pixel, 0 for ink.
pub(crate) fn packed() -> Vec<u8> {
    let rows = (0..HEIGHT).flat_map(row);
    let pixels: Vec<bool> = rows.collect();
    let byte = |pixels: &[bool]| {
        let bits = pixels.iter().map(|ink| u8::from(!ink));
        bits.fold(0, |byte, bit| byte << 1 | bit)
    };
    pixels.chunks(8).map(byte).collect()
}

/// The drawing in group 4 coding (ITU-T T.6), with its end marker.
pub(crate) fn group4() -> Vec<u8> {
    group4_of(0..HEIGHT)
}

/// Some rows of the drawing in group 4 coding, with an end marker.
pub(crate) fn group4_of(rows: Range<u32>) -> Vec<u8> {
    let mut encoder = fax::encoder::Encoder::new(VecWriter::new());
    for y in rows {
        let pixels = row(y).map(|ink| if ink { Color::Black } else { Color::White });
        encoder.encode_line(pixels, WIDTH).unwrap();
    }
    encoder.finish().unwrap().finish()
}

/// How the rows of a group 3 fax are coded (ITU-T T.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group3 {
    /// Each row by itself.
    OneDimension,
    /// Every second row as the same as the row above it.
    TwoDimensions,
    /// Each row by itself, in whole bytes and without end-of-line codes: TIFF's compression 2.
    Aligned,
}

/// The drawing in group 3 coding.
pub(crate) fn group3(coding: Group3) -> Vec<u8> {
    let mut writer = VecWriter::new();
    let write = |writer: &mut VecWriter, bits| writer.write(bits).unwrap();
    let bit = |data| Bits { data, len: 1 };
    for y in 0..HEIGHT {
        let runs = runs(y);
        match coding {
            Group3::Aligned => {}
            Group3::OneDimension => write(&mut writer, EOL),
            Group3::TwoDimensions => {
                write(&mut writer, EOL);
                write(&mut writer, bit(u16::from(y % 2 == 0)));
                if y % 2 == 1 {
                    // Vertical mode, no shift: the same changes as above, and the end.
                    (0..runs.len()).for_each(|_| write(&mut writer, bit(1)));
                    continue;
                }
            }
        }
        for (index, run) in runs.into_iter().enumerate() {
            let table = [&white::ENTRIES, &black::ENTRIES][index % 2];
            if run >= 64 {
                write(&mut writer, table[63 + run / 64].1);
            }
            write(&mut writer, table[run % 64].1);
        }
        if coding == Group3::Aligned {
            writer.pad();
        }
    }
    if coding != Group3::Aligned {
        for _ in 0..6 {
            write(&mut writer, EOL);
            if coding == Group3::TwoDimensions {
                write(&mut writer, bit(1));
            }
        }
    }
    writer.finish()
}

/// Lengths of the runs of a row, the first of paper, and empty where the row begins with ink.
fn runs(y: u32) -> Vec<usize> {
    let mut runs = vec![0];
    let mut last = false;
    for ink in row(y) {
        if ink != last {
            runs.push(0);
            last = ink;
        }
        *runs.last_mut().unwrap() += 1;
    }
    runs
}

/// The drawing in JBIG2 segments as PDF embeds them: page information, and generic regions of so
/// many rows in group 4 coding (ITU-T T.88, 7.4.6).
pub(crate) fn jbig2(region_rows: u32) -> Vec<u8> {
    let mut page = [WIDTH, HEIGHT, 0, 0].map(u32::to_be_bytes).concat();
    page.extend([0, 0, 0]);
    let mut data = segment(0, 48, &page);
    for (number, top) in (1..).zip((0..HEIGHT).step_by(region_rows as usize)) {
        let mut region = [WIDTH, region_rows, 0, top].map(u32::to_be_bytes).concat();
        // Combined by OR; MMR coding.
        region.extend([0, 1]);
        region.extend(group4_of(top..top + region_rows));
        data.extend(segment(number, 38, &region));
    }
    data
}

fn segment(number: u32, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut segment = number.to_be_bytes().to_vec();
    segment.extend([kind, 0, 1]);
    segment.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    segment.extend(data);
    segment
}
