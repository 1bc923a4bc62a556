//! Which documents a set of marks holds: letters with a stamp of secrecy or urgency, or with a frame that is none.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::frame::FRAMES;
use crate::synthesis::page::Decoy;
use crate::synthesis::page::Filling;
use crate::synthesis::set::Options;
use crate::synthesis::set::fillings;

/// Plans as many letters as there are documents of seals, each with one frame; most of those that are not secret are sealed.
pub(super) fn marks(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "marks", 0);
    let mut documents = fillings::plan(options, conditions, fillings::PAGES);
    for (index, document) in documents.iter_mut().enumerate() {
        let frame = FRAMES[index % FRAMES.len()];
        document.decoys = vec![Decoy::Framed(frame)];
        document.filling = Filling::Letter;
        if frame.is_secret() || chance.happens(0.3) {
            document.entries.clear();
            document.signed = false;
        }
    }
    documents
}

/// Plans sealed forms, blank, half-filled and filled, and letters.
pub(super) fn forms(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut documents = fillings::plan(options, conditions, fillings::PAGES);
    for (index, document) in documents.iter_mut().enumerate() {
        document.filling = Filling::FORMS[index % Filling::FORMS.len()];
        document.small = false;
    }
    documents
}
