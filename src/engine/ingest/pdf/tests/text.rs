//! Text whose fonts are not at hand: said, and never taken for a blank page.

use super::{FULL, is_red, jpeg, pixel, read, size, write};
use crate::imaging::PageImage;
use crate::ingest::{Note, Page, PageError, Reason};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

/// A font that is named and not in the file, with characters that the standard fonts do not have.
fn foreign_font(document: &mut Document, to_unicode: bool) -> Object {
    let descendant = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "STSong-Light",
        "CIDSystemInfo" => dictionary! {
            "Registry" => Object::string_literal("Adobe"),
            "Ordering" => Object::string_literal("Identity"), "Supplement" => 0,
        },
    });
    let mut font = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "STSong-Light",
        "Encoding" => "Identity-H", "DescendantFonts" => vec![descendant.into()],
    };
    if to_unicode {
        let map = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
            1 begincodespacerange <0000> <ffff> endcodespacerange\n\
            1 beginbfrange <5000> <50ff> <5000> endbfrange endcmap end end";
        let map = document.add_object(Stream::new(Dictionary::new(), map.to_vec()));
        font.set("ToUnicode", map);
    }
    document.add_object(font).into()
}

fn helvetica(document: &mut Document) -> Object {
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    };
    document.add_object(font).into()
}

/// A font whose program is in the file, and is none.
fn broken_font(document: &mut Document) -> Object {
    let program = Stream::new(dictionary! { "Length1" => 9 }, b"no font at all".to_vec());
    let program = document.add_object(program);
    let descriptor = document.add_object(dictionary! {
        "Type" => "FontDescriptor", "FontName" => "ABCDEF+Seal", "Flags" => 4,
        "FontFile2" => program,
    });
    let descendant = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "ABCDEF+Seal",
        "CIDSystemInfo" => dictionary! {
            "Registry" => Object::string_literal("Adobe"),
            "Ordering" => Object::string_literal("Identity"), "Supplement" => 0,
        },
        "FontDescriptor" => descriptor,
    });
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "ABCDEF+Seal",
        "Encoding" => "Identity-H", "DescendantFonts" => vec![descendant.into()],
    };
    document.add_object(font).into()
}

/// A page with this content, a font `F`, and a scan `Im` to draw.
fn page(content: &str, font: impl Fn(&mut Document) -> Object) -> Result<Page, PageError> {
    let mut document = Document::with_version("1.7");
    let font = font(&mut document);
    let mut names = Dictionary::new();
    names.set("Im", document.add_object(jpeg(300, 400)));
    let entries = dictionary! {
        "Resources" => dictionary! {
            "XObject" => names.clone(), "Font" => dictionary! { "F" => font },
        },
    };
    read(write(document, content, names, entries))
}

/// Four Han characters by their codes.
const HAN: &str = "BT /F 12 Tf 10 40 Td <5000500150025003> Tj ET";

fn is_not_drawn(result: &Result<Page, PageError>) -> bool {
    let reason = Reason::TextNotDrawn;
    let expected = PageError::Unreadable { number: 1, reason };
    result.as_ref().is_err_and(|error| *error == expected)
}

#[test]
fn a_page_of_text_without_its_font_is_unreadable_and_not_blank() {
    assert!(is_not_drawn(&page(HAN, |d| foreign_font(d, true))));
    assert!(is_not_drawn(&page(HAN, broken_font)));
}

#[test]
fn text_that_does_not_say_what_it_is_counts_once_it_is_more_than_spaces() {
    let font = |d: &mut Document| foreign_font(d, false);
    let spaces = "BT /F 12 Tf 10 40 Td <6000600060006001> Tj ET";
    let blank = page(spaces, font);
    let text = page(
        "BT /F 12 Tf 10 40 Td <6000600160026003600460056006600760086009> Tj ET",
        font,
    );
    assert!(is_not_drawn(&text));
    // Whether a font takes its stand-in for such codes is its own affair; blank or said, not both.
    assert!(blank.is_err() || blank.is_ok_and(|page| page.notes.is_empty()));
}

#[test]
fn missing_text_beside_a_scan_is_noted_and_the_scan_is_taken_as_it_is() {
    let page = page(&format!("{FULL} {HAN}"), |d| foreign_font(d, true)).unwrap();
    assert_eq!(page.notes, [Note::TextNotDrawn { characters: 4 }]);
    assert_eq!(size(&page), (300, 400));
    assert!(is_red(pixel(&page, 0.1, 0.1)));
}

#[test]
fn a_font_that_cannot_be_used_is_noted_where_text_is_shown_in_it() {
    let shown = page(&format!("{FULL} {HAN}"), broken_font).unwrap();
    assert!(!shown.notes.is_empty());
    let invisible = format!("{FULL} {}", HAN.replace("Tf", "Tf 3 Tr"));
    let recognised = page(&invisible, broken_font).unwrap();
    assert_eq!(recognised.notes, []);
}

#[test]
fn standard_fonts_that_are_not_in_the_file_are_drawn_without_a_note() {
    let page = page("BT /F 40 Tf 4 40 Td (Seal) Tj ET", helvetica).unwrap();
    assert_eq!(page.notes, []);
    let PageImage::Gray(gray) = page.image.whole().into_owned() else {
        panic!("text is drawn with smooth edges");
    };
    assert!(gray.samples().iter().any(|sample| *sample < 50));
}

#[test]
fn spaces_alone_are_a_blank_page() {
    let page = page("BT /F 40 Tf 4 40 Td (   ) Tj ET", helvetica).unwrap();
    assert_eq!(page.notes, []);
    assert_eq!(pixel(&page, 0.5, 0.5), [255; 3]);
}
