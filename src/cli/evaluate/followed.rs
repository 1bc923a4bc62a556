//! Wear along the dates that a labelled set states, against what it states of the dies.

use crate::evaluation::truth::Truth;
use crate::evaluation::wear;
use crate::evaluation::wear::ObservedTrend;
use crate::evaluation::wear::ObservedWear;
use crate::evaluation::wear::WearFigures;
use crate::links::Link;
use crate::registry::Register;
use crate::rules::RuleSet;
use crate::trends;
use crate::trends::Entry;
use crate::trends::Quantity;
use crate::trends::Reached;
use crate::trends::Series;
use crate::trends::State;
use crate::trends::Trend;

/// The figures; `None` where the set states no wear.
pub(super) fn figures(
    lines: &[Truth],
    (sightings, links): (&[Entry], &[Link]),
    register: &Register,
) -> Option<WearFigures> {
    let found = trends::find(sightings, links, register, RuleSet::shipped());
    let observed: Vec<ObservedTrend> = found.iter().map(|found| observed(&found.trend)).collect();
    wear::figures(lines, &observed)
}

fn observed(trend: &Trend) -> ObservedTrend {
    let of = |quantity: Quantity| {
        let mut series = trend.series.iter();
        series.find(|own| own.quantity == quantity).and_then(said)
    };
    ObservedTrend {
        seal: trend.seal.clone(),
        last: trend.to,
        missing: of(Quantity::MissingPercent),
        size: of(Quantity::SizeMm),
    }
}

/// What is said of a quantity; `None` where there is too little.
fn said(series: &Series) -> Option<ObservedWear> {
    if series.state == State::NotEnough {
        return None;
    }
    let leaves = series.leaves?;
    Some(ObservedWear {
        grows: series.state.grows(),
        passed: leaves.state == Reached::Passed,
        on: leaves.on,
        not_before: leaves.not_before,
        not_after: leaves.not_after,
    })
}
