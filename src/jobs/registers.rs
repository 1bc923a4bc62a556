//! The register as workers use it: one revision in memory, read anew when it has changed.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::registry::Register;
use crate::sandbox;
use crate::storage::Error;
use crate::storage::Store;

/// The register's latest revision.
#[derive(Debug)]
pub struct Registers {
    store: Store,
    options: sandbox::Options,
    /// The lock is held while a revision is read, so that many who ask for it read it once.
    latest: Mutex<Option<Arc<Register>>>,
}

impl Registers {
    /// The registers of a store, whose specimens are read as `options` say.
    #[must_use]
    pub fn of(store: Store, options: sandbox::Options) -> Self {
        Self {
            store,
            options,
            latest: Mutex::new(None),
        }
    }

    /// How specimens are read.
    #[must_use]
    pub const fn options(&self) -> &sandbox::Options {
        &self.options
    }

    /// The register as it stands; whether it is another one than last time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn latest(&self) -> Result<(Arc<Register>, bool), Error> {
        let mut latest = self.latest.lock().await;
        let revision = self.store.revision().await?;
        if let Some(register) = latest.as_ref().filter(|known| known.revision == revision) {
            return Ok((Arc::clone(register), false));
        }
        let snapshot = self.store.snapshot(&self.options).await?;
        for problem in &snapshot.problems {
            tracing::warn!(problem, "a specimen cannot be used");
        }
        let register = Arc::new(snapshot.register);
        *latest = Some(Arc::clone(&register));
        Ok((register, true))
    }
}
