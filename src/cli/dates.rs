//! `--dates FILE.csv`: which document is of which day, and what else is known of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::Date;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::registry::sheet::dates;
use crate::verify::fields::Given;

/// Dates by document, as far as they are known, and what else is.
#[derive(Clone, Debug, Default)]
pub(super) struct Dates {
    by_path: HashMap<PathBuf, (Option<Date>, Given)>,
    /// The date of all others.
    other: Option<Date>,
}

impl Dates {
    /// One date for all.
    pub(super) fn all(date: Option<Date>) -> Self {
        Self {
            by_path: HashMap::new(),
            other: date,
        }
    }

    /// The dates of a file, whose paths are relative to it; `other` for documents that it does not name.
    pub(super) fn read(
        file: &Path,
        other: Option<Date>,
        output: &mut Output,
    ) -> anyhow::Result<(Self, Exit)> {
        let shown = file.display();
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
        let mut exit = Exit::Passed;
        let mut own = Self::all(other);
        let sheet = match dates::read(&bytes) {
            Ok(sheet) => sheet,
            Err(error) => {
                output.error(&format!("{shown}: {error}"));
                return Ok((own, Exit::Input));
            }
        };
        for column in &sheet.unknown_columns {
            output.warning(&format!(
                "{shown}: the column `{column}` means nothing here"
            ));
        }
        for failure in &sheet.failures {
            output.error(&format!(
                "{shown}, line {}: {}",
                failure.line, failure.reason
            ));
            exit = Exit::Input;
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        for entry in sheet.entries {
            let path = same(&folder.join(&entry.document));
            let given = Given {
                number: entry.number,
                symbol: entry.symbol,
                issuer: entry.issuer,
                signer: entry.signer,
                not_after: entry.not_after,
                proof: entry.proof,
            };
            let known = (entry.date, given);
            let before = own.by_path.insert(path, known.clone());
            if let Some(before) = before.filter(|before| *before != known) {
                let other = if before.0 == known.0 {
                    "other fields"
                } else {
                    "another date"
                };
                output.error(&format!(
                    "{shown}, line {}: {} has {other} before",
                    entry.line, entry.document
                ));
                exit = Exit::Input;
            }
        }
        Ok((own, exit))
    }

    /// The date of a document.
    pub(super) fn of(&self, document: &Path) -> Option<Date> {
        if self.by_path.is_empty() {
            return self.other;
        }
        let own = self.by_path.get(&same(document)).and_then(|known| known.0);
        own.or(self.other)
    }

    /// What else is known of a document.
    pub(super) fn given(&self, document: &Path) -> Option<&Given> {
        if self.by_path.is_empty() {
            return None;
        }
        let (_, given) = self.by_path.get(&same(document))?;
        (*given != Given::default()).then_some(given)
    }
}

/// One name for a file, however it is reached; one that is not there keeps its own.
fn same(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
