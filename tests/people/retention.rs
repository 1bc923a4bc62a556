//! How long documents are kept, and what is left of them, on both databases.

use antin::audit::Act;
use antin::retention::Kept;
use antin::retention::Periods;
use antin::retention::Refusal;
use antin::rules::Finding;
use antin::rules::Severity;
use antin::storage::Store;
use antin::storage::audit::AuditFilter;
use antin::storage::decisions::NewDecision;
use antin::storage::documents::DocumentState;
use antin::storage::documents::NewDocument;
use antin::storage::items::ItemKind;
use antin::storage::jobs::Arrival;
use antin::storage::jobs::NewJob;
use antin::storage::jobs::Terms;
use antin::storage::retention::Deleted;
use antin::storage::retention::Today;
use jiff::civil::Date;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::act;
use crate::minutes;
use crate::on_each;

fn today(on: Date) -> Today {
    Today {
        on,
        zone: TimeZone::UTC,
        periods: Periods {
            days: [(Kept::Attention, 10)].into(),
        },
    }
}

fn lan() -> Act {
    act("lan")
}

/// Documents of an office, brought on the first day of 1970.
async fn brought(store: &Store, digests: &[&str]) -> Vec<String> {
    let new = NewJob {
        id: "j1".into(),
        office: "B1".into(),
        name: "a job".into(),
        by: None,
        terms: Terms::default(),
    };
    store.begin_job(&new, minutes(0)).await.unwrap();
    let job = store.job("j1").await.unwrap().unwrap();
    let arrival = |sha256: &&str| Arrival {
        document: NewDocument {
            office: "B1".into(),
            sha256: (*sha256).into(),
            name: "a.pdf".into(),
            bytes: 3,
            by: None,
        },
        kind: ItemKind::Document,
        idempotency_key: Some(format!("key of {sha256}")),
    };
    let arrivals: Vec<Arrival> = digests.iter().map(arrival).collect();
    let admitted = store.admit(&job, &arrivals, minutes(0)).await.unwrap();
    admitted
        .into_iter()
        .map(|one| one.document.unwrap())
        .collect()
}

async fn due(store: &Store, on: Date) -> Vec<String> {
    let due = store.due_documents(&today(on), 10).await.unwrap();
    due.into_iter().map(|document| document.sha256).collect()
}

#[test]
fn a_document_is_due_after_its_period_and_leaves_its_digest_and_a_record() {
    on_each("due", async |store, _| {
        let ids = brought(&store, &["00aa"]).await;
        let earlier = store.earlier("B1", "key of 00aa").await.unwrap().unwrap();
        assert_eq!(
            (&earlier.document, earlier.sha256.as_str()),
            (&ids[0], "00aa")
        );
        assert_eq!(store.earlier("B2", "key of 00aa").await.unwrap(), None);
        let (last, next) = (date(1970, 1, 11), date(1970, 1, 12));
        assert!(due(&store, last).await.is_empty());
        assert_eq!(due(&store, next).await, ["00aa"]);
        let early = (&today(last), "asked for");
        let early = store.delete_document(&ids[0], early, &lan()).await.unwrap();
        let until = last;
        assert_eq!(early, Deleted::Refused(Refusal::Early { until }));
        let late = today(next);
        let over = (&late, "over");
        let done = store.delete_document(&ids[0], over, &lan()).await.unwrap();
        assert!(matches!(done, Deleted::Done(_)), "it was not deleted");
        let left = store.document(&ids[0]).await.unwrap().unwrap();
        assert_eq!(
            (left.state, left.name.as_str()),
            (DocumentState::Deleted, "")
        );
        let entries = store.audit_entries(&AuditFilter::default(), 9).await;
        let entry = &entries.unwrap()[0];
        assert_eq!(
            (entry.deed.as_str(), &entry.subject),
            ("document.deleted", &ids[0])
        );
        assert!(entry.detail.contains("00aa"), "{}", entry.detail);
        let again = store.delete_document(&ids[0], over, &lan()).await;
        assert_eq!(again.unwrap(), Deleted::NotKept);
    });
}

#[test]
fn what_is_held_kept_longer_or_undecided_is_not_deleted() {
    on_each("kept", async |store, _| {
        let ids = brought(&store, &["00aa", "00bb", "00cc", "00dd"]).await;
        let case = (Some("case 12"), None);
        let held = store.hold_document(&ids[0], case, &lan()).await;
        assert!(held.unwrap(), "it is not held");
        let longer = (None, Some("1970-02-01"));
        let longer = store.hold_document(&ids[1], longer, &lan()).await;
        assert!(longer.unwrap(), "it is not kept longer");
        let decision = NewDecision {
            document: "00cc".into(),
            office: Some("B1".into()),
            finding: Finding {
                code: "seal.printed".into(),
                severity: Severity::Warning,
                impression: None,
                page: None,
                message: "said".into(),
                values: serde_json::Map::new(),
                basis: None,
            },
            reason: "seen under the glass".into(),
        };
        store.propose_decision(&decision, &lan()).await.unwrap();
        let on = date(1970, 1, 20);
        assert_eq!(due(&store, on).await, ["00dd"]);
        for (id, kept_by) in [
            (
                &ids[0],
                Refusal::Held {
                    reason: "case 12".into(),
                },
            ),
            (
                &ids[1],
                Refusal::Early {
                    until: date(1970, 2, 1),
                },
            ),
            (&ids[2], Refusal::Open),
        ] {
            let refused = store
                .delete_document(id, (&today(on), "over"), &lan())
                .await;
            assert_eq!(refused.unwrap(), Deleted::Refused(kept_by));
        }
        assert_eq!(due(&store, date(1970, 2, 2)).await, ["00bb", "00dd"]);
    });
}
