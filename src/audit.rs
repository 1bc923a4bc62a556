//! Who saw and who decided what: a log that is only ever added to, each entry chained to the one before by a digest.
//!
//! An entry's digest is taken over the digest before it, its own number and its own texts. So whatever is changed,
//! removed, put in between or moved breaks the chain at that place, and a head record kept beside the entries shows
//! where the chain was cut or lengthened at its end. What cannot be seen from the database alone: whoever may write
//! all of it can compute the whole chain anew from some entry on, head included. Therefore heads are noted elsewhere
//! from time to time, and the chain is checked against a [noted head](verification::Verifier::against).

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::accounts::Login;

pub mod act;
pub mod canonical;
pub mod deed;
pub mod verification;

pub use act::Act;
pub use deed::Deed;

/// The digest before the first entry.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What digests are taken over begins with this, so that no other digest of the program can be one of the chain.
const DOMAIN: &[u8] = b"antin.audit/1\0";

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person who had signed in.
    Person(Login),
    /// A program with a person's token.
    Token {
        /// The person.
        login: Login,
        /// The token's name to people, see [`Token::id`](crate::accounts::token::Token::id).
        token: String,
    },
    /// Somebody with access to the machine, under a user's name there, who may have named a person.
    CommandLine {
        /// The machine's user.
        user: String,
        /// The person.
        login: Option<Login>,
    },
    /// Somebody who had not signed in.
    Stranger,
    /// The program itself.
    Program,
}

impl Actor {
    /// The person in whose name it was done.
    #[must_use]
    pub const fn login(&self) -> Option<&Login> {
        match self {
            Self::Person(login) | Self::Token { login, .. } => Some(login),
            Self::CommandLine { login, .. } => login.as_ref(),
            Self::Stranger | Self::Program => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(login) => write!(formatter, "{login}"),
            Self::Token { login, token } => write!(formatter, "{login} (token {token})"),
            Self::CommandLine { user, login: None } => write!(formatter, "command line ({user})"),
            Self::CommandLine {
                user,
                login: Some(login),
            } => write!(formatter, "{login} (command line, {user})"),
            Self::Stranger => formatter.write_str("stranger"),
            Self::Program => formatter.write_str("program"),
        }
    }
}

/// Something to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub who: Actor,
    /// What was done.
    pub deed: Deed,
    /// What it was done to, such as a digest, a seal or a login.
    pub subject: String,
    /// What else is to be known; no document's text and no picture.
    pub detail: Value,
}

/// The place in the chain that an entry has, and what it says there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Counted from one.
    pub sequence: u64,
    /// Instant, UTC.
    pub at: String,
    /// Who, as an [`Actor`] is shown.
    pub who: String,
    /// What was done: a [`Deed`]'s name.
    pub deed: String,
    /// What it was done to.
    pub subject: String,
    /// Canonical JSON.
    pub detail: String,
    /// The digest of the entry before.
    pub previous: String,
    /// SHA-256 over all of it, in lower-case hexadecimal.
    pub digest: String,
}

/// Where the chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 before there is any.
    pub sequence: u64,
    /// Its digest.
    pub digest: String,
}

impl Head {
    /// The head of a chain without entries.
    #[must_use]
    pub fn beginning() -> Self {
        Self {
            sequence: 0,
            digest: BEGINNING.to_owned(),
        }
    }

    /// Reads what [`fmt::Display`] shows; `None` if it is no head.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (sequence, digest) = text.trim().split_once(':')?;
        let is_digest = digest.len() == BEGINNING.len()
            && digest
                .chars()
                .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        Some(Self {
            sequence: sequence.parse().ok()?,
            digest: is_digest.then(|| digest.to_owned())?,
        })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.sequence, self.digest)
    }
}

impl Linked {
    /// The entry behind this head.
    #[must_use]
    pub fn behind(head: &Head, entry: &Entry) -> Self {
        let mut linked = Self {
            sequence: head.sequence + 1,
            at: entry.at.to_string(),
            who: entry.who.to_string(),
            deed: entry.deed.name().to_owned(),
            subject: entry.subject.clone(),
            detail: canonical::text(&entry.detail),
            previous: head.digest.clone(),
            digest: String::new(),
        };
        linked.digest = linked.computed(linked.sequence, &linked.previous);
        linked
    }

    /// The head that it makes.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            sequence: self.sequence,
            digest: self.digest.clone(),
        }
    }

    /// The digest that its texts give at a place in a chain.
    #[must_use]
    pub fn computed(&self, sequence: u64, previous: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(sequence.to_be_bytes());
        let texts = [
            previous,
            &self.at,
            &self.who,
            &self.deed,
            &self.subject,
            &self.detail,
        ];
        for text in texts {
            // With its length, so that no letter can move from one text into the next.
            let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
            hash.update(length.to_be_bytes());
            hash.update(text.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Entry {
        Entry {
            at: Timestamp::UNIX_EPOCH,
            who: Actor::Person("lan".parse().unwrap()),
            deed: Deed::SpecimenRead,
            subject: "S001".into(),
            detail: json!({ "b": 1, "a": "x" }),
        }
    }

    #[test]
    fn an_entry_hangs_on_the_head_before_it_and_makes_the_next_one() {
        let first = Linked::behind(&Head::beginning(), &entry());
        assert_eq!((first.sequence, first.previous.as_str()), (1, BEGINNING));
        assert_eq!(first.detail, r#"{"a":"x","b":1}"#);
        let second = Linked::behind(&first.head(), &entry());
        assert_eq!((second.sequence, &second.previous), (2, &first.digest));
        assert_ne!(second.digest, first.digest);
    }

    #[test]
    fn a_letter_that_moves_from_one_text_to_the_next_changes_the_digest() {
        let whole = Linked::behind(&Head::beginning(), &entry());
        let moved = Linked {
            subject: "S00".into(),
            detail: format!("1{}", whole.detail),
            ..whole.clone()
        };
        let digest = |entry: &Linked| entry.computed(1, BEGINNING);
        assert_eq!(digest(&whole), whole.digest);
        assert_ne!(digest(&moved), whole.digest);
    }

    #[test]
    fn the_digest_is_the_one_that_the_description_gives() {
        // By Python's hashlib over the same bytes, so that others can check a chain without this program.
        let linked = Linked::behind(&Head::beginning(), &entry());
        assert_eq!(
            linked.digest,
            "4aa9865a80429f50d1c3c483aaf9f1c1a9e7b5e085bbee3b3a2bb32d8abeac19"
        );
    }

    #[test]
    fn a_head_is_read_as_it_was_shown() {
        let head = Linked::behind(&Head::beginning(), &entry()).head();
        assert_eq!(Head::read(&format!("{head}\n")), Some(head));
        for refused in ["", "1", "1:", "x:00", &format!("1:{}", "g".repeat(64))] {
            assert_eq!(Head::read(refused), None, "{refused}");
        }
    }

    #[test]
    fn who_did_it_is_told_with_the_way_they_came() {
        let login: Login = "lan".parse().unwrap();
        let token = Actor::Token {
            login: login.clone(),
            token: "0123".into(),
        };
        assert_eq!(token.to_string(), "lan (token 0123)");
        let there = Actor::CommandLine {
            user: "root".into(),
            login: Some(login),
        };
        assert_eq!(there.to_string(), "lan (command line, root)");
    }
}
