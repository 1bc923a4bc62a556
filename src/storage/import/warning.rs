//! What should be looked at about a file though it is taken.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::audit::Act;
use crate::registry::Reason;
use crate::storage::NewSeal;

/// What should be looked at, though it was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line of the file that it is about; none where it is about several or all.
    pub line: Option<u64>,
    /// What it is.
    pub reason: Reason,
}

impl Display for Warning {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "line {line}: {}", self.reason),
            None => write!(formatter, "{}", self.reason),
        }
    }
}

impl Warning {
    /// A column that no register of the kind has.
    pub(super) fn unknown_column(name: &str) -> Self {
        let sentence = format!("the column `{name}` means nothing here and is left out");
        Self {
            line: None,
            reason: Reason::new("column_unknown", &[("column", &name)], sentence),
        }
    }

    /// That who recorded rows is not taken from a file.
    pub(super) fn recorder(act: &Act) -> Self {
        let by = act.who.to_string();
        let sentence = format!(
            "`recorded_by` is not taken from a file: what is recorded bears the name of who records it, {by}; \
             whoever wrote it down elsewhere can stand under `note`"
        );
        Self {
            line: None,
            reason: Reason::new("recorder_not_taken", &[("by", &by)], sentence),
        }
    }
}

/// One file as the specimen of two seals: neither could ever be told from the other.
pub(super) fn shared_specimens(seals: &[NewSeal]) -> Vec<Warning> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let mut warnings = Vec::new();
    for seal in seals {
        for specimen in &seal.specimens {
            let owner = *owners.entry(&specimen.sha256).or_insert(&seal.id);
            if owner != seal.id {
                let sentence = format!(
                    "seals {owner} and {} have the same file as their specimen: \
                     impressions of one cannot be told from the other's",
                    seal.id
                );
                let reason = Reason::new(
                    "specimen_shared",
                    &[("one", &owner), ("other", &seal.id)],
                    sentence,
                );
                warnings.push(Warning { line: None, reason });
            }
        }
    }
    warnings
}
