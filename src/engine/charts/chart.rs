//! A chart: a frame with two axes, curves within it, and a legend above it.

use kurbo::Point;
use kurbo::Rect;

use crate::charts::drawing::Anchor;
use crate::charts::drawing::BLACK;
use crate::charts::drawing::Colour;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::GRAY;
use crate::charts::drawing::Mark;
use crate::charts::drawing::PALE;
use crate::charts::drawing::Pen;
use crate::charts::drawing::Text;
use crate::charts::drawing::WHITE;
use crate::charts::raster::width;

/// Size of the letters of labels; nothing is smaller than [`SMALL`].
pub const TEXT: f64 = 13.0;
/// Size of the letters at ticks and marks.
pub const SMALL: f64 = 12.0;
/// Height of one line of the legend.
const LEGEND_LINE: f64 = 19.0;

/// How a bound is drawn.
pub const BOUND: Pen = Pen::dotted(GRAY, 1.2);

/// One axis: what it measures and where its values stand.
#[derive(Clone, Debug)]
pub struct Axis {
    label: String,
    scale: fn(f64) -> f64,
    low: f64,
    high: f64,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Equal steps, from `low` to `high`, with a tick at each multiple of `step` between them.
    #[must_use]
    pub fn linear(label: &str, (low, high): (f64, f64), step: f64) -> Self {
        let decimals = (0..4)
            .find(|decimals| {
                let shifted = step * 10f64.powi(*decimals);
                (shifted - shifted.round()).abs() < 1e-9
            })
            .map_or(4, |decimals| usize::try_from(decimals).unwrap_or(4));
        let mut ticks = Vec::new();
        let mut index = (low / step - 1e-9).ceil();
        while index * step <= high + step * 1e-9 {
            // Without the sign of a zero.
            let value = index * step + 0.0;
            ticks.push((value, format!("{value:.decimals$}")));
            index += 1.0;
        }
        Self {
            label: label.to_owned(),
            scale: |value| value,
            low,
            high,
            ticks,
        }
    }

    /// An axis bent by `scale`, from the first to the last of some ticks.
    ///
    /// # Panics
    /// If there is no tick.
    #[must_use]
    pub fn bent(label: &str, scale: fn(f64) -> f64, ticks: Vec<(f64, String)>) -> Self {
        let (low, high) = (ticks[0].0, ticks[ticks.len() - 1].0);
        Self {
            label: label.to_owned(),
            scale,
            low,
            high,
            ticks,
        }
    }

    /// How far along the axis a value stands, 0 to 1; values beyond an end stand at it.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let (low, high) = ((self.scale)(self.low), (self.scale)(self.high));
        ((self.scale)(value) - low) / (high - low)
    }

    /// Whether both values lie beyond the same end.
    fn is_beyond(&self, a: f64, b: f64) -> bool {
        a.max(b) < self.low || a.min(b) > self.high
    }

    /// Whether a value lies between the ends.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        !self.is_beyond(value, value)
    }

    /// A step that gives four to ten ticks over a range: 1, 2 or 5 times a power of ten.
    #[must_use]
    pub fn step(range: f64) -> f64 {
        let rough = range.max(1e-9) / 8.0;
        let power = libm::pow(10.0, libm::log10(rough).floor());
        let step = [1.0, 2.0, 5.0]
            .into_iter()
            .find(|step| step * power >= rough);
        step.unwrap_or(10.0) * power
    }
}

/// A frame with its axes, on a drawing.
#[derive(Debug)]
pub struct Chart<'a> {
    drawing: &'a mut Drawing,
    frame: Rect,
    axes: (Axis, Axis),
}

impl<'a> Chart<'a> {
    /// Draws the grid, the frame, the ticks and the labels of both axes.
    #[must_use]
    pub fn new(drawing: &'a mut Drawing, frame: Rect, x: Axis, y: Axis) -> Self {
        let mut chart = Self {
            drawing,
            frame,
            axes: (x, y),
        };
        chart.draw_grid();
        chart.draw_labels();
        chart
    }

    fn draw_grid(&mut self) {
        let Rect { x0, y0, x1, y1 } = self.frame;
        let grid = Pen::whole(PALE, 0.8);
        let (x, y) = self.axes.clone();
        for (value, words) in &x.ticks {
            let at = self.point(*value, y.low).x;
            self.drawing
                .line(vec![Point::new(at, y0), Point::new(at, y1)], grid);
            let place = Point::new(at, y1 + 17.0);
            self.drawing
                .text(place, (words, SMALL), Anchor::Middle, GRAY);
        }
        for (value, words) in &y.ticks {
            let at = self.point(x.low, *value).y;
            self.drawing
                .line(vec![Point::new(x0, at), Point::new(x1, at)], grid);
            let place = Point::new(x0 - 7.0, at + 0.36 * SMALL);
            self.drawing.text(place, (words, SMALL), Anchor::End, GRAY);
        }
    }

    fn draw_labels(&mut self) {
        let Rect { x0, y0, x1, y1 } = self.frame;
        let (x, y) = (self.axes.0.label.clone(), self.axes.1.label.clone());
        let middle = self.frame.center();
        let below = Point::new(middle.x, y1 + 40.0);
        self.drawing.text(below, (&x, TEXT), Anchor::Middle, BLACK);
        self.drawing.marks.push(Mark::Text(Text {
            at: Point::new(x0 - 46.0, middle.y),
            words: y,
            size: TEXT,
            anchor: Anchor::Middle,
            bold: false,
            upwards: true,
            colour: BLACK,
        }));
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
        let corners = corners.map(Point::from).to_vec();
        self.drawing.line(corners, Pen::whole(GRAY, 1.0));
    }

    /// Where a pair of values stands.
    #[must_use]
    pub fn point(&self, x: f64, y: f64) -> Point {
        let (x, y) = (self.axes.0.share(x), self.axes.1.share(y));
        Point::new(
            self.frame.x0 + x * self.frame.width(),
            self.frame.y1 - y * self.frame.height(),
        )
    }

    /// Draws a curve through pairs of values; neighbours that fall on one place are drawn once, and
    /// what runs beyond an end of an axis is left out.
    pub fn curve(&mut self, values: &[(f64, f64)], pen: Pen) {
        let mut run: Vec<Point> = Vec::new();
        for pair in values.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let beyond = self.axes.0.is_beyond(a.0, b.0) || self.axes.1.is_beyond(a.1, b.1);
            if beyond {
                self.finish(&mut run, pen);
                continue;
            }
            run.push(self.point(a.0, a.1));
            run.push(self.point(b.0, b.1));
        }
        self.finish(&mut run, pen);
    }

    fn finish(&mut self, run: &mut Vec<Point>, pen: Pen) {
        run.dedup_by(|a, b| a.distance(*b) < 0.05);
        if run.len() > 1 {
            self.drawing.line(std::mem::take(run), pen);
        }
        run.clear();
    }

    /// Fills the rectangle between two pairs of values.
    pub fn shade(&mut self, (a, b): ((f64, f64), (f64, f64)), fill: Colour) {
        let corners = [self.point(a.0, a.1), self.point(b.0, b.1)];
        self.drawing.marks.push(Mark::Area { corners, fill });
    }

    /// A dotted line across the whole frame at a value of the x axis.
    pub fn upright(&mut self, x: f64) {
        let (low, high) = (self.axes.1.low, self.axes.1.high);
        self.curve(&[(x, low), (x, high)], BOUND);
    }

    /// A disc at a pair of values.
    pub fn disc(&mut self, x: f64, y: f64, fill: Colour) {
        let middle = self.point(x, y);
        let radius = 4.5;
        self.drawing.marks.push(Mark::Disc {
            middle,
            radius,
            fill,
        });
    }

    fn on_white(&mut self, at: Point, words: &str, colour: Colour) {
        let corners = [
            Point::new(at.x - 2.0, at.y - SMALL),
            Point::new(at.x + width(words, SMALL) + 2.0, at.y + 4.0),
        ];
        self.drawing.marks.push(Mark::Area {
            corners,
            fill: WHITE,
        });
        self.drawing.text(at, (words, SMALL), Anchor::Start, colour);
    }

    /// A disc at a pair of values, with words on its lower left, or upper right where there is no
    /// room; nothing if an axis does not hold them.
    pub fn mark(&mut self, (x, y): (f64, f64), words: &str, colour: Colour) {
        if !self.axes.0.holds(x) || !self.axes.1.holds(y) {
            return;
        }
        let at = self.point(x, y);
        let wide = width(words, SMALL);
        let room = at.x - self.frame.x0 > wide + 16.0 && self.frame.y1 - at.y > 2.0 * SMALL;
        let place = if room {
            Point::new(at.x - 9.0 - wide, at.y + 18.0)
        } else {
            Point::new(at.x + 9.0, at.y - 9.0)
        };
        self.on_white(place, words, colour);
        self.disc(x, y, colour);
    }
}

/// A line of the legend.
#[derive(Clone, Debug)]
pub struct Entry {
    /// How the curve is drawn; `None` for a remark.
    pub pen: Option<Pen>,
    /// What it is.
    pub words: String,
}

impl Entry {
    /// A curve's.
    #[must_use]
    pub fn of(pen: Pen, words: impl Into<String>) -> Self {
        Self {
            pen: Some(pen),
            words: words.into(),
        }
    }

    /// A remark.
    #[must_use]
    pub const fn remark(words: String) -> Self {
        Self { pen: None, words }
    }
}

/// Writes the title, what it rests on, and the legend; gives the height at which they end.
pub fn head(drawing: &mut Drawing, remark: &str, entries: &[Entry]) -> f64 {
    let left = 24.0;
    drawing.marks.push(Mark::Text(Text {
        at: Point::new(left, 32.0),
        words: drawing.title.clone(),
        size: 18.0,
        anchor: Anchor::Start,
        bold: true,
        upwards: false,
        colour: BLACK,
    }));
    drawing.text(Point::new(left, 53.0), (remark, TEXT), Anchor::Start, GRAY);
    let mut y = 61.0;
    for entry in entries {
        y += LEGEND_LINE;
        if let Some(pen) = entry.pen {
            let height = y - 0.36 * TEXT;
            let ends = vec![Point::new(left, height), Point::new(left + 36.0, height)];
            drawing.line(ends, pen);
        }
        let indent = if entry.pen.is_some() { 44.0 } else { 0.0 };
        let place = Point::new(left + indent, y);
        drawing.text(place, (&entry.words, TEXT), Anchor::Start, BLACK);
    }
    y + 16.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_the_multiples_of_a_round_step() {
        let axis = Axis::linear("", (-0.3, 1.0), 0.5);
        let words: Vec<&str> = axis.ticks.iter().map(|tick| tick.1.as_str()).collect();
        assert_eq!(words, ["0.0", "0.5", "1.0"]);
        for (range, step) in [(8.0, 1.0), (9.0, 2.0), (0.5, 0.1), (3.0, 0.5)] {
            assert!((Axis::step(range) - step).abs() < 1e-9, "{range}");
        }
    }

    #[test]
    fn a_curve_is_cut_where_it_runs_beyond_an_end() {
        let mut drawing = Drawing::new(100.0, 100.0, "");
        let axis = || Axis::linear("", (0.0, 10.0), 5.0);
        let frame = Rect::new(0.0, 0.0, 100.0, 100.0);
        let mut chart = Chart::new(&mut drawing, frame, axis(), axis());
        let values = [
            (1.0, 12.0),
            (2.0, 12.0),
            (2.0, 5.0),
            (4.0, 5.0),
            (20.0, 5.0),
            (20.0, 1.0),
        ];
        chart.curve(&values, Pen::whole(BLACK, 1.0));
        let Some(Mark::Line { points, .. }) = drawing.marks.last() else {
            panic!("a curve was drawn");
        };
        let expected = [(20.0, 0.0), (20.0, 50.0), (40.0, 50.0), (100.0, 50.0)];
        assert_eq!(*points, expected.map(Point::from));
    }

    #[test]
    fn values_beyond_an_axis_stand_at_its_end() {
        let axis = Axis::linear("", (0.0, 2.0), 1.0);
        assert!((axis.share(0.5) - 0.25).abs() < 1e-12);
        assert!(axis.share(-1.0).abs() < 1e-12 && (axis.share(9.0) - 1.0).abs() < 1e-12);
        assert!(axis.share(f64::NEG_INFINITY).abs() < 1e-12);
    }
}
