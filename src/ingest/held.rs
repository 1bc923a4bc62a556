//! How much of a picture its data hold.

use crate::ingest::error::Reason;

/// Share of the stated rows that must be there: scanners state a few rows more than they deliver.
const SHARE_MIN: f64 = 0.98;

/// How much of a picture its data hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// All that can be told is there.
    All,
    /// So many rows from the top.
    Rows(u32),
    /// Not everything; which rows cannot be told.
    Part,
}

impl Held {
    /// What this lacks of a picture of so many rows.
    pub(crate) fn shortfall(self, of: u32) -> Option<Reason> {
        match self {
            Self::All => None,
            Self::Rows(rows) if f64::from(rows) >= SHARE_MIN * f64::from(of) => None,
            Self::Rows(rows) => Some(Reason::ImageEndsEarly {
                rows: Some(rows),
                of,
            }),
            Self::Part => Some(Reason::ImageEndsEarly { rows: None, of }),
        }
    }
}
