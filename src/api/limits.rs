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

/// Addresses after which those that were quiet are forgotten.
const ADDRESSES: usize = 10_000;
/// Bytes of a body that is no document.
pub(super) const BODY_BYTES_MAX: usize = 4 << 20;

/// How much is taken at a time, and how long is waited for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Requests that are worked on at once.
    pub requests: usize,
    /// Uploads that are received at once.
    pub uploads: usize,
    /// Those who listen to progress at once.
    pub listeners: usize,
    /// Requests of one address a second.
    pub per_second: NonZeroU32,
    /// Requests of one address at once, after a pause.
    pub burst: NonZeroU32,
    /// Bytes of a document or archive.
    pub document_bytes: u64,
    /// Silence of a sender after which it is given up.
    pub silence: Duration,
    /// Time within which a client must have said what it wants.
    pub headers_within: Duration,
}

impl Default for Bounds {
    /// Chosen: an upload holds some hundred kilobytes, a page of tiles is forty requests, an archive is of a year.
    fn default() -> Self {
        Self {
            requests: 512,
            uploads: 64,
            listeners: 512,
            per_second: NonZeroU32::new(200).expect("not zero"),
            burst: NonZeroU32::new(1_000).expect("not zero"),
            document_bytes: 8 << 30,
            silence: Duration::from_secs(30),
            headers_within: Duration::from_secs(15),
        }
    }
}

/// The limits of a service.
#[derive(Debug)]
pub struct Limits {
    /// What they are.
    pub bounds: Bounds,
    requests: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    rate: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(Bounds::default())
    }
}

impl Limits {
    /// Limits of a service with these bounds.
    #[must_use]
    pub fn of(bounds: Bounds) -> Self {
        let quota = Quota::per_second(bounds.per_second).allow_burst(bounds.burst);
        Self {
            requests: Arc::new(Semaphore::new(bounds.requests)),
            uploads: Arc::new(Semaphore::new(bounds.uploads)),
            listeners: Arc::new(Semaphore::new(bounds.listeners)),
            rate: DefaultKeyedRateLimiter::keyed(quota),
            bounds,
        }
    }

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
