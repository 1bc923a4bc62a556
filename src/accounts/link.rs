//! One-time links: the first administrator's, invitations, and passwords chosen anew.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::accounts::Digest;
use crate::accounts::Error;
use crate::accounts::Login;
use crate::accounts::Secret;
use crate::accounts::secret::Source;

/// What a link lets its holder do, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum Purpose {
    /// Become the first administrator; void as soon as there is one.
    FirstAdministrator,
    /// Choose the first password of a person who was added, or another one of a person who forgot theirs.
    Password {
        /// The person.
        login: Login,
    },
}

impl Purpose {
    /// How long a link is good for. Chosen: who starts the program is there; who is invited reads mail within three days.
    #[must_use]
    pub const fn period(&self) -> SignedDuration {
        match self {
            Self::FirstAdministrator => SignedDuration::from_hours(24),
            Self::Password { .. } => SignedDuration::from_hours(72),
        }
    }
}

/// A link as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Digest of its secret.
    pub digest: Digest,
    /// What it is for.
    pub purpose: Purpose,
    /// Who made it; none at the first start.
    pub made_by: Option<Login>,
    /// From when it is good no more.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl Link {
    /// A new link, and its secret, which is shown this once.
    ///
    /// # Errors
    /// If there are no random bytes.
    pub fn make(
        purpose: Purpose,
        made_by: Option<Login>,
        at: Timestamp,
        source: Source,
    ) -> Result<(Self, Secret), Error> {
        let secret = Secret::draw(source)?;
        let link = Self {
            digest: secret.digest(),
            expires_at: at + purpose.period(),
            purpose,
            made_by,
            used_at: None,
        };
        Ok((link, secret))
    }

    /// Whether it is good.
    #[must_use]
    pub fn stands(&self, at: Timestamp) -> bool {
        self.used_at.is_none() && at < self.expires_at
    }
}

/// Where a link leads: the secret stands behind `#`, so that no server and no log on the way sees it.
#[must_use]
pub fn address(site: &str, secret: &Secret) -> String {
    format!("{}/welcome#{}", site.trim_end_matches('/'), secret.show())
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::accounts::secret::system;

    #[test]
    fn a_link_is_good_once_and_not_for_long() {
        let start = Timestamp::UNIX_EPOCH;
        let (mut link, secret) =
            Link::make(Purpose::FirstAdministrator, None, start, system).unwrap();
        assert_eq!(link.digest, secret.digest());
        let after = |hours| start + SignedDuration::from_hours(hours);
        assert!(link.stands(after(23)) && !link.stands(after(24)));
        link.used_at = Some(after(1));
        assert!(!link.stands(after(2)));
    }

    #[test]
    fn the_secret_stands_where_no_server_sees_it() {
        let secret = Secret::draw(system).unwrap();
        let address = address("https://seals.example/", &secret);
        let (site, hidden) = address.split_once('#').unwrap();
        assert_eq!(site, "https://seals.example/welcome");
        assert!(Secret::read(hidden).unwrap().is(&secret));
    }
}
