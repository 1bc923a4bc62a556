//! What keeps a file from being opened, or from being read to its end.

use serde::Deserialize;
use serde::Serialize;

/// Why a file's bytes cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Obstacle {
    /// A folder's name was given.
    #[error("this is a folder, not a file: give the files in it")]
    Folder,
    /// It is a pipe, a device or the like.
    #[error("this is no regular file: give a file")]
    NoRegularFile,
    /// Nothing is there.
    #[error("there is no such file: check the path")]
    NoSuchFile,
    /// The system refuses it.
    #[error("no permission to read the file: change its permissions")]
    NoPermission,
    /// The system cannot open it.
    #[error(
        "the file cannot be opened ({said}): check the path, and where it leads if it is a link"
    )]
    NotOpened {
        /// What the system said.
        said: String,
    },
    /// The system cannot read on.
    #[error("the file cannot be read ({said}): copy it again")]
    NotReadOn {
        /// What the system said.
        said: String,
    },
}
