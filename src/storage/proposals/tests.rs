use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::accounts::two_person::Answer;
use crate::accounts::two_person::Refusal;
use crate::accounts::two_person::State;
use crate::audit::Act;
use crate::audit::Actor;
use crate::registry::Entry;
use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Particulars;
use crate::storage::Error;
use crate::storage::NewSeal;
use crate::storage::NewSpecimen;
use crate::storage::Store;
use crate::storage::proposals::Answered;
use crate::storage::proposals::Content;
use crate::storage::proposals::NewProposal;
use crate::storage::proposals::Put;
use crate::storage::proposals::SealEvent;

fn act(login: &str) -> Act {
    Act {
        who: Actor::Person(login.parse().unwrap()),
        at: Timestamp::UNIX_EPOCH,
    }
}

async fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    (folder, store)
}

fn seal(id: &str, place: &str) -> NewSeal {
    NewSeal {
        id: id.into(),
        particulars: Particulars {
            organisation: "Ủy ban".into(),
            place: Some(place.into()),
            ..Particulars::default()
        },
        specimens: vec![NewSpecimen {
            sha256: format!("digest of {id}"),
            stated_dpi: Some(300.0),
            days: (None, None),
        }],
    }
}

fn lost(seal: &str) -> SealEvent {
    SealEvent {
        seal: seal.into(),
        event: Event {
            kind: EventKind::ReportedLost,
            on: date(2024, 5, 21),
            by: None,
            instrument: None,
            note: None,
            successor: None,
            recorded_by: None,
            recorded_at: None,
            corrects: None,
        },
    }
}

fn proposal(content: Content) -> NewProposal {
    NewProposal {
        source: "register.csv".into(),
        content,
        note: None,
    }
}

async fn put(store: &Store, content: Content) -> u64 {
    match store
        .propose(&proposal(content), &act("lan"))
        .await
        .unwrap()
    {
        Put::Kept(number) => number,
        other @ (Put::Nothing | Put::Faulty(_)) => panic!("{other:?}"),
    }
}

async fn approve(store: &Store, number: u64, login: &str) -> Answered {
    let act = act(login);
    let answered = store.answer_proposal(number, Answer::Approve, &act).await;
    answered.unwrap()
}

#[tokio::test]
async fn a_proposal_changes_nothing_until_another_approves_it_and_then_once() {
    let (_folder, store) = store().await;
    let number = put(&store, Content::Seals(vec![seal("S1", "Huế")])).await;
    assert!(store.seals().await.unwrap().is_empty());
    let own = approve(&store, number, "lan").await;
    assert_eq!(own, Answered::Refused(Refusal::Own));
    let Answered::Done(state, changes) = approve(&store, number, "minh").await else {
        panic!("it was not approved");
    };
    assert!(matches!(state, State::Approved { .. }), "{state:?}");
    assert_eq!((changes.seals_added, changes.specimens_added), (1, 1));
    let stored = store.seals().await.unwrap();
    assert_eq!((stored.len(), stored[0].version), (1, 1));
    let twice = approve(&store, number, "hoa").await;
    let refusal = Refusal::Answered { state: "approved" };
    assert_eq!(twice, Answered::Refused(refusal));
    assert_eq!(store.revision().await.unwrap(), 1);
    let source = &store.versions("S1").await.unwrap()[0].source;
    assert_eq!(source, "register.csv (proposal 1)");
}

#[tokio::test]
async fn what_was_proposed_before_the_register_moved_on_is_told_and_not_recorded() {
    let (_folder, store) = store().await;
    let first = put(&store, Content::Seals(vec![seal("S1", "Huế")])).await;
    approve(&store, first, "minh").await;
    let one = put(&store, Content::Seals(vec![seal("S1", "Hà Nội")])).await;
    let other = put(&store, Content::Seals(vec![seal("S1", "Cần Thơ")])).await;
    let shown = store.proposal(other).await.unwrap().unwrap().effect;
    assert_eq!(
        shown,
        [
            "seal S1: version 2 in place of version 1; place: Huế -> Cần Thơ; \
          0 specimen(s) beside 1"
        ]
    );
    approve(&store, one, "minh").await;
    let Answered::Stale { now } = approve(&store, other, "minh").await else {
        panic!("it was recorded over another's change");
    };
    assert!(
        now[0].contains("version 3 in place of version 2"),
        "{now:?}"
    );
    assert_eq!(store.seals().await.unwrap()[0].version, 2);
    // It can still be taken back, and proposed anew.
    let lan = act("lan");
    let back = store.answer_proposal(other, Answer::Withdraw, &lan).await;
    let back = back.unwrap();
    assert!(
        matches!(back, Answered::Done(State::Withdrawn { .. }, _)),
        "{back:?}"
    );
}

#[tokio::test]
async fn events_and_rows_that_stand_already_or_cannot_be_are_not_proposed() {
    let (_folder, store) = store().await;
    let unknown = proposal(Content::Events(vec![lost("S1")]));
    let refused = store.propose(&unknown, &act("lan")).await.unwrap();
    assert!(matches!(refused, Put::Faulty(_)), "{refused:?}");
    let number = put(&store, Content::Seals(vec![seal("S1", "Huế")])).await;
    approve(&store, number, "minh").await;
    let number = put(&store, Content::Events(vec![lost("S1")])).await;
    let twin = put(&store, Content::Events(vec![lost("S1")])).await;
    approve(&store, number, "minh").await;
    assert_eq!(store.seals().await.unwrap()[0].events.len(), 1);
    let known = store.propose(&unknown, &act("lan")).await.unwrap();
    assert_eq!(known, Put::Nothing);
    let stale = approve(&store, twin, "minh").await;
    assert!(matches!(stale, Answered::Stale { .. }), "{stale:?}");
}

#[tokio::test]
async fn rows_of_other_registers_are_proposed_as_well() {
    let (_folder, store) = store().await;
    let body = |id: &str| Entry {
        kind: "body".into(),
        key: id.into(),
        content: [("body".to_owned(), id.to_owned())].into(),
        ..Entry::default()
    };
    let number = put(&store, Content::Entries(vec![body("B1"), body("B2")])).await;
    let Answered::Done(_, changes) = approve(&store, number, "minh").await else {
        panic!("it was not approved");
    };
    assert_eq!(changes.entries_added, 2);
    assert_eq!(store.entries().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_rejection_needs_a_reason_and_leaves_the_register_alone() {
    let (_folder, store) = store().await;
    let number = put(&store, Content::Seals(vec![seal("S1", "Huế")])).await;
    let reject = |reason: &str| Answer::Reject {
        reason: reason.to_owned(),
    };
    let minh = act("minh");
    let refused = store.answer_proposal(number, reject("-"), &minh).await;
    assert_eq!(refused.unwrap(), Answered::Refused(Refusal::Reason));
    let done = store
        .answer_proposal(number, reject("the wrong seal"), &minh)
        .await;
    let done = done.unwrap();
    assert!(
        matches!(done, Answered::Done(State::Rejected { .. }, _)),
        "{done:?}"
    );
    assert_eq!(store.revision().await.unwrap(), 0);
    assert!(
        store
            .proposals(Some("open"), None, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.proposals(None, None, 10).await.unwrap().len(), 1);
    let unknown = store.answer_proposal(9, Answer::Approve, &minh).await;
    assert_eq!(unknown.unwrap(), Answered::Unknown);
}

#[tokio::test]
async fn nobody_proposes_without_a_name() {
    let (_folder, store) = store().await;
    let act = Act {
        who: Actor::Program,
        at: Timestamp::UNIX_EPOCH,
    };
    let new = proposal(Content::Seals(vec![seal("S1", "Huế")]));
    let refused = store.propose(&new, &act).await;
    assert!(matches!(refused, Err(Error::Nameless)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_approvals_at_once_record_it_once() {
    let (_folder, store) = store().await;
    let number = put(&store, Content::Seals(vec![seal("S1", "Huế")])).await;
    let approvals = (0..6).map(|who| {
        let store = store.clone();
        tokio::spawn(async move { approve(&store, number, &format!("person-{who}")).await })
    });
    let mut done = 0;
    for approval in approvals.collect::<Vec<_>>() {
        done += usize::from(matches!(approval.await.unwrap(), Answered::Done(..)));
    }
    assert_eq!(done, 1);
    assert_eq!(store.revision().await.unwrap(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is proposed and answered in whatever order: each seal's versions are as many as approved changes, and
    /// nobody's own approval counts.
    #[test]
    fn every_version_comes_from_one_approval_by_another(
        steps in proptest::collection::vec((0_usize..3, 0_u8..3, 0_u64..6), 1..14)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_folder, store) = store().await;
            let (mut proposals, mut approved) = (Vec::new(), 0);
            for (step, (kind, who, which)) in steps.into_iter().enumerate() {
                let login = format!("person-{who}");
                if kind == 0 || proposals.is_empty() {
                    let content = Content::Seals(vec![seal("S1", &format!("place {step}"))]);
                    let put = store.propose(&proposal(content), &act(&login)).await.unwrap();
                    if let Put::Kept(number) = put {
                        proposals.push((number, login));
                    }
                    continue;
                }
                let at = usize::try_from(which).unwrap() % proposals.len();
                let (number, by) = &proposals[at];
                if let Answered::Done(..) = approve(&store, *number, &login).await {
                    prop_assert_ne!(by, &login);
                    approved += 1;
                }
            }
            let versions = store.versions("S1").await.unwrap();
            prop_assert_eq!(versions.len(), approved);
            let revision = store.revision().await.unwrap();
            prop_assert_eq!(usize::try_from(revision).unwrap(), approved);
            Ok(())
        })?;
    }
}
