//! A pen's strokes among other ink: longer than letters, and of little ink for their size.

use crate::geometry::PixelRect;
use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::reading::thin::Runs;
use crate::units::floor_index;

/// Longest side of the largest letters that print near a signature has, millimetres.
pub(super) const LETTER_MM: f64 = 5.5;
/// Height in millimetres up to which a long stroke is a ruled line.
const RULE_MM: f64 = 0.9;
/// Share of its box that a stroke's ink fills at most: words and pictures fill more.
const FILL_MAX: f64 = 0.3;

/// Share of the width of print on a ruled line that the line takes, at least.
const RULED_MIN: f64 = 0.8;
/// How far a ruled line may fall over its length: sheets lie askew by a degree.
const RULE_SLOPE: f64 = 0.02;
/// Height in millimetres up to which ink beside a ruled line is its rough edge.
const ROUGH_MM: f64 = 0.4;

/// Whether what may be a ruled line counts as a stroke.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rules {
    LeftOut,
    /// Left out by themselves, taken in where print stands on them.
    WithPrint,
    TakenIn,
}

/// Pieces of ink that are longer than letters, and of little ink for their size.
pub(super) fn strokes(ink: &Mask, rules: Rules, per_mm: f64) -> Mask {
    let letter = LETTER_MM * per_mm;
    let mut pen = Mask::filled(ink.width(), ink.height(), false);
    for stroke in components(ink) {
        let (width, height) = (f64::from(stroke.bbox.width), f64::from(stroke.bbox.height));
        let (long, short) = (width.max(height), width.min(height));
        if long < letter {
            continue;
        }
        // A ruled line is long and a few pixels high, and lies level.
        let is_rule = short <= RULE_MM * per_mm;
        let fill = stroke.area as f64 / (width * height);
        let is_stroke = match rules {
            Rules::LeftOut => !is_rule && fill <= FILL_MAX && !is_ruled_print(&stroke, per_mm),
            Rules::WithPrint => !is_rule && fill <= FILL_MAX,
            Rules::TakenIn => is_rule || fill <= FILL_MAX,
        };
        if is_stroke {
            draw(&mut pen, &stroke);
        }
    }
    pen
}

/// Whether a piece of ink is print that a ruled line joins: no higher than a line of print, with a straight and level line along next
/// to all of it, and of letters alone where that is taken away.
///
/// Print sets its letters apart, and a pen joins them. Where one goes through the ruled line, what stands above and below it is put
/// together again, so that it stays as long as it was.
fn is_ruled_print(stroke: &Component, per_mm: f64) -> bool {
    let letter = LETTER_MM * per_mm;
    let bbox = stroke.bbox;
    if f64::from(bbox.height) > letter || bbox.width <= bbox.height {
        return false;
    }
    let ink = alone(stroke);
    let runs = Runs {
        least: floor_index(letter).max(1),
        gap: 1,
        thick: thickness(per_mm),
    };
    let rule = runs.of(&ink);
    let spans = spans(&rule);
    let ruled = || spans.iter().flatten();
    let (top, bottom) = (
        ruled().map(|(first, _)| *first).min(),
        ruled().map(|(_, last)| *last + 1).max(),
    );
    let Some((top, bottom)) = top.zip(bottom) else {
        return false;
    };
    let width = f64::from(bbox.width);
    let is_straight = (bottom - top) as f64 <= RULE_MM * per_mm + RULE_SLOPE * width;
    let is_whole = ruled().count() as f64 >= RULED_MIN * width;
    is_straight && is_whole && {
        let left = unruled(&ink, &rule, (spans.as_slice(), per_mm));
        let pieces = components(&left);
        pieces.iter().all(|piece| longest(piece.bbox) <= letter)
    }
}

/// Rows that a ruled line takes at most.
fn thickness(per_mm: f64) -> usize {
    floor_index(RULE_MM * per_mm).max(1)
}

/// A piece of ink on a mask of its own, as large as its box.
fn alone(stroke: &Component) -> Mask {
    let bbox = stroke.bbox;
    let (left, top) = (bbox.x as usize, bbox.y as usize);
    let mut ink = Mask::filled(bbox.width as usize, bbox.height as usize, false);
    for &(y, start, end) in &stroke.runs {
        ink.row_mut(y - top)[start - left..end - left].fill(true);
    }
    ink
}

/// First and last set row of each column.
fn spans(mask: &Mask) -> Vec<Option<(usize, usize)>> {
    let mut spans: Vec<Option<(usize, usize)>> = vec![None; mask.width()];
    for y in 0..mask.height() {
        for (span, set) in spans.iter_mut().zip(mask.row(y)) {
            if *set {
                *span = Some(span.map_or((y, y), |(first, _)| (first, y)));
            }
        }
    }
    spans
}

/// Ink without a ruled line and its rough edges; the line is left where ink reaches it from both sides. `spans` are the line's rows.
fn unruled(ink: &Mask, rule: &Mask, (spans, per_mm): (&[Option<(usize, usize)>], f64)) -> Mask {
    let (width, height) = (ink.width(), ink.height());
    let mut rest = ink.clone();
    for y in 0..height {
        for (inked, ruled) in rest.row_mut(y).iter_mut().zip(rule.row(y)) {
            *inked &= !ruled;
        }
    }
    let mut sides = Mask::filled(width, height, false);
    for piece in components(&rest) {
        if f64::from(piece.bbox.height) > ROUGH_MM * per_mm {
            draw(&mut sides, &piece);
        }
    }
    let mut left = sides.clone();
    // A slanting stroke comes out of the line further along.
    let aside = thickness(per_mm);
    for (x, span) in spans.iter().enumerate() {
        let Some((first, last)) = *span else {
            continue;
        };
        let mut near = x.saturating_sub(aside)..(x + aside + 1).min(width);
        let is_above = first > 0 && near.clone().any(|x| sides.at(x, first - 1));
        let is_below = last + 1 < height && near.any(|x| sides.at(x, last + 1));
        if is_above && is_below {
            (first..=last).for_each(|y| left.row_mut(y)[x] = true);
        }
    }
    left
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

    /// A ruled line, two pixels high, and what else stands on or across it; four pixels a millimetre.
    fn ruled(draw: impl Fn(&mut Mask)) -> Mask {
        let mut ink = Mask::filled(120, 60, false);
        (30..32).for_each(|y| ink.row_mut(y)[10..90].fill(true));
        draw(&mut ink);
        ink
    }

    /// Pixels of strokes in a row.
    fn seen(ink: &Mask, rules: Rules, row: usize) -> usize {
        let pen = strokes(ink, rules, 4.0);
        pen.row(row).iter().filter(|set| **set).count()
    }

    #[test]
    fn letters_that_a_ruled_line_joins_are_no_strokes() {
        let ink = ruled(|ink| {
            for letter in 0..5 {
                let x = 14 + 16 * letter;
                (20..30).for_each(|y| ink.row_mut(y)[x..x + 2].fill(true));
            }
        });
        assert_eq!(seen(&ink, Rules::LeftOut, 25), 0);
        // They may hide a signature.
        assert_eq!(seen(&ink, Rules::WithPrint, 25), 10);
        assert_eq!(seen(&ink, Rules::TakenIn, 25), 10);
    }

    #[test]
    fn a_pen_that_crosses_a_ruled_line_or_runs_above_it_is_a_stroke() {
        for middle in [22, 30] {
            let ink = ruled(|ink| {
                for x in 14..86 {
                    let (step, back) = ((x - 14) % 16, (x - 14) % 32 >= 16);
                    let y = if back { 15 - step } else { step };
                    (y..y + 2).for_each(|y| ink.row_mut(middle + y - 8)[x] = true);
                }
            });
            assert!(seen(&ink, Rules::LeftOut, 25) > 0, "about row {middle}");
        }
    }
}
