//! An impression against its specimen: side by side, over one another, blinking, folded, and where they differ.

mod marks;

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;

use crate::api;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::registry::RegisteredSeal;
use crate::report::exhibit;
use crate::report::rows;
use crate::report::rows::Row;
use crate::storage::documents::DocumentFilter;
use crate::storage::documents::StoredDocument;
use crate::web::document;
use crate::web::document::Line;
use crate::web::documents;
use crate::web::documents::Wanted;
use crate::web::opinions;
use crate::web::opinions::Opinion;
use crate::web::seal;
use crate::web::seal::Sample;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

use marks::Marked;
use marks::Seen;

/// Other documents with the seal that are shown.
const OTHERS: u32 = 8;

/// A way of looking: its key, its name in addresses, and its name.
struct Way {
    key: usize,
    code: &'static str,
    name: &'static str,
}

#[derive(Template)]
#[template(path = "comparison.html")]
struct ComparisonPage {
    shell: Shell,
    id: String,
    name: String,
    query: String,
    index: usize,
    count: usize,
    seal: Option<String>,
    owner: String,
    class: &'static str,
    conclusion: &'static str,
    is_compared: bool,
    /// What is shown as its specimen, where several were fused; else empty.
    fused: String,
    ways: Vec<Way>,
    parts: [(&'static str, &'static str); 3],
    /// Side of the pictures in millimetres; 0 where it is not known.
    side_mm: f64,
    marks: Vec<Marked>,
    /// Missing ink and extra ink, on paper.
    amounts: [String; 2],
    own: Vec<Row>,
    compared: Vec<Row>,
    evidence: Vec<[String; 4]>,
    caveats: Vec<String>,
    lines: Vec<Line>,
    specimens: Vec<Sample>,
    others: Vec<documents::Row>,
    /// What the reader thinks of it, where they are asked before they see what the program does.
    opinion: Opinion,
}

impl ComparisonPage {
    /// The impression before this one, counted from 0.
    fn before(&self) -> Option<usize> {
        self.index.checked_sub(1)
    }

    fn after(&self) -> Option<usize> {
        (self.index + 1 < self.count).then_some(self.index + 1)
    }

    /// Whether it is shown as consistent, which a traced die would be too.
    fn is_for(&self) -> bool {
        !self.opinion.is_asked() && opinions::is_for(self.class)
    }
}

/// An impression of a document.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path((id, index)): Path<(String, usize)>,
    Query(wanted): Query<Wanted>,
) -> Answer<Html<String>> {
    let document = api::own_document(&service, &caller, &id).await?;
    let report = api::report_of(&service, &caller, &id).await?;
    let record = report.impressions.get(index);
    let record = record.ok_or_else(|| Problem::not_found("impression"))?;
    let register = service.registers.latest().await?;
    let position = record
        .seal
        .as_deref()
        .and_then(|seal| register.position(seal));
    let registered = position.map(|position| &register.seals[position]);
    let owner = registered.map(|seal| seal.particulars.organisation.as_str());
    let language = shell.language;
    let comparison = record.comparison.as_ref();
    let crops = service.store.crops_of(&document).await?;
    let specimen = registered.map(|seal| seal.drawing().into_owned());
    let seen = Seen::of(crops, record, specimen).await?;
    let decisions = document::decisions(&service, &document).await?;
    let mut lines = document::lines(&shell, &caller, (&report.findings, &decisions));
    let mut about = report
        .findings
        .iter()
        .map(|own| own.impression == Some(index));
    lines.retain(|_| about.next().unwrap_or(false));
    let opinion = opinions::of(&service, &caller, (&shell, &document, &report), index).await?;
    let told = (!opinion.is_asked()).then_some(&seen);
    drawn(&ComparisonPage {
        id,
        query: wanted.query(None),
        index,
        count: report.impressions.len(),
        seal: record.seal.clone(),
        owner: owner.unwrap_or_default().to_owned(),
        class: document::class(record),
        conclusion: rows::conclusion(language, record),
        is_compared: comparison.is_some() && registered.is_some(),
        fused: fused(&shell, registered),
        ways: ways(&shell),
        parts: parts(&shell),
        side_mm: seen.side_mm.unwrap_or(0.0),
        marks: told.map_or_else(Vec::new, |seen| marks::all(&shell, record, seen)),
        amounts: told.map_or_else(Default::default, |seen| marks::amounts(&shell, seen)),
        own: rows::own(language, record, (owner, None)),
        compared: comparison.map_or_else(Vec::new, |own| rows::compared(language, own)),
        evidence: comparison.map_or_else(Vec::new, |own| rows::evidence(language, own)),
        caveats: comparison.map_or_else(Vec::new, |own| rows::caveats(language, own)),
        lines,
        specimens: match record.seal.as_deref() {
            Some(seal) => seal::samples(&service, &shell, seal).await?,
            None => Vec::new(),
        },
        others: others(
            &service,
            &caller,
            (&shell, &document),
            record.seal.as_deref(),
        )
        .await?,
        name: document.name,
        opinion,
        shell,
    })
}

/// That several specimens were fused, in words; empty where they were not.
fn fused(shell: &Shell, registered: Option<&RegisteredSeal>) -> String {
    let fused = registered.filter(|seal| seal.specimen.count > 1);
    fused.map_or_else(String::new, |seal| {
        exhibit::caption(shell.language, (seal.id.as_str(), seal.specimen.count))
    })
}

/// The newest other documents that bear the seal.
async fn others(
    service: &Shared,
    caller: &Caller,
    (shell, document): (&Shell, &StoredDocument),
    seal: Option<&str>,
) -> Answer<Vec<documents::Row>> {
    let Some(seal) = seal else {
        return Ok(Vec::new());
    };
    let filter = DocumentFilter {
        office: caller.scope(None)?,
        seal: Some(seal.to_owned()),
        ..DocumentFilter::default()
    };
    let mut found = service.store.documents(&filter, OTHERS + 1).await?;
    found.retain(|own| own.id != document.id);
    found.truncate(OTHERS as usize);
    documents::Row::all(service, shell, &found).await
}

fn ways(shell: &Shell) -> Vec<Way> {
    let names = [
        ("side", "web.compare.side"),
        ("overlay", "web.compare.overlay"),
        ("blink", "web.compare.blink"),
        ("fold", "web.compare.fold"),
        ("difference", "web.compare.difference"),
        ("one", "web.compare.one"),
    ];
    let ways = names.into_iter().enumerate();
    ways.map(|(index, (code, key))| Way {
        key: index + 1,
        code,
        name: shell.t(key),
    })
    .collect()
}

/// What of the differences is shown.
fn parts(shell: &Shell) -> [(&'static str, &'static str); 3] {
    [
        ("difference", "web.compare.both"),
        ("missing", "picture.missing"),
        ("extra", "picture.extra"),
    ]
    .map(|(code, key)| (code, shell.t(key)))
}
