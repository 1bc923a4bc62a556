//! Which documents of several sheets a set holds: half of them whole, the others broken in every way.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::page::Filling;
use crate::synthesis::set::Options;
use crate::synthesis::set::fillings;
use crate::synthesis::stamp::Make;
use crate::synthesis::straddle::Fault;
use crate::synthesis::straddle::SHEETS_MAX;
use crate::synthesis::straddle::Straddle;

/// What is done to the sheets, by turns.
const TURNS: [Fault; 8] = [
    Fault::None,
    Fault::Removed,
    Fault::None,
    Fault::Replaced,
    Fault::None,
    Fault::Swapped,
    Fault::None,
    Fault::Foreign,
];

/// Plans documents of two to seven sheets of each seal.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "straddles", 0);
    let count = options.seals * options.documents_per_seal;
    let documents = (0..count).filter_map(|index| {
        let (number, seal) = (index / options.seals, index % options.seals);
        let fault = TURNS[(number + seal) % TURNS.len()];
        let least = if fault == Fault::None { 2 } else { 3 };
        Some(Document {
            name: format!("docs/d{:04}.pdf", index + 1),
            condition: fillings::drawn(conditions, &mut chance)?,
            entries: vec![Entry {
                seal,
                registered: true,
                make: Make::Genuine,
                route: Route::Stamped,
            }],
            decoys: Vec::new(),
            small: false,
            signed: true,
            filling: Filling::Letter,
            hardship: None,
            rescan_of: None,
            straddle: Some(Straddle {
                sheets: least + chance.index(8 - least),
                under_one: SHEETS_MAX,
                fault,
            }),
            is_hung: false,
            is_aside: false,
            addition: None,
        })
    });
    documents.collect()
}
