//! The `antin` command: parses, runs, and maps the outcome to an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    antin::cli::main()
}
