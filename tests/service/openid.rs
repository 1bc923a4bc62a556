//! Signing in by a provider of OpenID Connect.

use std::net::SocketAddr;
use std::sync::Arc;

use antin::accounts::Role;
use antin::accounts::guessing::DELAY_MAX;
use antin::accounts::guessing::Guesser;
use antin::api::Bounds;
use antin::api::listening;
use antin::openid::Provider;
use antin::openid::Setting;
use antin::storage::accounts::Identified;
use antin::storage::audit::AuditFilter;
use jiff::SignedDuration;
use jiff::Timestamp;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::Value;
use serde_json::json;

use crate::issuer::CLIENT;
use crate::issuer::Issuer;
use crate::issuer::Lie;
use crate::issuer::SECRET;
use crate::site::PASSWORD;
use crate::site::Running;
use crate::site::Visitor;
use crate::site::act;
use crate::site::told;

const BEGIN: &str = "/api/v1/session/openid";

/// What is told where nobody is signed in, by what is wrong.
const LIES: [(Lie, &str); 11] = [
    (Lie::Nonce, "unproven"),
    (Lie::Audience, "unproven"),
    (Lie::Issuer, "unproven"),
    (Lie::Old, "unproven"),
    (Lie::Key, "unproven"),
    (Lie::Unsigned, "unproven"),
    (Lie::Shared, "unproven"),
    (Lie::Nothing, "unproven"),
    (Lie::Long, "silent"),
    (Lie::Elsewhere, "silent"),
    (Lie::Declined, "declined"),
];

/// A service that people sign in to by the provider: Lan is known to it.
async fn vouched() -> (Running, Arc<Issuer>) {
    let issuer = Issuer::start().await;
    let bound = listening::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let provider = Provider::of(Setting {
        issuer: issuer.address.clone(),
        client: CLIENT.into(),
        secret: Some(SECRET.into()),
        site: format!("http://{}", bound.1),
    });
    let running = Running::on(bound, (Bounds::default(), Some(provider.unwrap()))).await;
    running.add("an", Role::Administrator).await;
    running.add("lan", Role::Inspector).await;
    let lan = "lan".parse().unwrap();
    let said = (issuer.address.as_str(), Some("248289761001"));
    let named = running.store.identify(&lan, said, &act()).await;
    assert_eq!(named.unwrap(), Identified::Done, "she cannot be named");
    (running, issuer)
}

/// Says what the provider calls somebody.
async fn named(by: &Visitor, login: &str, subject: &str) -> (u16, Value) {
    let path = format!("/api/v1/people/{login}/identity");
    let seen = by.request("GET", &path).send().await.unwrap();
    let put = by
        .request("PUT", &path)
        .header("if-match", &seen.headers()["etag"]);
    told(
        put.json(&json!({ "subject": subject }))
            .send()
            .await
            .unwrap(),
    )
    .await
}

/// Where somebody is led, from redirection to redirection.
async fn led(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.request("GET", path).send().await.unwrap();
    let url = answer.url();
    let query = url
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    format!("{}{query}", url.path())
}

/// Who refused whom, last first.
async fn refusals(running: &Running) -> Vec<(String, Value)> {
    let filter = AuditFilter {
        deed: Some("session.refused".into()),
        ..AuditFilter::default()
    };
    let entries = running.store.audit_entries(&filter, 100).await.unwrap();
    let entries = entries.into_iter();
    entries
        .map(|entry| (entry.subject, serde_json::from_str(&entry.detail).unwrap()))
        .collect()
}

#[tokio::test]
async fn whom_the_provider_vouches_for_and_the_administrator_named_is_signed_in() {
    let (running, issuer) = vouched().await;
    let browser = running.stranger();
    // To the provider, back, and to the first page.
    assert_eq!(led(&browser, BEGIN).await, "/");
    let (status, me) = browser.get("/api/v1/session").await;
    assert_eq!(
        (status, &me["login"], &me["role"]),
        (200, &json!("lan"), &json!("inspector"))
    );
    let an = running.signed_in("an").await;
    let (_, log) = an.get("/api/v1/audit?subject=lan").await;
    assert_eq!(log["items"][0]["detail"]["issuer"], issuer.address);
    // Nobody else is that person; who is named otherwise has no session any more, and who is disabled begins none.
    let (status, taken) = named(&an, "an", "248289761001").await;
    assert_eq!((status, &taken["code"]), (409, &json!("identity_taken")));
    assert_eq!(named(&an, "lan", "").await.1["code"], "unfit_value");
    let path = "/api/v1/people/lan/identity";
    let seen = an.request("GET", path).send().await.unwrap();
    let seen = seen.headers()["etag"].clone();
    let (status, unseen) = an.send("PUT", path, json!({ "subject": "x" })).await;
    assert_eq!(
        (status, &unseen["code"]),
        (428, &json!("if_match_required"))
    );
    assert_eq!(named(&an, "lan", "another").await.0, 200);
    let late = an.request("PUT", path).header("if-match", seen);
    let late = late.json(&json!({ "subject": "x" })).send().await.unwrap();
    let (status, late) = told(late).await;
    assert_eq!((status, &late["code"]), (412, &json!("changed_since")));
    assert_eq!(browser.get("/api/v1/session").await.0, 401);
    *issuer.subject.lock().unwrap() = "another".into();
    assert_eq!(led(&browser, BEGIN).await, "/");
    let lan = "lan".parse().unwrap();
    running.store.disable_person(&lan, &act()).await.unwrap();
    let refused = "/sign-in?refused=no_account";
    assert_eq!(led(&running.stranger(), BEGIN).await, refused);
    *issuer.subject.lock().unwrap() = "somebody".into();
    let stranger = running.stranger();
    assert_eq!(led(&stranger, BEGIN).await, refused);
    assert_eq!(stranger.get("/api/v1/session").await.0, 401);
    let detail = json!({ "address": "127.0.0.1", "issuer": issuer.address });
    let expected = ["unknown identity", "lan"].map(|who| (who.to_owned(), detail.clone()));
    assert_eq!(refusals(&running).await, expected);
}

#[tokio::test]
async fn what_the_provider_did_not_sign_for_this_sign_in_counts_for_nothing() {
    let (running, issuer) = vouched().await;
    for (lie, told) in LIES {
        *issuer.lie.lock().unwrap() = lie;
        let browser = running.stranger();
        let refused = format!("/sign-in?refused={told}");
        assert_eq!(led(&browser, BEGIN).await, refused, "{lie:?}");
        assert_eq!(browser.get("/api/v1/session").await.0, 401, "{lie:?}");
    }
    let unproven = LIES.iter().filter(|(_, told)| *told == "unproven").count();
    assert_eq!(refusals(&running).await.len(), unproven);
    *issuer.lie.lock().unwrap() = Lie::None;
    assert_eq!(led(&running.stranger(), BEGIN).await, "/");
}

#[tokio::test]
async fn who_fails_too_often_is_not_looked_at() {
    let (running, issuer) = vouched().await;
    // Others at the same address failed before, each after the longest delay: the next failure costs it again.
    let guesser = [Guesser::Address([127, 0, 0, 1].into())];
    let now = Timestamp::now();
    for number in (1..=44).rev() {
        let at = now - number * (DELAY_MAX + SignedDuration::from_mins(1));
        let waits = running.store.begin_attempt(&guesser, at).await.unwrap();
        assert_eq!(waits, None, "{number}");
    }
    *issuer.lie.lock().unwrap() = Lie::Nonce;
    let unproven = led(&running.stranger(), BEGIN).await;
    assert_eq!(unproven, "/sign-in?refused=unproven");
    *issuer.lie.lock().unwrap() = Lie::None;
    let waits = led(&running.stranger(), BEGIN).await;
    assert_eq!(waits, "/sign-in?refused=wait");
    let answer = running.stranger().sign_in("lan", PASSWORD).await;
    assert_eq!(answer.status(), 429, "passwords are tried instead");
}

#[tokio::test]
async fn a_sign_in_counts_once_and_in_the_browser_that_began_it() {
    let (running, _issuer) = vouched().await;
    let refused = "/sign-in?refused=not_begun";
    let back = |query: &str| format!("{BEGIN}/back{query}");
    for query in [
        "",
        "?code=code-0&state=",
        "?code=code-0&state=mine",
        "?error=access_denied",
    ] {
        assert_eq!(
            led(&running.stranger(), &back(query)).await,
            refused,
            "{query}"
        );
    }
    // A browser that goes step by step.
    let steps = || Client::builder().redirect(Policy::none()).build().unwrap();
    let site = format!("http://{}", running.address);
    let step = async |browser: &Client, address: &str, cookie: &str| {
        let asked = browser.get(address).header("cookie", cookie);
        let answer = asked.send().await.unwrap();
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
        (place, cookies.collect::<Vec<_>>())
    };
    let begun = async |browser: &Client| {
        let (away, cookies) = step(browser, &format!("{site}{BEGIN}"), "").await;
        let parts: Vec<_> = cookies[0].split("; ").collect();
        assert_eq!(
            parts[1..],
            ["Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax"]
        );
        (step(browser, &away, "").await.0, parts[0].to_owned())
    };
    let (own, other) = (steps(), steps());
    let (place, cookie) = begun(&own).await;
    let (others, _) = begun(&other).await;
    // What somebody else began, or began with nothing kept, signs nobody in.
    for (place, cookie) in [(&others, cookie.as_str()), (&place, "")] {
        let (led, cookies) = step(&own, place, cookie).await;
        assert_eq!(led, refused);
        assert!(
            cookies
                .iter()
                .all(|cookie| cookie.starts_with("antin-away=;")),
            "{cookies:?}"
        );
    }
    let (led, cookies) = step(&own, &place, &cookie).await;
    assert_eq!((led.as_str(), cookies.len()), ("/", 2));
    assert_eq!(
        step(&own, &place, &cookie).await.0,
        refused,
        "it counts twice"
    );
}

#[tokio::test]
async fn the_page_for_signing_in_tells_of_the_provider_and_what_it_refused() {
    let (running, _issuer) = vouched().await;
    let page = async |running: &Running, language: &str, query: &str| {
        let path = format!("/sign-in{query}");
        let asked = running
            .stranger()
            .request("GET", &path)
            .header("accept-language", language);
        asked.send().await.unwrap().text().await.unwrap()
    };
    let link = "href=\"/api/v1/session/openid\"";
    for (language, text) in [
        ("en", "Nobody here is known by that account"),
        ("vi", "Không có ai ở đây ứng với tài khoản đó"),
        ("zh", "该账户在此无对应用户"),
    ] {
        let told = page(&running, language, "?refused=no_account").await;
        assert!(told.contains(link) && told.contains(text), "{told}");
    }
    let told = page(&running, "en", "?refused=%3Cscript%3E").await;
    assert!(told.contains("role=\"alert\" hidden></p>"), "{told}");
    let without = Running::start().await;
    assert!(!page(&without, "en", "").await.contains(link));
    let (status, problem) = without.stranger().get(BEGIN).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_be_used_is_told_at_the_start() {
    let issuer = Issuer::start().await;
    let elsewhere = issuer.address.replace("127.0.0.1", "localhost");
    let folder = tempfile::tempdir().unwrap();
    let said = |issuer: &str, more: &[&str]| {
        let started = std::process::Command::new(env!("CARGO_BIN_EXE_antin"))
            .env("ANTIN_DATA", folder.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--no-worker"])
            .args(["--openid-issuer", issuer])
            .args(more)
            .output()
            .unwrap();
        assert!(!started.status.success(), "{issuer}");
        String::from_utf8(started.stderr).unwrap()
    };
    let client = ["--openid-client", CLIENT];
    let both = [&client[..], &["--site", "https://antin.example.vn"]].concat();
    let lacks = said(&issuer.address, &client);
    assert!(lacks.contains("--site"), "{lacks}");
    for (issuer, text) in [
        ("http://id.example.vn", "not an address of https"),
        (
            "http://127.0.0.1:1",
            "the provider of OpenID Connect at http://127.0.0.1:1 does not answer",
        ),
        // What names itself otherwise than it was asked for.
        (&elsewhere, "unexpected issuer"),
    ] {
        let error = said(issuer, &both);
        assert!(error.contains(text), "{error}");
    }
}
