//! The table of where impressions stand.

use comfy_table::Table;

use crate::evaluation::figures::Figures;
use crate::evaluation::table::none;
use crate::evaluation::table::numbers;
use crate::evaluation::table::rate;
use crate::evaluation::table::table;

/// The table under its heading; nothing where there is none.
pub(super) fn section(rows: &[(String, &Figures)]) -> String {
    let table = placing(rows);
    table.map_or_else(String::new, |table| format!("Placement\n\n{table}\n\n"))
}

/// One row a group that has anything of it; `None` where no line says how its page was signed or filled.
fn placing(rows: &[(String, &Figures)]) -> Option<Table> {
    let mut table = table(&[
        "",
        "overlap read",
        "n",
        "right within 0.08",
        "n",
        "error (median, p95)",
        "signatures invented",
        "blank pages found",
        "blank pages invented",
    ]);
    let mut any = false;
    for (name, figures) in rows {
        let placing = &figures.placing;
        let trials = [
            &placing.overlap_read,
            &placing.signature_invented,
            &placing.blank_found,
        ];
        if trials.iter().all(|rate| rate.trials == 0) {
            continue;
        }
        any = true;
        let counted =
            |share: &crate::evaluation::rate::Rate| format!("{} of {}", share.hits, share.trials);
        table.add_row([
            name.clone(),
            rate(&placing.overlap_read),
            numbers(&placing.overlap_read),
            rate(&placing.overlap_right),
            numbers(&placing.overlap_right),
            placing.overlap_error.map_or_else(none, |spread| {
                format!("{:.3}, {:.3}", spread.median, spread.p95)
            }),
            counted(&placing.signature_invented),
            counted(&placing.blank_found),
            counted(&placing.blank_invented),
        ]);
    }
    any.then_some(table)
}
