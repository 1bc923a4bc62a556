//! `antin serve`: API, pages and an embedded worker; `antin worker`: one more worker.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::accounts::link;
use crate::accounts::link::Link;
use crate::accounts::link::Purpose;
use crate::accounts::secret;
use crate::api::Bounds;
use crate::api::Limits;
use crate::api::Service;
use crate::api::Site;
use crate::api::listening;
use crate::api::listening::Certificate;
use crate::audit::Act;
use crate::audit::Actor;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::ocr;
use crate::cli::openid;
use crate::cli::output::Output;
use crate::cli::rules;
use crate::config;
use crate::jobs::Queue;
use crate::jobs::Registers;
use crate::jobs::StoreQueue;
use crate::jobs::Worker;
use crate::jobs::housekeeping;
use crate::jobs::relating;
use crate::jobs::worker::Workshop;
use crate::retention::Kept;
use crate::retention::Periods;
use crate::storage::Store;
use crate::web;

/// How often what was measured is added up. Chosen: as often as the library's own server does.
const ADD_UP: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct Serving {
    /// Where the service listens; with port 0 the system chooses one.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        env = "ANTIN_LISTEN"
    )]
    listen: SocketAddr,
    /// Serves by TLS, with this chain of certificates (PEM).
    #[arg(
        long,
        value_name = "FILE",
        env = "ANTIN_TLS_CERT",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(
        long,
        value_name = "FILE",
        env = "ANTIN_TLS_KEY",
        requires = "tls_cert"
    )]
    tls_key: Option<PathBuf>,
    /// Says that a proxy which ends TLS stands before the service: its word on addresses counts, and cookies are sent by
    /// TLS alone.
    #[arg(long, env = "ANTIN_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Starts without a worker: documents wait until an `antin worker` takes them.
    #[arg(long)]
    no_worker: bool,
    /// Keeps documents that passed for this many days after they were handed in: none is deleted before, and all are
    /// after, but for those that are held or undecided.
    #[arg(long, value_name = "DAYS", env = "ANTIN_KEEP_PASSED_DAYS")]
    keep_passed_days: Option<u32>,
    /// The same for documents that did not pass.
    #[arg(long, value_name = "DAYS", env = "ANTIN_KEEP_OTHER_DAYS")]
    keep_other_days: Option<u32>,
    #[command(flatten)]
    openid: openid::Choice,
    #[command(flatten)]
    working: Working,
}

impl Serving {
    fn periods(&self) -> Periods {
        let passed = self.keep_passed_days.map(|days| (Kept::Passed, days));
        let other = self.keep_other_days.map(|days| (Kept::Attention, days));
        Periods {
            days: passed.into_iter().chain(other).collect(),
        }
    }
}

#[derive(Debug, Args)]
#[group(id = "working")]
pub(super) struct Working {
    /// How many documents are examined at once [default: one a processor].
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    rules: rules::Choice,
    #[command(flatten)]
    ocr: ocr::Choice,
}

impl Working {
    /// What working needs, and how much is done at once.
    pub(super) async fn workshop(
        &self,
        common: &Common,
        output: &mut Output,
    ) -> anyhow::Result<(Workshop, NonZeroUsize)> {
        let store = common.store().await?;
        let blobs = common.blobs()?;
        store.gather_specimens().await?;
        let mut options = Common::sandbox(None)?;
        self.ocr.set_up(&mut options, output);
        let workshop = Workshop {
            registers: Arc::new(Registers::of(store.clone(), options.clone())),
            queue: queue(&store),
            store,
            blobs,
            rules: Arc::new(self.rules.read()?.into_owned()),
            options,
            wake: Arc::new(Notify::new()),
        };
        Ok((workshop, self.jobs.unwrap_or_else(config::jobs)))
    }
}

/// The queue of a store: here the engine is chosen, and nowhere else.
pub(super) fn queue(store: &Store) -> Arc<dyn Queue> {
    Arc::new(StoreQueue(store.clone()))
}

/// Serves until the process is told to end.
pub(super) async fn serve(
    arguments: Serving,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    log();
    let provider = arguments.openid.provider().await?;
    let stop = CancellationToken::new();
    let metrics = counting(stop.clone())?;
    let (listener, address) = listening::bind(arguments.listen)
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let (workshop, at_once) = arguments.working.workshop(common, output).await?;
    let periods = arguments.periods();
    let certificate = arguments.tls_cert.zip(arguments.tls_key);
    let certificate = certificate.map(|(chain, key)| Certificate { chain, key });
    let bounds = Bounds::default();
    let service = Service {
        store: workshop.store.clone(),
        queue: Arc::clone(&workshop.queue),
        blobs: workshop.blobs.clone(),
        registers: Arc::clone(&workshop.registers),
        rules: Arc::clone(&workshop.rules),
        wake: Arc::clone(&workshop.wake),
        stop: stop.clone(),
        limits: Limits::of(bounds),
        site: Site {
            is_secure: certificate.is_some() || arguments.behind_proxy,
            is_behind_proxy: arguments.behind_proxy,
        },
        periods: periods.clone(),
        provider,
        metrics: Some(metrics),
    };
    let scheme = if certificate.is_some() {
        "https"
    } else {
        "http"
    };
    let site = format!("{scheme}://{address}");
    output.line(format!("Antin listens on {site}"))?;
    first_link(&workshop, &site, output).await?;
    tell_of_strays(&workshop).await?;
    end_on_signal(stop.clone())?;
    let worker = Worker::new(workshop.clone(), at_once);
    let works = async {
        if !arguments.no_worker {
            let relates = relating::run(workshop.clone(), stop.clone());
            tokio::join!(worker.run(stop.clone()), relates);
        }
    };
    let served = (web::router(Arc::new(service)), bounds.headers_within);
    let serves = listening::serve(listener, certificate.as_ref(), served, stop.clone());
    let serves = async {
        let served = serves.await;
        // Whatever ended it, the worker must not go on alone.
        stop.cancel();
        served
    };
    let (store, blobs) = (workshop.store.clone(), workshop.blobs.clone());
    let keeps = housekeeping::run(store, blobs, periods, stop.clone());
    let (served, (), ()) = tokio::join!(serves, works, keeps);
    served.context("cannot take connections")?;
    Ok(Exit::Passed)
}

/// Works until the process is told to end.
pub(super) async fn work(
    arguments: Working,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    log();
    let (workshop, at_once) = arguments.workshop(common, output).await?;
    let stop = CancellationToken::new();
    end_on_signal(stop.clone())?;
    output.note(&format!(
        "working on {at_once} documents at once; Ctrl-C ends"
    ));
    let worker = Worker::new(workshop.clone(), at_once);
    let relates = relating::run(workshop, stop.clone());
    tokio::join!(worker.run(stop), relates);
    Ok(Exit::Passed)
}

/// Prints the link by which the first administrator is made, while there is none.
async fn first_link(workshop: &Workshop, site: &str, output: &mut Output) -> anyhow::Result<()> {
    if workshop.store.has_administrator().await? {
        return Ok(());
    }
    let now = Timestamp::now();
    let (link, secret) = Link::make(Purpose::FirstAdministrator, None, now, secret::system)?;
    let act = Act {
        who: Actor::Program,
        at: now,
    };
    workshop.store.keep_link(&link, &act).await?;
    output.line(format!(
        "Nobody has an account yet. Make yours, the administrator's, here; the link works once:\n  {}",
        link::address(site, &secret)
    ))?;
    Ok(())
}

/// Tells how many people work for an office that is no body of the register any more, or never was: they can hand nothing in.
async fn tell_of_strays(workshop: &Workshop) -> anyhow::Result<()> {
    let (people, rows) = (
        workshop.store.people().await?,
        workshop.registers.rows().await?,
    );
    let offices = people.iter().filter(|person| person.is_active());
    let offices = offices.filter_map(|person| person.office.as_deref());
    let strays = offices.filter(|office| !rows.has_body(office)).count();
    if strays > 0 {
        tracing::warn!(
            strays,
            "people work for offices that are no bodies of the register and can hand nothing in: record these bodies, or \
             change the people"
        );
    }
    Ok(())
}

/// Counts what is done until the service ends. What was measured is added up now and then: else it would be kept, one
/// figure a request, until somebody asks for it.
fn counting(stop: CancellationToken) -> anyhow::Result<PrometheusHandle> {
    let metrics = PrometheusBuilder::new().install_recorder();
    let metrics = metrics.context("cannot count what is done")?;
    let handle = metrics.clone();
    tokio::spawn(async move {
        while time::timeout(ADD_UP, stop.cancelled()).await.is_err() {
            handle.run_upkeep();
        }
    });
    Ok(metrics)
}

/// Structured lines on standard error, as `ANTIN_LOG` says (such as `info` or `antin=debug`).
fn log() {
    let filter = EnvFilter::try_from_env("ANTIN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().json().with_env_filter(filter);
    // Set already where tests run several in one process.
    let _ = lines.with_writer(std::io::stderr).try_init();
}

/// Ends in order when the process is told to: by Ctrl-C, or as service managers do.
pub(super) fn end_on_signal(stop: CancellationToken) -> anyhow::Result<()> {
    #[cfg(unix)]
    let mut terminated = {
        use tokio::signal::unix::SignalKind;
        tokio::signal::unix::signal(SignalKind::terminate())?
    };
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        stop.cancel();
    });
    Ok(())
}
