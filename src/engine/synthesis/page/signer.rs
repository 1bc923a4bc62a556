//! Where a signature and its seal go.

use kurbo::Point;

use crate::synthesis::chance::Chance;

/// Longest line of an issuer's name, millimetres.
pub(super) const NAME_MM: f64 = 70.0;
/// Paper between a seal that stands off the issuer's name and the name, at least, millimetres: more than a seal is wider, or a
/// place is read off, than as it was drawn.
const ASIDE_MM: f64 = 6.0;

/// Where a signature and its seal go.
#[derive(Clone, Copy, Debug)]
pub struct Signer {
    /// The middle of the room for the signature.
    pub middle: Point,
    /// Half the width of the signature.
    pub half_width: f64,
    /// Chinese custom: the seal over name and date.
    pub over_date: bool,
}

impl Signer {
    /// Where the seal of the given half size is set down.
    #[must_use]
    pub fn stamp(self, half: (f64, f64), chance: &mut Chance) -> Point {
        if self.over_date {
            let shift = (chance.between(-4.0, 4.0), chance.between(-4.0, 3.0));
            return self.middle + kurbo::Vec2::from(shift);
        }
        // About a third of the signature is covered from its left (Decree 30/2020, article 33).
        let covered = chance.between(0.15, 0.6) * 2.0 * self.half_width;
        let x = self.middle.x - self.half_width + covered - half.0;
        Point::new(x, self.middle.y + chance.between(-5.0, 4.0))
    }

    /// Where a seal of the given half size stands that is set down beside issuer and date, left of both, its top below the
    /// text: no line of print lies under it, whichever way it is turned.
    #[must_use]
    pub fn aside(self, half: (f64, f64), chance: &mut Chance) -> Point {
        let reach = libm::hypot(half.0, half.1);
        let x = self.middle.x - 0.5 * NAME_MM - ASIDE_MM - reach - chance.between(0.0, 4.0);
        // The last line of the text stands 20 mm higher, and more.
        let y = self.middle.y + (half.0.max(half.1) - 14.0).max(0.0) + chance.between(0.0, 4.0);
        Point::new(x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_aside_lies_over_neither_the_name_nor_the_text() {
        let signer = Signer {
            middle: Point::new(147.0, 220.0),
            half_width: 20.0,
            over_date: true,
        };
        for index in 0..50 {
            let mut chance = Chance::new(1, "aside", index);
            let on = signer.stamp((21.0, 21.0), &mut chance);
            assert!((on - signer.middle).hypot() < 6.0);
            let off = signer.aside((21.0, 21.0), &mut chance);
            assert!(off.x + 21.0 < signer.middle.x - 0.5 * NAME_MM, "{off:?}");
            assert!(off.y - 21.0 >= signer.middle.y - 14.0, "{off:?}");
        }
    }
}
