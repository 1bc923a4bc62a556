//! What spoke most for another die, in plain words.

use crate::matching::Axis;
use crate::verdict::Evidence;

/// Measurements that are named: more than two explain no better.
const NAMED_MAX: usize = 2;

/// A second measurement is named only if it says at least this share of what the first says.
const SHARE_MIN: f64 = 0.5;

/// Positions of the measurements that spoke most for another die, the strongest first, given what
/// each says (above 0 speaks for the same die); none where none does.
#[must_use]
pub fn strongest(log10_lrs: &[Option<f64>]) -> Vec<usize> {
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
    positions.take(NAMED_MAX).collect()
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

/// A value on an axis with its uncertainty and unit. Changes that have a direction have a sign.
#[must_use]
pub fn amount(axis: Axis, value: f64, uncertainty: f64) -> String {
    match axis {
        Axis::ScalePercent => format!("{value:+.2} ± {uncertainty:.2} %"),
        Axis::RingRadiusMm | Axis::RingWidthMm | Axis::MotifSizeMm => {
            format!("{value:+.2} ± {uncertainty:.2} mm")
        }
        Axis::MotifTurnDeg => format!("{value:+.1} ± {uncertainty:.1}°"),
        Axis::MotifShiftMm
        | Axis::TextSpacingMm
        | Axis::GlyphDisplacementMm
        | Axis::GroupShiftMm => format!("{value:.2} ± {uncertainty:.2} mm"),
        Axis::GlyphShape | Axis::ExtraInk => {
            format!("{:.1} ± {:.1} %", 100.0 * value, 100.0 * uncertainty)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(axis: Axis, value: f64, log10_lr: f64) -> Evidence {
        Evidence {
            axis,
            value,
            uncertainty: 0.05,
            log10_lr,
            at_px: Vec::new(),
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
    fn nothing_is_named_where_no_measurement_speaks_for_another_die() {
        let all = [evidence(Axis::TextSpacingMm, 0.01, 0.4)];
        assert_eq!(phrase(&spoke_most(&all)), None);
        assert!(strongest(&[None, Some(0.0)]).is_empty());
    }
}
