//! The register out to files and in again, and what of its rows is refused.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

#[path = "command/run.rs"]
mod run;
#[path = "command/seal.rs"]
mod seal;

use run::antin;
use seal::import;
use seal::imported;
use seal::sample;
use seal::shown;
use seal::with_seal;

#[test]
fn every_register_is_exported_and_imported_to_the_same_register() {
    let folder = with_seal();
    let from = folder.path();
    import(
        from,
        "seal,event,on,successor\nD01,in_use,2017-01-03,\nD01,reported_lost,2024-05-01,\n",
    );
    let lost = named(from, "reported_lost");
    import(
        from,
        &format!("seal,event,on,corrects\nD01,reported_lost,2024-04-01,{lost}\n"),
    );
    import(
        from,
        "seal,custodian,from,place,note\nD01,Lan,2020-01-01,\"bàn 1, tầng 2\",\"hai\ndòng\"\n",
    );
    import(from, "die,specimen,specimen_dpi\nX1,D01.png,300\n");
    import(
        from,
        "seal,register,entry_no,used_at,content\nD01,work,1,2024-03-01 16:30,a\nD01,work,2,2024-03-02,b\n",
    );
    let found = named(from, "bàn 1");
    import(from, &format!("withdraws,reason\n{found},mistaken\n"));
    let exported = antin(from, &["register", "export", "--to", "out"]);
    assert_eq!(exported.status, 0, "{}", exported.stderr);

    let to = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(from.join("out"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        let run = antin(to.path(), &["register", "import", file.to_str().unwrap()]);
        assert_eq!(run.status, 0, "{}: {}", file.display(), run.stderr);
    }
    let again = antin(to.path(), &["register", "export", "--to", "out"]);
    assert_eq!(again.stdout, exported.stdout);
    for file in fs::read_dir(to.path().join("out")).unwrap() {
        let name = file.unwrap().file_name();
        let text = |folder: &Path| {
            let text = fs::read_to_string(folder.join("out").join(&name)).unwrap();
            let data = fs::canonicalize(folder).unwrap();
            text.replace(&data.display().to_string(), "")
                .replace(&folder.display().to_string(), "")
        };
        assert_eq!(text(to.path()), text(from), "{name:?}");
    }
    for day in ["2017-01-02", "2024-04-15", "2024-06-01"] {
        let told = |folder: &Path| {
            let run = antin(folder, &["register", "show", "D01", "--on", day, "--json"]);
            let mut value = run.json().remove(0);
            for list in ["because", "events"] {
                for entry in value[list].as_array_mut().unwrap() {
                    entry["recorded_at"] = Value::Null;
                }
            }
            value
        };
        assert_eq!(told(to.path()), told(from), "{day}");
    }
}

/// The name of the seal's entry in whose line `word` stands.
fn named(folder: &Path, word: &str) -> String {
    let text = shown(folder, "2025-01-01");
    let line = text
        .lines()
        .rfind(|line| line.contains(word) && line.contains("entry "))
        .unwrap();
    let (_, rest) = line.split_once("entry ").unwrap();
    rest.chars().take(16).collect()
}

#[test]
fn a_replaced_seals_specimen_is_none_of_its_successor() {
    let folder = with_seal();
    let folder = folder.path();
    import(
        folder,
        "seal,event,on,successor\nD01,replaced_by,2024-05-01,D02\n",
    );
    let run = imported(
        folder,
        "id,organisation,specimen,specimen_dpi\nD02,Trung tâm y tế Vĩnh Mộc,D01.png,300\n",
    );
    assert_eq!(run.status, 3);
    assert!(
        run.stderr.contains("line 2 (seal D02): D01.png: is a specimen of seal D01, which was replaced on 2024-05-01"),
        "{}",
        run.stderr
    );
    assert!(shown(folder, "2024-06-01").contains("from 2016-12-24, until 2024-04-30"));
}

#[test]
fn a_specimen_has_its_days() {
    let folder = with_seal();
    let folder = folder.path();
    let header = "id,organisation,specimen,specimen_dpi,specimen_from,specimen_to";
    let row = "D01,Trung tâm y tế Vĩnh Mộc,D01.png,300";
    let run = imported(folder, &format!("{header}\n{row},2020-01-01,2019-01-01\n"));
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("before it begins"), "{}", run.stderr);
    import(folder, &format!("{header}\n{row},2016-12-25,2020-12-31\n"));
    assert!(shown(folder, "2024-06-01").contains("from 2016-12-25, until 2020-12-31"));
}

#[test]
fn a_seal_without_jurisdiction_is_told_so_by_the_clocks() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(sample("specimens/D01-1.png"), folder.join("D01.png")).unwrap();
    import(
        folder,
        "id,organisation,specimen,specimen_dpi\nD01,A,D01.png,300\n",
    );
    import(folder, "seal,event,on\nD01,reported_lost,2024-05-01\n");
    let run = antin(folder, &["register", "clocks", "--on", "2024-05-10"]);
    let told: Vec<&str> = run.stdout.split_whitespace().collect();
    assert!(
        !told
            .join(" ")
            .contains("no instrument that was read asks for it"),
        "{}",
        run.stdout
    );
}
