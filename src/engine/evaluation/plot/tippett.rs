//! The Tippett plot: which share of the trials of each kind reaches a likelihood ratio.

use kurbo::Rect;

use crate::charts::chart::Axis;
use crate::charts::chart::BOUND;
use crate::charts::chart::Chart;
use crate::charts::chart::Entry;
use crate::charts::chart::head;
use crate::charts::drawing::BLUE;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::GRAY;
use crate::charts::drawing::Pen;
use crate::charts::drawing::VERMILION;
use crate::evaluation::plot::Sample;
use crate::evaluation::plot::WIDTH;
use crate::evaluation::verification::Verification;

/// Further out than this nothing is drawn (chosen: a ratio of a hundred million is as good as any).
const LOG10_LR_MAX: f64 = 8.0;

const GENUINE: Pen = Pen::whole(BLUE, 2.2);
const FORGED: Pen = Pen::dashed(VERMILION, 2.2);

/// Draws both shares against the ratio, and the thresholds of the stated rates.
#[must_use]
pub fn draw(sample: &Sample, figures: &Verification) -> Drawing {
    let title = format!("Tippett plot: {}", sample.set);
    let mut drawing = Drawing::new(WIDTH, 560.0, &title);
    let share = |scores: &[f64], hit: &dyn Fn(f64) -> bool| {
        let hits = scores.iter().filter(|score| hit(**score)).count();
        format!("{:.1} %", 100.0 * hits as f64 / scores.len() as f64)
    };
    let weak = share(&sample.genuine, &|score| score <= 0.0);
    let strong = share(&sample.forged, &|score| score > 0.0);
    let never = sample
        .genuine
        .iter()
        .filter(|score| score.is_infinite())
        .count();
    let mut entries = vec![
        Entry::of(
            GENUINE,
            format!("genuine; {weak} at or below 0 ({never} never accepted among them)"),
        ),
        Entry::of(
            FORGED,
            format!("forged, without traced dies; {strong} above 0"),
        ),
    ];
    for point in &figures.at_far {
        if let Some(threshold) = point.threshold_log10_lr {
            let far = 100.0 * point.far;
            let words = format!("accepted from {threshold:.2} on: FAR at most {far:.2} %");
            entries.push(Entry::of(BOUND, words));
        }
    }
    let top = head(&mut drawing, &sample.numbers, &entries);
    let scores = || sample.genuine.iter().chain(&sample.forged).copied();
    let (low, high) = scores()
        .filter(|score| score.is_finite())
        .fold((-1.0f64, 1.0f64), |(low, high), score| {
            (low.min(score), high.max(score))
        });
    let (low, high) = (
        (low - 0.1).max(-LOG10_LR_MAX),
        (high + 0.1).min(LOG10_LR_MAX),
    );
    let x = Axis::linear(
        "log10 likelihood ratio",
        (low, high),
        Axis::step(high - low),
    );
    let y = Axis::linear("trials with at least this ratio, %", (0.0, 100.0), 20.0);
    let frame = Rect::new(76.0, top, WIDTH - 24.0, 504.0);
    let mut chart = Chart::new(&mut drawing, frame, x, y);
    chart.curve(&[(0.0, 0.0), (0.0, 100.0)], Pen::whole(GRAY, 1.2));
    chart.curve(&reaching(&sample.forged, (low, high)), FORGED);
    chart.curve(&reaching(&sample.genuine, (low, high)), GENUINE);
    for point in &figures.at_far {
        if let Some(threshold) = point.threshold_log10_lr {
            chart.upright(threshold);
        }
    }
    drawing
}

/// The staircase of the share, in per cent, that reaches each value between two ends.
#[must_use]
pub fn reaching(scores: &[f64], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let mut ascending = scores.to_vec();
    ascending.sort_by(f64::total_cmp);
    let share = |below: usize| 100.0 * (ascending.len() - below) as f64 / ascending.len() as f64;
    let first = ascending.partition_point(|score| *score < low);
    let mut stairs = vec![(low, share(first))];
    for (index, score) in ascending.iter().enumerate().skip(first) {
        if *score > high {
            break;
        }
        stairs.push((*score, share(index)));
        stairs.push((*score, share(index + 1)));
    }
    let last = ascending.partition_point(|score| *score <= high);
    stairs.push((high, share(last)));
    stairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_falls_by_one_trial_at_each_of_them() {
        let stairs = reaching(&[1.0, -1.0, f64::NEG_INFINITY, 3.0], (-2.0, 2.0));
        let expected = [
            (-2.0, 75.0),
            (-1.0, 75.0),
            (-1.0, 50.0),
            (1.0, 50.0),
            (1.0, 25.0),
            (2.0, 25.0),
        ];
        assert_eq!(stairs.len(), expected.len(), "{stairs:?}");
        for (found, expected) in stairs.iter().zip(expected) {
            assert!((found.0 - expected.0).abs() < 1e-12, "{stairs:?}");
            assert!((found.1 - expected.1).abs() < 1e-12, "{stairs:?}");
        }
    }
}
