//! An impression against its specimen: side by side, over one another, blinking, folded, and where they differ.

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
use crate::report::picture::MARGIN;
use crate::report::rows;
use crate::report::rows::Row;
use crate::verify::report::Impression;
use crate::web::document;
use crate::web::document::Line;
use crate::web::documents::Wanted;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

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
    ways: Vec<Way>,
    /// Side of the pictures in millimetres; 0 where it is not known.
    side_mm: f64,
    own: Vec<Row>,
    compared: Vec<Row>,
    evidence: Vec<[String; 3]>,
    caveats: Vec<String>,
    lines: Vec<Line>,
}

impl ComparisonPage {
    /// The impression before this one, counted from 0.
    fn before(&self) -> Option<usize> {
        self.index.checked_sub(1)
    }

    fn after(&self) -> Option<usize> {
        (self.index + 1 < self.count).then_some(self.index + 1)
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
    let (register, _) = service.registers.latest().await?;
    let position = record
        .seal
        .as_deref()
        .and_then(|seal| register.position(seal));
    let registered = position.map(|position| &register.seals[position]);
    let owner = registered.map(|seal| seal.particulars.organisation.as_str());
    let language = shell.language;
    let comparison = record.comparison.as_ref();
    let decisions = document::decisions(&service, &document).await?;
    let mut lines = document::lines(&shell, &caller, (&report.findings, &decisions));
    let mut about = report
        .findings
        .iter()
        .map(|own| own.impression == Some(index));
    lines.retain(|_| about.next().unwrap_or(false));
    drawn(&ComparisonPage {
        id,
        name: document.name,
        query: wanted.query(None),
        index,
        count: report.impressions.len(),
        seal: record.seal.clone(),
        owner: owner.unwrap_or_default().to_owned(),
        class: document::class(record),
        conclusion: rows::conclusion(language, record),
        is_compared: comparison.is_some() && registered.is_some(),
        ways: ways(&shell),
        side_mm: side_mm(record),
        own: rows::own(language, record, (owner, None)),
        compared: comparison.map_or_else(Vec::new, |own| rows::compared(language, own)),
        evidence: comparison.map_or_else(Vec::new, |own| rows::evidence(language, own)),
        caveats: comparison.map_or_else(Vec::new, |own| rows::caveats(language, own)),
        lines,
        shell,
    })
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

/// Side of the pictures on paper: pictures reach a little beyond the outline.
fn side_mm(record: &Impression) -> f64 {
    let outline = record.outline;
    let size = outline.width_mm.zip(outline.height_mm);
    let longest = size.map_or(0.0, |(width, height)| width.max(height));
    longest * MARGIN
}
