//! Detection curves: for each kind of change, how often it is noticed and how strongly, by its size.

use kurbo::Point;
use kurbo::Rect;

use crate::charts::chart::Axis;
use crate::charts::chart::Chart;
use crate::charts::chart::Entry;
use crate::charts::chart::head;
use crate::charts::drawing::Anchor;
use crate::charts::drawing::BLACK;
use crate::charts::drawing::BLUE;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::GRAY;
use crate::charts::drawing::Mark;
use crate::charts::drawing::Pen;
use crate::charts::drawing::Text;
use crate::charts::drawing::VERMILION;
use crate::evaluation::curve::Curve;
use crate::evaluation::curve::CurvePoint;
use crate::evaluation::curve::words;
use crate::evaluation::interval::Interval;
use crate::evaluation::plot::Sample;
use crate::evaluation::plot::WIDTH;
use crate::evaluation::rate::Rate;

/// Height of the row of one kind of change.
const ROW: f64 = 270.0;

const LEANING: Pen = Pen::whole(BLUE, 2.2);
const DIFFERENT: Pen = Pen::dashed(VERMILION, 2.2);
const MEDIAN: Pen = Pen::whole(BLACK, 2.2);

/// Draws two charts for each kind of change: the shares on the left, the ratios on the right.
#[must_use]
pub fn draw(sample: &Sample, curves: &[Curve]) -> Drawing {
    let title = format!("Detection by the size of a change: {}", sample.set);
    let entries = [
        Entry::of(LEANING, "called different or leaning to it"),
        Entry::of(DIFFERENT, "called different"),
        Entry::of(MEDIAN, "median log10 likelihood ratio"),
    ];
    let mut drawing = Drawing::new(WIDTH, 150.0 + ROW * curves.len() as f64, &title);
    let trials: usize = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point.different.trials)
        .sum();
    let genuine = curves
        .first()
        .map_or(0, |curve| curve.genuine.different.trials);
    let remark = format!(
        "{trials} forged impressions that differ in one amount; at size 0, {genuine} genuine ones; bars: 95 %"
    );
    let mut top = head(&mut drawing, &remark, &entries);
    for curve in curves {
        row(&mut drawing, curve, top);
        top += ROW;
    }
    drawing
}

/// A point of a curve, with its interval.
#[derive(Clone, Copy, Debug)]
struct Dot {
    x: f64,
    y: f64,
    ends: Option<Interval>,
}

fn row(drawing: &mut Drawing, curve: &Curve, top: f64) {
    let (name, unit) = words(&curve.change);
    drawing.marks.push(Mark::Text(Text {
        at: Point::new(24.0, top + 16.0),
        words: name.clone(),
        size: 14.0,
        anchor: Anchor::Start,
        bold: true,
        upwards: false,
        colour: BLACK,
    }));
    let trials = curve.points.iter().map(|point| point.different.trials);
    let trials: Vec<String> = trials.map(|count| count.to_string()).collect();
    let trials = format!("trials by size: {}", trials.join(", "));
    let end = Point::new(WIDTH - 24.0, top + 16.0);
    drawing.text(end, (&trials, 12.0), Anchor::End, GRAY);
    let points: Vec<&CurvePoint> = std::iter::once(&curve.genuine)
        .chain(&curve.points)
        .collect();
    let sizes = points.iter().map(|point| point.size_mean);
    let size_max = sizes.fold(0.0, f64::max);
    let reach = if size_max > 0.0 { 1.05 * size_max } else { 1.0 };
    let label = format!("{name}, {unit}");
    let x = || Axis::linear(&label, (0.0, reach), Axis::step(1.5 * reach));
    let frame = |left: f64, right: f64| Rect::new(left, top + 30.0, right, top + ROW - 62.0);

    let y = Axis::linear("share, %", (0.0, 100.0), 25.0);
    let mut chart = Chart::new(drawing, frame(76.0, 350.0), x(), y);
    // Beside those of the other curve, so that the bars of both are seen.
    let aside = 0.015 * reach;
    let different = points
        .iter()
        .filter_map(|point| share(point, &point.different, aside));
    series(&mut chart, &different.collect::<Vec<_>>(), DIFFERENT);
    let leaning = points
        .iter()
        .filter_map(|point| share(point, &point.leaning, 0.0));
    series(&mut chart, &leaning.collect::<Vec<_>>(), LEANING);

    let medians = points.iter().filter_map(|point| median(point));
    let medians: Vec<Dot> = medians.collect();
    let y = ratios(&medians);
    let mut chart = Chart::new(drawing, frame(432.0, WIDTH - 24.0), x(), y);
    chart.curve(&[(0.0, 0.0), (reach, 0.0)], Pen::whole(GRAY, 1.2));
    series(&mut chart, &medians, MEDIAN);
}

fn share(point: &CurvePoint, rate: &Rate, aside: f64) -> Option<Dot> {
    Some(Dot {
        x: point.size_mean + aside,
        y: 100.0 * rate.value?,
        ends: rate.widest().map(|ends| Interval {
            low: 100.0 * ends.low,
            high: 100.0 * ends.high,
        }),
    })
}

fn median(point: &CurvePoint) -> Option<Dot> {
    Some(Dot {
        x: point.size_mean,
        y: point.log10_lr_median?,
        ends: point.log10_lr_interval,
    })
}

/// An axis of ratios on which every bar has room, from at most -1 to at least 1.
fn ratios(dots: &[Dot]) -> Axis {
    let (mut low, mut high) = (-1.0f64, 1.0f64);
    for dot in dots {
        low = low.min(dot.ends.map_or(dot.y, |ends| ends.low));
        high = high.max(dot.ends.map_or(dot.y, |ends| ends.high));
    }
    let step = Axis::step(1.5 * (high - low));
    let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
    Axis::linear("median log10 LR", (low, high), step)
}

/// A curve through points, each with a disc and the bar of its interval.
fn series(chart: &mut Chart<'_>, dots: &[Dot], pen: Pen) {
    for dot in dots {
        if let Some(Interval { low, high }) = dot.ends {
            let bar = Pen::whole(pen.colour, 1.1);
            chart.curve(&[(dot.x, low), (dot.x, high)], bar);
        }
    }
    let line: Vec<(f64, f64)> = dots.iter().map(|dot| (dot.x, dot.y)).collect();
    chart.curve(&line, pen);
    for (x, y) in line {
        chart.disc(x, y, pen.colour);
    }
}
