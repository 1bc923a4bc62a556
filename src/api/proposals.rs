//! Changes of the register that one proposes and another approves.

use std::path::Path as FilePath;

use axum::Json;
use axum::extract::Multipart;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};

use crate::accounts::Action;
use crate::accounts::two_person;
use crate::accounts::two_person::Refusal;
use crate::accounts::two_person::State as Standing;
use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::audit::Act;
use crate::registry::Told;
use crate::storage::Error;
use crate::storage::import;
use crate::storage::import::Mode;
use crate::storage::import::Reach;
use crate::storage::proposals::Answered;
use crate::storage::proposals::Content;
use crate::storage::proposals::NewProposal;
use crate::storage::proposals::Proposal;
use crate::storage::proposals::Put;

/// Most files that are sent along with a list; chosen: a list of more is sent in parts.
const FILES_MAX: usize = 500;

/// A proposal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Shown {
    /// Its number.
    number: u64,
    /// Name of the file that the rows stood in.
    source: String,
    /// What recording the rows does, line by line, as it was when they were proposed.
    effect: Vec<String>,
    /// What recording them would do now, where that is something else: then it cannot be approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_now: Option<Vec<String>>,
    /// The register's revision when it was proposed.
    revision: u64,
    /// What the proposer says to it.
    note: Option<String>,
    /// Who proposed it.
    by: String,
    /// When.
    at: String,
    /// open, approved, rejected or withdrawn; with who, when and why.
    answer: Value,
}

impl Shown {
    fn of(proposal: &Proposal, now: Option<Vec<String>>) -> Self {
        let effect_now = now.filter(|now| *now != proposal.effect);
        Self {
            number: proposal.number,
            source: proposal.source.clone(),
            effect: proposal.effect.clone(),
            effect_now,
            revision: proposal.revision,
            note: proposal.note.clone(),
            by: proposal.proposed.by.to_string(),
            at: proposal.proposed.at.to_string(),
            answer: json!(proposal.proposed.state),
        }
    }
}

/// Which proposals are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// In this state: open, approved, rejected or withdrawn.
    state: Option<String>,
}

/// An answer to a proposal or a decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Answering {
    /// approve, reject, or withdraw one's own.
    answer: Kind,
    /// Why, where it is rejected.
    #[serde(default)]
    reason: String,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// Let it be done.
    Approve,
    /// Let it not be done.
    Reject,
    /// Take back one's own.
    Withdraw,
}

impl Answering {
    /// The answer, if the caller's role allows it.
    pub(super) fn allowed(
        self,
        caller: &Caller,
        (approve, propose): (Action, Action),
    ) -> Answer<two_person::Answer> {
        let action = match self.answer {
            Kind::Approve | Kind::Reject => approve,
            Kind::Withdraw => propose,
        };
        caller.may(action)?;
        Ok(match self.answer {
            Kind::Approve => two_person::Answer::Approve,
            Kind::Reject => two_person::Answer::Reject {
                reason: self.reason,
            },
            Kind::Withdraw => two_person::Answer::Withdraw,
        })
    }
}

/// Proposals, the latest first.
#[utoipa::path(
    get, path = "/proposals", tag = "proposals", params(Filter, PageQuery),
    responses((status = 200, body = Page<Shown>))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Shown>>> {
    let before = page
        .position()?
        .and_then(|before| u64::try_from(before).ok());
    let proposals = service
        .store
        .proposals(filter.state.as_deref(), before, page.limit())
        .await?;
    let shown = proposals.iter().map(|proposal| Shown::of(proposal, None));
    Ok(Json(Page::new(
        shown.collect(),
        page.limit(),
        |one: &Shown| i64::try_from(one.number).unwrap_or(i64::MAX),
    )))
}

/// A proposal, and what it would do now.
#[utoipa::path(
    get, path = "/proposals/{number}", tag = "proposals",
    responses((status = 200, body = Shown), (status = 404, body = Problem))
)]
pub(super) async fn show(
    State(service): State<Shared>,
    Path(number): Path<u64>,
) -> Answer<Json<Shown>> {
    let proposal = service.store.proposal(number).await?;
    let proposal = proposal.ok_or_else(|| Problem::not_found("proposal"))?;
    let now = match proposal.proposed.state {
        Standing::Open => Some(service.store.effect_now(&proposal).await?),
        Standing::Approved { .. } | Standing::Rejected { .. } | Standing::Withdrawn { .. } => None,
    };
    Ok(Json(Shown::of(&proposal, now)))
}

/// What came of proposing rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Proposing {
    /// The proposal's number; null where all of it is in the register already.
    number: Option<u64>,
    /// Rows that were left out, each with its line and the reason.
    left_out: Vec<LeftOut>,
    /// What should be looked at all the same.
    warnings: Vec<String>,
    /// The same by codes.
    warned: Vec<Warned>,
}

/// A row that was left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LeftOut {
    /// Line of the file.
    line: u64,
    /// What the row is about.
    about: Option<String>,
    /// Why.
    reason: String,
    /// The same by a code.
    #[serde(flatten)]
    told: Told,
}

/// What should be looked at about a file that is taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Warned {
    /// Line of the file; null where it is about several or all.
    line: Option<u64>,
    /// What it is.
    #[serde(flatten)]
    told: Told,
}

/// Propose the rows of a register's file: a form with the part `file`, the scans of specimens that it names as parts
/// `specimen`, and perhaps a `note`.
#[utoipa::path(
    post, path = "/proposals", tag = "proposals",
    request_body(content = Vec<u8>, content_type = "multipart/form-data"),
    responses((status = 201, body = Proposing), (status = 200, body = Proposing), (status = 422, body = Problem))
)]
pub(super) async fn propose(
    State(service): State<Shared>,
    caller: Caller,
    form: Multipart,
) -> Answer<Response> {
    let act = caller.act();
    let sheet = sheet(&service, form, (Mode::Propose, &act)).await?;
    let mut proposing = Proposing {
        number: None,
        left_out: sheet.left_out,
        warnings: sheet.warnings,
        warned: sheet.warned,
    };
    let Some(content) = sheet.content else {
        return Ok(Json(proposing).into_response());
    };
    let new = NewProposal {
        source: sheet.file,
        content,
        note: sheet.note,
    };
    match service.store.propose(&new, &act).await? {
        Put::Kept(number) => {
            proposing.number = Some(number);
            Ok((StatusCode::CREATED, Json(proposing)).into_response())
        }
        Put::Nothing => Ok(Json(proposing).into_response()),
        Put::Faulty(faults) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "faulty_rows",
            faults.join("; "),
        )),
    }
}

/// A register's file as a form brought it.
#[derive(Debug)]
pub(super) struct Sheet {
    file: String,
    note: Option<String>,
    /// Its good rows; nothing where none would change anything.
    pub(super) content: Option<Content>,
    /// Its other rows.
    pub(super) left_out: Vec<LeftOut>,
    /// What should be looked at all the same.
    pub(super) warnings: Vec<String>,
    /// The same by codes.
    pub(super) warned: Vec<Warned>,
}

/// Receives a form and reads the register's file in it.
pub(super) async fn sheet(
    service: &Shared,
    form: Multipart,
    (mode, act): (Mode, &Act),
) -> Answer<Sheet> {
    let _place = service.limits.upload()?;
    let folder = tempfile::tempdir().map_err(|error| Problem::failure(&error))?;
    let bytes_max = service.limits.bounds.document_bytes;
    let Received { file, note } = received(form, folder.path(), bytes_max).await?;
    let file = file.ok_or_else(|| Problem::bad_request("the form has no part `file`"))?;
    let options = import::Options {
        sandbox: service.registers.options(),
        mode,
        act,
        reach: Reach::Beside,
        on_row: &|| {},
    };
    let path = folder.path().join(&file);
    let imported = service.store.import(&path, options).await;
    let import = imported.map_err(unreadable)?;
    let left_out = import.failures.into_iter().map(|failure| LeftOut {
        line: failure.line,
        about: failure.id,
        reason: failure.reason.sentence,
        told: failure.reason.told,
    });
    let warnings = import.warnings.iter().map(ToString::to_string);
    let warnings = warnings.collect();
    let warned = import.warnings.into_iter().map(|warning| Warned {
        line: warning.line,
        told: warning.reason.told,
    });
    Ok(Sheet {
        file,
        note,
        content: import.content,
        left_out: left_out.collect(),
        warnings,
        warned: warned.collect(),
    })
}

/// Approve or reject what another proposed, or take back one's own.
#[utoipa::path(
    post, path = "/proposals/{number}/answer", tag = "proposals", request_body = Answering,
    responses((status = 200, body = Shown), (status = 403, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn answer(
    State(service): State<Shared>,
    caller: Caller,
    Path(number): Path<u64>,
    Json(answering): Json<Answering>,
) -> Answer<Json<Shown>> {
    let answer = answering.allowed(&caller, (Action::ApproveChange, Action::ProposeChange))?;
    let act = caller.act();
    match service.store.answer_proposal(number, answer, &act).await? {
        Answered::Done(..) => {
            let proposal = service.store.proposal(number).await?;
            let proposal = proposal.ok_or_else(|| Problem::not_found("proposal"))?;
            Ok(Json(Shown::of(&proposal, None)))
        }
        Answered::Refused(refusal) => Err(refused(&refusal)),
        Answered::Stale { now } => Err(Problem::conflict(
            "proposal_stale",
            format!(
                "the register has moved on: it would do something else now; {}",
                now.join("; ")
            ),
        )),
        Answered::Unknown => Err(Problem::not_found("proposal")),
    }
}

/// Why an answer does not count.
pub(super) fn refused(refusal: &Refusal) -> Problem {
    let (status, code) = match refusal {
        Refusal::Own => (StatusCode::FORBIDDEN, "two_persons"),
        Refusal::NotOwn { .. } => (StatusCode::FORBIDDEN, "not_own"),
        Refusal::Answered { .. } => (StatusCode::CONFLICT, "answered_already"),
        Refusal::Reason => (StatusCode::UNPROCESSABLE_ENTITY, "reason_needed"),
    };
    Problem::new(status, code, refusal.to_string())
}

/// What a form held, but for the specimens, which are files of the folder.
#[derive(Debug, Default)]
struct Received {
    file: Option<String>,
    note: Option<String>,
}

/// Writes a form's files into a folder, each under its own plain name.
async fn received(mut form: Multipart, folder: &FilePath, bytes_max: u64) -> Answer<Received> {
    let mut received = Received::default();
    let (mut files, mut left) = (0, bytes_max);
    loop {
        let field = form.next_field().await.map_err(broken)?;
        let Some(mut field) = field else {
            return Ok(received);
        };
        let part = field.name().unwrap_or_default().to_owned();
        if part == "note" {
            let note = field.text().await.map_err(broken)?;
            let note: String = note
                .trim()
                .chars()
                .take(two_person::REASON_CHARS_MAX)
                .collect();
            received.note = Some(note).filter(|note| !note.is_empty());
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() && field.file_name().is_some() {
            // So browsers send a field of files where none was chosen; that it is empty is bounded by the body's limit.
            continue;
        }
        if !is_plain(&name) {
            return Err(Problem::bad_request("a file of the form has no plain name"));
        }
        files += 1;
        if files > FILES_MAX {
            return Err(Problem::bad_request(
                "too many files: send the list in parts",
            ));
        }
        let path = folder.join(&name);
        let file = tokio::fs::File::create_new(&path).await;
        let mut file = file.map_err(|_| {
            Problem::bad_request(format!("two files of the form are called {name}"))
        })?;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            left = left.checked_sub(chunk.len() as u64).ok_or_else(too_large)?;
            let written = file.write_all(&chunk).await;
            written.map_err(|error| Problem::failure(&error))?;
        }
        file.flush()
            .await
            .map_err(|error| Problem::failure(&error))?;
        if part == "file" {
            received.file = Some(name);
        }
    }
}

/// A name that leads nowhere else, on any system.
fn is_plain(name: &str) -> bool {
    let is_allowed = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    (1..=200).contains(&name.len()) && !name.starts_with('.') && name.chars().all(is_allowed)
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "the form has too many bytes: send the list in parts",
    )
}

fn broken(_: axum::extract::multipart::MultipartError) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "upload_broken",
        "the form did not arrive whole: send it again",
    )
}

/// Why a file cannot be imported at all.
fn unreadable(error: Error) -> Problem {
    if let Error::Sheet { source, .. } = &error {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Problem::new(status, "no_register_file", source.to_string());
        return problem.because(source.told());
    }
    Problem::from(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_written() {
        for name in ["register.csv", "Ấn tín 1.png"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["", "..", ".hidden", "a/b", "a\\b", "c:x", "a\nb", "a\0b"] {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
