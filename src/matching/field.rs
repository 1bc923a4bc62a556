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
use crate::matching::structure::Structure;
use crate::matching::structure::depth;
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
    /// Text between border and motif.
    Band,
    /// The inner zone.
    Motif,
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
}

/// Smoothing of both maps before parts are fitted, grid samples.
const SIGMA: f64 = 1.0;
/// Window of an inner part: standard deviation, millimetres. A letter is 3 mm high.
const WINDOW_MM: f64 = 1.2;
/// Distance between inner parts, millimetres.
const PITCH_MM: f64 = 2.2;
/// Length of a ring's part along the ring, millimetres.
const ARC_MM: f64 = 3.2;
/// Noise samples within the smoothing's reach are one, and every other sample is read: half of
/// 4 pi sigma squared.
const CORRELATED: f64 = 2.0 * std::f64::consts::PI * SIGMA * SIGMA;
/// Weight in a window below which a pixel is left out.
const WEIGHT_MIN: f32 = 0.08;
/// Rounds of refitting with the shift applied.
const ROUNDS: usize = 3;
/// Prior standard deviations: shift (mm), gain, offset, spread (mm).
const PRIOR: [f64; 4] = [0.5, 0.3, 0.08, 0.12];

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
        let (mut pixels, mut terms) = (Pixels::default(), Terms::default());
        let (mut parts, mut offered) = (Vec::new(), 0);
        for window in &windows {
            self.gather(window, &mut pixels);
            if offers(&pixels) {
                offered += 1;
                parts.extend(self.fit(window, &pixels, &mut terms));
            }
        }
        (parts, offered)
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
        let outline = &self.specimen.outline;
        let pitch = PITCH_MM * PER_MM;
        let reach = outline.half_width.max(outline.half_height);
        let steps = crate::units::round_i32(reach / pitch);
        let mut windows = Vec::new();
        for row in -steps..=steps {
            for column in -steps..=steps {
                // Every other row is shifted by half a pitch, so that neighbours stand evenly.
                let shift = if row % 2 == 0 { 0.0 } else { 0.5 };
                let offset = Vec2::new((f64::from(column) + shift) * pitch, f64::from(row) * pitch);
                let centre = outline.centre + offset;
                if depth(outline, centre) < self.structure.inside_depth + 0.5 * PER_MM {
                    continue;
                }
                let share = offset.hypot() / outline.radius_at(libm::atan2(offset.y, offset.x));
                let zone = if share < self.structure.motif_share {
                    Zone::Motif
                } else {
                    Zone::Band
                };
                windows.push(Window {
                    zone,
                    centre,
                    kind: Kind::Inner,
                });
            }
        }
        windows
    }

    /// Fits one window; `None` if too little of it is visible.
    fn fit(&self, window: &Window, pixels: &Pixels, terms: &mut Terms) -> Option<Part> {
        if pixels.visible() < 0.4 * pixels.drawn() {
            return None;
        }
        let mut solution = SVector::<f64, 5>::zeros();
        let mut system = self.system(pixels, window, &solution, terms);
        for _ in 0..ROUNDS {
            let step = system.normal.cholesky()?.solve(&system.right);
            solution += step;
            let limit = 1.0 * PER_MM;
            let near = |shift: f64| shift.abs() <= limit;
            if !near(solution[0]) || !near(solution[1]) {
                return None;
            }
            system = self.system(pixels, window, &solution, terms);
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
        })
    }

    /// Gathers the drawing's pixels in a window.
    fn gather(&self, window: &Window, pixels: &mut Pixels) {
        let sigma = WINDOW_MM * PER_MM;
        let reach = match window.kind {
            Kind::Inner => 2.2 * sigma,
            Kind::Ring { .. } => 0.8 * ARC_MM * PER_MM,
        };
        let side = self.drawing.width();
        let range =
            |middle: f64| floor_index(middle - reach)..floor_index(middle + reach + 1.0).min(side);
        let (columns, rows) = (range(window.centre.x), range(window.centre.y));
        // A Gaussian in two directions is the product of one in each.
        let fade = |range: &std::ops::Range<usize>, middle: f64| -> Vec<f32> {
            let arm = |i: usize| (i as f64 + 0.5 - middle) / sigma;
            range
                .clone()
                .map(|i| single(libm::exp(-0.5 * arm(i) * arm(i))))
                .collect()
        };
        let across = fade(&columns, window.centre.x);
        let down = fade(&rows, window.centre.y);
        pixels.clear();
        for (y, down) in rows.zip(down) {
            // Every other sample, as on a chessboard: the smoothing makes neighbours nearly equal.
            let odd = (columns.start + y) % 2;
            match window.kind {
                Kind::Inner => {
                    let faded = |fade: &f32| fade * down >= WEIGHT_MIN;
                    let Some(first) = across.iter().position(faded) else {
                        continue;
                    };
                    let first = first + (first + odd) % 2;
                    let last = across.iter().rposition(faded).unwrap_or(first) + 1;
                    let Some(fades) = across.get(first..last) else {
                        continue;
                    };
                    let chord = columns.start + first..columns.start + last;
                    self.gather_chord(y, chord, (fades, down), pixels);
                }
                Kind::Ring {
                    normal,
                    depth,
                    reach,
                } => {
                    let columns = columns.start + odd..columns.end;
                    let along = |x: usize| {
                        let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - window.centre;
                        (arm.x * normal.y - arm.y * normal.x) / (0.4 * ARC_MM * PER_MM)
                    };
                    self.gather_ring(y, columns, (depth, reach), along, pixels);
                }
            }
        }
    }

    /// One row of an inner window: whole, those outside the inside without weight.
    fn gather_chord(
        &self,
        y: usize,
        columns: std::ops::Range<usize>,
        (fades, down): (&[f32], f32),
        pixels: &mut Pixels,
    ) {
        let inside = single(self.structure.inside_depth);
        let depths = self.structure.depth.row(y)[columns.clone()].chunks(2);
        let weights = depths.zip(fades.chunks(2)).map(|(depth, fade)| {
            if depth[0] < inside {
                0.0
            } else {
                fade[0] * down
            }
        });
        let layers = [&self.weight, &self.drawing, &self.across, &self.down];
        pixels.extend(
            self.seen.place(columns.start, y),
            weights,
            layers.map(|map| &map.row(y)[columns.clone()]),
        );
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
            pixels.push(Pixel {
                place: self.seen.place(x, y),
                weight,
                trust: self.weight.at(x, y),
                value: self.drawing.at(x, y),
                gradient: (self.across.at(x, y), self.down.at(x, y)),
            });
        }
    }

    /// The normal equations around a solution with the priors, in units of the noise.
    fn system(
        &self,
        pixels: &Pixels,
        window: &Window,
        at: &SVector<f64, 5>,
        terms: &mut Terms,
    ) -> System {
        let mut system = pixels.system(&self.seen, at, terms);
        window.add_prior(&mut system.normal, &mut system.right, at);
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

struct Window {
    zone: Zone,
    centre: Point,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Inner,
    Ring {
        normal: Vec2,
        depth: f64,
        reach: f64,
    },
}

impl Window {
    fn normal(&self) -> Option<Vec2> {
        match self.kind {
            Kind::Inner => None,
            Kind::Ring { normal, .. } => Some(normal),
        }
    }

    /// Adds the weak priors, and for a ring a strong one against sliding along itself.
    fn add_prior(
        &self,
        normal: &mut SMatrix<f64, 5, 5>,
        right: &mut SVector<f64, 5>,
        at: &SVector<f64, 5>,
    ) {
        let shift = PRIOR[0] * PER_MM;
        let spread = PRIOR[3] * PER_MM;
        let precision = [
            shift.powi(-2),
            shift.powi(-2),
            PRIOR[1].powi(-2),
            PRIOR[2].powi(-2),
            spread.powi(-2),
        ];
        for (i, precision) in precision.into_iter().enumerate() {
            normal[(i, i)] += precision;
            right[i] -= precision * at[i];
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
