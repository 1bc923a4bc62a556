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

/// What the documents of a set are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// What chance draws by.
    label: &'static str,
    /// Fillings by turns.
    turns: &'static [Filling],
    /// Share that a pen signs.
    signed: f64,
    /// Share on half a sheet.
    small: f64,
}

/// Pages of every filling, four of five signed.
pub(super) const PAGES: Kind = Kind {
    label: "fillings",
    turns: &TURNS,
    signed: 0.8,
    small: 0.25,
};

/// Letters whose number, date and names are to be read, printed and filled in, half of them signed.
pub(super) const LETTERS: Kind = Kind {
    label: "letters",
    turns: &[Filling::Letter, Filling::Filled],
    signed: 0.5,
    small: 0.0,
};

/// Printed letters, half of them signed.
pub(super) const PRINTED: Kind = Kind {
    label: "printed",
    turns: &[Filling::Letter],
    signed: 0.5,
    small: 0.0,
};

/// Share of written pages whose seal hangs at the head.
const HUNG: f64 = 1.0 / 6.0;

const TURNS: [Filling; 5] = [
    Filling::Letter,
    Filling::Bare,
    Filling::Short,
    Filling::Letter,
    Filling::Short,
];

/// Plans genuine impressions of each seal on pages of a kind.
pub(super) fn plan(options: &Options, conditions: &[Condition], kind: Kind) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, kind.label, 0);
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
            small: chance.happens(kind.small),
            signed: chance.happens(kind.signed),
            filling: kind.turns[(number + seal) % kind.turns.len()],
            hardship: None,
            rescan_of: None,
            straddle: None,
            is_hung: false,
            is_aside: false,
            addition: None,
        })
    });
    documents.collect()
}

/// Plans pages of every filling; on one written page of six the seal hangs over the issuer's name.
pub(super) fn pages(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "hanging", 0);
    let mut documents = plan(options, conditions, PAGES);
    for document in &mut documents {
        document.is_hung = chance.happens(HUNG) && document.filling != Filling::Bare;
    }
    documents
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
