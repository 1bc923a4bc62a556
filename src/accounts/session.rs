//! Sessions: what a browser holds after signing in, and when it ends.
//!
//! The cookie holds a [`Secret`] and the database its digest. What protects against requests that another site
//! makes a browser send is derived from that secret: it is kept nowhere, and only who holds the session knows it.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::accounts::Digest;
use crate::accounts::Login;
use crate::accounts::Secret;

/// A session without a request for this long ends. Chosen within OWASP's Session Management Cheat Sheet (15 to 30 minutes
/// for applications of low risk, 2 to 5 for high): looking at one document takes minutes without a request.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A session ends after this time in any case. Chosen: a working day with its breaks.
pub const WHOLE: SignedDuration = SignedDuration::from_hours(12);
/// The last request is written down again only after this time, so that not every reading writes.
pub const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// A session as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Digest of its secret.
    pub digest: Digest,
    /// Whose it is.
    pub login: Login,
    /// When they signed in.
    pub created_at: Timestamp,
    /// The last request, as far as it was written down.
    pub seen_at: Timestamp,
}

impl Session {
    /// A session that begins.
    #[must_use]
    pub fn begin(secret: &Secret, login: Login, at: Timestamp) -> Self {
        Self {
            digest: secret.digest(),
            login,
            created_at: at,
            seen_at: at,
        }
    }

    /// Whether it still stands. A clock that was set back ends it: nothing then tells how old it is.
    #[must_use]
    pub fn stands(&self, at: Timestamp) -> bool {
        let within = |since: Timestamp, limit: SignedDuration| {
            // A little back is the clocks of two machines.
            let age = at.duration_since(since);
            age < limit && age > -NOTED
        };
        within(self.seen_at, IDLE) && within(self.created_at, WHOLE)
    }

    /// Whether the last request is to be written down again.
    #[must_use]
    pub fn is_to_be_noted(&self, at: Timestamp) -> bool {
        at.duration_since(self.seen_at) >= NOTED
    }
}

/// What every request that changes something must carry beside the cookie.
#[must_use]
pub fn csrf(session: &Secret) -> Secret {
    session.derived("csrf")
}

/// Whether a request came from a page of ours: `shown` is what it carries.
#[must_use]
pub fn is_ours(session: &Secret, shown: &str) -> bool {
    Secret::read(shown).is_some_and(|shown| csrf(session).is(&shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::accounts::secret::system;

    fn session() -> (Secret, Session) {
        let secret = Secret::draw(system).unwrap();
        let login = "lan".parse().unwrap();
        let session = Session::begin(&secret, login, Timestamp::UNIX_EPOCH);
        (secret, session)
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_after_a_day_in_any_case() {
        let (_, mut session) = session();
        let after = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(session.stands(after(29)));
        assert!(!session.stands(after(30)));
        // Used again and again, it stands until its whole time is over.
        for minutes in (20..720).step_by(20) {
            assert!(session.stands(after(minutes)), "{minutes} minutes");
            assert!(session.is_to_be_noted(after(minutes)));
            session.seen_at = after(minutes);
        }
        assert!(!session.is_to_be_noted(after(700)));
        assert!(session.stands(after(719)));
        assert!(!session.stands(after(720)));
        assert!(!session.stands(after(-2)), "the clock was set back");
    }

    #[test]
    fn only_the_sessions_own_token_is_taken() {
        let (secret, _) = session();
        let token = csrf(&secret);
        assert!(is_ours(&secret, &token.show()));
        assert!(!is_ours(&secret, &secret.show()));
        assert!(!is_ours(&secret, ""));
        let (other, _) = session();
        assert!(!is_ours(&other, &token.show()));
    }
}
