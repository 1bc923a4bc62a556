//! What the face of the registered die has suffered: growth about a place, and a slip along a line.
//!
//! Both are asked as shifts beyond those of a stretched sheet and of rubber that gives at every
//! stamping, by the evidence that each adds. A swollen face has grown and its lines have become thicker;
//! a cracked one has two halves that moved along the crack.

use crate::geometry::Vec2;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::regression::Base;
use crate::matching::regression::Column;
use crate::matching::regression::Regression;
use crate::matching::shifts::BUMP_MM;
use crate::matching::shifts::SHEET_SHIFT_MM;
use crate::matching::shifts::bumps;
use crate::matching::shifts::directions;
use crate::matching::shifts::height;
use crate::matching::shifts::sheet_row;
use crate::units::round_i32;

/// Least parts of which anything is said.
const PARTS_MIN: usize = 25;
/// Standard deviation of the sheet's stretch left by the alignment, a share.
const SHEET_STRETCH: f64 = 0.006;
/// Growth: places looked at, how far it reaches (standard deviations), and its usual size, a share.
const PLACES_MM: f64 = 2.5;
const REACHES_MM: [f64; 2] = [4.2, 6.2];
const GROWTH: f64 = 0.07;
/// Slip: directions and places of the lines looked at (as shares of the radius), the width over which
/// the halves part, and its usual size, millimetres.
const LINES: usize = 15;
const OFFSETS: i32 = 6;
const OFFSET_SHARE: f64 = 0.12;
const PARTING_MM: f64 = 0.5;
const SLIP_MM: f64 = 0.2;
/// Every so manieth option is looked at first, and the evidence from which all of them are, nats: damage has 14 and more
/// before the choice is paid for, and an option beside it most of that.
const COARSE: usize = 4;
const FAINT: f64 = 4.0;
/// Model error of a part's spread, millimetres.
const SPREAD_NOISE_MM: f64 = 0.02;

/// A region that has grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Growth {
    /// Growth at its middle, a share of one, with one standard deviation.
    pub share: f64,
    pub deviation: f64,
    /// Outward move of the lines' edges there against elsewhere, millimetres, with one deviation.
    pub thicker_mm: f64,
    pub thicker_deviation: f64,
    /// Natural log of the evidence for it against rubber alone, the choice of place paid for.
    pub gain: f64,
    /// Its middle, relative to the outline's centre, millimetres.
    pub at: Vec2,
}

/// Two halves moved along a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slip {
    /// By how much, millimetres, with one standard deviation.
    pub by_mm: f64,
    pub deviation: f64,
    /// As of a growth.
    pub gain: f64,
    /// The middle of the line and its direction.
    pub at: Vec2,
    pub along: Vec2,
}

/// The shifts of all parts, explained by sheet and rubber.
pub(super) struct Face<'a> {
    parts: &'a [Part],
    radius_mm: f64,
    /// The directions that shifts are known in, each with the number of its part.
    sights: Vec<(Vec2, usize)>,
    regression: Regression,
    base: Base,
}

impl<'a> Face<'a> {
    /// `None` if too few parts were measured.
    pub(super) fn new(parts: &'a [Part], radius_mm: f64) -> Option<Self> {
        if parts.len() < PARTS_MIN {
            return None;
        }
        let bumps = bumps(radius_mm);
        let (mut sights, mut owners) = (Vec::new(), Vec::new());
        let (mut values, mut variances, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for (number, part) in parts.iter().enumerate() {
            for (direction, variance) in directions(part) {
                values.push(direction.dot(part.shift));
                variances.push(variance);
                owners.push(number);
                sights.push((direction, number));
                rows.extend(sheet_row(direction, part.at));
                for bump in &bumps {
                    let height = height(part.at, *bump);
                    rows.extend([direction.x * height, direction.y * height]);
                }
            }
        }
        let mut deviations = vec![SHEET_SHIFT_MM; 2];
        deviations.extend([SHEET_STRETCH; 4]);
        deviations.extend(std::iter::repeat_n(BUMP_MM, 2 * bumps.len()));
        let regression = Regression::new(values, variances, owners, &rows, &deviations);
        let base = regression.base()?;
        Some(Self {
            parts,
            radius_mm,
            sights,
            regression,
            base,
        })
    }

    /// A column of shifts, by a part's place.
    fn column(&self, deviation: f64, shift: impl Fn(Vec2) -> Vec2) -> Column {
        let shifts: Vec<Vec2> = self.parts.iter().map(|part| shift(part.at)).collect();
        let sights = self.sights.iter();
        Column {
            entries: sights.map(|(d, part)| d.dot(shifts[*part])).collect(),
            deviation,
        }
    }

    /// The most credible of several columns, with its evidence, amount and deviation.
    fn best<T: Copy>(&self, options: &[T], column: impl Fn(T) -> Column) -> Option<(T, [f64; 3])> {
        let best = |step: usize| {
            let options: Vec<T> = options.iter().step_by(step).copied().collect();
            let columns: Vec<Column> = options.iter().map(|&option| column(option)).collect();
            let (number, gain) = self.regression.preferred(&self.base, &columns)?;
            Some((options[number], gain))
        };
        // What no coarse look sees even faintly is not there.
        let (mut option, gain) = best(COARSE)?;
        if gain > FAINT {
            (option, _) = best(1)?;
        }
        let fit = self.regression.with(&self.base, &[column(option)])?;
        let gain = fit.evidence - self.base.evidence - libm::log(options.len() as f64);
        Some((option, [gain, fit.amounts[0], fit.deviations[0]]))
    }

    /// The region that has grown most credibly.
    pub(super) fn growth(&self) -> Option<Growth> {
        let steps = round_i32((self.radius_mm / PLACES_MM).ceil());
        let places = (-steps..=steps).flat_map(|y| (-steps..=steps).map(move |x| (x, y)));
        let places = places
            .map(|(x, y)| Vec2::new(f64::from(x), f64::from(y)) * PLACES_MM)
            .filter(|at| at.hypot() < self.radius_mm);
        let options: Vec<(Vec2, f64)> = places
            .flat_map(|at| REACHES_MM.map(|reach| (at, reach)))
            .collect();
        let column = |(middle, reach): (Vec2, f64)| {
            self.column(GROWTH, |at| (at - middle) * near(at - middle, reach))
        };
        let ((at, reach), [gain, share, deviation]) = self.best(&options, column)?;
        let (thicker_mm, thicker_deviation) = thicker(self.parts, at, reach)?;
        Some(Growth {
            share,
            deviation,
            thicker_mm,
            thicker_deviation,
            gain,
            at,
        })
    }

    /// The line along which the halves have moved most credibly.
    pub(super) fn slip(&self) -> Option<Slip> {
        let lines = (0..LINES).flat_map(|line| {
            let angle = line as f64 / LINES as f64 * std::f64::consts::PI;
            let (sin, cos) = libm::sincos(angle);
            (-OFFSETS..=OFFSETS).map(move |offset| {
                let offset = f64::from(offset) * OFFSET_SHARE * self.radius_mm;
                (Vec2::new(cos, sin), offset)
            })
        });
        let options: Vec<(Vec2, f64)> = lines.collect();
        let column = |(normal, offset): (Vec2, f64)| {
            self.column(SLIP_MM, |at| {
                let side = libm::tanh((at.dot(normal) - offset) / PARTING_MM);
                Vec2::new(-normal.y, normal.x) * (0.5 * side)
            })
        };
        let ((normal, offset), [gain, by, deviation]) = self.best(&options, column)?;
        Some(Slip {
            by_mm: by.abs(),
            deviation,
            gain,
            at: normal * offset,
            along: Vec2::new(-normal.y, normal.x),
        })
    }
}

/// Height of a growth at a place, 1 in its middle.
fn near(off: Vec2, reach: f64) -> f64 {
    libm::exp(-0.5 * off.hypot2() / (reach * reach))
}

/// How much further the edges of the parts about a place moved outwards than those elsewhere, lines
/// and letters each among themselves; `None` if there are too few of either.
fn thicker(parts: &[Part], middle: Vec2, reach: f64) -> Option<(f64, f64)> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for on_line in [true, false] {
        let own = parts
            .iter()
            .filter(|part| (part.zone != Zone::Inside) == on_line);
        let (mut here, mut there) = ([0.0; 2], [0.0; 2]);
        for part in own {
            let precision = 1.0 / (part.spread_variance + SPREAD_NOISE_MM * SPREAD_NOISE_MM);
            let share = near(part.at - middle, reach);
            for (mean, share) in [
                (&mut here, share * share),
                (&mut there, (1.0 - share).powi(2)),
            ] {
                mean[0] += share * precision;
                mean[1] += share * precision * part.spread;
            }
        }
        if here[0] > 0.0 && there[0] > 0.0 {
            let precision = 1.0 / (1.0 / here[0] + 1.0 / there[0]);
            sum += precision * (here[1] / here[0] - there[1] / there[0]);
            weight += precision;
        }
    }
    (weight > 0.0).then(|| (sum / weight, libm::sqrt(1.0 / weight)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters on a grid of 2 mm within 15 mm, shifted and thickened as the closures say.
    fn parts(shift: impl Fn(Vec2) -> Vec2, spread: impl Fn(Vec2) -> f64) -> Vec<Part> {
        let grid = (-7..=7_i32).flat_map(|x| (-7..=7_i32).map(move |y| (x, y)));
        grid.map(|(x, y)| Vec2::new(2.0 * f64::from(x), 2.0 * f64::from(y)))
            .enumerate()
            .map(|(number, at)| Part {
                zone: Zone::Inside,
                at,
                normal: None,
                shift: shift(at),
                covariance: [4e-4, 0.0, 4e-4],
                spread: spread(at),
                spread_variance: 4e-4,
                residual: 0.05,
                contrast: 0.3,
                edge: Vec2::ZERO,
                area: 100.0,
                piece: Some(number),
            })
            .collect()
    }

    /// Rubber that gives by a tenth of a millimetre over centimetres.
    fn rubber(at: Vec2) -> Vec2 {
        Vec2::new(0.08 * libm::sin(at.y / 9.0), 0.08 * libm::cos(at.x / 8.0))
    }

    #[test]
    fn rubber_that_gives_has_neither_grown_nor_slipped() {
        let parts = parts(rubber, |_| 0.0);
        let face = Face::new(&parts, 18.0).unwrap();
        let (growth, slip) = (face.growth().unwrap(), face.slip().unwrap());
        assert!(growth.gain < 2.0, "{growth:?}");
        assert!(slip.gain < 2.0, "{slip:?}");
    }

    #[test]
    fn a_swollen_place_is_found_with_its_growth_and_its_thicker_lines() {
        let middle = Vec2::new(6.0, -3.0);
        let swell = |at: Vec2| near(at - middle, 5.0);
        let parts = parts(
            |at| rubber(at) + (at - middle) * (0.07 * swell(at)),
            |at| 0.09 * swell(at),
        );
        let growth = Face::new(&parts, 18.0).unwrap().growth().unwrap();
        assert!(growth.gain > 15.0, "{growth:?}");
        assert!((growth.at - middle).hypot() < 3.0, "{growth:?}");
        assert!((growth.share - 0.07).abs() < 0.025, "{growth:?}");
        assert!((0.03..0.1).contains(&growth.thicker_mm), "{growth:?}");
    }

    #[test]
    fn halves_that_slipped_are_found_with_the_line_between() {
        let normal = Vec2::new(0.6, 0.8);
        let along = Vec2::new(-normal.y, normal.x);
        let slipped = |at: Vec2| {
            let half = if at.dot(normal) > 3.0 { 0.25 } else { 0.0 };
            rubber(at) + along * half
        };
        let parts = parts(slipped, |_| 0.0);
        let slip = Face::new(&parts, 18.0).unwrap().slip().unwrap();
        assert!(slip.gain > 15.0, "{slip:?}");
        assert!((slip.by_mm - 0.25).abs() < 0.08, "{slip:?}");
        assert!(slip.along.dot(along).abs() > 0.97, "{slip:?}");
    }
}
