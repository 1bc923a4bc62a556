//! The four roles.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::accounts::Error;

/// What somebody is here for; what each role may do stands in [`permission`](crate::accounts::permission).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Brings documents, looks at what was found, and decides about it with another.
    Inspector,
    /// Keeps the register.
    Registrar,
    /// Reads everything and changes nothing.
    Auditor,
    /// Keeps the people, and how long documents are kept.
    Administrator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Inspector,
        Self::Registrar,
        Self::Auditor,
        Self::Administrator,
    ];

    /// Its name in files, on the command line and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inspector => "inspector",
            Self::Registrar => "registrar",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|role| role.name() == name);
        found.ok_or_else(|| Error::Role {
            role: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_by_its_own_name_and_no_other() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
        assert!("Inspector".parse::<Role>().is_err());
    }
}
