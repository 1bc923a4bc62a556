//! The displacement field: where each part of the specimen's drawing stands in the impression.
//!
//! Every part is a small window of the specimen. In it the impression is explained by a shift, a
//! gain, an offset and a spread of ink (all edges moved outwards alike), by weighted least squares
//! with weak priors; the part's covariance comes from the same system, so a straight stroke says
//! nothing along itself. Hidden pixels carry no weight.

use nalgebra::SMatrix;
use nalgebra::SVector;

use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::blur;
use crate::matching::canonical::PER_MM;
use crate::matching::spread;
use crate::matching::spread::BLURRED_MIN;
use crate::matching::spread::MOVED_MIN_MM;
use crate::matching::window::Pixels;
use crate::matching::window::Seen;
use crate::matching::window::System;
use crate::matching::window::Terms;
use crate::matching::windows::Relief;
use crate::matching::windows::Window;

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
    /// The shift that its edges moved outwards by one look like.
    pub edge: Vec2,
    /// Samples it was fitted to, by weight.
    pub area: f64,
    /// The piece's number among the specimen's; `None` on a ring.
    pub piece: Option<usize>,
}

impl Part {
    /// Where a further fit of the part starts, grid samples: at its shift.
    fn start(&self) -> SVector<f64, 5> {
        let mut start = SVector::zeros();
        start[0] = self.shift.x * PER_MM;
        start[1] = self.shift.y * PER_MM;
        start
    }
}

/// Smoothing of both maps before parts are fitted, grid samples.
pub(super) const SIGMA: f64 = 1.0;
/// Noise samples within the smoothing's reach are one, and every other sample is read: half of
/// 4 pi sigma squared.
const CORRELATED: f64 = 2.0 * std::f64::consts::PI * SIGMA * SIGMA;
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
/// How far parts differ in gain where their spread is asked for: in a stroke no wider than the blur
/// more ink and a wider stroke look alike, and one pad's ink is alike all over.
const GAIN_COMMON: f64 = 0.05;

/// Fits every window of a specimen's drawing; `ink` and its weight are the impression's, warped into
/// the specimen's frame.
pub(super) fn parts(
    windows: &[Window],
    drawing: &Density,
    (ink, weight): (&Density, &Density),
    separable: bool,
) -> Vec<Part> {
    let seen = Seen::new(&blur(ink, SIGMA), weight, separable);
    let mut terms = Terms::default();
    let free = Expected {
        spread: (0.0, SPREAD_FREE_MM),
        gain: (
            common_gain(
                windows.iter().map(|window| &window.pixels),
                &seen,
                &mut terms,
            ),
            GAIN_COMMON,
        ),
    };
    let mut blurs = Vec::with_capacity(windows.len());
    let first = windows.iter().filter_map(|window| {
        let start = (SVector::zeros(), free);
        let part = fit(window, &seen, start, &mut terms)?;
        blurs.extend(window.pixels.extra_blur(&terms));
        Some((window, part))
    });
    let first: Vec<(&Window, Part)> = first.collect();
    // One edge alone cannot tell spread from shift, so the spread that lines with two edges
    // agree on is expected everywhere.
    let spread = spread::common(first.iter().map(|(_, part)| part));
    let blur_more = spread::common_blur(blurs);
    let common = Expected {
        spread: (spread, SPREAD_COMMON_MM),
        gain: (0.0, PRIOR[1]),
    };
    let again = if spread.abs() > MOVED_MIN_MM || blur_more.abs() > BLURRED_MIN {
        // The sharper of the two is brought to the other's blur: it takes ink from a thin stroke and not
        // from a broad line, which a spread of its own would explain.
        let moved = spread::moved(drawing, spread * PER_MM);
        let softer = |map: &Density| blur(map, libm::sqrt(blur_more.abs()));
        if blur_more > 0.0 {
            left(&first, &Relief::new(&softer(&moved)), &seen, &mut terms)
        } else {
            let seen = Seen::new(&blur(&softer(ink), SIGMA), weight, separable);
            left(&first, &Relief::new(&moved), &seen, &mut terms)
        }
    } else {
        vec![None; first.len()]
    };
    let parts = first.into_iter().zip(again);
    let parts = parts.filter_map(|((window, first), again)| {
        let (own, variance) = match again {
            Some((left, variance)) => (spread + left, variance),
            None => (first.spread, first.spread_variance),
        };
        let mut start = first.start();
        start[4] = spread * PER_MM;
        let part = fit(window, &seen, (start, common), &mut terms)?;
        Some(Part {
            spread: own,
            spread_variance: variance,
            ..part
        })
    });
    parts.collect()
}

/// What is left of each part's spread against a drawing whose edges were moved, with its variance,
/// in millimetres.
fn left(
    first: &[(&Window, Part)],
    moved: &Relief,
    seen: &Seen,
    terms: &mut Terms,
) -> Vec<Option<(f64, f64)>> {
    let slopes = (&moved.across, &moved.down);
    let redrawn = |(window, _): &(&Window, Part)| window.pixels.redrawn(&moved.value, slopes);
    let redrawn: Vec<Pixels> = first.iter().map(redrawn).collect();
    let expected = Expected {
        spread: (0.0, SPREAD_FREE_MM),
        gain: (common_gain(redrawn.iter(), seen, terms), GAIN_COMMON),
    };
    let mut again = |(pixels, (window, part)): (&Pixels, &(&Window, Part))| {
        terms.look(pixels, seen);
        let start = (part.start(), expected);
        let solved = solve((pixels, window.normal), seen, start, terms)?;
        Some(solved.spread())
    };
    redrawn.iter().zip(first).map(&mut again).collect()
}

/// How much more ink the impression bears than the drawing, as a share.
fn common_gain<'a>(
    windows: impl Iterator<Item = &'a Pixels>,
    seen: &Seen,
    terms: &mut Terms,
) -> f64 {
    let (mut both, mut drawn) = (0.0, 1e-9);
    for pixels in windows {
        let (likeness, square) = pixels.likeness(seen, terms);
        both += likeness;
        drawn += square;
    }
    both / drawn - 1.0
}

/// Fits one window; `None` if too little of it is visible.
fn fit(
    window: &Window,
    seen: &Seen,
    start: (SVector<f64, 5>, Expected),
    terms: &mut Terms,
) -> Option<Part> {
    let visible = terms.look(&window.pixels, seen);
    if visible < 0.4 * window.drawn || window.drawn < DRAWN_MIN {
        return None;
    }
    let solved = solve((&window.pixels, window.normal), seen, start, terms)?;
    let (spread, spread_variance) = solved.spread();
    let mm = 1.0 / PER_MM;
    let Solved {
        solution,
        covariance,
        noise,
    } = solved;
    Some(Part {
        zone: window.zone,
        at: window.at,
        normal: window.normal,
        shift: Vec2::new(solution[0], solution[1]) * mm,
        covariance: [
            covariance[(0, 0)] * mm * mm,
            covariance[(0, 1)] * mm * mm,
            covariance[(1, 1)] * mm * mm,
        ],
        spread,
        spread_variance,
        residual: noise,
        contrast: window.contrast,
        edge: window.edge,
        area: window.area,
        piece: window.piece,
    })
}

/// A window's shift, gain, offset and spread, in grid samples.
struct Solved {
    solution: SVector<f64, 5>,
    covariance: SMatrix<f64, 5, 5>,
    noise: f64,
}

impl Solved {
    /// The spread in millimetres, with its variance.
    fn spread(&self) -> (f64, f64) {
        let mm = 1.0 / PER_MM;
        (self.solution[4] * mm, self.covariance[(4, 4)] * mm * mm)
    }
}

/// Explains the pixels of a window, those last looked at; `None` if they run away.
fn solve(
    (pixels, normal): (&Pixels, Option<Vec2>),
    seen: &Seen,
    (start, expected): (SVector<f64, 5>, Expected),
    terms: &mut Terms,
) -> Option<Solved> {
    let mut solution = start;
    let mut at = |solution: &SVector<f64, 5>| -> System {
        let mut system = pixels.system(seen, solution, terms);
        add_prior(&mut system, normal, expected, solution);
        system
    };
    let mut system = at(&solution);
    for _ in 0..ROUNDS {
        let step = system.normal.cholesky()?.solve(&system.right);
        solution += step;
        let limit = 1.0 * PER_MM;
        let near = |shift: f64| shift.abs() <= limit;
        if !near(solution[0]) || !near(solution[1]) {
            return None;
        }
        system = at(&solution);
    }
    Some(Solved {
        solution,
        covariance: system.normal.try_inverse()? * CORRELATED,
        noise: system.noise,
    })
}

/// What is expected of a part before it is looked at: value and standard deviation.
#[derive(Clone, Copy)]
struct Expected {
    /// Millimetres.
    spread: (f64, f64),
    /// Share of the drawing's ink above 1.
    gain: (f64, f64),
}

/// Adds the weak priors, and for a ring a strong one against sliding along itself.
fn add_prior(system: &mut System, ring: Option<Vec2>, of: Expected, at: &SVector<f64, 5>) {
    let System { normal, right, .. } = system;
    let shift = PRIOR[0] * PER_MM;
    let deviations = [shift, shift, of.gain.1, PRIOR[2], of.spread.1 * PER_MM];
    let expected = [0.0, 0.0, of.gain.0, 0.0, of.spread.0 * PER_MM];
    for i in 0..5 {
        let precision = deviations[i].powi(-2);
        normal[(i, i)] += precision;
        right[i] -= precision * (at[i] - expected[i]);
    }
    if let Some(n) = ring {
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
