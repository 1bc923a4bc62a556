//! What was measured of a fault of a stamp across several sheets, in millimetres.

use crate::order;
use crate::straddling::order::Fault;
use crate::straddling::order::GAP_MM;
use crate::straddling::order::Place;
use crate::straddling::order::Seen;
use crate::straddling::order::Set;
use crate::straddling::order::Sighted;

/// A fault's amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// So much of the seal's width is on none of the sheets.
    Gap(f64),
    /// So much higher or lower than the others' the part, or the ink, stands on its page.
    Height(f64),
    /// So much before the part on the page before it the part of the second page begins on the seal.
    Before(f64),
}

/// What is known of the faults of a stamp, in their order, on the edges that it was read from; the seal reaches so far from its
/// middle.
#[must_use]
pub fn amounts(sighted: &[Sighted], set: &Set, reach_mm: f64) -> Vec<Option<Amount>> {
    let edges = set.parts.iter().filter_map(|index| sighted.get(*index));
    let own: Vec<(u32, Place)> = edges
        .filter_map(|edge| Some((edge.page, placed(edge.seen)?)))
        .collect();
    let amount = |fault: &Fault| amount(*fault, sighted, &own, reach_mm);
    set.faults.iter().map(amount).collect()
}

fn amount(
    fault: Fault,
    sighted: &[Sighted],
    own: &[(u32, Place)],
    reach_mm: f64,
) -> Option<Amount> {
    let of = |page: u32| {
        let part = own.iter().find(|(other, _)| *other == page);
        part.map(|(_, place)| *place)
    };
    match fault {
        Fault::MissingBetween(page, next) => between(of(page), of(next), reach_mm),
        Fault::MissingBefore(page) => between(None, of(page), reach_mm),
        Fault::MissingAfter(page) => between(of(page), None, reach_mm),
        Fault::Without(page) => {
            let before = own.iter().filter(|(other, _)| *other < page);
            let after = own.iter().filter(|(other, _)| *other > page);
            let before = before.max_by_key(|(other, _)| *other);
            let after = after.min_by_key(|(other, _)| *other);
            let place = |part: Option<&(u32, Place)>| part.map(|(_, place)| *place);
            between(place(before), place(after), reach_mm)
        }
        Fault::Foreign(page) => {
            let edge = sighted.iter().find(|edge| edge.page == page)?;
            let height = match edge.seen {
                Seen::Part(place) | Seen::Faint(place) => place.height_mm,
                Seen::Strange(height) => height,
                Seen::Bare | Seen::Unread => return None,
            };
            let usual = order::median(own.iter().map(|(_, place)| place.height_mm))?;
            Some(Amount::Height((height - usual).abs()))
        }
        Fault::Swapped(page, next) => {
            let before = of(page)?.from_mm - of(next)?.from_mm;
            (before > 0.0).then_some(Amount::Before(before))
        }
    }
}

/// What of the seal is missing between two parts of it, the seal's own edge where there is none on that side; a gap as narrow as
/// scanners leave is none.
fn between(a: Option<Place>, b: Option<Place>, reach_mm: f64) -> Option<Amount> {
    let (left, right) = match (a, b) {
        // On the seal, whichever page comes first.
        (Some(a), Some(b)) if a.from_mm > b.from_mm => (Some(b), Some(a)),
        (None, None) => return None,
        pair => pair,
    };
    let from = left.map_or(-reach_mm, |place| place.to_mm);
    let to = right.map_or(reach_mm, |place| place.from_mm);
    (to - from > GAP_MM).then_some(Amount::Gap(to - from))
}

/// Where a part lies, whatever its ink is like.
const fn placed(seen: Seen) -> Option<Place> {
    match seen {
        Seen::Part(place) | Seen::Faint(place) => Some(place),
        Seen::Strange(_) | Seen::Bare | Seen::Unread => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::straddling::order::sets;

    fn part(from_mm: f64, to_mm: f64, height_mm: f64) -> Seen {
        Seen::Part(Place {
            from_mm,
            to_mm,
            goes_on: false,
            height_mm,
            turn_deg: 2.0,
        })
    }

    /// The faults of a stamp of 36 mm on pages from 1 on, each with its amount.
    fn found(seen: &[Seen]) -> Vec<(Fault, Option<Amount>)> {
        let edge = |(page, seen): (u32, &Seen)| Sighted { page, seen: *seen };
        let sighted: Vec<Sighted> = (1..).zip(seen).map(edge).collect();
        let set = &sets(&sighted, 18.0)[0];
        let amounts = amounts(&sighted, set, 18.0);
        set.faults.iter().copied().zip(amounts).collect()
    }

    #[test]
    fn what_is_missing_is_as_wide_as_the_gap_between_the_parts_or_to_the_seals_edge() {
        let (a, b, c) = (
            part(-18.0, -9.0, 150.0),
            part(-8.5, 8.0, 150.0),
            part(9.0, 19.0, 150.0),
        );
        let gap = |mm| Some(Amount::Gap(mm));
        assert_eq!(found(&[a, c]), [(Fault::MissingBetween(1, 2), gap(18.0))]);
        assert_eq!(found(&[b, c]), [(Fault::MissingBefore(1), gap(9.5))]);
        assert_eq!(found(&[a, b]), [(Fault::MissingAfter(2), gap(10.0))]);
        assert_eq!(found(&[a, Seen::Bare, c]), [(Fault::Without(2), gap(18.0))]);
        // A sheet that was put between two that join.
        assert_eq!(
            found(&[a, b, Seen::Bare, Seen::Bare, c]),
            [(Fault::Without(3), None)]
        );
    }

    #[test]
    fn what_is_foreign_stands_so_far_aside_and_what_was_swapped_begins_so_much_before() {
        let (a, c) = (part(-18.0, -9.0, 150.0), part(9.0, 19.0, 151.0));
        let high = part(-8.0, 4.0, 140.0);
        let height = |mm| Some(Amount::Height(mm));
        assert_eq!(found(&[a, high, c]), [(Fault::Foreign(2), height(11.0))]);
        let strange = Seen::Strange(147.0);
        assert_eq!(found(&[a, strange, c]), [(Fault::Foreign(2), height(4.0))]);
        let b = part(-8.5, 8.0, 150.0);
        assert_eq!(
            found(&[b, a, c]),
            [(Fault::Swapped(1, 2), Some(Amount::Before(9.5)))]
        );
    }
}
