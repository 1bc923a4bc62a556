//! The name that somebody signs in with.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::accounts::Error;

/// Fewest and most characters.
const CHARS: std::ops::RangeInclusive<usize> = 2..=64;

/// A login name: it also names the person in every record, so it is never given to another.
///
/// Only characters that look like themselves: no two logins can be taken for each other by eye for being written in
/// two alphabets. Capitals are read as small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

impl Login {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self, Error> {
        let name = given.trim().to_ascii_lowercase();
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let allowed = |c: char| is_plain(c) || ".-_@".contains(c);
        if CHARS.contains(&name.len()) && name.starts_with(is_plain) && name.chars().all(allowed) {
            Ok(Self(name))
        } else {
            Err(Error::Login {
                login: given.chars().take(80).collect(),
            })
        }
    }
}

impl TryFrom<String> for Login {
    type Error = Error;

    fn try_from(given: String) -> Result<Self, Error> {
        given.parse()
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_short_plain_and_in_small_letters() {
        let login: Login = " Lan.Nguyen@so-tp ".parse().unwrap();
        assert_eq!(login.as_str(), "lan.nguyen@so-tp");
        let long = "a".repeat(65);
        for refused in ["", "a", "-lan", "lan nguyen", "lân", "a\nb", "а1", &long] {
            assert!(refused.parse::<Login>().is_err(), "{refused:?}");
        }
    }
}
