//! The table of what was read of letters.

use comfy_table::Table;

use crate::evaluation::Evaluation;
use crate::evaluation::figures::Figures;
use crate::evaluation::letters::Counts;
use crate::evaluation::letters::FIELDS;
use crate::evaluation::table::table;

/// The table under its heading, and what was read wrongly; nothing where no letter was read.
pub(super) fn section(rows: &[(String, &Figures)], evaluation: &Evaluation) -> String {
    let Some(table) = letters(rows) else {
        return String::new();
    };
    let mut text = format!("Fields read (exact / wrong / unknown)\n\n{table}\n\n");
    for own in &evaluation.misread {
        let written = own.written.as_deref().unwrap_or("nothing");
        text.push_str(&format!(
            "Misread: {} {}: {} for {written}\n",
            own.document, own.field, own.read
        ));
    }
    if !evaluation.misread.is_empty() {
        text.push('\n');
    }
    text
}

/// One row a group with letters; `None` where no words were read.
fn letters(rows: &[(String, &Figures)]) -> Option<Table> {
    let mut table = table(&[
        "",
        "documents",
        "number",
        "symbol",
        "date",
        "issuer",
        "signer",
    ]);
    let mut any = false;
    for (name, figures) in rows {
        let letters = &figures.letters;
        if letters.documents == 0 {
            continue;
        }
        any = true;
        let counted = |field: &str| {
            let Counts {
                exact,
                wrong,
                unknown,
            } = letters.fields.get(field).copied().unwrap_or_default();
            format!("{exact} / {wrong} / {unknown}")
        };
        let mut row = vec![name.clone(), letters.documents.to_string()];
        row.extend(FIELDS.map(counted));
        table.add_row(row);
    }
    any.then_some(table)
}
