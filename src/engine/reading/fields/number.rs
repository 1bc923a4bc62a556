//! Numbers and symbols of letters.

use crate::reading::Word;
use crate::reading::fields::FIGURE_SURE;
use crate::reading::fields::Field;
use crate::reading::fields::Glimpse;
use crate::reading::fields::Passage;
use crate::reading::fields::Seen;
use crate::reading::fields::plain::figure;
use crate::reading::fields::plain::is_hanzi;
use crate::reading::fields::plain::number;
use crate::reading::fields::rows::Glyph;
use crate::reading::fields::rows::Row;
use crate::reading::fields::rows::around;
use crate::reading::fields::rows::joined;
use crate::reading::fields::rows::least;

/// Figures of a number, at most.
const FIGURES_MAX: usize = 6;
/// Figures of a number without a symbol, at least: fewer may be what is left of a number by hand.
const BARE_FIGURES_MIN: usize = 3;
/// How far behind its figures a symbol may stand, over their height (chosen: less than the date of the other column).
const BEHIND_MAX: f64 = 8.0;
/// Letters of a symbol, at most.
const SYMBOL_MAX: usize = 30;
/// The number stands at the left, or in the middle: its left edge, as a share of the page's width, is at most this.
const LEFT_MAX: f64 = 0.45;
/// Share of a symbol's letters that are capitals, at least: `CTrTT` and `TTr-NV` are symbols.
const CAPITALS_MIN: f64 = 0.6;
/// Brackets about the year in Chinese numbers, as they are read.
const OPENING: [char; 6] = ['〔', '[', '［', '【', '(', '（'];
const CLOSING: [char; 6] = ['〕', ']', '］', '】', ')', '）'];

/// A number and what stands with it.
pub(super) struct Found {
    pub(super) number: Seen,
    pub(super) symbol: Option<Seen>,
    /// Its row, by its place among the rows.
    pub(super) row: usize,
}

/// The number of a letter, in its head: the first that stands where numbers do.
pub(super) fn find(passage: &Passage, rows: &[Row<'_>]) -> Option<Found> {
    let width = f64::from(passage.bbox.width);
    rows.iter().enumerate().find_map(|(index, row)| {
        let left = f64::from(row.bbox().x) - f64::from(passage.bbox.x);
        let found = vietnamese(passage, row).filter(|_| left <= LEFT_MAX * width);
        let (number, symbol) = found.or_else(|| chinese(passage, row))?;
        Some(Found {
            number,
            symbol,
            row: index,
        })
    })
}

/// A reading of some words of a row; unsure if they are.
fn seen(passage: &Passage, row: &Row<'_>, words: &[&Word], value: Option<String>) -> Seen {
    let confidence = least(words);
    match value {
        Some(value) if confidence >= FIGURE_SURE => Seen::Sure(Field {
            value,
            written: joined(words),
            page: passage.page,
            bbox: around(words),
            row: row.bbox(),
            confidence,
        }),
        value => Seen::Unsure(Glimpse {
            value,
            written: joined(words),
            page: passage.page,
            row: row.bbox(),
            confidence,
        }),
    }
}

/// `Số: 12/QĐ-UBND` or `Số: 12/2024/QĐ-UBND`; the row begins with it, and has a colon or a capital.
fn vietnamese(passage: &Passage, row: &Row<'_>) -> Option<(Seen, Option<Seen>)> {
    let glyphs = row.glyphs();
    let starts = |word: &str| {
        let own = glyphs.iter().take(2).map(|glyph| glyph.plain);
        own.eq(word.chars())
    };
    if !starts("so") || !glyphs[0].own.is_uppercase() {
        return None;
    }
    let mut at = 2;
    let skip = |at: &mut usize, signs: &[char]| {
        while glyphs
            .get(*at)
            .is_some_and(|glyph| signs.contains(&glyph.own))
        {
            *at += 1;
        }
    };
    skip(&mut at, &[':', '.', ';', ',', '：', '…']);
    // A heading in capitals may begin with the same two letters.
    if at == 2
        && glyphs
            .get(2)
            .is_none_or(|glyph| figure(glyph.plain).is_none())
    {
        return None;
    }
    let start = at;
    while glyphs.get(at).is_some_and(|glyph| glyph.own != '/') && at - start <= FIGURES_MAX {
        at += 1;
    }
    let (mut number_end, mut value) = (at, figures(&glyphs[start..at]));
    let is_slash = |at: usize| glyphs.get(at).is_some_and(|glyph| glyph.own == '/');
    if !is_slash(at) {
        // A number without a symbol, as certificates have: figures up to the end.
        let words = row.words_of(&glyphs[start..at]);
        let is_whole =
            at == glyphs.len() && at - start >= BARE_FIGURES_MIN && !goes_on(passage, row);
        let whole = value.filter(|_| is_whole);
        return Some((seen(passage, row, or_row(words, row), whole), None));
    }
    let year_end = at + 5;
    if is_slash(year_end)
        && let Some(year) = figures(&glyphs[at + 1..year_end])
    {
        value = value.map(|number| format!("{number}/{year}"));
        (number_end, at) = (year_end, year_end);
    }
    let own = row.words_of(&glyphs[start..number_end]);
    let number = seen(passage, row, or_row(own, row), value);
    Some((number, symbol(passage, row, &glyphs, at + 1)))
}

/// Whether something stands a little behind a row, as a symbol does behind figures by hand.
fn goes_on(passage: &Passage, row: &Row<'_>) -> bool {
    let own = row.bbox();
    passage.words.iter().any(|word| {
        let other = word.bbox;
        let level = own
            .bottom()
            .min(other.bottom())
            .saturating_sub(own.y.max(other.y));
        let is_level = 2 * level >= own.height.min(other.height);
        let behind = f64::from(other.x) - f64::from(own.right());
        is_level && (0.0..BEHIND_MAX * f64::from(own.height)).contains(&behind)
    })
}

/// The words, or all of a row's if they are none.
fn or_row<'a, 'b>(words: &'b [&'a Word], row: &'b Row<'a>) -> &'b [&'a Word] {
    if words.is_empty() { &row.words } else { words }
}

/// Figures as they are written, with a letter behind them if there is one: `12a`.
fn figures(glyphs: &[Glyph]) -> Option<String> {
    let letters: Vec<char> = glyphs.iter().map(Glyph::level).collect();
    let (own, behind) = match letters[..] {
        [ref own @ .., last @ 'a'..='d'] => (own, Some(last)),
        ref own => (own, None),
    };
    let value = number(own)?;
    let zeros = own.iter().take_while(|letter| **letter == '0').count();
    let zeros = zeros.min(own.len() - 1);
    Some(format!(
        "{}{value}{}",
        "0".repeat(zeros),
        behind.map(String::from).unwrap_or_default()
    ))
}

/// What follows the number: capitals with hyphens, up to the end of its word.
fn symbol(passage: &Passage, row: &Row<'_>, glyphs: &[Glyph], start: usize) -> Option<Seen> {
    let rest = glyphs.get(start..)?;
    let first = rest.first()?;
    let mut end = 0;
    while let Some(glyph) = rest.get(end) {
        // The next word goes on with it only across a hyphen.
        let is_hyphen = |glyph: &Glyph| matches!(glyph.own, '-' | '–' | '/');
        let before = end.checked_sub(1).map(|index| &rest[index]);
        let goes_on = before.is_none_or(|before| {
            before.word == glyph.word || is_hyphen(before) || is_hyphen(glyph)
        });
        if !goes_on || end > SYMBOL_MAX {
            break;
        }
        end += 1;
    }
    // A stroke is sometimes read as a second letter.
    let text: String = rest[..end].iter().map(|glyph| glyph.own).collect();
    let text: String = text.replace("ĐÐ", "Đ").chars().map(tidy).collect();
    // A hyphen at the end says that something is missing.
    let is_cut = text.ends_with('-');
    let text = text.trim_matches(|letter: char| !letter.is_alphanumeric());
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let capitals = text.chars().filter(|letter| letter.is_uppercase()).count();
    let is_part =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '&' | '.' | '/');
    let is_symbol = !is_cut
        && small_letters_are_usual(text)
        && text.chars().all(is_part)
        && letters > 0
        && capitals as f64 >= CAPITALS_MIN * letters as f64
        && end <= SYMBOL_MAX;
    let words = &row.words[first.word..=rest[end.saturating_sub(1)].word];
    Some(seen(
        passage,
        row,
        words,
        is_symbol.then(|| text.to_owned()),
    ))
}

/// Whether small letters stand where symbols have them: in `Tr` of `TTr` and `CTr`, and in `QyĐ` (Decree 30/2020, annex III).
fn small_letters_are_usual(text: &str) -> bool {
    let usual = text.replace("Tr", "").replace("Qy", "");
    !usual.contains(char::is_lowercase)
}

/// Signs that are read for others of the same look.
const fn tidy(letter: char) -> char {
    match letter {
        'Ð' => 'Đ',
        '–' | '—' => '-',
        _ => letter,
    }
}

/// `青政发〔2024〕5号`.
fn chinese(passage: &Passage, row: &Row<'_>) -> Option<(Seen, Option<Seen>)> {
    let glyphs = row.glyphs();
    let opening = glyphs
        .iter()
        .position(|glyph| OPENING.contains(&glyph.own))?;
    let closing = opening + 5;
    let is = |at: usize, signs: &[char]| glyphs.get(at).is_some_and(|own| signs.contains(&own.own));
    let year = figures(glyphs.get(opening + 1..closing)?)?;
    if opening == 0 || !is(closing, &CLOSING) || year.len() != 4 {
        return None;
    }
    let start = closing + 1 + usize::from(is(closing + 1, &['第']));
    let end = (start..glyphs.len()).find(|&at| is(at, &['号']))?;
    let own = glyphs.get(start..end).filter(|own| !own.is_empty())?;
    let body = &glyphs[..opening];
    let sign: String = body.iter().map(|glyph| glyph.own).collect();
    let is_body = body.iter().all(|glyph| is_hanzi(glyph.own));
    let value = figures(own).filter(|_| own.len() <= FIGURES_MAX);
    let number = seen(passage, row, row.words_of(own), value);
    let whole = row.words_of(&glyphs[..=closing]);
    let symbol = seen(
        passage,
        row,
        whole,
        is_body.then(|| format!("{sign}〔{year}〕")),
    );
    Some((number, Some(symbol)))
}
