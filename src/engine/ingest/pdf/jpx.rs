//! The tile-parts of a JPEG 2000 picture (ITU-T T.800, annexes A and I): whether all are there.
//!
//! Decoders show what there is of a codestream that ends early: a coarse picture, or one with tiles
//! missing. Every tile-part states its length, so nothing need be decoded to see it.

use std::collections::BTreeSet;

use crate::ingest::held::Held;

/// Start and end of codestream, image size, start of tile-part (table A.2).
const SOC: [u8; 2] = [0xff, 0x4f];
const EOC: [u8; 2] = [0xff, 0xd9];
const SIZ: [u8; 2] = [0xff, 0x51];
const SOT: [u8; 2] = [0xff, 0x90];

/// Boxes looked through in front of the codestream: real files have some five.
const BOXES_MAX: usize = 1000;

/// How much of its picture the data hold. What cannot be followed is left to the decoder to judge.
pub(super) fn held(data: &[u8]) -> Held {
    match codestream(data) {
        Some(codestream) => tiles_held(codestream).unwrap_or(Held::Part),
        None => Held::All,
    }
}

/// The codestream: the data themselves, or the first contiguous codestream box (I.5.4).
fn codestream(data: &[u8]) -> Option<&[u8]> {
    if data.starts_with(&SOC) {
        return Some(data);
    }
    let mut rest = data;
    for _ in 0..BOXES_MAX {
        let kind = rest.get(4..8)?;
        let (header, length) = match long_at(rest, 0)? {
            0 => (8, rest.len() as u64),
            1 => (16, u64::from_be_bytes(rest.get(8..16)?.try_into().ok()?)),
            length => (8, u64::from(length)),
        };
        if kind == b"jp2c" {
            // The box may say that it is longer than what there is: the tile-parts will tell.
            return rest.get(header..);
        }
        rest = rest.get(usize::try_from(length).ok()?.max(8)..)?;
    }
    None
}

/// Follows the tile-parts; `None` if the data end within one, or in front of the first.
fn tiles_held(codestream: &[u8]) -> Option<Held> {
    let tiles = tile_count(codestream)?;
    let mut at = first_tile_part(codestream)?;
    let mut seen = BTreeSet::new();
    while codestream.get(at..at + 2) == Some(&SOT) {
        seen.insert(codestream.get(at + 4..at + 6)?);
        let length = match long_at(codestream, at + 6)? as usize {
            // The last one may leave its length open (A.4.2): it goes up to the end marker.
            0 => codestream
                .windows(2)
                .rposition(|pair| pair == EOC)?
                .checked_sub(at)?,
            length => length,
        };
        at = at.checked_add(length.max(12))?;
        if at > codestream.len() {
            return None;
        }
    }
    (seen.len() as u64 >= tiles).then_some(Held::All)
}

/// Number of tiles by the image size segment (A.5.1).
fn tile_count(codestream: &[u8]) -> Option<u64> {
    if codestream.get(2..4)? != SIZ {
        return None;
    }
    let field = |index: usize| long_at(codestream, 8 + 4 * index);
    let across = |size: usize, tile: usize, offset: usize| {
        let span = field(size)?.checked_sub(field(offset)?)?;
        (field(tile)? > 0).then_some(u64::from(span).div_ceil(u64::from(field(tile)?)))
    };
    // In this order: sizes of the grid, offsets of the image, sizes and offsets of the tiles.
    across(0, 4, 6)?.checked_mul(across(1, 5, 7)?)
}

/// Where the first tile-part begins, behind the segments of the main header.
fn first_tile_part(codestream: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let marker: [u8; 2] = codestream.get(at..at + 2)?.try_into().ok()?;
        if marker == SOT {
            return Some(at);
        }
        let length = codestream.get(at + 2..at + 4)?.try_into().ok()?;
        at += 2 + usize::from(u16::from_be_bytes(length));
    }
}

fn long_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
