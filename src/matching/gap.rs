//! Sharp gaps: places where drawn ink is wholly absent while the ink right beside it is full.
//!
//! A light or dry stamping fades towards its bare places. A die with a part broken off, or a thing
//! that lay between seal and sheet, leaves a gap with ink up to its edge.

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
/// A cell is bare below this share of full ink.
const BARE: f32 = 0.25;
/// Distance from a gap at which the ink beside it is looked at, cells: beyond the blur, before the
/// next letter.
const BESIDE: std::ops::Range<usize> = 2..5;
/// Least cells beside a gap.
const BESIDE_MIN: usize = 10;
/// Ink beside a gap, as shares of the impression's median: on average, and of how many cells at least
/// how much, for the gap to be sharp.
const BESIDE_MEAN: f32 = 0.85;
const BESIDE_FULL: (f64, f32) = (0.8, 0.7);
/// Median ink below which the impression is too light to tell.
const INKED_MIN: f32 = 0.7;
/// Share of everything bare that the gap must hold: many of them are a dry stamping.
const SHARE_MIN: f64 = 0.4;

/// Presence of the drawn ink by cell.
struct Cells {
    /// Core samples.
    core: Density,
    /// Ink over full ink; negative where nothing is drawn.
    ink: Density,
}

/// Drawn area of the largest sharp gap, square millimetres; 0 if there is none. `ink` and its
/// weight are the impression's, warped into the specimen's frame.
pub(super) fn gap_mm2(drawing: &Density, (ink, weight): (&Density, &Density)) -> f64 {
    let Some(cells) = Cells::new(drawing, ink, weight) else {
        return 0.0;
    };
    let (width, height) = (cells.ink.width(), cells.ink.height());
    let mut known: Vec<f32> = cells.ink.samples().to_vec();
    known.retain(|ink| *ink >= 0.0);
    known.sort_by(f32::total_cmp);
    let median = known.get(known.len() / 2).copied().unwrap_or(0.0);
    if median < INKED_MIN {
        return 0.0;
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
    let all = area(&bare);
    let mut largest = 0.0_f64;
    for joined in components(&dilate(&bare, 1)) {
        let mut own = Raster::filled(width, height, false);
        for &(y, start, end) in &joined.runs {
            own.row_mut(y)[start..end].copy_from_slice(&bare.row(y)[start..end]);
        }
        let size = area(&own);
        if size > largest && size >= SHARE_MIN * all && is_sharp(&own, &cells.ink, median) {
            largest = size;
        }
    }
    largest
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

/// Whether the ink beside a gap is as full as elsewhere.
fn is_sharp(gap: &Raster<bool>, ink: &Density, median: f32) -> bool {
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
    let (share, level) = BESIDE_FULL;
    let full = beside.iter().filter(|ink| **ink > level).count();
    let mean: f32 = beside.iter().sum::<f32>() / single(beside.len() as f64);
    mean >= BESIDE_MEAN && full as f64 >= share * beside.len() as f64
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
        let gap = gap_mm2(&drawing, (&ink, &weight));
        let drawn = 0.5 * std::f64::consts::PI * 16.0;
        assert!((gap - drawn).abs() < 0.25 * drawn, "{gap} of {drawn}");
    }

    #[test]
    fn ink_that_fades_into_a_bare_place_leaves_none() {
        let fade = |x: f64, y: f64| single(((distance(x, y) - 3.0) / 5.0).clamp(0.0, 0.9));
        let (drawing, ink, weight) = ruled(fade);
        let gap = gap_mm2(&drawing, (&ink, &weight));
        assert!(gap.abs() < 1e-9, "{gap}");
    }

    #[test]
    fn what_text_hides_is_no_gap() {
        let (drawing, ink, mut weight) = ruled(|x, y| if distance(x, y) < 4.0 { 0.0 } else { 0.9 });
        for y in 150..250 {
            weight.row_mut(y)[270..370].fill(0.0);
        }
        let gap = gap_mm2(&drawing, (&ink, &weight));
        assert!(gap.abs() < 1e-9, "{gap}");
    }
}
