//! Connected components of a mask, from runs.

use crate::geometry::PixelRect;
use crate::imaging::Mask;
use crate::units::stored;

/// One 8-connected component.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Smallest box around it.
    pub bbox: PixelRect,
    /// Its pixels.
    pub area: usize,
    /// Its runs: row, first column, one past the last column.
    pub runs: Vec<(usize, usize, usize)>,
}

impl Component {
    /// The same component on a raster that holds this one's with its corner at `origin`.
    #[must_use]
    pub fn moved(mut self, (x, y): (usize, usize)) -> Self {
        self.bbox.x += stored(x);
        self.bbox.y += stored(y);
        for run in &mut self.runs {
            *run = (run.0 + y, run.1 + x, run.2 + x);
        }
        self
    }
}

/// The 8-connected components of a mask, in the order of their first pixel. Cost: linear.
#[must_use]
pub fn components(mask: &Mask) -> Vec<Component> {
    let runs = runs(mask);
    let mut parents: Vec<usize> = (0..runs.len()).collect();
    let mut above = 0;
    for current in 0..runs.len() {
        let (y, start, end) = runs[current];
        while above < current
            && (runs[above].0 + 1 < y || (runs[above].0 + 1 == y && runs[above].2 < start))
        {
            above += 1;
        }
        let mut candidate = above;
        while candidate < current && runs[candidate].0 + 1 == y && runs[candidate].1 <= end {
            join(&mut parents, candidate, current);
            candidate += 1;
        }
    }
    gather(&runs, &mut parents)
}

fn runs(mask: &Mask) -> Vec<(usize, usize, usize)> {
    let mut runs = Vec::new();
    for y in 0..mask.height() {
        let row = mask.row(y);
        let mut x = 0;
        while let Some(start) = first_set(row, x) {
            let end = row[start..]
                .iter()
                .position(|&set| !set)
                .map_or(row.len(), |length| start + length);
            runs.push((y, start, end));
            x = end;
            if x == row.len() {
                break;
            }
        }
    }
    runs
}

/// The first set pixel of a row from a column on: most of a page is bare, and passed in blocks.
fn first_set(row: &[bool], from: usize) -> Option<usize> {
    const BLOCK: usize = 32;
    let mut start = from;
    for block in row[from..].chunks(BLOCK) {
        if block.iter().fold(false, |any, &set| any | set) {
            return block
                .iter()
                .position(|&set| set)
                .map(|offset| start + offset);
        }
        start += BLOCK;
    }
    None
}

fn root(parents: &mut [usize], mut node: usize) -> usize {
    while parents[node] != node {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    node
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

fn gather(runs: &[(usize, usize, usize)], parents: &mut [usize]) -> Vec<Component> {
    let roots: Vec<usize> = (0..runs.len()).map(|index| root(parents, index)).collect();
    // Counted first, so that no component's runs are moved as they grow.
    let mut counts = vec![0_usize; runs.len()];
    for &root in &roots {
        counts[root] += 1;
    }
    let mut slots = vec![usize::MAX; runs.len()];
    let mut found: Vec<Component> = Vec::new();
    for (&root, &(y, start, end)) in roots.iter().zip(runs) {
        let run_box = PixelRect {
            x: stored(start),
            y: stored(y),
            width: stored(end - start),
            height: 1,
        };
        if slots[root] == usize::MAX {
            slots[root] = found.len();
            found.push(Component {
                bbox: run_box,
                area: 0,
                runs: Vec::with_capacity(counts[root]),
            });
        }
        let component = &mut found[slots[root]];
        component.bbox = component.bbox.union(run_box);
        component.area += end - start;
        component.runs.push((y, start, end));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Raster;
    use image::GrayImage;
    use image::Luma;
    use imageproc::region_labelling::Connectivity;
    use imageproc::region_labelling::connected_components;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn areas_agree_with_another_implementation(
            (width, set) in (1_usize..40, 1_usize..20).prop_flat_map(|(width, height)| {
                (Just(width), proptest::collection::vec(any::<bool>(), width * height))
            }),
        ) {
            let height = set.len() / width;
            // A bare row more: the other one has no room for as many labels as pixels.
            let rows = set.iter().copied().chain(std::iter::repeat_n(false, width));
            let levels = rows.map(u8::from).collect();
            let image = GrayImage::from_raw(stored(width), stored(height + 1), levels).unwrap();
            let labels = connected_components(&image, Connectivity::Eight, Luma([0]));
            let mut others: BTreeMap<u32, usize> = BTreeMap::new();
            for label in labels.pixels().map(|pixel| pixel.0[0]).filter(|label| *label > 0) {
                *others.entry(label).or_default() += 1;
            }
            let mut others: Vec<usize> = others.into_values().collect();
            let found = components(&Raster::from_samples(width, height, set).unwrap());
            let mut areas: Vec<usize> = found.iter().map(|component| component.area).collect();
            others.sort_unstable();
            areas.sort_unstable();
            prop_assert_eq!(areas, others);
        }
    }

    fn mask(rows: &[&str]) -> Mask {
        let samples = rows
            .iter()
            .flat_map(|row| row.bytes().map(|c| c == b'#'))
            .collect();
        Raster::from_samples(rows[0].len(), rows.len(), samples).unwrap()
    }

    #[test]
    fn diagonal_neighbours_belong_together() {
        let found = components(&mask(&["#..#", ".#..", "#..#"]));
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].area, 3);
        assert_eq!(
            found[0].bbox,
            PixelRect {
                x: 0,
                y: 0,
                width: 2,
                height: 3
            }
        );
    }

    #[test]
    fn arms_that_meet_further_down_are_one() {
        let found = components(&mask(&["#.#.#", "#.#.#", "#####"]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].area, 11);
    }

    #[test]
    fn an_empty_mask_has_none() {
        assert!(components(&mask(&["...", "..."])).is_empty());
    }
}
