//! The seals that the documents of a labelled set are said to bear.

use std::collections::BTreeSet;

use clap::ValueEnum;

use crate::registry::Register;

/// Which seals documents are said to bear while they are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Said {
    /// None.
    Nothing,
    /// Those that their lines name.
    Labelled,
    /// For each of these another one of the register, and one where they name none: nothing that is found of it
    /// is right.
    Another,
}

impl Said {
    /// Positions in the register of the seals that a document is said to bear; `labelled` are those that its lines name.
    pub(super) fn of(
        self,
        document: &str,
        labelled: &BTreeSet<&str>,
        register: &Register,
    ) -> BTreeSet<usize> {
        let positions = labelled.iter().filter_map(|seal| register.position(seal));
        let own: BTreeSet<usize> = positions.collect();
        let count = register.seals.len();
        match self {
            Self::Nothing => BTreeSet::new(),
            Self::Labelled => own,
            Self::Another => {
                let length = document.bytes().map(usize::from).sum::<usize>();
                let from = own.first().map_or(length, |own| own + count / 2);
                let mut others = (0..count).map(|step| (from + step) % count);
                others
                    .find(|other| !own.contains(other))
                    .into_iter()
                    .collect()
            }
        }
    }
}
