//! Fax coding of bitonal pictures (ITU-T T.4 and T.6), as PDF and TIFF carry it.
//!
//! Decoders fill the rows that cut-off data lack with white, and white is paper: so the rows are
//! counted here, for whoever decodes them.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext};

/// Counts the rows that the data hold.
pub(crate) fn rows_held(data: &[u8], settings: DecodeSettings) -> u32 {
    struct Count(u32);
    impl Decoder for Count {
        fn push_row(&mut self, _: &[u32]) {
            self.0 += 1;
        }
    }
    let mut count = Count(0);
    decode(data, settings, &mut count);
    count.0
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
    decode(data, settings, &mut sink);
    let whole = sink.columns * settings.rows as usize;
    sink.samples.truncate(whole);
    sink.samples
}

fn decode(data: &[u8], settings: DecodeSettings, sink: &mut impl Decoder) {
    // An error says where the rows end, and the rows before it count.
    let _ = hayro_ccitt::decode(data, sink, &mut DecoderContext::new(settings));
}
