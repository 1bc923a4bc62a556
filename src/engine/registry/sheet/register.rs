//! REGISTER.csv: seals and their specimens, one specimen a row.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::extraction::Shape;
use crate::registry::Particulars;
use crate::registry::sheet::Error;
use crate::registry::sheet::Expected;
use crate::registry::sheet::Row;
use crate::registry::sheet::Sheet;
use crate::registry::sheet::Table;
use crate::registry::sheet::ValueError;

/// Columns that every register has.
pub const REQUIRED: [&str; 3] = ["id", "organisation", "specimen"];

/// Columns that a register may have.
pub const OPTIONAL: [&str; 16] = [
    "specimen_dpi",
    "specimen_from",
    "specimen_to",
    "shape",
    "width_mm",
    "height_mm",
    "profile",
    "jurisdiction",
    "copy_no",
    "certificate_no",
    "authority",
    "registered_on",
    "notified_on",
    "place",
    "body",
    "kind",
];

const SHAPES: Expected =
    Expected::OneOf(&["round", "oval", "rectangle", "square", "triangle", "other"]);

/// One row's specimen.
#[derive(Clone, Debug, PartialEq)]
pub struct SpecimenRow {
    /// Line of the file.
    pub line: u64,
    /// The image's path, as written.
    pub path: PathBuf,
    /// The resolution as stated.
    pub dpi: Option<f64>,
    /// The first and the last day on which it is the registered specimen, as stated.
    pub days: (Option<Date>, Option<Date>),
}

/// One seal of the file, with the rows that add specimens to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The seal's identifier.
    pub id: String,
    /// What its rows state together.
    pub particulars: Particulars,
    /// Its specimens, in the order of the file.
    pub specimens: Vec<SpecimenRow>,
}

/// Reads a register file.
///
/// # Errors
/// If it is no such file at all; bad rows are failures in the sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet<Entry>, Error> {
    Ok(Table::read(bytes, &REQUIRED, &OPTIONAL)?.sheet("id", take))
}

/// Adds one row to the seal that it names.
fn take(row: &Row<'_>, entries: &mut Vec<Entry>) -> Result<(), ValueError> {
    let id = row.required("id")?;
    let stated = particulars(row)?;
    let specimen = SpecimenRow {
        line: row.line,
        path: PathBuf::from(row.required("specimen")?),
        dpi: row.positive("specimen_dpi")?,
        days: (row.date("specimen_from")?, row.date("specimen_to")?),
    };
    if let (Some(from), Some(to)) = specimen.days
        && to < from
    {
        return Err(ValueError::SpecimenEndsFirst { from, to });
    }
    match entries.iter_mut().find(|entry| entry.id == id) {
        Some(entry) => {
            let line = entry.specimens.first().map_or(0, |first| first.line);
            entry.particulars = merged(&entry.particulars, &stated, line)?;
            entry.specimens.push(specimen);
        }
        None => entries.push(Entry {
            id,
            particulars: stated,
            specimens: vec![specimen],
        }),
    }
    Ok(())
}

fn particulars(row: &Row<'_>) -> Result<Particulars, ValueError> {
    Ok(Particulars {
        organisation: row.required("organisation")?,
        shape: row.parsed("shape", SHAPES, shape)?,
        width_mm: row.positive("width_mm")?,
        height_mm: row.positive("height_mm")?,
        profile: row.text("profile"),
        jurisdiction: row.text("jurisdiction"),
        copy_no: row.text("copy_no"),
        certificate_no: row.text("certificate_no"),
        authority: row.text("authority"),
        registered_on: row.date("registered_on")?,
        notified_on: row.date("notified_on")?,
        place: row.text("place"),
        body: row.text("body"),
        kind: row.text("kind"),
    })
}

fn shape(value: &str) -> Option<Shape> {
    match value {
        "round" => Some(Shape::Round),
        "oval" => Some(Shape::Oval),
        "rectangle" | "square" => Some(Shape::Rectangle),
        "triangle" => Some(Shape::Triangle),
        "other" => Some(Shape::Other),
        _ => None,
    }
}

/// What two rows of one seal say together: an empty value says nothing.
fn merged(first: &Particulars, row: &Particulars, line: u64) -> Result<Particulars, ValueError> {
    let agree = Agreement { line };
    if first.organisation != row.organisation {
        return Err(agree.contradiction("organisation", &row.organisation, &first.organisation));
    }
    Ok(Particulars {
        organisation: first.organisation.clone(),
        shape: agree.on("shape", first.shape, row.shape)?,
        width_mm: agree.on("width_mm", first.width_mm, row.width_mm)?,
        height_mm: agree.on("height_mm", first.height_mm, row.height_mm)?,
        profile: agree.on("profile", first.profile.clone(), row.profile.clone())?,
        jurisdiction: agree.on(
            "jurisdiction",
            first.jurisdiction.clone(),
            row.jurisdiction.clone(),
        )?,
        copy_no: agree.on("copy_no", first.copy_no.clone(), row.copy_no.clone())?,
        certificate_no: agree.on(
            "certificate_no",
            first.certificate_no.clone(),
            row.certificate_no.clone(),
        )?,
        authority: agree.on("authority", first.authority.clone(), row.authority.clone())?,
        registered_on: agree.on("registered_on", first.registered_on, row.registered_on)?,
        notified_on: agree.on("notified_on", first.notified_on, row.notified_on)?,
        place: agree.on("place", first.place.clone(), row.place.clone())?,
        body: agree.on("body", first.body.clone(), row.body.clone())?,
        kind: agree.on("kind", first.kind.clone(), row.kind.clone())?,
    })
}

/// Compares a row with the seal's first row, which stands on `line`.
#[derive(Clone, Copy, Debug)]
struct Agreement {
    line: u64,
}

impl Agreement {
    fn on<T: PartialEq + std::fmt::Debug>(
        self,
        column: &'static str,
        first: Option<T>,
        row: Option<T>,
    ) -> Result<Option<T>, ValueError> {
        match (first, row) {
            (Some(first), Some(row)) if first != row => {
                let plain = |value: &T| format!("{value:?}").trim_matches('"').to_lowercase();
                Err(self.contradiction(column, &plain(&row), &plain(&first)))
            }
            (first, row) => Ok(first.or(row)),
        }
    }

    fn contradiction(self, column: &'static str, value: &str, other: &str) -> ValueError {
        ValueError::Contradiction {
            column,
            value: value.to_owned(),
            line: self.line,
            other: other.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_seal_add_specimens_and_complete_one_another() {
        let text = "id,organisation,specimen,specimen_dpi,shape,copy_no\n\
                    S1,UBND,a.png,300,round,\n\
                    S2,HĐND,b.png,,,\n\
                    S1,UBND,c.png,600,,2\n";
        let sheet = read(text.as_bytes()).unwrap();
        assert_eq!(sheet.failures, []);
        assert_eq!(sheet.entries.len(), 2);
        let first = &sheet.entries[0];
        assert_eq!(first.particulars.shape, Some(Shape::Round));
        assert_eq!(first.particulars.copy_no.as_deref(), Some("2"));
        let lines: Vec<u64> = first.specimens.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 4]);
    }

    #[test]
    fn a_contradiction_names_both_rows_and_leaves_the_first() {
        let text = "id,organisation,specimen,width_mm\nS1,A,a.png,36\nS1,A,b.png,38\n";
        let sheet = read(text.as_bytes()).unwrap();
        assert_eq!(sheet.entries[0].specimens.len(), 1);
        let failure = &sheet.failures[0];
        assert_eq!((failure.line, failure.id.as_deref()), (3, Some("S1")));
        assert!(
            failure.reason.sentence.contains("line 2"),
            "{}",
            failure.reason
        );
    }

    #[test]
    fn every_bad_row_is_named_and_the_good_ones_are_kept() {
        let text = "id,organisation,specimen,shape,specimen_dpi,registered_on\n\
                    ,A,a.png,,,\n\
                    S2,,a.png,,,\n\
                    S3,A,,,,\n\
                    S4,A,a.png,star,,\n\
                    S5,A,a.png,,0,\n\
                    S6,A,a.png,,,2024-02-30\n\
                    S7,A,a.png,,,\n";
        let sheet = read(text.as_bytes()).unwrap();
        let lines: Vec<u64> = sheet.failures.iter().map(|failure| failure.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7]);
        assert_eq!(sheet.entries.len(), 1);
        assert_eq!(sheet.entries[0].id, "S7");
    }
}
