//! Archives of documents (.zip, .tar, .tar.gz, .tar.zst), unpacked in a child and passed on entry by entry.
//!
//! The child is given the archive as its standard input, which it may seek in, and nothing else. Names of entries are what
//! the archive says; nothing is ever written under them.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::sandbox::ARCHIVE_ARGUMENT;
use crate::sandbox::guard::Guard;
use crate::sandbox::message::receive;
use crate::sandbox::message::send;

/// Bytes of an entry that travel together.
pub(super) const CHUNK: usize = 1 << 16;
/// Longest frame: a chunk, or a name and a reason.
const FRAME_BYTES_MAX: u64 = (CHUNK as u64) + 8_192;

/// What an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Entries, folders and what is left out among them. The default, 200,000, is more than a year of a ministry.
    pub entries_max: u64,
    /// Bytes of one entry: the default, 512 MiB, is what a document may have.
    pub entry_bytes_max: u64,
    /// Bytes of all entries unpacked: 64 GiB.
    pub bytes_max: u64,
    /// Characters of a name; longer ones are cut.
    pub name_chars_max: usize,
    /// CPU time of the child: an hour.
    pub cpu_seconds_max: u64,
    /// Address space of the child: 512 MiB.
    pub memory_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries_max: 200_000,
            entry_bytes_max: 512 << 20,
            bytes_max: 64 << 30,
            name_chars_max: 300,
            cpu_seconds_max: 3_600,
            memory_bytes_max: 512 << 20,
        }
    }
}

/// Endings by which documents are picked from folders and archives; what they are is decided by content.
pub const DOCUMENT_ENDINGS: [&str; 8] = ["pdf", "png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp"];
/// Endings of archives that are opened.
pub const OPENED_ENDINGS: [&str; 5] = ["zip", "tar", "tgz", "gz", "zst"];
/// Endings of archives that are not.
pub const CLOSED_ENDINGS: [&str; 4] = ["7z", "rar", "xz", "bz2"];

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// ZIP.
    Zip,
    /// POSIX tar.
    Tar,
    /// A tar, compressed by gzip.
    TarGz,
    /// A tar, compressed by Zstandard.
    TarZst,
}

impl Format {
    /// The format of a file that begins so (512 bytes tell), whatever its name; `None` if it is no archive that is opened.
    #[must_use]
    pub fn of(start: &[u8]) -> Option<Self> {
        const USTAR_AT: usize = 257;
        let tar = start.get(USTAR_AT..).unwrap_or_default();
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if start.starts_with(b"\x1f\x8b") {
            Some(Self::TarGz)
        } else if start.starts_with(b"\x28\xb5\x2f\xfd") {
            Some(Self::TarZst)
        } else {
            tar.starts_with(b"ustar").then_some(Self::Tar)
        }
    }
}

/// Why an archive gave no more entries.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    /// It cannot be read as what it seems to be.
    #[error("the archive is damaged ({0}): pack it again, or unpack it and give the folder")]
    Damaged(String),
    /// A limit was hit.
    #[error("the archive holds {0}: split it")]
    Limit(String),
    /// The child failed or was stopped.
    #[error("unpacking failed ({0}): try again, or unpack it and give the folder")]
    Failed(String),
}

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// An entry begins.
    Entry { name: String },
    /// Bytes of it.
    Chunk(Vec<u8>),
    /// It ends.
    End,
    /// It ends too early, or never began: the reason.
    Left { name: String, reason: String },
    /// No more entries; or why not.
    Done(Result<(), Error>),
}

/// What the child is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) format: Format,
    pub(super) limits: Limits,
}

/// Who takes what an archive holds.
pub trait Receiver {
    /// An entry begins that may be a document.
    ///
    /// # Errors
    /// If it cannot be taken; unpacking ends.
    fn begin(&mut self, name: &str) -> io::Result<()>;
    /// Bytes of it.
    ///
    /// # Errors
    /// If they cannot be taken; unpacking ends.
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// It is whole.
    ///
    /// # Errors
    /// If it cannot be taken; unpacking ends.
    fn end(&mut self) -> io::Result<ControlFlow<()>>;
    /// An entry is left out, or was broken off: the reason.
    ///
    /// # Errors
    /// If that cannot be taken; unpacking ends.
    fn left_out(&mut self, name: &str, reason: &str) -> io::Result<()>;
}

/// Unpacks the archive at `path` in a child (`executable`, whose `main` calls [`crate::sandbox::unpacker_main`]).
///
/// # Errors
/// The outer error is the receiver's own, or the file's; the inner one says why the archive gave no more: what was received
/// until then stands.
pub fn unpack(
    path: &Path,
    format: Format,
    (executable, limits): (&Path, &Limits),
    receiver: &mut dyn Receiver,
) -> io::Result<Result<(), Error>> {
    let file = File::open(path)?;
    let order = Order {
        format,
        limits: *limits,
    };
    let order = postcard::to_stdvec(&order).map_err(|_| io::ErrorKind::InvalidData)?;
    let order: String = order.iter().map(|byte| format!("{byte:02x}")).collect();
    let child = Command::new(executable)
        .arg(ARCHIVE_ARGUMENT)
        .arg(order)
        .env_clear()
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut guard = Guard(child);
    let Some(mut output) = guard.0.stdout.take() else {
        return Ok(Err(Error::Failed("it has no output".to_owned())));
    };
    let ended = listen(&mut output, limits, receiver)?;
    // Whatever it may still have to say, nobody asks for.
    guard.stop()?;
    Ok(ended)
}

fn listen(
    output: &mut ChildStdout,
    limits: &Limits,
    receiver: &mut dyn Receiver,
) -> io::Result<Result<(), Error>> {
    // The child counts too; it is not believed.
    let (mut entries, mut bytes, mut open) = (0_u64, 0_u64, None::<u64>);
    let broken = |what: &str| Ok(Err(Error::Failed(what.to_owned())));
    loop {
        let message = match receive::<Message>(output, FRAME_BYTES_MAX) {
            Ok(Some((message, _))) => message,
            Ok(None) => return broken("it ended before all was said, for want of memory or time"),
            Err(_) => return broken("it said what is not understood"),
        };
        match message {
            Message::Entry { name } if open.is_none() => {
                entries += 1;
                open = Some(0);
                receiver.begin(&cut(&name, limits.name_chars_max))?;
            }
            Message::Chunk(chunk) => {
                let Some(length) = &mut open else {
                    return broken("bytes outside an entry");
                };
                *length += chunk.len() as u64;
                bytes += chunk.len() as u64;
                if *length > limits.entry_bytes_max || bytes > limits.bytes_max {
                    return broken("it gave more than it may");
                }
                receiver.bytes(&chunk)?;
            }
            Message::End if open.is_some() => {
                open = None;
                if receiver.end()?.is_break() {
                    return Ok(Ok(()));
                }
            }
            Message::Left { name, reason } => {
                entries += u64::from(open.is_none());
                open = None;
                let reason = cut(&reason, limits.name_chars_max);
                receiver.left_out(&cut(&name, limits.name_chars_max), &reason)?;
            }
            Message::Done(ended) => return Ok(ended),
            Message::Entry { .. } | Message::End => return broken("an entry within an entry"),
        }
        if entries > limits.entries_max {
            return broken("it gave more than it may");
        }
    }
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(chars_max)
        .collect()
}

/// Says something to the parent.
pub(super) fn say(output: &mut impl io::Write, message: &Message) -> io::Result<()> {
    send(output, message)
}

/// Reads an order from the command line; `None` if it is none.
pub(super) fn order(text: &str) -> Option<Order> {
    let digits = text.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.map(byte).collect();
    postcard::from_bytes(&bytes?).ok()
}

/// Copies an entry in chunks; `Ok(false)` if it is longer than allowed.
pub(super) fn copy(
    entry: &mut impl Read,
    left: u64,
    output: &mut impl io::Write,
) -> Result<u64, CopyError> {
    let mut chunk = vec![0; CHUNK];
    let mut copied = 0;
    loop {
        let read = match entry.read(&mut chunk) {
            Ok(0) => return Ok(copied),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Damaged(error.to_string())),
        };
        copied += read as u64;
        if copied > left {
            return Err(CopyError::TooLong);
        }
        say(output, &Message::Chunk(chunk[..read].to_vec())).map_err(CopyError::Gone)?;
    }
}

/// Why an entry was not copied whole.
pub(super) enum CopyError {
    /// It cannot be unpacked.
    Damaged(String),
    /// It is longer than allowed.
    TooLong,
    /// Nobody listens.
    Gone(io::Error),
}
