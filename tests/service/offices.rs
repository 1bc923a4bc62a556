//! Offices: each is a body of the register.

use antin::accounts::Role;
use antin::registry::Entry;
use reqwest::header::IF_MATCH;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;
use crate::site::Visitor;
use crate::site::act;
use crate::site::told;

async fn changed(by: &Visitor, login: &str, change: Value) -> (u16, Value) {
    let path = format!("/api/v1/people/{login}");
    let shown = by.request("GET", &path).send().await.unwrap();
    let tag = shown.headers()["etag"].clone();
    let request = by.request("PATCH", &path).header(IF_MATCH, tag);
    told(request.json(&change).send().await.unwrap()).await
}

#[tokio::test]
async fn people_work_for_bodies_of_the_register_or_for_none() {
    let running = Running::start().await;
    running.add_of("hoa", Role::Administrator, None).await;
    running.add("lan", Role::Inspector).await;
    let hoa = running.signed_in("hoa").await;
    let add = async |login: &str, office: &str| {
        let person =
            json!({ "login": login, "name": login, "role": "inspector", "office": office });
        hoa.send("POST", "/api/v1/people", person).await
    };
    let (status, refused) = add("minh", "B9").await;
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("no_such_office")),
        "{refused}"
    );
    assert!(
        refused["detail"].as_str().unwrap().contains("B9"),
        "{refused}"
    );
    assert_eq!(hoa.get("/api/v1/people/minh").await.0, 404);
    assert_eq!(add("minh", "B1").await.0, 201);
    assert_eq!(add("tuan", "").await.0, 201);
    let (status, refused) = changed(&hoa, "tuan", json!({ "office": "B9" })).await;
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("no_such_office")),
        "{refused}"
    );
    let (status, tuan) = changed(&hoa, "tuan", json!({ "office": "B1" })).await;
    assert_eq!((status, &tuan["office"]), (200, &json!("B1")), "{tuan}");
}

#[tokio::test]
async fn nothing_is_handed_in_for_an_office_whose_row_was_withdrawn() {
    let running = Running::start().await;
    running.add_of("hoa", Role::Administrator, None).await;
    running.add("lan", Role::Inspector).await;
    let (hoa, lan) = (
        running.signed_in("hoa").await,
        running.signed_in("lan").await,
    );
    let hand_in = async |by: &Visitor, bytes: &'static [u8]| {
        let request = by.request("POST", "/api/v1/documents?name=a.pdf");
        told(request.body(bytes).send().await.unwrap()).await
    };
    assert_eq!(hand_in(&lan, b"%PDF-1").await.0, 201);
    let entries = running.store.entries().await.unwrap();
    let body = &entries[0].name;
    let content = [("withdraws", body.as_str()), ("reason", "a mistake")];
    let content = content.map(|(column, text)| (column.to_owned(), text.to_owned()));
    let withdrawal = [Entry {
        kind: "withdrawal".into(),
        key: body.clone(),
        content: content.into(),
        ..Entry::default()
    }];
    let act = act();
    let recorded = running.store.record_entries(&withdrawal, "w.csv", &act);
    assert_eq!(recorded.await.unwrap().changes.entries_added, 1);
    let before = running.store.jobs(None, None, 10).await.unwrap().len();
    let (status, refused) = hand_in(&lan, b"%PDF-2").await;
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("no_such_office")),
        "{refused}"
    );
    let (status, refused) = lan
        .send("POST", "/api/v1/jobs", json!({ "name": "a" }))
        .await;
    assert_eq!((status, &refused["code"]), (422, &json!("no_such_office")));
    let after = running.store.jobs(None, None, 10).await.unwrap().len();
    assert_eq!(after, before, "a job was begun");
    // What does not touch the office is changed all the same, and who works for none hands in as ever.
    assert_eq!(changed(&hoa, "lan", json!({ "name": "Lan" })).await.0, 200);
    assert_eq!(hand_in(&hoa, b"%PDF-3").await.0, 201);
}
