//! Where the register is kept: a database (SQLite, or PostgreSQL for many users) and a folder of specimen files.
//!
//! [`Store`] speaks in the register's words. History is only ever added to: a changed seal is a new
//! version, and every import that changes anything makes a new revision. Instants are given by the
//! caller, never taken from a clock here.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::Any;
use sqlx::AnyPool;
use sqlx::Transaction;
use thiserror::Error;

use crate::accounts::Error as PeopleError;
use crate::keyring;
use crate::keyring::Keyring;
use crate::registry::sheet;

pub mod accounts;
pub mod audit;
pub mod backup;
pub mod blobs;
pub mod copies;
mod crops;
pub mod database;
pub mod decisions;
pub mod dies;
pub mod documents;
mod entries;
pub mod fields;
mod files;
pub mod import;
pub mod items;
pub mod jobs;
pub mod judging;
pub mod keys;
pub mod opinions;
pub mod proposals;
mod recording;
mod register;
pub mod results;
pub mod retention;
pub mod reviews;
pub mod scans;
mod shelf;
pub mod snapshot;
pub mod tallies;
pub mod tracings;
pub mod uploads;

pub use database::Kind;
pub use files::SpecimenFiles;
pub use recording::Recording;
pub use recording::Refused;
pub use register::Changes;
pub use register::NewSeal;
pub use register::NewSpecimen;
pub use register::StoredSeal;
pub use register::StoredSpecimen;
pub use register::StoredVersion;
pub use shelf::Shelf;

/// Name of the database inside the data directory.
const DATABASE: &str = "antin.db";

/// Why the store cannot do what was asked.
#[derive(Debug, Error)]
pub enum Error {
    /// The data directory cannot be made or written.
    #[error("cannot use {path} as the data directory")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {path}")]
    File {
        /// "read" or "write".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file that should be a sheet is none.
    #[error("{path} cannot be imported")]
    Sheet {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: sheet::Error,
    },
    /// The database is of another version.
    #[error("the database {database} cannot be brought to this version's layout")]
    Migration {
        /// The database: a file, or the host that serves it.
        database: String,
        /// Why not.
        source: sqlx::migrate::MigrateError,
    },
    /// The database cannot be reached.
    #[error("cannot open the database {database}")]
    Unreachable {
        /// The database: a file, or the host that serves it.
        database: String,
        /// Why not.
        source: sqlx::Error,
    },
    /// A stored text that is no such value.
    #[error("the database holds {what}, which this version does not understand")]
    Value {
        /// What it is.
        what: String,
    },
    /// Something about people cannot be done.
    #[error(transparent)]
    Accounts(#[from] PeopleError),
    /// An encrypted file that cannot be read, or a file that cannot be encrypted.
    #[error("cannot use {path}")]
    Encrypted {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: keyring::Error,
    },
    /// The object store, where machines share specimens, does not answer as it should.
    #[error("the object store of the specimens failed")]
    Shelf(#[source] object_store::Error),
    /// Specimens that other machines have: without them their seals would be taken for unregistered.
    #[error(
        "{count} of the register's specimens are not in {folder}: give this machine the `--object-store` that the others \
         have, or copy the folder from the one where they were registered; importing them again keeps them too"
    )]
    Absent {
        /// How many.
        count: usize,
        /// Where they should be.
        folder: PathBuf,
    },
    /// Something that is done in a person's name only.
    #[error("nobody is named in whose name this is done")]
    Nameless,
    /// The head of the audit log was removed: what is done cannot be written down, so nothing is done.
    #[error("the head of the audit log is missing; see `antin audit verify`")]
    NoAuditHead,
    /// The database refused an operation.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A stored value that this version does not understand.
    #[error("the database holds {what} that this version does not understand")]
    Content {
        /// What it is.
        what: String,
        /// Why not.
        source: serde_json::Error,
    },
}

/// What to do about a file that cannot be read.
#[must_use]
pub fn remedy(error: &std::io::Error) -> &'static str {
    if error.kind() == ErrorKind::PermissionDenied {
        "change its permissions"
    } else if error.kind() == ErrorKind::IsADirectory {
        "give a file, not a folder"
    } else {
        "check the path, and where it leads if it is a link"
    }
}

/// The register and what hangs on it: a database, and a directory with the specimens' files.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    kind: Kind,
    files: SpecimenFiles,
}

impl Store {
    /// Opens the embedded store in `directory`, which is made on first use.
    ///
    /// # Errors
    /// If the directory cannot be written, or its database is not of this program.
    pub async fn open(directory: &Path) -> Result<Self, Error> {
        make(directory)?;
        let pool = database::sqlite(&directory.join(DATABASE)).await?;
        Ok(Self {
            pool,
            kind: Kind::Sqlite,
            files: SpecimenFiles::under(directory),
        })
    }

    /// Opens a store whose database is a PostgreSQL at `url`; specimens' files stand in `directory`.
    ///
    /// # Errors
    /// If the directory cannot be written, the server cannot be reached, or its database is not of this program.
    pub async fn connect(url: &str, directory: &Path) -> Result<Self, Error> {
        make(directory)?;
        Ok(Self {
            pool: database::postgres(url).await?,
            kind: Kind::Postgres,
            files: SpecimenFiles::under(directory),
        })
    }

    /// Whether a store was ever opened in `directory`.
    #[must_use]
    pub fn exists(directory: &Path) -> bool {
        directory.join(DATABASE).is_file()
    }

    /// The same store, its specimens written and read with these keys.
    #[must_use]
    pub fn with_keys(self, keys: Keyring) -> Self {
        Self {
            files: self.files.with_keys(keys),
            ..self
        }
    }

    /// The same store, its specimens shared with other machines.
    #[must_use]
    pub fn with_shelf(self, shelf: Shelf) -> Self {
        Self {
            files: self.files.with_shelf(shelf),
            ..self
        }
    }

    /// Which database it stands on.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The specimens' files.
    #[must_use]
    pub const fn files(&self) -> &SpecimenFiles {
        &self.files
    }

    /// Closes the database, so that its directory can be removed.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Begins a transaction that writes: one at a time, so that what it reads first stays true until it ends.
    async fn begin(&self) -> Result<Transaction<'static, Any>, Error> {
        database::begin(&self.pool, self.kind).await
    }
}

fn make(directory: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(directory).map_err(|source| Error::Directory {
        path: directory.to_owned(),
        source,
    })
}
