//! Long and thin runs of ink along rows: rules, leaders, the level sides of frames.

use crate::imaging::Mask;

/// A run of ink: row, first column, one past the last column.
type Run = (usize, usize, usize);

/// How long and how thin runs are, pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs {
    /// Length at least.
    pub(super) least: usize,
    /// Gaps that are closed, at most.
    pub(super) gap: usize,
    /// Height at most of the ink that they are of, gaps closed.
    pub(super) thick: usize,
}

impl Runs {
    /// A map of these runs alone. Cost: linear.
    ///
    /// Upright strokes that ran together are long runs as well, row by row, but no thin ones.
    #[must_use]
    pub(super) fn of(self, ink: &Mask) -> Mask {
        let runs = self.joined(ink);
        let down = depths(runs.iter(), ink.width());
        // Upwards the runs come in the opposite order, the pixels of a run do not.
        let up = depths(runs.iter().rev(), ink.width());
        let mut thin = Mask::filled(ink.width(), ink.height(), false);
        let (mut first, mut last) = (0, up.len());
        for &(y, start, end) in &runs {
            last -= end - start;
            let row = &mut thin.row_mut(y)[start..end];
            let depths = down[first..].iter().zip(&up[last..]);
            for (kept, (down, up)) in row.iter_mut().zip(depths) {
                *kept = down + up - 1 <= self.thick;
            }
            first += end - start;
        }
        thin
    }

    /// The long runs, row by row.
    fn joined(self, ink: &Mask) -> Vec<Run> {
        let mut runs = Vec::new();
        for y in 0..ink.height() {
            let mut keep = |start: usize, end: usize| {
                if end - start >= self.least {
                    runs.push((y, start, end));
                }
            };
            let mut run: Option<(usize, usize)> = None;
            let inked = ink.row(y).iter().enumerate().filter(|(_, inked)| **inked);
            for (x, _) in inked {
                run = match run {
                    Some((start, end)) if x <= end + self.gap => Some((start, x + 1)),
                    Some((start, end)) => {
                        keep(start, end);
                        Some((x, x + 1))
                    }
                    None => Some((x, x + 1)),
                };
            }
            if let Some((start, end)) = run {
                keep(start, end);
            }
        }
        runs
    }
}

/// Of each pixel of the runs, in their order, how many rows in a row bear ink up to it.
fn depths<'a>(runs: impl Iterator<Item = &'a Run>, width: usize) -> Vec<usize> {
    let mut before = vec![(usize::MAX, 0_usize); width];
    let mut depths = Vec::new();
    for &(y, start, end) in runs {
        for (row, depth) in &mut before[start..end] {
            *depth = if row.abs_diff(y) == 1 { *depth + 1 } else { 1 };
            *row = y;
            depths.push(*depth);
        }
    }
    depths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_kept_and_the_upright_bar_that_it_ends_in_is_not() {
        let mut ink = Mask::filled(60, 40, false);
        for y in 10..12 {
            ink.row_mut(y)[5..50].fill(true);
        }
        for y in 10..38 {
            ink.row_mut(y)[44..56].fill(true);
        }
        ink.row_mut(11)[20..23].fill(false);
        let runs = Runs {
            least: 10,
            gap: 3,
            thick: 4,
        };
        let thin = runs.of(&ink);
        assert!((5..44).all(|x| thin.at(x, 11)), "gaps are closed");
        assert!((10..38).all(|y| (44..56).all(|x| !thin.at(x, y))));
    }
}
