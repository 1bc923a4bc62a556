//! Why a bundle cannot be read or written.

use thiserror::Error;

/// What is wrong with a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// It could not be put together.
    #[error("the bundle cannot be written: {reason}")]
    Unwritable {
        /// Why not.
        reason: String,
    },
    /// It is no zip.
    #[error("this is no bundle: {reason}")]
    NoZip {
        /// What the reader of zips says.
        reason: String,
    },
    /// More entries than any bundle has.
    #[error("the bundle has {found} entries, at most {max} are read")]
    TooManyEntries {
        /// How many.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// An entry, or all together, are larger than any bundle's.
    #[error("{name} makes the bundle larger than is read: at most {max_bytes} bytes")]
    TooLarge {
        /// The entry.
        name: String,
        /// The limit that it passes.
        max_bytes: u64,
    },
    /// An entry that no bundle has: a folder, a path out of the bundle, a name not listed.
    #[error("the bundle holds {name:?}, which belongs to no bundle")]
    UnexpectedEntry {
        /// The name as it stands there.
        name: String,
    },
    /// An entry is not there.
    #[error("the bundle lacks {name}")]
    Missing {
        /// The entry.
        name: String,
    },
    /// An entry cannot be unpacked or read.
    #[error("{name} of the bundle cannot be read: {reason}")]
    Unreadable {
        /// The entry.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Another form of bundle.
    #[error("the bundle is of the form {found:?}, not antin.bundle/1")]
    OtherForm {
        /// Its form.
        found: String,
    },
    /// Its parts do not belong together.
    #[error("the bundle contradicts itself: {reason}")]
    Contradiction {
        /// In what.
        reason: String,
    },
    /// What it holds cannot be computed again.
    #[error("impression {number} of the bundle cannot be computed again")]
    NotComputed {
        /// The impression, counted from one.
        number: usize,
    },
}
