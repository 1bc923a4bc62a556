//! The list of documents, and the way from one to the next.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;
use axum::response::Redirect;
use serde::{Deserialize, Serialize};

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::storage::documents::DocumentFilter;
use crate::storage::documents::DocumentState;
use crate::storage::documents::StoredDocument;
use crate::web::overview::SHOWN;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::names;

/// Rows that come at a time.
const ROWS: u32 = 100;
/// The name in styles of what was not examined yet.
const WAITING: &str = "waiting";
/// How often the next open document is looked for among so many.
const SEARCHES: usize = 50;

/// Which documents are asked for, as an address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// With this outcome.
    outcome: String,
    /// Whose name or digest contains this.
    text: String,
    /// Of this job.
    job: String,
    /// That bear this seal.
    seal: String,
    /// Behind this position.
    before: Option<i64>,
}

impl Wanted {
    fn filter(&self, caller: &Caller) -> Answer<DocumentFilter> {
        let stated = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(DocumentFilter {
            office: caller.scope(None)?,
            outcome: stated(&self.outcome),
            text: stated(&self.text),
            job: stated(&self.job),
            seal: stated(&self.seal),
            before: self.before,
        })
    }

    /// The same as the query of an address; empty where nothing is stated.
    pub(super) fn query(&self, before: Option<i64>) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let named = [
            ("outcome", &self.outcome),
            ("text", &self.text),
            ("job", &self.job),
            ("seal", &self.seal),
        ];
        for (name, value) in named.into_iter().filter(|(_, value)| !value.is_empty()) {
            form.append_pair(name, value);
        }
        if let Some(before) = before {
            form.append_pair("before", &before.to_string());
        }
        form.finish()
    }
}

/// A document as a list shows it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) outcome: &'static str,
    pub(super) said: &'static str,
    pub(super) at: String,
    pub(super) by: String,
    pub(super) is_held: bool,
    /// Whether somebody came to something about it.
    pub(super) is_reviewed: bool,
}

impl Row {
    /// Documents as a list shows them.
    pub(super) async fn all(
        service: &Shared,
        shell: &Shell,
        documents: &[StoredDocument],
    ) -> Answer<Vec<Self>> {
        let reviewed = service.store.reviewed(documents).await?;
        let row = |document: &StoredDocument| {
            let mut row = Self::of(shell, document);
            row.is_reviewed = reviewed.contains(&document.id);
            if shell.opinion_first && !row.is_reviewed && row.outcome != WAITING {
                row.hide(shell);
            }
            row
        };
        Ok(documents.iter().map(row).collect())
    }

    /// Shows no outcome yet: the reader is to look first.
    pub(super) fn hide(&mut self, shell: &Shell) {
        self.outcome = "hidden";
        self.said = shell.t("web.opinion.hidden");
    }

    pub(super) fn of(shell: &Shell, document: &StoredDocument) -> Self {
        let outcome = document.outcome;
        let code = SHOWN.iter().find(|(own, _)| Some(*own) == outcome);
        let name = match (document.state, document.name.is_empty()) {
            (_, false) => document.name.clone(),
            (DocumentState::Stopped, _) => shell.t("web.documents.name_stopped").to_owned(),
            _ => document.sha256.chars().take(16).collect(),
        };
        Self {
            id: document.id.clone(),
            name,
            outcome: code.map_or(WAITING, |(_, code)| code),
            said: outcome.map_or_else(
                || shell.t("web.documents.waiting"),
                |outcome| shell.t(names::outcome(outcome)),
            ),
            at: shell.instant(&document.handed_in_at),
            by: document.handed_in_by.clone().unwrap_or_default(),
            is_held: document.held_for.is_some(),
            is_reviewed: false,
        }
    }
}

/// An outcome to choose.
struct Choice {
    code: &'static str,
    name: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    shell: Shell,
    wanted: Wanted,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    /// The query that a document's address carries, to go on to the next of the list.
    query: String,
    /// The query of what follows; empty at the end.
    more: String,
}

/// Documents, the newest first.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Query(wanted): Query<Wanted>,
) -> Answer<Html<String>> {
    let documents = service
        .store
        .documents(&wanted.filter(&caller)?, ROWS)
        .await?;
    let last = documents
        .last()
        .filter(|_| documents.len() == ROWS as usize);
    let more = last.map_or_else(String::new, |last| wanted.query(Some(last.position)));
    let choices = SHOWN.iter().map(|(outcome, code)| Choice {
        code,
        name: shell.t(names::outcome(*outcome)),
        is_chosen: wanted.outcome == *code,
    });
    drawn(&DocumentsPage {
        choices: choices.collect(),
        rows: Row::all(&service, &shell, &documents).await?,
        query: wanted.query(None),
        more,
        wanted,
        shell,
    })
}

/// The next document of the list that nobody came to something about; the list itself behind the last.
pub(super) async fn next(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Redirect> {
    let document = service.store.document(&id).await?;
    let document = document.filter(|document| caller.sees(&document.office));
    let document = document.ok_or_else(|| Problem::not_found("document"))?;
    let mut filter = DocumentFilter {
        before: Some(document.position),
        ..wanted.filter(&caller)?
    };
    let query = wanted.query(None);
    // What somebody came to something about is passed over.
    for _ in 0..SEARCHES {
        let following = service.store.documents(&filter, ROWS).await?;
        let reviewed = service.store.reviewed(&following).await?;
        let mut open = following.iter().filter(|own| !reviewed.contains(&own.id));
        if let Some(next) = open.next() {
            return Ok(Redirect::to(&format!("/documents/{}?{query}", next.id)));
        }
        let Some(last) = following.last() else {
            break;
        };
        filter.before = Some(last.position);
    }
    Ok(Redirect::to(&format!("/documents?{query}")))
}
