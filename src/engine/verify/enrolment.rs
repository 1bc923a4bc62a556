//! Whether a specimen is good enough: what comparisons with it rest on, each asked for by itself.
//!
//! Measured with `cargo bench --bench enrolment -- 14 7601`: 183 specimens from fine to poor of 14 drawn seals, each alone the specimen
//! of its seal in 1,499 comparisons with genuine and forged impressions. Genuine ones were spoken against in 3.1 % of those
//! with a specimen that passes all checks (covered at most 0.02 then), and in 12.3 % with one that fails one. What cannot be
//! examined (1.5 and 0.5 %) does not depend on the specimen.

use serde::Serialize;

use crate::extraction::Impression;
use crate::measurement;
use crate::units::Dpi;

/// Pixels an inch. Where all else is passed, genuine impressions are spoken against in 30 % below 180 dpi, 3.1 % at 200, 3.8 % at
/// 300 and 1.4 % above; at 200 dpi 16.9 % stay undecided, at 300 9.4 %.
const DPI_MIN: f64 = 300.0;
/// Share of the border that bears ink: 21.4 % between 0.8 and 0.9, 4.2 % between 0.9 and 0.97, whatever else is passed.
const BORDER_MIN: f64 = 0.9;
/// Share of the drawing that can be examined: 18.9 % between 0.8 and 0.9, 9.2 % between 0.9 and 0.97, whatever else is passed.
const USABLE_MIN: f64 = 0.9;
/// Share of the area inside the outline that print or writing may cover. Where all else is passed: 3.1 % up to 0.02, 4.2 % between
/// 0.02 and 0.04, 12.2 % above.
const COVERED_MAX: f64 = 0.04;

/// One thing that is asked of a specimen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What: `resolution`, `colour`, `border`, `usable` or `covered`.
    pub code: &'static str,
    /// What was found; null where it is not a number, or not known.
    pub value: Option<f64>,
    /// What is asked for.
    pub needed: Option<f64>,
    /// Whether it suffices.
    pub good: bool,
}

/// What is asked of a specimen, in the order in which it is told.
#[must_use]
pub fn checks(impression: &Impression) -> Vec<Check> {
    let measured = measurement::measure(impression);
    let at_least = |code, value: Option<f64>, needed: f64| Check {
        code,
        value,
        needed: Some(needed),
        good: value.is_some_and(|value| value >= needed),
    };
    let covered = covered(impression);
    let mut checks = vec![
        at_least("resolution", impression.dpi.map(Dpi::get), DPI_MIN),
        Check {
            code: "colour",
            value: None,
            needed: None,
            good: impression.separable,
        },
    ];
    // A stamp without outline has no border.
    if measured.coverage.is_some() {
        checks.push(at_least("border", measured.coverage, BORDER_MIN));
    }
    checks.push(at_least("usable", Some(measured.usable), USABLE_MIN));
    checks.push(Check {
        code: "covered",
        value: Some(covered),
        needed: Some(COVERED_MAX),
        good: covered <= COVERED_MAX,
    });
    checks
}

/// Share of the layer that text and other marks cover.
fn covered(impression: &Impression) -> f64 {
    let text = &impression.layers.text;
    let dark = text.samples().iter().filter(|sample| **sample > 127);
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    count(dark.count()) / count(text.samples().len()).max(1.0)
}
