//! What was said of the sheets of a document.

use crate::evaluation::straddling::SeenSheets;
use crate::rules::straddling::INCOMPLETE;
use crate::rules::straddling::NEXT_PAGE;
use crate::verify::Report;

/// What a report says of seals across several sheets.
pub(super) fn seen(document: &str, report: &Report) -> SeenSheets {
    let mut seen = SeenSheets {
        document: document.to_owned(),
        ..SeenSheets::default()
    };
    for impression in report
        .impressions
        .iter()
        .filter(|own| !own.slices.is_empty())
    {
        let pages = impression.slices.iter().map(|slice| slice.page);
        seen.joined.insert(pages.collect());
        let word = serde_json::to_value(impression.conclusion).ok();
        let word = word.and_then(|word| word.as_str().map(str::to_owned));
        *seen
            .conclusions
            .entry(word.unwrap_or_default())
            .or_default() += 1;
    }
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.code == INCOMPLETE)
    {
        seen.named.extend(finding.page);
        let next = finding
            .values
            .get(NEXT_PAGE)
            .and_then(serde_json::Value::as_u64);
        seen.named
            .extend(next.and_then(|page| u32::try_from(page).ok()));
    }
    seen
}
