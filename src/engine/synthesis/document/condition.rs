//! Kinds of scans and of stamping.

use crate::synthesis::hardship::Hardship;
use crate::synthesis::ink::Care;
use crate::synthesis::scan::Mode;

/// A kind of scan and of stamping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// Its name in truth.
    pub name: &'static str,
    /// Pixels an inch.
    pub dpi: u32,
    /// Kind of pixels.
    pub mode: Mode,
    /// Quality of the stamping.
    pub care: Care,
    /// How often it comes, in a hundred.
    pub weight: u32,
}

const fn condition(name: &'static str, dpi: u32, mode: Mode, weight: u32) -> Condition {
    Condition {
        name,
        dpi,
        mode,
        care: Care::Usual,
        weight,
    }
}

/// Every condition that sets draw from where none is asked for.
pub const CONDITIONS: [Condition; 16] = [
    condition("c300", 300, Mode::Colour, 24),
    condition("c200", 200, Mode::Colour, 20),
    condition("g300", 300, Mode::Gray, 13),
    condition("b300", 300, Mode::Bitonal, 13),
    condition("g200", 200, Mode::Gray, 6),
    condition("b200", 200, Mode::Bitonal, 5),
    condition("c150", 150, Mode::Colour, 5),
    condition("c600", 600, Mode::Colour, 2),
    Condition {
        name: "poor300",
        dpi: 300,
        mode: Mode::Colour,
        care: Care::Poor,
        weight: 8,
    },
    Condition {
        name: "poorg300",
        dpi: 300,
        mode: Mode::Gray,
        care: Care::Poor,
        weight: 4,
    },
    // These come in sets of hardships alone.
    condition("c90", 90, Mode::Colour, 0),
    condition("g90", 90, Mode::Gray, 0),
    condition("g600", 600, Mode::Gray, 0),
    condition("b600", 600, Mode::Bitonal, 0),
    condition("phone", 250, Mode::Colour, 0),
    condition("phoneg", 250, Mode::Gray, 0),
];

/// Conditions whose scanner has a bad feed ([`Hardship::Feed`]): they come only where they are asked for by name.
pub const FED: [Condition; 3] = [
    condition("feed", 300, Mode::Colour, 24),
    condition("feedg", 300, Mode::Gray, 13),
    condition("feedb", 300, Mode::Bitonal, 13),
];

/// Every condition that can be asked for.
fn known() -> impl Iterator<Item = Condition> {
    CONDITIONS.into_iter().chain(FED)
}

/// The names of all conditions.
#[must_use]
pub fn condition_names() -> Vec<&'static str> {
    known().map(|condition| condition.name).collect()
}

/// The condition of this name; `None` where there is none.
#[must_use]
pub fn named(name: &str) -> Option<Condition> {
    known().find(|condition| condition.name == name)
}

impl Condition {
    /// The hardship that every page of it has.
    #[must_use]
    pub fn hardship(self) -> Option<Hardship> {
        FED.contains(&self).then_some(Hardship::Feed)
    }

    /// Whether its scans show hue, and the stamping is good.
    #[must_use]
    pub fn colour(self) -> bool {
        self.mode == Mode::Colour && self.care == Care::Usual && self.dpi >= 200
    }
}
