//! Text set in lines: which glyph of which font, how wide, and where lines may end.

use std::cell::RefCell;
use std::collections::HashMap;

use krilla::color::rgb;
use krilla::geom::Point;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::GlyphId;
use krilla::text::KrillaGlyph;
use unicode_normalization::UnicodeNormalization;

use crate::report::pdf::fonts::Fonts;
use crate::report::pdf::fonts::Tables;
use crate::report::pdf::fonts::Weight;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    /// Points.
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

impl Style {
    /// The height of a line, points: room for the marks above and below Vietnamese letters.
    pub(super) fn line(self) -> f32 {
        1.38 * self.size
    }

    /// From a line's top to its baseline, points.
    pub(super) fn rise(self) -> f32 {
        1.06 * self.size
    }
}

/// What stands for letters that would be obeyed rather than shown.
const SHOWN: char = '\u{fffd}';

/// Letters of one text that are set: far more than any report holds, and less than what a hostile name may.
const LETTERS_MAX: usize = 4000;

/// A glyph, and the face that it is of.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    face: usize,
    id: u32,
    /// Ems.
    advance: f32,
}

/// Sets text in the fonts of a report.
pub(super) struct Setting<'a> {
    fonts: &'a Fonts,
    tables: [[Option<Tables<'a>>; 2]; 2],
    glyphs: RefCell<HashMap<(bool, char), Glyph>>,
}

impl<'a> Setting<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        let tables = |weight| fonts.faces(weight).map(|face| face.tables());
        Self {
            fonts,
            tables: [tables(Weight::Regular), tables(Weight::Bold)],
            glyphs: RefCell::new(HashMap::new()),
        }
    }

    /// The width of a text on one line, points.
    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        let letters = text.chars();
        let ems: f32 = letters
            .map(|letter| self.glyph(letter, style.weight).advance)
            .sum();
        ems * style.size
    }

    /// The text in lines no wider than `width` points; at least one.
    pub(super) fn lines(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let text = shown(text);
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut used = 0.0;
        for unit in units(&text) {
            let own = self.width(unit.trim_end(), style);
            if used + own > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            if own <= width {
                line.push_str(unit);
                used += self.width(unit, style);
                continue;
            }
            // A word longer than a line ends where the line does.
            for letter in unit.chars() {
                let advance = style.size * self.glyph(letter, style.weight).advance;
                if used + advance > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(letter);
                used += advance;
            }
        }
        lines.push(line);
        lines
            .into_iter()
            .map(|line| line.trim_end().to_owned())
            .collect()
    }

    /// Draws one line with its baseline's beginning at a point.
    pub(super) fn draw(
        &self,
        surface: &mut Surface<'_>,
        (x, y): (f32, f32),
        (text, style): (&str, Style),
    ) {
        let [red, green, blue] = style.colour;
        surface.set_fill(Some(Fill {
            paint: rgb::Color::new(red, green, blue).into(),
            ..Fill::default()
        }));
        let faces = self.fonts.faces(style.weight);
        let mut x = x;
        for (face, run) in self.runs(text, style.weight) {
            let mut glyphs = Vec::new();
            let mut advance = 0.0;
            for (start, letter) in run.char_indices() {
                let glyph = self.glyph(letter, style.weight);
                let range = start..start + letter.len_utf8();
                let id = GlyphId::new(glyph.id);
                glyphs.push(KrillaGlyph::new(
                    id,
                    glyph.advance,
                    0.0,
                    0.0,
                    0.0,
                    range,
                    None,
                ));
                advance += glyph.advance;
            }
            let font = faces[face].font.clone();
            surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, run, style.size, false);
            x += advance * style.size;
        }
    }

    /// The text in parts, each of one face.
    fn runs<'t>(&self, text: &'t str, weight: Weight) -> Vec<(usize, &'t str)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (start, letter) in text.char_indices() {
            let face = self.glyph(letter, weight).face;
            if runs.last().is_none_or(|(own, _)| *own != face) {
                runs.push((face, start));
            }
        }
        let ends = runs.iter().skip(1).map(|(_, start)| *start);
        let ends = ends.chain([text.len()]).collect::<Vec<usize>>();
        runs.iter()
            .zip(ends)
            .map(|((face, start), end)| (*face, &text[*start..end]))
            .collect()
    }

    /// The glyph of a letter; that for what is missing where no font has it.
    fn glyph(&self, letter: char, weight: Weight) -> Glyph {
        let is_bold = weight == Weight::Bold;
        if let Some(known) = self.glyphs.borrow().get(&(is_bold, letter)) {
            return *known;
        }
        let tables = &self.tables[usize::from(is_bold)];
        let found = tables.iter().enumerate().find_map(|(face, tables)| {
            let (id, advance) = tables.as_ref()?.glyph(letter)?;
            Some(Glyph { face, id, advance })
        });
        let glyph = found.unwrap_or(Glyph {
            face: 0,
            id: 0,
            advance: 0.6,
        });
        self.glyphs.borrow_mut().insert((is_bold, letter), glyph);
        glyph
    }
}

/// The text as it may be set: composed, on one line, no longer than any report needs, and with a mark for each letter that
/// would turn or hide others.
pub(super) fn shown(text: &str) -> String {
    let letters = text.nfc().map(|letter| match letter {
        '\n' | '\t' => ' ',
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => SHOWN,
        letter if letter.is_control() => SHOWN,
        letter => letter,
    });
    let mut shown: String = letters.take(LETTERS_MAX + 1).collect();
    if shown.chars().count() > LETTERS_MAX {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// The parts of a text between which a line may end: words with the blank behind them, and single Hanzi with the points that
/// may not stand apart from them.
fn units(text: &str) -> Vec<&str> {
    let mut bounds = vec![0];
    let mut before: Option<char> = None;
    for (start, letter) in text.char_indices() {
        let Some(previous) = before.replace(letter) else {
            continue;
        };
        let is_between = previous == ' ' && letter != ' ';
        let is_word = is_between && !is_of_figure(&text[..start], &text[start..]);
        let is_apart = is_word || is_wide(previous) || is_wide(letter);
        if is_apart && !is_closing(letter) && !is_opening(previous) && letter != ' ' {
            bounds.push(start);
        }
    }
    let ends = bounds.iter().skip(1).copied().chain([text.len()]);
    let ends: Vec<usize> = ends.collect();
    bounds
        .iter()
        .zip(ends)
        .map(|(start, end)| &text[*start..end])
        .filter(|unit| !unit.is_empty())
        .collect()
}

/// Whether the blank between two parts of a text stands in a figure, such as before its unit.
fn is_of_figure(before: &str, after: &str) -> bool {
    let last = before.trim_end().chars().next_back();
    let is_figure = last.is_some_and(|last| last.is_ascii_digit() || last == '±');
    let is_unit = ["mm", "%", "±", "px", "dpi"]
        .iter()
        .any(|unit| after.starts_with(unit));
    is_figure && (is_unit || last == Some('±'))
}

/// Whether a letter is of Chinese text, where lines end between any two.
const fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Points that begin no line.
const fn is_closing(letter: char) -> bool {
    matches!(
        letter,
        '，' | '。'
            | '；'
            | '：'
            | '、'
            | '！'
            | '？'
            | '）'
            | '》'
            | '」'
            | '』'
            | '】'
            | '”'
            | '’'
            | ','
            | '.'
            | ';'
            | ':'
            | ')'
            | '!'
            | '?'
            | '%'
            | '°'
    )
}

/// Points that end no line.
const fn is_opening(letter: char) -> bool {
    matches!(letter, '（' | '《' | '「' | '『' | '【' | '“' | '‘' | '(')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_hanzi_and_no_point_begins_one() {
        assert_eq!(units("Hình dấu tròn"), ["Hình ", "dấu ", "tròn"]);
        assert_eq!(
            units("印文，与（印模）不符。"),
            ["印", "文，", "与", "（印", "模）", "不", "符。"]
        );
        assert_eq!(
            units("seal S001 的印模"),
            ["seal ", "S001 ", "的", "印", "模"]
        );
        assert_eq!(
            units("by 0.24 ± 0.02 mm, 7 of"),
            ["by ", "0.24 ± 0.02 mm, ", "7 ", "of"]
        );
        assert_eq!(units(""), [""; 0]);
    }

    #[test]
    fn letters_that_turn_or_hide_others_are_shown_as_such() {
        assert_eq!(
            shown("a\u{202e}fdp.exe\u{0}\n"),
            "a\u{fffd}fdp.exe\u{fffd} "
        );
        assert_eq!(shown("e\u{302}\u{301}"), "ế");
        let long = "x".repeat(LETTERS_MAX + 7);
        assert_eq!(shown(&long).chars().count(), LETTERS_MAX + 1);
    }
}
