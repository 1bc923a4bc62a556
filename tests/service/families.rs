//! Families of one unregistered die over HTTP: each office is told of its own documents, auditors of all.

use std::path::Path;

use antin::accounts::Role;
use antin::audit::Act;
use antin::audit::Actor;
use antin::identification::Code;
use antin::links::KeptDie;
use antin::links::Twins;
use antin::retention::Periods;
use antin::sandbox;
use antin::storage::Store;
use antin::storage::dies::Membership;
use antin::storage::dies::Placement;
use antin::storage::documents::NewDocument;
use antin::storage::documents::document_id;
use antin::storage::items::ItemKind;
use antin::storage::items::Settlement;
use antin::storage::jobs::Arrival;
use antin::storage::jobs::NewJob;
use antin::storage::jobs::Terms;
use antin::storage::results::NewResult;
use antin::storage::retention::Deleted;
use antin::storage::retention::Today;
use antin::verify::specimen;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;
use crate::site::Visitor;

/// The digest of one of the documents.
fn digest(n: usize) -> String {
    format!("{n:064x}")
}

/// An examined document of an office with one impression of a die that is in no register.
async fn examined(store: &Store, office: &str, n: usize) {
    let sha256 = digest(n);
    let new = NewJob {
        id: format!("job {n}"),
        office: office.into(),
        name: "Kho".into(),
        by: None,
        terms: Terms::default(),
    };
    let at = Timestamp::now();
    store.begin_job(&new, at).await.unwrap();
    let job = store.job(&new.id).await.unwrap().unwrap();
    let document = NewDocument {
        office: office.into(),
        sha256: sha256.clone(),
        name: format!("{n}.pdf"),
        bytes: 9,
        by: None,
    };
    let arrival = Arrival {
        document,
        kind: ItemKind::Document,
        idempotency_key: None,
    };
    store.admit(&job, &[arrival], at).await.unwrap();
    let lease = (at, SignedDuration::from_secs(60));
    let claimed = store.claim_items("test", 1, lease).await.unwrap();
    let settlement = Settlement::Examined(Box::new(result(n)));
    let settled = store.settle_item(&claimed[0], &settlement, at).await;
    assert!(settled.unwrap(), "document {n} is not settled");
}

/// What one of the documents came to.
fn result(n: usize) -> NewResult {
    let sha256 = digest(n);
    let report = json!({
        "schema": "antin.report/1", "engine": "antin test", "policy": "default/1", "register": {"revision": 0},
        "document": {"path": sha256, "sha256": sha256, "pages": 1, "reason": null,
            "date": {"claimed": null, "source": "unknown", "not_after": null, "proof": null}},
        "outcome": "flag", "pages": [], "impressions": [], "findings": []
    });
    NewResult {
        report: serde_json::from_value(report).unwrap(),
        claim: None,
        crops: None,
        keys: Vec::new(),
        dies: vec![die()],
    }
}

fn die() -> KeptDie {
    let path = Path::new("fixtures/demo/specimens/D01-1.png");
    let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
    let source = sandbox::Source::Path(path);
    let impression = specimen::read(source, Some(300.0), None, &options).unwrap();
    KeptDie {
        page: 1,
        impression: 0,
        bbox_px: [0, 0, 10, 10],
        poses_as: Some("D01".to_owned()),
        dated: Some(jiff::civil::date(2024, 5, 1)),
        code: Code::of_impression(&impression),
        sheet: None,
    }
}

/// Two of the documents that bear one impression, the later one last, and whether they are scans of one sheet.
type Copied = (usize, usize, bool);

/// Brings all that wait together into one family, each on a sheet of its own, with the copies among them.
async fn together(store: &Store, copies: &[Copied]) {
    let mut family = None;
    let mut positions = Vec::new();
    while let Some((own, placed)) = store.next_unplaced().await.unwrap() {
        let n = positions.len();
        positions.push(own.position);
        let member = Membership {
            position: own.position,
            sheet: i64::try_from(n + 1).unwrap(),
            strength: 1.0,
        };
        let of_own = copies.iter().filter(|(_, later, _)| *later == n);
        let twins = of_own.map(|(earlier, later, is_one_sheet)| Twins {
            numbers: (positions[*earlier], positions[*later]),
            correlation: 0.9,
            strength: 2.0,
            is_one_sheet: *is_one_sheet,
        });
        let placement = Placement {
            family,
            members: vec![member],
            copies: twins.collect(),
            ..Placement::default()
        };
        let noted = store.place_die(own.position, &placement, placed).await;
        assert!(noted.unwrap(), "it is not placed");
        family = family.or(Some(placed + 1));
    }
}

fn offices(family: &Value) -> Vec<&str> {
    let members = family["members"].as_array().unwrap().iter();
    members.map(|own| own["office"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_told_as_far_as_the_caller_sees_its_documents() {
    let running = Running::start().await;
    for (n, office) in ["B1", "B2", "B1", "B2", "B3"].iter().enumerate() {
        examined(&running.store, office, n).await;
    }
    together(&running.store, &[]).await;
    running.add_of("lan", Role::Inspector, Some("B1")).await;
    running.add_of("hoa", Role::Inspector, Some("B3")).await;
    running.add_of("minh", Role::Auditor, Some("B3")).await;
    let lan = running.signed_in("lan").await;
    let (status, listed) = lan.get("/api/v1/families").await;
    assert_eq!(
        (status, listed["items"].as_array().unwrap().len()),
        (200, 1)
    );
    let family = &listed["items"][0];
    assert_eq!(offices(family), ["B1", "B1"]);
    let told = ["kind", "seal", "sheets", "count", "strength"].map(|name| family[name].clone());
    let expected = json!(["same_counterfeit_die", "D01", 2, 2, 1.0]);
    assert_eq!(json!(told), expected);
    assert_eq!(family["members"][0]["dated"], "2024-05-01");
    let path = format!("/api/v1/families/{}", family["number"]);
    assert_eq!(lan.get(&path).await, (200, family.clone()));
    // One sheet is no family, and another office's is not there.
    let hoa = running.signed_in("hoa").await;
    let (status, listed) = hoa.get("/api/v1/families").await;
    assert_eq!((status, &listed["items"]), (200, &json!([])));
    assert_eq!(hoa.get(&path).await.0, 404);
    let minh = running.signed_in("minh").await;
    let (_, whole) = minh.get(&path).await;
    assert_eq!(
        offices(&whole),
        ["B3", "B2", "B1", "B2", "B1"],
        "latest first"
    );
    for unknown in ["0", "-1", "999999"] {
        let (status, _) = minh.get(&format!("/api/v1/families/{unknown}")).await;
        assert_eq!(status, 404, "{unknown}");
    }
}

/// What an office's document is linked with: for each link its documents by number with their sheets, and its finding.
async fn links(by: &Visitor, office: &str, n: usize) -> Value {
    let id = document_id(office, &digest(n));
    let (status, found) = by.get(&format!("/api/v1/documents/{id}/links")).await;
    assert_eq!(status, 200, "{found}");
    let link = |link: &Value| {
        assert_eq!(link["kind"], "same_impression", "{link}");
        assert_eq!(link["correlation"], 0.9, "{link}");
        let member = |own: &Value| {
            let name = own["name"].as_str().unwrap().strip_suffix(".pdf").unwrap();
            json!([name.parse::<usize>().unwrap(), own["sheet"]])
        };
        let members = link["members"].as_array().unwrap().iter();
        json!({ "members": members.map(member).collect::<Vec<_>>(), "finding": link["finding"] })
    };
    found.as_array().unwrap().iter().map(link).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_an_impression_of_no_registered_die_are_linked_as_far_as_the_caller_sees_them() {
    let running = Running::start().await;
    let store = &running.store;
    for (n, office) in ["B1", "B1", "B2", "B1", "B1", "B1"].iter().enumerate() {
        examined(store, office, n).await;
    }
    // The second is a copy of the first, in another office there is one too, of which the last is another; the fourth and fifth are
    // one sheet. One of them is told twice.
    let copies = [
        (0, 1, false),
        (0, 1, false),
        (0, 2, false),
        (3, 4, true),
        (2, 5, false),
    ];
    together(store, &copies).await;
    running.add_of("lan", Role::Inspector, Some("B1")).await;
    running.add_of("hoa", Role::Inspector, Some("B2")).await;
    running.add_of("minh", Role::Auditor, None).await;
    let lan = running.signed_in("lan").await;
    let hoa = running.signed_in("hoa").await;
    let minh = running.signed_in("minh").await;
    let pasted = json!("seal.pasted_duplicate");
    let one = |members: Value, finding: &Value| json!([{ "members": members, "finding": finding }]);
    // One's own first, then the latest.
    let both = one(json!([[0, 1], [1, 2]]), &pasted);
    assert_eq!(links(&lan, "B1", 0).await, both);
    let both = one(json!([[1, 1], [0, 2]]), &pasted);
    assert_eq!(links(&lan, "B1", 1).await, both);
    let sheet = one(json!([[3, 1], [4, 1]]), &Value::Null);
    assert_eq!(links(&lan, "B1", 3).await, sheet, "no alarm");
    // What joins it is another office's.
    assert_eq!(links(&lan, "B1", 5).await, json!([]));
    assert_eq!(links(&hoa, "B2", 2).await, json!([]));
    let all = one(json!([[2, 1], [5, 2], [1, 3], [0, 4]]), &pasted);
    assert_eq!(links(&minh, "B2", 2).await, all);
    // What is deleted is told no more.
    let today = Today {
        on: jiff::civil::date(2026, 12, 1),
        zone: TimeZone::UTC,
        periods: Periods::default(),
    };
    let act = Act {
        who: Actor::Program,
        at: Timestamp::now(),
    };
    let second = document_id("B1", &digest(1));
    let deleted = store.delete_document(&second, (&today, "for a test"), &act);
    assert!(matches!(deleted.await.unwrap(), Deleted::Done(_)));
    assert_eq!(links(&lan, "B1", 0).await, json!([]));
    // One that turns out to be of a registered die is linked by it no more.
    let known = NewResult {
        dies: Vec::new(),
        ..result(3)
    };
    store.keep_results(&[known], act.at).await.unwrap();
    assert_eq!(links(&lan, "B1", 4).await, json!([]));
}
