//! Specimens as files by digest, each with the impression that was found in it.

use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::extraction::Impression;
use crate::storage::Error;
use crate::storage::StoredSpecimen;

/// What the stored impressions were made by: another engine may find other ink.
const ENGINE: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("ANTIN_ENGINE_SOURCES"));

/// The folder of specimen files.
#[derive(Clone, Debug)]
pub struct SpecimenFiles {
    directory: PathBuf,
}

impl SpecimenFiles {
    pub(crate) fn under(data: &Path) -> Self {
        Self {
            directory: data.join("specimens"),
        }
    }

    /// The digest by which a file with these bytes is kept.
    #[must_use]
    pub fn digest(bytes: &[u8]) -> String {
        let digest = Sha256::digest(bytes);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Where the file with this digest is kept.
    #[must_use]
    pub fn path(&self, sha256: &str) -> PathBuf {
        // Folders of moderate size: 256 of them.
        let folder = sha256.get(..2).unwrap_or("other");
        self.directory.join(folder).join(sha256)
    }

    /// Keeps a file and returns its digest.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, Error> {
        let sha256 = Self::digest(bytes);
        let path = self.path(&sha256);
        if !path.is_file() {
            write(&path, bytes)?;
        }
        Ok(sha256)
    }

    /// Keeps the impression that this engine found in a file read at a stated resolution.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn keep_impression(
        &self,
        specimen: &StoredSpecimen,
        impression: &Impression,
    ) -> Result<(), Error> {
        let path = self.impression_path(specimen);
        match postcard::to_stdvec(impression) {
            Ok(bytes) => write(&path, &bytes),
            // Only a saving of time is lost: the impression is read from the scan again.
            Err(_) => Ok(()),
        }
    }

    /// The impression that this engine found earlier in the file at this resolution, if it did.
    #[must_use]
    pub fn impression(&self, specimen: &StoredSpecimen) -> Option<Impression> {
        let bytes = std::fs::read(self.impression_path(specimen)).ok()?;
        postcard::from_bytes(&bytes).ok()
    }

    fn impression_path(&self, specimen: &StoredSpecimen) -> PathBuf {
        let dpi = specimen.stated_dpi;
        let dpi = dpi.map_or_else(|| "own".to_owned(), |dpi| dpi.to_string());
        let mut path = self.path(&specimen.sha256).into_os_string();
        path.push(format!(".{dpi}dpi.{ENGINE}.impression"));
        PathBuf::from(path)
    }
}

/// Writes a file whole or not at all, however often the process is interrupted.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::File {
        action: "write",
        path: path.to_owned(),
        source,
    };
    let folder = path.parent().expect("a digest's path has a folder");
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_again_by_its_digest() {
        let directory = tempfile::tempdir().unwrap();
        let files = SpecimenFiles::under(directory.path());
        let sha256 = files.keep(b"scan").unwrap();
        assert_eq!(files.keep(b"scan").unwrap(), sha256);
        assert_eq!(std::fs::read(files.path(&sha256)).unwrap(), b"scan");
        let specimen = StoredSpecimen {
            sha256,
            stated_dpi: None,
        };
        assert_eq!(files.impression(&specimen), None);
    }
}
