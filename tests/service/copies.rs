//! Copies of one impression among an office's documents, from what was handed in to what is told of it.

use antin::accounts::Role;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;
use crate::site::Visitor;
use crate::site::told;

const SOURCE: &str = "01-genuine-colour.pdf";
const PASTED: &str = "15-pasted-copy-of-01.pdf";
/// The same seal, stamped once more beside another.
const STAMPED: &str = "13-two-seals.pdf";

/// Hands in one of the samples, and waits until it is examined; its document.
pub(crate) async fn examined(by: &Visitor, name: &str) -> String {
    examined_for(by, name, "").await
}

/// The same, handed in with more than its name, such as `&seal=D01`.
pub(crate) async fn examined_for(by: &Visitor, name: &str, terms: &str) -> String {
    let bytes = std::fs::read(format!("fixtures/demo/docs/{name}")).unwrap();
    let path = format!("/api/v1/documents?name={name}{terms}");
    let upload = by.request("POST", &path).body(bytes);
    let (status, handed) = told(upload.send().await.unwrap()).await;
    assert_eq!(status, 201, "{handed}");
    let job = format!("/api/v1/jobs/{}", handed["job"].as_str().unwrap());
    let mut standing = Value::Null;
    for _ in 0..600 {
        standing = by.get(&job).await.1;
        if standing["over"] == true {
            assert_eq!(standing["progress"]["done"], 1, "{name}: {standing}");
            return handed["document"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{name} is not examined: {standing}");
}

async fn links(by: &Visitor, document: &str) -> (u16, Value) {
    by.get(&format!("/api/v1/documents/{document}/links")).await
}

/// The documents of a link, by their places in a list of all.
fn members(link: &Value, all: &[&str]) -> Vec<usize> {
    let members = link["members"].as_array().unwrap().iter();
    let place = |member: &Value| {
        all.iter()
            .position(|one| *one == member["document"])
            .unwrap()
    };
    let mut places: Vec<usize> = members.map(place).collect();
    places.sort_unstable();
    places
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_copy_is_linked_within_its_office_and_no_other_sees_it() {
    let running = Running::start().await;
    running.command(&["register", "import", "fixtures/demo/register.csv"]);
    running.work();
    running.add_of("lan", Role::Inspector, Some("B1")).await;
    running.add_of("minh", Role::Inspector, Some("B2")).await;
    running.add_of("hoa", Role::Auditor, None).await;
    let lan = running.signed_in("lan").await;
    let minh = running.signed_in("minh").await;
    let source = examined(&lan, SOURCE).await;
    let pasted = examined(&lan, PASTED).await;
    let stamped = examined(&lan, STAMPED).await;
    let all = [source.as_str(), &pasted, &stamped];
    for (own, other) in [(&source, PASTED), (&pasted, SOURCE)] {
        let (status, found) = links(&lan, own).await;
        assert_eq!(status, 200, "{found}");
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        let link = &found[0];
        assert_eq!(link["kind"], "same_impression", "{link}");
        assert_eq!(link["finding"], "seal.pasted_duplicate", "{link}");
        assert_eq!(link["seal"], "D01", "{link}");
        assert_eq!(members(link, &all), [0, 1], "{link}");
        let named = link["members"].as_array().unwrap().iter();
        assert!(
            named.clone().any(|member| member["name"] == other),
            "{link}"
        );
        assert!(link["strength"].as_f64().unwrap() > 0.0, "{link}");
    }
    assert_eq!(
        links(&lan, &stamped).await,
        (200, json!([])),
        "it is no copy"
    );
    // Another office's people see neither, also where they have the copy themselves.
    for own in all {
        assert_eq!(links(&minh, own).await.0, 404, "{own}");
    }
    let theirs = examined(&minh, PASTED).await;
    assert_eq!(
        links(&minh, &theirs).await,
        (200, json!([])),
        "another office's document"
    );
    let (_, found) = links(&lan, &source).await;
    assert_eq!(members(&found[0], &all), [0, 1], "{found}");
    // Who sees all offices sees that both have it.
    let hoa = running.signed_in("hoa").await;
    let (_, found) = links(&hoa, &theirs).await;
    let all = [source.as_str(), &pasted, &theirs];
    assert_eq!(members(&found[0], &all), [0, 1, 2], "{found}");
}
