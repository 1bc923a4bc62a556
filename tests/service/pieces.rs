//! Pieces of uploads that are refused, and whose uploads are.

use antin::accounts::Role;
use antin::api::Bounds;
use antin::storage::items::Settlement;
use antin::storage::results::NewResult;
use jiff::SignedDuration;
use jiff::Timestamp;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;
use crate::site::Visitor;
use crate::site::told;

async fn begun(by: &Visitor, query: &str, length: &str) -> Response {
    let begin = by.request("POST", &format!("/api/v1/uploads{query}"));
    begin.header("upload-length", length).send().await.unwrap()
}

/// Begins one that is not refused; its address.
async fn opened(by: &Visitor, length: &str) -> String {
    let begun = begun(by, "?name=a.pdf", length).await;
    assert_eq!(begun.status(), 201, "{begun:?}");
    begun.headers()["location"].to_str().unwrap().to_owned()
}

async fn sent(by: &Visitor, place: &str, (offset, kind): (&str, &str), body: &str) -> (u16, Value) {
    let piece = by.request("PATCH", place).header("content-type", kind);
    let piece = piece.header("upload-offset", offset).body(body.to_owned());
    told(piece.send().await.unwrap()).await
}

const PIECE: &str = "application/partial-upload";

/// A service that takes 20 bytes, and two people of one office.
async fn small() -> (Running, Visitor, Visitor) {
    let running = Running::within(Bounds {
        document_bytes: 20,
        ..Bounds::default()
    })
    .await;
    for login in ["lan", "minh"] {
        running.add(login, Role::Inspector).await;
    }
    let lan = running.signed_in("lan").await;
    let minh = running.signed_in("minh").await;
    (running, lan, minh)
}

#[tokio::test]
async fn a_piece_fits_what_is_there_or_is_refused() {
    let (running, lan, _) = small().await;
    for (query, length, status) in [
        ("", "21", 413),
        ("", "0", 400),
        ("", "-1", 400),
        ("", "much", 400),
        ("?job=nothing", "8", 404),
    ] {
        let refused = begun(&lan, query, length).await.status();
        assert_eq!(refused, status, "{query} {length}");
    }
    assert_eq!(running.half_way(), 0, "what was refused leaves a file");
    let place = opened(&lan, "8").await;
    for (offset, kind, body, refused) in [
        ("1", PIECE, "%PDF", (409, "other_offset")),
        ("x", PIECE, "%PDF", (400, "bad_request")),
        ("0", "application/pdf", "%PDF", (415, "other_type")),
        ("0", PIECE, "%PDF-1.4 and more", (413, "too_large")),
    ] {
        let (status, problem) = sent(&lan, &place, (offset, kind), body).await;
        let code = problem["code"].as_str().unwrap();
        assert_eq!((status, code), refused, "{offset} {kind}");
    }
    let (status, first) = sent(&lan, &place, ("0", PIECE), "%PDF").await;
    assert_eq!((status, &first["offset"]), (200, &4.into()), "{first}");
    let again = lan.request("PATCH", &place).header("content-type", PIECE);
    let again = again.header("upload-offset", "0").body("%PDF");
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), 409, "the first piece counts twice");
    assert_eq!(
        again.headers()["upload-offset"],
        "4",
        "the next begins there"
    );
}

#[tokio::test]
async fn an_upload_is_its_beginners_and_what_was_handed_in_stays() {
    let (running, lan, minh) = small().await;
    let place = opened(&lan, "8").await;
    let ended = async |by: &Visitor| {
        let end = by.request("DELETE", &place).send();
        told(end.await.unwrap()).await.0
    };
    let taken = sent(&minh, &place, ("0", PIECE), "%PDF-1.4").await.0;
    let seen = minh.get(&place).await.0;
    assert_eq!((seen, taken, ended(&minh).await), (404, 404, 404));
    let (status, last) = sent(&lan, &place, ("0", PIECE), "%PDF-1.4").await;
    let is_new = &last["handed_in"]["new"];
    assert_eq!((status, is_new), (200, &true.into()), "{last}");
    // Whoever lost the answer asks again.
    let again = sent(&lan, &place, ("8", PIECE), "").await;
    assert_eq!(again, (200, last.clone()));
    assert_eq!(ended(&lan).await, 204, "it cannot be ended");
    assert_eq!((lan.get(&place).await.0, running.half_way()), (404, 0));
    let id = last["handed_in"]["document"].as_str().unwrap();
    let (status, document) = minh.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!((status, &document["bytes"]), (200, &8.into()), "{document}");
}

#[tokio::test]
async fn an_upload_that_is_ended_leaves_nothing_and_only_so_many_are_open() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    let lan = running.with_token("lan").await;
    let mut places = Vec::new();
    for _ in 0..100 {
        places.push(opened(&lan, "8").await);
    }
    let (status, problem) = told(begun(&lan, "", "8").await).await;
    assert_eq!((status, &problem["code"]), (429, &"uploads_open".into()));
    let ended = lan.request("DELETE", &places[0]).send().await.unwrap();
    assert_eq!((ended.status().as_u16(), running.half_way()), (204, 99));
    assert_eq!(begun(&lan, "", "8").await.status(), 201);
}

#[tokio::test]
async fn an_upload_of_what_is_stopped_is_not_told_of_any_more() {
    let (running, lan, _) = small().await;
    let first = opened(&lan, "8").await;
    let (status, handed) = sent(&lan, &first, ("0", PIECE), "%PDF-1.4").await;
    assert_eq!(status, 200, "{handed}");
    assert_eq!(lan.get(&first).await.1["handed_in"]["name"], "a.pdf");
    let sha256 = handed["handed_in"]["sha256"].as_str().unwrap();
    let report = json!({
        "schema": "antin.report/1", "engine": "antin test", "policy": "default/1", "register": {"revision": 0},
        "document": {"path": sha256, "sha256": sha256, "pages": 1, "reason": null,
            "date": {"claimed": null, "source": "unknown", "not_after": null, "proof": null}},
        "outcome": "stopped", "pages": [], "impressions": [], "findings": []
    });
    let result = NewResult {
        report: serde_json::from_value(report).unwrap(),
        claim: None,
        crops: None,
        keys: Vec::new(),
        dies: Vec::new(),
    };
    let until = (Timestamp::now(), SignedDuration::from_secs(60));
    let claimed = running.store.claim_items("a", 1, until).await.unwrap();
    let stopped = Settlement::Examined(Box::new(result));
    let settled = running.store.settle_item(&claimed[0], &stopped, until.0);
    assert!(settled.await.unwrap());
    assert_eq!(lan.get(&first).await.0, 404, "its name is told");
    // One that was on its way meanwhile, and is handed in after that.
    let second = opened(&lan, "8").await;
    let (status, handed) = sent(&lan, &second, ("0", PIECE), "%PDF-1.4").await;
    assert_eq!(status, 200, "{handed}");
    assert_eq!(lan.get(&second).await.0, 404, "its name is told");
}
