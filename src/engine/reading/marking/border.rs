//! The border of a frame, one line or two, and its size: measured on the page's own pixels.

use std::ops::RangeInclusive;

use crate::imaging::Density;
use crate::units::floor_index;

/// Pixels a millimetre that a frame is laid out at: 300 dpi, nearly.
pub(super) const PER_MM: f64 = 12.0;
/// Paper that is laid out around the sketch of a frame, millimetres.
pub(super) const AROUND_MM: f64 = 2.5;

/// How far outside the sketch of a side its outer line is looked for, and how far inside, millimetres.
const REACH_MM: (f64, f64) = (1.2, 3.6);
/// How much of each end of a side is left out, millimetres: the other sides' lines stand there.
const CORNER_MM: f64 = 2.5;
/// Share of a side that its line covers at least.
const LINE_MIN: f64 = 0.33;
/// The same over that of the best line near it: rows of letters beside a frame cover less.
const LINE_SHARE: f64 = 0.5;
/// The same of the second line, over the first's; letters beside a single line cover less.
const SECOND_MIN: f64 = 0.7;
/// Bare paper between the two lines, millimetres: the form has them 1 mm apart (Circular 24/2020/TT-BCA),
/// ink spreads, and lines are read a pixel wider on either side.
const GAP_MM: (f64, f64) = (0.12, 1.7);
/// Thickness of one line at most, millimetres, and of the second.
const THICK_MM: (f64, f64) = (1.3, 1.0);
/// What is thicker than one line and thinner than this is two whose ink ran together.
const RUN_TOGETHER_MM: f64 = 2.4;
/// Where a line is looked for beyond a corner, millimetres.
const BEYOND_MM: (f64, f64) = (0.8, 2.0);
/// Of eight ends of lines at the corners, those that run on in a table at least.
const GOING_ON_MAX: usize = 2;
/// Ink from which a pixel counts.
const INKED: f32 = 0.5;
/// The same of one worn side, and the share of it that its line covers at least: the die's other end was pressed down harder,
/// and dots are left (chosen by eye on three drawn marks of seed 9206, one of which it finds; what print beside three sides reaches was not measured).
const WORN: (f32, f64) = (0.3, 0.18);

/// A frame as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Border {
    /// Outer edges: left, top, right, bottom, pixels of the layout.
    pub(super) outer: [f64; 4],
    /// The same of the room within all lines.
    pub(super) inner: [f64; 4],
    /// Sides that have two lines, of four.
    pub(super) doubled: u32,
    /// Share of the sides that the outer line covers.
    pub(super) drawn: f64,
}

impl Border {
    /// Whether the lines end at the corners: those of a table's cells run on.
    pub(super) fn is_free(&self, ink: &Density) -> bool {
        let [left, top, right, bottom] = self.outer.map(floor_index);
        let (first, last) = (
            floor_index(BEYOND_MM.0 * PER_MM),
            floor_index(BEYOND_MM.1 * PER_MM),
        );
        let inked =
            |x: usize, y: usize| x < ink.width() && y < ink.height() && ink.at(x, y) > INKED;
        let near = |at: usize| at.saturating_sub(3)..at + 4;
        let level = |y: usize, to_right: bool| {
            runs_on(first..=last, |step| {
                let x = if to_right {
                    right + step
                } else {
                    left.wrapping_sub(step)
                };
                (x < ink.width()).then(|| near(y).any(|y| inked(x, y)))
            })
        };
        let upright = |x: usize, to_bottom: bool| {
            runs_on(first..=last, |step| {
                let y = if to_bottom {
                    bottom + step
                } else {
                    top.wrapping_sub(step)
                };
                (y < ink.height()).then(|| near(x).any(|x| inked(x, y)))
            })
        };
        let going_on = [
            level(top, false),
            level(top, true),
            level(bottom, false),
            level(bottom, true),
            upright(left, false),
            upright(left, true),
            upright(right, false),
            upright(right, true),
        ];
        going_on.into_iter().filter(|going_on| *going_on).count() < GOING_ON_MAX
    }
}

/// Whether a line bears ink at all steps beyond a corner that are laid out (`None`: beyond the layout, where nothing is known; a
/// frame that is larger than its sketch leaves less than [`BEYOND_MM`] there). A third of them says enough: half a millimetre.
fn runs_on(steps: RangeInclusive<usize>, at: impl Fn(usize) -> Option<bool>) -> bool {
    let wanted = steps.clone().count();
    let seen: Vec<bool> = steps.filter_map(at).collect();
    3 * seen.len() >= wanted && seen.into_iter().all(|inked| inked)
}

/// Where the line of a side lies: depths from the start of its search, and whether it is double.
#[derive(Clone, Copy, Debug)]
struct Side {
    outer: usize,
    inner: usize,
    is_double: bool,
    drawn: f64,
}

impl Side {
    /// A worn side: its outer line alone is trusted, and the opposite side says what lies within.
    const fn like((worn, opposite): (Self, Self)) -> Self {
        Self {
            inner: worn.outer + opposite.inner.saturating_sub(opposite.outer),
            is_double: false,
            ..worn
        }
    }
}

/// Measures a frame that is laid out upright with [`AROUND_MM`] of paper about its sketch; `None` where a side is not drawn.
pub(super) fn measure(ink: &Density) -> Option<Border> {
    let (width, height) = (ink.width(), ink.height());
    let line = |index: usize, least: (f32, f64)| {
        let is_first = index < 2;
        if index.is_multiple_of(2) {
            let at = |depth: usize, along: usize| ink.at(placed(depth, width, is_first), along);
            side((width, height), at, least)
        } else {
            let at = |depth: usize, along: usize| ink.at(along, placed(depth, height, is_first));
            side((height, width), at, least)
        }
    };
    let mut found: [Option<Side>; 4] = std::array::from_fn(|index| line(index, (INKED, LINE_MIN)));
    let is_worn = |index: &usize| found[*index].is_none();
    if let [worn] = (0..4).filter(is_worn).collect::<Vec<_>>()[..] {
        found[worn] = line(worn, WORN).zip(found[(worn + 2) % 4]).map(Side::like);
    }
    let [left, top, right, bottom] = found;
    let sides = [left?, top?, right?, bottom?];
    let across = [width, height, width, height];
    let edges = |depth: fn(&Side) -> usize| {
        std::array::from_fn(|index| {
            let depth = depth(&sides[index]) as f64;
            if index < 2 {
                depth
            } else {
                across[index] as f64 - depth
            }
        })
    };
    let doubled = sides.iter().filter(|side| side.is_double).count();
    Some(Border {
        outer: edges(|side| side.outer),
        inner: edges(|side| side.inner),
        doubled: u32::try_from(doubled).unwrap_or(0),
        drawn: sides.iter().map(|side| side.drawn).sum::<f64>() / 4.0,
    })
}

/// A depth from one edge of the layout, or from the other.
const fn placed(depth: usize, across: usize, is_first: bool) -> usize {
    if is_first { depth } else { across - 1 - depth }
}

/// One side of a layout that is `across` deep and `along` long, by its ink at a depth and a place along it, from the ink of a pixel
/// and the share of the side on that count.
fn side(
    (across, along): (usize, usize),
    ink: impl Fn(usize, usize) -> f32,
    (inked, least): (f32, f64),
) -> Option<Side> {
    let pixels = |mm: f64| floor_index(mm * PER_MM);
    let skipped = pixels(AROUND_MM + CORNER_MM);
    if along <= 2 * skipped + 8 {
        return None;
    }
    let first = pixels(AROUND_MM - REACH_MM.0);
    let last = pixels(AROUND_MM + REACH_MM.1).min(across / 2 + pixels(0.5));
    let share = |depth: usize| {
        let places = skipped..along - skipped;
        let count = places.len();
        // Lines are bent by some hundredths of a millimetre.
        let drawn = |place: usize| (depth - 1..=depth + 1).any(|depth| ink(depth, place) > inked);
        let drawn = places.filter(|&place| drawn(place)).count();
        drawn as f64 / count as f64
    };
    let shares: Vec<f64> = (first..last).map(share).collect();
    let most = shares.iter().copied().fold(0.0, f64::max);
    let line = band(&shares, 0, least.max(LINE_SHARE * most))?;
    let peak = shares[line.0..line.1].iter().copied().fold(0.0, f64::max);
    let second = band(&shares, line.1, (SECOND_MIN * peak).max(0.8 * least)).filter(|second| {
        let gap = (second.0 - line.1) as f64 / PER_MM;
        let thick = (second.1 - second.0) as f64 / PER_MM;
        (GAP_MM.0..=GAP_MM.1).contains(&gap) && thick <= THICK_MM.1
    });
    let thick = (line.1 - line.0) as f64 / PER_MM;
    let (inner, is_double) = match second {
        Some(second) if thick <= THICK_MM.0 => (second.1, true),
        Some(_) | None if thick <= THICK_MM.0 => (line.1, false),
        Some(_) | None if thick <= RUN_TOGETHER_MM => (line.1, true),
        Some(_) | None => return None,
    };
    Some(Side {
        outer: first + line.0 + 1,
        inner: first + inner.saturating_sub(1),
        is_double,
        drawn: peak,
    })
}

/// The first stretch of shares from an index on that reach a level: its start and its end.
fn band(shares: &[f64], from: usize, level: f64) -> Option<(usize, usize)> {
    let start = (from..shares.len()).find(|&index| shares[index] >= level)?;
    let end = (start..shares.len()).find(|&index| shares[index] < level);
    Some((start, end.unwrap_or(shares.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Raster;

    /// A frame of a width and height in millimetres, a line of 0.4 mm, and perhaps a second one 1 mm within it.
    fn frame(width: f64, height: f64, is_double: bool) -> Density {
        let pixels = |mm: f64| floor_index(mm * PER_MM);
        let size = (
            pixels(width + 2.0 * AROUND_MM),
            pixels(height + 2.0 * AROUND_MM),
        );
        let mut ink = Raster::filled(size.0, size.1, 0.0_f32);
        let mut depths = vec![AROUND_MM];
        depths.extend(is_double.then_some(AROUND_MM + 1.4));
        for depth in depths
            .into_iter()
            .flat_map(|mm| pixels(mm)..pixels(mm + 0.4))
        {
            for y in [depth, size.1 - 1 - depth] {
                ink.row_mut(y)[depth..size.0 - depth].fill(1.0);
            }
            for y in depth..size.1 - depth {
                ink.row_mut(y)[depth] = 1.0;
                ink.row_mut(y)[size.0 - 1 - depth] = 1.0;
            }
        }
        ink
    }

    #[test]
    fn a_double_border_is_told_from_a_single_one_and_measured() {
        for is_double in [true, false] {
            let border = measure(&frame(30.0, 8.0, is_double)).unwrap();
            assert_eq!(border.doubled, if is_double { 4 } else { 0 });
            let [left, top, right, bottom] = border.outer;
            assert!(((right - left) / PER_MM - 30.0).abs() < 0.2, "{border:?}");
            assert!(((bottom - top) / PER_MM - 8.0).abs() < 0.2, "{border:?}");
            let inset = if is_double { 1.8 } else { 0.4 };
            let within = (border.inner[0] - left) / PER_MM;
            assert!((within - inset).abs() < 0.2, "{border:?}");
        }
    }

    #[test]
    fn a_side_of_which_dots_are_left_is_measured_by_the_other_three() {
        let mut ink = frame(30.0, 8.0, true);
        let side = ink.width() - floor_index((AROUND_MM + 2.2) * PER_MM);
        for y in 0..ink.height() {
            if y % 4 > 0 {
                ink.row_mut(y)[side..].fill(0.0);
            }
        }
        let border = measure(&ink).unwrap();
        let [left, _, right, _] = border.outer;
        assert!(((right - left) / PER_MM - 30.0).abs() < 0.2, "{border:?}");
        assert_eq!(border.doubled, 3);
        let within = (right - border.inner[2]) / PER_MM;
        assert!((within - 1.8).abs() < 0.2, "{border:?}");
    }

    #[test]
    fn letters_beside_a_single_line_are_no_second_one() {
        let mut ink = frame(30.0, 8.0, false);
        let (top, bottom) = (
            floor_index((AROUND_MM + 1.2) * PER_MM),
            floor_index((AROUND_MM + 6.8) * PER_MM),
        );
        for y in top..bottom {
            for x in floor_index(6.0 * PER_MM)..floor_index(29.0 * PER_MM) {
                ink.row_mut(y)[x] = if x % 30 < 12 { 1.0 } else { 0.0 };
            }
        }
        assert_eq!(measure(&ink).unwrap().doubled, 0);
    }

    #[test]
    fn paper_without_a_line_on_one_side_is_no_frame() {
        let mut ink = frame(30.0, 8.0, true);
        let side = floor_index((AROUND_MM + 3.0) * PER_MM);
        for y in 0..ink.height() {
            ink.row_mut(y)[..side].fill(0.0);
        }
        assert_eq!(measure(&ink), None);
    }

    #[test]
    fn a_frame_whose_upright_sides_run_on_to_the_end_of_the_layout_is_not_free() {
        // Beyond the lower side 1.3 mm are laid out, as of a frame that reaches 1.2 mm beyond its sketch.
        let mut ink = Raster::filled(300, 150, 0.0_f32);
        let border = Border {
            outer: [30.0, 30.0, 270.0, 134.0],
            inner: [35.0, 35.0, 265.0, 129.0],
            doubled: 0,
            drawn: 1.0,
        };
        assert!(border.is_free(&ink));
        for y in 30..150 {
            ink.row_mut(y)[30..35].fill(1.0);
        }
        assert!(border.is_free(&ink), "one may touch something else");
        for y in 30..150 {
            ink.row_mut(y)[265..270].fill(1.0);
        }
        assert!(!border.is_free(&ink));
    }
}
