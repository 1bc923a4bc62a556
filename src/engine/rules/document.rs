//! Findings about a document as a whole and about its pages.

use crate::ingest::Note;
use crate::reading::Failure;
use crate::reading::marking::Lines;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::Why;
use crate::rules::instruments::Topic;

/// Code of a page that could not be read.
pub const PAGE_UNREADABLE: &str = "page.unreadable";

/// Code of a mark of secrecy.
pub const SECRET: &str = "page.secret_marking";

/// Code of a frame that may be one.
pub const PERHAPS_SECRET: &str = "page.secret_marking_unread";

/// Text of a readable page is not in its picture; the seals in it are.
const TEXT_NOT_DRAWN: &str = "page.text_not_drawn";

/// The document could not be decoded.
#[must_use]
pub fn unreadable(why: &Why) -> Finding {
    let message = format!("The document could not be read: {}.", why.sentence);
    why.told(Finding::warning("document.unreadable", message))
}

/// A limit stopped the work, before the document was open or on these of its pages.
#[must_use]
pub fn not_processed(why: &Why, pages: &[u32]) -> Finding {
    let reason = &why.sentence;
    let more = match pages.len() {
        0 | 1 => String::new(),
        count => format!("; {count} pages in all were not looked at"),
    };
    let message =
        format!("The document was not processed and says nothing about its seals: {reason}{more}.");
    let mut finding = why.told(Finding::warning("document.not_processed", message));
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
pub fn page_unreadable(number: u32, why: &Why) -> Finding {
    let reason = &why.sentence;
    let message = format!("Page {number} could not be read, so it may bear seals: {reason}.");
    let mut finding = why.told(Finding::warning(PAGE_UNREADABLE, message));
    finding.page = Some(number);
    finding
}

/// What is not as it should be on a page that can be read.
#[must_use]
pub fn page_note(number: u32, note: Note) -> Finding {
    let (code, message, cause) = match note {
        Note::ImageDoubtful => (
            "page.image_doubtful",
            format!(
                "The data of an image on page {number} go on behind its last pixel: either its encoder left \
                 them there, or the image is damaged and part of it is out of place; look at it, and scan it \
                 again where in doubt."
            ),
            "data_behind_last_pixel",
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
            "fonts_missing",
        ),
        Note::FontNotKnown => (
            TEXT_NOT_DRAWN,
            format!(
                "On page {number}, a font cannot be used, so text in it is missing or stands there in another \
                 font; what is drawn or scanned was looked at."
            ),
            "font_not_usable",
        ),
    };
    let mut finding = Finding::remark(code, message).value("cause", cause);
    finding.page = Some(number);
    match note {
        Note::TextNotDrawn { characters } => finding.value("characters_count", characters),
        Note::ImageDoubtful | Note::FontNotKnown => finding,
    }
}

/// A mark of secrecy: the work stops, and this is all that is said of the document.
///
/// Rule: secret content goes on paper only, so that a scan of it is not to be uploaded at all.
#[must_use]
pub fn secret(number: u32, mark: &str) -> Finding {
    let message = format!(
        "Page {number} bears the mark of secrecy {mark}: secret content is sent on paper only. Work on the document was stopped, and \
         nothing that it holds is kept."
    );
    let mut finding = Finding::violation(SECRET, message).value("mark", mark);
    finding.page = Some(number);
    finding
}

/// A frame that may be a mark of secrecy, whose words or border could not be made out: `why` they could not be read at all, and
/// its size in millimetres.
#[must_use]
pub fn perhaps_secret(
    number: u32,
    mark: Option<&str>,
    (lines, why, size_mm): (Lines, Option<&Failure>, Option<(f64, f64)>),
) -> Finding {
    const LOOK: &str = "look at it before the document is passed on.";
    let is_measured = lines != Lines::Unmeasured;
    let known = match lines {
        Lines::Double => "size and border",
        Lines::Single | Lines::Unclear | Lines::Unmeasured => "size",
    };
    let message = match (mark, why) {
        (Some(mark), _) if is_measured => format!(
            "A frame on page {number} says {mark}, but its border is not double as that of a mark of secrecy: {LOOK}"
        ),
        (Some(mark), _) => format!(
            "A frame on page {number} says {mark}, but its border cannot be made out: {LOOK}"
        ),
        (None, Some(why)) => format!(
            "A frame on page {number} has the {known} of a mark of secrecy or urgency, and its words were not read ({why}): {LOOK}"
        ),
        (None, None) => format!(
            "A frame on page {number} has the {known} of a mark of secrecy or urgency, and its words cannot be read: {LOOK}"
        ),
    };
    let border = match lines {
        Lines::Double => "double",
        Lines::Single => "single",
        Lines::Unclear => "unclear",
        Lines::Unmeasured => "unmeasured",
    };
    let mut finding = Finding::warning(PERHAPS_SECRET, message).value("border", border);
    finding.page = Some(number);
    if let Some((width, height)) = size_mm {
        let tenth = |mm: f64| (10.0 * mm).round() / 10.0;
        finding = finding
            .value("width_mm", tenth(width))
            .value("height_mm", tenth(height));
    }
    match (mark, why) {
        (Some(mark), _) => finding.value("wording", "read").value("mark", mark),
        (None, Some(why)) => Why::of_recognition(why).noted(finding.value("wording", "not_read")),
        (None, None) => finding.value("wording", "not_legible"),
    }
}

/// No page bears a seal where one was expected.
#[must_use]
pub fn no_seal(pages: usize, scene: Scene<'_>) -> Finding {
    let message = match pages {
        1 => "No seal was found on the document's page, where one was expected.".to_owned(),
        _ => format!("No seal was found on any of {pages} pages, where one was expected."),
    };
    Finding::warning("document.no_seal", message)
        .value("pages_count", pages)
        .cited(Topic::Submission, scene)
}
