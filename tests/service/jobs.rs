//! Jobs: archives of each kind, folders, and what is ordered of them, over HTTP and by command.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use serde_json::json;

use crate::DOCUMENTS;
use crate::antin_server::Service;
use crate::antin_server::command;
use crate::scan;
use crate::watching::with_register;

pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_unpacked_into_its_job_and_tells_of_its_progress() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]).await;
    let archive = zipped(&[
        ("năm 2024/a.pdf", &scan("14-no-seal.pdf")),
        ("../../escape.pdf", &scan("12-unregistered.pdf")),
        ("broken.pdf", b"no document"),
        ("inner.zip", b"PK\x03\x04"),
        ("notes.txt", b"not looked at"),
    ]);
    let upload: Value = service
        .upload("2024.zip", archive)
        .await
        .json()
        .await
        .unwrap();
    let job = upload["job"].as_str().unwrap();
    let mut events = service
        .get(&format!("/api/v1/jobs/{job}/events"))
        .send()
        .await
        .unwrap();
    let mut told = String::new();
    while let Some(chunk) = events.chunk().await.unwrap() {
        told.push_str(&String::from_utf8_lossy(&chunk));
    }
    let last = told
        .lines()
        .rfind(|line| line.starts_with("data: "))
        .unwrap();
    let last: Value = serde_json::from_str(&last[6..]).unwrap();
    assert_eq!(last["over"], true, "{told}");
    // The archive itself, three documents, and what is an archive within.
    assert_eq!(
        (&last["progress"]["done"], &last["progress"]["failed"]),
        (&json!(4), &json!(1))
    );
    let failed = service
        .json(&format!("/api/v1/jobs/{job}/items?state=failed"))
        .await;
    assert_eq!(failed["items"][0]["name"], "inner.zip");
    let done = service
        .json(&format!("/api/v1/jobs/{job}/items?state=done"))
        .await;
    let outcomes: Vec<_> = done["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["name"].as_str().unwrap(),
                item["outcome"].as_str().unwrap_or("-"),
            )
        })
        .collect();
    assert!(
        outcomes.contains(&("năm 2024/a.pdf", "pass")),
        "{outcomes:?}"
    );
    assert!(
        outcomes.contains(&("broken.pdf", "unreadable")),
        "{outcomes:?}"
    );
    assert!(!folder.path().join("escape.pdf").exists());
}

#[test]
fn jobs_of_the_command_line_are_broken_off_taken_up_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let archive = folder.path().join("a.zip");
    std::fs::write(
        &archive,
        zipped(&[("a.pdf", &scan("14-no-seal.pdf")), ("b.pdf", b"none")]),
    )
    .unwrap();
    let bulk = |arguments: &[&str]| {
        let (status, said, _) = bulk(&data, arguments);
        (status, said)
    };
    let (status, said) = bulk(&["submit", "--detach", archive.to_str().unwrap()]);
    assert_eq!(status, 0, "{said}");
    let job = said
        .split_whitespace()
        .nth(1)
        .unwrap()
        .trim_end_matches(':')
        .to_owned();
    assert_eq!(bulk(&["pause", &job]).0, 0);
    assert!(bulk(&["status"]).1.contains("(paused)"));
    let (status, said) = bulk(&["resume", "--ocr", "off", &job]);
    assert!(
        said.contains("3 of 3 done") && said.contains("1 unreadable"),
        "{said}"
    );
    assert_eq!(status, 3);
    let (_, reports) = bulk(&["export", &job]);
    let paths: Vec<String> = reports
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["document"]["path"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(paths, ["a.pdf", "b.pdf"]);
    assert_eq!(bulk(&["cancel", &job]).0, 0);
    assert_eq!(bulk(&["resume", &job]).0, 2);
}

#[test]
fn an_export_tells_what_links_the_documents_of_its_job_after_their_reports() {
    let folder = tempfile::tempdir().unwrap();
    with_register(folder.path());
    let data = folder.path().join("data");
    let (source, pasted) = ("01-genuine-colour.pdf", "15-pasted-copy-of-01.pdf");
    let exported = |names: &[&str], more: &[&str]| -> Vec<Value> {
        let paths: Vec<String> = names
            .iter()
            .map(|name| format!("{DOCUMENTS}/{name}"))
            .collect();
        let mut arguments = vec!["submit", "--ocr", "off"];
        arguments.extend(more);
        arguments.extend(paths.iter().map(String::as_str));
        let (_, said, error) = bulk(&data, &arguments);
        let job = said
            .split_whitespace()
            .nth(1)
            .unwrap_or_else(|| panic!("{error}"));
        let (status, lines, error) = bulk(&data, &["export", job.trim_end_matches(':')]);
        assert_eq!(status, 0, "{error}");
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    };
    let lines = exported(&[source, "14-no-seal.pdf", pasted], &[]);
    let schemas: Vec<&Value> = lines.iter().map(|line| &line["schema"]).collect();
    let report = "antin.report/1";
    assert_eq!(
        json!(schemas),
        json!([report, report, report, "antin.link/1"])
    );
    let link = &lines[3];
    assert_eq!(link["finding"], "seal.pasted_duplicate", "{link}");
    for (at, report) in [(0_usize, &lines[0]), (1, &lines[2])] {
        let member = &link["members"][at];
        for name in ["sha256", "path"] {
            assert_eq!(member[name], report["document"][name], "{link}");
        }
    }
    // What another job holds is no matter of this one.
    let alone = exported(&[pasted], &[]);
    assert_eq!(alone.len(), 1, "{alone:?}");
    // What waits has no report here yet, and no links, though another job has both.
    let waiting = exported(&[source, pasted], &["--detach"]);
    assert_eq!(waiting, Vec::<Value>::new());
}

#[test]
fn archives_are_verified_like_folders() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("scans.zip");
    let bomb = vec![0; 4 << 20];
    std::fs::write(
        &archive,
        zipped(&[("x/14.pdf", &scan("14-no-seal.pdf")), ("zeros.pdf", &bomb)]),
    )
    .unwrap();
    let output = command(&folder.path().join("data"))
        .args(["verify", "--json", "--ocr", "off"])
        .arg(&archive)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let reports: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        reports[0]["document"]["path"],
        format!("{}/x/14.pdf", archive.display())
    );
    assert_eq!(
        (&reports[0]["outcome"], &reports[1]["outcome"]),
        (&json!("pass"), &json!("unreadable"))
    );
}

/// The same files as a tar; names are written as they are, wherever they lead.
fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, *bytes).unwrap();
    }
    // A document that is none: it leads to a file of the machine.
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    let linked = archive.append_link(&mut link, "link.pdf", "/etc/passwd");
    linked.unwrap();
    archive.into_inner().unwrap()
}

/// What the system's own `gzip` makes of bytes.
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = Command::new("gzip")
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = gzip.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let output = gzip.wait_with_output().unwrap();
    writing.join().unwrap();
    output.stdout
}

/// Name, state, outcome and reason of each item of a job, in the order of names.
async fn items(service: &Service, job: &str) -> Vec<[String; 4]> {
    let listed = service.json(&format!("/api/v1/jobs/{job}/items")).await;
    let told = |item: &Value| {
        ["name", "state", "outcome", "reason"]
            .map(|field| item[field].as_str().unwrap_or("-").to_owned())
    };
    let mut items: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(told)
        .collect();
    items.sort();
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_of_each_kind_are_unpacked_and_nothing_leads_out_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]).await;
    let (none, unknown) = (scan("14-no-seal.pdf"), scan("12-unregistered.pdf"));
    let files: [(&str, &[u8]); 4] = [
        ("2024/a.pdf", &none),
        ("../../escape.pdf", &unknown),
        ("inner.zip", b"PK\x03\x04"),
        ("notes.txt", b"not looked at"),
    ];
    let tar = tarred(&files);
    let archives = [
        ("a.zip", zipped(&files)),
        ("a.tar", tar.clone()),
        ("a.tar.gz", gzipped(&tar)),
        ("a.tar.zst", zstd::encode_all(&tar[..], 3).unwrap()),
    ];
    for (name, archive) in archives {
        // What it is is told by its content.
        let handed = service.upload("archive.bin", archive).await;
        assert_eq!(handed.status(), 201, "{name}");
        let handed: Value = handed.json().await.unwrap();
        assert_eq!(handed["document"], Value::Null, "{name}");
        let job = handed["job"].as_str().unwrap();
        service.over(job).await;
        let own = items(&service, job).await;
        let within = "an archive within an archive is not opened: give it by itself";
        let expected = [
            ["../../escape.pdf", "done", "review", "-"],
            ["2024/a.pdf", "done", "pass", "-"],
            ["archive.bin", "done", "-", "-"],
            ["inner.zip", "failed", "-", within],
        ];
        assert_eq!(own, expected.map(|item| item.map(str::to_owned)), "{name}");
    }
    let listed = service.json("/api/v1/documents").await;
    assert_eq!(
        listed["items"].as_array().unwrap().len(),
        2,
        "the same bytes are one document, whatever they were packed in"
    );
    for escaped in ["escape.pdf", "data/escape.pdf"] {
        assert!(!folder.path().join(escaped).exists(), "{escaped}");
    }
}

/// Runs `antin bulk`: its status, and what it said on standard output and error.
fn bulk(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command(data).arg("bulk").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_folder_is_a_job_and_what_failed_is_listed_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (data, scans) = (folder.path().join("data"), folder.path().join("kho"));
    std::fs::create_dir_all(scans.join("2024/quý 1")).unwrap();
    for (name, from) in [
        ("b.pdf", "14-no-seal.pdf"),
        ("2024/quý 1/a.pdf", "12-unregistered.pdf"),
    ] {
        std::fs::write(scans.join(name), scan(from)).unwrap();
    }
    std::fs::write(scans.join("2024/c.tar"), tarred(&[("c.pdf", b"none")])).unwrap();
    std::fs::write(scans.join("notes.txt"), "not looked at").unwrap();
    std::fs::write(scans.join(".hidden.pdf"), "not looked at").unwrap();
    let (status, said, error) = bulk(&data, &["submit", "--detach", scans.to_str().unwrap()]);
    assert_eq!(status, 0, "{error}");
    assert!(said.contains("3 files to keep"), "{said}");
    let job = said.split_whitespace().nth(1).unwrap();
    let job = job.trim_end_matches(':').to_owned();
    // The disk with the scans is away while they are worked on.
    std::fs::rename(data.join("scans"), data.join("away")).unwrap();
    let (status, said, error) = bulk(&data, &["resume", "--ocr", "off", &job]);
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("0 of 3 done, 3 failed"), "{said}");
    assert_eq!(
        error.matches("no scan").count(),
        3,
        "each with its reason: {error}"
    );
    assert!(error.contains("quý 1/a.pdf"), "{error}");
    std::fs::remove_dir_all(data.join("scans")).unwrap_or_default();
    std::fs::rename(data.join("away"), data.join("scans")).unwrap();
    let (status, said, error) = bulk(&data, &["retry", "--ocr", "off", &job]);
    assert!(said.contains("3 tried again"), "{said}");
    assert!(said.contains("4 of 4 done"), "{said}{error}");
    assert!(said.contains("1 unreadable"), "{said}");
    assert_eq!(status, 3, "the document in the archive is none");
    assert_eq!(bulk(&data, &["cancel", &job]).0, 0);
    assert_eq!(bulk(&data, &["retry", &job]).0, 2, "it was cancelled");
}

/// Orders something of a job; status, and where the job stands or what is wrong.
async fn ordered(service: &Service, job: &str, order: &str) -> (u16, Value) {
    let asked = service.post(&format!("/api/v1/jobs/{job}/orders"));
    let answer = asked.json(&json!({ "order": order })).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_paused_resumed_tried_again_and_cancelled_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--jobs", "1"]).await;
    let begun = service
        .post("/api/v1/jobs")
        .json(&json!({ "name": "2024" }));
    let begun: Value = begun.send().await.unwrap().json().await.unwrap();
    let job = begun["id"].as_str().unwrap();
    let (status, paused) = ordered(&service, job, "pause").await;
    assert_eq!((status, &paused["state"]), (200, &json!("paused")));
    let path = format!("/api/v1/documents?job={job}&name=a.pdf");
    let handed = service.post(&path).body(scan("14-no-seal.pdf"));
    assert_eq!(handed.send().await.unwrap().status(), 201);
    // Another job that came later is finished meanwhile.
    let other = service.upload("b.pdf", scan("12-unregistered.pdf")).await;
    let other: Value = other.json().await.unwrap();
    service.over(other["job"].as_str().unwrap()).await;
    let standing = service.json(&format!("/api/v1/jobs/{job}")).await;
    assert_eq!(standing["progress"]["waiting"], 1, "{standing}");
    // Its scan is away when it is worked on, and there again when it is tried again.
    let (scans, away) = (service.data.join("scans"), service.data.join("away"));
    std::fs::rename(&scans, &away).unwrap();
    let (status, resumed) = ordered(&service, job, "resume").await;
    assert_eq!((status, &resumed["state"]), (200, &json!("running")));
    assert_eq!(service.over(job).await["failed"], 1);
    let [_, state, _, reason] = items(&service, job).await.remove(0);
    assert!(state == "failed" && reason.contains("no scan"), "{reason}");
    std::fs::remove_dir_all(&scans).unwrap_or_default();
    std::fs::rename(&away, &scans).unwrap();
    let (status, _) = ordered(&service, job, "retry").await;
    assert_eq!(status, 200);
    assert_eq!(service.over(job).await["done"], 1);
    assert_eq!(items(&service, job).await[0][2], "pass");

    ordered(&service, job, "pause").await;
    let handed = service.post(&path).body(scan("17-cut-off.pdf"));
    assert_eq!(handed.send().await.unwrap().status(), 201);
    let (status, cancelled) = ordered(&service, job, "cancel").await;
    assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));
    assert_eq!(
        (&cancelled["over"], &cancelled["progress"]["cancelled"]),
        (&json!(true), &json!(1))
    );
    for order in ["pause", "resume", "cancel", "retry"] {
        let (status, problem) = ordered(&service, job, order).await;
        assert_eq!(
            (status, &problem["code"]),
            (409, &json!("cancelled")),
            "{order}"
        );
    }
    let (status, problem) = ordered(&service, job, "explode").await;
    assert_eq!((status, &problem["code"]), (422, &json!("unfit_value")));
}
