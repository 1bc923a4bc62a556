//! From parts to axes: signed physical measurements, each of which one way of making another die
//! moves, and none of which skew, scanner stretch, ink spread or hidden ink moves.
//!
//! Differences between parts of one impression cancel what is common to all of it: ink spread
//! widens every line, a turned sheet turns star and text alike.

use serde::{Deserialize, Serialize};

use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::matching::canonical::PER_MM;
use crate::matching::coverage::Coverage;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::zone::PART_NOISE_MM;
use crate::matching::zone::PARTS_MIN;
use crate::matching::zone::ZoneFit;
use crate::matching::zone::fit;
use crate::matching::zone::outward_mean;
use crate::matching::zone::predicted;
use crate::matching::zone::robust_mean;
use crate::matching::zone::rows;
use crate::units::floor_index;

/// What was measured. The unit of each is in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Whole size against the specimen's, percent.
    ScalePercent,
    /// Outer ring's radius against what the inside's scale asks, millimetres.
    RingRadiusMm,
    /// Shift of the outer ring's radius against the innermost ring's, millimetres.
    RingGapMm,
    /// Outer ring's width change against that of the letters' strokes, millimetres.
    RingWidthMm,
    /// Outer ring's width change against the next ring's, millimetres.
    RingWidthDifferenceMm,
    /// Inner zone's turn against the band's, degrees.
    MotifTurnDeg,
    /// Inner zone's shift against the band's, millimetres.
    MotifShiftMm,
    /// Inner zone's growth at its rim against the band's, millimetres.
    MotifSizeMm,
    /// Root mean square of the text's tangential shift by sector, millimetres.
    TextSpacingMm,
    /// Root mean square of all shifts after an affine map, millimetres.
    FieldMm,
    /// Median shift of a part against its neighbours, millimetres.
    GlyphDisplacementMm,
    /// Shift that 85 in 100 parts stay below, millimetres.
    GlyphDisplacementHighMm,
    /// Largest shift of a group of neighbouring parts against the whole, millimetres.
    GroupShiftMm,
    /// Median unexplained ink in the letters over their contrast, a share of one.
    GlyphShape,
    /// Unexplained ink over contrast in the group of neighbouring parts where it is largest.
    GroupShape,
    /// Ink that the specimen lacks, a share of one.
    ExtraInk,
}

/// One measured axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What was measured.
    pub axis: Axis,
    /// The value, in the axis' unit.
    pub value: f64,
    /// One standard deviation from what was visible, in the same unit.
    pub uncertainty: f64,
    /// Where the largest deviations stand, in page pixels.
    pub at_px: Vec<(f64, f64)>,
}

/// What the parts' frame means outside.
pub(super) struct Frame {
    pub radius_mm: f64,
    pub scale: Option<f64>,
    pub separable: bool,
    /// Specimen's grid to page pixels.
    pub page_from_specimen: Affine,
    /// Outline's centre on the specimen's grid.
    pub centre: Point,
}

/// Sectors of the text band.
const SECTORS: usize = 12;

/// Measures every axis that the parts allow.
pub(super) fn measure(parts: &[Part], coverage: &Coverage, frame: &Frame) -> Vec<Measure> {
    let inner: Vec<&Part> = parts
        .iter()
        .filter(|part| !matches!(part.zone, Zone::Ring(_)))
        .collect();
    let of = |zone: Zone| -> Vec<&Part> { parts.iter().filter(|part| part.zone == zone).collect() };
    let rings: Vec<Vec<&Part>> = (0..4).map(|number| of(Zone::Ring(number))).collect();
    let mut measures = Vec::new();
    if let Some(scale) = frame.scale {
        let (value, uncertainty) = (100.0 * (scale - 1.0), 0.2);
        measures.push(Measure {
            axis: Axis::ScalePercent,
            value,
            uncertainty,
            at_px: Vec::new(),
        });
    }
    let whole = fit(&inner);
    measures.extend(
        whole
            .as_ref()
            .and_then(|fit| ring_radius(&rings, fit, frame)),
    );
    measures.extend(ring_gap(&rings, frame));
    measures.extend(ring_widths(&rings, &inner));
    let (band, motif) = (of(Zone::Band), of(Zone::Motif));
    measures.extend(motif_axes(&band, &motif, frame));
    measures.extend(text_spacing(&band, frame));
    if let Some(fit) = &whole {
        measures.extend(field_axes(&inner, fit, frame));
    }
    measures.extend(glyph_shape(&inner, &rings, frame));
    measures.extend(group_shape(&inner, frame));
    if let (Some(extra), true) = (coverage.extra, frame.separable) {
        measures.push(Measure {
            axis: Axis::ExtraInk,
            value: extra,
            uncertainty: 0.01,
            at_px: Vec::new(),
        });
    }
    measures.retain(|measure| measure.value.is_finite() && measure.uncertainty.is_finite());
    measures
}

fn page_points<'a>(parts: impl Iterator<Item = &'a &'a Part>, frame: &Frame) -> Vec<(f64, f64)> {
    parts
        .take(6)
        .map(|part| {
            let point = frame.page_from_specimen * (frame.centre + part.at * PER_MM);
            (point.x, point.y)
        })
        .collect()
}

fn ring_radius(rings: &[Vec<&Part>], inside: &ZoneFit, frame: &Frame) -> Option<Measure> {
    let miss = |part: &Part| {
        part.normal
            .map_or(0.0, |n| n.dot(part.shift - predicted(inside, part.at)))
    };
    let (value, variance) = outward_mean(&rings[0], miss)?;
    let growth = frame.radius_mm * frame.radius_mm * inside.covariance[(3, 3)];
    let uncertainty = libm::sqrt(variance + growth);
    Some(Measure {
        axis: Axis::RingRadiusMm,
        value,
        uncertainty,
        at_px: page_points(rings[0].iter().step_by(5), frame),
    })
}

fn ring_gap(rings: &[Vec<&Part>], frame: &Frame) -> Option<Measure> {
    let outward = |part: &Part| part.normal.map_or(0.0, |n| n.dot(part.shift));
    let outer = outward_mean(&rings[0], outward)?;
    let last = rings.iter().skip(1).rfind(|ring| ring.len() >= PARTS_MIN)?;
    let inner = outward_mean(last, outward)?;
    Some(Measure {
        axis: Axis::RingGapMm,
        value: outer.0 - inner.0,
        uncertainty: libm::sqrt(outer.1 + inner.1),
        at_px: page_points(rings[0].iter().step_by(5), frame),
    })
}

/// Mean outward move of the edges of some parts, with its variance.
fn spread(parts: &[&Part]) -> Option<(f64, f64)> {
    let values: Vec<(f64, f64)> = parts
        .iter()
        .map(|part| (part.spread, part.spread_variance + 1e-4))
        .collect();
    if values.len() < PARTS_MIN {
        None
    } else {
        robust_mean(&values)
    }
}

fn ring_widths(rings: &[Vec<&Part>], inner: &[&Part]) -> Vec<Measure> {
    let mut measures = Vec::new();
    let Some(outer) = spread(&rings[0]) else {
        return measures;
    };
    let mut push = |axis: Axis, other: Option<(f64, f64)>| {
        if let Some(other) = other {
            // Both edges of a line move, so its width changes by twice the spread.
            let uncertainty = 2.0 * libm::sqrt(outer.1 + other.1);
            measures.push(Measure {
                axis,
                value: 2.0 * (outer.0 - other.0),
                uncertainty,
                at_px: Vec::new(),
            });
        }
    };
    push(Axis::RingWidthMm, spread(inner));
    push(Axis::RingWidthDifferenceMm, spread(&rings[1]));
    measures
}

fn motif_axes(band: &[&Part], motif: &[&Part], frame: &Frame) -> Vec<Measure> {
    let (Some(outer), Some(inner)) = (fit(band), fit(motif)) else {
        return Vec::new();
    };
    let covariance = outer.covariance + inner.covariance;
    let difference = inner.solution - outer.solution;
    let middle = motif
        .iter()
        .map(|part| part.at)
        .fold(Vec2::ZERO, |sum, at| sum + at)
        / motif.len() as f64;
    let reach = motif
        .iter()
        .map(|part| (part.at - middle).hypot())
        .fold(0.5, f64::max);
    let between = ZoneFit {
        solution: difference,
        covariance,
    };
    let shift = predicted(&between, middle);
    let [x, y] = rows(middle);
    let shift_variance =
        0.5 * ((x.transpose() * covariance * x)[0] + (y.transpose() * covariance * y)[0]);
    let at_px = page_points(motif.iter(), frame);
    let measure = |axis: Axis, value: f64, variance: f64| Measure {
        axis,
        value,
        uncertainty: libm::sqrt(variance),
        at_px: at_px.clone(),
    };
    let degree = std::f64::consts::PI / 180.0;
    vec![
        measure(
            Axis::MotifTurnDeg,
            difference[2] / degree,
            covariance[(2, 2)] / (degree * degree),
        ),
        measure(Axis::MotifShiftMm, shift.hypot(), shift_variance),
        measure(
            Axis::MotifSizeMm,
            difference[3] * reach,
            covariance[(3, 3)] * reach * reach,
        ),
    ]
}

/// Tangential shift of the band by sector, the mean turn taken out.
fn text_spacing(band: &[&Part], frame: &Frame) -> Option<Measure> {
    let mut sectors: Vec<Vec<(f64, f64)>> = vec![Vec::new(); SECTORS];
    for part in band {
        let distance = part.at.hypot();
        if distance < 0.4 * frame.radius_mm {
            continue;
        }
        let t = Vec2::new(-part.at.y, part.at.x) / distance;
        let [xx, xy, yy] = part.covariance;
        let variance = t.x * t.x * xx + 2.0 * t.x * t.y * xy + t.y * t.y * yy;
        let turn = libm::atan2(part.at.y, part.at.x) / std::f64::consts::TAU + 0.5;
        let sector = floor_index(turn * SECTORS as f64) % SECTORS;
        let scaled = part.shift.dot(t) * frame.radius_mm / distance;
        sectors[sector].push((scaled, variance + PART_NOISE_MM * PART_NOISE_MM));
    }
    let means: Vec<(f64, f64)> = sectors
        .iter()
        .filter(|s| s.len() >= 2)
        .filter_map(|s| robust_mean(s))
        .collect();
    if means.len() < 4 {
        return None;
    }
    let count = means.len() as f64;
    // A turn and a shift of the whole band are the alignment's, not the text's.
    let mean = means.iter().map(|m| m.0).sum::<f64>() / count;
    let noise = means.iter().map(|m| m.1).sum::<f64>() / count;
    let square = means
        .iter()
        .map(|m| (m.0 - mean) * (m.0 - mean))
        .sum::<f64>()
        / count;
    Some(Measure {
        axis: Axis::TextSpacingMm,
        value: libm::sqrt((square - noise).max(0.0)),
        uncertainty: libm::sqrt(noise / count),
        at_px: page_points(band.iter().step_by(7), frame),
    })
}

/// Residuals after an affine map: of the whole field, and of each part against its neighbours.
fn field_axes(inner: &[&Part], whole: &ZoneFit, frame: &Frame) -> Vec<Measure> {
    let misses: Vec<Vec2> = inner
        .iter()
        .map(|part| part.shift - predicted(whole, part.at))
        .collect();
    let count = inner.len() as f64;
    let noise = inner
        .iter()
        .map(|part| part.covariance[0] + part.covariance[2])
        .sum::<f64>()
        / count;
    let square = misses
        .iter()
        .map(|miss| miss.hypot2().min(1.0))
        .sum::<f64>()
        / count;
    let mut measures = vec![Measure {
        axis: Axis::FieldMm,
        value: libm::sqrt((square - noise).max(0.0)),
        uncertainty: libm::sqrt(noise / count),
        at_px: Vec::new(),
    }];
    measures.extend(group_shift(inner, &misses, frame));
    let mut against: Vec<(f64, usize)> = (0..inner.len())
        .filter_map(|i| Some((against_neighbours(inner, &misses, i)?, i)))
        .collect();
    if against.len() < PARTS_MIN {
        return measures;
    }
    against.sort_by(|a, b| a.0.total_cmp(&b.0));
    let worst: Vec<&Part> = against
        .iter()
        .rev()
        .take(6)
        .map(|&(_, i)| inner[i])
        .collect();
    let at_px = page_points(worst.iter(), frame);
    let uncertainty = libm::sqrt(noise / count);
    let rank = |share: f64| against[floor_index(share * (against.len() - 1) as f64)].0;
    let axes = [
        (Axis::GlyphDisplacementMm, 0.5),
        (Axis::GlyphDisplacementHighMm, 0.85),
    ];
    measures.extend(axes.map(|(axis, share)| Measure {
        axis,
        value: rank(share),
        uncertainty,
        at_px: at_px.clone(),
    }));
    measures
}

/// The largest mean shift of parts that stand within two and a half millimetres of one of them: a
/// motif or a word set elsewhere moves as one.
fn group_shift(inner: &[&Part], misses: &[Vec2], frame: &Frame) -> Option<Measure> {
    let group = |own: &&Part| {
        let (mut total, mut sum, mut count) = (0.0, Vec2::ZERO, 0);
        for (part, miss) in inner.iter().zip(misses) {
            if (part.at - own.at).hypot() < 2.5 {
                let variance =
                    part.covariance[0] + part.covariance[2] + PART_NOISE_MM * PART_NOISE_MM;
                total += 1.0 / variance;
                sum += *miss / variance;
                count += 1;
            }
        }
        (count >= 3).then(|| ((sum / total).hypot(), 1.0 / total))
    };
    let groups = inner.iter().filter_map(|part| Some((group(part)?, part)));
    let ((value, variance), part) = groups.max_by(|a, b| a.0.0.total_cmp(&b.0.0))?;
    Some(Measure {
        axis: Axis::GroupShiftMm,
        value,
        uncertainty: libm::sqrt(variance),
        at_px: page_points([part].into_iter(), frame),
    })
}

/// A part's shift against the mean of the parts 2 to 7 mm around it, in its better-known direction
/// only: a straight stroke slides along itself.
fn against_neighbours(inner: &[&Part], misses: &[Vec2], own: usize) -> Option<f64> {
    let mut total = 0.0;
    let mut sum = Vec2::ZERO;
    for (other, part) in inner.iter().enumerate() {
        let distance = (part.at - inner[own].at).hypot();
        if other == own || !(2.0..7.0).contains(&distance) {
            continue;
        }
        let variance = part.covariance[0] + part.covariance[2] + PART_NOISE_MM * PART_NOISE_MM;
        let weight = libm::exp(-0.5 * distance * distance / 9.0) / variance;
        total += weight;
        sum += misses[other] * weight;
    }
    if total <= 0.0 {
        return None;
    }
    let difference = misses[own] - sum / total;
    let [xx, xy, yy] = inner[own].covariance;
    // The share of each direction that is known to within the model error.
    let known =
        |variance: f64| PART_NOISE_MM * PART_NOISE_MM / (variance + PART_NOISE_MM * PART_NOISE_MM);
    let turn = 0.5 * libm::atan2(2.0 * xy, xx - yy);
    let axis = Vec2::new(libm::cos(turn), libm::sin(turn));
    let (middle, half) = (0.5 * (xx + yy), libm::hypot(0.5 * (xx - yy), xy));
    let (u, v) = (
        difference.dot(axis),
        difference.x * -axis.y + difference.y * axis.x,
    );
    let (wu, wv) = (known(middle + half), known((middle - half).max(0.0)));
    Some(libm::sqrt((wu * u * u + wv * v * v) * 2.0 / (wu + wv)))
}

fn glyph_shape(inner: &[&Part], rings: &[Vec<&Part>], frame: &Frame) -> Option<Measure> {
    let ratio = |part: &&Part| part.residual / part.contrast.max(0.05);
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    if inner.len() < PARTS_MIN {
        return None;
    }
    let letters = median(inner.iter().map(ratio).collect())?;
    let lines = median(rings[0].iter().map(ratio).collect()).unwrap_or(letters);
    let mut worst: Vec<&&Part> = inner.iter().collect();
    worst.sort_by(|a, b| ratio(b).total_cmp(&ratio(a)));
    Some(Measure {
        axis: Axis::GlyphShape,
        value: letters,
        uncertainty: 0.25 * lines,
        at_px: page_points(worst.into_iter(), frame),
    })
}

/// The largest mean of unexplained ink over contrast in parts within two and a half millimetres of
/// one of them: a word that reads otherwise leaves the rest of the text as it is.
fn group_shape(inner: &[&Part], frame: &Frame) -> Option<Measure> {
    let group = |own: &Part| {
        let near = inner.iter().filter(|part| (part.at - own.at).hypot() < 2.5);
        let ratios: Vec<f64> = near
            .map(|part| part.residual / part.contrast.max(0.05))
            .collect();
        (ratios.len() >= 3).then(|| ratios.iter().sum::<f64>() / ratios.len() as f64)
    };
    let groups = inner.iter().filter_map(|part| Some((group(part)?, part)));
    let (value, part) = groups.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Measure {
        axis: Axis::GroupShape,
        value,
        uncertainty: 0.02,
        at_px: page_points([part].into_iter(), frame),
    })
}
