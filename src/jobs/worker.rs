//! The loop that takes items, keeps their leases alive while they are worked on, and settles them.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::sync::Semaphore;
use tokio::time;
use tokio::time::Instant;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Act;
use crate::audit::Actor;
use crate::jobs::Queue;
use crate::jobs::Registers;
use crate::jobs::correcting;
use crate::jobs::examining;
use crate::jobs::rejudging;
use crate::jobs::unpacking;
use crate::rules::RuleSet;
use crate::sandbox;
use crate::storage;
use crate::storage::Store;
use crate::storage::blobs::Blobs;
use crate::storage::documents::document_id;
use crate::storage::items::Claimed;
use crate::storage::items::ItemKind;
use crate::storage::items::Settlement;
use crate::storage::scans;
use crate::verify::Outcome;

/// How long a worker waits before it asks for work again that nobody told it of.
const POLL: Duration = Duration::from_secs(1);
/// How long a worker waits when the queue failed.
const RECOVERY: Duration = Duration::from_secs(5);
/// How often it is noted how many pages of a document were examined. Chosen: people watch it, and most documents take no longer.
const NOTED: Duration = Duration::from_secs(1);
/// Signs of life within the length of a lease.
const BEATS: u32 = 3;

/// What working needs.
#[derive(Clone, Debug)]
pub struct Workshop {
    /// The store.
    pub store: Store,
    /// Where work goes and comes from.
    pub queue: Arc<dyn Queue>,
    /// The scans.
    pub blobs: Blobs,
    /// The register.
    pub registers: Arc<Registers>,
    /// The rules that findings cite.
    pub rules: Arc<RuleSet>,
    /// How documents are read.
    pub options: sandbox::Options,
    /// Told when work has come, by whoever is in the same process.
    pub wake: Arc<Notify>,
}

/// A worker.
#[derive(Clone, Debug)]
pub struct Worker {
    workshop: Workshop,
    at_once: NonZeroUsize,
    /// The revision of the register that results were judged again by.
    judged: Arc<AtomicU64>,
}

impl Worker {
    /// A worker that does `at_once` items at a time.
    #[must_use]
    pub fn new(workshop: Workshop, at_once: NonZeroUsize) -> Self {
        Self {
            workshop,
            at_once,
            judged: Arc::new(AtomicU64::new(u64::MAX)),
        }
    }

    /// Works until it is told to stop; what it has begun it finishes.
    pub async fn run(&self, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.at_once.get()));
        let tracker = TaskTracker::new();
        loop {
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            if let Err(error) = self.catch_up().await {
                tracing::error!(%error, "the register cannot be read: nothing is examined");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = time::sleep(RECOVERY) => continue,
                }
            }
            // Before the queue is asked: what comes in between must not be missed.
            let woken = self.workshop.wake.notified();
            match self.workshop.queue.claim(1, Timestamp::now()).await {
                Ok(claimed) => match claimed.into_iter().next() {
                    Some(claimed) => {
                        let worker = self.clone();
                        tracker.spawn(async move {
                            worker.work(&claimed).await;
                            drop(place);
                        });
                        continue;
                    }
                    None => tokio::select! {
                        () = stop.cancelled() => break,
                        () = woken => {}
                        () = time::sleep(POLL) => {}
                    },
                },
                Err(error) => {
                    tracing::error!(%error, "the queue failed");
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = time::sleep(RECOVERY) => {}
                    }
                }
            }
        }
        tracker.close();
        tracker.wait().await;
    }

    /// Works until nothing waits and nothing is worked on: for a command that ends by itself. `on_item` is told of each item
    /// that was settled.
    ///
    /// # Errors
    /// If the queue fails, or the register cannot be read.
    pub async fn run_out(
        &self,
        stop: CancellationToken,
        on_item: impl Fn() + Send + Sync,
    ) -> Result<(), storage::Error> {
        self.catch_up().await?;
        let on_item = &on_item;
        let lane = |_| {
            let stop = stop.clone();
            async move {
                while !stop.is_cancelled() {
                    let claimed = self.workshop.queue.claim(1, Timestamp::now()).await?;
                    let Some(claimed) = claimed.into_iter().next() else {
                        return Ok(());
                    };
                    self.work(&claimed).await;
                    on_item();
                }
                Ok(())
            }
        };
        let lanes = (0..self.at_once.get()).map(lane);
        futures_util::future::try_join_all(lanes).await.map(|_| ())
    }

    /// Judges again what the register's changes touch.
    async fn catch_up(&self) -> Result<(), storage::Error> {
        let workshop = &self.workshop;
        let revision = workshop.registers.latest().await?.revision;
        // Pages and documents in work ask for the register too: who has it first is no matter.
        if self.judged.swap(revision, Ordering::Relaxed) == revision {
            return Ok(());
        }
        match rejudging::catch_up(&workshop.registers, &workshop.rules, |_| {}).await {
            Ok(caught_up) => {
                for judged in [caught_up.compared, caught_up.judged].into_iter().flatten() {
                    tracing::info!(
                        results = judged.results,
                        changed = judged.changed,
                        "results were judged again"
                    );
                }
            }
            Err(error) => tracing::error!(%error, "results were not judged again"),
        }
        // What a worker examined anew that was lost before it came to this.
        self.correct(None).await;
        self.workshop.wake.notify_waiters();
        Ok(())
    }

    /// Brings what people corrected before to what was examined anew: of one document, or of all.
    async fn correct(&self, only: Option<&str>) {
        let Workshop {
            store, registers, ..
        } = &self.workshop;
        let law = (&**registers, &self.workshop.rules);
        let act = Act {
            who: Actor::Program,
            at: Timestamp::now(),
        };
        let correcting = async {
            for document in store.uncorrected(only).await? {
                let came_to = correcting::correct(law, (&document, &[]), &act).await?;
                if came_to != correcting::Corrected::Done {
                    tracing::warn!(
                        document = document.id,
                        ?came_to,
                        "its corrections do not count"
                    );
                }
            }
            Ok::<(), storage::Error>(())
        };
        if let Err(error) = correcting.await {
            tracing::error!(%error, "what was corrected before does not count; tried again with the register's next revision");
        }
    }

    /// Does one item, with signs of life; one that was given to somebody else is left.
    async fn work(&self, claimed: &Claimed) {
        let pages = Arc::new(AtomicU32::new(0));
        let doing = async {
            match claimed.kind {
                ItemKind::Document => {
                    examining::examine(&self.workshop, claimed, Arc::clone(&pages)).await
                }
                ItemKind::Archive => unpacking::unpack(&self.workshop, claimed).await,
            }
        };
        let mut doing = std::pin::pin!(doing);
        let queue = &self.workshop.queue;
        let every = |period| {
            let mut every = time::interval_at(Instant::now() + period, period);
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            every
        };
        let mut beats = every(queue.lease().unsigned_abs() / BEATS);
        let (mut looks, mut noted) = (every(NOTED), 0);
        let settlement = loop {
            tokio::select! {
                settlement = &mut doing => break settlement,
                _ = beats.tick() => {
                    let renewed = queue.renew(claimed, Timestamp::now()).await;
                    if matches!(renewed, Ok(false)) {
                        tracing::warn!(item = claimed.item, "the lease was lost");
                        return;
                    }
                }
                _ = looks.tick() => {
                    let examined = pages.load(Ordering::Relaxed);
                    if examined != noted {
                        noted = examined;
                        self.note(claimed, examined).await;
                    }
                }
            }
        };
        self.settle(claimed, &settlement).await;
    }

    /// Tells how far a document is.
    async fn note(&self, claimed: &Claimed, pages: u32) {
        if let Err(error) = self.workshop.store.note_pages(claimed, pages).await {
            tracing::warn!(%error, item = claimed.item, "how far it is cannot be noted");
        }
        self.workshop.wake.notify_waiters();
    }

    async fn settle(&self, claimed: &Claimed, settlement: &Settlement) {
        let settled = self
            .workshop
            .queue
            .settle(claimed, settlement, Timestamp::now())
            .await;
        match settled {
            Ok(true) => {}
            Ok(false) => return tracing::warn!(item = claimed.item, "the lease was lost"),
            // Its lease runs out, and it comes again.
            Err(error) => return tracing::error!(%error, item = claimed.item, "not settled"),
        }
        if let Settlement::Examined(_) = settlement {
            let document = document_id(&claimed.office, &claimed.sha256);
            self.correct(Some(&document)).await;
        }
        let is_stopped = matches!(
            settlement,
            Settlement::Examined(result) if result.report.outcome == Outcome::Stopped
        );
        let (ended, unwanted) = match settlement {
            Settlement::Examined(_) => ("examined", is_stopped),
            Settlement::Unpacked(_) => ("unpacked", true),
            // An archive that is to be tried again is wanted until then; after the last time, only if its documents are.
            Settlement::Again(..) => ("tried", claimed.kind == ItemKind::Archive),
            Settlement::Failed(_) => ("failed", claimed.kind == ItemKind::Archive),
        };
        metrics::counter!("antin_items_total", "ended" => ended).increment(1);
        if unwanted && let Err(error) = self.forget(claimed, is_stopped).await {
            tracing::error!(%error, "a scan that is not to be kept cannot be removed; tried again within an hour");
        }
        self.workshop.wake.notify_waiters();
    }

    /// Removes the scan of an item, unless somebody wants it; where it must not be looked at, the archives that it may have
    /// come in too.
    async fn forget(&self, claimed: &Claimed, is_stopped: bool) -> Result<(), scans::Error> {
        let Workshop { store, blobs, .. } = &self.workshop;
        store.drop_scan(blobs, &claimed.sha256).await?;
        if is_stopped {
            store.drop_archives(blobs, &claimed.job).await?;
        }
        Ok(())
    }
}
