//! Families of impressions that one unregistered die made.
//!
//! No specimen stands behind them, so members serve as specimens for one another. Which are compared at all is
//! told by their codes; an impression joins a family by its agreement with the fused drawing of several
//! members, never with one of them alone, and stays only if it agrees with the others once all are known.
//! One false likeness therefore joins no two families. Within a family, impressions whose inks agree beside what they share are
//! one impression: copies.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::extraction::Impression;
use crate::identification::Code;
use crate::identification::Gallery;
use crate::identification::Probe;
use crate::links::DieEntry;
use crate::links::Kind;
use crate::links::Link;
use crate::links::Member;
use crate::links::PASTED_DUPLICATE;
use crate::links::SCHEMA;
use crate::links::family::Groups;
use crate::links::family::bears_twice;
use crate::links::likeness;
use crate::links::likeness::FUSED_MAX;
use crate::links::pair;
use crate::verdict::Policy;

/// Similarity of codes from which two impressions are compared. Measured on 12 drawn seals, two false dies and
/// a stranger each (seed 3401): pairs of one die lie at 0.41 and more, of strangers mostly below 0.45.
pub(super) const SIMILARITY_MIN: f64 = 0.4;
/// Impressions, the most similar by code, whose families an impression is compared with.
pub(super) const NEIGHBOURS: usize = 8;
/// Families that an impression is compared with in full.
pub(super) const FAMILIES_MAX: usize = 3;
/// Log10 of the likelihood ratio from which an impression is of a family's die: where a conclusion begins to
/// lean to it. On the same set, of impressions compared one with one, 126 of 168 directed pairs of one die reach
/// it, and none of 253 of different dies, the largest of which is 0.03.
pub(super) const JOIN_MIN: f64 = 0.2;
/// Impressions of one kind that are compared, the first of a run: bounds the time taken, a quarter of a second
/// each.
const COMPARED_MAX: usize = 4000;
/// Sheets of a family that each member is held against; of those behind them, only such as are likely its own. Bounds the time taken,
/// some milliseconds each.
const SHEETS_MAX: usize = 100;

/// Finds the impressions that one unregistered die made, in the order of the entries.
///
/// Cost: some microseconds for each pair of impressions that pose as one seal, or as none, by their codes;
/// beyond that at most three comparisons and as many fusions an impression, a look at each that it is similar to, and
/// at the layouts of a hundred sheets.
#[must_use]
pub fn find(entries: &[DieEntry], policy: &Policy) -> Vec<Link> {
    let mut groups: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (position, entry) in entries.iter().enumerate() {
        let group = groups.entry(entry.key.poses_as.as_deref()).or_default();
        if group.len() < COMPARED_MAX {
            group.push(position);
        }
    }
    let mut links: Vec<(usize, Link)> = groups
        .values()
        .filter(|own| own.len() > 1)
        .flat_map(|own| Dies::new(entries, own, policy).links())
        .collect();
    links.sort_by_key(|(first, _)| *first);
    links.into_iter().map(|(_, link)| link).collect()
}

/// Impressions among which families are looked for.
struct Dies<'a> {
    entries: &'a [DieEntry],
    policy: &'a Policy,
    /// Positions among the entries.
    own: Vec<usize>,
    /// For each, the others that are similar by code, as places in `own`, the most similar first.
    similar: Vec<Vec<usize>>,
}

/// A family: members as places in `own`, in the order in which they joined.
type Family = Vec<usize>;

impl<'a> Dies<'a> {
    fn new(entries: &'a [DieEntry], own: &[usize], policy: &'a Policy) -> Self {
        let coded: Vec<(usize, Code, Probe)> = own
            .par_iter()
            .filter_map(|&position| {
                let impression = entries[position].key.kept.unpacked()?;
                let (code, probe) = (Code::of_impression(&impression), Probe::new(&impression));
                Some((position, code, probe))
            })
            .collect();
        let gallery: Gallery = coded.iter().map(|(_, code, _)| code.clone()).collect();
        let similar = coded.iter().enumerate().map(|(place, (_, _, probe))| {
            let found = gallery.search(probe, NEIGHBOURS + 1);
            let others = found.into_iter().filter(|candidate| {
                candidate.index != place && candidate.similarity >= SIMILARITY_MIN
            });
            others.map(|candidate| candidate.index).collect()
        });
        Self {
            entries,
            policy,
            similar: similar.collect(),
            own: coded.iter().map(|(position, ..)| *position).collect(),
        }
    }

    /// The links, each with the position of its first member.
    fn links(&self) -> Vec<(usize, Link)> {
        let clusters = self.clusters();
        let found: Vec<Vec<(usize, Link)>> = clusters
            .par_iter()
            .map(|cluster| {
                let families = self.families(cluster).into_iter();
                families
                    .flat_map(|family| {
                        let mut found = self.copies(&family);
                        found.extend(self.link(&family));
                        found
                    })
                    .collect()
            })
            .collect();
        found.concat()
    }

    /// Places that are joined by similar codes, however far: families lie within them.
    fn clusters(&self) -> Vec<Vec<usize>> {
        let mut groups = Groups::default();
        for (place, others) in self.similar.iter().enumerate() {
            for &other in others {
                groups.join((place, other));
            }
        }
        let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in 0..self.own.len() {
            clusters.entry(groups.first(place)).or_default().push(place);
        }
        clusters.into_values().filter(|c| c.len() > 1).collect()
    }

    /// The families of a cluster, each of two members at least.
    fn families(&self, cluster: &[usize]) -> Vec<Family> {
        let mut families: Vec<Family> = Vec::new();
        for &place in cluster {
            match self.best_of(place, &families) {
                Some(best) => families[best].push(place),
                None => families.push(vec![place]),
            }
        }
        // Who came before its family had grown is asked once more.
        let single: Vec<usize> = (0..families.len())
            .filter(|index| families[*index].len() == 1)
            .collect();
        for index in single {
            // It may have been joined meanwhile.
            if let [place] = families[index][..] {
                let own = std::mem::take(&mut families[index]);
                match self.best_of(place, &families) {
                    Some(best) => families[best].push(place),
                    None => families[index] = own,
                }
            }
        }
        families.retain(|family| family.len() > 1);
        families
    }

    /// The family whose die made an impression, if any does.
    fn best_of(&self, place: usize, families: &[Family]) -> Option<usize> {
        let own = self.impression(place)?;
        let mut near: Vec<usize> = Vec::new();
        let is_similar = |a: usize, b: usize| self.similar[a].contains(&b);
        let known = |other: usize| families.iter().position(|family| family.contains(&other));
        near.extend(self.similar[place].iter().filter_map(|other| known(*other)));
        // Similar is said of the few most similar ones only, so that it may be said by one side alone.
        let back = families.iter().enumerate();
        near.extend(
            back.filter(|(_, family)| family.iter().any(|other| is_similar(*other, place)))
                .map(|(index, _)| index),
        );
        let mut seen = std::collections::BTreeSet::new();
        near.retain(|index| seen.insert(*index));
        near.truncate(FAMILIES_MAX);
        let joined = near.into_iter().filter_map(|index| {
            let agreement = self.agreement(&own, &families[index])?;
            (agreement >= JOIN_MIN).then_some((agreement, index))
        });
        let best = joined.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        best.map(|(_, index)| index)
    }

    /// Log10 of the likelihood ratio of an impression with a family that it is not of.
    fn agreement(&self, own: &Impression, family: &[usize]) -> Option<f64> {
        let others: Vec<Impression> = family
            .iter()
            .take(FUSED_MAX)
            .filter_map(|&other| self.impression(other))
            .collect();
        let others: Vec<&Impression> = others.iter().collect();
        likeness::with(own, &others, self.policy)
    }

    /// The record of a family; `None` if fewer than two members agree with the others, or all are scans
    /// of one sheet.
    fn link(&self, family: &[usize]) -> Option<(usize, Link)> {
        let mut members: Family = family.to_vec();
        members.sort_unstable();
        let agreement = |place: &usize| {
            let others: Vec<usize> = members.iter().copied().filter(|o| o != place).collect();
            self.agreement(&self.impression(*place)?, &others)
        };
        let agreements: Vec<Option<f64>> = members.iter().map(agreement).collect();
        let agreeing: Vec<(usize, f64)> = members
            .iter()
            .zip(agreements)
            .filter_map(|(place, agreement)| Some((*place, agreement?)))
            .filter(|(_, agreement)| *agreement >= JOIN_MIN)
            .collect();
        if agreeing.len() < 2 {
            return None;
        }
        let places: Vec<usize> = agreeing.iter().map(|(place, _)| *place).collect();
        let least = agreeing.iter().map(|(_, agreement)| *agreement);
        let strength = least.fold(f64::INFINITY, f64::min);
        let sheets = self.sheets(&places)?;
        if sheets.iter().all(|sheet| *sheet == 1) {
            return None;
        }
        let first = self.own[places[0]];
        let seal = self.entries[first].key.poses_as.clone();
        let link = Link {
            schema: SCHEMA.to_owned(),
            kind: match seal {
                Some(_) => Kind::SameCounterfeitDie,
                None => Kind::SameUnregisteredDie,
            },
            members: self.members(&places, &sheets),
            strength: (10.0 * strength).round() / 10.0,
            correlation: None,
            seal,
            finding: None,
        };
        Some((first, link))
    }

    /// The records of a family's impressions that are one impression, each with the position of its first member. Asked are those
    /// that are similar by code, as copies are before all others.
    fn copies(&self, family: &[usize]) -> Vec<(usize, Link)> {
        let mut family: Family = family.to_vec();
        family.sort_unstable();
        let mut groups = Groups::default();
        let mut pairs: Vec<(usize, (f64, f64))> = Vec::new();
        for (index, &own) in family.iter().enumerate() {
            for &other in &family[index + 1..] {
                if let Some(agreement) = self.twins(own, other) {
                    groups.join((own, other));
                    pairs.push((own, agreement));
                }
            }
        }
        let mut joined: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in family {
            joined.entry(groups.first(place)).or_default().push(place);
        }
        joined.retain(|_, places| places.len() > 1);
        let record = |(first, places): (usize, Vec<usize>)| {
            let sheets = self.sheets(&places)?;
            let members = self.members(&places, &sheets);
            let is_copied = sheets.iter().any(|sheet| *sheet != 1) || bears_twice(&members);
            // A link is no surer than the least of its pairs.
            let least = |of: fn(&(f64, f64)) -> f64| {
                let own = pairs.iter().filter(|(own, _)| groups.first(*own) == first);
                own.map(|(_, agreement)| of(agreement))
                    .fold(f64::INFINITY, f64::min)
            };
            let link = Link {
                schema: SCHEMA.to_owned(),
                kind: Kind::SameImpression,
                members,
                strength: (10.0 * least(|agreement| agreement.1)).round() / 10.0,
                correlation: Some((1000.0 * least(|agreement| agreement.0)).round() / 1000.0),
                seal: None,
                finding: is_copied.then(|| PASTED_DUPLICATE.to_owned()),
            };
            Some((self.own[places[0]], link))
        };
        joined.into_iter().filter_map(record).collect()
    }

    /// Correlation and strength of two impressions that are one; `None` if they are two, or were not to be asked.
    fn twins(&self, own: usize, other: usize) -> Option<(f64, f64)> {
        let entry = |place: usize| &self.entries[self.own[place]];
        // A file given twice is not linked with itself.
        let is_itself = entry(own).sha256 == entry(other).sha256
            && entry(own).key.impression == entry(other).key.impression;
        if !self.are_similar(own, other) || is_itself {
            return None;
        }
        let (first, second) = (self.impression(own)?, self.impression(other)?);
        let (first, second) = likeness::residuals(&first, &second)?;
        pair::without_specimen(&first, &second)
    }

    /// The members at some places, each with the number of its sheet.
    fn members(&self, places: &[usize], sheets: &[usize]) -> Vec<Member> {
        let member = |(&place, &sheet): (&usize, &usize)| {
            let entry = &self.entries[self.own[place]];
            Member {
                sha256: entry.sha256.clone(),
                page: entry.key.page,
                impression: entry.key.impression,
                path: entry.path.clone(),
                sheet,
            }
        };
        places.iter().zip(sheets).map(member).collect()
    }

    /// The number of each member's sheet within the family, from 1.
    fn sheets(&self, places: &[usize]) -> Option<Vec<usize>> {
        let first = self.impression(*places.first()?)?;
        // One at a time: all of a large family would fill the memory.
        let others = places.iter().map_while(|&place| self.impression(place));
        let laid = likeness::places(&first, others);
        if laid.len() < places.len() {
            return None;
        }
        let entry = |index: usize| &self.entries[self.own[places[index]]];
        // Another scan of a sheet bears the same impression, which is similar before all others.
        let is_likely = |a: usize, b: usize| {
            entry(a).sha256 == entry(b).sha256 || self.are_similar(places[a], places[b])
        };
        let is_one = |a: usize, b: usize| {
            let (own, other) = (entry(a), entry(b));
            if own.sha256 == other.sha256 {
                return own.key.page == other.key.page
                    || own.key.impression == other.key.impression;
            }
            let sheets = (own.key.sheet.as_ref(), other.key.sheet.as_ref());
            laid[a]
                .zip(laid[b])
                .is_some_and(|maps| pair::sheets_agree(sheets, maps))
        };
        Some(numbered(places.len(), is_likely, is_one))
    }

    /// Whether either of two is among the most similar to the other by code.
    fn are_similar(&self, a: usize, b: usize) -> bool {
        self.similar[a].contains(&b) || self.similar[b].contains(&a)
    }

    fn impression(&self, place: usize) -> Option<Impression> {
        self.entries[self.own[place]].key.kept.unpacked()
    }
}

/// The number of each member's sheet, from 1: the first whose first member is on one sheet with it, else a new one. It is held against
/// the first [`SHEETS_MAX`] sheets, and against those behind them that are likely.
fn numbered(
    count: usize,
    is_likely: impl Fn(usize, usize) -> bool,
    is_one: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut firsts: Vec<usize> = Vec::new();
    let number = |index: usize| {
        let is_own = |(number, &first): (usize, &usize)| {
            (number < SHEETS_MAX || is_likely(first, index)) && is_one(first, index)
        };
        let known = firsts.iter().enumerate().position(is_own);
        known.unwrap_or_else(|| {
            firsts.push(index);
            firsts.len() - 1
        }) + 1
    };
    (0..count).map(number).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn members_of_one_sheet_have_its_number_and_large_families_take_no_more_time_for_each() {
        let sheet = |index: usize| index % 60;
        let few = numbered(90, |_, _| false, |a, b| sheet(a) == sheet(b));
        let expected: Vec<usize> = (0..90).map(|index| sheet(index) + 1).collect();
        assert_eq!(few, expected);
        let asked = Cell::new(0);
        // The last is another scan of the sheet before it.
        let is_last = |a: usize, b: usize| (a, b) == (2_998, 2_999);
        let is_one = |a: usize, b: usize| {
            asked.set(asked.get() + 1);
            is_last(a, b)
        };
        let many = numbered(3_000, is_last, is_one);
        assert_eq!(many[2_998..], [2_999, 2_999]);
        assert!(asked.get() <= 3_000 * SHEETS_MAX + 1, "{}", asked.get());
    }
}
