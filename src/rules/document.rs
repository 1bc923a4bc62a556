//! Findings about a document as a whole and about its pages.

use crate::ingest::Note;
use crate::rules::Finding;

/// The document could not be decoded.
#[must_use]
pub fn unreadable(reason: &str) -> Finding {
    Finding::warning(
        "document.unreadable",
        format!("The document could not be read: {reason}."),
    )
}

/// A limit stopped the work.
#[must_use]
pub fn not_processed(reason: &str) -> Finding {
    Finding::warning(
        "document.not_processed",
        format!("The document was not processed and says nothing about its seals: {reason}."),
    )
}

/// One page could not be decoded.
#[must_use]
pub fn page_unreadable(number: u32, reason: &str) -> Finding {
    let message = format!("Page {number} could not be read, so it may bear seals: {reason}.");
    let mut finding = Finding::warning("page.unreadable", message);
    finding.page = Some(number);
    finding
}

/// Text of a readable page is not in its picture; the seals in it are.
#[must_use]
pub fn text_not_drawn(number: u32, note: Note) -> Finding {
    let (message, characters) = match note {
        Note::TextNotDrawn { characters } => (
            format!(
                "On page {number}, {characters} characters of text could not be drawn, because their fonts \
                 are not in the file; what is drawn or scanned was looked at."
            ),
            Some(characters),
        ),
        Note::FontNotKnown => (
            format!(
                "On page {number}, a font cannot be used, so text in it is missing or stands there in another \
                 font; what is drawn or scanned was looked at."
            ),
            None,
        ),
    };
    let mut finding = Finding::remark("page.text_not_drawn", message);
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
