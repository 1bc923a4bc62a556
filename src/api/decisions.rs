//! Findings that one proposes to set aside and another agrees to; reports are never touched.

use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::accounts::Action;
use crate::api::Shared;
use crate::api::documents::own;
use crate::api::identity::Caller;
use crate::api::page::Page;
use crate::api::page::PageQuery;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::proposals::Answering;
use crate::api::proposals::refused;
use crate::decision::Decision;
use crate::storage::decisions::Decided;
use crate::storage::decisions::DecisionFilter;
use crate::storage::decisions::NewDecision;

/// A decision about a finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Shown {
    /// Its number.
    number: u64,
    /// SHA-256 of the document.
    sha256: String,
    /// The office whose document it is.
    office: Option<String>,
    /// The finding as it was seen.
    finding: Value,
    /// Why it is to be set aside.
    reason: String,
    /// Who proposed it.
    by: String,
    /// When.
    at: String,
    /// open, approved, rejected or withdrawn; with who, when and why.
    answer: Value,
}

impl From<&Decision> for Shown {
    fn from(decision: &Decision) -> Self {
        Self {
            number: decision.number,
            sha256: decision.document.clone(),
            office: decision.office.clone(),
            finding: json!(decision.finding),
            reason: decision.reason.clone(),
            by: decision.proposed.by.to_string(),
            at: decision.proposed.at.to_string(),
            answer: json!(decision.proposed.state),
        }
    }
}

/// Which decisions are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// In this state: open, approved, rejected or withdrawn.
    state: Option<String>,
    /// Of this office, for those who see all.
    office: Option<String>,
}

/// A finding to set aside.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Proposing {
    /// Its place among the report's findings, counted from 0.
    finding: usize,
    /// Why.
    reason: String,
}

/// What was decided about a document, and what it comes to with that.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    /// What the engine says; never changed.
    outcome: Value,
    /// What it comes to without the findings that two people set aside.
    outcome_after: Value,
    /// All decisions, the latest first.
    decisions: Vec<Shown>,
    /// For each finding of the report, the number of the decision that sets it aside.
    set_aside: Vec<Option<u64>>,
}

/// Decisions, the latest first.
#[utoipa::path(
    get, path = "/decisions", tag = "decisions", params(Filter, PageQuery),
    responses((status = 200, body = Page<Shown>))
)]
pub(super) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Shown>>> {
    let filter = DecisionFilter {
        document: None,
        office: caller.scope(filter.office)?,
        state: filter.state,
        before: page
            .position()?
            .and_then(|before| u64::try_from(before).ok()),
    };
    let decisions = service.store.decisions(&filter, page.limit()).await?;
    let shown = decisions.iter().map(Shown::from).collect();
    Ok(Json(Page::new(shown, page.limit(), |one: &Shown| {
        i64::try_from(one.number).unwrap_or(i64::MAX)
    })))
}

/// What was decided about a document.
#[utoipa::path(
    get, path = "/documents/{id}/decisions", tag = "decisions",
    responses((status = 200, body = Standing), (status = 404, body = Problem))
)]
pub(super) async fn of_document(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Standing>> {
    let document = own(&service, &caller, &id).await?;
    let report = service.store.report(&document).await?;
    let report = report.ok_or_else(|| Problem::not_found("report"))?;
    let filter = DecisionFilter {
        document: Some(document.sha256.clone()),
        office: Some(document.office.clone()),
        ..DecisionFilter::default()
    };
    let decisions = service.store.decisions(&filter, u32::MAX).await?;
    let set_aside = report.findings.iter().map(|finding| {
        let decision = crate::decision::setting_aside(&decisions, finding);
        decision.map(|decision| decision.number)
    });
    let after = crate::decision::outcome(report.outcome, &report.findings, &decisions);
    Ok(Json(Standing {
        outcome: json!(report.outcome),
        outcome_after: json!(after),
        set_aside: set_aside.collect(),
        decisions: decisions.iter().map(Shown::from).collect(),
    }))
}

/// Propose that a finding is set aside.
#[utoipa::path(
    post, path = "/documents/{id}/decisions", tag = "decisions", request_body = Proposing,
    responses((status = 201, body = Shown), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn propose(
    State(service): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(proposing): Json<Proposing>,
) -> Answer<(StatusCode, Json<Shown>)> {
    let document = own(&service, &caller, &id).await?;
    let report = service.store.report(&document).await?;
    let findings = report.map(|report| report.findings).unwrap_or_default();
    let finding = findings.into_iter().nth(proposing.finding);
    let new = NewDecision {
        document: document.sha256,
        office: Some(document.office).filter(|office| !office.is_empty()),
        finding: finding.ok_or_else(|| Problem::not_found("finding"))?,
        reason: proposing.reason,
    };
    let decided = service.store.propose_decision(&new, &caller.act()).await?;
    Ok((StatusCode::CREATED, Json(done(decided)?)))
}

/// Agree to what another proposed or reject it, or take back one's own.
#[utoipa::path(
    post, path = "/decisions/{number}/answer", tag = "decisions", request_body = Answering,
    responses((status = 200, body = Shown), (status = 403, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn answer(
    State(service): State<Shared>,
    caller: Caller,
    Path(number): Path<u64>,
    Json(answering): Json<Answering>,
) -> Answer<Json<Shown>> {
    let decision = service.store.decision(number).await?;
    let is_own = |decision: &Decision| caller.sees(decision.office.as_deref().unwrap_or_default());
    if !decision.is_some_and(|decision| is_own(&decision)) {
        return Err(Problem::not_found("decision"));
    }
    let answer = answering.allowed(&caller, (Action::ApproveDecision, Action::ProposeDecision))?;
    let act = caller.act();
    let decided = service.store.answer_decision(number, answer, &act).await?;
    Ok(Json(done(decided)?))
}

fn done(decided: Decided) -> Answer<Shown> {
    match decided {
        Decided::Done(decision) => Ok(Shown::from(decision.as_ref())),
        Decided::Refused(refusal) => Err(refused(&refusal)),
        Decided::Open(number) => Err(Problem::conflict(
            "decision_stands",
            format!("decision {number} is about this finding already"),
        )),
        Decided::Unknown => Err(Problem::not_found("decision")),
    }
}
