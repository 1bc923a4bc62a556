//! The embedded store in one file, and back: a tar, compressed by Zstandard, of the database as it was at one moment, the
//! specimens and the scans.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::storage::DATABASE;
use crate::storage::Kind;
use crate::storage::Store;

/// What stands beside the database.
const FOLDERS: [&str; 2] = ["specimens", "scans"];
/// Compression: what half a second a gigabyte buys on scans, which are compressed already. Chosen.
const LEVEL: i32 = 3;

/// Why a copy cannot be made or put back.
#[derive(Debug, Error)]
pub enum Error {
    /// The database is a server's: it has its own means.
    #[error(
        "the database is a server's: copy it with pg_dump, and the scans with the object store's own means"
    )]
    NotEmbedded,
    /// The place is taken.
    #[error("{} is there already: give a new name", .0.display())]
    Taken(PathBuf),
    /// A data directory that holds a store is not written over.
    #[error("{} holds a register: restore into an empty directory (--data DIR)", .0.display())]
    Occupied(PathBuf),
    /// The file is no copy of ours, or not whole.
    #[error("{} is no whole copy made by `antin backup`", .0.display())]
    NotWhole(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |source| Error::File {
        path: path.to_owned(),
        source,
    }
}

impl Store {
    /// Copies the embedded store in `data` into a new file. Others may go on working: the database is copied as it is at one
    /// moment, and files only ever come before the rows that name them.
    ///
    /// # Errors
    /// If the store is not embedded, the file is there already, or something cannot be read or written.
    pub async fn back_up(&self, data: &Path, file: &Path) -> Result<(), Error> {
        if self.kind != Kind::Sqlite {
            return Err(Error::NotEmbedded);
        }
        if file.exists() {
            return Err(Error::Taken(file.to_owned()));
        }
        let folder = tempfile::tempdir_in(data).map_err(failed(data))?;
        let database = folder.path().join(DATABASE);
        sqlx::query("vacuum into $1")
            .bind(database.to_string_lossy().into_owned())
            .execute(&self.pool)
            .await?;
        pack(data, &database, file)
    }
}

fn pack(data: &Path, database: &Path, file: &Path) -> Result<(), Error> {
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut copy = tempfile::NamedTempFile::new_in(folder).map_err(failed(folder))?;
    let encoder = zstd::Encoder::new(BufWriter::new(copy.as_file_mut()), LEVEL);
    let mut archive = tar::Builder::new(encoder.map_err(failed(file))?);
    archive
        .append_path_with_name(database, DATABASE)
        .map_err(failed(database))?;
    for name in FOLDERS {
        let folder = data.join(name);
        if folder.is_dir() {
            archive
                .append_dir_all(name, &folder)
                .map_err(failed(&folder))?;
        }
    }
    let encoder = archive.into_inner().map_err(failed(file))?;
    let mut written = encoder.finish().map_err(failed(file))?;
    written.flush().map_err(failed(file))?;
    drop(written);
    copy.as_file().sync_all().map_err(failed(file))?;
    copy.persist_noclobber(file)
        .map_err(|error| failed(file)(error.error))?;
    Ok(())
}

/// Puts a copy back into `data`, which must hold no store; all of it, or nothing.
///
/// # Errors
/// If there is a store, the file is no whole copy, or something cannot be written.
pub fn restore(file: &Path, data: &Path) -> Result<(), Error> {
    if Store::exists(data) || FOLDERS.iter().any(|name| data.join(name).exists()) {
        return Err(Error::Occupied(data.to_owned()));
    }
    std::fs::create_dir_all(data).map_err(failed(data))?;
    let folder = tempfile::tempdir_in(data).map_err(failed(data))?;
    let opened = File::open(file).map_err(failed(file))?;
    let not_whole = |_| Error::NotWhole(file.to_owned());
    let mut decoder = zstd::Decoder::new(BufReader::new(opened)).map_err(not_whole)?;
    let mut archive = tar::Archive::new(&mut decoder);
    // Paths that lead elsewhere are left out by the library, and then the copy is not whole.
    archive.unpack(folder.path()).map_err(not_whole)?;
    // The end of the compressed stream has a checksum of all before it.
    decoder.read_to_end(&mut Vec::new()).map_err(not_whole)?;
    if !folder.path().join(DATABASE).is_file() {
        return Err(Error::NotWhole(file.to_owned()));
    }
    for name in FOLDERS {
        let unpacked = folder.path().join(name);
        if unpacked.is_dir() {
            std::fs::rename(&unpacked, data.join(name)).map_err(failed(&unpacked))?;
        }
    }
    // Last: a store is there once its database is.
    let database = folder.path().join(DATABASE);
    std::fs::rename(&database, data.join(DATABASE)).map_err(failed(&database))?;
    Ok(())
}
