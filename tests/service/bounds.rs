//! How much the service takes at a time: what is more is refused at once, and told when to come again.

use std::io::ErrorKind;
use std::num::NonZeroU32;
use std::time::Duration;

use antin::accounts::Role;
use antin::api::Bounds;
use reqwest::Body;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time;

use crate::site::Running;
use crate::site::Visitor;
use crate::site::told;

type Chunk = Result<Vec<u8>, std::io::Error>;

/// An upload whose bytes come as they are sent.
fn uploading(visitor: &Visitor) -> (mpsc::Sender<Chunk>, tokio::task::JoinHandle<Response>) {
    let (sender, receiver) = mpsc::channel::<Chunk>(1);
    let chunks = futures_util::stream::unfold(receiver, async |mut receiver| {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    let request = visitor.request("POST", "/api/v1/documents?name=a.pdf");
    let request = request.body(Body::wrap_stream(chunks));
    (
        sender,
        tokio::spawn(async move { request.send().await.unwrap() }),
    )
}

async fn inspector(bounds: Bounds) -> (Running, Visitor) {
    let running = Running::within(bounds).await;
    running.add("lan", Role::Inspector).await;
    let lan = running.with_token("lan").await;
    (running, lan)
}

fn few(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_nothing_of_it_kept() {
    let bounds = Bounds {
        document_bytes: 1_000,
        ..Bounds::default()
    };
    let (running, lan) = inspector(bounds).await;
    let (sender, upload) = uploading(&lan);
    for _ in 0..3 {
        // Refused in the middle: the rest may find nobody who listens.
        let _ = sender.send(Ok(vec![b'x'; 400])).await;
    }
    drop(sender);
    let (status, problem) = told(upload.await.unwrap()).await;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
    assert_eq!(running.half_way(), 0);
    let (_, listed) = lan.get("/api/v1/documents").await;
    assert_eq!(listed["items"], json!([]));
    let long = json!({ "name": "x".repeat(5 << 20) });
    let (status, problem) = lan.send("POST", "/api/v1/jobs", long).await;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
}

#[tokio::test]
async fn more_uploads_than_places_are_told_to_come_again() {
    let bounds = Bounds {
        uploads: 1,
        ..Bounds::default()
    };
    let (running, lan) = inspector(bounds).await;
    let (sender, first) = uploading(&lan);
    sender.send(Ok(b"%PDF-1.4 ".to_vec())).await.unwrap();
    let second = async || {
        let request = lan.request("POST", "/api/v1/documents?name=b.pdf");
        request.body("%PDF-1.4 other").send().await.unwrap()
    };
    running.begun().await;
    let refused = second().await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(told(refused).await.1["code"], "busy");
    // What is read meanwhile is not kept waiting.
    assert_eq!(lan.get("/api/v1/documents").await.0, 200);
    drop(sender);
    assert_eq!(first.await.unwrap().status(), 201);
    assert!(second().await.status().is_success());
}

/// The rest of what was refused is thrown away, so that its sender reads why and goes on with the same connection; but not of what
/// is too long for that.
#[tokio::test(flavor = "multi_thread")]
async fn what_follows_a_refused_upload_is_answered() {
    let bounds = Bounds {
        uploads: 1,
        ..Bounds::default()
    };
    let (running, lan) = inspector(bounds).await;
    let (sender, _first) = uploading(&lan);
    sender.send(Ok(b"%PDF-1.4 ".to_vec())).await.unwrap();
    running.begun().await;
    let refused = async |length: usize| {
        let upload = lan.request("POST", "/api/v1/documents?name=b.pdf");
        let refused = upload.body(vec![b' '; length]).send().await;
        let refused = refused.unwrap_or_else(|error| panic!("{length} bytes: {error:?}"));
        assert_eq!(refused.status(), 429);
        let closes = refused.headers().contains_key("connection");
        assert_eq!(told(refused).await.1["code"], "busy");
        closes
    };
    for round in 0..100 {
        assert!(!refused(300_000).await, "{round}");
        let listed = lan.request("GET", "/api/v1/documents").send().await;
        let listed = listed.unwrap_or_else(|error| panic!("{round}: {error:?}"));
        assert_eq!(listed.status(), 200, "{round}");
    }
    assert!(!refused(8 << 20).await);
    let upload = lan.request("POST", "/api/v1/documents?name=b.pdf");
    let upload = upload.header("content-length", (33_u64 << 20).to_string());
    let endless = futures_util::stream::pending::<Chunk>();
    let refused = upload
        .body(Body::wrap_stream(endless))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["connection"], "close");
}

/// Who asks first whether to send is answered without it, and of strangers no more than a form is waited for.
#[tokio::test]
async fn a_refusal_does_not_wait_for_what_need_not_come() {
    let bounds = Bounds {
        silence: Duration::from_secs(3_600),
        ..Bounds::default()
    };
    let running = Running::within(bounds).await;
    for (length, asks) in [(1_000, "Expect: 100-continue\r\n"), (100_000, "")] {
        let mut connection = TcpStream::connect(running.address).await.unwrap();
        let head = format!(
            "POST /api/v1/documents?name=a.pdf HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n{asks}\r\n"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn more_requests_than_places_are_told_to_come_again() {
    let bounds = Bounds {
        requests: 1,
        ..Bounds::default()
    };
    let (running, lan) = inspector(bounds).await;
    let (sender, first) = uploading(&lan);
    sender.send(Ok(b"%PDF-1.4 ".to_vec())).await.unwrap();
    running.begun().await;
    let (status, problem) = lan.get("/api/v1/documents").await;
    assert_eq!((status, &problem["code"]), (429, &json!("busy")));
    drop(sender);
    assert_eq!(first.await.unwrap().status(), 201);
}

#[tokio::test]
async fn more_listeners_than_places_are_told_to_come_again() {
    let bounds = Bounds {
        listeners: 1,
        ..Bounds::default()
    };
    let (_running, lan) = inspector(bounds).await;
    let upload = lan.request("POST", "/api/v1/documents?name=a.pdf");
    let (_, upload) = told(upload.body("%PDF-1.4").send().await.unwrap()).await;
    let path = format!("/api/v1/jobs/{}/events", upload["job"].as_str().unwrap());
    let first = lan.request("GET", &path).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let second = lan.request("GET", &path).send().await.unwrap();
    assert_eq!(told(second).await.1["code"], "busy");
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits() {
    let bounds = Bounds {
        per_second: few(1),
        burst: few(5),
        ..Bounds::default()
    };
    let running = Running::within(bounds).await;
    let stranger = running.stranger();
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(stranger.request("GET", "/healthz").send().await.unwrap());
    }
    let refused = answers.pop().unwrap();
    assert_eq!(answers[0].status(), 200);
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(told(refused).await.1["code"], "rate");
}

#[tokio::test]
async fn behind_a_proxy_each_address_has_a_rate_of_its_own() {
    let bounds = Bounds {
        per_second: few(1),
        burst: few(3),
        ..Bounds::default()
    };
    let running = Running::behind_a_proxy(bounds).await;
    let stranger = running.stranger();
    let status = async |from: &str| {
        let asked = stranger.request("GET", "/healthz");
        let asked = asked.header("x-forwarded-for", from);
        asked.send().await.unwrap().status().as_u16()
    };
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(status("203.0.113.7").await);
    }
    assert_eq!((answers[0], answers[4]), (200, 429), "{answers:?}");
    assert_eq!(status("203.0.113.8").await, 200);
    // What is said in front of the proxy's own word is whoever asks.
    assert_eq!(status("203.0.113.9, 203.0.113.7").await, 429);
    let twice = stranger.request("GET", "/healthz");
    let twice = twice.header("x-forwarded-for", "203.0.113.9");
    let twice = twice.header("x-forwarded-for", "203.0.113.7");
    assert_eq!(twice.send().await.unwrap().status(), 429);
}

#[tokio::test]
async fn who_says_nothing_is_given_up() {
    let bounds = Bounds {
        silence: Duration::from_millis(200),
        headers_within: Duration::from_millis(200),
        ..Bounds::default()
    };
    let (running, lan) = inspector(bounds).await;
    // Nothing at all; a request that does not end; a header every now and then.
    for said in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let mut connection = TcpStream::connect(running.address).await.unwrap();
        connection.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let ended = connection.read_to_end(&mut answer);
        let ended = time::timeout(Duration::from_secs(60), ended).await;
        let ended = ended.unwrap_or_else(|_| panic!("{said:?} is waited for without end"));
        if let Err(error) = ended {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{said:?}");
        }
    }
    let mut connection = TcpStream::connect(running.address).await.unwrap();
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        .await
        .unwrap();
    let drip = async {
        while connection.write_all(b"X-A: b\r\n").await.is_ok() {
            time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = time::timeout(Duration::from_secs(60), drip).await;
    assert!(ended.is_ok(), "headers may come without end");
    let (sender, upload) = uploading(&lan);
    sender.send(Ok(b"%PDF-1.4 ".to_vec())).await.unwrap();
    let upload = time::timeout(Duration::from_secs(60), upload).await;
    let (status, problem) = told(upload.unwrap().unwrap()).await;
    assert_eq!((status, &problem["code"]), (400, &json!("upload_broken")));
    assert_eq!(running.half_way(), 0);
}

#[tokio::test]
async fn what_no_handler_sees_is_refused_by_a_problem_too() {
    let (_running, lan) = inspector(Bounds::default()).await;
    let begin = || lan.request("POST", "/api/v1/jobs");
    let json = |body: &'static str| {
        begin()
            .header("content-type", "application/json")
            .body(body)
    };
    for (request, status, code) in [
        (json("{"), 400, "bad_request"),
        (json("{\"terms\": 3}"), 422, "unfit_value"),
        (begin().body("name=a"), 415, "other_type"),
        (
            lan.request("GET", "/api/v1/jobs?limit=many"),
            400,
            "bad_request",
        ),
        (
            lan.request("GET", "/api/v1/proposals/first"),
            400,
            "bad_request",
        ),
    ] {
        let answer = request.send().await.unwrap();
        let number = answer.headers()["x-request-id"].clone();
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let (found, problem) = told(answer).await;
        assert_eq!(
            (found, &problem["code"]),
            (status, &json!(code)),
            "{problem}"
        );
        assert_eq!(problem["request_id"], number.to_str().unwrap());
        assert_ne!(problem["detail"], Value::Null);
    }
}
