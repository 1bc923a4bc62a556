//! Who does something, and when: what every change of people and of the register is told with.

use jiff::Timestamp;
use serde_json::Value;

use crate::audit::Actor;
use crate::audit::Deed;
use crate::audit::Entry;

/// An actor at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

impl Act {
    /// The log's entry of what is done.
    #[must_use]
    pub fn entry(&self, deed: Deed, subject: &str, detail: Value) -> Entry {
        Entry {
            at: self.at,
            who: self.who.clone(),
            deed,
            subject: subject.to_owned(),
            detail,
        }
    }
}
