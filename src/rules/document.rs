//! Findings about a document as a whole and about its pages.

use crate::ingest::Note;
use crate::rules::Finding;

/// Code of a page that could not be read.
pub const PAGE_UNREADABLE: &str = "page.unreadable";

/// Text of a readable page is not in its picture; the seals in it are.
const TEXT_NOT_DRAWN: &str = "page.text_not_drawn";

/// The document could not be decoded.
#[must_use]
pub fn unreadable(reason: &str) -> Finding {
    Finding::warning(
        "document.unreadable",
        format!("The document could not be read: {reason}."),
    )
}

/// A limit stopped the work, before the document was open or on these of its pages.
#[must_use]
pub fn not_processed(reason: &str, pages: &[u32]) -> Finding {
    let more = match pages.len() {
        0 | 1 => String::new(),
        count => format!("; {count} pages in all were not looked at"),
    };
    let message =
        format!("The document was not processed and says nothing about its seals: {reason}{more}.");
    let mut finding = Finding::warning("document.not_processed", message);
    match pages {
        [] => finding,
        [page] => {
            finding.page = Some(*page);
            finding
        }
        pages => finding.value("stopped_pages", pages),
    }
}

/// One page could not be decoded.
#[must_use]
pub fn page_unreadable(number: u32, reason: &str) -> Finding {
    let message = format!("Page {number} could not be read, so it may bear seals: {reason}.");
    let mut finding = Finding::warning(PAGE_UNREADABLE, message);
    finding.page = Some(number);
    finding
}

/// What is not as it should be on a page that can be read.
#[must_use]
pub fn page_note(number: u32, note: Note) -> Finding {
    let (code, message, characters) = match note {
        Note::ImageDoubtful => (
            "page.image_doubtful",
            format!(
                "The data of an image on page {number} go on behind its last pixel: either its encoder left \
                 them there, or the image is damaged and part of it is out of place; look at it, and scan it \
                 again where in doubt."
            ),
            None,
        ),
        Note::TextNotDrawn { characters } => (
            TEXT_NOT_DRAWN,
            format!(
                "On page {number}, {characters} {} of text could not be drawn, as fonts are missing from the \
                 file; what is drawn or scanned was looked at.",
                if characters == 1 {
                    "character"
                } else {
                    "characters"
                }
            ),
            Some(characters),
        ),
        Note::FontNotKnown => (
            TEXT_NOT_DRAWN,
            format!(
                "On page {number}, a font cannot be used, so text in it is missing or stands there in another \
                 font; what is drawn or scanned was looked at."
            ),
            None,
        ),
    };
    let mut finding = Finding::remark(code, message);
    finding.page = Some(number);
    match characters {
        Some(characters) => finding.value("characters_count", characters),
        None => finding,
    }
}

/// No page bears a seal where one was expected.
#[must_use]
pub fn no_seal(pages: usize) -> Finding {
    let message = match pages {
        1 => "No seal was found on the document's page, where one was expected.".to_owned(),
        _ => format!("No seal was found on any of {pages} pages, where one was expected."),
    };
    Finding::warning("document.no_seal", message)
}
