//! How much a page says before it is signed and sealed.

mod form;

use crate::synthesis::chance::Chance;

/// What stands between the letterhead and the signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filling {
    /// A letter of usual length.
    #[default]
    Letter,
    /// A title and one to three lines.
    Short,
    /// A letter of usual length as offices fill it in: number, day and month by hand in Vietnamese ones, a number in the
    /// heading of Chinese ones, with the date in characters on some.
    Filled,
    /// Nothing: the paper was stamped before it was written on.
    Bare,
    /// A form.
    Form(Blanks),
}

/// How many fields of a form stand empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blanks {
    /// All of them.
    All,
    /// Fewer than half.
    Some,
    /// None.
    None,
}

impl Filling {
    /// Fillings of a set of forms, by turns.
    pub const FORMS: [Self; 5] = [
        Self::Form(Blanks::All),
        Self::Form(Blanks::None),
        Self::Letter,
        Self::Form(Blanks::Some),
        Self::Form(Blanks::All),
    ];

    /// Its name in truth.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Filled => "filled",
            Self::Short => "short",
            Self::Bare => "bare",
            Self::Form(Blanks::All) => "form_blank",
            Self::Form(Blanks::Some) => "form_part",
            Self::Form(Blanks::None) => "form_filled",
        }
    }

    /// Whether anything is written.
    pub(super) fn is_written(self) -> bool {
        self != Self::Bare
    }

    /// How many fields are empty, of a form.
    pub(super) const fn blanks(self) -> Option<Blanks> {
        match self {
            Self::Form(blanks) => Some(blanks),
            Self::Letter | Self::Filled | Self::Short | Self::Bare => None,
        }
    }

    /// Where the text ends that begins at `top` and would usually go on to `end`; lines lie `pitch` apart.
    pub(super) fn end(self, (top, end): (f64, f64), pitch: f64, chance: &mut Chance) -> f64 {
        match self {
            Self::Letter | Self::Filled | Self::Form(_) => end,
            Self::Short => top + pitch * (0.5 + chance.index(3) as f64),
            Self::Bare => top,
        }
    }
}
