//! The pages that people work with: drawn by the service, helped by small scripts, with nothing from anywhere else.
//!
//! Comes in: a request that the table of routes lets through, and the reader's language. Goes out: a page. Whatever a page
//! shows of documents and people is escaped by its template; what scripts need to know stands in attributes. Everything that
//! changes something goes through the API.

use axum::Router;
use axum::middleware;
use axum::routing::get;

use crate::api;
use crate::api::Shared;

mod assets;
mod changes;
mod comparison;
mod document;
mod documents;
mod entrance;
mod families;
mod fault;
mod inspections;
mod intake;
mod log;
mod opinions;
mod overview;
mod people;
mod plots;
mod reasons;
mod register;
mod seal;
mod shell;
mod tokens;
mod wear;
mod words;

/// The API and the pages.
pub fn router(service: Shared) -> Router {
    api::router_with(service, pages()).layer(middleware::from_fn(fault::as_page))
}

fn pages() -> Router<Shared> {
    Router::new()
        .route("/static/{digest}/{*file}", get(assets::file))
        .route("/language/{code}", get(entrance::language))
        .route("/sign-in", get(entrance::sign_in))
        .route("/welcome", get(entrance::welcome))
        .route("/", get(overview::page))
        .route("/intake", get(intake::page))
        .route("/jobs/{id}", get(intake::job))
        .route("/documents", get(documents::page))
        .route("/documents/{id}", get(document::page))
        .route("/documents/{id}/next", get(documents::next))
        .route(
            "/documents/{id}/impressions/{impression}",
            get(comparison::page),
        )
        .route("/families/{number}", get(families::page))
        .route("/register", get(register::seals))
        .route("/register/seals/{seal}", get(seal::page))
        .route("/register/seals/{seal}/wear.svg", get(wear::picture))
        .route("/register/seals/{seal}/wear.csv", get(wear::sheet))
        .route("/register/changes", get(changes::page))
        .route("/opinions", get(opinions::page))
        .route("/opinions/{choice}", get(opinions::choose))
        .route("/people", get(people::page))
        .route("/tokens", get(tokens::page))
        .route("/audit", get(log::page))
        .route("/plots/{plot}", get(plots::plot))
        .route("/register/bodies", get(register::bodies))
        .route("/register/clocks", get(register::clocks))
        .route("/register/inspections", get(inspections::page))
}
