//! Uploads of hundreds of megabytes, by each way in which they come, are never whole in the service's memory.

use futures_util::stream;
use reqwest::Body;
use reqwest::StatusCode;
use reqwest::header;
use reqwest::multipart::Form;
use reqwest::multipart::Part;

use crate::antin_server::Service;

/// What is sent at a time.
const CHUNK: usize = 1 << 20;
/// How many of them: 300 MiB.
const CHUNKS: usize = 300;
/// By how much the service may grow meanwhile, in kilobytes: a sixth of one upload.
const GROWTH_MAX: u64 = 50 << 10;

/// Bytes as they come over a line: nobody has them all, the test no more than the service. Each upload's are its own.
fn much(own: u8) -> Body {
    let chunk = move |number: usize| {
        let mut chunk = vec![own; CHUNK];
        chunk[..8].copy_from_slice(&number.to_le_bytes());
        Ok::<_, std::io::Error>(chunk)
    };
    Body::wrap_stream(stream::iter((0..CHUNKS).map(chunk)))
}

/// The most memory that the process ever held, in kilobytes.
fn peak(service: &Service) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.unwrap().split_whitespace().nth(1).unwrap();
    figure.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn large_uploads_are_never_whole_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    // What any first request brings with it.
    let first = service.upload("a.pdf", vec![9; CHUNK]).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let before = peak(&service);
    let length = CHUNK * CHUNKS;

    let raw = service.post("/api/v1/documents?name=raw.pdf").body(much(1));
    assert_eq!(raw.send().await.unwrap().status(), StatusCode::CREATED);
    let after_raw = peak(&service);

    let file = Part::stream_with_length(much(2), length as u64).file_name("form.pdf");
    let form = service.post("/api/v1/documents/form");
    let form = form.multipart(Form::new().part("file", file));
    assert_eq!(form.send().await.unwrap().status(), StatusCode::CREATED);
    let after_form = peak(&service);

    let begun = service.post("/api/v1/uploads?name=pieces.pdf");
    let begun = begun.header("upload-length", length).send().await.unwrap();
    assert_eq!(begun.status(), StatusCode::CREATED);
    let place = begun.headers()[header::LOCATION]
        .to_str()
        .unwrap()
        .to_owned();
    let piece = service.request("PATCH", &place);
    let piece = piece.header(header::CONTENT_TYPE, "application/partial-upload");
    let piece = piece.header("upload-offset", 0).body(much(3));
    let last = piece.send().await.unwrap();
    assert_eq!(last.headers()["upload-complete"], "?1");
    let after_pieces = peak(&service);

    let listed = service.json("/api/v1/documents").await;
    let sizes = listed["items"].as_array().unwrap().iter();
    let sizes: Vec<usize> = sizes
        .map(|own| usize::try_from(own["bytes"].as_u64().unwrap()).unwrap())
        .collect();
    assert_eq!(sizes, [length, length, length, CHUNK]);
    for (way, after) in [
        ("raw", after_raw),
        ("a form", after_form),
        ("in pieces", after_pieces),
    ] {
        let grown = after - before;
        assert!(grown < GROWTH_MAX, "{way}: {grown} kB over {before} kB");
    }
}
