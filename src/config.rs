//! Settings from the command line and the environment.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::words::Language;

/// The platform's place for the program's data; `None` where the user has no home.
#[must_use]
pub fn data_directory() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = if cfg!(windows) {
        set("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        std::env::home_dir().map(|home| home.join("Library/Application Support"))
    } else {
        // A relative path there must be ignored (XDG Base Directory Specification).
        let stated = set("XDG_DATA_HOME").map(PathBuf::from);
        let home = || std::env::home_dir().map(|home| home.join(".local/share"));
        stated.filter(|path| path.is_absolute()).or_else(home)
    };
    base.map(|base| base.join("antin"))
}

/// As many documents at once as there are processors to use.
#[must_use]
pub fn jobs() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// The language of the user's locale, by the order of POSIX; English where it is another one, or none.
#[must_use]
pub fn language() -> Language {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    let language = locale.as_deref().and_then(Language::of_locale);
    language.unwrap_or_default()
}

/// A program by its path, or by its name among the folders that programs are in.
#[must_use]
pub fn program(name: &Path) -> Option<PathBuf> {
    let is_path = name.components().count() > 1;
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    let path = if is_path {
        Some(name.to_owned())
    } else {
        found
    };
    // What it is, not what it is called: a link says nothing of where its own files are.
    path.and_then(|path| path.canonicalize().ok())
}
