//! Who may do what over HTTP: the table of routes for every role, sessions, tokens, and two people for every change.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_assert_message,
    reason = "a panic is how a test fails, in what several tests share too"
)]

use std::collections::BTreeSet;
use std::path::Path;

use antin::accounts::Role;
use antin::accounts::link::Link;
use antin::accounts::link::Purpose;
use antin::accounts::secret::system;
use antin::api;
use antin::api::routes::Access;
use antin::api::routes::ROUTES;
use jiff::Timestamp;
use reqwest::multipart::Form;
use reqwest::multipart::Part;
use serde_json::Value;
use serde_json::json;

#[path = "service/archives.rs"]
mod archives;
#[path = "service/bounds.rs"]
mod bounds;
#[path = "service/copies.rs"]
mod copies;
#[path = "service/desk.rs"]
mod desk;
#[path = "service/families.rs"]
mod families;
#[path = "service/fields.rs"]
mod fields;
#[path = "service/injections.rs"]
mod injections;
#[path = "service/isolation.rs"]
mod isolation;
#[path = "servers/issuer.rs"]
mod issuer;
#[path = "service/later.rs"]
mod later;
#[path = "service/offices.rs"]
mod offices;
#[path = "service/openid.rs"]
mod openid;
#[path = "service/pieces.rs"]
mod pieces;
#[path = "servers/postgres.rs"]
mod postgres;
#[path = "service/registers.rs"]
mod registers;
#[path = "service/site.rs"]
mod site;
#[path = "service/specimens.rs"]
mod specimens;

use site::PASSWORD;
use site::Running;
use site::Visitor;
use site::act;
use site::told;

/// A path of a route, with names of things that are not there.
fn example(path: &str) -> String {
    let path = path
        .replace("{number}", "999")
        .replace("{*rest}", "index.css");
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                "nothing"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn code(visitor: &Visitor, method: &str, path: &str) -> (u16, String) {
    let answer = visitor
        .request(method, &example(path))
        .send()
        .await
        .unwrap();
    // Progress is told without end: its beginning is enough.
    if answer.status() == 200 {
        return (200, String::new());
    }
    let (status, body) = told(answer).await;
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

/// The rows, with the one that ends the session last.
fn rows() -> Vec<(&'static str, &'static str, Access)> {
    let mut rows = ROUTES.to_vec();
    rows.sort_by_key(|(method, path, _)| (*method, *path) == ("DELETE", "/api/v1/session"));
    rows
}

const REFUSED: [&str; 4] = ["not_signed_in", "role_lacks", "presence_required", "csrf"];

#[tokio::test]
async fn every_route_is_open_to_those_in_its_row_and_to_nobody_else() {
    let running = Running::start().await;
    let stranger = running.stranger();
    for (method, path, access) in rows() {
        let (status, code) = code(&stranger, method, path).await;
        if access == Access::Anyone {
            assert!(!REFUSED.contains(&code.as_str()), "{method} {path}: {code}");
        } else {
            assert_eq!(
                (status, code.as_str()),
                (401, "not_signed_in"),
                "{method} {path}"
            );
        }
    }
    for role in Role::ALL {
        running.add(role.name(), role).await;
        let person = running.signed_in(role.name()).await;
        let program = running.with_token(role.name()).await;
        for (method, path, access) in rows() {
            let (_, by_person) = code(&person, method, path).await;
            let (_, by_program) = code(&program, method, path).await;
            let shown = format!("{role}, {method} {path}");
            let (expected, expected_of_token) = match access {
                Access::Anyone | Access::SignedIn => (None, None),
                Access::Only(action) if !action.is_allowed(role) => {
                    (Some("role_lacks"), Some("role_lacks"))
                }
                Access::Only(action) => {
                    (None, action.needs_presence().then_some("presence_required"))
                }
            };
            for (found, expected) in [(by_person, expected), (by_program, expected_of_token)] {
                match expected {
                    Some(expected) => assert_eq!(found, expected, "{shown}"),
                    None => assert!(!REFUSED.contains(&found.as_str()), "{shown}: {found}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn every_described_route_stands_in_the_table_and_the_other_way_round() {
    let described = serde_json::to_value(api::openapi()).unwrap();
    let mut found = BTreeSet::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            found.insert((method.to_uppercase(), path.clone()));
        }
    }
    let rows = ROUTES
        .iter()
        .filter(|(_, path, _)| path.starts_with("/api/v1/") && *path != "/api/v1/openapi.json");
    let table: BTreeSet<_> = rows
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(found, table);
    assert_eq!(
        ROUTES.len(),
        ROUTES
            .iter()
            .map(|(m, p, _)| (m, p))
            .collect::<BTreeSet<_>>()
            .len(),
        "a route has two rows"
    );
}

#[tokio::test]
async fn what_is_an_offices_is_seen_by_it_alone() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    running.add_of("minh", Role::Inspector, Some("B2")).await;
    running.add_of("nobodys", Role::Inspector, None).await;
    running.add("hoa", Role::Auditor).await;
    let lan = running.with_token("lan").await;
    let upload = lan.request("POST", "/api/v1/documents?name=a.pdf");
    let (_, handed) = told(upload.body("%PDF-1.4").send().await.unwrap()).await;
    let (id, job) = (&handed["document"], &handed["job"]);
    let own = [
        format!("/api/v1/documents/{}", id.as_str().unwrap()),
        format!("/api/v1/documents/{}/links", id.as_str().unwrap()),
        format!("/api/v1/jobs/{}", job.as_str().unwrap()),
    ];
    for (login, sees) in [
        ("lan", true),
        ("minh", false),
        ("nobodys", false),
        ("hoa", true),
    ] {
        let reader = running.with_token(login).await;
        for path in &own {
            let (status, _) = reader.get(path).await;
            assert_eq!(status, if sees { 200 } else { 404 }, "{login}, {path}");
        }
        for list in ["/api/v1/documents", "/api/v1/jobs"] {
            let (_, listed) = reader.get(list).await;
            let count = listed["items"].as_array().unwrap().len();
            assert_eq!(count, usize::from(sees), "{login}, {list}");
        }
    }
    let minh = running.with_token("minh").await;
    assert_eq!(minh.get("/api/v1/documents?office=B1").await.0, 404);
    // What the pages count.
    for (office, count) in [(Some("B1"), 1), (Some("B2"), 0), (Some(""), 0), (None, 1)] {
        let by_day = running.store.outcomes_by_day(office, "2000-01-01").await;
        assert_eq!(by_day.unwrap().len(), count, "{office:?}");
        let outcomes = running.store.outcomes(office).await.unwrap();
        assert_eq!(outcomes.len(), count, "{office:?}");
    }
}

#[tokio::test]
async fn a_session_is_a_cookie_that_scripts_do_not_see_and_ends() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    let answer = running.stranger().sign_in("lan", PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let lan = running.signed_in("lan").await;
    let (status, me) = lan.get("/api/v1/session").await;
    assert_eq!((status, &me["login"]), (200, &json!("lan")));
    assert_eq!(me["office"], "B1");
    let (status, _) = lan.send("DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(status, 204);
    assert_eq!(lan.get("/api/v1/session").await.0, 401);
}

#[tokio::test]
async fn a_request_that_another_site_made_a_browser_send_changes_nothing() {
    let running = Running::start().await;
    running.add("lan", Role::Administrator).await;
    let forged = running.signed_in("lan").await.forged();
    let person = json!({ "login": "eve", "name": "Eve", "role": "administrator" });
    let (status, problem) = forged.send("POST", "/api/v1/people", person).await;
    assert_eq!((status, &problem["code"]), (403, &json!("csrf")));
    assert_eq!(running.store.people().await.unwrap().len(), 1);
    // Reading is what a cookie alone is for.
    assert_eq!(forged.get("/api/v1/people").await.0, 200);
}

#[tokio::test]
async fn wrong_passwords_and_unknown_logins_get_one_answer_and_then_wait() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    let stranger = running.stranger();
    let mut answers = BTreeSet::new();
    for login in ["lan", "nobody"] {
        let (status, mut problem) = told(stranger.sign_in(login, "wrong").await).await;
        problem["request_id"] = Value::Null;
        answers.insert((status, problem.to_string()));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    for _ in 0..5 {
        stranger.sign_in("lan", "wrong").await;
    }
    let answer = stranger.sign_in("lan", PASSWORD).await;
    assert_eq!(answer.status(), 429);
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn the_first_administrator_comes_by_the_link_and_invites_others() {
    let running = Running::start().await;
    let now = Timestamp::now();
    let (link, secret) = Link::make(Purpose::FirstAdministrator, None, now, system).unwrap();
    running.store.keep_link(&link, &act()).await.unwrap();
    let stranger = running.stranger();
    let asked = json!({ "link": secret.show() });
    let (_, purpose) = stranger.send("POST", "/api/v1/session/link", asked).await;
    assert_eq!(purpose["purpose"], "first_administrator");
    let welcome = |password: &str| json!({ "link": secret.show(), "login": "lan", "name": "Lan", "password": password });
    let path = "/api/v1/session/welcome";
    let (status, problem) = stranger.send("POST", path, welcome("short")).await;
    assert_eq!((status, &problem["code"]), (422, &json!("unfit_value")));
    assert_eq!(stranger.send("POST", path, welcome(PASSWORD)).await.0, 204);
    let (status, problem) = stranger.send("POST", path, welcome(PASSWORD)).await;
    assert_eq!((status, &problem["code"]), (404, &json!("no_link")));

    let lan = running.signed_in("lan").await;
    let minh = json!({ "login": "minh", "name": "Minh", "role": "registrar" });
    let (status, invited) = lan.send("POST", "/api/v1/people", minh).await;
    assert_eq!(status, 201, "{invited}");
    let (_, secret) = invited["link"].as_str().unwrap().split_once('#').unwrap();
    let choice = json!({ "link": secret, "password": PASSWORD });
    assert_eq!(stranger.send("POST", path, choice).await.0, 204);
    let minh = running.signed_in("minh").await;
    assert_eq!(minh.get("/api/v1/people").await.0, 403);
}

#[tokio::test]
async fn a_person_is_changed_only_as_they_were_seen_and_the_last_administrator_stays() {
    let running = Running::start().await;
    running.add("lan", Role::Administrator).await;
    let lan = running.signed_in("lan").await;
    let change = |role: &str| json!({ "role": role });
    let path = "/api/v1/people/lan";
    assert_eq!(lan.send("PATCH", path, change("auditor")).await.0, 428);
    let seen = lan.request("GET", path).send().await.unwrap();
    let tag = seen.headers()["etag"].to_str().unwrap().to_owned();
    let patch = |tag: &str, body: Value| {
        let request = lan.request("PATCH", path).header("if-match", tag);
        request.json(&body).send()
    };
    let (status, problem) = told(patch(&tag, change("auditor")).await.unwrap()).await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("last_administrator"))
    );
    let named = patch(&tag, json!({ "name": "Lan Nguyễn" })).await.unwrap();
    assert_eq!(named.status(), 200);
    let late = patch(&tag, json!({ "name": "other" })).await.unwrap();
    assert_eq!(late.status(), 412);
}

#[tokio::test]
async fn a_token_is_shown_once_and_revoked() {
    let running = Running::start().await;
    running.add("lan", Role::Inspector).await;
    running.add("minh", Role::Inspector).await;
    let lan = running.signed_in("lan").await;
    let (status, made) = lan
        .send(
            "POST",
            "/api/v1/tokens",
            json!({ "name": "nightly", "days": 7 }),
        )
        .await;
    assert_eq!(status, 201, "{made}");
    let shown = made["token"].as_str().unwrap();
    let (_, listed) = lan.get("/api/v1/tokens").await;
    assert!(
        !listed.to_string().contains(shown),
        "a token is shown again"
    );
    assert_eq!(lan.get("/api/v1/tokens?all=true").await.0, 403);
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    let minh = running.signed_in("minh").await;
    assert_eq!(minh.send("DELETE", &path, Value::Null).await.0, 404);
    assert_eq!(lan.send("DELETE", &path, Value::Null).await.0, 204);
    let revoked = lan.request("GET", "/api/v1/documents").bearer_auth(shown);
    assert_eq!(revoked.send().await.unwrap().status(), 401);
}

fn register(specimen: &str) -> String {
    format!(
        "id,organisation,specimen,specimen_dpi,registered_on,jurisdiction\n\
         D01,Trung tâm y tế,{specimen},300,2016-12-24,VN\n"
    )
}

async fn proposed(visitor: &Visitor, sheet: String) -> (u16, Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D01-1.png");
    let scan = std::fs::read(path).unwrap();
    let form = Form::new()
        .text("note", "as the authority wrote")
        .part(
            "file",
            Part::bytes(sheet.into_bytes()).file_name("register.csv"),
        )
        .part("specimen", Part::bytes(scan).file_name("D01-1.png"));
    let request = visitor.request("POST", "/api/v1/proposals").multipart(form);
    told(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_change_of_the_register_is_made_by_two_people() {
    let running = Running::start().await;
    for login in ["lan", "minh"] {
        running.add(login, Role::Registrar).await;
    }
    let lan = running.signed_in("lan").await;
    let (status, put) = proposed(&lan, register("D01-1.png")).await;
    assert_eq!((status, &put["number"]), (201, &json!(1)), "{put}");
    let (_, shown) = lan.get("/api/v1/proposals/1").await;
    assert_eq!(shown["note"], "as the authority wrote");
    assert_eq!(
        shown["effect"][0],
        "seal D01: new, of Trung tâm y tế, with 1 specimen(s)"
    );
    let approve = json!({ "answer": "approve" });
    let path = "/api/v1/proposals/1/answer";
    let (status, own) = lan.send("POST", path, approve.clone()).await;
    assert_eq!((status, &own["code"]), (403, &json!("two_persons")));
    assert!(running.store.seals().await.unwrap().is_empty());
    let minh = running.signed_in("minh").await;
    let (status, done) = minh.send("POST", path, approve.clone()).await;
    assert_eq!(
        (status, &done["answer"]["by"]),
        (200, &json!("minh")),
        "{done}"
    );
    assert_eq!(running.store.seals().await.unwrap().len(), 1);
    let (status, again) = minh.send("POST", path, approve).await;
    assert_eq!((status, &again["code"]), (409, &json!("answered_already")));

    running.add("hoa", Role::Auditor).await;
    let hoa = running.signed_in("hoa").await;
    let (_, log) = hoa.get("/api/v1/audit?deed=change.").await;
    let deeds: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["deed"])
        .collect();
    assert_eq!(deeds, ["change.approved", "change.proposed"]);
    let (_, check) = hoa.send("POST", "/api/v1/audit/check", json!({})).await;
    assert_eq!(check["whole"], true);
    let path = "/api/v1/seals/D01/specimens";
    let (_, specimens) = lan.get(path).await;
    let sha256 = specimens[0]["sha256"].as_str().unwrap().to_owned();
    let scan = lan
        .request("GET", &format!("{path}/{sha256}"))
        .send()
        .await
        .unwrap();
    assert_eq!(scan.status(), 200);
    assert!(
        scan.bytes().await.unwrap().starts_with(b"\x89PNG"),
        "it is not as it was sent"
    );
    let (_, log) = hoa.get("/api/v1/audit?deed=specimen.&subject=D01").await;
    assert_eq!(log["items"][0]["who"], "lan");
    assert_eq!(log["items"][0]["detail"]["specimens"][0], json!(sha256));
}

#[tokio::test]
async fn a_list_that_was_sent_names_only_files_that_were_sent_with_it() {
    let running = Running::start().await;
    running.add("lan", Role::Registrar).await;
    let lan = running.signed_in("lan").await;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D01-1.png");
    for specimen in ["../D01-1.png", &own.display().to_string(), "sub/D01-1.png"] {
        let (_, put) = proposed(&lan, register(specimen)).await;
        assert_eq!(put["number"], Value::Null, "{specimen}");
        let reason = put["left_out"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("no plain name"), "{reason}");
    }
    let (status, problem) = proposed(&lan, "colour,size\nred,3\n".into()).await;
    assert_eq!(
        (status, &problem["code"]),
        (422, &json!("no_register_file"))
    );
    assert_eq!(problem["because"]["code"], "file_unrecognised");
}
