//! The audit log: its entries, and whether its chain stands.

use axum::Json;
use axum::extract::Query;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::audit::Deed;
use crate::audit::Head;
use crate::audit::Linked;
use crate::audit::verification::Break;
use crate::registry::Told;
use crate::storage::audit::AuditFilter;
use crate::storage::audit::Audited;

/// An entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Noted {
    /// Its number, counted from one.
    sequence: u64,
    /// Instant, UTC.
    at: String,
    /// Who did it.
    who: String,
    /// What was done.
    deed: String,
    /// What it was done to.
    subject: String,
    /// What else is to be known.
    detail: Value,
    /// Its digest.
    digest: String,
}

impl From<Linked> for Noted {
    fn from(entry: Linked) -> Self {
        Self {
            sequence: entry.sequence,
            at: entry.at,
            who: entry.who,
            deed: entry.deed,
            subject: entry.subject,
            detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
            digest: entry.digest,
        }
    }
}

/// Which entries are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// About this subject: a document, a seal, a login.
    subject: Option<String>,
    /// Deeds whose name begins so, such as `person.`.
    deed: Option<String>,
}

/// Entries, the latest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(Filter, PageQuery),
    responses((status = 200, body = Page<Noted>), (status = 403, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Noted>>> {
    let filter = AuditFilter {
        subject: filter.subject,
        deed: filter.deed,
        before: page
            .position()?
            .and_then(|before| u64::try_from(before).ok()),
    };
    let entries = service.store.audit_entries(&filter, page.limit()).await?;
    let entries = entries.into_iter().map(Noted::from).collect();
    Ok(Json(Page::new(entries, page.limit(), |entry: &Noted| {
        i64::try_from(entry.sequence).unwrap_or(i64::MAX)
    })))
}

/// What the chain is checked against.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(super) struct Checking {
    /// A head noted earlier, `NUMBER:DIGEST`.
    head: Option<String>,
}

/// What a check of the chain found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Checked {
    /// Whether it stands.
    whole: bool,
    /// Where it ends, to be noted elsewhere; null where it is broken.
    head: Option<String>,
    /// The first place where it is broken.
    broken: Option<String>,
    /// The same by a code.
    because: Option<Told>,
}

/// Where and how a chain is broken, by a code.
fn told(found: &Break) -> Told {
    match found {
        Break::Removed { first, last } => Told::new("removed", &[("first", first), ("last", last)]),
        Break::Changed { sequence } => Told::new("changed", &[("entry", sequence)]),
        Break::Moved { sequence, written } => {
            Told::new("moved", &[("entry", sequence), ("written", written)])
        }
        Break::Unlinked { sequence } => Told::new("unlinked", &[("entry", sequence)]),
        Break::Inserted { sequence } => Told::new("inserted", &[("entry", sequence)]),
        Break::Cut { last, head } => Told::new("cut", &[("last", last), ("head", head)]),
        Break::Added { sequence } => Told::new("added", &[("entry", sequence)]),
        Break::Rewritten { sequence } => Told::new("rewritten", &[("entry", sequence)]),
        Break::NoHead => Told::new("no_head", &[]),
    }
}

/// Check the chain.
#[utoipa::path(
    post, path = "/audit/check", tag = "audit", request_body = Checking,
    responses((status = 200, body = Checked), (status = 400, body = Problem))
)]
pub(super) async fn check(
    State(service): State<Shared>,
    caller: Caller,
    Json(checking): Json<Checking>,
) -> Answer<Json<Checked>> {
    let noted = match checking.head.as_deref() {
        None | Some("") => None,
        Some(text) => Some(Head::read(text).ok_or_else(|| {
            Problem::bad_request("`head` is none: give NUMBER:DIGEST as a check showed it")
        })?),
    };
    let checked = match service.store.verify_audit(noted).await? {
        Audited::Whole(head) => Checked {
            whole: true,
            head: Some(head.to_string()),
            broken: None,
            because: None,
        },
        Audited::Broken(found) => Checked {
            whole: false,
            head: None,
            broken: Some(found.to_string()),
            because: Some(told(&found)),
        },
    };
    let detail = json!({ "whole": checked.whole });
    let entry = caller.act().entry(Deed::AuditVerified, "audit", detail);
    service.store.log(&entry).await?;
    Ok(Json(checked))
}
