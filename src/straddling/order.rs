//! Parts of a seal by their pages: which belong to one stamp, and what is wrong with them.

/// Width of a gap from which a part is missing, millimetres: a scanner loses up to two at the edge of a sheet, and no sheet
/// of a fan shows less than three.
const GAP_MM: f64 = 3.0;
/// Parts of one impression do not overlap; what is measured may, by so much of the narrower one.
const OVERLAP_SHARE: f64 = 0.4;
/// How far the heights and turns of one impression's parts may lie from their median: sheets slip in the hand, and lie
/// askew on the glass.
const HEIGHT_MM: f64 = 4.0;
const TURN_DEG: f64 = 3.5;
/// Strange ink at this distance from a stamp's parts is no part of it, millimetres.
const ASIDE_MM: f64 = 20.0;
/// Share of the seal's width from which its parts are all there.
const WHOLE: f64 = 0.9;

/// Where a part lies on its seal, millimetres from the seal's middle, on the side of the first sheet's part below 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Where it begins.
    pub from_mm: f64,
    /// Where it ends.
    pub to_mm: f64,
    /// Whether more of it may lie before its beginning, where the page was not looked at.
    pub goes_on: bool,
    /// Height of the seal's middle on the page.
    pub height_mm: f64,
    /// The seal's turn on the page, degrees.
    pub turn_deg: f64,
}

/// What an edge of a page shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// A part of the seal.
    Part(Place),
    /// Ink at a height in millimetres that does not fit the seal.
    Strange(f64),
    /// Nothing.
    Bare,
    /// The page could not be read.
    Unread,
}

/// An edge of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighted {
    /// The page.
    pub page: u32,
    /// What its edge shows.
    pub seen: Seen,
}

/// What is wrong with a set of sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A part is missing between two pages, and no page between them lacks one.
    MissingBetween(u32, u32),
    /// The parts before the first of them are missing.
    MissingBefore(u32),
    /// The parts behind the last of them are missing.
    MissingAfter(u32),
    /// A page among the others bears no part.
    Without(u32),
    /// A page bears a part that does not join the others.
    Foreign(u32),
    /// Two pages follow one another in the wrong order.
    Swapped(u32, u32),
}

/// The parts of one stamp.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Which of the sighted edges bear them, by pages.
    pub parts: Vec<usize>,
    /// What is wrong; nothing with a whole set.
    pub faults: Vec<Fault>,
}

/// Sorts the edges of pages, in their order, into the stamps of a seal that reaches so far from its middle.
///
/// A stamp of one part alone is none: a seal at the edge of a sheet may stand there for itself.
#[must_use]
pub fn sets(sighted: &[Sighted], reach_mm: f64) -> Vec<Set> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, edge) in sighted.iter().enumerate() {
        let Seen::Part(place) = edge.seen else {
            continue;
        };
        match groups.last_mut() {
            Some(group) if !begins_anew(&places(sighted, group), place, reach_mm) => {
                group.push(index);
            }
            _ => groups.push(vec![index]),
        }
    }
    groups.retain(|group| group.len() > 1);
    let ends: Vec<usize> = groups.iter().map(|group| group[0]).collect();
    let mut found = Vec::new();
    for (number, group) in groups.into_iter().enumerate() {
        let before = match number {
            0 => 0,
            _ => ends[number],
        };
        let after = ends.get(number + 1).copied().unwrap_or(sighted.len());
        found.push(judged(sighted, &group, (before, after), reach_mm));
    }
    found
}

fn places(sighted: &[Sighted], group: &[usize]) -> Vec<Place> {
    let place = |index: &usize| match sighted[*index].seen {
        Seen::Part(place) => Some(place),
        Seen::Strange(_) | Seen::Bare | Seen::Unread => None,
    };
    group.iter().filter_map(place).collect()
}

/// Whether a part is the first of another stamp: the stamp so far has what it shows, and is whole, or the part is the
/// seal's beginning.
fn begins_anew(group: &[Place], place: Place, reach_mm: f64) -> bool {
    let is_shown = group.iter().any(|other| overlaps(*other, place));
    let begins = place.from_mm <= GAP_MM - reach_mm;
    let covered: f64 = group.iter().map(|own| width_on(*own, reach_mm)).sum();
    is_shown && (begins || covered >= WHOLE * 2.0 * reach_mm)
}

fn overlaps(a: Place, b: Place) -> bool {
    let common = a.to_mm.min(b.to_mm) - a.from_mm.max(b.from_mm);
    let narrower = (a.to_mm - a.from_mm).min(b.to_mm - b.from_mm);
    common > OVERLAP_SHARE * narrower
}

/// Width of a part on the seal itself.
fn width_on(place: Place, reach_mm: f64) -> f64 {
    (place.to_mm.min(reach_mm) - place.from_mm.max(-reach_mm)).max(0.0)
}

/// What is wrong with a stamp's parts, among the edges that can belong to it.
fn judged(
    sighted: &[Sighted],
    group: &[usize],
    (before, after): (usize, usize),
    reach_mm: f64,
) -> Set {
    let (own, foreign) = without_foreign(sighted, group);
    let page = |index: usize| sighted[index].page;
    let place = |index: usize| places(sighted, &[index])[0];
    let mut faults: Vec<Fault> = foreign
        .iter()
        .map(|index| Fault::Foreign(page(*index)))
        .collect();
    let mut strangers = foreign.clone();
    let heights: Vec<f64> = own.iter().map(|index| place(*index).height_mm).collect();
    let height = median(heights);
    let near = sighted.iter().enumerate().take(after).skip(before);
    for (index, edge) in near {
        if let Seen::Strange(at) = edge.seen
            && (at - height).abs() < ASIDE_MM
            && is_among(index, &own, (before, after))
        {
            faults.push(Fault::Foreign(page(index)));
            strangers.push(index);
        }
    }
    for pair in own.windows(2) {
        if place(pair[0]).from_mm > place(pair[1]).from_mm {
            faults.push(Fault::Swapped(page(pair[0]), page(pair[1])));
        }
    }
    let mut by_place = own.clone();
    by_place.sort_by(|a, b| place(*a).from_mm.total_cmp(&place(*b).from_mm));
    faults.extend(gaps(sighted, &own, (before, after), (reach_mm, &strangers)));
    faults.sort_unstable();
    faults.dedup();
    Set { parts: own, faults }
}

/// What is wrong where a part of the seal is missing between two others, or before or behind all of them; and pages that
/// lack nothing of it and bear no part.
fn gaps(
    sighted: &[Sighted],
    own: &[usize],
    (before, after): (usize, usize),
    (reach_mm, strangers): (f64, &[usize]),
) -> Vec<Fault> {
    let page = |index: usize| sighted[index].page;
    let place = |index: usize| places(sighted, &[index])[0];
    let mut by_place = own.to_vec();
    by_place.sort_by(|a, b| place(*a).from_mm.total_cmp(&place(*b).from_mm));
    let mut faults = Vec::new();
    for pair in by_place.windows(2) {
        let (left, right) = (place(pair[0]), place(pair[1]));
        let is_gap = right.from_mm - left.to_mm > GAP_MM && !right.goes_on;
        let range = pair[0].min(pair[1]) + 1..pair[0].max(pair[1]);
        let named = range.clone().any(|index| strangers.contains(&index));
        if !is_gap {
            faults.extend(inserted(sighted, range, own));
        } else if !named {
            let (a, b) = (page(pair[0]), page(pair[1]));
            let between = Fault::MissingBetween(a.min(b), a.max(b));
            faults.push(lacking(sighted, range, own).unwrap_or(between));
        }
    }
    let (Some(&first), Some(&last)) = (by_place.first(), by_place.last()) else {
        return faults;
    };
    let (start, end) = (place(first), place(last));
    if start.from_mm + reach_mm > GAP_MM
        && !start.goes_on
        && !strangers.iter().any(|index| *index < first)
    {
        let near = (before..first)
            .rev()
            .find_map(|index| lack(&sighted[index]));
        faults.push(near.unwrap_or(Fault::MissingBefore(page(first))));
    }
    if reach_mm - end.to_mm > GAP_MM && !strangers.iter().any(|index| *index > last) {
        let near = (last + 1..after).find_map(|index| lack(&sighted[index]));
        faults.push(near.unwrap_or(Fault::MissingAfter(page(last))));
    }
    faults
}

/// Whether an edge stands among a stamp's pages, or next to them.
fn is_among(index: usize, own: &[usize], (before, after): (usize, usize)) -> bool {
    let (Some(first), Some(last)) = (own.first(), own.last()) else {
        return false;
    };
    let reach = first.saturating_sub(1).max(before)..(last + 2).min(after);
    reach.contains(&index)
}

/// What is wrong with the page between two others whose part is missing: one on the side of its sheet that the others
/// have theirs on.
fn lacking(sighted: &[Sighted], range: std::ops::Range<usize>, own: &[usize]) -> Option<Fault> {
    let mut fronts = range.clone().filter(|index| is_front(sighted, *index, own));
    let front = fronts.find_map(|index| lack(&sighted[index]));
    front.or_else(|| range.into_iter().find_map(|index| lack(&sighted[index])))
}

/// What is wrong with a page where a part should stand.
const fn lack(sighted: &Sighted) -> Option<Fault> {
    match sighted.seen {
        Seen::Bare => Some(Fault::Without(sighted.page)),
        Seen::Strange(_) => Some(Fault::Foreign(sighted.page)),
        Seen::Part(_) | Seen::Unread => None,
    }
}

/// A page among others that bears no part though none is missing: unless it is the back of a sheet.
fn inserted(sighted: &[Sighted], range: std::ops::Range<usize>, own: &[usize]) -> Option<Fault> {
    let mut bare = range.filter(|index| sighted[*index].seen == Seen::Bare);
    let index = bare.find(|index| is_front(sighted, *index, own))?;
    Some(Fault::Without(sighted[index].page))
}

/// Whether a page lies on the same side of its sheet as a stamp's pages, as far as they can tell.
fn is_front(sighted: &[Sighted], index: usize, own: &[usize]) -> bool {
    let odd = |index: usize| sighted[index].page % 2;
    let side = odd(own[0]);
    let one_sided = own.iter().all(|other| odd(*other) == side);
    !one_sided || odd(index) == side
}

/// The parts of one stamp, and those whose height or turn is not theirs, or which show what another shows.
fn without_foreign(sighted: &[Sighted], group: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let all = places(sighted, group);
    let height = median(all.iter().map(|own| own.height_mm).collect());
    let turn = median(all.iter().map(|own| own.turn_deg).collect());
    let strays = |own: &Place| {
        (own.height_mm - height).abs() > HEIGHT_MM || (own.turn_deg - turn).abs() > TURN_DEG
    };
    let mut own: Vec<usize> = Vec::new();
    let mut foreign: Vec<usize> = Vec::new();
    for (index, place) in group.iter().zip(&all) {
        // Of two parts alone neither is the stranger.
        if group.len() > 2 && strays(place) {
            foreign.push(*index);
        } else {
            own.push(*index);
        }
    }
    let mut kept: Vec<usize> = Vec::new();
    for index in own {
        let place = places(sighted, &[index])[0];
        let shown = kept
            .iter()
            .any(|other| overlaps(places(sighted, &[*other])[0], place));
        if shown {
            foreign.push(index);
        } else {
            kept.push(index);
        }
    }
    (kept, foreign)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part of a seal of 36 mm.
    fn part(from_mm: f64, to_mm: f64) -> Seen {
        Seen::Part(Place {
            from_mm,
            to_mm,
            goes_on: false,
            height_mm: 150.0,
            turn_deg: 2.0,
        })
    }

    fn read(seen: &[Seen]) -> Vec<Set> {
        let sighted: Vec<Sighted> = (1..)
            .zip(seen)
            .map(|(page, seen)| Sighted { page, seen: *seen })
            .collect();
        sets(&sighted, 18.0)
    }

    fn faults(seen: &[Seen]) -> Vec<Fault> {
        let sets = read(seen);
        assert_eq!(sets.len(), 1, "{sets:?}");
        sets[0].faults.clone()
    }

    #[test]
    fn parts_that_follow_one_another_are_a_whole_set() {
        let whole = [part(-18.0, -7.0), part(-6.0, 5.0), part(6.0, 19.0)];
        assert_eq!(faults(&whole), []);
    }

    #[test]
    fn a_seal_that_begins_again_is_another_stamp() {
        let one = [part(-18.0, -1.0), part(0.0, 19.0)];
        let sets = read(&[one[0], one[1], one[0], one[1]]);
        let parts: Vec<_> = sets.iter().map(|set| set.parts.clone()).collect();
        assert_eq!(parts, [[0, 1], [2, 3]]);
        assert!(sets.iter().all(|set| set.faults.is_empty()), "{sets:?}");
    }

    #[test]
    fn a_missing_sheet_is_named_by_its_neighbours_and_a_bare_one_by_itself() {
        let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
        assert_eq!(faults(&[a, c]), [Fault::MissingBetween(1, 2)]);
        assert_eq!(faults(&[a, Seen::Bare, c]), [Fault::Without(2)]);
        assert_eq!(faults(&[b, c]), [Fault::MissingBefore(1)]);
        assert_eq!(faults(&[a, b]), [Fault::MissingAfter(2)]);
        assert_eq!(faults(&[a, b, Seen::Bare]), [Fault::Without(3)]);
        assert_eq!(
            faults(&[a, b, Seen::Bare, Seen::Bare, c]),
            [Fault::Without(3)]
        );
    }

    #[test]
    fn backs_of_sheets_bear_nothing() {
        let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
        assert_eq!(faults(&[a, Seen::Bare, b, Seen::Bare, c, Seen::Bare]), []);
        assert_eq!(
            faults(&[a, Seen::Bare, Seen::Bare, Seen::Bare, c]),
            [Fault::Without(3)]
        );
    }

    #[test]
    fn neighbours_that_changed_places_are_named() {
        let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
        assert_eq!(faults(&[b, a, c]), [Fault::Swapped(1, 2)]);
        assert_eq!(faults(&[a, c, b]), [Fault::Swapped(2, 3)]);
    }

    #[test]
    fn ink_that_does_not_fit_is_foreign_where_a_part_should_stand() {
        let (a, c) = (part(-18.0, -9.0), part(9.0, 19.0));
        let strange = Seen::Strange(148.0);
        assert_eq!(faults(&[a, strange, c]), [Fault::Foreign(2)]);
        let elsewhere = Seen::Strange(40.0);
        assert_eq!(faults(&[a, elsewhere, c]), [Fault::Foreign(2)]);
        assert_eq!(faults(&[a, part(-8.5, 8.0), c, elsewhere]), []);
        // Of the same seal, from another stamp.
        let high = Seen::Part(Place {
            height_mm: 140.0,
            from_mm: -8.0,
            to_mm: 4.0,
            goes_on: false,
            turn_deg: 2.0,
        });
        let all = [a, high, c, Seen::Bare];
        assert_eq!(faults(&all), [Fault::Foreign(2)]);
    }

    #[test]
    fn one_part_alone_is_no_stamp() {
        assert_eq!(read(&[part(-18.0, 2.0), Seen::Bare]), []);
    }
}
