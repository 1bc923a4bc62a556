//! Sharp gaps: places where drawn ink is wholly absent while the ink right beside it is full.
//!
//! A light or dry stamping fades towards its bare places. A die with a part broken off, or a thing
//! that lay between seal and sheet, leaves a gap with ink up to its edge.

use crate::geometry::Point;
use crate::imaging::ColourMode;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::matching::canonical::PER_MM;
use crate::units::floor_index;
use crate::units::single;

/// Side of a cell, grid samples: 0.4 mm.
const CELL: usize = 4;
/// Ink of the drawing from which a sample is its core, and least core samples of a cell.
const CORE: f32 = 0.75;
const CELL_CORE_MIN: f32 = 4.0;
/// Trust from which a sample counts as visible.
const VISIBLE: f32 = 0.5;
/// A cell is bare below this share of full ink, and pale below this share of the median.
const BARE: f32 = 0.25;
const PALE: f32 = 0.6;
/// Gaps smaller than this are grain, square millimetres of drawn ink.
const GAP_MIN_MM2: f64 = 0.15;
/// Distance from a gap at which the ink beside it is looked at, cells: beyond the blur, before the
/// next letter.
const BESIDE: std::ops::Range<usize> = 2..5;
/// Least cells beside a gap.
const BESIDE_MIN: usize = 10;
/// Ink from which a cell beside a gap is full, as a share of the impression's median.
const FULL: f32 = 0.7;
/// What makes one gap sharp, and one of many: small ones have fewer cells beside them.
const SHARP: Beside = Beside {
    mean: 0.85,
    full: 0.8,
};
const SHARP_SMALL: Beside = Beside {
    mean: 0.8,
    full: 0.75,
};
/// The same of the one gap in a 1-bit scan, where ink is there or not: thin ink that falls below the threshold
/// leaves specks beside it. Drawn 1-bit impressions with a piece broken off have at least 0.95 (6 of 6).
const SHARP_BITONAL: Beside = Beside {
    mean: 0.85,
    full: 0.9,
};
/// Depth within a solid from which a 1-bit scan may show paper, grid samples: thresholds that follow the scene hollow
/// what is broader than their window.
const HOLLOW: usize = 6;
/// Median ink below which the impression is too light to tell.
const INKED_MIN: f32 = 0.7;
/// Share of everything bare that the gap must hold: many of them are a dry stamping.
const SHARE_MIN: f64 = 0.4;

/// Ink beside a gap from which it is sharp: on average, as a share of the impression's median, and the
/// share of cells that are full.
#[derive(Clone, Copy)]
struct Beside {
    mean: f32,
    full: f64,
}

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
    /// The largest gap with full ink up to its edge, if it is most of what is bare; else 0.
    pub largest: f64,
    /// Its middle, grid samples.
    pub at: Point,
    /// All such gaps together.
    pub sharp: f64,
    /// All that is bare.
    pub bare: f64,
    /// All that bears neither full ink nor none.
    pub pale: f64,
    /// All that can be seen.
    pub drawn: f64,
    /// Median ink over full ink.
    pub median: f64,
}

/// Finds the bare places; none if hardly anything is seen or the ink is too light to tell. `ink` and
/// its weight are the impression's, warped into the specimen's frame.
pub(super) fn gaps(
    drawing: &Density,
    (ink, weight): (&Density, &Density),
    mode: ColourMode,
) -> Gaps {
    let (cells, sharp_one) = match mode {
        ColourMode::Colour | ColourMode::Gray => (Cells::new(drawing, ink, weight), SHARP),
        ColourMode::Bitonal => {
            let weight = shallow(drawing, weight);
            (Cells::new(drawing, ink, &weight), SHARP_BITONAL)
        }
    };
    let Some(cells) = cells else {
        return Gaps::default();
    };
    let (width, height) = (cells.ink.width(), cells.ink.height());
    let mut known: Vec<f32> = cells.ink.samples().to_vec();
    known.retain(|ink| *ink >= 0.0);
    known.sort_by(f32::total_cmp);
    let median = known.get(known.len() / 2).copied().unwrap_or(0.0);
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
        pale: area(&cells.ink.map(|ink| (BARE..PALE * median).contains(&ink))),
        drawn: area(&cells.ink.map(|ink| ink >= 0.0)),
        median: f64::from(median),
        ..Gaps::default()
    };
    for joined in components(&dilate(&bare, 1)) {
        let mut own = Raster::filled(width, height, false);
        for &(y, start, end) in &joined.runs {
            own.row_mut(y)[start..end].copy_from_slice(&bare.row(y)[start..end]);
        }
        let size = area(&own);
        let sharp = |bound: Beside| is_sharp(&own, (&cells.ink, median), bound);
        if size < GAP_MIN_MM2 || !sharp(SHARP_SMALL) {
            continue;
        }
        gaps.sharp += size;
        if size > gaps.largest && size >= SHARE_MIN * gaps.bare && sharp(sharp_one) {
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
        let place = levels.len() * 7 / 10;
        let (_, level, _) = levels.select_nth_unstable_by(place, f32::total_cmp);
        let full = level.max(0.2);
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

/// Whether the ink beside a gap is as full as elsewhere.
fn is_sharp(gap: &Raster<bool>, (ink, median): (&Density, f32), bound: Beside) -> bool {
    let near = dilate(gap, BESIDE.start - 1);
    let far = dilate(gap, BESIDE.end - 1);
    let around = near.samples().iter().zip(far.samples());
    let beside: Vec<f32> = around
        .zip(ink.samples())
        .filter(|((near, far), ink)| **far && !**near && **ink >= 0.0)
        .map(|(_, ink)| ink / median)
        .collect();
    if beside.len() < BESIDE_MIN {
        return false;
    }
    let full = beside.iter().filter(|ink| **ink > FULL).count();
    let mean: f32 = beside.iter().sum::<f32>() / single(beside.len() as f64);
    mean >= bound.mean && full as f64 >= bound.full * beside.len() as f64
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
            for y in 157..243 {
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
