//! What the words of a frame come to: a mark of secrecy, of urgency, or something else.

use crate::reading::Word;
use crate::reading::fields::plain::plain;

/// A mark as the law writes it, its plain letters, and how many of them may be wrong.
type Mark = (&'static str, &'static str, usize);

/// Marks of secrecy (Circular 24/2020/TT-BCA), gravest first.
const SECRECY: [Mark; 3] = [
    ("TUYỆT MẬT", "tuyetmat", 2),
    ("TỐI MẬT", "toimat", 1),
    ("MẬT", "mat", 0),
];
/// The mark of what is no longer secret.
const DECLASSIFIED: [Mark; 1] = [("GIẢI MẬT", "giaimat", 1)];
/// Marks of urgency (Decree 30/2020, annex I).
const URGENCY: [Mark; 4] = [
    ("HỎA TỐC HẸN GIỜ", "hoatochengio", 3),
    ("HỎA TỐC", "hoatoc", 1),
    ("THƯỢNG KHẨN", "thuongkhan", 2),
    ("KHẨN", "khan", 0),
];
/// Confidence from which on a word is read as it stands.
const SURE: f64 = 0.6;

/// What the words of a frame come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// A mark of secrecy, as the law writes it.
    Secret(&'static str),
    /// The mark of what is no longer secret.
    Declassified(&'static str),
    /// A mark of urgency.
    Urgent(&'static str),
    /// Something else, read surely.
    Other,
    /// Nothing that is sure.
    Unreadable,
}

impl Wording {
    /// What words come to; accents are lost on most scans, and not asked for.
    #[must_use]
    pub fn of(words: &[Word]) -> Self {
        let text: String = words.iter().map(|word| word.text.as_str()).collect();
        let letters = |text: &str| -> String {
            let plain = text.chars().map(|letter| unaccented(plain(letter)));
            plain.filter(char::is_ascii_alphanumeric).collect()
        };
        let own = letters(&text);
        let found = known(&own).or_else(|| known(unframed(&own)));
        if let Some(found) = found {
            return found;
        }
        // What may be one of them with a letter or two wrong is not said to be something else.
        let is_near =
            |(_, mark, _): &(&str, &str, usize)| distance(&own, mark) <= 1 + mark.len() / 4;
        let marks = SECRECY.iter().chain(&DECLASSIFIED);
        let is_sure = own.len() > 2
            && words
                .iter()
                .filter(|word| !letters(&word.text).is_empty())
                .all(|word| word.confidence.is_none_or(|confidence| confidence >= SURE));
        if is_sure && !marks.into_iter().any(is_near) {
            Self::Other
        } else {
            Self::Unreadable
        }
    }
}

/// The mark that letters are, but for a few. The nearest wins: one mark ends in another.
fn known(letters: &str) -> Option<Wording> {
    type Make = fn(&'static str) -> Wording;
    let of = |marks: &'static [Mark], make: Make| marks.iter().map(move |mark| (mark, make));
    let marks = of(&SECRECY, Wording::Secret)
        .chain(of(&DECLASSIFIED, Wording::Declassified))
        .chain(of(&URGENCY, Wording::Urgent));
    let near = marks.filter_map(|((mark, plain, wrong), wording)| {
        let off = distance(letters, plain);
        (off <= *wrong).then_some((off, wording(mark)))
    });
    near.min_by_key(|(off, _)| *off).map(|(_, found)| found)
}

/// A letter without an accent that no Vietnamese one has: recognisers take two accents for one of these.
const fn unaccented(letter: char) -> char {
    match letter {
        'ä' | 'å' | 'ā' => 'a',
        'ë' | 'ē' => 'e',
        'ï' | 'î' | 'ī' => 'i',
        'ö' | 'ō' | 'ø' => 'o',
        'ü' | 'û' | 'ū' => 'u',
        other => other,
    }
}

/// The letters without what is left of a frame's sides, which is read as strokes.
fn unframed(letters: &str) -> &str {
    letters.trim_matches(|letter| matches!(letter, 'i' | 'l' | 'j' | '1'))
}

/// Letters to be changed, added or left out to make one word of another (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, own) in a.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, other) in b.bytes().enumerate() {
            let above = row[j + 1];
            let changed = before + usize::from(own != other);
            row[j + 1] = changed.min(above + 1).min(row[j] + 1);
            before = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PixelRect;

    fn said(text: &str, confidence: f64) -> Wording {
        let words = text.split_whitespace().map(|text| Word {
            text: text.to_owned(),
            bbox: PixelRect {
                x: 0,
                y: 0,
                width: 1,
                height: 1,
            },
            confidence: Some(confidence),
        });
        Wording::of(&words.collect::<Vec<_>>())
    }

    #[test]
    fn marks_are_known_with_and_without_their_accents() {
        for text in ["TUYỆT MẬT", "TUYET MAT", "TUYỆI MẬT", "|TUYÊT MẶT|"] {
            assert_eq!(said(text, 0.4), Wording::Secret("TUYỆT MẬT"), "{text}");
        }
        for text in ["TỐI MẬT", "TOI MAT", "TÔI MẬI"] {
            assert_eq!(said(text, 0.4), Wording::Secret("TỐI MẬT"), "{text}");
        }
        for text in ["MẬT", "MAT", "MÄT", "[MẶT]", "I MẬT I"] {
            assert_eq!(said(text, 0.9), Wording::Secret("MẬT"), "{text}");
        }
        assert_eq!(said("HOA TOC", 0.9), Wording::Urgent("HỎA TỐC"));
        assert_eq!(said("THƯỢNG KHÂN", 0.9), Wording::Urgent("THƯỢNG KHẨN"));
        assert_eq!(said("KHẨN", 0.9), Wording::Urgent("KHẨN"));
    }

    #[test]
    fn what_is_no_longer_secret_is_not_secret() {
        for text in ["GIẢI MẬT", "GIAI MAT", "GIÃI MẬT"] {
            assert_eq!(said(text, 0.9), Wording::Declassified("GIẢI MẬT"), "{text}");
        }
    }

    #[test]
    fn other_words_are_other_words_if_they_are_sure() {
        for text in ["MẬT KHẨU", "BẢO MẬT", "MẬT ONG", "ĐÃ THANH TOÁN", "COPY"] {
            assert_eq!(said(text, 0.9), Wording::Other, "{text}");
        }
        assert_eq!(said("ĐÃ THANH TOÁN", 0.3), Wording::Unreadable);
        assert_eq!(said("MẬI", 0.9), Wording::Unreadable, "one letter off");
        assert_eq!(said("", 0.9), Wording::Unreadable);
        assert_eq!(said("---", 0.9), Wording::Unreadable);
    }
}
