//! Tokens by which programs act for a person: named, shown once, revocable, with an end.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::accounts::Digest;
use crate::accounts::Error;
use crate::accounts::Login;
use crate::accounts::Secret;
use crate::accounts::plain_text;
use crate::accounts::secret::Source;

/// What every token begins with, so that one that was published by mistake is found.
pub const PREFIX: &str = "antin_";
/// Longest time that a token may be good for; chosen: what nobody renews for a year nobody uses.
pub const DAYS_MAX: u32 = 366;
/// Time that a token is good for where none is asked for; chosen.
pub const DAYS: u32 = 90;
/// Most characters of a token's name.
pub const NAME_CHARS_MAX: usize = 80;

/// A token as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Digest of its secret; its first 16 digits name the token to people.
    pub digest: Digest,
    /// For whom it acts.
    pub login: Login,
    /// What it is for, in its maker's words.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when it is good no more.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the day.
    pub used_at: Option<Timestamp>,
}

impl Token {
    /// A new token, and what is shown of it this once.
    ///
    /// `days` above [`DAYS_MAX`] count as that.
    ///
    /// # Errors
    /// If the name is none, or there are no random bytes.
    pub fn make(
        login: Login,
        name: &str,
        (at, days): (Timestamp, u32),
        source: Source,
    ) -> Result<(Self, String), Error> {
        let secret = Secret::draw(source)?;
        let days = days.clamp(1, DAYS_MAX);
        let token = Self {
            digest: secret.digest(),
            login,
            name: plain_text("token's name", NAME_CHARS_MAX, name)?,
            created_at: at,
            expires_at: at + SignedDuration::from_hours(24 * i64::from(days)),
            revoked_at: None,
            used_at: None,
        };
        Ok((token, format!("{PREFIX}{}", secret.show())))
    }

    /// What people call it by.
    #[must_use]
    pub fn id(&self) -> String {
        let mut id = self.digest.hex();
        id.truncate(16);
        id
    }

    /// Whether it is good.
    #[must_use]
    pub fn stands(&self, at: Timestamp) -> bool {
        self.revoked_at.is_none() && (self.created_at..self.expires_at).contains(&at)
    }
}

/// The digest of a token that a program shows; `None` if it is no token.
#[must_use]
pub fn digest(shown: &str) -> Option<Digest> {
    let secret = Secret::read(shown.trim().strip_prefix(PREFIX)?)?;
    Some(secret.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::accounts::secret::system;

    #[test]
    fn a_token_is_known_by_what_was_shown_until_it_ends_or_is_revoked() {
        let start = Timestamp::UNIX_EPOCH;
        let lan: Login = "lan".parse().unwrap();
        let (mut token, shown) = Token::make(lan, " nightly ", (start, 2), system).unwrap();
        assert_eq!(digest(&shown), Some(token.digest));
        assert_eq!(digest(shown.trim_start_matches(PREFIX)), None);
        assert_eq!(token.name, "nightly");
        assert_eq!(token.id().len(), 16);
        let after = |hours| start + SignedDuration::from_hours(hours);
        assert!(token.stands(after(47)) && !token.stands(after(48)));
        token.revoked_at = Some(after(1));
        assert!(!token.stands(after(2)));
    }

    #[test]
    fn no_token_is_good_for_longer_than_a_year() {
        let start = Timestamp::UNIX_EPOCH;
        let lan: Login = "lan".parse().unwrap();
        let (token, _) = Token::make(lan, "x", (start, u32::MAX), system).unwrap();
        let whole = token.expires_at.duration_since(token.created_at);
        assert_eq!(whole, SignedDuration::from_hours(24 * 366));
    }
}
