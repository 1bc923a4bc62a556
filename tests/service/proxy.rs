//! Behind a proxy that ends TLS, and without one; and the headers that every answer has.

use std::collections::BTreeMap;

use reqwest::Response;
use reqwest::header;
use serde_json::Value;
use serde_json::json;

use crate::antin_server::Service;

/// What every answer says to browsers: seven headers, and how each begins.
const CAREFUL: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; ",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(self), geolocation=(), microphone=()",
    ),
];

/// Signs in as if a proxy had passed it on from somewhere.
async fn sign_in(service: &Service, login: &str, password: &str, from: &str) -> Response {
    let credentials = json!({ "login": login, "password": password });
    let site = format!("{}/api/v1/session", service.site);
    let asked = service.client.post(site).header("x-forwarded-for", from);
    asked.json(&credentials).send().await.unwrap()
}

/// From where the log says that guesses came.
async fn guessed_from(service: &Service) -> Vec<String> {
    let log = service.json("/api/v1/audit?deed=session.refused").await;
    let entries = log["items"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["detail"]["address"].as_str().unwrap().to_owned())
        .collect()
}

const PASSWORD: &str = "một mật khẩu đủ dài 7";

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_cookies_are_for_tls_and_its_word_on_addresses_counts() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--no-worker", "--behind-proxy"];
    let service = Service::start(folder.path(), &options).await;
    let begun = sign_in(&service, "an", PASSWORD, "203.0.113.7").await;
    assert_eq!(begun.status(), 200);
    let cookie = begun.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-antin="), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/;"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let strict = &begun.headers()[header::STRICT_TRANSPORT_SECURITY];
    assert_eq!(strict, "max-age=31536000");
    // The session stands under that cookie alone.
    let pair = cookie.split(';').next().unwrap().to_owned();
    for (cookie, status) in [(pair.as_str(), 200), (&pair["__Host-".len()..], 401)] {
        let site = format!("{}/api/v1/session", service.site);
        let asked = service.client.get(site).header(header::COOKIE, cookie);
        assert_eq!(asked.send().await.unwrap().status(), status, "{cookie}");
    }
    // Whoever asks may say what they like of themselves: the proxy's own word stands last.
    for from in [
        "203.0.113.8",
        "203.0.113.9, 203.0.113.10",
        "2001:db8::1",
        "nonsense",
    ] {
        assert_eq!(sign_in(&service, "eve", "wrong", from).await.status(), 401);
    }
    assert_eq!(
        guessed_from(&service).await,
        ["127.0.0.1", "2001:db8::1", "203.0.113.10", "203.0.113.8"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_proxy_nobodys_word_on_addresses_counts() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    let begun = sign_in(&service, "an", PASSWORD, "203.0.113.7").await;
    let cookie = begun.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("antin=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(
        begun
            .headers()
            .get(header::STRICT_TRANSPORT_SECURITY)
            .is_none()
    );
    let refused = sign_in(&service, "eve", "wrong", "203.0.113.8").await;
    assert_eq!(refused.status(), 401);
    assert_eq!(guessed_from(&service).await, ["127.0.0.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_browsers_careful() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    let mut answers = BTreeMap::new();
    for (path, status) in [
        ("/api/v1/documents", 200),
        ("/documents", 200),
        ("/sign-in", 200),
        ("/healthz", 200),
        ("/metrics", 200),
        ("/api/docs/", 200),
        ("/api/v1/openapi.json", 200),
        ("/api/v1/documents/nothing", 404),
        ("/no/such/place", 404),
        ("/api/v1/jobs?limit=many", 400),
    ] {
        let answer = service.get(path).send().await.unwrap();
        answers.insert(path, (status, answer));
    }
    let site = format!("{}/api/v1/documents", service.site);
    let stranger = service.client.get(site).send().await.unwrap();
    answers.insert("a stranger's", (401, stranger));
    let mut guess = sign_in(&service, "an", "wrong", "-").await;
    while guess.status() == 401 {
        guess = sign_in(&service, "an", "wrong", "-").await;
    }
    answers.insert("who guesses", (429, guess));
    for (what, (status, answer)) in answers {
        assert_eq!(answer.status(), status, "{what}");
        for (name, beginning) in CAREFUL {
            let said = answer.headers().get_all(name).iter();
            let said: Vec<&str> = said.map(|value| value.to_str().unwrap()).collect();
            assert!(
                said.len() == 1 && said[0].starts_with(beginning),
                "{what}: {name}: {said:?}"
            );
        }
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str();
        assert!(!policy.unwrap().contains("unsafe"), "{what}");
        if status >= 400 {
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["status"], status, "{what}: {problem}");
        }
    }
}
