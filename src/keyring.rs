//! Keys that the administrator holds, and files encrypted with them.
//!
//! A file is [`MAGIC`], one byte of format, eight bytes that name the key, 24 bytes of nonce, and what
//! XChaCha20-Poly1305 makes of the content (draft-irtf-cfrg-xchacha-03): its nonces are long enough to be drawn by
//! chance for as many files as anyone has. The tag also covers what stands before the nonce and the file's name, so
//! that no file can be put in another's place. Files that do not begin with [`MAGIC`] were written before there was a
//! key and are read as they are.

use std::fmt;

use chacha20poly1305::KeyInit;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::aead::Payload;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::accounts::secret::Source;

/// What an encrypted file begins with.
pub const MAGIC: &[u8; 8] = b"ANTINENC";
const FORMAT: u8 = 1;
const ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;
/// Magic, format and name of the key.
const HEAD_BYTES: usize = MAGIC.len() + 1 + ID_BYTES;
const KEY_BYTES: usize = 32;

/// Why a key or an encrypted file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// A line of the key file is no key.
    #[error(
        "line {line} of the key file is no key; a key is 64 hexadecimal digits, as `openssl rand -hex 32` writes them"
    )]
    Key {
        /// Counted from one.
        line: usize,
    },
    /// The key file has no key.
    #[error("the key file has no key; `openssl rand -hex 32` writes one")]
    NoKeys,
    /// A file is encrypted with a key that is not at hand.
    #[error(
        "the file is encrypted with the key {id}, which is not among the keys given; \
         give the file that holds it with --specimen-key-file or ANTIN_SPECIMEN_KEY_FILE"
    )]
    Missing {
        /// Name of the key.
        id: KeyId,
    },
    /// The content does not agree with its tag.
    #[error(
        "the file, encrypted with the key {id}, was damaged, changed, or put in another's place"
    )]
    Damaged {
        /// Name of the key.
        id: KeyId,
    },
    /// A later version of the program wrote it.
    #[error("the file is encrypted in a way that this version does not know (format {format})")]
    Format {
        /// The format.
        format: u8,
    },
    /// It ends before its content begins.
    #[error("the encrypted file is cut short")]
    Short,
    /// The system gave no random bytes.
    #[error("the system gives no random bytes to encrypt with")]
    Random,
}

/// The name of a key, which tells nothing of the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; ID_BYTES]);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Key([u8; KEY_BYTES]);

impl Key {
    fn id(&self) -> KeyId {
        let mut hash = Sha256::new();
        hash.update(b"antin key id\0");
        hash.update(self.0);
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest[..ID_BYTES]);
        KeyId(id)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// The keys at hand: the first encrypts, all of them decrypt. Without any, files are written as they are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Keyring {
    keys: Vec<Key>,
}

/// Only the names of keys are ever shown.
impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.keys.iter().map(Key::id);
        formatter.debug_list().entries(ids).finish()
    }
}

impl Keyring {
    /// Reads a key file: a key a line, the one to encrypt with first; lines that begin with `#` are notes.
    ///
    /// # Errors
    /// If a line is no key, or there is none.
    pub fn read(text: &str) -> Result<Self, Error> {
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                keys.push(key(line).ok_or(Error::Key { line: number })?);
            }
        }
        if keys.is_empty() {
            return Err(Error::NoKeys);
        }
        Ok(Self { keys })
    }

    /// The name of the key that encrypts; none where nothing is encrypted.
    #[must_use]
    pub fn current(&self) -> Option<KeyId> {
        self.keys.first().map(Key::id)
    }

    /// Whether the key of this name is at hand.
    #[must_use]
    pub fn holds(&self, id: KeyId) -> bool {
        self.keys.iter().any(|key| key.id() == id)
    }

    /// Encrypts a file's content under its name; without a key it stays as it is.
    ///
    /// # Errors
    /// If there are no random bytes.
    ///
    /// # Panics
    /// If the content has 256 GiB or more, which no specimen has.
    pub fn encrypt(&self, name: &str, content: &[u8], source: Source) -> Result<Vec<u8>, Error> {
        let Some(key) = self.keys.first() else {
            return Ok(content.to_vec());
        };
        let mut nonce = [0; NONCE_BYTES];
        source(&mut nonce).map_err(|_| Error::Random)?;
        let mut file = Vec::with_capacity(HEAD_BYTES + NONCE_BYTES + content.len() + 16);
        file.extend_from_slice(MAGIC);
        file.push(FORMAT);
        file.extend_from_slice(&key.id().0);
        let covered = covered(&file, name);
        file.extend_from_slice(&nonce);
        let payload = Payload {
            msg: content,
            aad: &covered,
        };
        let made = key.cipher().encrypt(&XNonce::from(nonce), payload);
        file.extend(made.expect("a file is shorter than XChaCha20-Poly1305's 256 GiB"));
        Ok(file)
    }

    /// The content of a file, encrypted or not, that stands under this name.
    ///
    /// # Errors
    /// If it is encrypted and its key is not at hand, or it does not agree with its tag.
    pub fn decrypt(&self, name: &str, file: Vec<u8>) -> Result<Vec<u8>, Error> {
        let Some(id) = key_of(&file)? else {
            return Ok(file);
        };
        let mut keys = self.keys.iter();
        let key = keys
            .find(|key| key.id() == id)
            .ok_or(Error::Missing { id })?;
        let (head, rest) = file.split_at(HEAD_BYTES);
        let (nonce, made) = rest.split_at_checked(NONCE_BYTES).ok_or(Error::Short)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| Error::Short)?;
        let payload = Payload {
            msg: made,
            aad: &covered(head, name),
        };
        let content = key.cipher().decrypt(&nonce, payload);
        content.map_err(|_| Error::Damaged { id })
    }
}

/// The name of the key that a file is encrypted with; none where it is not encrypted.
///
/// # Errors
/// If it begins like an encrypted file and is none that this version knows.
pub fn key_of(file: &[u8]) -> Result<Option<KeyId>, Error> {
    let Some(rest) = file.strip_prefix(MAGIC) else {
        return Ok(None);
    };
    let (format, rest) = rest.split_first().ok_or(Error::Short)?;
    if *format != FORMAT {
        return Err(Error::Format { format: *format });
    }
    let id = rest.first_chunk::<ID_BYTES>().ok_or(Error::Short)?;
    Ok(Some(KeyId(*id)))
}

/// What the tag covers beside the content.
fn covered(head: &[u8], name: &str) -> Vec<u8> {
    [head, name.as_bytes()].concat()
}

fn key(line: &str) -> Option<Key> {
    if line.len() != 2 * KEY_BYTES || !line.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (position, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(line.get(2 * position..2 * position + 2)?, 16).ok()?;
    }
    Some(Key(key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    use crate::accounts::secret::system;

    fn keyring(lines: &[&str]) -> Keyring {
        Keyring::read(&lines.join("\n")).unwrap()
    }

    const ONE: &str = "0101010101010101010101010101010101010101010101010101010101010101";
    const TWO: &str = "0202020202020202020202020202020202020202020202020202020202020202";

    proptest! {
        #[test]
        fn a_file_is_read_as_it_was_written(content: Vec<u8>) {
            let keys = keyring(&[ONE]);
            let file = keys.encrypt("a", &content, system).unwrap();
            prop_assert_eq!(file.len(), HEAD_BYTES + NONCE_BYTES + content.len() + 16);
            prop_assert_eq!(keys.decrypt("a", file).unwrap(), content);
        }

        #[test]
        fn no_changed_byte_goes_unseen(position in 0_usize..200, bits in 1_u8..) {
            let keys = keyring(&[ONE]);
            let mut file = keys.encrypt("a", &[7; 120], system).unwrap();
            let position = position % file.len();
            file[position] ^= bits;
            // Another beginning makes it a file that was never encrypted, whose digest its name then belies.
            let is_plain = !file.starts_with(MAGIC);
            prop_assert_eq!(keys.decrypt("a", file).is_ok(), is_plain);
        }
    }

    #[test]
    fn the_same_content_is_never_encrypted_twice_alike() {
        let keys = keyring(&[ONE]);
        let [a, b] = [(); 2].map(|()| keys.encrypt("a", b"scan", system).unwrap());
        assert_ne!(a, b);
    }

    #[test]
    fn a_missing_key_a_wrong_name_and_a_cut_file_are_told_apart() {
        let (one, two) = (keyring(&[ONE]), keyring(&[TWO]));
        let id = one.current().unwrap();
        let file = one.encrypt("a", b"scan", system).unwrap();
        assert_eq!(two.decrypt("a", file.clone()), Err(Error::Missing { id }));
        assert_eq!(one.decrypt("b", file.clone()), Err(Error::Damaged { id }));
        let cut = |length: usize| one.decrypt("a", file[..length].to_vec());
        assert_eq!(cut(file.len() - 1), Err(Error::Damaged { id }));
        for length in [8, 12, 20] {
            assert_eq!(cut(length), Err(Error::Short), "{length}");
        }
        let mut later = file;
        later[8] = 2;
        assert_eq!(one.decrypt("a", later), Err(Error::Format { format: 2 }));
    }

    #[test]
    fn an_old_key_still_reads_and_the_new_one_writes() {
        let file = keyring(&[ONE]).encrypt("a", b"scan", system).unwrap();
        let both = keyring(&["# new", TWO, "", ONE]);
        assert_eq!(both.decrypt("a", file).unwrap(), b"scan");
        let file = both.encrypt("a", b"scan", system).unwrap();
        assert_eq!(key_of(&file).unwrap(), keyring(&[TWO]).current());
        assert_eq!(keyring(&[TWO]).decrypt("a", file).unwrap(), b"scan");
    }

    #[test]
    fn without_a_key_files_stay_as_they_are() {
        let none = Keyring::default();
        let file = none.encrypt("a", b"\x89PNG", system).unwrap();
        assert_eq!(file, b"\x89PNG");
        assert_eq!(keyring(&[ONE]).decrypt("a", file).unwrap(), b"\x89PNG");
    }

    #[test]
    fn a_key_file_is_refused_with_the_line_that_is_no_key() {
        let read = |text: &str| Keyring::read(text).unwrap_err();
        assert_eq!(read("# only a note\n"), Error::NoKeys);
        assert_eq!(
            read(&format!("{ONE}\n{}", &TWO[1..])),
            Error::Key { line: 2 }
        );
        assert_eq!(read(&format!("{}g", &ONE[1..])), Error::Key { line: 1 });
        assert_eq!(
            format!("{:?}", keyring(&[ONE])).len(),
            18,
            "only the key's name is shown"
        );
    }
}
