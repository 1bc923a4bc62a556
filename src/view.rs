//! The register on a day, as the command line, the API and the pages tell it: what stands of each seal and body then, what
//! made it so, what is due, and what is wrong with it.

use jiff::civil::Date;

use crate::registry::Records;
use crate::registry::Status;
use crate::registry::consistency;
use crate::registry::consistency::Inconsistency;
use crate::registry::custody::Custody;
use crate::registry::permit::Permit;
use crate::registry::records::Stated;
use crate::storage::StoredSeal;

pub mod body;
pub mod due;
pub mod inspections;
pub mod reviews;
pub mod seal;
pub mod uses;

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

    /// What does not fit in the records of a seal, its body's among them.
    #[must_use]
    pub fn inconsistencies(&self, seal: &StoredSeal) -> Vec<Inconsistency> {
        let life = seal.life(self.records);
        let subject = consistency::Subject {
            id: &seal.id,
            particulars: &seal.particulars,
            events: &seal.events,
            life: &life,
        };
        let known = |id: &str| self.seals.iter().any(|seal| seal.id == id);
        let mut found = consistency::of_seal(self.records, subject, known);
        if let Some(owner) = &life.owner {
            found.extend(consistency::of_body(self.records, owner));
        }
        found
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
