//! How much of a picture its data hold.

use crate::ingest::Note;
use crate::ingest::error::Reason;

/// Share of the stated rows that must be there: scanners state a few rows more than they deliver.
const SHARE_MIN: f64 = 0.98;

/// How much of a picture its data hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// All that can be told is there.
    All,
    /// All that is needed, and more in the same coding: the encoder left it, or the picture is damaged.
    More,
    /// So many rows from the top.
    Rows(u32),
    /// Not everything; which rows cannot be told.
    Part,
    /// What no encoder wrote; it shows behind so many rows, or only at the end of all.
    Damaged(Option<u32>),
}

impl Held {
    /// Whether a picture of so many rows can be shown, and what is to be said of it.
    ///
    /// # Errors
    /// What it lacks.
    pub(crate) fn check(self, of: u32) -> Result<Option<Note>, Reason> {
        match self {
            Self::All => Ok(None),
            Self::More => Ok(Some(Note::ImageDoubtful)),
            Self::Rows(rows) if f64::from(rows) >= SHARE_MIN * f64::from(of) => Ok(None),
            Self::Rows(rows) => Err(Reason::ImageEndsEarly {
                rows: Some(rows),
                of,
            }),
            Self::Part => Err(Reason::ImageEndsEarly { rows: None, of }),
            Self::Damaged(rows) => Err(Reason::ImageDamaged { rows, of }),
        }
    }
}
