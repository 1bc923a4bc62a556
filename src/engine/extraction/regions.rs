//! Where a seal may stand: connected ink of a border's size, and windows around it.
//!
//! Most pages bear none, so what follows costs nothing on them; on the others it costs what its
//! windows cover.

use crate::extraction::rings::Radii;
use crate::geometry::PixelRect;
use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::Raster;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::units::floor_index;
use crate::units::stored;

/// A part of a layer that holds large pieces of ink.
#[derive(Debug)]
pub(super) struct Window {
    /// Its place on the working page.
    pub bbox: PixelRect,
    /// The ink looked at, in the window's own frame.
    pub mask: Mask,
}

impl Window {
    /// Column and row of its top-left corner.
    pub(super) fn origin(&self) -> (usize, usize) {
        (self.bbox.x as usize, self.bbox.y as usize)
    }

    /// The window's part of a map of the page.
    pub(super) fn cut<T: Copy>(&self, map: &Raster<T>) -> Raster<T> {
        let (left, right) = (self.bbox.x as usize, self.bbox.right() as usize);
        let rows = self.bbox.y as usize..self.bbox.bottom() as usize;
        let mut samples = Vec::with_capacity((right - left) * rows.len());
        for y in rows {
            samples.extend_from_slice(&map.row(y)[left..right]);
        }
        Raster::from_samples(right - left, self.bbox.height as usize, samples)
            .expect("a window has the size of its box")
    }
}

/// Windows around the pieces of ink that are large enough for a part of a seal's border.
///
/// Ink that is closer than `gap` pixels counts as one piece: borders are broken by wear, and by
/// the print over them where that is told apart.
pub(super) fn windows(mask: &Mask, gap: usize, radii: Radii) -> Vec<Window> {
    let closed;
    let source = if gap > 0 {
        closed = dilate(mask, gap);
        &closed
    } else {
        mask
    };
    let size = (stored(mask.width()), stored(mask.height()));
    let large: Vec<Component> = components(source)
        .into_iter()
        .filter(|component| f64::from(component.bbox.width.max(component.bbox.height)) >= radii.min)
        .collect();
    // Room for the smoothing, and for what is left of a border beyond a gap.
    let margin = stored(floor_index(0.25 * radii.min) + 4);
    let boxes = large
        .iter()
        .map(|component| component.bbox.widened(margin, size))
        .collect();
    let places = joined(boxes);
    places
        .into_iter()
        .map(|bbox| Window {
            bbox,
            mask: inside(mask, &large, bbox),
        })
        .collect()
}

/// Boxes that overlap as one box, until none do.
///
/// Cost: each box is held against those that stand apart so far, twice at most on the whole, since what it takes in is gone. Of
/// boxes of a border's size with their margins no more stand apart than a page has room for, some thousand.
fn joined(boxes: Vec<PixelRect>) -> Vec<PixelRect> {
    let mut apart: Vec<PixelRect> = Vec::new();
    for mut own in boxes {
        // What was passed may overlap the larger box.
        while let Some(other) = apart.iter().position(|other| own.overlap(*other) > 0) {
            own = own.union(apart.swap_remove(other));
        }
        apart.push(own);
    }
    apart.sort_by_key(|bbox| (bbox.y, bbox.x));
    apart
}

/// The large pieces' own ink inside a box.
fn inside(mask: &Mask, large: &[Component], bbox: PixelRect) -> Mask {
    let mut own = Raster::filled(bbox.width as usize, bbox.height as usize, false);
    let (left, top) = (bbox.x as usize, bbox.y as usize);
    for component in large {
        if bbox.overlap(component.bbox) == 0 {
            continue;
        }
        for &(y, start, end) in &component.runs {
            own.row_mut(y - top)[start - left..end - left]
                .copy_from_slice(&mask.row(y)[start..end]);
        }
    }
    own
}

/// A mask without its long level and upright lines: rules and tables vote for rings everywhere.
pub(super) fn without_rules(mask: &Mask, longest: usize) -> Mask {
    let mut bent = mask.clone();
    let (width, height) = (mask.width(), mask.height());
    // Length of the run that ends above, by column.
    let mut above = vec![0_usize; width];
    for y in 0..=height {
        for (x, length) in above.iter_mut().enumerate() {
            if y < height && mask.at(x, y) {
                *length += 1;
                continue;
            }
            if *length > longest {
                (y - *length..y).for_each(|row| bent.row_mut(row)[x] = false);
            }
            *length = 0;
        }
    }
    for y in 0..height {
        let mut start = 0;
        // One clear pixel beyond the row ends its last run.
        for (x, &set) in mask.row(y).iter().chain([&false]).enumerate() {
            if !set {
                if x - start > longest {
                    bent.row_mut(y)[start..x].fill(false);
                }
                start = x + 1;
            }
        }
    }
    bent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Mask {
        let mut mask = Raster::filled(60, 60, false);
        mask.row_mut(10)[5..55].fill(true);
        (5..55).for_each(|y| mask.row_mut(y)[20] = true);
        mask.row_mut(40)[30..40].fill(true);
        mask
    }

    #[test]
    fn long_rules_go_and_short_strokes_stay() {
        let bent = without_rules(&rules(), 30);
        assert_eq!(bent.samples().iter().filter(|&&set| set).count(), 10);
        assert!(bent.at(35, 40), "the short stroke stays");
    }

    #[test]
    fn small_ink_opens_no_window() {
        let radii = Radii {
            min: 25.0,
            max: 120.0,
        };
        let found = windows(&rules(), 0, radii);
        assert_eq!(found.len(), 1);
        let ink = found[0].mask.samples().iter().filter(|&&set| set).count();
        assert_eq!(ink, 99, "the short stroke is no part of the window's ink");
    }

    #[test]
    fn overlapping_boxes_become_one() {
        let at = |x: u32| PixelRect {
            x,
            y: 0,
            width: 10,
            height: 10,
        };
        assert_eq!(joined(vec![at(0), at(40), at(15), at(8)]).len(), 2);
        // Each joins with the next: in whatever order they come, and so does a box with one passed long before.
        let chain: Vec<u32> = (0..20).map(|index| 9 * index).collect();
        let forth = joined(chain.iter().map(|&x| at(x)).collect());
        let back = joined(chain.iter().rev().map(|&x| at(x)).collect());
        let (even, odd): (Vec<u32>, Vec<u32>) = chain.iter().partition(|x| x.is_multiple_of(18));
        let mixed = joined(even.into_iter().chain(odd).map(at).collect());
        assert_eq!(forth.len(), 1, "{forth:?}");
        assert_eq!(forth, back);
        assert_eq!(forth, mixed);
    }
}
