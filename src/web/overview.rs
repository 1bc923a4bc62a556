//! What came in, what waits, what is due.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::rules::clock::Standing;
use crate::storage::decisions::DecisionFilter;
use crate::storage::documents::DocumentFilter;
use crate::verify::Outcome;
use crate::web::documents::Row;
use crate::web::register;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::names;

/// Flagged documents that are shown.
const FLAGGED: u32 = 8;
/// Decisions that are counted at most.
const DECISIONS: u32 = 500;

/// How many documents came to something.
struct Count {
    code: &'static str,
    name: &'static str,
    count: u64,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    shell: Shell,
    counts: Vec<Count>,
    waiting: u64,
    documents: u64,
    flagged: Vec<Row>,
    open_decisions: usize,
    overdue: usize,
    due: usize,
}

/// The first page.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
) -> Answer<Html<String>> {
    let office = caller.scope(None)?;
    let outcomes = service.store.outcomes(office.as_deref()).await?;
    let of = |wanted: Option<Outcome>| {
        let mut own = outcomes.iter().filter(|(outcome, _)| *outcome == wanted);
        own.next().map_or(0, |(_, count)| *count)
    };
    let counts = SHOWN.map(|(outcome, code)| Count {
        code,
        name: shell.t(names::outcome(outcome)),
        count: of(Some(outcome)),
    });
    let filter = DocumentFilter {
        office: office.clone(),
        outcome: Some("flag".to_owned()),
        ..DocumentFilter::default()
    };
    let flagged = service.store.documents(&filter, FLAGGED).await?;
    let open = DecisionFilter {
        office,
        state: Some("open".to_owned()),
        ..DecisionFilter::default()
    };
    let open = service.store.decisions(&open, DECISIONS).await?;
    let clocks = register::standing_clocks(&service).await?;
    let overdue = clocks
        .iter()
        .filter(|own| own.standing == Standing::Overdue)
        .count();
    drawn(&OverviewPage {
        counts: counts.into(),
        waiting: of(None),
        documents: outcomes.iter().map(|(_, count)| count).sum(),
        flagged: Row::all(&service, &shell, &flagged).await?,
        open_decisions: open.len(),
        overdue,
        due: clocks.len() - overdue,
        shell,
    })
}

/// Outcomes, the gravest first, and their names in addresses.
pub(super) const SHOWN: [(Outcome, &str); 6] = [
    (Outcome::Flag, "flag"),
    (Outcome::Review, "review"),
    (Outcome::Unreadable, "unreadable"),
    (Outcome::NotProcessed, "not_processed"),
    (Outcome::Stopped, "stopped"),
    (Outcome::Pass, "pass"),
];
