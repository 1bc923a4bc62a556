//! The contract of the register and of results: what is recorded once stays, and what it touches is known.

use antin::accounts::two_person::Answer;
use antin::audit::Act;
use antin::audit::Actor;
use antin::registry::Entry;
use antin::registry::Event;
use antin::registry::EventKind;
use antin::registry::Particulars;
use antin::registry::Status;
use antin::registry::sheet::events;
use antin::rules::Finding;
use antin::rules::RuleSet;
use antin::rules::Severity;
use antin::storage::Kind;
use antin::storage::NewSeal;
use antin::storage::NewSpecimen;
use antin::storage::Store;
use antin::storage::decisions::Decided;
use antin::storage::decisions::NewDecision;
use antin::storage::documents::document_id;
use antin::storage::jobs::Job;
use antin::storage::judging::Touched;
use antin::storage::opinions::Saying;
use antin::storage::results::NewResult;
use antin::storage::reviews::ReviewKind;
use antin::storage::tracings::NewTracing;
use antin::storage::tracings::TracingKind;
use antin::storage::tracings::Untraced;
use antin::verify::Outcome;
use antin::verify::Report;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::date;
use serde_json::json;

use crate::arrival;
use crate::begun;
use crate::digest;
use crate::later;
use crate::now;
use crate::on_each;
use crate::result;

/// What Lan does then.
pub(crate) fn by(at: Timestamp) -> Act {
    Act {
        who: Actor::Person("lan".parse().unwrap()),
        at,
    }
}

pub(crate) fn by_lan(entry: Entry) -> Entry {
    Entry {
        recorded_by: Some("lan".into()),
        ..entry
    }
}

fn seal(id: &str, organisation: &str, specimens: &[u8]) -> NewSeal {
    let specimen = |n: &u8| NewSpecimen {
        sha256: digest(*n),
        stated_dpi: Some(300.0),
        days: (Some(date(2016, 12, 24)), None),
    };
    NewSeal {
        id: id.into(),
        particulars: Particulars {
            organisation: organisation.into(),
            registered_on: Some(date(2016, 12, 24)),
            ..Particulars::default()
        },
        specimens: specimens.iter().map(specimen).collect(),
    }
}

fn event(seal: &str, kind: EventKind, on: Date) -> events::Entry {
    events::Entry {
        line: 2,
        seal: seal.into(),
        event: Event {
            kind,
            on,
            by: Some("Lan".into()),
            instrument: Some("12/CV".into()),
            note: None,
            successor: None,
            recorded_by: None,
            recorded_at: None,
            corrects: None,
        },
    }
}

/// A result of a document that bears a seal, dated.
fn bearing(n: u8, seal: &str, on: Date) -> NewResult {
    let mut report = serde_json::to_value(result(&digest(n), Outcome::Pass).report).unwrap();
    report["document"]["date"]["claimed"] = json!(on);
    report["document"]["date"]["source"] = json!("argument");
    let report: Report = serde_json::from_value(report).unwrap();
    NewResult {
        report,
        claim: Some(seal.into()),
        crops: None,
        keys: Vec::new(),
        dies: Vec::new(),
    }
}

#[test]
fn seals_have_versions_and_history_is_never_rewritten() {
    on_each("seals", async |store| {
        let first = [seal("S2", "Ủy ban", &[1]), seal("S1", "公章", &[2])];
        let changes = store
            .record_seals(&first, "a.csv", &by(now()))
            .await
            .unwrap()
            .changes;
        assert_eq!((changes.seals_added, changes.specimens_added), (2, 2));
        let again = store
            .record_seals(&first, "b.csv", &by(now()))
            .await
            .unwrap()
            .changes;
        assert_eq!((again.seals_unchanged, again.specimens_added), (2, 0));
        assert_eq!(
            store.revision().await.unwrap(),
            1,
            "nothing new is no revision"
        );
        let renamed = [seal("S2", "Ủy ban nhân dân", &[1, 3])];
        let changes = store
            .record_seals(&renamed, "c.csv", &by(later(60)))
            .await
            .unwrap()
            .changes;
        assert_eq!((changes.seals_changed, changes.specimens_added), (1, 1));
        let seals = store.seals().await.unwrap();
        let told: Vec<_> = seals
            .iter()
            .map(|own| (own.id.as_str(), own.version, own.specimens.len()))
            .collect();
        assert_eq!(
            told,
            [("S2", 2, 2), ("S1", 1, 1)],
            "in the order of registration"
        );
        assert_eq!(seals[0].specimens, renamed[0].specimens);
        let versions = store.versions("S2").await.unwrap();
        let told: Vec<_> = versions
            .iter()
            .map(|own| {
                (
                    own.number,
                    own.source.as_str(),
                    own.particulars.organisation.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [(1, "a.csv", "Ủy ban"), (2, "c.csv", "Ủy ban nhân dân")]
        );
        assert_eq!(store.versions("S9").await.unwrap(), []);
    });
}

#[test]
fn events_make_a_seals_state_and_are_recorded_once() {
    on_each("events", async |store| {
        store
            .record_seals(&[seal("S1", "a", &[1])], "a.csv", &by(now()))
            .await
            .unwrap();
        let given = [
            event("S1", EventKind::Found, date(2024, 6, 12)),
            event("S1", EventKind::ReportedLost, date(2024, 5, 12)),
        ];
        let added = store
            .record_events(&given, "b.csv", &by(now()))
            .await
            .unwrap();
        assert_eq!(added.changes.events_added, 2);
        let again = store
            .record_events(&given, "b.csv", &by(now()))
            .await
            .unwrap();
        assert_eq!(again.changes.events_added, 0);
        // Of a seal that is not there: that row is refused, the other recorded.
        let unknown = [
            event("S1", EventKind::Destroyed, date(2025, 1, 1)),
            event("S9", EventKind::Found, date(2025, 1, 1)),
        ];
        let recording = store
            .record_events(&unknown, "c.csv", &by(now()))
            .await
            .unwrap();
        let refused: Vec<usize> = recording.refused.iter().map(|row| row.row).collect();
        assert_eq!((recording.changes.events_added, refused), (1, vec![1]));
        assert_eq!(store.revision().await.unwrap(), 3);
        let (seals, records) = store.records().await.unwrap();
        let kinds: Vec<_> = seals[0].events.iter().map(|own| own.kind).collect();
        assert_eq!(
            kinds,
            [
                EventKind::ReportedLost,
                EventKind::Found,
                EventKind::Destroyed
            ],
            "in the order of days"
        );
        let life = seals[0].life(&records);
        assert_eq!(life.on(Some(date(2024, 6, 1))).status, Status::Lost);
        assert_eq!(life.on(Some(date(2024, 6, 12))).status, Status::Valid);
    });
}

#[test]
fn a_result_is_kept_once_and_judged_again_when_what_it_rests_on_changes() {
    on_each("results", async |store| {
        store
            .record_seals(&[seal("S1", "a", &[1])], "a.csv", &by(now()))
            .await
            .unwrap();
        let news = store.news().await.unwrap();
        store.all_judged(&news, now()).await.unwrap();
        let results = [
            bearing(1, "S1", date(2024, 6, 1)),
            bearing(2, "S1", date(2024, 4, 1)),
        ];
        assert_eq!(store.keep_results(&results, now()).await.unwrap(), 2);
        assert_eq!(store.keep_results(&results, now()).await.unwrap(), 0);
        assert_eq!(store.result_count().await.unwrap(), 2);
        let mut read = Vec::new();
        let each = store.each_report(&Touched::All, |chunk| {
            read.extend(chunk.iter().map(|own| own.report.clone()));
        });
        each.await.unwrap();
        assert_eq!(read, results.each_ref().map(|own| own.report.clone()));
        assert_eq!(store.news().await.unwrap().lives, Touched::Seals([].into()));
        store
            .record_events(
                &[event("S1", EventKind::ReportedLost, date(2024, 5, 12))],
                "b.csv",
                &by(now()),
            )
            .await
            .unwrap();
        let news = store.news().await.unwrap();
        assert_eq!(news.lives, Touched::Seals(["S1".to_owned()].into()));
        let roll = store.roll().await.unwrap();
        let judging = (
            &Touched::All,
            &roll as &dyn antin::registry::Lives,
            RuleSet::shipped(),
        );
        let judged = store.judge_again(judging, now(), |_| {}).await.unwrap();
        assert_eq!(judged.results, 2);
        store.all_judged(&news, now()).await.unwrap();
        assert!(store.news().await.unwrap().is_none());
    });
}

async fn handed_in(store: &Store) -> Job {
    let job = begun(store, "j1", "B1").await;
    store
        .admit(&job, &[arrival("B1", 1, "a.pdf")], now())
        .await
        .unwrap();
    job
}

#[test]
fn what_people_come_to_stands_until_it_is_taken_back() {
    on_each("reviews", async |store| {
        handed_in(&store).await;
        let document = store
            .document(&document_id("B1", &digest(1)))
            .await
            .unwrap()
            .unwrap();
        let act = |login: &str| Act {
            who: Actor::Person(login.parse().unwrap()),
            at: now(),
        };
        store
            .review(&document, (ReviewKind::Referred, "to Hà"), &act("lan"))
            .await
            .unwrap();
        let all = [document.clone()];
        assert_eq!(
            store.reviewed(&all).await.unwrap(),
            [document.id.clone()].into()
        );
        store
            .review(&document, (ReviewKind::Reopened, ""), &act("minh"))
            .await
            .unwrap();
        assert!(store.reviewed(&all).await.unwrap().is_empty());
        let told: Vec<_> = store
            .reviews(&document)
            .await
            .unwrap()
            .into_iter()
            .map(|own| (own.kind, own.by))
            .collect();
        assert_eq!(
            told,
            [
                (ReviewKind::Reopened, "minh".into()),
                (ReviewKind::Referred, "lan".into())
            ]
        );
        let nobody = Act {
            who: Actor::Program,
            at: now(),
        };
        assert!(
            store
                .review(&document, (ReviewKind::Accepted, ""), &nobody)
                .await
                .is_err()
        );
    });
}

#[test]
fn what_a_second_person_signed_off_is_taken_back_no_more() {
    on_each("signed_off", async |store| {
        handed_in(&store).await;
        let id = document_id("B1", &digest(1));
        let document = store.document(&id).await.unwrap().unwrap();
        let act = |login: &str| Act {
            who: Actor::Person(login.parse().unwrap()),
            at: now(),
        };
        let drawn = NewTracing {
            page: 1,
            kind: TracingKind::False,
            impression: Some(0),
            bbox_px: [10, 20, 100, 100],
            note: "printed".into(),
            report: None,
        };
        let number = store.trace(&document, &drawn, &act("lan")).await.unwrap();
        let said = (ReviewKind::Accepted, "");
        assert!(store.review(&document, said, &act("lan")).await.unwrap());
        // Another office's decision about the same bytes is none of this one's.
        for (office, is_own) in [("B2", false), ("B1", true)] {
            let new = NewDecision {
                document: document.sha256.clone(),
                office: Some(office.into()),
                finding: Finding {
                    code: "seal.printed".into(),
                    severity: Severity::Warning,
                    impression: Some(0),
                    page: Some(1),
                    message: "said".into(),
                    values: serde_json::Map::new(),
                    basis: None,
                },
                reason: "seen under the glass".into(),
            };
            let put = store.propose_decision(&new, &act("lan")).await.unwrap();
            let Decided::Done(put) = put else {
                panic!("{put:?}")
            };
            let minh = act("minh");
            let answer = store.answer_decision(put.number, Answer::Approve, &minh);
            assert!(
                matches!(answer.await.unwrap(), Decided::Done(_)),
                "{office}"
            );
            let again = (ReviewKind::Reopened, "");
            let reopened = store.review(&document, again, &act("lan")).await.unwrap();
            assert_eq!(reopened, !is_own, "{office}");
        }
        let untraced = store.untrace(&document, number, &act("lan")).await;
        assert_eq!(untraced.unwrap(), Untraced::SignedOff);
        assert_eq!(store.tracings(&document).await.unwrap().len(), 1);
        // What is new may still be said.
        let referred = (ReviewKind::Referred, "to Hà");
        assert!(
            store
                .review(&document, referred, &act("lan"))
                .await
                .unwrap()
        );
    });
}

#[test]
fn a_control_case_is_told_to_whoever_made_it_alone() {
    on_each("control", async |store| {
        handed_in(&store).await;
        let id = document_id("B1", &digest(1));
        let document = store.document(&id).await.unwrap().unwrap();
        let act = |login: &str| Act {
            who: Actor::Person(login.parse().unwrap()),
            at: now(),
        };
        let truth = Some(Saying::Different);
        store
            .set_control(&document, truth, &act("lan"))
            .await
            .unwrap();
        assert_eq!(store.control(&document, "lan").await.unwrap(), truth);
        assert_eq!(store.control(&document, "minh").await.unwrap(), None);
        let said = (0, Saying::Same, "different");
        store
            .give_opinion(&document, said, &act("minh"))
            .await
            .unwrap();
        let given = store.opinions_by("minh").await.unwrap();
        assert_eq!((given[0].said, given[0].truth), (Saying::Same, truth));
        store
            .set_control(&document, None, &act("lan"))
            .await
            .unwrap();
        let given = store.opinions_by("minh").await.unwrap();
        assert_eq!(given[0].truth, None, "it is no control case any more");
    });
}

#[test]
fn how_far_many_jobs_are_is_asked_once() {
    on_each("progress", async |store| {
        handed_in(&store).await;
        let other = begun(&store, "j2", "B2").await;
        let two = [arrival("B2", 2, "b.pdf"), arrival("B2", 3, "c.pdf")];
        store.admit(&other, &two, now()).await.unwrap();
        let far = store.progress_of(&["j1", "j2", "j9"]).await.unwrap();
        assert_eq!((far["j1"].waiting, far["j2"].items, far.len()), (1, 2, 2));
        assert!(store.progress_of(&[]).await.unwrap().is_empty());
        assert!(store.progress("j9").await.unwrap().is_over());
    });
}

#[test]
fn a_row_that_is_refused_loses_no_other() {
    on_each("refused", async |store| {
        let entry = |key: String| Entry {
            kind: "body".into(),
            key,
            ..Entry::default()
        };
        // No page of a PostgreSQL index holds such a key, not even packed; SQLite keeps it.
        let mixed = |n: u32| n.wrapping_mul(2_654_435_761).rotate_left(n % 32);
        let long: String = (0..2_000).map(|n| format!("{:08x}", mixed(n))).collect();
        let given = ["a".to_owned(), long, "b".to_owned()].map(entry);
        let recording = store
            .record_entries(&given, "a.csv", &by(now()))
            .await
            .unwrap();
        let refused: Vec<usize> = recording.refused.iter().map(|row| row.row).collect();
        let kept = store.entries().await.unwrap();
        let kept: Vec<Entry> = kept.into_iter().map(|own| own.entry).collect();
        let given = given.map(by_lan);
        let [first, _, last] = given.clone();
        match store.kind() {
            Kind::Sqlite => assert_eq!((refused, kept), (vec![], given.to_vec())),
            Kind::Postgres => assert_eq!((refused, kept), (vec![1], vec![first, last])),
        }
    });
}
