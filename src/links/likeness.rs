//! How well an impression agrees with others that serve as its specimen.

use std::borrow::Borrow;

use crate::extraction::Impression;
use crate::geometry::Affine;
use crate::identification;
use crate::matching::Query;
use crate::matching::Specimen;
use crate::production::ResidualKey;
use crate::verdict;
use crate::verdict::Policy;

/// Impressions that are fused into a specimen: more of them tell little more.
pub const FUSED_MAX: usize = 3;

/// Log10 of how much likelier an impression is of the die that made the others than of another of that
/// design, by the calibration of seals with so many specimens. `None` if it is of another design or
/// cannot be examined. The first [`FUSED_MAX`] of the others are taken.
#[must_use]
fn of(own: &Impression, others: &[&Impression], policy: &Policy) -> Option<f64> {
    let specimen = fused(others)?;
    let comparison = Query::new(own).compare(&specimen)?;
    if !identification::same_design(&comparison) {
        return None;
    }
    verdict::judge(own, Some(&comparison), policy).log10_lr
}

/// The same with however many others: of two impressions, the mean over both directions.
#[must_use]
pub(super) fn with(own: &Impression, others: &[&Impression], policy: &Policy) -> Option<f64> {
    match others {
        [] => None,
        [other] => of_pair(own, other, policy),
        several => of(own, several, policy),
    }
}

/// The mean over both directions: of two, each is the other's specimen.
#[must_use]
fn of_pair(own: &Impression, other: &Impression, policy: &Policy) -> Option<f64> {
    let (there, back) = (of(own, &[other], policy)?, of(other, &[own], policy)?);
    Some(0.5 * (there + back))
}

/// Maps the drawing of `first` to the pages of it and of each other; `None` where one cannot be laid on it.
#[must_use]
pub(super) fn places<O: Borrow<Impression>>(
    first: &Impression,
    others: impl IntoIterator<Item = O>,
) -> Vec<Option<Affine>> {
    let specimen = fused(&[first]);
    let place = |own: O| {
        let laid = Query::new(own.borrow()).superpose(specimen.as_ref()?)?;
        Some(laid.page_from_grid)
    };
    others.into_iter().map(place).collect()
}

/// How the inks of two impressions depart from what they share, in the frame of the first; `None` if they cannot be laid on one
/// another.
#[must_use]
pub(super) fn residuals(
    first: &Impression,
    other: &Impression,
) -> Option<(ResidualKey, ResidualKey)> {
    let specimen = fused(&[first])?;
    let laid = Query::new(other).superpose(&specimen)?;
    ResidualKey::of_two(&laid)
}

/// One specimen of the first few; of the first alone where they do not fuse.
fn fused(impressions: &[&Impression]) -> Option<Specimen> {
    let few: Vec<Impression> = impressions
        .iter()
        .take(FUSED_MAX)
        .map(|impression| (*impression).clone())
        .collect();
    let together = Specimen::enrol(&few).ok();
    together.or_else(|| Specimen::enrol(few.get(..1)?).ok())
}
