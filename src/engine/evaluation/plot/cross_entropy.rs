//! The cross-entropy plot: what the printed ratios cost at other odds than one to one.
//!
//! Source: D. Ramos and J. Gonzalez-Rodriguez, Forensic Science International 230, 2013. At odds of
//! one to one, the cost is Cllr, and that after recalibration Cllr min.

use kurbo::Rect;

use crate::charts::chart::Axis;
use crate::charts::chart::Chart;
use crate::charts::chart::Entry;
use crate::charts::chart::head;
use crate::charts::drawing::BLACK;
use crate::charts::drawing::BLUE;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::Pen;
use crate::charts::drawing::VERMILION;
use crate::evaluation::cllr::Calibrated;
use crate::evaluation::cllr::calibrated;
use crate::evaluation::cllr::entropy;
use crate::evaluation::plot::Sample;
use crate::evaluation::plot::WIDTH;
use crate::evaluation::verification::Verification;

/// Odds are drawn from a thousand to one against the seal to a thousand to one for it.
const LOG10_ODDS_MAX: f64 = 3.0;

const SILENT: Pen = Pen::dotted(BLACK, 1.8);
const PRINTED: Pen = Pen::whole(BLUE, 2.2);
const BEST: Pen = Pen::dashed(VERMILION, 2.2);

/// Draws the cost of the printed ratios, of the best recalibrated ones and of saying nothing.
#[must_use]
pub fn draw(sample: &Sample, figures: &Verification) -> Drawing {
    let title = format!("Cross-entropy: {}", sample.set);
    let mut drawing = Drawing::new(WIDTH, 580.0, &title);
    let value = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"));
    let entries = [
        Entry::of(
            PRINTED,
            format!("the printed ratios: Cllr {}", value(figures.cllr.value)),
        ),
        Entry::of(
            BEST,
            format!(
                "recalibrated as well as their order allows: Cllr min {}",
                value(figures.cllr_min.value)
            ),
        ),
        Entry::of(SILENT, "saying nothing"),
    ];
    let top = head(&mut drawing, &sample.numbers, &entries);
    let [printed, best, silent] = curves(&sample.cost_genuine, &sample.cost_forged);
    let curves = printed.iter().chain(&silent);
    let most = curves.map(|point| point.1).fold(0.0, f64::max);
    // Beyond two bits the curve leaves the frame: ratios that mislead so much need no finer reading.
    let high = (most * 1.05).min(2.0);
    let x = Axis::linear(
        "log10 of the odds before the comparison",
        (-LOG10_ODDS_MAX, LOG10_ODDS_MAX),
        1.0,
    );
    let y = Axis::linear("cross-entropy, bits", (0.0, high), Axis::step(high));
    let frame = Rect::new(76.0, top, WIDTH - 24.0, 524.0);
    let mut chart = Chart::new(&mut drawing, frame, x, y);
    chart.upright(0.0);
    chart.curve(&silent, SILENT);
    chart.curve(&best, BEST);
    chart.curve(&printed, PRINTED);
    drawing
}

/// The three curves over the log odds: printed, recalibrated, saying nothing.
#[must_use]
pub fn curves(genuine: &[f64], forged: &[f64]) -> [Vec<(f64, f64)>; 3] {
    let Calibrated {
        genuine: best_genuine,
        forged: best_forged,
    } = calibrated(genuine, forged);
    let along = |genuine: &[f64], forged: &[f64]| {
        let steps = (-60..=60).map(|step| f64::from(step) / 60.0 * LOG10_ODDS_MAX);
        let cost = |odds: f64| Some((odds, entropy(genuine, forged, odds)?));
        steps.filter_map(cost).collect::<Vec<_>>()
    };
    [
        along(genuine, forged),
        along(&best_genuine, &best_forged),
        along(&[0.0], &[0.0]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::cllr::cllr;
    use crate::evaluation::cllr::cllr_min;

    #[test]
    fn at_even_odds_the_curves_are_the_two_costs_and_one_bit() {
        let (genuine, forged) = ([1.0, 3.0, 0.2], [2.0, 0.0, -1.0, -1.5]);
        let [printed, best, silent] = curves(&genuine, &forged);
        let even =
            |curve: &[(f64, f64)]| curve.iter().find(|point| point.0.abs() < 1e-9).unwrap().1;
        assert!((even(&printed) - cllr(&genuine, &forged).unwrap()).abs() < 1e-9);
        assert!((even(&best) - cllr_min(&genuine, &forged).unwrap()).abs() < 1e-9);
        assert!((even(&silent) - 1.0).abs() < 1e-9);
    }
}
