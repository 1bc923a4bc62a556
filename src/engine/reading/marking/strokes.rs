//! Straight strokes across a page, as the upper and lower sides of a frame are.

use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::reading::thin::Runs;
use crate::units::floor_index;

/// Least run of ink along a row, millimetres: a line of a third of a millimetre that is turned by six degrees has longer ones.
const RUN_MM: f64 = 1.5;
/// Least length of a piece of a stroke, millimetres: the bars of capitals are shorter.
const PIECE_MM: f64 = 2.5;
/// Thickness of a piece at most, millimetres: two lines a millimetre apart that ran into one.
const THICK_MM: f64 = 2.4;
/// Slope of a stroke at most, that of six degrees (chosen: hands stay within it).
pub(super) const SLOPE_MAX: f64 = 0.105;
/// Gap between two pieces of one stroke at most, millimetres, and how far the second may lie off the line of the first.
const GAP_MM: (f64, f64) = (4.0, 0.6);
/// Share of a stroke that bears ink at least.
const INKED_MIN: f64 = 0.4;
/// Pieces of a page that are looked at: a page full of tables has some hundreds.
const PIECES_MAX: usize = 4_000;

/// A nearly level stroke, in the pixels of its map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    /// Column of its left end.
    pub(super) left: f64,
    /// Column behind its right end.
    pub(super) right: f64,
    /// Rows it falls a column.
    pub(super) slope: f64,
    /// Row of its middle line in its first column.
    start: f64,
    /// Columns that bear ink.
    inked: f64,
}

impl Stroke {
    /// The stroke along a piece of ink; `None` if it is none.
    fn along(piece: &Component, per_mm: f64) -> Option<Self> {
        let length = f64::from(piece.bbox.width);
        let area = piece.area as f64;
        if length < PIECE_MM * per_mm || area > THICK_MM * per_mm * length {
            return None;
        }
        let left = f64::from(piece.bbox.x);
        // Least squares over all pixels: of each run its middle, its length as often.
        let (mut weight, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(row, start, end) in &piece.runs {
            let own = (end - start) as f64;
            let at = 0.5 * (start + end) as f64 - left;
            let row = row as f64 + 0.5;
            weight += own;
            x += own * at;
            y += own * row;
            xx += own * (at * at + own * own / 12.0);
            xy += own * at * row;
        }
        let spread = weight * xx - x * x;
        let slope = (weight * xy - x * y) / spread.max(1e-9);
        (slope.abs() <= SLOPE_MAX).then_some(Self {
            left,
            right: left + length,
            slope,
            start: (y - slope * x) / weight,
            inked: length,
        })
    }

    /// Row of its middle line in a column.
    pub(super) fn row(&self, column: f64) -> f64 {
        self.start + self.slope * (column - self.left)
    }

    pub(super) fn length(&self) -> f64 {
        self.right - self.left
    }

    /// The stroke with a piece behind it; `None` if that is of another.
    fn with(&self, next: &Self, per_mm: f64) -> Option<Self> {
        let (gap, off) = (GAP_MM.0 * per_mm, GAP_MM.1 * per_mm);
        let between = 0.5 * (self.right + next.left);
        let is_next = next.left - self.right <= gap
            && next.right > self.right
            && next.left - self.left > 0.0
            && (self.row(between) - next.row(between)).abs() <= off;
        if !is_next {
            return None;
        }
        let (first, last) = (
            0.5 * (self.left + self.right),
            0.5 * (next.left + next.right),
        );
        // Of two pieces, the line through their middles; the longer one's own where they lie close.
        let through = (next.row(last) - self.row(first)) / (last - first).max(1.0);
        let slope = if last - first > 2.0 * gap {
            through
        } else if self.length() >= next.length() {
            self.slope
        } else {
            next.slope
        };
        let share = self.length() / (self.length() + next.length());
        let middle = share * first + (1.0 - share) * last;
        let row = share * self.row(first) + (1.0 - share) * next.row(last);
        Some(Self {
            left: self.left,
            right: next.right,
            slope: slope.clamp(-SLOPE_MAX, SLOPE_MAX),
            start: row - slope * (middle - self.left),
            inked: self.inked + (next.right - next.left.max(self.right)),
        })
    }
}

/// The strokes of a map whose length lies within a range of millimetres, of `per_mm` pixels each, gaps of `worn_mm` in them closed.
///
/// What a stroke belongs to is not asked: rules of tables are longer, the bars of letters shorter.
pub(super) fn strokes(
    ink: &Mask,
    (per_mm, worn_mm): (f64, f64),
    (least, most): (f64, f64),
) -> Vec<Stroke> {
    let pixels = |mm: f64| floor_index(mm * per_mm);
    let long = Runs {
        least: pixels(RUN_MM).max(3),
        gap: pixels(worn_mm),
        thick: pixels(THICK_MM),
    };
    let long = long.of(ink);
    let mut pieces: Vec<Stroke> = components(&long)
        .iter()
        .filter_map(|piece| Stroke::along(piece, per_mm))
        .take(PIECES_MAX)
        .collect();
    pieces.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut whole: Vec<Stroke> = Vec::new();
    // Strokes that may go on: the others end too far to the left.
    let mut open: Vec<Stroke> = Vec::new();
    for piece in pieces {
        let reach = piece.left - GAP_MM.0 * per_mm;
        whole.extend(open.extract_if(.., |stroke| stroke.right < reach));
        let joined = open
            .iter()
            .enumerate()
            .find_map(|(index, stroke)| Some((index, stroke.with(&piece, per_mm)?)));
        match joined {
            Some((index, joined)) => open[index] = joined,
            None => open.push(piece),
        }
    }
    whole.append(&mut open);
    whole.retain(|stroke| {
        (least * per_mm..=most * per_mm).contains(&stroke.length())
            && stroke.inked >= INKED_MIN * stroke.length()
    });
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four pixels a millimetre.
    const PER_MM: f64 = 4.0;

    fn drawn(line: impl Fn(usize) -> Option<usize>) -> Mask {
        let mut mask = Mask::filled(400, 100, false);
        for x in 0..400 {
            for y in line(x).into_iter().flat_map(|y| y..y + 2) {
                mask.row_mut(y)[x] = true;
            }
        }
        mask
    }

    #[test]
    fn a_turned_and_broken_line_is_one_stroke() {
        let mask = drawn(|x| {
            let is_drawn = (100..260).contains(&x) && !(150..158).contains(&x);
            is_drawn.then(|| 40 + (x - 100) / 20)
        });
        let found = strokes(&mask, (PER_MM, 0.5), (17.0, 46.0));
        assert_eq!(found.len(), 1, "{found:?}");
        let stroke = found[0];
        assert!((stroke.length() - 160.0).abs() < 3.0, "{stroke:?}");
        assert!((stroke.slope - 0.05).abs() < 0.006, "{stroke:?}");
        assert!((stroke.row(180.0) - 44.5).abs() < 1.2, "{stroke:?}");
    }

    #[test]
    fn long_rules_and_dotted_ones_are_left_out() {
        let rule = drawn(|x| (20..380).contains(&x).then_some(40));
        assert!(strokes(&rule, (PER_MM, 0.5), (17.0, 46.0)).is_empty());
        let dots = drawn(|x| ((100..260).contains(&x) && x % 8 < 3).then_some(40));
        assert!(strokes(&dots, (PER_MM, 0.5), (17.0, 46.0)).is_empty());
    }
}
