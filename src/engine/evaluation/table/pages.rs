//! The table of what was said of whole pages.

use crate::evaluation::pages::PageFigures;
use crate::evaluation::pages::Share;
use crate::evaluation::table::table;

/// The table under its heading; nothing where there is none.
pub(super) fn section(rows: &[PageFigures]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = table(&[
        "",
        "secret: stopped",
        "to be looked at",
        "other frames: stopped",
        "to be looked at",
        "urgency read",
        "blank forms called unfilled",
        "filled ones called unfilled",
    ]);
    let counted = |share: &Share| format!("{} of {}", share.said, share.of);
    for row in rows {
        table.add_row([
            row.condition.clone(),
            counted(&row.secret_stopped),
            counted(&row.secret_unsure),
            counted(&row.other_stopped),
            counted(&row.other_unsure),
            counted(&row.urgent_read),
            counted(&row.blank_unfilled),
            counted(&row.filled_unfilled),
        ]);
    }
    format!("Marks of secrecy and urgency, and forms\n\n{table}\n\n")
}
