//! The words that a file gives for a page. They are claims: a program put them there, and nothing
//! makes them agree with the picture.

use serde::Deserialize;
use serde::Serialize;

use crate::geometry::PixelRect;
use crate::ingest::Objects;
use crate::reading::Word;

/// Words of a page that are taken from its reader.
const WORDS_MAX: usize = 20_000;

/// Characters of a word.
const CHARACTERS_MAX: usize = 200;

/// The words of a page as its file gives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextLayer {
    /// The words, visible or not, in the order of the file.
    pub words: Vec<Word>,
    /// Words that are not among them, because there are too many.
    pub left_out: u32,
}

impl TextLayer {
    /// The words among a page's objects.
    #[must_use]
    pub fn of(objects: Objects) -> Self {
        let words = objects.words.into_iter();
        let word = |(text, bbox)| Word {
            text,
            bbox,
            confidence: None,
        };
        Self {
            words: words.map(word).collect(),
            left_out: objects.words_left_out,
        }
    }

    /// The words whose middles lie in a box.
    #[must_use]
    pub fn within(&self, bbox: PixelRect) -> Vec<Word> {
        let is_within = |word: &&Word| {
            let middle = |from: u32, length: u32| from.saturating_add(length / 2);
            let (x, y) = (
                middle(word.bbox.x, word.bbox.width),
                middle(word.bbox.y, word.bbox.height),
            );
            (bbox.x..bbox.right()).contains(&x) && (bbox.y..bbox.bottom()).contains(&y)
        };
        self.words.iter().filter(is_within).cloned().collect()
    }

    /// The same words within their bounds and on a page of a width and height, whoever sent them.
    #[must_use]
    pub fn bounded(mut self, (width, height): (u32, u32)) -> Self {
        let before = self.words.len();
        let is_on_page = |bbox: PixelRect| {
            let ends = |from: u32, length: u32, side| {
                length > 0 && from.checked_add(length).is_some_and(|end| end <= side)
            };
            ends(bbox.x, bbox.width, width) && ends(bbox.y, bbox.height, height)
        };
        self.words
            .retain(|word| !word.text.is_empty() && is_on_page(word.bbox));
        self.words.truncate(WORDS_MAX);
        for word in &mut self.words {
            if let Some((end, _)) = word.text.char_indices().nth(CHARACTERS_MAX) {
                word.text.truncate(end);
            }
            word.confidence = None;
        }
        let lost = u32::try_from(before - self.words.len()).unwrap_or(u32::MAX);
        self.left_out = self.left_out.saturating_add(lost);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: String, x: u32) -> Word {
        Word {
            text,
            bbox: PixelRect {
                x,
                y: 0,
                width: 10,
                height: 5,
            },
            confidence: Some(0.9),
        }
    }

    #[test]
    fn words_that_are_too_many_too_long_or_beside_the_page_are_left_out_and_counted() {
        let mut words = vec![word("é".repeat(999), 0), word("beside".into(), 91)];
        words.push(word("far".into(), u32::MAX));
        words.resize(WORDS_MAX + 7, word("on".into(), 90));
        let layer = TextLayer { words, left_out: 1 };
        let bounded = layer.bounded((100, 100));
        assert_eq!((bounded.words.len(), bounded.left_out), (WORDS_MAX, 1 + 7));
        assert_eq!(bounded.words[0].text, "é".repeat(CHARACTERS_MAX));
        assert_eq!(bounded.words[0].confidence, None);
        assert_eq!(bounded.words[1].text, "on");
    }
}
