//! Clean gaps: places where drawn ink is wholly absent while the ink right beside it is full.
//!
//! A light or dry stamping fades towards its bare places and leaves specks in them. A die with a part broken off or
//! rubbed away, or a thing that lay between seal and sheet, leaves a gap without any, with ink up to its edge.

use crate::geometry::Point;
use crate::imaging::ColourMode;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::matching::canonical::PER_MM;
use crate::order;
use crate::units::floor_index;
use crate::units::single;

/// Side of a cell, grid samples: 0.4 mm.
const CELL: usize = 4;
/// Ink of the drawing from which a sample is its core, and least core samples of a cell.
const CORE: f32 = 0.75;
const CELL_CORE_MIN: f32 = 4.0;
/// Trust from which a sample counts as visible.
const VISIBLE: f32 = 0.5;
/// A cell is bare below this share of full ink.
const BARE: f32 = 0.25;
/// Gaps smaller than this are grain, square millimetres of drawn ink.
const GAP_MIN_MM2: f64 = 0.15;
/// Distance from a gap at which the ink beside it is looked at, cells: beyond the blur, before the
/// next letter.
const BESIDE: std::ops::Range<usize> = 2..5;
/// Least cells beside a gap.
const BESIDE_MIN: usize = 10;
/// Ink from which a cell beside a gap is full, and below which one within bears none, as shares of the impression's
/// median.
const FULL: f32 = 0.7;
const NONE: f32 = 0.05;
/// Share of a gap's cells that bear no ink, from which it is clean. Measured on drawn seals (seeds 5001 and 5002): 16 of
/// 17 dies with a piece broken off have a gap of at least 0.77, and of 700 stampings of sound dies, dry and light ones
/// included, six have one at all that makes 2 % of their drawn ink.
const CLEAN: f64 = 0.7;
/// Mean ink right at a gap's edge, and farther out, from which it has ink up to its edge, as shares of the median; and
/// the share of cells farther out that are full.
const EDGE: f32 = 0.6;
const AROUND: f32 = 0.8;
const AROUND_FULL: f64 = 0.7;
/// Depth within a solid from which a 1-bit scan may show paper, grid samples: thresholds that follow the scene hollow
/// what is broader than their window.
const HOLLOW: usize = 6;
/// Median ink below which the impression is too light to tell.
const INKED_MIN: f32 = 0.5;
/// Share of everything bare that the one gap must hold: many of them are wear, or a dry stamping.
const SHARE_MIN: f64 = 0.3;

/// Presence of the drawn ink by cell.
struct Cells {
    /// Core samples.
    core: Density,
    /// Ink over full ink; negative where nothing is drawn.
    ink: Density,
}

/// The bare places of an impression, in square millimetres of drawn ink.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Gaps {
    /// The largest clean gap with full ink all around, if it is much of what is bare; else 0.
    pub largest: f64,
    /// Its middle, grid samples.
    pub at: Point,
    /// All clean gaps together.
    pub clean: f64,
    /// All that is bare.
    pub bare: f64,
    /// All that can be seen.
    pub drawn: f64,
}

/// Finds the bare places; none if hardly anything is seen or the ink is too light to tell. `ink` and
/// its weight are the impression's, warped into the specimen's frame.
pub(super) fn gaps(
    drawing: &Density,
    (ink, weight): (&Density, &Density),
    mode: ColourMode,
) -> Gaps {
    let cells = match mode {
        ColourMode::Colour | ColourMode::Gray => Cells::new(drawing, ink, weight),
        ColourMode::Bitonal => Cells::new(drawing, ink, &shallow(drawing, weight)),
    };
    let Some(cells) = cells else {
        return Gaps::default();
    };
    let (width, height) = (cells.ink.width(), cells.ink.height());
    let known = cells.ink.samples().iter().copied();
    let median = order::median(known.filter(|ink| *ink >= 0.0)).unwrap_or(0.0);
    if median < INKED_MIN {
        return Gaps::default();
    }
    let bare = cells.ink.map(|ink| (0.0..BARE).contains(&ink));
    let area = |mask: &Raster<bool>| -> f64 {
        let pairs = mask.samples().iter().zip(cells.core.samples());
        let core: f64 = pairs
            .filter(|(set, _)| **set)
            .map(|(_, core)| f64::from(*core))
            .sum();
        core / (PER_MM * PER_MM)
    };
    let mut gaps = Gaps {
        bare: area(&bare),
        drawn: area(&cells.ink.map(|ink| ink >= 0.0)),
        ..Gaps::default()
    };
    for joined in components(&dilate(&bare, 1)) {
        let mut own = Raster::filled(width, height, false);
        for &(y, start, end) in &joined.runs {
            own.row_mut(y)[start..end].copy_from_slice(&bare.row(y)[start..end]);
        }
        let size = area(&own);
        if size < GAP_MIN_MM2 {
            continue;
        }
        if !is_clean(&own, &cells.ink, median) {
            continue;
        }
        let edge = Edge::of(&own, &cells.ink, median);
        if edge.near < EDGE {
            continue;
        }
        gaps.clean += size;
        if size > gaps.largest && size >= SHARE_MIN * gaps.bare && edge.is_full_around() {
            gaps.largest = size;
            let middle =
                |start: u32, side: u32| (f64::from(start) + 0.5 * f64::from(side)) * CELL as f64;
            let bbox = joined.bbox;
            gaps.at = Point::new(middle(bbox.x, bbox.width), middle(bbox.y, bbox.height));
        }
    }
    gaps
}

impl Cells {
    /// `None` if hardly anything is drawn or visible.
    fn new(drawing: &Density, ink: &Density, weight: &Density) -> Option<Self> {
        let (width, height) = (drawing.width() / CELL, drawing.height() / CELL);
        let mut core = Density::filled(width, height, 0.0);
        let mut sum = Density::filled(width, height, 0.0);
        let mut levels = Vec::new();
        for y in 0..height * CELL {
            let (core, sum) = (core.row_mut(y / CELL), sum.row_mut(y / CELL));
            let (ink, weight) = (ink.row(y), weight.row(y));
            for (x, &drawn) in drawing.row(y)[..width * CELL].iter().enumerate() {
                if drawn > CORE && weight[x] > VISIBLE {
                    core[x / CELL] += 1.0;
                    sum[x / CELL] += ink[x];
                    levels.push(ink[x]);
                }
            }
        }
        if levels.len() < floor_index(5.0 * PER_MM * PER_MM) {
            return None;
        }
        // Full ink as seven tenths of the drawn samples stay below: the darkest are overlaps.
        let full = order::ranked(levels, |count| count * 7 / 10)?.max(0.2);
        let mut found = sum;
        for (ink, core) in found.samples_mut().iter_mut().zip(core.samples()) {
            *ink = if *core >= CELL_CORE_MIN {
                *ink / (full * core)
            } else {
                -1.0
            };
        }
        Some(Self { core, ink: found })
    }
}

/// The trust in what does not lie deep in a solid.
fn shallow(drawing: &Density, weight: &Density) -> Density {
    let near = dilate(&drawing.map(|drawn| drawn <= CORE), HOLLOW);
    let mut shallow = weight.clone();
    for (weight, near) in shallow.samples_mut().iter_mut().zip(near.samples()) {
        if !near {
            *weight = 0.0;
        }
    }
    shallow
}

/// Ink at the places that `is_in` names and that can be seen, as shares of the impression's median.
fn shares(ink: &Density, median: f32, is_in: impl Fn(usize) -> bool) -> Vec<f32> {
    let places = ink.samples().iter().enumerate();
    let seen = places.filter(|(index, ink)| **ink >= 0.0 && is_in(*index));
    seen.map(|(_, ink)| ink / median).collect()
}

/// The share of values that are so; 0 of none.
fn share(of: &[f32], is: fn(f32) -> bool) -> f64 {
    of.iter().filter(|ink| is(**ink)).count() as f64 / of.len().max(1) as f64
}

/// Whether hardly a cell of a gap bears a speck of ink.
fn is_clean(gap: &Raster<bool>, ink: &Density, median: f32) -> bool {
    let within = shares(ink, median, |index| gap.samples()[index]);
    share(&within, |ink| ink < NONE) >= CLEAN
}

/// The ink beside a gap, as shares of the impression's median.
struct Edge {
    /// Mean right at its edge, and farther out.
    near: f32,
    around: f32,
    /// Share of the cells farther out that are full; 0 where hardly anything is seen there.
    full: f64,
}

impl Edge {
    fn of(gap: &Raster<bool>, ink: &Density, median: f32) -> Self {
        let near = dilate(gap, BESIDE.start - 1);
        let far = dilate(gap, BESIDE.end - 1);
        let between = |inner: &Raster<bool>, outer: &Raster<bool>| {
            shares(ink, median, |index| {
                outer.samples()[index] && !inner.samples()[index]
            })
        };
        let mean = |of: &[f32]| of.iter().sum::<f32>() / single(of.len().max(1) as f64);
        let around = between(&near, &far);
        Self {
            near: mean(&between(gap, &near)),
            around: mean(&around),
            full: if around.len() < BESIDE_MIN {
                0.0
            } else {
                share(&around, |ink| ink > FULL)
            },
        }
    }

    fn is_full_around(&self) -> bool {
        self.around >= AROUND && self.full >= AROUND_FULL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ruled strokes 0.6 mm wide, 1.2 mm apart, on 40 mm, with ink as `ink` says at each place (mm).
    fn ruled(ink: impl Fn(f64, f64) -> f32) -> (Density, Density, Density) {
        let side = 400;
        let mut drawing = Density::filled(side, side, 0.0);
        let mut found = drawing.clone();
        for y in (0..side).filter(|y| y % 12 < 6) {
            drawing.row_mut(y).fill(1.0);
            for (x, value) in found.row_mut(y).iter_mut().enumerate() {
                *value = ink(x as f64 / PER_MM, y as f64 / PER_MM);
            }
        }
        (drawing, found, Density::filled(side, side, 1.0))
    }

    fn distance(x: f64, y: f64) -> f64 {
        libm::hypot(x - 32.0, y - 20.0)
    }

    #[test]
    fn a_piece_broken_off_leaves_a_sharp_gap_of_its_drawn_area() {
        let (drawing, ink, weight) = ruled(|x, y| if distance(x, y) < 4.0 { 0.0 } else { 0.9 });
        let gap = gaps(&drawing, (&ink, &weight), ColourMode::Colour).largest;
        let drawn = 0.5 * std::f64::consts::PI * 16.0;
        assert!((gap - drawn).abs() < 0.25 * drawn, "{gap} of {drawn}");
    }

    #[test]
    fn ink_that_fades_into_a_bare_place_leaves_none() {
        let fade = |x: f64, y: f64| single(((distance(x, y) - 3.0) / 5.0).clamp(0.0, 0.9));
        let (drawing, ink, weight) = ruled(fade);
        let gap = gaps(&drawing, (&ink, &weight), ColourMode::Colour).largest;
        assert!(gap.abs() < 1e-9, "{gap}");
    }

    #[test]
    fn a_solid_that_a_one_bit_scan_hollows_has_no_gap_and_one_with_a_bite_has() {
        let (drawing, ink, weight) = {
            let (mut drawing, mut ink, weight) = ruled(|_, _| 1.0);
            for y in 150..250 {
                drawing.row_mut(y)[270..370].fill(1.0);
                ink.row_mut(y)[270..370].fill(1.0);
            }
            (drawing, ink, weight)
        };
        let gap = |columns: std::ops::Range<usize>| {
            let mut ink = ink.clone();
            for y in 156..240 {
                ink.row_mut(y)[columns.clone()].fill(0.0);
            }
            gaps(&drawing, (&ink, &weight), ColourMode::Bitonal).largest
        };
        assert!(gap(277..363).abs() < 1e-9);
        assert!(gap(277..400) > 10.0);
    }

    #[test]
    fn what_text_hides_is_no_gap() {
        let (drawing, ink, mut weight) = ruled(|x, y| if distance(x, y) < 4.0 { 0.0 } else { 0.9 });
        for y in 150..250 {
            weight.row_mut(y)[270..370].fill(0.0);
        }
        let gap = gaps(&drawing, (&ink, &weight), ColourMode::Colour).largest;
        assert!(gap.abs() < 1e-9, "{gap}");
    }
}
