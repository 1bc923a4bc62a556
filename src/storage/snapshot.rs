//! One revision of the register as a value, its specimens enrolled.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::extraction::Shape;
use crate::matching::Specimen;
use crate::registry::Records;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::registry::SpecimenImage;
use crate::registry::WatchedDie;
use crate::registry::watch::Listing;
use crate::sandbox;
use crate::storage::Error;
use crate::storage::Kind;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::storage::StoredSpecimen;
use crate::verify::specimen;

/// The register, with what could not be taken from the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The seals that can be compared with.
    pub register: Register,
    /// Seals and specimens that cannot, each with the reason and what to do.
    pub problems: Vec<String>,
}

impl Store {
    /// The register as it stands.
    ///
    /// Specimens that an older engine looked at are read again with this one.
    ///
    /// # Errors
    /// If the database fails, or specimens are missing that other machines have; a damaged specimen is a problem in the
    /// snapshot.
    pub async fn snapshot(&self, options: &sandbox::Options) -> Result<Snapshot, Error> {
        let revision = self.revision().await?;
        let (stored, records) = self.records().await?;
        self.gather(&stored, &records).await?;
        let loaded: Vec<_> = stored
            .into_par_iter()
            .map(|seal| self.load(seal, &records, options))
            .collect();
        let mut snapshot = Snapshot::default();
        snapshot.register.revision = revision;
        let (watched, problems) = self.watched(&records, options);
        snapshot.register.watched = watched;
        snapshot.problems.extend(problems);
        snapshot.register.records = records;
        for (seal, problems) in loaded {
            snapshot.register.seals.extend(seal);
            snapshot.problems.extend(problems);
        }
        Ok(snapshot)
    }

    /// Sees that the files of all specimens are here, as far as other machines share them.
    ///
    /// # Errors
    /// If the database or the object store fails; and where the database is a server's, if any are missing: elsewhere they are
    /// there, and this machine would come to other results.
    pub async fn gather_specimens(&self) -> Result<(), Error> {
        let (seals, records) = self.records().await?;
        self.gather(&seals, &records).await
    }

    async fn gather(&self, seals: &[StoredSeal], records: &Records) -> Result<(), Error> {
        let own = seals.iter().flat_map(|seal| &seal.specimens);
        let own = own.map(|specimen| specimen.sha256.clone());
        let listed = records.every::<Listing>().into_iter();
        let all: BTreeSet<String> = own
            .chain(listed.map(|stated| stated.value.specimen))
            .collect();
        let all: Vec<String> = all.into_iter().collect();
        let absent = self.files().level(&all).await?;
        if absent.is_empty() || self.kind() == Kind::Sqlite {
            return Ok(());
        }
        Err(Error::Absent {
            count: absent.len(),
            folder: self.files().directory().to_owned(),
        })
    }

    /// The dies of the watch list, by name.
    fn watched(
        &self,
        records: &Records,
        options: &sandbox::Options,
    ) -> (Vec<WatchedDie>, Vec<String>) {
        let mut scans: BTreeMap<String, Vec<StoredSpecimen>> = BTreeMap::new();
        for stated in records.every::<Listing>() {
            let Listing { die, specimen, dpi } = stated.value;
            scans.entry(die).or_default().push(StoredSpecimen {
                sha256: specimen,
                stated_dpi: dpi,
                days: (None, None),
            });
        }
        let (mut watched, mut problems) = (Vec::new(), Vec::new());
        for (id, scans) in scans {
            let mut impressions = Vec::new();
            for scan in scans {
                match self.image(scan, None, options) {
                    Ok(image) => impressions.push(image.impression),
                    Err(reason) => problems.push(format!("watch list, {id}: {reason}")),
                }
            }
            match Specimen::enrol(&impressions) {
                Ok(specimen) => watched.push(WatchedDie { id, specimen }),
                Err(error) => problems.push(format!("watch list: {id} is left out: {error}")),
            }
        }
        (watched, problems)
    }

    fn load(
        &self,
        stored: StoredSeal,
        records: &Records,
        options: &sandbox::Options,
    ) -> (Option<RegisteredSeal>, Vec<String>) {
        let id = stored.id.clone();
        let life = stored.life(records);
        let mut problems = Vec::new();
        let mut images = Vec::new();
        for specimen in stored.specimens {
            match self.image(specimen, stored.particulars.shape, options) {
                Ok(image) => images.push(image),
                Err(reason) => problems.push(format!("seal {id}: {reason}")),
            }
        }
        let impressions: Vec<_> = images.iter().map(|i| i.impression.clone()).collect();
        match Specimen::enrol(&impressions) {
            Ok(specimen) => {
                let seal = RegisteredSeal {
                    id,
                    version: stored.version,
                    particulars: stored.particulars,
                    life,
                    images,
                    specimen,
                };
                (Some(seal), problems)
            }
            Err(error) => {
                problems.push(format!("seal {id} is left out: {error}"));
                (None, problems)
            }
        }
    }

    /// The impression of a stored specimen, from where it is kept or from the scan again.
    fn image(
        &self,
        stored: StoredSpecimen,
        shape: Option<Shape>,
        options: &sandbox::Options,
    ) -> Result<SpecimenImage, String> {
        let impression = match self.files().impression(&stored) {
            Some(impression) => impression,
            None => {
                let path = self.files().path(&stored.sha256);
                let bytes = self.files().read(&stored.sha256);
                let bytes = bytes.map_err(|error| told(&error))?;
                let source = sandbox::Source::Bytes(&bytes);
                let found = specimen::read(source, stored.stated_dpi, shape, options);
                let impression = found.map_err(|error| {
                    format!("specimen {}: {error}; import it again", path.display())
                })?;
                // A store that cannot be written is still good for reading.
                let _ = self.files().keep_impression(&stored, &impression);
                impression
            }
        };
        Ok(SpecimenImage {
            impression,
            stated_dpi: stored.stated_dpi,
            sha256: stored.sha256,
        })
    }
}

/// Why a specimen's file cannot be used, and what to do.
fn told(error: &Error) -> String {
    let reason = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
    if matches!(error, Error::Encrypted { .. }) {
        // The reason says which key is missing: importing again would not help.
        format!("{error}: {reason}")
    } else {
        format!("{error}: {reason}; import it again")
    }
}
