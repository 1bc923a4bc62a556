//! How far a document could be read, and what that comes to.

use crate::rules;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::Severity;
use crate::verify::report::Outcome;

/// How far a document could be read.
pub(super) enum State {
    /// At least one page could.
    Read,
    /// Nothing could.
    Unreadable(String),
    /// A limit stopped it.
    NotProcessed(String),
}

impl State {
    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Read => None,
            Self::Unreadable(reason) | Self::NotProcessed(reason) => Some(reason.clone()),
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
            Self::Unreadable(reason) => Some(rules::document::unreadable(reason)),
            Self::NotProcessed(reason) => Some(rules::document::not_processed(reason, limited)),
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
