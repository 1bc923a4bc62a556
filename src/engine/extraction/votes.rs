//! The accumulator that edges cast their votes for centres in.

use std::ops::Range;

use crate::extraction::rings::Edge;
use crate::extraction::rings::Radii;
use crate::geometry::Point;
use crate::units::floor_index;
use crate::units::signed;

/// An arc of two fifths of a circle, the least that is looked for, has its centre at most this
/// share of the radius beyond its own box.
const BEYOND: f64 = 0.32;
/// Fraction bits of a place in the accumulator.
const SHIFT: u32 = 12;
/// Makes every place positive for a moment.
const BIAS: f64 = 1_073_741_824.0;
/// Bins cleared either way of a peak that was taken.
const CLEARED: usize = 5;

/// Votes by centre, summed over 3 by 3 bins.
#[derive(Debug)]
pub(super) struct Votes {
    left: f64,
    top: f64,
    bin: f64,
    width: usize,
    height: usize,
    sums: Vec<u16>,
    /// The largest sum of each row.
    tops: Vec<u16>,
}

impl Votes {
    /// Every edge votes for the centres at these radii on either side of it.
    pub(super) fn cast(edges: &[Edge], radii: Radii, bin: f64) -> Self {
        let mut bounds = [
            f32::INFINITY,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
        ];
        for edge in edges {
            bounds = [
                bounds[0].min(edge.x),
                bounds[1].min(edge.y),
                bounds[2].max(edge.x),
                bounds[3].max(edge.y),
            ];
        }
        let [left, top, right, bottom] = bounds.map(f64::from);
        let margin = BEYOND * radii.max + 2.0 * bin;
        let (left, top) = (left - margin, top - margin);
        let width = floor_index((right + margin - left) / bin) + 1;
        let height = floor_index((bottom + margin - top) / bin) + 1;
        let mut bins = vec![0_u16; width * height];
        let unit = f64::from(1_u32 << SHIFT);
        // Rounding down of what may be negative: shifted first, because a call of `floor` is slow.
        let fixed =
            |value: f64| signed(floor_index(value * unit + BIAS)) - signed(floor_index(BIAS));
        let steps = signed(floor_index((radii.max - radii.min) / bin) + 1);
        let stride = signed(width);
        for edge in edges {
            for side in [-1.0, 1.0] {
                let (dx, dy) = (side * f64::from(edge.nx), side * f64::from(edge.ny));
                let x = fixed((f64::from(edge.x) + dx * radii.min - left) / bin);
                let y = fixed((f64::from(edge.y) + dy * radii.min - top) / bin);
                let (step_x, step_y) = (fixed(dx), fixed(dy));
                let across = within((x, step_x), width, steps);
                let down = within((y, step_y), height, steps);
                let first = across.start.max(down.start);
                let (mut x, mut y) = (x + first * step_x, y + first * step_y);
                for _ in first..across.end.min(down.end) {
                    let place = (y >> SHIFT) * stride + (x >> SHIFT);
                    if let Some(sum) = usize::try_from(place).ok().and_then(|at| bins.get_mut(at)) {
                        *sum = sum.saturating_add(1);
                    }
                    x += step_x;
                    y += step_y;
                }
            }
        }
        let sums = smooth(&bins, width);
        let tops = sums.chunks_exact(width).map(top_of).collect();
        Self {
            left,
            top,
            bin,
            width,
            height,
            sums,
            tops,
        }
    }

    /// The centre with most votes and their number; it and its neighbours count no more.
    pub(super) fn take_strongest(&mut self) -> Option<(Point, u16)> {
        let strength = top_of(&self.tops);
        if strength == 0 {
            return None;
        }
        let row = self.tops.iter().position(|&top| top == strength)?;
        let line = &self.sums[row * self.width..(row + 1) * self.width];
        let column = line.iter().position(|&sum| sum == strength)?;
        let (first, last) = (
            column.saturating_sub(CLEARED),
            (column + CLEARED + 1).min(self.width),
        );
        for y in row.saturating_sub(CLEARED)..(row + CLEARED + 1).min(self.height) {
            let line = &mut self.sums[y * self.width..(y + 1) * self.width];
            line[first..last].fill(0);
            self.tops[y] = top_of(line);
        }
        let centre = Point::new(
            self.left + (column as f64 + 0.5) * self.bin,
            self.top + (row as f64 + 0.5) * self.bin,
        );
        Some((centre, strength))
    }
}

/// Those of so many steps from a place in the accumulator, along one axis, that stay among so many bins.
#[inline]
fn within((start, step): (i32, i32), bins: usize, steps: i32) -> Range<i32> {
    let end = signed(bins) << SHIFT;
    let inside = 0..end;
    let last = i64::from(start) + i64::from(step) * i64::from(steps - 1);
    // Most walks stay inside from end to end, which no division needs to tell.
    if inside.contains(&start) && (0..i64::from(end)).contains(&last) {
        return 0..steps;
    }
    // The way down is the way up from the other end.
    let (start, step) = if step < 0 {
        (end - 1 - start, -step)
    } else {
        (start, step)
    };
    if step == 0 {
        let stays = (0..end).contains(&start);
        return 0..if stays { steps } else { 0 };
    }
    let first_from = |place: i32| (place - start + step - 1).max(0) / step;
    first_from(0)..first_from(end).min(steps)
}

fn top_of(line: &[u16]) -> u16 {
    line.iter().copied().fold(0, u16::max)
}

/// Sums of 3 by 3 bins; the margin's outermost bins stay as they are.
fn smooth(bins: &[u16], width: usize) -> Vec<u16> {
    let mut rows = bins.to_vec();
    for (out, source) in rows.chunks_exact_mut(width).zip(bins.chunks_exact(width)) {
        let last = width.saturating_sub(1).max(1);
        let neighbours = source.iter().zip(source.iter().skip(2));
        for (out, (&before, &after)) in out[1..last].iter_mut().zip(neighbours) {
            *out = out.saturating_add(before).saturating_add(after);
        }
    }
    let mut sums = rows.clone();
    let below = rows.iter().skip(width);
    for (sum, &value) in sums.iter_mut().zip(below) {
        *sum = sum.saturating_add(value);
    }
    for (sum, &value) in sums.iter_mut().skip(width).zip(&rows) {
        *sum = sum.saturating_add(value);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_that_stay_inside_are_those_of_a_walk() {
        for start in [-9000, -1, 0, 5000, 28_671, 28_672, 40_000] {
            for step in [-4096, -1500, -1, 0, 1, 1500, 4096] {
                let range = within((start, step), 7, 40);
                for k in 0..50 {
                    let stays = k < 40 && (0..7 << SHIFT).contains(&(start + k * step));
                    assert_eq!(range.contains(&k), stays, "{start} {step} {k}");
                }
            }
        }
    }

    #[test]
    fn edges_around_a_centre_vote_for_it() {
        let edges: Vec<Edge> = (0..360_u16)
            .map(|degree| {
                let turn = f32::from(degree).to_radians();
                let (c, s) = (libm::cosf(turn), libm::sinf(turn));
                Edge {
                    x: 100.0 + 40.0 * c,
                    y: 80.0 + 40.0 * s,
                    nx: c,
                    ny: s,
                }
            })
            .collect();
        let mut votes = Votes::cast(
            &edges,
            Radii {
                min: 30.0,
                max: 50.0,
            },
            2.0,
        );
        let (centre, strength) = votes.take_strongest().unwrap();
        assert!(centre.distance(Point::new(100.0, 80.0)) < 2.0, "{centre:?}");
        assert!(strength >= 360, "{strength}");
        let (_, next) = votes.take_strongest().unwrap();
        assert!(next < strength / 2, "a peak is taken with its surroundings");
    }
}
