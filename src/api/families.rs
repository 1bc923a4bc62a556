//! Families: impressions of one die that no register holds, across documents and, for whom may see them, across offices.

use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::links::Kind;
use crate::storage::dies;

/// Members that are told of each family, the latest; chosen: more tell nothing new.
const MEMBERS_MAX: u32 = 50;

/// An impression of a family.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Member {
    /// The document.
    document: String,
    /// Its name.
    name: String,
    /// The office that it belongs to.
    office: String,
    /// When it was handed in, UTC.
    handed_in_at: String,
    /// The day that it bears, as far as it is known.
    #[schema(value_type = Option<String>, format = Date)]
    dated: Option<jiff::civil::Date>,
    /// Number of the page.
    page: u32,
    /// Index among the impressions of the document's report.
    impression: usize,
    /// Number of its sheet within the family, from 1: members of one number are scans of one sheet.
    sheet: u64,
    /// Log10 of how much likelier one die is than two of one design, for this impression with the others.
    strength: f64,
}

/// Impressions that one die made which is in no register.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Family)]
pub(super) struct Shown {
    /// Its number.
    number: i64,
    /// `same_counterfeit_die` where it poses as a registered seal, else `same_unregistered_die`.
    #[schema(value_type = String)]
    kind: Kind,
    /// The registered seal that it poses as.
    seal: Option<String>,
    /// Log10 of how much likelier one die is than two of one design, for the member least like the others of those told.
    strength: f64,
    /// How many sheets bear it, among the documents that the caller may see.
    sheets: u64,
    /// How many impressions there are on them.
    count: u64,
    /// The latest of them, 50 at most.
    members: Vec<Member>,
}

impl Shown {
    fn of(family: dies::Family) -> Self {
        let member = |own: &dies::Member| Member {
            document: own.document.id.clone(),
            name: own.document.name.clone(),
            office: own.document.office.clone(),
            handed_in_at: own.document.handed_in_at.clone(),
            dated: own.die.dated,
            page: own.die.page,
            impression: own.die.impression,
            sheet: own.sheet,
            strength: own.strength,
        };
        Self {
            number: family.number,
            kind: family.kind(),
            strength: family.strength(),
            sheets: family.sheets,
            count: family.count,
            members: family.members.iter().map(member).collect(),
            seal: family.poses_as,
        }
    }
}

/// Families of impressions that one unregistered die made, on two sheets or more of the documents that the caller may see; the
/// family met last comes first.
///
/// Impressions are brought together in the background, some seconds after their documents were examined.
#[utoipa::path(
    get, path = "/families", tag = "documents", params(PageQuery),
    responses((status = 200, body = Page<Shown>), (status = 400, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Shown>>> {
    let office = caller.scope(None)?;
    let which = (None, page.position()?);
    let families = service
        .store
        .families(office.as_deref(), which, (page.limit(), MEMBERS_MAX))
        .await?;
    let shown = families.into_iter().map(Shown::of).collect();
    Ok(Json(Page::new(shown, page.limit(), |own: &Shown| {
        own.number
    })))
}

/// A family of impressions that one unregistered die made.
#[utoipa::path(
    get, path = "/families/{number}", tag = "documents",
    responses((status = 200, body = Shown), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    caller: Caller,
    Path(number): Path<i64>,
) -> Answer<Json<Shown>> {
    let office = caller.scope(None)?;
    let families = service
        .store
        .families(office.as_deref(), (Some(number), None), (1, MEMBERS_MAX))
        .await?;
    let family = families.into_iter().next();
    let family = family.ok_or_else(|| Problem::not_found("family"))?;
    Ok(Json(Shown::of(family)))
}
