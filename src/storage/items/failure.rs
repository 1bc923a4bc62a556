//! Why an item failed.

use serde::Deserialize;
use serde::Serialize;

/// Why an item failed, for programs, and for pages in their reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// Whoever worked on it was lost, each time.
    Lost,
    /// The register could not be read.
    Register,
    /// Its bytes are kept no more.
    ScanMissing,
    /// Its bytes could not be read.
    Storage,
    /// Its bytes are not those that were handed in.
    Digest,
    /// The seal that it is said to bear is not in the register.
    SealUnknown,
    /// A limit of time or memory was hit.
    Limit,
    /// The program failed on it.
    Program,
    /// Its job is gone.
    JobGone,
    /// It is an archive that cannot be read.
    ArchiveDamaged,
    /// It is an archive that holds too much.
    ArchiveLimit,
    /// It is an archive, and unpacking it failed.
    ArchiveFailed,
    /// Its archive holds it in a way that is not unpacked.
    LeftOut,
}

/// Why an item failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// By its code.
    pub code: FailureCode,
    /// In a sentence.
    pub reason: String,
}

impl Failure {
    /// One with a sentence.
    #[must_use]
    pub fn new(code: FailureCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}
