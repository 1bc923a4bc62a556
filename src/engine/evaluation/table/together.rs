//! Figures of what documents show together, in words: copies, families of one die, wear along dates.

use crate::evaluation::Evaluation;
use crate::evaluation::dies::DieFigures;
use crate::evaluation::dies::FamilyFigures;
use crate::evaluation::linkage::LinkFigures;

/// A line for each that the set holds.
pub(super) fn lines(evaluation: &Evaluation) -> String {
    let mut text = links(&evaluation.links);
    text.push_str(&dies(&evaluation.dies));
    text.push_str(&wear(evaluation));
    text
}

/// Wear along dates in words; nothing where the set states none.
fn wear(evaluation: &Evaluation) -> String {
    let wear = evaluation.wear.as_ref();
    wear.map_or_else(String::new, |wear| format!("{}\n", wear.line()))
}

/// The pairs linked as copies, in words; nothing where the set holds no pair of one seal.
fn links(figures: &LinkFigures) -> String {
    if figures.independent + figures.copies + figures.rescans == 0 {
        return String::new();
    }
    format!(
        "Pairs of one seal linked as copies: {} of {} copies, {} of {} stamped apart, {} of {} scans of one \
         sheet\n",
        figures.linked_copies,
        figures.copies,
        figures.independent_linked,
        figures.independent,
        figures.rescans_linked,
        figures.rescans
    )
}

/// The impressions linked as of one unregistered die, in words; nothing where the set holds no such family.
fn dies(figures: &DieFigures) -> String {
    let (false_dies, strangers) = (&figures.counterfeit, &figures.unregistered);
    if false_dies.families + strangers.families == 0 {
        return String::new();
    }
    let words = |of: &FamilyFigures| {
        format!(
            "{} of {} found, {} of {} pairs linked",
            of.families_found, of.families, of.pairs_linked, of.pairs
        )
    };
    format!(
        "Families of one false die: {}; of one unregistered seal: {}; pairs of different dies linked: {} of {}; \
         of registered dies: {}\n",
        words(false_dies),
        words(strangers),
        figures.apart_linked,
        figures.apart,
        figures.registered_linked
    )
}
