//! What documents are examined for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::Register;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::verdict::Policy;
use crate::verify::fields::Given;

/// What documents are compared with, and what is asked of them.
#[derive(Clone, Copy, Debug)]
pub struct Examination<'a> {
    /// The register.
    pub register: &'a Register,
    /// The thresholds.
    pub policy: &'a Policy,
    /// The rules that findings cite.
    pub rules: &'a RuleSet,
    /// Position in the register of the seal that the documents are said to bear.
    pub claim: Option<usize>,
    /// Whether every document must bear a seal.
    pub seals: Seals,
    /// The documents' date.
    pub date: Option<Date>,
    /// What else is known of them.
    pub given: Option<&'a Given>,
}

impl<'a> Examination<'a> {
    /// Where rules about a document as a whole are applied: where the claimed seal is, else in the jurisdiction that all registered
    /// seals share.
    pub(super) fn scene(&self) -> Scene<'a> {
        let seals = &self.register.seals;
        if let Some(seal) = self.claim.and_then(|claim| seals.get(claim)) {
            return Scene::of(seal, self.date, self.rules);
        }
        let mut jurisdictions = seals.iter().map(|seal| &seal.particulars.jurisdiction);
        let first = jurisdictions.next().and_then(Option::as_deref);
        let is_shared = jurisdictions.all(|other| other.as_deref() == first);
        Scene {
            jurisdiction: first.filter(|_| is_shared),
            ..Scene::unknown(self.date, self.rules)
        }
    }
}

/// Whether a document must bear a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seals {
    /// It may.
    Optional,
    /// It must.
    Expected,
}
