//! Regions written by the encoder of annex E, and what is said of them once they are damaged.

use super::*;
use crate::ingest::encode::{self, HEIGHT, WIDTH};
use crate::ingest::held::Held;
use crate::ingest::pdf::jbig2;

/// The example of annex H.2: 256 decisions in one context, then the mark.
const EXAMPLE: [u8; 30] = [
    0x84, 0xc7, 0x3b, 0xfc, 0xe1, 0xa1, 0x43, 0x04, 0x02, 0x20, 0x00, 0x00, 0x41, 0x0d, 0xbb, 0x86,
    0xf4, 0x31, 0x7f, 0xff, 0x88, 0xff, 0x37, 0x47, 0x1a, 0xdb, 0x6a, 0xdf, 0xff, 0xac,
];

#[test]
fn the_example_of_the_standard_gives_its_decisions() {
    let mut decoder = Decoder::new(&EXAMPLE);
    let mut context = (0, 0);
    let mut byte = || (0..8).fold(0_u8, |byte, _| byte << 1 | decoder.bit(&mut context));
    let decided: Vec<u8> = (0..32).map(|_| byte()).collect();
    assert_eq!(
        decided,
        [
            0x00, 0x02, 0x00, 0x51, 0x00, 0x00, 0x00, 0xc0, 0x03, 0x52, 0x87, 0x2a, 0xaa, 0xaa,
            0xaa, 0xaa, 0x82, 0xc0, 0x20, 0x00, 0xfc, 0xd7, 0x9e, 0xf6, 0xbf, 0x7f, 0xed, 0x90,
            0x4f, 0x46, 0xa3, 0xbf,
        ]
    );
    assert_eq!(decoder.end(), End::Met);
}

/// The encoder of annex E.2.
struct Encoder {
    bytes: Vec<u8>,
    c: u32,
    a: u32,
    left: u32,
}

impl Encoder {
    fn bit(&mut self, (place, likely): &mut (u8, u8), bit: u8) {
        let (share, more, less, switch) = STATES[usize::from(*place)];
        self.a -= share;
        if bit == *likely {
            if self.a & 0x8000 != 0 {
                self.c += share;
                return;
            }
            if self.a < share {
                self.a = share;
            } else {
                self.c += share;
            }
            *place = more;
        } else {
            if self.a < share {
                self.c += share;
            } else {
                self.a = share;
            }
            *likely ^= u8::from(switch);
            *place = less;
        }
        while self.a & 0x8000 == 0 {
            self.a <<= 1;
            self.c <<= 1;
            self.left -= 1;
            if self.left == 0 {
                self.byte();
            }
        }
    }

    /// BYTEOUT (E.2.7).
    fn byte(&mut self) {
        let last = self.bytes.last_mut().unwrap();
        if *last != 0xff && self.c >= 0x800_0000 {
            *last += 1;
            self.c &= 0x7ff_ffff;
        }
        let shift = if *last == 0xff { 20 } else { 19 };
        self.bytes.push(u8::try_from(self.c >> shift).unwrap());
        self.c &= (1 << shift) - 1;
        self.left = 27 - shift;
    }

    /// FLUSH (E.2.9).
    fn finish(mut self) -> Vec<u8> {
        let most = self.c + self.a;
        self.c |= 0xffff;
        if self.c >= most {
            self.c -= 0x8000;
        }
        for _ in 0..2 {
            self.c <<= self.left;
            self.byte();
        }
        if *self.bytes.last().unwrap() != 0xff {
            self.bytes.push(0xff);
        }
        self.bytes.push(0xac);
        self.bytes.split_off(1)
    }
}

/// The drawing as a region segment, in one of the four templates with its own pixels where they
/// usually are; and where its coded data begin.
fn segment(template: u8) -> (Vec<u8>, usize) {
    let own: &[(i8, i8)] = match template {
        0 => &[(3, -1), (-3, -1), (2, -2), (-2, -2)],
        1 => &[(3, -1)],
        _ => &[(2, -1)],
    };
    let wide: Vec<(isize, isize)> = own
        .iter()
        .map(|(x, y)| ((*x).into(), (*y).into()))
        .collect();
    let places = places(template.into(), &wide);
    let rows: Vec<Vec<bool>> = (0..HEIGHT).map(|y| encode::row(y).collect()).collect();
    let mut contexts = vec![(0, 0); 1 << places.len()];
    let mut encoder = Encoder {
        bytes: vec![0],
        c: 0,
        a: 0x8000,
        left: 12,
    };
    for (y, row) in rows.iter().enumerate() {
        for (x, ink) in row.iter().enumerate() {
            let pixel = |(dx, dy): &(isize, isize)| {
                let above = rows.get(y.checked_add_signed(*dy)?)?;
                above.get(x.checked_add_signed(*dx)?).copied()
            };
            let bits = places.iter().enumerate();
            let context = bits.fold(0, |context, (bit, place)| {
                context | usize::from(pixel(place).unwrap_or(false)) << bit
            });
            encoder.bit(&mut contexts[context], u8::from(*ink));
        }
    }
    let mut segment = [WIDTH, HEIGHT, 0, 0].map(u32::to_be_bytes).concat();
    segment.extend([0, template << 1]);
    segment.extend(
        own.iter()
            .flat_map(|(x, y)| [x.cast_unsigned(), y.cast_unsigned()]),
    );
    let start = segment.len();
    segment.extend(encoder.finish());
    (segment, start)
}

#[test]
fn a_sound_region_uses_up_its_data_in_every_template() {
    for template in 0..4 {
        assert_eq!(end(&segment(template).0), Some(End::Met), "{template}");
    }
}

#[test]
fn a_region_damaged_anywhere_but_at_its_end_runs_past_its_data() {
    for template in 0..4 {
        let (sound, start) = segment(template);
        for tenth in 1..9 {
            let mut damaged = sound.clone();
            let at = start + (sound.len() - start) * tenth / 10;
            damaged[at] ^= 0x55;
            assert_eq!(end(&damaged), Some(End::Late), "{template}, {tenth}");
        }
        let cut = &sound[..start + (sound.len() - start) / 2];
        assert_eq!(end(cut), Some(End::Late), "{template}");
    }
}

#[test]
fn data_behind_the_last_pixel_are_left_over() {
    let (mut segment, _) = segment(0);
    segment.extend([7; 40]);
    assert_eq!(end(&segment), Some(End::Early));
}

#[test]
fn a_page_with_a_damaged_region_is_damaged() {
    let (region, start) = segment(0);
    let held = |region: &[u8]| jbig2::held(&encode::jbig2_of(38, region), None);
    assert_eq!(held(&region), Held::All);
    let mut damaged = region;
    let middle = (start + damaged.len()) / 2;
    damaged[middle..middle + 4].fill(0);
    assert_eq!(held(&damaged), Held::Damaged(None));
}
