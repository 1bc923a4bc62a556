//! What each measured axis says: the odds that another die made it, against the registered one.
//!
//! Where many parts were explained together, the explanation's evidence is taken, tempered by what
//! calibration found it worth. Other axes scatter around their centre by a Student distribution
//! whose scale was measured on genuine synthetic impressions, and widely for another die. Each way of
//! making another die (size, border, line width, motif, spacing, letters) moves some axes and
//! leaves the rest: within a way the axis that moved most counts, and the ways add up, each at the
//! share that calibration found it worth.

use crate::imaging::ColourMode;
use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Measure;
use crate::verdict::calibration;
use crate::verdict::calibration::Scatter;

/// The ways in which another die betrays itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Size,
    Border,
    LineWidth,
    Motif,
    Group,
    Spacing,
    Letters,
}

const WAYS: [Way; 7] = [
    Way::Size,
    Way::Border,
    Way::LineWidth,
    Way::Motif,
    Way::Group,
    Way::Spacing,
    Way::Letters,
];

/// Degrees of freedom of the genuine scatter: tails as heavy as bad inking makes them.
const FREEDOM: f64 = 4.0;

/// Natural logarithm of the odds for another die.
#[derive(Clone, Debug)]
pub(super) struct Odds {
    /// All ways together.
    pub total: f64,
    /// By measure, in the order of the comparison's.
    pub by_measure: Vec<f64>,
}

fn way(axis: Axis) -> Way {
    match axis {
        Axis::ScalePercent => Way::Size,
        Axis::RingRadiusMm => Way::Border,
        Axis::RingWidthMm => Way::LineWidth,
        Axis::MotifTurnDeg | Axis::MotifShiftMm | Axis::MotifSizeMm => Way::Motif,
        Axis::GroupShiftMm => Way::Group,
        Axis::TextSpacingMm => Way::Spacing,
        Axis::GlyphDisplacementMm | Axis::GlyphShape | Axis::ExtraInk => Way::Letters,
    }
}

/// The odds that a comparison's measures give.
pub(super) fn odds(comparison: &Comparison, mode: ColourMode) -> Odds {
    let by_measure: Vec<f64> = comparison
        .measures
        .iter()
        .map(|measure| log_odds(measure, mode))
        .collect();
    let of_way = |wanted: Way| -> Option<f64> {
        let members = comparison.measures.iter().zip(&by_measure);
        let own: Vec<f64> = members
            .filter(|(measure, _)| way(measure.axis) == wanted)
            .map(|(_, &odds)| odds)
            .collect();
        let most = own.iter().copied().reduce(f64::max)?;
        // The largest of several counts for less the more there were to choose from.
        Some(weighted(wanted, most - libm::log(own.len() as f64)))
    };
    let ways = WAYS.iter().filter_map(|&way| of_way(way));
    let total = calibration::intercept(mode) + ways.sum::<f64>();
    let counted = comparison.measures.iter().zip(&by_measure);
    Odds {
        total,
        by_measure: counted
            .map(|(measure, &odds)| weighted(way(measure.axis), odds))
            .collect(),
    }
}

/// A way's log odds at the share that they are worth.
fn weighted(way: Way, odds: f64) -> f64 {
    let odds = odds.clamp(*calibration::ODDS.start(), *calibration::ODDS.end());
    let (against, support) = calibration::shares(way);
    odds * if odds > 0.0 { against } else { support }
}

/// Log odds for another die: the tempered evidence of an explanation, or else the wide density
/// over the genuine one.
fn log_odds(measure: &Measure, mode: ColourMode) -> f64 {
    let tempering = measure.log_odds.zip(calibration::tempering(measure.axis));
    if let Some((evidence, (offset, slope))) = tempering {
        let (least, most) = (calibration::EVIDENCE.start(), calibration::EVIDENCE.end());
        return offset + slope * evidence.clamp(*least, *most);
    }
    let Some(scatter) = calibration::scatter(measure.axis, mode) else {
        return 0.0;
    };
    let Scatter {
        centre,
        scale,
        wide,
    } = scatter;
    let excess = (measure.value.abs() - centre).max(0.0);
    let own = libm::hypot(scale, 1.5 * measure.uncertainty);
    let genuine = -0.5 * (FREEDOM + 1.0) * libm::log1p(excess * excess / (own * own * FREEDOM))
        - libm::log(own);
    let reach = libm::hypot(wide, own);
    let other = -libm::log1p(excess * excess / (reach * reach)) - libm::log(reach);
    other - genuine
}
