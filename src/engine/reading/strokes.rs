//! A pen's strokes among other ink: longer than letters, and of little ink for their size.

use crate::geometry::PixelRect;
use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::components;

/// Longest side of the largest letters that print near a signature has, millimetres.
pub(super) const LETTER_MM: f64 = 5.5;
/// Height in millimetres up to which a long stroke is a ruled line.
const RULE_MM: f64 = 0.9;
/// Share of its box that a stroke's ink fills at most: words and pictures fill more.
const FILL_MAX: f64 = 0.3;

/// Whether what may be a ruled line counts as a stroke.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rules {
    LeftOut,
    TakenIn,
}

/// Pieces of ink that are longer than letters, and of little ink for their size.
pub(super) fn strokes(ink: &Mask, rules: Rules, per_mm: f64) -> Mask {
    let letter = LETTER_MM * per_mm;
    let mut pen = Mask::filled(ink.width(), ink.height(), false);
    for stroke in components(ink) {
        let (width, height) = (f64::from(stroke.bbox.width), f64::from(stroke.bbox.height));
        let (long, short) = (width.max(height), width.min(height));
        // A ruled line is long and a few pixels high, and lies level.
        let is_rule = short <= RULE_MM * per_mm;
        let fill = stroke.area as f64 / (width * height);
        let is_stroke = match rules {
            Rules::LeftOut => !is_rule && fill <= FILL_MAX,
            Rules::TakenIn => is_rule || fill <= FILL_MAX,
        };
        if long >= letter && is_stroke {
            draw(&mut pen, &stroke);
        }
    }
    pen
}

/// Draws a stroke into a mask.
pub(super) fn draw(mask: &mut Mask, stroke: &Component) {
    for &(y, start, end) in &stroke.runs {
        mask.row_mut(y)[start..end].fill(true);
    }
}

/// The longer side of a box, pixels.
pub(super) fn longest(bbox: PixelRect) -> f64 {
    f64::from(bbox.width.max(bbox.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_words_are_no_strokes_and_rules_where_they_are_asked_for() {
        let mut ink = Mask::filled(120, 60, false);
        // A stroke that falls slowly, a level rule, a word, a letter; four pixels a millimetre.
        (10..90).for_each(|x| ink.row_mut(5 + x / 8)[x..x + 2].fill(true));
        ink.row_mut(30)[10..90].fill(true);
        (40..52).for_each(|y| ink.row_mut(y)[10..60].fill(true));
        (40..52).for_each(|y| ink.row_mut(y)[90..98].fill(true));
        let count = |rules, row: usize| {
            let pen = strokes(&ink, rules, 4.0);
            pen.row(row).iter().filter(|set| **set).count()
        };
        assert!(count(Rules::LeftOut, 10) > 0, "the stroke");
        assert_eq!(count(Rules::LeftOut, 30), 0, "the rule");
        assert_eq!(count(Rules::TakenIn, 30), 80, "the rule");
        assert_eq!(count(Rules::TakenIn, 45), 0, "word and letter");
    }
}
