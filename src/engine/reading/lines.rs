//! Lines of print on a page: dark ink that runs together along rows.
//!
//! Nothing is read here. Letters of a line stand close together across and lines stand apart, so ink that is
//! joined over gaps of a few millimetres along each row, and not between rows, makes one piece a line. What
//! is taller than a line is cut where its rows are bare; what is still taller is a picture or a drawing.

use crate::extraction::Impression;
use crate::extraction::InkColour;
use crate::extraction::Work;
use crate::geometry::PixelRect;
use crate::imaging::ColourMode;
use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::reading::scale::Scale;
use crate::units::floor_index;
use crate::units::stored;

/// Density from which ink is print: half that of pale gray print.
const PRINT_MIN: f32 = 0.22;
/// Gap in millimetres that letters and words of one line leave at most: two spaces of large print.
const GAP_MM: f64 = 4.5;
/// Height of a line in millimetres, from the dots of a leader to the letters of a title.
const HEIGHT_MM: (f64, f64) = (1.2, 9.0);
/// Least length of a line in millimetres: a short word.
const LENGTH_MM: f64 = 4.0;
/// Share of a line's box that bears ink: less is a stroke across bare paper, more is a bar.
const FILL: (f64, f64) = (0.06, 0.75);
/// Share of the busiest row below which a row of a tall piece lies between two lines.
const BARE: f64 = 0.25;
/// Lines of a page that are kept.
pub const LINES_MAX: usize = 1_000;

/// The dark ink of a page: print and pens, the seals' own ink left out.
#[derive(Debug)]
pub(super) struct Print {
    /// Where there is ink, at the working scale.
    pub(super) ink: Mask,
    /// The scale.
    pub(super) scale: Scale,
}

impl Print {
    /// Takes the dark ink of a page; of what lies within a seal, and a little around it, what extraction
    /// told from the seal's ink, and nothing where it could not.
    #[must_use]
    pub(super) fn of(work: &Work, impressions: &[Impression]) -> Self {
        let scale = Scale::of(work);
        let mut ink = work.dark.map(|density| density > PRINT_MIN);
        for impression in impressions {
            let readable = is_readable(impression);
            for (x, y) in scale.within(impression, (ink.width(), ink.height())) {
                ink.row_mut(y)[x] = readable && scale.is_crossed(impression, (x, y));
            }
        }
        Self { ink, scale }
    }

    /// Boxes of the lines of print in page pixels, from top to bottom, then left to right; and the share
    /// of the page that other dark ink covers: pictures, drawings, strokes.
    #[must_use]
    pub(super) fn lines(&self) -> (Vec<PixelRect>, f64) {
        let joined = self.joined();
        let mut lines = Vec::new();
        let mut other = 0;
        for piece in components(&joined) {
            self.cut(&piece, &mut lines, &mut other);
        }
        lines.sort_by_key(|line| (line.y, line.x));
        lines.truncate(LINES_MAX);
        let area = self.ink.samples().len() as f64;
        let lines = lines.into_iter().map(|line| self.scale.page(line));
        (lines.collect(), other as f64 / area)
    }

    /// Ink with its gaps along each row closed.
    fn joined(&self) -> Mask {
        let gap = floor_index(GAP_MM * self.scale.per_mm);
        let mut joined = self.ink.clone();
        for y in 0..joined.height() {
            let row = joined.row_mut(y);
            let mut last: Option<usize> = None;
            for x in 0..row.len() {
                if !row[x] {
                    continue;
                }
                if let Some(last) = last
                    && x - last <= gap
                {
                    row[last..x].fill(true);
                }
                last = Some(x);
            }
        }
        joined
    }

    /// The lines of one piece; `other` grows by the ink of what is none.
    fn cut(&self, piece: &Component, lines: &mut Vec<PixelRect>, other: &mut usize) {
        let tall = HEIGHT_MM.1 * self.scale.per_mm;
        if f64::from(piece.bbox.height) <= tall {
            self.judge(piece.bbox, lines, other);
            return;
        }
        // Length of the piece's ink in each row: between two lines that touch somewhere it is short.
        let mut rows = vec![0_usize; piece.bbox.height as usize];
        for &(y, start, end) in &piece.runs {
            rows[y - piece.bbox.y as usize] += end - start;
        }
        let busiest = rows.iter().copied().max().unwrap_or(0) as f64;
        let mut start = None;
        rows.push(0);
        for (index, &length) in rows.iter().enumerate() {
            let is_bare = (length as f64) < BARE * busiest;
            match (start, is_bare) {
                (None, false) => start = Some(index),
                (Some(from), true) => {
                    let band = PixelRect {
                        y: piece.bbox.y + stored(from),
                        height: stored(index - from),
                        ..piece.bbox
                    };
                    self.judge(band, lines, other);
                    start = None;
                }
                (None, true) | (Some(_), false) => {}
            }
        }
    }

    /// Keeps a box that is a line of print.
    fn judge(&self, bbox: PixelRect, lines: &mut Vec<PixelRect>, other: &mut usize) {
        let per_mm = self.scale.per_mm;
        let ink = self.inked(bbox);
        let (width, height) = (f64::from(bbox.width), f64::from(bbox.height));
        let area = width * height;
        let is_line = width >= LENGTH_MM * per_mm
            && (HEIGHT_MM.0 * per_mm..=HEIGHT_MM.1 * per_mm).contains(&height)
            && width > height
            && (FILL.0 * area..=FILL.1 * area).contains(&(ink as f64));
        if is_line {
            lines.push(bbox);
        } else {
            *other += ink;
        }
    }

    /// Pixels of ink in a box.
    fn inked(&self, bbox: PixelRect) -> usize {
        let columns = bbox.x as usize..bbox.right() as usize;
        (bbox.y..bbox.bottom())
            .map(|y| {
                let row = &self.ink.row(y as usize)[columns.clone()];
                row.iter().filter(|inked| **inked).count()
            })
            .sum()
    }
}

/// Whether print and pens within a seal can be told from its ink: by hue, or by their density.
pub(super) fn is_readable(impression: &Impression) -> bool {
    match impression.mode {
        ColourMode::Colour => impression.colour != InkColour::Black,
        ColourMode::Gray => true,
        ColourMode::Bitonal => false,
    }
}

/// Share of a page of `size` pixels that the boxes cover together. Cost: linear in the boxes' pixels at an eighth of the resolution.
#[must_use]
pub(super) fn coverage(lines: &[PixelRect], (width, height): (u32, u32)) -> f64 {
    // Boxes seldom overlap: counted on a grid, overlaps count once.
    const CELL: u32 = 8;
    let (columns, rows) = (width.div_ceil(CELL), height.div_ceil(CELL));
    let mut covered = vec![false; columns as usize * rows as usize];
    for line in lines {
        for row in line.y / CELL..line.bottom().div_ceil(CELL).min(rows) {
            let start = (row * columns) as usize;
            let first = start + (line.x / CELL) as usize;
            let last = start + line.right().div_ceil(CELL).min(columns) as usize;
            covered[first.min(last)..last].fill(true);
        }
    }
    let count = covered.iter().filter(|covered| **covered).count();
    count as f64 / covered.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Density;

    /// A page of 100 dpi with bars of ink: left, top, width, height.
    fn page(bars: &[(usize, usize, usize, usize)]) -> Print {
        let mut dark = Density::filled(827, 1169, 0.0);
        for &(left, top, width, height) in bars {
            for y in top..top + height {
                dark.row_mut(y)[left..left + width].fill(1.0);
            }
        }
        let work = Work {
            factor: 3,
            per_mm: Some(100.0 / 25.4),
            dark,
            hues: Vec::new(),
            pen: None,
            faint: None,
            pale: None,
        };
        Print::of(&work, &[])
    }

    /// Words of letters that stand apart, on a line.
    fn words(left: usize, top: usize, count: usize) -> Vec<(usize, usize, usize, usize)> {
        let letter = |number: usize| (left + 8 * number + 6 * (number / 5), top, 4, 9);
        (0..count).map(letter).collect()
    }

    #[test]
    fn letters_in_a_row_are_one_line_and_rows_stand_apart() {
        let bars = [words(100, 200, 40), words(100, 218, 25)].concat();
        let (lines, other) = page(&bars).lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!((lines[0].x, lines[0].y, lines[0].height), (300, 600, 27));
        assert!(lines[0].width > lines[1].width);
        assert!(other < 1e-9);
    }

    #[test]
    fn a_picture_and_a_bar_are_no_lines() {
        let (lines, other) = page(&[(100, 100, 400, 300), (100, 600, 500, 2)]).lines();
        assert!(lines.is_empty(), "{lines:?}");
        assert!(
            (other - 121_000.0 / (827.0 * 1169.0)).abs() < 1e-9,
            "{other}"
        );
    }

    #[test]
    fn boxes_that_overlap_count_once() {
        let line = |y| PixelRect {
            x: 0,
            y,
            width: 800,
            height: 80,
        };
        let whole = coverage(&[line(400), line(400)], (800, 800));
        assert!((whole - 0.1).abs() < 1e-9, "{whole}");
    }
}
