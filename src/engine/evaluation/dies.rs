//! Whether impressions of one unregistered die were linked, and of different dies were not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::trial::Trial;
use crate::evaluation::truth::Label;

/// Figures of the dies in no register, where the set says which die made an impression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DieFigures {
    /// False dies of registered seals.
    pub counterfeit: FamilyFigures,
    /// Dies of seals that are not registered.
    pub unregistered: FamilyFigures,
    /// Pairs of impressions of different dies, of which one at least is in no register.
    pub apart: usize,
    /// Of them, those linked as of one unregistered die.
    pub apart_linked: usize,
    /// Pairs of impressions of a registered die that were linked so.
    pub registered_linked: usize,
}

/// Figures of dies that made several impressions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyFigures {
    /// Dies of which at least two impressions were found.
    pub families: usize,
    /// Of them, those of which two impressions at least were linked.
    pub families_found: usize,
    /// Their pairs of impressions.
    pub pairs: usize,
    /// Of them, those linked.
    pub pairs_linked: usize,
}

impl DieFigures {
    /// Counts families and pairs.
    #[must_use]
    pub fn of(trials: &[Trial]) -> Self {
        let mut figures = Self::default();
        let mut families: BTreeMap<(Label, &str), Vec<usize>> = BTreeMap::new();
        let dies: Vec<Option<Die>> = trials.iter().map(Die::of).collect();
        for (line, die) in dies.iter().enumerate() {
            let Some(own) = die else { continue };
            if let Die::Unregistered(label, name) = own {
                families.entry((*label, name)).or_default().push(line);
            }
            let linked_with = &trials[line].of_die_with;
            for (other, die) in dies.iter().enumerate().skip(line + 1) {
                let Some(die) = die else { continue };
                let linked = usize::from(linked_with.contains(&other));
                match (own == die, own) {
                    (true, Die::Registered(_)) => figures.registered_linked += linked,
                    (true, Die::Unregistered(..)) => {}
                    (false, _) => {
                        let both = [own, die].map(|die| matches!(die, Die::Registered(_)));
                        figures.apart += usize::from(both != [true, true]);
                        figures.apart_linked += linked;
                    }
                }
            }
        }
        for ((label, _), lines) in families.iter().filter(|(_, lines)| lines.len() > 1) {
            let family = match label {
                Label::Unregistered => &mut figures.unregistered,
                Label::Forged | Label::Genuine | Label::Deformed | Label::None => {
                    &mut figures.counterfeit
                }
            };
            let linked = |own: &usize| {
                let others = &trials[*own].of_die_with;
                let linked = others.iter().filter(|other| lines.contains(other));
                linked.filter(|other| *other > own).count()
            };
            let pairs_linked: usize = lines.iter().map(linked).sum();
            family.families += 1;
            family.families_found += usize::from(pairs_linked > 0);
            family.pairs += lines.len() * (lines.len() - 1) / 2;
            family.pairs_linked += pairs_linked;
        }
        figures
    }
}

/// The die that made an impression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Die {
    Registered(String),
    Unregistered(Label, String),
}

impl Die {
    /// `None` where the impression was not found, or the line does not say.
    fn of(trial: &Trial) -> Option<Self> {
        let truth = &trial.truth;
        if !trial.detected {
            return None;
        }
        if let Some(name) = truth.unregistered_die() {
            return Some(Self::Unregistered(truth.label, name));
        }
        match truth.label {
            Label::Genuine | Label::Deformed => truth.seal.clone().map(Self::Registered),
            Label::Forged | Label::Unregistered | Label::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::linked;
    use crate::evaluation::trial::pair;
    use crate::evaluation::truth;

    /// Two impressions of a false die, one of another, two of a stranger and one of the seal itself; each
    /// linked with what `links` says.
    fn figures(links: &[(usize, usize)]) -> DieFigures {
        let line = |name: &str, label: &str, die: &str| {
            let die = match die {
                "" => String::new(),
                die => format!(",\"die\":\"{die}\""),
            };
            format!("{{\"document\":\"{name}\",\"label\":\"{label}\",\"seal\":\"S\"{die}}}\n")
        };
        let set = [
            line("a", "forged", "F1"),
            line("b", "forged", "F1"),
            line("c", "forged", "F2"),
            line("d", "unregistered", "U1"),
            line("e", "unregistered", "U1"),
            line("f", "genuine", ""),
        ];
        let lines = truth::parse(&set.concat()).unwrap();
        let seen = linked(&lines, links, |seen, others| seen.fellows = others);
        let (trials, _) = pair(&lines, &seen, |_| true);
        DieFigures::of(&trials)
    }

    #[test]
    fn impressions_of_one_die_that_were_linked_are_a_family_found() {
        let figures = figures(&[(0, 1)]);
        assert_eq!(
            (figures.counterfeit.families, figures.counterfeit.pairs),
            (1, 1)
        );
        assert_eq!(figures.counterfeit.families_found, 1);
        assert_eq!(figures.unregistered.families, 1);
        assert_eq!(figures.unregistered.pairs_linked, 0);
        // Fifteen pairs, less those of the false die and of the stranger.
        assert_eq!((figures.apart, figures.apart_linked), (13, 0));
    }

    #[test]
    fn a_link_of_two_dies_is_wrong_whoever_they_are() {
        let figures = figures(&[(0, 2), (4, 5)]);
        assert_eq!(figures.apart_linked, 2);
        assert_eq!(figures.counterfeit.families_found, 0);
    }
}
