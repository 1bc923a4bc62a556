//! What is an office's, asked for at every address by those of another.

use antin::accounts::Role;
use antin::api::routes::Access;
use antin::api::routes::ROUTES;
use reqwest::multipart::Form;
use reqwest::multipart::Part;
use serde_json::Value;
use serde_json::json;

use crate::copies::examined;
use crate::site::Running;
use crate::site::Visitor;
use crate::site::on_each;
use crate::site::told;

/// What belongs to an office, by its names.
struct Belongings {
    document: String,
    job: String,
    decision: u64,
    tracing: u64,
}

/// The routes to something of an office, with the names of what is there.
fn addresses(own: &Belongings) -> Vec<(&'static str, &'static str, String, Access)> {
    let named = |path: &str| {
        let id = match path.contains("/jobs/") {
            true => &own.job,
            false => &own.document,
        };
        let number = match path.contains("/tracings/") {
            true => own.tracing,
            false => own.decision,
        };
        path.replace("{id}", id)
            .replace("{number}", &number.to_string())
            .replace("{impression}", "0")
            .replace("{page}", "1")
            .replace("{kind}", "impression.png")
    };
    let of_an_office = ["/documents/{id}", "/jobs/{id}", "/decisions/{number}"];
    let rows = ROUTES
        .iter()
        .filter(|(_, path, _)| of_an_office.iter().any(|part| path.contains(part)));
    rows.map(|(method, path, access)| (*method, *path, named(path), *access))
        .collect()
}

/// What a route is sent, so that nothing but whose it is stands in the way.
fn body(path: &str) -> Value {
    let last = path.rsplit('/').next().unwrap();
    match last {
        "orders" => json!({ "order": "pause" }),
        "answer" => json!({ "answer": "withdraw" }),
        "decisions" => json!({ "finding": 0, "reason": "seen under the glass" }),
        "reviews" => json!({ "kind": "referred", "note": "to the police" }),
        "opinion" => json!({ "said": "same" }),
        "control" => json!({ "truth": "different" }),
        "tracings" => drawing(),
        "fields" => json!({ "number": "21" }),
        "hold" => json!({ "held_for": "lawsuit", "retain_until": null }),
        _ => Value::Null,
    }
}

fn drawing() -> Value {
    json!({ "page": 1, "kind": "false", "impression": 0, "bbox_px": [100, 100, 200, 200] })
}

/// What lan of B1 has: a document with an impression, its job, a decision that is open and something drawn.
async fn belongings(lan: &Visitor) -> Belongings {
    let document = examined(lan, "12-unregistered.pdf").await;
    let (_, jobs) = lan.get("/api/v1/jobs").await;
    let path = |what: &str| format!("/api/v1/documents/{document}/{what}");
    let decision = lan
        .send("POST", &path("decisions"), body("decisions"))
        .await;
    assert_eq!(decision.0, 201, "{}", decision.1);
    let drawn = lan.send("POST", &path("tracings"), drawing()).await;
    assert_eq!(drawn.0, 201, "{}", drawn.1);
    Belongings {
        job: jobs["items"][0]["id"].as_str().unwrap().to_owned(),
        decision: decision.1["number"].as_u64().unwrap(),
        tracing: drawn.1[0]["number"].as_u64().unwrap(),
        document,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_tells_another_office_that_there_is_anything() {
    on_each("offices", tells_nothing).await;
}

async fn tells_nothing(running: Running) {
    running.work();
    let people = [
        ("lan", Role::Inspector, Some("B1")),
        ("minh", Role::Inspector, Some("B2")),
        ("nobodys", Role::Inspector, None),
        ("tam", Role::Registrar, Some("B2")),
    ];
    for (login, role, office) in people {
        running.add_of(login, role, office).await;
    }
    let lan = running.signed_in("lan").await;
    let own = belongings(&lan).await;
    let addresses = addresses(&own);
    assert!(addresses.len() > 25, "{}", addresses.len());
    for (login, role, _) in &people[1..] {
        let other = running.signed_in(login).await;
        for (method, path, named, access) in &addresses {
            let Access::Only(action) = access else {
                panic!("{method} {path} is for more than a role");
            };
            if !action.is_allowed(*role) {
                continue;
            }
            let (status, problem) = other.send(method, named, body(path)).await;
            assert_eq!(
                (status, &problem["code"]),
                (404, &json!("not_found")),
                "{login}: {method} {path}: {problem}"
            );
            assert!(
                !problem.to_string().contains("12-unregistered"),
                "{problem}"
            );
        }
        lists_nothing(&other, (*login, own.job.as_str())).await;
        hands_in_nothing(&other, &own.job).await;
    }
    // All of that is there, for those whose it is.
    for (method, path, named, access) in &addresses {
        let Access::Only(action) = access else {
            continue;
        };
        if action.is_allowed(Role::Inspector) {
            let (status, told) = lan.send(method, named, body(path)).await;
            assert!(
                status < 400 || status == 409,
                "{method} {path}: {status} {told}"
            );
        }
    }
    let (_, listed) = lan.get("/api/v1/documents").await;
    assert_eq!(
        listed["items"].as_array().unwrap().len(),
        1,
        "one was added"
    );
}

/// In no list and on no page another office finds anything.
async fn lists_nothing(other: &Visitor, (login, job): (&str, &str)) {
    for list in [
        "/api/v1/documents".to_owned(),
        format!("/api/v1/documents?job={job}"),
        "/api/v1/documents?text=unregistered".to_owned(),
        "/api/v1/jobs".to_owned(),
        "/api/v1/decisions".to_owned(),
        "/api/v1/families".to_owned(),
    ] {
        let (status, listed) = other.get(&list).await;
        assert_eq!(
            (status, &listed["items"]),
            (200, &json!([])),
            "{login}: {list}"
        );
    }
    for page in ["/", "/documents", "/intake"] {
        let page = other.request("GET", page).header("accept", "text/html");
        let page = page.send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(
            !page.text().await.unwrap().contains("12-unregistered"),
            "{login}"
        );
    }
}

/// By none of the ways in which documents come is one put into a job of another office.
async fn hands_in_nothing(other: &Visitor, job: &str) {
    let raw = other.request("POST", &format!("/api/v1/documents?name=x.pdf&job={job}"));
    let raw = raw.body("%PDF-1.4");
    let file = Part::bytes(b"%PDF-1.4".to_vec()).file_name("x.pdf");
    let form = other.request("POST", &format!("/api/v1/documents/form?job={job}"));
    let form = form.multipart(Form::new().part("file", file));
    let pieces = other.request("POST", &format!("/api/v1/uploads?name=x.pdf&job={job}"));
    let pieces = pieces.header("upload-length", 8);
    for upload in [raw, form, pieces] {
        let (status, problem) = told(upload.send().await.unwrap()).await;
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    }
}
