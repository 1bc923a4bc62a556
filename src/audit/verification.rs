//! Going through the chain and naming the first place where it is broken.

use thiserror::Error;

use crate::audit::Head;
use crate::audit::Linked;

/// Where and how the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Break {
    /// Numbers are missing.
    #[error("entries {first} to {last} are missing: they were removed")]
    Removed {
        /// The first missing one.
        first: u64,
        /// The last missing one.
        last: u64,
    },
    /// The texts of an entry are not those that its digest was taken over.
    #[error("entry {sequence} was changed: its digest is of something else")]
    Changed {
        /// Its number.
        sequence: u64,
    },
    /// An entry stands under another number than it was written under.
    #[error("entry {sequence} was moved: it was written as entry {written}")]
    Moved {
        /// The number that it has.
        sequence: u64,
        /// The number that its digest was taken with.
        written: u64,
    },
    /// An entry is sound by itself and hangs on another one than stands before it.
    #[error(
        "entry {sequence} does not follow entry {}: it, or the one before it, was put in place of another",
        sequence - 1
    )]
    Unlinked {
        /// Its number.
        sequence: u64,
    },
    /// An entry that can have no place in the chain.
    #[error("an entry numbered {sequence} stands where none can be: it was put in")]
    Inserted {
        /// The number that it has.
        sequence: u64,
    },
    /// The head tells of more entries than there are.
    #[error("the chain was cut: it ends at entry {last}, and its head tells of {head}")]
    Cut {
        /// The last entry that there is.
        last: u64,
        /// The last entry that there was.
        head: u64,
    },
    /// There are entries that the head does not tell of.
    #[error("entry {sequence} was put behind the end that the head tells of")]
    Added {
        /// The first of them.
        sequence: u64,
    },
    /// The head is of another chain.
    #[error("entry {sequence} is not the one that the head tells of: the chain was written anew")]
    Rewritten {
        /// Number of the entry.
        sequence: u64,
    },
    /// There is no head.
    #[error("the head of the chain is missing: whether the chain was cut cannot be told")]
    NoHead,
}

/// Goes through a chain, entry by entry.
#[derive(Debug)]
pub struct Verifier {
    last: Head,
    noted: Option<Head>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            last: Head::beginning(),
            noted: None,
        }
    }
}

impl Verifier {
    /// One that also checks a head noted earlier, elsewhere: what was written up to then must still stand.
    #[must_use]
    pub fn against(noted: Option<Head>) -> Self {
        Self {
            noted,
            ..Self::default()
        }
    }

    /// Checks the next entry, in the order of numbers.
    ///
    /// # Errors
    /// If the chain is broken here.
    pub fn next(&mut self, entry: &Linked) -> Result<(), Break> {
        let (sequence, expected) = (entry.sequence, self.last.sequence + 1);
        if sequence < expected {
            return Err(Break::Inserted { sequence });
        }
        if sequence > expected {
            return Err(Break::Removed {
                first: expected,
                last: sequence - 1,
            });
        }
        if entry.computed(sequence, &entry.previous) != entry.digest {
            return Err(Break::Changed { sequence });
        }
        if entry.previous != self.last.digest {
            return Err(Break::Unlinked { sequence });
        }
        self.last = entry.head();
        let other = |noted: &Head| noted.sequence == sequence && noted.digest != entry.digest;
        if self.noted.as_ref().is_some_and(other) {
            return Err(Break::Rewritten { sequence });
        }
        Ok(())
    }

    /// Checks the end of the chain against the heads.
    ///
    /// # Errors
    /// If the chain does not end where they say.
    pub fn finish(self, head: Option<&Head>) -> Result<Head, Break> {
        let last = self.last;
        let head = head.ok_or(Break::NoHead)?;
        for told in [Some(head), self.noted.as_ref()].into_iter().flatten() {
            if told.sequence > last.sequence {
                return Err(Break::Cut {
                    last: last.sequence,
                    head: told.sequence,
                });
            }
        }
        if head.sequence < last.sequence {
            return Err(Break::Added {
                sequence: head.sequence + 1,
            });
        }
        if head.digest != last.digest {
            return Err(Break::Rewritten {
                sequence: last.sequence,
            });
        }
        Ok(last)
    }
}

/// The number under which an entry was written whose digest does not fit the number that it has; `None` where it fits none
/// up to `last`, so that it was changed.
#[must_use]
pub fn written_as(entry: &Linked, last: u64) -> Option<u64> {
    (1..=last).find(|sequence| entry.computed(*sequence, &entry.previous) == entry.digest)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    use crate::audit::Actor;
    use crate::audit::Deed;
    use crate::audit::Entry;

    fn chain(length: u64) -> Vec<Linked> {
        let mut head = Head::beginning();
        (0..length)
            .map(|number| {
                let entry = Entry {
                    at: Timestamp::UNIX_EPOCH,
                    who: Actor::Program,
                    deed: Deed::SpecimenRead,
                    subject: format!("S{number:03}"),
                    detail: json!({ "number": number }),
                };
                let linked = Linked::behind(&head, &entry);
                head = linked.head();
                linked
            })
            .collect()
    }

    fn verified(chain: &[Linked], head: &Head) -> Result<Head, Break> {
        verified_against(chain, head, None)
    }

    fn verified_against(chain: &[Linked], head: &Head, noted: Option<Head>) -> Result<Head, Break> {
        let mut verifier = Verifier::against(noted);
        for entry in chain {
            verifier.next(entry)?;
        }
        verifier.finish(Some(head))
    }

    /// As whoever computes digests anew from `from` on would leave it.
    fn rewritten(mut chain: Vec<Linked>, from: usize) -> Vec<Linked> {
        for position in from..chain.len() {
            if position > 0 {
                chain[position].previous = chain[position - 1].digest.clone();
            }
            let entry = &chain[position];
            chain[position].digest = entry.computed(entry.sequence, &entry.previous);
        }
        chain
    }

    #[test]
    fn a_chain_that_nobody_touched_stands_and_so_does_one_without_entries() {
        let chain = chain(5);
        let head = chain[4].head();
        assert_eq!(verified(&chain, &head), Ok(head));
        assert_eq!(verified(&[], &Head::beginning()), Ok(Head::beginning()));
    }

    #[test]
    fn each_way_of_breaking_it_is_told_at_its_place() {
        let whole = chain(6);
        let head = whole[5].head();
        let broken = |chain: Vec<Linked>| verified(&chain, &head).unwrap_err();

        let mut changed = whole.clone();
        changed[2].subject = "S999".into();
        assert_eq!(broken(changed), Break::Changed { sequence: 3 });

        let mut removed = whole.clone();
        removed.drain(1..3);
        assert_eq!(broken(removed), Break::Removed { first: 2, last: 3 });

        let mut swapped = whole.clone();
        swapped.swap(1, 3);
        (swapped[1].sequence, swapped[3].sequence) = (2, 4);
        assert_eq!(written_as(&swapped[1], 6), Some(4));
        assert_eq!(broken(swapped), Break::Changed { sequence: 2 });

        // An entry in between, all later ones numbered anew.
        let mut inserted = whole.clone();
        let between = Linked {
            subject: "S777".into(),
            ..whole[3].clone()
        };
        inserted.insert(3, between);
        for (number, entry) in (1..).zip(&mut inserted) {
            entry.sequence = number;
        }
        assert_eq!(broken(inserted.clone()), Break::Changed { sequence: 4 });
        inserted[3].digest = inserted[3].computed(4, &inserted[3].previous);
        assert_eq!(broken(inserted.clone()), Break::Changed { sequence: 5 });
        assert_eq!(written_as(&inserted[4], 7), Some(4));

        let mut replaced = whole.clone();
        replaced[2].detail = "{}".into();
        replaced[2].digest = replaced[2].computed(3, &replaced[2].previous);
        assert_eq!(broken(replaced), Break::Unlinked { sequence: 4 });
    }

    #[test]
    fn an_end_that_was_cut_or_lengthened_shows_by_the_head() {
        let whole = chain(6);
        let head = whole[5].head();
        let cut = verified(&whole[..4], &head).unwrap_err();
        assert_eq!(cut, Break::Cut { last: 4, head: 6 });
        let added = verified(&whole, &whole[3].head()).unwrap_err();
        assert_eq!(added, Break::Added { sequence: 5 });
        let last = |mut chain: Vec<Linked>| {
            chain[5].subject = "S999".into();
            rewritten(chain, 5)
        };
        let other = verified(&last(whole.clone()), &head).unwrap_err();
        assert_eq!(other, Break::Rewritten { sequence: 6 });
        assert_eq!(Verifier::default().finish(None), Err(Break::NoHead));
    }

    #[test]
    fn a_chain_written_anew_with_its_head_shows_only_against_a_noted_one() {
        let whole = chain(6);
        let noted = whole[3].head();
        let mut forged = whole;
        forged[1].subject = "S999".into();
        let forged = rewritten(forged, 1);
        let head = forged[5].head();
        assert_eq!(verified(&forged, &head), Ok(head.clone()));
        let told = verified_against(&forged, &head, Some(noted.clone()));
        assert_eq!(told, Err(Break::Rewritten { sequence: 4 }));
        let cut = verified_against(&forged[..2], &forged[1].head(), Some(noted));
        assert_eq!(cut, Err(Break::Cut { last: 2, head: 4 }));
    }

    proptest! {
        #[test]
        fn no_single_change_of_an_entry_goes_unseen(at in 0_usize..6, field in 0_usize..7, letter in "[a-z0-9]") {
            let mut chain = chain(6);
            let head = chain[5].head();
            let entry = &mut chain[at];
            let text = match field {
                0 => &mut entry.at,
                1 => &mut entry.who,
                2 => &mut entry.deed,
                3 => &mut entry.subject,
                4 => &mut entry.detail,
                5 => &mut entry.previous,
                _ => &mut entry.digest,
            };
            text.push_str(&letter);
            prop_assert!(verified(&chain, &head).is_err());
        }
    }
}
