//! How much is taken at a time. What is more is answered with 429 and when to come again: nothing waits in memory.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::DefaultKeyedRateLimiter;
use governor::Quota;
use governor::clock::Clock;
use governor::clock::DefaultClock;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;

use crate::api::problem::Answer;
use crate::api::problem::Problem;

/// Requests that are worked on at once. Chosen.
const REQUESTS: usize = 512;
/// Uploads that are received at once. Chosen: each holds some hundred kilobytes.
const UPLOADS: usize = 64;
/// Those who listen to progress at once. Chosen.
const LISTENERS: usize = 512;
/// Requests of one address a second, and at once after a pause. Chosen: a page of tiles is forty.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
const BURST: NonZeroU32 = NonZeroU32::new(1_000).expect("not zero");
/// Addresses after which those that were quiet are forgotten.
const ADDRESSES: usize = 10_000;

/// Bytes of a document or archive. Chosen: an archive of a year.
const DOCUMENT_BYTES_MAX: u64 = 8 << 30;
/// Bytes of any other body.
pub(super) const BODY_BYTES_MAX: usize = 4 << 20;
/// Silence of a sender after which it is given up.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

/// The limits of a service.
#[derive(Debug)]
pub struct Limits {
    /// Bytes of a document or archive.
    pub document_bytes_max: u64,
    requests: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    rate: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes_max: DOCUMENT_BYTES_MAX,
            requests: Arc::new(Semaphore::new(REQUESTS)),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
            rate: DefaultKeyedRateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(BURST)),
        }
    }
}

impl Limits {
    /// A place for one more request from an address.
    ///
    /// # Errors
    /// 429 if there are too many, of all or of this address.
    pub fn request(&self, from: IpAddr) -> Answer<OwnedSemaphorePermit> {
        if self.rate.len() > ADDRESSES {
            self.rate.retain_recent();
        }
        if let Err(until) = self.rate.check_key(&from) {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            let detail = "too many requests from this address";
            return Err(Problem::busy("rate", detail, seconds.saturating_add(1)));
        }
        place(&self.requests, "requests")
    }

    /// A place for one more upload.
    ///
    /// # Errors
    /// 429 if too many are received.
    pub fn upload(&self) -> Answer<OwnedSemaphorePermit> {
        place(&self.uploads, "uploads")
    }

    /// A place for one more who listens to progress.
    ///
    /// # Errors
    /// 429 if too many do.
    pub fn listener(&self) -> Answer<OwnedSemaphorePermit> {
        place(&self.listeners, "listeners")
    }
}

fn place(places: &Arc<Semaphore>, what: &str) -> Answer<OwnedSemaphorePermit> {
    let taken = Arc::clone(places).try_acquire_owned();
    taken.map_err(|_| Problem::busy("busy", format!("too many {what} at once"), 1))
}
