//! The folder of a set: never two sets in one.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

use crate::synthesis::set::Error;
use crate::synthesis::set::TRUTH;

/// Sees that the folder holds nothing but files that will be overwritten, and takes the old truth
/// away: a run that is interrupted must not leave it beside new documents.
///
/// # Errors
/// [`Error::Occupied`] names the first file that is not of the set.
pub(super) fn prepare(directory: &Path, own: &BTreeSet<PathBuf>) -> Result<(), Error> {
    if let Some(found) = stranger(directory, Path::new(""), own)? {
        let directory = directory.to_owned();
        return Err(Error::Occupied { directory, found });
    }
    let truth = directory.join(TRUTH);
    match fs::remove_file(&truth) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(Error::Write {
            path: truth,
            source,
        }),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A file under `inside` that is not the set's own; hidden ones are left out.
fn stranger(
    directory: &Path,
    inside: &Path,
    own: &BTreeSet<PathBuf>,
) -> Result<Option<PathBuf>, Error> {
    let folder = directory.join(inside);
    let failed = |source| Error::Write {
        path: folder.clone(),
        source,
    };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = inside.join(entry.file_name());
        let found = if entry.file_type().map_err(failed)?.is_dir() {
            stranger(directory, &path, own)?
        } else {
            (!own.contains(&path)).then_some(path)
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_files_of_another_set_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let own = BTreeSet::from([PathBuf::from(TRUTH), PathBuf::from("docs/d0001.pdf")]);
        prepare(&folder.path().join("absent"), &own).unwrap();
        fs::create_dir(folder.path().join("docs")).unwrap();
        fs::write(folder.path().join(TRUTH), "{}").unwrap();
        fs::write(folder.path().join("docs/d0002.pdf"), "old").unwrap();
        let Err(Error::Occupied { found, .. }) = prepare(folder.path(), &own) else {
            panic!("a document of another set is there");
        };
        assert_eq!(found, Path::new("docs/d0002.pdf"));
        assert!(folder.path().join(TRUTH).exists());
        fs::rename(
            folder.path().join("docs/d0002.pdf"),
            folder.path().join("docs/d0001.pdf"),
        )
        .unwrap();
        prepare(folder.path(), &own).unwrap();
        assert!(!folder.path().join(TRUTH).exists());
    }
}
