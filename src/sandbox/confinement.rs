//! What the child takes away from itself before it reads a byte of the document.
//!
//! Limits on resources hold on every Unix. On Linux, landlock closes the file system and TCP; and
//! since no further descriptor may be opened, neither files nor sockets of any kind can be had even
//! where landlock is missing.

use crate::sandbox::ChildLimits;

/// Descriptors that stay open: standard input, output and error.
#[cfg(unix)]
const DESCRIPTORS: u64 = 3;

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
    use landlock::{
        ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus,
    };
    let close = || -> Result<RulesetStatus, RulesetError> {
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V5))?
            .create()?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    match close() {
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
