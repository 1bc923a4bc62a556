//! Links between documents: impressions that are copies of one another.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::links;
use crate::links::Bearer;
use crate::links::Entry;
use crate::storage::copies::Borne;
use crate::storage::copies::Copies;
use crate::storage::keys::Keyed;

/// Impressions of a seal among which copies are looked for, the latest; chosen: two seconds of one processor where they resemble one
/// another so much that all pairs are compared, and a tenth of that where they do not.
const COMPARED_MAX: u32 = 3_000;
/// Impressions of dies that no register holds whose copies are told, the latest; chosen: more tell nothing new.
const COPIES_MAX: usize = 200;

/// An impression of a link.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LinkedImpression)]
pub(super) struct Member {
    /// The document.
    document: String,
    /// Its name.
    name: String,
    /// Number of its page.
    page: u32,
    /// Index among the impressions of its report.
    impression: usize,
    /// Number of its sheet within the link, from 1: members of one number are scans of one sheet.
    sheet: usize,
}

/// Impressions that are one: all but one of them are copies, or they are scans of one sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Linked {
    /// What joins them: `same_impression`.
    #[schema(value_type = String)]
    kind: links::Kind,
    /// The registered seal that they are taken for; null where none is.
    seal: Option<String>,
    /// The impressions.
    members: Vec<Member>,
    /// Log10 of how much likelier one impression is than two of one die, for the member least like the others.
    strength: f64,
    /// The correlation of the inks that this rests on.
    correlation: Option<f64>,
    /// The finding; null where all are scans of one sheet.
    finding: Option<String>,
}

/// Other documents with impressions that are copies of this one's, among those that the caller may see.
///
/// The latest 3,000 impressions of each of its seals are compared. Those of a die that is in no register are compared within its family, some
/// seconds after their documents were examined. Only what was examined is: a document of which nothing was kept, or that waits, has no
/// links yet.
#[utoipa::path(
    get, path = "/documents/{id}/links", tag = "documents",
    responses((status = 200, body = Vec<Linked>), (status = 404, body = Problem))
)]
pub(super) async fn of_document(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Linked>>> {
    let document = own(&service, &caller, &id).await?;
    let office = caller.scope(None)?;
    let keys = service
        .store
        .keys_beside(&document, office.as_deref(), COMPARED_MAX)
        .await?;
    let copies = service
        .store
        .copies_beside(&document, office.as_deref(), COPIES_MAX)
        .await?;
    let found = tokio::task::spawn_blocking(move || linked(keys, copies, &document.id));
    Ok(Json(found.await.map_err(|error| Problem::failure(&error))?))
}

/// The links that a document is a member of.
fn linked(keys: Vec<Keyed>, copies: Copies, id: &str) -> Vec<Linked> {
    let mut names = BTreeMap::new();
    let mut seals = BTreeMap::new();
    let entry = |own: Keyed| {
        names.insert(own.document.clone(), own.name);
        let place = (own.document.clone(), own.key.impression);
        seals.insert(place, own.key.seal.clone());
        Entry {
            // One file of two offices is two documents: what links name them by is theirs alone.
            sha256: own.document.clone(),
            path: own.document,
            key: own.key,
        }
    };
    let entries: Vec<Entry> = keys.into_iter().map(entry).collect();
    let bearer = |own: Borne| {
        names.insert(own.bearer.path.clone(), own.name);
        own.bearer
    };
    let bearers: Vec<Bearer> = copies.borne.into_iter().map(bearer).collect();
    let mut found = links::find_of(&entries, id);
    let joined = links::join_twins(&bearers, &copies.twins).into_iter();
    found.extend(joined.filter(|link| link.members.iter().any(|member| member.path == id)));
    let seal = |own: &links::Member| seals.get(&(own.path.clone(), own.impression)).cloned();
    let member = |own: links::Member| Member {
        name: names.get(&own.path).cloned().unwrap_or_default(),
        document: own.path,
        page: own.page,
        impression: own.impression,
        sheet: own.sheet,
    };
    found
        .into_iter()
        .map(|link| Linked {
            kind: link.kind,
            seal: link.members.first().and_then(seal),
            members: link.members.into_iter().map(member).collect(),
            strength: link.strength,
            correlation: link.correlation,
            finding: link.finding,
        })
        .collect()
}
