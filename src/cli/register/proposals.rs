//! `antin register proposals`: changes of the register that one proposes and another approves.

use std::path::Path;

use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::Value;
use serde_json::json;

use crate::accounts::Action;
use crate::accounts::two_person::Answer;
use crate::accounts::two_person::State;
use crate::audit::Act;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::register::judging;
use crate::cli::register::told;
use crate::cli::rules;
use crate::cli::who::Who;
use crate::report::words;
use crate::storage::Store;
use crate::storage::import::Import;
use crate::storage::proposals::Answered;
use crate::storage::proposals::NewProposal;
use crate::storage::proposals::Proposal;
use crate::storage::proposals::Put;

/// Most proposals that a list shows.
const LISTED_MAX: u32 = 200;

/// How a change is proposed, once people have accounts.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Putting {
    #[command(flatten)]
    pub(super) who: Who,
    /// What whoever approves it should know.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists proposals, the latest first.
    List {
        /// Those that were answered as well.
        #[arg(long)]
        all: bool,
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Shows what a proposal would do, line by line.
    Show {
        /// Its number.
        number: u64,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Approves what another proposed: the rows are recorded, if they would still do the same.
    Approve {
        /// Its number.
        number: u64,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        rules: rules::Choice,
    },
    /// Rejects what another proposed.
    Reject {
        /// Its number.
        number: u64,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        who: Who,
    },
    /// Takes back what one proposed oneself.
    Withdraw {
        /// Its number.
        number: u64,
        #[command(flatten)]
        who: Who,
    },
}

pub(super) async fn run(
    arguments: Arguments,
    store: &Store,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let command = arguments.command.unwrap_or(Command::List {
        all: false,
        json: false,
    });
    match command {
        Command::List { all, json } => list(store, all, json, output).await,
        Command::Show { number, json } => match store.proposal(number).await? {
            Some(proposal) => show(store, &proposal, json, output).await,
            None => Ok(unknown(number, output)),
        },
        Command::Approve { number, who, rules } => {
            let act = match who.act(store, Action::ApproveChange, output).await? {
                Ok(act) => act,
                Err(exit) => return Ok(exit),
            };
            let exit = answer(store, (number, Answer::Approve), &act, output).await?;
            if exit == Exit::Passed {
                judging::again(store, &rules, output).await?;
            }
            Ok(exit)
        }
        Command::Reject {
            number,
            reason,
            who,
        } => match who.act(store, Action::ApproveChange, output).await? {
            Ok(act) => answer(store, (number, Answer::Reject { reason }), &act, output).await,
            Err(exit) => Ok(exit),
        },
        Command::Withdraw { number, who } => {
            match who.act(store, Action::ProposeChange, output).await? {
                Ok(act) => answer(store, (number, Answer::Withdraw), &act, output).await,
                Err(exit) => Ok(exit),
            }
        }
    }
}

/// Proposes the good rows of a file.
pub(super) async fn put(
    store: &Store,
    (import, file): (Import, &Path),
    (act, putting): (&Act, &Putting),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let exit = told(&import, file, output);
    let left_out = words::counted(import.failures.len(), "row");
    let Some(content) = import.content else {
        return Ok(exit);
    };
    let name = file.file_name().unwrap_or(file.as_os_str());
    let new = NewProposal {
        source: name.to_string_lossy().into_owned(),
        content,
        note: putting.note.clone(),
    };
    match store.propose(&new, act).await? {
        Put::Kept(number) => {
            output.line(format!(
                "proposal {number} waits for somebody else's approval; {left_out} left out"
            ))?;
            output.note(&format!(
                "`antin register proposals show {number}` shows what it would do"
            ));
        }
        Put::Nothing => output.line(format!(
            "nothing to propose: all of it is in the register; {left_out} left out"
        ))?,
        Put::Faulty(faults) => {
            faults.iter().for_each(|fault| output.error(fault));
            return Ok(Exit::Input);
        }
    }
    Ok(exit)
}

async fn answer(
    store: &Store,
    (number, answer): (u64, Answer),
    act: &Act,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match store.answer_proposal(number, answer, act).await? {
        Answered::Done(state, _) => {
            let revision = store.revision().await?;
            let more = match state {
                State::Approved { .. } => format!("; register revision {revision}"),
                State::Open | State::Rejected { .. } | State::Withdrawn { .. } => String::new(),
            };
            output.line(format!("proposal {number} is {}{more}", state.name()))?;
            Ok(Exit::Passed)
        }
        Answered::Refused(refusal) => {
            output.error(&format!("proposal {number}: {refusal}"));
            Ok(Exit::Usage)
        }
        Answered::Stale { now } => {
            output.error(&format!(
                "proposal {number}: the register has moved on, and it would do something else now; \
                 nothing was recorded: withdraw it and propose it again"
            ));
            for line in now {
                output.line(format!("  now: {line}"))?;
            }
            Ok(Exit::Attention)
        }
        Answered::Unknown => Ok(unknown(number, output)),
    }
}

fn unknown(number: u64, output: &mut Output) -> Exit {
    output.error(&format!(
        "there is no proposal {number}; see `antin register proposals list --all`"
    ));
    Exit::Usage
}

async fn list(store: &Store, all: bool, json: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let state = (!all).then_some("open");
    let proposals = store.proposals(state, None, LISTED_MAX).await?;
    if json {
        for proposal in &proposals {
            output.line(as_json(proposal, None))?;
        }
        return Ok(Exit::Passed);
    }
    if proposals.is_empty() {
        output.note("nothing waits for an answer");
        return Ok(Exit::Passed);
    }
    let mut table = Table::new();
    words::fit(&mut table);
    table.set_header(["", "file", "lines", "by", "at", "state", "note"]);
    for proposal in proposals {
        let proposed = proposal.proposed;
        table.add_row([
            proposal.number.to_string(),
            proposal.source,
            proposal.effect.len().to_string(),
            proposed.by.to_string(),
            proposed.at.to_string(),
            proposed.state.name().to_owned(),
            proposal.note.unwrap_or_default(),
        ]);
    }
    output.line(table)?;
    Ok(Exit::Passed)
}

async fn show(
    store: &Store,
    proposal: &Proposal,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    // Only while it is open does it matter what it would do now.
    let now = match proposal.proposed.state {
        State::Open => Some(store.effect_now(proposal).await?),
        State::Approved { .. } | State::Rejected { .. } | State::Withdrawn { .. } => None,
    };
    let now = now.filter(|now| *now != proposal.effect);
    if json {
        output.line(as_json(proposal, now.as_deref()))?;
        return Ok(Exit::Passed);
    }
    let proposed = &proposal.proposed;
    output.line(format!(
        "proposal {} of {} by {} at {}: {}",
        proposal.number,
        proposal.source,
        proposed.by,
        proposed.at,
        proposed.state.name()
    ))?;
    if let Some(note) = &proposal.note {
        output.line(format!("  note: {note}"))?;
    }
    match &proposed.state {
        State::Approved { by, at } => output.line(format!("  approved by {by} at {at}"))?,
        State::Rejected { by, at, reason } => {
            output.line(format!("  rejected by {by} at {at}: {reason}"))?;
        }
        State::Open | State::Withdrawn { .. } => {}
    }
    for line in &proposal.effect {
        output.line(format!("  {line}"))?;
    }
    if let Some(now) = now {
        output.warning(
            "the register has moved on since; it would do this now, and cannot be approved",
        );
        for line in now {
            output.line(format!("  now: {line}"))?;
        }
    }
    Ok(Exit::Passed)
}

fn as_json(proposal: &Proposal, now: Option<&[String]>) -> Value {
    let mut value = json!(proposal);
    if let (Some(members), Some(now)) = (value.as_object_mut(), now) {
        members.insert("effect_now".to_owned(), json!(now));
    }
    value
}
