//! Words to rows: what is read as one line.

use crate::geometry::PixelRect;
use crate::reading::Word;
use crate::reading::fields::plain::is_hanzi;
use crate::reading::fields::plain::lower;
use crate::reading::fields::plain::plain;

/// Widest space within a row, over the height of the words beside it: columns stand further apart, words of spaced
/// headings less (chosen).
const SPACE_MAX: f64 = 1.3;
/// How far words may overlap, over the same height: boxes of slanting letters do.
const OVERLAP_MAX: f64 = 0.6;
/// Least share of the lower word's height that two words of a row have in common.
const LEVEL_SHARE: f64 = 0.5;

/// Words that are read one after another.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    /// From left to right.
    pub(super) words: Vec<&'a Word>,
}

/// A letter of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// Without accents, in lower case.
    pub(super) plain: char,
    /// As read.
    pub(super) own: char,
    /// The word that it is in, by its place in the row.
    pub(super) word: usize,
}

impl Glyph {
    /// In lower case with its accents: an o with one is a figure misread, and no nought.
    pub(super) fn level(&self) -> char {
        lower(self.own)
    }
}

/// Puts words into rows, from top to bottom.
pub(super) fn rows(words: &[Word]) -> Vec<Row<'_>> {
    let mut sorted: Vec<&Word> = words.iter().collect();
    sorted.sort_by_key(|word| (word.bbox.x, word.bbox.y));
    let mut rows: Vec<Row<'_>> = Vec::new();
    for word in sorted {
        let gap = |row: &Row<'_>| row.words.last().and_then(|last| gap(last, word));
        let nearest = rows
            .iter()
            .enumerate()
            .filter_map(|(index, row)| Some((index, gap(row)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        match nearest {
            Some((index, _)) => rows[index].words.push(word),
            None => rows.push(Row { words: vec![word] }),
        }
    }
    rows.sort_by_key(|row| (row.bbox().y, row.bbox().x));
    rows
}

/// How far a word stands behind another, over their height; `None` if it does not follow it.
fn gap(last: &Word, next: &Word) -> Option<f64> {
    let (a, b) = (last.bbox, next.bbox);
    let shared = a.bottom().min(b.bottom()).saturating_sub(a.y.max(b.y));
    let lower = a.height.min(b.height);
    if f64::from(shared) < LEVEL_SHARE * f64::from(lower) {
        return None;
    }
    let height = f64::from(a.height.max(b.height));
    let gap = (f64::from(b.x) - f64::from(a.right())) / height;
    (-OVERLAP_MAX..=SPACE_MAX)
        .contains(&gap)
        .then_some(gap.abs())
}

impl Row<'_> {
    /// The box around it.
    pub(super) fn bbox(&self) -> PixelRect {
        around(&self.words)
    }

    /// Its letters, without spaces.
    pub(super) fn glyphs(&self) -> Vec<Glyph> {
        let letters = |(word, own): (usize, &&Word)| {
            let each = own.text.chars().filter(|letter| !letter.is_whitespace());
            let glyphs = each.map(move |own| Glyph {
                plain: plain(own),
                own,
                word,
            });
            glyphs.collect::<Vec<_>>()
        };
        self.words.iter().enumerate().flat_map(letters).collect()
    }

    /// The words that some letters are in.
    pub(super) fn words_of(&self, glyphs: &[Glyph]) -> &[&Word] {
        match (glyphs.first(), glyphs.last()) {
            (Some(first), Some(last)) => &self.words[first.word..=last.word],
            _ => &[],
        }
    }
}

/// The box around some words.
///
/// # Panics
/// If there are none.
pub(super) fn around(words: &[&Word]) -> PixelRect {
    let boxes = words.iter().map(|word| word.bbox);
    boxes.reduce(PixelRect::union).expect("a row has a word")
}

/// Words with spaces between them, none beside Chinese characters.
pub(super) fn joined(words: &[&Word]) -> String {
    let mut text = String::new();
    for word in words {
        let is_close = |letter: Option<char>| letter.is_none_or(is_hanzi);
        if !is_close(text.chars().next_back()) && !is_close(word.text.chars().next()) {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// How sure a word is; what was not recognised was written by a program, and is.
pub(super) fn sureness(word: &Word) -> f64 {
    word.confidence.unwrap_or(1.0)
}

/// How sure the least sure of some words is.
pub(super) fn least(words: &[&Word]) -> f64 {
    words.iter().map(|word| sureness(word)).fold(1.0, f64::min)
}

/// How sure words are on the whole, long ones counting more.
pub(super) fn mean(words: &[&Word]) -> f64 {
    let mut sum = (0.0, 0.0);
    for word in words {
        let letters = word.text.chars().count() as f64;
        sum = (sum.0 + letters * sureness(word), sum.1 + letters);
    }
    if sum.1 > 0.0 { sum.0 / sum.1 } else { 0.0 }
}
