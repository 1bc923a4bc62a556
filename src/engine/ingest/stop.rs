//! What ends a reader before it is done: limits of time and memory, and the reader's own failures.

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

/// Why a reader ended before it was done with a document, or did not begin; in words that follow the name of what it was at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Stop {
    /// It took too long.
    #[error("took longer than {} s, and was stopped", after.as_secs_f64())]
    TookLonger {
        /// How long it was waited for.
        after: Duration,
    },
    /// It wanted more memory than it may have.
    #[error("needs more memory than the limit allows")]
    Memory,
    /// The document is nested more deeply than the reader's stack holds.
    #[error("is nested too deeply")]
    NestedTooDeeply,
    /// The system ended it, as it does at the limit of processor time.
    #[error("needs more CPU time than the limit allows, or was killed")]
    CpuTime,
    /// It ended by a signal of another kind.
    #[error("made the reader fail (signal {signal})")]
    Signal {
        /// The system's number of the signal.
        signal: i32,
    },
    /// It ended without a last word.
    #[error("made the reader fail ({said})")]
    Ended {
        /// What the system said of it.
        said: String,
    },
    /// It panicked.
    #[error("{said}")]
    Panicked {
        /// What it said last.
        said: String,
    },
    /// It answered what it was not to answer then.
    #[error("the reader's answer is out of order")]
    OutOfOrder,
    /// Its answer is no answer.
    #[error("the reader's answer is too long or garbled")]
    Garbled,
    /// The system cannot say what became of it.
    #[error("the reader is lost ({said})")]
    Lost {
        /// What the system said.
        said: String,
    },
    /// It cannot be started.
    #[error("the reader {reader} cannot be started ({said})")]
    NotStarted {
        /// The program.
        reader: String,
        /// What the system said.
        said: String,
    },
    /// Two readings of the file differ.
    #[error("the file changed while it was read: try again")]
    FileChanged,
    /// Nobody tried, since other pages had failed.
    #[error("not tried, because of earlier pages")]
    EarlierPages,
    /// Nobody came so far.
    #[error("the document was not read to its end")]
    NotToTheEnd,
}
