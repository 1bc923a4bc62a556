//! An archive that cannot be unpacked: tried again with its true reason, and refused once it is not kept.

use std::time::Duration;

use antin::accounts::Role;
use antin::storage::blobs::Blobs;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;
use crate::site::Visitor;
use crate::site::told;

/// Waits until a job is over; its first item.
async fn over(by: &Visitor, job: &str) -> Value {
    let path = format!("/api/v1/jobs/{job}");
    for _ in 0..600 {
        let (status, standing) = by.get(&path).await;
        assert_eq!(status, 200, "{standing}");
        if standing["over"] == true {
            let (_, items) = by.get(&format!("{path}/items")).await;
            return items["items"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_archive_is_tried_again_and_told_for_what_it_is() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    let lan = running.signed_in("lan").await;
    running.work();
    // It begins as an archive does, and ends there.
    let damaged = [&b"PK\x03\x04"[..], &[0; 600]].concat();
    let upload = lan.request("POST", "/api/v1/documents?name=a.zip");
    let (status, handed) = told(upload.body(damaged.clone()).send().await.unwrap()).await;
    assert_eq!(status, 201, "{handed}");
    let job = handed["job"].as_str().unwrap();
    let first = over(&lan, job).await;
    assert_eq!(first["state"], "failed", "{first}");
    assert!(first["reason"].is_string(), "{first}");

    let blobs = Blobs::under(running.data()).unwrap();
    let sha256 = handed["sha256"].as_str().unwrap();
    let kept = blobs.open(sha256).await.unwrap();
    assert_eq!(std::fs::read(kept.path()).unwrap(), damaged);
    let orders = format!("/api/v1/jobs/{job}/orders");
    let retry = json!({ "order": "retry" });
    let (status, standing) = lan.send("POST", &orders, retry.clone()).await;
    assert_eq!(status, 200, "{standing}");
    assert_eq!(over(&lan, job).await, first, "the reason is another");

    // Cancelled, it is tried no more, and that is said.
    let cancel = json!({ "order": "cancel" });
    assert_eq!(lan.send("POST", &orders, cancel).await.0, 200);
    let (status, refused) = lan.send("POST", &orders, retry).await;
    assert_eq!((status, &refused["code"]), (409, &json!("cancelled")));
    assert_eq!(over(&lan, job).await["reason"], first["reason"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_again_is_refused() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    let lan = running.signed_in("lan").await;
    let beginning = json!({ "name": "Kho năm 2024" });
    let (status, job) = lan.send("POST", "/api/v1/jobs", beginning).await;
    assert_eq!(status, 201, "{job}");
    let id = job["id"].as_str().unwrap();
    let reason = "it is too large";
    running
        .store
        .add_left_out(id, "b.pdf", reason)
        .await
        .unwrap();
    let orders = format!("/api/v1/jobs/{id}/orders");
    let retry = json!({ "order": "retry" });
    let (status, refused) = lan.send("POST", &orders, retry).await;
    assert_eq!((status, &refused["code"]), (409, &json!("not_kept")));
    let failed = over(&lan, id).await;
    assert_eq!(
        (&failed["state"], &failed["reason"]),
        (&json!("failed"), &json!(reason))
    );
}
