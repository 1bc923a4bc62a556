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
/// still stands in the place of what it corrected.
#[must_use]
pub fn superseded(entries: &[Recorded]) -> BTreeSet<String> {
    let mut withdrawals: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for recorded in entries {
        if recorded.entry.kind == WITHDRAWAL.name {
            let target = recorded.entry.key.as_str();
            withdrawals.entry(target).or_default().push(&recorded.name);
        }
    }
    let mut superseded = BTreeSet::new();
    for recorded in entries {
        let is_withdrawn = is_withdrawn(&recorded.name, &withdrawals, &mut Vec::new());
        if is_withdrawn {
            superseded.insert(recorded.name.clone());
        } else if let Some(replaced) = &recorded.entry.corrects {
            superseded.insert(replaced.clone());
        }
    }
    superseded
}

/// Whether a withdrawal that stands takes this entry back. No entry can take itself back, not even by
/// way of others, since its name follows from the name that it takes back: `above` is for doctored stores.
fn is_withdrawn<'a>(
    name: &'a str,
    withdrawals: &BTreeMap<&'a str, Vec<&'a str>>,
    above: &mut Vec<&'a str>,
) -> bool {
    let Some(by) = withdrawals.get(name) else {
        return false;
    };
    if above.contains(&name) {
        return false;
    }
    above.push(name);
    let stands = |withdrawal: &&'a str| !is_withdrawn(withdrawal, withdrawals, above);
    let found = by.iter().any(stands);
    above.pop();
    found
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
