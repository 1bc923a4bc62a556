//! Uploads that break off and go on.

use std::time::Duration;

use reqwest::Body;
use reqwest::Response;
use reqwest::header;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time;

use crate::antin_server::Service;
use crate::scan;

const NAME: &str = "12-unregistered.pdf";

/// Begins an upload; its address.
async fn begun(service: &Service, length: usize) -> String {
    let begin = service.post(&format!("/api/v1/uploads?name={NAME}"));
    let begin = begin.header("upload-length", length).send().await.unwrap();
    assert_eq!(begin.status(), 201, "{begin:?}");
    let place = &begin.headers()[header::LOCATION];
    place.to_str().unwrap().to_owned()
}

async fn sent(service: &Service, place: &str, offset: u64, body: impl Into<Body>) -> Response {
    let piece = service.request("PATCH", place);
    let piece = piece.header(header::CONTENT_TYPE, "application/partial-upload");
    let piece = piece.header("upload-offset", offset).body(body);
    piece.send().await.unwrap()
}

/// How much of an upload is there, and whether all is.
async fn standing(service: &Service, place: &str) -> (u64, String) {
    let asked = service.request("HEAD", place).send().await.unwrap();
    assert_eq!(asked.status(), 200, "{asked:?}");
    let said = |name: &str| asked.headers()[name].to_str().unwrap().to_owned();
    (
        said("upload-offset").parse().unwrap(),
        said("upload-complete"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_a_broken_connection_and_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &[]).await;
    let bytes = scan(NAME);
    let place = begun(&service, bytes.len()).await;
    assert_eq!(standing(&service, &place).await, (0, "?0".into()));
    let third = bytes.len() / 3;
    let first = sent(&service, &place, 0, bytes[..third].to_vec()).await;
    assert_eq!(first.status(), 200, "{first:?}");
    // The second breaks off after a part of it.
    let (sender, receiver) = mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let chunks = futures_util::stream::unfold(receiver, async |mut receiver| {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    let piece = service.request("PATCH", &place);
    let piece = piece.header(header::CONTENT_TYPE, "application/partial-upload");
    let piece = piece.header("upload-offset", third);
    let piece = tokio::spawn(piece.body(Body::wrap_stream(chunks)).send());
    sender
        .send(Ok(bytes[third..third + 100].to_vec()))
        .await
        .unwrap();
    // It is written before anybody knows that more will not come.
    let part = folder.path().join("data/incoming");
    let written = || {
        let files = std::fs::read_dir(&part).unwrap().flatten();
        files
            .map(|file| file.metadata().unwrap().len())
            .sum::<u64>()
    };
    while written() < third as u64 + 100 {
        time::sleep(Duration::from_millis(5)).await;
    }
    let busy = sent(&service, &place, third as u64, "x").await;
    assert_eq!(busy.status(), 409, "two write at once");
    let broken = std::io::Error::other("the line is cut");
    sender.send(Err(broken)).await.unwrap();
    assert!(piece.await.unwrap().is_err(), "it was answered");
    while standing(&service, &place).await.0 < third as u64 + 100 {
        time::sleep(Duration::from_millis(5)).await;
    }
    service.kill_and_restart();
    let (offset, complete) = standing(&service, &place).await;
    assert_eq!((offset, complete.as_str()), (third as u64 + 100, "?0"));
    let rest = bytes[third + 100..].to_vec();
    let last = sent(&service, &place, offset, rest.clone()).await;
    assert_eq!(last.headers()["upload-complete"], "?1");
    let last: Value = last.json().await.unwrap();
    let handed = &last["handed_in"];
    assert_eq!(
        (&handed["bytes"], &handed["name"]),
        (&bytes.len().into(), &NAME.into())
    );
    assert_eq!(
        service.over(handed["job"].as_str().unwrap()).await["done"],
        1
    );
    let id = handed["document"].as_str().unwrap();
    let kept = service.get(&format!("/api/v1/documents/{id}/scan"));
    assert_eq!(kept.send().await.unwrap().bytes().await.unwrap(), bytes);
    // Whoever lost the last answer learns it.
    assert_eq!(
        standing(&service, &place).await,
        (bytes.len() as u64, "?1".into())
    );
    assert_eq!(service.json(&place).await, last);
    assert_eq!(written(), 0, "something is left");
}
