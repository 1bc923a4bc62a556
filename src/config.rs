//! Settings from the command line and the environment.

use std::num::NonZeroUsize;
use std::path::PathBuf;

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
