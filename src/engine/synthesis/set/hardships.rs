//! Which documents a set of bad days holds: every hardship and every scan for seals of every shape.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::hardship::Hardship;
use crate::synthesis::page::DECOYS;
use crate::synthesis::page::Filling;
use crate::synthesis::set::Options;
use crate::synthesis::stamp::Make;

/// What comes with which scans: the first without any hardship.
const DAYS: [(Option<Hardship>, &[&str]); 12] = [
    (
        None,
        &["c300", "g300", "b300", "c90", "g90", "c600", "g600", "b600"],
    ),
    (Some(Hardship::PageEdge), &["c300", "g300", "b300"]),
    (Some(Hardship::SealOverSeal), &["c300", "g300", "b300"]),
    (Some(Hardship::DoubleStrike), &["c300", "g300", "b300"]),
    (Some(Hardship::Smear), &["c300", "g300", "b300"]),
    (Some(Hardship::Coarse), &["c300", "c200", "g200"]),
    (Some(Hardship::ColouredPaper), &["c300", "g300", "b300"]),
    (Some(Hardship::BleedThrough), &["c300", "g300", "b300"]),
    (Some(Hardship::Phone), &["phone", "phoneg", "phone"]),
    (Some(Hardship::RedHeading), &["c300", "g300", "b300"]),
    (Some(Hardship::BlackMass), &["b300", "b200", "g300"]),
    // None of these comes unless it is asked for, so that sets without them stay as they were.
    (Some(Hardship::Feed), &["feed", "feedg", "feedb"]),
];

/// Plans, for each seal, genuine impressions on every kind of day in turn, every fifth with another die that
/// poses as it; and a page without a seal for every ten.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "hardships", 0);
    let chosen = |name: &str| conditions.iter().find(|known| known.name == name).copied();
    let days: Vec<(Option<Hardship>, Condition)> = DAYS
        .iter()
        .flat_map(|(hardship, names)| names.iter().map(|name| (*hardship, *name)))
        .filter_map(|(hardship, name)| Some((hardship, chosen(name)?)))
        .collect();
    if days.is_empty() {
        return Vec::new();
    }
    let kinds = options.strength.kinds();
    let mut documents = Vec::new();
    let stamped = options.seals * options.documents_per_seal;
    for index in 0..stamped {
        // Seals by turns, so that every shape meets every day.
        let (number, seal) = (index / options.seals, index % options.seals);
        let (hardship, condition) = days[(number + seal * options.documents_per_seal) % days.len()];
        let make = if index % 5 == 4 {
            Make::Forged(kinds[index / 5 % kinds.len()])
        } else {
            Make::Genuine
        };
        let entry = |seal, make| Entry {
            seal,
            registered: true,
            make,
            route: Route::Stamped,
        };
        let mut entries = vec![entry(seal, make)];
        if hardship == Some(Hardship::SealOverSeal) && options.seals > 1 {
            let other = (seal + 1 + chance.index(options.seals - 1)) % options.seals;
            entries.push(entry(other, Make::Genuine));
        }
        documents.push(document(
            documents.len(),
            entries,
            (hardship, condition),
            &mut chance,
        ));
    }
    for index in 0..stamped.div_ceil(10) {
        let (hardship, condition) = days[index * 7 % days.len()];
        // Nothing is stamped, so only what befalls a whole sheet can befall it.
        let hardship = hardship.filter(|hardship| hardship.is_of_sheet());
        let mut empty = document(
            documents.len(),
            Vec::new(),
            (hardship, condition),
            &mut chance,
        );
        empty.decoys = vec![DECOYS[index % DECOYS.len()]];
        documents.push(empty);
    }
    documents
}

fn document(
    index: usize,
    entries: Vec<Entry>,
    (hardship, condition): (Option<Hardship>, Condition),
    chance: &mut Chance,
) -> Document {
    let ending = match hardship {
        Some(Hardship::Phone) => "jpg",
        _ => "pdf",
    };
    Document {
        name: format!("docs/d{:04}.{ending}", index + 1),
        condition,
        signed: !entries.is_empty() && chance.happens(0.8),
        entries,
        decoys: Vec::new(),
        small: chance.happens(0.5) || condition.dpi >= 600,
        filling: Filling::Letter,
        hardship,
        rescan_of: None,
        straddle: None,
        is_hung: false,
        is_aside: false,
        addition: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::document::CONDITIONS;
    use crate::synthesis::document::FED;
    use crate::synthesis::forgery::Strength;
    use crate::synthesis::set::Content;

    fn options() -> Options {
        Options {
            seals: 6,
            documents_per_seal: 13,
            specimens: 1,
            conditions: Vec::new(),
            strength: Strength::Marked,
            content: Content::Hardships,
            seed: 3,
        }
    }

    #[test]
    fn every_day_of_the_table_comes_and_every_seal_meets_others() {
        let documents = plan(&options(), &CONDITIONS);
        assert_eq!(documents.len(), 78 + 8);
        let is_asked_for = |day: &(Option<Hardship>, &[&str])| day.0 == Some(Hardship::Feed);
        for (hardship, names) in DAYS.into_iter().filter(|day| !is_asked_for(day)) {
            for name in names {
                let is_such = |d: &&Document| d.hardship == hardship && d.condition.name == *name;
                let seals: std::collections::BTreeSet<usize> = documents
                    .iter()
                    .filter(is_such)
                    .filter_map(|document| document.entries.first())
                    .map(|entry| entry.seal)
                    .collect();
                assert!(seals.len() >= 2, "{hardship:?} {name}: {seals:?}");
            }
        }
    }

    #[test]
    fn a_bad_feed_comes_where_it_is_asked_for_and_nowhere_else() {
        let is_fed = |document: &Document| document.hardship == Some(Hardship::Feed);
        assert!(!plan(&options(), &CONDITIONS).iter().any(is_fed));
        let asked = plan(&options(), &FED);
        assert_eq!(asked.len(), 78 + 8);
        assert!(asked.iter().all(is_fed));
    }
}
