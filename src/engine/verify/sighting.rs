//! What dated impressions of a seal show of its die's wear: kept beside a report, never part of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::matching::Presence;

/// One impression that was taken for a registered seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// Number of its page.
    pub page: u32,
    /// Its index among the report's impressions.
    pub impression: usize,
    /// The seal.
    pub seal: String,
    /// The document's date.
    pub on: Option<Date>,
    /// What it shows; `None` where the document has no date, or the impression may be of another die.
    pub shown: Option<Shown>,
}

/// What an impression shows of the die.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Whether its conclusion is for the die; else it is undecided, or nothing but its size speaks against the die.
    pub accepted: bool,
    /// What of the drawing prints.
    pub presence: Presence,
    /// The whole's size over the specimen's; `None` where the scan's resolution is not known.
    pub scale: Option<f64>,
}
