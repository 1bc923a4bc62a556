//! Which documents a set of pages holds: letters of usual length, short ones, and paper that bears a seal and
//! nothing to be sealed.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::page::Filling;
use crate::synthesis::set::Options;
use crate::synthesis::stamp::Make;

/// Fillings by turns.
const TURNS: [Filling; 5] = [
    Filling::Letter,
    Filling::Bare,
    Filling::Short,
    Filling::Letter,
    Filling::Short,
];

/// Plans genuine impressions of each seal on pages of every filling, four of five signed.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "fillings", 0);
    let count = options.seals * options.documents_per_seal;
    let documents = (0..count).filter_map(|index| {
        let (number, seal) = (index / options.seals, index % options.seals);
        Some(Document {
            name: format!("docs/d{:04}.pdf", index + 1),
            condition: drawn(conditions, &mut chance)?,
            entries: vec![Entry {
                seal,
                registered: true,
                make: Make::Genuine,
                route: Route::Stamped,
            }],
            decoys: Vec::new(),
            small: chance.happens(0.25),
            signed: chance.happens(0.8),
            filling: TURNS[(number + seal) % TURNS.len()],
            hardship: None,
            rescan_of: None,
            straddle: None,
        })
    });
    documents.collect()
}

/// One of the conditions, by their weights.
pub(super) fn drawn(conditions: &[Condition], chance: &mut Chance) -> Option<Condition> {
    let weight = |condition: &Condition| condition.weight as usize;
    let total: usize = conditions.iter().map(weight).sum();
    let mut left = chance.index(total.max(1));
    let chosen = conditions.iter().find(|condition| {
        let rest = left.checked_sub(weight(condition));
        left = rest.unwrap_or(left);
        rest.is_none()
    });
    chosen.copied()
}
