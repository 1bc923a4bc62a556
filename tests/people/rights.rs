//! People's roles and what ends with them, on both databases.

use antin::accounts::Login;
use antin::accounts::PasswordHash;
use antin::accounts::Person;
use antin::accounts::Role;
use antin::accounts::link::Link;
use antin::accounts::link::Purpose;
use antin::accounts::secret::system;
use antin::storage::accounts::Changed;
use antin::storage::accounts::NewPerson;
use antin::storage::accounts::SignIn;
use antin::storage::accounts::Welcomed;
use antin::storage::proposals::Content;

use crate::PASSWORD;
use crate::act;
use crate::add;
use crate::body;
use crate::minutes;
use crate::on_each;
use crate::signed_in;

fn login(name: &str) -> Login {
    name.parse().unwrap()
}

fn person(name: &str, role: Role) -> Person {
    Person::new(login(name), name, (role, None), minutes(0)).unwrap()
}

#[test]
fn the_first_administrator_comes_by_the_last_link_and_once() {
    on_each("first", async |store, _| {
        assert!(!store.has_people().await.unwrap());
        let mut secrets = Vec::new();
        for at in 0..2 {
            let made = Link::make(Purpose::FirstAdministrator, None, minutes(at), system);
            let (link, secret) = made.unwrap();
            store.keep_link(&link, &act("root")).await.unwrap();
            secrets.push(secret.digest());
        }
        let new = NewPerson {
            password: PasswordHash::of(PASSWORD, &login("lan"), system).ok(),
            person: person("lan", Role::Inspector),
        };
        for (secret, came) in [
            (&secrets[0], Welcomed::NoLink),
            (&secrets[1], Welcomed::Done(login("lan"))),
            (&secrets[1], Welcomed::NoLink),
        ] {
            let used = store.use_first_link(secret, &new, minutes(2)).await;
            assert_eq!(used.unwrap(), came);
        }
        let lan = store.person(&login("lan")).await.unwrap().unwrap();
        assert_eq!(lan.role, Role::Administrator);
        assert!(store.has_administrator().await.unwrap());
    });
}

#[test]
fn who_is_changed_or_disabled_is_so_at_once_and_the_last_administrator_stays() {
    on_each("rights", async |store, _| {
        add(&store, "lan", Role::Administrator).await;
        let root = act("root");
        let disabled = async |name: &str| store.disable_person(&login(name), &root).await.unwrap();
        assert_eq!(disabled("lan").await, Changed::LastAdministrator);
        let auditor = person("lan", Role::Auditor);
        let changed = async || store.change_person(&auditor, &root).await.unwrap();
        assert_eq!(changed().await, Changed::LastAdministrator);
        add(&store, "hoa", Role::Administrator).await;
        assert_eq!(changed().await, Changed::Made);
        assert_eq!(changed().await, Changed::AsBefore);
        let SignIn::Begun { secret, person } = signed_in(&store, "lan", PASSWORD, minutes(0)).await
        else {
            panic!("lan was refused");
        };
        assert_eq!(person.role, Role::Auditor);
        assert_eq!(disabled("lan").await, Changed::Made);
        let session = store.session(&secret.digest(), minutes(1)).await;
        assert!(session.unwrap().is_none(), "the session stands");
        let refused = signed_in(&store, "lan", PASSWORD, minutes(1)).await;
        assert_eq!(refused, SignIn::Refused);
        let enabled = store.enable_person(&login("lan"), &root).await;
        assert_eq!(enabled.unwrap(), Changed::Made);
        let begun = signed_in(&store, "lan", PASSWORD, minutes(2)).await;
        assert!(matches!(begun, SignIn::Begun { .. }), "{begun:?}");
        assert_eq!(disabled("nobody").await, Changed::Unknown);
        assert_eq!(store.people().await.unwrap().len(), 2);
    });
}

#[test]
fn what_rows_would_do_is_told_before_they_are_proposed() {
    on_each("preview", async |store, _| {
        let content: Content = body("B1").content;
        let told = async || store.preview(&content).await.unwrap();
        let new = told().await;
        assert_eq!(new.len(), 1, "{new:?}");
        let put = store.propose(&body("B1"), &act("lan")).await.unwrap();
        assert_eq!(
            told().await,
            new,
            "what is proposed is not recorded yet: {put:?}"
        );
        let approve = antin::accounts::two_person::Answer::Approve;
        store
            .answer_proposal(1, approve, &act("minh"))
            .await
            .unwrap();
        assert_ne!(told().await, new, "it is there now");
    });
}
