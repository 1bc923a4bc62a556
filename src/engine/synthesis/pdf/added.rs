//! What a file holds beside the scan of its page: a change at its end, a file, a script, a signature, words, an image over the scan.

use crate::synthesis::page::Line;
use crate::synthesis::pdf::image;
use crate::synthesis::scan::Encoded;
use crate::units::MM_PER_INCH;

/// Height of a capital of Helvetica over its size.
const CAPITAL: f64 = 0.718;
/// Width of one of its letters over its size, on average.
const LETTER: f64 = 0.5;
/// Where a signature's bytes are told, of a width that any file's fit in.
const RANGE: &str = "[0 0000000000 0000000000 0000000000]";

/// What a file of one scan holds beside it.
#[derive(Clone, Debug)]
pub enum Added {
    /// A change at its end.
    Revision,
    /// An embedded file.
    File,
    /// A script that is run when it is opened.
    Script,
    /// A digital signature over all of it, whose value is nothing.
    Signature,
    /// Words that are not drawn, at the places of the page's own.
    Words(Vec<Line>),
    /// An image over the scan.
    Image(Patch),
}

/// A part of a scan that stands in an image of its own.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The picture.
    pub picture: Encoded,
    /// Its left upper corner on the scan, pixels.
    pub at: (usize, usize),
}

impl Added {
    /// Entries of the catalog; `next` is the number of the first object behind the page's.
    pub(super) fn of_catalog(&self, next: usize) -> String {
        match self {
            Self::File => format!(
                " /Names << /EmbeddedFiles << /Names [(data.xml) << /Type /Filespec /F (data.xml) \
                 /EF << /F {next} 0 R >> >>] >> >>"
            ),
            Self::Script => r" /OpenAction << /S /JavaScript /JS (app.alert\(1\)) >>".to_owned(),
            Self::Signature => format!(
                " /AcroForm << /SigFlags 3 /Fields [<< /FT /Sig /T (Signature1) /V << /Type /Sig \
                 /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange {RANGE} \
                 /Contents <{}> >> >>] >>",
                "00".repeat(64)
            ),
            Self::Revision | Self::Words(_) | Self::Image(_) => String::new(),
        }
    }

    /// Further images of the page, and its other resources.
    pub(super) fn of_page(&self, next: usize) -> (String, &'static str) {
        match self {
            Self::Image(_) => (format!(" /Seal {next} 0 R"), ""),
            Self::Words(_) => (
                String::new(),
                " /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica \
                 /Encoding /WinAnsiEncoding >> >>",
            ),
            Self::Revision | Self::File | Self::Script | Self::Signature => (String::new(), ""),
        }
    }

    /// What is shown after the scan.
    pub(super) fn shown(&self, scan: &Encoded) -> String {
        match self {
            Self::Words(lines) => {
                let height = 72.0 * scan.height as f64 / f64::from(scan.dpi);
                lines.iter().map(|line| invisible(line, height)).collect()
            }
            Self::Image(Patch { picture, at }) => {
                let points = |pixels: usize| 72.0 * pixels as f64 / f64::from(scan.dpi);
                let (width, height) = (points(picture.width), points(picture.height));
                let below = scan.height.saturating_sub(at.1 + picture.height);
                let (left, bottom) = (points(at.0), points(below));
                format!(" q {width:.3} 0 0 {height:.3} {left:.3} {bottom:.3} cm /Seal Do Q")
            }
            Self::Revision | Self::File | Self::Script | Self::Signature => String::new(),
        }
    }

    /// The object behind the page's: entries of its dictionary, and its data.
    pub(super) fn object(&self) -> Option<(String, &[u8])> {
        match self {
            Self::File => Some(("/Type /EmbeddedFile ".to_owned(), b"<data/>".as_slice())),
            Self::Image(patch) => Some((image(&patch.picture), patch.picture.bytes.as_slice())),
            Self::Revision | Self::Script | Self::Signature | Self::Words(_) => None,
        }
    }

    /// The file, with what can be told of it when it is written; `list` is the place of its list of objects, and `next` the first
    /// number that none has.
    pub(super) fn finished(&self, bytes: Vec<u8>, (list, next): (usize, usize)) -> Vec<u8> {
        match self {
            Self::Revision => changed(bytes, (list, next)),
            Self::Signature => signed(bytes),
            Self::File | Self::Script | Self::Words(_) | Self::Image(_) => bytes,
        }
    }
}

/// A line of words that is not drawn, on a page of a height in points.
fn invisible(line: &Line, page_height: f64) -> String {
    let points = |mm: f64| 72.0 * mm / MM_PER_INCH;
    let size = points(line.capital) / CAPITAL;
    let plain = line.plain();
    let natural = LETTER * size * plain.chars().count() as f64;
    let stretch = 100.0 * points(line.width) / natural.max(1.0);
    let (left, up) = (points(line.left), page_height - points(line.baseline));
    format!(" BT /F1 {size:.2} Tf {stretch:.1} Tz 3 Tr {left:.2} {up:.2} Td ({plain}) Tj ET")
}

/// The file with the name of a program added at its end.
fn changed(mut bytes: Vec<u8>, (list, next): (usize, usize)) -> Vec<u8> {
    let at = bytes.len();
    let object =
        format!("{next} 0 obj\n<< /Producer (Editor) /ModDate (D:20240521101500Z) >>\nendobj\n");
    let own_list = at + object.len();
    let size = next + 1;
    let end = format!(
        "{object}xref\n{next} 1\n{at:010} 00000 n \ntrailer\n<< /Size {size} /Root 1 0 R \
         /Info {next} 0 R /Prev {list} >>\nstartxref\n{own_list}\n%%EOF\n"
    );
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

/// The file with the bytes told that its signature stands for: all but the signature's own value.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    const VALUE: &[u8] = b"/Contents <";
    let find = |wanted: &[u8], from: usize| {
        let rest = &bytes[from..];
        let found = rest.windows(wanted.len()).position(|own| own == wanted);
        found.map(|place| from + place)
    };
    let Some(from) = find(VALUE, 0).map(|place| place + VALUE.len() - 1) else {
        return bytes;
    };
    let (Some(last), Some(told)) = (find(b">", from), find(RANGE.as_bytes(), 0)) else {
        return bytes;
    };
    let to = last + 1;
    let range = format!("[0 {from:010} {to:010} {:010}]", bytes.len() - to);
    bytes[told..told + RANGE.len()].copy_from_slice(range.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::FileFacts;
    use crate::synthesis::pdf;
    use crate::synthesis::scan::Filter;

    fn scan(width: usize) -> Encoded {
        Encoded {
            width,
            height: 3508,
            dpi: 300,
            filter: Filter::JpegGray,
            bytes: b"not decoded".to_vec(),
        }
    }

    fn facts(added: &Added) -> FileFacts {
        let bytes = pdf::with(&scan(2480), added);
        assert_eq!(
            lopdf::Document::load_mem(&bytes).unwrap().get_pages().len(),
            1
        );
        FileFacts::of(&hayro_syntax::Pdf::new(bytes).unwrap())
    }

    #[test]
    fn each_is_the_one_fact_that_its_file_has() {
        let count = |facts: &FileFacts| {
            let FileFacts {
                revisions,
                signatures,
                embedded_files,
                ..
            } = *facts;
            (
                revisions,
                signatures,
                embedded_files,
                facts.scripts.java_scripts,
            )
        };
        assert_eq!(count(&facts(&Added::Revision)), (2, 0, 0, 0));
        assert_eq!(count(&facts(&Added::Script)), (1, 0, 0, 1));
        let file = facts(&Added::File);
        assert_eq!(count(&file), (1, 0, 1, 0));
        assert_eq!(file.embedded_names, ["data.xml"]);
        let signed = facts(&Added::Signature);
        assert_eq!(count(&signed), (1, 1, 0, 0));
        assert_eq!(signed.signature_claims[0].covers_whole_file, Some(true));
        assert!(!facts(&Added::Words(Vec::new())).is_noteworthy());
    }

    #[test]
    fn words_and_images_stand_at_their_places() {
        let line = Line {
            text: "Số: 12/QĐ-UB".to_owned(),
            other: "Số: 13/QĐ-UB".to_owned(),
            left: 25.4,
            baseline: 50.8,
            width: 40.0,
            capital: 3.0,
        };
        let words = String::from_utf8_lossy(&pdf::with(&scan(2480), &Added::Words(vec![line])))
            .into_owned();
        // 3508 pixels are 841.92 points.
        assert!(
            words.contains("3 Tr 72.00 697.92 Td (So: 12/QD-UB) Tj"),
            "{words}"
        );
        let patch = Patch {
            picture: Encoded {
                height: 300,
                ..scan(600)
            },
            at: (150, 3058),
        };
        let bytes = pdf::with(&scan(2480), &Added::Image(patch));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let placed = "q 144.000 0 0 72.000 36.000 36.000 cm /Seal Do Q";
        assert!(text.contains(placed), "{text}");
        assert!(lopdf::Document::load_mem(&bytes).is_ok());
    }
}
