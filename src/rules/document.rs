//! Findings about a document as a whole and about its pages.

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

/// No page bears a seal where one was expected.
#[must_use]
pub fn no_seal(pages: usize) -> Finding {
    let message = match pages {
        1 => "No seal was found on the document's page, where one was expected.".to_owned(),
        _ => format!("No seal was found on any of {pages} pages, where one was expected."),
    };
    Finding::warning("document.no_seal", message)
}
