//! A report under another policy, from the ratios that it holds: no crop is opened and no ink compared.
//!
//! What was measured stays. The step of each conclusion is taken anew, and with it the finding on how the impression agrees; all else
//! that follows from a step asks the ink, and then the report is compared anew from its crops instead.

use std::collections::HashMap;

use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::registry::Roll;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::impression;
use crate::verdict;
use crate::verdict::Policy;
use crate::verdict::reweighing::Given;
use crate::verify::Report;
use crate::verify::copies;
use crate::verify::rejudged::Change;
use crate::verify::rejudged::Judge;
use crate::verify::rejudged::Judgement;
use crate::verify::rematched::between;
use crate::verify::report::Comparison;
use crate::verify::report::Impression;
use crate::verify::rounding::LR_DIGITS;
use crate::verify::state;

/// What a report comes to under another policy.
#[derive(Clone, Debug, PartialEq)]
pub enum Weighed {
    /// The same, also if the policy is called otherwise.
    Same,
    /// Something else, and what of that is new.
    Anew(Box<Judgement>, Change),
    /// It cannot be told by what the report holds, or the report cites other rules.
    AsksInk,
}

/// The step of one impression under another policy.
enum Step<'a> {
    Same,
    Other(&'a RegisteredSeal, Box<verdict::Judgement>),
    AsksInk,
}

/// What reports are weighed by.
#[derive(Debug)]
pub struct Weigher<'a> {
    register: &'a Register,
    policy: &'a Policy,
    rules: &'a RuleSet,
    roll: Roll,
    seals: HashMap<&'a str, &'a RegisteredSeal>,
}

impl<'a> Weigher<'a> {
    /// One that knows a register, and takes the steps of a policy.
    ///
    /// Cost: linear in the register.
    #[must_use]
    pub fn new((register, policy, rules): (&'a Register, &'a Policy, &'a RuleSet)) -> Self {
        let seals = register.seals.iter();
        Self {
            register,
            policy,
            rules,
            roll: Roll::from(register),
            seals: seals.map(|seal| (seal.id.as_str(), seal)).collect(),
        }
    }

    /// What a report comes to under this policy.
    ///
    /// Cost: linear in its impressions and findings.
    #[must_use]
    pub fn again(&self, report: &Report) -> Weighed {
        // A listed die is compared with every impression, and its own step is not kept.
        let is_watched = !self.register.watched.is_empty() && !report.impressions.is_empty();
        if report.rules != self.rules.name || is_watched {
            return Weighed::AsksInk;
        }
        if !report.has_verdict() {
            return Weighed::Same;
        }
        let mut stepped = Vec::new();
        for (index, own) in report.impressions.iter().enumerate() {
            match self.step(report, own) {
                Step::Same => {}
                Step::Other(seal, judgement) => stepped.push((index, seal, judgement)),
                Step::AsksInk => return Weighed::AsksInk,
            }
        }
        if stepped.is_empty() {
            return Weighed::Same;
        }
        let mut now = Report {
            policy: self.policy.name.clone(),
            ..report.clone()
        };
        for (index, seal, judgement) in stepped {
            take(&mut now, index, (seal, *judgement));
        }
        now.findings.sort_by_key(Finding::rank);
        now.outcome = state::outcome(&now.findings);
        // What was made by another die is no use of its seal.
        let again = Judge::new(&self.roll, self.rules).again(&now);
        let judgement = again.map_or_else(|| Judgement::of(&now), |(judgement, _)| judgement);
        let now = judgement.clone().over(now);
        let change = between(report, &now);
        Weighed::Anew(Box::new(judgement), change)
    }

    fn step(&self, report: &Report, own: &Impression) -> Step<'a> {
        let Some((id, comparison)) = own.seal.as_ref().zip(own.comparison.as_ref()) else {
            return Step::Same;
        };
        if !own.slices.is_empty() || comparison.slip.is_some() {
            return Step::AsksInk;
        }
        let mut pages = report.pages.iter();
        let mode = pages.find(|page| page.number == own.page);
        let mode = mode.and_then(|page| page.colour);
        let seal = self.seals.get(id.as_str()).copied();
        let Some((seal, mode)) = seal.zip(mode) else {
            return Step::AsksInk;
        };
        let given = Given {
            mode,
            specimens: seal.specimen.count,
            has_rivals: own.candidates.len() > 1,
            rounding: 0.5 * 10_f64.powi(-LR_DIGITS),
        };
        let before = judgement(own, comparison);
        let now = before
            .clone()
            .and_then(|own| own.reweighed(given, self.policy));
        match now {
            None => Step::AsksInk,
            Some(now) if !now.conclusion.is_for() && self.has_copies(own, seal) => Step::AsksInk,
            Some(now) if before.is_some_and(|before| now == before) => Step::Same,
            Some(now) => Step::Other(seal, Box::new(now)),
        }
    }

    /// Whether it was compared with another copy of its seal, which it may rather be of.
    fn has_copies(&self, own: &Impression, seal: &RegisteredSeal) -> bool {
        let mut others = own.candidates.iter();
        others.any(|other| {
            let other = self.seals.get(other.seal.as_str());
            other.is_some_and(|other| copies::are_copies(seal, other))
        })
    }
}

/// Writes the step of an impression into its report, and the finding on it.
fn take(
    report: &mut Report,
    index: usize,
    (seal, judgement): (&RegisteredSeal, verdict::Judgement),
) {
    let is_replaced = |finding: &Finding| {
        let is_about = finding.impression == Some(index);
        is_about && impression::AGREEMENT.contains(&finding.code.as_str())
    };
    report.findings.retain(|finding| !is_replaced(finding));
    let own = &mut report.impressions[index];
    let finding = impression::agreement(seal, &judgement);
    let about = finding.map(|finding| finding.about(index, own.page));
    report.findings.extend(about);
    own.conclusion = judgement.conclusion;
    if let Some(comparison) = &mut own.comparison {
        comparison.caveats = judgement.caveats;
    }
}

/// The judgement as the report holds it. What it says of damage is not asked again: no policy decides it.
fn judgement(own: &Impression, comparison: &Comparison) -> Option<verdict::Judgement> {
    let evidence = comparison.evidence.iter().map(|own| {
        Some(verdict::Evidence {
            axis: own.axis,
            value: own.value,
            uncertainty: own.uncertainty,
            visibility: own.visibility,
            log10_lr: own.log10_lr?,
            at_px: Vec::new(),
            displacements: Vec::new(),
            text_band: None,
        })
    });
    Some(verdict::Judgement {
        log10_lr: comparison.log10_lr,
        log10_lr_cap: comparison.log10_lr_cap,
        log10_lr_floor: comparison.log10_lr_floor,
        conclusion: own.conclusion,
        condition: own.condition,
        lacking: None,
        damage: Vec::new(),
        evidence: evidence.collect::<Option<_>>()?,
        caveats: comparison.caveats.clone(),
        slip: None,
    })
}
