//! How far a document could be read, and what that comes to.

use crate::rules;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::Severity;
use crate::rules::Why;
use crate::sandbox;
use crate::sandbox::Reading;
use crate::verify::report::Outcome;

/// How far a document could be read.
pub(super) enum State {
    /// At least one page could.
    Read,
    /// Nothing could.
    Unreadable(Why),
    /// A limit stopped it.
    NotProcessed(Why),
}

impl State {
    /// How far a document was read; not one readable page is no document without a seal. `unread` is why its first unreadable
    /// page is that.
    pub(super) fn of(
        reading: &Reading,
        unread: Option<Why>,
        (is_any_readable, is_any_limited): (bool, bool),
    ) -> Self {
        let refused = reading.error.as_ref().map(Why::of);
        match &reading.outcome {
            sandbox::Outcome::Unreadable { reason } => {
                Self::Unreadable(refused.unwrap_or_else(|| Why::not_opened(reason)))
            }
            sandbox::Outcome::NotProcessed { reason } => {
                Self::NotProcessed(refused.unwrap_or_else(|| Why::reader_stopped(reason)))
            }
            sandbox::Outcome::Read if is_any_readable => Self::Read,
            sandbox::Outcome::Read => {
                let why = unread.unwrap_or_else(Why::no_pages);
                if is_any_limited {
                    Self::NotProcessed(why)
                } else {
                    Self::Unreadable(why)
                }
            }
        }
    }

    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Read => None,
            Self::Unreadable(why) | Self::NotProcessed(why) => Some(why.sentence.clone()),
        }
    }

    /// What is to be said of the document as a whole; `missed` pages bear no seal, but should,
    /// and `limited` ones were stopped by a limit. `scene` is where rules about documents are applied.
    pub(super) fn finding(
        &self,
        missed: Option<usize>,
        limited: &[u32],
        scene: Scene<'_>,
    ) -> Option<Finding> {
        match self {
            Self::Unreadable(why) => Some(rules::document::unreadable(why)),
            Self::NotProcessed(why) => Some(rules::document::not_processed(why, limited)),
            Self::Read => missed.map(|pages| rules::document::no_seal(pages, scene)),
        }
    }

    pub(super) fn outcome(&self, findings: &[Finding]) -> Outcome {
        match self {
            Self::Unreadable(_) => Outcome::Unreadable,
            Self::NotProcessed(_) => Outcome::NotProcessed,
            Self::Read => outcome(findings),
        }
    }
}

/// What a document that could be read comes to.
pub(super) fn outcome(findings: &[Finding]) -> Outcome {
    match findings.iter().map(|finding| finding.severity).min() {
        Some(Severity::Violation) => Outcome::Flag,
        Some(Severity::Warning) => Outcome::Review,
        Some(Severity::Remark) | None => Outcome::Pass,
    }
}
