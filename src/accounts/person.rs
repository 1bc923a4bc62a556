//! Somebody who works with the register.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::accounts::Error;
use crate::accounts::Login;
use crate::accounts::Role;
use crate::accounts::Viewer;
use crate::accounts::plain_text;

/// Most characters of a display name.
pub const NAME_CHARS_MAX: usize = 120;

/// A person as kept; people are disabled and never removed, since records name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they sign in with and are named by.
    pub login: Login,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The body of the register that they work for, by its identifier.
    pub office: Option<String>,
    /// Since when they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// When they were added.
    pub created_at: Timestamp,
}

impl Person {
    /// A new person.
    ///
    /// # Errors
    /// If the display name is none.
    pub fn new(
        login: Login,
        name: &str,
        (role, office): (Role, Option<String>),
        at: Timestamp,
    ) -> Result<Self, Error> {
        Ok(Self {
            login,
            name: plain_text("display name", NAME_CHARS_MAX, name)?,
            role,
            office,
            disabled_at: None,
            created_at: at,
        })
    }

    /// Whether they may sign in.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// Who they are to the rules of what may be seen.
    #[must_use]
    pub fn viewer(&self) -> Viewer<'_> {
        Viewer {
            role: self.role,
            office: self.office.as_deref(),
        }
    }
}
