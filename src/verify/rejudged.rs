//! A report under another revision of the register, from what it measured: no scan is opened.
//!
//! What was measured, compared and concluded stays as it is; whether a seal was valid on the document's day is asked again
//! of the register as it is now.

use std::collections::HashMap;

use serde::Serialize;

use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::rules;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::recorded;
use crate::verify::state;

/// Name and version of this form of record.
pub const SCHEMA: &str = "antin.change/1";

/// What reports are judged by.
#[derive(Clone, Debug)]
pub struct Judge<'a> {
    register: &'a Register,
    seals: HashMap<&'a str, &'a RegisteredSeal>,
    rules: &'a RuleSet,
}

/// What a new revision of the register changed of what a document comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The document's path as given.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Option<String>,
    /// The revision of the register that was asked.
    pub revision: u64,
    /// What the document came to, and what it comes to now.
    pub outcome: [Outcome; 2],
    /// Findings that were not there before, and those that are gone.
    pub added: Vec<Finding>,
    /// Findings that are gone.
    pub removed: Vec<Finding>,
}

impl<'a> Judge<'a> {
    /// One that asks a register, and cites rules.
    #[must_use]
    pub fn new(register: &'a Register, rules: &'a RuleSet) -> Self {
        let seals = register.seals.iter();
        Self {
            register,
            seals: seals.map(|seal| (seal.id.as_str(), seal)).collect(),
            rules,
        }
    }

    /// The report under this register, and what of it changed; `None` if nothing did. A seal that the register no longer
    /// has leaves what was said of it.
    ///
    /// Cost: linear in the report's impressions and findings.
    #[must_use]
    pub fn again(&self, report: &Report) -> Option<(Report, Change)> {
        let (dated, mut fresh) = recorded::again(report, self.register, self.rules);
        let mut states = Vec::new();
        let mut asked = Vec::new();
        for (index, impression) in report.impressions.iter().enumerate() {
            let seal = impression.seal.as_deref().and_then(|id| self.seals.get(id));
            states.push(impression.status_on_date);
            let Some(seal) = seal else { continue };
            asked.push(index);
            let date = dated.claimed;
            states[index] = seal.status_on(date);
            let scene = Scene::of(seal, date, self.rules);
            let found =
                rules::validity::findings((*seal).into(), scene, dated.not_after).into_iter();
            fresh.extend(found.map(|finding| finding.about(index, impression.page)));
        }
        let is_asked = |finding: &&Finding| {
            let about = finding
                .impression
                .is_some_and(|index| asked.contains(&index));
            let code = finding.code.as_str();
            about && (rules::validity::CODES.contains(&code) || code.starts_with("use."))
        };
        fresh.sort_by_key(Finding::rank);
        let before: Vec<&Finding> = report.findings.iter().filter(is_asked).collect();
        let had = report.impressions.iter().map(|own| own.status_on_date);
        let is_dated_alike = dated == report.document.date;
        if is_dated_alike && before.iter().copied().eq(&fresh) && had.eq(states.iter().copied()) {
            return None;
        }
        let removed = before.iter().filter(|finding| !fresh.contains(finding));
        let removed = removed.map(|finding| (*finding).clone()).collect();
        let added = fresh.iter().filter(|finding| !before.contains(finding));
        let added = added.cloned().collect();
        let mut judged = report.clone();
        judged.register.revision = self.register.revision;
        judged.document.date = dated;
        for (impression, state) in judged.impressions.iter_mut().zip(states) {
            impression.status_on_date = state;
        }
        judged.findings.retain(|finding| !is_asked(&finding));
        judged.findings.extend(fresh);
        judged.findings.sort_by_key(Finding::rank);
        judged.outcome = match report.outcome {
            Outcome::Pass | Outcome::Review | Outcome::Flag => state::outcome(&judged.findings),
            stayed @ (Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed) => stayed,
        };
        let change = Change {
            schema: SCHEMA,
            path: report.document.path.clone(),
            sha256: report.document.sha256.clone(),
            revision: self.register.revision,
            outcome: [report.outcome, judged.outcome],
            added,
            removed,
        };
        Some((judged, change))
    }
}
