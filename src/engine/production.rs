//! Stamped or printed, and what makes one impression unlike every other of its seal.
//!
//! Comes in: the pixels of a page with its impressions, and an impression laid over its specimen. Goes
//! out: what the pixels show of a printer's screen or of a program's flat colour; the impression's
//! residual, the way its ink departs from the drawing, as a compact key by which copies of it are
//! found; and the layout of the page, by which two scans of one sheet are told from a copy.

mod explained;
mod print;
mod residual;
mod sheet;

pub use print::Sign;
pub use residual::ResidualKey;
pub use sheet::Agreement;
pub use sheet::SheetKey;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::ingest::Page;

/// What is read from a page's own pixels about how its impressions came there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traces {
    /// What stands on the page besides.
    pub sheet: SheetKey,
    /// For each impression, what shows that it was printed, if anything does.
    pub signs: Vec<Option<Sign>>,
}

impl Traces {
    /// Reads a page; `None` if it bears no impression.
    #[must_use]
    pub fn of(page: &Page, impressions: &[Impression]) -> Option<Self> {
        let read = || Self {
            sheet: SheetKey::new(page, impressions),
            signs: impressions
                .iter()
                .map(|impression| print::sign(page, impression))
                .collect(),
        };
        (!impressions.is_empty()).then(read)
    }

    /// Whether they are of so many impressions, and the page's key holds what it says.
    #[must_use]
    pub fn is_sound(&self, impressions: usize) -> bool {
        self.signs.len() == impressions && self.sheet.is_sound()
    }
}
