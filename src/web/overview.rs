//! What came in, what waits, what is due.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use serde_json::Value;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::report::findings;
use crate::rules::clock::Standing;
use crate::storage::decisions::DecisionFilter;
use crate::storage::documents::DocumentFilter;
use crate::storage::documents::StoredDocument;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::web::documents::Row;
use crate::web::families::Family;
use crate::web::register;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::names;

/// Flagged documents that are shown.
const FLAGGED: u32 = 8;
/// Documents of each outcome that are looked through for what they have in common.
const LOOKED_THROUGH: u32 = 100;
/// Documents judged again that are shown.
const JUDGED: u32 = 8;
/// Findings that tell of the seal itself.
const DRIFT: [&str; 7] = [
    "seal.deformed",
    "seal.damaged",
    "seal.worn",
    "seal.wearing",
    "seal.wear_out_of_tolerance",
    "seal.size_out_of_tolerance",
    "seal.off_class",
];
/// The finding about a die on the list of known counterfeits.
pub(super) const WATCHED: &str = "seal.watch_listed";
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
    /// Seals that leave what is tolerated: seal, what was found, on how many documents.
    drifting: Vec<(String, String, usize)>,
    /// Dies that are known to be counterfeit, and documents that bear them.
    families: Vec<(String, Vec<Row>)>,
    /// Families of impressions that one unregistered die made.
    related: Vec<Family>,
    /// Documents that were judged again, and when.
    judged: Vec<(Row, String)>,
}

/// What the newest documents that are to be looked at have in common.
#[derive(Default)]
struct Common {
    drifting: BTreeMap<(String, String), usize>,
    families: BTreeMap<String, Vec<StoredDocument>>,
}

impl Common {
    /// Looks through the newest flagged and doubtful documents.
    async fn of(service: &Shared, office: Option<String>) -> Answer<Self> {
        let mut common = Self::default();
        for outcome in ["flag", "review"] {
            let filter = DocumentFilter {
                office: office.clone(),
                outcome: Some(outcome.to_owned()),
                ..DocumentFilter::default()
            };
            for document in service.store.documents(&filter, LOOKED_THROUGH).await? {
                if let Some(report) = service.store.report(&document).await? {
                    common.add(&document, &report);
                }
            }
        }
        Ok(common)
    }

    fn add(&mut self, document: &StoredDocument, report: &Report) {
        let mut seen = BTreeSet::new();
        for finding in &report.findings {
            let impression = finding
                .impression
                .and_then(|own| report.impressions.get(own));
            let seal = impression.and_then(|own| own.seal.clone());
            if let Some(seal) = seal.filter(|_| DRIFT.contains(&finding.code.as_str())) {
                seen.insert((seal, finding.code.clone()));
            }
            let die = finding.values.get("die").and_then(Value::as_str);
            if let Some(die) = die.filter(|_| finding.code == WATCHED) {
                let family = self.families.entry(die.to_owned()).or_default();
                if !family.iter().any(|own| own.id == document.id) {
                    family.push(document.clone());
                }
            }
        }
        for one in seen {
            *self.drifting.entry(one).or_default() += 1;
        }
    }
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
    // Whoever wants to look first is told of no document what was found on it.
    let is_told = !shell.opinion_first;
    let flagged = match is_told {
        true => flagged(&service, office.clone()).await?,
        false => Vec::new(),
    };
    let open = DecisionFilter {
        office: office.clone(),
        state: Some("open".to_owned()),
        ..DecisionFilter::default()
    };
    let open = service.store.decisions(&open, DECISIONS).await?;
    let clocks = register::standing_clocks(&service).await?;
    let overdue = clocks
        .iter()
        .filter(|(_, clock)| clock.binding && clock.standing == Standing::Overdue)
        .count();
    let common = match is_told {
        true => Common::of(&service, office.clone()).await?,
        false => Common::default(),
    };
    let drifting = common.drifting.into_iter();
    let drifting =
        drifting.map(|((seal, code), count)| (seal, findings::title(&code, shell.language), count));
    let mut families = Vec::new();
    for (die, documents) in common.families {
        families.push((die, Row::all(&service, &shell, &documents).await?));
    }
    let related = match is_told {
        true => Family::latest(&service, &shell, office.as_deref()).await?,
        false => Vec::new(),
    };
    let judged = service.store.judged_last(office.as_deref(), JUDGED).await?;
    let (documents_again, times): (Vec<StoredDocument>, Vec<String>) = judged.into_iter().unzip();
    let again = Row::all(&service, &shell, &documents_again).await?;
    let times = times.iter().map(|at| shell.instant(at));
    drawn(&OverviewPage {
        drifting: drifting.collect(),
        families,
        related,
        judged: again.into_iter().zip(times).collect(),
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

/// The newest flagged documents.
async fn flagged(service: &Shared, office: Option<String>) -> Answer<Vec<StoredDocument>> {
    let filter = DocumentFilter {
        office,
        outcome: Some("flag".to_owned()),
        ..DocumentFilter::default()
    };
    Ok(service.store.documents(&filter, FLAGGED).await?)
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
