//! The single places where an impression and its specimen differ, each with its size: for the eye, as the pictures are.

use crate::geometry::PixelRect;
use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::report::overlay::Laid;
use crate::report::overlay::Seen;
use crate::report::picture::position;

/// Differences of one kind that are named; the largest tell most.
pub const DIFFERENCES_MAX: usize = 12;

/// Points on a side of the grid on which they are looked for: a tenth of a millimetre on a seal of 40 mm.
const GRID: usize = 448;
/// From where on a place differs. Chosen: ink of half its full strength, which rims of lines seldom reach.
const DIFFERS: f64 = 0.5;
/// Smallest side of a difference in points of the grid: what is narrower is the rim of a line that was inked more or less.
const THICK: usize = 1;

/// A place where an impression and its specimen differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Whether the impression bears ink there that the specimen lacks; else it lacks ink that the specimen bears.
    pub is_extra: bool,
    /// Its middle on the pictures, from 0 to 1 from the left and from the top.
    pub at: [f64; 2],
    /// Its longest side over that of the pictures.
    pub reach: f64,
    /// Its area over that of the pictures.
    pub area: f64,
}

/// The differences, missing ink before extra, each kind the largest first.
pub(super) fn find(laid: &Laid<'_>) -> Vec<Difference> {
    let mut missing = Mask::filled(GRID, GRID, false);
    let mut extra = missing.clone();
    for row in 0..GRID {
        for column in 0..GRID {
            let page = laid.found.page(position(column, GRID), position(row, GRID));
            let seen: Seen = laid.seen(page);
            missing.row_mut(row)[column] = seen.missing > DIFFERS;
            extra.row_mut(row)[column] = seen.extra > DIFFERS;
        }
    }
    let missing = largest(&missing, false);
    missing.into_iter().chain(largest(&extra, true)).collect()
}

fn largest(mask: &Mask, is_extra: bool) -> Vec<Difference> {
    let kept = opened(mask);
    let mut found = components(&kept);
    found.sort_by_key(|component| std::cmp::Reverse(component.area));
    found.truncate(DIFFERENCES_MAX);
    let difference = |component: &Component| {
        let PixelRect {
            x,
            y,
            width,
            height,
        } = component.bbox;
        let share = |points: f64| points / side();
        Difference {
            is_extra,
            at: [
                share(f64::from(x) + f64::from(width) / 2.0),
                share(f64::from(y) + f64::from(height) / 2.0),
            ],
            reach: share(f64::from(width.max(height))),
            area: f64::from(u32::try_from(component.area).unwrap_or(u32::MAX)) / (side() * side()),
        }
    };
    found.iter().map(difference).collect()
}

fn side() -> f64 {
    f64::from(u32::try_from(GRID).unwrap_or(u32::MAX))
}

/// The mask without what is thinner than a line's rim: shrunk, and grown again.
fn opened(mask: &Mask) -> Mask {
    let outside = mask.map(|set| !set);
    let shrunk = dilate(&outside, THICK).map(|set| !set);
    dilate(&shrunk, THICK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rims_are_no_differences_and_the_largest_comes_first() {
        let mut mask = Mask::filled(GRID, GRID, false);
        let mut fill = |(left, top): (usize, usize), (width, height): (usize, usize)| {
            for row in top..top + height {
                mask.row_mut(row)[left..left + width].fill(true);
            }
        };
        fill((10, 10), (200, 2));
        fill((50, 100), (8, 6));
        fill((300, 200), (20, 10));
        let found = largest(&mask, true);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!((found[0].at[0] - 310.0 / 448.0).abs() < 1e-9);
        assert!((found[0].reach - 20.0 / 448.0).abs() < 1e-9);
        assert!((found[1].area - 48.0 / (448.0 * 448.0)).abs() < 1e-12);
    }
}
