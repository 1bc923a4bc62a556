//! The scans that rows name as specimens: which of them may be read, and why one is no specimen.

use std::fmt::Display;
use std::path::Component;
use std::path::Path;

use crate::registry::Reason;
use crate::storage::Error;
use crate::storage::remedy;
use crate::verify::specimen;

/// Specimens are single sheets; more is a mistake in the path.
const SPECIMEN_BYTES_MAX: u64 = 256 << 20;

/// Whether a path leads nowhere but to a file of the folder that it is taken from.
pub(super) fn is_plain_name(path: &Path) -> bool {
    let mut parts = path.components();
    let is_name = matches!(parts.next(), Some(Component::Normal(_)));
    is_name && parts.next().is_none()
}

/// The bytes of a scan.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Reason> {
    let metadata = std::fs::metadata(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            about(path, "specimen_missing", |shown| {
                format!(
                    "the specimen {shown} is not there; paths are relative to the register file"
                )
            })
        } else {
            unreadable(path, &error)
        }
    })?;
    if !metadata.is_file() {
        return Err(about(path, "specimen_no_file", |shown| {
            format!("the specimen {shown} is a folder or a device; give the path of one scan")
        }));
    }
    let length = metadata.len();
    if length > SPECIMEN_BYTES_MAX {
        let mut reason = about(path, "specimen_large", |shown| {
            format!(
                "the specimen {shown} has {length} bytes, more than {SPECIMEN_BYTES_MAX}; \
                 crop the scan to the impression"
            )
        });
        let (bytes, bytes_max) = (length.to_string(), SPECIMEN_BYTES_MAX.to_string());
        reason.told = reason.told.with("bytes", &bytes);
        reason.told = reason.told.with("bytes_max", &bytes_max);
        return Err(reason);
    }
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn about(path: &Path, code: &'static str, said: impl FnOnce(&str) -> String) -> Reason {
    let shown = path.display().to_string();
    // People sent the file by its name: where it was put down meanwhile says nothing to them.
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy();
    Reason::new(code, &[("file", &name)], said(&shown))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Reason {
    about(path, "specimen_not_opened", |shown| {
        format!(
            "the specimen {shown} cannot be read ({error}): {}",
            remedy(error)
        )
    })
}

/// That a row of a file from elsewhere names what does not lie beside it.
pub(super) fn not_plain(path: &Path) -> Reason {
    let shown = path.display();
    Reason::new(
        "specimen_not_plain",
        &[("file", &shown)],
        format!(
            "the specimen {shown} is no plain name; send the file along and name it as it is called"
        ),
    )
}

/// That a scan was encrypted, and cannot be decrypted.
pub(super) fn not_decrypted(path: &Path, error: &Error) -> Reason {
    let reason = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
    about(path, "specimen_not_decrypted", |_| {
        format!("{error}: {reason}")
    })
}

/// That a scan does not bear one seal.
pub(super) fn unfit(path: &Path, error: &specimen::Error) -> Reason {
    let shown = path.display();
    Reason::new(
        "specimen_unfit",
        &[("file", &shown), ("specimen_fault", &error.code())],
        format!("{shown}: {error}"),
    )
}

/// That a scan cannot be kept.
pub(super) fn not_kept(path: &Path, error: &dyn Display) -> Reason {
    about(path, "specimen_not_kept", |_| error.to_string())
}

/// That a scan shows another seal than the scan of a line, or than those registered.
pub(super) fn differs(path: &Path, line: Option<u64>) -> Reason {
    let shown = path.display();
    let (code, other) = match line {
        Some(line) => ("specimen_differs", format!("that of line {line}")),
        None => (
            "specimen_differs_registered",
            "those already registered".to_owned(),
        ),
    };
    let mut reason = Reason::new(
        code,
        &[("file", &shown)],
        format!(
            "{shown}: does not show the same seal as {other}; give another seal its own id, \
             or leave the row out"
        ),
    );
    if let Some(line) = line {
        reason.told = reason.told.with("line", &line.to_string());
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_stay_beside_the_file() {
        assert!(is_plain_name(Path::new("D01-1.png")));
        for path in [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "/etc/passwd",
            "a/../b",
            "./a/b",
        ] {
            assert!(!is_plain_name(Path::new(path)), "{path}");
        }
    }
}
