//! A copy of the embedded store, and a store made from it.

use std::path::Path;

use antin::storage::Store;
use antin::storage::blobs::Blobs;
use serde_json::Value;

use crate::antin_server::Service;
use crate::antin_server::command;
use crate::scan;
use crate::watching::with_register;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_copied_while_it_served_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    with_register(folder.path());
    let mut service = Service::start(folder.path(), &[]).await;
    let bytes = scan("14-no-seal.pdf");
    let upload: Value = service
        .upload("14.pdf", bytes.clone())
        .await
        .json()
        .await
        .unwrap();
    service.over(upload["job"].as_str().unwrap()).await;
    let copy = folder.path().join("copy.tar.zst");
    let run = |data: &Path, what: &str| {
        command(data)
            .arg(what)
            .arg(&copy)
            .output()
            .unwrap()
            .status
            .code()
            .unwrap()
    };
    assert_eq!(run(&service.data, "backup"), 0);
    assert_ne!(
        run(&service.data, "backup"),
        0,
        "a copy is not written over"
    );
    assert_ne!(run(&service.data, "restore"), 0, "nor is a store");
    let other = folder.path().join("other");
    assert_eq!(run(&other, "restore"), 0);
    service.end();
    let checked = command(&other).args(["audit", "verify"]).status().unwrap();
    assert!(checked.success(), "the chain of the log holds");
    let store = Store::open(&other).await.unwrap();
    let id = upload["document"].as_str().unwrap();
    let document = store.document(id).await.unwrap().unwrap();
    assert_eq!(
        store
            .report(&document)
            .await
            .unwrap()
            .unwrap()
            .document
            .path,
        "14.pdf"
    );
    let blobs = Blobs::under(&other).unwrap();
    let kept = blobs.open(&document.sha256).await.unwrap();
    assert_eq!(std::fs::read(kept.path()).unwrap(), bytes);
    store.close().await;
    // Its register compares as the first one does.
    let verified = |data: &Path| {
        let run = command(data)
            .args(["verify", "--json", "--ocr", "off"])
            .arg("fixtures/demo/docs/08-forged-font.pdf")
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&run.stdout).unwrap()
    };
    let again = verified(&other);
    assert_eq!(again["impressions"][0]["conclusion"], "different");
    assert_eq!(again, verified(&service.data));
    // Cut short: nothing of it is put back.
    let whole = std::fs::read(&copy).unwrap();
    std::fs::write(&copy, &whole[..whole.len() - 9]).unwrap();
    let third = folder.path().join("third");
    assert_ne!(run(&third, "restore"), 0);
    assert!(!Store::exists(&third));
}
