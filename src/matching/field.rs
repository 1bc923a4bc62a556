//! The displacement field: where each part of the specimen's drawing stands in the impression.
//!
//! Every part is a small window of the specimen. In it the impression is explained by a shift, a
//! gain, an offset and a spread of ink (all edges moved outwards alike), by weighted least squares
//! with weak priors; the part's covariance comes from the same system, so a straight stroke says
//! nothing along itself. Hidden pixels carry no weight.

use nalgebra::{SMatrix, SVector};

use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::gradient;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::elements::Piece;
use crate::matching::structure::Structure;
use crate::matching::window::Pixel;
use crate::matching::window::Pixels;
use crate::matching::window::Seen;
use crate::matching::window::System;
use crate::matching::window::Terms;
use crate::units::floor_index;
use crate::units::single;

/// What a part belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// A ring or frame line, by its number from outside.
    Ring(usize),
    /// What stands inside.
    Inside,
}

/// One part of the drawing as found in the impression. Lengths in millimetres, specimen's frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub zone: Zone,
    /// Centre of the window, relative to the outline's centre.
    pub at: Vec2,
    /// Outward normal for a ring's part: only the shift along it is meant.
    pub normal: Option<Vec2>,
    /// Shift of the impression's part against the specimen's.
    pub shift: Vec2,
    /// Covariance of the shift: xx, xy, yy.
    pub covariance: [f64; 3],
    /// Outward move of all edges.
    pub spread: f64,
    /// Variance of the spread.
    pub spread_variance: f64,
    /// Root mean square of what is left, as a share of full ink.
    pub residual: f64,
    /// Root mean square of the specimen's own contrast in the window.
    pub contrast: f64,
    /// Outward direction of its lone edges: 1 long for a single edge, 0 for a line with two.
    pub edge: Vec2,
    /// Samples it was fitted to, by weight.
    pub area: f64,
    /// The piece's number among the specimen's; `None` on a ring.
    pub piece: Option<usize>,
}

/// Smoothing of both maps before parts are fitted, grid samples.
const SIGMA: f64 = 1.0;
/// Length of a ring's part along the ring, millimetres.
const ARC_MM: f64 = 3.2;
/// Noise samples within the smoothing's reach are one, and every other sample is read: half of
/// 4 pi sigma squared.
const CORRELATED: f64 = 2.0 * std::f64::consts::PI * SIGMA * SIGMA;
/// Weight in a window below which a pixel is left out.
const WEIGHT_MIN: f32 = 0.08;
/// Least ink of a part, grid samples of full ink: below it nothing can be placed.
const DRAWN_MIN: f64 = 3.0;
/// Rounds of refitting with the shift applied.
const ROUNDS: usize = 2;
/// Prior standard deviations: shift (mm), gain, offset.
const PRIOR: [f64; 3] = [0.5, 0.3, 0.08];
/// The same for the spread of ink: before anything is known of the impression, and around what its
/// parts agree on, millimetres.
const SPREAD_FREE_MM: f64 = 0.12;
const SPREAD_COMMON_MM: f64 = 0.025;

/// Both maps in the specimen's frame, ready for fitting.
pub(super) struct Scene<'a> {
    pub specimen: &'a Canonical,
    pub structure: &'a Structure,
    pub drawing: Density,
    across: Density,
    down: Density,
    /// The impression's ink, warped and smoothed.
    seen: Seen,
    /// Weight of each pixel.
    pub weight: Density,
    pub separable: bool,
}

impl<'a> Scene<'a> {
    /// Prepares the fit; `ink` and `validity` are the impression's, warped into the specimen's frame.
    pub(super) fn new(
        (specimen, structure): (&'a Canonical, &'a Structure),
        ink: &Density,
        validity: &Density,
        separable: bool,
    ) -> Self {
        let drawing = blur(&specimen.ink, SIGMA);
        let (across, down) = gradient(&drawing);
        let mut weight = validity.clone();
        for (weight, &own) in weight
            .samples_mut()
            .iter_mut()
            .zip(specimen.validity.samples())
        {
            *weight *= own;
        }
        let seen = Seen::new(&blur(ink, SIGMA), separable);
        Self {
            specimen,
            structure,
            drawing,
            across,
            down,
            seen,
            weight,
            separable,
        }
    }

    /// Fits every part that the specimen's drawing offers; the second figure is how many it offers
    /// where all of it is visible.
    pub(super) fn parts(&self) -> (Vec<Part>, usize) {
        let mut windows = self.ring_windows();
        windows.extend(self.inner_windows());
        let mut terms = Terms::default();
        let free = Spread {
            expected: 0.0,
            deviation: SPREAD_FREE_MM,
        };
        let mut offered = 0;
        let mut fits: Vec<(Window, Pixels, Part)> = Vec::with_capacity(windows.len());
        for window in windows {
            let pixels = self.pixels(&window);
            if offers(&pixels) {
                offered += 1;
                let start = (SVector::zeros(), free);
                if let Some(part) = self.fit((&window, &pixels), start, &mut terms) {
                    fits.push((window, pixels, part));
                }
            }
        }
        // One edge alone cannot tell spread from shift, so the spread that lines with two edges
        // agree on is expected everywhere.
        let common = Spread {
            expected: common_spread(fits.iter().map(|(.., part)| part)),
            deviation: SPREAD_COMMON_MM,
        };
        let parts = fits.iter().filter_map(|(window, pixels, first)| {
            let mut start = SVector::zeros();
            start[0] = first.shift.x * PER_MM;
            start[1] = first.shift.y * PER_MM;
            start[4] = common.expected * PER_MM;
            let part = self.fit((window, pixels), (start, common), &mut terms)?;
            Some(Part {
                spread: first.spread,
                spread_variance: first.spread_variance,
                ..part
            })
        });
        (parts.collect(), offered)
    }

    fn ring_windows(&self) -> Vec<Window> {
        let outline = &self.specimen.outline;
        let mut windows = Vec::new();
        for (number, ring) in self.structure.rings.iter().enumerate() {
            let length = std::f64::consts::TAU * (outline.mean_radius() - ring.depth) / PER_MM;
            let count = floor_index(length / ARC_MM).clamp(12, 72);
            for i in 0..count {
                let direction = i as f64 / count as f64 * std::f64::consts::TAU;
                let rho = 1.0 - ring.depth / outline.radius_at(direction);
                let centre = outline.point(rho, direction);
                let normal = outward(outline, direction);
                let kind = Kind::Ring {
                    normal,
                    depth: ring.depth,
                    reach: ring.reach,
                };
                windows.push(Window {
                    zone: Zone::Ring(number),
                    centre,
                    kind,
                });
            }
        }
        windows
    }

    fn inner_windows(&self) -> Vec<Window> {
        let pieces = &self.structure.elements.pieces;
        let window = |(number, piece): (usize, &Piece)| Window {
            zone: Zone::Inside,
            centre: piece.centre,
            kind: Kind::Inner(number),
        };
        pieces.iter().enumerate().map(window).collect()
    }

    /// Fits one window; `None` if too little of it is visible.
    fn fit(
        &self,
        (window, pixels): (&Window, &Pixels),
        (start, spread): (SVector<f64, 5>, Spread),
        terms: &mut Terms,
    ) -> Option<Part> {
        let drawn = pixels.drawn();
        if pixels.visible() < 0.4 * drawn || drawn < DRAWN_MIN {
            return None;
        }
        let mut solution = start;
        let mut system = self.system(pixels, (window, spread), &solution, terms);
        for _ in 0..ROUNDS {
            let step = system.normal.cholesky()?.solve(&system.right);
            solution += step;
            let limit = 1.0 * PER_MM;
            let near = |shift: f64| shift.abs() <= limit;
            if !near(solution[0]) || !near(solution[1]) {
                return None;
            }
            system = self.system(pixels, (window, spread), &solution, terms);
        }
        let covariance = system.normal.try_inverse()? * CORRELATED;
        let mm = 1.0 / PER_MM;
        Some(Part {
            zone: window.zone,
            at: (window.centre - self.specimen.outline.centre) * mm,
            normal: window.normal(),
            shift: Vec2::new(solution[0], solution[1]) * mm,
            covariance: [
                covariance[(0, 0)] * mm * mm,
                covariance[(0, 1)] * mm * mm,
                covariance[(1, 1)] * mm * mm,
            ],
            spread: solution[4] * mm,
            spread_variance: covariance[(4, 4)] * mm * mm,
            residual: system.noise,
            contrast: pixels.contrast(),
            edge: pixels.edge(),
            area: pixels.total(),
            piece: match window.kind {
                Kind::Inner(number) => Some(number),
                Kind::Ring { .. } => None,
            },
        })
    }

    /// The drawing's pixels in a window: every other sample, as on a chessboard, since the smoothing
    /// makes neighbours nearly equal.
    fn pixels(&self, window: &Window) -> Pixels {
        let mut pixels = Pixels::default();
        match window.kind {
            Kind::Inner(number) => {
                let width = self.drawing.width();
                for &at in &self.structure.elements.pieces[number].samples {
                    let (x, y) = (at as usize % width, at as usize / width);
                    if (x + y) % 2 == 0 {
                        pixels.push(self.pixel((x, y), 1.0));
                    }
                }
            }
            Kind::Ring {
                normal,
                depth,
                reach,
            } => {
                let span = 0.8 * ARC_MM * PER_MM;
                let end = self.drawing.width();
                let range = |middle: f64| {
                    floor_index(middle - span)..floor_index(middle + span + 1.0).min(end)
                };
                let columns = range(window.centre.x);
                for y in range(window.centre.y) {
                    let odd = (columns.start + y) % 2;
                    let along = |x: usize| {
                        let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - window.centre;
                        (arm.x * normal.y - arm.y * normal.x) / (0.4 * ARC_MM * PER_MM)
                    };
                    let columns = columns.start + odd..columns.end;
                    self.gather_ring(y, columns, (depth, reach), along, &mut pixels);
                }
            }
        }
        pixels
    }

    fn pixel(&self, (x, y): (usize, usize), weight: f32) -> Pixel {
        Pixel {
            place: self.seen.place(x, y),
            weight,
            trust: self.weight.at(x, y),
            value: self.drawing.at(x, y),
            gradient: (self.across.at(x, y), self.down.at(x, y)),
        }
    }

    /// One row of a ring's window.
    fn gather_ring(
        &self,
        y: usize,
        columns: std::ops::Range<usize>,
        (own, reach): (f64, f64),
        along: impl Fn(usize) -> f64,
        pixels: &mut Pixels,
    ) {
        let depths = self.structure.depth.row(y);
        for x in columns.step_by(2) {
            if (f64::from(depths[x]) - own).abs() > reach {
                continue;
            }
            let along = along(x);
            let weight = single(libm::exp(-0.5 * along * along));
            if weight < WEIGHT_MIN {
                continue;
            }
            pixels.push(self.pixel((x, y), weight));
        }
    }

    /// The normal equations around a solution with the priors, in units of the noise.
    fn system(
        &self,
        pixels: &Pixels,
        (window, spread): (&Window, Spread),
        at: &SVector<f64, 5>,
        terms: &mut Terms,
    ) -> System {
        let mut system = pixels.system(&self.seen, at, terms);
        window.add_prior((&mut system.normal, &mut system.right), spread, at);
        system
    }
}

/// Whether a window holds enough of the specimen's drawing to be placed by.
fn offers(pixels: &Pixels) -> bool {
    let total = pixels.total();
    total > 0.0 && pixels.drawn() >= 0.02 * total && pixels.edges() >= 6e-4 * total
}

/// Unit outward normal of an outline.
fn outward(outline: &crate::extraction::Outline, direction: f64) -> Vec2 {
    let step = 0.005;
    let along = outline.point(1.0, direction + step) - outline.point(1.0, direction - step);
    Vec2::new(along.y, -along.x).normalize()
}

/// What is expected of a part's spread, millimetres.
#[derive(Clone, Copy)]
struct Spread {
    expected: f64,
    deviation: f64,
}

/// Median spread of the parts that know theirs best: those with two edges.
fn common_spread<'a>(parts: impl Iterator<Item = &'a Part>) -> f64 {
    let mut known: Vec<(f64, f64)> = parts.map(|p| (p.spread_variance, p.spread)).collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    known.truncate(known.len().div_ceil(2));
    let mut spreads: Vec<f64> = known.into_iter().map(|(_, spread)| spread).collect();
    spreads.sort_by(f64::total_cmp);
    spreads.get(spreads.len() / 2).copied().unwrap_or(0.0)
}

struct Window {
    zone: Zone,
    centre: Point,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// By the piece's number.
    Inner(usize),
    Ring {
        normal: Vec2,
        depth: f64,
        reach: f64,
    },
}

impl Window {
    fn normal(&self) -> Option<Vec2> {
        match self.kind {
            Kind::Inner(_) => None,
            Kind::Ring { normal, .. } => Some(normal),
        }
    }

    /// Adds the weak priors, and for a ring a strong one against sliding along itself.
    fn add_prior(
        &self,
        (normal, right): (&mut SMatrix<f64, 5, 5>, &mut SVector<f64, 5>),
        spread: Spread,
        at: &SVector<f64, 5>,
    ) {
        let shift = PRIOR[0] * PER_MM;
        let deviations = [shift, shift, PRIOR[1], PRIOR[2], spread.deviation * PER_MM];
        let expected = [0.0, 0.0, 0.0, 0.0, spread.expected * PER_MM];
        for i in 0..5 {
            let precision = deviations[i].powi(-2);
            normal[(i, i)] += precision;
            right[i] -= precision * (at[i] - expected[i]);
        }
        if let Kind::Ring { normal: n, .. } = self.kind {
            let along = Vec2::new(-n.y, n.x);
            let strong = 1e6;
            let sliding = along.x * at[0] + along.y * at[1];
            for (i, a) in [along.x, along.y].into_iter().enumerate() {
                for (j, b) in [along.x, along.y].into_iter().enumerate() {
                    normal[(i, j)] += strong * a * b;
                }
                right[i] -= strong * a * sliding;
            }
        }
    }
}
