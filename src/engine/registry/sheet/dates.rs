//! DATES.csv: what is known of documents: their dates, and what else they say of themselves.

use jiff::civil::Date;

use crate::registry::sheet::Error;
use crate::registry::sheet::Sheet;
use crate::registry::sheet::Table;
use crate::registry::sheet::ValueError;

/// Columns that every such list has.
pub const REQUIRED: [&str; 1] = ["document"];
/// Columns that it may have; a row has a value in one of them at least.
pub const OPTIONAL: [&str; 7] = [
    "date",
    "number",
    "symbol",
    "issuer",
    "signer",
    "not_after",
    "proof",
];

/// What is known of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Line of the file.
    pub line: u64,
    /// The document's path, relative to the file.
    pub document: String,
    /// Its date.
    pub date: Option<Date>,
    /// Its number.
    pub number: Option<String>,
    /// Its symbol.
    pub symbol: Option<String>,
    /// Its issuer.
    pub issuer: Option<String>,
    /// Its signer.
    pub signer: Option<String>,
    /// The day by which something proves that it existed.
    pub not_after: Option<Date>,
    /// What proves it.
    pub proof: Option<String>,
}

/// Reads such a list.
///
/// # Errors
/// If it is no such file at all; bad rows are failures in the sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet<Entry>, Error> {
    let table = Table::read(bytes, &REQUIRED, &OPTIONAL)?;
    Ok(table.sheet("document", |row, entries| {
        let entry = Entry {
            line: row.line,
            document: row.required("document")?,
            date: row.date("date")?,
            number: row.text("number"),
            symbol: row.text("symbol"),
            issuer: row.text("issuer"),
            signer: row.text("signer"),
            not_after: row.date("not_after")?,
            proof: row.text("proof"),
        };
        let texts = [&entry.number, &entry.symbol, &entry.issuer, &entry.signer];
        if entry.proof.is_some() != entry.not_after.is_some() {
            // A day that nothing proves is no proof, and a proof without a day settles nothing.
            let column = if entry.proof.is_some() {
                "not_after"
            } else {
                "proof"
            };
            return Err(ValueError::Missing { column });
        }
        if entry.date.or(entry.not_after).is_none() && texts.iter().all(|text| text.is_none()) {
            return Err(ValueError::Missing { column: "date" });
        }
        entries.push(entry);
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

    #[test]
    fn a_row_may_tell_of_anything_but_not_of_nothing() {
        let text =
            "document,number,date,signer\na.pdf,12,,\nb.pdf,,2024-05-21,Trần Văn Khải\nc.pdf,,,\n";
        let sheet = read(text.as_bytes()).unwrap();
        assert_eq!(sheet.entries[0].number.as_deref(), Some("12"));
        assert_eq!(
            (sheet.entries[0].date, &sheet.entries[0].signer),
            (None, &None)
        );
        assert_eq!(sheet.entries[1].signer.as_deref(), Some("Trần Văn Khải"));
        assert_eq!(sheet.failures.len(), 1);
        assert!(read(b"date\n2024-05-21\n").is_err());
    }
}
