//! The seals' lives and the books, without the specimens: what a document's date asks of the register.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Records;
use crate::registry::Register;
use crate::registry::UseRegister;

/// What knows the lives of seals and the registers of their use.
pub trait Lives: Sync {
    /// The revision of the register.
    fn revision(&self) -> u64;

    /// What is stated of a seal, and its life; `None` if it is not registered.
    fn life(&self, id: &str) -> Option<(&Particulars, &Life)>;

    /// The registers of use.
    fn uses(&self) -> &UseRegister;
}

impl Lives for Register {
    fn revision(&self) -> u64 {
        self.revision
    }

    fn life(&self, id: &str) -> Option<(&Particulars, &Life)> {
        let seal = &self.seals[self.position(id)?];
        Some((&seal.particulars, &seal.life))
    }

    fn uses(&self) -> &UseRegister {
        self.use_register()
    }
}

/// One revision of the register without its specimens.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    revision: u64,
    seals: HashMap<String, (Particulars, Life)>,
    records: Records,
    uses: OnceLock<UseRegister>,
}

impl Roll {
    /// The roll of these seals, by identifier, and records.
    #[must_use]
    pub fn new(
        revision: u64,
        seals: impl IntoIterator<Item = (String, Particulars, Life)>,
        records: Records,
    ) -> Self {
        let seals = seals.into_iter();
        Self {
            revision,
            seals: seals
                .map(|(id, particulars, life)| (id, (particulars, life)))
                .collect(),
            records,
            uses: OnceLock::new(),
        }
    }
}

impl From<&Register> for Roll {
    fn from(register: &Register) -> Self {
        let seals = register.seals.iter();
        let seals =
            seals.map(|seal| (seal.id.clone(), seal.particulars.clone(), seal.life.clone()));
        Self::new(register.revision, seals, register.records.clone())
    }
}

impl Lives for Roll {
    fn revision(&self) -> u64 {
        self.revision
    }

    fn life(&self, id: &str) -> Option<(&Particulars, &Life)> {
        let (particulars, life) = self.seals.get(id)?;
        Some((particulars, life))
    }

    fn uses(&self) -> &UseRegister {
        self.uses.get_or_init(|| UseRegister::of(&self.records))
    }
}
