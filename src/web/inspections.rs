//! Inspections of bodies' seals on a day: what they found, what is overdue, and the review list with what changed since the last.

use askama::Template;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;
use jiff::civil::Date;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::problem::Answer;
use crate::registry::body;
use crate::registry::body::Body;
use crate::registry::review::BodyLine;
use crate::registry::review::Review;
use crate::view::View;
use crate::view::inspections;
use crate::view::reviews;
use crate::web::reasons;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::names;

/// Inspections of a page, the latest.
const INSPECTIONS: usize = 200;
/// Bodies of a review list that are shown.
const BODIES: usize = 500;

/// Whose inspections are asked for, and on which day.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    body: String,
    on: String,
}

/// What an inspection found, as the page shows it.
struct Fault {
    fault: String,
    recommendation: String,
    responsible: String,
    opened: String,
    due: String,
    closed: String,
    is_open: bool,
    overdue_days: i32,
}

/// An inspection as the page shows it.
struct Inspection {
    body: String,
    name: String,
    sort: &'static str,
    planned: String,
    done: String,
    inspector: String,
    is_missed: bool,
    faults: Vec<Fault>,
}

/// A body of the review list.
struct Reviewed {
    id: String,
    name: String,
    belongs: &'static str,
    head: String,
    /// When it inspected itself last, and when it was inspected from above.
    inspected: [String; 2],
    /// What is wrong, a line each: planned and not done, and what stands open.
    missed: Vec<String>,
    open: usize,
    overdue: usize,
    /// Identifier, state, custodian; whether it is valid.
    seals: Vec<(String, &'static str, String, bool)>,
}

/// A review list as the page shows it.
struct List {
    body: String,
    bodies: Vec<Reviewed>,
    /// Bodies that are not shown.
    more: usize,
    gaps: usize,
    /// The day of the list before.
    since: String,
    changes: Vec<String>,
    /// The whole list as it is kept.
    kept: String,
}

#[derive(Template)]
#[template(path = "inspections.html")]
struct InspectionsPage {
    shell: Shell,
    asked: Asked,
    on: Date,
    /// Identifiers and names of all bodies.
    bodies: Vec<(String, String)>,
    inspections: Vec<Inspection>,
    overdue: usize,
    missed: usize,
    open: usize,
    list: Option<List>,
}

/// The inspections of a body, or of all.
pub(super) async fn page(
    State(service): State<Shared>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Answer<Html<String>> {
    let on: Date = asked.on.parse().unwrap_or_else(|_| service.today().on);
    let rows = service.registers.rows().await?;
    let view = rows.on(on);
    let body = Some(asked.body.trim()).filter(|body| !body.is_empty());
    let mut found = view.inspections(body);
    found.sort_by_key(|own| std::cmp::Reverse(own.inspected_on.max(own.planned_on)));
    let faults = || found.iter().flat_map(|own| &own.faults);
    let (overdue, open) = (
        faults().filter(|own| own.overdue_days.is_some()).count(),
        faults().filter(|own| own.open).count(),
    );
    let missed = found.iter().filter(|own| own.missed).count();
    let reviewed = body.map_or_else(|| view.uppermost_bodies(), |body| vec![body.to_owned()]);
    // Of all of them, the first: others are chosen by name.
    let lists = view.reviews(reviewed.get(..1).unwrap_or_default());
    let list = lists.into_iter().flatten().next();
    let shown = found.iter().take(INSPECTIONS);
    drawn(&InspectionsPage {
        inspections: shown.map(|own| inspection(&shell, own)).collect(),
        list: list.map(|own| list_of(&shell, own)),
        bodies: named(&view),
        on,
        overdue,
        missed,
        open,
        asked,
        shell,
    })
}

fn named(view: &View<'_>) -> Vec<(String, String)> {
    let keys = view.records.keys(body::KIND.name);
    let known = keys.filter_map(|id| Body::of(view.records, id));
    let name = |own: Body| (own.id.clone(), own.called_on(view.on).to_owned());
    known.map(name).collect()
}

fn inspection(shell: &Shell, own: &inspections::Line) -> Inspection {
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| shell.language.date(day));
    let fault = |own: &inspections::Fault| Fault {
        fault: own.fault.clone(),
        recommendation: own.recommendation.clone().unwrap_or_default(),
        responsible: own.responsible.clone().unwrap_or_default(),
        opened: day(own.opened_on),
        due: day(own.due_on),
        closed: day(own.closed_on),
        is_open: own.open,
        overdue_days: own.overdue_days.unwrap_or_default(),
    };
    Inspection {
        body: own.body.clone(),
        name: own.inspection.clone(),
        sort: shell.t(match own.sort {
            "self" => "web.inspections.own",
            _ => "web.inspections.above",
        }),
        planned: day(own.planned_on),
        done: day(own.inspected_on),
        inspector: own.inspector.clone().unwrap_or_default(),
        is_missed: own.missed,
        faults: own.faults.iter().map(fault).collect(),
    }
}

fn list_of(shell: &Shell, reviews::Line { list, changes }: reviews::Line) -> List {
    let shown = list.bodies.iter().take(BODIES);
    let (since, changes) = changes.unzip();
    List {
        bodies: shown.map(|own| reviewed(shell, own)).collect(),
        more: list.bodies.len().saturating_sub(BODIES),
        gaps: list.gaps().count(),
        since: since.map_or_else(String::new, |day| shell.language.date(day)),
        changes: changes
            .iter()
            .flatten()
            .map(|own| reasons::change(&own.told, shell.language))
            .collect(),
        kept: kept(&list),
        body: list.body,
    }
}

fn kept(list: &Review) -> String {
    list.entry().text("list").unwrap_or_default().to_owned()
}

fn reviewed(shell: &Shell, own: &BodyLine) -> Reviewed {
    let day =
        |day: Option<Date>| day.map_or_else(|| "–".to_owned(), |day| shell.language.date(day));
    let overdue = own
        .open_faults
        .iter()
        .filter(|own| own.overdue_days.is_some());
    let seals = own.seals.iter().map(|seal| {
        (
            seal.seal.clone(),
            shell.t(names::status(seal.status)),
            seal.custodian.clone().unwrap_or_default(),
            seal.status == crate::registry::Status::Valid,
        )
    });
    Reviewed {
        id: own.body.clone(),
        name: own.name.clone(),
        belongs: own
            .belongs
            .as_deref()
            .map_or("", |relation| match relation {
                "parent" => shell.t("web.relation.parent"),
                "established_by" => shell.t("web.relation.established_by"),
                "licensed_by" => shell.t("web.relation.licensed_by"),
                _ => "",
            }),
        head: own.head.clone().unwrap_or_default(),
        inspected: own.inspected.map(day),
        missed: own.missed.clone(),
        open: own.open_faults.len(),
        overdue: overdue.count(),
        seals: seals.collect(),
    }
}
