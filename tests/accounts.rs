//! People, proposals, the audit log and encrypted specimens, as the command shows them.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use sqlx::AnyPool;
use tempfile::TempDir;

const PASSWORD: &str = "mưa trên mái ngói\n";
const KEYS: [&str; 2] = [
    "0101010101010101010101010101010101010101010101010101010101010101",
    "0202020202020202020202020202020202020202020202020202020202020202",
];

struct Place {
    folder: TempDir,
}

struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Place {
    /// A folder with a register's file and a list of events, nothing imported.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let specimen =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D01-1.png");
        fs::copy(specimen, folder.path().join("D01-1.png")).unwrap();
        let place = Self { folder };
        place.write(
            "register.csv",
            "id,organisation,specimen,specimen_dpi,registered_on,jurisdiction\n\
             D01,Trung tâm y tế,D01-1.png,300,2016-12-24,VN\n",
        );
        place.write(
            "events.csv",
            "seal,event,on\nD01,reported_lost,2024-05-21\n",
        );
        place
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_antin"));
        command
            .current_dir(self.folder.path())
            .env("ANTIN_DATA", self.folder.path().join("data"))
            .env_remove("ANTIN_TOKEN")
            .env_remove("ANTIN_LOGIN")
            .args(arguments)
            .write_stdin(input);
        for (name, value) in variables {
            command.env(name, value);
        }
        let output = command.output().unwrap();
        Ran {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn does(&self, arguments: &[&str], input: &str) -> String {
        let ran = self.run(arguments, input, &[]);
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.stderr);
        ran.stdout
    }

    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let lines = self.does(arguments, "");
        let lines = lines.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn with_people(self) -> Self {
        for login in ["lan", "minh"] {
            self.does(&["user", "add", login, "--role", "registrar"], PASSWORD);
        }
        self
    }

    /// What stands in the files of all specimens.
    fn specimen_files(&self) -> Vec<Vec<u8>> {
        let folders = fs::read_dir(self.folder.path().join("data/specimens")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        files
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .collect()
    }
}

#[test]
fn people_are_added_listed_and_disabled_and_no_password_stands_anywhere() {
    let place = Place::new().with_people();
    let added = place.run(&["user", "add", "hoa", "--role", "auditor"], "short\n", &[]);
    assert_eq!(added.status, 2);
    assert!(added.stderr.contains("15 characters"), "{}", added.stderr);
    let taken = place.run(&["user", "add", "LAN", "--role", "auditor"], PASSWORD, &[]);
    assert_eq!(taken.status, 2, "{}", taken.stderr);
    place.does(&["user", "disable", "minh"], "");
    let people = place.json(&["user", "list", "--json"]);
    let told: Vec<_> = people
        .iter()
        .map(|person| (&person["login"], person["disabled_at"].is_null()))
        .collect();
    assert_eq!(told, [(&"lan".into(), true), (&"minh".into(), false)]);
    let deeds = place.json(&["audit", "list", "--json"]);
    let deeds: Vec<_> = deeds
        .iter()
        .map(|entry| entry["deed"].as_str().unwrap())
        .collect();
    assert_eq!(deeds, ["person.disabled", "person.added", "person.added"]);
    for file in fs::read_dir(place.folder.path().join("data")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(path).unwrap();
            let password = PASSWORD.trim().as_bytes();
            let found = bytes
                .windows(password.len())
                .any(|window| window == password);
            assert!(!found, "the password is kept");
        }
    }
}

#[test]
fn once_people_have_accounts_an_import_is_a_proposal_that_another_approves() {
    let place = Place::new().with_people();
    let nameless = place.run(&["register", "import", "register.csv"], "", &[]);
    assert_eq!(nameless.status, 2);
    assert!(
        nameless.stderr.contains("--as LOGIN"),
        "{}",
        nameless.stderr
    );
    place.does(
        &["register", "import", "register.csv", "--as", "lan"],
        PASSWORD,
    );
    assert!(place.json(&["register", "list", "--json"]).is_empty());
    let own = place.run(
        &["register", "proposals", "approve", "1", "--as", "lan"],
        PASSWORD,
        &[],
    );
    assert_eq!(own.status, 2, "nobody approves his own: {}", own.stdout);
    let wrong = place.run(
        &["register", "proposals", "approve", "1", "--as", "minh"],
        "another password\n",
        &[],
    );
    assert_eq!(wrong.status, 2, "{}", wrong.stdout);
    place.does(
        &["register", "proposals", "approve", "1", "--as", "minh"],
        PASSWORD,
    );
    let seals = place.json(&["register", "list", "--json"]);
    assert_eq!(seals.len(), 1);
    let again = place.run(
        &["register", "proposals", "approve", "1", "--as", "minh"],
        PASSWORD,
        &[],
    );
    assert_eq!(again.status, 2, "{}", again.stdout);
    let nothing = place.does(
        &["register", "import", "register.csv", "--as", "lan"],
        PASSWORD,
    );
    assert!(nothing.contains("nothing to propose"), "{nothing}");
}

#[test]
fn a_token_proposes_and_cannot_approve() {
    let place = Place::new();
    place.does(&["register", "import", "register.csv"], "");
    let place = place.with_people();
    let token = |login: &str| {
        let made = place.does(&["user", "token", "add", login, "--name", "nightly"], "");
        made.trim().to_owned()
    };
    let (lan, minh) = (token("lan"), token("minh"));
    let put = place.run(
        &["register", "events", "events.csv"],
        "",
        &[("ANTIN_TOKEN", &lan)],
    );
    assert_eq!(put.status, 0, "{}", put.stderr);
    let approve = ["register", "proposals", "approve", "1"];
    let refused = place.run(&approve, "", &[("ANTIN_TOKEN", &minh)]);
    assert_eq!(refused.status, 2, "{}", refused.stdout);
    let listed = place.json(&["user", "token", "list", "lan", "--json"]);
    let id = listed[0]["token"].as_str().unwrap();
    assert!(
        !listed[0].to_string().contains(&lan),
        "the token is shown again"
    );
    place.does(&["user", "token", "revoke", id], "");
    let revoked = place.run(
        &["register", "events", "events.csv"],
        "",
        &[("ANTIN_TOKEN", &lan)],
    );
    assert_eq!(revoked.status, 2, "{}", revoked.stdout);
}

#[test]
fn a_stale_proposal_is_told_and_changes_nothing() {
    let place = Place::new();
    place.does(&["register", "import", "register.csv"], "");
    let place = place.with_people();
    for number in ["1", "2"] {
        place.does(
            &["register", "events", "events.csv", "--as", "lan"],
            PASSWORD,
        );
        let shown = place.does(&["register", "proposals", "show", number], "");
        assert!(
            shown.contains("D01: reported_lost on 2024-05-21"),
            "{shown}"
        );
    }
    place.does(
        &["register", "proposals", "approve", "1", "--as", "minh"],
        PASSWORD,
    );
    let stale = place.run(
        &["register", "proposals", "approve", "2", "--as", "minh"],
        PASSWORD,
        &[],
    );
    assert_eq!(stale.status, 1);
    assert!(stale.stderr.contains("moved on"), "{}", stale.stderr);
    assert!(
        stale.stdout.contains("recorded already"),
        "{}",
        stale.stdout
    );
}

/// What somebody does who may write to the database.
fn tamper(place: &Place, statements: &'static str) {
    sqlx::any::install_default_drivers();
    let path = place.folder.path().join("data/antin.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let pool = AnyPool::connect(&format!("sqlite://{}", path.display()))
            .await
            .unwrap();
        sqlx::raw_sql(statements).execute(&pool).await.unwrap();
        pool.close().await;
    });
}

#[test]
fn the_audit_log_names_its_first_broken_link_and_stands_against_a_noted_head() {
    let place = Place::new().with_people();
    let head = place.does(&["audit", "verify"], "");
    assert!(head.starts_with("2:"), "{head}");
    place.does(&["user", "disable", "minh"], "");
    place.does(&["audit", "verify", "--head", head.trim()], "");
    tamper(
        &place,
        "drop trigger audit_entry_stays; update audit_entry set subject = 'hoa' where sequence = 2",
    );
    let broken = place.run(&["audit", "verify"], "", &[]);
    assert_eq!(broken.status, 3);
    assert!(
        broken.stderr.contains("entry 2 was changed"),
        "{}",
        broken.stderr
    );
    let nonsense = place.run(&["audit", "verify", "--head", "2:zz"], "", &[]);
    assert_eq!(nonsense.status, 2);
}

#[test]
fn specimens_are_encrypted_with_the_administrators_key_and_told_apart_without_it() {
    let place = Place::new();
    let one = place.write("one.key", KEYS[0]);
    let two = place.write("two.key", &format!("{}\n{}\n", KEYS[1], KEYS[0]));
    let last = place.write("last.key", KEYS[1]);
    let with = |key: &Path, arguments: &[&str]| {
        let key = key.display().to_string();
        place.run(arguments, "", &[("ANTIN_SPECIMEN_KEY_FILE", key.as_str())])
    };
    let imported = with(&one, &["register", "import", "register.csv"]);
    assert_eq!(imported.status, 0, "{}", imported.stderr);
    let files = place.specimen_files();
    assert_eq!(files.len(), 2, "the scan, and the impression found in it");
    assert!(files.iter().all(|file| file.starts_with(b"ANTINENC")));

    let without = place.run(&["register", "export", "--specimens", "out"], "", &[]);
    assert_eq!(without.status, 3, "{}", without.stderr);
    assert!(
        without.stderr.contains("ANTIN_SPECIMEN_KEY_FILE"),
        "{}",
        without.stderr
    );
    let rekeyed = with(&two, &["register", "rekey"]);
    assert!(rekeyed.stdout.starts_with("2 files"), "{}", rekeyed.stdout);
    assert_eq!(
        with(&one, &["register", "export", "--specimens", "out"]).status,
        3
    );
    let exported = with(&last, &["register", "export", "--specimens", "out"]);
    assert_eq!(exported.status, 0, "{}", exported.stderr);
    let given: Vec<_> = fs::read_dir(place.folder.path().join("out"))
        .unwrap()
        .collect();
    let scan = fs::read(given[0].as_ref().unwrap().path()).unwrap();
    assert_eq!(
        scan,
        fs::read(place.folder.path().join("D01-1.png")).unwrap()
    );
    let reads = place.json(&["audit", "list", "--deed", "specimen.read", "--json"]);
    assert_eq!(
        reads.len(),
        1 + 2,
        "those that failed were asked for as well"
    );

    // A list that names our own encrypted files can be imported with the key.
    let list = with(&last, &["register", "export"]).stdout;
    place.write("again.csv", &list);
    let again = with(&last, &["register", "import", "again.csv"]);
    assert_eq!(again.status, 0, "{}", again.stderr);
    let broken = place.write("broken.key", "not a key");
    let refused = with(&broken, &["register", "list"]);
    assert_eq!(refused.status, 3);
    assert!(refused.stderr.contains("line 1"), "{}", refused.stderr);
}

#[test]
fn an_office_is_a_body_of_the_register() {
    let place = Place::new();
    place.write("bodies.csv", "body,level\nB1,commune\n");
    let of = |office: &str| {
        let add = [
            "user",
            "add",
            "hoa",
            "--role",
            "inspector",
            "--office",
            office,
        ];
        place.run(&add, PASSWORD, &[])
    };
    let submit = |office: &str| {
        let submit = [
            "bulk",
            "submit",
            "D01-1.png",
            "--detach",
            "--office",
            office,
        ];
        place.run(&submit, "", &[])
    };
    for refused in [of("B1"), submit("B1")] {
        assert_eq!(refused.status, 2, "{}", refused.stderr);
        let said = refused.stderr;
        assert!(said.contains("no body B1"), "{said}");
        assert!(said.contains("antin register import"), "{said}");
    }
    assert!(place.json(&["user", "list", "--json"]).is_empty());
    assert!(place.json(&["bulk", "status", "--json"]).is_empty());
    place.does(&["register", "import", "bodies.csv"], "");
    for taken in [of("B1"), submit("B1")] {
        assert_eq!(taken.status, 0, "{}", taken.stderr);
    }
    let moved = place.run(&["user", "change", "hoa", "--office", "B2"], "", &[]);
    assert_eq!(moved.status, 2, "{}", moved.stderr);
    assert!(moved.stderr.contains("no body B2"), "{}", moved.stderr);
    let people = place.json(&["user", "list", "--json"]);
    assert_eq!(people[0]["office"], "B1");
}

#[test]
fn specimens_that_a_report_shows_are_written_down_as_read() {
    let place = Place::new();
    place.does(&["register", "import", "register.csv"], "");
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/docs");
    let document = document.join("01-genuine-colour.pdf").display().to_string();
    let reads = || place.json(&["audit", "list", "--deed", "specimen.read", "--json"]);
    let verify = |options: &[&str]| {
        let arguments = [&["verify", &document], options].concat();
        let ran = place.run(&arguments, "", &[]);
        assert!(ran.stdout.contains("D01"), "{}{}", ran.stdout, ran.stderr);
    };
    // A verdict shows none, nor does a register of one's own belong to the store.
    verify(&[]);
    verify(&["--report", "own", "--register", "register.csv"]);
    assert_eq!(reads(), Vec::<Value>::new());
    verify(&["--report", "out"]);
    let reads = reads();
    assert_eq!(reads.len(), 1, "{reads:?}");
    assert_eq!(reads[0]["subject"], "D01");
    assert!(place.folder.path().join("out/documents").is_dir());
}
