//! The service over HTTP: documents, jobs, results, register, people. It holds no logic of its own.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::jobs::Queue;
use crate::jobs::Registers;
use crate::openid::Provider;
use crate::retention::Periods;
use crate::rules::RuleSet;
use crate::storage::Store;
use crate::storage::blobs::Blobs;
use crate::storage::retention::Today;

mod audit;
mod books;
mod decisions;
mod documents;
mod families;
mod fields;
mod guard;
mod health;
pub mod identity;
mod jobs;
mod limits;
mod links;
pub mod listening;
mod openid;
mod opinions;
mod page;
mod people;
mod pictures;
mod previews;
pub mod problem;
mod proposals;
mod register;
mod reports;
mod reviews;
pub mod routes;
mod session;
mod specimens;
mod tag;
mod tokens;
mod tracings;
mod unread;
mod uploads;

pub(crate) use documents::own as own_document;
pub use limits::Bounds;
pub use limits::Limits;
pub(crate) use reports::report_of;

use problem::Problem;

/// How the service is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Whether browsers reach it by TLS alone.
    pub is_secure: bool,
    /// Whether a proxy stands before it, whose word on addresses counts.
    pub is_behind_proxy: bool,
}

/// What handlers need.
#[derive(Debug)]
pub struct Service {
    /// The store.
    pub store: Store,
    /// Where work goes.
    pub queue: Arc<dyn Queue>,
    /// The scans.
    pub blobs: Blobs,
    /// The register.
    pub registers: Arc<Registers>,
    /// The rules that findings cite.
    pub rules: Arc<RuleSet>,
    /// Told when work has come or was done.
    pub wake: Arc<Notify>,
    /// Told when the service ends.
    pub stop: CancellationToken,
    /// How much is taken at a time.
    pub limits: Limits,
    /// How it is reached.
    pub site: Site,
    /// How long documents are kept.
    pub periods: Periods,
    /// Who else vouches for people.
    pub provider: Option<Provider>,
    /// What is counted.
    pub metrics: Option<PrometheusHandle>,
}

/// A service as handlers hold it.
pub type Shared = Arc<Service>;

impl Service {
    /// The day where the service stands, and how long documents are kept.
    #[must_use]
    pub fn today(&self) -> Today {
        let zone = TimeZone::system();
        Today {
            on: Timestamp::now().to_zoned(zone.clone()).date(),
            zone,
            periods: self.periods.clone(),
        }
    }

    /// The name of the session's cookie.
    #[must_use]
    pub const fn cookie(&self) -> &'static str {
        if self.site.is_secure {
            identity::COOKIE_SECURE
        } else {
            identity::COOKIE_PLAIN
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Antin", description = "Verifies official seals on scanned documents. Its conclusions are no forensic opinion."),
    tags((name = "documents"), (name = "jobs"), (name = "decisions"), (name = "register"), (name = "proposals"), (name = "session"),
        (name = "people"), (name = "tokens"), (name = "audit"))
)]
struct Api;

fn described() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Api::openapi()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .routes(routes!(documents::hand_in, documents::list))
            .routes(routes!(documents::show, documents::delete))
            .routes(routes!(documents::scan))
            .routes(routes!(documents::hold))
            .routes(routes!(uploads::begin))
            .routes(routes!(uploads::show, uploads::append, uploads::end))
            .routes(routes!(pictures::page))
            .routes(routes!(reviews::add, reviews::list))
            .routes(routes!(opinions::give))
            .routes(routes!(opinions::control))
            .routes(routes!(tracings::draw, tracings::list))
            .routes(routes!(tracings::withdraw))
            .routes(routes!(fields::correct, fields::list))
            .routes(routes!(pictures::impression))
            .routes(routes!(pictures::seal))
            .routes(routes!(reports::json))
            .routes(routes!(reports::pdf))
            .routes(routes!(reports::findings))
            .routes(routes!(reports::bundle))
            .routes(routes!(links::of_document))
            .routes(routes!(families::list))
            .routes(routes!(families::show))
            .routes(routes!(jobs::create, jobs::list))
            .routes(routes!(jobs::show))
            .routes(routes!(jobs::items))
            .routes(routes!(jobs::order))
            .routes(routes!(jobs::events))
            .merge(accounts())
            .merge(registers())
            .merge(
                // A form's files are counted while they come in, and not held in memory.
                OpenApiRouter::new()
                    .routes(routes!(documents::hand_in_form))
                    .layer(DefaultBodyLimit::disable()),
            ),
    )
}

/// People, what they hold, what two of them decide, and the log of it.
fn accounts() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(session::begin, session::show, session::end))
        .routes(routes!(session::link))
        .routes(routes!(session::welcome))
        .routes(routes!(session::renew))
        .routes(routes!(openid::begin))
        .routes(routes!(openid::back))
        .routes(routes!(openid::show, openid::identify))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::show, people::change))
        .routes(routes!(people::invite))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
        .routes(routes!(proposals::show))
        .routes(routes!(proposals::answer))
        .routes(routes!(decisions::list))
        .routes(routes!(decisions::of_document, decisions::propose))
        .routes(routes!(decisions::answer))
        .routes(routes!(audit::list))
        .routes(routes!(audit::check))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(proposals::list, proposals::propose))
                .routes(routes!(previews::preview))
                .layer(DefaultBodyLimit::disable()),
        )
        .merge(
            OpenApiRouter::new()
                .routes(routes!(previews::specimen))
                .layer(DefaultBodyLimit::max(previews::SPECIMEN_BYTES_MAX)),
        )
}

/// What the registers tell.
fn registers() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(register::seals))
        .routes(routes!(register::show))
        .routes(routes!(register::versions))
        .routes(routes!(register::events))
        .routes(routes!(register::bodies))
        .routes(routes!(register::body))
        .routes(routes!(books::rows))
        .routes(routes!(books::uses))
        .routes(routes!(books::clocks))
        .routes(routes!(books::inspections))
        .routes(routes!(specimens::list))
        .routes(routes!(specimens::scan))
}

/// The description of the API, as `docs/openapi.json` has it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// The service's routes.
pub fn router(service: Shared) -> Router {
    router_with(service, Router::new())
}

/// The service's routes and those of pages, which the same table says who may use.
pub fn router_with(service: Shared, pages: Router<Shared>) -> Router {
    let (described, openapi) = described().split_for_parts();
    described
        .merge(pages)
        .merge(SwaggerUi::new("/api/docs").url("/api/v1/openapi.json", openapi))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&service),
            identity::authorise,
        ))
        .fallback(async || Problem::not_found("address"))
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(service.limits.bounds.silence))
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                use axum::response::IntoResponse;
                let failed = std::io::Error::other("a handler panicked");
                Problem::failure(&failed).into_response()
            },
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&service),
            guard::guard,
        ))
        .with_state(service)
}
