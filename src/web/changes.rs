//! Changes of the register: what is proposed, by whom, and what each would do, line by line.

use std::fmt::Display;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use jiff::civil::Date;

use crate::accounts::Action;
use crate::accounts::two_person::State as Standing;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::registry::EventKind;
use crate::registry::Told;
use crate::registry::kind;
use crate::storage::proposals;
use crate::storage::proposals::Line;
use crate::storage::proposals::Proposal;
use crate::web::reasons;
use crate::web::seal::event_name;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::web::words;
use crate::words::Language;

/// Proposals that are shown.
const PROPOSALS: u32 = 50;

/// A row in the reader's language, and why it cannot be recorded or should be looked at.
struct Row {
    text: String,
    reason: String,
}

impl Row {
    fn of(shell: &Shell, told: &Told, because: Option<&Told>) -> Self {
        let value = |name: &str| told.values.get(name).cloned().unwrap_or_default();
        let event = serde_json::from_value::<EventKind>(value("event").into());
        let event = event.map_or_else(|_| value("event"), |kind| shell.t(event_name(kind)).into());
        let kind = kind::named(&value("kind"));
        let kind = kind.map_or_else(String::new, |kind| {
            shell.t(&format!("web.kind.{}", kind.name)).to_owned()
        });
        let day = value("day").parse::<Date>();
        let day = day.map_or_else(|_| value("day"), |day| shell.language.date(day));
        let others = [
            "seal",
            "name",
            "specimens",
            "had",
            "before",
            "after",
            "changed",
            "key",
            "corrects",
        ];
        let others = others.map(|name| (name, value(name)));
        let mut values: Vec<(&str, &dyn Display)> =
            vec![("event", &event), ("day", &day), ("kind", &kind)];
        values.extend(
            others
                .iter()
                .map(|(name, value)| (*name, value as &dyn Display)),
        );
        let key = format!("app.effect.{}", told.code);
        Self {
            text: words::text(shell.language, &key, &values),
            reason: match because {
                Some(because) if shell.language != Language::English => {
                    reasons::reason(because, shell.language)
                }
                Some(_) | None => value("reason"),
            },
        }
    }
}

/// A proposal as the page shows it.
struct Change {
    number: u64,
    source: String,
    note: String,
    by: String,
    at: String,
    lines: Vec<Row>,
    /// What it would do now, where the register has moved on since.
    now: Option<Vec<Row>>,
    state: &'static str,
    said: &'static str,
    answer: String,
    is_open: bool,
    is_own: bool,
    may_answer: bool,
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    shell: Shell,
    changes: Vec<Change>,
}

/// The changes, open ones first.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
) -> Answer<Html<String>> {
    let proposals = service.store.proposals(None, None, PROPOSALS).await?;
    let mut changes = Vec::new();
    for proposal in &proposals {
        let is_open = proposal.proposed.state == Standing::Open;
        let now = match is_open {
            true => Some(service.store.preview(&proposal.content).await?),
            false => None,
        };
        changes.push(change(&shell, &caller, (proposal, now)));
    }
    changes.sort_by_key(|own| !own.is_open);
    drawn(&ChangesPage { shell, changes })
}

fn change(
    shell: &Shell,
    caller: &Caller,
    (proposal, now): (&Proposal, Option<Vec<Line>>),
) -> Change {
    let proposed = &proposal.proposed;
    let (state, key, answer) = match &proposed.state {
        Standing::Open => ("open", "web.changes.open", String::new()),
        Standing::Approved { by, at } => (
            "approved",
            "web.changes.approved",
            format!("{by}, {}", shell.instant(&at.to_string())),
        ),
        Standing::Rejected { by, at, reason } => (
            "rejected",
            "web.changes.rejected",
            format!("{by}, {}: {reason}", shell.instant(&at.to_string())),
        ),
        Standing::Withdrawn { at } => (
            "withdrawn",
            "web.changes.withdrawn",
            shell.instant(&at.to_string()),
        ),
    };
    let now = now.unwrap_or_default();
    // What was answered is told by its rows alone: what they did then, they may not do now.
    let is_as_proposed = now.iter().map(|line| &line.text).eq(&proposal.effect);
    let row = |line: &Line| Row::of(shell, &line.told, line.because.as_ref());
    let now: Vec<Row> = now.iter().map(row).collect();
    let rows = || {
        let rows = proposals::rows(&proposal.content);
        rows.iter().map(|told| Row::of(shell, told, None)).collect()
    };
    let (lines, now) = match (is_as_proposed, now.is_empty()) {
        (true, _) => (now, None),
        (false, true) => (rows(), None),
        (false, false) => (rows(), Some(now)),
    };
    let is_own = proposed.by.as_str() == caller.login();
    let is_open = proposed.state == Standing::Open;
    Change {
        number: proposal.number,
        source: proposal.source.clone(),
        note: proposal.note.clone().unwrap_or_default(),
        by: proposed.by.to_string(),
        at: shell.instant(&proposed.at.to_string()),
        now,
        lines,
        state,
        said: shell.t(key),
        answer,
        is_open,
        is_own,
        may_answer: is_open && !is_own && Action::ApproveChange.is_allowed(caller.person.role),
    }
}
