//! Changes of the register: what is proposed, by whom, and what each would do, line by line.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::accounts::Action;
use crate::accounts::two_person::State as Standing;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::storage::proposals::Proposal;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// Proposals that are shown.
const PROPOSALS: u32 = 50;

/// A proposal as the page shows it.
struct Change {
    number: u64,
    source: String,
    note: String,
    by: String,
    at: String,
    lines: Vec<String>,
    /// What it would do now, where the register has moved on since.
    now: Option<Vec<String>>,
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
            true => Some(service.store.effect_now(proposal).await?),
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
    (proposal, now): (&Proposal, Option<Vec<String>>),
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
    let is_own = proposed.by.as_str() == caller.login();
    let is_open = proposed.state == Standing::Open;
    Change {
        number: proposal.number,
        source: proposal.source.clone(),
        note: proposal.note.clone().unwrap_or_default(),
        by: proposed.by.to_string(),
        at: shell.instant(&proposed.at.to_string()),
        now: now.filter(|now| *now != proposal.effect),
        lines: proposal.effect.clone(),
        state,
        said: shell.t(key),
        answer,
        is_open,
        is_own,
        may_answer: is_open && !is_own && Action::ApproveChange.is_allowed(caller.person.role),
    }
}
