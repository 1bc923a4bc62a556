//! How far the border stands off where it is drawn, direction by direction, and where it is gone.
//!
//! The parts of the drawing are placed from close by; a rim pushed in by a millimetre is out of their
//! reach. Here the border's profile under the outline is looked for over all depths that a dent can
//! move it by, and the shifts of neighbouring directions are kept together by the cheapest path around
//! (Viterbi 1967).

use nalgebra::SMatrix;
use nalgebra::SVector;

use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::structure::Structure;
use crate::matching::structure::slant;
use crate::order;
use crate::units::floor_index;

/// Directions looked along.
const DIRECTIONS: usize = 180;
/// Step of depth, and the farthest shift looked at, millimetres.
const STEP_MM: f64 = 0.05;
const REACH_MM: f64 = 1.6;
const SHIFTS: usize = 65;
/// Paper on both sides of the border's lines that belongs to its profile, millimetres.
const MARGIN_MM: f64 = 0.7;
/// Depth under the first line to which lines belong to the border, millimetres.
const BORDER_MM: f64 = 1.6;
/// Variance added to a profile's own: flat profiles agree with nothing.
const FLAT: f64 = 0.004;
/// Price of a step of the shift from one direction to the next, and most steps.
const STEP_PRICE: f64 = 0.02;
const STEPS_MAX: usize = 3;
/// Agreement of profiles from which a direction counts, and from which it counts fully.
const AGREES: (f64, f64) = (0.3, 0.7);
/// Mean agreement below which the border is not seen well enough.
const AGREEMENT_MIN: f64 = 0.5;
/// Shift that makes a direction an outlier to the sheet's map of the border, millimetres.
const STRAY_MM: f64 = 0.08;
/// Length of border over which a dent is averaged, millimetres; least share of it that is seen.
const ARC_MM: f64 = 4.0;
const ARC_SEEN: f64 = 0.6;
/// Ink, of the border's median, below which a direction is bare; and that both ends of a missing
/// stretch have beside them.
const BARE: f64 = 0.3;
const BESIDE: f64 = 0.65;
/// Ink, of the border's median, below which a direction bears none, and the least share of such directions in a missing
/// stretch: a dry stamping leaves specks.
const NONE: f64 = 0.08;
const CLEAN: f64 = 0.6;
/// Directions beside a stretch that are looked at, the nearest left out for blur.
const NEAR: std::ops::Range<usize> = 2..7;
/// Share of the other directions that may be pale for the border to be fully inked.
const PALE_MAX: f64 = 0.17;

/// A place where the border stands off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Offset {
    /// Mean shift over an arc, above 0 inwards, millimetres.
    pub inwards_mm: f64,
    /// Root mean square of the shifts elsewhere, millimetres.
    pub noise_mm: f64,
    /// Where, relative to the outline's centre, millimetres.
    pub at: Vec2,
}

/// A stretch of border without ink, full ink at both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Missing {
    /// Its length, millimetres.
    pub length_mm: f64,
    /// Its middle, relative to the outline's centre, millimetres.
    pub at: Vec2,
}

/// What the border shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rim {
    /// Where it stands off most; `None` if too little of it is seen.
    pub offset: Option<Offset>,
    /// Its longest missing stretch.
    pub missing: Option<Missing>,
}

/// The border in one direction.
#[derive(Clone, Copy, Debug, Default)]
struct Sight {
    /// Shift inwards, millimetres.
    shift: f64,
    /// Agreement with the drawn profile there, at most 1.
    agreement: f64,
    /// Ink where the drawing has it, as a share of the drawing's.
    ink: f64,
    /// Share of the drawn ink that can be seen.
    seen: f64,
}

/// Reads the border; `ink` and its weight are the impression's, warped into the specimen's frame.
pub(super) fn read(drawing: &Canonical, structure: &Structure, found: (&Density, &Density)) -> Rim {
    let Some(profiles) = Profiles::new(drawing, structure, found) else {
        return Rim::default();
    };
    let sights = profiles.sights();
    let radius_mm = drawing.outline.mean_radius() / PER_MM;
    let pitch_mm = std::f64::consts::TAU * radius_mm / DIRECTIONS as f64;
    let place = |index: usize| {
        let direction = index as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
        (drawing.outline.point(1.0, direction) - drawing.outline.centre) / PER_MM
    };
    Rim {
        offset: offset(&sights, pitch_mm, place),
        missing: missing(&sights, pitch_mm, place),
    }
}

/// Profiles of the border in all directions, drawn and found.
struct Profiles {
    /// Samples of the drawn profile, and of the found one, which goes on to both sides.
    count: usize,
    drawn: Vec<Vec<f64>>,
    ink: Vec<Vec<f64>>,
    weight: Vec<Vec<f64>>,
}

impl Profiles {
    fn new(
        drawing: &Canonical,
        structure: &Structure,
        (ink, weight): (&Density, &Density),
    ) -> Option<Self> {
        let first = structure.rings.first()?.depth / PER_MM;
        let lines = structure.rings.iter().map(|ring| ring.depth / PER_MM);
        let last = lines
            .filter(|depth| depth - first < BORDER_MM)
            .fold(first, f64::max);
        let from = first - MARGIN_MM;
        let count = floor_index((last - first + 2.0 * MARGIN_MM) / STEP_MM) + 1;
        let outline = &drawing.outline;
        // In each direction the outer edge, and a step inwards.
        let ways: Vec<(Point, Vec2)> = (0..DIRECTIONS)
            .map(|index| {
                let direction = index as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
                let edge = outline.point(1.0, direction);
                let inwards = (outline.centre - edge).normalize();
                (
                    edge,
                    inwards * (STEP_MM * PER_MM / slant(outline, direction)),
                )
            })
            .collect();
        let lines = |map: &Density, from: f64, count: usize| {
            let line = |(edge, step): &(Point, Vec2)| -> Vec<f64> {
                let start = *edge + *step * (from / STEP_MM);
                let read = |index: usize| {
                    let point = start + *step * index as f64;
                    f64::from(sample(map, point.x, point.y, 0.0))
                };
                (0..count).map(read).collect()
            };
            smoothed(&ways.iter().map(line).collect::<Vec<_>>())
        };
        let wide = (from - REACH_MM, count + SHIFTS - 1);
        Some(Self {
            count,
            drawn: lines(&drawing.ink, from, count),
            ink: lines(ink, wide.0, wide.1),
            weight: lines(weight, wide.0, wide.1),
        })
    }

    /// Agreement in one direction at every shift.
    fn agreements(&self, direction: usize) -> Vec<f64> {
        let drawn = &self.drawn[direction];
        let squares: Vec<f64> = drawn.iter().map(|d| d * d).collect();
        let weight = &self.weight[direction];
        let pairs = weight.iter().zip(&self.ink[direction]);
        let weighted: Vec<f64> = pairs.map(|(w, q)| w * q).collect();
        // What does not depend on the drawing is summed once: weight, ink and its square up to each place.
        let mut running = Vec::with_capacity(weight.len() + 1);
        let mut sums = [0.0; 3];
        running.push(sums);
        for ((w, q), wq) in weight.iter().zip(&self.ink[direction]).zip(&weighted) {
            sums = [sums[0] + w, sums[1] + wq, sums[2] + wq * q];
            running.push(sums);
        }
        let agreement = |shift: usize| {
            let end = shift + self.count;
            let [n, q, qq]: [f64; 3] =
                std::array::from_fn(|index| running[end][index] - running[shift][index]);
            let n = n + 1e-3;
            let [d, dd, dq] = products(
                [drawn, &squares],
                [&weight[shift..end], &weighted[shift..end]],
            );
            let (d, q) = (d / n, q / n);
            let (vd, vq) = (dd / n - d * d + FLAT, qq / n - q * q + FLAT);
            let seen = (1.5 * n / self.count as f64).min(1.0);
            (dq / n - d * q) / (vd * vq).max(1e-9).sqrt() * seen
        };
        (0..SHIFTS).map(agreement).collect()
    }

    /// The border's shifts, ink and visibility in all directions.
    fn sights(&self) -> Vec<Sight> {
        let agreement: Vec<Vec<f64>> = (0..DIRECTIONS)
            .map(|direction| self.agreements(direction))
            .collect();
        let path = cheapest_path(&agreement);
        let sight = |(direction, shift): (usize, usize)| {
            let drawn = &self.drawn[direction];
            let part = shift..shift + self.count;
            let ink = &self.ink[direction][part.clone()];
            let weight = &self.weight[direction][part];
            let (mut all, mut seen, mut found) = (1e-6, 0.0, 0.0);
            for ((d, q), w) in drawn.iter().zip(ink).zip(weight) {
                all += d * d;
                seen += w * d * d;
                found += w * q * d;
            }
            Sight {
                shift: (shift as f64 - 0.5 * (SHIFTS - 1) as f64) * STEP_MM,
                agreement: agreement[direction][shift],
                ink: found / seen.max(1e-6),
                seen: seen / all,
            }
        };
        path.into_iter().enumerate().map(sight).collect()
    }
}

/// Sums that run beside each other.
const LANES: usize = 4;

/// Sums of a drawn profile and its square, each under the weight, and of the profile and the weighted ink.
fn products([drawn, squares]: [&[f64]; 2], [weight, weighted]: [&[f64]; 2]) -> [f64; 3] {
    let lines = [drawn, squares, weight, weighted].map(<[f64]>::as_chunks::<LANES>);
    let [drawn, squares, weight, weighted] = lines.map(|(blocks, _)| blocks);
    let mut lanes = [[0.0; LANES]; 3];
    let found = weight.iter().zip(weighted);
    for ((drawn, squares), (weight, weighted)) in drawn.iter().zip(squares).zip(found) {
        let triples = [(drawn, weight), (squares, weight), (drawn, weighted)];
        for (sums, (a, b)) in lanes.iter_mut().zip(triples) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                *sum += a * b;
            }
        }
    }
    let [drawn, squares, weight, weighted] = lines.map(|(_, rest)| rest);
    let rest = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let rests = [
        rest(drawn, weight),
        rest(squares, weight),
        rest(drawn, weighted),
    ];
    std::array::from_fn(|index| lanes[index].iter().sum::<f64>() + rests[index])
}

/// Means over neighbouring directions: ink is grainy.
fn smoothed(lines: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let count = lines.len();
    (0..count)
        .map(|i| {
            let (before, after) = (&lines[(i + count - 1) % count], &lines[(i + 1) % count]);
            let triples = lines[i].iter().zip(before.iter().zip(after));
            triples
                .map(|(own, (a, b))| 0.5 * own + 0.25 * (a + b))
                .collect()
        })
        .collect()
}

/// The shift of each direction on the way around that agrees best; steps cost.
fn cheapest_path(agreement: &[Vec<f64>]) -> Vec<usize> {
    let count = agreement.len();
    const STEPS: usize = 2 * STEPS_MAX + 1;
    let prices: [f64; STEPS] = std::array::from_fn(|step| {
        let off = step as f64 - STEPS_MAX as f64;
        STEP_PRICE * off * off
    });
    // Twice around, so that where it begins does not matter; the middle of it counts. Nothing comes
    // from beyond the ends.
    let mut total = [f64::INFINITY; SHIFTS + STEPS - 1];
    for (total, agrees) in total[STEPS_MAX..].iter_mut().zip(&agreement[0]) {
        *total = 1.0 - agrees;
    }
    let mut from = vec![[0; SHIFTS]; 2 * count];
    for turn in 1..2 * count {
        let mut next = [f64::INFINITY; SHIFTS];
        let came = &mut from[turn];
        for (step, price) in prices.iter().enumerate() {
            let options = next.iter_mut().zip(came.iter_mut()).zip(&total[step..]);
            for ((best, came), before) in options {
                let sum = before + price;
                let is_better = sum < *best;
                *best = if is_better { sum } else { *best };
                *came = if is_better { step } else { *came };
            }
        }
        let sums = total[STEPS_MAX..].iter_mut().zip(&next);
        for ((total, sum), agrees) in sums.zip(&agreement[turn % count]) {
            *total = sum + 1.0 - agrees;
        }
    }
    let total = &total[STEPS_MAX..];
    let end = (0..SHIFTS).min_by(|&a, &b| total[a].total_cmp(&total[b]));
    let mut at = end.unwrap_or(SHIFTS / 2);
    let mut path = vec![0; 2 * count];
    for turn in (0..2 * count).rev() {
        path[turn] = at;
        if turn > 0 {
            at = at + from[turn][at] - STEPS_MAX;
        }
    }
    let mut round = path[count / 2..count / 2 + count].to_vec();
    round.rotate_right(count / 2);
    round
}

/// Where the border stands off most from what shift and stretch of the whole explain.
fn offset(sights: &[Sight], pitch_mm: f64, place: impl Fn(usize) -> Vec2) -> Option<Offset> {
    let mean = sights.iter().map(|s| s.agreement).sum::<f64>() / sights.len() as f64;
    if mean < AGREEMENT_MIN {
        return None;
    }
    let trust = |s: &Sight| ((s.agreement - AGREES.0) / (AGREES.1 - AGREES.0)).clamp(0.0, 1.0);
    let row = |index: usize| {
        let angle = index as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
        let ((s, c), (s2, c2)) = (libm::sincos(angle), libm::sincos(2.0 * angle));
        SVector::from([1.0, c, s, c2, s2])
    };
    let rows: Vec<SVector<f64, 5>> = (0..DIRECTIONS).map(row).collect();
    let mut rest: Vec<f64> = sights.iter().map(|s| s.shift).collect();
    for _ in 0..8 {
        let mut normal = SMatrix::<f64, 5, 5>::from_diagonal_element(1e-6);
        let mut right = SVector::<f64, 5>::zeros();
        for (index, sight) in sights.iter().enumerate() {
            let weight = trust(sight) / (1.0 + (rest[index] / STRAY_MM).powi(2));
            let row = rows[index];
            normal += row * row.transpose() * weight;
            right += row * (weight * sight.shift);
        }
        let map = normal.cholesky()?.solve(&right);
        for (index, sight) in sights.iter().enumerate() {
            rest[index] = sight.shift - rows[index].dot(&map);
        }
    }
    let half = floor_index(0.5 * ARC_MM / pitch_mm).clamp(1, DIRECTIONS / 8);
    let arc = |middle: usize| {
        let own = (0..=2 * half).map(move |k| (middle + DIRECTIONS + k - half) % DIRECTIONS);
        let (sum, weight) = own.fold((0.0, 0.0), |(sum, total), index| {
            let weight = trust(&sights[index]);
            (sum + weight * rest[index], total + weight)
        });
        let seen = weight >= ARC_SEEN * (2 * half + 1) as f64;
        seen.then(|| sum / weight)
    };
    let arcs = (0..DIRECTIONS).filter_map(|middle| Some((middle, arc(middle)?)));
    let (middle, inwards_mm) = arcs.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let away = (0..DIRECTIONS).filter(|&index| {
        let apart = (index + DIRECTIONS - middle) % DIRECTIONS;
        apart.min(DIRECTIONS - apart) > 3 * half
    });
    let (square, weight) = away.fold((0.0, 1e-6), |(square, total), index| {
        let weight = trust(&sights[index]);
        (square + weight * rest[index] * rest[index], total + weight)
    });
    Some(Offset {
        inwards_mm,
        noise_mm: libm::sqrt(square / weight),
        at: place(middle),
    })
}

/// The longest stretch of a fully inked border that bears no ink, with ink up to both its ends.
fn missing(sights: &[Sight], pitch_mm: f64, place: impl Fn(usize) -> Vec2) -> Option<Missing> {
    let inks: Vec<f64> = sights
        .iter()
        .filter(|s| s.seen > 0.5)
        .map(|s| s.ink)
        .collect();
    if inks.len() < DIRECTIONS / 2 {
        return None;
    }
    let median = order::median(inks)?.max(0.1);
    let at = |index: usize| &sights[index % DIRECTIONS];
    let bare = |index: usize| at(index).seen > 0.5 && at(index).ink < BARE * median;
    let start = (0..DIRECTIONS).find(|&index| !bare(index))?;
    let (mut longest, mut length) = ((0, 0), 0);
    for index in start..=start + DIRECTIONS {
        if bare(index) {
            length += 1;
        } else {
            if length > longest.1 {
                longest = (index - length, length);
            }
            length = 0;
        }
    }
    let (first, length) = longest;
    if length == 0 {
        return None;
    }
    let full = |indices: &mut dyn Iterator<Item = usize>| {
        let seen: Vec<f64> = indices
            .map(at)
            .filter(|s| s.seen > 0.5)
            .map(|s| s.ink / median)
            .collect();
        !seen.is_empty() && seen.iter().sum::<f64>() >= BESIDE * seen.len() as f64
    };
    let before = full(&mut NEAR.map(|k| first + 2 * DIRECTIONS - k));
    let after = full(&mut NEAR.map(|k| first + length + k - 1));
    let others = (first + length..first + DIRECTIONS).map(at);
    let pale = others
        .filter(|s| s.seen > 0.5 && s.ink < 0.5 * median)
        .count();
    let is_full = (pale as f64) < PALE_MAX * (DIRECTIONS - length) as f64;
    let gone = (first..first + length).map(at);
    let none = gone.filter(|s| s.ink < NONE * median).count();
    let is_clean = none as f64 >= CLEAN * length as f64;
    (before && after && is_full && is_clean).then(|| Missing {
        length_mm: length as f64 * pitch_mm,
        at: place((first + length / 2) % DIRECTIONS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::round_i32;

    /// Sights of a border of 18 mm, shifted and inked as the closures say by direction.
    fn sights(shift: impl Fn(usize) -> f64, ink: impl Fn(usize) -> f64) -> Vec<Sight> {
        let sight = |index| Sight {
            shift: shift(index),
            agreement: 0.9,
            ink: ink(index),
            seen: 1.0,
        };
        (0..DIRECTIONS).map(sight).collect()
    }

    const PITCH_MM: f64 = 0.628;

    fn place(index: usize) -> Vec2 {
        let angle = index as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
        Vec2::new(libm::cos(angle), libm::sin(angle)) * 18.0
    }

    #[test]
    fn a_stretched_border_stands_off_nowhere_and_a_dent_where_it_is() {
        let stretch = |index: usize| 0.4 * libm::cos(2.0 * index as f64 * 0.0349) + 0.1;
        let found = offset(&sights(stretch, |_| 1.0), PITCH_MM, place).unwrap();
        assert!(found.inwards_mm.abs() < 0.02, "{found:?}");
        let dent = |index: usize| {
            let off = (index as f64 - 60.0) * PITCH_MM / 4.0;
            stretch(index) + 0.7 * libm::exp(-0.5 * off * off)
        };
        let found = offset(&sights(dent, |_| 1.0), PITCH_MM, place).unwrap();
        assert!((0.45..0.75).contains(&found.inwards_mm), "{found:?}");
        assert!((found.at - place(60)).hypot() < 2.0, "{found:?}");
    }

    #[test]
    fn a_stretch_that_is_gone_is_missing_and_one_that_fades_is_not() {
        let gone = |index: usize| if (40..60).contains(&index) { 0.02 } else { 1.0 };
        let found = missing(&sights(|_| 0.0, gone), PITCH_MM, place).unwrap();
        assert!(
            (found.length_mm - 20.0 * PITCH_MM).abs() < 1e-9,
            "{found:?}"
        );
        assert!((found.at - place(50)).hypot() < 1e-9, "{found:?}");
        let fades = |index: usize| ((index as f64 - 50.0).abs() / 30.0).min(1.0);
        assert_eq!(missing(&sights(|_| 0.0, fades), PITCH_MM, place), None);
    }

    #[test]
    fn the_cheapest_path_goes_on_through_a_direction_that_agrees_nowhere() {
        let agreement: Vec<Vec<f64>> = (0..DIRECTIONS)
            .map(|direction| {
                let at = |shift: usize| {
                    let off = round_i32(shift as f64) - 40;
                    if direction == 90 {
                        0.0
                    } else {
                        1.0 - 0.1 * f64::from(off.abs())
                    }
                };
                (0..SHIFTS).map(at).collect()
            })
            .collect();
        assert!(cheapest_path(&agreement).iter().all(|shift| *shift == 40));
    }
}
