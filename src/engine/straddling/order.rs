//! Parts of a seal by their pages: which belong to one stamp, and what is wrong with them.

use crate::order;

/// Width of a gap from which a part is missing, millimetres: a scanner loses up to two at the edge of a sheet, and no sheet
/// of a fan shows less than three.
pub(super) const GAP_MM: f64 = 3.0;
/// Parts of one impression do not overlap; what is measured may, by so much of the narrower one.
const OVERLAP_SHARE: f64 = 0.4;
/// How far the heights and turns of one impression's parts may lie from their median: sheets slip in the hand, and lie
/// askew on the glass.
const HEIGHT_MM: f64 = 4.0;
const TURN_DEG: f64 = 3.5;
/// Pages on either side among which a faint part's fellows are looked for.
const NEAR_PAGES: usize = 4;
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
    /// What may be one, in light ink.
    Faint(Place),
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
    let sighted = &settled(sighted);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, edge) in sighted.iter().enumerate() {
        let Seen::Part(place) = edge.seen else {
            continue;
        };
        match home(sighted, &groups, place, reach_mm) {
            Some(group) => groups[group].push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.retain(|group| group.len() > 1);
    let mut found: Vec<Set> = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let last = |group: &Vec<usize>| group.last().copied().unwrap_or(0);
        let before = number
            .checked_sub(1)
            .map_or(0, |other| last(&groups[other]) + 1);
        let after = groups.get(number + 1).map_or(sighted.len(), |next| next[0]);
        let range = (before.min(group[0]), after.max(last(group) + 1));
        let mut set = judged(sighted, group, range, reach_mm);
        // A sheet that lies among those of the next stamp.
        if let Some(next) = groups.get(number + 1).filter(|next| next[0] < last(group)) {
            let (first, last) = (sighted[next[0]].page, sighted[last(group)].page);
            set.faults.push(Fault::Swapped(first, last));
        }
        found.push(set);
    }
    found
}

/// What is faint, decided: it is a part where it stands as high, and is turned, like one on a page near it.
fn settled(sighted: &[Sighted]) -> Vec<Sighted> {
    let is_like = |index: usize, place: Place| {
        let near = sighted
            .iter()
            .take(index + NEAR_PAGES + 1)
            .skip(index.saturating_sub(NEAR_PAGES));
        near.filter_map(|edge| match edge.seen {
            Seen::Part(other) => Some(other),
            Seen::Faint(_) | Seen::Strange(_) | Seen::Bare | Seen::Unread => None,
        })
        .any(|other| {
            (other.height_mm - place.height_mm).abs() < HEIGHT_MM
                && (other.turn_deg - place.turn_deg).abs() < TURN_DEG
        })
    };
    let decided = sighted.iter().enumerate().map(|(index, edge)| Sighted {
        seen: match edge.seen {
            Seen::Faint(place) if is_like(index, place) => Seen::Part(place),
            Seen::Faint(place) => Seen::Strange(place.height_mm),
            other @ (Seen::Part(_) | Seen::Strange(_) | Seen::Bare | Seen::Unread) => other,
        },
        ..*edge
    });
    decided.collect()
}

/// The stamp that a part belongs to, of those so far: the last one, or the one before it where that lacks the part and
/// stands more like it; `None` where it is the first of another.
fn home(sighted: &[Sighted], groups: &[Vec<usize>], place: Place, reach_mm: f64) -> Option<usize> {
    let last = groups.len().checked_sub(1)?;
    let own = places(sighted, &groups[last]);
    let apart = |group: &[Place]| {
        let (height, turn) = middle(group);
        (place.height_mm - height).abs() / HEIGHT_MM + (place.turn_deg - turn).abs() / TURN_DEG
    };
    if let Some(earlier) = last.checked_sub(1) {
        let group = places(sighted, &groups[earlier]);
        let lacks =
            !group.iter().any(|other| overlaps(*other, place)) && !is_whole(&group, reach_mm);
        if lacks && apart(&group) < 1.0 && apart(&group) < apart(&own) {
            return Some(earlier);
        }
    }
    (!begins_anew(&own, place, reach_mm)).then_some(last)
}

/// Whether a stamp's parts show next to all of the seal.
fn is_whole(group: &[Place], reach_mm: f64) -> bool {
    let covered: f64 = group.iter().map(|own| width_on(*own, reach_mm)).sum();
    covered >= WHOLE * 2.0 * reach_mm
}

fn places(sighted: &[Sighted], group: &[usize]) -> Vec<Place> {
    let place = |index: &usize| match sighted[*index].seen {
        Seen::Part(place) => Some(place),
        Seen::Faint(_) | Seen::Strange(_) | Seen::Bare | Seen::Unread => None,
    };
    group.iter().filter_map(place).collect()
}

/// Whether a part is the first of another stamp: the stamp so far has what it shows, and is whole, or the part is the
/// seal's beginning.
fn begins_anew(group: &[Place], place: Place, reach_mm: f64) -> bool {
    let is_shown = group.iter().any(|other| overlaps(*other, place));
    let begins = place.from_mm <= GAP_MM - reach_mm;
    is_shown && (begins || is_whole(group, reach_mm))
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
    let (height, _) = middle(&places(sighted, &own));
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
        let named = range
            .clone()
            .any(|index| strangers.contains(&index) || sighted[index].seen == Seen::Unread);
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
    // What stands on a page that was not read is not missing.
    let is_unread = |index: Option<usize>| {
        index
            .and_then(|index| sighted.get(index))
            .is_some_and(|edge| edge.seen == Seen::Unread)
    };
    if start.from_mm + reach_mm > GAP_MM
        && !start.goes_on
        && !strangers.iter().any(|index| *index < first)
        && !is_unread(first.checked_sub(1))
    {
        let near = (before..first)
            .rev()
            .find_map(|index| lack(&sighted[index]));
        faults.push(near.unwrap_or(Fault::MissingBefore(page(first))));
    }
    if reach_mm - end.to_mm > GAP_MM
        && !strangers.iter().any(|index| *index > last)
        && !is_unread(Some(last + 1))
    {
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
        Seen::Part(_) | Seen::Faint(_) | Seen::Unread => None,
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
    let (height, turn) = middle(&all);
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

/// Medians of the heights and of the turns; 0 of no parts.
fn middle(parts: &[Place]) -> (f64, f64) {
    let median = |of: fn(&Place) -> f64| order::median(parts.iter().map(of)).unwrap_or(0.0);
    (median(|own| own.height_mm), median(|own| own.turn_deg))
}

#[cfg(test)]
mod tests;
