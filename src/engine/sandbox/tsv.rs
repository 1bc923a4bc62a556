//! What tesseract answers: a table of words.

use crate::geometry::PixelRect;
use crate::reading::Word;

/// Words that are kept, at most: a page of small print has a thousand.
const WORDS_MAX: usize = 5_000;
/// Letters of a word, at most; what is longer is a pattern, not a word.
const LETTERS_MAX: usize = 80;
/// The level of rows that are words: pages, blocks, paragraphs and lines are above it.
const WORD_LEVEL: &str = "5";

/// The words of a table of one picture, those that lie on its width and height.
pub(super) fn words(table: &str, size: (u32, u32)) -> Vec<Word> {
    pages(table, &[size]).swap_remove(0)
}

/// The words of a table of several pictures, for each those that lie on its width and height.
pub(super) fn pages(table: &str, sizes: &[(u32, u32)]) -> Vec<Vec<Word>> {
    let mut words: Vec<(Vec<&str>, Word)> = table.lines().filter_map(word).collect();
    // The box of a word sometimes goes on over those behind it on its line.
    for index in 1..words.len() {
        let (line, x) = (words[index].0.clone(), words[index].1.bbox.x);
        let (own, before) = &mut words[index - 1];
        if *own == line && x > before.bbox.x {
            before.bbox.width = before.bbox.width.min(x - before.bbox.x);
        }
    }
    let mut pages = vec![Vec::new(); sizes.len()];
    for (line, word) in words.into_iter().take(WORDS_MAX) {
        let number: Option<usize> = line[0].parse().ok();
        let Some(index) = number.and_then(|number| number.checked_sub(1)) else {
            continue;
        };
        let (Some(page), Some(&(width, height))) = (pages.get_mut(index), sizes.get(index)) else {
            continue;
        };
        let ends = |start: u32, length: u32, side: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
        };
        if ends(word.bbox.x, word.bbox.width, width) && ends(word.bbox.y, word.bbox.height, height)
        {
            page.push(word);
        }
    }
    pages
}

/// level, page, block, paragraph, line, word, left, top, width, height, confidence in percent, text: a word, and what
/// its line is known by.
fn word(line: &str) -> Option<(Vec<&str>, Word)> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [level, _, _, _, _, _, x, y, width, height, confidence, text] = columns[..] else {
        return None;
    };
    let text = text.trim();
    if level != WORD_LEVEL || text.is_empty() || text.chars().count() > LETTERS_MAX {
        return None;
    }
    let confidence: f64 = confidence.parse().ok()?;
    // What is no number says nothing in favour of the word.
    let confidence = if confidence.is_finite() {
        confidence
    } else {
        0.0
    };
    let word = Word {
        text: text.to_owned(),
        bbox: PixelRect {
            x: x.parse().ok()?,
            y: y.parse().ok()?,
            width: width.parse().ok()?,
            height: height.parse().ok()?,
        },
        confidence: Some((confidence / 100.0).clamp(0.0, 1.0)),
    };
    Some((columns[1..5].to_vec(), word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_ends_where_the_next_word_of_its_line_begins() {
        let line = |line: u32, left: u32, width: u32, text: &str| {
            format!("5\t1\t1\t1\t{line}\t1\t{left}\t20\t{width}\t12\t90\t{text}\n")
        };
        let table = [
            line(1, 10, 80, "2021"),
            line(1, 40, 20, "年"),
            line(2, 50, 20, "月"),
        ];
        let words = words(&table.concat(), (100, 50));
        let widths: Vec<u32> = words.iter().map(|word| word.bbox.width).collect();
        assert_eq!(widths, [30, 20, 20]);
    }

    #[test]
    fn words_are_taken_and_all_else_is_left() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            4\t1\t1\t1\t1\t0\t10\t20\t90\t30\t-1\t\n\
            5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t96.5\tSố:\n\
            5\t1\t1\t1\t1\t2\t50\t20\t30\t12\t95\t \n\
            5\t1\t1\t1\t1\t3\t90\t20\t30\t12\t95\tbeyond\n\
            5\t1\t1\t1\t1\t4\t-3\t20\t30\t12\t95\tbefore\n\
            5\t1\t1\t1\t1\t5\t4294967295\t20\t30\t12\t95\tfar\n\
            garbage\n";
        let words = words(table, (100, 50));
        assert_eq!(words.len(), 1);
        let word = &words[0];
        assert_eq!((word.text.as_str(), word.bbox.width), ("Số:", 30));
        assert!((word.confidence.unwrap() - 0.965).abs() < 1e-12);
    }

    #[test]
    fn words_go_to_their_own_picture() {
        let line = |page: &str, left: u32, text: &str| {
            format!("5\t{page}\t1\t1\t1\t1\t{left}\t20\t30\t12\t90\t{text}\n")
        };
        let table = [
            line("1", 10, "a"),
            line("2", 10, "b"),
            line("2", 80, "beyond"),
            line("3", 10, "of none"),
            line("0", 10, "of none"),
        ];
        let pages = pages(&table.concat(), &[(100, 50), (90, 50)]);
        let texts = |page: &Vec<Word>| {
            page.iter()
                .map(|word| word.text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(pages.iter().map(texts).collect::<Vec<_>>(), [["a"], ["b"]]);
    }
}
