//! Lines of print as a text layer gives them.

use unicode_normalization::UnicodeNormalization;

/// A line on a page, in millimetres.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// The same with another figure in its number, or another year.
    pub other: String,
    /// Where it begins.
    pub left: f64,
    /// Height of its baseline.
    pub baseline: f64,
    /// How long it is.
    pub width: f64,
    /// Height of a capital.
    pub capital: f64,
}

impl Line {
    /// Letters without their marks, as programs write them that know no others; nothing that a file would have to escape.
    #[must_use]
    pub fn plain(&self) -> String {
        let letters = self.text.chars().map(|letter| match letter {
            'Đ' => 'D',
            'đ' => 'd',
            other => other,
        });
        let is_plain = |letter: &char| {
            letter.is_ascii() && !letter.is_ascii_control() && !matches!(letter, '(' | ')' | '\\')
        };
        letters.nfd().filter(is_plain).collect()
    }

    /// The line that says otherwise.
    #[must_use]
    pub fn otherwise(mut self) -> Self {
        std::mem::swap(&mut self.text, &mut self.other);
        self
    }
}

/// A number with as many figures, and one of them another.
pub(super) const fn near(number: usize) -> usize {
    if number % 10 == 9 {
        number - 1
    } else {
        number + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_lost_and_numbers_change_by_a_figure() {
        let line = Line {
            text: "Đà Nẵng, ngày 05 (năm)".to_owned(),
            other: String::new(),
            left: 0.0,
            baseline: 0.0,
            width: 1.0,
            capital: 1.0,
        };
        assert_eq!(line.plain(), "Da Nang, ngay 05 nam");
        assert_eq!(line.otherwise().text, "");
        assert_eq!([9, 10, 99, 899].map(near), [8, 11, 98, 898]);
    }
}
