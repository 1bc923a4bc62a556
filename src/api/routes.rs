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

/// A route: method, path, and who may use it.
pub type Route = (&'static str, &'static str, Access);

/// The table.
pub const ROUTES: &[Route] = &[
    ("GET", "/healthz", Anyone),
    ("GET", "/readyz", Anyone),
    ("GET", "/metrics", Only(Action::ReadAudit)),
    ("GET", "/api/v1/openapi.json", Anyone),
    ("GET", "/api/docs", Anyone),
    ("GET", "/api/docs/", Anyone),
    ("GET", "/api/docs/{*rest}", Anyone),
    ("POST", "/api/v1/documents", Only(UploadDocument)),
    ("POST", "/api/v1/documents/form", Only(UploadDocument)),
    ("GET", "/api/v1/documents", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}/scan", Only(ReadDocument)),
    ("GET", "/api/v1/documents/{id}/report", Only(ReadDocument)),
    ("PUT", "/api/v1/documents/{id}/hold", Only(HoldDocument)),
    ("DELETE", "/api/v1/documents/{id}", Only(DeleteDocument)),
    ("POST", "/api/v1/jobs", Only(UploadDocument)),
    ("GET", "/api/v1/jobs", Only(ReadDocument)),
    ("GET", "/api/v1/jobs/{id}", Only(ReadDocument)),
    ("GET", "/api/v1/jobs/{id}/items", Only(ReadDocument)),
    ("GET", "/api/v1/jobs/{id}/events", Only(ReadDocument)),
    ("POST", "/api/v1/jobs/{id}/orders", Only(ControlJob)),
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
