//! Which documents a set of findings holds: letters of which a finding is due that no other set gives cause for, and as many of
//! which none is.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::set::Options;
use crate::synthesis::set::fillings;

/// Share of Chinese letters whose seal stands beside issuer and date.
const ASIDE: f64 = 0.5;

/// Plans sealed letters.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "findings", 0);
    let mut documents = fillings::plan(options, conditions, fillings::PRINTED);
    for document in &mut documents {
        document.is_aside = chance.happens(ASIDE);
    }
    documents
}
