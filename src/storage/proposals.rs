//! Changes of the register that one proposes and another approves.
//!
//! A proposal keeps the rows themselves and, line by line, what recording them would do. They are recorded by the
//! approval, in its transaction, and only if they would still do the same.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::Login;
use crate::accounts::two_person::Answer;
use crate::accounts::two_person::Proposed;
use crate::accounts::two_person::Refusal;
use crate::accounts::two_person::State;
use crate::audit::Act;
use crate::audit::Deed;
use crate::registry::Entry;
use crate::registry::Event;
use crate::registry::sheet::events;
use crate::storage::Changes;
use crate::storage::Error;
use crate::storage::NewSeal;
use crate::storage::Store;
use crate::storage::accounts::read;
use crate::storage::audit;
use crate::storage::entries;
use crate::storage::register;
use crate::storage::register::parsed;
use crate::storage::register::written;

mod effect;
#[cfg(test)]
mod tests;

pub use effect::Line;
pub use effect::Weight;
pub use effect::rows;

const COLUMNS: &str =
    "number, source, content, effect, revision, note, proposed_by, proposed_at, answered";

/// How often an approval begins again because the register changed while it was looked at; chosen.
const TRIES: u32 = 5;

/// The rows that are to be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Seals with their specimens, whose files are kept already.
    Seals(Vec<NewSeal>),
    /// Events in the lives of seals.
    Events(Vec<SealEvent>),
    /// Rows of other registers.
    Entries(Vec<Entry>),
}

/// An event, with the seal that it happened to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SealEvent {
    /// The seal's identifier.
    pub seal: String,
    /// What happened.
    pub event: Event,
}

impl From<events::Entry> for SealEvent {
    fn from(entry: events::Entry) -> Self {
        Self {
            seal: entry.seal,
            event: entry.event,
        }
    }
}

/// A proposal as kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// Counted from one.
    pub number: u64,
    /// Name of the file that the rows stood in.
    pub source: String,
    /// The rows.
    #[serde(skip)]
    pub content: Content,
    /// What recording them does, line by line, as it was when they were proposed.
    pub effect: Vec<String>,
    /// The register's revision then.
    pub revision: u64,
    /// What the proposer says to it.
    pub note: Option<String>,
    /// By whom, when, and what became of it.
    pub proposed: Proposed,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProposal {
    /// Name of the file that the rows stood in.
    pub source: String,
    /// The rows.
    pub content: Content,
    /// What the proposer says to it.
    pub note: Option<String>,
}

/// What came of proposing something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It waits for an answer under this number.
    Kept(u64),
    /// All of it is in the register already.
    Nothing,
    /// Some rows cannot be recorded, for these reasons.
    Faulty(Vec<String>),
}

/// What came of answering a proposal.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    /// It was rejected or taken back; or approved and recorded, with these changes.
    Done(State, Changes),
    /// The answer does not count.
    Refused(Refusal),
    /// The register has moved on: the rows would do something else now than what was proposed.
    Stale {
        /// What they would do now.
        now: Vec<String>,
    },
    /// There is no such proposal.
    Unknown,
}

impl Store {
    /// Keeps a proposal of the person in whose name the act is.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is kept.
    pub async fn propose(&self, new: &NewProposal, act: &Act) -> Result<Put, Error> {
        let by = proposer(act)?;
        let effect = self.effect(&new.content).await?;
        let is_fault = |line: &&Line| line.weight == Weight::Fault;
        let faults: Vec<String> = effect.iter().filter(is_fault).map(Line::text).collect();
        if !faults.is_empty() {
            return Ok(Put::Faulty(faults));
        }
        if effect.iter().all(|line| line.weight == Weight::Nothing) {
            return Ok(Put::Nothing);
        }
        let effect: Vec<String> = effect.into_iter().map(|line| line.text).collect();
        let revision = i64::try_from(self.revision().await?).unwrap_or(i64::MAX);
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "insert into proposal \
             (source, content, effect, revision, note, proposed_by, proposed_at, state, answered) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning number",
        )
        .bind(&new.source)
        .bind(written(&new.content))
        .bind(written(&effect))
        .bind(revision)
        .bind(&new.note)
        .bind(by.as_str())
        .bind(act.at.to_string())
        .bind(State::Open.name())
        .bind(written(&State::Open))
        .fetch_one(&mut *transaction)
        .await?;
        let number = row.get::<i64, _>(0).unsigned_abs();
        let detail = json!({ "source": new.source, "lines": effect.len() });
        let entry = act.entry(Deed::ChangeProposed, &subject(number), detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Put::Kept(number))
    }

    /// Proposals in a state, or all, the latest first, from before a number, `count` at most.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn proposals(
        &self,
        state: Option<&str>,
        before: Option<u64>,
        count: u32,
    ) -> Result<Vec<Proposal>, Error> {
        let text = format!(
            "select {COLUMNS} from proposal where ($1 = '' or state = $1) and number < $2 \
             order by number desc limit $3"
        );
        let before = before.and_then(|before| i64::try_from(before).ok());
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(state.unwrap_or_default())
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(proposal).collect()
    }

    /// The proposal of this number.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn proposal(&self, number: u64) -> Result<Option<Proposal>, Error> {
        let mut connection = self.pool.acquire().await?;
        find(&mut connection, number).await
    }

    /// What recording a proposal's rows would do now, line by line.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn effect_now(&self, proposal: &Proposal) -> Result<Vec<String>, Error> {
        let effect = self.effect(&proposal.content).await?;
        Ok(effect.into_iter().map(|line| line.text).collect())
    }

    /// What recording rows would do, line by line, each with whether it would change anything.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn preview(&self, content: &Content) -> Result<Vec<Line>, Error> {
        self.effect(content).await
    }

    /// Answers a proposal for the person in whose name the act is; an approval records its rows, once.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is recorded and the proposal stays open.
    pub async fn answer_proposal(
        &self,
        number: u64,
        answer: Answer,
        act: &Act,
    ) -> Result<Answered, Error> {
        let by = proposer(act)?;
        for _ in 0..TRIES {
            let Some(proposal) = self.proposal(number).await? else {
                return Ok(Answered::Unknown);
            };
            let state = match proposal.proposed.answered(answer.clone(), by, act.at) {
                Ok(state) => state,
                Err(refusal) => return Ok(Answered::Refused(refusal)),
            };
            let is_approved = matches!(state, State::Approved { .. });
            // What it would do is looked at before the transaction: reading a large register holds nobody up.
            let revision = self.revision().await?;
            if is_approved {
                let now = self.effect_now(&proposal).await?;
                if now != proposal.effect {
                    return Ok(Answered::Stale { now });
                }
            }
            let mut transaction = self.begin().await?;
            let has_moved = is_approved && current(&mut transaction).await? != revision;
            let still = find(&mut transaction, number).await?;
            if has_moved || still.as_ref() != Some(&proposal) {
                transaction.rollback().await?;
                continue;
            }
            let mut changes = Changes::default();
            if is_approved {
                changes = record(&mut transaction, &proposal, act).await?;
            }
            settle(&mut transaction, (number, &state), act).await?;
            transaction.commit().await?;
            return Ok(Answered::Done(state, changes));
        }
        // Somebody imports without end: as good as changed.
        let proposal = self.proposal(number).await?;
        Ok(match proposal {
            Some(proposal) => Answered::Stale {
                now: self.effect_now(&proposal).await?,
            },
            None => Answered::Unknown,
        })
    }
}

/// Who proposes or answers: changes that two people agree on are made in people's names.
pub(super) fn proposer(act: &Act) -> Result<&Login, Error> {
    act.who.login().ok_or(Error::Nameless)
}

fn subject(number: u64) -> String {
    format!("proposal {number}")
}

async fn current(connection: &mut AnyConnection) -> Result<u64, Error> {
    let row = sqlx::query("select coalesce(max(number), 0) from revision")
        .fetch_one(connection)
        .await?;
    Ok(row.get::<i64, _>(0).unsigned_abs())
}

/// Records the rows under a revision of their own, all or none: what two people agreed on is one thing, and bears both names.
async fn record(
    connection: &mut AnyConnection,
    proposal: &Proposal,
    act: &Act,
) -> Result<Changes, Error> {
    let source = format!("{} ({})", proposal.source, subject(proposal.number));
    let revision = register::new_revision(connection, &source, act.at).await?;
    let by = format!("{}, approved by {}", proposal.proposed.by, act.who);
    let under = (revision, by.as_str());
    let mut changes = Changes::default();
    match &proposal.content {
        Content::Seals(seals) => {
            for seal in seals {
                changes += register::record_seal(connection, seal, revision).await?;
            }
        }
        Content::Events(given) => {
            for SealEvent { seal, event } in given {
                changes += register::record_event(connection, (seal, event), under).await?;
            }
        }
        Content::Entries(given) => {
            for entry in given {
                changes += entries::record(connection, entry, under).await?;
            }
        }
    }
    Ok(changes)
}

/// Writes down what became of a proposal.
async fn settle(
    connection: &mut AnyConnection,
    (number, state): (u64, &State),
    act: &Act,
) -> Result<(), Error> {
    sqlx::query("update proposal set state = $1, answered = $2 where number = $3")
        .bind(state.name())
        .bind(written(state))
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .execute(&mut *connection)
        .await?;
    let deed = match state {
        State::Approved { .. } => Deed::ChangeApproved,
        State::Rejected { .. } => Deed::ChangeRejected,
        State::Withdrawn { .. } | State::Open => Deed::ChangeWithdrawn,
    };
    audit::append(connection, &act.entry(deed, &subject(number), json!({}))).await
}

async fn find(connection: &mut AnyConnection, number: u64) -> Result<Option<Proposal>, Error> {
    let text = format!("select {COLUMNS} from proposal where number = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(proposal).transpose()
}

fn proposal(row: &AnyRow) -> Result<Proposal, Error> {
    let number = row.get::<i64, _>(0).unsigned_abs();
    let key = subject(number);
    Ok(Proposal {
        number,
        source: row.get(1),
        content: parsed(row.get(2), &key)?,
        effect: parsed(row.get(3), &key)?,
        revision: row.get::<i64, _>(4).unsigned_abs(),
        note: row.get(5),
        proposed: proposed(row, 6, &key)?,
    })
}

/// Who proposed something and what became of it, from three columns.
pub(super) fn proposed(row: &AnyRow, column: usize, key: &str) -> Result<Proposed, Error> {
    Ok(Proposed {
        by: read(row.get(column), "the login")?,
        at: read(row.get(column + 1), "the instant")?,
        state: parsed(row.get(column + 2), key)?,
    })
}
