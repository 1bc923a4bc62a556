//! Which registered seal an impression is taken for, and how well it agrees with it.

use std::f64::consts::LN_10;

use crate::extraction::Impression;
use crate::extraction::Shape;
use crate::geometry::Affine;
use crate::identification;
use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Presence;
use crate::matching::Query;
use crate::matching::Slip;
use crate::matching::Specimen;
use crate::measurement::Measurements;
use crate::production::ResidualKey;
use crate::production::Sign;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::verdict;
use crate::verdict::Conclusion;
use crate::verdict::Judgement;
use crate::verify::Examination;
use crate::verify::sighting::Shown;

/// Registered seals compared in full with each impression.
///
/// Chosen: copies of one design, and the few bodies whose names differ by one word, are compared;
/// the rest of the register is ruled out by its design.
pub(super) const CANDIDATES_MAX: usize = 5;

/// Natural log of the odds, by the ink where two drawings differ, from which one of two near twins
/// is taken to be excluded: twenty to one.
pub(super) const TWIN_LOG_ODDS: f64 = 3.0;

/// Correlation of the aligned ink from which a mark without outline is a registered stamp or a copy of its
/// drawing. Measured on drawn pages: print laid on a stamp's drawing reaches 0.15, impressions struck
/// twice or under black text stay above 0.5.
const UNFRAMED_MIN: f64 = 0.4;

/// The same of a seal with an outline, whose drawing was found on the page all but surely. Measured on drawn pages: under
/// black text and a thick signature 0.25 to 0.65, elsewhere 0.39 and more, and on pages without the seal up to 0.18.
const LIKENED_MIN: f64 = 0.3;

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
    /// How the ink departs from the chosen seal's specimen, and where that lies on the page.
    key: Option<(ResidualKey, Affine)>,
    /// What it shows of the chosen seal's wear, where it is dated and counts.
    shown: Option<Shown>,
}

impl Attribution {
    /// Compares an impression with the best few of the register, and with the claimed seal.
    ///
    /// `sign` is what shows that it was printed.
    pub(super) fn of(
        impression: &Impression,
        sign: Option<Sign>,
        examination: &Examination<'_>,
    ) -> Self {
        let query = Query::new(impression);
        let shortlist = shortlist(&query, examination);
        Self::compared(&query, shortlist, (sign, examination))
    }

    /// Compares an impression with these seals of the register.
    pub(super) fn among(
        impression: &Impression,
        shortlist: Vec<usize>,
        about: (Option<Sign>, &Examination<'_>),
    ) -> Self {
        Self::compared(&Query::new(impression), shortlist, about)
    }

    fn compared<'a>(
        query: &Query<'a>,
        shortlist: Vec<usize>,
        (sign, examination): (Option<Sign>, &Examination<'a>),
    ) -> Self {
        let seals = &examination.register.seals;
        let impression = query.impression();
        let mut candidates: Vec<Candidate> = shortlist
            .into_iter()
            .map(|seal| {
                let specimen = &seals[seal].specimen;
                let comparison = query.compare(specimen);
                let same_design = comparison.as_ref().is_some_and(identification::same_design);
                let policy = examination.policy;
                let judgement = verdict::judge(impression, comparison.as_ref(), policy);
                let judgement = match sign {
                    Some(_) => judgement.of_copy(),
                    None => judgement,
                };
                Candidate {
                    seal,
                    same_design,
                    comparison,
                    judgement,
                }
            })
            .collect();
        // Those not aligned come last.
        candidates.sort_by(|a, b| correlation(b).total_cmp(&correlation(a)));
        let over = |own: &Candidate, rival: &Candidate| {
            let (own, rival) = (&seals[own.seal].specimen, &seals[rival.seal].specimen);
            query.odds_over_rival(own, rival).unwrap_or(0.0)
        };
        // Where drawings differ altogether the ink's odds say nothing beyond that.
        let likelier = |own: &Candidate, rival: &Candidate| {
            let by_ink = over(own, rival).clamp(-TWIN_LOG_ODDS, TWIN_LOG_ODDS);
            by_ink + LN_10 * (lr(own) - lr(rival))
        };
        put_likeliest_first(&mut candidates, likelier);
        let chosen = match examination.claim {
            Some(claim) => candidates.iter().position(|c| c.seal == claim),
            None => candidates.iter().position(|c| c.same_design),
        };
        if let Some(chosen) = chosen {
            doubt_slip(&mut candidates[chosen], query, seals);
            doubt_twins(&mut candidates, chosen, over);
        }
        let own = chosen.map(|chosen| &candidates[chosen]);
        let lay = |own: &Candidate| query.superpose(&seals[own.seal].specimen);
        let laid = own
            .filter(|own| !own.judgement.conclusion.is_against())
            .and_then(lay);
        let key = laid
            .as_ref()
            .and_then(|laid| Some((ResidualKey::new(laid)?, laid.page_from_grid)));
        let is_asked = sign.is_none() && examination.date.is_some();
        let shown = own.filter(|_| is_asked).and_then(|own| {
            let accepted = followed(&own.judgement)?;
            Some(Shown {
                accepted,
                presence: Presence::of(&laid.or_else(|| lay(own))?)?,
                scale: own.comparison.as_ref()?.scale,
            })
        });
        Self {
            candidates,
            chosen,
            key,
            shown,
        }
    }

    /// The same of an impression that was joined from parts, each laid on the drawing by itself: no more than lean
    /// either way.
    pub(super) fn joined(mut self) -> Self {
        for candidate in &mut self.candidates {
            candidate.judgement = candidate.judgement.clone().of_parts();
        }
        self
    }

    /// That of a stamp that is no seal, and compared with none.
    pub(super) const fn of_no_seal() -> Self {
        Self {
            candidates: Vec::new(),
            chosen: None,
            key: None,
            shown: None,
        }
    }

    /// What copies of the impression are found by, where it was not made with another die.
    pub(super) const fn key(&self) -> Option<&(ResidualKey, Affine)> {
        self.key.as_ref()
    }

    /// What the impression shows of its seal's wear, where it is dated and counts.
    pub(super) const fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// The claim, else the best seal of the same design.
    pub(super) fn chosen(&self) -> Option<&Candidate> {
        self.chosen.map(|position| &self.candidates[position])
    }

    /// Whether it resembles a registered seal of a shape.
    pub(super) fn is_known(&self, shape: Shape, register: &Register) -> bool {
        let of_shape =
            |candidate: &&Candidate| register.seals[candidate.seal].specimen.shape() == shape;
        let least = match shape {
            Shape::Other => UNFRAMED_MIN,
            Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Triangle => LIKENED_MIN,
        };
        let mut own = self.candidates.iter().filter(of_shape);
        own.any(|candidate| correlation(candidate) >= least)
    }

    /// Whether the die is in no register, as far as can be told: the inner value is the registered seal
    /// whose design it has, if any.
    pub(super) fn unregistered(&self) -> Option<Option<usize>> {
        let Some(chosen) = self.chosen() else {
            return Some(None);
        };
        let other = chosen.judgement.conclusion.is_against();
        other.then_some(chosen.same_design.then_some(chosen.seal))
    }

    /// Turn of the impression as its drawing tells it, degrees clockwise.
    pub(super) fn turn_deg(&self) -> Option<f64> {
        let comparison = self.chosen()?.comparison.as_ref()?;
        Some(comparison.rotation_deg)
    }

    /// Sizes along the seal's own axes and corrected for its ink, as far as its drawing tells them.
    pub(super) fn refined(&self, measured: Measurements) -> Measurements {
        let comparison = self.chosen().and_then(|chosen| chosen.comparison.as_ref());
        match comparison {
            Some(comparison) => {
                let measured = measured.turned(comparison.rotation_deg);
                match comparison.edges_mm {
                    Some(edges_mm) => measured.inked(edges_mm, comparison.specimens),
                    None => measured,
                }
            }
            None => measured,
        }
    }
}

/// What an axis besides the size may say against a die whose wear is followed, log10.
const OTHERS_MIN: f64 = -0.5;

/// Whether an impression counts for its die's wear, and whether it is accepted as the die's by itself. An
/// undecided one counts; so does one that nothing but its size speaks against, as a die's size may
/// drift over years: along the dates it is seen whether it did. Ink laid twice tells nothing of wear.
fn followed(judgement: &Judgement) -> Option<bool> {
    if judgement.slip.is_some() {
        return None;
    }
    match judgement.conclusion {
        Conclusion::Consistent | Conclusion::LeansConsistent => Some(true),
        Conclusion::Undecided => Some(false),
        Conclusion::LeansDifferent | Conclusion::Different => {
            let evidence = judgement.evidence.iter();
            let (size, others): (Vec<_>, Vec<_>) =
                evidence.partition(|own| own.axis == Axis::ScalePercent);
            let of_size: f64 = size.iter().map(|own| own.log10_lr).sum();
            let agrees = others.iter().all(|own| own.log10_lr > OTHERS_MIN);
            (agrees && judgement.log10_lr? - of_size >= 0.0).then_some(false)
        }
        Conclusion::NotExaminable => None,
    }
}

/// Positions in the register, the likest first.
fn shortlist(query: &Query<'_>, examination: &Examination<'_>) -> Vec<usize> {
    let register = examination.register;
    let specimens = specimens(register);
    let gallery = || register.gallery();
    let ranked = identification::rank(query, &specimens, gallery, CANDIDATES_MAX);
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

/// Log of the ratio, base 10; 0 where none could be given.
fn lr(candidate: &Candidate) -> f64 {
    candidate.judgement.log10_lr.unwrap_or(0.0)
}

/// Puts first the seal of the same design that is likelier than each other one, by what was measured against each (both
/// ratios are against the same unknown dies) and by the ink where their drawings differ, which alone tells near twins apart.
///
/// Cost: the ink is asked once for each candidate but the first, of which there are [`CANDIDATES_MAX`] and the claim.
fn put_likeliest_first(candidates: &mut [Candidate], over: impl Fn(&Candidate, &Candidate) -> f64) {
    let Some(first) = candidates.iter().position(|c| c.same_design) else {
        return;
    };
    let mut best = first;
    for other in first + 1..candidates.len() {
        if candidates[other].same_design && over(&candidates[best], &candidates[other]) < 0.0 {
            best = other;
        }
    }
    candidates[first..=best].rotate_right(1);
}

/// A conclusion for one seal is undecided while another seal explains the impression as well, and
/// leans to different where another explains it clearly better.
fn doubt_twins(
    candidates: &mut [Candidate],
    chosen: usize,
    over: impl Fn(&Candidate, &Candidate) -> f64,
) {
    if !candidates[chosen].judgement.conclusion.is_for() {
        return;
    }
    let rivals = candidates
        .iter()
        .enumerate()
        .filter(|&(position, other)| position != chosen && other.same_design)
        // What its own measurements speak against is no twin, whatever ink lies where drawings differ.
        .filter(|(_, other)| !other.judgement.conclusion.is_against());
    let odds = rivals
        .map(|(_, other)| over(&candidates[chosen], other))
        .fold(f64::INFINITY, f64::min);
    let judgement = &mut candidates[chosen].judgement;
    if odds < -TWIN_LOG_ODDS {
        *judgement = judgement.clone().of_better_twin();
    } else if odds < TWIN_LOG_ODDS {
        *judgement = judgement.clone().of_near_twin();
    }
}

/// A conclusion against a seal of the same design is undecided where the die slipped on the paper: ink laid beside
/// the drawing moves every measurement.
fn doubt_slip<'a>(chosen: &mut Candidate, query: &Query<'a>, seals: &'a [RegisteredSeal]) {
    if !chosen.same_design || !chosen.judgement.conclusion.is_against() {
        return;
    }
    let laid = query.superpose(&seals[chosen.seal].specimen);
    let slip = laid.and_then(|laid| Slip::of(&laid));
    if let Some(slip) = slip.filter(Slip::is_marked) {
        chosen.judgement = chosen.judgement.clone().of_slip(slip);
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
    use crate::verdict::reweighing::BETTER_TWIN;
    use crate::verdict::reweighing::NEAR_TWIN;

    fn candidate(seal: usize, correlation: f64, conclusion: Conclusion) -> Candidate {
        let comparison = Comparison {
            specimens: 3,
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
            edges_mm: None,
            gap_mm2: 0.0,
            inked: [None; 8],
            symptoms: Vec::new(),
            measures: Vec::new(),
        };
        Candidate {
            seal,
            same_design: identification::same_design(&comparison),
            comparison: Some(comparison),
            judgement: Judgement {
                log10_lr: Some(0.8),
                log10_lr_cap: 2.0,
                log10_lr_floor: -2.0,
                conclusion,
                condition: Condition::Sound,
                lacking: None,
                damage: Vec::new(),
                evidence: Vec::new(),
                caveats: Vec::new(),
                slip: None,
            },
        }
    }

    #[test]
    fn a_near_twin_makes_the_conclusion_undecided() {
        let mut pair = [
            candidate(0, 0.9, Conclusion::Consistent),
            candidate(1, 0.895, Conclusion::Consistent),
        ];
        doubt_twins(&mut pair, 0, |_, _| 1.0);
        assert_eq!(pair[0].judgement.conclusion, Conclusion::Undecided);
        assert_eq!(pair[0].judgement.caveats, [NEAR_TWIN]);
    }

    #[test]
    fn a_twin_that_is_clearly_beaten_leaves_the_conclusion() {
        let mut pair = [
            candidate(0, 0.9, Conclusion::Consistent),
            candidate(1, 0.8, Conclusion::LeansConsistent),
        ];
        doubt_twins(&mut pair, 0, |_, _| 8.0);
        assert_eq!(pair[0].judgement.conclusion, Conclusion::Consistent);
    }

    #[test]
    fn a_claim_leans_to_different_where_another_seal_agrees_clearly_better() {
        let mut pair = [
            candidate(1, 0.9, Conclusion::Consistent),
            candidate(0, 0.8, Conclusion::Consistent),
        ];
        doubt_twins(&mut pair, 1, |_, _| -8.0);
        assert_eq!(pair[1].judgement.conclusion, Conclusion::LeansDifferent);
        assert_eq!(pair[1].judgement.caveats, [BETTER_TWIN]);
    }

    #[test]
    fn a_better_twin_does_not_soften_a_difference() {
        let mut pair = [
            candidate(1, 0.9, Conclusion::Consistent),
            candidate(0, 0.8, Conclusion::Different),
        ];
        doubt_twins(&mut pair, 1, |_, _| -8.0);
        assert_eq!(pair[1].judgement.conclusion, Conclusion::Different);
    }

    #[test]
    fn a_seal_that_its_own_measurements_speak_against_is_no_twin() {
        let mut pair = [
            candidate(1, 0.9, Conclusion::Different),
            candidate(0, 0.8, Conclusion::Consistent),
        ];
        doubt_twins(&mut pair, 1, |_, _| -8.0);
        assert_eq!(pair[1].judgement.conclusion, Conclusion::Consistent);
        assert_eq!(pair[1].judgement.caveats, [""; 0]);
    }

    #[test]
    fn the_seal_that_the_ink_prefers_to_every_other_comes_first() {
        let mut three = [
            candidate(0, 0.9, Conclusion::Consistent),
            candidate(1, 0.88, Conclusion::Consistent),
            candidate(2, 0.87, Conclusion::Consistent),
        ];
        // Seal 2 over seal 1 over seal 0.
        let over = |own: &Candidate, rival: &Candidate| own.seal as f64 - rival.seal as f64;
        put_likeliest_first(&mut three, over);
        let order: Vec<usize> = three.iter().map(|candidate| candidate.seal).collect();
        assert_eq!(order, [2, 0, 1]);
    }
}
