//! The registers of use, with what is wrong with each entry.

use serde::Serialize;
use utoipa::ToSchema;

use crate::registry::Recorded;
use crate::registry::UseRegister;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::use_of_seal::Subject;
use crate::view::View;

/// A use of a seal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SealUse)]
pub struct Use {
    /// The seal.
    pub seal: String,
    /// What people call the use.
    pub called: String,
    /// The entries that tell of it.
    #[schema(value_type = Vec<Object>)]
    pub entries: Vec<Recorded>,
    /// What is wrong with it.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Finding>,
}

impl View<'_> {
    /// The uses of one seal, or of all; whatever the day.
    #[must_use]
    pub fn uses(&self, seal: Option<&str>, rules: &RuleSet) -> Vec<Use> {
        let register = UseRegister::of(self.records);
        let mut uses = Vec::new();
        for own in self.seals {
            if seal.is_some_and(|seal| seal != own.id) {
                continue;
            }
            let scene = Scene::stated(&own.particulars, None, rules);
            let Some(subject) = Subject::of((&own.id, &own.particulars), &register, scene) else {
                continue;
            };
            uses.extend(subject.uses.uses.iter().map(|stated| Use {
                seal: own.id.clone(),
                called: stated.value.called(),
                entries: stated.sources.clone(),
                findings: subject.of_entry(stated),
            }));
            // What stands no more is told of only where that is a finding.
            let gone = subject.of_gone().into_iter();
            uses.extend(gone.map(|(usage, finding)| Use {
                seal: own.id.clone(),
                called: usage.called(),
                entries: Vec::new(),
                findings: vec![finding],
            }));
        }
        uses
    }
}
