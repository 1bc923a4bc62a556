//! Findings that one proposes to set aside and another agrees to.

use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::two_person;
use crate::accounts::two_person::Answer;
use crate::accounts::two_person::Refusal;
use crate::accounts::two_person::State;
use crate::audit::Act;
use crate::audit::Deed;
use crate::decision::Decision;
use crate::rules::Finding;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::documents::StoredDocument;
use crate::storage::proposals::proposed;
use crate::storage::proposals::proposer;
use crate::storage::register::parsed;
use crate::storage::register::written;

const COLUMNS: &str =
    "number, document, office, finding, reason, proposed_by, proposed_at, answered";

/// A decision to propose.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDecision {
    /// SHA-256 of the document.
    pub document: String,
    /// The office whose document it is.
    pub office: Option<String>,
    /// The finding as it was seen.
    pub finding: Finding,
    /// Why it is to be set aside.
    pub reason: String,
}

/// Which decisions are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Only those about this document.
    pub document: Option<String>,
    /// Only those about documents of this office; `Some("")` for documents of none.
    pub office: Option<String>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those before this number.
    pub before: Option<u64>,
}

/// What came of proposing or answering a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    /// It stands so now.
    Done(Box<Decision>),
    /// The proposal or the answer does not count.
    Refused(Refusal),
    /// About this finding something is proposed already, under this number.
    Open(u64),
    /// There is no such decision.
    Unknown,
}

impl Store {
    /// Keeps a proposal to set a finding aside.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is kept.
    pub async fn propose_decision(&self, new: &NewDecision, act: &Act) -> Result<Decided, Error> {
        let by = proposer(act)?;
        let reason = match two_person::reason(&new.reason) {
            Ok(reason) => reason,
            Err(refusal) => return Ok(Decided::Refused(refusal)),
        };
        let mut transaction = self.begin().await?;
        let filter = DecisionFilter {
            document: Some(new.document.clone()),
            office: Some(new.office.clone().unwrap_or_default()),
            ..DecisionFilter::default()
        };
        let before = select(&mut transaction, &filter, u32::MAX).await?;
        let stands = before.iter().find(|decision| {
            let is_open = decision.proposed.state == State::Open;
            (is_open || decision.is_approved()) && decision.is_about(&new.finding)
        });
        if let Some(decision) = stands {
            return Ok(Decided::Open(decision.number));
        }
        let row = sqlx::query(
            "insert into decision \
             (document, office, finding, reason, proposed_by, proposed_at, state, answered) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning number",
        )
        .bind(&new.document)
        .bind(&new.office)
        .bind(written(&new.finding))
        .bind(&reason)
        .bind(by.as_str())
        .bind(act.at.to_string())
        .bind(State::Open.name())
        .bind(written(&State::Open))
        .fetch_one(&mut *transaction)
        .await?;
        let number = row.get::<i64, _>(0).unsigned_abs();
        let decision = find(&mut transaction, number).await?;
        self.told(&mut transaction, &decision, act).await?;
        transaction.commit().await?;
        Ok(decision.map_or(Decided::Unknown, |decision| {
            Decided::Done(Box::new(decision))
        }))
    }

    /// Decisions, the latest first, `count` at most.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn decisions(
        &self,
        filter: &DecisionFilter,
        count: u32,
    ) -> Result<Vec<Decision>, Error> {
        let mut connection = self.pool.acquire().await?;
        select(&mut connection, filter, count).await
    }

    /// The decision of this number.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn decision(&self, number: u64) -> Result<Option<Decision>, Error> {
        let mut connection = self.pool.acquire().await?;
        find(&mut connection, number).await
    }

    /// Answers a decision for the person in whose name the act is.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then it stays open.
    pub async fn answer_decision(
        &self,
        number: u64,
        answer: Answer,
        act: &Act,
    ) -> Result<Decided, Error> {
        let by = proposer(act)?;
        let mut transaction = self.begin().await?;
        let Some(decision) = find(&mut transaction, number).await? else {
            return Ok(Decided::Unknown);
        };
        let state = match decision.proposed.answered(answer, by, act.at) {
            Ok(state) => state,
            Err(refusal) => return Ok(Decided::Refused(refusal)),
        };
        sqlx::query("update decision set state = $1, answered = $2 where number = $3")
            .bind(state.name())
            .bind(written(&state))
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
        let decision = find(&mut transaction, number).await?;
        self.told(&mut transaction, &decision, act).await?;
        transaction.commit().await?;
        Ok(decision.map_or(Decided::Unknown, |decision| {
            Decided::Done(Box::new(decision))
        }))
    }

    /// Writes down what became of a decision.
    async fn told(
        &self,
        connection: &mut AnyConnection,
        decision: &Option<Decision>,
        act: &Act,
    ) -> Result<(), Error> {
        let Some(decision) = decision else {
            return Ok(());
        };
        let deed = match decision.proposed.state {
            State::Open => Deed::DecisionProposed,
            State::Approved { .. } => Deed::DecisionApproved,
            State::Rejected { .. } => Deed::DecisionRejected,
            State::Withdrawn { .. } => Deed::DecisionWithdrawn,
        };
        let detail = json!({ "decision": decision.number, "code": decision.finding.code });
        audit::append(connection, &act.entry(deed, &decision.document, detail)).await
    }
}

/// Whether a second person agreed to something that was decided about a document: what stands of it then is not taken back.
pub(super) async fn is_signed_off(
    connection: &mut AnyConnection,
    document: &StoredDocument,
) -> Result<bool, Error> {
    let approved = sqlx::query(
        "select number from decision \
         where document = $1 and coalesce(office, '') = $2 and state = 'approved' limit 1",
    )
    .bind(&document.sha256)
    .bind(&document.office)
    .fetch_optional(connection)
    .await?;
    Ok(approved.is_some())
}

async fn find(connection: &mut AnyConnection, number: u64) -> Result<Option<Decision>, Error> {
    let text = format!("select {COLUMNS} from decision where number = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(decision).transpose()
}

async fn select(
    connection: &mut AnyConnection,
    filter: &DecisionFilter,
    count: u32,
) -> Result<Vec<Decision>, Error> {
    // A mark that is no office's name stands for all of them.
    let text = format!(
        "select {COLUMNS} from decision where ($1 = '' or document = $1) \
         and ($2 = '*' or coalesce(office, '') = $2) and ($3 = '' or state = $3) and number < $4 \
         order by number desc limit $5"
    );
    let before = filter.before.and_then(|before| i64::try_from(before).ok());
    let rows = sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(filter.document.clone().unwrap_or_default())
        .bind(filter.office.clone().unwrap_or_else(|| "*".to_owned()))
        .bind(filter.state.clone().unwrap_or_default())
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(count))
        .fetch_all(connection)
        .await?;
    rows.iter().map(decision).collect()
}

fn decision(row: &AnyRow) -> Result<Decision, Error> {
    let document: String = row.get(1);
    Ok(Decision {
        number: row.get::<i64, _>(0).unsigned_abs(),
        office: row.get(2),
        finding: parsed(row.get(3), &document)?,
        reason: row.get(4),
        proposed: proposed(row, 5, &document)?,
        document,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    use crate::audit::Actor;
    use crate::rules::Severity;

    fn act(login: &str) -> Act {
        Act {
            who: Actor::Person(login.parse().unwrap()),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn new(code: &str) -> NewDecision {
        NewDecision {
            document: "00ff".into(),
            office: Some("B1".into()),
            finding: Finding {
                code: code.into(),
                severity: Severity::Warning,
                impression: Some(0),
                page: Some(1),
                message: "said".into(),
                values: serde_json::Map::new(),
                basis: None,
            },
            reason: "seen under the glass".into(),
        }
    }

    #[tokio::test]
    async fn a_finding_is_set_aside_by_two_people_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let lan = act("lan");
        let put = store.propose_decision(&new("seal.printed"), &lan).await;
        let Decided::Done(open) = put.unwrap() else {
            panic!("it was not kept");
        };
        let again = store.propose_decision(&new("seal.printed"), &lan).await;
        assert_eq!(again.unwrap(), Decided::Open(open.number));
        let own = store.answer_decision(open.number, Answer::Approve, &lan);
        assert_eq!(own.await.unwrap(), Decided::Refused(Refusal::Own));
        let minh = act("minh");
        let done = store.answer_decision(open.number, Answer::Approve, &minh);
        let Decided::Done(done) = done.await.unwrap() else {
            panic!("it was not approved");
        };
        assert!(done.is_approved() && done.is_about(&new("seal.printed").finding));
        let twice = store
            .answer_decision(open.number, Answer::Approve, &act("hoa"))
            .await;
        let refusal = Refusal::Answered { state: "approved" };
        assert_eq!(twice.unwrap(), Decided::Refused(refusal));
        let none = store.answer_decision(7, Answer::Approve, &minh).await;
        assert_eq!(none.unwrap(), Decided::Unknown);
    }

    #[tokio::test]
    async fn decisions_are_read_by_document_office_and_state() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let elsewhere = NewDecision {
            office: None,
            ..new("seal.colour")
        };
        for new in [new("seal.printed"), new("seal.deformed"), elsewhere] {
            let put = store.propose_decision(&new, &act("lan")).await.unwrap();
            assert!(matches!(put, Decided::Done(_)), "{put:?}");
        }
        let count =
            async |filter: DecisionFilter| store.decisions(&filter, 10).await.unwrap().len();
        let all = DecisionFilter::default();
        assert_eq!(count(all.clone()).await, 3);
        let own = |office: &str| DecisionFilter {
            office: Some(office.to_owned()),
            ..DecisionFilter::default()
        };
        assert_eq!(count(own("B1")).await, 2);
        assert_eq!(count(own("")).await, 1);
        let approved = DecisionFilter {
            state: Some("approved".into()),
            ..all
        };
        assert_eq!(count(approved).await, 0);
        let without_reason = NewDecision {
            reason: " ".into(),
            ..new("seal.printed")
        };
        let refused = store.propose_decision(&without_reason, &act("lan")).await;
        assert_eq!(refused.unwrap(), Decided::Refused(Refusal::Reason));
    }
}
