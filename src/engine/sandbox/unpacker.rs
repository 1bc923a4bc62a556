//! The unpacker's child: confines itself, reads the archive that its standard input is, and passes on its entries.

use std::env;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::panic;
use std::process::ExitCode;

use crate::sandbox::ChildLimits;
use crate::sandbox::archive::CLOSED_ENDINGS;
use crate::sandbox::archive::CopyError;
use crate::sandbox::archive::DOCUMENT_ENDINGS;
use crate::sandbox::archive::Error;
use crate::sandbox::archive::Format;
use crate::sandbox::archive::Limits;
use crate::sandbox::archive::Message;
use crate::sandbox::archive::OPENED_ENDINGS;
use crate::sandbox::archive::copy;
use crate::sandbox::archive::order;
use crate::sandbox::archive::say;
use crate::sandbox::confinement;

/// Runs the child: takes its order from the command line and an archive as standard input. Never returns to the caller's
/// own work.
#[must_use]
pub fn unpacker_main() -> ExitCode {
    panic::set_hook(Box::new(|_| {}));
    let Some(order) = env::args().nth(2).as_deref().and_then(order) else {
        return ExitCode::FAILURE;
    };
    let Ok(archive) = input() else {
        return ExitCode::FAILURE;
    };
    let limits = ChildLimits {
        cpu_seconds_max: order.limits.cpu_seconds_max,
        ..ChildLimits::default()
    };
    // What cannot be taken away here cannot be from the reader of documents either, who says so.
    let _ = confinement::confine(&limits);
    let _ = confinement::limit_memory(order.limits.memory_bytes_max);
    let mut unpacking = Unpacking {
        output: BufWriter::with_capacity(1 << 17, io::stdout().lock()),
        limits: order.limits,
        entries: 0,
        bytes: 0,
    };
    let ended = match order.format {
        Format::Zip => unpacking.zip(archive),
        Format::Tar => unpacking.tar(BufReader::new(archive)),
        Format::TarGz => unpacking.tar(flate2::read::MultiGzDecoder::new(BufReader::new(archive))),
        Format::TarZst => match zstd::Decoder::new(archive) {
            Ok(decoder) => unpacking.tar(decoder),
            Err(error) => Err(End::Archive(Error::Damaged(error.to_string()))),
        },
    };
    match unpacking.finish(ended) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The archive as a file that can be sought in: taken before further descriptors are forbidden.
#[cfg(unix)]
fn input() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn input() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Why no more entries come.
enum End {
    /// The archive is at fault.
    Archive(Error),
    /// Nobody listens.
    Gone(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

struct Unpacking<W: Write> {
    output: W,
    limits: Limits,
    entries: u64,
    bytes: u64,
}

impl<W: Write> Unpacking<W> {
    fn zip(&mut self, archive: File) -> Result<(), End> {
        let damaged =
            |error: zip::result::ZipError| End::Archive(Error::Damaged(error.to_string()));
        let mut archive = zip::ZipArchive::new(BufReader::new(archive)).map_err(damaged)?;
        for index in 0..archive.len() {
            self.count()?;
            match archive.by_index(index) {
                Ok(mut entry) => {
                    let name = entry
                        .name()
                        .map_or_else(|_| format!("entry {}", index + 1), |name| name.into_owned());
                    let is_file = entry.is_file();
                    self.entry(&name, is_file, &mut entry)?;
                }
                Err(error) => {
                    self.left_out(format!("entry {}", index + 1), error.to_string())?;
                }
            }
        }
        Ok(())
    }

    fn tar(&mut self, stream: impl Read) -> Result<(), End> {
        let damaged = |error: io::Error| End::Archive(Error::Damaged(error.to_string()));
        let mut archive = tar::Archive::new(stream);
        for entry in archive.entries().map_err(damaged)? {
            self.count()?;
            let mut entry = entry.map_err(damaged)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_file = entry.header().entry_type().is_file();
            self.entry(&name, is_file, &mut entry)?;
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), End> {
        self.entries += 1;
        if self.entries > self.limits.entries_max {
            let what = format!("more than {} entries", self.limits.entries_max);
            return Err(End::Archive(Error::Limit(what)));
        }
        Ok(())
    }

    /// Passes an entry on if it may be a document; those that nobody misses are passed over in silence.
    fn entry(&mut self, name: &str, is_file: bool, entry: &mut impl Read) -> Result<(), End> {
        // What begins with a dot is nobody's document; a path may begin with one all the same.
        let is_hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
        let mut parts = name.split(['/', '\\']);
        let hidden = parts.any(|part| is_hidden(part) || part == "__MACOSX");
        if !is_file || hidden {
            return Ok(());
        }
        let extension = name
            .rsplit_once('.')
            .map_or("", |(_, end)| end)
            .to_lowercase();
        let extension = extension.as_str();
        if OPENED_ENDINGS.contains(&extension) || CLOSED_ENDINGS.contains(&extension) {
            let reason = "an archive within an archive is not opened: give it by itself";
            return Ok(self.left_out(name.to_owned(), reason.to_owned())?);
        }
        if !DOCUMENT_ENDINGS.contains(&extension) {
            return Ok(());
        }
        say(
            &mut self.output,
            &Message::Entry {
                name: name.to_owned(),
            },
        )?;
        let entry_max = self.limits.entry_bytes_max;
        let all_left = self.limits.bytes_max.saturating_sub(self.bytes);
        match copy(entry, entry_max.min(all_left), &mut self.output) {
            Ok(copied) => {
                self.bytes += copied;
                Ok(say(&mut self.output, &Message::End)?)
            }
            Err(CopyError::Gone(error)) => Err(End::Gone(error)),
            Err(CopyError::Damaged(reason)) => {
                let reason = format!("it is damaged in the archive ({reason}): pack it again");
                Ok(self.left_out(name.to_owned(), reason)?)
            }
            Err(CopyError::TooLong) if all_left < entry_max => {
                let what = format!("more than {} bytes", self.limits.bytes_max);
                Err(End::Archive(Error::Limit(what)))
            }
            Err(CopyError::TooLong) => {
                self.bytes += entry_max;
                let reason = format!("it has more than {entry_max} bytes");
                Ok(self.left_out(name.to_owned(), reason)?)
            }
        }
    }

    fn left_out(&mut self, name: String, reason: String) -> io::Result<()> {
        say(&mut self.output, &Message::Left { name, reason })
    }

    fn finish(mut self, ended: Result<(), End>) -> io::Result<()> {
        let ended = match ended {
            Ok(()) => Ok(()),
            Err(End::Archive(error)) => Err(error),
            Err(End::Gone(error)) => return Err(error),
        };
        say(&mut self.output, &Message::Done(ended))
    }
}
