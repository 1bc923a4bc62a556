//! Scans by their digest: in a folder of this machine, or in a bucket that many machines share.
//!
//! What is acknowledged is on disk: bytes go to a file of their own first, are flushed with their digest, and only then
//! stand under it. Bytes that are there already are not written again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::TryStreamExt;
use object_store::ObjectStore;
use object_store::ObjectStoreExt;
use object_store::WriteMultipart;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use thiserror::Error;
use tokio::io::AsyncReadExt;
use url::Url;
use uuid::Uuid;

use crate::storage::Shelf;

mod left;
mod pieces;

pub use left::Left;
pub use pieces::Pieces;

/// First bytes that are kept at hand.
const START: usize = 512;

/// What was left half-way so long ago is nobody's any more.
pub const LEFT_FOR: Duration = Duration::from_secs(24 * 3_600);

/// Bytes that go to or come from a bucket at a time.
const PART: usize = 8 << 20;

/// Why a scan cannot be kept or read.
#[derive(Debug, Error)]
pub enum Error {
    /// The place named is none that scans are kept in.
    #[error(
        "{0} is no place for scans: give a folder, or s3://BUCKET/PREFIX with AWS_* variables for the rest"
    )]
    Place(String),
    /// The folder cannot be written or read.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The bucket does not answer as it should.
    #[error("the object store failed")]
    Bucket(#[from] object_store::Error),
    /// Whoever sends the bytes stopped, or sends too many.
    #[error("the bytes did not arrive whole")]
    Broken(#[source] std::io::Error),
    /// More bytes than are taken.
    #[error("more than {0} bytes")]
    TooLarge(u64),
    /// No such scan.
    #[error("no scan {0} is kept")]
    Missing(String),
}

/// The scans.
#[derive(Clone, Debug)]
pub struct Blobs {
    /// Where bytes arrive before they stand under their digest.
    incoming: PathBuf,
    place: Place,
    /// Where specimens are shared, where the place is one that machines share.
    shelf: Option<Shelf>,
}

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Bucket {
        store: Arc<dyn ObjectStore>,
        prefix: Key,
    },
}

/// Bytes on their way to disk.
#[derive(Debug)]
pub struct Arriving {
    file: std::fs::File,
    path: TempPath,
    digest: Sha256,
    bytes: u64,
    bytes_max: u64,
    start: Vec<u8>,
}

impl Arriving {
    /// Takes some more.
    ///
    /// # Errors
    /// If they are too many, or cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.bytes_max {
            return Err(Error::TooLarge(self.bytes_max));
        }
        let wanted = START.saturating_sub(self.start.len());
        self.start.extend(bytes.iter().take(wanted));
        self.digest.update(bytes);
        self.file.write_all(bytes).map_err(|source| Error::File {
            action: "write",
            path: self.path.to_path_buf(),
            source,
        })
    }

    /// Flushes them to disk.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn finish(self) -> Result<Arrived, Error> {
        self.file.sync_all().map_err(|source| Error::File {
            action: "write",
            path: self.path.to_path_buf(),
            source,
        })?;
        Ok(Arrived {
            sha256: hex::encode(self.digest.finalize()),
            bytes: self.bytes,
            start: self.start,
            path: self.path,
        })
    }
}

/// Bytes that have arrived, flushed to disk, and not yet kept.
#[derive(Debug)]
pub struct Arrived {
    /// Their digest, SHA-256 in hexadecimal.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
    /// Their first bytes, by which archives are told from documents: up to 512.
    pub start: Vec<u8>,
    path: TempPath,
}

impl Arrived {
    /// The file that they stand in until they are kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A scan as a file that can be opened.
#[derive(Debug)]
pub enum Opened {
    /// Where it is kept.
    Kept(PathBuf),
    /// A copy that goes with this value.
    Fetched(TempPath),
}

impl Opened {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Fetched(path) => path,
        }
    }
}

impl Blobs {
    /// Scans in a folder below the data directory.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn under(data: &Path) -> Result<Self, Error> {
        let folder = data.join("scans");
        make(&folder)?;
        Ok(Self {
            incoming: incoming(data)?,
            place: Place::Folder(folder),
            shelf: None,
        })
    }

    /// Scans in the place that `place` names: a folder, or `s3://BUCKET/PREFIX`, whose credentials, region and endpoint stand
    /// in the usual `AWS_*` variables.
    ///
    /// # Errors
    /// If it names no place, or a folder cannot be made.
    pub fn at(place: &str, data: &Path) -> Result<Self, Error> {
        let unknown = || Error::Place(place.to_owned());
        let Some(rest) = place.strip_prefix("s3://") else {
            if place.contains("://") {
                return Err(unknown());
            }
            let folder = PathBuf::from(place);
            make(&folder)?;
            let shared = LocalFileSystem::new_with_prefix(&folder)?;
            return Ok(Self {
                incoming: incoming(&folder)?,
                place: Place::Folder(folder),
                shelf: Some(Shelf::beside(Arc::new(shared), &Key::default())),
            });
        };
        let url = Url::parse(place).map_err(|_| unknown())?;
        let bucket = url.host_str().ok_or_else(unknown)?;
        let prefix = rest.split_once('/').map_or("", |(_, prefix)| prefix);
        // A second default is refused, and then one is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .build()?;
        Self::in_bucket(Arc::new(store), prefix, data)
    }

    /// Scans in a bucket, below a prefix.
    ///
    /// # Errors
    /// If the prefix is none, or no folder can be made for what arrives.
    pub fn in_bucket(
        store: Arc<dyn ObjectStore>,
        prefix: &str,
        data: &Path,
    ) -> Result<Self, Error> {
        let prefix = Key::parse(prefix).map_err(|_| Error::Place(prefix.to_owned()))?;
        Ok(Self {
            incoming: incoming(data)?,
            shelf: Some(Shelf::beside(Arc::clone(&store), &prefix)),
            place: Place::Bucket { store, prefix },
        })
    }

    /// Where machines share specimens that share these scans; none where the scans are one machine's own.
    #[must_use]
    pub fn shelf(&self) -> Option<Shelf> {
        self.shelf.clone()
    }

    /// Takes bytes as they come, up to `bytes_max`, without holding them in memory; they are on disk when this returns.
    ///
    /// # Errors
    /// If they break off, are too many, or cannot be written.
    pub async fn receive<S, B, E>(&self, stream: S, bytes_max: u64) -> Result<Arrived, Error>
    where
        S: futures_util::Stream<Item = Result<B, E>> + Send,
        B: AsRef<[u8]> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut arriving = self.begin(bytes_max)?;
        let mut stream = std::pin::pin!(stream);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| Error::Broken(std::io::Error::other(error)))?;
            // Some kilobytes into the system's cache: quicker than handing them to another thread.
            arriving.write(chunk.as_ref())?;
        }
        let finished = tokio::task::spawn_blocking(move || arriving.finish()).await;
        finished.unwrap_or_else(|error| Err(Error::Broken(std::io::Error::other(error))))
    }

    /// Begins to take bytes, `bytes_max` at most.
    ///
    /// # Errors
    /// If no file can be made for them.
    pub fn begin(&self, bytes_max: u64) -> Result<Arriving, Error> {
        let path = self.incoming.join(Uuid::now_v7().simple().to_string());
        let failed = |source| Error::File {
            action: "write",
            path: path.clone(),
            source,
        };
        let file = std::fs::File::create_new(&path).map_err(failed)?;
        Ok(Arriving {
            file,
            path: TempPath::try_from_path(&path).map_err(failed)?,
            digest: Sha256::new(),
            bytes: 0,
            bytes_max,
            start: Vec::new(),
        })
    }

    /// Keeps bytes that have arrived under their digest; those that stand there already are not written again. `arrived` can
    /// be kept again as long as the value is there.
    ///
    /// # Errors
    /// If they cannot be written there.
    pub async fn keep(&self, arrived: &Arrived) -> Result<(), Error> {
        match &self.place {
            Place::Folder(folder) => settle(arrived, folder).await,
            Place::Bucket { store, prefix } => {
                let key = prefix.clone().join(arrived.sha256.as_str());
                if store.head(&key).await.is_ok() {
                    return Ok(());
                }
                let failed = |source| Error::File {
                    action: "read",
                    path: arrived.path.to_path_buf(),
                    source,
                };
                let mut file = tokio::fs::File::open(&arrived.path).await.map_err(failed)?;
                let mut upload = WriteMultipart::new(store.put_multipart(&key).await?);
                let mut part = vec![0; PART];
                loop {
                    let read = file.read(&mut part).await.map_err(failed)?;
                    let Some(part) = part.get(..read).filter(|part| !part.is_empty()) else {
                        break;
                    };
                    upload.wait_for_capacity(2).await?;
                    upload.write(part);
                }
                upload.finish().await?;
                Ok(())
            }
        }
    }

    /// The scan with this digest as a file.
    ///
    /// # Errors
    /// If there is none, or it cannot be fetched.
    pub async fn open(&self, sha256: &str) -> Result<Opened, Error> {
        let missing = || Error::Missing(sha256.to_owned());
        match &self.place {
            Place::Folder(folder) => {
                let path = place_in(folder, sha256).ok_or_else(missing)?;
                match tokio::fs::try_exists(&path).await {
                    Ok(true) => Ok(Opened::Kept(path)),
                    _ => Err(missing()),
                }
            }
            Place::Bucket { store, prefix } => {
                let key = prefix.clone().join(sha256);
                let found = match store.get(&key).await {
                    Err(object_store::Error::NotFound { .. }) => return Err(missing()),
                    found => found?,
                };
                let bytes = found.into_stream().map_err(std::io::Error::other);
                let arrived = self.receive(bytes, u64::MAX).await?;
                Ok(Opened::Fetched(arrived.path))
            }
        }
    }

    /// Removes the scan with this digest; one that is not there is no error.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub async fn remove(&self, sha256: &str) -> Result<(), Error> {
        match &self.place {
            Place::Folder(folder) => {
                let Some(path) = place_in(folder, sha256) else {
                    return Ok(());
                };
                match tokio::fs::remove_file(&path).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        Err(Error::File {
                            action: "remove",
                            path,
                            source: error,
                        })
                    }
                    _ => Ok(()),
                }
            }
            Place::Bucket { store, prefix } => {
                match store.delete(&prefix.clone().join(sha256)).await {
                    Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
                    Err(error) => Err(Error::Bucket(error)),
                }
            }
        }
    }

    /// Whether the place can be reached.
    pub async fn is_reachable(&self) -> bool {
        match &self.place {
            Place::Folder(folder) => tokio::fs::metadata(folder)
                .await
                .is_ok_and(|found| found.is_dir()),
            Place::Bucket { store, prefix } => {
                let listed = store.list(Some(prefix)).next().await;
                listed.is_none_or(|first| first.is_ok())
            }
        }
    }
}

/// Puts a file under its digest too, and the folder's entry with it to disk.
async fn settle(arrived: &Arrived, folder: &Path) -> Result<(), Error> {
    let Some(path) = place_in(folder, &arrived.sha256) else {
        return Err(Error::Missing(arrived.sha256.clone()));
    };
    let failed = |source| Error::File {
        action: "write",
        path: path.clone(),
        source,
    };
    let directory = path.parent().unwrap_or(folder);
    make(directory)?;
    if !tokio::fs::try_exists(&path).await.map_err(&failed)? {
        let (from, to) = (arrived.path.to_path_buf(), path.clone());
        let linked = tokio::task::spawn_blocking(move || link(&from, &to)).await;
        let linked = linked.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        linked.map_err(&failed)?;
        let opened = tokio::fs::File::open(directory).await.map_err(&failed)?;
        opened.sync_all().await.map_err(&failed)?;
    }
    Ok(())
}

/// One file under a second name; where the file system knows no such thing, a copy. What stands there already stays.
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    let linked = std::fs::hard_link(from, to);
    match linked {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        Err(_) => {}
    }
    let mut copy = tempfile::NamedTempFile::new_in(to.parent().unwrap_or(to))?;
    std::io::copy(&mut std::fs::File::open(from)?, &mut copy)?;
    copy.as_file().sync_all()?;
    copy.persist(to).map(drop).map_err(|error| error.error)
}

/// Where a scan stands: `None` if that is no digest. Folders of moderate size: 256 of them.
fn place_in(folder: &Path, sha256: &str) -> Option<PathBuf> {
    let (first, _) = sha256.split_at_checked(2)?;
    is_digest(sha256).then(|| folder.join(first).join(sha256))
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn incoming(data: &Path) -> Result<PathBuf, Error> {
    let folder = data.join("incoming");
    make(&folder)?;
    Ok(folder)
}

fn make(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::File {
        action: "make",
        path: folder.to_owned(),
        source,
    })
}
