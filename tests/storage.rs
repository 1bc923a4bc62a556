//! The store's contract, on both databases; and that of scans, in a folder and in a bucket.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_assert_message,
    reason = "a panic is how a test fails, in what several tests share too"
)]

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::LazyLock;

use antin::registry::Entry;
use antin::storage::Store;
use antin::storage::blobs;
use antin::storage::blobs::Blobs;
use antin::storage::documents::DocumentFilter;
use antin::storage::documents::DocumentState;
use antin::storage::documents::NewDocument;
use antin::storage::documents::document_id;
use antin::storage::items::ATTEMPTS_MAX;
use antin::storage::items::Claimed;
use antin::storage::items::Failure;
use antin::storage::items::FailureCode;
use antin::storage::items::ItemKind;
use antin::storage::items::ItemState;
use antin::storage::items::Settlement;
use antin::storage::jobs::Arrival;
use antin::storage::jobs::Job;
use antin::storage::jobs::JobState;
use antin::storage::jobs::NewJob;
use antin::storage::jobs::Terms;
use antin::storage::results::NewResult;
use antin::verify::Outcome;
use antin::verify::Report;
use jiff::SignedDuration;
use jiff::Timestamp;
use object_store::aws::AmazonS3Builder;
use serde_json::json;

#[path = "storage/books.rs"]
mod books;
#[path = "servers/bucket.rs"]
mod bucket;
#[path = "storage/families.rs"]
mod families;
#[path = "storage/forgetting.rs"]
mod forgetting;
#[path = "servers/postgres.rs"]
mod postgres;
#[path = "storage/queue.rs"]
mod queue;
#[path = "storage/sharing.rs"]
mod sharing;

static POSTGRES: LazyLock<postgres::Postgres> = LazyLock::new(postgres::Postgres::start);

/// Runs a test on a new store of each kind.
fn on_each<F: Future<Output = ()>>(name: &str, test: impl Fn(Store) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let embedded = Store::open(&folder.path().join("sqlite")).await.unwrap();
        test(embedded.clone()).await;
        embedded.close().await;
        let served = folder.path().join("postgres");
        let served = Store::connect(&POSTGRES.database(name), &served)
            .await
            .unwrap();
        test(served.clone()).await;
        served.close().await;
    });
}

fn now() -> Timestamp {
    "2026-11-28T08:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn digest(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

fn arrival(office: &str, n: u8, name: &str) -> Arrival {
    Arrival {
        document: NewDocument {
            office: office.into(),
            sha256: digest(n),
            name: name.into(),
            bytes: 100,
            by: Some("lan".into()),
        },
        kind: ItemKind::Document,
        idempotency_key: None,
    }
}

async fn begun(store: &Store, id: &str, office: &str) -> Job {
    let new = NewJob {
        id: id.into(),
        office: office.into(),
        name: "Kho năm 2024".into(),
        by: Some("lan".into()),
        terms: Terms::default(),
    };
    store.begin_job(&new, now()).await.unwrap();
    store.begin_job(&new, now()).await.unwrap();
    store.job(id).await.unwrap().unwrap()
}

fn result(sha256: &str, outcome: Outcome) -> NewResult {
    let report: Report = serde_json::from_value(json!({
        "schema": "antin.report/1", "engine": "antin test", "policy": "default/1", "register": {"revision": 0},
        "document": {"path": sha256, "sha256": sha256, "pages": 1, "reason": null,
            "date": {"claimed": null, "source": "unknown", "not_after": null, "proof": null}},
        "outcome": outcome, "pages": [], "impressions": [], "findings": []
    }))
    .unwrap();
    NewResult {
        report,
        claim: None,
        crops: None,
        keys: Vec::new(),
        dies: Vec::new(),
    }
}

async fn claim(store: &Store, lease: &str, at: Timestamp) -> Vec<Claimed> {
    store.claim_items(lease, 1, (at, LEASE)).await.unwrap()
}

#[test]
fn entries_are_recorded_once_in_order() {
    on_each("entries", async |store| {
        let entry = |reason: &str| Entry {
            kind: "withdrawal".into(),
            key: "a".into(),
            content: [("reason".to_owned(), reason.to_owned())].into(),
            ..Entry::default()
        };
        let named = Entry {
            recorded_by: Some("Minh".into()),
            ..entry("二")
        };
        let given = [entry("một"), named, entry("một")];
        let recording = store
            .record_entries(&given, "a.csv", &books::by(now()))
            .await
            .unwrap();
        let changes = recording.changes;
        assert_eq!((changes.entries_added, changes.entries_known), (2, 1));
        assert_eq!(store.revision().await.unwrap(), 1);
        let read = store.entries().await.unwrap();
        let read: Vec<_> = read.into_iter().map(|recorded| recorded.entry).collect();
        // In the name of whoever records, whomever a row names.
        assert_eq!(
            read,
            [&given[0], &given[1]].map(|own| books::by_lan(own.clone()))
        );
    });
}

#[test]
fn the_same_bytes_are_one_document_of_an_office_and_another_of_another() {
    on_each("documents", async |store| {
        let job = begun(&store, "j1", "B1").await;
        let other = begun(&store, "j2", "B2").await;
        let first = store
            .admit(&job, &[arrival("B1", 1, "a.pdf")], now())
            .await
            .unwrap();
        let again = store
            .admit(&job, &[arrival("B1", 1, "b.pdf")], now())
            .await
            .unwrap();
        let apart = store
            .admit(&other, &[arrival("B2", 1, "a.pdf")], now())
            .await
            .unwrap();
        assert!(first[0].is_new && !again[0].is_new && apart[0].is_new);
        assert_eq!(first[0].document, again[0].document);
        assert_eq!(first[0].document, Some(document_id("B1", &digest(1))));
        assert_ne!(first[0].document, apart[0].document);
        let of = async |office: Option<&str>, text: Option<&str>| {
            let filter = DocumentFilter {
                office: office.map(Into::into),
                text: text.map(Into::into),
                ..DocumentFilter::default()
            };
            let found = store.documents(&filter, 10).await.unwrap();
            found.into_iter().map(|one| one.office).collect::<Vec<_>>()
        };
        assert_eq!(of(None, None).await, ["B2", "B1"]);
        assert_eq!(of(Some("B1"), Some("A.PD")).await, ["B1"]);
        // What is meant as a pattern by whoever asks is none.
        assert_eq!(of(None, Some("%")).await, [""; 0]);
        assert_eq!(of(None, Some("' or 1=1 --")).await, [""; 0]);
    });
}

#[test]
fn an_item_is_one_workers_until_its_lease_ends_and_is_finished_once() {
    on_each("items", async |store| {
        let job = begun(&store, "j1", "").await;
        store
            .admit(&job, &[arrival("", 1, "a.pdf")], now())
            .await
            .unwrap();
        let first = claim(&store, "one", now()).await;
        assert_eq!((first.len(), first[0].attempts), (1, 1));
        assert_eq!(claim(&store, "two", later(30)).await, []);
        assert!(
            store
                .renew_lease(&first[0], (later(50), LEASE))
                .await
                .unwrap()
        );
        assert_eq!(claim(&store, "two", later(100)).await, []);
        // Lost: another takes it, and what the first says then changes nothing.
        let second = claim(&store, "two", later(111)).await;
        assert_eq!(second[0].attempts, 2);
        assert!(
            !store
                .renew_lease(&first[0], (later(112), LEASE))
                .await
                .unwrap()
        );
        let examined = |outcome| Settlement::Examined(Box::new(result(&digest(1), outcome)));
        let late = store
            .settle_item(&first[0], &examined(Outcome::Flag), later(112))
            .await;
        assert!(!late.unwrap());
        assert_eq!(store.result_count().await.unwrap(), 0);
        let settled = store
            .settle_item(&second[0], &examined(Outcome::Pass), later(113))
            .await;
        assert!(settled.unwrap());
        let settled = store
            .settle_item(&second[0], &examined(Outcome::Flag), later(114))
            .await;
        assert!(!settled.unwrap(), "settled twice");
        assert_eq!(store.result_count().await.unwrap(), 1);
        let progress = store.progress("j1").await.unwrap();
        assert!(progress.is_over() && progress.done == 1);
        let document = store
            .document(&document_id("", &digest(1)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(document.outcome, Some(Outcome::Pass));
        let report = store.report(&document).await.unwrap().unwrap();
        assert_eq!(report.document.path, "a.pdf");
    });
}

#[test]
fn what_goes_wrong_is_tried_three_times_and_then_listed_with_its_reason() {
    on_each("tries", async |store| {
        let job = begun(&store, "j1", "").await;
        store
            .admit(&job, &[arrival("", 1, "a.pdf")], now())
            .await
            .unwrap();
        for attempt in 1..=ATTEMPTS_MAX {
            let at = later(100 * attempt);
            let claimed = claim(&store, &format!("lease {attempt}"), at).await;
            assert_eq!(claimed[0].attempts, attempt);
            let failure = Failure::new(FailureCode::Limit, "out of memory");
            let again = Settlement::Again(failure, at + SignedDuration::from_secs(20));
            assert!(store.settle_item(&claimed[0], &again, at).await.unwrap());
            assert_eq!(
                claim(&store, "early", at).await,
                [],
                "it is left alone for a while"
            );
        }
        assert_eq!(claim(&store, "fourth", later(10_000)).await, []);
        let failed = store
            .items("j1", Some(ItemState::Failed), (0, 10))
            .await
            .unwrap();
        assert_eq!(failed[0].reason.as_deref(), Some("out of memory"));
        assert_eq!(failed[0].code, Some(FailureCode::Limit));
        assert_eq!(store.retry_job("j1").await.unwrap(), 1);
        assert_eq!(claim(&store, "anew", later(10_000)).await[0].attempts, 1);
        // Workers that are lost each time, too.
        for attempt in 2..=ATTEMPTS_MAX {
            let at = later(20_000 * attempt);
            assert_eq!(claim(&store, &format!("lost {attempt}"), at).await.len(), 1);
        }
        assert_eq!(claim(&store, "last", later(200_000)).await, []);
        let failed = store
            .items("j1", Some(ItemState::Failed), (0, 10))
            .await
            .unwrap();
        assert_eq!(failed.len(), 1);
    });
}

#[test]
fn jobs_take_turns_and_are_paused_resumed_and_cancelled() {
    on_each("jobs", async |store| {
        let archive = begun(&store, "archive", "").await;
        let many: Vec<Arrival> = (0..50)
            .map(|n| arrival("", n, &format!("{n}.pdf")))
            .collect();
        store.admit(&archive, &many, now()).await.unwrap();
        let single = begun(&store, "single", "").await;
        store
            .admit(&single, &[arrival("", 200, "now.pdf")], now())
            .await
            .unwrap();
        let claimed = store.claim_items("a", 2, (now(), LEASE)).await.unwrap();
        let jobs: BTreeSet<&str> = claimed.iter().map(|one| one.job.as_str()).collect();
        assert_eq!(jobs, ["archive", "single"].into());
        assert!(
            store
                .set_job_state("archive", JobState::Paused)
                .await
                .unwrap()
        );
        assert_eq!(claim(&store, "b", now()).await, []);
        assert!(
            store
                .set_job_state("archive", JobState::Running)
                .await
                .unwrap()
        );
        assert_eq!(claim(&store, "c", now()).await.len(), 1);
        assert!(
            store
                .set_job_state("archive", JobState::Cancelled)
                .await
                .unwrap()
        );
        assert!(
            !store
                .set_job_state("archive", JobState::Running)
                .await
                .unwrap()
        );
        let progress = store.progress("archive").await.unwrap();
        assert_eq!((progress.cancelled, progress.working), (48, 2));
    });
}

#[test]
fn of_what_is_secret_the_digest_and_that_fact_alone_stay() {
    on_each("secret", async |store| {
        for (id, office) in [("j1", "B1"), ("j2", "B2")] {
            let job = begun(&store, id, office).await;
            let named = Arrival {
                idempotency_key: Some("Tối mật".into()),
                ..arrival(office, 1, "Tối mật của ông A.pdf")
            };
            store.admit(&job, &[named], now()).await.unwrap();
        }
        let claimed = claim(&store, "a", now()).await;
        let stopped = Settlement::Examined(Box::new(result(&digest(1), Outcome::Stopped)));
        let settled = store.settle_item(&claimed[0], &stopped, now());
        assert!(settled.await.unwrap());
        assert!(!store.is_wanted(&digest(1)).await.unwrap());
        for office in ["B1", "B2"] {
            let id = document_id(office, &digest(1));
            let document = store.document(&id).await.unwrap().unwrap();
            assert_eq!(
                (document.state, document.name.as_str()),
                (DocumentState::Stopped, "")
            );
            let earlier = store.earlier(office, "Tối mật").await.unwrap();
            assert!(earlier.is_none(), "{office}");
        }
        for job in ["j1", "j2"] {
            let items = store.items(job, None, (0, 10)).await.unwrap();
            assert!(!items[0].name.contains("mật"), "{}", items[0].name);
        }
    });
}

#[test]
fn many_workers_at_once_take_each_item_once() {
    on_each("race", async |store| {
        let job = begun(&store, "j1", "").await;
        let many: Vec<Arrival> = (0..60)
            .map(|n| arrival("", n, &format!("{n}.pdf")))
            .collect();
        store.admit(&job, &many, now()).await.unwrap();
        let worker = |worker: usize| {
            let store = store.clone();
            async move {
                let mut taken = Vec::new();
                for round in 0.. {
                    let lease = format!("{worker} {round}");
                    let claimed = store.claim_items(&lease, 3, (now(), LEASE)).await.unwrap();
                    if claimed.is_empty() {
                        break;
                    }
                    taken.extend(claimed.into_iter().map(|one| one.item));
                }
                taken
            }
        };
        let all = futures_util::future::join_all((0..6).map(worker)).await;
        let all: Vec<i64> = all.into_iter().flatten().collect();
        assert_eq!(all.len(), 60);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 60);
    });
}

async fn keeps_scans(blobs: &Blobs) {
    let chunks = |bytes: &'static [u8]| {
        let chunks: Vec<Result<&[u8], std::io::Error>> = bytes.chunks(3).map(Ok).collect();
        futures_util::stream::iter(chunks)
    };
    let arrived = blobs
        .receive(chunks(b"a scan of a seal"), 1_000)
        .await
        .unwrap();
    // FIPS 180-4 by `sha256sum`.
    let sha256 = arrived.sha256.clone();
    assert_eq!(
        (arrived.bytes, arrived.start.as_slice()),
        (16, &b"a scan of a seal"[..])
    );
    assert!(matches!(
        blobs.open(&sha256).await,
        Err(blobs::Error::Missing(_))
    ));
    blobs.keep(&arrived).await.unwrap();
    let again = blobs
        .receive(chunks(b"a scan of a seal"), 1_000)
        .await
        .unwrap();
    blobs.keep(&again).await.unwrap();
    let opened = blobs.open(&sha256).await.unwrap();
    assert_eq!(std::fs::read(opened.path()).unwrap(), b"a scan of a seal");
    assert!(blobs.is_reachable().await);
    let many = blobs.receive(chunks(b"a scan of a seal"), 15).await;
    assert!(matches!(many, Err(blobs::Error::TooLarge(15))));
    let broken: [Result<&[u8], _>; 2] = [Ok(b"half"), Err(std::io::Error::other("gone"))];
    let broken = blobs
        .receive(futures_util::stream::iter(broken), 1_000)
        .await;
    assert!(matches!(broken, Err(blobs::Error::Broken(_))));
    for hostile in ["../../etc/passwd", "", "/", &"g".repeat(64)] {
        assert!(blobs.open(hostile).await.is_err(), "{hostile}");
    }
    blobs.remove(&sha256).await.unwrap();
    blobs.remove(&sha256).await.unwrap();
    assert!(matches!(
        blobs.open(&sha256).await,
        Err(blobs::Error::Missing(_))
    ));
}

fn left(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("incoming")).unwrap().count()
}

#[tokio::test]
async fn scans_are_kept_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    keeps_scans(&Blobs::under(folder.path()).unwrap()).await;
    assert_eq!(left(folder.path()), 0, "nothing is left half-way");
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_are_kept_in_a_bucket() {
    let (buckets, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir(buckets.path().join("scans")).unwrap();
    let address = bucket::serve(buckets.path()).await;
    // A second default is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = AmazonS3Builder::new()
        .with_endpoint(format!("http://{address}"))
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_bucket_name("scans")
        .with_access_key_id(bucket::ACCESS_KEY)
        .with_secret_access_key(bucket::SECRET_KEY)
        .build()
        .unwrap();
    let blobs = Blobs::in_bucket(Arc::new(store), "office", folder.path()).unwrap();
    keeps_scans(&blobs).await;
    assert_eq!(left(folder.path()), 0, "nothing is left half-way");
    assert!(Blobs::at("gs://scans", folder.path()).is_err());
}
