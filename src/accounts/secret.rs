//! Secrets that are shown once: 256 random bits, of which the digest alone is kept.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::accounts::Error;

/// What fills a buffer with random bytes: the system's own, or a fixed one in tests.
pub type Source = fn(&mut [u8]) -> Result<(), Error>;

/// The operating system's random bytes.
///
/// # Errors
/// If it gives none.
pub fn system(buffer: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(buffer).map_err(|_| Error::Random)
}

/// Bytes of a secret: nobody guesses 2^256.
const BYTES: usize = 32;

/// A secret in the hands of whoever it was made for.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; BYTES]);

impl Secret {
    /// A new secret.
    ///
    /// # Errors
    /// If there are no random bytes.
    pub fn draw(source: Source) -> Result<Self, Error> {
        let mut bytes = [0; BYTES];
        source(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As it was shown, with or without the space that copying adds; `None` if it is no secret.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// As it is shown: 43 characters that stand in addresses, headers and cookies as they are.
    #[must_use]
    pub fn show(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it. A digest without salt or delay will do, since what is digested cannot be guessed.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.0).into())
    }

    /// Another secret that follows from this one and cannot be turned back, for `purpose`.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"antin derived secret\0");
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.0);
        Self(hash.finalize().into())
    }

    /// Whether the other is the same, in a time that does not tell how much of it is.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let differing = self.0.iter().zip(other.0);
        differing.fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

/// Never shown by accident.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// SHA-256 of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; BYTES]);

impl Digest {
    /// Reads what [`Digest::hex`] gave; `None` if it is no digest.
    #[must_use]
    pub fn read(hex: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        hex::decode_to_slice(hex, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Lower-case hexadecimal, as it is kept.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ones(buffer: &mut [u8]) -> Result<(), Error> {
        buffer.fill(1);
        Ok(())
    }

    #[test]
    fn a_secret_is_read_as_it_was_shown_and_is_not_its_digest() {
        let secret = Secret::draw(ones).unwrap();
        let shown = secret.show();
        assert_eq!(shown.len(), 43);
        let read = Secret::read(&format!(" {shown}\n")).unwrap();
        assert!(read.is(&secret));
        assert_eq!(read.digest(), secret.digest());
        // SHA-256 of 32 bytes of one, by coreutils' sha256sum.
        assert_eq!(
            secret.digest().hex(),
            "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793"
        );
        let digest = secret.digest();
        assert_eq!(Digest::read(&digest.hex()), Some(digest));
        assert_eq!(Digest::read(&digest.hex()[1..]), None);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for refused in ["", "AQ", &shown[1..], &format!("{shown}A")] {
            assert_eq!(Secret::read(refused), None, "{refused}");
        }
    }

    #[test]
    fn what_is_derived_is_another_secret_for_each_purpose() {
        let secret = Secret::draw(ones).unwrap();
        let [a, b] = ["csrf", "other"].map(|purpose| secret.derived(purpose));
        assert!(!a.is(&b) && !a.is(&secret));
        assert!(a.is(&secret.derived("csrf")));
        assert_ne!(a.digest(), secret.digest());
    }

    #[test]
    fn the_system_never_gives_the_same_secret_twice() {
        let [a, b] = [(); 2].map(|()| Secret::draw(system).unwrap());
        assert!(!a.is(&b));
    }
}
