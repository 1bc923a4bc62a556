//! Whether the die slipped on the paper: struck twice, or was dragged.
//!
//! Comes in: an impression laid over its specimen's drawing. Goes out: the second strike that explains
//! most of what one strike leaves, and how much. A slip lays ink on one side of every edge across its
//! way and none along it. Broader lines, another drawing, and rubber that gives lie on all sides, or move
//! the edge without doubling it: strikes in other directions, or one strike with broader lines, then explain as much.

use serde::{Deserialize, Serialize};

use crate::geometry::Affine;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::dilate;
use crate::matching::superposed::Superposed;
use crate::units::floor_index;

/// How a die slipped, as its second strike explains the impression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slip {
    /// From the stronger strike to the fainter one, millimetres.
    pub by_mm: f64,
    /// Its direction on the page, degrees clockwise from the page's right, 0 to 360.
    pub direction_deg: f64,
    /// Ink of the fainter strike over that of the stronger.
    pub share: f64,
    /// Share of what one strike, its lines broader or not, leaves unexplained that the second one explains.
    pub over_one: f64,
    /// The same of what a second strike as far off in seven other directions leaves, on average.
    pub over_others: f64,
}

/// How far the strikes may lie apart, millimetres: nearer is ink's own spread, and a hand that slips
/// farther strikes anew.
const REACH_MM: (f64, f64) = (0.35, 1.7);
/// Smoothing before every other sample is read, grid samples.
const SIGMA: f64 = 1.0;
/// Samples a millimetre that are read.
const HALF_PER_MM: f64 = 0.5 * Superposed::PER_MM;
/// How far the alignment may be off one strike, samples: with two it may lie between them.
const ASTRAY: isize = 2;
/// Drawing from which a sample counts as drawn.
const DRAWN: f32 = 0.3;

/// Shares from which the die slipped. Chosen: of 13 drawn double strikes (seed 8101) that spoke for another
/// die 11 are beyond both, of 96 false dies (seed 7002) none; the nearest has 0.06 of the first.
const MARKED: (f64, f64) = (0.08, 0.07);
/// The same where the strikes lie so near that broader lines explain as much, but strikes in other directions do
/// not: one of those false dies.
const MARKED_NEAR: (f64, f64) = (-0.1, 0.22);

impl Slip {
    /// Whether it is more than uneven ink and another die make.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        [MARKED, MARKED_NEAR].iter().any(|(over_one, over_others)| {
            self.over_one >= *over_one && self.over_others >= *over_others
        })
    }

    /// The second strike that explains most; `None` where nothing of the drawing can be seen, or one strike
    /// explains everything.
    #[must_use]
    pub fn of(laid: &Superposed) -> Option<Self> {
        let scene = Scene::new(laid)?;
        let one = scene.one_strike();
        if one <= 1e-9 * scene.total {
            return None;
        }
        let coarse = scene.coarse();
        let best = coarse
            .iter()
            .min_by(|a, b| a.fit.left.total_cmp(&b.fit.left))?;
        let best = scene.refined(*best, Free::Both);
        let others = scene.others(&coarse, best.apart);
        let Fit {
            left,
            first,
            second,
        } = best.fit;
        let fainter = first.min(second);
        let way = if second > first { -1.0 } else { 1.0 };
        let moved = Vec2::new(best.apart.0 as f64, best.apart.1 as f64) * way;
        let on_page = linear(laid.page_from_grid, moved);
        Some(Self {
            by_mm: moved.hypot() / HALF_PER_MM,
            direction_deg: libm::atan2(on_page.y, on_page.x)
                .to_degrees()
                .rem_euclid(360.0),
            share: fainter / first.max(second).max(1e-9),
            over_one: 1.0 - left / one,
            over_others: 1.0 - left / others.max(1e-9 * scene.total),
        })
    }
}

/// A step on the grid: across and down.
type Step = (isize, isize);

/// One step in every direction.
const ROUND: [Step; 8] = [
    (-1, -1),
    (0, -1),
    (1, -1),
    (-1, 0),
    (1, 0),
    (-1, 1),
    (0, 1),
    (1, 1),
];

/// Two strikes: where the first lies, how far the second is from it, and how well they explain the ink.
#[derive(Clone, Copy)]
struct Strikes {
    first: Step,
    apart: Step,
    fit: Fit,
}

/// What is left of the ink's energy, and the ink of either strike.
#[derive(Clone, Copy)]
struct Fit {
    left: f64,
    first: f64,
    second: f64,
}

/// What of two strikes may move.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Free {
    Both,
    FirstAlone,
}

/// The maps that strikes are tried on, at half the grid's samples.
struct Scene {
    ink: Density,
    weight: Density,
    /// With a margin all round that no step leaves.
    drawing: Density,
    /// The same with every line broader by a sample on each side.
    broader: Density,
    margin: isize,
    /// Steps of the farthest strike.
    reach: isize,
    /// Energy of the ink.
    total: f64,
}

impl Scene {
    /// `None` if nothing of the drawing can be seen.
    fn new(laid: &Superposed) -> Option<Self> {
        let read = |map: &Density| halved(&blur(map, SIGMA));
        let (ink, mut weight, plain) = (read(&laid.ink), halved(&laid.weight), read(&laid.drawing));
        let steps = floor_index(REACH_MM.1 * HALF_PER_MM);
        let near = dilate(&plain.map(|value| value > DRAWN), steps + 1);
        for (weight, near) in weight.samples_mut().iter_mut().zip(near.samples()) {
            if !near {
                *weight = 0.0;
            }
        }
        let pairs = ink.samples().iter().zip(weight.samples());
        let total: f64 = pairs
            .map(|(ink, weight)| f64::from(weight * ink * ink))
            .sum();
        let margin = 2 * steps + 2;
        let drawing = padded(&plain, margin);
        (total > 1.0).then(|| Self {
            broader: broader(&drawing),
            ink,
            weight,
            drawing,
            margin: margin as isize,
            reach: steps as isize,
            total,
        })
    }

    /// What the best single strike leaves: its lines broader or not, and moved by part of a sample, which looks
    /// like a strike beside it.
    fn one_strike(&self) -> f64 {
        let steps = -ASTRAY..=ASTRAY;
        let places = steps
            .clone()
            .flat_map(|across| steps.clone().map(move |down| (across, down)));
        let left = |at: Step| {
            let broader = self.fit(at, (&self.broader, at)).left;
            let between = ROUND.map(|by| self.fit(at, (&self.drawing, moved(at, by))).left);
            between.into_iter().fold(broader, f64::min)
        };
        places.map(left).fold(f64::INFINITY, f64::min)
    }

    /// Every second strike within reach, the first one where the drawing was aligned, or the two to either
    /// side of it.
    fn coarse(&self) -> Vec<Strikes> {
        let steps = -self.reach..=self.reach;
        let apart = steps
            .clone()
            .flat_map(|across| steps.clone().map(move |down| (across, down)));
        let strikes = apart.filter(|apart| is_slip(*apart)).flat_map(|apart| {
            [(0, 0), (-apart.0 / 2, -apart.1 / 2)].map(|first| self.strikes(first, apart))
        });
        strikes.collect()
    }

    fn strikes(&self, first: Step, apart: Step) -> Strikes {
        let second = (first.0 + apart.0, first.1 + apart.1);
        Strikes {
            first,
            apart,
            fit: self.fit(first, (&self.drawing, second)),
        }
    }

    /// Moves the strikes step by step as long as less is left.
    fn refined(&self, from: Strikes, free: Free) -> Strikes {
        let mut best = from;
        // Each round goes one step, and none leaves the reach.
        for _ in 0..2 * self.reach {
            let firsts = ROUND.map(|by| (moved(best.first, by), best.apart));
            let aparts = ROUND.map(|by| (best.first, moved(best.apart, by)));
            let aparts = aparts.iter().filter(|_| free == Free::Both);
            let tried = firsts.iter().chain(aparts).filter(|(first, apart)| {
                first.0.abs().max(first.1.abs()) <= self.reach && is_slip(*apart)
            });
            let next = tried
                .map(|&(first, apart)| self.strikes(first, apart))
                .min_by(|a, b| a.fit.left.total_cmp(&b.fit.left));
            match next {
                Some(next) if next.fit.left < best.fit.left => best = next,
                Some(_) | None => break,
            }
        }
        best
    }

    /// What second strikes as far off as `apart`, in seven other directions, leave on average.
    fn others(&self, coarse: &[Strikes], apart: Step) -> f64 {
        let (length, angle) = (
            libm::hypot(apart.0 as f64, apart.1 as f64),
            libm::atan2(apart.1 as f64, apart.0 as f64),
        );
        let mut sum = 0.0;
        for eighth in 1..8 {
            let (sin, cos) = libm::sincos(angle + f64::from(eighth) * std::f64::consts::FRAC_PI_4);
            let wanted = Vec2::new(cos, sin) * length;
            let off = |own: &&Strikes| {
                (Vec2::new(own.apart.0 as f64, own.apart.1 as f64) - wanted).hypot2()
            };
            let nearest = coarse
                .iter()
                .map(|own| off(&own))
                .fold(f64::INFINITY, f64::min);
            let alike = coarse.iter().filter(|own| off(own) <= nearest);
            let left = alike.map(|own| self.refined(*own, Free::FirstAlone).fit.left);
            sum += left.fold(f64::INFINITY, f64::min);
        }
        sum / 7.0
    }

    /// Explains the ink by the drawing at `first` and, where that leaves paper, by `other` at a place, each with an
    /// amount of ink of its own, not below 0.
    fn fit(&self, first: Step, (other, at): (&Density, Step)) -> Fit {
        let width = self.ink.width();
        let row_of = |map: &'_ Density, y: usize, step: Step| {
            let row = self.margin + y as isize - step.1;
            let start = self.margin - step.0;
            // The margin is wider than any step.
            let (row, start) = (row.unsigned_abs(), start.unsigned_abs());
            let offset = row * map.width() + start;
            offset..offset + width
        };
        // first·first, first·second, second·second, ink·first, ink·second
        let mut sums = [0.0_f64; 5];
        for y in 0..self.ink.height() {
            let (ink, weight) = (self.ink.row(y), self.weight.row(y));
            let own = &self.drawing.samples()[row_of(&self.drawing, y, first)];
            let second = &other.samples()[row_of(other, y, at)];
            let mut row = [0.0_f32; 5];
            let samples = ink.iter().zip(weight).zip(own.iter().zip(second));
            for ((ink, weight), (own, second)) in samples {
                let second = second * (1.0 - own);
                let (weighted, beside) = (weight * own, weight * second);
                row[0] += weighted * own;
                row[1] += weighted * second;
                row[2] += beside * second;
                row[3] += weighted * ink;
                row[4] += beside * ink;
            }
            for (sum, row) in sums.iter_mut().zip(row) {
                *sum += f64::from(row);
            }
        }
        self.solved(sums)
    }

    fn solved(&self, [aa, ab, bb, ya, yb]: [f64; 5]) -> Fit {
        let determinant = aa * bb - ab * ab;
        if determinant > 1e-6 * aa * bb {
            let first = (ya * bb - yb * ab) / determinant;
            let second = (yb * aa - ya * ab) / determinant;
            if second > 0.0 && first > 0.0 {
                return Fit {
                    left: self.total - first * ya - second * yb,
                    first,
                    second,
                };
            }
        }
        let first = if aa > 0.0 { (ya / aa).max(0.0) } else { 0.0 };
        Fit {
            left: self.total - first * ya,
            first,
            second: 0.0,
        }
    }
}

/// Whether two strikes so far apart are a slip.
fn is_slip(apart: Step) -> bool {
    let length = libm::hypot(apart.0 as f64, apart.1 as f64) / HALF_PER_MM;
    (REACH_MM.0..=REACH_MM.1).contains(&length)
}

const fn moved(step: Step, by: Step) -> Step {
    (step.0 + by.0, step.1 + by.1)
}

/// A step through the linear part of a map.
fn linear(map: Affine, step: Vec2) -> Vec2 {
    let [a, b, c, d, ..] = map.as_coeffs();
    Vec2::new(a * step.x + c * step.y, b * step.x + d * step.y)
}

/// Every other sample of a smoothed map, as means of two by two.
fn halved(map: &Density) -> Density {
    let (width, height) = (map.width() / 2, map.height() / 2);
    let mut half = Density::filled(width, height, 0.0);
    for y in 0..height {
        let (above, below) = (map.row(2 * y), map.row(2 * y + 1));
        for (x, value) in half.row_mut(y).iter_mut().enumerate() {
            *value = 0.25 * (above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1]);
        }
    }
    half
}

fn padded(map: &Density, margin: usize) -> Density {
    let (width, height) = (map.width(), map.height());
    let mut wide = Density::filled(width + 2 * margin, height + 2 * margin, 0.0);
    for y in 0..height {
        wide.row_mut(y + margin)[margin..margin + width].copy_from_slice(map.row(y));
    }
    wide
}

/// The most of each sample and its four neighbours.
fn broader(map: &Density) -> Density {
    let (width, height) = (map.width(), map.height());
    let mut broad = map.clone();
    for y in 0..height {
        let (above, below) = (
            map.row(y.saturating_sub(1)),
            map.row((y + 1).min(height - 1)),
        );
        let own = map.row(y);
        for (x, value) in broad.row_mut(y).iter_mut().enumerate() {
            let (left, right) = (own[x.saturating_sub(1)], own[(x + 1).min(width - 1)]);
            *value = value.max(above[x]).max(below[x]).max(left).max(right);
        }
    }
    broad
}

#[cfg(test)]
mod tests;
