//! Ends of the process at any moment: what was acknowledged is there, and is finished once.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use serde_json::json;
use sqlx::AnyPool;
use sqlx::Row;
use tokio::sync::RwLock;
use tokio::time;

use crate::antin_server::Service;
use crate::jobs::zipped;
use crate::scan;

/// Has the database itself note each time that an item is finished.
async fn noting(data: &Path) -> AnyPool {
    sqlx::any::install_default_drivers();
    let address = format!("sqlite://{}", data.join("antin.db").display());
    let pool = AnyPool::connect(&address).await.unwrap();
    for text in [
        "create table finished (item integer not null)",
        "create trigger finishing after update of state on item when new.state = 'done' \
         begin insert into finished values (new.position); end",
    ] {
        sqlx::raw_sql(text).execute(&pool).await.unwrap();
    }
    pool
}

/// How many items were finished, each of them once.
async fn finished_once(pool: &AnyPool) -> usize {
    let rows = sqlx::query("select item, count(*) from finished group by item order by item")
        .fetch_all(pool)
        .await
        .unwrap();
    for row in &rows {
        let (item, times): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(times, 1, "item {item} was finished more than once");
    }
    rows.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_and_finished_once_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &["--jobs", "1"]).await;
    let noted = noting(&service.data).await;
    let names = [
        "01-genuine-colour.pdf",
        "02-genuine-gray.pdf",
        "05-genuine-chinese.pdf",
        "13-two-seals.pdf",
    ];
    let mut jobs = Vec::new();
    for name in names {
        let upload: Value = service.upload(name, scan(name)).await.json().await.unwrap();
        jobs.push(upload["job"].as_str().unwrap().to_owned());
    }
    // In the middle of the work, twice.
    service.kill_and_restart();
    time::sleep(Duration::from_millis(300)).await;
    service.kill_and_restart();
    let listed = service.json("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), names.len());
    for job in &jobs {
        let progress = service.over(job).await;
        assert_eq!(
            (&progress["done"], &progress["items"]),
            (&json!(1), &json!(1))
        );
    }
    assert_eq!(finished_once(&noted).await, names.len());
    noted.close().await;
    assert!(service.end().success(), "it ends in order");
    let store = antin::storage::Store::open(&service.data).await.unwrap();
    assert_eq!(store.result_count().await.unwrap(), names.len() as u64);
    store.close().await;
}

/// What an archive holds: files that are no documents, which is soon said of each.
const ENTRIES: usize = 200;
/// Ends of the process while documents come in.
const KILLS: u64 = 5;

/// Hands in one document after the other until it is told to end; job and document of each that was acknowledged.
async fn handing_in(service: Arc<RwLock<Service>>, own: usize) -> Vec<(String, String)> {
    let page = scan("14-no-seal.pdf");
    let mut acknowledged = Vec::new();
    for number in 0..40 {
        let bytes = [&page[..], format!("\n% {own} {number}").as_bytes()].concat();
        let sent = {
            let service = service.read().await;
            let path = format!("/api/v1/documents?name={own}-{number}.pdf");
            service.post(&path).body(bytes)
        };
        // The process may end meanwhile: then nothing was acknowledged.
        let Ok(answer) = sent.send().await else {
            time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        assert_eq!(answer.status(), StatusCode::CREATED, "{own}-{number}");
        let Ok(handed) = answer.json::<Value>().await else {
            continue;
        };
        let text = |field: &str| handed[field].as_str().unwrap().to_owned();
        acknowledged.push((text("job"), text("document")));
        time::sleep(Duration::from_millis(30)).await;
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_unpacks_and_at_any_moment_it_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &[]).await;
    let noted = noting(&service.data).await;
    let entries: Vec<(String, Vec<u8>)> = (0..ENTRIES)
        .map(|n| (format!("{n}.pdf"), format!("no document {n}").into_bytes()))
        .collect();
    let files: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let archive = service.upload("a.zip", zipped(&files)).await;
    let archive: Value = archive.json().await.unwrap();
    let job = archive["job"].as_str().unwrap().to_owned();
    // Some of what it holds was taken, and not all.
    let within = loop {
        let standing = service.json(&format!("/api/v1/jobs/{job}")).await;
        let items = standing["progress"]["items"].as_u64().unwrap();
        if items > 1 {
            break items;
        }
    };
    service.kill_and_restart();
    assert!(within < ENTRIES as u64 + 1, "it was unpacked before");
    let listed = service
        .json(&format!("/api/v1/jobs/{job}/items?limit=1"))
        .await;
    assert_ne!(listed["items"][0]["state"], "done", "{listed}");

    let service = Arc::new(RwLock::new(service));
    let clients: Vec<_> = (0..3)
        .map(|own| tokio::spawn(handing_in(Arc::clone(&service), own)))
        .collect();
    let mut moments = fastrand::Rng::with_seed(20);
    for _ in 0..KILLS {
        time::sleep(Duration::from_millis(moments.u64(50..400))).await;
        service.write().await.kill_and_restart();
    }
    let mut acknowledged = Vec::new();
    for client in clients {
        acknowledged.extend(client.await.unwrap());
    }
    let service = Arc::into_inner(service).unwrap().into_inner();
    assert!(acknowledged.len() > 3, "{}", acknowledged.len());
    for (job, document) in &acknowledged {
        let progress = service.over(job).await;
        assert_eq!(progress["done"], 1, "{progress}");
        let document = service.json(&format!("/api/v1/documents/{document}")).await;
        assert_eq!(document["outcome"], "pass", "{document}");
    }
    let progress = service.over(&job).await;
    let all = ENTRIES + 1;
    assert_eq!(
        (&progress["items"], &progress["done"]),
        (&json!(all), &json!(all)),
        "{progress}"
    );
    let path = format!("/api/v1/jobs/{job}/items?state=done&limit=500");
    let listed = service.json(&path).await;
    let names = listed["items"].as_array().unwrap().iter();
    let names: BTreeSet<&str> = names.map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), all, "an entry is missing, or there twice");
    // Beside what was acknowledged there may be what was taken and not said in time.
    assert!(
        finished_once(&noted).await >= all + acknowledged.len(),
        "{progress}"
    );
    noted.close().await;
}
