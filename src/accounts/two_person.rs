//! The two-person rule: what one proposes, another approves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::accounts::Login;

/// Fewest characters of a reason: a dot is none.
pub const REASON_CHARS_MIN: usize = 5;
/// Most characters of a reason.
pub const REASON_CHARS_MAX: usize = 2_000;

/// What became of something proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nobody has answered yet.
    Open,
    /// Another approved it.
    Approved {
        /// Who.
        by: Login,
        /// When.
        at: Timestamp,
    },
    /// Another rejected it.
    Rejected {
        /// Who.
        by: Login,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Who had proposed it took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

impl State {
    /// Its name in files and in the API.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// Something proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// By whom.
    pub by: Login,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub state: State,
}

/// An answer to something proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Let it be done.
    Approve,
    /// Let it not be done.
    Reject {
        /// Why.
        reason: String,
    },
    /// The proposer takes it back.
    Withdraw,
}

/// Why an answer does not count.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// One person alone.
    #[error("who proposed it cannot answer it as well: somebody else must")]
    Own,
    /// Only one's own is taken back.
    #[error("only {by}, who proposed it, can take it back")]
    NotOwn {
        /// Who proposed it.
        by: Login,
    },
    /// It was answered before.
    #[error("it is {state} already")]
    Answered {
        /// What became of it.
        state: &'static str,
    },
    /// Nothing tells why.
    #[error("a reason of {REASON_CHARS_MIN} to {REASON_CHARS_MAX} characters is needed")]
    Reason,
}

impl Proposed {
    /// Something that is proposed now.
    #[must_use]
    pub const fn new(by: Login, at: Timestamp) -> Self {
        Self {
            by,
            at,
            state: State::Open,
        }
    }

    /// What becomes of it by this answer; that the role allows it is seen to elsewhere.
    ///
    /// # Errors
    /// If it was answered before, or this person may not give this answer.
    pub fn answered(&self, answer: Answer, by: &Login, at: Timestamp) -> Result<State, Refusal> {
        if self.state != State::Open {
            return Err(Refusal::Answered {
                state: self.state.name(),
            });
        }
        let is_own = *by == self.by;
        match answer {
            Answer::Approve | Answer::Reject { .. } if is_own => Err(Refusal::Own),
            Answer::Withdraw if !is_own => Err(Refusal::NotOwn {
                by: self.by.clone(),
            }),
            Answer::Approve => Ok(State::Approved { by: by.clone(), at }),
            Answer::Reject { reason } => Ok(State::Rejected {
                by: by.clone(),
                at,
                reason: self::reason(&reason)?,
            }),
            Answer::Withdraw => Ok(State::Withdrawn { at }),
        }
    }
}

/// A reason that says something.
///
/// # Errors
/// If it is too short or too long.
pub fn reason(given: &str) -> Result<String, Refusal> {
    let given = given.trim();
    let count = given.chars().count();
    if (REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&count) {
        Ok(given.to_owned())
    } else {
        Err(Refusal::Reason)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn login(number: u8) -> Login {
        format!("person-{number}").parse().unwrap()
    }

    fn answer() -> impl Strategy<Value = Answer> {
        prop_oneof![
            Just(Answer::Approve),
            "[a-z]{0,12}".prop_map(|reason| Answer::Reject { reason }),
            Just(Answer::Withdraw),
        ]
    }

    proptest! {
        #[test]
        fn nobody_answers_his_own_and_what_was_answered_stays(
            answers in proptest::collection::vec((answer(), 0_u8..3), 1..12)
        ) {
            let mut proposed = Proposed::new(login(0), Timestamp::UNIX_EPOCH);
            for (answer, who) in answers {
                let before = proposed.state.clone();
                match proposed.answered(answer, &login(who), Timestamp::UNIX_EPOCH) {
                    Ok(state) => {
                        prop_assert_eq!(before, State::Open);
                        match &state {
                            State::Approved { by, .. } | State::Rejected { by, .. } => {
                                prop_assert_ne!(by, &proposed.by);
                            }
                            State::Withdrawn { .. } => prop_assert_eq!(who, 0),
                            State::Open => prop_assert!(false, "an answer leaves nothing open"),
                        }
                        proposed.state = state;
                    }
                    Err(_) => prop_assert_eq!(&proposed.state, &before),
                }
            }
        }
    }

    #[test]
    fn each_refusal_says_why() {
        let at = Timestamp::UNIX_EPOCH;
        let mut proposed = Proposed::new(login(1), at);
        let own = proposed.answered(Answer::Approve, &login(1), at);
        assert_eq!(own, Err(Refusal::Own));
        let taken = proposed.answered(Answer::Withdraw, &login(2), at);
        assert_eq!(taken, Err(Refusal::NotOwn { by: login(1) }));
        let reason = || Answer::Reject {
            reason: " . ".into(),
        };
        assert_eq!(
            proposed.answered(reason(), &login(2), at),
            Err(Refusal::Reason)
        );
        proposed.state = proposed.answered(Answer::Approve, &login(2), at).unwrap();
        let again = proposed.answered(Answer::Approve, &login(3), at);
        assert_eq!(again, Err(Refusal::Answered { state: "approved" }));
    }
}
