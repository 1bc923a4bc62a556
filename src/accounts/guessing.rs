//! What guessing at passwords costs: a delay that grows with every failure, by login and by address.
//!
//! An attempt is counted before the password is looked at and taken back where it was right, so that many attempts
//! at once are counted like many in a row. Logins that nobody has are counted like the others: nothing tells them
//! apart. Whoever fails on purpose can keep a person from signing in for [`DELAY_MAX`] at a time; they keep the
//! sessions and tokens that they have.

use std::net::IpAddr;
use std::net::Ipv6Addr;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::accounts::Login;

/// Longest delay. Chosen: 4 guesses an hour; with what is free, fewer than 110 in a day, and NIST SP 800-63B-4 (3.2.2) allows 100 in a row.
pub const DELAY_MAX: SignedDuration = SignedDuration::from_mins(15);
/// Failures are forgotten after this time without another; chosen.
pub const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// Whose failures are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guesser {
    /// Those at one login.
    Login(Login),
    /// Those from one address.
    Address(IpAddr),
}

impl Guesser {
    /// The name under which they are counted. One household or office has a whole /64 of IPv6 addresses: it counts as one.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Login(login) => format!("login {login}"),
            Self::Address(IpAddr::V4(address)) => format!("address {address}"),
            Self::Address(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => format!("address {address}"),
                None => {
                    let network = address.to_bits() & (u128::MAX << 64);
                    format!("address {}/64", Ipv6Addr::from_bits(network))
                }
            },
        }
    }

    /// Failures that cost nothing. Chosen: a person mistypes a few times; behind one address there may be an office.
    const fn free(&self) -> u32 {
        match self {
            Self::Login(_) => 5,
            Self::Address(_) => 30,
        }
    }

    /// From when another attempt is looked at.
    #[must_use]
    pub fn allowed_from(&self, failures: Failures) -> Timestamp {
        failures.last_at + self.delay(failures.count)
    }

    /// The delay after so many failures: a second after the first that costs, then twice as long each time.
    fn delay(&self, count: u32) -> SignedDuration {
        match count.checked_sub(self.free()) {
            None => SignedDuration::ZERO,
            Some(doublings) => {
                let seconds = 1_i64.checked_shl(doublings).filter(|seconds| *seconds > 0);
                let delay = seconds.map_or(DELAY_MAX, SignedDuration::from_secs);
                delay.min(DELAY_MAX)
            }
        }
    }
}

/// Failures in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last_at: Timestamp,
}

impl Failures {
    /// With one more.
    #[must_use]
    pub fn and_one(before: Option<Self>, at: Timestamp) -> Self {
        let remembered = before.filter(|before| at.duration_since(before.last_at) < FORGOTTEN);
        Self {
            count: remembered.map_or(1, |before| before.count.saturating_add(1)),
            last_at: at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lan() -> Guesser {
        Guesser::Login("lan".parse().unwrap())
    }

    fn seconds(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_few_failures_are_free_and_then_each_waits_longer_than_the_last() {
        let wait = |count| {
            let last_at = Timestamp::UNIX_EPOCH;
            let from = lan().allowed_from(Failures { count, last_at });
            from.duration_since(last_at)
        };
        assert_eq!(wait(4), SignedDuration::ZERO);
        let waits: Vec<i64> = (5..9).map(|count| wait(count).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8]);
        for count in [20, 68, 69, 1000, u32::MAX] {
            assert_eq!(wait(count), DELAY_MAX, "{count} failures");
        }
    }

    #[test]
    fn a_day_of_guessing_at_one_login_tries_about_a_hundred_passwords() {
        let (mut at, mut tried, mut failures) = (seconds(0), 0, None);
        while at < seconds(24 * 3600) {
            let after = Failures::and_one(failures, at);
            tried += 1;
            at = lan().allowed_from(after);
            failures = Some(after);
        }
        assert!((95..110).contains(&tried), "{tried}");
    }

    #[test]
    fn failures_are_forgotten_after_a_day() {
        let first = Failures::and_one(None, seconds(0));
        assert_eq!(Failures::and_one(Some(first), seconds(60)).count, 2);
        assert_eq!(Failures::and_one(Some(first), seconds(25 * 3600)).count, 1);
    }

    #[test]
    fn a_network_of_version_six_counts_as_one_address() {
        let key = |address: &str| Guesser::Address(address.parse().unwrap()).key();
        assert_eq!(key("2001:db8:1:2::7"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::7"), key("2001:db8:1:3::7"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
