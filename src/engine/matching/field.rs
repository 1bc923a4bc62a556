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
use crate::imaging::wide;
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
/// Rounds of moving the drawing's edges, each line's and the letters' by their own.
const ZONE_ROUNDS: usize = 4;
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
/// the specimen's frame. Also tells how much of each window's drawn ink could be seen.
pub(super) fn parts(
    windows: &[Window],
    drawing: &Density,
    (ink, weight): (&Density, &Density),
    separable: bool,
) -> (Vec<Part>, Vec<f64>) {
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
    let visible = windows.iter();
    let visible = visible.map(|window| terms.look(&window.pixels, &seen));
    let visible: Vec<f64> = visible.collect();
    let mut blurs = Vec::with_capacity(windows.len());
    let first = windows.iter().filter_map(|window| {
        let start = (SVector::zeros(), free);
        let part = fit((window, None), &seen, start, &mut terms)?;
        blurs.extend(window.pixels.extra_blur(&terms));
        Some((window, part))
    });
    let first: Vec<(&Window, Part)> = first.collect();
    let (seen, settled) = settled(
        (&first, spread::common_blur(blurs)),
        (drawing, ink),
        seen,
        &mut terms,
    );
    let parts = first.into_iter().zip(settled);
    let parts = parts.filter_map(|((window, first), own)| {
        let expected = Expected {
            spread: (own.rest, SPREAD_COMMON_MM),
            gain: (0.0, PRIOR[1]),
        };
        let mut start = first.start();
        start[4] = own.rest * PER_MM;
        let part = fit(
            (window, own.pixels.as_ref()),
            &seen,
            (start, expected),
            &mut terms,
        )?;
        let (spread, spread_variance) = own.spread.unwrap_or((first.spread, first.spread_variance));
        Some(Part {
            spread,
            spread_variance,
            ..part
        })
    });
    (parts.collect(), visible)
}

/// The spread that the parts inside the border agree on, millimetres; `None` if there are none.
pub(super) fn edges_mm(parts: &[Part]) -> Option<f64> {
    let inside = || parts.iter().filter(|part| part.zone == Zone::Inside);
    inside().next()?;
    Some(spread::middle(
        inside().map(|part| (part.spread, part.spread_variance)),
    ))
}

/// A window on a drawing whose edges were moved as far as those of its line, or of the letters, stand.
struct Settled {
    /// Its pixels on that drawing; `None` on the drawing as it is.
    pixels: Option<Pixels>,
    /// The spread of its line against that drawing, millimetres.
    rest: f64,
    /// Its own spread against the drawing as it is, with its variance.
    spread: Option<(f64, f64)>,
}

/// The parts of one line, or of the letters, and how far the drawing's edges were moved for them, millimetres.
struct Group {
    members: Vec<usize>,
    by: f64,
}

impl Group {
    /// The spread that its parts agree on.
    fn middle(&self, own: &[Settled]) -> f64 {
        spread::middle(self.members.iter().filter_map(|&index| own[index].spread))
    }
}

/// The parts' windows by their lines.
fn groups(first: &[(&Window, Part)]) -> Vec<Group> {
    let mut zones: Vec<Zone> = first.iter().map(|(_, part)| part.zone).collect();
    zones.dedup();
    let members = |zone: &Zone| {
        let all = first.iter().enumerate();
        let own = all.filter(|(_, (_, part))| part.zone == *zone);
        own.map(|(index, _)| index).collect()
    };
    let group = |zone| Group {
        members: members(zone),
        by: 0.0,
    };
    zones.iter().map(group).collect()
}

/// Moves the drawing's edges as far as the impression's stand, and brings both to one blur, the sharper to the
/// other's: blur takes ink from a thin stroke and not from a broad line, which a spread of its own would explain.
/// Edges are moved first, since those far off look like blur. Gives the impression at that blur as well.
fn settled(
    (first, blur_at_first): (&[(&Window, Part)], f64),
    (drawing, ink): (&Density, &Density),
    seen: Seen,
    terms: &mut Terms,
) -> (Seen, Vec<Settled>) {
    let as_read = |(_, part): &(&Window, Part)| Settled {
        pixels: None,
        rest: 0.0,
        spread: Some((part.spread, part.spread_variance)),
    };
    let mut own: Vec<Settled> = first.iter().map(as_read).collect();
    let mut groups = groups(first);
    let plain = |by: f64| Relief::new(&spread::moved(drawing, by * PER_MM));
    let blurs = settle(
        first,
        (&mut groups, &mut own),
        (&plain, false),
        (&seen, terms),
    );
    let blur_more = blurs.map_or(blur_at_first, spread::common_blur);
    if blur_more.abs() <= BLURRED_MIN {
        return (seen, own);
    }
    let softer = |map: &Density| blur(map, libm::sqrt(blur_more.abs()));
    if blur_more > 0.0 {
        let soft = |by: f64| Relief::new(&softer(&spread::moved(drawing, by * PER_MM)));
        settle(
            first,
            (&mut groups, &mut own),
            (&soft, true),
            (&seen, terms),
        );
        (seen, own)
    } else {
        // The drawing stays as it is: only the impression is read anew.
        let seen = seen.with_ink(&blur(&softer(ink), SIGMA));
        read_spreads(first, (&groups, &mut own), &seen, terms);
        settle(
            first,
            (&mut groups, &mut own),
            (&plain, false),
            (&seen, terms),
        );
        (seen, own)
    }
}

/// Moves the drawing's edges, those of each line and of the letters by as much as they agree on, until hardly
/// anything is left: only a small rest is told from a drawing's slopes. Gives how much blurrier windows are
/// than the drawing, if any was read anew; `is_new` says that all are to be.
fn settle(
    first: &[(&Window, Part)],
    (groups, own): (&mut [Group], &mut [Settled]),
    (redraw, is_new): (&dyn Fn(f64) -> Relief, bool),
    (seen, terms): (&Seen, &mut Terms),
) -> Option<Vec<(f64, f64)>> {
    let mut blurs = None;
    for round in 0..ZONE_ROUNDS {
        let is_new = is_new && round == 0;
        let mut drawn: Vec<(f64, Relief)> = Vec::new();
        let mut is_moved = false;
        for group in groups.iter_mut() {
            let middle = group.middle(own);
            let is_far = (middle - group.by).abs() > MOVED_MIN_MM;
            if is_far {
                group.by = middle;
            }
            for &index in &group.members {
                own[index].rest = middle - group.by;
            }
            if !is_far && !is_new {
                continue;
            }
            is_moved = true;
            let known = drawn
                .iter()
                .position(|(by, _)| (by - group.by).abs() < 1e-9);
            let known = known.unwrap_or_else(|| {
                drawn.push((group.by, redraw(group.by)));
                drawn.len() - 1
            });
            for &index in &group.members {
                own[index].pixels = Some(first[index].0.pixels.redrawn(&drawn[known].1));
            }
        }
        if !is_moved {
            break;
        }
        blurs = Some(read_spreads(first, (groups, own), seen, terms));
    }
    blurs
}

/// Reads every window's spread on its own drawing; gives how much blurrier each is than that.
fn read_spreads(
    first: &[(&Window, Part)],
    (groups, own): (&[Group], &mut [Settled]),
    seen: &Seen,
    terms: &mut Terms,
) -> Vec<(f64, f64)> {
    fn on<'a>(own: &'a Settled, window: &'a Window) -> &'a Pixels {
        own.pixels.as_ref().unwrap_or(&window.pixels)
    }
    let pixels = first.iter().zip(own.iter());
    let pixels = pixels.map(|((window, _), own)| on(own, window));
    let expected = Expected {
        spread: (0.0, SPREAD_FREE_MM),
        gain: (common_gain(pixels, seen, terms), GAIN_COMMON),
    };
    let mut blurs = Vec::with_capacity(first.len());
    for group in groups {
        for &index in &group.members {
            let (window, part) = &first[index];
            let pixels = on(&own[index], window);
            terms.look(pixels, seen);
            let start = (part.start(), expected);
            let solved = solve((pixels, window.normal), seen, start, terms);
            if solved.is_some() {
                blurs.extend(pixels.extra_blur(terms));
            }
            own[index].spread = solved.map(|solved| {
                let (left, variance) = solved.spread();
                (group.by + left, variance)
            });
        }
    }
    blurs
}

/// How much more ink the impression bears than the drawing, as a share.
fn common_gain<'a>(
    windows: impl Iterator<Item = &'a Pixels>,
    seen: &Seen,
    terms: &mut Terms,
) -> f64 {
    let (mut both, mut drawn) = (0.0, 1e-9);
    for pixels in windows {
        let (likeness, square) = wide(
            #[inline(always)]
            || pixels.likeness(seen, terms),
        );
        both += likeness;
        drawn += square;
    }
    both / drawn - 1.0
}

/// Fits one window, on its drawing or on another; `None` if too little of it is visible.
fn fit(
    (window, redrawn): (&Window, Option<&Pixels>),
    seen: &Seen,
    start: (SVector<f64, 5>, Expected),
    terms: &mut Terms,
) -> Option<Part> {
    let visible = terms.look(&window.pixels, seen);
    if visible < 0.4 * window.drawn || window.drawn < DRAWN_MIN {
        return None;
    }
    let pixels = redrawn.unwrap_or(&window.pixels);
    if redrawn.is_some() {
        terms.look(pixels, seen);
    }
    let solved = solve((pixels, window.normal), seen, start, terms)?;
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
        let mut system = wide(
            #[inline(always)]
            || pixels.system(seen, solution, terms),
        );
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

#[cfg(test)]
mod tests;
