//! Marks of secrecy and urgency on a page: what stops the work, what asks for a person, and what is no seal.

use crate::geometry::PixelRect;
use crate::reading::marking::Lines;
use crate::reading::marking::Marking;
use crate::reading::marking::Unread;
use crate::reading::marking::Wording;
use crate::rules;
use crate::rules::Finding;
use crate::sandbox::PageReading;
use crate::verify::report::Mark;
use crate::verify::report::MarkKind;
use crate::verify::rounding::MM_DIGITS;
use crate::verify::rounding::finite;

/// The mark of secrecy that stops the work on the whole document: words and double border together.
pub(super) fn secret(page: &PageReading) -> Option<&'static str> {
    page.markings.iter().find_map(|marking| match marking.said {
        Ok(Wording::Secret(mark)) if matches!(marking.lines, Lines::Unclear | Lines::Double) => {
            Some(mark)
        }
        _ => None,
    })
}

/// The marks that the report tells of.
pub(super) fn marks(page: &PageReading) -> Vec<Mark> {
    let known = page.markings.iter().filter_map(|marking| {
        let (kind, text) = kind(page, marking)?;
        let bbox = marking.bbox;
        // Of a page of unknown resolution no size is known.
        let mm = |side: f64| page.dpi.and_then(|_| finite(side, MM_DIGITS));
        Some(Mark {
            kind,
            text: text.map(str::to_owned),
            bbox_px: [bbox.x, bbox.y, bbox.width, bbox.height],
            width_mm: mm(marking.size_mm.0),
            height_mm: mm(marking.size_mm.1),
        })
    });
    known.collect()
}

/// What a person should look at: frames of a mark of secrecy whose words are not known, or whose border is another.
pub(super) fn findings(page: &PageReading) -> Vec<Finding> {
    let unsure = page.markings.iter().filter_map(|marking| {
        let (MarkKind::Unsure, text) = kind(page, marking)? else {
            return None;
        };
        let why = match (&marking.said, text) {
            (Err(Unread::Failed(failure)), _) => Some(failure),
            _ => None,
        };
        let size = page.dpi.map(|_| marking.size_mm);
        Some(rules::document::perhaps_secret(
            page.number,
            text,
            (marking.lines, why, size),
        ))
    });
    unsure.collect()
}

/// Whether a box is where a mark is that is no seal.
pub(super) fn is_mark(page_marks: &[Mark], bbox: PixelRect) -> bool {
    page_marks.iter().any(|mark| {
        let [x, y, width, height] = mark.bbox_px;
        let own = PixelRect {
            x,
            y,
            width,
            height,
        };
        2 * own.overlap(bbox) > own.area().max(bbox.area())
    })
}

/// What a frame is, and its words as far as they are known; `None` of one that is nobody's concern.
fn kind(page: &PageReading, marking: &Marking) -> Option<(MarkKind, Option<&'static str>)> {
    match (&marking.said, marking.lines) {
        (Ok(Wording::Secret(text)), _) => Some((MarkKind::Unsure, Some(text))),
        (Ok(Wording::Declassified(text)), _) => Some((MarkKind::Declassified, Some(text))),
        (Ok(Wording::Urgent(text)), _) => Some((MarkKind::Urgency, Some(text))),
        // Without a resolution the size, which is all that is left, is not known either.
        (Ok(Wording::Unreadable) | Err(_), lines)
            if page.dpi.is_some() && is_frame(marking, lines) =>
        {
            Some((MarkKind::Unsure, None))
        }
        (Ok(Wording::Unreadable | Wording::Other) | Err(_), _) => None,
    }
}

/// Whether a frame is one without its words: rows of print, cells of tables and lines within a seal are patchy or run on.
const fn is_frame(marking: &Marking, lines: Lines) -> bool {
    match lines {
        Lines::Unmeasured => true,
        Lines::Double | Lines::Unclear => marking.is_plain,
        Lines::Single => marking.is_plain && marking.is_coloured,
    }
}
