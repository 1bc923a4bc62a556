//! What is to be looked at when nobody works on it: all scans by their digests, and what arrived and was never finished.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::TryStreamExt;
use futures_util::stream;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};

use crate::storage::blobs::Blobs;
use crate::storage::blobs::Error;
use crate::storage::blobs::LEFT_FOR;
use crate::storage::blobs::Place;
use crate::storage::blobs::is_digest;

/// How long nothing is heard of bytes whose process was ended. Chosen: a sender who says nothing is given up within a minute,
/// and what a bucket's scan is fetched for takes no hours. What arrives in pieces is left for [`LEFT_FOR`].
const LOST_FOR: Duration = Duration::from_secs(6 * 3_600);

/// Bytes that arrived, some hours ago or longer, while the process that took them was ended.
#[derive(Debug)]
pub struct Left(PathBuf);

impl Left {
    /// The digest under which they were kept, if they were.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn digest(&self) -> Result<String, Error> {
        let path = self.0.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut digest = Sha256::new();
            std::io::copy(&mut std::fs::File::open(path)?, &mut digest)?;
            Ok(hex::encode(digest.finalize()))
        });
        let read = read.await.map_err(std::io::Error::other).flatten();
        read.map_err(|source| self.failed(source))
    }

    /// Removes them; whether they were there.
    #[must_use]
    pub fn remove(&self) -> bool {
        std::fs::remove_file(&self.0).is_ok()
    }

    fn failed(&self, source: std::io::Error) -> Error {
        Error::File {
            action: "read",
            path: self.0.clone(),
            source,
        }
    }
}

impl Blobs {
    /// What arrived and was not finished: in pieces a day ago or longer, else some hours.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn left(&self) -> Result<Vec<Left>, Error> {
        let failed = |source| Error::File {
            action: "read",
            path: self.incoming.clone(),
            source,
        };
        let entries = std::fs::read_dir(&self.incoming).map_err(failed)?;
        let left = entries.flatten().filter(|entry| {
            let written = entry.metadata().and_then(|data| data.modified());
            let age = written.ok().and_then(|at| at.elapsed().ok());
            let is_piece = entry.path().extension().is_some();
            let left_for = if is_piece { LEFT_FOR } else { LOST_FOR };
            age.is_some_and(|age| age >= left_for)
        });
        Ok(left.map(|entry| Left(entry.path())).collect())
    }

    /// The digests of all scans that are kept, in no order.
    #[must_use]
    pub fn kept(&self) -> BoxStream<'static, Result<String, Error>> {
        match self.place.clone() {
            Place::Folder(folder) => {
                let read = move |first: u8| {
                    let folder = folder.join(hex::encode([first]));
                    async move {
                        let names = tokio::task::spawn_blocking(move || names(folder)).await;
                        let names = names.unwrap_or_else(|error| {
                            Err(Error::Broken(std::io::Error::other(error)))
                        })?;
                        Ok::<_, Error>(stream::iter(names.into_iter().map(Ok)))
                    }
                };
                stream::iter(0..=u8::MAX).then(read).try_flatten().boxed()
            }
            Place::Bucket { store, prefix } => {
                let listed = store.list(Some(&prefix)).map_err(Error::from);
                let names = listed.try_filter_map(move |found| {
                    let name = found.location.filename().filter(|name| is_digest(name));
                    let is_scan =
                        name.is_some_and(|name| found.location == prefix.clone().join(name));
                    let name = name.filter(|_| is_scan).map(str::to_owned);
                    std::future::ready(Ok(name))
                });
                names.boxed()
            }
        }
    }
}

/// The digests among the names of a folder, which may not be there.
fn names(folder: PathBuf) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| Error::File {
            action: "read",
            path: folder,
            source,
        })?,
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    let names = names.filter_map(|name| name.into_string().ok());
    Ok(names.filter(|name| is_digest(name)).collect())
}
