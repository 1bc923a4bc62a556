//! The service under load, on this machine's loopback: 32 clients hand in scans of one page as fast as they are answered.
//!
//! `cargo bench --bench load` prints what was answered, whether anything was lost, how long reading took meanwhile, and the memory of the
//! service. `-- --kill` does the work in two workers beside the service, and ends one of them by SIGKILL half way; `--postgres` keeps
//! everything in a PostgreSQL of its own; `--seconds N` and `--clients N` change how long and how many, and `--wait N` how many seconds
//! it is waited at the end until everything that was acknowledged is examined: an hour where nothing is said, after which it fails.

#![allow(clippy::unwrap_used, reason = "whoever runs it sees the panic")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Child;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use antin::storage::Store;
use reqwest::Client;
use serde_json::Value;
use serde_json::json;
use tokio::time;

#[path = "../tests/servers/antin.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod antin_server;
#[path = "../tests/servers/postgres.rs"]
mod postgres;

use antin_server::Service;
use antin_server::command;

/// The page that is handed in, each time with another last line.
const PAGE: &str = "fixtures/demo/docs/14-no-seal.pdf";
/// How long reading waits between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a lost worker's work may wait for another: its lease, and some.
const DRAIN: Duration = Duration::from_secs(180);

/// By how much the service may grow in the last two thirds, MiB; what is handed in meanwhile has more than a thousand.
const GROWTH_MAX: u64 = 32;

struct Run {
    seconds: u64,
    wait: u64,
    clients: u64,
    kills: bool,
    served: bool,
}

/// What was answered.
#[derive(Default)]
struct Answers {
    created: AtomicU64,
    busy: AtomicU64,
    other: AtomicU64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, usual| {
        let place = arguments.iter().position(|argument| argument == name);
        let value = place.and_then(|place| arguments.get(place + 1));
        value.map_or(usual, |value| value.parse().unwrap())
    };
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let run = Run {
        seconds: number("--seconds", 60),
        wait: number("--wait", 3_600),
        clients: number("--clients", 32),
        kills: has("--kill"),
        served: has("--postgres"),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(load(&run));
}

async fn load(run: &Run) {
    let folder = tempfile::tempdir().unwrap();
    let server = run.served.then(postgres::Postgres::start);
    let url = server.as_ref().map(|server| server.database("load"));
    let mut options: Vec<&str> = Vec::new();
    if let Some(url) = &url {
        options.extend(["--database-url", url.as_str()]);
    }
    let general = options.clone();
    options.push("--");
    if run.kills {
        options.push("--no-worker");
    }
    let service = Service::start_for(client(), folder.path(), &options);
    let mut workers: Vec<Child> = Vec::new();
    if run.kills {
        workers.extend((0..2).map(|_| worker(&service.data, &general)));
    }
    let job: Value = service
        .post("/api/v1/jobs")
        .json(&json!({ "name": "load" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let job = job["id"].as_str().unwrap().to_owned();
    let service = Arc::new(service);
    let answers = Arc::new(Answers::default());
    let end = Instant::now() + Duration::from_secs(run.seconds);
    let uploads: Vec<_> = (0..run.clients)
        .map(|own| {
            let (service, answers, job) = (Arc::clone(&service), Arc::clone(&answers), job.clone());
            tokio::spawn(async move { upload(&service, &answers, (&job, own), end).await })
        })
        .collect();
    let reading = tokio::spawn(read(Arc::clone(&service), job.clone(), end));
    let memory = tokio::spawn(memory(service.pid(), end));
    let mut begun = BTreeSet::new();
    if let Some(mut lost) = workers.pop() {
        time::sleep(Duration::from_secs(run.seconds / 2)).await;
        lost.kill().unwrap();
        lost.wait().unwrap();
        begun = working(&service, &job).await;
        println!(
            "half way a worker was killed; {} items were begun then",
            begun.len()
        );
    }
    let mut acknowledged = BTreeSet::new();
    for upload in uploads {
        acknowledged.extend(upload.await.unwrap());
    }
    tell(run, &answers, &mut reading.await.unwrap());
    flat(&memory.await.unwrap());
    kept(&service, &acknowledged).await;
    settled(&service, begun).await;
    over(&service, &job, Duration::from_secs(run.wait)).await;
    let store = ended(service, workers, url.as_deref()).await;
    once(&store, &job, acknowledged.len()).await;
    store.close().await;
}

/// Ends the service in order, and what works for it; its store.
async fn ended(service: Arc<Service>, workers: Vec<Child>, url: Option<&str>) -> Store {
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let mut service = Arc::into_inner(service).expect("all clients are done");
    assert!(service.end().success(), "it ends in disorder");
    match url {
        Some(url) => Store::connect(url, &service.data).await.unwrap(),
        None => Store::open(&service.data).await.unwrap(),
    }
}

fn client() -> Client {
    // A second default is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

fn worker(data: &Path, general: &[&str]) -> Child {
    command(data)
        .args(["worker", "--jobs", "1", "--ocr", "off"])
        .args(general)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Hands in one page after the other; the names of those that were acknowledged.
async fn upload(
    service: &Service,
    answers: &Answers,
    (job, own): (&str, u64),
    end: Instant,
) -> Vec<String> {
    let page = std::fs::read(PAGE).unwrap();
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if Instant::now() >= end {
            break;
        }
        let bytes = [page.as_slice(), format!("\n% {own} {number}").as_bytes()].concat();
        let path = format!("/api/v1/documents?name={own}-{number}.pdf&job={job}");
        let Ok(answer) = service.post(&path).body(bytes).send().await else {
            answers.other.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        match answer.status().as_u16() {
            201 => {
                let handed: Value = answer.json().await.unwrap();
                acknowledged.push(handed["document"].as_str().unwrap().to_owned());
                answers.created.fetch_add(1, Ordering::Relaxed);
            }
            429 => {
                answers.busy.fetch_add(1, Ordering::Relaxed);
                let wait = answer.headers()["retry-after"].to_str().unwrap();
                time::sleep(Duration::from_secs(wait.parse().unwrap())).await;
            }
            _ => {
                answers.other.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    acknowledged
}

/// Reads what people look at, now and then; how long each took, and how many were refused as too many.
async fn read(service: Arc<Service>, job: String, end: Instant) -> (Vec<Duration>, u64) {
    let places = [
        "/api/v1/documents".to_owned(),
        format!("/api/v1/jobs/{job}"),
        "/api/v1/seals".to_owned(),
        "/documents".to_owned(),
    ];
    let (mut taken, mut busy) = (Vec::new(), 0);
    for place in places.iter().cycle() {
        if Instant::now() >= end {
            break;
        }
        let begin = Instant::now();
        let answer = service.get(place).send().await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        match status {
            200 => taken.push(begin.elapsed()),
            429 => busy += 1,
            other => panic!("{place}: {other}"),
        }
        time::sleep(PAUSE).await;
    }
    (taken, busy)
}

/// Resident memory, MiB, every second.
async fn memory(pid: u32, end: Instant) -> Vec<u64> {
    let mut found = Vec::new();
    while Instant::now() < end {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        found.push(kilobytes.unwrap().parse::<u64>().unwrap() / 1024);
        time::sleep(Duration::from_secs(1)).await;
    }
    found
}

/// What the service held, which must not grow with what is handed in.
fn flat(memory: &[u64]) {
    let third = memory.len() / 3;
    let (early, late) = (memory[third], memory[memory.len() - 1]);
    let grown = late.saturating_sub(early);
    println!(
        "memory of the service, MiB: {early} after a third, {late} at the end (grown by {grown}), {} at most",
        memory.iter().max().unwrap()
    );
    assert!(
        grown <= GROWTH_MAX,
        "its memory grows with what is handed in"
    );
}

fn tell(run: &Run, answers: &Answers, (taken, busy): &mut (Vec<Duration>, u64)) {
    let (created, refused, other) = (
        answers.created.load(Ordering::Relaxed),
        answers.busy.load(Ordering::Relaxed),
        answers.other.load(Ordering::Relaxed),
    );
    println!(
        "{} clients, {} s: {created} uploads acknowledged ({} a second), {refused} answered 429, {other} anything else",
        run.clients,
        run.seconds,
        created / run.seconds
    );
    taken.sort();
    let at = |share: usize| taken[(taken.len() * share / 100).min(taken.len() - 1)].as_millis();
    println!(
        "reads meanwhile: {} ({busy} answered 429); median {} ms, p99 {} ms",
        taken.len(),
        at(50),
        at(99)
    );
    assert_eq!(other, 0, "something failed otherwise than by 429");
}

/// The items that are worked on.
async fn working(service: &Service, job: &str) -> BTreeSet<String> {
    names(service, job, "working").await
}

async fn names(service: &Service, job: &str, state: &str) -> BTreeSet<String> {
    let path = format!("/api/v1/jobs/{job}/items?state={state}&limit=500");
    let listed = asked(service, &path).await;
    let items = listed["items"].as_array().unwrap().iter();
    items
        .map(|item| item["document"].as_str().unwrap().to_owned())
        .collect()
}

/// What a path answers; asked again where the clients have used up what one address may ask.
async fn asked(service: &Service, path: &str) -> Value {
    loop {
        let answer = service.get(path).send().await.unwrap();
        match answer.status().as_u16() {
            200 => return answer.json().await.unwrap(),
            429 => time::sleep(Duration::from_secs(1)).await,
            other => panic!("{path}: {other}"),
        }
    }
}

/// Looks for everything that was acknowledged.
async fn kept(service: &Service, acknowledged: &BTreeSet<String>) {
    let mut found = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let listed = asked(service, &format!("/api/v1/documents?limit=500{cursor}")).await;
        for document in listed["items"].as_array().unwrap() {
            found.insert(document["id"].as_str().unwrap().to_owned());
        }
        let Some(next) = listed["next"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let lost = acknowledged.difference(&found).count();
    println!(
        "of {} acknowledged, {lost} are not there",
        acknowledged.len()
    );
    assert_eq!(lost, 0, "something was lost");
}

/// Waits for what was begun when a worker was lost.
async fn settled(service: &Service, begun: BTreeSet<String>) {
    let end = Instant::now() + DRAIN;
    let mut left = begun;
    while !left.is_empty() && Instant::now() < end {
        let mut still = BTreeSet::new();
        for id in left {
            let document = asked(service, &format!("/api/v1/documents/{id}")).await;
            if document["outcome"].is_null() {
                still.insert(id);
            }
        }
        left = still;
        time::sleep(Duration::from_secs(1)).await;
    }
    assert!(
        left.is_empty(),
        "not finished after a worker was lost: {left:?}"
    );
}

/// Waits until everything is examined.
async fn over(service: &Service, job: &str, within: Duration) {
    let begin = Instant::now();
    let path = format!("/api/v1/jobs/{job}");
    while asked(service, &path).await["over"] != true && begin.elapsed() < within {
        time::sleep(Duration::from_secs(1)).await;
    }
    println!("waited {} s for the rest", begin.elapsed().as_secs());
    let standing = asked(service, &path).await;
    assert_eq!(standing["over"], true, "not examined in time: {standing}");
}

/// Whether each item is one acknowledged document, and each that is done has one result.
async fn once(store: &Store, job: &str, acknowledged: usize) {
    let progress = store.progress(job).await.unwrap();
    let results = store.result_count().await.unwrap();
    println!("{progress:?}; {results} results");
    assert_eq!(
        progress.items, acknowledged as u64,
        "items and documents differ"
    );
    assert_eq!(progress.failed, 0, "something failed");
    assert_eq!(progress.done, progress.items, "something is not done");
    assert_eq!(
        progress.done, results,
        "something was not finished exactly once"
    );
}
