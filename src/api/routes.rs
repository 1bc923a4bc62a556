//! Who may use which route: one table, which the tests walk through for every role. A route that is not in it is nobody's.

use axum::http::Method;

use crate::accounts::Action;
use crate::accounts::Action::ControlJob;
use crate::accounts::Action::DeleteDocument;
use crate::accounts::Action::HoldDocument;
use crate::accounts::Action::ReadDocument;
use crate::accounts::Action::UploadDocument;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody who reaches the service.
    Anyone,
    /// Everybody who signed in.
    SignedIn,
    /// Those whose role includes the action.
    Only(Action),
}

use Access::Anyone;
use Access::Only;
use Access::SignedIn;

/// A route: method, path, and who may use it.
pub type Route = (&'static str, &'static str, Access);

/// The table.
pub const ROUTES: &[Route] = &[
    ("GET", "/healthz", Anyone),
    ("GET", "/readyz", Anyone),
    ("GET", "/metrics", Only(Action::ReadAudit)),
    ("GET", "/static/{digest}/{*file}", Anyone),
    ("GET", "/language/{code}", Anyone),
    ("GET", "/sign-in", Anyone),
    ("GET", "/welcome", Anyone),
    ("GET", "/", SignedIn),
    ("GET", "/intake", Only(UploadDocument)),
    ("GET", "/jobs/{id}", Only(ReadDocument)),
    ("GET", "/documents", Only(ReadDocument)),
    ("GET", "/documents/{id}", Only(ReadDocument)),
    ("GET", "/documents/{id}/next", Only(ReadDocument)),
    (
        "GET",
        "/documents/{id}/impressions/{impression}",
        Only(ReadDocument),
    ),
    ("GET", "/families/{number}", Only(ReadDocument)),
    ("GET", "/register", Only(Action::ReadRegister)),
    ("GET", "/register/seals/{seal}", Only(Action::ReadRegister)),
    ("GET", "/register/bodies", Only(Action::ReadRegister)),
    ("GET", "/register/clocks", Only(Action::ReadRegister)),
    ("GET", "/register/changes", Only(Action::ReadRegister)),
    ("GET", "/register/inspections", Only(Action::ReadRegister)),
    ("GET", "/register/seals/{seal}/wear.svg", Only(ReadDocument)),
    ("GET", "/register/seals/{seal}/wear.csv", Only(ReadDocument)),
    ("GET", "/opinions", Only(Action::ProposeDecision)),
    ("GET", "/opinions/{choice}", Only(Action::ProposeDecision)),
    ("GET", "/people", Only(Action::ReadPeople)),
    ("GET", "/tokens", Only(Action::OwnTokens)),
    ("GET", "/audit", Only(Action::ReadAudit)),
    ("GET", "/plots/{plot}", SignedIn),
    ("GET", "/api/v1/openapi.json", Anyone),
    ("GET", "/api/docs", Anyone),
    ("GET", "/api/docs/", Anyone),
    ("GET", "/api/docs/{*rest}", Anyone),
    ("POST", "/api/v1/documents", Only(UploadDocument)),
    ("POST", "/api/v1/documents/form", Only(UploadDocument)),
    ("POST", "/api/v1/uploads", Only(UploadDocument)),
    ("GET", "/api/v1/uploads/{id}", Only(UploadDocument)),
    ("PATCH", "/api/v1/uploads/{id}", Only(UploadDocument)),
    ("DELETE", "/api/v1/uploads/{id}", Only(UploadDocument)),
    ("GET", "/api/v1/documents", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}/scan", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}/report", Only(ReadDocument)),
    (
        "GET",
        "/api/v1/documents/{id}/report.pdf",
        Only(ReadDocument),
    ),
    (
        "GET",
        "/api/v1/documents/{id}/findings.csv",
        Only(ReadDocument),
    ),
    (
        "GET",
        "/api/v1/documents/{id}/bundle.zip",
        Only(ReadDocument),
    ),
    ("GET", "/api/v1/documents/{id}/links", Only(ReadDocument)),
    ("GET", "/api/v1/families", Only(ReadDocument)),
    ("GET", "/api/v1/families/{number}", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}/reviews", Only(ReadDocument)),
    (
        "POST",
        "/api/v1/documents/{id}/reviews",
        Only(Action::ProposeDecision),
    ),
    (
        "POST",
        "/api/v1/documents/{id}/impressions/{impression}/opinion",
        Only(Action::ProposeDecision),
    ),
    (
        "PUT",
        "/api/v1/documents/{id}/control",
        Only(Action::ApproveDecision),
    ),
    ("GET", "/api/v1/documents/{id}/tracings", Only(ReadDocument)),
    (
        "POST",
        "/api/v1/documents/{id}/tracings",
        Only(Action::ProposeDecision),
    ),
    (
        "DELETE",
        "/api/v1/documents/{id}/tracings/{number}",
        Only(Action::ProposeDecision),
    ),
    ("GET", "/api/v1/documents/{id}/fields", Only(ReadDocument)),
    (
        "PUT",
        "/api/v1/documents/{id}/fields",
        Only(Action::ProposeDecision),
    ),
    (
        "GET",
        "/api/v1/documents/{id}/pages/{page}",
        Only(ReadDocument),
    ),
    (
        "GET",
        "/api/v1/documents/{id}/impressions/{impression}/{kind}",
        Only(ReadDocument),
    ),
    (
        "GET",
        "/api/v1/seals/{id}/specimen.png",
        Only(Action::ReadSpecimen),
    ),
    ("PUT", "/api/v1/documents/{id}/hold", Only(HoldDocument)),
    ("DELETE", "/api/v1/documents/{id}", Only(DeleteDocument)),
    ("POST", "/api/v1/jobs", Only(UploadDocument)),
    ("GET", "/api/v1/jobs", Only(ReadDocument)),
    ("GET", "/api/v1/jobs/{id}", Only(ReadDocument)),
    ("GET", "/api/v1/jobs/{id}/items", Only(ReadDocument)),
    ("GET", "/api/v1/jobs/{id}/events", Only(ReadDocument)),
    ("POST", "/api/v1/jobs/{id}/orders", Only(ControlJob)),
    (
        "GET",
        "/api/v1/documents/{id}/decisions",
        Only(ReadDocument),
    ),
    (
        "POST",
        "/api/v1/documents/{id}/decisions",
        Only(Action::ProposeDecision),
    ),
    ("GET", "/api/v1/decisions", Only(ReadDocument)),
    // Whether it is for those who propose or those who approve depends on the answer.
    (
        "POST",
        "/api/v1/decisions/{number}/answer",
        Only(Action::ProposeDecision),
    ),
    ("GET", "/api/v1/seals", Only(Action::ReadRegister)),
    ("GET", "/api/v1/seals/{id}", Only(Action::ReadRegister)),
    (
        "GET",
        "/api/v1/seals/{id}/versions",
        Only(Action::ReadRegister),
    ),
    ("GET", "/api/v1/events", Only(Action::ReadRegister)),
    ("GET", "/api/v1/bodies", Only(Action::ReadRegister)),
    ("GET", "/api/v1/bodies/{id}", Only(Action::ReadRegister)),
    ("GET", "/api/v1/rows", Only(Action::ReadRegister)),
    ("GET", "/api/v1/uses", Only(Action::ReadRegister)),
    ("GET", "/api/v1/clocks", Only(Action::ReadRegister)),
    ("GET", "/api/v1/inspections", Only(Action::ReadRegister)),
    (
        "GET",
        "/api/v1/seals/{id}/specimens",
        Only(Action::ReadRegister),
    ),
    (
        "GET",
        "/api/v1/seals/{id}/specimens/{sha256}",
        Only(Action::ReadSpecimen),
    ),
    ("GET", "/api/v1/proposals", Only(Action::ReadRegister)),
    ("POST", "/api/v1/proposals", Only(Action::ProposeChange)),
    (
        "POST",
        "/api/v1/proposals/preview",
        Only(Action::ProposeChange),
    ),
    (
        "POST",
        "/api/v1/specimens/check",
        Only(Action::ProposeChange),
    ),
    (
        "GET",
        "/api/v1/proposals/{number}",
        Only(Action::ReadRegister),
    ),
    (
        "POST",
        "/api/v1/proposals/{number}/answer",
        Only(Action::ProposeChange),
    ),
    ("POST", "/api/v1/session", Anyone),
    ("GET", "/api/v1/session", SignedIn),
    ("DELETE", "/api/v1/session", SignedIn),
    ("GET", "/api/v1/session/openid", Anyone),
    ("GET", "/api/v1/session/openid/back", Anyone),
    ("POST", "/api/v1/session/link", Anyone),
    ("POST", "/api/v1/session/welcome", Anyone),
    ("PUT", "/api/v1/session/password", Only(Action::OwnPassword)),
    ("GET", "/api/v1/people", Only(Action::ReadPeople)),
    ("POST", "/api/v1/people", Only(Action::ChangePeople)),
    ("GET", "/api/v1/people/{login}", Only(Action::ReadPeople)),
    (
        "PATCH",
        "/api/v1/people/{login}",
        Only(Action::ChangePeople),
    ),
    (
        "POST",
        "/api/v1/people/{login}/link",
        Only(Action::ChangePeople),
    ),
    (
        "GET",
        "/api/v1/people/{login}/identity",
        Only(Action::ReadPeople),
    ),
    (
        "PUT",
        "/api/v1/people/{login}/identity",
        Only(Action::ChangePeople),
    ),
    ("GET", "/api/v1/tokens", Only(Action::OwnTokens)),
    ("POST", "/api/v1/tokens", Only(Action::OwnTokens)),
    ("DELETE", "/api/v1/tokens/{id}", Only(Action::OwnTokens)),
    ("GET", "/api/v1/audit", Only(Action::ReadAudit)),
    ("POST", "/api/v1/audit/check", Only(Action::ReadAudit)),
];

/// Who may use a route; `None` if it is in no row. What may be read may be asked for without its body.
#[must_use]
pub fn access(method: &Method, path: &str) -> Option<Access> {
    let method = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let row = ROUTES.iter().find(|(m, p, _)| (*m, *p) == (method, path));
    row.map(|(_, _, access)| *access)
}
