//! How strong a likelihood ratio a calibration set supports.
//!
//! Source: P. Vergeer, A. van Es, A. de Jongh, I. Alberink and R. Stoel, Science & Justice 56(6), 2016
//! (empirical upper and lower bounds): a ratio is supported while deciding by it costs less than not
//! looking at all would, although one more genuine and one more forged seal had misled entirely. Trials of
//! one seal resemble each other, so seals are counted, each with the share of its trials.

use std::collections::BTreeMap;

/// A trial: its seal, whether it is forged, and its ratio, base 10 (above 0 for the same die).
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub seal: usize,
    pub forged: bool,
    pub log10_lr: f64,
}

/// Seals with genuine trials, and with forged ones.
pub(super) fn seals(trials: &[Judged]) -> (usize, usize) {
    let of = |forged: bool| by_seal(trials, forged).len();
    (of(false), of(true))
}

/// The strongest log ratios, base 10, that the trials support: for another die, below 0, and for the same.
pub(super) fn supported(trials: &[Judged]) -> (f64, f64) {
    (-bound(trials, -1.0), bound(trials, 1.0))
}

/// The bound in one direction: 1 for the same die, -1 for another.
///
/// Whoever accepts from a ratio t on bears the cost of refusing genuine ones plus t times that of accepting
/// forged ones; refusing everything costs 1. So t is supported while it is below the share of genuine
/// trials that reach it over that of forged ones. The other direction is the same with signs and kinds
/// exchanged.
fn bound(trials: &[Judged], sign: f64) -> f64 {
    let (for_it, against) = (by_seal(trials, sign < 0.0), by_seal(trials, sign > 0.0));
    if for_it.is_empty() || against.is_empty() {
        return 0.0;
    }
    let share = |seals: &BTreeMap<usize, Vec<f64>>, at: f64, misled: f64| {
        let reach = |own: &Vec<f64>| {
            own.iter().filter(|ratio| sign * **ratio >= at).count() as f64 / own.len() as f64
        };
        (seals.values().map(reach).sum::<f64>() + misled) / (seals.len() as f64 + 1.0)
    };
    let mut places: Vec<f64> = trials.iter().map(|trial| sign * trial.log10_lr).collect();
    places.sort_by(f64::total_cmp);
    let mut highest: f64 = 0.0;
    for at in places.into_iter().filter(|at| *at > 0.0) {
        let supported = libm::log10(share(&for_it, at, 0.0) / share(&against, at, 1.0));
        if supported < at {
            // Between the last place and this one the ratio of shares is that of this one.
            return highest.max(supported.min(at));
        }
        highest = at;
    }
    highest
}

fn by_seal(trials: &[Judged], forged: bool) -> BTreeMap<usize, Vec<f64>> {
    let mut seals: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for trial in trials.iter().filter(|trial| trial.forged == forged) {
        seals.entry(trial.seal).or_default().push(trial.log10_lr);
    }
    seals
}
