//! What spoke most for another die, in plain words.

use crate::matching::Axis;
use crate::verdict::Evidence;

/// Measurements that are named: more than two explain no better.
const NAMED_MAX: usize = 2;

/// A second measurement is named only if it says at least this share of what the first says.
pub const SHARE_MIN: f64 = 0.5;

/// Decimal places that are ever shown.
const PLACES_MAX: usize = 4;

/// Positions of the measurements that spoke most for another die, the strongest first, given what
/// each says (above 0 speaks for the same die); none where none does.
#[must_use]
pub fn strongest(log10_lrs: &[Option<f64>]) -> Vec<usize> {
    lowest(log10_lrs, NAMED_MAX)
}

/// The same of those that spoke most for the same die, so many at most.
#[must_use]
pub fn agreeing(log10_lrs: &[Option<f64>], most: usize) -> Vec<usize> {
    let turned = log10_lrs.iter().map(|ratio| ratio.map(|ratio| -ratio));
    lowest(&turned.collect::<Vec<_>>(), most)
}

/// Positions of the lowest below 0 that are at least [`SHARE_MIN`] of the lowest, which comes first; so many at most.
fn lowest(log10_lrs: &[Option<f64>], most: usize) -> Vec<usize> {
    let mut against: Vec<(usize, f64)> = log10_lrs
        .iter()
        .enumerate()
        .filter_map(|(position, ratio)| ratio.map(|ratio| (position, ratio)))
        .filter(|&(_, ratio)| ratio < 0.0)
        .collect();
    against.sort_by(|a, b| a.1.total_cmp(&b.1));
    let first = against.first().map_or(0.0, |&(_, ratio)| ratio);
    against.retain(|&(_, ratio)| ratio <= SHARE_MIN * first);
    let positions = against.into_iter().map(|(position, _)| position);
    positions.take(most).collect()
}

/// The measurements of a judgement that spoke most for another die.
pub(super) fn spoke_most(evidence: &[Evidence]) -> Vec<&Evidence> {
    let ratios: Vec<Option<f64>> = evidence.iter().map(|e| Some(e.log10_lr)).collect();
    let positions = strongest(&ratios).into_iter();
    positions.map(|position| &evidence[position]).collect()
}

/// The measurements in one phrase, such as "mostly the outer ring's radius: +0.43 ± 0.05 mm";
/// `None` where none spoke for another die.
pub(super) fn phrase(evidence: &[&Evidence]) -> Option<String> {
    let named: Vec<String> = evidence
        .iter()
        .map(|e| {
            let amount = amount(e.axis, e.value, e.uncertainty);
            format!("{}: {amount}", axis_name(e.axis))
        })
        .collect();
    (!named.is_empty()).then(|| format!("mostly {}", named.join(", and ")))
}

/// What an axis measures, in plain words.
#[must_use]
pub const fn axis_name(axis: Axis) -> &'static str {
    match axis {
        Axis::ScalePercent => "the whole size",
        Axis::RingRadiusMm => "the outer ring's radius",
        Axis::RingWidthMm => "the width of the rings",
        Axis::MotifTurnDeg => "the turn of the figure in the middle",
        Axis::MotifShiftMm => "the place of the figure in the middle",
        Axis::MotifSizeMm => "the size of the figure in the middle",
        Axis::TextSpacingMm => "the spacing of the text",
        Axis::GlyphDisplacementMm => "the place of single letters",
        Axis::GroupShiftMm => "the place of one mark, word or line",
        Axis::GlyphShape => "the shape of the letters, ink unexplained",
        Axis::ExtraInk => "ink that the specimen lacks",
    }
}

/// A value on an axis with its uncertainty and unit, to as many places as show the uncertainty.
/// Changes that have a direction have a sign.
#[must_use]
pub fn amount(axis: Axis, value: f64, uncertainty: f64) -> String {
    let (factor, unit, usual) = match axis {
        Axis::ScalePercent => (1.0, " %", 2),
        Axis::MotifTurnDeg => (1.0, "°", 1),
        Axis::GlyphShape | Axis::ExtraInk => (100.0, " %", 1),
        Axis::RingRadiusMm
        | Axis::RingWidthMm
        | Axis::MotifSizeMm
        | Axis::MotifShiftMm
        | Axis::TextSpacingMm
        | Axis::GlyphDisplacementMm
        | Axis::GroupShiftMm => (1.0, " mm", 2),
    };
    let (value, uncertainty) = (factor * value, factor * uncertainty);
    let places = places(uncertainty, usual);
    match axis {
        Axis::ScalePercent
        | Axis::RingRadiusMm
        | Axis::RingWidthMm
        | Axis::MotifSizeMm
        | Axis::MotifTurnDeg => {
            format!("{value:+.places$} ± {uncertainty:.places$}{unit}")
        }
        Axis::MotifShiftMm
        | Axis::TextSpacingMm
        | Axis::GlyphDisplacementMm
        | Axis::GroupShiftMm
        | Axis::GlyphShape
        | Axis::ExtraInk => format!("{value:.places$} ± {uncertainty:.places$}{unit}"),
    }
}

/// Decimal places that show an uncertainty: those that are usual, or as many more as reach its first digit.
#[must_use]
pub fn places(uncertainty: f64, usual: usize) -> usize {
    (usual..PLACES_MAX)
        .find(|&places| uncertainty >= 0.5 * libm::pow(0.1, places as f64))
        .unwrap_or(PLACES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(axis: Axis, value: f64, log10_lr: f64) -> Evidence {
        Evidence {
            axis,
            value,
            uncertainty: 0.05,
            visibility: None,
            log10_lr,
            at_px: Vec::new(),
            displacements: Vec::new(),
            text_band: None,
        }
    }

    #[test]
    fn the_strongest_measurement_is_named_first_and_weak_ones_are_not() {
        let all = [
            evidence(Axis::GlyphShape, 0.3, -0.7),
            evidence(Axis::TextSpacingMm, 0.01, 0.4),
            evidence(Axis::RingRadiusMm, 0.43, -1.2),
            evidence(Axis::ExtraInk, 0.02, -0.2),
        ];
        let named = phrase(&spoke_most(&all)).unwrap();
        assert_eq!(
            named,
            "mostly the outer ring's radius: +0.43 ± 0.05 mm, \
             and the shape of the letters, ink unexplained: 30.0 ± 5.0 %"
        );
    }

    #[test]
    fn what_agrees_most_comes_first_and_what_says_less_than_half_as_much_not_at_all() {
        let ratios = [0.36, -0.2, 0.5, 0.11, 0.42].map(Some);
        assert_eq!(agreeing(&ratios, 5), [2, 4, 0]);
        assert_eq!(agreeing(&ratios, 2), [2, 4]);
        assert_eq!(strongest(&ratios), [1]);
    }

    #[test]
    fn a_small_uncertainty_is_shown_to_its_first_digit() {
        let shown = |uncertainty| amount(Axis::GlyphDisplacementMm, 0.0912, uncertainty);
        assert_eq!(shown(0.03), "0.09 ± 0.03 mm");
        assert_eq!(shown(0.0031), "0.091 ± 0.003 mm");
        assert_eq!(shown(0.0), "0.0912 ± 0.0000 mm");
    }

    #[test]
    fn nothing_is_named_where_no_measurement_speaks_for_another_die() {
        let all = [evidence(Axis::TextSpacingMm, 0.01, 0.4)];
        assert_eq!(phrase(&spoke_most(&all)), None);
        assert!(strongest(&[None, Some(0.0)]).is_empty());
        assert!(agreeing(&[None, Some(0.0), Some(-0.4)], 3).is_empty());
    }
}
