//! The contract of accounts, proposals, decisions, deletion and the audit log, on both databases.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::future::Future;
use std::sync::LazyLock;

use antin::accounts::Login;
use antin::accounts::PasswordHash;
use antin::accounts::Person;
use antin::accounts::Role;
use antin::accounts::Secret;
use antin::accounts::link::Link;
use antin::accounts::link::Purpose;
use antin::accounts::secret::system;
use antin::accounts::token::Token;
use antin::accounts::two_person::Answer;
use antin::accounts::two_person::Refusal;
use antin::audit::Act;
use antin::audit::Actor;
use antin::audit::Deed;
use antin::registry::Entry;
use antin::retention::Periods;
use antin::rules::Finding;
use antin::rules::Severity;
use antin::storage::Store;
use antin::storage::accounts::Attempt;
use antin::storage::accounts::Changed;
use antin::storage::accounts::Identified;
use antin::storage::accounts::NewPerson;
use antin::storage::accounts::SignIn;
use antin::storage::accounts::Vouched;
use antin::storage::accounts::Welcomed;
use antin::storage::audit::AuditFilter;
use antin::storage::audit::Audited;
use antin::storage::decisions::Decided;
use antin::storage::decisions::DecisionFilter;
use antin::storage::decisions::NewDecision;
use antin::storage::documents::DocumentState;
use antin::storage::documents::NewDocument;
use antin::storage::documents::document_id;
use antin::storage::items::ItemKind;
use antin::storage::jobs::Arrival;
use antin::storage::jobs::NewJob;
use antin::storage::jobs::Terms;
use antin::storage::proposals::Answered;
use antin::storage::proposals::Content;
use antin::storage::proposals::NewProposal;
use antin::storage::proposals::Put;
use antin::storage::retention::Deleted;
use antin::storage::retention::Today;
use antin::storage::uploads::Upload;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::json;
use sqlx::AnyPool;

#[path = "servers/postgres.rs"]
mod postgres;
#[path = "people/retention.rs"]
mod retention;
#[path = "people/rights.rs"]
mod rights;

static POSTGRES: LazyLock<postgres::Postgres> = LazyLock::new(postgres::Postgres::start);

const PASSWORD: &str = "mưa trên mái ngói";

/// Runs a test on a new store of each kind, with the database's URL.
fn on_each<F: Future<Output = ()>>(name: &str, test: impl Fn(Store, String) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let embedded = Store::open(folder.path()).await.unwrap();
        let url = format!("sqlite://{}", folder.path().join("antin.db").display());
        test(embedded.clone(), url).await;
        embedded.close().await;
        let url = POSTGRES.database(name);
        let served = Store::connect(&url, &folder.path().join("served"))
            .await
            .unwrap();
        test(served.clone(), url).await;
        served.close().await;
    });
}

fn minutes(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn act(login: &str) -> Act {
    Act {
        who: Actor::Person(login.parse().unwrap()),
        at: minutes(0),
    }
}

async fn add(store: &Store, login: &str, role: Role) {
    let login: Login = login.parse().unwrap();
    let new = NewPerson {
        password: PasswordHash::of(PASSWORD, &login, system).ok(),
        person: Person::new(login, "somebody", (role, None), minutes(0)).unwrap(),
    };
    let added = store.add_person(&new, &act("root")).await.unwrap();
    assert_eq!(added, Changed::Made, "{added:?}");
}

async fn signed_in(store: &Store, login: &str, password: &str, at: Timestamp) -> SignIn {
    let attempt = Attempt {
        login: login.into(),
        password: password.into(),
        address: Some([192, 0, 2, 1].into()),
    };
    store.sign_in(attempt, at, system).await.unwrap()
}

#[test]
fn sessions_and_tokens_stand_until_they_end() {
    on_each("sessions", async |store, _| {
        add(&store, "lan", Role::Administrator).await;
        let SignIn::Begun { secret, person } = signed_in(&store, "lan", PASSWORD, minutes(0)).await
        else {
            panic!("lan was refused");
        };
        assert_eq!(person.role, Role::Administrator);
        let digest = secret.digest();
        assert!(store.session(&digest, minutes(20)).await.unwrap().is_some());
        assert!(store.session(&digest, minutes(49)).await.unwrap().is_some());
        assert!(store.session(&digest, minutes(80)).await.unwrap().is_none());
        let (token, _) =
            Token::make(person.login.clone(), "nightly", (minutes(0), 1), system).unwrap();
        store.keep_token(&token, &act("lan")).await.unwrap();
        let good = async || {
            store
                .token(&token.digest, minutes(1))
                .await
                .unwrap()
                .is_some()
        };
        assert!(good().await);
        assert_eq!(store.tokens(Some(&person.login)).await.unwrap().len(), 1);
        let revoked = store.revoke_token(&token.id(), None, &act("lan")).await;
        assert!(revoked.unwrap() && !good().await);
        store.sweep_accounts(minutes(90)).await.unwrap();
        assert_eq!(store.session_count(&person.login).await.unwrap(), 0);
    });
}

#[test]
fn whom_a_provider_vouches_for_is_who_was_named_and_comes_back_once() {
    on_each("identities", async |store, _| {
        for login in ["lan", "minh"] {
            add(&store, login, Role::Inspector).await;
        }
        let login = |login: &str| login.parse::<Login>().unwrap();
        let named = async |who: &str, subject: Option<&str>| {
            let said = ("https://id.example.vn", subject);
            let named = store.identify(&login(who), said, &act("root")).await;
            named.unwrap()
        };
        let begun = async |issuer: &str, subject: Option<&str>| {
            let vouched = Vouched {
                issuer,
                subject,
                address: [192, 0, 2, 1].into(),
            };
            let begun = store.sign_in_by(vouched, minutes(0), system).await;
            match begun.unwrap() {
                SignIn::Begun { person, .. } => Some(person.login.to_string()),
                SignIn::Refused | SignIn::Wait { .. } => None,
            }
        };
        let issuer = "https://id.example.vn";
        assert_eq!(named("lan", Some("7")).await, Identified::Done);
        assert_eq!(named("minh", Some("7")).await, Identified::Taken);
        assert_eq!(named("nobody", Some("8")).await, Identified::Unknown);
        assert_eq!(begun(issuer, Some("7")).await.as_deref(), Some("lan"));
        for (issuer, subject) in [
            (issuer, None),
            (issuer, Some("lan")),
            ("https://id.example.com", Some("7")),
        ] {
            assert_eq!(begun(issuer, subject).await, None, "{issuer} {subject:?}");
        }
        assert_eq!(store.session_count(&login("lan")).await.unwrap(), 1);
        assert_eq!(named("lan", None).await, Identified::Done);
        assert_eq!(store.session_count(&login("lan")).await.unwrap(), 0);
        assert_eq!(begun(issuer, Some("7")).await, None, "it was taken back");
        let filter = AuditFilter {
            deed: Some("session.refused".into()),
            ..AuditFilter::default()
        };
        let refused = store.audit_entries(&filter, 9).await.unwrap();
        assert_eq!(refused.len(), 4, "{refused:?}");
        let digests = [1, 2].map(|_| Secret::draw(system).unwrap().digest());
        for digest in &digests {
            store.depart(digest, minutes(0), minutes(10)).await.unwrap();
        }
        let back = async |place: usize, at| store.arrive(&digests[place], at).await.unwrap();
        let came = (back(0, minutes(9)).await, back(0, minutes(9)).await);
        assert_eq!((came, back(1, minutes(10)).await), ((true, false), false));
    });
}

#[test]
fn an_upload_stands_where_it_was_said_to() {
    on_each("uploads", async |store, _| {
        add(&store, "lan", Role::Inspector).await;
        let mut upload = Upload {
            id: "a".into(),
            login: "lan".into(),
            how: "{}".into(),
            length: 9,
            arrived: 0,
            handed: None,
        };
        assert!(store.begin_upload(&upload, 1, minutes(0)).await.unwrap());
        let another = Upload {
            id: "b".into(),
            ..upload.clone()
        };
        assert!(!store.begin_upload(&another, 1, minutes(0)).await.unwrap());
        for (arrived, handed) in [(4, None), (9, Some("{}")), (9, None)] {
            let stands = store.upload_stands("a", (arrived, handed), minutes(5));
            stands.await.unwrap();
        }
        (upload.arrived, upload.handed) = (9, Some("{}".into()));
        assert_eq!(store.upload("a").await.unwrap().as_ref(), Some(&upload));
        assert!(store.begin_upload(&another, 1, minutes(6)).await.unwrap());
        assert_eq!(store.left_uploads(minutes(6)).await.unwrap(), ["a"]);
        store.forget_upload("a").await.unwrap();
        assert_eq!(store.upload("a").await.unwrap(), None);
    });
}

#[test]
fn guessing_waits_and_links_work_once() {
    on_each("guessing", async |store, _| {
        add(&store, "lan", Role::Administrator).await;
        for _ in 0..5 {
            let refused = signed_in(&store, "lan", "wrong", minutes(0)).await;
            assert_eq!(refused, SignIn::Refused);
        }
        let waits = signed_in(&store, "lan", PASSWORD, minutes(0)).await;
        assert!(matches!(waits, SignIn::Wait { .. }), "{waits:?}");
        let login: Login = "lan".parse().unwrap();
        let purpose = Purpose::Password {
            login: login.clone(),
        };
        let (link, secret) = Link::make(purpose, None, minutes(0), system).unwrap();
        store.keep_link(&link, &act("lan")).await.unwrap();
        let hash = PasswordHash::of("nắng trên sân phơi", &login, system).unwrap();
        let digest = secret.digest();
        let used = async || {
            store
                .use_password_link(&digest, &hash, minutes(1))
                .await
                .unwrap()
        };
        assert_eq!(used().await, Welcomed::Done(login));
        assert_eq!(used().await, Welcomed::NoLink);
        let begun = signed_in(&store, "lan", "nắng trên sân phơi", minutes(2)).await;
        assert!(matches!(begun, SignIn::Begun { .. }), "{begun:?}");
    });
}

fn body(id: &str) -> NewProposal {
    NewProposal {
        source: "bodies.csv".into(),
        content: Content::Entries(vec![Entry {
            kind: "body".into(),
            key: id.into(),
            content: [("body".to_owned(), id.to_owned())].into(),
            ..Entry::default()
        }]),
        note: Some("as decided".into()),
    }
}

#[test]
fn a_proposal_is_recorded_once_however_many_approve_it_at_once() {
    on_each("proposals", async |store, _| {
        let put = store.propose(&body("B1"), &act("lan")).await.unwrap();
        let Put::Kept(number) = put else {
            panic!("{put:?}")
        };
        let own = store
            .answer_proposal(number, Answer::Approve, &act("lan"))
            .await;
        assert_eq!(own.unwrap(), Answered::Refused(Refusal::Own));
        let approvals = (0..6).map(|who| {
            let store = store.clone();
            tokio::spawn(async move {
                let act = act(&format!("person-{who}"));
                store
                    .answer_proposal(number, Answer::Approve, &act)
                    .await
                    .unwrap()
            })
        });
        let mut done = 0;
        for approval in approvals.collect::<Vec<_>>() {
            done += usize::from(matches!(approval.await.unwrap(), Answered::Done(..)));
        }
        assert_eq!((done, store.revision().await.unwrap()), (1, 1));
        let again = store.propose(&body("B1"), &act("lan")).await.unwrap();
        assert_eq!(again, Put::Nothing);
        assert_eq!(
            store
                .proposals(Some("approved"), None, 9)
                .await
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn a_finding_is_set_aside_by_two_people() {
    on_each("decisions", async |store, _| {
        let new = NewDecision {
            document: "00ff".into(),
            office: None,
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
        let Decided::Done(open) = put else {
            panic!("{put:?}")
        };
        let done = store
            .answer_decision(open.number, Answer::Approve, &act("minh"))
            .await;
        assert!(
            matches!(done.unwrap(), Decided::Done(_)),
            "it was not approved"
        );
        let filter = DecisionFilter {
            office: Some(String::new()),
            state: Some("approved".into()),
            ..DecisionFilter::default()
        };
        assert_eq!(store.decisions(&filter, 9).await.unwrap().len(), 1);
    });
}

#[test]
fn many_writers_make_one_chain_which_the_database_lets_nobody_change() {
    on_each("chain", async |store, url| {
        let writers = (0..6).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..5 {
                    let subject = format!("{writer}-{number}");
                    let entry = act("lan").entry(Deed::SpecimenRead, &subject, json!({}));
                    store.log(&entry).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let Audited::Whole(head) = store.verify_audit(None).await.unwrap() else {
            panic!("the chain is broken");
        };
        assert_eq!(head.sequence, 30);
        let filter = AuditFilter {
            deed: Some("specimen.".into()),
            before: Some(3),
            ..AuditFilter::default()
        };
        assert_eq!(store.audit_entries(&filter, 9).await.unwrap().len(), 2);
        let pool = AnyPool::connect(&url).await.unwrap();
        for text in [
            "update audit_entry set who = 'x'",
            "delete from audit_entry",
        ] {
            let refused = sqlx::raw_sql(text).execute(&pool).await.unwrap_err();
            assert!(refused.to_string().contains("never"), "{refused}");
        }
        // Whoever owns the database can take the head's place away; the entries tell.
        let cut = "update audit_head set sequence = sequence + 1";
        sqlx::raw_sql(cut).execute(&pool).await.unwrap();
        pool.close().await;
        let broken = store.verify_audit(None).await.unwrap();
        assert!(matches!(broken, Audited::Broken(_)), "{broken:?}");
    });
}

#[test]
fn what_is_held_is_not_deleted_and_what_comes_again_is_there_again() {
    on_each("held", async |store, _| {
        let job = NewJob {
            id: "j1".into(),
            office: String::new(),
            name: "a job".into(),
            by: None,
            terms: Terms::default(),
        };
        store.begin_job(&job, minutes(0)).await.unwrap();
        let job = store.job("j1").await.unwrap().unwrap();
        let digest = "01".repeat(32);
        let arrival = |name: &str| Arrival {
            document: NewDocument {
                office: String::new(),
                sha256: digest.clone(),
                name: name.into(),
                bytes: 100,
                by: None,
            },
            kind: ItemKind::Document,
            idempotency_key: None,
        };
        let brought = async |name: &str| {
            store
                .admit(&job, &[arrival(name)], minutes(0))
                .await
                .unwrap();
        };
        brought("a.pdf").await;
        let id = document_id("", &digest);
        let today = Today {
            on: date(2026, 12, 1),
            zone: TimeZone::UTC,
            periods: Periods::default(),
        };
        let (lan, why) = (act("lan"), (&today, "asked for"));
        let delete = async || store.delete_document(&id, why, &lan).await.unwrap();
        let kept = (Some("lawsuit"), None);
        assert!(store.hold_document(&id, kept, &lan).await.unwrap());
        let refused = delete().await;
        assert!(matches!(refused, Deleted::Refused(_)), "{refused:?}");
        let released = store.hold_document(&id, (None, None), &lan);
        assert!(released.await.unwrap());
        let deleted = delete().await;
        assert!(matches!(deleted, Deleted::Done(_)), "{deleted:?}");
        assert!(!store.is_wanted(&digest).await.unwrap());
        let recorded = store.audit_entries(&AuditFilter::default(), 3).await;
        let recorded: Vec<String> = recorded.unwrap().into_iter().map(|own| own.deed).collect();
        assert_eq!(
            recorded,
            ["document.deleted", "document.released", "document.held"]
        );
        brought("b.pdf").await;
        let document = store.document(&id).await.unwrap().unwrap();
        assert_eq!(
            (document.state, document.name.as_str()),
            (DocumentState::Kept, "b.pdf")
        );
    });
}
