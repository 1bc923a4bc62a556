//! Which documents a set of copies holds: originals, copies of them, and their sheets scanned anew.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::set::Options;
use crate::synthesis::set::plan::document;
use crate::synthesis::set::plan::originals;
use crate::synthesis::stamp::Make;

/// What comes of one document of a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Stamped,
    Pasted,
    Reprinted,
    Rescanned,
}

/// Ten turns of a seal's documents: half of them originals.
const TURNS: [Origin; 10] = [
    Origin::Stamped,
    Origin::Pasted,
    Origin::Stamped,
    Origin::Reprinted,
    Origin::Stamped,
    Origin::Rescanned,
    Origin::Stamped,
    Origin::Reprinted,
    Origin::Stamped,
    Origin::Pasted,
];

/// Plans, for each seal, originals and copies of their colour scans by [`TURNS`]. A copy of a seal without
/// a colour scan is stamped instead.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "copies", 0);
    let mut origins = Vec::new();
    for seal in 0..options.seals {
        let turns = (0..options.documents_per_seal).map(|number| TURNS[(number + seal) % 10]);
        origins.extend(turns.map(|origin| (seal, origin)));
    }
    chance.shuffle(&mut origins);
    let numbered = origins.iter().enumerate();
    let mut documents: Vec<Document> = numbered
        .map(|(index, &(seal, _))| {
            let entry = Entry {
                seal,
                registered: true,
                make: Make::Genuine,
                route: Route::Stamped,
            };
            document(index, vec![entry], conditions, &mut chance)
        })
        .collect();
    let stamped: Vec<bool> = origins.iter().map(|o| o.1 == Origin::Stamped).collect();
    for (index, &(seal, origin)) in origins.iter().enumerate() {
        let mut sources = originals(&documents, seal);
        sources.retain(|&source| stamped[source]);
        if origin == Origin::Stamped || sources.is_empty() {
            continue;
        }
        let source = *chance.pick(&sources);
        match origin {
            Origin::Stamped => {}
            Origin::Pasted => documents[index].entries[0].route = Route::Pasted(source),
            Origin::Reprinted => documents[index].entries[0].route = Route::Reprinted(source),
            Origin::Rescanned => {
                documents[index] = Document {
                    name: documents[index].name.clone(),
                    condition: documents[index].condition,
                    rescan_of: Some(source),
                    ..documents[source].clone()
                };
            }
        }
    }
    documents
}
