//! The links of one document: its impressions are compared with the others, not all with all.
//!
//! What comes out is what comparing all with all says of it, but of a large family its first members only. Compared with every
//! impression are the document's own and those that turn out to be one with them. Where some pair agrees all over, what the seal's impressions have in common is asked for too: that
//! takes up to 64 families of impressions, each of which is compared with every impression, to know who is of it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::links::Entry;
use crate::links::Link;
use crate::links::family::ONE_FAMILY;
use crate::links::family::linked;
use crate::links::habit::Habit;
use crate::links::pair;
use crate::links::pair::Pair;
use crate::production::ResidualKey;

/// Impressions of other documents that are followed around each of a document's impressions, the first of the entries; chosen: each
/// pair that is one costs a look at two layouts, some milliseconds, and a seal's image may be pasted into thousands of letters.
const FOLLOWED_MAX: usize = 40;

/// Finds the impressions that are copies of a document's: those links of all the entries that the document with this path is a
/// member of, in their order. Of a family with more than 40 impressions of other documents, the first 40 of the entries that are
/// found from the document's are told: whoever gives the latest first has the latest.
///
/// Cost: half a microsecond for each pair of the document's impressions with others of their seals. Where some agree, up to 64 times
/// as much; where a seal's impressions resemble one another as copies do, at most as much as for all pairs. Besides, some
/// milliseconds for each pair that is one, at most 820 of them for each of the document's impressions that stands in a family of its own.
#[must_use]
pub fn find(entries: &[Entry], path: &str) -> Vec<Link> {
    linked(entries, |own| Seal::new(entries, own).pairs_around(path))
}

/// The impressions of one seal.
struct Seal<'a> {
    entries: &'a [Entry],
    /// Their positions among the entries, ascending.
    own: &'a [usize],
    /// The first of each impression's family, as far as it was asked for.
    families: BTreeMap<usize, usize>,
    /// What they have in common, once it was asked for.
    habit: Option<Habit>,
}

/// Where following a document's impressions has come to.
struct Reached {
    /// The document's impressions.
    document: BTreeSet<usize>,
    /// These, and those that are followed around them.
    found: BTreeSet<usize>,
    /// Those that were compared with all that may be joined.
    compared: BTreeSet<usize>,
}

impl Reached {
    /// Whether an impression is to be looked at where so many more may be followed.
    fn may_be_joined(&self, position: usize, spare: usize) -> bool {
        !self.compared.contains(&position) && (spare > 0 || self.found.contains(&position))
    }
}

impl<'a> Seal<'a> {
    const fn new(entries: &'a [Entry], own: &'a [usize]) -> Self {
        Self {
            entries,
            own,
            families: BTreeMap::new(),
            habit: None,
        }
    }

    /// The pairs that are one among a document's impressions and those followed around them.
    fn pairs_around(&mut self, path: &str) -> Vec<Pair> {
        let entries = self.entries;
        let document = self.own.iter().copied();
        let document: BTreeSet<usize> = document
            .filter(|&position| entries[position].path == path)
            .collect();
        let mut reached = Reached {
            found: document.clone(),
            document,
            compared: BTreeSet::new(),
        };
        let mut pairs = Vec::new();
        for start in reached.document.clone() {
            pairs.extend(self.pairs_from(start, &mut reached));
        }
        pairs
    }

    /// The pairs that are one among those followed from one of the document's impressions; none where it was followed from another.
    fn pairs_from(&mut self, start: usize, reached: &mut Reached) -> Vec<Pair> {
        let mut pending = vec![start];
        let mut spare = FOLLOWED_MAX;
        let mut pairs = Vec::new();
        while let Some(position) = pending.pop() {
            if !reached.compared.insert(position) {
                continue;
            }
            let is_asked = |other| reached.may_be_joined(other, spare);
            for (other, correlation) in self.near(position, is_asked) {
                if !reached.may_be_joined(other, spare) {
                    continue;
                }
                let members = (position.min(other), position.max(other));
                let Some(pair) = self.judge(members, correlation) else {
                    continue;
                };
                pairs.push(pair);
                if reached.found.insert(other) {
                    spare -= 1;
                    pending.push(other);
                } else if reached.document.contains(&other) {
                    pending.push(other);
                }
            }
        }
        pairs
    }

    /// Whether two with some correlation are one.
    fn judge(&mut self, members: (usize, usize), correlation: f64) -> Option<Pair> {
        let entries = self.entries;
        let (one, second) = (residual(entries, members.0), residual(entries, members.1));
        if !pair::agrees_all_over(one, second) {
            return None;
        }
        let habit = self.habit.take().unwrap_or_else(|| self.common());
        let apart = self.apart(&habit, members);
        self.habit = Some(habit);
        pair::judge(entries, members, (correlation, apart))
    }

    /// Those among the impressions asked for that one may be a copy of, with the correlation.
    fn near(&self, position: usize, is_asked: impl Fn(usize) -> bool + Sync) -> Vec<(usize, f64)> {
        let others = self.own.par_iter().copied();
        let others = others.filter(|&other| other != position && is_asked(other));
        let near = others.filter_map(|other| {
            let members = (position.min(other), position.max(other));
            Some((other, pair::likely(self.entries, members)?))
        });
        near.collect()
    }

    /// What the impressions have in common.
    fn common(&mut self) -> Habit {
        let (entries, own) = (self.entries, self.own);
        let framed = own.iter().copied();
        let framed = framed.filter(|&position| is_of_frame(entries, own, position));
        Habit::of(framed.map(|position| (self.family(position), residual(entries, position))))
    }

    /// Correlation of two impressions without what the others have in common; `None` where that is not known.
    fn apart(&mut self, habit: &Habit, members: (usize, usize)) -> Option<f64> {
        let entries = self.entries;
        if !is_of_frame(entries, self.own, members.0) {
            return None;
        }
        let (one, other) = (residual(entries, members.0), residual(entries, members.1));
        let families = (self.family(members.0), self.family(members.1));
        habit.correlation((families.0, one), (families.1, other))
    }

    /// The first of the impressions that may be copies of one, this one among them: they count once in what all have in common.
    fn family(&mut self, position: usize) -> usize {
        if let Some(first) = self.families.get(&position) {
            return *first;
        }
        let mut members = BTreeSet::from([position]);
        let mut pending = vec![position];
        while let Some(one) = pending.pop() {
            let is_open =
                |other: usize| !members.contains(&other) && !self.families.contains_key(&other);
            let near = self.near(one, is_open);
            let joined = near.into_iter().filter(|(_, own)| *own >= ONE_FAMILY);
            for (other, _) in joined {
                members.insert(other);
                pending.push(other);
            }
        }
        let first = members.first().copied().unwrap_or(position);
        let members = members.into_iter().map(|member| (member, first));
        self.families.extend(members);
        first
    }
}

fn residual(entries: &[Entry], position: usize) -> &ResidualKey {
    &entries[position].key.residual
}

/// Whether an impression's cells lie where those of the seal's first impression do.
fn is_of_frame(entries: &[Entry], own: &[usize], position: usize) -> bool {
    own.first()
        .is_some_and(|&first| residual(entries, first).is_of_frame(residual(entries, position)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Affine;
    use crate::links;
    use crate::units::single;
    use crate::verify::key::ImpressionKey;

    const CELLS: usize = ResidualKey::SIDE * ResidualKey::SIDE;

    fn marks(chance: &mut fastrand::Rng) -> Vec<f64> {
        (0..CELLS).map(|_| chance.f64() - 0.5).collect()
    }

    /// Marks with a share of others.
    fn with(own: &[f64], others: &[f64], share: f64) -> Vec<f64> {
        let pairs = own.iter().zip(others);
        pairs.map(|(own, other)| own + share * other).collect()
    }

    fn entry(number: usize, marks: &[f64]) -> Entry {
        let cells: Vec<Option<f32>> = marks.iter().map(|own| Some(single(*own))).collect();
        Entry {
            sha256: number.to_string(),
            path: number.to_string(),
            key: ImpressionKey {
                page: 1,
                impression: 0,
                seal: ["S1", "S2"][number % 2].into(),
                residual: ResidualKey::from_cells(&cells, 0.6).unwrap(),
                page_from_seal: Affine::IDENTITY,
                sheet: None,
            },
        }
    }

    /// Impressions of two seals whose dies leave more or less of their marks in them, and copies of a few: of one of them
    /// two, one of which is a copy of the other copy.
    fn entries(count: usize) -> Vec<Entry> {
        let mut chance = fastrand::Rng::with_seed(4_401);
        let dies = [marks(&mut chance), marks(&mut chance)];
        let mut all: Vec<Vec<f64>> = Vec::new();
        for number in 0..count {
            let share = 0.5 + chance.f64();
            all.push(with(&marks(&mut chance), &dies[number % 2], share));
        }
        for source in [0, 7, count, 20] {
            let noise = marks(&mut chance);
            let copy = with(&all[source], &noise, 0.3);
            // A copy bears the seal of its source: even numbers are of one, odd ones of the other.
            if all.len() % 2 != source % 2 {
                all.push(marks(&mut chance));
            }
            all.push(copy);
        }
        let numbered = all.iter().enumerate();
        numbered.map(|(number, own)| entry(number, own)).collect()
    }

    #[test]
    fn a_document_has_the_links_that_comparing_all_with_all_gives_it() {
        // A few, of which no habit is known; and more than a habit takes.
        for count in [22, 220] {
            let entries = entries(count);
            let all = links::find(&entries);
            let is_member = |link: &Link, path: &str| {
                let mut members = link.members.iter();
                members.any(|member| member.path == path)
            };
            let (mut linked, mut alone) = (0, 0);
            let asked = [0, 1, 2, 3, 7, 20, 21].into_iter();
            for number in asked.chain(count..entries.len()) {
                let path = number.to_string();
                let of_it: Vec<Link> = all
                    .iter()
                    .filter(|link| is_member(link, &path))
                    .cloned()
                    .collect();
                match of_it.is_empty() {
                    true => alone += 1,
                    false => linked += 1,
                }
                assert_eq!(find(&entries, &path), of_it, "{number} of {count}");
            }
            assert!(linked >= 7 && alone >= 3, "{linked} linked, {alone} alone");
        }
    }

    #[test]
    fn of_a_large_family_the_first_forty_are_followed() {
        let mut chance = fastrand::Rng::with_seed(4_402);
        let source = marks(&mut chance);
        // All of one seal.
        let copies = (0..300).map(|number| {
            let noise = marks(&mut chance);
            entry(2 * number, &with(&source, &noise, 0.1))
        });
        let entries: Vec<Entry> = copies.collect();
        let own: Vec<usize> = (0..entries.len()).collect();
        for (path, told) in [("0", 0..41), ("598", 0..40)] {
            let links = find(&entries, path);
            assert_eq!(links.len(), 1, "{path}");
            let members = links[0].members.iter().map(|own| own.path.clone());
            let mut expected: Vec<String> = told.map(|own| (2 * own).to_string()).collect();
            if path == "598" {
                expected.push(path.to_owned());
            }
            assert_eq!(members.collect::<Vec<_>>(), expected, "{path}");
            // Each of these costs a look at two layouts.
            let judged = Seal::new(&entries, &own).pairs_around(path);
            assert_eq!(judged.len(), 41 * 40 / 2, "{path}");
        }
    }

    #[test]
    fn a_document_that_is_not_there_has_no_links() {
        let entries = entries(22);
        assert_eq!(find(&entries, "none"), Vec::new());
        assert_eq!(find(&[], "0"), Vec::new());
    }
}
