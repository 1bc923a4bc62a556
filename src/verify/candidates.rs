//! Which registered seal an impression is taken for, and how well it agrees with it.

use crate::extraction::Impression;
use crate::identification;
use crate::matching::Comparison;
use crate::matching::Query;
use crate::matching::Specimen;
use crate::registry::Register;
use crate::verdict;
use crate::verdict::Conclusion;
use crate::verdict::Judgement;
use crate::verify::Examination;

/// Registered seals compared in full with each impression.
///
/// Chosen: copies of one design, and the few bodies whose names differ by one word, are compared;
/// the rest of the register is ruled out by its design.
const CANDIDATES_MAX: usize = 5;

/// By how much a seal's correlation must exceed that of every other seal of the same design.
///
/// Measured on near twins (one word or digit different) of forty drawn seals, seed 11: the right
/// seal's correlation was the higher in 70 of 73 impressions, and by more than this in 67.
const TWIN_MARGIN_CORRELATION: f64 = 0.012;

/// Caveat of a conclusion that another registered seal would get as well.
const NEAR_TWIN: &str = "near_twin_not_excluded";

/// Caveat of a conclusion where another registered seal agrees clearly better.
const BETTER_TWIN: &str = "another_seal_agrees_better";

/// One registered seal that an impression was compared with.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Position in the register.
    pub(super) seal: usize,
    /// Whether the design is the same.
    pub(super) same_design: bool,
    /// What was measured.
    pub(super) comparison: Option<Comparison>,
    /// What it amounts to.
    pub(super) judgement: Judgement,
}

/// The candidates, best first, and the one that counts.
#[derive(Clone, Debug)]
pub(super) struct Attribution {
    pub(super) candidates: Vec<Candidate>,
    chosen: Option<usize>,
}

impl Attribution {
    /// Compares an impression with the best few of the register, and with the claimed seal.
    pub(super) fn of(impression: &Impression, examination: &Examination<'_>) -> Self {
        let seals = &examination.register.seals;
        let mut query = Query::new(impression);
        let mut candidates: Vec<Candidate> = shortlist(&mut query, examination)
            .into_iter()
            .map(|seal| {
                let specimen = &seals[seal].specimen;
                let comparison = query.compare(specimen);
                let same_design = comparison.as_ref().is_some_and(identification::same_design);
                let policy = examination.policy;
                let judgement = verdict::judge(impression, comparison.as_ref(), policy);
                Candidate {
                    seal,
                    same_design,
                    comparison,
                    judgement,
                }
            })
            .collect();
        // By agreement of the whole drawing, which tells near twins apart where their own ratios,
        // each against dies unknown, do not; those not aligned come last.
        candidates.sort_by(|a, b| correlation(b).total_cmp(&correlation(a)));
        let chosen = match examination.claim {
            Some(claim) => candidates.iter().position(|c| c.seal == claim),
            None => candidates.iter().position(|c| c.same_design),
        };
        if let Some(chosen) = chosen {
            doubt_twins(&mut candidates, chosen);
        }
        Self { candidates, chosen }
    }

    /// The claim, else the best seal of the same design.
    pub(super) fn chosen(&self) -> Option<&Candidate> {
        self.chosen.map(|position| &self.candidates[position])
    }
}

/// Positions in the register, the likest first.
fn shortlist(query: &mut Query<'_>, examination: &Examination<'_>) -> Vec<usize> {
    let specimens = specimens(examination.register);
    let ranked = identification::rank(query, &specimens, CANDIDATES_MAX);
    let mut shortlist: Vec<usize> = ranked
        .into_iter()
        .map(|candidate| candidate.index)
        .collect();
    if let Some(claim) = examination.claim
        && !shortlist.contains(&claim)
    {
        shortlist.push(claim);
    }
    shortlist
}

fn specimens(register: &Register) -> Vec<&Specimen> {
    register.seals.iter().map(|seal| &seal.specimen).collect()
}

/// A conclusion for one seal is undecided while another seal explains the impression as well, and
/// leans to different where another explains it clearly better.
fn doubt_twins(candidates: &mut [Candidate], chosen: usize) {
    let own = correlation(&candidates[chosen]);
    let rival = candidates
        .iter()
        .enumerate()
        .filter(|&(position, other)| position != chosen && other.same_design)
        .map(|(_, other)| correlation(other))
        .fold(f64::NEG_INFINITY, f64::max);
    let judgement = &mut candidates[chosen].judgement;
    let speaks_for = match judgement.conclusion {
        Conclusion::Consistent | Conclusion::LeansConsistent => true,
        Conclusion::Undecided
        | Conclusion::LeansDifferent
        | Conclusion::Different
        | Conclusion::NotExaminable => false,
    };
    if !speaks_for {
        return;
    }
    if rival > own + TWIN_MARGIN_CORRELATION {
        judgement.conclusion = Conclusion::LeansDifferent;
        judgement.caveats.push(BETTER_TWIN.to_owned());
    } else if rival > own - TWIN_MARGIN_CORRELATION {
        judgement.conclusion = Conclusion::Undecided;
        judgement.caveats.push(NEAR_TWIN.to_owned());
    }
}

/// Agreement of the whole drawing; what could not be aligned stands below everything.
fn correlation(candidate: &Candidate) -> f64 {
    let comparison = candidate.comparison.as_ref();
    comparison.map_or(f64::NEG_INFINITY, |comparison| comparison.correlation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Condition;

    fn candidate(seal: usize, correlation: f64, conclusion: Conclusion) -> Candidate {
        let comparison = Comparison {
            agreement: 0.9,
            missing_ink: 0.1,
            extra_ink: None,
            displacement_mm: 0.02,
            scale: None,
            rotation_deg: 0.0,
            usable_area: 1.0,
            parts_share: 1.0,
            correlation,
            anisotropy: 0.0,
            bend_mm: 0.0,
            missing_patch_mm2: 0.0,
            measures: Vec::new(),
        };
        Candidate {
            seal,
            same_design: identification::same_design(&comparison),
            comparison: Some(comparison),
            judgement: Judgement {
                log10_lr: Some(0.8),
                log10_lr_cap: 2.0,
                conclusion,
                condition: Condition::Sound,
                evidence: Vec::new(),
                caveats: Vec::new(),
            },
        }
    }

    #[test]
    fn a_near_twin_makes_the_conclusion_undecided() {
        let mut pair = [
            candidate(0, 0.9, Conclusion::Consistent),
            candidate(1, 0.895, Conclusion::Consistent),
        ];
        doubt_twins(&mut pair, 0);
        assert_eq!(pair[0].judgement.conclusion, Conclusion::Undecided);
        assert_eq!(pair[0].judgement.caveats, [NEAR_TWIN]);
    }

    #[test]
    fn a_twin_that_is_clearly_beaten_leaves_the_conclusion() {
        let mut pair = [
            candidate(0, 0.9, Conclusion::Consistent),
            candidate(1, 0.8, Conclusion::LeansConsistent),
        ];
        doubt_twins(&mut pair, 0);
        assert_eq!(pair[0].judgement.conclusion, Conclusion::Consistent);
    }

    #[test]
    fn a_claim_leans_to_different_where_another_seal_agrees_clearly_better() {
        let mut pair = [
            candidate(1, 0.9, Conclusion::Consistent),
            candidate(0, 0.8, Conclusion::Consistent),
        ];
        doubt_twins(&mut pair, 1);
        assert_eq!(pair[1].judgement.conclusion, Conclusion::LeansDifferent);
        assert_eq!(pair[1].judgement.caveats, [BETTER_TWIN]);
    }

    #[test]
    fn a_better_twin_does_not_soften_a_difference() {
        let mut pair = [
            candidate(1, 0.9, Conclusion::Consistent),
            candidate(0, 0.8, Conclusion::Different),
        ];
        doubt_twins(&mut pair, 1);
        assert_eq!(pair[1].judgement.conclusion, Conclusion::Different);
    }
}
