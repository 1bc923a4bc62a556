//! Specimens as files by digest, each with the impression that was found in it; encrypted where a key is given, and shared
//! with other machines where there is a shelf.

use std::collections::HashSet;
use std::io::Read;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::accounts::secret;
use crate::extraction::Impression;
use crate::keyring;
use crate::keyring::Keyring;
use crate::storage::Error;
use crate::storage::Shelf;
use crate::storage::StoredSpecimen;

/// What the stored impressions were made by: another engine may find other ink.
const ENGINE: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("ANTIN_ENGINE_SOURCES"));

/// Files that are brought or shared at once. Chosen.
const AT_ONCE: usize = 8;
/// First bytes of a file, in which its key is named.
const HEAD_BYTES: u64 = 64;

/// The folder of specimen files.
#[derive(Clone, Debug)]
pub struct SpecimenFiles {
    directory: PathBuf,
    keys: Arc<Keyring>,
    shelf: Option<Shelf>,
}

impl SpecimenFiles {
    pub(crate) fn under(data: &Path) -> Self {
        Self {
            directory: data.join("specimens"),
            keys: Arc::default(),
            shelf: None,
        }
    }

    /// The same files, shared with other machines.
    pub(crate) fn with_shelf(self, shelf: Shelf) -> Self {
        let shelf = Some(shelf);
        Self { shelf, ..self }
    }

    /// The folder.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The same files, written and read with these keys.
    pub(crate) fn with_keys(self, keys: Keyring) -> Self {
        let keys = Arc::new(keys);
        Self { keys, ..self }
    }

    /// The digest by which a file with these bytes is kept.
    #[must_use]
    pub fn digest(bytes: &[u8]) -> String {
        hex::encode(Sha256::digest(bytes))
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
            self.write(&path, bytes)?;
        }
        Ok(sha256)
    }

    /// Brings here what only other machines have of these files, and lets them have what only this one has; the digests of
    /// those that are not here then.
    ///
    /// # Errors
    /// If the object store fails, or a file cannot be read or written.
    pub async fn level(&self, digests: &[String]) -> Result<Vec<String>, Error> {
        let shelved = match &self.shelf {
            Some(shelf) => shelf.all().await?,
            None => HashSet::new(),
        };
        let mut absent = Vec::new();
        for some in digests.chunks(AT_ONCE) {
            let brought = some
                .iter()
                .map(|sha256| self.bring(sha256, shelved.contains(sha256)));
            let brought = futures_util::future::try_join_all(brought).await?;
            let missed = some.iter().zip(brought).filter(|(_, is_here)| !is_here);
            absent.extend(missed.map(|(sha256, _)| sha256.clone()));
        }
        Ok(absent)
    }

    /// The same for one file; whether it is here then.
    async fn bring(&self, sha256: &str, is_shelved: bool) -> Result<bool, Error> {
        let path = self.path(sha256);
        let Some(shelf) = &self.shelf else {
            return Ok(path.is_file());
        };
        match (self.is_readable(&path), is_shelved) {
            (false, true) => {
                let file = shelf.get(sha256).await?;
                let content = self.decrypt(&path, file.clone());
                if content.is_ok_and(|content| Self::digest(&content) != sha256) {
                    return Ok(false);
                }
                write(&path, &file)?;
            }
            (true, false) => shelf.put(sha256, read(&path)?).await?,
            _ => {}
        }
        Ok(path.is_file())
    }

    /// Whether a file is there that is not encrypted, or with a key that is at hand.
    fn is_readable(&self, path: &Path) -> bool {
        let mut head = Vec::new();
        let file = std::fs::File::open(path);
        let read = file.and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
        read.is_ok()
            && keyring::key_of(&head).is_ok_and(|key| key.is_none_or(|key| self.keys.holds(key)))
    }

    /// Lets other machines have all files as they stand here now.
    ///
    /// # Errors
    /// If the object store fails, or a file cannot be read; those before it are done.
    pub async fn share_all(&self) -> Result<(), Error> {
        let Some(shelf) = &self.shelf else {
            return Ok(());
        };
        for path in self.all()? {
            // What is found in them each machine keeps for itself.
            if path.extension().is_none() {
                shelf.put(&name(&path), read(&path)?).await?;
            }
        }
        Ok(())
    }

    /// The bytes of the file with this digest.
    ///
    /// # Errors
    /// If it cannot be read, or is encrypted with a key that is not at hand.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, Error> {
        let path = self.path(sha256);
        let file = read(&path)?;
        self.decrypt(&path, file)
    }

    /// The content of a file that may be one of ours, encrypted, whatever folder it is in.
    ///
    /// # Errors
    /// If it is encrypted with a key that is not at hand.
    pub fn decrypt(&self, path: &Path, file: Vec<u8>) -> Result<Vec<u8>, Error> {
        let content = self.keys.decrypt(&name(path), file);
        content.map_err(|source| Error::Encrypted {
            path: path.to_owned(),
            source,
        })
    }

    /// Writes every file anew with the first of the keys that is not encrypted with it, and tells how many there were.
    ///
    /// It can be stopped at any time and run again.
    ///
    /// # Errors
    /// If a file cannot be read, decrypted or written; those before it are done.
    pub fn rekey(&self) -> Result<usize, Error> {
        let mut count = 0;
        for path in self.all()? {
            let file = read(&path)?;
            let key = keyring::key_of(&file).map_err(|source| Error::Encrypted {
                path: path.clone(),
                source,
            })?;
            if key != self.keys.current() {
                let content = self.decrypt(&path, file)?;
                self.write(&path, &content)?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// The name of the key that new files are encrypted with; none where they are not.
    #[must_use]
    pub fn key(&self) -> Option<keyring::KeyId> {
        self.keys.current()
    }

    /// Every file there is, in the order of names.
    fn all(&self) -> Result<Vec<PathBuf>, Error> {
        let mut found = Vec::new();
        if !self.directory.is_dir() {
            return Ok(found);
        }
        let mut pending = vec![self.directory.clone()];
        while let Some(folder) = pending.pop() {
            let failed = |source| Error::File {
                action: "read",
                path: folder.clone(),
                source,
            };
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path.is_dir() {
                    pending.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Error> {
        let file = self.keys.encrypt(&name(path), content, secret::system);
        let file = file.map_err(|source| Error::Encrypted {
            path: path.to_owned(),
            source,
        })?;
        write(path, &file)
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
            Ok(bytes) => self.write(&path, &bytes),
            // Only a saving of time is lost: the impression is read from the scan again.
            Err(_) => Ok(()),
        }
    }

    /// The impression that this engine found earlier in the file at this resolution, if it did.
    #[must_use]
    pub fn impression(&self, specimen: &StoredSpecimen) -> Option<Impression> {
        let path = self.impression_path(specimen);
        let file = std::fs::read(&path).ok()?;
        // Without its key, the scan is asked for, and tells what is missing.
        let bytes = self.keys.decrypt(&name(&path), file).ok()?;
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

/// The name that an encrypted file is bound to: the folder may be moved.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
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
            days: (None, None),
        };
        assert_eq!(files.impression(&specimen), None);
    }

    fn keyring(digits: &[&str]) -> Keyring {
        let lines: Vec<String> = digits.iter().map(|digit| digit.repeat(64)).collect();
        Keyring::read(&lines.join("\n")).unwrap()
    }

    fn holds(folder: &Path, text: &[u8]) -> bool {
        let files = SpecimenFiles::under(folder).all().unwrap();
        files.iter().any(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(text.len()).any(|window| window == text)
        })
    }

    #[test]
    fn with_a_key_nothing_of_a_specimen_stands_in_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        let plain = SpecimenFiles::under(directory.path());
        let before = plain.keep(b"written before there was a key").unwrap();
        let files = plain.clone().with_keys(keyring(&["1"]));
        let sha256 = files.keep(b"a specimen of a seal").unwrap();
        assert!(holds(directory.path(), b"before there was a key"));
        assert!(!holds(directory.path(), b"specimen of a seal"));
        assert_eq!(files.read(&sha256).unwrap(), b"a specimen of a seal");
        assert_eq!(
            files.read(&before).unwrap(),
            b"written before there was a key"
        );
        for other in [plain, files.with_keys(keyring(&["2"]))] {
            let refused = other.read(&sha256).unwrap_err();
            assert!(
                matches!(
                    refused,
                    Error::Encrypted {
                        source: keyring::Error::Missing { .. },
                        ..
                    }
                ),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn files_are_written_anew_with_another_key_and_then_the_old_one_is_not_needed() {
        let directory = tempfile::tempdir().unwrap();
        let plain = SpecimenFiles::under(directory.path());
        let first = plain.keep(b"plain").unwrap();
        let second = plain
            .clone()
            .with_keys(keyring(&["1"]))
            .keep(b"old")
            .unwrap();
        let both = plain.clone().with_keys(keyring(&["2", "1"]));
        let third = both.keep(b"new").unwrap();
        assert_eq!(both.rekey().unwrap(), 2);
        assert_eq!(both.rekey().unwrap(), 0);
        let new = plain.with_keys(keyring(&["2"]));
        let read = [first, second, third].map(|sha256| new.read(&sha256).unwrap());
        assert_eq!(read, [b"plain".to_vec(), b"old".to_vec(), b"new".to_vec()]);
    }
}
