//! The family of one more impression whose die is in no register, among those that have theirs already.
//!
//! The same rules as over many at once: codes say which families are asked, agreement with a family's first members decides,
//! and a small family is asked anew as a whole when it grows. Of its members those that it resembles most are asked whether they are the
//! same impression. What later impressions change is bounded, so that each costs the same however many there are: a pass over the codes,
//! some microseconds each, and two dozen comparisons or so.

use crate::extraction::Impression;
use crate::identification::Code;
use crate::identification::Gallery;
use crate::identification::Probe;
use crate::links::die::FAMILIES_MAX;
use crate::links::die::JOIN_MIN;
use crate::links::die::NEIGHBOURS;
use crate::links::die::SIMILARITY_MIN;
use crate::links::likeness;
use crate::links::pair;
use crate::production::SheetKey;
use crate::verdict::Policy;

pub use crate::links::likeness::FUSED_MAX;

/// An impression as it is compared with others.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// Its ink.
    pub impression: Impression,
    /// What else stands on its page.
    pub sheet: Option<SheetKey>,
}

/// A family that an impression may be of; of one member where that has none yet.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its first members, [`FUSED_MAX`] at most, first kept first.
    pub first: Vec<Stamped>,
    /// How many members it has.
    pub count: usize,
}

/// The family that an impression is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// Its place among those that were asked.
    pub family: usize,
    /// Log10 of how much likelier one die is than two of one design, for this impression.
    pub strength: f64,
    /// The same for each of the family's members, where these are asked anew: `None` of one that does not agree with the others.
    pub others: Option<Vec<Option<f64>>>,
}

/// The places of the codes that an impression resembles, itself among them if its own is there; the most similar first.
#[must_use]
pub fn near<'a>(codes: impl Iterator<Item = &'a Code>, own: &Impression) -> Vec<usize> {
    let mut gallery = Gallery::default();
    codes.for_each(|code| gallery.push(code));
    let found = gallery.search(&Probe::new(own), NEIGHBOURS);
    let similar = found
        .into_iter()
        .filter(|candidate| candidate.similarity >= SIMILARITY_MIN);
    similar.map(|candidate| candidate.index).collect()
}

/// The family whose die made an impression, if any of the first few did.
#[must_use]
pub fn join(own: &Stamped, families: &[Family], policy: &Policy) -> Option<Joined> {
    let asked = families.iter().take(FAMILIES_MAX).enumerate();
    let agreeing = asked.filter_map(|(index, family)| {
        let strength = agreement(own, &family.first, policy)?;
        (strength >= JOIN_MIN).then_some((index, strength))
    });
    let best = agreeing.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    let (index, strength) = best?;
    let family = &families[index];
    let others = match family.count {
        // Of two, each is the other's specimen.
        1 => Some(vec![Some(strength)]),
        count if count <= FUSED_MAX => Some(asked_anew(own, &family.first, policy)),
        // Their drawing is of the first ones, who stay.
        _ => None,
    };
    Some(Joined {
        family: index,
        strength,
        others,
    })
}

/// Whether two impressions of one die stand on one sheet, scanned twice.
#[must_use]
pub fn is_one_sheet(own: &Stamped, other: &Stamped) -> bool {
    let (first, second) = (&other.impression, &own.impression);
    let laid = likeness::places(first, [first, second]);
    let [Some(from), Some(to)] = laid[..] else {
        return false;
    };
    pair::sheets_agree((other.sheet.as_ref(), own.sheet.as_ref()), (from, to))
}

/// Correlation of the inks of two impressions of one die beside what they share, and log10 of how much likelier that is of one
/// impression than of two stampings; `None` if they are two. The second is laid on the first.
#[must_use]
pub fn twins(first: &Stamped, second: &Stamped) -> Option<(f64, f64)> {
    let (first, second) = likeness::residuals(&first.impression, &second.impression)?;
    pair::without_specimen(&first, &second)
}

/// How each member of a family agrees with the others and with one more.
fn asked_anew(own: &Stamped, first: &[Stamped], policy: &Policy) -> Vec<Option<f64>> {
    let ask = |place: usize| {
        let (before, after) = (&first[..place], &first[place + 1..]);
        let others: Vec<Stamped> = before.iter().chain(after).chain([own]).cloned().collect();
        agreement(&first[place], &others, policy).filter(|own| *own >= JOIN_MIN)
    };
    (0..first.len()).map(ask).collect()
}

fn agreement(own: &Stamped, others: &[Stamped], policy: &Policy) -> Option<f64> {
    let others: Vec<&Impression> = others.iter().map(|other| &other.impression).collect();
    likeness::with(&own.impression, &others, policy)
}
