//! The recogniser's child: confines itself and becomes tesseract.
//!
//! The pictures that tesseract sees are ours, but what they show is a stranger's.

use std::env;
use std::process::ExitCode;

use crate::sandbox::confinement;

/// Runs the child: takes the program to become, the folder of its language data or nothing, and the
/// program's own arguments from the command line. Never returns to the caller's own work.
#[must_use]
pub fn recogniser_main() -> ExitCode {
    let mut arguments = env::args_os().skip(2);
    let (Some(program), Some(data)) = (arguments.next(), arguments.next()) else {
        return ExitCode::FAILURE;
    };
    let data = (!data.is_empty()).then_some(data);
    // What cannot be taken away here cannot be from the reader of the document either, who says so.
    let _ = confinement::confine_to(program.as_ref(), data.as_deref().map(AsRef::as_ref));
    become_program(&program, data.as_deref(), arguments)
}

#[cfg(unix)]
fn become_program(
    program: &std::ffi::OsStr,
    data: Option<&std::ffi::OsStr>,
    arguments: impl Iterator<Item = std::ffi::OsString>,
) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let mut command = std::process::Command::new(program);
    command.args(arguments).env_clear();
    // One thread: more take more time in all.
    command.env("OMP_THREAD_LIMIT", "1");
    if let Some(data) = data {
        command.env("TESSDATA_PREFIX", data);
    }
    // It returns only where the program cannot be run; the parent sees that nothing was said.
    let _ = command.exec();
    ExitCode::FAILURE
}

#[cfg(not(unix))]
fn become_program(
    _: &std::ffi::OsStr,
    _: Option<&std::ffi::OsStr>,
    _: impl Iterator<Item = std::ffi::OsString>,
) -> ExitCode {
    ExitCode::FAILURE
}
