//! The table of seals across several sheets.

use crate::evaluation::straddling::StraddlingFigures;
use crate::evaluation::table::table;

/// The table under its heading; nothing where the set has none.
pub(super) fn section(figures: Option<&StraddlingFigures>) -> String {
    let Some(figures) = figures else {
        return String::new();
    };
    let mut table = table(&[
        "",
        "documents",
        "joined as stamped",
        "called incomplete",
        "a wrong page named",
        "a sound page named",
    ]);
    for (name, own) in &figures.groups {
        let counted = |hits: usize| format!("{hits} of {}", own.documents);
        table.add_row([
            name.clone(),
            own.documents.to_string(),
            counted(own.joined),
            counted(own.flagged),
            counted(own.named),
            counted(own.misnamed),
        ]);
    }
    let conclusions = figures.conclusions.iter();
    let said: Vec<String> = conclusions
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    format!(
        "Seals across several sheets\n\n{table}\n\nJoined impressions: {}\n\n",
        said.join(", ")
    )
}
