//! What an examination gives.

use crate::extraction::Impression;
use crate::verify::crops::Crops;
use crate::verify::details::Details;
use crate::verify::key::DieKey;
use crate::verify::key::ImpressionKey;
use crate::verify::report::Report;
use crate::verify::sighting::Sighting;

/// A document's report and the impressions that it speaks of, in the same order.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The report.
    pub report: Report,
    /// The impressions, for pictures; none where no pictures are wanted.
    pub impressions: Vec<Impression>,
    /// What the report's fields do not hold.
    pub details: Details,
    /// What copies of its impressions are found by.
    pub keys: Vec<ImpressionKey>,
    /// The impressions whose dies are in no register, by which others of these dies are found.
    pub dies: Vec<DieKey>,
    /// What its impressions of registered seals show of wear.
    pub sightings: Vec<Sighting>,
    /// What it is examined anew from without its scan; `None` unless that was wanted, and of a document that could not be
    /// read or was stopped.
    pub crops: Option<Crops>,
}
