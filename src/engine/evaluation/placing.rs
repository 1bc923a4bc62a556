//! Figures of where impressions stand: the seal over the signature, and pages that say nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evaluation::claims;
use crate::evaluation::claims::Claim;
use crate::evaluation::rate::Rate;
use crate::evaluation::rate::Spread;
use crate::evaluation::trial::Trial;
use crate::placement::Role;

/// How far a share of the signature may lie from the drawn one and count as right (the bar's own figure).
pub const OVERLAP_ERROR_MAX: f64 = 0.08;

/// What was said of an impression's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// Share of the signature within the seal.
    pub signature_overlap: Option<f64>,
    /// Whether a signature was seen at it, whatever is known of its share.
    #[serde(default)]
    pub signature_seen: bool,
    /// Whether its page was said to be blank.
    pub blank: bool,
    /// Whether it was said to stand on print.
    #[serde(default)]
    pub over_print: Option<bool>,
    /// What it was said to stand for.
    #[serde(default)]
    pub role: Option<Role>,
    /// Whether it was said not to stand on the signature as the law asks.
    #[serde(default)]
    pub off_signature: bool,
    /// Whether it was said not to stand over issuer and date as the law asks.
    #[serde(default)]
    pub off_date: bool,
    /// Whether it was said to be turned.
    #[serde(default)]
    pub turned: bool,
}

/// Figures of one group of trials; of found impressions all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Placing {
    /// Signed ones whose signature's overlap was read.
    pub overlap_read: Rate,
    /// Of these the ones right within [`OVERLAP_ERROR_MAX`].
    pub overlap_right: Rate,
    /// Read less drawn overlap, without sign.
    pub overlap_error: Option<Spread>,
    /// Unsigned ones with a signature none the less.
    pub signature_invented: Rate,
    /// Those on pages that bear nothing else, called blank; of the ones that were not found too.
    pub blank_found: Rate,
    /// Those on pages that say something, called blank.
    pub blank_invented: Rate,
    /// What else was said of where they stand.
    #[serde(default)]
    pub claims: Vec<Claim>,
}

impl Placing {
    /// Counts; lines that do not say how the page was signed or filled count for nothing.
    #[must_use]
    pub fn of(trials: &[&Trial]) -> Self {
        let placed = || {
            let found = trials.iter().copied().filter(|trial| trial.detected);
            found.filter_map(|trial| Some((trial, trial.placed?)))
        };
        let drawn = |trial: &Trial| number(trial, "signature_overlap");
        let signed = || placed().filter(|(trial, _)| drawn(trial).is_some());
        let error = |(trial, placed): (&Trial, Placed)| {
            Some((placed.signature_overlap? - drawn(trial)?).abs())
        };
        let is_read = |trial: &Trial| trial.placed.is_some_and(|p| p.signature_overlap.is_some());
        let is_right = |trial: &Trial| {
            let found = trial.placed.and_then(|placed| error((trial, placed)));
            found.is_some_and(|error| error <= OVERLAP_ERROR_MAX)
        };
        let unsigned = placed().filter(|(trial, _)| {
            trial.truth.others.get("signed_over") == Some(&Value::Bool(false))
        });
        let is_bare = |trial: &Trial| trial.truth.field("filling").as_deref() == Some("bare");
        let is_blank = |trial: &Trial| trial.placed.is_some_and(|placed| placed.blank);
        let read = signed().filter(|(trial, _)| is_read(trial));
        let bare = trials.iter().copied().filter(|trial| is_bare(trial));
        let filled = placed().filter(|(trial, _)| !is_bare(trial));
        Self {
            overlap_read: Rate::of(only(signed()), is_read),
            overlap_right: Rate::of(only(read), is_right),
            overlap_error: Spread::of(signed().filter_map(error)),
            signature_invented: Rate::of(only(unsigned), is_read),
            claims: claims::of(placed()),
            blank_found: Rate::of(bare, is_blank),
            blank_invented: Rate::of(only(filled), is_blank),
        }
    }
}

/// Whether a line says that its letter is a Chinese one.
pub(super) fn is_chinese(trial: &Trial) -> bool {
    let letter = trial.truth.others.get("letter");
    letter.and_then(|letter| letter.get("language")?.as_str()) == Some("chinese")
}

/// A number that a line states.
pub(super) fn number(trial: &Trial, field: &str) -> Option<f64> {
    trial.truth.others.get(field).and_then(Value::as_f64)
}

/// The trials of pairs.
fn only<'a>(pairs: impl Iterator<Item = (&'a Trial, Placed)>) -> impl Iterator<Item = &'a Trial> {
    pairs.map(|(trial, _)| trial)
}
