//! The service of many machines: its database a PostgreSQL, its scans in a bucket of an S3 server, its worker a process of its own
//! with a folder of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::process::Stdio;
use std::time::Duration;

use antin::storage::Store;
use reqwest::StatusCode;
use serde_json::Value;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::antin_server::Service;
use crate::antin_server::Setting;
use crate::antin_server::command;
use crate::bucket;
use crate::jobs::zipped;
use crate::postgres::Postgres;
use crate::scan;

/// More than two parts of what is sent to a bucket at a time.
const LARGE: usize = 17 << 20;

/// A worker, which ends with this value.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The usual variables by which a bucket's server is told of.
fn variables(address: SocketAddr) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT", format!("http://{address}")),
        ("AWS_ALLOW_HTTP", "true".into()),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", bucket::ACCESS_KEY.into()),
        ("AWS_SECRET_ACCESS_KEY", bucket::SECRET_KEY.into()),
    ]
}

fn working(data: &Path, general: &[&str], variables: &[(&'static str, String)]) -> Worker {
    let begun = command(data)
        .args(["worker", "--jobs", "1", "--ocr", "off"])
        .args(general)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::null())
        .spawn();
    Worker(begun.unwrap())
}

/// Whether the service says that it can work, and why not if it cannot.
async fn ready(service: &Service) -> (StatusCode, String) {
    let asked = service.client.get(format!("{}/readyz", service.site));
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// Hands in an archive that goes to the bucket, and comes from it, in several parts: the document in it, and its digest.
async fn unpacked(service: &Service) -> (Vec<u8>, String) {
    let within = scan("14-no-seal.pdf");
    let mut noise = fastrand::Rng::with_seed(1);
    let filler: Vec<u8> = std::iter::repeat_with(|| noise.u8(..))
        .take(LARGE)
        .collect();
    let archive = zipped(&[("filler.bin", &filler), ("a.pdf", &within)]);
    assert!(archive.len() > LARGE, "{} bytes", archive.len());
    let handed = service.upload("a.zip", archive).await;
    let handed: Value = handed.json().await.unwrap();
    let progress = service.over(handed["job"].as_str().unwrap()).await;
    assert_eq!(
        (&progress["done"], &progress["items"]),
        (&json!(2), &json!(2)),
        "the archive and its document"
    );
    (within, handed["sha256"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_database_and_a_bucket_for_all_machines_it_is_the_same_service() {
    let (folder, buckets) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let kept = buckets.path().join("scans/office");
    std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
    let variables = variables(bucket::serve(buckets.path()).await);
    let server = Postgres::start();
    let url = server.database("machines");
    let general = [
        "--database-url",
        &url,
        "--object-store",
        "s3://scans/office",
    ];
    let options = general.iter().chain(&["--", "--no-worker"]);
    let setting = Setting {
        options: options.map(|option| (*option).to_owned()).collect(),
        environment: variables.clone(),
        log: None,
    };
    let mut service = Service::start_as(folder.path(), setting);
    let _worker = working(&folder.path().join("elsewhere"), &general, &variables);
    assert_eq!(ready(&service).await.0, StatusCode::OK);

    let bytes = scan("12-unregistered.pdf");
    let handed = service.upload("Công văn 印.pdf", bytes.clone()).await;
    assert_eq!(handed.status(), StatusCode::CREATED);
    let handed: Value = handed.json().await.unwrap();
    let again = service.upload("again.pdf", bytes.clone()).await;
    assert_eq!(again.status(), StatusCode::OK, "one document");
    let job = handed["job"].as_str().unwrap();
    assert_eq!(service.over(job).await["done"], 1);
    let document = format!("/api/v1/documents/{}", handed["document"].as_str().unwrap());
    let report = service.json(&format!("{document}/report")).await;
    assert_eq!(
        (&report["outcome"], &report["document"]["path"]),
        (&json!("review"), &json!("Công văn 印.pdf"))
    );
    let back = service.get(&format!("{document}/scan")).send().await;
    assert_eq!(back.unwrap().bytes().await.unwrap(), bytes);
    let page = service.get(&format!("{document}/pages/1?side=300")).send();
    assert_eq!(page.await.unwrap().status(), StatusCode::OK);

    let (within, packed) = unpacked(&service).await;
    for scan in [&bytes, &within] {
        let object = std::fs::read(kept.join(hex::encode(Sha256::digest(scan)))).unwrap();
        assert!(object == *scan, "the bucket holds something else");
    }
    let packed = kept.join(packed);
    while packed.exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!service.data.join("scans").exists(), "scans are here too");
    assert!(!Store::exists(&service.data), "a database is here too");

    service.kill_and_restart();
    let listed = service.json("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let kept_report = service.json(&format!("{document}/report")).await;
    assert_eq!(kept_report, report);
    // Each of both is missed.
    std::fs::remove_dir_all(kept.parent().unwrap()).unwrap();
    let (status, said) = ready(&service).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(said.contains("the scans cannot be reached"), "{said}");
    drop(server);
    let (status, said) = ready(&service).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(said.contains("the database does not answer"), "{said}");
}
