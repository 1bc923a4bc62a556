//! How much a page says before it is signed and sealed.

use crate::synthesis::chance::Chance;

/// What stands between the letterhead and the signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filling {
    /// A letter of usual length.
    #[default]
    Letter,
    /// A title and one to three lines.
    Short,
    /// Nothing: the paper was stamped before it was written on.
    Bare,
}

impl Filling {
    /// Its name in truth.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Short => "short",
            Self::Bare => "bare",
        }
    }

    /// Whether anything is written.
    pub(super) fn is_written(self) -> bool {
        self != Self::Bare
    }

    /// Where the text ends that begins at `top` and would usually go on to `end`; lines lie `pitch` apart.
    pub(super) fn end(self, (top, end): (f64, f64), pitch: f64, chance: &mut Chance) -> f64 {
        match self {
            Self::Letter => end,
            Self::Short => top + pitch * (0.5 + chance.index(3) as f64),
            Self::Bare => top,
        }
    }
}
