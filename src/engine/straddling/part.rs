//! The part of a seal that one sheet bears: where it lies on the drawing, and from where to where it goes.

use crate::extraction::Edge;
use crate::extraction::Strip;
use crate::geometry::Point;
use crate::imaging::sample;
use crate::matching;
use crate::matching::Columns;
use crate::matching::Lie;
use crate::matching::Specimen;
use crate::order;
use crate::straddling::order::Place;
use crate::units::Dpi;
use crate::units::floor_index;

/// Ink that a strip's first columns need to count as its beginning, millimetres of a column.
const BEGINS_MM: f64 = 0.25;
/// Share of the usual ink below which a column is taken to show something else: a dry border keeps more, and words laid on
/// a drawing by chance meet less of it.
const BARE: f64 = 0.2;
/// Ink of the drawing that is not there, square millimetres, from which columns are no part of the seal: words, or what
/// lies beside the sheet.
const BESIDE_MM2: f64 = 1.0;

/// A strip found on a drawing.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The page.
    pub page: u32,
    /// What was cut out.
    pub strip: &'a Strip,
    /// Where it lies.
    pub lie: Lie,
    /// The columns of its page that show the seal.
    pub columns: Columns,
    /// Where it lies on the seal.
    pub place: Place,
}

impl<'a> Part<'a> {
    /// Finds a strip of a page of a width in pixels on a drawing; `None` where it cannot be laid on it.
    #[must_use]
    pub fn find(
        strip: &'a Strip,
        (page, page_width): (u32, u32),
        specimen: &Specimen,
    ) -> Option<Self> {
        let dpi = strip.part.dpi?;
        let first = inked(strip, f64::from(page_width), dpi)?;
        let lie = matching::locate(&strip.part, first, specimen)?;
        let columns = agreeing(strip, first, (&lie, specimen), dpi);
        let (_, _, outline) = specimen.layers();
        let centre = lie.page_from_specimen * outline.centre;
        let per_mm = dpi.pixels_per_mm();
        let (left, right) = (
            (columns.from - centre.x) / per_mm,
            (columns.to - centre.x) / per_mm,
        );
        // From the side where the first sheet's part lies.
        let (from_mm, to_mm) = match strip.edge {
            Edge::Right => (left, right),
            Edge::Left => (-right, -left),
        };
        let place = Place {
            from_mm,
            to_mm,
            goes_on: strip.goes_on,
            height_mm: centre.y / per_mm,
            turn_deg: lie.turn_deg,
        };
        Some(Self {
            page,
            strip,
            lie,
            columns,
            place,
        })
    }
}

/// The columns from the first that bears ink to the page's edge.
fn inked(strip: &Strip, page_width: f64, dpi: Dpi) -> Option<Columns> {
    let layers = &strip.part.layers;
    let needed = BEGINS_MM * dpi.pixels_per_mm();
    let ink = |x: usize| {
        let column = (0..layers.ink.height()).map(|y| {
            let (ink, trust) = (layers.ink.at(x, y), layers.validity.at(x, y));
            f64::from(ink) * f64::from(trust) / (255.0 * 255.0)
        });
        column.sum::<f64>() >= needed
    };
    let width = layers.ink.width();
    let origin = f64::from(layers.origin.0);
    let columns = match strip.edge {
        Edge::Right => Columns {
            from: origin + (0..width).find(|x| ink(*x))? as f64,
            to: page_width,
        },
        Edge::Left => Columns {
            from: 0.0,
            to: origin + (0..width).rfind(|x| ink(*x))? as f64 + 1.0,
        },
    };
    (columns.to - columns.from >= 2.0).then_some(columns)
}

/// The columns in which what is drawn is there: words beside the part, and what lies beside the sheet, are none.
fn agreeing(
    strip: &Strip,
    columns: Columns,
    (lie, specimen): (&Lie, &Specimen),
    dpi: Dpi,
) -> Columns {
    let (drawing, _, _) = specimen.layers();
    let specimen_from_page = lie.page_from_specimen.inverse();
    let layers = &strip.part.layers;
    let (left, top) = (f64::from(layers.origin.0), f64::from(layers.origin.1));
    let pixel_mm2 = 1.0 / (dpi.pixels_per_mm() * dpi.pixels_per_mm());
    let (mut first, count) = (columns.from, floor_index(columns.to - columns.from));
    // Drawn ink that can be seen, and how much of it is there, by columns.
    let seen = |column: usize| {
        let x = columns.from + column as f64 + 0.5;
        let (mut drawn_here, mut inked) = (0.0, 0.0);
        for y in 0..layers.ink.height() {
            let y = y as f64 + 0.5;
            let at = specimen_from_page * Point::new(x, top + y);
            let drawn = f64::from(sample(drawing, at.x, at.y, 0.0));
            let ink = f64::from(sample(&layers.ink, x - left, y, 0.0)) / 255.0;
            let trust = f64::from(sample(&layers.validity, x - left, y, 0.0)) / 255.0;
            drawn_here += trust * drawn * pixel_mm2;
            inked += trust * drawn * ink * pixel_mm2;
        }
        (drawn_here, inked)
    };
    let seen: Vec<(f64, f64)> = (0..count).map(seen).collect();
    // Light ink is judged by itself, against what most columns have.
    let drawn = seen.iter().filter(|(drawn, _)| *drawn > 0.0);
    let shares = drawn.map(|(drawn, inked)| inked / drawn);
    let usual = order::ranked(shares, |count| 3 * count / 4).unwrap_or(1.0);
    let worth = |(drawn, inked): &(f64, f64)| inked - BARE * usual * drawn;
    let worths: Vec<f64> = seen.iter().map(worth).collect();
    // The run of columns with the greatest sum.
    let (mut best, mut range) = (0.0, (0, count));
    let (mut sum, mut start) = (0.0, 0);
    for (column, worth) in worths.iter().enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, column);
        }
        sum += worth;
        if sum > best {
            best = sum;
            range = (start, column + 1);
        }
    }
    let mut last = columns.to;
    let lost = |worths: &[f64]| -worths.iter().sum::<f64>() > BESIDE_MM2;
    if lost(&worths[..range.0]) {
        first += range.0 as f64;
    }
    if lost(&worths[range.1..]) {
        last = columns.from + range.1 as f64;
    }
    Columns {
        from: first,
        to: last,
    }
}
