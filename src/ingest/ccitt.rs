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

fn decode(data: &[u8], settings: DecodeSettings, sink: &mut impl Decoder) {
    // An error says where the rows end, and the rows before it count.
    let _ = hayro_ccitt::decode(data, sink, &mut DecoderContext::new(settings));
}
