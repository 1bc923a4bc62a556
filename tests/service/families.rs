//! Families of one unregistered die over HTTP: each office is told of its own documents, auditors of all.

use std::path::Path;

use antin::accounts::Role;
use antin::identification::Code;
use antin::links::KeptDie;
use antin::sandbox;
use antin::storage::Store;
use antin::storage::dies::Membership;
use antin::storage::dies::Placement;
use antin::storage::documents::NewDocument;
use antin::storage::items::ItemKind;
use antin::storage::items::Settlement;
use antin::storage::jobs::Arrival;
use antin::storage::jobs::NewJob;
use antin::storage::jobs::Terms;
use antin::storage::results::NewResult;
use antin::verify::specimen;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;

/// An examined document of an office with one impression of a die that is in no register.
async fn examined(store: &Store, office: &str, n: usize) {
    let sha256 = format!("{n:064x}");
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
    let report = json!({
        "schema": "antin.report/1", "engine": "antin test", "policy": "default/1", "register": {"revision": 0},
        "document": {"path": sha256, "sha256": sha256, "pages": 1, "reason": null,
            "date": {"claimed": null, "source": "unknown", "not_after": null, "proof": null}},
        "outcome": "flag", "pages": [], "impressions": [], "findings": []
    });
    let result = NewResult {
        report: serde_json::from_value(report).unwrap(),
        claim: None,
        crops: None,
        keys: Vec::new(),
        dies: vec![die()],
    };
    let settlement = Settlement::Examined(Box::new(result));
    let settled = store.settle_item(&claimed[0], &settlement, at).await;
    assert!(settled.unwrap(), "document {n} is not settled");
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

/// Brings all that wait together into one family, each on a sheet of its own.
async fn together(store: &Store) {
    let mut family = None;
    let mut sheet = 0;
    while let Some((own, placed)) = store.next_unplaced().await.unwrap() {
        sheet += 1;
        let member = Membership {
            position: own.position,
            sheet,
            strength: 1.0,
        };
        let placement = Placement {
            family,
            members: vec![member],
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
    together(&running.store).await;
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
