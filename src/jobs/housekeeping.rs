//! What is done every hour while the service runs: documents whose time is over go, and so do sessions that ended.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::time;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::audit::Act;
use crate::audit::Actor;
use crate::retention::Periods;
use crate::storage::Store;
use crate::storage::blobs::Blobs;
use crate::storage::blobs::LEFT_FOR;
use crate::storage::retention::Deleted;
use crate::storage::retention::Today;
use crate::storage::scans;

/// How often. Chosen: periods are counted in days.
const EVERY: Duration = Duration::from_secs(3_600);
/// Documents that are deleted at a time; chosen: the rest waits an hour.
const COUNT: usize = 10_000;

/// Deletes documents whose time is over, what people hold no more, uploads that were left, and scans that nobody wants; tells
/// how many documents went.
///
/// # Errors
/// If the database or the place of the scans fails; what is not done yet is done the next time.
pub async fn once(
    store: &Store,
    blobs: &Blobs,
    today: &Today,
    at: Timestamp,
) -> Result<usize, scans::Error> {
    store.sweep_accounts(at).await?;
    for id in store.left_uploads(at - LEFT_FOR).await? {
        blobs.drop_pieces(&id)?;
        store.forget_upload(&id).await?;
    }
    let act = Act {
        who: Actor::Program,
        at,
    };
    let mut count = 0;
    for document in store.due_documents(today, COUNT).await? {
        let deleted = store.delete_document(&document.id, (today, "its time is over"), &act);
        if !matches!(deleted.await?, Deleted::Done(_)) {
            continue;
        }
        count += 1;
        store.drop_scan(blobs, &document.sha256).await?;
    }
    store.give_up_archives(today).await?;
    let swept = store.sweep(blobs).await?;
    if swept > 0 {
        tracing::info!(swept, "scans and uploads that nobody wanted were removed");
    }
    Ok(count)
}

/// Does it now and every hour until it is told to stop.
pub async fn run(store: Store, blobs: Blobs, periods: Periods, stop: CancellationToken) {
    let mut hours = time::interval(EVERY);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(hours.tick()).await.is_some() {
        let (at, zone) = (Timestamp::now(), TimeZone::system());
        let today = Today {
            on: at.to_zoned(zone.clone()).date(),
            zone,
            periods: periods.clone(),
        };
        match once(&store, &blobs, &today, at).await {
            Ok(count) => tracing::info!(count, "documents whose time is over were deleted"),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(
                    error,
                    "what is over could not be deleted; tried again in an hour"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use jiff::SignedDuration;

    use crate::accounts::Person;
    use crate::accounts::Role;
    use crate::audit::Act;
    use crate::audit::Actor;
    use crate::retention::Kept;
    use crate::storage::accounts::NewPerson;
    use crate::storage::documents::DocumentState;
    use crate::storage::documents::NewDocument;
    use crate::storage::documents::document_id;
    use crate::storage::items::ItemKind;
    use crate::storage::jobs::Arrival;
    use crate::storage::jobs::NewJob;
    use crate::storage::jobs::Terms;
    use crate::storage::uploads::Upload;

    #[tokio::test]
    async fn the_scan_of_a_document_whose_time_is_over_goes_when_no_office_wants_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let blobs = Blobs::under(folder.path()).unwrap();
        let mut arriving = blobs.begin(100).unwrap();
        arriving.write(b"scan").unwrap();
        let arrived = arriving.finish().unwrap();
        let sha256 = arrived.sha256.clone();
        blobs.keep(&arrived).await.unwrap();
        for office in ["B1", "B2"] {
            let id = format!("job of {office}");
            let job = NewJob {
                id: id.clone(),
                office: office.into(),
                name: "a job".into(),
                by: None,
                terms: Terms::default(),
            };
            store.begin_job(&job, Timestamp::UNIX_EPOCH).await.unwrap();
            let job = store.job(&id).await.unwrap().unwrap();
            let arrival = Arrival {
                document: NewDocument {
                    office: office.into(),
                    sha256: sha256.clone(),
                    name: "a.pdf".into(),
                    bytes: 4,
                    by: None,
                },
                kind: ItemKind::Document,
                idempotency_key: None,
            };
            store
                .admit(&job, &[arrival], Timestamp::UNIX_EPOCH)
                .await
                .unwrap();
        }
        let kept = document_id("B2", &sha256);
        let act = Act {
            who: Actor::Program,
            at: Timestamp::UNIX_EPOCH,
        };
        let held = store.hold_document(&kept, (Some("case 12"), None), &act);
        assert!(held.await.unwrap());
        let today = Today {
            on: jiff::civil::date(1970, 3, 1),
            zone: TimeZone::UTC,
            periods: Periods {
                days: [(Kept::Attention, 10)].into(),
            },
        };
        let done = async || {
            once(&store, &blobs, &today, Timestamp::UNIX_EPOCH)
                .await
                .unwrap()
        };
        assert_eq!(done().await, 1);
        assert!(
            blobs.open(&sha256).await.is_ok(),
            "the other office's scan is gone"
        );
        let released = store.hold_document(&kept, (None, None), &act);
        assert!(released.await.unwrap());
        assert_eq!(done().await, 1);
        assert!(blobs.open(&sha256).await.is_err());
        let left = store
            .document(&document_id("B1", &sha256))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(left.state, DocumentState::Deleted);
    }

    #[tokio::test]
    async fn an_upload_of_which_nothing_is_heard_for_a_day_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let blobs = Blobs::under(folder.path()).unwrap();
        let act = Act {
            who: Actor::Program,
            at: Timestamp::UNIX_EPOCH,
        };
        let new = NewPerson {
            person: Person::new(
                "lan".parse().unwrap(),
                "Lan",
                (Role::Inspector, None),
                Timestamp::UNIX_EPOCH,
            )
            .unwrap(),
            password: None,
        };
        store.add_person(&new, &act).await.unwrap();
        let hour = |count: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(count);
        for id in ["left", "gone on"] {
            let upload = Upload {
                id: id.into(),
                login: "lan".into(),
                how: "{}".into(),
                length: 9,
                arrived: 0,
                handed: None,
            };
            assert!(store.begin_upload(&upload, 2, hour(0)).await.unwrap());
            blobs.open_pieces(id).unwrap();
        }
        store
            .upload_stands("gone on", (0, None), hour(2))
            .await
            .unwrap();
        let today = Today {
            on: jiff::civil::date(1970, 1, 2),
            zone: TimeZone::UTC,
            periods: Periods::default(),
        };
        once(&store, &blobs, &today, hour(25)).await.unwrap();
        for (id, stays) in [("left", false), ("gone on", true)] {
            assert_eq!(store.upload(id).await.unwrap().is_some(), stays, "{id}");
            assert_eq!(blobs.resume_pieces(id, 9).is_ok(), stays, "{id}");
        }
    }
}
