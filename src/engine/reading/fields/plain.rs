//! Letters without what recognisers lose most: accents, case, full width.

/// Vietnamese letters by their plain one. Stroke and eth are taken for each other.
const ACCENTED: [(char, &str); 7] = [
    ('a', "àáảãạăằắẳẵặâầấẩẫậ"),
    ('d', "đð"),
    ('e', "èéẻẽẹêềếểễệ"),
    ('i', "ìíỉĩị"),
    ('o', "òóỏõọôồốổỗộơờớởỡợ"),
    ('u', "ùúủũụưừứửữự"),
    ('y', "ỳýỷỹỵ"),
];

/// A small i with what stands over it: its dot, an accent, a hook, a tilde.
const DOTTED: &str = "iìíỉĩ";

/// A letter in lower case without accents; full-width signs as plain ones.
pub(in crate::reading) fn plain(letter: char) -> char {
    let lower = lower(letter);
    let own = |(_, accented): &&(char, &str)| accented.contains(lower);
    ACCENTED.iter().find(own).map_or(lower, |(plain, _)| *plain)
}

/// A letter's plain one, and the shape and the tone that its marks give it, 0 where there is none: each letter of the table above has
/// five tones, and then a shape by itself and with five tones.
fn marks(letter: char) -> (char, usize, usize) {
    const TONES: usize = 5;
    let lower = lower(letter);
    let own = ACCENTED.iter().find_map(|(plain, accented)| {
        let place = accented.chars().position(|own| own == lower)?;
        Some((*plain, place))
    });
    match own {
        None => (lower, 0, 0),
        Some(('d', _)) => ('d', 1, 0),
        Some((plain, place)) if place < TONES => (plain, 0, place + 1),
        Some((plain, place)) => {
            let place = place - TONES;
            (plain, 1 + place / (TONES + 1), place % (TONES + 1))
        }
    }
}

/// Whether a word is another one that lost some of its marks.
pub(super) fn has_lost_marks(word: &str, of: &str) -> bool {
    let is_less = |own: usize, other: usize| own == other || own == 0;
    let pairs = || word.chars().zip(of.chars());
    word != of
        && word.chars().count() == of.chars().count()
        && pairs().all(|(own, other)| {
            let (own, other) = (marks(own), marks(other));
            own.0 == other.0 && is_less(own.1, other.1) && is_less(own.2, other.2)
        })
}

/// Whether two words of the same letters differ by what stands over a small i.
pub(super) fn differs_over_i(word: &str, other: &str) -> bool {
    let is_dotted = |letter: char| DOTTED.contains(letter);
    let mut pairs = word.chars().zip(other.chars());
    pairs.any(|(own, other)| own != other && is_dotted(own) && is_dotted(other))
}

/// Whether two words are spelt alike but for the letter that bears the tone: older and newer spelling set it on different ones (HÓA, HOÁ).
pub(super) fn is_spelt_alike(word: &str, other: &str) -> bool {
    let spelt = |word: &str| {
        let letters = || word.chars().map(marks);
        let shapes: Vec<(char, usize)> = letters().map(|own| (own.0, own.1)).collect();
        let tones: Vec<usize> = letters()
            .map(|own| own.2)
            .filter(|tone| *tone > 0)
            .collect();
        (shapes, tones)
    };
    spelt(word) == spelt(other)
}

/// Whether a word lacks a mark that Vietnamese spelling asks for: before a consonant there is neither `ie` nor `ye` nor `uo`, but
/// `iê`, `yê`, `uô` and `ươ`.
pub(super) fn lacks_marks(word: &str) -> bool {
    let letters: Vec<(char, usize, usize)> = word.chars().map(marks).collect();
    letters.windows(3).any(|three| {
        let [first, second, third] = [three[0], three[1], three[2]];
        let is_pair = matches!((first.0, second.0), ('i' | 'y', 'e') | ('u', 'o'));
        let is_consonant = third.0.is_ascii_lowercase() && !"aeiouy".contains(third.0);
        is_pair && second.1 == 0 && is_consonant
    })
}

/// A letter in lower case; full-width signs as plain ones.
pub(super) fn lower(letter: char) -> char {
    let letter = narrow(letter);
    letter.to_lowercase().next().unwrap_or(letter)
}

/// Full-width forms of ASCII signs stand as far from them as the first one, the exclamation mark.
fn narrow(letter: char) -> char {
    match u32::from(letter) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xff01 + 0x21).unwrap_or(letter),
        _ => letter,
    }
}

/// A whole text without accents and spaces, in lower case.
pub(crate) fn squeezed(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_whitespace());
    letters.map(plain).collect()
}

/// Whether a letter is a Chinese character.
pub(crate) const fn is_hanzi(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}' | '〇')
}

/// A plain letter as a figure.
pub(super) fn figure(letter: char) -> Option<u32> {
    letter.to_digit(10)
}

/// A plain letter that is often read for a figure.
pub(super) const fn figure_mistaken(letter: char) -> Option<u32> {
    match letter {
        'o' | '○' | '〇' => Some(0),
        'l' | 'i' | '|' => Some(1),
        _ => None,
    }
}

/// A number from plain letters: of those that are no figures one may be taken for one, beside two others that are.
pub(super) fn number(letters: &[char]) -> Option<u32> {
    let mut mistaken = 0;
    let mut value = 0_u32;
    for &letter in letters {
        let figure = figure(letter).or_else(|| {
            mistaken += 1;
            figure_mistaken(letter)
        })?;
        value = value.checked_mul(10)?.checked_add(figure)?;
    }
    let sure = letters.len() - mistaken;
    (sure > 0 && (mistaken == 0 || mistaken == 1 && sure >= 2)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_width_are_lost() {
        assert_eq!(squeezed("Độc lập － Tự Do： ８"), "doclap-tudo:8");
    }

    #[test]
    fn a_word_is_another_one_with_fewer_marks() {
        for word in ["TUYÊN", "TUYEN", "TUYẾN", "TUYỂN", "TUYỀN", "DUYỀN", "TUYỀ"] {
            assert_eq!(
                has_lost_marks(word, "TUYỀN"),
                word.starts_with("TUY") && !word.contains(['Ế', 'Ể', 'Ề']),
                "{word}"
            );
        }
        assert!(has_lost_marks("Duong", "Đường") && has_lost_marks("DAT", "ĐẶT"));
        assert!(!has_lost_marks("Đường", "Duong") && !has_lost_marks("ƠN", "ÔN"));
    }

    #[test]
    fn a_dot_may_be_taken_for_a_hook_and_a_dot_below_may_not() {
        assert!(differs_over_i("Chinh", "Chỉnh") && differs_over_i("Bình", "Binh"));
        for (word, other) in [("Trinh", "Trịnh"), ("Chinh", "Chinh"), ("Lan", "Lân")] {
            assert!(!differs_over_i(word, other), "{word} {other}");
        }
        assert!(!differs_over_i("CHINH", "CHỈNH"), "capitals have no dot");
    }

    #[test]
    fn the_tone_may_stand_on_either_vowel_but_is_the_same_one() {
        for (word, other) in [("ỦY", "uỷ"), ("HÓA", "hoá"), ("PHỐ", "phố")] {
            assert!(is_spelt_alike(word, other), "{word} {other}");
        }
        for (word, other) in [("PHÓ", "phố"), ("PHÔ", "phố"), ("UY", "ủy"), ("HÒA", "hoá")]
        {
            assert!(!is_spelt_alike(word, other), "{word} {other}");
        }
    }

    #[test]
    fn a_word_that_no_spelling_allows_lacks_marks() {
        for word in ["HIẸP", "Tuyen", "TRUÒNG", "NGHIỀN", "Nguyen"] {
            assert_eq!(lacks_marks(word), word != "NGHIỀN", "{word}");
        }
        for word in ["KIEU", "QUỐC", "XÃ", "Huy", "TNHH", "ƯỚC", "THƯƠNG"] {
            assert!(!lacks_marks(word), "{word}");
        }
    }

    #[test]
    fn a_letter_is_a_figure_only_among_two() {
        let read = |text: &str| number(&text.chars().collect::<Vec<_>>());
        assert_eq!(read("2o24"), Some(2024));
        assert_eq!(
            (read("o4"), read("l"), read("oo24"), read("2a24")),
            (None, None, None, None)
        );
        assert_eq!((read("05"), read("")), (Some(5), None));
    }
}
