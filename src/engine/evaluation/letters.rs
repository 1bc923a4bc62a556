//! Figures of what letters say of themselves: each field read rightly, wrongly, or left unknown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evaluation::trial::Sheet;
use crate::evaluation::truth::Truth;

/// What was read of a letter, by the name of the field; what is unknown is left out.
pub type ReadLetter = BTreeMap<String, String>;

/// The fields, in the order of the tables.
pub const FIELDS: [&str; 5] = ["number", "symbol", "date", "issuer", "signer"];

/// What separates several signers.
const BETWEEN_SIGNERS: &str = "; ";

/// How often one field was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Exactly as it is written.
    pub exact: usize,
    /// Otherwise, or where none is written.
    pub wrong: usize,
    /// Not at all, where one is written.
    pub unknown: usize,
}

/// The figures of one group of documents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Letters {
    /// Documents whose words were read and whose line says what they are.
    pub documents: usize,
    /// By the name of the field.
    pub fields: BTreeMap<String, Counts>,
}

/// A field that was read wrongly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misread {
    /// Its document.
    pub document: String,
    /// Its name.
    pub field: String,
    /// What was read.
    pub read: String,
    /// What is written; `None` where nothing is, or signers of a letter date it differently.
    pub written: Option<String>,
}

impl Letters {
    /// Counts the documents whose first line says what the letter is.
    #[must_use]
    pub fn of(sheets: &[&Sheet]) -> Self {
        let mut letters = Self::default();
        for sheet in sheets {
            let Some(read) = said(sheet) else {
                continue;
            };
            letters.documents += 1;
            for field in FIELDS {
                let counts = letters.fields.entry(field.to_owned()).or_default();
                match (read.get(field), written(&sheet.truth, field)) {
                    (Some(read), Some(written)) if is_same(field, read, &written) => {
                        counts.exact += 1;
                    }
                    (Some(_), _) => counts.wrong += 1,
                    (None, Some(_)) => counts.unknown += 1,
                    (None, None) => {}
                }
            }
        }
        letters
    }
}

/// Every field that was read wrongly, in the order of the documents.
#[must_use]
pub fn misread(sheets: &[Sheet]) -> Vec<Misread> {
    let mut found = Vec::new();
    for sheet in sheets {
        for field in FIELDS {
            let Some(read) = said(sheet).and_then(|read| read.get(field)) else {
                continue;
            };
            let written = written(&sheet.truth, field);
            if written
                .as_ref()
                .is_none_or(|written| !is_same(field, read, written))
            {
                found.push(Misread {
                    document: sheet.truth.document.clone(),
                    field: field.to_owned(),
                    read: read.clone(),
                    written,
                });
            }
        }
    }
    found
}

/// What was read of a document whose line says what the letter is.
fn said(sheet: &Sheet) -> Option<&ReadLetter> {
    let is_letter = sheet.truth.others.get("letter")?.is_object();
    sheet.letter.as_ref().filter(|_| is_letter)
}

/// What the line says of a field.
fn written(truth: &Truth, field: &str) -> Option<String> {
    let letter = truth.others.get("letter")?;
    if field != "signer" {
        return letter.get(field)?.as_str().map(str::to_owned);
    }
    let signers: Vec<&str> = letter
        .get("signers")?
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    (!signers.is_empty()).then(|| signers.join(BETWEEN_SIGNERS))
}

/// Whether a field says the same; signers in any order.
fn is_same(field: &str, read: &str, written: &str) -> bool {
    if field != "signer" {
        return read == written;
    }
    let sorted = |text: &str| {
        let mut names: Vec<String> = text.split(BETWEEN_SIGNERS).map(str::to_owned).collect();
        names.sort_unstable();
        names
    };
    sorted(read) == sorted(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::truth;

    fn sheet(letter: &str, read: &[(&str, &str)]) -> Sheet {
        let line = format!("{{\"document\":\"a.pdf\",\"label\":\"none\"{letter}}}");
        let read = read
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Sheet {
            truth: truth::parse(&line).unwrap().remove(0),
            pages: 1,
            false_seals: 0,
            letter: Some(read.collect()),
        }
    }

    #[test]
    fn a_field_is_exact_wrong_unknown_or_not_there() {
        let letter = r#","letter":{"number":"12","date":"2024-05-21","signers":["A B","C D"]}"#;
        let sheets = [
            sheet(
                letter,
                &[("number", "12"), ("date", "2024-05-24"), ("symbol", "X")],
            ),
            sheet(letter, &[("number", "12"), ("signer", "C D; A B")]),
            sheet("", &[("number", "9")]),
        ];
        let figures = Letters::of(&sheets.iter().collect::<Vec<_>>());
        let counts = |field: &str| {
            let counts = figures.fields[field];
            (counts.exact, counts.wrong, counts.unknown)
        };
        assert_eq!(
            figures.documents, 2,
            "a line without a letter says nothing of it"
        );
        assert_eq!(counts("number"), (2, 0, 0));
        assert_eq!(counts("date"), (0, 1, 1));
        assert_eq!(
            counts("symbol"),
            (0, 1, 0),
            "what is not there cannot be read"
        );
        assert_eq!(counts("issuer"), (0, 0, 0));
        assert_eq!(counts("signer"), (1, 0, 1));
        let wrong = misread(&sheets);
        let named: Vec<_> = wrong
            .iter()
            .map(|own| (own.field.as_str(), own.written.as_deref()))
            .collect();
        assert_eq!(named, [("symbol", None), ("date", Some("2024-05-21"))]);
    }

    #[test]
    fn nothing_is_counted_where_nothing_was_asked_for() {
        let asked = sheet(r#","letter":{"number":"12"}"#, &[]);
        let silent = Sheet {
            letter: None,
            ..asked.clone()
        };
        assert_eq!(Letters::of(&[&silent]), Letters::default());
        assert_eq!(Letters::of(&[&asked]).fields["number"].unknown, 1);
    }
}
