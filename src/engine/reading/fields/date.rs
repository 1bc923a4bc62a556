//! Dates as letters bear them.

use std::ops::Range;

use crate::reading::Word;
use crate::reading::excerpt::Place;
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

/// Years that documents are of (chosen: older ones bear no seals of today's law, and a 2 under a seal is read as an 8).
const YEARS: Range<u32> = 1945..2050;
/// Letters between the words of a date, at most: a blank is dotted.
const BLANK_MAX: usize = 14;
/// Words of a place's name before a date, at most.
const PLACE_WORDS_MAX: usize = 5;
/// A date at the head lies at the right, or in the middle below a title: its centre, as a share of the page's width, is at least this.
const HEAD_CENTRE_MIN: f64 = 0.45;
/// Height of a date's figures over that of its lowest ones from which on some are by hand: measured on 115 dates, at most 1.07
/// where all are printed, 1.11 and mostly 1.2 and more where some are not.
const BY_HAND_MIN: f64 = 1.15;
/// Signs that may follow a date.
const TAIL_MAX: usize = 3;

/// A date among a row's letters.
struct Match {
    /// All of it.
    span: Range<usize>,
    /// Its figures, as far as they must be sure.
    figures: Vec<Range<usize>>,
    /// Year, month and day, if they are any.
    value: Option<(u32, u32, u32)>,
}

/// The date that a row bears by itself, as letters do; one in running text is none.
pub(super) fn of_row(passage: &Passage, row: &Row<'_>) -> Option<Seen> {
    let glyphs = row.glyphs();
    let found = vietnamese(&glyphs).or_else(|| chinese(&glyphs))?;
    if !stands_alone(&glyphs, row, &found.span) {
        return None;
    }
    let words = row.words_of(&glyphs[found.span.clone()]);
    let bbox = around(words);
    let centre = f64::from(bbox.x) + 0.5 * f64::from(bbox.width);
    let own = centre - f64::from(passage.bbox.x);
    if passage.place == Place::Head && own < HEAD_CENTRE_MIN * f64::from(passage.bbox.width) {
        return None;
    }
    let written = joined(words);
    let sure = |range: &Range<usize>| least(row.words_of(&glyphs[range.clone()]));
    let confidence = found.figures.iter().map(sure).fold(1.0, f64::min);
    let value = found
        .value
        .filter(|_| !are_by_hand(words))
        .map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"));
    Some(match value {
        Some(value) if confidence >= FIGURE_SURE => Seen::Sure(Field {
            value,
            written,
            page: passage.page,
            bbox,
            row: row.bbox(),
            confidence,
        }),
        value => Seen::Unsure(Glimpse {
            value,
            written,
            page: passage.page,
            row: row.bbox(),
            confidence,
        }),
    })
}

/// Whether figures of a date are of different heights: those that a pen filled in are taller or lower than printed ones, and
/// taken for others however sure the recogniser is.
fn are_by_hand(words: &[&Word]) -> bool {
    let is_figures = |word: &&&Word| word.text.chars().all(|letter| letter.is_ascii_digit());
    let heights = || {
        let figures = words.iter().filter(is_figures);
        figures.map(|word| f64::from(word.bbox.height))
    };
    let is_written = words.iter().any(|word| word.text.contains(is_hanzi));
    !is_written
        && heights().fold(0.0, f64::max) > BY_HAND_MIN * heights().fold(f64::INFINITY, f64::min)
}

/// Whether nothing but a place stands before a date, and nothing behind.
fn stands_alone(glyphs: &[Glyph], row: &Row<'_>, span: &Range<usize>) -> bool {
    let tail = &glyphs[span.end..];
    if tail.len() > TAIL_MAX || tail.iter().any(|glyph| glyph.own.is_alphanumeric()) {
        return false;
    }
    let Some(before) = span.start.checked_sub(1).map(|index| glyphs[index]) else {
        return true;
    };
    if is_hanzi(glyphs[span.end - 1].own) {
        return !before.own.is_alphanumeric();
    }
    if matches!(before.own, ',' | '.' | ';' | ':' | '，') {
        return true;
    }
    let words = &row.words[..glyphs[span.start].word];
    let is_name = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
    words.len() <= PLACE_WORDS_MAX && words.iter().all(|word| is_name(&word.text))
}

/// Whether letters are a word but for some of them.
fn near(glyphs: &[Glyph], at: usize, word: &str, misses_max: usize) -> bool {
    let letters = word.chars().count();
    let Some(own) = glyphs.get(at..at + letters) else {
        return false;
    };
    let misses = own
        .iter()
        .zip(word.chars())
        .filter(|(own, letter)| own.plain != *letter);
    misses.count() <= misses_max
}

/// `ngày 05 tháng 9 năm 2024` or `ngày 5/9/2024`; a lost letter in a word is no harm.
fn vietnamese(glyphs: &[Glyph]) -> Option<Match> {
    let starts = (0..glyphs.len()).filter(|&at| near(glyphs, at, "ngay", 1));
    starts.into_iter().find_map(|start| {
        let day = start + 4;
        in_words(glyphs, start, day).or_else(|| in_figures(glyphs, start, day))
    })
}

fn in_words(glyphs: &[Glyph], start: usize, day: usize) -> Option<Match> {
    let month_word = (day..=day + BLANK_MAX).find(|&at| near(glyphs, at, "thang", 1))?;
    let month = month_word + 5;
    let year_word = (month..=month + BLANK_MAX).find(|&at| near(glyphs, at, "nam", 0))?;
    let year = year_word + 3;
    let end = (year + 4).min(glyphs.len());
    if glyphs
        .get(end)
        .is_some_and(|next| figure(next.plain).is_some())
    {
        return None;
    }
    let figures = [day..month_word, month..year_word, year..end];
    let value = calendar(glyphs, &figures, [2, 2, 4]);
    Some(Match {
        span: start..end,
        figures: figures.to_vec(),
        value: value.map(|[day, month, year]| (year, month, day)),
    })
    .filter(|found| found.value.is_none_or(is_day))
    .or_else(|| unreadable(start..end))
}

fn in_figures(glyphs: &[Glyph], start: usize, day: usize) -> Option<Match> {
    let sign = |from: usize| {
        let mut places = from..(from + 3).min(glyphs.len());
        places.find(|&at| matches!(glyphs[at].own, '/' | '.' | '-'))
    };
    let first = sign(day)?;
    let second = sign(first + 1)?;
    let year = second + 1;
    let end = year + 4;
    let figures = [day..first, first + 1..second, year..end];
    if end > glyphs.len()
        || glyphs
            .get(end)
            .is_some_and(|next| figure(next.plain).is_some())
    {
        return None;
    }
    let [day, month, year] = calendar(glyphs, &figures, [2, 2, 4])?;
    let value = Some((year, month, day)).filter(|day| is_day(*day));
    Some(Match {
        span: start..end,
        figures: figures.to_vec(),
        value,
    })
}

/// `2024年7月21日` or `二〇二四年七月二十一日`.
fn chinese(glyphs: &[Glyph]) -> Option<Match> {
    let at = |from: usize, letters: &[char], most: usize| {
        let mut places = from..(from + most + 1).min(glyphs.len());
        places.find(|&at| letters.contains(&glyphs[at].own))
    };
    let year_word = glyphs.iter().position(|glyph| glyph.own == '年')?;
    let nought = double_nought(&glyphs[..year_word]);
    let letters = match nought {
        Some(_) => 5,
        None if is_nought_lost(&glyphs[..year_word]) => 3,
        None => 4,
    };
    let start = year_word.checked_sub(letters)?;
    let month_word = at(year_word + 1, &['月'], 3)?;
    let end = at(month_word + 1, &['日', '曰'], 3)? + 1;
    let figures = [
        start..year_word,
        year_word + 1..month_word,
        month_word + 1..end - 1,
    ];
    let value = calendar(glyphs, &figures, [4, 2, 2]).or_else(|| in_hanzi(glyphs, &figures));
    let value = value.map(|[year, month, day]| (year, month, day));
    let [year, month, day] = figures;
    let figures = match nought {
        Some(at) => vec![year.start..at, at + 2..year.end, month, day],
        None => vec![year, month, day],
    };
    Some(Match {
        span: start..end,
        figures,
        value: value.filter(|day| is_day(*day)),
    })
}

/// The first of two noughts among the five letters of a year in characters: one is often read as two, a letter and a character.
fn double_nought(before: &[Glyph]) -> Option<usize> {
    let start = before.len().checked_sub(5)?;
    let figure = |at: usize| hanzi_figure(before[at].own).filter(|figure| *figure < 10);
    let is_year = (start..before.len()).all(|at| figure(at).is_some());
    let is_written = !(start..before.len()).any(|at| before[at].own.is_ascii_digit());
    let mut pairs = start + 1..before.len() - 2;
    pairs
        .find(|&at| figure(at) == Some(0) && figure(at + 1) == Some(0))
        .filter(|_| is_year && is_written)
}

/// Whether a year in characters lacks its round nought, as it is read now and then: of three figures, of which none is one, and the
/// first a two. The second of such a year is always a nought.
fn is_nought_lost(before: &[Glyph]) -> bool {
    let figure = |glyph: &Glyph| hanzi_figure(glyph.own).filter(|figure| (1..10).contains(figure));
    let Some(start) = before.len().checked_sub(3) else {
        return false;
    };
    let is_longer = before[..start]
        .last()
        .is_some_and(|glyph| glyph.own.is_alphanumeric());
    !is_longer
        && figure(&before[start]) == Some(2)
        && before[start..]
            .iter()
            .all(|glyph| figure(glyph).is_some() && !glyph.own.is_ascii_digit())
}

/// A place where a date stands that is none.
fn unreadable(span: Range<usize>) -> Option<Match> {
    Some(Match {
        figures: vec![span.clone()],
        span,
        value: None,
    })
}

/// Numbers of so many figures each, at most, whatever signs are between them.
fn calendar(
    glyphs: &[Glyph],
    figures: &[Range<usize>; 3],
    lengths: [usize; 3],
) -> Option<[u32; 3]> {
    let mut values = [0; 3];
    for ((value, range), length) in values.iter_mut().zip(figures).zip(lengths) {
        let letters: Vec<char> = glyphs[range.clone()]
            .iter()
            .map(Glyph::level)
            .filter(|letter| !is_filling(*letter))
            .collect();
        if letters.len() > length || length == 4 && letters.len() < 4 {
            return None;
        }
        *value = number(&with_nought(letters))?;
    }
    Some(values)
}

/// The figures of a day or month with a nought in front that was read as a struck one, which no Vietnamese word has: an 8, which may be
/// read so as well, begins none of them.
fn with_nought(mut letters: Vec<char>) -> Vec<char> {
    if let [first @ 'ø', _] = letters.as_mut_slice() {
        *first = '0';
    }
    letters
}

/// Dots and commas, which lead across a blank.
const fn is_filling(letter: char) -> bool {
    matches!(letter, '.' | ',' | '…' | ':' | '·' | '-' | '_')
}

fn in_hanzi(glyphs: &[Glyph], figures: &[Range<usize>; 3]) -> Option<[u32; 3]> {
    let own = |range: &Range<usize>| glyphs[range.clone()].iter().map(|glyph| glyph.own);
    let figures_of_year = own(&figures[0])
        .map(|letter| hanzi_figure(letter).filter(|figure| *figure < 10))
        .collect::<Option<Vec<u32>>>()?;
    let mut year = 0;
    for (index, figure) in figures_of_year.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| figures_of_year[before]);
        let is_again = figures_of_year.len() == 5 && *figure == 0 && before == Some(0);
        year = if is_again { year } else { year * 10 + figure };
    }
    // Its nought is lost.
    if figures_of_year.len() == 3 {
        year = 2000 + year % 100;
    }
    let [month, day] = [&figures[1], &figures[2]].map(|range| {
        let letters: Vec<u32> = own(range).map(hanzi_figure).collect::<Option<_>>()?;
        match letters[..] {
            [ones] => Some(ones),
            [10, ones] if ones < 10 => Some(10 + ones),
            [tens, 10] if tens < 10 => Some(10 * tens),
            [tens, 10, ones] if tens < 10 && ones < 10 => Some(10 * tens + ones),
            _ => None,
        }
    });
    Some([year, month?, day?])
}

fn hanzi_figure(letter: char) -> Option<u32> {
    const FIGURES: [char; 11] = [
        '〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十',
    ];
    if matches!(letter, '零' | '○' | 'O' | '0') {
        return Some(0);
    }
    let place = FIGURES.iter().position(|figure| *figure == letter)?;
    u32::try_from(place).ok()
}

/// Whether a year, month and day can be: that the month has so many days the calendar says, later.
fn is_day((year, month, day): (u32, u32, u32)) -> bool {
    YEARS.contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}
