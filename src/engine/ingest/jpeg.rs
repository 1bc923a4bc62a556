//! Whether the data of a JPEG hold its picture, and nothing but it.
//!
//! Decoders fill what is missing, go on behind what is damaged wherever they find codes again, and
//! call both success; a seal often stands in the lower half of a page, so a picture without its lower
//! part, or with that part out of place, is no picture of the page. So the entropy-coded data are
//! gone through here, code by code and without making a picture, at about a third of a decoder's
//! price. Of the common kind it is not decoded at all but where seals are found: while its data are gone
//! through, the page is summed up at the scale that it is searched at ([`Source`]). A JPEG file of another
//! kind is gone through only if its decoding raises a doubt ([`strict`]); inside a PDF or a TIFF, where
//! others decode, every JPEG is. Damage shows as bits that begin no code, a block of more than 64 coefficients or of a mean
//! that no picture has, a restart marker that comes early, late or out of turn, and, wherever the
//! codes fall into step again, as too many or too few blocks at the end. Too few blocks leave data behind
//! the last one; so do some scanners, which empty their buffer there, and so such data make a picture
//! doubtful, unless the bits in front of them show that no encoder ended there.
//!
//! What cannot be seen is damage that leaves as many blocks as there were, such as one bit of the value
//! of a coefficient: a block then looks different, or from there on all of them are a shade brighter or
//! darker. JPEGs with arithmetic coding, or whose height comes behind the first scan, are left to the
//! decoder, which knows neither.

use crate::ingest::held::Held;
use crate::ingest::jpeg::frame::Picture;
use crate::ingest::jpeg::scan::Fault;
use crate::units::stored;

mod axis;
mod blocks;
mod channel;
mod cut;
mod frame;
mod huffman;
mod overview;
mod scan;
mod source;
pub(crate) mod strict;

pub(crate) use source::Source;

/// How much of its picture a JPEG holds.
///
/// `tables` is a stream of tables that stand apart, as TIFF has them; it may be empty. `stated` is the
/// size that a PDF gives to the picture: where it is smaller than the JPEG's own, the JPEG's may be
/// wrong, and so whatever is sound in one of the two is sound.
pub(crate) fn held(bytes: &[u8], tables: &[u8], stated: Option<(u32, u32)>) -> Held {
    let checked = |size| {
        let mut picture = Picture::default();
        // What is wrong with the tables, the decoder will say.
        let _ = picture.check(tables, None);
        picture.check(bytes, size)
    };
    let size = stated.map(|(width, height)| (width as usize, height as usize));
    match checked(None) {
        Ok(()) => Held::All,
        Err(_) if size.is_some() && checked(size).is_ok() => Held::All,
        Err(Fault::More) => Held::More,
        Err(Fault::Ends { rows: Some(rows) }) => Held::Rows(stored(rows)),
        Err(Fault::Ends { rows: None }) => Held::Part,
        Err(Fault::Damaged { rows }) => Held::Damaged(rows.map(stored)),
    }
}

/// Components of the first frame of a JPEG.
pub(crate) fn components(bytes: &[u8]) -> Option<u32> {
    let mut at = 2;
    while let Some((kind, segment)) = frame::marker(bytes, &mut at) {
        if matches!(kind, 0xc0..=0xc2) {
            return segment.get(5).copied().map(u32::from);
        }
    }
    None
}

#[cfg(test)]
mod tests;
