//! Bad days: what makes an impression hard to find or to compare, beyond the scan's own limits.

use kurbo::Point;
use kurbo::Vec2;

use crate::synthesis::chance::Chance;
use crate::synthesis::ink::Slip;
use crate::synthesis::scan::Camera;
use crate::synthesis::scan::Mode;
use crate::synthesis::scan::Scanner;
use crate::synthesis::scan::Threshold;

/// One thing that goes wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hardship {
    /// Part of the impression lies beyond the sheet.
    PageEdge,
    /// Another seal is pressed over part of it.
    SealOverSeal,
    /// The die struck twice, a millimetre apart.
    DoubleStrike,
    /// The die or the hand dragged the wet ink.
    Smear,
    /// JPEG of quality 40.
    Coarse,
    /// Tinted paper that shows its fibres.
    ColouredPaper,
    /// The letter on the back shows through.
    BleedThrough,
    /// A picture by hand: perspective, uneven light, a desk around the sheet.
    Phone,
    /// Red letters of a heading under the impression.
    RedHeading,
    /// Black text and a thick black signature across it.
    BlackMass,
    /// A feed that runs 0.2 to 1 % too slowly or too fast, of conditions that are asked for by name alone.
    Feed,
}

impl Hardship {
    /// The word that truth uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PageEdge => "page_edge",
            Self::SealOverSeal => "seal_over_seal",
            Self::DoubleStrike => "double_strike",
            Self::Smear => "smear",
            Self::Coarse => "coarse",
            Self::ColouredPaper => "coloured_paper",
            Self::BleedThrough => "bleed_through",
            Self::Phone => "phone",
            Self::RedHeading => "red_heading",
            Self::BlackMass => "black_mass",
            Self::Feed => "feed",
        }
    }

    /// Whether it befalls a sheet without a seal as well.
    #[must_use]
    pub const fn is_of_sheet(self) -> bool {
        matches!(
            self,
            Self::Coarse | Self::ColouredPaper | Self::BleedThrough | Self::Phone | Self::Feed
        )
    }

    /// What the hand does with the die.
    #[must_use]
    pub const fn slip(self) -> Option<Slip> {
        match self {
            Self::DoubleStrike => Some(Slip::Double),
            Self::Smear => Some(Slip::Smear),
            Self::PageEdge
            | Self::SealOverSeal
            | Self::Coarse
            | Self::ColouredPaper
            | Self::BleedThrough
            | Self::Phone
            | Self::RedHeading
            | Self::BlackMass
            | Self::Feed => None,
        }
    }

    /// Sets the device that reads such a sheet of the given size in millimetres.
    pub fn set_up(self, scanner: &mut Scanner, size: (f64, f64), chance: &mut Chance) {
        match self {
            Self::Coarse => scanner.quality = 40,
            Self::ColouredPaper => {
                let tints = [
                    [0.93, 0.72, 0.76],
                    [0.94, 0.9, 0.6],
                    [0.7, 0.88, 0.72],
                    [0.7, 0.82, 0.93],
                    [0.78, 0.76, 0.72],
                ];
                let tint = chance.pick(&tints);
                scanner.paper = tint.map(|light| light * chance.between32(0.95, 1.03));
                scanner.levels.1 = 1.0;
                scanner.fibres = Some((chance.between(0.15, 0.5), chance.between32(0.01, 0.03)));
            }
            Self::Phone => {
                scanner.skew_deg = 0.0;
                scanner.stretch = (0.0, 0.0);
                scanner.levels.1 = 1.0;
                scanner.quality = scanner.quality.max(60);
                scanner.camera = Some(Camera::draw(scanner, size, chance));
            }
            // A scan in which all that is not paper is black.
            Self::BlackMass if scanner.mode == Mode::Bitonal => {
                scanner.threshold = Threshold::Global(chance.between32(175.0, 205.0));
            }
            // A document's own device has its feed already, wherever it is used.
            Self::Feed
            | Self::PageEdge
            | Self::SealOverSeal
            | Self::DoubleStrike
            | Self::Smear
            | Self::BleedThrough
            | Self::RedHeading
            | Self::BlackMass => {}
        }
    }

    /// Where an impression of the given half size comes to stand, in millimetres on the sheet;
    /// `first` is the place and half size of the page's first one.
    #[must_use]
    pub fn place(
        self,
        sheet: (f64, f64),
        (spot, half): (Point, (f64, f64)),
        first: Option<(Point, (f64, f64))>,
        chance: &mut Chance,
    ) -> Point {
        match (self, first) {
            (Self::PageEdge, None) => {
                let beyond = |half: f64, share: f64| (2.0 * share - 1.0) * half;
                let share = chance.between(0.1, 0.35);
                match chance.index(3) {
                    0 => Point::new(-beyond(half.0, share), spot.y),
                    1 => Point::new(sheet.0 + beyond(half.0, share), spot.y),
                    _ => Point::new(spot.x, sheet.1 + beyond(half.1, share)),
                }
            }
            (Self::SealOverSeal, Some((other, other_half))) => {
                let reach = |(x, y): (f64, f64)| 0.5 * (x + y);
                let apart = chance.between(0.5, 0.9) * (reach(half) + reach(other_half));
                let (sin, cos) = libm::sincos(chance.between(-0.5, 0.5));
                // Towards the middle of the sheet, where there is room.
                let side = if other.x > 0.5 * sheet.0 { -1.0 } else { 1.0 };
                other + Vec2::new(side * cos, sin) * apart
            }
            _ => spot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_to_a_third_of_an_impression_goes_over_the_edge_and_no_more() {
        let (sheet, half) = ((210.0, 297.0), (20.0, 15.0));
        for index in 0..30 {
            let mut chance = Chance::new(1, "edge", index);
            let spot = (Point::new(150.0, 200.0), half);
            let at = Hardship::PageEdge.place(sheet, spot, None, &mut chance);
            let left = (half.0 - at.x) / (2.0 * half.0);
            let right = (at.x + half.0 - sheet.0) / (2.0 * half.0);
            let below = (at.y + half.1 - sheet.1) / (2.0 * half.1);
            let beyond = left.max(right).max(below);
            assert!((0.1..=0.35).contains(&beyond), "{beyond} at {at:?}");
        }
    }

    #[test]
    fn the_second_of_two_seals_overlaps_the_first() {
        let half = (18.0, 18.0);
        for index in 0..30 {
            let mut chance = Chance::new(1, "over", index);
            let first = Point::new(140.0, 220.0);
            let second = (Point::new(60.0, 100.0), half);
            let place = |first, chance: &mut Chance| {
                Hardship::SealOverSeal.place((210.0, 297.0), second, first, chance)
            };
            assert_eq!(place(None, &mut chance), second.0);
            let apart = place(Some((first, half)), &mut chance).distance(first);
            assert!((18.0..32.5).contains(&apart), "{apart}");
        }
    }
}
