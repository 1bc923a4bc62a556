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

/// A letter in lower case without accents; full-width signs as plain ones.
pub(in crate::reading) fn plain(letter: char) -> char {
    let lower = lower(letter);
    let own = |(_, accented): &&(char, &str)| accented.contains(lower);
    ACCENTED.iter().find(own).map_or(lower, |(plain, _)| *plain)
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
pub(super) fn squeezed(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_whitespace());
    letters.map(plain).collect()
}

/// Whether a letter is a Chinese character.
pub(super) const fn is_hanzi(letter: char) -> bool {
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
