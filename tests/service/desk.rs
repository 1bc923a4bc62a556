//! At the desk: what two people decide, what is held and deleted, and who looked at what.

use antin::accounts::Role;
use serde_json::Value;
use serde_json::json;

use crate::copies::examined;
use crate::site::Running;
use crate::site::Visitor;
use crate::site::on_each;
use crate::site::told;

/// Whom an auditor's log names for deeds that begin so, about a subject: who, what and what else, the first at first.
async fn logged(auditor: &Visitor, deed: &str, subject: &str) -> Vec<(String, String, Value)> {
    let path = format!("/api/v1/audit?deed={deed}&subject={subject}");
    let (status, log) = auditor.get(&path).await;
    assert_eq!(status, 200, "{log}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = log["items"].as_array().unwrap().iter().rev();
    entries
        .map(|entry| {
            (
                text(&entry["who"]),
                text(&entry["deed"]),
                entry["detail"].clone(),
            )
        })
        .collect()
}

async fn bytes(visitor: &Visitor, path: &str) -> Vec<u8> {
    let answer = visitor.request("GET", path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looked_at_a_document_and_at_a_specimen_is_told_to_the_auditor() {
    on_each("looks", looks).await;
}

async fn looks(running: Running) {
    running.command(&["register", "import", "fixtures/demo/register.csv"]);
    running.work();
    running.add("lan", Role::Inspector).await;
    running.add("minh", Role::Inspector).await;
    running.add("hoa", Role::Auditor).await;
    let lan = running.signed_in("lan").await;
    let id = examined(&lan, "08-forged-font.pdf").await;
    let hoa = running.signed_in("hoa").await;
    let read = async || logged(&hoa, "document.read", &id).await;
    assert_eq!(read().await, [], "handing in is not looking");
    let document = format!("/api/v1/documents/{id}");
    let (_, report) = lan.get(&format!("{document}/report")).await;
    let seal = report["impressions"][0]["seal"].as_str().unwrap();
    let before = logged(&hoa, "specimen.read", seal).await.len();
    bytes(&lan, &format!("{document}/scan")).await;
    let minh = running.signed_in("minh").await;
    bytes(&minh, &format!("{document}/pages/1")).await;
    let overlay = format!("{document}/impressions/0/overlay.png");
    let overlay = bytes(&lan, &overlay).await;
    assert!(
        image::load_from_memory(&overlay).is_ok(),
        "it is no picture"
    );
    bytes(&minh, &format!("/documents/{id}")).await;
    let told = read().await;
    let expected = [
        ("lan", json!({})),
        ("lan", json!({"scan": true})),
        ("minh", json!({"page": 1})),
        ("lan", json!({"impression": 0})),
        ("minh", json!({})),
    ];
    let expected = expected.map(|(who, detail)| (who.into(), "document.read".into(), detail));
    assert_eq!(told, expected);
    let seen = logged(&hoa, "specimen.read", seal).await;
    assert_eq!(seen.len(), before + 1, "{seen:?}");
    assert_eq!(seen.last().unwrap().0, "lan");
    // A program's look is its owner's, by that token.
    let program = running.with_token("minh").await;
    bytes(&program, &format!("{document}/report")).await;
    let who = read().await.pop().unwrap().0;
    assert!(who.contains("minh") && who != "minh", "{who}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_that_two_people_set_aside_leaves_the_engines_verdict_as_it_was() {
    on_each("verdict", sets_aside).await;
}

async fn sets_aside(running: Running) {
    running.work();
    for login in ["lan", "minh"] {
        running.add(login, Role::Inspector).await;
    }
    running.add("hoa", Role::Auditor).await;
    let lan = running.signed_in("lan").await;
    let id = examined(&lan, "12-unregistered.pdf").await;
    let report = format!("/api/v1/documents/{id}/report");
    let before = bytes(&lan, &report).await;
    let decisions = format!("/api/v1/documents/{id}/decisions");
    let (_, standing) = lan.get(&decisions).await;
    assert_eq!(
        (&standing["outcome"], &standing["outcome_after"]),
        (&json!("review"), &json!("review"))
    );
    for reason in ["", " \n"] {
        let finding = json!({ "finding": 0, "reason": reason });
        let (status, problem) = lan.send("POST", &decisions, finding).await;
        assert_eq!((status, &problem["code"]), (422, &json!("reason_needed")));
    }
    let finding = json!({ "finding": 0, "reason": "seen under the glass" });
    let (status, put) = lan.send("POST", &decisions, finding.clone()).await;
    assert_eq!((status, &put["by"]), (201, &json!("lan")), "{put}");
    let (status, problem) = lan.send("POST", &decisions, finding).await;
    assert_eq!((status, &problem["code"]), (409, &json!("decision_stands")));
    let answer = format!("/api/v1/decisions/{}/answer", put["number"]);
    let approve = json!({ "answer": "approve" });
    let (status, problem) = lan.send("POST", &answer, approve.clone()).await;
    assert_eq!((status, &problem["code"]), (403, &json!("two_persons")));
    let (_, standing) = lan.get(&decisions).await;
    assert_eq!(standing["outcome_after"], "review", "one person is not two");
    let minh = running.signed_in("minh").await;
    let (status, done) = minh.send("POST", &answer, approve.clone()).await;
    assert_eq!(status, 200, "{done}");
    let (_, standing) = minh.get(&decisions).await;
    assert_eq!(
        (
            &standing["outcome"],
            &standing["outcome_after"],
            &standing["set_aside"][0]
        ),
        (&json!("review"), &json!("pass"), &put["number"]),
        "{standing}"
    );
    assert_eq!(standing["decisions"][0]["reason"], "seen under the glass");
    assert!(
        bytes(&minh, &report).await == before,
        "the report was changed"
    );
    let (_, document) = minh.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(document["outcome"], "review", "what the engine says stands");
    let (status, problem) = minh.send("POST", &answer, approve).await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("answered_already"))
    );

    let hoa = running.signed_in("hoa").await;
    let (_, log) = hoa.get("/api/v1/audit?deed=decision.").await;
    let log: Vec<_> = log["items"].as_array().unwrap().iter().collect();
    let deeds: Vec<_> = log.iter().map(|own| (&own["who"], &own["deed"])).collect();
    assert_eq!(
        deeds,
        [
            (&json!("minh"), &json!("decision.approved")),
            (&json!("lan"), &json!("decision.proposed"))
        ]
    );
}

/// Hands in the same bytes for somebody's office; their document.
async fn handed_in(running: &Running, login: &str) -> String {
    let program = running.with_token(login).await;
    let upload = program.request("POST", "/api/v1/documents?name=a.pdf");
    let (_, handed) = told(upload.body("%PDF-1.4").send().await.unwrap()).await;
    handed["document"].as_str().unwrap().to_owned()
}

/// Deletes a document: its scan goes, its digest stays.
async fn is_deleted(by: &Visitor, path: &str, why: &str) {
    let (_, before) = by.get(path).await;
    assert_eq!(by.send("DELETE", why, Value::Null).await.0, 204);
    let (status, problem) = by.send("DELETE", why, Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("not_kept")));
    assert_eq!(by.get(&format!("{path}/scan")).await.0, 404);
    let (status, left) = by.get(path).await;
    assert_eq!(
        (status, &left["state"], &left["sha256"], &left["name"]),
        (200, &json!("deleted"), &before["sha256"], &json!(""))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_was_seen_first_and_what_is_deleted_leaves_its_record() {
    on_each("holds", holds).await;
}

async fn holds(running: Running) {
    running.add("lan", Role::Inspector).await;
    running.add_of("minh", Role::Inspector, Some("B2")).await;
    running.add_of("an", Role::Administrator, None).await;
    let id = handed_in(&running, "lan").await;
    let path = format!("/api/v1/documents/{id}");
    let other = format!("/api/v1/documents/{}", handed_in(&running, "minh").await);
    let an = running.signed_in("an").await;
    let tag = async || {
        let seen = an.request("GET", &path).send().await.unwrap();
        seen.headers()["etag"].to_str().unwrap().to_owned()
    };
    let hold = async |tag: Option<&str>, held_for: Value| {
        let mut put = an.request("PUT", &format!("{path}/hold"));
        if let Some(tag) = tag {
            put = put.header("if-match", tag);
        }
        let put = put.json(&json!({ "held_for": held_for, "retain_until": null }));
        told(put.send().await.unwrap()).await
    };
    let seen = tag().await;
    let known = an.request("GET", &path).header("if-none-match", &seen);
    assert_eq!(known.send().await.unwrap().status(), 304);
    let (status, problem) = hold(None, json!("lawsuit")).await;
    assert_eq!(
        (status, &problem["code"]),
        (428, &json!("if_match_required"))
    );
    let (status, held) = hold(Some(&seen), json!("lawsuit")).await;
    assert_eq!(
        (status, &held["held_for"]),
        (200, &json!("lawsuit")),
        "{held}"
    );
    // Whoever saw it before that must look again.
    for stale in [seen.as_str(), "\"nonsense\""] {
        let (status, problem) = hold(Some(stale), Value::Null).await;
        assert_eq!((status, &problem["code"]), (412, &json!("changed_since")));
    }
    let why = format!("{path}?reason=asked%20for");
    let (status, problem) = an.send("DELETE", &why, Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("held")));
    assert_eq!(bytes(&an, &format!("{path}/scan")).await, b"%PDF-1.4");
    assert_eq!(hold(Some(&tag().await), Value::Null).await.0, 200);
    is_deleted(&an, &path, &why).await;
    // The same bytes are another office's document still.
    assert_eq!(bytes(&an, &format!("{other}/scan")).await, b"%PDF-1.4");
    let log = logged(&an, "document.", &id).await;
    let deeds: Vec<_> = log
        .iter()
        .map(|(who, deed, _)| (who.as_str(), deed.as_str()))
        .collect();
    assert_eq!(
        deeds[1..],
        [
            ("an", "document.held"),
            ("an", "document.read"),
            ("an", "document.released"),
            ("an", "document.deleted")
        ],
        "{log:?}"
    );
    assert_eq!(deeds[0].1, "document.uploaded");
    assert_eq!(log[4].2["reason"], "asked for", "{log:?}");
}
