//! What a report says of a whole document and its file.

use serde_json::Value;

use crate::evaluation::documents::SaidOfDocument;
use crate::placement::Role;
use crate::rules::document::PERHAPS_SECRET;
use crate::rules::file::FILE_FACTS;
use crate::rules::file::TEXT_DIFFERS;
use crate::rules::straddling::SHEETS;
use crate::verify::Outcome;
use crate::verify::Report;

/// What a document's report says; `is_read` tells whether its words were asked for.
pub(super) fn said(document: &str, report: &Report, is_read: bool) -> SaidOfDocument {
    let has = |code: &str| report.findings.iter().any(|finding| finding.code == code);
    let facts = |name: &str| {
        let mut own = report.findings.iter();
        own.find_map(|finding| {
            let value = finding.values.get(name)?;
            (finding.code == FILE_FACTS).then(|| value.clone())
        })
    };
    let count = |name: &str| facts(name).as_ref().and_then(Value::as_u64).unwrap_or(0);
    let is_role = |role: Role| {
        let mut own = report.impressions.iter();
        own.any(|impression| impression.placement.role == role)
    };
    let has_marks = report.pages.iter().any(|page| !page.marks.is_empty());
    SaidOfDocument {
        document: document.to_owned(),
        is_read,
        is_marked: has_marks || report.outcome == Outcome::Stopped || has(PERHAPS_SECRET),
        revised: count("revisions_count") > 1,
        embedded: count("embedded_files_count") > 0,
        scripted: count("java_scripts_count") > 0,
        signed: count("signatures_count") > 0,
        text_differs: has(TEXT_DIFFERS),
        own_object: facts("own_object").is_some(),
        beyond_sheets: has(SHEETS),
        receipt: is_role(Role::Receipt),
        mark_sized: is_role(Role::Urgency),
    }
}
