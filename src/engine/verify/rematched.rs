//! A report from the crops that were kept of its document, compared anew: no scan is opened.
//!
//! A new specimen changes a seal's drawing, a new die of the watch list is one more to compare with, and another policy weighs
//! what was measured otherwise: all of these ask the ink again.

use std::collections::BTreeSet;

use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::verdict::Conclusion;
use crate::verdict::Policy;
use crate::verify::Examined;
use crate::verify::Report;
use crate::verify::candidates::CANDIDATES_MAX;
use crate::verify::claimed;
use crate::verify::crops::Crops;
use crate::verify::rejudged::Change;
use crate::verify::rejudged::Recognised;
use crate::verify::rejudged::SCHEMA;
use crate::verify::report;

/// Which impressions a change of drawings concerns.
#[derive(Clone, Debug)]
pub struct Concern<'a> {
    seals: Vec<&'a RegisteredSeal>,
    /// Whether every seal is a candidate of every impression.
    is_small: bool,
    /// Whether it concerns every impression: the watch list changed.
    is_all: bool,
}

impl<'a> Concern<'a> {
    /// That of new specimens of these seals, and of a watch list that changed.
    #[must_use]
    pub fn new(register: &'a Register, seals: &BTreeSet<String>, is_watch_list: bool) -> Self {
        let own = register.seals.iter();
        Self {
            seals: own.filter(|seal| seals.contains(&seal.id)).collect(),
            is_small: register.seals.len() <= CANDIDATES_MAX,
            is_all: is_watch_list,
        }
    }

    /// Whether a document of which this was reported is to be compared anew: an impression was compared with one of the seals,
    /// or may be of it by its shape and size, or its pages' edges bear strips, which may be parts of it.
    #[must_use]
    pub fn touches(&self, report: &Report, has_strips: bool) -> bool {
        if !self.is_all && self.seals.is_empty() {
            return false;
        }
        let mut impressions = report.impressions.iter();
        has_strips || impressions.any(|impression| self.is_of(impression))
    }

    fn is_of(&self, impression: &report::Impression) -> bool {
        let is_candidate = |seal: &RegisteredSeal| {
            let mut candidates = impression.candidates.iter();
            candidates.any(|candidate| candidate.seal == seal.id)
        };
        let mut seals = self.seals.iter();
        self.is_all
            || self.is_small
            || seals.any(|seal| is_candidate(seal) || claimed::may_be(&impression.outline, seal))
    }
}

/// The document examined under this register, policy and rules, and what of its report changed; `None` if the crops cannot be examined, being of
/// another version of this program.
///
/// Cost: that of comparing the impressions, some tenths of a second each.
#[must_use]
pub fn again(
    report: &Report,
    crops: &Crops,
    law: (&Register, &Policy, &RuleSet),
) -> Option<(Examined, Change)> {
    let now = crops.examined(&report.document.path, law)?;
    let change = between(report, &now.report);
    Some((now, change))
}

/// The report of a document whose pages were not looked at: another policy and other rules change nothing of it but their names.
/// `None` of others.
#[must_use]
pub fn renamed(report: &Report, policy: &Policy, rules: &RuleSet) -> Option<(Report, Change)> {
    if report.has_verdict() {
        return None;
    }
    let now = Report {
        policy: policy.name.clone(),
        rules: rules.name.clone(),
        ..report.clone()
    };
    let change = between(report, &now);
    Some((now, change))
}

/// What two reports of one document differ in.
pub(super) fn between(before: &Report, now: &Report) -> Change {
    let only = |one: &[Finding], other: &[Finding]| -> Vec<Finding> {
        let own = one.iter().filter(|finding| !other.contains(finding));
        own.cloned().collect()
    };
    Change {
        schema: SCHEMA,
        path: now.document.path.clone(),
        sha256: now.document.sha256.clone(),
        revision: now.register.revision,
        outcome: [before.outcome, now.outcome],
        added: only(&now.findings, &before.findings),
        removed: only(&before.findings, &now.findings),
        impressions: recognised(&before.impressions, &now.impressions),
    }
}

/// Impressions, by their places, that are taken for another seal or come to another conclusion. One that is not reported is
/// taken for none.
fn recognised(before: &[report::Impression], now: &[report::Impression]) -> Vec<Recognised> {
    let place = |own: &report::Impression| (own.page, own.bbox_px);
    let said = |own: Option<&report::Impression>| match own {
        Some(own) => (own.seal.clone(), own.conclusion),
        None => (None, Conclusion::NotExaminable),
    };
    let gone = before
        .iter()
        .filter(|own| now.iter().all(|other| place(other) != place(own)));
    let pairs = gone
        .map(|own| (Some(own), None))
        .chain(now.iter().map(|own| {
            let known = before.iter().find(|other| place(other) == place(own));
            (known, Some(own))
        }));
    let differing = pairs.filter_map(|(old, new)| {
        let ((old_seal, old_step), (new_seal, new_step)) = (said(old), said(new));
        if (&old_seal, old_step) == (&new_seal, new_step) {
            return None;
        }
        Some(Recognised {
            page: old.or(new)?.page,
            seal: [old_seal, new_seal],
            conclusion: [old_step, new_step],
        })
    });
    differing.collect()
}
