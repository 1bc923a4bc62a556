//! How a page is filled: its lines of print, and what else is on it.

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::Work;
use crate::geometry::PixelRect;
use crate::ingest::Page;
use crate::reading::form::FormFields;
use crate::reading::lines::LINES_MAX;
use crate::reading::lines::Print;
use crate::reading::lines::coverage;
use crate::reading::signature;
use crate::reading::signature::Signed;
use crate::units::floor_index;
use crate::units::stored;

/// Height from the top that a letterhead takes at most, millimetres: body, motto, number and date of a
/// Vietnamese official letter end above it (Decree 30/2020, annex I).
const LETTERHEAD_MM: f64 = 45.0;
/// A line of text up there, on a page after the first, which may go on from the one before it: wider than this and lower than that,
/// millimetres. The two columns of a letterhead are narrower, and its titles are taller; on page 1 rows of both columns may run together.
const TEXT_MM: (f64, f64) = (100.0, 8.0);

/// How far around a seal the office, name or date of who signs may stand, and how long such a line is at most, millimetres.
const SIGNED_MM: (f64, f64) = (22.0, 75.0);

/// How a page is filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// Boxes of its lines of print in page pixels, from top to bottom; at most [`LINES_MAX`].
    pub lines: Vec<PixelRect>,
    /// Share of the page that they cover together, letterhead and seals left out.
    pub text_coverage: f64,
    /// The same without the short lines at seals: office, name, date.
    pub body_coverage: f64,
    /// Share of the page that other dark ink covers: pictures, drawings, strokes of a pen.
    pub other_ink: f64,
    /// The fields of a form on it.
    pub fields: FormFields,
    /// The signature at each impression.
    pub signatures: Vec<Signed>,
}

impl Layout {
    /// Reads a page that was prepared for the search.
    #[must_use]
    pub fn of(page: &Page, work: &Work, impressions: &[Impression]) -> Self {
        let mut print = Print::of(work, impressions);
        let signatures = impressions
            .iter()
            .map(|impression| signature::find(work, &mut print, impression));
        let signatures = signatures.collect();
        let (lines, other_ink) = print.lines();
        let size = (stored(page.image.width()), stored(page.image.height()));
        let per_mm = print.scale.per_mm * f64::from(print.scale.factor);
        let seals: Vec<PixelRect> = impressions.iter().map(|found| found.bbox).collect();
        let beside = |line: &PixelRect| seals.iter().any(|seal| is_in(*line, *seal));
        let is_text =
            |line: &PixelRect| !beside(line) && !is_letterhead(*line, per_mm, page.number);
        let outside: Vec<_> = lines.iter().copied().filter(is_text).collect();
        let (around, short) = (SIGNED_MM.0 * per_mm, SIGNED_MM.1 * per_mm);
        let at_seal = |line: &PixelRect| {
            let reach = stored(floor_index(around));
            f64::from(line.width) < short
                && seals
                    .iter()
                    .any(|seal| is_in(*line, seal.widened(reach, size)))
        };
        let body: Vec<_> = outside
            .iter()
            .copied()
            .filter(|line| !at_seal(line))
            .collect();
        Self {
            text_coverage: coverage(&outside, size),
            body_coverage: coverage(&body, size),
            lines,
            other_ink,
            fields: FormFields::of(work, &print, impressions),
            signatures,
        }
    }

    /// Whether it is of so many impressions, and no larger than it may be.
    #[must_use]
    pub fn is_sound(&self, impressions: usize) -> bool {
        let shares = [self.text_coverage, self.body_coverage, self.other_ink];
        self.signatures.len() == impressions
            && self.fields.empty <= self.fields.count
            && self.lines.len() <= LINES_MAX
            && shares.iter().all(|share| (0.0..=1.0).contains(share))
    }
}

/// Whether a line is one of those that a letterhead consists of.
fn is_letterhead(line: PixelRect, per_mm: f64, page: u32) -> bool {
    let middle = f64::from(line.y) + 0.5 * f64::from(line.height);
    let (width, height) = (f64::from(line.width), f64::from(line.height));
    let is_text = page > 1 && width > TEXT_MM.0 * per_mm && height < TEXT_MM.1 * per_mm;
    middle < LETTERHEAD_MM * per_mm && !is_text
}

/// Whether the middle of a line lies in a box.
fn is_in(line: PixelRect, bbox: PixelRect) -> bool {
    let (x, y) = (line.x + line.width / 2, line.y + line.height / 2);
    (bbox.x..bbox.right()).contains(&x) && (bbox.y..bbox.bottom()).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_at_the_top_of_a_later_page_is_no_letterhead() {
        let per_mm = 300.0 / 25.4;
        let line = |x: f64, y: f64, width: f64, height: f64| {
            let pixels = |mm: f64| stored(floor_index(mm * per_mm));
            let line = PixelRect {
                x: pixels(x),
                y: pixels(y),
                width: pixels(width),
                height: pixels(height),
            };
            [1, 2].map(|page| is_letterhead(line, per_mm, page))
        };
        // The columns of a Vietnamese letterhead and the title of a Chinese one.
        assert_eq!(line(30.0, 22.0, 65.0, 5.0), [true; 2]);
        assert_eq!(line(105.0, 22.0, 85.0, 5.0), [true; 2]);
        assert_eq!(line(35.0, 20.0, 140.0, 14.0), [true; 2]);
        // A line of a letter that goes on from the page before; on page 1 both columns in one.
        assert_eq!(line(30.0, 22.0, 160.0, 5.0), [true, false]);
        assert_eq!(line(30.0, 60.0, 65.0, 5.0), [false; 2], "below it");
    }
}
