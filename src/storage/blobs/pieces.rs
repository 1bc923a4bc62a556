//! Bytes that arrive in pieces, by several requests: a file that grows, with one writer at a time.

use std::fs::File;
use std::fs::TryLockError;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use tempfile::TempPath;

use crate::storage::blobs::Arrived;
use crate::storage::blobs::Blobs;
use crate::storage::blobs::Error;
use crate::storage::blobs::START;

/// Bytes that are read at a time for their digest.
const BUFFER: usize = 1 << 20;

/// What has arrived so far; nobody else writes while this value is there.
#[derive(Debug)]
pub struct Pieces {
    file: File,
    path: PathBuf,
    bytes: u64,
    bytes_max: u64,
}

impl Blobs {
    /// Makes room for bytes that will arrive in pieces, under a name of the program's own.
    ///
    /// # Errors
    /// If no file can be made, or there is one.
    pub fn open_pieces(&self, id: &str) -> Result<(), Error> {
        let path = self.pieces(id);
        let made = File::create_new(&path);
        made.map(drop)
            .map_err(|source| failed("make", path, source))
    }

    /// Goes on with them; `None` while somebody else writes.
    ///
    /// # Errors
    /// If there are none of this name, or they cannot be opened.
    pub fn resume_pieces(&self, id: &str, bytes_max: u64) -> Result<Option<Pieces>, Error> {
        let path = self.pieces(id);
        let opened = File::options().read(true).write(true).open(&path);
        let file = match opened {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Missing(id.to_owned()));
            }
            opened => opened.map_err(|source| failed("open", path.clone(), source))?,
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Pieces {
                file,
                path,
                bytes: 0,
                bytes_max,
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed("open", path, source)),
        }
    }

    /// Removes them; those that are not there are no error.
    ///
    /// # Errors
    /// If they cannot be removed.
    pub fn drop_pieces(&self, id: &str) -> Result<(), Error> {
        let path = self.pieces(id);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(failed("remove", path, error))
            }
            _ => Ok(()),
        }
    }

    fn pieces(&self, id: &str) -> PathBuf {
        self.incoming.join(format!("{id}.part"))
    }
}

impl Pieces {
    /// Goes on after so many bytes: what was written behind them and never acknowledged is dropped.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn after(&mut self, bytes: u64) -> Result<(), Error> {
        let there = self.file.metadata().map(|data| data.len());
        if there.map_err(|source| self.failed("read", source))? < bytes {
            return Err(Error::Missing(self.path.display().to_string()));
        }
        let cut = self.file.set_len(bytes);
        let cut = cut.and_then(|()| self.file.seek(SeekFrom::Start(bytes)));
        self.bytes = cut.map_err(|source| self.failed("write", source))?;
        Ok(())
    }

    /// Takes some more: all of them, or none.
    ///
    /// # Errors
    /// If they are too many, or cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let after = self.bytes + bytes.len() as u64;
        if after > self.bytes_max {
            return Err(Error::TooLarge(self.bytes_max));
        }
        let written = self.file.write_all(bytes);
        written.map_err(|source| self.failed("write", source))?;
        self.bytes = after;
        Ok(())
    }

    /// How many have arrived.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Flushes them to disk.
    ///
    /// # Errors
    /// If they cannot be written.
    pub async fn sync(&self) -> Result<(), Error> {
        let file = self.file.try_clone();
        let file = file.map_err(|source| self.failed("write", source))?;
        let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
        let synced = synced.map_err(std::io::Error::other).flatten();
        synced.map_err(|source| self.failed("write", source))
    }

    /// All of them, with their digest.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn finish(mut self) -> Result<Arrived, Error> {
        let rewound = self.file.sync_all().and_then(|()| self.file.rewind());
        rewound.map_err(|source| self.failed("read", source))?;
        let (mut digest, mut start, mut bytes) = (Sha256::new(), Vec::new(), 0);
        let mut buffer = vec![0; BUFFER];
        loop {
            let read = self.file.read(&mut buffer);
            let read = read.map_err(|source| self.failed("read", source))?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
                break;
            };
            let wanted = START.saturating_sub(start.len());
            start.extend(part.iter().take(wanted));
            digest.update(part);
            bytes += part.len() as u64;
        }
        let path = TempPath::try_from_path(&self.path);
        Ok(Arrived {
            sha256: hex::encode(digest.finalize()),
            bytes,
            start,
            path: path.map_err(|source| self.failed("read", source))?,
        })
    }

    fn failed(&self, action: &'static str, source: std::io::Error) -> Error {
        failed(action, self.path.clone(), source)
    }
}

fn failed(action: &'static str, path: PathBuf, source: std::io::Error) -> Error {
    Error::File {
        action,
        path,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_go_on_where_they_were_acknowledged_and_have_one_writer() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::under(folder.path()).unwrap();
        let gone = blobs.resume_pieces("a", 9);
        assert!(matches!(gone, Err(Error::Missing(_))), "{gone:?}");
        blobs.open_pieces("a").unwrap();
        let mut pieces = blobs.resume_pieces("a", 9).unwrap().unwrap();
        assert!(blobs.resume_pieces("a", 9).unwrap().is_none(), "two write");
        pieces.write(b"abcdef").unwrap();
        assert!(matches!(pieces.write(b"ghij"), Err(Error::TooLarge(9))));
        assert_eq!(pieces.bytes(), 6);
        drop(pieces);
        // What came after the fourth was not acknowledged.
        let mut pieces = blobs.resume_pieces("a", 9).unwrap().unwrap();
        assert!(pieces.after(7).is_err(), "bytes that are not there");
        pieces.after(4).unwrap();
        pieces.write(b"EF").unwrap();
        let arrived = pieces.finish().unwrap();
        assert_eq!(
            (arrived.bytes, arrived.start.as_slice()),
            (6, &b"abcdEF"[..])
        );
        assert_eq!(arrived.sha256, hex::encode(Sha256::digest(b"abcdEF")));
        drop(arrived);
        assert!(blobs.resume_pieces("a", 9).is_err(), "it stays");
        blobs.drop_pieces("a").unwrap();
    }
}
