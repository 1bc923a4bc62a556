//! PDF files whose pages are one full-page image each, stored as the scanner made it.

mod added;

use std::io::Write;

use crate::synthesis::scan::Encoded;
use crate::synthesis::scan::Filter;

pub use added::Added;
pub use added::Patch;

/// A PDF of scanned pages, each as large as its pixels at its resolution.
///
/// # Panics
/// Never: writing to memory does not fail.
#[must_use]
pub fn from_scans(pages: &[Encoded]) -> Vec<u8> {
    written(pages, None).0
}

/// The same of one page, and of what its file holds beside the scan.
///
/// # Panics
/// Never: writing to memory does not fail.
#[must_use]
pub fn with(page: &Encoded, added: &Added) -> Vec<u8> {
    let (bytes, list) = written(std::slice::from_ref(page), Some(added));
    added.finished(bytes, list)
}

/// The file, with the place of its list of objects and the first number that none has.
fn written(pages: &[Encoded], added: Option<&Added>) -> (Vec<u8>, (usize, usize)) {
    let mut file = File::default();
    let next = 3 + 3 * pages.len();
    file.raw(b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n");
    let page_ids: Vec<usize> = (0..pages.len()).map(|page| 3 + 3 * page).collect();
    let entries = added.map_or_else(String::new, |added| added.of_catalog(next));
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R{entries} >>");
    file.object(1, catalog.as_bytes());
    let kids: Vec<String> = page_ids.iter().map(|id| format!("{id} 0 R")).collect();
    let tree = format!(
        "<< /Type /Pages /Count {} /Kids [{}] >>",
        pages.len(),
        kids.join(" ")
    );
    file.object(2, tree.as_bytes());
    for (scan, id) in pages.iter().zip(page_ids) {
        let points = |pixels: usize| pixels as f64 * 72.0 / f64::from(scan.dpi);
        let (width, height) = (points(scan.width), points(scan.height));
        let (images, others) = added.map_or_else(Default::default, |added| added.of_page(next));
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3} {height:.3}] \
             /Resources << /XObject << /Scan {} 0 R{images} >>{others} >> /Contents {} 0 R >>",
            id + 1,
            id + 2
        );
        file.object(id, page.as_bytes());
        file.stream(id + 1, &image(scan), &scan.bytes);
        let shown = added.map_or_else(String::new, |added| added.shown(scan));
        let content = format!("q {width:.3} 0 0 {height:.3} 0 0 cm /Scan Do Q{shown}");
        file.stream(id + 2, "", content.as_bytes());
    }
    if let Some((entries, data)) = added.and_then(Added::object) {
        file.stream(next, &entries, data);
    }
    file.finish()
}

/// The entries of an image's dictionary.
fn image(scan: &Encoded) -> String {
    let (width, height) = (scan.width, scan.height);
    let coding = match scan.filter {
        Filter::JpegColour => "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        Filter::JpegGray => "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        Filter::Fax => "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode",
    };
    let parameters = match scan.filter {
        Filter::Fax => format!(" /DecodeParms << /K -1 /Columns {width} /Rows {height} >>"),
        Filter::JpegColour | Filter::JpegGray => String::new(),
    };
    format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} {coding}{parameters} ")
}

/// A file being written, with the places of its objects.
#[derive(Default)]
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn object(&mut self, id: usize, body: &[u8]) {
        debug_assert_eq!(id, self.offsets.len() + 1, "objects are written in order");
        self.offsets.push(self.bytes.len());
        writeln!(self.bytes, "{id} 0 obj").expect("memory takes every write");
        self.raw(body);
        self.raw(b"\nendobj\n");
    }

    fn stream(&mut self, id: usize, entries: &str, content: &[u8]) {
        let mut body = format!("<< {entries}/Length {} >>\nstream\n", content.len()).into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\nendstream");
        self.object(id, &body);
    }

    /// The whole file, with the place of its list of objects and the first number that none has.
    fn finish(mut self) -> (Vec<u8>, (usize, usize)) {
        let start = self.bytes.len();
        let count = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            table.push_str(&format!("{offset:010} 00000 n \n"));
        }
        table.push_str(&format!(
            "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        ));
        self.raw(table.as_bytes());
        (self.bytes, (start, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_scans_make_two_pages_of_their_own_size() {
        let scan = |width, dpi| Encoded {
            width,
            height: 100,
            dpi,
            filter: Filter::Fax,
            bytes: vec![0, 1, 2],
        };
        let bytes = from_scans(&[scan(300, 300), scan(144, 72)]);
        let file = lopdf::Document::load_mem(&bytes).unwrap();
        let widths: Vec<f32> = file
            .get_pages()
            .values()
            .map(|id| {
                let page = file.get_dictionary(*id).unwrap();
                page.get(b"MediaBox").unwrap().as_array().unwrap()[2]
                    .as_float()
                    .unwrap()
            })
            .collect();
        assert_eq!(widths, [72.0, 144.0]);
    }
}
