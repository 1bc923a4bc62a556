//! A document's bytes, digested while they are handed over: what was examined is what was digested.

use std::fs::File;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::ingest::Obstacle;
use crate::sandbox::Source;

/// Bytes handed over at a time.
const CHUNK: usize = 1 << 16;

/// An opened source.
pub(super) enum Supply<'a> {
    File { file: File, bytes: u64 },
    Bytes(&'a [u8]),
}

/// What was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// `None` if there were more bytes than may be read.
    pub(super) sha256: Option<String>,
    pub(super) bytes: u64,
}

impl<'a> Supply<'a> {
    /// Opens a source.
    ///
    /// # Errors
    /// [`Obstacle`], as of what is wrong with the path.
    pub(super) fn open(source: Source<'a>) -> Result<Self, Obstacle> {
        let path = match source {
            Source::Bytes(bytes) => return Ok(Self::Bytes(bytes)),
            Source::Path(path) => path,
        };
        // Looked at before it is opened: opening a pipe waits for a writer.
        let metadata = std::fs::metadata(path).map_err(|error| cannot_open(&error))?;
        if metadata.is_dir() {
            return Err(Obstacle::Folder);
        }
        if !metadata.is_file() {
            return Err(Obstacle::NoRegularFile);
        }
        let file = File::open(path).map_err(|error| cannot_open(&error))?;
        let bytes = metadata.len();
        Ok(Self::File { file, bytes })
    }

    /// How many bytes there will be, as far as is known.
    pub(super) const fn bytes_hint(&self) -> u64 {
        match self {
            Self::File { bytes, .. } => *bytes,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Hands the bytes over and digests them, all of them even when the receiver has gone away; but
    /// little more than `bytes_max`, because a file may grow without end while it is read.
    ///
    /// # Errors
    /// The source's own failure to read.
    pub(super) fn deliver(self, mut receiver: impl Write, bytes_max: u64) -> io::Result<Delivery> {
        let (mut digest, mut bytes, mut listening) = (Sha256::new(), 0, true);
        let mut hand_over = |chunk: &[u8]| {
            digest.update(chunk);
            bytes += chunk.len() as u64;
            listening = listening && receiver.write_all(chunk).is_ok();
        };
        match self {
            Self::Bytes(all) => all.chunks(CHUNK).for_each(&mut hand_over),
            Self::File { mut file, .. } => {
                let mut chunk = vec![0; CHUNK];
                let mut left = bytes_max;
                loop {
                    match file.read(&mut chunk) {
                        Ok(0) => break,
                        Ok(length) => {
                            hand_over(&chunk[..length]);
                            left = match left.checked_sub(length as u64) {
                                Some(left) => left,
                                None => break,
                            };
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        let sha256 = digest
            .finalize()
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        Ok(Delivery {
            sha256: (bytes <= bytes_max).then_some(sha256),
            bytes,
        })
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "two of the system's many errors have a remedy of their own"
)]
fn cannot_open(error: &io::Error) -> Obstacle {
    match error.kind() {
        io::ErrorKind::NotFound => Obstacle::NoSuchFile,
        io::ErrorKind::PermissionDenied => Obstacle::NoPermission,
        _ => Obstacle::NotOpened {
            said: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_digest_is_of_the_bytes_even_if_nobody_takes_them() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let delivery = Supply::Bytes(b"abc").deliver(Gone, 3).unwrap();
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            delivery.sha256.as_deref(),
            Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        assert_eq!(delivery.bytes, 3);
    }

    #[test]
    fn a_file_that_grows_is_not_read_to_its_end() {
        let path = tempfile::NamedTempFile::new().unwrap();
        // A hole of a terabyte: reading it through would take an hour.
        path.as_file().set_len(1 << 40).unwrap();
        let supply = Supply::open(Source::Path(path.path())).unwrap();
        let delivery = supply.deliver(io::sink(), 1 << 20).unwrap();
        assert_eq!(delivery.sha256, None);
        assert!(delivery.bytes > 1 << 20);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_itself_is_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.pdf");
        std::os::unix::fs::symlink("scan.pdf", &path).unwrap();
        let obstacle = Supply::open(Source::Path(&path)).err().unwrap();
        let told = obstacle.to_string();
        assert!(told.contains("if it is a link"), "{told}");
    }

    #[test]
    fn paths_that_are_no_files_are_refused_in_words() {
        let refused = |path: &Path| Supply::open(Source::Path(path)).err().unwrap();
        assert_eq!(refused(Path::new("/")), Obstacle::Folder);
        assert_eq!(refused(Path::new("/no/such/file")), Obstacle::NoSuchFile);
    }
}
