//! A file of any register, recognised by its header line, into the store.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use crate::registry::Entry;
use crate::registry::Reason;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::registry::body;
use crate::registry::body::Relation;
use crate::registry::body::relation;
use crate::registry::correction::WITHDRAWAL;
use crate::registry::event::EVENT;
use crate::registry::kind::Kind;
use crate::registry::kind::Line;
use crate::registry::kind::Subject;
use crate::registry::records::Fact;
use crate::registry::sheet;
use crate::registry::sheet::RowFailure;
use crate::registry::sheet::register::SpecimenRow;
use crate::registry::watch;
use crate::registry::watch::Listing;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::import::Import;
use crate::storage::import::Mode;
use crate::storage::import::Options;
use crate::storage::import::file_name;
use crate::storage::import::read;
use crate::storage::proposals::Content;

impl Store {
    /// Imports a file of whatever register its header line tells.
    ///
    /// # Errors
    /// If the header is of no register or the store fails; bad rows are failures in the result.
    pub async fn import(&self, path: &Path, options: Options<'_>) -> Result<Import, Error> {
        let recognised = sheet::recognise(&read(path)?);
        let file = recognised.map_err(|source| Error::Sheet {
            path: path.to_owned(),
            source,
        })?;
        match file {
            sheet::File::Register => self.import_register(path, options).await,
            sheet::File::Events => self.import_events(path, options.mode, options.act).await,
            sheet::File::Entries(kind) => self.import_entries(path, kind, options).await,
        }
    }

    async fn import_entries(
        &self,
        path: &Path,
        kind: &'static Kind,
        options: Options<'_>,
    ) -> Result<Import, Error> {
        let sheet = kind.read(&read(path)?).map_err(|source| Error::Sheet {
            path: path.to_owned(),
            source,
        })?;
        let of = sheet::File::Entries(kind);
        let mut import = Import::new(of, sheet.failures, &sheet.unknown_columns);
        let mut known = Known::of(&self.seals().await?, &self.entries().await?);
        let (mut good, mut lines) = (Vec::new(), Vec::new());
        for Line { line, entry } in sheet.entries {
            let is_listing = entry.kind == watch::KIND.name;
            let with_digest = if is_listing {
                self.listing(line, &entry, path, options)
            } else {
                Ok(entry.clone())
            };
            let entry = match with_digest {
                Ok(entry) => entry,
                Err(reason) => {
                    let id = Some(entry.key);
                    import.failures.push(RowFailure { line, id, reason });
                    continue;
                }
            };
            match known.fault(kind, &entry) {
                None => {
                    import.doubt(line, known.unmet(&entry));
                    known.add(&entry);
                    good.push(entry);
                    lines.push(line);
                }
                Some(reason) => import.failures.push(RowFailure {
                    line,
                    id: Some(entry.key),
                    reason,
                }),
            }
        }
        let recorders = good.iter().map(|entry| entry.recorded_by.as_deref());
        import.doubt_recorder(recorders, options.act);
        let listed = good.iter().filter(|entry| entry.kind == watch::KIND.name);
        let specimens = listed.filter_map(|entry| entry.text("specimen").map(str::to_owned));
        self.share(options.mode, specimens.collect()).await?;
        match options.mode {
            Mode::Store => {
                let source = file_name(path);
                let recording = self.record_entries(&good, &source, options.act).await?;
                import.recorded(recording, |row| (lines[row], &good[row].key));
            }
            Mode::Check => import.changes.entries_known = good.len(),
            Mode::Propose | Mode::Preview => import.content = Some(Content::Entries(good)),
        }
        Ok(import.sorted())
    }

    /// Lets other machines have the specimens of rows that are to be recorded or proposed, before they are.
    pub(super) async fn share(&self, mode: Mode, specimens: Vec<String>) -> Result<(), Error> {
        if !specimens.is_empty() && matches!(mode, Mode::Store | Mode::Propose) {
            self.files().level(&specimens).await?;
        }
        Ok(())
    }

    /// A row of the watch list with the digest of its scan, which is kept, in place of the path.
    fn listing(
        &self,
        line: u64,
        entry: &Entry,
        path: &Path,
        options: Options<'_>,
    ) -> Result<Entry, Reason> {
        let listing = Listing::of(entry).map_err(|error| Reason::from(&error))?;
        let row = SpecimenRow {
            line,
            path: listing.specimen.into(),
            dpi: listing.dpi,
            days: (None, None),
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        let sha256 = self.candidate(&row, None, folder, options)?.stored.sha256;
        (options.on_row)();
        let mut entry = entry.clone();
        entry.content.insert("specimen".to_owned(), sha256);
        Ok(entry)
    }
}

/// What rows may refer to.
#[derive(Debug, Default)]
pub(in crate::storage) struct Known {
    seals: BTreeSet<String>,
    bodies: BTreeSet<String>,
    /// The kind of each entry and event, by its name.
    entries: BTreeMap<String, String>,
    /// The relations that stand, by body.
    relations: BTreeMap<String, Vec<Relation>>,
    /// The names of what was corrected or withdrawn, recorded or not.
    taken_back: BTreeSet<String>,
}

impl Known {
    pub(in crate::storage) fn of(seals: &[StoredSeal], entries: &[Recorded]) -> Self {
        let mut known = Self::default();
        for seal in seals {
            known.seals.insert(seal.id.clone());
            for event in &seal.events {
                let name = event.entry(&seal.id).name();
                known.entries.insert(name, EVENT.to_owned());
            }
        }
        for recorded in entries {
            known.add(&recorded.entry);
        }
        known.relations.clear();
        for stated in Records::of(entries.iter().cloned()).every::<Relation>() {
            known.relate(stated.value);
        }
        known
    }

    pub(super) fn has_seal(&self, id: &str) -> bool {
        self.seals.contains(id)
    }

    pub(in crate::storage) fn add(&mut self, entry: &Entry) {
        if entry.kind == body::KIND.name {
            self.bodies.insert(entry.key.clone());
        }
        if entry.kind == relation::KIND.name
            && let Ok(relation) = Relation::of(entry)
        {
            self.relate(relation);
        }
        if entry.kind == WITHDRAWAL.name {
            self.taken_back.insert(entry.key.clone());
        }
        self.taken_back.extend(entry.corrects.clone());
        self.entries.insert(entry.name(), entry.kind.clone());
    }

    fn relate(&mut self, relation: Relation) {
        let own = self.relations.entry(relation.body.clone()).or_default();
        own.push(relation);
    }

    /// Why a row cannot be understood, beside what the row itself shows.
    pub(in crate::storage) fn fault(&self, kind: &Kind, entry: &Entry) -> Option<Reason> {
        let unknown = |(column, subject): &(&'static str, Subject)| {
            let value = entry.text(column)?;
            match subject {
                Subject::Seal if !self.seals.contains(value) => Some(seal_unregistered(value)),
                Subject::Body if !self.bodies.contains(value) => Some(body_unregistered(value)),
                Subject::Seal | Subject::Body | Subject::Entry => None,
            }
        };
        let refers = kind.refers.iter().find_map(unknown);
        refers.or_else(|| self.circle(entry))
    }

    /// What is to be said of a row that corrects or withdraws what is not recorded, or is of another kind. It is recorded all the
    /// same, since the order of recording never matters: what it names may come later.
    pub(in crate::storage) fn unmet(&self, entry: &Entry) -> Option<Reason> {
        let withdraws = (entry.kind == WITHDRAWAL.name).then_some(("withdraws", &entry.key));
        if let Some((column, name)) = withdraws.filter(|(_, name)| !self.has_entry(name)) {
            return Some(unknown_entry(column, name));
        }
        let corrects = entry.corrects.as_ref()?;
        match self.entries.get(corrects) {
            None => Some(unknown_entry("corrects", corrects)),
            Some(other) if *other != entry.kind => Some(of_another_kind(entry, corrects, other)),
            Some(_) => None,
        }
    }

    fn has_entry(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Why a relation cannot be: on some day a body would stand above itself.
    fn circle(&self, entry: &Entry) -> Option<Reason> {
        // A correction may untie a cycle as well: what it leaves is told of as a finding.
        let is_taken_back = || self.taken_back.contains(&entry.name());
        if entry.kind != relation::KIND.name || entry.corrects.is_some() || is_taken_back() {
            return None;
        }
        let new = Relation::of(entry).ok()?;
        let above = |body: &str| self.relations.get(body).cloned().unwrap_or_default();
        let path = relation::cycle(&above, &new)?;
        let (kind, path) = (new.kind.name(), path.join(" -> "));
        let sentence = format!("makes a cycle of `{kind}`: {path}; no body can stand above itself");
        Some(Reason::new("cycle", &[("path", &path)], sentence))
    }
}

/// That a row is about a seal that is not registered.
pub(super) fn seal_unregistered(seal: &str) -> Reason {
    let sentence = format!("seal {seal} is not registered; import it first");
    Reason::new("seal_unregistered", &[("seal", &seal)], sentence)
}

fn body_unregistered(body: &str) -> Reason {
    let sentence = format!("body {body} is not registered; import it first");
    Reason::new("body_unregistered", &[("body", &body)], sentence)
}

/// What is to be said of a row that corrects one of another kind.
fn of_another_kind(entry: &Entry, corrects: &str, other: &str) -> Reason {
    let kind = &entry.kind;
    Reason::new(
        "wrong_kind",
        &[("entry", &corrects), ("kind", kind), ("other_kind", &other)],
        format!(
            "`corrects` is \"{corrects}\", which is of the kind {other} and not {kind}: nothing is replaced"
        ),
    )
}

/// What is to be said of a name that no entry has.
fn unknown_entry(column: &str, name: &str) -> Reason {
    Reason::new(
        "entry_unknown",
        &[("column", &column), ("entry", &name)],
        format!(
            "`{column}` is \"{name}\", which names no entry yet; it counts once that is recorded (`antin register show` prints \
             the names)"
        ),
    )
}
