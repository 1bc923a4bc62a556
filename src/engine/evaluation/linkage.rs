//! Whether copies of impressions were linked with what they are copies of, and nothing else was.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::trial::Trial;
use crate::evaluation::truth::Truth;

/// Which lines an impression was linked with as a copy, and whether rightly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// Lines of the set, from 0, that it was said to be one impression with, on another sheet.
    pub linked_with: Vec<usize>,
    /// Of a copy whose source was found: whether it was linked with it.
    pub copy_linked: Option<bool>,
    /// Whether it was linked with an impression that was stamped apart, or with its own sheet.
    pub falsely_linked: bool,
}

/// Figures of all pairs of impressions of one seal that were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFigures {
    /// Pairs linked as copies.
    pub linked: usize,
    /// Of them, those that are.
    pub linked_copies: usize,
    /// Pairs that are copies of one impression on different sheets.
    pub copies: usize,
    /// Pairs that were stamped apart, and how many of them were linked.
    pub independent: usize,
    /// Independent pairs linked as copies.
    pub independent_linked: usize,
    /// Pairs of scans of one sheet.
    pub rescans: usize,
    /// Of them, those linked as copies.
    pub rescans_linked: usize,
}

/// How two lines' impressions are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Independent,
    Copies,
    SameSheet,
}

fn relation(own: &Truth, other: &Truth) -> Relation {
    if own.sheet() == other.sheet() && own.document != other.document {
        Relation::SameSheet
    } else if own.root() == other.root() && own.seal == other.seal && own != other {
        Relation::Copies
    } else {
        Relation::Independent
    }
}

/// Judges the links of one line; `found` says which lines' impressions were found.
pub(super) fn judged(
    lines: &[Truth],
    line: usize,
    linked_with: Vec<usize>,
    found: impl Fn(usize) -> bool,
) -> Linked {
    let own = &lines[line];
    let is_source = |other: &usize| {
        let other = &lines[*other];
        Some(&other.document) == own.pasted_from().as_ref() && other.seal == own.seal
    };
    let source = (0..lines.len()).find(|other| is_source(other) && found(*other));
    Linked {
        copy_linked: source.map(|source| linked_with.contains(&source)),
        falsely_linked: linked_with
            .iter()
            .any(|other| relation(own, &lines[*other]) != Relation::Copies),
        linked_with,
    }
}

impl LinkFigures {
    /// Counts the pairs of each seal.
    #[must_use]
    pub fn of(trials: &[Trial]) -> Self {
        let mut by_seal: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (line, trial) in trials.iter().enumerate() {
            if let Some(seal) = trial.truth.seal.as_deref().filter(|_| trial.detected) {
                by_seal.entry(seal).or_default().push(line);
            }
        }
        let mut figures = Self::default();
        for lines in by_seal.values() {
            for (place, &own) in lines.iter().enumerate() {
                for &other in &lines[place + 1..] {
                    figures.add((own, &trials[own]), (other, &trials[other]));
                }
            }
        }
        figures
    }

    fn add(&mut self, (_, own): (usize, &Trial), (line, other): (usize, &Trial)) {
        let linked = own.linked.linked_with.contains(&line);
        let count = usize::from(linked);
        self.linked += count;
        match relation(&own.truth, &other.truth) {
            Relation::Copies => {
                self.copies += 1;
                self.linked_copies += count;
            }
            Relation::Independent => {
                self.independent += 1;
                self.independent_linked += count;
            }
            Relation::SameSheet => {
                self.rescans += 1;
                self.rescans_linked += count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::linked;
    use crate::evaluation::trial::pair;
    use crate::evaluation::truth;

    /// An original, its rescan, a copy of it, and an independent one; each seen to be one with what
    /// `links` says.
    fn figures(links: &[(usize, usize)]) -> (LinkFigures, Vec<Trial>) {
        let line = |name: &str, field: &str| {
            format!("{{\"document\":\"{name}\",\"label\":\"genuine\",\"seal\":\"S\"{field}}}\n")
        };
        let set = [
            line("a", ""),
            line("b", ",\"rescan_of\":\"a\""),
            line("c", ",\"pasted_from\":\"a\""),
            line("d", ""),
        ];
        let lines = truth::parse(&set.concat()).unwrap();
        let seen = linked(&lines, links, |seen, others| seen.copies = others);
        let (trials, _) = pair(&lines, &seen, |_| true);
        (LinkFigures::of(&trials), trials)
    }

    #[test]
    fn a_copy_linked_with_its_source_and_the_source_scanned_again_is_right() {
        let (figures, trials) = figures(&[(0, 2), (1, 2)]);
        assert_eq!(
            (figures.linked, figures.linked_copies, figures.copies),
            (2, 2, 2)
        );
        assert_eq!((figures.independent, figures.independent_linked), (3, 0));
        assert_eq!((figures.rescans, figures.rescans_linked), (1, 0));
        assert_eq!(trials[2].linked.copy_linked, Some(true));
        assert!(trials.iter().all(|trial| !trial.linked.falsely_linked));
    }

    #[test]
    fn a_stamping_of_its_own_or_a_rescan_called_a_copy_is_wrong() {
        let (figures, trials) = figures(&[(0, 1), (2, 3)]);
        assert_eq!((figures.linked, figures.linked_copies), (2, 0));
        assert_eq!((figures.independent_linked, figures.rescans_linked), (1, 1));
        assert_eq!(trials[2].linked.copy_linked, Some(false));
        assert!(trials.iter().all(|trial| trial.linked.falsely_linked));
    }
}
