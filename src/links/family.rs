//! Families of impressions that are one, from pairs.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::links::Entry;
use crate::links::Kind;
use crate::links::Link;
use crate::links::Member;
use crate::links::PASTED_DUPLICATE;
use crate::links::SCHEMA;
use crate::links::habit::Habit;
use crate::links::pair;
use crate::links::pair::Pair;

/// Correlation from which impressions count once in what a seal's have in common: one in a thousand pairs stamped apart.
pub(super) const ONE_FAMILY: f64 = 0.55;

/// Finds the impressions that are copies of one another, in the order of the entries.
///
/// Cost: half a microsecond for each pair of impressions of one seal.
#[must_use]
pub fn find(entries: &[Entry]) -> Vec<Link> {
    linked(entries, |own| pairs(entries, own))
}

/// The links that pairs make of entries, in their order; the pairs of a seal's impressions are found by their positions.
pub(super) fn linked(entries: &[Entry], pairs: impl Fn(&[usize]) -> Vec<Pair>) -> Vec<Link> {
    let mut by_seal: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, entry) in entries.iter().enumerate() {
        by_seal.entry(&entry.key.seal).or_default().push(position);
    }
    let member = |position: usize, sheet: usize| {
        let entry = &entries[position];
        Member {
            sha256: entry.sha256.clone(),
            page: entry.key.page,
            impression: entry.key.impression,
            path: entry.path.clone(),
            sheet,
        }
    };
    let mut links: Vec<(usize, Link)> = by_seal
        .values()
        .flat_map(|own| families(&member, &pairs(own), Groups::default()))
        .collect();
    links.sort_by_key(|(first, _)| *first);
    links.into_iter().map(|(_, link)| link).collect()
}

/// The pairs of a seal's impressions that are one.
fn pairs(entries: &[Entry], own: &[usize]) -> Vec<Pair> {
    let likely: Vec<Vec<((usize, usize), f64)>> = own
        .par_iter()
        .enumerate()
        .map(|(place, &first)| {
            let later = own[place + 1..].iter().map(|&second| (first, second));
            let likely = later.filter_map(|pair| Some((pair, pair::likely(entries, pair)?)));
            likely.collect()
        })
        .collect();
    let likely = likely.concat();
    let Some((&first, _)) = own.split_first().filter(|_| !likely.is_empty()) else {
        return Vec::new();
    };
    // What may be copies is one family here, so that they do not tell what stampings have in common.
    let mut groups = Groups::default();
    for (members, _) in likely.iter().filter(|(_, own)| *own >= ONE_FAMILY) {
        groups.join(*members);
    }
    let key = |position: usize| (groups.first(position), &entries[position].key.residual);
    let is_of_frame = |position: usize| key(first).1.is_of_frame(key(position).1);
    let framed = own
        .iter()
        .copied()
        .filter(|&position| is_of_frame(position));
    let habit = Habit::of(framed.map(key));
    let judged = likely.par_iter().map(|&(members, correlation)| {
        let (one, other) = (key(members.0), key(members.1));
        // First what takes less time.
        if !pair::agrees_all_over(one.1, other.1) {
            return None;
        }
        let apart = is_of_frame(members.0).then(|| habit.correlation(one, other));
        pair::judge(entries, members, (correlation, apart.flatten()))
    });
    judged.flatten().collect()
}

/// Joins pairs to families, each with the position of its first member. `named` gives the member at a position with the number of its
/// sheet; `sheets` joins positions that are known to be of one sheet, whatever the pairs say.
pub(super) fn families(
    named: &impl Fn(usize, usize) -> Member,
    pairs: &[Pair],
    mut sheets: Groups,
) -> Vec<(usize, Link)> {
    let mut impressions = Groups::default();
    for pair in pairs {
        impressions.join(pair.members);
        if pair.same_sheet {
            sheets.join(pair.members);
        }
    }
    let best = best(pairs);
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in impressions.members() {
        families
            .entry(impressions.first(member))
            .or_default()
            .push(member);
    }
    families
        .into_iter()
        .map(|(first, members)| (first, link(named, &members, &sheets, &best)))
        .collect()
}

/// The greatest strength and the greatest correlation of each member's pairs.
fn best(pairs: &[Pair]) -> BTreeMap<usize, (f64, f64)> {
    let mut best: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for pair in pairs {
        for member in [pair.members.0, pair.members.1] {
            let (strength, correlation) = best.entry(member).or_default();
            *strength = strength.max(pair.strength);
            *correlation = correlation.max(pair.correlation);
        }
    }
    best
}

/// Whether two of a link's members, which are one impression, stand on one page: one of them is a copy, whatever the sheets are.
pub(super) fn bears_twice(members: &[Member]) -> bool {
    let mut pages: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    members.iter().any(|own| {
        let page = (own.sha256.as_str(), own.page);
        *pages.entry(page).or_insert(own.impression) != own.impression
    })
}

fn link(
    named: &impl Fn(usize, usize) -> Member,
    members: &[usize],
    sheets: &Groups,
    best: &BTreeMap<usize, (f64, f64)>,
) -> Link {
    let mut numbers: Vec<usize> = Vec::new();
    let mut record = |&position: &usize| {
        let sheet = sheets.first(position);
        let number = numbers.iter().position(|known| *known == sheet);
        let number = number.unwrap_or_else(|| {
            numbers.push(sheet);
            numbers.len() - 1
        });
        named(position, number + 1)
    };
    let recorded: Vec<Member> = members.iter().map(&mut record).collect();
    // A family is no surer than its least sure member, each by the pair that speaks most for it.
    let least = |of: fn(&(f64, f64)) -> f64| {
        let own = members.iter().filter_map(|member| best.get(member));
        own.map(of).fold(f64::INFINITY, f64::min)
    };
    let is_copied = numbers.len() > 1 || bears_twice(&recorded);
    let rounded = |value: f64, digits: f64| (value * digits).round() / digits;
    Link {
        schema: SCHEMA.to_owned(),
        kind: Kind::SameImpression,
        finding: is_copied.then(|| PASTED_DUPLICATE.to_owned()),
        members: recorded,
        strength: rounded(least(|own| own.0), 10.0),
        correlation: Some(rounded(least(|own| own.1), 1000.0)),
        seal: None,
    }
}

/// Positions joined to groups, each known by its first.
#[derive(Debug, Default)]
pub(super) struct Groups {
    before: BTreeMap<usize, usize>,
}

impl Groups {
    pub(super) fn first(&self, mut position: usize) -> usize {
        while let Some(&before) = self.before.get(&position)
            && before != position
        {
            position = before;
        }
        position
    }

    pub(super) fn join(&mut self, (a, b): (usize, usize)) {
        let (a, b) = (self.first(a), self.first(b));
        self.before.insert(a.max(b), a.min(b));
        self.before.entry(a.min(b)).or_insert(a.min(b));
    }

    fn members(&self) -> impl Iterator<Item = usize> {
        self.before.keys().copied()
    }
}
