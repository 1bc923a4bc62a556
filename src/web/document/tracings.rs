//! What people drew on a document's pages, and what came of it.

use crate::report::findings;
use crate::report::rows;
use crate::storage::tracings::Tracing;
use crate::storage::tracings::TracingKind;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::web::document::class;
use crate::web::shell::Shell;
use crate::words::names;

/// Something drawn, as the page shows it.
pub(super) struct Drawn {
    pub(super) number: u64,
    pub(super) page: u32,
    pub(super) kind: &'static str,
    pub(super) said: &'static str,
    pub(super) about: Option<usize>,
    pub(super) bbox: [u32; 4],
    pub(super) note: String,
    pub(super) by: String,
    pub(super) at: String,
    /// What the part came to: the class of each conclusion, and what it says.
    pub(super) found: Vec<(&'static str, String)>,
    /// What it came to where no seal was found.
    pub(super) nothing: String,
}

/// What is drawn on a document.
pub(super) fn all(shell: &Shell, tracings: Vec<Tracing>) -> Vec<Drawn> {
    tracings.into_iter().map(|own| drawn(shell, own)).collect()
}

fn drawn(shell: &Shell, tracing: Tracing) -> Drawn {
    let own = tracing.drawn;
    let report = own.report.as_ref();
    Drawn {
        number: tracing.number,
        page: own.page,
        kind: own.kind.name(),
        said: shell.t(match own.kind {
            TracingKind::Missed => "web.trace.missed",
            TracingKind::Moved => "web.trace.moved",
            TracingKind::False => "web.trace.false",
        }),
        about: own.impression,
        bbox: own.bbox_px,
        found: report.map_or_else(Vec::new, |report| found(shell, report)),
        nothing: report.map_or_else(String::new, |report| nothing(shell, report)),
        note: own.note,
        by: tracing.by,
        at: shell.instant(&tracing.at),
    }
}

fn found(shell: &Shell, report: &Report) -> Vec<(&'static str, String)> {
    let told = report.impressions.iter().map(|own| {
        let seal = own.seal.as_deref();
        let seal = seal.unwrap_or_else(|| shell.t("head.unregistered"));
        let conclusion = rows::conclusion(shell.language, own);
        (class(own), format!("{seal} · {conclusion}"))
    });
    told.collect()
}

/// Why the part tells nothing; empty where it does.
fn nothing(shell: &Shell, report: &Report) -> String {
    if !report.impressions.is_empty() {
        return String::new();
    }
    match report.outcome {
        Outcome::Unreadable | Outcome::NotProcessed | Outcome::Stopped => {
            let reason = findings::unread(report, None, shell.language).unwrap_or_default();
            format!("{}: {reason}", shell.t(names::outcome(report.outcome)))
        }
        Outcome::Pass | Outcome::Review | Outcome::Flag => shell.t("web.trace.nothing").to_owned(),
    }
}
