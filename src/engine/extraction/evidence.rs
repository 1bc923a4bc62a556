//! How far an outline goes beyond what chance ink makes: a count of directions against the same
//! count on parallel curves.
//!
//! A line has paper on its outer side. Directions of an outline are therefore edges, bare paper, or
//! covered by ink on both sides, which says nothing for or against it. How often chance makes an
//! edge is read on curves parallel to the outline, outside it, where a seal has nothing of its own.
//! The outline's edges over its edges and bare paper are then weighed by the binomial law's
//! exponent (Chernoff): -ln of the odds that chance ink makes as many. A page holds some 10^8
//! rings of different place and size, so what is below ln 10^8 is to be expected somewhere
//! (Desolneux, Moisan and Morel 2000).

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::inspect;
use crate::imaging::Density;
use crate::imaging::sample;

/// Directions read around an outline.
const DIRECTIONS: usize = 240;
/// How far outside the outline paper must be bare for an edge, working pixels.
const OUTSIDE: [f64; 2] = [1.25, 2.0];
/// How far from the outline the ink of an edge is looked for.
const LINE: [f64; 3] = [0.0, -0.75, -1.5];
/// The same for frames, whose sides stamps bend by more.
const OUTSIDE_SIDE: [f64; 2] = [1.75, 2.5];
const LINE_SIDE: [f64; 4] = [0.0, -0.75, -1.5, -2.25];
/// Parallel curves that chance is read on.
const PARALLEL: [f64; 4] = [4.0, 5.5, 7.0, 8.5];
/// Share of edges that chance makes on an outline beyond what it makes on a parallel curve: a part
/// of that and a constant, because outlines are fitted to what ink there is.
const CHOSEN: (f64, f64) = (1.2, 0.1);
/// Length along an outline beyond which ink is there or not independently of its neighbours:
/// the width of a letter's stroke and its gap, working pixels.
const INDEPENDENT: f64 = 6.0;
/// Share of the level from which a worn or thin line is still drawn.
const WORN: f32 = 0.55;

/// What the directions of an outline show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Directions {
    edged: usize,
    bare: usize,
}

impl Directions {
    /// Reads the outline moved outwards by `shift`, with paper up to `level` and ink from `drawn`.
    fn read(map: &Density, outline: &Outline, shift: f64, (level, drawn): (f32, f32)) -> Self {
        let mut found = Self::default();
        let (outside, line): (&[f64], &[f64]) = match outline.shape {
            Shape::Round | Shape::Oval | Shape::Other => (&OUTSIDE, &LINE),
            Shape::Rectangle | Shape::Triangle => (&OUTSIDE_SIDE, &LINE_SIDE),
        };
        for (unit, reach) in outline.rays(DIRECTIONS) {
            let ink = |by: f64, level: f32| {
                let point = outline.centre + unit * (reach + shift + by);
                sample(map, point.x, point.y, 0.0) > level
            };
            let beyond = inspect::is_beyond(map, outline.centre + unit * (reach + shift - 1.0));
            if beyond || outside.iter().any(|&by| ink(by, level)) {
                continue;
            }
            if line.iter().any(|&by| ink(by, drawn)) {
                found.edged += 1;
            } else {
                found.bare += 1;
            }
        }
        found
    }

    /// Share of the directions not covered that bear an edge.
    pub(super) fn drawn(self) -> f64 {
        self.edged as f64 / self.seen().max(1) as f64
    }

    fn seen(self) -> usize {
        self.edged + self.bare
    }
}

/// Weight that a circle's edges must have: that of one in as many circles as a page may hold.
pub(super) const CIRCLE_MIN: f64 = 18.4;
/// The same of an ellipse, of which there are some ten times as many.
pub(super) const ELLIPSE_MIN: f64 = 20.7;

/// The same of a frame, whose sides are as straight and upright as most print is.
pub(super) const FRAME_MIN: f64 = 30.0;

/// The weight of an outline's edges against chance, in nats.
pub(super) fn weight(map: &Density, outline: &Outline, level: f32, drawn_max: f32) -> f64 {
    let at = |drawn: f32| {
        let levels = (level, drawn);
        let own = Directions::read(map, outline, 0.0, levels);
        let around = std::f64::consts::TAU * outline.mean_radius();
        let independent = own.seen() as f64 / DIRECTIONS as f64 * around / INDEPENDENT;
        let most = independent * divergence(own.drawn(), CHOSEN.1);
        // Most candidates are below even with bare paper around, which need not be read then.
        if most < CIRCLE_MIN {
            return most;
        }
        let (mut edged, mut seen) = (0, 0);
        for shift in PARALLEL {
            let parallel = Directions::read(map, outline, shift, levels);
            edged += parallel.edged;
            seen += parallel.seen();
        }
        let chance = CHOSEN.0 * edged as f64 / seen.max(1) as f64 + CHOSEN.1;
        independent * divergence(own.drawn(), chance)
    };
    let usual = level.min(drawn_max);
    // A line worn or thin is pale at working scale: of two levels the one that tells more.
    at(usual).max(at(usual.min(WORN * level)))
}

/// The exponent of the binomial law's tail: 0 where chance alone makes as much.
fn divergence(share: f64, chance: f64) -> f64 {
    if share <= chance || chance >= 1.0 {
        return 0.0;
    }
    let term = |p: f64, q: f64| if p > 0.0 { p * libm::log(p / q) } else { 0.0 };
    term(share, chance) + term(1.0 - share, 1.0 - chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use crate::imaging::Raster;

    fn ring() -> Outline {
        Outline {
            shape: Shape::Round,
            centre: Point::new(100.0, 100.0),
            half_width: 70.0,
            half_height: 70.0,
            axis_degrees: 0.0,
        }
    }

    /// A ring of which every other stretch is drawn, and letters beside it from `beyond` on.
    fn drawing(drawn: f64, letters: Option<f64>) -> Density {
        let mut map = Raster::filled(220, 220, 0.0_f32);
        for y in 0..220 {
            for x in 0..220 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - ring().centre;
                let turn = libm::atan2(arm.y, arm.x) / std::f64::consts::TAU + 0.5;
                let on_ring = (67.0..70.0).contains(&arm.hypot()) && turn * 16.0 % 1.0 < drawn;
                let letter =
                    letters.is_some_and(|from| arm.hypot() > from) && x % 9 < 4 && y % 18 < 9;
                map.row_mut(y)[x] = if on_ring || letter { 0.8 } else { 0.0 };
            }
        }
        map
    }

    #[test]
    fn a_half_worn_ring_is_beyond_chance() {
        let weight = weight(&drawing(0.5, None), &ring(), 0.4, f32::INFINITY);
        assert!(weight > 15.0, "{weight}");
    }

    #[test]
    fn a_ring_through_letters_is_chance() {
        let weight = weight(&drawing(0.0, Some(0.0)), &ring(), 0.4, f32::INFINITY);
        assert!(weight < 4.0, "{weight}");
    }

    #[test]
    fn letters_outside_take_nothing_from_a_whole_ring_but_what_they_cover() {
        let (alone, among) = (drawing(1.0, None), drawing(1.0, Some(74.0)));
        let [alone, among] = [alone, among].map(|map| weight(&map, &ring(), 0.4, f32::INFINITY));
        assert!(among < alone, "{among} {alone}");
        assert!(among > 40.0, "{among}");
    }
}
