//! What must not be kept, and what must: scans with the rows that want them, on both databases.

use std::fs::File;
use std::time::Duration;
use std::time::SystemTime;

use antin::accounts::Person;
use antin::accounts::Role;
use antin::audit::Act;
use antin::audit::Actor;
use antin::retention::Kept;
use antin::retention::Periods;
use antin::storage::Store;
use antin::storage::accounts::NewPerson;
use antin::storage::blobs::Arrived;
use antin::storage::blobs::Blobs;
use antin::storage::documents::NewDocument;
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
use antin::storage::retention::Today;
use antin::storage::uploads::Upload;
use antin::verify::Outcome;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use crate::LEASE;
use crate::arrival;
use crate::begun;
use crate::claim;
use crate::digest;
use crate::later;
use crate::now;
use crate::on_each;
use crate::result;

const SECRET: &str = "Tối mật của ông A.pdf";

fn act() -> Act {
    Act {
        who: Actor::Program,
        at: now(),
    }
}

async fn job_named(store: &Store, id: &str, name: &str) -> Job {
    let new = NewJob {
        id: id.into(),
        office: "B1".into(),
        name: name.into(),
        by: Some("lan".into()),
        terms: Terms::default(),
    };
    store.begin_job(&new, now()).await.unwrap();
    store.job(id).await.unwrap().unwrap()
}

async fn settle(store: &Store, claimed: &Claimed, settlement: Settlement) {
    let settled = store.settle_item(claimed, &settlement, now()).await;
    assert!(settled.unwrap());
}

fn stopped(sha256: &str) -> Settlement {
    Settlement::Examined(Box::new(result(sha256, Outcome::Stopped)))
}

async fn uploaded(store: &Store, id: &str, sha256: &str, is_answered: bool) {
    let upload = Upload {
        id: id.into(),
        login: "lan".into(),
        how: format!(r#"{{"name":"{SECRET}"}}"#),
        length: 100,
        arrived: 0,
        handed: None,
    };
    assert!(store.begin_upload(&upload, 10, now()).await.unwrap());
    let handed = format!(r#"{{"job":"j1","sha256":"{sha256}","name":"{SECRET}"}}"#);
    store.upload_is(id, sha256).await.unwrap();
    // Whoever took it in may have been ended before it said what it was handed in as.
    let handed = is_answered.then_some(handed.as_str());
    let stands = store.upload_stands(id, (100, handed), now());
    stands.await.unwrap();
}

#[test]
fn what_was_begun_by_a_secret_document_is_not_called_as_it_any_more() {
    on_each("names", async |store| {
        let lan = Person::new(
            "lan".parse().unwrap(),
            "Lan",
            (Role::Inspector, None),
            now(),
        );
        let new = NewPerson {
            person: lan.unwrap(),
            password: None,
        };
        store.add_person(&new, &act()).await.unwrap();
        let by_it = job_named(&store, "j1", SECRET).await;
        let other = job_named(&store, "j2", "Kho năm 2024").await;
        for job in [&by_it, &other] {
            let secret = [arrival("B1", 1, SECRET)];
            store.admit(job, &secret, now()).await.unwrap();
        }
        // Called alike, and no document of it: a name that people gave.
        job_named(&store, "j3", SECRET).await;
        uploaded(&store, "answered", &digest(1), true).await;
        uploaded(&store, "ended", &digest(1), false).await;
        uploaded(&store, "other", &digest(2), true).await;
        let claimed = claim(&store, "a", now()).await;
        settle(&store, &claimed[0], stopped(&digest(1))).await;
        let name = async |id: &str| store.job(id).await.unwrap().unwrap().name;
        assert!(!name("j1").await.contains("mật"), "{}", name("j1").await);
        assert_eq!(name("j2").await, "Kho năm 2024");
        assert_eq!(name("j3").await, SECRET);
        for (id, stays) in [("answered", false), ("ended", false), ("other", true)] {
            assert_eq!(store.upload(id).await.unwrap().is_some(), stays, "{id}");
        }
        // Said by whoever took it in, and outlived that it was stopped.
        let stands = store.upload_stands("ended", (100, Some(SECRET)), now());
        stands.await.unwrap();
        assert_eq!(store.upload("ended").await.unwrap(), None);
    });
}

struct Scans {
    blobs: Blobs,
    folder: TempDir,
}

impl Scans {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::under(folder.path()).unwrap();
        Self { blobs, folder }
    }

    fn arrived(&self, bytes: &[u8]) -> Arrived {
        let mut arriving = self.blobs.begin(1_000).unwrap();
        arriving.write(bytes).unwrap();
        arriving.finish().unwrap()
    }

    /// Takes bytes into a job; their digest.
    async fn take_in(&self, store: &Store, job: &Job, bytes: &[u8], kind: ItemKind) -> String {
        let arrived = self.arrived(bytes);
        let sha256 = arrived.sha256.clone();
        let arrival = Arrival {
            document: NewDocument {
                office: job.office.clone(),
                sha256: sha256.clone(),
                name: format!("{} bytes", bytes.len()),
                bytes: arrived.bytes,
                by: None,
            },
            kind,
            idempotency_key: None,
        };
        let came = [(arrived, arrival)];
        let taken = store.take_in(&self.blobs, (job, &came), now());
        taken.await.unwrap();
        sha256
    }

    async fn stands(&self, sha256: &str) -> bool {
        self.blobs.open(sha256).await.is_ok()
    }
}

#[test]
fn a_scan_that_nobody_wants_goes_also_when_its_worker_was_ended() {
    on_each("sweep", async |store| {
        let scans = Scans::new();
        let job = begun(&store, "j1", "B1").await;
        let secret = scans
            .take_in(&store, &job, b"secret", ItemKind::Document)
            .await;
        let kept = scans
            .take_in(&store, &job, b"kept", ItemKind::Document)
            .await;
        // Of another store that has its scans here; and on its way, not taken in yet.
        let foreign = scans.arrived(b"foreign");
        scans.blobs.keep(&foreign).await.unwrap();
        let foreign = foreign.sha256.clone();
        let claimed = claim(&store, "a", now()).await;
        assert_eq!(claimed[0].sha256, secret);
        settle(&store, &claimed[0], stopped(&secret)).await;
        // Whoever settled it is ended here.
        assert!(scans.stands(&secret).await);
        assert_eq!(store.sweep(&scans.blobs).await.unwrap(), 1);
        assert!(!scans.stands(&secret).await, "the secret scan stays");
        assert!(scans.stands(&kept).await);
        assert!(scans.stands(&foreign).await);
        assert_eq!(store.sweep(&scans.blobs).await.unwrap(), 0);
    });
}

#[test]
fn an_upload_that_was_kept_and_never_taken_in_goes_after_hours_and_no_sooner() {
    on_each("leftover", async |store| {
        let scans = Scans::new();
        let job = begun(&store, "j1", "B1").await;
        let wanted = scans
            .take_in(&store, &job, b"wanted", ItemKind::Document)
            .await;
        let left = [&b"never taken in"[..], b"wanted"].map(|bytes| scans.arrived(bytes));
        let lost = left[0].sha256.clone();
        for arrived in &left {
            scans.blobs.keep(arrived).await.unwrap();
        }
        assert_eq!(store.sweep(&scans.blobs).await.unwrap(), 0);
        assert!(scans.stands(&lost).await, "an upload under way is lost");
        // The process that took them is ended: nothing is heard of them for seven hours.
        for arrived in &left {
            let file = File::options().write(true).open(arrived.path()).unwrap();
            let before = SystemTime::now() - Duration::from_secs(7 * 3_600);
            file.set_modified(before).unwrap();
        }
        left.into_iter().for_each(std::mem::forget);
        assert_eq!(store.sweep(&scans.blobs).await.unwrap(), 2);
        assert!(!scans.stands(&lost).await, "what nobody took in stays");
        assert!(scans.stands(&wanted).await);
        let incoming = std::fs::read_dir(scans.folder.path().join("incoming"));
        assert_eq!(incoming.unwrap().count(), 0);
    });
}

/// Claims the next item, which must be this one.
async fn next(store: &Store, lease: &str, sha256: &str) -> Claimed {
    let at = (later(i64::try_from(lease.len()).unwrap()), LEASE);
    let claimed = store.claim_items(lease, 1, at).await.unwrap();
    assert_eq!(claimed[0].sha256, sha256);
    claimed.into_iter().next().unwrap()
}

fn damaged() -> Settlement {
    Settlement::Failed(Failure::new(
        FailureCode::ArchiveDamaged,
        "the archive is damaged",
    ))
}

#[test]
fn a_failed_archive_is_kept_for_another_try_until_its_job_is_cancelled() {
    on_each("archives", async |store| {
        let scans = Scans::new();
        let job = begun(&store, "j1", "B1").await;
        let archive = scans
            .take_in(&store, &job, b"PK\x03\x04", ItemKind::Archive)
            .await;
        for lease in ["a", "b"] {
            let claimed = next(&store, lease, &archive).await;
            settle(&store, &claimed, damaged()).await;
            assert!(!store.drop_scan(&scans.blobs, &archive).await.unwrap());
            assert!(scans.stands(&archive).await, "it cannot be tried again");
            assert_eq!(store.retry_job("j1").await.unwrap(), 1);
        }
        let claimed = next(&store, "c", &archive).await;
        settle(&store, &claimed, damaged()).await;
        let cancelled = store.set_job_state("j1", JobState::Cancelled).await;
        assert!(cancelled.unwrap());
        assert_eq!(store.retry_job("j1").await.unwrap(), 0);
        assert_eq!(store.sweep(&scans.blobs).await.unwrap(), 1);
        assert!(!scans.stands(&archive).await);
        let items = store.items("j1", None, (0, 10)).await.unwrap();
        let reason = items[0].reason.as_deref();
        assert_eq!(reason, Some("the archive is damaged"));
    });
}

#[test]
fn a_failed_archive_goes_when_its_time_is_over_or_what_came_in_it_must_be_forgotten() {
    on_each("ended_archives", async |store| {
        let scans = Scans::new();
        let job = begun(&store, "j1", "B1").await;
        let archive = scans
            .take_in(&store, &job, b"PK\x03\x04 1", ItemKind::Archive)
            .await;
        let claimed = next(&store, "a", &archive).await;
        settle(&store, &claimed, damaged()).await;
        let today = |on| Today {
            on,
            zone: TimeZone::UTC,
            periods: Periods {
                days: [(Kept::Attention, 10)].into(),
            },
        };
        // Begun on 28 November.
        let (last, first) = (
            jiff::civil::date(2026, 12, 8),
            jiff::civil::date(2026, 12, 9),
        );
        store.give_up_archives(&today(last)).await.unwrap();
        assert!(store.is_wanted(&archive).await.unwrap());
        store.give_up_archives(&today(first)).await.unwrap();
        assert!(!store.is_wanted(&archive).await.unwrap());
        let items = store.items("j1", None, (0, 10)).await.unwrap();
        assert_eq!(items[0].state, ItemState::Cancelled);
        assert_eq!(store.retry_job("j1").await.unwrap(), 0);

        let job = begun(&store, "j2", "B1").await;
        let archive = scans
            .take_in(&store, &job, b"PK\x03\x04 2", ItemKind::Archive)
            .await;
        let claimed = next(&store, "bb", &archive).await;
        // It held two documents before the place where it is damaged.
        let secret = scans
            .take_in(&store, &job, b"secret", ItemKind::Document)
            .await;
        settle(&store, &claimed, damaged()).await;
        assert!(store.is_wanted(&archive).await.unwrap());
        let claimed = next(&store, "ccc", &secret).await;
        settle(&store, &claimed, stopped(&secret)).await;
        store.drop_archives(&scans.blobs, "j2").await.unwrap();
        assert!(
            !scans.stands(&archive).await,
            "the secret scan stays in its archive"
        );
        assert_eq!(store.retry_job("j2").await.unwrap(), 0);
    });
}
