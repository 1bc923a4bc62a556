//! Copies among impressions whose dies are in no register, from pairs that were told one by one as they came.

use std::collections::BTreeMap;

use crate::links::Link;
use crate::links::Member;
use crate::links::family;
use crate::links::family::Groups;
use crate::links::pair::Pair;

/// An impression of an unregistered die in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The impression's number: several documents of the same bytes have it.
    pub number: i64,
    /// Digest of the document's bytes.
    pub sha256: String,
    /// What the document is named by.
    pub path: String,
    /// Number of its page.
    pub page: u32,
    /// Index among the impressions of the document's report.
    pub impression: usize,
}

/// Two impressions of one unregistered die that are one impression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Twins {
    /// Their numbers, that of the one kept first before the other.
    pub numbers: (i64, i64),
    /// Correlation of their inks beside what they share.
    pub correlation: f64,
    /// Log10 of how much likelier that is of one impression than of two stampings.
    pub strength: f64,
    /// Whether their pages are scans of one sheet.
    pub is_one_sheet: bool,
}

/// The links of copies among impressions, in their order. Pairs of which one is not among them join nothing.
#[must_use]
pub fn join(bearers: &[Bearer], twins: &[Twins]) -> Vec<Link> {
    let mut places: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let mut pages: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    let mut sheets = Groups::default();
    for (place, bearer) in bearers.iter().enumerate() {
        places.entry(bearer.number).or_default().push(place);
        // One page of one file is one sheet, whoever handed it in.
        let page = (bearer.sha256.as_str(), bearer.page);
        let first = *pages.entry(page).or_insert(place);
        sheets.join((first, place));
    }
    let at = |number: i64| places.get(&number).into_iter().flatten().copied();
    let mut pairs = Vec::with_capacity(twins.len());
    for own in twins {
        for first in at(own.numbers.0) {
            pairs.extend(at(own.numbers.1).map(|second| Pair {
                members: (first, second),
                correlation: own.correlation,
                strength: own.strength,
                same_sheet: own.is_one_sheet,
            }));
        }
    }
    let member = |place: usize, sheet: usize| {
        let bearer = &bearers[place];
        Member {
            sha256: bearer.sha256.clone(),
            page: bearer.page,
            impression: bearer.impression,
            path: bearer.path.clone(),
            sheet,
        }
    };
    let links = family::families(&member, &pairs, sheets).into_iter();
    links.map(|(_, link)| link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Kind;
    use crate::links::PASTED_DUPLICATE;

    fn bearer(number: i64, file: &str, path: &str) -> Bearer {
        Bearer {
            number,
            sha256: file.to_owned(),
            path: path.to_owned(),
            page: 1,
            impression: 0,
        }
    }

    fn twins(numbers: (i64, i64), strength: f64, is_one_sheet: bool) -> Twins {
        Twins {
            numbers,
            correlation: 0.8,
            strength,
            is_one_sheet,
        }
    }

    /// Paths and sheets of a link's members.
    fn told(link: &Link) -> Vec<(&str, usize)> {
        let members = link.members.iter();
        members.map(|own| (own.path.as_str(), own.sheet)).collect()
    }

    #[test]
    fn a_copy_is_a_finding_and_a_sheet_scanned_twice_is_none() {
        let bearers = [
            bearer(1, "a", "a"),
            bearer(2, "b", "b"),
            bearer(3, "c", "c"),
            bearer(4, "d", "d"),
            bearer(5, "e", "e"),
        ];
        let pairs = [
            twins((1, 3), 2.6, false),
            twins((1, 4), 1.9, true),
            twins((2, 5), 2.0, true),
        ];
        let links = join(&bearers, &pairs);
        assert_eq!(links.len(), 2, "{links:?}");
        assert!(links.iter().all(|link| link.kind == Kind::SameImpression));
        assert_eq!(told(&links[0]), [("a", 1), ("c", 2), ("d", 1)]);
        assert_eq!(links[0].finding.as_deref(), Some(PASTED_DUPLICATE));
        assert!((links[0].strength - 1.9).abs() < 1e-9, "{links:?}");
        assert_eq!(told(&links[1]), [("b", 1), ("e", 1)]);
        assert_eq!(links[1].finding, None);
        // The same once more is the same.
        assert_eq!(join(&bearers, &[pairs, pairs].concat()), links);
    }

    #[test]
    fn one_file_of_two_offices_is_one_sheet_and_nothing_by_itself() {
        let both = [bearer(1, "a", "a of B1"), bearer(1, "a", "a of B2")];
        assert_eq!(join(&both, &[twins((1, 2), 2.0, false)]), []);
        let [first, second] = both;
        let bearers = [first, bearer(2, "b", "b"), second];
        let links = join(&bearers, &[twins((1, 2), 2.0, false)]);
        assert_eq!(links.len(), 1, "{links:?}");
        let expected = [("a of B1", 1), ("b", 2), ("a of B2", 1)];
        assert_eq!(told(&links[0]), expected);
    }

    #[test]
    fn one_page_that_bears_an_impression_twice_is_a_finding() {
        let second = Bearer {
            impression: 1,
            ..bearer(2, "a", "a")
        };
        let twice = [bearer(1, "a", "a"), second.clone()];
        let links = join(&twice, &[twins((1, 2), 2.0, false)]);
        assert_eq!(links.len(), 1, "{links:?}");
        assert_eq!(told(&links[0]), [("a", 1), ("a", 1)]);
        assert_eq!(links[0].finding.as_deref(), Some(PASTED_DUPLICATE));
        // Scans of two pages that are one sheet are none.
        let other_page = Bearer { page: 2, ..second };
        let scans = [bearer(1, "a", "a"), other_page];
        let links = join(&scans, &[twins((1, 2), 2.0, true)]);
        assert_eq!(links[0].finding, None, "{links:?}");
    }

    #[test]
    fn what_only_another_impression_joins_is_apart_without_it() {
        let pairs = [twins((1, 2), 2.0, false), twins((2, 3), 2.0, false)];
        let all = [
            bearer(1, "a", "a"),
            bearer(2, "b", "b"),
            bearer(3, "c", "c"),
        ];
        assert_eq!(join(&all, &pairs)[0].members.len(), 3);
        let [first, _, third] = all;
        assert_eq!(join(&[first, third], &pairs), []);
    }
}
