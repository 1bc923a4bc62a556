//! Paths as given to the documents and archives that they mean.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::sandbox::archive::CLOSED_ENDINGS;
use crate::sandbox::archive::DOCUMENT_ENDINGS;
use crate::sandbox::archive::Format;
use crate::sandbox::archive::OPENED_ENDINGS;
use crate::storage::remedy;

/// A document or an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Input {
    /// Where it is.
    pub(super) path: PathBuf,
    /// How it is packed, if it is an archive.
    pub(super) format: Option<Format>,
}

/// Documents in the order in which they are reported, and what stands in the way of others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    /// The documents and archives.
    pub(super) found: Vec<Input>,
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
            let before = inputs.found.len();
            let errors = inputs.errors.len();
            walk(path, &mut inputs);
            if inputs.found.len() == before && inputs.errors.len() == errors {
                inputs.errors.push(format!(
                    "{}: no documents in this folder; looked for .{}",
                    path.display(),
                    DOCUMENT_ENDINGS.join(" .")
                ));
            }
        } else if is_closed(path) {
            inputs.errors.push(closed(path));
        } else {
            inputs.found.push(input(path.clone()));
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
        } else if has_ending(&path, &DOCUMENT_ENDINGS) || has_ending(&path, &OPENED_ENDINGS) {
            inputs.found.push(input(path));
        } else if has_ending(&path, &CLOSED_ENDINGS) {
            inputs.warnings.push(closed(&path));
        }
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    endings.contains(&extension.to_lowercase().as_str())
}

fn closed(path: &Path) -> String {
    format!(
        "{}: archives of this kind are not opened (.zip, .tar, .tar.gz and .tar.zst are); unpack it and give the folder",
        path.display()
    )
}

/// What the file begins with, whatever its name; nothing if it cannot be read, which is told when it is opened.
fn start(path: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    if let Ok(file) = std::fs::File::open(path) {
        let _ = file.take(512).read_to_end(&mut start);
    }
    start
}

fn input(path: PathBuf) -> Input {
    // Opening a pipe would wait for a writer.
    let format = if path.is_file() {
        Format::of(&start(&path))
    } else {
        None
    };
    Input { path, format }
}

fn is_closed(path: &Path) -> bool {
    const MAGIC: [&[u8]; 4] = [b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ\0", b"BZh"];
    let start = if path.is_file() {
        start(path)
    } else {
        Vec::new()
    };
    MAGIC.iter().any(|magic| start.starts_with(magic))
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
            .found
            .iter()
            .map(|input| {
                input
                    .path
                    .strip_prefix(folder.path())
                    .unwrap()
                    .to_str()
                    .unwrap()
            })
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
    fn archives_are_known_by_content_and_those_that_are_not_opened_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scans.pdf");
        std::fs::write(&path, b"PK\x03\x04rest").unwrap();
        assert_eq!(
            find(std::slice::from_ref(&path)).found[0].format,
            Some(Format::Zip)
        );
        std::fs::write(&path, b"Rar!rest").unwrap();
        let inputs = find(&[path]);
        assert!(inputs.found.is_empty());
        assert!(inputs.errors[0].contains("archives"));
    }
}
