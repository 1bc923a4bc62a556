//! What documents are examined for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::Register;
use crate::rules::RuleSet;
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

/// Whether a document must bear a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seals {
    /// It may.
    Optional,
    /// It must.
    Expected,
}
