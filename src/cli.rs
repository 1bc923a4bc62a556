//! The command line: parses, dispatches, maps outcomes to exit statuses.

pub mod synth;

use std::process::ExitCode;

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(2)
}
