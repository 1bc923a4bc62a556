//! The axes' curves: logistic regression on broken lines that never fall, all axes together.
//!
//! An axis' curve is a sum of ramps, one between each two of its knots, with heights of at least 0. Every
//! ramp is centred over the samples that have its axis, so that an axis that could not be measured says
//! nothing. Heights are drawn towards zero and towards their neighbours' (ridge regression), and found
//! by Newton steps on one height after the other, kept from falling below 0.

use crate::evaluation::calibration::sample::Sample;
use crate::matching::Axis;
use crate::verdict::calibration::AxisCurve;
use crate::verdict::evidence;

/// Every axis that can be measured, in the order of the file.
const AXES: [Axis; 11] = [
    Axis::ScalePercent,
    Axis::RingRadiusMm,
    Axis::RingWidthMm,
    Axis::MotifTurnDeg,
    Axis::MotifShiftMm,
    Axis::MotifSizeMm,
    Axis::GroupShiftMm,
    Axis::TextSpacingMm,
    Axis::GlyphDisplacementMm,
    Axis::GlyphShape,
    Axis::ExtraInk,
];

/// Knots of readings that are evidence, natural log.
const EVIDENCE: [f64; 11] = [
    -8.0, -4.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0,
];

/// How strongly heights are drawn towards zero, and towards their neighbours', in units of one
/// impression's information. Chosen, of 0.3, 1 and 3: over the calibration seals, six folds, the first two
/// cost the same, the last more.
const TO_ZERO: f64 = 1.0;
const TO_NEIGHBOUR: f64 = 1.0;

/// Sweeps over all heights, and the change below which there are no more.
const SWEEPS_MAX: usize = 300;
const CHANGE_MIN: f64 = 1e-5;
/// Largest step of a height in one sweep: where all samples are certain, curvature says nothing.
const STEP_MAX: f64 = 1.0;

/// The readings between which an axis' curve is straight.
fn knots(axis: Axis) -> &'static [f64] {
    match axis {
        Axis::ScalePercent => &[0.0, 0.2, 0.4, 0.6, 0.9, 1.3, 2.0, 3.0, 4.0],
        Axis::RingRadiusMm
        | Axis::RingWidthMm
        | Axis::MotifTurnDeg
        | Axis::MotifShiftMm
        | Axis::MotifSizeMm
        | Axis::GroupShiftMm
        | Axis::TextSpacingMm => &EVIDENCE,
        Axis::GlyphDisplacementMm => &[-30.0, -20.0, -12.0, -8.0, -5.0, -2.0, 0.0, 4.0, 10.0, 20.0],
        Axis::GlyphShape => &[0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6],
        Axis::ExtraInk => &[0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08],
    }
}

/// Between two knots of an axis.
struct Ramp {
    axis: usize,
    /// Its mean over the samples that have the axis.
    mean: f64,
    /// Each sample's place on it, centred; 0 where the axis was not measured.
    column: Vec<f64>,
}

/// Fits intercept and curves; `weights` belong to the samples and say how much each counts.
pub(super) fn fit(samples: &[&Sample], weights: &[f64]) -> (f64, Vec<AxisCurve>) {
    let ramps: Vec<Ramp> = (0..AXES.len())
        .flat_map(|axis| ramps(axis, samples, weights))
        .collect();
    let (intercept, heights) = descend(&ramps, samples, weights);
    let curves = (0..AXES.len()).filter_map(|axis| {
        let own = ramps
            .iter()
            .zip(&heights)
            .filter(|(ramp, _)| ramp.axis == axis);
        let own: Vec<(&Ramp, f64)> = own.map(|(ramp, height)| (ramp, *height)).collect();
        let mut odds = -own
            .iter()
            .map(|(ramp, height)| ramp.mean * height)
            .sum::<f64>();
        let mut all = vec![odds];
        for (_, height) in &own {
            odds += height;
            all.push(odds);
        }
        let says = own.iter().any(|(_, height)| *height > 0.0);
        says.then(|| AxisCurve {
            axis: AXES[axis],
            at: knots(AXES[axis]).to_vec(),
            odds: all,
            tail: None,
        })
    });
    (intercept, curves.collect())
}

/// What a sample's axis was read as, if it was measured.
pub(super) fn reading(sample: &Sample, axis: Axis) -> Option<f64> {
    let mut measures = sample.comparison.measures.iter();
    measures
        .find(|measure| measure.axis == axis)
        .map(evidence::reading)
}

fn ramps(axis: usize, samples: &[&Sample], weights: &[f64]) -> Vec<Ramp> {
    let readings: Vec<Option<f64>> = samples
        .iter()
        .map(|sample| reading(sample, AXES[axis]))
        .collect();
    let between = |ends: &[f64]| {
        let place = |reading: f64| ((reading - ends[0]) / (ends[1] - ends[0])).clamp(0.0, 1.0);
        let places: Vec<Option<f64>> = readings.iter().map(|own| own.map(place)).collect();
        let (mut sum, mut weight) = (0.0, 0.0);
        for (place, own) in places.iter().zip(weights) {
            if let Some(place) = place {
                sum += own * place;
                weight += own;
            }
        }
        let mean = if weight > 0.0 { sum / weight } else { 0.0 };
        let column = places
            .iter()
            .map(|place| place.map_or(0.0, |place| place - mean));
        Ramp {
            axis,
            mean,
            column: column.collect(),
        }
    };
    knots(AXES[axis]).windows(2).map(between).collect()
}

/// Intercept and heights of least penalised cost.
fn descend(ramps: &[Ramp], samples: &[&Sample], weights: &[f64]) -> (f64, Vec<f64>) {
    let mut odds = vec![0.0; samples.len()];
    let (mut intercept, mut heights) = (0.0, vec![0.0; ramps.len()]);
    // First and second derivative of the cost along a column.
    let slopes = |odds: &[f64], column: &dyn Fn(usize) -> f64| {
        let (mut first, mut second) = (0.0, 0.0);
        for (index, sample) in samples.iter().enumerate() {
            let along = column(index);
            if along != 0.0 {
                let chance = 1.0 / (1.0 + libm::exp(-odds[index]));
                let target = f64::from(u8::from(sample.forged));
                first += weights[index] * (chance - target) * along;
                second += weights[index] * chance * (1.0 - chance) * along * along;
            }
        }
        (first, second)
    };
    for _ in 0..SWEEPS_MAX {
        let (first, second) = slopes(&odds, &|_| 1.0);
        let step = (-first / second.max(1e-9)).clamp(-STEP_MAX, STEP_MAX);
        intercept += step;
        odds.iter_mut().for_each(|odds| *odds += step);
        let mut change = step.abs();
        for index in 0..ramps.len() {
            let neighbours = [index.checked_sub(1), Some(index + 1)];
            let neighbours = neighbours.into_iter().flatten().filter(|other| {
                ramps
                    .get(*other)
                    .is_some_and(|r| r.axis == ramps[index].axis)
            });
            let own = heights[index];
            let (mut pull, mut stiffness) = (TO_ZERO * own, TO_ZERO);
            for other in neighbours {
                pull += TO_NEIGHBOUR * (own - heights[other]);
                stiffness += TO_NEIGHBOUR;
            }
            let column = &ramps[index].column;
            let (first, second) = slopes(&odds, &|sample| column[sample]);
            let step = (-(first + pull) / (second + stiffness)).clamp(-STEP_MAX, STEP_MAX);
            let step = (own + step).max(0.0) - own;
            if step != 0.0 {
                heights[index] += step;
                for (odds, along) in odds.iter_mut().zip(column) {
                    *odds += step * along;
                }
            }
            change = change.max(step.abs());
        }
        if change < CHANGE_MIN {
            break;
        }
    }
    (intercept, heights)
}
