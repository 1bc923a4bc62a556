//! Numbers that the file gives for a page and its picture does not show.
//!
//! What is recognised of a picture is never without faults, so only numbers are compared, and only
//! those that were recognised surely: letters without their marks, words that were cut or run
//! together, and letters that look like digits are no difference. Another number at the same place is.

use crate::geometry::PixelRect;
use crate::reading::Word;

/// Share of the lower of two words that both must have in common to stand on one line.
const LINE_MIN: f64 = 0.5;

/// Share of the narrower of two words that they must have in common to stand at one place.
const PLACE_MIN: f64 = 0.3;

/// How sure each recognised number must be. Chosen: recognisers are that sure of clean print.
const CONFIDENCE_MIN: f64 = 0.8;

/// How sure it must be where the numbers differ in their length: digits are lost and made up more
/// often than taken for others.
const LENGTH_CONFIDENCE_MIN: f64 = 0.9;

/// How far the ends of two such numbers may stand apart, in heights of the word.
const ENDS_WITHIN: f64 = 0.6;

/// How far beside its place a number may be found, in heights of the word: text layers are laid over
/// scans with less care than print is set.
const BESIDE_MAX: f64 = 1.5;

/// A known word that the picture contradicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Its position among the known words.
    pub known: usize,
    /// What was recognised at its place.
    pub recognised: String,
}

/// The known words, a page's text layer, whose numbers are others in the recognised ones; in the order
/// of the known words.
///
/// Cost: the known numbers times the recognised words.
#[must_use]
pub fn contradicted(known: &[Word], recognised: &[Word]) -> Vec<Contradiction> {
    let numbers: Vec<usize> = (0..known.len())
        .filter(|i| {
            has_digit(&known[*i].text) && !known[*i].text.contains(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    let mut found: Vec<Contradiction> = places(known, &numbers, recognised)
        .into_iter()
        .flat_map(|place| place.contradictions(known, recognised))
        .collect();
    found.sort_by_key(|contradiction| contradiction.known);
    found
}

/// Known and recognised words that stand at one place, each from left to right.
struct Place {
    known: Vec<usize>,
    recognised: Vec<usize>,
}

/// The places of the known numbers at which something was recognised.
fn places(known: &[Word], numbers: &[usize], recognised: &[Word]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    // Which place each number belongs to.
    let mut place_of: Vec<Option<usize>> = vec![None; numbers.len()];
    for (index, word) in recognised.iter().enumerate() {
        let facing: Vec<usize> = (0..numbers.len())
            .filter(|i| is_at(known[numbers[*i]].bbox, word.bbox))
            .collect();
        let Some(first) = facing.first() else {
            continue;
        };
        let own = place_of[*first].unwrap_or_else(|| {
            places.push(Place {
                known: Vec::new(),
                recognised: Vec::new(),
            });
            places.len() - 1
        });
        places[own].recognised.push(index);
        for number in facing {
            match place_of[number] {
                None => places[own].known.push(numbers[number]),
                Some(other) if other != own => {
                    // A word that was run together joins two places.
                    let joined = std::mem::take(&mut places[other].known);
                    let read = std::mem::take(&mut places[other].recognised);
                    places[own].known.extend(joined);
                    places[own].recognised.extend(read);
                    for place in &mut place_of {
                        if *place == Some(other) {
                            *place = Some(own);
                        }
                    }
                }
                Some(_) => {}
            }
            place_of[number] = Some(own);
        }
    }
    for place in &mut places {
        place.known.sort_by_key(|i| (known[*i].bbox.x, *i));
        place
            .recognised
            .sort_by_key(|i| (recognised[*i].bbox.x, *i));
    }
    places.retain(|place| !place.known.is_empty());
    places
}

impl Place {
    fn contradictions(&self, known: &[Word], recognised: &[Word]) -> Vec<Contradiction> {
        let of = |indices: &[usize], words: &[Word], digits: fn(&str) -> String| {
            let words = indices.iter().map(|i| digits(&words[*i].text));
            words.collect::<String>()
        };
        let given = of(&self.known, known, plain_digits);
        let read = of(&self.recognised, recognised, plain_digits);
        let given_alike = of(&self.known, known, likely_digits);
        let read_alike = of(&self.recognised, recognised, likely_digits);
        let is_same = [&given, &given_alike]
            .iter()
            .any(|given| **given == read || **given == read_alike);
        // A digit that may be a letter is not sure.
        if is_same || read.is_empty() || read != read_alike {
            return Vec::new();
        }
        let numbers: Vec<&Word> = self
            .recognised
            .iter()
            .map(|i| &recognised[*i])
            .filter(|word| has_digit(&word.text))
            .collect();
        let confidence = numbers
            .iter()
            .map(|word| word.confidence.unwrap_or(0.0))
            .fold(1.0, f64::min);
        let is_sure = if given.len() == read.len() {
            confidence >= CONFIDENCE_MIN
        } else {
            confidence >= LENGTH_CONFIDENCE_MIN && self.ends_agree(known, &numbers)
        };
        if !is_sure {
            return Vec::new();
        }
        let text: Vec<&str> = numbers.iter().map(|word| word.text.as_str()).collect();
        let text = text.join(" ");
        let mut from = 0;
        let mut found = Vec::new();
        for known_index in &self.known {
            let word = &known[*known_index];
            let own = plain_digits(&word.text);
            let at = from..from + own.len();
            from = at.end;
            let is_other = if given.len() == read.len() {
                read[at] != own
            } else {
                true
            };
            if is_other && !is_beside(word, &own, recognised) {
                found.push(Contradiction {
                    known: *known_index,
                    recognised: text.clone(),
                });
            }
        }
        found
    }

    /// Whether the numbers begin and end at the same places.
    fn ends_agree(&self, known: &[Word], numbers: &[&Word]) -> bool {
        let given = self.known.iter().map(|i| known[*i].bbox);
        let read = numbers.iter().map(|word| word.bbox);
        let (Some(given), Some(read)) = (around(given), around(read)) else {
            return false;
        };
        let within = ENDS_WITHIN * f64::from(given.height);
        let agree = |a: u32, b: u32| f64::from(a.abs_diff(b)) <= within;
        agree(given.x, read.x) && agree(end(given.x, given.width), end(read.x, read.width))
    }
}

/// Whether a number was recognised a little beside its place.
fn is_beside(word: &Word, digits: &str, recognised: &[Word]) -> bool {
    let reach = BESIDE_MAX * f64::from(word.bbox.height);
    let apart = |from: [u32; 2], lengths: [u32; 2]| {
        let last = end(from[0], lengths[0]).min(end(from[1], lengths[1]));
        f64::from(from[0].max(from[1]).saturating_sub(last))
    };
    let own = word.bbox;
    recognised.iter().any(|other| {
        let other_box = other.bbox;
        let (x, y) = ([own.x, other_box.x], [own.y, other_box.y]);
        apart(x, [own.width, other_box.width]) <= reach
            && apart(y, [own.height, other_box.height]) <= reach / 2.0
            && plain_digits(&other.text) == digits
    })
}

fn around(mut boxes: impl Iterator<Item = PixelRect>) -> Option<PixelRect> {
    let first = boxes.next()?;
    Some(boxes.fold(first, PixelRect::union))
}

const fn end(from: u32, length: u32) -> u32 {
    from.saturating_add(length)
}

/// Whether two words stand on one line and at one place of it.
fn is_at(a: PixelRect, b: PixelRect) -> bool {
    let shares = |from: [u32; 2], lengths: [u32; 2], least: f64| {
        let last = end(from[0], lengths[0]).min(end(from[1], lengths[1]));
        let both = last.saturating_sub(from[0].max(from[1]));
        both > 0 && f64::from(both) >= least * f64::from(lengths[0].min(lengths[1]))
    };
    shares([a.y, b.y], [a.height, b.height], LINE_MIN)
        && shares([a.x, b.x], [a.width, b.width], PLACE_MIN)
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| digit(c).is_some())
}

/// A digit, narrow or wide as Chinese text has them.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        _ => None,
    }
}

fn plain_digits(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

/// The digits of a word, letters beside digits that look like some among them.
fn likely_digits(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut digits: Vec<Option<char>> = characters.iter().map(|c| digit(*c)).collect();
    let alike = |c: char| match c {
        'O' | 'o' | 'Q' | 'D' => Some('0'),
        'l' | 'I' | 'i' | '|' | '!' => Some('1'),
        'Z' | 'z' => Some('2'),
        'S' | 's' => Some('5'),
        'G' | 'b' => Some('6'),
        'B' => Some('8'),
        'g' | 'q' => Some('9'),
        _ => None,
    };
    // Onwards from each digit, then backwards.
    for i in 1..characters.len() {
        if digits[i].is_none() && digits[i - 1].is_some() {
            digits[i] = alike(characters[i]);
        }
    }
    for i in (1..characters.len()).rev() {
        if digits[i - 1].is_none() && digits[i].is_some() {
            digits[i - 1] = alike(characters[i - 1]);
        }
    }
    digits.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Width of a letter and height of a line, in pixels.
    const LETTER: u32 = 20;
    const LINE: u32 = 40;

    /// The words of a line that begins at a place, each as surely recognised.
    fn line(text: &str, (x, y): (u32, u32), confidence: Option<f64>) -> Vec<Word> {
        let mut at = x;
        text.split(' ')
            .map(|word| {
                let width = LETTER * u32::try_from(word.chars().count()).unwrap();
                let bbox = PixelRect {
                    x: at,
                    y,
                    width,
                    height: LINE,
                };
                at += width + LETTER;
                Word {
                    text: word.to_owned(),
                    bbox,
                    confidence,
                }
            })
            .collect()
    }

    fn compared(known: &str, recognised: &str) -> Vec<String> {
        surely(known, recognised, 0.95)
    }

    /// The known words that are contradicted.
    fn surely(known: &str, recognised: &str, confidence: f64) -> Vec<String> {
        let known = line(known, (100, 100), None);
        let recognised = line(recognised, (103, 98), Some(confidence));
        let found = contradicted(&known, &recognised).into_iter();
        found.map(|found| known[found.known].text.clone()).collect()
    }

    #[test]
    fn another_number_or_date_at_the_same_place_is_a_contradiction() {
        assert_eq!(
            compared("Số: 123/QĐ-UBND", "Số: 128/QĐ-UBND"),
            ["123/QĐ-UBND"]
        );
        let known = "ngày 21 tháng 05 năm 2024";
        assert_eq!(compared(known, "ngày 24 tháng 05 năm 2023"), ["21", "2024"]);
        assert_eq!(
            compared("2024年5月21日", "2024年6月21日"),
            ["2024年5月21日"]
        );
        assert_eq!(compared("Total 1.000", "Total 9.000"), ["1.000"]);
    }

    #[test]
    fn what_was_recognised_is_said() {
        let known = line("năm 2024", (0, 0), None);
        let recognised = line("năm 2023", (0, 0), Some(0.95));
        let found = contradicted(&known, &recognised);
        assert_eq!((found[0].known, found[0].recognised.as_str()), (1, "2023"));
    }

    #[test]
    fn the_same_words_and_lost_marks_are_no_difference() {
        let known = "ngày 21 tháng 5 năm 2024";
        assert_eq!(compared(known, known), [""; 0]);
        assert_eq!(compared(known, "ngay 21 thang 5 nam 2024"), [""; 0]);
        assert_eq!(compared("ＮＯ ２０２４", "NO 2024"), [""; 0]);
    }

    #[test]
    fn words_that_were_cut_or_run_together_are_no_difference() {
        let known = line("2024", (100, 100), None);
        let mut halves = line("20", (100, 100), Some(0.95));
        halves.extend(line("24", (142, 100), Some(0.95)));
        assert_eq!(contradicted(&known, &halves), []);
        let known = line("21 05 2024", (100, 100), None);
        let one = line("21,05,2024", (100, 100), Some(0.95));
        assert_eq!(contradicted(&known, &one), []);
    }

    #[test]
    fn letters_that_look_like_digits_are_no_difference() {
        assert_eq!(compared("2024", "2O24"), [""; 0]);
        assert_eq!(compared("1500", "lS00"), [""; 0]);
        assert_eq!(compared("15B", "158"), [""; 0]);
        // Which digit a letter stands for is not sure, whatever else differs.
        assert_eq!(compared("2024", "2O23"), [""; 0]);
    }

    #[test]
    fn what_was_not_recognised_surely_contradicts_nothing() {
        assert_eq!(surely("2024", "2023", 0.6), [""; 0]);
        assert_eq!(compared("2024", "năm"), [""; 0]);
        let known = line("2024", (100, 100), None);
        assert_eq!(contradicted(&known, &line("2023", (100, 100), None)), []);
    }

    #[test]
    fn a_lost_digit_is_a_difference_only_where_the_places_agree_and_it_is_sure() {
        let known = line("15", (100, 100), None);
        let at = |confidence| {
            let mut words = line("5", (100, 100), Some(confidence));
            words[0].bbox.width = 2 * LETTER;
            contradicted(&known, &words).len()
        };
        assert_eq!((at(0.95), at(0.85)), (1, 0));
        assert_eq!(compared("1500000", "150"), [""; 0]);
    }

    #[test]
    fn a_layer_that_lies_a_little_beside_its_picture_contradicts_nothing() {
        let known = line("21 05", (100, 100), None);
        // Everything stands one number to the left.
        let recognised = line("21 05", (60, 100), Some(0.95));
        assert_eq!(contradicted(&known, &recognised), []);
    }

    #[test]
    fn words_elsewhere_are_not_compared() {
        let known = line("2024", (100, 100), None);
        assert_eq!(
            contradicted(&known, &line("2023", (100, 400), Some(0.95))),
            []
        );
        assert_eq!(
            contradicted(&known, &line("2023", (900, 100), Some(0.95))),
            []
        );
        assert_eq!(contradicted(&known, &[]), []);
    }
}
