//! Bytes to the kind of file they are, whatever the file is called.

use crate::ingest::error::{Error, Format};

/// A PDF header may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1024;

/// Recognises a file by its content.
///
/// # Errors
/// [`Error::Empty`] without a byte, [`Error::NotRecognised`] with the first bytes otherwise.
pub(crate) fn recognise(bytes: &[u8]) -> Result<Format, Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    let format = match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Format::Png,
        [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Format::Tiff,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Format::WebP,
        _ if head.windows(5).any(|window| window == b"%PDF-") => Format::Pdf,
        // Two letters alone are no proof: the reserved fields of the header are zero.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Format::Bmp,
        // A PDF whose beginning is damaged: the end still tells where its objects are.
        _ if ends_as_pdf(bytes) => Format::Pdf,
        _ => {
            return Err(Error::NotRecognised {
                begins: beginning(bytes),
            });
        }
    };
    Ok(format)
}

/// Whether the file ends as PDF files do.
fn ends_as_pdf(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(PDF_HEADER_WITHIN)..];
    let has = |mark: &[u8]| tail.windows(mark.len()).any(|window| window == mark);
    has(b"startxref") && has(b"%%EOF")
}

/// The first bytes in quotes if they are printable, in hexadecimal if not.
fn beginning(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(8)];
    if head
        .iter()
        .all(|byte| byte.is_ascii_graphic() || *byte == b' ')
    {
        format!("\"{}\"", String::from_utf8_lossy(head))
    } else {
        let hex: Vec<String> = head.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_is_recognised_behind_junk_and_no_further_than_the_standard_allows() {
        let mut bytes = vec![b'x'; 900];
        bytes.extend_from_slice(b"%PDF-1.7\n");
        assert_eq!(recognise(&bytes), Ok(Format::Pdf));
        let mut far = vec![b'x'; 2000];
        far.extend_from_slice(b"%PDF-1.7\n");
        assert!(matches!(recognise(&far), Err(Error::NotRecognised { .. })));
    }

    #[test]
    fn a_pdf_without_its_header_is_recognised_by_its_end() {
        let bytes = b"1 0 obj <<>> endobj\nstartxref\n0\n%%EOF\n";
        assert_eq!(recognise(bytes), Ok(Format::Pdf));
    }

    #[test]
    fn pictures_are_recognised_by_their_signatures() {
        assert_eq!(recognise(b"\x89PNG\r\n\x1a\n...."), Ok(Format::Png));
        assert_eq!(recognise(b"\xff\xd8\xff\xe0"), Ok(Format::Jpeg));
        assert_eq!(recognise(b"II*\0\x08\0\0\0"), Ok(Format::Tiff));
        assert_eq!(recognise(b"MM\0*\0\0\0\x08"), Ok(Format::Tiff));
        assert_eq!(recognise(b"RIFF\x10\0\0\0WEBPVP8 "), Ok(Format::WebP));
        assert_eq!(recognise(b"BM\x36\0\0\0\0\0\0\0\x36"), Ok(Format::Bmp));
    }

    #[test]
    fn anything_else_is_refused_with_its_first_bytes() {
        assert_eq!(recognise(b""), Err(Error::Empty));
        let text = recognise(b"Dear Sir or Madam").unwrap_err();
        assert!(text.to_string().contains("\"Dear Sir\""), "{text}");
        let binary = recognise(&[0, 1, 2]).unwrap_err();
        assert!(binary.to_string().contains("00 01 02"), "{binary}");
    }
}
