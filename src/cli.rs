//! The command line: parses, dispatches, maps outcomes to exit statuses.

pub mod synth;

use std::process::ExitCode;

use crate::sandbox;

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == sandbox::CHILD_ARGUMENT)
    {
        return sandbox::child_main();
    }
    ExitCode::from(2)
}
