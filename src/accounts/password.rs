//! Passwords: which will do, and what is kept of one.
//!
//! Source of the rules on what people may choose: NIST SP 800-63B-4 (2025), 3.1.1.2: at least 15 characters where
//! nothing but the password is asked for, at least 64 allowed, all characters allowed, normalised before hashing,
//! nothing asked of their composition, obvious ones refused. Source of the parameters of argon2id: OWASP Password
//! Storage Cheat Sheet, first of its equal choices for a server on which many sign in: 19 MiB, 2 passes, 1 lane.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Params;
use argon2::PasswordHasher;
use argon2::PasswordVerifier;
use argon2::Version;
use argon2::password_hash::phc;
use unicode_normalization::UnicodeNormalization;

use crate::accounts::Error;
use crate::accounts::Login;
use crate::accounts::secret::Source;

/// Fewest characters.
pub const CHARS_MIN: usize = 15;
/// Most characters: more is no password, but work for the server.
pub const CHARS_MAX: usize = 256;
/// Fewest different characters; chosen, so that no row of one key is a password.
const DIFFERENT_MIN: usize = 6;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of salt: those that the PHC string format recommends.
const SALT_BYTES: usize = 16;

/// What is kept of a password: a PHC string, which names algorithm, parameters and salt.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password that somebody chose for `login`.
    ///
    /// Takes tens of milliseconds of one processor: not to be called where others wait for it.
    ///
    /// # Errors
    /// If it is guessed soon, or there are no random bytes.
    ///
    /// # Panics
    /// Never: lengths and parameters are within argon2's bounds.
    pub fn of(password: &str, login: &Login, source: Source) -> Result<Self, Error> {
        let password = normalised(password);
        weakness(&password, login).map_or(Ok(()), |reason| Err(Error::Password { reason }))?;
        let mut salt = [0; SALT_BYTES];
        source(&mut salt)?;
        Ok(Self::with_salt(&password, &salt))
    }

    fn with_salt(password: &str, salt: &[u8]) -> Self {
        let hash = hasher().hash_password_with_salt(password.as_bytes(), salt);
        Self(hash.expect("lengths are within bounds").to_string())
    }

    /// Reads what was kept; `None` if it is no such hash.
    #[must_use]
    pub fn read(kept: String) -> Option<Self> {
        phc::PasswordHash::new(&kept).is_ok().then_some(Self(kept))
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of this password.
    ///
    /// Takes as long as hashing. Where nobody has the login, [`PasswordHash::nobodys`] takes the place of theirs, so
    /// that the time tells nothing.
    #[must_use]
    pub fn is_of(&self, password: &str) -> bool {
        // Hashing starts with all of the input: what nobody could have chosen is not worth the work.
        let tried: String = password.chars().take(CHARS_MAX + 1).collect();
        let kept = phc::PasswordHash::new(&self.0);
        kept.is_ok_and(|kept| {
            let tried = normalised(&tried);
            hasher().verify_password(tried.as_bytes(), &kept).is_ok()
        })
    }

    /// A hash of no password that anybody has.
    #[must_use]
    pub fn nobodys() -> &'static Self {
        static NOBODYS: LazyLock<PasswordHash> =
            LazyLock::new(|| PasswordHash::with_salt("", &[0; SALT_BYTES]));
        &NOBODYS
    }

    /// Whether it was made with other parameters than today's, and is to be made again at the next signing in.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        let today = format!("m={MEMORY_KIB},t={PASSES},p={LANES}");
        !self.0.starts_with("$argon2id$v=19$") || self.0.split('$').nth(3) != Some(&today)
    }
}

/// Never shown by accident.
impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.expect("the parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// One way of writing what looks the same: keyboards differ in how they compose `ấ`.
fn normalised(password: &str) -> String {
    password.nfc().collect()
}

/// Why a password would be guessed soon.
fn weakness(password: &str, login: &Login) -> Option<&'static str> {
    let count = password.chars().count();
    let different: BTreeSet<char> = password.chars().collect();
    if count < CHARS_MIN {
        Some("it has fewer than 15 characters; a few words that do not belong together are good")
    } else if count > CHARS_MAX {
        Some("it has more than 256 characters")
    } else if different.len() < DIFFERENT_MIN {
        Some("it has fewer than 6 different characters")
    } else if password.to_lowercase().contains(login.as_str()) {
        Some("the login name stands in it")
    } else if is_run(password) {
        Some("its characters follow one another as in the alphabet or on the keyboard")
    } else {
        None
    }
}

/// Whether it is a row of keys, or of letters or figures, again and again.
fn is_run(password: &str) -> bool {
    const ROWS: [&str; 4] = [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiopasdfghjklzxcvbnm",
        "1q2w3e4r5t6y7u8i9o0p",
    ];
    let small: Vec<char> = password.to_lowercase().chars().collect();
    let follows = |pair: &[char]| {
        let text: String = pair.iter().collect();
        ROWS.iter().any(|row| row.contains(&text))
    };
    let following = small.windows(2).filter(|pair| follows(pair)).count();
    // Every fourth pair may break the row, where it begins again.
    following * 4 >= (small.len() - 1) * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(buffer: &mut [u8]) -> Result<(), Error> {
        buffer.fill(7);
        Ok(())
    }

    fn lan() -> Login {
        "lan".parse().unwrap()
    }

    #[test]
    fn a_password_is_known_again_however_it_was_composed_and_no_other_is() {
        let hash = PasswordHash::of("mưa trên mái ngói", &lan(), fixed).unwrap();
        assert!(hash.is_of("mưa trên mái ngói"));
        let apart: String = "mưa trên mái ngói".nfd().collect();
        assert_ne!(apart, "mưa trên mái ngói");
        assert!(hash.is_of(&apart));
        assert!(!hash.is_of("mưa trên mái ngọi"));
        assert!(!hash.is_of(""));
        assert!(!hash.is_outdated());
        assert_eq!(PasswordHash::read(hash.as_str().to_owned()), Some(hash));
    }

    #[test]
    fn the_same_password_is_kept_differently_for_two_people() {
        let [a, b] = [(); 2].map(|()| {
            let source = crate::accounts::secret::system;
            PasswordHash::of("mưa trên mái ngói", &lan(), source).unwrap()
        });
        assert_ne!(a.as_str(), b.as_str());
    }

    #[test]
    fn what_is_guessed_soon_is_refused_with_the_reason() {
        let refused = |password: &str| PasswordHash::of(password, &lan(), fixed).unwrap_err();
        let long = "mưa trên mái".repeat(30);
        for password in [
            "short",
            "aaaaaaaaaaaaaaaaaaa",
            "1234567890123456",
            "qwertyuiopasdfgh",
            "my name is Lan ngo",
            &long,
        ] {
            let error = refused(password);
            assert!(matches!(error, Error::Password { .. }), "{password}");
        }
        let reason = refused("short").to_string();
        assert!(reason.contains("15 characters"), "{reason}");
    }

    #[test]
    fn nobodys_hash_is_of_the_same_cost_and_of_no_password_that_can_be_chosen() {
        let nobodys = PasswordHash::nobodys();
        assert!(!nobodys.is_outdated());
        assert!(PasswordHash::of("", &lan(), fixed).is_err());
        assert!(!nobodys.is_of("mưa trên mái ngói"));
    }

    #[test]
    fn hashes_of_other_parameters_are_outdated_and_nonsense_is_none() {
        let old = "$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$\
                   r2Yrm8Dz9QGzIXVdM1QcYk1GPd5GFBrYfS4Ntq0W9Jg";
        assert!(PasswordHash::read(old.to_owned()).unwrap().is_outdated());
        assert_eq!(PasswordHash::read("secret".to_owned()), None);
    }
}
