//! Work that is done in the background: what was handed in is examined, archives are unpacked, results judged again.
//!
//! A [`Queue`] hands items out under leases, at least once each; results are written under keys of their own, so that
//! doing an item twice is doing it once. [`Worker`] is the loop that does them.

use std::fmt;

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::Timestamp;
use uuid::Uuid;

use crate::storage::Error;
use crate::storage::Store;
use crate::storage::items::Claimed;
use crate::storage::items::Settlement;

mod examining;
pub mod housekeeping;
mod registers;
pub mod rejudging;
pub mod relating;
mod unpacking;
pub mod worker;

pub use registers::Registers;
pub use registers::Rows;
pub use worker::Worker;

/// How long an item is its worker's without a sign of life. Chosen: longer than a busy machine leaves a heartbeat undone.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Where work comes from.
///
/// Any engine fits that delivers at least once, lets a delivery be kept alive, and lets it be settled: an item may come
/// twice, and settling says whether it was still this worker's.
#[async_trait]
pub trait Queue: fmt::Debug + Send + Sync {
    /// Takes up to `count` items; none where nothing waits.
    ///
    /// # Errors
    /// If the engine fails.
    async fn claim(&self, count: u32, now: Timestamp) -> Result<Vec<Claimed>, Error>;

    /// Says that an item is still worked on; `false` if it was given to somebody else.
    ///
    /// # Errors
    /// If the engine fails.
    async fn renew(&self, claimed: &Claimed, now: Timestamp) -> Result<bool, Error>;

    /// Ends the work on an item; `false` if it was given to somebody else: then nothing is changed.
    ///
    /// # Errors
    /// If the engine fails.
    async fn settle(
        &self,
        claimed: &Claimed,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<bool, Error>;
}

/// The queue in the store's own database: settling an item and keeping its result are one transaction.
#[derive(Clone, Debug)]
pub struct StoreQueue(pub Store);

#[async_trait]
impl Queue for StoreQueue {
    async fn claim(&self, count: u32, now: Timestamp) -> Result<Vec<Claimed>, Error> {
        let lease = Uuid::now_v7().simple().to_string();
        self.0.claim_items(&lease, count, (now, LEASE)).await
    }

    async fn renew(&self, claimed: &Claimed, now: Timestamp) -> Result<bool, Error> {
        self.0.renew_lease(claimed, (now, LEASE)).await
    }

    async fn settle(
        &self,
        claimed: &Claimed,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.0.settle_item(claimed, settlement, now).await
    }
}
