//! Another engine behind the queue's trait: one in memory that delivers each item twice and in any order, as engines do that
//! promise at least one delivery. Whoever hands work in and whoever does it are those of the service, unchanged.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use antin::jobs::Queue;
use antin::jobs::Registers;
use antin::jobs::Worker;
use antin::jobs::worker::Workshop;
use antin::registry::Entry;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::storage::Error;
use antin::storage::Store;
use antin::storage::blobs::Arrived;
use antin::storage::blobs::Blobs;
use antin::storage::documents::NewDocument;
use antin::storage::items::Claimed;
use antin::storage::items::Failure;
use antin::storage::items::FailureCode;
use antin::storage::items::ItemKind;
use antin::storage::items::Settlement;
use antin::storage::jobs::Admitted;
use antin::storage::jobs::Arrival;
use antin::storage::jobs::Job;
use antin::storage::scans;
use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::Mutex as AsyncMutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::arrival;
use crate::begun;
use crate::books::by;
use crate::claim;
use crate::later;
use crate::now;
use crate::on_each;

/// Shorter than any examination: three signs of life are due within it.
const SHORT: SignedDuration = SignedDuration::from_millis(30);

/// What happened to an item.
#[derive(Clone, Debug, Default)]
struct Told {
    delivered: usize,
    renewed: usize,
    settled: usize,
    refused: usize,
}

/// The engine; the store is told which item a delivery is of, and has the last word on who finishes it.
#[derive(Debug)]
struct Memory {
    store: Store,
    /// What is still to be delivered.
    waiting: Mutex<Vec<i64>>,
    told: Mutex<HashMap<i64, Told>>,
    /// One at a time learns which items are new.
    putting: AsyncMutex<()>,
    /// How often each item is delivered.
    times: usize,
    /// Whether the first delivery of each item is said to be lost when its worker gives a sign of life.
    loses_first: bool,
}

impl Memory {
    fn of(store: &Store, times: usize, loses_first: bool) -> Arc<Self> {
        Arc::new(Self {
            store: store.clone(),
            waiting: Mutex::default(),
            told: Mutex::default(),
            putting: AsyncMutex::default(),
            times,
            loses_first,
        })
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<i64>> {
        self.waiting.lock().unwrap()
    }

    fn tell<T>(&self, item: i64, what: impl FnOnce(&mut Told) -> T) -> T {
        what(self.told.lock().unwrap().entry(item).or_default())
    }
}

#[async_trait]
impl Queue for Memory {
    fn lease(&self) -> SignedDuration {
        SHORT
    }

    async fn put(
        &self,
        blobs: &Blobs,
        (job, came): (&Job, &[(Arrived, Arrival)]),
        now: Timestamp,
    ) -> Result<Vec<Admitted>, scans::Error> {
        let _putting = self.putting.lock().await;
        let behind = self.store.items(&job.id, None, (0, u32::MAX)).await?;
        let behind = behind.last().map_or(0, |item| item.position);
        let admitted = self.store.take_in(blobs, (job, came), now).await?;
        let new = self.store.items(&job.id, None, (behind, u32::MAX)).await?;
        let mut waiting = self.waiting();
        for item in new {
            waiting.extend(std::iter::repeat_n(item.position, self.times));
        }
        fastrand::Rng::with_seed(7).shuffle(&mut waiting);
        Ok(admitted)
    }

    async fn retry(&self, job: &str) -> Result<u64, Error> {
        self.store.retry_job(job).await
    }

    async fn claim(&self, _: u32, now: Timestamp) -> Result<Vec<Claimed>, Error> {
        loop {
            let Some(item) = self.waiting().pop() else {
                return Ok(Vec::new());
            };
            let delivery = self.tell(item, |told| {
                told.delivered += 1;
                told.delivered
            });
            let lease = format!("{item}, delivery {delivery}");
            // Finished already: the engine is told so, and delivers the next.
            if let Some(claimed) = self.store.take_item(item, &lease, (now, SHORT)).await? {
                return Ok(vec![claimed]);
            }
        }
    }

    async fn renew(&self, claimed: &Claimed, now: Timestamp) -> Result<bool, Error> {
        self.tell(claimed.item, |told| told.renewed += 1);
        if self.loses_first && claimed.attempts == 1 {
            return Ok(false);
        }
        self.store.renew_lease(claimed, (now, SHORT)).await
    }

    async fn settle(
        &self,
        claimed: &Claimed,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let settled = self.store.settle_item(claimed, settlement, now).await?;
        self.tell(claimed.item, |told| match settled {
            true => told.settled += 1,
            false => told.refused += 1,
        });
        Ok(settled)
    }
}

/// What a worker needs, with the engine in the place of the store's own queue.
fn workshop(store: &Store, queue: Arc<dyn Queue>, folder: &Path) -> Workshop {
    let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
    Workshop {
        store: store.clone(),
        queue,
        blobs: Blobs::under(folder).unwrap(),
        registers: Arc::new(Registers::of(store.clone(), options.clone())),
        rules: Arc::new(RuleSet::shipped().clone()),
        options,
        wake: Arc::new(Notify::new()),
    }
}

/// Hands in files as uploads are.
async fn handed_in(workshop: &Workshop, job: &Job, files: &[(&str, ItemKind, Vec<u8>)]) {
    let mut came = Vec::new();
    for (name, kind, bytes) in files {
        let bytes = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes)]);
        let arrived = workshop.blobs.receive(bytes, u64::MAX).await.unwrap();
        let arrival = Arrival {
            document: NewDocument {
                office: job.office.clone(),
                sha256: arrived.sha256.clone(),
                name: (*name).to_owned(),
                bytes: arrived.bytes,
                by: None,
            },
            kind: *kind,
            idempotency_key: None,
        };
        came.push((arrived, arrival));
    }
    let Workshop { queue, blobs, .. } = workshop;
    let put = queue.put(blobs, (job, &came), Timestamp::now()).await;
    assert_eq!(put.unwrap().len(), files.len());
}

fn scan(name: &str) -> Vec<u8> {
    std::fs::read(Path::new("fixtures/demo/docs").join(name)).unwrap()
}

/// An archive of two documents.
fn archive() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["14-no-seal.pdf", "17-cut-off.pdf"] {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut archive, &scan(name)).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn an_engine_that_delivers_twice_and_in_any_order_leaves_each_result_once() {
    on_each("twice", async |store| {
        let folder = tempfile::tempdir().unwrap();
        let queue = Memory::of(&store, 2, false);
        let workshop = workshop(&store, queue.clone(), folder.path());
        let job = begun(&store, "j1", "B1").await;
        let files = [
            ("a.pdf", ItemKind::Document, scan("12-unregistered.pdf")),
            ("b.zip", ItemKind::Archive, archive()),
            ("c.pdf", ItemKind::Document, scan("01-genuine-colour.pdf")),
        ];
        handed_in(&workshop, &job, &files).await;
        let worker = Worker::new(workshop, NonZeroUsize::new(3).unwrap());
        let run = worker.run_out(CancellationToken::new(), || {}).await;
        run.unwrap();
        let progress = store.progress("j1").await.unwrap();
        assert_eq!((progress.items, progress.done), (5, 5), "{progress:?}");
        assert_eq!(store.result_count().await.unwrap(), 4);
        let told = queue.told.lock().unwrap().clone();
        assert_eq!(told.len(), 5, "what an archive holds goes the same way");
        let all: Vec<_> = told.into_values().collect();
        for own in &all {
            assert_eq!((own.delivered, own.settled), (2, 1), "{all:?}");
        }
        let renewed: usize = all.iter().map(|own| own.renewed).sum();
        assert!(renewed > 0, "no sign of life was given: {all:?}");
        for item in store.items("j1", None, (0, 9)).await.unwrap() {
            let document = item.document.is_some();
            assert_eq!(item.outcome.is_some(), document, "{item:?}");
        }
    });
}

#[test]
fn a_worker_gives_signs_of_life_and_gives_up_what_another_was_given() {
    on_each("heartbeat", async |store| {
        let folder = tempfile::tempdir().unwrap();
        let queue = Memory::of(&store, 1, true);
        let workshop = workshop(&store, queue.clone(), folder.path());
        let job = begun(&store, "j1", "B1").await;
        let file = ("a.pdf", ItemKind::Document, scan("12-unregistered.pdf"));
        handed_in(&workshop, &job, &[file]).await;
        let worker = Worker::new(workshop, NonZeroUsize::MIN);
        let run = async || {
            let run = worker.run_out(CancellationToken::new(), || {}).await;
            run.unwrap();
            let told = queue.told.lock().unwrap().values().next().unwrap().clone();
            (told, store.progress("j1").await.unwrap())
        };
        let (first, progress) = run().await;
        assert_eq!((first.delivered, first.renewed), (1, 1), "{first:?}");
        assert_eq!(first.settled + first.refused, 0, "it was not given up");
        assert_eq!((progress.working, progress.done), (1, 0));
        // Delivered again, it is kept alive until it is done.
        let item = *queue.told.lock().unwrap().keys().next().unwrap();
        queue.waiting().push(item);
        let (second, progress) = run().await;
        assert!(second.renewed > 2, "{second:?}");
        assert_eq!((second.settled, second.refused), (1, 0), "{second:?}");
        assert_eq!(progress.done, 1);
    });
}

#[test]
fn a_revision_that_somebody_else_read_first_is_judged_by_all_the_same() {
    on_each("read_first", async |store| {
        let folder = tempfile::tempdir().unwrap();
        let workshop = workshop(&store, Memory::of(&store, 1, false), folder.path());
        let content = [("body", "B1"), ("level", "commune")];
        let content = content.map(|(column, text)| (column.to_owned(), text.to_owned()));
        let body = Entry {
            kind: "body".into(),
            key: "B1".into(),
            content: content.into(),
            ..Entry::default()
        };
        let recorded = store
            .record_entries(&[body], "bodies.csv", &by(now()))
            .await;
        recorded.unwrap();
        assert!(!store.news().await.unwrap().is_none());
        // A page shows the register before the worker comes to it.
        workshop.registers.latest().await.unwrap();
        let worker = Worker::new(workshop, NonZeroUsize::MIN);
        let run = worker.run_out(CancellationToken::new(), || {}).await;
        run.unwrap();
        assert!(
            store.news().await.unwrap().is_none(),
            "it was not judged by"
        );
    });
}

#[test]
fn pages_are_counted_while_a_document_is_examined_and_by_whoever_holds_it() {
    on_each("pages", async |store| {
        let job = begun(&store, "j1", "B1").await;
        store
            .admit(&job, &[arrival("B1", 1, "a.pdf")], now())
            .await
            .unwrap();
        let pages = async || {
            let item = store.items("j1", None, (0, 1)).await.unwrap().remove(0);
            (item.pages, store.progress("j1").await.unwrap().pages)
        };
        let first = claim(&store, "a", now()).await.remove(0);
        assert_eq!(pages().await, (None, 0));
        for examined in [3, 5] {
            store.note_pages(&first, examined).await.unwrap();
            assert_eq!(pages().await, (Some(examined), u64::from(examined)));
        }
        // Given to another, who begins at the first page; the first one has no say any more.
        let second = claim(&store, "b", later(70)).await.remove(0);
        assert_eq!(pages().await, (None, 0));
        store.note_pages(&first, 6).await.unwrap();
        assert_eq!(pages().await, (None, 0));
        store.note_pages(&second, 2).await.unwrap();
        assert_eq!(pages().await, (Some(2), 2));
        let failure = Failure::new(FailureCode::Limit, "a limit was hit");
        let failed = Settlement::Failed(failure);
        let settled = store.settle_item(&second, &failed, now());
        assert!(settled.await.unwrap());
        assert_eq!(pages().await, (None, 0), "nothing came of them");
    });
}
