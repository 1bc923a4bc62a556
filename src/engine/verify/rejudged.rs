//! A report under another revision of the register, from what it measured: no scan is opened.
//!
//! What was measured, compared and concluded stays as it is; whether a seal was valid on the document's day is asked again
//! of the register as it is now.

use serde::{Deserialize, Serialize};

use crate::registry::Lives;
use crate::registry::Status;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::issuer;
use crate::rules::validity;
use crate::verdict::Conclusion;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::issued;
use crate::verify::recorded;
use crate::verify::report::DocumentDate;
use crate::verify::report::RegisterState;
use crate::verify::state;

/// Name and version of this form of record.
pub const SCHEMA: &str = "antin.change/1";

/// What reports are judged by.
#[derive(Clone, Copy)]
#[expect(
    missing_debug_implementations,
    reason = "who knows the lives need not show them"
)]
pub struct Judge<'a> {
    lives: &'a dyn Lives,
    rules: &'a RuleSet,
}

/// The parts of a report that a register or a policy decides: all that judging it again can change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The register that was asked.
    pub register: RegisterState,
    /// The document's date and what the registers prove of it.
    pub date: DocumentDate,
    /// What the document comes to.
    pub outcome: Outcome,
    /// The state of each impression's seal on that date.
    pub states: Vec<Status>,
    /// All findings, those that no register decides among them, the gravest first.
    pub findings: Vec<Finding>,
    /// The steps of the conclusion scale; `None` in those kept before steps were, where they are the report's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
}

/// The steps of the conclusion scale that a policy took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// The policy.
    pub policy: String,
    /// The conclusion on each impression, and its caveats.
    pub taken: Vec<(Conclusion, Vec<String>)>,
}

impl Steps {
    fn of(report: &Report) -> Self {
        let taken = report.impressions.iter().map(|own| {
            let comparison = own.comparison.as_ref();
            let caveats = comparison.map(|comparison| comparison.caveats.clone());
            (own.conclusion, caveats.unwrap_or_default())
        });
        Self {
            policy: report.policy.clone(),
            taken: taken.collect(),
        }
    }

    fn over(self, report: &mut Report) {
        report.policy = self.policy;
        for (own, (conclusion, caveats)) in report.impressions.iter_mut().zip(self.taken) {
            own.conclusion = conclusion;
            if let Some(comparison) = &mut own.comparison {
                comparison.caveats = caveats;
            }
        }
    }
}

impl Judgement {
    /// What a report says as it stands.
    pub(super) fn of(report: &Report) -> Self {
        let states = report.impressions.iter().map(|own| own.status_on_date);
        Self {
            register: report.register,
            date: report.document.date.clone(),
            outcome: report.outcome,
            states: states.collect(),
            findings: report.findings.clone(),
            steps: Some(Steps::of(report)),
        }
    }

    /// The report that this was made of, as it comes to now.
    #[must_use]
    pub fn over(self, mut report: Report) -> Report {
        if let Some(steps) = self.steps {
            steps.over(&mut report);
        }
        report.register = self.register;
        report.document.date = self.date;
        report.outcome = self.outcome;
        for (impression, state) in report.impressions.iter_mut().zip(self.states) {
            impression.status_on_date = state;
        }
        report.findings = self.findings;
        report
    }
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
    /// Findings that were not there before.
    pub added: Vec<Finding>,
    /// Findings that are gone.
    pub removed: Vec<Finding>,
    /// Impressions that are taken for another seal, or come to another conclusion.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub impressions: Vec<Recognised>,
}

impl Change {
    /// Whether there is something to tell: figures alone are none.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.added.is_empty() || !self.removed.is_empty() || !self.impressions.is_empty()
    }
}

/// What an impression was taken for, and what it is taken for now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recognised {
    /// Number of its page.
    pub page: u32,
    /// The seal.
    pub seal: [Option<String>; 2],
    /// The conclusion.
    pub conclusion: [Conclusion; 2],
}

impl<'a> Judge<'a> {
    /// One that asks a register, and cites rules.
    #[must_use]
    pub const fn new(lives: &'a dyn Lives, rules: &'a RuleSet) -> Self {
        Self { lives, rules }
    }

    /// What the report comes to under this register, and what of it changed; `None` if nothing did. A seal that the register
    /// no longer has leaves what was said of it.
    ///
    /// Cost: linear in the report's impressions and findings.
    #[must_use]
    pub fn again(&self, report: &Report) -> Option<(Judgement, Change)> {
        let (dated, mut fresh) = recorded::again(report, self.lives, self.rules);
        let named = (report.document.fields.as_ref(), dated.claimed);
        fresh.extend(issued::findings(&report.impressions, named, self.lives));
        let mut states = Vec::new();
        let mut asked = Vec::new();
        for (index, impression) in report.impressions.iter().enumerate() {
            let id = impression.seal.as_deref();
            let known = id.and_then(|id| Some((id, self.lives.life(id)?)));
            states.push(impression.status_on_date);
            let Some((id, (particulars, life))) = known else {
                continue;
            };
            asked.push(index);
            let date = dated.claimed;
            states[index] = life.on(date).status;
            let scene = Scene::stated(particulars, date, self.rules);
            let subject = validity::Subject {
                id,
                organisation: &particulars.organisation,
                life,
            };
            let found = validity::findings(subject, scene, dated.not_after).into_iter();
            fresh.extend(found.map(|finding| finding.about(index, impression.page)));
        }
        let is_asked = |finding: &&Finding| {
            let about = finding.impression;
            about.is_some_and(|index| asked.contains(&index)) && is_by_register(&finding.code)
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
        let stays = report.findings.iter().filter(|own| !is_asked(own));
        let mut findings: Vec<Finding> = stays.cloned().chain(fresh).collect();
        findings.sort_by_key(Finding::rank);
        let outcome = match report.outcome {
            Outcome::Pass | Outcome::Review | Outcome::Flag => state::outcome(&findings),
            stayed @ (Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed) => stayed,
        };
        let change = Change {
            schema: SCHEMA,
            path: report.document.path.clone(),
            sha256: report.document.sha256.clone(),
            revision: self.lives.revision(),
            outcome: [report.outcome, outcome],
            added,
            removed,
            impressions: Vec::new(),
        };
        let judgement = Judgement {
            register: RegisterState {
                revision: self.lives.revision(),
            },
            date: dated,
            outcome,
            states,
            findings,
            steps: Some(Steps::of(report)),
        };
        Some((judgement, change))
    }
}

/// Whether the register decides findings of this code.
fn is_by_register(code: &str) -> bool {
    let is_by_life = validity::CODES.contains(&code) || issuer::CODES.contains(&code);
    is_by_life || code.starts_with("use.")
}
