//! The words of a page's text, put together from its characters as the page is interpreted.
//!
//! A file says where each character stands, and need not say where words end: a word ends at a
//! space, at a gap, and where the line or the size changes. Text that is recognised by a program and
//! laid invisibly over a scan is read like any other.

use hayro_interpret::DrawMode;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use kurbo::{Affine, Point, Rect, Vec2};

use crate::ingest::pdf::survey::is_invisible;

/// Words of a page that are kept: five times a page of a newspaper.
pub(crate) const WORDS_MAX: usize = 20_000;

/// Characters of a word; what is longer goes on in another, as lines of Chinese do.
pub(crate) const WORD_CHARACTERS_MAX: usize = 200;

/// Bytes of a page's words together.
const BYTES_MAX: usize = 1 << 20;

/// Units of a glyph's own frame in the height of its font.
const EM: f64 = 1000.0;

/// How far a character stands below and above its base line, in glyph units: a common font's.
const BELOW: f64 = -200.0;
const ABOVE: f64 = 800.0;

/// Gap that ends a word, in heights of the font. A space is a quarter of it, and letters that are
/// set apart stand closer.
const GAP_MAX: f64 = 0.2;

/// How far a character may stand back over the one before it, in heights of the font.
const BACK_MAX: f64 = 0.5;

/// How far a character may stand off the base line of the one before it, in heights of the font.
const OFF_LINE_MAX: f64 = 0.3;

/// How far the heights of two characters of a word may differ: an index number is smaller.
const HEIGHT_RATIO_MAX: f64 = 1.5;

/// The words of a page, in the making.
#[derive(Debug, Default)]
pub(super) struct Lettering {
    words: Vec<(String, Rect)>,
    bytes: usize,
    left_out: u32,
    open: Option<Open>,
    /// The first character of the last run: what is filled and stroked comes twice.
    last: Option<(Affine, u32)>,
}

/// A word that may go on.
#[derive(Debug)]
struct Open {
    text: String,
    characters: usize,
    bounds: Rect,
    pen: Pen,
}

/// Where a character ends, in points, and how its line runs there.
#[derive(Clone, Copy, Debug)]
struct Pen {
    end: Point,
    /// Of length 1.
    along: Vec2,
    /// Height of the font.
    height: f64,
}

impl Lettering {
    /// Takes in a run of characters, visible or not.
    pub(super) fn add(&mut self, run: &GlyphRun<'_, '_>, page_from_text: Affine, mode: &DrawMode) {
        let Some(first) = run.glyphs().first() else {
            return;
        };
        let key = (page_from_text * first.transform(), first.char_code());
        let is_again = matches!(mode, DrawMode::Stroke(_)) && self.last == Some(key);
        self.last = Some(key);
        if is_again {
            return;
        }
        let is_vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            let page_from_glyph = page_from_text * glyph.transform();
            let advance = if is_vertical {
                Vec2::new(0.0, -EM)
            } else {
                Vec2::new(advance(glyph), 0.0)
            };
            match glyph.as_unicode() {
                Some(BfString::Char(c)) => self.set(&[c], page_from_glyph, advance),
                Some(BfString::String(text)) => {
                    let text: Vec<char> = text.chars().take(WORD_CHARACTERS_MAX).collect();
                    self.set(&text, page_from_glyph, advance);
                }
                // Something stands there, and nobody says what.
                None => self.set(&[char::REPLACEMENT_CHARACTER], page_from_glyph, advance),
            }
        }
    }

    /// The words, their boxes in points with y downwards, and how many were left out.
    pub(super) fn finish(mut self) -> (Vec<(String, Rect)>, u32) {
        self.close();
        (self.words, self.left_out)
    }

    fn set(&mut self, text: &[char], page_from_glyph: Affine, advance: Vec2) {
        let shown = |c: &char| !c.is_control() && !is_invisible(*c);
        if text.iter().all(|c| c.is_whitespace() || !shown(c)) {
            // What draws nothing and is no space either does not end a word.
            if text.iter().any(|c| c.is_whitespace()) {
                self.close();
            }
            return;
        }
        let Some((pen, start)) = Pen::of(page_from_glyph, advance) else {
            return;
        };
        let width = if advance.x > 0.0 { advance.x } else { EM };
        let frame = Rect::new(0.0, BELOW, width, ABOVE);
        let bounds = page_from_glyph.transform_rect_bbox(frame);
        let goes_on = |open: &Open| {
            open.characters + text.len() <= WORD_CHARACTERS_MAX && open.pen.leads_to(&pen, start)
        };
        if !self.open.as_ref().is_some_and(goes_on) {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Open {
            text: String::new(),
            characters: 0,
            bounds,
            pen,
        });
        let kept = text.iter().filter(|c| shown(c) && !c.is_whitespace());
        open.text.extend(kept);
        open.characters += text.len();
        open.bounds = open.bounds.union(bounds);
        open.pen = pen;
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let is_unknown = |c: char| c == char::REPLACEMENT_CHARACTER;
        if open.text.chars().all(is_unknown) {
            return;
        }
        if self.words.len() == WORDS_MAX || self.bytes + open.text.len() > BYTES_MAX {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.bytes += open.text.len();
        self.words.push((open.text, open.bounds));
    }
}

impl Pen {
    /// Where a character ends and where it starts; `None` if it has no size or no place.
    fn of(page_from_glyph: Affine, advance: Vec2) -> Option<(Self, Point)> {
        let start = page_from_glyph * Point::ORIGIN;
        let end = page_from_glyph * advance.to_point();
        let [a, b, c, d, _, _] = page_from_glyph.as_coeffs();
        let height = EM * libm::hypot(c, d);
        let line = if advance.x > 0.0 {
            Vec2::new(a, b)
        } else {
            Vec2::new(-c, -d)
        };
        let length = libm::hypot(line.x, line.y);
        let is_sound = start.is_finite() && end.is_finite() && height > 0.0 && length > 0.0;
        let pen = Self {
            end,
            along: line / length,
            height,
        };
        (is_sound && height.is_finite() && length.is_finite()).then_some((pen, start))
    }

    /// Whether a character that starts at a point goes on with the same word.
    fn leads_to(&self, next: &Self, start: Point) -> bool {
        let ratio = self.height / next.height;
        let gap = start - self.end;
        let along = gap.dot(self.along) / self.height;
        let across = gap.cross(self.along).abs() / self.height;
        self.along.dot(next.along) > 0.99
            && (1.0 / HEIGHT_RATIO_MAX..=HEIGHT_RATIO_MAX).contains(&ratio)
            && (-BACK_MAX..=GAP_MAX).contains(&along)
            && across <= OFF_LINE_MAX
    }
}

/// How far the next character stands from this one's start, in glyph units.
fn advance(glyph: &Glyph<'_>) -> f64 {
    let stated = match glyph {
        Glyph::Outline(outline) => outline.advance_width(),
        Glyph::Type3(drawn) => drawn.advance_width(),
    };
    // Half a height is the width of a common letter.
    stated.map_or(EM / 2.0, f64::from).max(0.0)
}
