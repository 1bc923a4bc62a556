use jiff::SignedDuration;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::accounts::Login;
use crate::accounts::PasswordHash;
use crate::accounts::Person;
use crate::accounts::Role;
use crate::accounts::Secret;
use crate::accounts::link::Link;
use crate::accounts::link::Purpose;
use crate::accounts::secret::system;
use crate::accounts::token;
use crate::accounts::token::Token;
use crate::audit::Act;
use crate::audit::Actor;
use crate::storage::Store;
use crate::storage::accounts::Attempt;
use crate::storage::accounts::Changed;
use crate::storage::accounts::NewPerson;
use crate::storage::accounts::SignIn;
use crate::storage::accounts::Welcomed;
use crate::storage::audit::AuditFilter;
use crate::storage::audit::Audited;

const PASSWORD: &str = "mưa trên mái ngói";

fn minutes(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn act() -> Act {
    Act {
        who: Actor::Program,
        at: minutes(0),
    }
}

fn login(name: &str) -> Login {
    name.parse().unwrap()
}

fn new(name: &str, role: Role) -> NewPerson {
    let login = login(name);
    NewPerson {
        password: PasswordHash::of(PASSWORD, &login, system).ok(),
        person: Person::new(login, name, (role, None), minutes(0)).unwrap(),
    }
}

async fn with_lan() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let lan = new("lan", Role::Administrator);
    assert_eq!(store.add_person(&lan, &act()).await.unwrap(), Changed::Made);
    (folder, store)
}

fn attempt(login: &str, password: &str) -> Attempt {
    Attempt {
        login: login.into(),
        password: password.into(),
        address: Some([192, 0, 2, 1].into()),
    }
}

async fn signed_in(store: &Store, at: Timestamp) -> Secret {
    let came = store.sign_in(attempt("lan", PASSWORD), at, system).await;
    match came.unwrap() {
        SignIn::Begun { secret, .. } => secret,
        other @ (SignIn::Refused | SignIn::Wait { .. }) => panic!("{other:?}"),
    }
}

async fn deeds(store: &Store) -> Vec<String> {
    let entries = store.audit_entries(&AuditFilter::default(), 100).await;
    let mut deeds: Vec<_> = entries.unwrap().into_iter().map(|e| e.deed).collect();
    deeds.reverse();
    deeds
}

#[tokio::test]
async fn who_knows_the_password_has_a_session_until_it_ends() {
    let (_folder, store) = with_lan().await;
    let secret = signed_in(&store, minutes(0)).await;
    let (_, person) = store
        .session(&secret.digest(), minutes(29))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(person.login, login("lan"));
    // It was used 29 minutes after its beginning, so it stands for 30 more.
    assert!(
        store
            .session(&secret.digest(), minutes(58))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .session(&secret.digest(), minutes(100))
            .await
            .unwrap()
            .is_none()
    );
    let other = Secret::draw(system).unwrap();
    assert!(
        store
            .session(&other.digest(), minutes(1))
            .await
            .unwrap()
            .is_none()
    );

    let secret = signed_in(&store, minutes(101)).await;
    store.end_session(&secret.digest(), &act()).await.unwrap();
    assert!(
        store
            .session(&secret.digest(), minutes(102))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        deeds(&store).await,
        [
            "person.added",
            "session.begun",
            "session.begun",
            "session.ended"
        ]
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_get_one_answer() {
    let (_folder, store) = with_lan().await;
    store
        .add_person(&new("minh", Role::Inspector), &act())
        .await
        .unwrap();
    store.disable_person(&login("minh"), &act()).await.unwrap();
    for (login, password) in [
        ("lan", "mưa trên mái tôn"),
        ("nobody", PASSWORD),
        ("minh", PASSWORD),
        ("not a login", PASSWORD),
    ] {
        let came = store
            .sign_in(attempt(login, password), minutes(0), system)
            .await
            .unwrap();
        assert_eq!(came, SignIn::Refused, "{login}");
    }
    let entries = store
        .audit_entries(&AuditFilter::default(), 100)
        .await
        .unwrap();
    let refused = entries
        .iter()
        .filter(|entry| entry.deed == "session.refused");
    let subjects: Vec<_> = refused.map(|entry| entry.subject.as_str()).collect();
    assert_eq!(subjects, ["unknown login", "minh", "unknown login", "lan"]);
}

#[tokio::test]
async fn guessing_is_slowed_down_even_for_the_right_password() {
    let (_folder, store) = with_lan().await;
    for _ in 0..5 {
        let came = store
            .sign_in(attempt("lan", "wrong"), minutes(0), system)
            .await
            .unwrap();
        assert_eq!(came, SignIn::Refused);
    }
    let until = minutes(0) + SignedDuration::from_secs(1);
    let came = store
        .sign_in(attempt("lan", PASSWORD), minutes(0), system)
        .await
        .unwrap();
    assert_eq!(came, SignIn::Wait { until });
    // Once signed in, the failures at the login are forgotten.
    signed_in(&store, until).await;
    let came = store
        .sign_in(attempt("lan", "wrong"), until, system)
        .await
        .unwrap();
    assert_eq!(came, SignIn::Refused);
    signed_in(&store, until).await;
}

#[tokio::test]
async fn an_address_that_tries_many_logins_is_slowed_down_and_own_successes_do_not_help() {
    let (_folder, store) = with_lan().await;
    let mut refused = 0;
    for number in 0..40 {
        let tried = attempt(&format!("person-{number}"), "wrong");
        match store.sign_in(tried, minutes(0), system).await.unwrap() {
            SignIn::Refused => refused += 1,
            SignIn::Wait { .. } => break,
            SignIn::Begun { .. } => panic!("nobody has these logins"),
        }
        if number == 10 {
            signed_in(&store, minutes(0)).await;
        }
    }
    assert_eq!(refused, 30);
}

#[tokio::test]
async fn many_attempts_at_once_are_counted_like_many_in_a_row() {
    let (_folder, store) = with_lan().await;
    let tries = (0..12).map(|_| {
        let store = store.clone();
        let attempt = Attempt {
            address: None,
            ..attempt("lan", "wrong")
        };
        tokio::spawn(async move { store.sign_in(attempt, minutes(0), system).await.unwrap() })
    });
    let mut refused = 0;
    for tried in tries.collect::<Vec<_>>() {
        refused += usize::from(tried.await.unwrap() == SignIn::Refused);
    }
    assert_eq!(refused, 5);
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_with_sessions_and_tokens() {
    let (_folder, store) = with_lan().await;
    store
        .add_person(&new("hoa", Role::Administrator), &act())
        .await
        .unwrap();
    let secret = signed_in(&store, minutes(0)).await;
    let (token, shown) = Token::make(login("lan"), "nightly", (minutes(0), 90), system).unwrap();
    store.keep_token(&token, &act()).await.unwrap();
    let digest = token::digest(&shown).unwrap();
    assert!(store.token(&digest, minutes(1)).await.unwrap().is_some());
    let changed = store.disable_person(&login("lan"), &act()).await.unwrap();
    assert_eq!(changed, Changed::Made);
    assert!(
        store
            .session(&secret.digest(), minutes(1))
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.token(&digest, minutes(1)).await.unwrap().is_none());
    store.enable_person(&login("lan"), &act()).await.unwrap();
    assert!(
        store
            .session(&secret.digest(), minutes(1))
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.token(&digest, minutes(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let (_folder, store) = with_lan().await;
    let changed = store.disable_person(&login("lan"), &act()).await.unwrap();
    assert_eq!(changed, Changed::LastAdministrator);
    let mut wanted = new("lan", Role::Auditor).person;
    let changed = store.change_person(&wanted, &act()).await.unwrap();
    assert_eq!(changed, Changed::LastAdministrator);
    store
        .add_person(&new("hoa", Role::Administrator), &act())
        .await
        .unwrap();
    let changed = store.change_person(&wanted, &act()).await.unwrap();
    assert_eq!(changed, Changed::Made);
    let changed = store.change_person(&wanted, &act()).await.unwrap();
    assert_eq!(changed, Changed::AsBefore);
    wanted.login = login("nobody");
    let changed = store.change_person(&wanted, &act()).await.unwrap();
    assert_eq!(changed, Changed::Unknown);
    let other = new("hoa", Role::Inspector);
    let taken = store.add_person(&other, &act()).await.unwrap();
    assert_eq!(taken, Changed::Taken);
}

#[tokio::test]
async fn a_token_is_revoked_by_its_owner_and_its_secret_is_nowhere() {
    let (folder, store) = with_lan().await;
    let (token, shown) = Token::make(login("lan"), "nightly", (minutes(0), 90), system).unwrap();
    store.keep_token(&token, &act()).await.unwrap();
    let listed = store.tokens(None).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&token));
    let other = login("hoa");
    assert!(
        !store
            .revoke_token(&token.id(), Some(&other), &act())
            .await
            .unwrap()
    );
    assert!(
        store
            .token(&token.digest, minutes(1))
            .await
            .unwrap()
            .is_some()
    );
    let own = login("lan");
    assert!(
        store
            .revoke_token(&token.id(), Some(&own), &act())
            .await
            .unwrap()
    );
    assert!(
        store
            .token(&token.digest, minutes(1))
            .await
            .unwrap()
            .is_none()
    );
    store.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = if path.is_file() {
            std::fs::read(path).unwrap()
        } else {
            Vec::new()
        };
        let secret = shown.trim_start_matches(token::PREFIX).as_bytes();
        let found = bytes.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "a token's secret is kept");
    }
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link_that_works_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    assert!(!store.has_people().await.unwrap());
    let make = |at| Link::make(Purpose::FirstAdministrator, None, at, system).unwrap();
    let (old, old_secret) = make(minutes(0));
    store.keep_link(&old, &act()).await.unwrap();
    // Another start prints another link, and the one before is good no more.
    let (link, secret) = make(minutes(1));
    store.keep_link(&link, &act()).await.unwrap();
    let new = new("lan", Role::Inspector);
    let used = store
        .use_first_link(&old_secret.digest(), &new, minutes(2))
        .await
        .unwrap();
    assert_eq!(used, Welcomed::NoLink);
    let used = store
        .use_first_link(&secret.digest(), &new, minutes(2))
        .await
        .unwrap();
    assert_eq!(used, Welcomed::Done(login("lan")));
    let person = store.person(&login("lan")).await.unwrap().unwrap();
    assert_eq!(person.role, Role::Administrator);
    let used = store
        .use_first_link(&secret.digest(), &new, minutes(3))
        .await
        .unwrap();
    assert_eq!(used, Welcomed::NoLink);
    signed_in(&store, minutes(4)).await;
}

#[tokio::test]
async fn a_password_chosen_by_a_link_ends_the_sessions_of_the_old_one() {
    let (_folder, store) = with_lan().await;
    let session = signed_in(&store, minutes(0)).await;
    let purpose = Purpose::Password {
        login: login("lan"),
    };
    let (link, secret) = Link::make(purpose.clone(), None, minutes(0), system).unwrap();
    store.keep_link(&link, &act()).await.unwrap();
    let digest = secret.digest();
    assert_eq!(
        store.link(&digest, minutes(1)).await.unwrap(),
        Some(purpose)
    );
    let hash = PasswordHash::of("nắng trên sân phơi", &login("lan"), system).unwrap();
    let late = store
        .use_password_link(&digest, &hash, minutes(3 * 24 * 60))
        .await
        .unwrap();
    assert_eq!(late, Welcomed::NoLink);
    let used = store.use_password_link(&digest, &hash, minutes(1)).await;
    assert_eq!(used.unwrap(), Welcomed::Done(login("lan")));
    let again = store.use_password_link(&digest, &hash, minutes(1)).await;
    assert_eq!(again.unwrap(), Welcomed::NoLink);
    assert!(
        store
            .session(&session.digest(), minutes(1))
            .await
            .unwrap()
            .is_none()
    );
    let came = store
        .sign_in(attempt("lan", PASSWORD), minutes(2), system)
        .await
        .unwrap();
    assert_eq!(came, SignIn::Refused);
    let head = store.verify_audit(None).await.unwrap();
    assert!(matches!(head, Audited::Whole(_)), "{head:?}");
}

#[tokio::test]
async fn what_is_over_is_swept_away() {
    let (_folder, store) = with_lan().await;
    let secret = signed_in(&store, minutes(0)).await;
    store.sweep_accounts(minutes(10)).await.unwrap();
    assert_eq!(store.session_count(&login("lan")).await.unwrap(), 1);
    assert!(
        store
            .session(&secret.digest(), minutes(10))
            .await
            .unwrap()
            .is_some()
    );
    store.sweep_accounts(minutes(60)).await.unwrap();
    assert_eq!(store.session_count(&login("lan")).await.unwrap(), 0);
}
