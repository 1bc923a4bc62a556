//! Impressions that agree with a die on the watch list.

use crate::rules::Finding;

/// That an impression agrees with a listed die, with the strength of it where it was measured.
#[must_use]
pub fn listed(die: &str, log10_lr: Option<f64>) -> Finding {
    let message = format!(
        "It agrees with {die}, a die on the watch list of known counterfeits, better than with any registered seal."
    );
    Finding::violation("seal.watch_listed", message)
        .value("die", die)
        .value("log10_lr", log10_lr)
}
