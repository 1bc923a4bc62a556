//! What of a die's drawing prints, place by place: kept of dated impressions, so that what is gone for good can be
//! told from what one stamping left bare.
//!
//! The drawing is cut into small places. Each one's ink is set against what pressure and pad give around
//! there, a smooth surface over the face that bare places do not pull down. A place is as
//! far absent as its ink falls short of that.

use nalgebra::SMatrix;
use nalgebra::SVector;
use serde::{Deserialize, Serialize};

use crate::extraction::Outline;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::dilate;
use crate::imaging::gradient;
use crate::matching::Superposed;
use crate::order;
use crate::units::single;

/// Side of a place, grid samples: 0.4 mm.
const PLACE: usize = 4;
/// Ink of the drawing from which a sample is drawn; least of them in a place.
const DRAWN: f32 = 0.4;
const SAMPLES_MIN: f32 = 3.0;
/// Trust from which a sample is seen, and share of a place's samples that must be.
const SEEN: f32 = 0.5;
const SEEN_SHARE: f32 = 0.6;
/// Depth under the outline down to which a place is of the border, millimetres.
const BORDER_MM: f64 = 1.3;
/// Share of drawn samples up to which a place holds a thin line, and a medium one.
const THIN: f32 = 0.4;
const MEDIUM: f32 = 0.7;
/// Ink around a place, of full ink, below which nothing is said of it.
const INKED_MIN: f64 = 0.3;
/// Ink, of what is expected, from which a place is there, and below which it is wholly absent.
const THERE: (f64, f64) = (0.75, 0.35);
/// Scatter of places' ink around the surface of pressure; those below count the less.
const SCATTER: f64 = 0.2;
/// Reach of the ink beside the drawing that counts as a line's own, grid samples.
const HALO: usize = 4;

/// A place of a drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Its middle, from the outline's centre, in millimetres.
    pub at: Vec2,
    /// Drawn area, square millimetres.
    pub area_mm2: f64,
    /// How much of it is drawn: 0 a thin line, 1 a medium one, 2 a broad one.
    pub breadth: usize,
    /// Whether it is of the border.
    pub border: bool,
}

/// What of a drawing an impression shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Presence {
    /// How far each place is absent, 0 there to 1 wholly absent; `None` where it is hidden or everything around is
    /// pale. In the order of the specimen's places.
    pub absent: Vec<Option<f32>>,
    /// How much wider lines are than the drawing's, millimetres; `None` if too few are seen.
    pub widening_mm: Option<f64>,
}

/// Drawn samples of each place of a grid.
struct Cells {
    columns: usize,
    /// Index of the place, by cell.
    places: Vec<Option<usize>>,
    drawn: Vec<f32>,
}

impl Cells {
    fn new(drawing: &Density) -> Self {
        let (columns, rows) = (drawing.width() / PLACE, drawing.height() / PLACE);
        let mut drawn = vec![0.0; columns * rows];
        for (x, y) in samples(columns, rows) {
            if drawing.at(x, y) > DRAWN {
                drawn[y / PLACE * columns + x / PLACE] += 1.0;
            }
        }
        let mut count = 0;
        let number = |drawn: &f32| {
            let is_place = *drawn >= SAMPLES_MIN;
            count += usize::from(is_place);
            is_place.then(|| count - 1)
        };
        Self {
            columns,
            places: drawn.iter().map(number).collect(),
            drawn,
        }
    }

    fn middle(&self, cell: usize) -> Point {
        let place = |index: usize| (index as f64 + 0.5) * PLACE as f64;
        Point::new(place(cell % self.columns), place(cell / self.columns))
    }

    /// Cells that are places.
    fn each(&self) -> impl Iterator<Item = (usize, usize)> {
        let own = self.places.iter().enumerate();
        own.filter_map(|(cell, place)| Some((cell, (*place)?)))
    }
}

/// Every sample of whole cells.
fn samples(columns: usize, rows: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows * PLACE).flat_map(move |y| (0..columns * PLACE).map(move |x| (x, y)))
}

/// The places of a drawing, in a fixed order: they follow from the drawing alone.
#[must_use]
pub(super) fn places(drawing: &Density, outline: &Outline) -> Vec<Place> {
    let cells = Cells::new(drawing);
    let place = |(cell, _): (usize, usize)| {
        let arm = cells.middle(cell) - outline.centre;
        let depth = outline.radius_at(arm.atan2()) - arm.hypot();
        let drawn = cells.drawn[cell];
        let share = drawn / single((PLACE * PLACE) as f64);
        Place {
            at: arm / Superposed::PER_MM,
            area_mm2: f64::from(drawn) / (Superposed::PER_MM * Superposed::PER_MM),
            breadth: usize::from(share > THIN) + usize::from(share > MEDIUM),
            border: depth < BORDER_MM * Superposed::PER_MM,
        }
    };
    cells.each().map(place).collect()
}

impl Presence {
    /// Looks at every place; `None` if hardly any ink is seen.
    #[must_use]
    pub fn of(laid: &Superposed) -> Option<Self> {
        let cells = Cells::new(&laid.drawing);
        let inks = inks(laid, &cells);
        let outline = &laid.outline;
        let share = |cell: usize| (cells.middle(cell) - outline.centre) / outline.mean_radius();
        let seen: Vec<(Vec2, f64)> = cells
            .each()
            .filter_map(|(cell, place)| Some((share(cell), inks[place]?)))
            .collect();
        let pressure = Pressure::fit(&seen)?;
        let mut absent = vec![None; inks.len()];
        let mut doubtful = laid.drawing.map(|_| false);
        for (cell, place) in cells.each() {
            let expected = pressure.at(share(cell));
            absent[place] = inks[place].filter(|_| expected >= INKED_MIN).map(|ink| {
                let (there, gone) = THERE;
                single(((there - ink / expected) / (there - gone)).clamp(0.0, 1.0))
            });
            if absent[place].is_none_or(|absent| absent > 0.3) {
                let (x, y) = (cell % cells.columns * PLACE, cell / cells.columns * PLACE);
                for row in y..y + PLACE {
                    doubtful.row_mut(row)[x..x + PLACE].fill(true);
                }
            }
        }
        let doubtful = dilate(&doubtful, HALO);
        Some(Self {
            absent,
            widening_mm: widening(laid, &doubtful, |point| {
                pressure.at((point - outline.centre) / outline.mean_radius())
            }),
        })
    }
}

/// Each place's ink over the drawing's own, at the fullest sample within reach of the rubber's give; `None` where
/// it is hidden.
fn inks(laid: &Superposed, cells: &Cells) -> Vec<Option<f64>> {
    let (ink, drawing) = (fullest_near(&laid.ink), fullest_near(&laid.drawing));
    let mut sums = vec![[0.0_f32; 3]; cells.places.len()];
    let rows = cells.places.len() / cells.columns.max(1);
    for (x, y) in samples(cells.columns, rows) {
        if laid.drawing.at(x, y) > DRAWN && laid.weight.at(x, y) > SEEN {
            let sum = &mut sums[y / PLACE * cells.columns + x / PLACE];
            sum[0] += 1.0;
            sum[1] += ink.at(x, y);
            sum[2] += drawing.at(x, y);
        }
    }
    let ratio = |(cell, _): (usize, usize)| {
        let [seen, ink, drawn] = sums[cell];
        (seen >= SEEN_SHARE * cells.drawn[cell]).then(|| f64::from(ink / drawn))
    };
    cells.each().map(ratio).collect()
}

/// The fullest ink within one sample.
fn fullest_near(map: &Density) -> Density {
    let fullest = |line: &[f32], at: usize| {
        let (from, to) = (at.saturating_sub(1), (at + 2).min(line.len()));
        line[from..to].iter().copied().fold(0.0, f32::max)
    };
    let mut across = map.clone();
    for y in 0..map.height() {
        for (x, value) in across.row_mut(y).iter_mut().enumerate() {
            *value = fullest(map.row(y), x);
        }
    }
    let mut out = across.clone();
    for y in 0..map.height() {
        let near = y.saturating_sub(1)..(y + 2).min(map.height());
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            *value = near
                .clone()
                .fold(0.0, |most, row| across.at(x, row).max(most));
        }
    }
    out
}

/// The ink that pressure and pad give, a surface of the second degree over the face.
struct Pressure(SVector<f64, 6>);

impl Pressure {
    fn row(at: Vec2) -> SVector<f64, 6> {
        SVector::from([1.0, at.x, at.y, at.x * at.x, at.x * at.y, at.y * at.y])
    }

    /// Fits it to places' ink; bare places lie below it. `None` if there are too few.
    fn fit(seen: &[(Vec2, f64)]) -> Option<Self> {
        if seen.len() < 60 {
            return None;
        }
        let inks = seen.iter().map(|(_, ink)| *ink);
        let mut fit = SVector::<f64, 6>::zeros();
        fit[0] = order::ranked(inks, |count| count * 6 / 10)?;
        for _ in 0..8 {
            let mut normal = SMatrix::<f64, 6, 6>::identity() * 1e-3;
            let mut right = SVector::<f64, 6>::zeros();
            for (at, ink) in seen {
                let row = Self::row(*at);
                let off = (ink - fit.dot(&row)) / SCATTER;
                let weight = if off < 0.0 { 0.7 } else { 1.0 } / (1.0 + off * off);
                normal += row * row.transpose() * weight;
                right += row * (weight * ink);
            }
            fit = normal.cholesky()?.solve(&right);
        }
        Some(Self(fit))
    }

    fn at(&self, at: Vec2) -> f64 {
        self.0.dot(&Self::row(at)).clamp(0.05, 1.2)
    }
}

/// How much wider the lines are than the drawing's: the ink's area over the drawing's, by the length of the edges.
fn widening(
    laid: &Superposed,
    doubtful: &crate::imaging::Mask,
    expected: impl Fn(Point) -> f64,
) -> Option<f64> {
    let near = dilate(&laid.drawing.map(|ink| ink > DRAWN), HALO);
    let inside = |value: f32, full: f32| ((value / full - 0.5) / 0.3 + 0.5).clamp(0.0, 1.0);
    let drawn = laid.drawing.map(|ink| inside(ink, 1.0));
    let (across, down) = gradient(&drawn);
    let (mut gained, mut edges) = (0.0_f64, 0.0_f64);
    for y in 0..drawn.height() {
        for x in 0..drawn.width() {
            if !near.at(x, y) || doubtful.at(x, y) || laid.weight.at(x, y) <= SEEN {
                continue;
            }
            let full = single(expected(Point::new(x as f64 + 0.5, y as f64 + 0.5)));
            gained += f64::from(inside(laid.ink.at(x, y), full) - drawn.at(x, y));
            edges += f64::from(libm::hypotf(across.at(x, y), down.at(x, y)));
        }
    }
    // Both edges of a line move by as much.
    let edges_mm = edges / Superposed::PER_MM;
    (edges_mm > 100.0).then(|| 2.0 * gained / (edges * Superposed::PER_MM))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Shape;
    use crate::geometry::Affine;
    use crate::imaging::blur;

    /// Ruled lines of so many samples on 30 mm, their ink as `ink` says of places in millimetres.
    fn ruled(broad: usize, ink: impl Fn(f64, f64) -> f32) -> Superposed {
        let side = 300;
        let lines = |broad: usize, ink: &dyn Fn(f64, f64) -> f32| {
            let mut map = Density::filled(side, side, 0.0);
            for y in (0..side).filter(|y| (y + broad / 2) % 12 < broad) {
                for (x, value) in map.row_mut(y).iter_mut().enumerate() {
                    *value = ink(x as f64 / 10.0, y as f64 / 10.0);
                }
            }
            blur(&map, 0.7)
        };
        Superposed {
            ink: lines(broad, &ink),
            weight: Density::filled(side, side, 1.0),
            drawing: lines(4, &|_, _| 1.0),
            outline: Outline {
                shape: Shape::Round,
                centre: Point::new(150.0, 150.0),
                half_width: 148.0,
                half_height: 148.0,
                axis_degrees: 0.0,
            },
            page_from_grid: Affine::IDENTITY,
        }
    }

    /// Share of the places within 3 mm of one at 20, 15 mm, and of the others, that are absent.
    fn absent(laid: &Superposed) -> (f64, f64) {
        let presence = Presence::of(laid).unwrap();
        let mut counts = [[0.0; 2]; 2];
        for (place, absent) in places(&laid.drawing, &laid.outline)
            .iter()
            .zip(&presence.absent)
        {
            let near = (place.at - Vec2::new(5.0, 0.0)).hypot() < 2.5;
            let count = &mut counts[usize::from(near)];
            count[0] += 1.0;
            count[1] += f64::from(absent.unwrap());
        }
        (counts[1][1] / counts[1][0], counts[0][1] / counts[0][0])
    }

    #[test]
    fn a_worn_place_is_absent_and_one_side_pressed_less_is_not() {
        let worn = |x: f64, y: f64| f32::from(u8::from(libm::hypot(x - 20.0, y - 15.0) > 3.0));
        let (there, elsewhere) = absent(&ruled(4, worn));
        assert!(there > 0.9 && elsewhere < 0.05, "{there} {elsewhere}");
        let tilted = |x: f64, _: f64| single(1.0 - 0.017 * x);
        let (there, elsewhere) = absent(&ruled(4, tilted));
        assert!(there < 0.02 && elsewhere < 0.02, "{there} {elsewhere}");
    }

    #[test]
    fn lines_that_print_broader_are_wider_by_as_much() {
        let same = Presence::of(&ruled(4, |_, _| 0.9)).unwrap();
        let broader = Presence::of(&ruled(6, |_, _| 0.9)).unwrap();
        let grown = broader.widening_mm.unwrap() - same.widening_mm.unwrap();
        assert!((grown - 0.2).abs() < 0.05, "{grown}");
        assert!(same.widening_mm.unwrap().abs() < 0.03, "{same:?}");
    }
}
