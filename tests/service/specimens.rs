//! Who saw specimens: in a picture, for print, in a bundle. Each is an entry of the log.

use antin::accounts::Role;
use serde_json::Value;
use serde_json::json;

use crate::copies::examined;
use crate::site::Running;

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_seeing_a_specimen_is_an_entry_of_the_log() {
    let running = Running::start().await;
    running.command(&["register", "import", "fixtures/demo/register.csv"]);
    running.work();
    running.add("lan", Role::Inspector).await;
    running.add_of("hoa", Role::Auditor, None).await;
    let (lan, hoa) = (
        running.signed_in("lan").await,
        running.signed_in("hoa").await,
    );
    let document = examined(&lan, "13-two-seals.pdf").await;
    let own = format!("/api/v1/documents/{document}");
    let (_, report) = lan.get(&format!("{own}/report")).await;
    let impressions = report["impressions"].as_array().unwrap().iter();
    let mut seals: Vec<&Value> = impressions.map(|one| &one["seal"]).collect();
    seals.sort_by_key(|seal| seal.as_str());
    assert_eq!(seals.len(), 2, "{report}");
    assert!(seals.iter().all(|seal| seal.is_string()), "{report}");
    let entries = async || {
        let (status, page) = hoa.get("/api/v1/audit?deed=specimen.read").await;
        assert_eq!(status, 200, "{page}");
        page["items"].as_array().unwrap().clone()
    };
    // The report itself, its findings and the ink on the document show none.
    for what in ["findings.csv", "impressions/0/impression.png"] {
        let answer = lan.request("GET", &format!("{own}/{what}"));
        assert_eq!(answer.send().await.unwrap().status(), 200, "{what}");
    }
    let mut before = entries().await.len();
    assert_eq!(before, 0, "a specimen was seen where none is shown");
    for (what, named) in [("report.pdf", "report"), ("bundle.zip", "bundle")] {
        let path = format!("{own}/{what}");
        let answer = lan.request("GET", &path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{what}");
        let all = entries().await;
        let (new, count) = (&all[..all.len() - before], all.len());
        let mut seen: Vec<&Value> = new.iter().map(|entry| &entry["subject"]).collect();
        seen.sort_by_key(|seal| seal.as_str());
        assert_eq!(seen, seals, "{what}: {new:?}");
        for entry in new {
            assert_eq!(entry["who"], "lan", "{what}: {entry}");
            assert_eq!(entry["detail"], json!({ named: document }), "{what}");
        }
        before = count;
    }
    let seal = seals[0].as_str().unwrap();
    let pictures = [
        format!("/api/v1/seals/{seal}/specimen.png"),
        format!("{own}/impressions/0/overlay.png"),
    ];
    for path in pictures {
        let answer = lan.request("GET", &path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let after = entries().await.len();
        assert_eq!(after, before + 1, "{path}");
        before = after;
    }
}
