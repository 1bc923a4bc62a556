//! Paths as given to the documents that they mean.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::storage::remedy;

/// Endings by which documents are picked from a folder; what they are is decided by content.
const EXTENSIONS: [&str; 8] = ["pdf", "png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp"];

/// Endings of archives.
const ARCHIVES: [&str; 9] = ["zip", "tar", "tgz", "gz", "zst", "7z", "rar", "xz", "bz2"];

/// Documents in the order in which they are reported, and what stands in the way of others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    /// The documents.
    pub(super) documents: Vec<PathBuf>,
    /// What was given and cannot be used.
    pub(super) errors: Vec<String>,
    /// What was left out of a folder.
    pub(super) warnings: Vec<String>,
}

/// Finds the documents: files as given, folders all the way down in the order of names.
pub(super) fn find(paths: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs::default();
    for path in paths {
        if path.is_dir() {
            let before = inputs.documents.len();
            let errors = inputs.errors.len();
            walk(path, &mut inputs);
            if inputs.documents.len() == before && inputs.errors.len() == errors {
                inputs.errors.push(format!(
                    "{}: no documents in this folder; looked for .{}",
                    path.display(),
                    EXTENSIONS.join(" .")
                ));
            }
        } else if is_archive(path) {
            inputs.errors.push(archive(path));
        } else {
            inputs.documents.push(path.clone());
        }
    }
    inputs
}

fn walk(folder: &Path, inputs: &mut Inputs) {
    let unreadable = |error| {
        let remedy = remedy(&error);
        format!(
            "{}: the folder cannot be read ({error}): {remedy}",
            folder.display()
        )
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return inputs.errors.push(unreadable(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => inputs.errors.push(unreadable(error)),
        }
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        // A folder reached by a link may contain itself.
        if path.is_dir() && !path.is_symlink() {
            walk(&path, inputs);
        } else if has_ending(&path, &EXTENSIONS) {
            inputs.documents.push(path);
        } else if has_ending(&path, &ARCHIVES) {
            inputs.warnings.push(archive(&path));
        }
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    endings.contains(&extension.to_lowercase().as_str())
}

fn archive(path: &Path) -> String {
    format!(
        "{}: this version does not open archives; unpack it and give the folder",
        path.display()
    )
}

/// Whether the file begins as archives do, whatever its name.
fn is_archive(path: &Path) -> bool {
    const MAGIC: [&[u8]; 5] = [
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!",
    ];
    const TAR_MAGIC: &[u8] = b"ustar";
    const TAR_MAGIC_AT: usize = 257;
    let mut start = Vec::new();
    let Ok(file) = std::fs::File::open(path) else {
        return false;
    };
    if file.take(512).read_to_end(&mut start).is_err() {
        return false;
    }
    let tar = start.get(TAR_MAGIC_AT..).unwrap_or_default();
    tar.starts_with(TAR_MAGIC) || MAGIC.iter().any(|magic| start.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_gives_its_documents_sorted_and_without_hidden_ones() {
        let folder = folder(&["b.PDF", "a/c.png", "a/.d.png", ".git/e.png", "notes.txt"]);
        let inputs = find(&[folder.path().to_owned()]);
        let names: Vec<_> = inputs
            .documents
            .iter()
            .map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a/c.png", "b.PDF"]);
        assert_eq!(inputs.errors, [""; 0]);
    }

    #[test]
    fn a_folder_without_documents_is_named() {
        let folder = folder(&["notes.txt"]);
        let inputs = find(&[folder.path().to_owned()]);
        assert!(inputs.errors[0].contains(folder.path().to_str().unwrap()));
    }

    #[test]
    fn archives_are_refused_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scans.pdf");
        std::fs::write(&path, b"PK\x03\x04rest").unwrap();
        let inputs = find(&[path]);
        assert!(inputs.documents.is_empty());
        assert!(inputs.errors[0].contains("archives"));
    }
}
