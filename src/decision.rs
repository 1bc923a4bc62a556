//! What people decide about findings: a finding is set aside by two of them, with a reason.
//!
//! The engine's report is never touched. A decision stands beside it and names the finding that it is about with the
//! figures that were seen; where the report says something else later, it is about nothing any more, and says so.

use serde::Serialize;

use crate::accounts::two_person::Proposed;
use crate::accounts::two_person::State;
use crate::rules::Finding;
use crate::rules::Severity;
use crate::verify::Outcome;

/// A proposal to set a finding aside, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// Counted from one.
    pub number: u64,
    /// SHA-256 of the document.
    pub document: String,
    /// The office whose document it is.
    pub office: Option<String>,
    /// The finding as it was seen.
    pub finding: Finding,
    /// Why it is to be set aside.
    pub reason: String,
    /// By whom, when, and what became of it.
    pub proposed: Proposed,
}

impl Decision {
    /// Whether it is about this finding: the same one, with the same figures.
    #[must_use]
    pub fn is_about(&self, finding: &Finding) -> bool {
        // The sentence may be put better by a later version.
        let told = |finding: &Finding| {
            let Finding {
                code,
                severity,
                impression,
                page,
                message: _,
                values,
                basis: _,
            } = finding.clone();
            (code, severity, impression, page, values)
        };
        told(&self.finding) == told(finding)
    }

    /// Whether two people agreed on it.
    #[must_use]
    pub const fn is_approved(&self) -> bool {
        matches!(self.proposed.state, State::Approved { .. })
    }
}

/// The approved decision that sets a finding aside, if there is one.
#[must_use]
pub fn setting_aside<'a>(decisions: &'a [Decision], finding: &Finding) -> Option<&'a Decision> {
    let mut approved = decisions.iter().filter(|decision| decision.is_approved());
    approved.find(|decision| decision.is_about(finding))
}

/// What a document comes to with the findings that were set aside left out; shown beside the engine's outcome, never
/// in its place.
///
/// What could not be read, was stopped or was not processed stays that: nobody decides that away.
#[must_use]
pub fn outcome(engine: Outcome, findings: &[Finding], decisions: &[Decision]) -> Outcome {
    match engine {
        Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed => return engine,
        Outcome::Pass | Outcome::Review | Outcome::Flag => {}
    }
    let left = findings
        .iter()
        .filter(|finding| setting_aside(decisions, finding).is_none());
    match left.map(|finding| finding.severity).min() {
        Some(Severity::Violation) => Outcome::Flag,
        Some(Severity::Warning) => Outcome::Review,
        Some(Severity::Remark) | None => Outcome::Pass,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::Map;

    use super::*;

    fn finding(code: &str, severity: Severity) -> Finding {
        Finding {
            code: code.into(),
            severity,
            impression: Some(0),
            page: Some(1),
            message: "said".into(),
            values: Map::new(),
            basis: None,
        }
    }

    fn decision(finding: Finding, is_approved: bool) -> Decision {
        let at = Timestamp::UNIX_EPOCH;
        let mut proposed = Proposed::new("lan".parse().unwrap(), at);
        if is_approved {
            let by = "minh".parse().unwrap();
            proposed.state = State::Approved { by, at };
        }
        Decision {
            number: 1,
            document: "00".into(),
            office: None,
            finding,
            reason: "seen under the glass".into(),
            proposed,
        }
    }

    #[test]
    fn what_two_agreed_on_is_left_out_and_what_one_proposed_is_not() {
        let grave = finding("seal.differs_from_specimen", Severity::Violation);
        let minor = finding("seal.printed", Severity::Warning);
        let findings = [grave.clone(), minor.clone()];
        let after = |decisions: &[Decision]| outcome(Outcome::Flag, &findings, decisions);
        assert_eq!(after(&[decision(grave.clone(), false)]), Outcome::Flag);
        assert_eq!(after(&[decision(grave.clone(), true)]), Outcome::Review);
        let both = [decision(grave, true), decision(minor, true)];
        assert_eq!(after(&both), Outcome::Pass);
    }

    #[test]
    fn a_decision_is_about_the_finding_with_the_figures_that_were_seen() {
        let seen = finding("seal.differs_from_specimen", Severity::Violation);
        let decision = decision(seen.clone(), true);
        let reworded = Finding {
            message: "put better".into(),
            ..seen.clone()
        };
        assert!(decision.is_about(&reworded));
        let mut other = seen.clone();
        other.values.insert("log10_lr".into(), (-3).into());
        assert!(!decision.is_about(&other));
        let elsewhere = Finding {
            impression: Some(1),
            ..seen
        };
        assert!(!decision.is_about(&elsewhere));
    }

    #[test]
    fn what_could_not_be_read_is_not_decided_away() {
        let unreadable = finding("document.unreadable", Severity::Warning);
        let decisions = [decision(unreadable.clone(), true)];
        let after = outcome(Outcome::Unreadable, &[unreadable], &decisions);
        assert_eq!(after, Outcome::Unreadable);
    }
}
