//! Files whose structure is damaged and whose pages are not.

use super::{FULL, jpeg, size};
use crate::ingest::{Document, Limits, open};

/// A sound file with a table of objects, which is plain text here and no stream; and its place.
fn sound() -> (Vec<u8>, usize) {
    let scan = jpeg(150, 200).content;
    let image = format!(
        "<< /Type /XObject /Subtype /Image /Width 150 /Height 200 /ColorSpace /DeviceRGB \
         /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>\nstream\n",
        scan.len()
    );
    let content = format!("<< /Length {} >>\nstream\n{FULL}\nendstream", FULL.len());
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 96] /Contents 4 0 R \
          /Resources << /XObject << /Im 5 0 R >> >> >>"
            .to_vec(),
        content.into_bytes(),
        [image.as_bytes(), &scan, b"\nendstream"].concat(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut entries = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        entries += &format!("{:010} 00000 n \n", bytes.len());
        bytes.extend(format!("{number} 0 obj\n").into_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let table = bytes.len();
    let end = format!(
        "xref\n0 6\n{entries}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    bytes.extend(end.into_bytes());
    (bytes, table)
}

fn opened(bytes: Vec<u8>) -> Document {
    open(bytes, None, &Limits::default()).unwrap()
}

#[test]
fn a_damaged_table_of_objects_costs_nothing() {
    let (bytes, table) = sound();
    let trailer = bytes
        .windows(7)
        .rposition(|window| window == b"trailer")
        .unwrap();
    let start = bytes
        .windows(9)
        .rposition(|window| window == b"startxref")
        .unwrap();

    let junk = [b"sent by fax gateway\r\n".as_slice(), &bytes].concat();
    let mut lost = bytes.clone();
    lost.splice(start.., b"startxref\n1\n%%EOF\n".to_vec());
    let mut gone = bytes.clone();
    gone.drain(table..trailer);
    let mut false_places = bytes.clone();
    for byte in &mut false_places[table + 30..trailer] {
        if byte.is_ascii_digit() {
            *byte = b'7';
        }
    }
    for (what, damaged) in [
        ("junk in front", junk),
        ("place of the table lost", lost),
        ("table gone", gone),
        ("places in the table false", false_places),
    ] {
        let page = opened(damaged).page(0);
        assert!(page.is_ok_and(|page| size(&page) == (150, 200)), "{what}");
    }
}

#[test]
fn a_page_read_again_after_many_others_is_the_same() {
    // The file is parsed anew from time to time, so that memory does not grow with its pages.
    let mut document = opened(sound().0);
    let first = document.page(0).unwrap();
    for _ in 0..70 {
        assert_eq!(document.page(0).unwrap().image.whole(), first.image.whole());
    }
}
