//! A service in this process, on a port of its own, and people who use it.

use std::net::SocketAddr;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::LazyLock;

use antin::accounts::Login;
use antin::accounts::PasswordHash;
use antin::accounts::Person;
use antin::accounts::Role;
use antin::accounts::secret::system;
use antin::accounts::token::Token;
use antin::api::Bounds;
use antin::api::Limits;
use antin::api::Service;
use antin::api::Site;
use antin::api::listening;
use antin::audit::Act;
use antin::audit::Actor;
use antin::jobs::Registers;
use antin::jobs::StoreQueue;
use antin::jobs::Worker;
use antin::jobs::worker::Workshop;
use antin::openid::Provider;
use antin::registry::Entry;
use antin::retention::Periods;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::storage::Store;
use antin::storage::accounts::NewPerson;
use antin::storage::blobs::Blobs;
use antin::web;
use jiff::Timestamp;
use reqwest::Client;
use reqwest::Method;
use reqwest::RequestBuilder;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::postgres::Postgres;

pub(crate) const PASSWORD: &str = "mưa trên mái ngói";

/// A running service.
pub(crate) struct Running {
    pub(crate) store: Store,
    pub(crate) address: SocketAddr,
    folder: TempDir,
    /// Its PostgreSQL; none where its database is a file.
    url: Option<String>,
}

static POSTGRES: LazyLock<Postgres> = LazyLock::new(Postgres::start);

/// Runs a test on a service over each kind of database.
pub(crate) async fn on_each<F: Future<Output = ()>>(name: &str, test: impl Fn(Running) -> F) {
    test(Running::start().await).await;
    let url = POSTGRES.database(name);
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = listening::bind(anywhere).unwrap();
    let settings = (Bounds::default(), None);
    test(Running::begin(listener, settings, (Site::default(), Some(url))).await).await;
}

/// Somebody with a browser, or a program with a token.
pub(crate) struct Visitor {
    client: Client,
    site: String,
    csrf: Option<String>,
    token: Option<String>,
}

fn options() -> sandbox::Options {
    sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into())
}

/// A body of the register.
fn body(id: &str) -> Entry {
    let content = [("body", id), ("level", "commune")];
    let content = content.map(|(column, text)| (column.to_owned(), text.to_owned()));
    Entry {
        kind: "body".into(),
        key: id.into(),
        content: content.into(),
        ..Entry::default()
    }
}

pub(crate) fn act() -> Act {
    Act {
        who: Actor::Program,
        at: Timestamp::now(),
    }
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::within(Bounds::default()).await
    }

    /// One that takes so much at a time.
    pub(crate) async fn within(bounds: Bounds) -> Self {
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::on(listening::bind(anywhere).unwrap(), (bounds, None)).await
    }

    /// One on a port that was taken before, perhaps with a provider who vouches for people.
    pub(crate) async fn on(
        listener: (TcpListener, SocketAddr),
        (bounds, provider): (Bounds, Option<Provider>),
    ) -> Self {
        Self::begin(listener, (bounds, provider), (Site::default(), None)).await
    }

    /// One that stands behind a proxy.
    pub(crate) async fn behind_a_proxy(bounds: Bounds) -> Self {
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let site = Site {
            is_secure: true,
            is_behind_proxy: true,
        };
        let listener = listening::bind(anywhere).unwrap();
        Self::begin(listener, (bounds, None), (site, None)).await
    }

    async fn begin(
        (listener, address): (TcpListener, SocketAddr),
        (bounds, provider): (Bounds, Option<Provider>),
        (site, url): (Site, Option<String>),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = match &url {
            None => Store::open(folder.path()).await,
            Some(url) => Store::connect(url, folder.path()).await,
        };
        let store = store.unwrap();
        let service = Service {
            store: store.clone(),
            queue: Arc::new(StoreQueue(store.clone())),
            blobs: Blobs::under(folder.path()).unwrap(),
            registers: Arc::new(Registers::of(store.clone(), options())),
            rules: Arc::new(RuleSet::shipped().clone()),
            wake: Arc::new(Notify::new()),
            stop: CancellationToken::new(),
            limits: Limits::of(bounds),
            site,
            periods: Periods::default(),
            provider,
            metrics: None,
        };
        let router = web::router(Arc::new(service));
        let served = (router, bounds.headers_within);
        let serving = listening::serve(listener, None, served, CancellationToken::new());
        tokio::spawn(serving);
        Self {
            store,
            address,
            folder,
            url,
        }
    }

    /// Where its data are.
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command on its data.
    pub(crate) fn command(&self, arguments: &[&str]) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_antin"));
        command
            .env("ANTIN_DATA", self.folder.path())
            .args(arguments);
        if let Some(url) = &self.url {
            command.env("ANTIN_DATABASE_URL", url);
        }
        let ran = command.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{arguments:?}: {said}");
    }

    /// Examines what is handed in, until the test ends.
    pub(crate) fn work(&self) {
        let (store, options) = (self.store.clone(), options());
        let workshop = Workshop {
            queue: Arc::new(StoreQueue(store.clone())),
            blobs: Blobs::under(self.folder.path()).unwrap(),
            registers: Arc::new(Registers::of(store.clone(), options.clone())),
            store,
            rules: Arc::new(RuleSet::shipped().clone()),
            options,
            wake: Arc::new(Notify::new()),
        };
        let worker = Worker::new(workshop, NonZeroUsize::MIN);
        tokio::spawn(async move { worker.run(CancellationToken::new()).await });
    }

    /// How many uploads are left half-way.
    pub(crate) fn half_way(&self) -> usize {
        let incoming = self.folder.path().join("incoming");
        std::fs::read_dir(incoming).map_or(0, Iterator::count)
    }

    /// Waits until an upload is half-way.
    pub(crate) async fn begun(&self) {
        while self.half_way() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Adds somebody of a role, of the office B1, who is called like the role.
    pub(crate) async fn add(&self, login: &str, role: Role) {
        self.add_of(login, role, Some("B1")).await;
    }

    /// The same, of another office or of none; the office is put into the register.
    pub(crate) async fn add_of(&self, login: &str, role: Role, office: Option<&str>) {
        if let Some(office) = office {
            let body = [body(office)];
            let act = act();
            let recorded = self.store.record_entries(&body, "bodies.csv", &act);
            recorded.await.unwrap();
        }
        let login: Login = login.parse().unwrap();
        let password = PasswordHash::of(PASSWORD, &login, system).unwrap();
        let office = office.map(str::to_owned);
        let new = NewPerson {
            person: Person::new(login, "somebody", (role, office), Timestamp::now()).unwrap(),
            password: Some(password),
        };
        self.store.add_person(&new, &act()).await.unwrap();
    }

    /// Somebody who has not signed in.
    pub(crate) fn stranger(&self) -> Visitor {
        // A second one is refused, and then one is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Visitor {
            client: Client::builder().cookie_store(true).build().unwrap(),
            site: format!("http://{}", self.address),
            csrf: None,
            token: None,
        }
    }

    pub(crate) async fn signed_in(&self, login: &str) -> Visitor {
        let mut visitor = self.stranger();
        let answer = visitor.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status(), 200, "{login} cannot sign in");
        let me: Value = answer.json().await.unwrap();
        visitor.csrf = me["csrf"].as_str().map(str::to_owned);
        visitor
    }

    /// A program that acts for somebody.
    pub(crate) async fn with_token(&self, login: &str) -> Visitor {
        let login: Login = login.parse().unwrap();
        let made = Token::make(login, "test", (Timestamp::now(), 1), system);
        let (token, shown) = made.unwrap();
        self.store.keep_token(&token, &act()).await.unwrap();
        Visitor {
            token: Some(shown),
            ..self.stranger()
        }
    }
}

impl Visitor {
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Response {
        let credentials = json!({ "login": login, "password": password });
        let request = self.request("POST", "/api/v1/session").json(&credentials);
        request.send().await.unwrap()
    }

    /// The same browser without what shows that a page of ours sent the request.
    pub(crate) fn forged(self) -> Self {
        Self { csrf: None, ..self }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.site));
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        told(self.request("GET", path).send().await.unwrap()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        told(self.request(method, path).json(&body).send().await.unwrap()).await
    }
}

/// Status and body of an answer; null where it has none that is JSON.
pub(crate) async fn told(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}
