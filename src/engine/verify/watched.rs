//! Whether an impression was made with a die on the watch list.

use crate::extraction::Impression;
use crate::identification;
use crate::matching::Query;
use crate::rules;
use crate::rules::Finding;
use crate::verdict;
use crate::verify::Examination;
use crate::verify::candidates::Attribution;
use crate::verify::candidates::TWIN_LOG_ODDS;
use crate::verify::rounding::LR_DIGITS;
use crate::verify::rounding::rounded;

/// A finding for the listed die that agrees best, if one does.
///
/// A counterfeit has the design of the seal that it poses as: unless the comparison with that one speaks
/// against it already, the ink where their drawings differ must prefer the listed die clearly.
///
/// Cost: one comparison for each die of the list.
pub(super) fn finding(
    impression: &Impression,
    attribution: &Attribution,
    examination: &Examination<'_>,
) -> Option<Finding> {
    let register = examination.register;
    if register.watched.is_empty() {
        return None;
    }
    let query = Query::new(impression);
    let rival = attribution
        .chosen()
        .filter(|own| own.same_design && !own.judgement.conclusion.is_against())
        .map(|own| &register.seals[own.seal].specimen);
    let mut best: Option<(&str, Option<f64>)> = None;
    for die in &register.watched {
        let Some(comparison) = query.compare(&die.specimen) else {
            continue;
        };
        let judgement = verdict::judge(impression, Some(&comparison), examination.policy);
        let over = |rival| query.odds_over_rival(&die.specimen, rival).unwrap_or(0.0);
        let is_preferred = rival.is_none_or(|rival| over(rival) >= TWIN_LOG_ODDS);
        if !(judgement.conclusion.is_for()
            && is_preferred
            && identification::same_design(&comparison))
        {
            continue;
        }
        if best.is_none_or(|(_, ratio)| judgement.log10_lr > ratio) {
            best = Some((&die.id, judgement.log10_lr));
        }
    }
    let (die, ratio) = best?;
    Some(rules::watch::listed(
        die,
        ratio.map(|ratio| rounded(ratio, LR_DIGITS)),
    ))
}
