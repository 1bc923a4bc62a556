//! Seals to register: bodies with a die of a design that such a body might order.

mod chinese;
mod vietnamese;

use crate::synthesis::chance::Chance;
use crate::synthesis::die::Die;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::names;
use crate::synthesis::names::Body;

/// A registered seal.
#[derive(Clone, Debug)]
pub struct Seal {
    /// Its key in the register.
    pub id: String,
    /// Whose it is.
    pub body: Body,
    /// Its drawing.
    pub die: Die,
    /// The colour of its pad.
    pub ink: PadColour,
    /// When it was registered, an ISO date.
    pub registered_on: String,
}

/// The colour of a pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadColour {
    /// From pink to vermilion to crimson.
    Red,
    /// Blue.
    Blue,
    /// Violet.
    Violet,
    /// Black.
    Black,
}

impl PadColour {
    /// The contract's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Black => "black",
        }
    }
}

/// What kind of seal to design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Vietnamese round, with an emblem-like figure.
    VietnameseEmblem,
    /// Vietnamese round, an office's: centre lines between two arcs.
    VietnameseOffice,
    /// Vietnamese round, a company's: its number on top.
    VietnameseCompany,
    /// Chinese round with a star.
    ChineseRound,
    /// Oval, Vietnamese or Chinese.
    Oval,
    /// Square or rectangle with rows of letters.
    Square,
    /// Triangle with rows of letters.
    Triangle,
    /// Rows of letters without a line around them.
    Ringless,
}

/// Designs a seal of the given kind for an invented body.
#[must_use]
pub fn design(kind: Kind, fonts: &Fonts, chance: &mut Chance) -> (Body, Die) {
    let body = body_for(kind, chance);
    let die = draw(kind, &body, fonts, chance);
    (body, die)
}

/// Draws the die of a kind for a body; the same stream draws the same design for another body.
#[must_use]
pub fn draw(kind: Kind, body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    match kind {
        Kind::VietnameseEmblem => vietnamese::emblem(body, fonts, chance),
        Kind::VietnameseOffice => vietnamese::office(body, fonts, chance),
        Kind::VietnameseCompany => vietnamese::company(body, fonts, chance),
        Kind::ChineseRound => chinese::round(body, fonts, chance),
        Kind::Oval if body.chinese => chinese::oval(body, fonts, chance),
        Kind::Oval => vietnamese::oval(body, fonts, chance),
        Kind::Square if body.chinese => chinese::square(body, fonts, chance),
        Kind::Square => vietnamese::rectangle(body, fonts, chance),
        Kind::Triangle => vietnamese::triangle(body, fonts, chance),
        Kind::Ringless => vietnamese::ringless(body, fonts, chance),
    }
}

/// The kinds of a set of `count` seals, round Vietnamese ones first and most often.
///
/// Every sixth seal is a near twin of the one before it ([`twin_of`]).
#[must_use]
pub fn kind_of(index: usize) -> Kind {
    const ROUND: [Kind; 12] = [
        Kind::VietnameseEmblem,
        Kind::VietnameseOffice,
        Kind::VietnameseOffice,
        Kind::VietnameseCompany,
        Kind::ChineseRound,
        Kind::VietnameseEmblem,
        Kind::Oval,
        Kind::VietnameseOffice,
        Kind::VietnameseOffice,
        Kind::ChineseRound,
        Kind::VietnameseCompany,
        Kind::Square,
    ];
    match index {
        i if i % 24 == 23 => Kind::Triangle,
        i => ROUND[i % ROUND.len()],
    }
}

/// The seal that a seal of the set is a near twin of.
#[must_use]
pub fn twin_of(index: usize) -> Option<usize> {
    (index % 6 == 2).then(|| index - 1)
}

/// Designs a whole set; the same seed gives the same seals.
#[must_use]
pub fn seals(count: usize, seed: u64, fonts: &Fonts) -> Vec<Seal> {
    let mut seals: Vec<Seal> = Vec::with_capacity(count);
    for index in 0..count {
        let mut chance = Chance::new(seed, "seal", index);
        let (body, die) = match twin_of(index) {
            Some(other) => {
                let body = names::near_twin(&seals[other].body, &mut chance);
                // The stream of the other seal, past the draw of its body, gives the same design.
                let mut same = Chance::new(seed, "seal", other);
                let _ = body_for(kind_of(other), &mut same);
                let die = draw(kind_of(other), &body, fonts, &mut same);
                (body, die)
            }
            None => design(kind_of(index), fonts, &mut chance),
        };
        seals.push(registered(index, (body, die), &mut chance));
    }
    seals
}

/// Designs a set of as many round, oval, square or rectangular, triangular and ring-less seals, none of them
/// a twin of another.
#[must_use]
pub fn seals_of_every_shape(count: usize, seed: u64, fonts: &Fonts) -> Vec<Seal> {
    const KINDS: [Kind; 12] = [
        Kind::VietnameseOffice,
        Kind::Oval,
        Kind::Square,
        Kind::Triangle,
        Kind::Square,
        Kind::Ringless,
        Kind::VietnameseCompany,
        Kind::Oval,
        Kind::Square,
        Kind::Triangle,
        Kind::ChineseRound,
        Kind::Ringless,
    ];
    seals_of(&KINDS, count, seed, fonts)
}

/// Designs a set of oval seals and of square or rectangular ones by turns, none of them a twin of another.
#[must_use]
pub fn ovals_and_squares(count: usize, seed: u64, fonts: &Fonts) -> Vec<Seal> {
    seals_of(&[Kind::Oval, Kind::Square], count, seed, fonts)
}

/// Designs seals of the given kinds by turns.
fn seals_of(kinds: &[Kind], count: usize, seed: u64, fonts: &Fonts) -> Vec<Seal> {
    let seal = |index: usize| {
        let mut chance = Chance::new(seed, "seal of a shape", index);
        let drawn = design(kinds[index % kinds.len()], fonts, &mut chance);
        registered(index, drawn, &mut chance)
    };
    (0..count).map(seal).collect()
}

/// A designed seal with the colour of its pad and the day of its registration.
fn registered(index: usize, (body, die): (Body, Die), chance: &mut Chance) -> Seal {
    let ink = pad_colour(chance);
    let (year, month, day) = (
        2008 + chance.index(14),
        1 + chance.index(12),
        1 + chance.index(28),
    );
    Seal {
        id: format!("S{:03}", index + 1),
        body,
        die,
        ink,
        registered_on: format!("{year}-{month:02}-{day:02}"),
    }
}

/// Red mostly.
pub(super) fn pad_colour(chance: &mut Chance) -> PadColour {
    match chance.index(20) {
        0 | 1 => PadColour::Blue,
        2 => PadColour::Violet,
        3 => PadColour::Black,
        _ => PadColour::Red,
    }
}

/// A body that a seal of the kind might belong to.
pub(super) fn body_for(kind: Kind, chance: &mut Chance) -> Body {
    match kind {
        Kind::ChineseRound => names::chinese(chance),
        Kind::Oval | Kind::Square if chance.happens(0.5) => names::chinese(chance),
        Kind::VietnameseEmblem
        | Kind::VietnameseOffice
        | Kind::VietnameseCompany
        | Kind::Oval
        | Kind::Square
        | Kind::Triangle
        | Kind::Ringless => names::vietnamese(chance),
    }
}
