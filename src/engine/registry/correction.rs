//! Corrections and withdrawals: which entries stand.
//!
//! Nothing is deleted. An entry is replaced by one that names it as what it corrects, or taken back by
//! a withdrawal.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::registry::Recorded;
use crate::registry::kind::Kind;
use crate::registry::kind::Subject;

/// An entry that takes another one back without putting anything in its place.
pub const WITHDRAWAL: &Kind = &Kind {
    name: "withdrawal",
    title: "withdrawals",
    required: &["withdraws", "reason"],
    optional: &["on"],
    key: "withdraws",
    day: Some("on"),
    identity: &["withdraws"],
    refers: &[("withdraws", Subject::Entry)],
    check: |_| Ok(()),
};

/// The names of those entries that another one replaces or takes back.
///
/// A withdrawal that is itself withdrawn takes nothing back; a correction that was corrected again
/// still stands in the place of what it corrected. An entry that names one of another kind as what it
/// corrects replaces nothing: it stands beside it, and
/// [`consistency`](crate::registry::consistency) says so.
#[must_use]
pub fn superseded(entries: &[Recorded]) -> BTreeSet<String> {
    let withdrawn = withdrawn(entries);
    let kinds: BTreeMap<&str, &str> = entries
        .iter()
        .map(|recorded| (recorded.name.as_str(), recorded.entry.kind.as_str()))
        .collect();
    let is_of_kind = |recorded: &Recorded, replaced: &str| {
        let kind = kinds.get(replaced);
        kind.is_none_or(|kind| *kind == recorded.entry.kind)
    };
    let corrections = entries
        .iter()
        .filter(|recorded| !withdrawn.contains(recorded.name.as_str()))
        .filter_map(|recorded| {
            let replaced = recorded.entry.corrects.as_ref()?;
            is_of_kind(recorded, replaced).then(|| replaced.clone())
        });
    let mut superseded: BTreeSet<String> = corrections.collect();
    superseded.extend(withdrawn.into_iter().map(str::to_owned));
    superseded
}

/// The names of those that an entry corrects or withdraws.
pub fn named(recorded: &Recorded) -> impl Iterator<Item = &str> {
    let entry = &recorded.entry;
    let withdraws = (entry.kind == WITHDRAWAL.name).then_some(entry.key.as_str());
    withdraws.into_iter().chain(entry.corrects.as_deref())
}

/// The names of entries that a standing withdrawal takes back: those first that nobody withdraws, then
/// what they withdraw, and so on. No entry can take itself back, not even by way of others, since its
/// name follows from the name that it takes back.
fn withdrawn(entries: &[Recorded]) -> BTreeSet<&str> {
    let withdrawals: BTreeMap<&str, &str> = entries
        .iter()
        .filter(|recorded| recorded.entry.kind == WITHDRAWAL.name)
        .map(|recorded| (recorded.name.as_str(), recorded.entry.key.as_str()))
        .collect();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for target in withdrawals.values() {
        *open.entry(target).or_default() += 1;
    }
    let mut withdrawn = BTreeSet::new();
    let mut known: Vec<(&str, &str)> = withdrawals
        .iter()
        .map(|(name, target)| (*name, *target))
        .filter(|(name, _)| !open.contains_key(name))
        .collect();
    while let Some((name, target)) = known.pop() {
        if !withdrawn.contains(name) {
            withdrawn.insert(target);
        }
        let left = open.entry(target).or_default();
        *left = left.saturating_sub(1);
        if *left == 0
            && let Some(next) = withdrawals.get(target)
        {
            known.push((target, next));
        }
    }
    withdrawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Entry;

    fn recorded(kind: &str, key: &str, corrects: Option<&str>) -> Recorded {
        let entry = Entry {
            kind: kind.to_owned(),
            key: key.to_owned(),
            corrects: corrects.map(str::to_owned),
            ..Entry::default()
        };
        Recorded {
            name: entry.name(),
            entry,
            revision: None,
            recorded_at: None,
        }
    }

    #[test]
    fn a_correction_of_a_correction_does_not_bring_the_first_back() {
        let first = recorded("head", "B1", None);
        let second = recorded("head", "B1", Some(&first.name));
        let third = recorded("head", "B1", Some(&second.name));
        let gone = superseded(&[third.clone(), first.clone(), second.clone()]);
        assert_eq!(gone, [first.name, second.name].into());
    }

    #[test]
    fn an_entry_of_another_kind_is_not_replaced() {
        let head = recorded("head", "B1", None);
        let name = recorded("name", "B1", Some(&head.name));
        assert_eq!(superseded(&[head.clone(), name.clone()]), [].into());
        assert_eq!(superseded(&[name, head]), [].into());
    }

    #[test]
    fn what_a_withdrawn_correction_had_replaced_stands_again() {
        let first = recorded("head", "B1", None);
        let second = recorded("head", "B1", Some(&first.name));
        let back = recorded(WITHDRAWAL.name, &second.name, None);
        let entries = [first.clone(), second.clone(), back.clone()];
        assert_eq!(superseded(&entries), [second.name.clone()].into());
        let again = recorded(WITHDRAWAL.name, &back.name, None);
        let entries = [again, first.clone(), second, back.clone()];
        assert_eq!(superseded(&entries), [first.name, back.name].into());
    }
}
