//! `antin serve` as a process of its own, on a private port, with an administrator who has a token.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use reqwest::Method;
use reqwest::RequestBuilder;
use reqwest::Response;
use reqwest::Url;
use serde_json::Value;

/// A running service.
pub(crate) struct Service {
    process: Child,
    pub(crate) site: String,
    pub(crate) data: PathBuf,
    pub(crate) client: Client,
    token: String,
    setting: Setting,
}

/// How a service is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// Its options; those before `--` are the command's, such as a database.
    pub(crate) options: Vec<String>,
    /// Variables of its environment.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// Where its standard error goes; to the test's own where nothing is said.
    pub(crate) log: Option<PathBuf>,
}

impl Service {
    /// Starts one on data of its own, below `folder`.
    pub(crate) async fn start(folder: &Path, options: &[&str]) -> Self {
        Self::start_for(client(), folder, options)
    }

    /// The same for a client of its own; options before `--` are the command's, such as a database.
    pub(crate) fn start_for(client: Client, folder: &Path, options: &[&str]) -> Self {
        let setting = Setting {
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            ..Setting::default()
        };
        Self::begin(client, folder, setting)
    }

    /// One that is started in a way of its own.
    pub(crate) fn start_as(folder: &Path, setting: Setting) -> Self {
        Self::begin(client(), folder, setting)
    }

    fn begin(client: Client, folder: &Path, setting: Setting) -> Self {
        let data = folder.join("data");
        let general = general(&setting.options);
        let mut adding = command(&data)
            .args(["user", "add", "an", "--name", "An"])
            .args(["--role", "administrator"])
            .args(general)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = adding.stdin.take().unwrap();
        input
            .write_all("một mật khẩu đủ dài 7\n".as_bytes())
            .unwrap();
        drop(input);
        assert!(adding.wait().unwrap().success(), "nobody was added");
        let made = command(&data)
            .args(["user", "token", "add", "an", "--name", "test"])
            .args(general)
            .output()
            .unwrap();
        let made = String::from_utf8(made.stdout).unwrap();
        let token = made
            .split_whitespace()
            .find(|word| word.starts_with("antin_"))
            .unwrap_or_else(|| panic!("no token in {made:?}"));
        let (process, site) = started(&data, &setting);
        Self {
            process,
            site,
            data,
            client,
            token: token.to_owned(),
            setting,
        }
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends the process as a power cut would, and starts another on the same data.
    pub(crate) fn kill_and_restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        (self.process, self.site) = started(&self.data, &self.setting);
    }

    /// Tells the process to end in order.
    pub(crate) fn tell_to_end(&self) {
        let pid = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.unwrap().success(), "it cannot be told to end");
    }

    /// The same; how it ended.
    pub(crate) fn end(&mut self) -> std::process::ExitStatus {
        self.tell_to_end();
        self.process.wait().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request("POST", path)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.site);
        self.client.request(method, url).bearer_auth(&self.token)
    }

    /// What a path answers, which must be well.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        response.json().await.unwrap()
    }

    /// Hands in bytes under a name.
    pub(crate) async fn upload(&self, name: &str, bytes: Vec<u8>) -> Response {
        let site = format!("{}/api/v1/documents", self.site);
        let url = Url::parse_with_params(&site, &[("name", name)]).unwrap();
        let upload = self.client.post(url).bearer_auth(&self.token).body(bytes);
        upload.send().await.unwrap()
    }

    /// Waits until nothing is left to do of a job; how far it is then.
    pub(crate) async fn over(&self, job: &str) -> Value {
        for _ in 0..1_200 {
            let standing = self.json(&format!("/api/v1/jobs/{job}")).await;
            if standing["over"] == true {
                return standing["progress"].clone();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("job {job} does not end");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command with its data in a folder.
pub(crate) fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_antin"));
    command.env("ANTIN_DATA", data).env("ANTIN_LOG", "warn");
    command
}

fn client() -> Client {
    // A second default is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// The options of every command.
fn general(options: &[String]) -> &[String] {
    let end = options.iter().position(|option| option == "--");
    &options[..end.unwrap_or(0)]
}

fn started(data: &Path, setting: &Setting) -> (Child, String) {
    let log = setting.log.as_ref().map(|log| {
        let opened = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log);
        Stdio::from(opened.unwrap())
    });
    let mut process = command(data)
        .args(["serve", "--listen", "127.0.0.1:0", "--ocr", "off"])
        .args(setting.options.iter().filter(|option| *option != "--"))
        .envs(
            setting
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .stdout(Stdio::piped())
        .stderr(log.unwrap_or_else(Stdio::inherit))
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    output.read_line(&mut said).unwrap();
    let site = said.trim().strip_prefix("Antin listens on ");
    let site = site.unwrap_or_else(|| panic!("{said:?}")).to_owned();
    (process, site)
}
