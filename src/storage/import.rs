//! A register file or a list of events into the store, row by row.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::audit::Act;
use crate::extraction::Impression;
use crate::extraction::Shape;
use crate::matching::EnrolError;
use crate::matching::Specimen;
use crate::registry::Reason;
use crate::registry::sheet;
use crate::registry::sheet::RowFailure;
use crate::registry::sheet::register::Entry;
use crate::registry::sheet::register::SpecimenRow;
use crate::sandbox;
use crate::storage::Changes;
use crate::storage::Error;
use crate::storage::NewSeal;
use crate::storage::NewSpecimen;
use crate::storage::Recording;
use crate::storage::SpecimenFiles;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::proposals::Content;
use crate::storage::proposals::SealEvent;
use crate::verify::specimen;

mod entries;
mod replaced;
mod scan;
mod warning;

pub(in crate::storage) use entries::Known;
pub use warning::Warning;

/// How to import.
#[derive(Clone, Copy)]
#[expect(
    missing_debug_implementations,
    reason = "a callback has nothing to show"
)]
pub struct Options<'a> {
    /// How specimens are read.
    pub sandbox: &'a sandbox::Options,
    /// Whether anything is stored.
    pub mode: Mode,
    /// Who imports, and when.
    pub act: &'a Act,
    /// Which files rows may name.
    pub reach: Reach,
    /// Called once for each specimen read.
    pub on_row: &'a (dyn Fn() + Sync),
}

/// Which files the rows of a file may name as specimens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Any that whoever runs the command may read.
    Anywhere,
    /// Only those beside the file, by their plain names: it came from elsewhere.
    Beside,
}

/// Whether an import stores anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Good rows are stored.
    Store,
    /// Everything is checked and nothing stored.
    Check,
    /// Specimens' files are kept, and good rows are handed back to be proposed.
    Propose,
    /// Nothing is kept, and good rows are handed back to be looked at.
    Preview,
}

/// What came of an import.
#[derive(Clone, Debug)]
pub struct Import {
    /// What the rows are.
    pub of: sheet::File,
    /// What was changed, or would be.
    pub changes: Changes,
    /// Rows that were left out, by line.
    pub failures: Vec<RowFailure>,
    /// What should be looked at, though it was imported.
    pub warnings: Vec<Warning>,
    /// The good rows, where they are to be proposed.
    pub content: Option<Content>,
}

impl Import {
    fn new(of: sheet::File, failures: Vec<RowFailure>, unknown_columns: &[String]) -> Self {
        let warnings = unknown_columns.iter();
        let warnings = warnings.map(|name| Warning::unknown_column(name));
        Self {
            of,
            changes: Changes::default(),
            failures,
            warnings: warnings.collect(),
            content: None,
        }
    }

    /// Takes over what was recorded; rows that the database refused are failures, each with its line and subject.
    fn recorded<'a>(&mut self, recording: Recording, row: impl Fn(usize) -> (u64, &'a String)) {
        self.changes = recording.changes;
        let refused = recording.refused.into_iter().map(|refused| {
            let (line, id) = row(refused.row);
            RowFailure {
                line,
                id: Some(id.clone()),
                reason: refused.reason,
            }
        });
        self.failures.extend(refused);
    }

    /// Adds what should be looked at about a row that is taken all the same.
    fn doubt(&mut self, line: u64, doubt: Option<Reason>) {
        self.warnings.extend(doubt.map(|reason| Warning {
            line: Some(line),
            reason,
        }));
    }

    /// Says that who recorded rows is not taken from a file, where it names somebody else.
    fn doubt_recorder<'a>(&mut self, mut named: impl Iterator<Item = Option<&'a str>>, act: &Act) {
        let by = act.who.to_string();
        if named.any(|named| named.is_some_and(|named| named != by)) {
            self.warnings.push(Warning::recorder(act));
        }
    }

    /// Its failures in the order of lines.
    fn sorted(mut self) -> Self {
        self.failures.sort_by_key(|failure| failure.line);
        self
    }
}

/// A row's specimen, read and found to bear one seal.
struct Candidate<'a> {
    row: &'a SpecimenRow,
    stored: NewSpecimen,
    impression: Impression,
}

impl Store {
    /// Imports a register file.
    ///
    /// # Errors
    /// If the file is no register file or the store fails; bad rows are failures in the result.
    pub async fn import_register(
        &self,
        path: &Path,
        options: Options<'_>,
    ) -> Result<Import, Error> {
        let sheet = sheet::register::read(&read(path)?).map_err(|source| Error::Sheet {
            path: path.to_owned(),
            source,
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let of = sheet::File::Register;
        let mut import = Import::new(of, sheet.failures, &sheet.unknown_columns);
        let known = self.seals().await?;
        let known: BTreeMap<&str, &StoredSeal> =
            known.iter().map(|seal| (seal.id.as_str(), seal)).collect();
        let replaced = replaced::of(known.values().copied());
        let read: Vec<_> = sheet
            .entries
            .par_iter()
            .map(|entry| {
                let known = known.get(entry.id.as_str()).copied();
                self.seal(entry, known, options, folder)
            })
            .collect();
        let (mut seals, mut lines) = (Vec::new(), Vec::new());
        for ((seal, failures), entry) in read.into_iter().zip(&sheet.entries) {
            let first = entry.specimens.first().map_or(0, |row| row.line);
            lines.extend(seal.iter().map(|_| first));
            let doubts = seal
                .iter()
                .filter_map(|seal| replaced::doubt(seal, &replaced));
            doubts.for_each(|doubt| import.doubt(first, Some(doubt)));
            seals.extend(seal);
            import.failures.extend(failures);
        }
        import.warnings.extend(warning::shared_specimens(&seals));
        let specimens = seals.iter().flat_map(|seal| &seal.specimens);
        let specimens = specimens.map(|own| own.sha256.clone()).collect();
        self.share(options.mode, specimens).await?;
        match options.mode {
            Mode::Store => {
                let source = file_name(path);
                let recording = self.record_seals(&seals, &source, options.act).await?;
                import.recorded(recording, |row| (lines[row], &seals[row].id));
            }
            Mode::Check => import.changes.seals_unchanged = seals.len(),
            Mode::Propose | Mode::Preview => import.content = Some(Content::Seals(seals)),
        }
        Ok(import.sorted())
    }

    /// Imports a list of events.
    ///
    /// # Errors
    /// If the file is no list of events or the store fails; bad rows are failures in the result.
    pub async fn import_events(&self, path: &Path, mode: Mode, act: &Act) -> Result<Import, Error> {
        let sheet = sheet::events::read(&read(path)?).map_err(|source| Error::Sheet {
            path: path.to_owned(),
            source,
        })?;
        let seals = self.seals().await?;
        let mut known = Known::of(&seals, &self.entries().await?);
        let of = sheet::File::Events;
        let mut import = Import::new(of, sheet.failures, &sheet.unknown_columns);
        let mut good = Vec::new();
        for entry in sheet.entries {
            if !known.has_seal(&entry.seal) {
                import.failures.push(RowFailure {
                    line: entry.line,
                    reason: entries::seal_unregistered(&entry.seal),
                    id: Some(entry.seal),
                });
                continue;
            }
            let own = entry.event.entry(&entry.seal);
            import.doubt(entry.line, known.unmet(&own));
            import.doubt(entry.line, replaced::shared(&entry, &seals));
            known.add(&own);
            good.push(entry);
        }
        let recorders = good.iter().map(|row| row.event.recorded_by.as_deref());
        import.doubt_recorder(recorders, act);
        match mode {
            Mode::Store => {
                let recording = self.record_events(&good, &file_name(path), act).await?;
                import.recorded(recording, |row| (good[row].line, &good[row].seal));
            }
            Mode::Check => import.changes.events_added = good.len(),
            Mode::Propose | Mode::Preview => {
                let events = good.into_iter().map(SealEvent::from);
                import.content = Some(Content::Events(events.collect()));
            }
        }
        Ok(import.sorted())
    }

    /// Reads the specimens of one seal's rows and sees that they show one seal.
    fn seal(
        &self,
        entry: &Entry,
        known: Option<&StoredSeal>,
        options: Options<'_>,
        folder: &Path,
    ) -> (Option<NewSeal>, Vec<RowFailure>) {
        let mut failures = Vec::new();
        let mut candidates = Vec::new();
        for row in &entry.specimens {
            match self.candidate(row, entry.particulars.shape, folder, options) {
                Ok(candidate) => candidates.push(candidate),
                Err(reason) => failures.push(failure(row, &entry.id, reason)),
            }
            (options.on_row)();
        }
        let seen = known.map_or_else(Vec::new, |seal| self.known_impressions(seal));
        let specimens = agreeing(&entry.id, &seen, candidates, &mut failures);
        let stated = &entry.particulars;
        let seal = (!specimens.is_empty()).then(|| NewSeal {
            id: entry.id.clone(),
            particulars: known.map_or_else(|| stated.clone(), |seal| seal.completed(stated)),
            specimens: match known {
                Some(seal) => specimens.into_iter().map(|own| seal.dated(own)).collect(),
                None => specimens,
            },
        });
        (seal, failures)
    }

    /// Reads one row's specimen and keeps its file.
    fn candidate<'a>(
        &self,
        row: &'a SpecimenRow,
        shape: Option<Shape>,
        folder: &Path,
        options: Options<'_>,
    ) -> Result<Candidate<'a>, Reason> {
        if options.reach == Reach::Beside && !scan::is_plain_name(&row.path) {
            return Err(scan::not_plain(&row.path));
        }
        let path = folder.join(&row.path);
        let bytes = scan::bytes(&path)?;
        // A list that was exported here names our own files.
        let decrypted = self.files().decrypt(&path, bytes);
        let bytes = decrypted.map_err(|error| scan::not_decrypted(&path, &error))?;
        let stored = NewSpecimen {
            sha256: SpecimenFiles::digest(&bytes),
            stated_dpi: row.dpi,
            days: row.days,
        };
        let source = sandbox::Source::Bytes(&bytes);
        let impression = match self.files().impression(&stored) {
            Some(impression) => impression,
            None => specimen::read(source, row.dpi, shape, options.sandbox)
                .map_err(|error| scan::unfit(&row.path, &error))?,
        };
        if !matches!(options.mode, Mode::Check | Mode::Preview) {
            let kept = self.files().keep(&bytes);
            let kept = kept.and_then(|_| self.files().keep_impression(&stored, &impression));
            kept.map_err(|error| scan::not_kept(&path, &error))?;
        }
        Ok(Candidate {
            row,
            stored,
            impression,
        })
    }

    /// The impressions already registered for a seal, as far as they are at hand.
    fn known_impressions(&self, seal: &StoredSeal) -> Vec<Impression> {
        let stored = seal.specimens.iter();
        stored
            .filter_map(|stored| self.files().impression(stored))
            .collect()
    }
}

/// The specimens that show one seal together with those known; the others are failures.
fn agreeing(
    id: &str,
    known: &[Impression],
    mut candidates: Vec<Candidate<'_>>,
    failures: &mut Vec<RowFailure>,
) -> Vec<NewSpecimen> {
    loop {
        let mut impressions = known.to_vec();
        impressions.extend(candidates.iter().map(|c| c.impression.clone()));
        let Err(error) = Specimen::enrol(&impressions) else {
            return candidates.into_iter().map(|c| c.stored).collect();
        };
        let number = match error {
            EnrolError::None => return Vec::new(),
            EnrolError::Disagree { number } | EnrolError::NoResolution { number } => number,
        };
        let Some(position) = number.checked_sub(known.len() + 1) else {
            // Those already registered disagree among themselves: no new row is to blame.
            return candidates.into_iter().map(|c| c.stored).collect();
        };
        if position >= candidates.len() {
            return candidates.into_iter().map(|c| c.stored).collect();
        }
        let left_out = candidates.remove(position);
        let line = match candidates.first() {
            Some(first) if known.is_empty() => Some(first.row.line),
            _ => None,
        };
        let reason = scan::differs(&left_out.row.path, line);
        failures.push(failure(left_out.row, id, reason));
    }
}

fn failure(row: &SpecimenRow, id: &str, reason: Reason) -> RowFailure {
    RowFailure {
        line: row.line,
        id: Some(id.to_owned()),
        reason,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
