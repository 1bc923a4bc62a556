//! Signing in with a login and a password.
//!
//! Whoever guesses learns nothing: an unknown login, a wrong password, and a person who is disabled or has chosen no
//! password give one answer, after the same work.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::accounts::Login;
use crate::accounts::PasswordHash;
use crate::accounts::Person;
use crate::accounts::Secret;
use crate::accounts::guessing::Guesser;
use crate::accounts::secret::Source;
use crate::accounts::session::Session;
use crate::audit::Act;
use crate::audit::Actor;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::people;
use crate::storage::accounts::sessions;
use crate::storage::audit;

/// Passwords that are hashed at once: each takes 19 MiB and a processor. Chosen: the others wait.
static HASHING: Semaphore = Semaphore::const_new(4);

/// What came of an attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A session began; its secret goes into the cookie.
    Begun {
        /// The session's secret.
        secret: Secret,
        /// Who signed in.
        person: Person,
    },
    /// Login or password is wrong; which of them is not told.
    Refused,
    /// Too many failed: the password was not looked at.
    Wait {
        /// From when another attempt is looked at.
        until: Timestamp,
    },
}

/// What somebody signs in with.
#[derive(Clone)]
pub struct Attempt {
    /// The login as it was given.
    pub login: String,
    /// The password as it was given.
    pub password: String,
    /// Where it came from; none at the command line.
    pub address: Option<IpAddr>,
}

/// Without the password.
impl std::fmt::Debug for Attempt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Attempt({}, {:?})", self.login, self.address)
    }
}

impl Store {
    /// Signs somebody in.
    ///
    /// # Errors
    /// If the database fails or there are no random bytes.
    pub async fn sign_in(
        &self,
        attempt: Attempt,
        at: Timestamp,
        source: Source,
    ) -> Result<SignIn, Error> {
        let person = match self.recognised(attempt, at).await? {
            Recognised::Person(person) => person,
            Recognised::Refused => return Ok(SignIn::Refused),
            Recognised::Wait { until } => return Ok(SignIn::Wait { until }),
        };
        begin_session(self, &person.login, (at, json!({})), source).await
    }

    /// Who gives this login and password, without a session: at the command line.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recognised(&self, attempt: Attempt, at: Timestamp) -> Result<Recognised, Error> {
        let login: Option<Login> = attempt.login.parse().ok();
        let mut guessers: Vec<Guesser> = login.clone().map(Guesser::Login).into_iter().collect();
        guessers.extend(attempt.address.map(Guesser::Address));
        if let Some(until) = self.begin_attempt(&guessers, at).await? {
            return Ok(Recognised::Wait { until });
        }
        let (person, kept) = match &login {
            Some(login) => (self.person(login).await?, self.password(login).await?),
            None => (None, None),
        };
        let kept = kept.unwrap_or_else(|| PasswordHash::nobodys().clone());
        let is_right = hashed(move || kept.is_of(&attempt.password)).await;
        match person {
            Some(person) if is_right && person.is_active() => {
                self.attempt_was_right(&guessers).await?;
                Ok(Recognised::Person(person))
            }
            other => {
                // What was typed for a login may be a password: only logins that there are get into the log.
                let subject = other.map_or("unknown login".to_owned(), |p| p.login.to_string());
                let address = attempt.address.map(|address| address.to_string());
                let act = Act {
                    who: Actor::Stranger,
                    at,
                };
                let detail = json!({ "address": address });
                self.log(&act.entry(Deed::SignInRefused, &subject, detail))
                    .await?;
                Ok(Recognised::Refused)
            }
        }
    }
}

/// Begins a session of somebody who showed who they are, and tells the log how; refused if they may not sign in.
pub(super) async fn begin_session(
    store: &Store,
    login: &Login,
    (at, how): (Timestamp, Value),
    source: Source,
) -> Result<SignIn, Error> {
    let secret = Secret::draw(source)?;
    let session = Session::begin(&secret, login.clone(), at);
    let mut transaction = store.begin().await?;
    // Somebody may have been disabled while it was looked at who they are.
    let stands = people::find(&mut transaction, login).await?;
    let Some(person) = stands.filter(Person::is_active) else {
        return Ok(SignIn::Refused);
    };
    sessions::insert(&mut transaction, &session).await?;
    let act = Act {
        who: Actor::Person(login.clone()),
        at,
    };
    let entry = act.entry(Deed::SignedIn, login.as_str(), how);
    audit::append(&mut transaction, &entry).await?;
    transaction.commit().await?;
    Ok(SignIn::Begun { secret, person })
}

/// Hashes a password that somebody chose for a login, without holding up others.
///
/// # Errors
/// If it is guessed soon, or there are no random bytes.
pub async fn chosen(
    password: String,
    login: Login,
    source: Source,
) -> Result<PasswordHash, crate::accounts::Error> {
    hashed(move || PasswordHash::of(&password, &login, source)).await
}

/// Who gives a login and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// A person who may sign in.
    Person(Person),
    /// Login or password is wrong; which of them is not told.
    Refused,
    /// Too many failed: the password was not looked at.
    Wait {
        /// From when another attempt is looked at.
        until: Timestamp,
    },
}

/// Hashes where nobody waits for it but the caller, a few at once.
async fn hashed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let permit = HASHING.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    drop(permit);
    // Hashing does not panic; if it did, neither may what was asked for seem done.
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
