//! The register on a day, as the command line, the API and the pages tell it: what stands of each seal and body then, what
//! made it so, what is due, and what is wrong with it.

use jiff::civil::Date;
use serde::Serialize;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Records;
use crate::registry::Status;
use crate::registry::body::Body;
use crate::registry::consistency;
use crate::registry::consistency::Inconsistency;
use crate::registry::custody::Custody;
use crate::registry::event::standing;
use crate::registry::permit::Permit;
use crate::registry::records::Stated;
use crate::rules::Basis;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::registration;
use crate::storage::StoredSeal;

pub mod body;
pub mod due;
pub mod inspections;
pub mod reviews;
pub mod seal;
pub mod uses;

/// Records that do not fit one another, with the clause that asks for what they lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// What does not fit.
    #[serde(flatten)]
    pub found: Inconsistency,
    /// The clause, where one applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

impl Doubt {
    fn of(found: Inconsistency, scene: Scene<'_>) -> Self {
        let basis = registration::ground(found.code, scene);
        Self { found, basis }
    }
}

/// The register on a day.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The entries of all registers.
    pub records: &'a Records,
    /// The seals, first registered first.
    pub seals: &'a [StoredSeal],
    /// The day.
    pub on: Date,
}

impl View<'_> {
    /// A seal's state.
    #[must_use]
    pub fn status(&self, seal: &StoredSeal) -> Status {
        seal.life(self.records).on(Some(self.on)).status
    }

    /// What does not fit in the records of a seal, its body's among them, with the clauses that were in force on the day.
    #[must_use]
    pub fn doubts(&self, seal: &StoredSeal, rules: &RuleSet) -> Vec<Doubt> {
        let scene = Scene::stated(&seal.particulars, Some(self.on), rules);
        let doubt = |found: Inconsistency| Doubt::of(found, scene);
        self.inconsistencies(seal).into_iter().map(doubt).collect()
    }

    /// The same of a body.
    #[must_use]
    pub fn doubts_of_body(&self, body: &Body, rules: &RuleSet) -> Vec<Doubt> {
        let scene = Scene {
            jurisdiction: body.basics.value.jurisdiction.as_deref(),
            body: Some(body.called_on(self.on)),
            ..Scene::unknown(Some(self.on), rules)
        };
        let doubt = |found: Inconsistency| Doubt::of(found, scene);
        let found = consistency::of_body(self.records, body).into_iter();
        found.map(doubt).collect()
    }

    /// What does not fit in the records of a seal, its body's among them.
    fn inconsistencies(&self, seal: &StoredSeal) -> Vec<Inconsistency> {
        let life = seal.life(self.records);
        let subject = consistency::Subject {
            id: &seal.id,
            particulars: &seal.particulars,
            events: &seal.events,
            life: &life,
        };
        let known = |id: &str| self.seals.iter().any(|seal| seal.id == id);
        let mut found = consistency::of_seal(self.records, subject, known);
        found.extend(self.replaced_specimens(seal));
        if let Some(owner) = &life.owner {
            found.extend(consistency::of_body(self.records, owner));
        }
        found
    }

    /// Specimens of a seal that are those of another one, which was replaced.
    fn replaced_specimens(&self, seal: &StoredSeal) -> Vec<Inconsistency> {
        let others = self.seals.iter().filter(|other| other.id != seal.id);
        let replaced = others.filter_map(|other| {
            let shared = other.specimens.iter().find(|specimen| {
                let mut own = seal.specimens.iter();
                own.any(|own| own.sha256 == specimen.sha256)
            })?;
            let events = standing(&other.events, &other.id, self.records);
            let replaced = |event: &Event| event.kind == EventKind::ReplacedBy;
            let event = events.into_iter().find(replaced)?;
            let old = (other.id.as_str(), event.on);
            Some(consistency::replaced_specimen(
                &seal.id,
                &shared.sha256,
                old,
            ))
        });
        replaced.collect()
    }

    /// Who keeps a seal.
    #[must_use]
    pub fn custodians(&self, id: &str) -> Vec<Stated<Custody>> {
        let mut periods: Vec<Stated<Custody>> = self.records.facts(id);
        periods.retain(|stated| stated.value.is_on(self.on));
        periods
    }

    /// The permits under which a seal is out.
    #[must_use]
    pub fn open_permits(&self, id: &str) -> Vec<Stated<Permit>> {
        let mut permits: Vec<Stated<Permit>> = self.records.facts(id);
        permits.retain(|stated| stated.value.is_out_on(self.on));
        permits
    }
}
