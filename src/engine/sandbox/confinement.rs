//! What the child takes away from itself before it reads a byte of the document.
//!
//! Limits on resources hold on every Unix. On Linux, landlock closes the file system and TCP; and
//! since no further descriptor may be opened, neither files nor sockets of any kind can be had even
//! where landlock is missing.

use std::path::Path;

use crate::sandbox::ChildLimits;

/// Descriptors that stay open: standard input, output and error.
#[cfg(unix)]
const DESCRIPTORS: u64 = 3;

/// Descriptors of another program that is run in this process's place: it opens its own files.
#[cfg(unix)]
const PROGRAM_DESCRIPTORS: u64 = 64;
/// Address space of such a program: tesseract takes 200 MB for the head of an A4 sheet at 300 dpi.
const PROGRAM_MEMORY_BYTES: u64 = 1 << 30;
/// Its CPU time: a minute, a hundred times what tesseract takes for the head of a sheet.
const PROGRAM_CPU_SECONDS: u64 = 60;
/// What programs are and need, as far as it is there. They may read and run it, and nothing else.
#[cfg(target_os = "linux")]
const PROGRAM_PLACES: [&str; 6] = [
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/alternatives",
];

/// Confines this process to running a program, which may read its own folder and that of its data. Returns what
/// could not be taken away, in words.
pub(super) fn confine_to(program: &Path, data: Option<&Path>) -> Vec<String> {
    let mut missing = Vec::new();
    missing.extend(limit_memory(PROGRAM_MEMORY_BYTES).err());
    missing.extend(limit_cpu(PROGRAM_CPU_SECONDS).err());
    #[cfg(unix)]
    for (resource, max) in [
        (rlimit::Resource::CORE, 0),
        (rlimit::Resource::FSIZE, 0),
        (rlimit::Resource::NOFILE, PROGRAM_DESCRIPTORS),
    ] {
        if let Err(error) = rlimit::setrlimit(resource, max, max) {
            missing.push(format!("no limit on {resource:?} ({error})"));
        }
    }
    #[cfg(target_os = "linux")]
    {
        let own = [program.parent(), data].into_iter().flatten();
        let places = PROGRAM_PLACES.into_iter().map(Path::new).chain(own);
        // Places that are not there need no leave.
        enforced(leave_open(places), &mut missing);
    }
    #[cfg(not(target_os = "linux"))]
    close_files_and_network(&mut missing);
    missing
}

/// Confines this process. Returns what could not be taken away, in words.
pub(super) fn confine(limits: &ChildLimits) -> Vec<String> {
    let mut missing = Vec::new();
    close_files_and_network(&mut missing);
    limit_resources(limits, &mut missing);
    missing
}

/// Limits the address space: separately, because the document's size is known only later.
pub(super) fn limit_memory(bytes_max: u64) -> Result<(), String> {
    #[cfg(unix)]
    return rlimit::setrlimit(rlimit::Resource::AS, bytes_max, bytes_max)
        .map_err(|error| format!("no limit on memory ({error})"));
    #[cfg(not(unix))]
    return Err(format!("no limit of {bytes_max} bytes on memory"));
}

/// Lowers the limit on CPU time, once the number of pages is known.
pub(super) fn limit_cpu(seconds_max: u64) -> Result<(), String> {
    #[cfg(unix)]
    return rlimit::setrlimit(rlimit::Resource::CPU, seconds_max, seconds_max)
        .map_err(|error| format!("no limit on CPU time ({error})"));
    #[cfg(not(unix))]
    return Err(format!("no limit of {seconds_max} s on CPU time"));
}

#[cfg(unix)]
fn limit_resources(limits: &ChildLimits, missing: &mut Vec<String>) {
    use rlimit::Resource;
    missing.extend(limit_cpu(limits.cpu_seconds_max).err());
    for (resource, max, what) in [
        (Resource::CORE, 0, "core dumps"),
        (Resource::FSIZE, 0, "writing to files"),
        (Resource::NPROC, 0, "further processes"),
        (Resource::NOFILE, DESCRIPTORS, "further files"),
    ] {
        if let Err(error) = rlimit::setrlimit(resource, max, max) {
            missing.push(format!("no limit on {what} ({error})"));
        }
    }
}

#[cfg(not(unix))]
fn limit_resources(_: &ChildLimits, missing: &mut Vec<String>) {
    missing.push("no limits on resources on this system".to_owned());
}

#[cfg(target_os = "linux")]
fn close_files_and_network(missing: &mut Vec<String>) {
    enforced(leave_open(std::iter::empty()), missing);
}

/// Closes TCP and the file system but for some places, which may be read and run.
#[cfg(target_os = "linux")]
fn leave_open<'a>(
    places: impl Iterator<Item = &'a Path>,
) -> Result<landlock::RulesetStatus, landlock::RulesetError> {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr,
        path_beneath_rules,
    };
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .create()?
        .add_rules(path_beneath_rules(places, AccessFs::from_read(ABI::V5)))?
        .restrict_self()?;
    Ok(status.ruleset)
}

#[cfg(target_os = "linux")]
fn enforced(
    status: Result<landlock::RulesetStatus, landlock::RulesetError>,
    missing: &mut Vec<String>,
) {
    use landlock::RulesetStatus;
    match status {
        Ok(RulesetStatus::FullyEnforced) => {}
        Ok(RulesetStatus::PartiallyEnforced) => {
            missing.push("this kernel's landlock closes files and network only in part".to_owned());
        }
        Ok(RulesetStatus::NotEnforced) => {
            missing.push("this kernel has no landlock to close files and network".to_owned());
        }
        Err(error) => missing.push(format!("landlock failed ({error})")),
    }
}

#[cfg(not(target_os = "linux"))]
fn close_files_and_network(missing: &mut Vec<String>) {
    missing.push("no way to close files and network on this system".to_owned());
}
