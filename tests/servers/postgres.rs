//! A PostgreSQL of the test's own: its data in a temporary folder, on a private port.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::time::Duration;

/// Runs a server until its own input ends, which is when whoever started it ends, in whatever way; then ends the server and removes
/// its data. Given where the programs stand, the port, and by what they are run. SIGQUIT ends a server at once; one that has hardly
/// begun still ignores it, as a shell has what it starts in the background do, and ends by SIGTERM.
const KEEPER: &str = r#"
programs=$1 port=$2 server=
shift 2
cd /
folder=$(mktemp -d --suffix=-antin-postgres) || exit
chmod 777 "$folder"
"$@" "$programs/initdb" --username=antin --auth=trust --encoding=UTF8 --locale=C --no-sync -D "$folder/cluster" >"$folder/log" 2>&1 &&
    { "$@" "$programs/postgres" -c listen_addresses=127.0.0.1 -c fsync=off -k "" -p "$port" -D "$folder/cluster" >>"$folder/log" 2>&1 & } &&
    server=$!
read -r _
[ -z "$server" ] || { kill -TERM "$server"; kill -QUIT "$server"; wait "$server"; }
tail -c 2000 "$folder/log" >&2
rm -rf "$folder"
"#;

/// A running server, which ends with this value or with this process.
pub(crate) struct Postgres {
    keeper: Child,
    port: u16,
}

impl Postgres {
    /// Starts one; Debian's package `postgresql` must be installed (`./test` sees to that).
    pub(crate) fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(programs())
            .arg(port.to_string())
            .args(other_user())
            // What ends all of the test's own group must not end the keeper before the server.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut server = Self { keeper, port };
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() && server.answers() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        drop(server.keeper.stdin.take());
        let mut said = String::new();
        let mut errors = server.keeper.stderr.take().unwrap();
        std::io::Read::read_to_string(&mut errors, &mut said).unwrap();
        panic!("PostgreSQL did not start on port {port}: {said}");
    }

    fn answers(&self) -> bool {
        self.ask("select 1").status.success()
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self, name: &str) -> String {
        let made = self.ask(&format!("create database {name}"));
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{said}");
        format!("postgres://antin@127.0.0.1:{}/{name}", self.port)
    }

    fn ask(&self, what: &str) -> Output {
        Command::new(programs().join("psql"))
            .args(["-h", "127.0.0.1", "-U", "antin", "-p"])
            .arg(self.port.to_string())
            .args(["-c", what, "postgres"])
            .output()
            .unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// What runs the server's programs as another, where the test runs as root, which they refuse: the package's own user.
fn other_user() -> &'static [&'static str] {
    use std::os::unix::fs::MetadataExt;
    match std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        true => &[
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
        ],
        false => &[],
    }
}

/// The programs of the newest installed version.
fn programs() -> PathBuf {
    let versions = Path::new("/usr/lib/postgresql");
    let folders = std::fs::read_dir(versions).expect("Debian's package postgresql is installed");
    let mut found: Vec<PathBuf> = folders
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("postgres").is_file())
        .collect();
    found.sort();
    found
        .pop()
        .expect("Debian's package postgresql is installed")
}
