//! How the service ends: what was begun is answered, with a certificate of its own and without.

use std::path::Path;
use std::time::Duration;

use reqwest::Body;
use reqwest::Certificate;
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time;

use crate::antin_server::Service;

/// How many uploads the service has begun to receive.
fn begun(data: &Path) -> usize {
    std::fs::read_dir(data.join("incoming")).map_or(0, Iterator::count)
}

/// Tells a service to end while an upload comes in: it takes nobody new, answers the upload, and ends well.
async fn ends_when_it_has_answered(mut service: Service) {
    let (sender, receiver) = mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let chunks = futures_util::stream::unfold(receiver, async |mut receiver| {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    let request = service.post("/api/v1/documents?name=a.pdf");
    let request = request.body(Body::wrap_stream(chunks));
    let upload = tokio::spawn(request.send());
    sender.send(Ok(b"%PDF-1.4 one ".to_vec())).await.unwrap();
    while begun(&service.data) == 0 {
        time::sleep(Duration::from_millis(20)).await;
    }
    service.tell_to_end();
    let address = service.site.split("//").nth(1).unwrap().to_owned();
    while TcpStream::connect(&address).await.is_ok() {
        time::sleep(Duration::from_millis(20)).await;
    }
    sender.send(Ok(b"two".to_vec())).await.unwrap();
    drop(sender);
    let answer = upload.await.unwrap().unwrap();
    assert_eq!(answer.status(), 201, "what was begun is not answered");
    let handed: Value = answer.json().await.unwrap();
    assert!(service.end().success(), "the service ends in disorder");
    let store = antin::storage::Store::open(&service.data).await.unwrap();
    let document = store.document(handed["document"].as_str().unwrap()).await;
    assert_eq!(document.unwrap().unwrap().bytes, 16, "all of it is kept");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_is_answered_before_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    ends_when_it_has_answered(Service::start(folder.path(), &["--no-worker"]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_of_its_own_it_is_reached_by_tls_alone_and_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (chain, key) = (
        folder.path().join("chain.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    // A second default is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let trusting = Client::builder().tls_certs_only([trusted]).build().unwrap();
    let options = [
        "--no-worker",
        "--tls-cert",
        chain.to_str().unwrap(),
        "--tls-key",
        key.to_str().unwrap(),
    ];
    let service = Service::start_for(trusting, folder.path(), &options);
    assert!(
        service.site.starts_with("https://127.0.0.1:"),
        "{}",
        service.site
    );
    let answer = service.get("/healthz").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["strict-transport-security"],
        "max-age=31536000"
    );
    // Its cookie is for TLS alone.
    let credentials = serde_json::json!({ "login": "an", "password": "một mật khẩu đủ dài 7" });
    let answer = service
        .post("/api/v1/session")
        .json(&credentials)
        .send()
        .await
        .unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-antin=") && cookie.contains("Secure"),
        "{cookie}"
    );
    // Whoever does not trust the certificate, or speaks without TLS, is not served.
    let stranger = Client::new().get(format!("{}/healthz", service.site));
    assert!(stranger.send().await.is_err());
    let plain = service.site.replace("https", "http");
    assert!(
        Client::new()
            .get(format!("{plain}/healthz"))
            .send()
            .await
            .is_err()
    );
    ends_when_it_has_answered(service).await;
}
