//! EVENTS.csv: dated events in the lives of registered seals.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as NameError;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::sheet::Error;
use crate::registry::sheet::Expected;
use crate::registry::sheet::Row;
use crate::registry::sheet::Sheet;
use crate::registry::sheet::Table;
use crate::registry::sheet::ValueError;

/// Columns that every list of events has.
pub const REQUIRED: [&str; 3] = ["seal", "event", "on"];

/// Columns that a list of events may have.
pub const OPTIONAL: [&str; 6] = [
    "by",
    "instrument",
    "note",
    "successor",
    "recorded_by",
    "corrects",
];

const KINDS: Expected = Expected::OneOf(&[
    "registered",
    "notified",
    "in_use",
    "reported_lost",
    "declared_invalid",
    "found",
    "reported_deformed",
    "re_registered",
    "replaced_by",
    "re_registering",
    "suspended",
    "resumed",
    "surrendered",
    "collected",
    "destroyed",
    "archived",
]);

/// One event, with the seal that it happened to.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Line of the file.
    pub line: u64,
    /// The seal's identifier.
    pub seal: String,
    /// What happened.
    pub event: Event,
}

/// Reads a list of events.
///
/// # Errors
/// If it is no such file at all; bad rows are failures in the sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet<Entry>, Error> {
    let table = Table::read(bytes, &REQUIRED, &OPTIONAL)?;
    Ok(table.sheet("seal", |row, entries| {
        entries.push(entry(row)?);
        Ok(())
    }))
}

fn entry(row: &Row<'_>) -> Result<Entry, ValueError> {
    let seal = row.required("seal")?;
    row.required("event")?;
    row.required("on")?;
    let kind = row.parsed("event", KINDS, kind)?;
    let on = row.date("on")?;
    let successor = row.text("successor");
    if kind == Some(EventKind::ReplacedBy) && successor.is_none() {
        return Err(ValueError::NoSuccessor);
    }
    Ok(Entry {
        line: row.line,
        seal,
        event: Event {
            kind: kind.ok_or(ValueError::Missing { column: "event" })?,
            on: on.ok_or(ValueError::Missing { column: "on" })?,
            by: row.text("by"),
            instrument: row.text("instrument"),
            note: row.text("note"),
            successor,
            recorded_by: row.text("recorded_by"),
            recorded_at: None,
            corrects: row.text("corrects"),
        },
    })
}

/// The kind that the contract's name stands for.
fn kind(name: &str) -> Option<EventKind> {
    let deserializer: serde::de::value::StrDeserializer<'_, NameError> = name.into_deserializer();
    EventKind::deserialize(deserializer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_by_the_names_of_the_contract() {
        let text = "seal,event,on,by,successor\n\
                    S1,reported_lost,2024-03-01,Phường,\n\
                    S1,replaced_by,2024-04-01,,S2\n";
        let sheet = read(text.as_bytes()).unwrap();
        let kinds: Vec<EventKind> = sheet.entries.iter().map(|e| e.event.kind).collect();
        assert_eq!(kinds, [EventKind::ReportedLost, EventKind::ReplacedBy]);
        assert_eq!(sheet.entries[1].event.successor.as_deref(), Some("S2"));
    }

    #[test]
    fn unknown_events_and_successors_left_out_are_refused_by_line() {
        let text = "seal,event,on,successor\n\
                    S1,stolen,2024-03-01,\n\
                    S1,replaced_by,2024-04-01,\n\
                    S1,found,,\n";
        let sheet = read(text.as_bytes()).unwrap();
        let lines: Vec<u64> = sheet.failures.iter().map(|failure| failure.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(sheet.failures[0].reason.sentence.contains("reported_lost"));
    }
}
