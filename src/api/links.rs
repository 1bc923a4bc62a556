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

/// Impressions of a seal among which copies are looked for, the latest; chosen: two seconds of one processor for comparing their keys
/// where they resemble one another so much that all pairs are compared, and a tenth of that where they do not. Looking at what agrees
/// comes on top, bounded by how many copies are followed.
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
/// The latest 3,000 impressions of each of its seals are compared; of a family with more than forty others, the latest forty are told.
/// Those of a die that is in no register are compared within its family, some seconds after their documents were examined. Only what was
/// examined is: a document of which nothing was kept, or that waits, has no links yet.
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
    let mut files = BTreeMap::new();
    let entry = |own: Keyed| {
        names.insert(own.document.clone(), own.name);
        let place = (own.document.clone(), own.key.impression);
        seals.insert(place, own.key.seal.clone());
        files.insert(own.document.clone(), own.sha256);
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
    for link in &mut found {
        told_once(link, &files);
    }
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

/// Makes a link of one impression in one file, which several offices handed in, a link of one sheet and no finding, whatever else stands
/// on its page; `files` are the digests of the documents.
fn told_once(link: &mut links::Link, files: &BTreeMap<String, String>) {
    let place = |own: &links::Member| (files.get(&own.path), own.page, own.impression);
    let mut places = link.members.iter().map(place);
    let first = places.next();
    if places.any(|own| Some(own) != first) {
        return;
    }
    link.finding = None;
    for member in &mut link.members {
        member.sheet = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(document: &str, impression: usize, sheet: usize) -> links::Member {
        links::Member {
            sha256: document.to_owned(),
            page: 1,
            impression,
            path: document.to_owned(),
            sheet,
        }
    }

    /// Whether a link of some impressions is a finding, and how many sheets it has.
    fn told(members: Vec<links::Member>) -> (bool, usize) {
        let files = [("1", "a"), ("2", "a"), ("3", "b")];
        let files = files.map(|(document, file)| (document.to_owned(), file.to_owned()));
        let mut link = links::Link {
            schema: links::SCHEMA.to_owned(),
            kind: links::Kind::SameImpression,
            members,
            strength: 3.0,
            correlation: Some(1.0),
            seal: None,
            finding: Some(links::PASTED_DUPLICATE.to_owned()),
        };
        told_once(&mut link, &BTreeMap::from(files));
        let sheets = link.members.iter().map(|own| own.sheet).max();
        (link.finding.is_some(), sheets.unwrap())
    }

    #[test]
    fn one_file_of_two_offices_is_a_link_and_no_finding() {
        let first = || member("1", 0, 1);
        assert_eq!(told(vec![first(), member("2", 0, 2)]), (false, 1));
        assert_eq!(told(vec![first(), member("3", 0, 2)]), (true, 2));
        // Another impression of the same file is a copy.
        assert_eq!(told(vec![first(), member("2", 1, 2)]), (true, 2));
        let three = vec![first(), member("2", 0, 2), member("3", 0, 3)];
        assert_eq!(told(three), (true, 3));
    }
}
