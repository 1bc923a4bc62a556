//! Which documents a set of wear holds: impressions of each seal over its years of use.

use std::fmt::Write as _;

use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::set::Extra;
use crate::synthesis::set::Options;
use crate::synthesis::set::plan::document;
use crate::synthesis::stamp::Make;
use crate::synthesis::wear::Life;
use crate::units::floor_index;

/// The documents' dates, for `antin verify --dates`.
const DATES: &str = "dates.csv";

/// Plans, for each seal, impressions at irregular intervals from its registration on: over two to seven years,
/// in the order of days.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "lives", 0);
    let count = options.documents_per_seal;
    let mut documents = Vec::new();
    for seal in 0..options.seals {
        let stands = |number: usize, chance: &mut Chance| {
            (number as f64 + chance.between(0.05, 0.95)) / count as f64
        };
        for number in 0..count {
            let share = floor_index(1000.0 * stands(number, &mut chance));
            let entry = Entry {
                seal,
                registered: true,
                make: Make::Aged(u16::try_from(share).unwrap_or(u16::MAX)),
                route: Route::Stamped,
            };
            documents.push(document(
                documents.len(),
                vec![entry],
                conditions,
                &mut chance,
            ));
        }
    }
    documents
}

/// The file of the documents' dates.
///
/// # Panics
/// Never: memory takes every write.
pub(super) fn dates(documents: &[Document], seals: &[Seal], seed: u64) -> Option<Extra> {
    let mut rows = String::from("document,date\n");
    let mut any = false;
    for document in documents {
        let Some(Entry {
            seal,
            make: Make::Aged(share),
            ..
        }) = document.entries.first()
        else {
            continue;
        };
        if let Some(date) = Life::of(&seals[*seal], seed).date(*share) {
            any = true;
            writeln!(rows, "{},{date}", document.name).expect("memory takes every write");
        }
    }
    any.then(|| Extra {
        name: DATES.to_owned(),
        bytes: rows.into_bytes(),
        truths: Vec::new(),
    })
}
