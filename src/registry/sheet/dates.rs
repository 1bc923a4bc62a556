//! DATES.csv: the dates of documents.

use jiff::civil::Date;

use crate::registry::sheet::Error;
use crate::registry::sheet::Sheet;
use crate::registry::sheet::Table;
use crate::registry::sheet::ValueError;

/// Columns that every list of dates has.
pub const REQUIRED: [&str; 2] = ["document", "date"];

/// A document's date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Line of the file.
    pub line: u64,
    /// The document's path, relative to the file.
    pub document: String,
    /// Its date.
    pub date: Date,
}

/// Reads a list of dates.
///
/// # Errors
/// If it is no such file at all; bad rows are failures in the sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet<Entry>, Error> {
    let table = Table::read(bytes, &REQUIRED, &[])?;
    Ok(table.sheet("document", |row, entries| {
        let document = row.required("document")?;
        row.required("date")?;
        let date = row.date("date")?;
        entries.push(Entry {
            line: row.line,
            document,
            date: date.ok_or(ValueError::Missing { column: "date" })?,
        });
        Ok(())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_what_is_none_is_refused_by_line() {
        let text = "date,document\n2024-05-21,a.pdf\n21/05/2024,b.pdf\n,c.pdf\n2024-05-22,\n";
        let sheet = read(text.as_bytes()).unwrap();
        assert_eq!(sheet.entries.len(), 1);
        assert_eq!(sheet.entries[0].document, "a.pdf");
        let lines: Vec<u64> = sheet.failures.iter().map(|failure| failure.line).collect();
        assert_eq!(lines, [3, 4, 5]);
    }
}
