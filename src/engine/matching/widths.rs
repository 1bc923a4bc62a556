//! How far the edges of each part moved outwards, and what that says of the lines' widths.
//!
//! Ink spreads alike over neighbouring parts and changes smoothly with pressure, so only what the
//! rings gain over the letters next to them speaks of another die.

use crate::matching::axes::Axis;
use crate::matching::axes::Measure;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::regression::Column;
use crate::matching::regression::Regression;
use crate::order;

/// Model error of a part's spread, millimetres.
const PART_NOISE_MM: f64 = 0.01;
/// Standard deviation of the common spread, and of its change over the face, millimetres.
const SPREAD_MM: f64 = 0.1;
const PRESSURE_MM: f64 = 0.03;
/// How far all lines, the letters, a thin line and a broad one of one die may each stand off in spread,
/// millimetres: they take ink differently.
const LINES_MM: f64 = 0.003;
const THIN_MM: f64 = 0.006;
const BROAD_MM: f64 = 0.01;
/// Widths from which a line starts to be broad, and from which it is, millimetres.
const BROAD_FROM_MM: f64 = 0.35;
const BROAD_AT_MM: f64 = 0.75;
/// A broad line's edges move further than a thin one's when ink spreads, which partly fills a thin line's
/// ink instead: by this share of the spread, and how far that differs, whichever way edges moved. Measured on
/// drawn impressions of two generators: 0.2 to 0.3; nothing where ink draws back.
const BROAD_MORE: f64 = 0.3;
const BROAD_MORE_SPREAD: f64 = 0.2;
/// Thin strokes of a light impression fade rather than grow thin, each line in its own way: how far their
/// edges may stand off in one that lacks as much of the drawing's ink as the second share, millimetres;
/// nothing up to the first. Measured on genuine drawn impressions: faded lines read up to 0.1 too broad.
const FADED_MM: f64 = 0.1;
const FADED: (f64, f64) = (0.04, 0.16);
/// What is left unexplained of a part, as a share of its contrast, where ink lies evenly.
const EVEN: f64 = 0.14;
/// Patchy ink moves a line's edges either way: how far, in millimetres for each share left unexplained
/// beyond that, from one impression to another and from one part to the next. Measured on 275 genuine
/// drawn impressions: a broad line's width strays from the letters' by 0.02 mm where its ink is even, by
/// 0.036 mm at a share of 0.15.
const PATCHY_SPREAD_MM: f64 = 0.08;
const PATCHY_NOISE_MM: f64 = 0.06;
/// Standard deviation of the outer line's own change of spread around the rim, millimetres: a die
/// set down askew presses its rim harder on one side.
const RIM_MM: f64 = 0.02;
/// What another die's lines may do, as a share of their width.
const WIDTH_SHARE: f64 = 0.15;
/// Least parts of either kind.
const PARTS_MIN: usize = 6;

/// How unevenly a part is inked, beyond what even ink leaves unexplained.
fn patchiness(part: &Part) -> f64 {
    (part.residual / part.contrast.max(0.05) - EVEN).clamp(0.0, 1.5)
}

/// How broad a line of so many millimetres is, 0 to 1.
fn breadth(width_mm: f64) -> f64 {
    ((width_mm - BROAD_FROM_MM) / (BROAD_AT_MM - BROAD_FROM_MM)).clamp(0.0, 1.0)
}

/// The width of the line that a part is of, by the widths of all lines from outside; 0 for letters.
fn line_mm(part: &Part, lines_mm: &[f64]) -> f64 {
    match part.zone {
        Zone::Ring(number) => lines_mm.get(number).copied().unwrap_or(0.0),
        Zone::Inside => 0.0,
    }
}

/// Median spread of the letters, millimetres.
fn letters_spread(parts: &[Part]) -> f64 {
    let inner = parts.iter().filter(|part| part.zone == Zone::Inside);
    order::median(inner.map(|part| part.spread)).unwrap_or(0.0)
}

/// What any impression of the die may do to the spread of a part, a row of the regression.
fn row(part: &Part, lines_mm: &[f64], (radius_mm, spread): (f64, f64)) -> Vec<f64> {
    let flag = |set: bool| f64::from(u8::from(set));
    let share = part.at / radius_mm;
    let mut row = vec![1.0, share.x, share.y];
    row.extend([
        share.x * share.x - share.y * share.y,
        2.0 * share.x * share.y,
        share.hypot2(),
    ]);
    let on_line = flag(part.zone != Zone::Inside);
    let outer = flag(part.zone == Zone::Ring(0));
    let angle = libm::atan2(part.at.y, part.at.x);
    for wave in [angle, 2.0 * angle] {
        let (sin, cos) = libm::sincos(wave);
        row.extend([outer * cos, outer * sin]);
    }
    // Thin strokes and broad lines dry up each in their own way.
    row.extend([
        on_line * patchiness(part),
        (1.0 - on_line) * patchiness(part),
    ]);
    let broad = breadth(line_mm(part, lines_mm));
    row.extend([broad * spread, on_line, 1.0 - on_line]);
    row.extend((0..lines_mm.len()).map(|number| flag(part.zone == Zone::Ring(number))));
    row
}

/// Standard deviations of the amounts of a row's columns.
fn deviations(lines_mm: &[f64], missing_ink: f64) -> Vec<f64> {
    let mut deviations = vec![SPREAD_MM];
    deviations.extend([PRESSURE_MM; 5]);
    deviations.extend([RIM_MM; 4]);
    deviations.extend([PATCHY_SPREAD_MM; 2]);
    let faded = FADED_MM * faded(missing_ink);
    deviations.extend([BROAD_MORE_SPREAD, LINES_MM, THIN_MM + faded]);
    deviations.extend(lines_mm.iter().map(|&width| {
        let broad = breadth(width);
        broad * BROAD_MM + (1.0 - broad) * (THIN_MM + faded)
    }));
    deviations
}

/// How light an impression is that lacks so much of the drawing's ink: 0 to 1.
pub(super) fn faded(missing_ink: f64) -> f64 {
    ((missing_ink - FADED.0) / (FADED.1 - FADED.0)).clamp(0.0, 1.0)
}

/// The lines' change of width against that of the letters' strokes, all by one share of their width, told
/// as the outer line's; `None` if too few parts tell. `lines_mm` are the widths of the drawing's lines,
/// from outside, `missing_ink` is the share of its ink that the impression lacks.
pub(super) fn measure(
    parts: &[Part],
    (lines_mm, radius_mm): (&[f64], f64),
    missing_ink: f64,
) -> Option<Measure> {
    let count = |zone: Zone| parts.iter().filter(|part| part.zone == zone).count();
    if count(Zone::Ring(0)).min(count(Zone::Inside)) < PARTS_MIN {
        return None;
    }
    let spread = letters_spread(parts);
    let rows: Vec<f64> = parts
        .iter()
        .flat_map(|part| row(part, lines_mm, (radius_mm, spread)))
        .collect();
    let values = parts.iter().map(|part| {
        let more = BROAD_MORE * breadth(line_mm(part, lines_mm)) * spread.max(0.0);
        part.spread - more
    });
    let variances = parts.iter().map(|part| {
        let noise = PATCHY_NOISE_MM * patchiness(part);
        part.spread_variance + PART_NOISE_MM * PART_NOISE_MM + noise * noise
    });
    let regression = Regression::new(
        values.collect(),
        variances.collect(),
        (0..parts.len()).collect(),
        &rows,
        &deviations(lines_mm, missing_ink),
    );
    let base = regression.base()?;
    let column = Column {
        // Half of a change at each edge.
        entries: parts
            .iter()
            .map(|part| 0.5 * line_mm(part, lines_mm))
            .collect(),
        deviation: WIDTH_SHARE,
    };
    let fit = regression.with(&base, &[column])?;
    let outer_mm = lines_mm.first().copied().unwrap_or(0.0);
    let value = outer_mm * fit.amounts[0];
    let uncertainty = outer_mm * fit.deviations[0];
    Some(Measure {
        log_odds: Some(fit.evidence - base.evidence),
        ..Measure::new(Axis::RingWidthMm, value, uncertainty)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Vec2;

    /// A ring and letters inside, their edges moved outwards by `ring` and `letters`, with pressure
    /// that grows to the right.
    fn parts(ring: f64, letters: f64) -> Vec<Part> {
        (0..80_u32)
            .map(|i| {
                let on_ring = i < 36;
                let angle = f64::from(i) * 0.7;
                let radius = if on_ring { 18.0 } else { 11.0 };
                let at = Vec2::new(radius * libm::cos(angle), radius * libm::sin(angle));
                let wobble = if i % 3 == 0 { 0.008 } else { -0.004 };
                Part {
                    zone: if on_ring { Zone::Ring(0) } else { Zone::Inside },
                    at,
                    normal: on_ring.then(|| at.normalize()),
                    shift: Vec2::ZERO,
                    covariance: [1e-4, 0.0, 1e-4],
                    spread: if on_ring { ring } else { letters } + 0.001 * at.x + wobble,
                    spread_variance: 1e-4,
                    residual: 0.05,
                    contrast: 0.3,
                    edge: Vec2::ZERO,
                    area: 100.0,
                    piece: (!on_ring).then_some(i as usize),
                }
            })
            .collect()
    }

    #[test]
    fn ink_that_spreads_everywhere_says_nothing_of_line_widths() {
        let measure = measure(&parts(0.06, 0.06), (&[0.9], 18.5), 0.0).unwrap();
        assert!(measure.log_odds.unwrap() < 0.0, "{measure:?}");
    }

    #[test]
    fn a_patchily_inked_ring_drawn_back_at_its_edges_is_no_thinner_line() {
        let mut parts = parts(-0.05, 0.0);
        for part in parts.iter_mut().filter(|part| part.normal.is_some()) {
            part.residual = (EVEN + 0.4) * part.contrast;
        }
        let measure = measure(&parts, (&[0.9], 18.5), 0.0).unwrap();
        assert!(measure.log_odds.unwrap() < 0.0, "{measure:?}");
    }

    #[test]
    fn a_ring_thicker_than_its_letters_shows_by_both_edges() {
        let measure = measure(&parts(0.12, 0.0), (&[0.9], 18.5), 0.0).unwrap();
        assert!(measure.log_odds.unwrap() > 2.0, "{measure:?}");
        assert!((measure.value - 0.24).abs() < 0.06, "{measure:?}");
    }
}
