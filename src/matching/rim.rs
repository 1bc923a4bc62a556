//! How far the border stands off where it is drawn, direction by direction, and where it is gone.
//!
//! The parts of the drawing are placed from close by; a rim pushed in by a millimetre is out of their
//! reach. Here the border's profile under the outline is looked for over all depths that a dent can
//! move it by, and the shifts of neighbouring directions are kept together by the cheapest path around
//! (Viterbi 1967).

use nalgebra::SMatrix;
use nalgebra::SVector;

use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::structure::Structure;
use crate::matching::structure::slant;
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
const STEPS_MAX: i32 = 3;
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
        let lines = |map: &Density, from: f64, count: usize| {
            let line = |index: usize| -> Vec<f64> {
                let direction = index as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
                let stretch = PER_MM / slant(outline, direction) / outline.radius_at(direction);
                let read = |step: usize| {
                    let depth = from + step as f64 * STEP_MM;
                    let point = outline.point(1.0 - depth * stretch, direction);
                    f64::from(sample(map, point.x, point.y, 0.0))
                };
                (0..count).map(read).collect()
            };
            smoothed(&(0..DIRECTIONS).map(line).collect::<Vec<_>>())
        };
        let wide = (from - REACH_MM, count + SHIFTS - 1);
        Some(Self {
            count,
            drawn: lines(&drawing.ink, from, count),
            ink: lines(ink, wide.0, wide.1),
            weight: lines(weight, wide.0, wide.1),
        })
    }

    /// Agreement in one direction at one shift.
    fn agreement(&self, direction: usize, shift: usize) -> f64 {
        let drawn = &self.drawn[direction];
        let ink = &self.ink[direction][shift..shift + self.count];
        let weight = &self.weight[direction][shift..shift + self.count];
        let mut sums = [1e-3, 0.0, 0.0, 0.0, 0.0, 0.0];
        for ((d, q), w) in drawn.iter().zip(ink).zip(weight) {
            let terms = [*w, w * d, w * q, w * d * d, w * q * q, w * d * q];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
        }
        let [n, d, q, dd, qq, dq] = sums;
        let (d, q) = (d / n, q / n);
        let (vd, vq) = (dd / n - d * d + FLAT, qq / n - q * q + FLAT);
        let seen = (1.5 * n / self.count as f64).min(1.0);
        (dq / n - d * q) / (vd * vq).max(1e-9).sqrt() * seen
    }

    /// The border's shifts, ink and visibility in all directions.
    fn sights(&self) -> Vec<Sight> {
        let agreement: Vec<Vec<f64>> = (0..DIRECTIONS)
            .map(|direction| {
                let at = |shift| self.agreement(direction, shift);
                (0..SHIFTS).map(at).collect()
            })
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
    // Twice around, so that where it begins does not matter; the middle of it counts.
    let mut total: Vec<f64> = agreement[0].iter().map(|a| 1.0 - a).collect();
    let mut from: Vec<Vec<usize>> = vec![Vec::new(); 2 * count];
    for turn in 1..2 * count {
        let mut next = Vec::with_capacity(SHIFTS);
        let mut came = Vec::with_capacity(SHIFTS);
        for (shift, agrees) in agreement[turn % count].iter().enumerate() {
            let steps = -STEPS_MAX..=STEPS_MAX;
            let options = steps.filter_map(|step| {
                let before = shift.checked_add_signed(isize::try_from(step).ok()?)?;
                let price = STEP_PRICE * f64::from(step * step);
                total.get(before).map(|sum| (sum + price, before))
            });
            let best = options.min_by(|a, b| a.0.total_cmp(&b.0));
            let (sum, before) = best.unwrap_or((f64::INFINITY, shift));
            next.push(sum + 1.0 - agrees);
            came.push(before);
        }
        total = next;
        from[turn] = came;
    }
    let end = (0..SHIFTS).min_by(|&a, &b| total[a].total_cmp(&total[b]));
    let mut at = end.unwrap_or(SHIFTS / 2);
    let mut path = vec![0; 2 * count];
    for turn in (0..2 * count).rev() {
        path[turn] = at;
        if turn > 0 {
            at = from[turn][at];
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
    let mut rest: Vec<f64> = sights.iter().map(|s| s.shift).collect();
    for _ in 0..8 {
        let mut normal = SMatrix::<f64, 5, 5>::from_diagonal_element(1e-6);
        let mut right = SVector::<f64, 5>::zeros();
        for (index, sight) in sights.iter().enumerate() {
            let weight = trust(sight) / (1.0 + (rest[index] / STRAY_MM).powi(2));
            let row = row(index);
            normal += row * row.transpose() * weight;
            right += row * (weight * sight.shift);
        }
        let map = normal.cholesky()?.solve(&right);
        for (index, sight) in sights.iter().enumerate() {
            rest[index] = sight.shift - row(index).dot(&map);
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
    let mut inks: Vec<f64> = sights
        .iter()
        .filter(|s| s.seen > 0.5)
        .map(|s| s.ink)
        .collect();
    if inks.len() < DIRECTIONS / 2 {
        return None;
    }
    inks.sort_by(f64::total_cmp);
    let median = inks[inks.len() / 2].max(0.1);
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
    (before && after && is_full).then(|| Missing {
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
