//! A document's page: its pages with the seals outlined, and beside them what was found, with the law that it rests on.

mod fields;
mod tracings;

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;

use crate::accounts::Action;
use crate::accounts::two_person::State as AnswerState;
use crate::api;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::decision;
use crate::decision::Decision;
use crate::report::findings;
use crate::report::findings::Told;
use crate::report::rows;
use crate::rules::Finding;
use crate::storage::decisions::DecisionFilter;
use crate::storage::documents::DocumentFilter;
use crate::storage::documents::DocumentState;
use crate::storage::documents::StoredDocument;
use crate::storage::reviews::Review;
use crate::storage::reviews::ReviewKind;
use crate::verify::Report;
use crate::verify::report;
use crate::web::documents::Row;
use crate::web::documents::Wanted;
use crate::web::opinions;
use crate::web::overview::SHOWN;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::names;
use crate::words::text;

use tracings::Drawn;

/// Seals of a document whose other documents are looked up.
const SEALS: usize = 4;
/// Documents that are shown of each.
const OTHERS: u32 = 5;
/// The class in styles of what is not shown yet.
const HIDDEN: &str = "hidden";

/// Room for a label above an outline, as a share of the page's width.
const LABEL: f64 = 0.014;

/// A seal's outline on its page, in page pixels.
pub(super) struct Outlined {
    pub(super) number: usize,
    /// The name of its class in styles: the conclusion.
    class: &'static str,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    /// Where its label stands.
    label_y: f64,
    label: String,
    /// Its width and its height on paper, for people; none where the page's resolution is not known.
    measures: Option<[String; 2]>,
    /// Where the signature stands that it lies over: x, y, width, height.
    signature: Option<[u32; 4]>,
    /// Whether it was joined from several sheets: then no layer of its own is kept.
    is_joined: bool,
}

impl Outlined {
    const fn right(&self) -> u32 {
        self.x + self.width
    }

    const fn bottom(&self) -> u32 {
        self.y + self.height
    }

    /// How far from the outline its measures are drawn.
    const fn gap(&self) -> u32 {
        let longest = if self.width > self.height {
            self.width
        } else {
            self.height
        };
        longest / 12 + 4
    }
}

/// A page of the scan.
struct Sheet {
    number: u32,
    /// Width and height in pixels; `None` where it could not be decoded.
    size: Option<(u32, u32)>,
    reason: String,
    seals: Vec<Outlined>,
    /// Size of the labels' letters, in page pixels.
    letters: f64,
    is_first: bool,
}

/// A finding, and what people decided about it.
pub(super) struct Line {
    pub(super) index: usize,
    pub(super) severity: &'static str,
    pub(super) severity_name: &'static str,
    pub(super) told: Told,
    pub(super) law: String,
    /// The impression that it is about, counted from 0.
    pub(super) impression: Option<usize>,
    pub(super) page: Option<u32>,
    pub(super) decision: Option<Decided>,
}

/// A decision about a finding, as far as it stands.
pub(super) struct Decided {
    pub(super) number: u64,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) is_approved: bool,
    /// Whether the reader is another than whoever proposed it, and may answer.
    pub(super) may_answer: bool,
    pub(super) is_own: bool,
}

/// An impression in a line.
struct Mark {
    number: usize,
    page: String,
    seal: String,
    class: &'static str,
    conclusion: &'static str,
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    shell: Shell,
    row: Row,
    document: StoredDocument,
    /// What is known of it; `None` before it was examined.
    found: Option<Found>,
    is_kept: bool,
    query: String,
    /// What people came to about it, the latest first.
    reviews: Vec<Reviewed>,
    /// Whether a second person agreed to a decision about it: then nothing is taken back.
    is_signed_off: bool,
    /// What is known of it, where the reader made it a control case.
    control: Option<&'static str>,
}

/// What somebody came to.
struct Reviewed {
    kind: &'static str,
    said: &'static str,
    note: String,
    by: String,
    at: String,
}

impl DocumentPage {
    /// What stands of it.
    fn standing(&self) -> Option<&Reviewed> {
        let last = self.reviews.first();
        last.filter(|last| last.kind != ReviewKind::Reopened.name())
    }
}

/// What was found on a document.
struct Found {
    sheets: Vec<Sheet>,
    lines: Vec<Line>,
    marks: Vec<Mark>,
    /// What people drew on the pages.
    drawn: Vec<Drawn>,
    /// Impressions of which the reader is to say first what they think.
    asked: Vec<usize>,
    /// Other documents with the same seals.
    others: Vec<Row>,
    /// What it says of itself, and what people know better.
    fields: Vec<fields::Row>,
    reason: String,
    versions: String,
    date: String,
    /// What it comes to with what people decided, where that differs.
    after: Option<(&'static str, &'static str)>,
}

/// A document.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Html<String>> {
    let document = api::own_document(&service, &caller, &id).await?;
    let mut is_signed_off = false;
    let found = match document.outcome {
        None => None,
        Some(_) => {
            let report = api::report_of(&service, &caller, &id).await?;
            let decisions = decisions(&service, &document).await?;
            is_signed_off = decisions.iter().any(Decision::is_approved);
            let mut found = Found::of(&shell, &caller, (&report, &decisions));
            let drawn = service.store.tracings(&document).await?;
            found.drawn = tracings::all(&shell, drawn);
            found.fields = said(&service, &document, (&shell, &report, &found.date)).await?;
            found.others = others(&service, &caller, (&shell, &document, &report)).await?;
            found.hide(opinions::asked(&service, &caller, (&shell, &document, &report)).await?);
            Some(found)
        }
    };
    let reviews = service.store.reviews(&document).await?;
    let control = match shell.may_approve() && !shell.opinion_first {
        true => service.store.control(&document, caller.login()).await?,
        false => None,
    };
    let reviews = reviews.into_iter().map(|own| reviewed(&shell, own));
    let mut row = Row::of(&shell, &document);
    if found.as_ref().is_some_and(|found| !found.asked.is_empty()) {
        row.hide(&shell);
    }
    drawn(&DocumentPage {
        reviews: reviews.collect(),
        is_signed_off,
        control: control.map(|truth| shell.t(opinions::said(truth))),
        row,
        is_kept: document.state == DocumentState::Kept,
        found,
        document,
        query: wanted.query(None),
        shell,
    })
}

/// What a document says of itself, and what people know better.
async fn said(
    service: &Shared,
    document: &StoredDocument,
    (shell, report, date): (&Shell, &Report, &str),
) -> Answer<Vec<fields::Row>> {
    let corrections = service.store.corrections(document).await?;
    let read = match corrections.is_empty() {
        true => report.document.fields.clone(),
        false => service.store.read_fields(document).await?,
    };
    let known = (read.as_ref(), corrections.as_slice());
    Ok(fields::rows(shell, (report, date), known))
}

/// The newest other documents that bear one of a report's seals.
async fn others(
    service: &Shared,
    caller: &Caller,
    (shell, document, report): (&Shell, &StoredDocument, &Report),
) -> Answer<Vec<Row>> {
    let seals = report.impressions.iter().filter_map(|own| own.seal.clone());
    let seals: BTreeSet<String> = seals.collect();
    let mut found: Vec<StoredDocument> = Vec::new();
    for seal in seals.into_iter().take(SEALS) {
        let filter = DocumentFilter {
            office: caller.scope(None)?,
            seal: Some(seal),
            ..DocumentFilter::default()
        };
        for other in service.store.documents(&filter, OTHERS).await? {
            if other.id != document.id && !found.iter().any(|own| own.id == other.id) {
                found.push(other);
            }
        }
    }
    Row::all(service, shell, &found).await
}

fn reviewed(shell: &Shell, review: Review) -> Reviewed {
    Reviewed {
        kind: review.kind.name(),
        said: shell.t(match review.kind {
            ReviewKind::Accepted => "web.review.accepted",
            ReviewKind::Referred => "web.review.referred",
            ReviewKind::BetterScan => "web.review.better_scan",
            ReviewKind::Reopened => "web.review.reopened",
        }),
        note: review.note,
        by: review.by,
        at: shell.instant(&review.at),
    }
}

/// What was decided about a document, the latest first.
pub(super) async fn decisions(
    service: &Shared,
    document: &StoredDocument,
) -> Answer<Vec<Decision>> {
    let filter = DecisionFilter {
        document: Some(document.sha256.clone()),
        office: Some(document.office.clone()),
        ..DecisionFilter::default()
    };
    Ok(service.store.decisions(&filter, u32::MAX).await?)
}

impl Found {
    fn of(shell: &Shell, caller: &Caller, (report, decisions): (&Report, &[Decision])) -> Self {
        let language = shell.language;
        let mut sheets: Vec<Sheet> = report
            .pages
            .iter()
            .map(|page| sheet(page, findings::unread(report, Some(page.number), language)))
            .collect();
        for (number, impression) in report.impressions.iter().enumerate() {
            let own = sheets.iter_mut().find(|own| own.number == impression.page);
            if let Some(sheet) = own {
                sheet.seals.push(outlined(shell, number, impression));
            }
        }
        // What there is to see comes first: the page of the gravest finding, else that of the first seal.
        let pages = report.findings.iter().filter_map(|finding| finding.page);
        let pages = pages.chain(report.impressions.iter().map(|own| own.page));
        let first = pages.chain([1]).next();
        for sheet in &mut sheets {
            sheet.is_first = Some(sheet.number) == first;
        }
        let after = decision::outcome(report.outcome, &report.findings, decisions);
        let after = (after != report.outcome).then(|| {
            let name = shell.t(names::outcome(after));
            let mut shown = SHOWN.iter();
            let code = shown.find(|(own, _)| *own == after);
            (code.map_or("pass", |(_, code)| *code), name)
        });
        Self {
            sheets,
            lines: lines(shell, caller, (&report.findings, decisions)),
            marks: marks(shell, report),
            drawn: Vec::new(),
            asked: Vec::new(),
            others: Vec::new(),
            fields: Vec::new(),
            reason: findings::unread(report, None, language).unwrap_or_default(),
            versions: format!("{} · {} · {}", report.engine, report.policy, report.rules),
            date: report.document.date.claimed.map_or_else(
                || shell.t("head.date_unknown").to_owned(),
                |date| {
                    let date = language.date(date);
                    text(language, "head.dated", &[("date", &date)])
                },
            ),
            after,
        }
    }
}

impl Found {
    /// Whether an impression is shown as consistent, which one of a traced die would be too.
    fn is_for(&self) -> bool {
        let drawn = self.drawn.iter().flat_map(|own| &own.found);
        let marks = self.marks.iter().map(|mark| mark.class);
        let mut classes = marks.chain(drawn.map(|own| own.0));
        classes.any(opinions::is_for)
    }

    /// Hides what the program says until the reader said what they think of these impressions.
    fn hide(&mut self, asked: Vec<usize>) {
        self.asked = asked;
        if self.asked.is_empty() {
            return;
        }
        self.lines.clear();
        self.drawn.clear();
        self.after = None;
        for seal in self.sheets.iter_mut().flat_map(|sheet| &mut sheet.seals) {
            seal.class = HIDDEN;
            seal.label = (seal.number + 1).to_string();
        }
        for mark in &mut self.marks {
            mark.class = HIDDEN;
            mark.conclusion = "";
        }
    }
}

fn sheet(page: &report::Page, unread: Option<String>) -> Sheet {
    let size = page.width_px.zip(page.height_px);
    let width = size.map_or(1, |(width, height)| width.min(height));
    Sheet {
        number: page.number,
        size: size.filter(|_| page.readable),
        reason: unread.unwrap_or_default(),
        seals: Vec::new(),
        letters: f64::from(width) * LABEL,
        is_first: false,
    }
}

/// The class of a conclusion in styles.
pub(super) fn class(impression: &report::Impression) -> &'static str {
    let key = match impression.seal {
        None => "conclusion.not_compared",
        Some(_) => names::conclusion(impression.conclusion),
    };
    key.rsplit('.').next().unwrap_or_default()
}

fn outlined(shell: &Shell, number: usize, impression: &report::Impression) -> Outlined {
    let [x, y, width, height] = impression.bbox_px;
    let seal = impression.seal.as_deref().unwrap_or("–");
    let conclusion = rows::conclusion(shell.language, impression);
    Outlined {
        number,
        class: class(impression),
        x,
        y,
        width,
        height,
        label_y: f64::from(y) - 0.025 * f64::from(width.min(height)),
        label: format!("{} · {seal} · {conclusion}", number + 1),
        measures: measures(shell, &impression.outline),
        signature: impression.placement.signature_px,
        is_joined: !impression.slices.is_empty(),
    }
}

/// Width and height as they are drawn at a seal.
fn measures(shell: &Shell, outline: &report::Outline) -> Option<[String; 2]> {
    let sigma = outline.uncertainty_mm;
    let sigma = sigma.map_or_else(String::new, |sigma| format!(" ± {sigma:.1}"));
    let told = |side: f64| shell.language.decimal(&format!("{side:.1}{sigma} mm"));
    Some([told(outline.width_mm?), told(outline.height_mm?)])
}

fn marks(shell: &Shell, report: &Report) -> Vec<Mark> {
    let impressions = report.impressions.iter().enumerate();
    let mark = |(number, own): (usize, &report::Impression)| Mark {
        number,
        page: rows::pages(shell.language, own),
        seal: own.seal.clone().unwrap_or_default(),
        class: class(own),
        conclusion: rows::conclusion(shell.language, own),
    };
    impressions.map(mark).collect()
}

/// Findings, and what was decided about each.
pub(super) fn lines(
    shell: &Shell,
    caller: &Caller,
    (found, decisions): (&[Finding], &[Decision]),
) -> Vec<Line> {
    let language = shell.language;
    let line = |(index, finding): (usize, &Finding)| Line {
        index,
        severity: names::severity(finding.severity)
            .rsplit('.')
            .next()
            .unwrap_or_default(),
        severity_name: shell.t(names::severity(finding.severity)),
        told: findings::told(finding, language),
        law: finding
            .basis
            .as_ref()
            .map_or_else(String::new, |basis| findings::law(basis, language)),
        impression: finding.impression,
        page: finding.page,
        decision: decided(shell, caller, (finding, decisions)),
    };
    found.iter().enumerate().map(line).collect()
}

/// The decision that stands about a finding, open or approved.
fn decided(
    shell: &Shell,
    caller: &Caller,
    (finding, decisions): (&Finding, &[Decision]),
) -> Option<Decided> {
    let mut about = decisions.iter().filter(|own| own.is_about(finding));
    let decision =
        about.find(|own| own.proposed.state == AnswerState::Open || own.is_approved())?;
    let is_own = decision.proposed.by.as_str() == caller.login();
    Some(Decided {
        number: decision.number,
        reason: decision.reason.clone(),
        by: decision.proposed.by.to_string(),
        at: shell.instant(&decision.proposed.at.to_string()),
        is_approved: decision.is_approved(),
        may_answer: !is_own && Action::ApproveDecision.is_allowed(caller.person.role),
        is_own,
    })
}
