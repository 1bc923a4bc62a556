//! The register as the service uses it: one revision in memory, read anew when it has changed.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use tokio::sync::Mutex;

use crate::registry::Records;
use crate::registry::Register;
use crate::registry::body;
use crate::sandbox;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::StoredSeal;
use crate::view::View;

/// The register's latest revision.
#[derive(Debug)]
pub struct Registers {
    store: Store,
    options: sandbox::Options,
    /// The lock is held while a revision is read, so that many who ask for it read it once.
    latest: Mutex<Option<Latest>>,
    rows: Mutex<Option<Arc<Rows>>>,
}

/// One revision with its specimens enrolled.
#[derive(Debug)]
struct Latest {
    register: Arc<Register>,
    /// Specimens that cannot be used.
    problems: Vec<String>,
}

/// One revision as it was recorded, without pictures.
#[derive(Debug)]
pub struct Rows {
    revision: u64,
    seals: Vec<StoredSeal>,
    records: Records,
    places: HashMap<String, usize>,
}

impl Rows {
    /// The register's revision.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The register on a day.
    #[must_use]
    pub fn on(&self, on: Date) -> View<'_> {
        View {
            records: &self.records,
            seals: &self.seals,
            on,
        }
    }

    /// Whether a body of this identifier stands in the register.
    #[must_use]
    pub fn has_body(&self, id: &str) -> bool {
        !self.records.about(body::KIND.name, id).is_empty()
    }

    /// The seal with this identifier.
    #[must_use]
    pub fn seal(&self, id: &str) -> Option<&StoredSeal> {
        self.places.get(id).map(|place| &self.seals[*place])
    }
}

impl Registers {
    /// The registers of a store, whose specimens are read as `options` say.
    #[must_use]
    pub fn of(store: Store, options: sandbox::Options) -> Self {
        Self {
            store,
            options,
            latest: Mutex::new(None),
            rows: Mutex::new(None),
        }
    }

    /// How specimens are read.
    #[must_use]
    pub const fn options(&self) -> &sandbox::Options {
        &self.options
    }

    /// Where the register is kept.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The register as it stands, its specimens enrolled.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn latest(&self) -> Result<Arc<Register>, Error> {
        let mut latest = self.latest.lock().await;
        let revision = self.store.revision().await?;
        let is_known = |known: &&Latest| known.register.revision == revision;
        if let Some(known) = latest.as_ref().filter(is_known) {
            return Ok(Arc::clone(&known.register));
        }
        let snapshot = self.store.snapshot(&self.options).await?;
        for problem in &snapshot.problems {
            tracing::warn!(problem, "a specimen cannot be used");
        }
        let register = Arc::new(snapshot.register);
        *latest = Some(Latest {
            register: Arc::clone(&register),
            problems: snapshot.problems,
        });
        Ok(register)
    }

    /// Specimens of the register read last that cannot be used, each with the reason and what to do.
    pub async fn problems(&self) -> Vec<String> {
        let latest = self.latest.lock().await;
        latest
            .as_ref()
            .map_or_else(Vec::new, |latest| latest.problems.clone())
    }

    /// The register as it was recorded.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows(&self) -> Result<Arc<Rows>, Error> {
        let mut rows = self.rows.lock().await;
        // Asked for first: what is recorded meanwhile is a later revision's, and then read again.
        let revision = self.store.revision().await?;
        if let Some(known) = rows.as_ref().filter(|known| known.revision == revision) {
            return Ok(Arc::clone(known));
        }
        let (seals, records) = self.store.records().await?;
        let places = seals.iter().enumerate();
        let fresh = Arc::new(Rows {
            revision,
            places: places
                .map(|(place, seal)| (seal.id.clone(), place))
                .collect(),
            seals,
            records,
        });
        *rows = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}
