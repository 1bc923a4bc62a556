//! Whether the coded data of an image hold all of its rows.
//!
//! hayro decodes as much as there is, as viewers do, and fills the rest with white or black. What is
//! missing can be told from the coding itself: fax rows are counted, the segments of JBIG2 and the
//! tile-parts of JPEG 2000 state their lengths, plain samples have a known size, and JPEG is gone
//! through code by code.

use std::borrow::Cow;

use hayro_ccitt::{DecodeSettings, EncodingMode};
use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::object::dict::keys::{
    BITS_PER_COMPONENT, BPC, COLOR_TRANSFORM, COLORSPACE, COLUMNS, CS, D, DECODE, DECODE_PARMS, DP,
    ENCODED_BYTE_ALIGN, END_OF_BLOCK, END_OF_LINE, F, FILTER, JBIG2_GLOBALS, K, MASK, N, SMASK,
};
use hayro_interpret::hayro_syntax::object::{Array, Dict, FromBytes, Name, Object, Stream};

use crate::ingest::Note;
use crate::ingest::ccitt;
use crate::ingest::error::Reason;
use crate::ingest::held::Held;
use crate::ingest::jpeg;
use crate::ingest::pdf::jbig2;
use crate::ingest::pdf::jpx;

/// Columns of a fax whose parameters state none (ISO 32000-1, table 11).
const FAX_COLUMNS: u32 = 1728;

/// How much of an image of the stated size the data hold, as far as its coding tells.
///
/// # Errors
/// What it lacks.
pub(super) fn check(stream: &Stream<'_>, width: u32, height: u32) -> Result<Option<Note>, Reason> {
    // What cannot be taken out of its wrapping is left to the decoder to judge.
    held(stream, width, height).map_or(Ok(None), |held| held.check(height))
}

fn held(stream: &Stream<'_>, width: u32, height: u32) -> Option<Held> {
    let filters = stream.filters();
    Some(match filters.last() {
        Some(Filter::CcittFaxDecode) => {
            let settings = fax_settings(&last_params(stream.dict()), height);
            ccitt::held(&encoded(stream)?, settings)
        }
        Some(Filter::Jbig2Decode) => jbig2_held(stream)?,
        Some(Filter::JpxDecode) => jpx::held(&encoded(stream)?),
        Some(Filter::DctDecode) => jpeg::held(&encoded(stream)?, &[], Some((width, height))),
        Some(
            Filter::AsciiHexDecode
            | Filter::Ascii85Decode
            | Filter::LzwDecode
            | Filter::FlateDecode
            | Filter::RunLengthDecode
            | Filter::Crypt,
        )
        | None => packed_rows(stream, width)?,
    })
}

/// The JPEG of an image whose samples are taken as they are decoded: without a mask, a transform of its
/// own or a colour space that converts them.
pub(super) fn plain_jpeg<'a>(stream: &Stream<'a>) -> Option<Cow<'a, [u8]>> {
    let dict = stream.dict();
    let space = dict.get::<Name<'_>>(CS).or_else(|| dict.get(COLORSPACE))?;
    let is_plain = matches!(stream.filters().last(), Some(Filter::DctDecode))
        && matches!(&*space, b"DeviceRGB" | b"RGB" | b"DeviceGray" | b"G")
        && [SMASK, MASK, DECODE, D]
            .iter()
            .all(|key| !dict.contains_key(key))
        && !last_params(dict).contains_key(COLOR_TRANSFORM);
    if !is_plain {
        return None;
    }
    let data = encoded(stream)?;
    let components = jpeg::components(&data)?;
    (components == components_of_name(&space)).then_some(data)
}

/// The data as they come to the last filter; `None` if the filters before it fail.
fn encoded<'a>(stream: &Stream<'a>) -> Option<Cow<'a, [u8]>> {
    let raw = stream.raw_data();
    let filters = stream.filters();
    let (_, before) = filters.split_last()?;
    let names: Vec<&str> = before.iter().filter_map(text_filter).collect();
    if names.is_empty() {
        return Some(raw);
    }
    // hayro applies all filters of a stream or none: so a stream is made that has the first ones.
    let mut source = format!(
        "<< /Length {} /Filter [{}] >>\nstream\n",
        raw.len(),
        names.join(" ")
    )
    .into_bytes();
    source.extend_from_slice(&raw);
    source.extend_from_slice(b"\nendstream");
    let decoded = Stream::from_bytes(&source)?.decoded_data().ok()?;
    Some(Cow::Owned(decoded.into_owned()))
}

/// The name of a filter that is put around coded images.
const fn text_filter(filter: &Filter) -> Option<&'static str> {
    match filter {
        Filter::AsciiHexDecode => Some("/ASCIIHexDecode"),
        Filter::Ascii85Decode => Some("/ASCII85Decode"),
        Filter::LzwDecode => Some("/LZWDecode"),
        Filter::FlateDecode => Some("/FlateDecode"),
        Filter::RunLengthDecode => Some("/RunLengthDecode"),
        Filter::CcittFaxDecode
        | Filter::Jbig2Decode
        | Filter::DctDecode
        | Filter::JpxDecode
        | Filter::Crypt => None,
    }
}

/// The parameters of the last filter, found as hayro finds them.
fn last_params<'a>(dict: &Dict<'a>) -> Dict<'a> {
    let single = dict.get::<Name<'_>>(F).or_else(|| dict.get(FILTER));
    if single.is_some() {
        let params = dict.get::<Dict<'a>>(DP).or_else(|| dict.get(DECODE_PARMS));
        return params.unwrap_or_default();
    }
    let filters = dict.get::<Array<'_>>(F).or_else(|| dict.get(FILTER));
    let params = dict
        .get::<Array<'a>>(DP)
        .or_else(|| dict.get(DECODE_PARMS))
        .and_then(|params| {
            let last = filters?.raw_iter().count().checked_sub(1)?;
            params.iter::<Object<'a>>().nth(last)
        });
    params.and_then(Object::into_dict).unwrap_or_default()
}

/// The settings with which hayro decodes a fax of so many rows.
fn fax_settings(params: &Dict<'_>, rows: u32) -> DecodeSettings {
    let flag = |key| params.get::<bool>(key);
    DecodeSettings {
        columns: params.get::<u32>(COLUMNS).unwrap_or(FAX_COLUMNS),
        rows,
        end_of_block: flag(END_OF_BLOCK).unwrap_or(true),
        end_of_line: flag(END_OF_LINE).unwrap_or(false),
        rows_are_byte_aligned: flag(ENCODED_BYTE_ALIGN).unwrap_or(false),
        encoding: match params.get::<i32>(K).unwrap_or(0) {
            ..0 => EncodingMode::Group4,
            0 => EncodingMode::Group3_1D,
            1.. => EncodingMode::Group3_2D,
        },
        strict: false,
    }
}

fn jbig2_held(stream: &Stream<'_>) -> Option<Held> {
    let params = last_params(stream.dict());
    let data = encoded(stream)?;
    if !params.contains_key(JBIG2_GLOBALS) {
        return Some(jbig2::held(&data, None));
    }
    let shared = params.get::<Stream<'_>>(JBIG2_GLOBALS);
    let shared = shared
        .as_ref()
        .and_then(|shared| shared.decoded_data().ok());
    Some(shared.map_or(Held::Part, |shared| jbig2::held(&data, Some(&shared))))
}

/// Rows of plain samples of less than a byte, which hayro fills up in silence; of larger samples it
/// gives as many rows as there are.
fn packed_rows(stream: &Stream<'_>, width: u32) -> Option<Held> {
    let dict = stream.dict();
    let bits = dict
        .get::<u32>(BPC)
        .or_else(|| dict.get(BITS_PER_COMPONENT));
    let Some(bits @ (1 | 2 | 4)) = bits else {
        return Some(Held::All);
    };
    let components = dict
        .get::<Object<'_>>(CS)
        .or_else(|| dict.get(COLORSPACE))
        .map_or(1, |space| components(&space));
    let row_len = (u64::from(width) * u64::from(bits) * u64::from(components)).div_ceil(8);
    let data = stream.decoded_data().ok()?;
    let rows = (data.len() as u64).checked_div(row_len)?;
    Some(Held::Rows(u32::try_from(rows).unwrap_or(u32::MAX)))
}

/// Components of a colour space by its name or family.
fn components_of_name(name: &[u8]) -> u32 {
    match name {
        b"DeviceRGB" | b"RGB" | b"CalRGB" | b"Lab" => 3,
        b"DeviceCMYK" | b"CMYK" => 4,
        _ => 1,
    }
}

/// Components of a colour space; one where it is not known, which asks for the fewest bytes.
fn components(space: &Object<'_>) -> u32 {
    match space {
        Object::Name(name) => components_of_name(name),
        Object::Array(array) => {
            let mut parts = array.iter::<Object<'_>>();
            let family = parts.next().and_then(Object::into_name);
            match (family.as_deref(), parts.next()) {
                (Some(b"ICCBased"), Some(Object::Stream(profile))) => {
                    profile.dict().get::<u32>(N).unwrap_or(1)
                }
                (Some(b"DeviceN"), Some(Object::Array(inks))) => {
                    u32::try_from(inks.raw_iter().count()).unwrap_or(1)
                }
                (Some(family), _) => components_of_name(family),
                (None, _) => 1,
            }
        }
        Object::Null(_)
        | Object::Boolean(_)
        | Object::Number(_)
        | Object::String(_)
        | Object::Dict(_)
        | Object::Stream(_) => 1,
    }
}
