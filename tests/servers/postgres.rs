//! A PostgreSQL of the test's own: its data in a temporary folder, on a private port.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

/// A running server, which ends with this value.
pub(crate) struct Postgres {
    server: Child,
    port: u16,
    data: tempfile::TempDir,
}

impl Postgres {
    /// Starts one; Debian's package `postgresql` must be installed (`./test` sees to that).
    pub(crate) fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        // The server refuses to run as root: there, the package's own user runs it.
        std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let cluster = data.path().join("cluster");
        let initialised = command("initdb")
            .args([
                "--username=antin",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(&cluster)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&initialised.stderr);
        assert!(initialised.status.success(), "{said}");
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = command("postgres")
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-k"])
            .arg(data.path())
            .args(["-p", &port.to_string(), "-D"])
            .arg(&cluster)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { server, port, data };
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() && server.answers() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL did not start on port {port}");
    }

    fn answers(&self) -> bool {
        let asked = command("psql")
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "antin",
                "-p",
                &self.port.to_string(),
                "-c",
                "select 1",
                "postgres",
            ])
            .output();
        asked.is_ok_and(|asked| asked.status.success())
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self, name: &str) -> String {
        let made = command("psql")
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "antin",
                "-p",
                &self.port.to_string(),
                "-c",
            ])
            .arg(format!("create database {name}"))
            .arg("postgres")
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        format!("postgres://antin@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT ends it and its children at once; its data go with the folder.
        let file = self.data.path().join("cluster/postmaster.pid");
        let pid = std::fs::read_to_string(file).unwrap_or_default();
        if let Some(pid) = pid.lines().next() {
            let _ = Command::new("kill").args(["-QUIT", pid]).status();
        }
        let _ = self.server.wait();
    }
}

/// A program of the newest installed version.
fn command(program: &str) -> Command {
    let path = newest(Path::new("/usr/lib/postgresql"), program);
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    if !is_root {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    command.arg(path).current_dir("/");
    command
}

fn newest(versions: &Path, program: &str) -> PathBuf {
    let folders = std::fs::read_dir(versions).expect("Debian's package postgresql is installed");
    let mut found: Vec<PathBuf> = folders
        .flatten()
        .map(|version| version.path().join("bin").join(program))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
        .pop()
        .expect("Debian's package postgresql is installed")
}
