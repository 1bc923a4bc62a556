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
use crate::storage::blobs::Arrived;
use crate::storage::blobs::Blobs;
use crate::storage::items::Claimed;
use crate::storage::items::Settlement;
use crate::storage::jobs::Admitted;
use crate::storage::jobs::Arrival;
use crate::storage::jobs::Job;
use crate::storage::scans;

pub mod correcting;
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

/// Where work goes and comes from: everything that hands work in and everything that does it speaks with this alone.
///
/// Any engine fits that delivers at least once, lets a delivery be kept alive, and lets it be settled: an item may come
/// twice and in any order, and settling says whether it was still this worker's. One that stands beside the store takes
/// each delivery's item by [`Store::take_item`].
#[async_trait]
pub trait Queue: fmt::Debug + Send + Sync {
    /// How long an item is its worker's without a sign of life.
    fn lease(&self) -> SignedDuration {
        LEASE
    }

    /// Takes what came in for a job: its bytes are kept, it is recorded, and waits for a worker.
    ///
    /// # Errors
    /// If the bytes cannot be kept, or store or engine fail: then nothing is acknowledged, and putting it again is putting
    /// it once.
    async fn put(
        &self,
        blobs: &Blobs,
        came: (&Job, &[(Arrived, Arrival)]),
        now: Timestamp,
    ) -> Result<Vec<Admitted>, scans::Error>;

    /// Lets what failed of a job be tried again; how many items that are.
    ///
    /// # Errors
    /// If the store or the engine fails.
    async fn retry(&self, job: &str) -> Result<u64, Error>;

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
    async fn put(
        &self,
        blobs: &Blobs,
        came: (&Job, &[(Arrived, Arrival)]),
        now: Timestamp,
    ) -> Result<Vec<Admitted>, scans::Error> {
        self.0.take_in(blobs, came, now).await
    }

    async fn retry(&self, job: &str) -> Result<u64, Error> {
        self.0.retry_job(job).await
    }

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
