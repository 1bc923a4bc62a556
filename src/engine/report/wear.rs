//! Wear of a seal along dates, for readers: charts of what was measured, and where on the die it is gone.

use std::fmt::Write as _;

use jiff::Span;
use jiff::civil::Date;
use kurbo::Point;
use kurbo::Rect;

use crate::charts::chart;
use crate::charts::chart::Axis;
use crate::charts::chart::Chart;
use crate::charts::drawing::BLACK;
use crate::charts::drawing::BLUE;
use crate::charts::drawing::Colour;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::Pen;
use crate::charts::drawing::VERMILION;
use crate::charts::svg;
use crate::matching::Place;
use crate::matching::Specimen;
use crate::report::copies::severity_key;
use crate::report::html::escaped;
use crate::report::html::resting_on;
use crate::report::picture::Picture;
use crate::rules::Basis;
use crate::words::Language;

/// Width and height of a chart, points.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 330.0;
/// Behind the interval of the fitted course.
const BAND: Colour = [0xD6, 0xE6, 0xF2];
/// From where on a place counts as gone in the picture.
const GONE: f64 = 0.5;

/// A seal that was followed.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The seal.
    pub seal: String,
    /// How grave it is: `warning`, `remark` or `note`.
    pub severity: &'static str,
    /// What it is, in a sentence or two.
    pub sentence: String,
    /// Its stable code, where it is a finding.
    pub code: Option<String>,
    /// What the finding rests on.
    pub basis: Option<Basis>,
    /// Each quantity's course.
    pub curves: Vec<Curve>,
    /// Where it is gone, if anywhere.
    pub places: Option<Picture>,
}

/// One quantity along the dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What is said of it.
    pub state: String,
    /// The first impression's date, from which days count.
    pub first: Date,
    /// Day, value and standard deviation of each impression.
    pub values: Vec<(f64, f64, f64)>,
    /// Day, low end, middle and high end of the fitted course.
    pub course: Vec<(f64, f64, f64, f64)>,
    /// What is tolerated.
    pub tolerance: Option<f64>,
    /// The days on which the tolerance is left: the interval's ends and the likeliest one.
    pub leaves: [Option<f64>; 3],
}

/// The drawing in gray, with the places that are gone.
#[must_use]
pub fn where_gone(specimen: &Specimen, places: &[(Place, f64)]) -> Picture {
    let (ink, _, outline) = specimen.layers();
    let per_mm = specimen.samples_per_mm();
    let reach = 1.12 * outline.half_width.max(outline.half_height);
    let gone: Vec<Point> = places
        .iter()
        .filter(|(_, gone)| *gone >= GONE)
        .map(|(place, _)| (place.at * per_mm).to_point())
        .collect();
    Picture::drawn(|x, y| {
        let at = Point::new(x * reach, y * reach);
        let place = outline.centre + at.to_vec2();
        let drawn = f64::from(crate::imaging::sample(ink, place.x, place.y, 0.0));
        let is_gone = gone
            .iter()
            .any(|gone| (gone.x - at.x).abs() <= 2.6 && (gone.y - at.y).abs() <= 2.6);
        let absorbed = if is_gone {
            [0.1, 0.75, 0.95]
        } else {
            [0.45; 3]
        };
        let floor = if is_gone { 0.35 } else { 0.0 };
        absorbed.map(|absorbed| 1.0 - absorbed * drawn.max(floor))
    })
}

/// Draws one quantity: values with their bars, the fitted course with its band, the tolerance, and the day on
/// which it is left.
#[must_use]
pub fn draw(language: Language, curve: &Curve) -> Drawing {
    let title = format!("{}, {}", curve.name, curve.unit);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, &title);
    let frame = Rect::new(70.0, 18.0, WIDTH - 20.0, HEIGHT - 54.0);
    let values = || curve.values.iter();
    let last = values().map(|value| value.0).fold(0.0, f64::max);
    let ends = curve.course.iter().flat_map(|at| [at.1, at.3]);
    let bars = values().flat_map(|(_, value, deviation)| [value - deviation, value + deviation]);
    let all = ends.chain(bars).chain(curve.tolerance).chain([0.0]);
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let room = 0.06 * (high - low).max(0.05);
    let (low, high) = (if low < 0.0 { low - room } else { 0.0 }, high + room);
    let step = Axis::step(high - low);
    let end = curve.course.last().map_or(last, |at| at.0).max(last);
    let mut chart = Chart::new(
        &mut drawing,
        frame,
        days(language.word("wear.date"), curve.first, end),
        Axis::linear(curve.unit, (low, high), step),
    );
    let edge = |at: f64| at.clamp(low, high);
    for pair in curve.course.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let ends = (f64::midpoint(a.1, b.1), f64::midpoint(a.3, b.3));
        chart.shade(((a.0, edge(ends.0)), (b.0, edge(ends.1))), BAND);
    }
    if let Some(tolerance) = curve.tolerance {
        for tolerance in [tolerance, -tolerance] {
            if (low..=high).contains(&tolerance) {
                chart.curve(
                    &[(0.0, tolerance), (end, tolerance)],
                    Pen::dashed(VERMILION, 1.6),
                );
            }
        }
    }
    let middle: Vec<(f64, f64)> = curve.course.iter().map(|at| (at.0, at.2)).collect();
    chart.curve(&middle, Pen::whole(BLUE, 1.8));
    for &(day, value, deviation) in &curve.values {
        chart.curve(
            &[(day, value - deviation), (day, value + deviation)],
            Pen::whole(BLACK, 1.2),
        );
        chart.disc(day, value, BLACK);
    }
    let [not_before, on, not_after] = curve.leaves;
    for day in [not_before, not_after].into_iter().flatten() {
        chart.curve(&[(day, low), (day, high)], chart::BOUND);
    }
    if let Some(day) = on.filter(|day| (0.0..=end).contains(day)) {
        chart.curve(&[(day, low), (day, high)], Pen::whole(VERMILION, 1.4));
    }
    drawing
}

/// The axis of days, its ticks at the beginnings of years or of their quarters.
fn days(title: &str, first: Date, end: f64) -> Axis {
    let months = if end > 900.0 { 12 } else { 3 };
    let mut ticks = Vec::new();
    let mut month = first
        .with()
        .day(1)
        .month(if months == 12 {
            1
        } else {
            quarter(first.month())
        })
        .build()
        .unwrap_or(first);
    loop {
        let day = f64::from((month - first).get_days());
        let words = match months {
            12 => month.year().to_string(),
            _ => format!("{}-{:02}", month.year(), month.month()),
        };
        ticks.push((day, words));
        if day >= end || ticks.len() > 60 {
            break;
        }
        match month.checked_add(Span::new().months(months)) {
            Ok(next) => month = next,
            Err(_) => break,
        }
    }
    Axis::bent(title, |value| value, ticks)
}

const fn quarter(month: i8) -> i8 {
    (month - 1) / 3 * 3 + 1
}

/// Writes the section of all seals that were followed.
#[must_use]
pub(super) fn section(language: Language, followed: &[Followed]) -> String {
    let mut text = format!(
        "<section id=\"wear\">\n<h2>{}</h2>\n<p class=\"small\">{}</p>\n",
        language.word("wear.title"),
        language.word("wear.purpose"),
    );
    for seal in followed {
        let basis = resting_on(language, seal.basis.as_ref());
        let _ = writeln!(
            text,
            "<h3>{}</h3>\n<p><strong class=\"{severity}\">{}</strong> {} <span class=\"small\">{}</span>{basis}</p>",
            escaped(&seal.seal),
            language.word(severity_key(seal.severity)),
            escaped(&seal.sentence),
            escaped(seal.code.as_deref().unwrap_or_default()),
            severity = seal.severity,
        );
        for curve in seal.curves.iter().filter(|curve| !curve.values.is_empty()) {
            let _ = writeln!(
                text,
                "<figure class=\"chart\">\n{}<figcaption>{}: {}<br><span class=\"small\">{}</span></figcaption></figure>",
                svg::write(&draw(language, curve)),
                curve.name,
                escaped(&curve.state),
                language.word("wear.legend"),
            );
        }
        if let Some(places) = &seal.places {
            let gone = language.word("wear.where_gone");
            let _ = writeln!(
                text,
                "<div class=\"trio\"><figure><img src=\"{}\" alt=\"{gone}\"><figcaption>{gone}</figcaption></figure></div>",
                places.to_data_uri()
            );
        }
    }
    text.push_str("</section>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::drawing::Mark;

    fn curve() -> Curve {
        Curve {
            name: "gone",
            unit: "%",
            state: "gradual".to_owned(),
            first: jiff::civil::date(2019, 4, 2),
            values: vec![(0.0, 0.1, 0.2), (500.0, 1.5, 0.3), (1200.0, 3.0, 0.2)],
            course: vec![(0.0, -0.1, 0.1, 0.4), (1200.0, 2.5, 3.0, 3.5)],
            tolerance: Some(2.0),
            leaves: [Some(650.0), Some(720.0), None],
        }
    }

    #[test]
    fn a_chart_holds_every_impression_and_the_tolerance_and_names_the_years() {
        let drawing = draw(Language::English, &curve());
        let discs = drawing
            .marks
            .iter()
            .filter(|mark| matches!(mark, Mark::Disc { .. }));
        assert_eq!(discs.count(), 3);
        let is_dashed = |mark: &&Mark| match mark {
            Mark::Line { pen, .. } => pen.colour == VERMILION && !pen.dashes.is_empty(),
            Mark::Area { .. } | Mark::Disc { .. } | Mark::Text(_) => false,
        };
        assert_eq!(drawing.marks.iter().filter(is_dashed).count(), 1);
        let svg = svg::write(&drawing);
        assert!(svg.contains(">2020<") && svg.contains(">2022<"), "{svg}");
    }

    #[test]
    fn the_section_says_what_it_is_in_its_language_and_escapes_names() {
        let section = section(
            Language::Chinese,
            &[Followed {
                seal: "<S1>".to_owned(),
                severity: "warning",
                sentence: "worn & thin".to_owned(),
                code: Some("seal.wear_out_of_tolerance".to_owned()),
                basis: None,
                curves: vec![curve()],
                places: None,
            }],
        );
        assert!(section.contains("&lt;S1&gt;") && section.contains("worn &amp; thin"));
        assert!(
            section.contains("印章随时间的磨损")
                && section.contains(">日期<")
                && section.contains("<svg")
        );
    }
}
