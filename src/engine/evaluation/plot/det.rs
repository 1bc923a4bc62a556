//! The DET plot: refusals of genuine impressions against acceptances of forged ones.
//!
//! Both axes are bent by the normal quantile, which makes straight lines of normal scores.
//! Source: A. Martin et al., Eurospeech 1997.

use kurbo::Rect;

use crate::charts::chart::Axis;
use crate::charts::chart::BOUND;
use crate::charts::chart::Chart;
use crate::charts::chart::Entry;
use crate::charts::chart::head;
use crate::charts::drawing::BLACK;
use crate::charts::drawing::BLUE;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::Pen;
use crate::charts::drawing::SHADE;
use crate::charts::drawing::VERMILION;
use crate::evaluation::plot::Sample;
use crate::evaluation::plot::WIDTH;
use crate::evaluation::roc::Scores;
use crate::evaluation::verification::Verification;

/// Rates at which an axis has ticks, in per cent.
const TICKS: [f64; 10] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0];

const PLAIN: Pen = Pen::whole(BLUE, 2.2);
const TRACED: Pen = Pen::dashed(VERMILION, 2.2);

/// Draws the curve without and with traced dies, the equal error rate and the stated bounds.
#[must_use]
pub fn draw(sample: &Sample, figures: &Verification) -> Drawing {
    let title = format!("DET plot: {}", sample.set);
    let mut drawing = Drawing::new(WIDTH, 780.0, &title);
    let mut entries = vec![Entry::of(PLAIN, "without traced dies")];
    if !sample.traced.is_empty() {
        let words = format!("with {} traced dies among the forged", sample.traced.len());
        entries.push(Entry::of(TRACED, words));
    }
    if let Some(far) = figures.far_supported {
        entries.push(Entry::remark(format!(
            "Shaded: a FAR below {:.2} % is more than {} forged trials can show.",
            100.0 * far,
            figures.forged
        )));
    }
    for point in &figures.at_far {
        let (far, frr) = (100.0 * point.far, point.frr.value);
        if let (Some(frr), Some(threshold)) = (frr, point.threshold_log10_lr) {
            let frr = 100.0 * frr;
            let words =
                format!("FAR at most {far:.2} %: FRR {frr:.1} %, from log10 LR {threshold:.2}");
            entries.push(Entry::remark(words));
        }
    }
    let top = head(&mut drawing, &sample.numbers, &entries);
    let ticks = || TICKS.map(|rate| (rate, rate.to_string())).to_vec();
    let x = Axis::bent("forged accepted (FAR), %", probit_of_percent, ticks());
    let y = Axis::bent("genuine refused (FRR), %", probit_of_percent, ticks());
    let frame = Rect::new(76.0, top, WIDTH - 24.0, 724.0);
    let mut chart = Chart::new(&mut drawing, frame, x, y);
    if let Some(far) = figures.far_supported {
        chart.shade(((TICKS[0], TICKS[0]), (100.0 * far, 60.0)), SHADE);
        chart.upright(100.0 * far);
    }
    chart.curve(&[(TICKS[0], TICKS[0]), (60.0, 60.0)], BOUND);
    chart.upright(1.0);
    if !sample.traced.is_empty() {
        chart.curve(&trade_off(&sample.scores_with_traced()), TRACED);
    }
    chart.curve(&trade_off(&sample.scores()), PLAIN);
    if let Some(eer) = figures.eer.value {
        let words = format!("EER {:.1} %", 100.0 * eer);
        chart.mark((100.0 * eer, 100.0 * eer), &words, BLACK);
    }
    for point in &figures.at_far {
        if let Some(frr) = point.frr.value {
            let words = format!("FRR {:.1} %", 100.0 * frr);
            chart.mark((100.0 * point.far, 100.0 * frr), &words, BLACK);
        }
    }
    drawing
}

/// The staircase of both rates, in per cent, as the threshold rises.
#[must_use]
pub fn trade_off(scores: &Scores) -> Vec<(f64, f64)> {
    let percent = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    let mut stairs: Vec<(f64, f64)> = Vec::new();
    for point in scores.operating() {
        let far = percent(point.forged_accepted, scores.forged());
        let frr = percent(point.genuine_refused, scores.genuine());
        // Rates between two thresholds are those of the lower FAR at the higher FRR.
        if let Some((before, _)) = stairs.last().copied() {
            stairs.push((before, frr));
        }
        stairs.push((far, frr));
    }
    stairs
}

/// The normal quantile of a rate in per cent.
fn probit_of_percent(rate: f64) -> f64 {
    probit(rate / 100.0)
}

/// The normal quantile, by bisection of the distribution function to 1e-12.
fn probit(share: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..48 {
        let middle = f64::midpoint(low, high);
        let below = 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2);
        if below < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_has_its_known_values() {
        for (share, value) in [(0.5, 0.0), (0.975, 1.959_963_985), (0.01, -2.326_347_874)] {
            assert!((probit(share) - value).abs() < 1e-8, "{share}");
        }
    }

    #[test]
    fn the_trade_off_passes_through_every_operating_point() {
        let scores = Scores::new(vec![2.0, 3.0], vec![1.0, 2.5]);
        let stairs = trade_off(&scores);
        for expected in [
            (100.0, 0.0),
            (50.0, 0.0),
            (50.0, 50.0),
            (0.0, 50.0),
            (0.0, 100.0),
        ] {
            let near = |found: &(f64, f64)| {
                (found.0 - expected.0).abs() < 1e-9 && (found.1 - expected.1).abs() < 1e-9
            };
            assert!(stairs.iter().any(near), "{expected:?} in {stairs:?}");
        }
    }
}
