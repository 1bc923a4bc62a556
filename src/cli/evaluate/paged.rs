//! What a report says of whole pages.

use crate::evaluation::pages::ObservedPages;
use crate::rules::document::PERHAPS_SECRET;
use crate::rules::placement::FORM_UNFILLED;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::report::MarkKind;

/// What a document's report says of its pages.
pub(super) fn observed(document: &str, report: &Report) -> ObservedPages {
    let has = |code: &str| report.findings.iter().any(|finding| finding.code == code);
    let mut marks = report.pages.iter().flat_map(|page| &page.marks);
    ObservedPages {
        document: document.to_owned(),
        stopped: report.outcome == Outcome::Stopped,
        unsure: has(PERHAPS_SECRET),
        urgent: marks.any(|mark| mark.kind == MarkKind::Urgency),
        unfilled: has(FORM_UNFILLED),
    }
}
