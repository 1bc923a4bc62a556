//! PROOFS.csv: fresh proof impressions of seals, one a row.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::registry::sheet::Error;
use crate::registry::sheet::Sheet;
use crate::registry::sheet::Table;

/// Columns that every such list has.
pub const REQUIRED: [&str; 2] = ["seal", "proof"];
/// Columns that it may have.
pub const OPTIONAL: [&str; 2] = ["proof_dpi", "taken_on"];

/// One proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Line of the file.
    pub line: u64,
    /// The seal.
    pub seal: String,
    /// The scan's path, as written.
    pub path: PathBuf,
    /// Its resolution as stated.
    pub dpi: Option<f64>,
    /// The day on which it was taken.
    pub taken_on: Option<Date>,
}

/// Reads such a list.
///
/// # Errors
/// If it is no such file at all; bad rows are failures in the sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet<Entry>, Error> {
    let table = Table::read(bytes, &REQUIRED, &OPTIONAL)?;
    Ok(table.sheet("seal", |row, entries| {
        entries.push(Entry {
            line: row.line,
            seal: row.required("seal")?,
            path: PathBuf::from(row.required("proof")?),
            dpi: row.positive("proof_dpi")?,
            taken_on: row.date("taken_on")?,
        });
        Ok(())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_names_its_seal_and_its_scan() {
        let text = "seal,proof,taken_on\nS1,a.png,2024-05-21\nS2,,\nS3,b.png,soon\n";
        let sheet = read(text.as_bytes()).unwrap();
        assert_eq!(sheet.entries.len(), 1);
        assert_eq!(sheet.entries[0].seal, "S1");
        let lines: Vec<u64> = sheet.failures.iter().map(|failure| failure.line).collect();
        assert_eq!(lines, [3, 4]);
    }
}
