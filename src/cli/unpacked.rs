//! Documents as they are verified: files as given, and what archives hold, under names that say where from.

use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::cli::Exit;
use crate::cli::inputs::Input;
use crate::cli::output::Output;
use crate::sandbox::archive;
use crate::sandbox::archive::Limits;

/// A document on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it is called in reports: its path, or the archive's with its own behind it.
    pub(super) name: String,
}

impl Found {
    /// A document as given.
    pub(super) fn at(path: PathBuf) -> Self {
        let name = path.to_string_lossy().into_owned();
        Self { path, name }
    }
}

/// Unpacks archives into `folder`, one after the other, by the help of children of `executable`. Nothing is written under a
/// name that an archive gives.
pub(super) fn unpacked(
    inputs: Vec<Input>,
    folder: &Path,
    executable: &Path,
    output: &mut Output,
) -> (Vec<Found>, Exit) {
    let mut taking = Taking {
        folder,
        archive: String::new(),
        found: Vec::new(),
        open: None,
        left_out: Vec::new(),
    };
    let mut exit = Exit::Passed;
    for Input { path, format } in inputs {
        let Some(format) = format else {
            taking.found.push(Found::at(path));
            continue;
        };
        taking.archive = path.to_string_lossy().into_owned();
        let before = taking.found.len();
        let child = (executable, &Limits::default());
        let ended = archive::unpack(&path, format, child, &mut taking);
        for left_out in taking.left_out.drain(..) {
            output.error(&left_out);
            exit = Exit::Input;
        }
        let reason = match ended {
            Ok(Ok(())) if taking.found.len() > before => continue,
            Ok(Ok(())) => "no documents in this archive".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => format!("it cannot be unpacked ({error})"),
        };
        output.error(&format!("{}: {reason}", taking.archive));
        exit = Exit::Input;
    }
    (taking.found, exit)
}

/// Takes what archives hold into files with numbers for names.
struct Taking<'a> {
    folder: &'a Path,
    archive: String,
    found: Vec<Found>,
    open: Option<(Found, File)>,
    left_out: Vec<String>,
}

impl archive::Receiver for Taking<'_> {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        let path = self.folder.join(format!("{:06}", self.found.len()));
        let file = File::create(&path)?;
        let name = format!("{}/{name}", self.archive);
        self.open = Some((Found { path, name }, file));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.open {
            Some((_, file)) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<ControlFlow<()>> {
        self.found.extend(self.open.take().map(|(found, _)| found));
        Ok(ControlFlow::Continue(()))
    }

    fn left_out(&mut self, name: &str, reason: &str) -> io::Result<()> {
        self.open = None;
        self.left_out
            .push(format!("{}/{name}: {reason}", self.archive));
        Ok(())
    }
}
