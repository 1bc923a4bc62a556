//! The audit log as a page: who saw and who decided what.

use askama::Template;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::problem::Answer;
use crate::audit::Deed;
use crate::storage::audit::AuditFilter;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// Entries that come at a time.
const ENTRIES: u32 = 100;

/// Which entries are asked for, as an address says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sought {
    deed: String,
    subject: String,
    before: Option<u64>,
}

/// An entry in a line.
struct Line {
    sequence: u64,
    at: String,
    who: String,
    deed: String,
    said: &'static str,
    subject: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    shell: Shell,
    sought: Sought,
    /// Names of deeds in the log, and in the reader's language.
    deeds: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    /// The query of what follows; empty at the end.
    more: String,
}

/// Entries, the latest first.
pub(super) async fn page(
    State(service): State<Shared>,
    shell: Shell,
    Query(sought): Query<Sought>,
) -> Answer<Html<String>> {
    let stated = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = AuditFilter {
        subject: stated(&sought.subject),
        deed: stated(&sought.deed),
        before: sought.before,
    };
    let entries = service.store.audit_entries(&filter, ENTRIES).await?;
    let last = entries.last().map(|own| own.sequence);
    let last = last.filter(|_| entries.len() == ENTRIES as usize);
    let more = last.map_or_else(String::new, |last| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("deed", &sought.deed);
        form.append_pair("subject", &sought.subject);
        form.append_pair("before", &last.to_string());
        form.finish()
    });
    let lines = entries.into_iter().map(|own| Line {
        sequence: own.sequence,
        at: shell.instant(&own.at),
        who: own.who,
        said: said(&shell, &own.deed),
        deed: own.deed,
        subject: own.subject,
        detail: own.detail,
    });
    drawn(&LogPage {
        lines: lines.collect(),
        deeds: Deed::ALL
            .map(|deed| (deed.name(), said(&shell, deed.name())))
            .to_vec(),
        more,
        sought,
        shell,
    })
}

/// A deed in the reader's language; nothing for one of a later version.
fn said(shell: &Shell, deed: &str) -> &'static str {
    let mut known = Deed::ALL.iter().map(|own| own.name());
    match known.any(|own| own == deed) {
        true => shell.t(&format!("web.deed.{deed}")),
        false => "",
    }
}
