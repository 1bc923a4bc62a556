//! What is wrong with a file of rules, by line and field.

use std::fmt;

use toml::Spanned;

/// The first thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, counted from one.
    pub line: Option<usize>,
    /// The field, where it is one's.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        if let Some(field) = &self.field {
            write!(formatter, "`{field}`: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// What the reader of TOML says: the field is the one that it names, else that of the line.
    pub(super) fn of(error: &toml::de::Error, text: &str) -> Self {
        let start = error.span().map(|span| span.start);
        let named = error.message().split('`').nth(1).map(str::to_owned);
        let is_named = error.message().starts_with("missing field")
            || error.message().starts_with("unknown field")
            || error.message().starts_with("duplicate field");
        let own = start.and_then(|start| key(text, start));
        Self {
            line: start.map(|start| line(text, start)),
            field: named.filter(|_| is_named).or(own),
            message: error.message().trim().to_owned(),
        }
    }
}

/// A fault of a value.
pub(super) fn at<T>(text: &str, value: &Spanned<T>, field: &str, message: String) -> Fault {
    Fault {
        line: Some(line(text, value.span().start)),
        field: Some(field.to_owned()),
        message,
    }
}

/// The line, counted from one, of a byte.
fn line(text: &str, position: usize) -> usize {
    let before = text.bytes().take(position);
    before.filter(|byte| *byte == b'\n').count() + 1
}

/// The key on the line of a byte.
fn key(text: &str, position: usize) -> Option<String> {
    let line = text.lines().nth(line(text, position) - 1)?;
    let (key, _) = line.split_once('=')?;
    Some(key.trim().to_owned())
}
