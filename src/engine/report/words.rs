//! Names of the report's values on a terminal, and tables that fit it.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use serde::Serialize;

use crate::verify::Outcome;
use crate::words::Language;
use crate::words::names;

/// Columns of a page that is not a terminal.
const PLAIN_WIDTH: u16 = 120;

/// What every report for people says.
pub const NO_OPINION: &str = "This is no forensic opinion.";

/// The report's own name of a value: its code.
#[must_use]
pub fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// So many things, named in the singular or with an s.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// An outcome as a table shows it.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        // To be seen among many.
        Outcome::Flag => "FLAG",
        Outcome::Pass
        | Outcome::Review
        | Outcome::Unreadable
        | Outcome::Stopped
        | Outcome::NotProcessed => Language::English.word(names::outcome(outcome)),
    }
}

/// Makes a table plain, and as wide as the terminal, or as a printed page where there is none.
pub fn fit(table: &mut Table) {
    let rule = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(rule));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(PLAIN_WIDTH);
    }
}
