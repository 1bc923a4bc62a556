//! People, what each may do, and how they show who they are: passwords, sessions, tokens, one-time links.
//!
//! Everything here is a value or a rule about values. Instants are arguments, random bytes come from a
//! [`secret::Source`], and where people and sessions are kept is no concern of this module. A secret is shown once
//! and kept as its digest alone, so that whoever reads the database can use none of them.

use thiserror::Error;

pub mod guessing;
pub mod link;
pub mod login;
pub mod password;
pub mod permission;
pub mod person;
pub mod role;
pub mod secret;
pub mod session;
pub mod token;
pub mod two_person;

pub use login::Login;
pub use password::PasswordHash;
pub use permission::Action;
pub use permission::Scope;
pub use permission::Viewer;
pub use person::Person;
pub use role::Role;
pub use secret::Digest;
pub use secret::Secret;

/// Why something about people cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// No such name to sign in with can be.
    #[error(
        "\"{login}\" is no login name; use 2 to 64 of the characters a-z, 0-9, `.`, `-`, `_` and `@`, \
         beginning with a letter or a figure"
    )]
    Login {
        /// The name given.
        login: String,
    },
    /// No such role.
    #[error("\"{role}\" is no role; there are inspector, registrar, auditor and administrator")]
    Role {
        /// The role given.
        role: String,
    },
    /// A name that is empty, too long, or holds control characters.
    #[error("the {what} must have 1 to {chars_max} characters, none of them a control character")]
    Text {
        /// What it is, such as "display name".
        what: &'static str,
        /// Most characters.
        chars_max: usize,
    },
    /// An office that is none.
    #[error(
        "the register holds no body {office}: record it first, by a file with the columns `body` and `level` \
         (`antin register import`, or a proposal)"
    )]
    Office {
        /// The identifier given.
        office: String,
    },
    /// A password that is guessed soon.
    #[error("this password will not do: {reason}")]
    Password {
        /// Why, and what to do.
        reason: &'static str,
    },
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    Random,
}

/// A text for people, without the spaces around it.
///
/// # Errors
/// If it is empty, longer than `chars_max` characters, or would move a terminal's cursor or a line of a log.
pub fn plain_text(what: &'static str, chars_max: usize, text: &str) -> Result<String, Error> {
    let text = text.trim();
    let fits = (1..=chars_max).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(Error::Text { what, chars_max })
    }
}
