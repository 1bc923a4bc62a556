//! Fax coding of bitonal pictures (ITU-T T.4 and T.6), as PDF and TIFF carry it.
//!
//! Decoders fill the rows that cut-off data lack with white, and white is paper; where rows are
//! damaged, they go on as well as they can. So the rows are gone through here by the letter of the
//! standard: a code that does not exist, a row that is longer than the sheet, and data behind the
//! last row are certain signs. Group 4 codes each row by the one above, so that damage spreads until
//! it shows; in group 3 it may hide in a row whose wrong runs add up to the sheet's width.

use hayro_ccitt::{DecodeError, DecodeSettings, Decoder, DecoderContext};

use crate::ingest::held::Held;

/// How much of a picture of so many rows as the settings state the data hold.
pub(crate) fn held(data: &[u8], settings: DecodeSettings) -> Held {
    let (rows, end) = rows_to(data, settings);
    let behind = match end {
        Ok(end) => end,
        Err(DecodeError::UnexpectedEof) => return Held::Rows(rows),
        Err(DecodeError::InvalidCode | DecodeError::Overflow) => end_of(data, settings, rows),
    };
    if says_nothing(data.get(behind..).unwrap_or_default()) {
        return Held::Rows(rows);
    }
    if rows < settings.rows {
        return Held::Damaged(Some(rows));
    }
    // What stands behind an end marker is not the picture's; and sound rows may follow that are not
    // shown. Rows out of step come to no end.
    let unlimited = DecodeSettings {
        rows: 0,
        ..settings
    };
    match rows_to(data, unlimited) {
        (_, Ok(_)) => Held::All,
        (_, Err(_)) => Held::Damaged(None),
    }
}

/// Counts the rows up to the end, or to the first that is damaged; and says where that is.
fn rows_to(data: &[u8], settings: DecodeSettings) -> (u32, Result<usize, DecodeError>) {
    struct Count(u32);
    impl Decoder for Count {
        fn push_row(&mut self, _: &[u32]) {
            self.0 = self.0.saturating_add(1);
        }
    }
    let mut count = Count(0);
    let settings = DecodeSettings {
        strict: true,
        ..settings
    };
    let end = hayro_ccitt::decode(data, &mut count, &mut DecoderContext::new(settings));
    (count.0, end)
}

/// Where so many rows end, which are known to be sound.
fn end_of(data: &[u8], settings: DecodeSettings, rows: u32) -> usize {
    if rows == 0 {
        return 0;
    }
    let (_, end) = rows_to(data, DecodeSettings { rows, ..settings });
    end.unwrap_or(data.len())
}

/// Whether bytes behind the rows are only there to fill up.
fn says_nothing(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|byte| matches!(byte, 0 | 0xff | b'\r' | b'\n'))
}

/// Decodes the rows that the data hold to samples of 0 for black and 255 for white; there may be
/// fewer rows than stated, and never more.
pub(crate) fn samples(data: &[u8], settings: DecodeSettings) -> Vec<u8> {
    struct Samples {
        columns: usize,
        samples: Vec<u8>,
    }
    impl Decoder for Samples {
        fn push_row(&mut self, changes: &[u32]) {
            let start = self.samples.len();
            self.samples.resize(start + self.columns, u8::MAX);
            let row = &mut self.samples[start..];
            let columns = row.len();
            let place = |change: Option<&u32>| {
                change.map_or(columns, |change| columns.min(*change as usize))
            };
            for span in changes.chunks(2) {
                let (first, end) = (place(span.first()), place(span.get(1)));
                row[first..end.max(first)].fill(0);
            }
        }
    }
    let mut sink = Samples {
        columns: settings.columns as usize,
        samples: Vec::new(),
    };
    // An error says where the rows end, and the rows before it count.
    let _ = hayro_ccitt::decode(data, &mut sink, &mut DecoderContext::new(settings));
    let whole = sink.columns * settings.rows as usize;
    sink.samples.truncate(whole);
    sink.samples
}
