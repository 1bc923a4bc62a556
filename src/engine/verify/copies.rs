//! Whether an impression that is said to be of one copy of a seal is of another one.

use crate::registry::RegisteredSeal;
use crate::registry::body::name;
use crate::rules::Finding;
use crate::verify::Examination;
use crate::verify::candidates::Attribution;

/// The finding about an impression of another copy than the claimed one: of the same body, told apart by the specimens.
///
/// Said only where the claim's own comparison does not speak for it, and that of the other copy does.
pub(super) fn finding(attribution: &Attribution, examination: &Examination<'_>) -> Option<Finding> {
    let seals = &examination.register.seals;
    let claimed = attribution.chosen()?;
    examination.claim?;
    if claimed.judgement.conclusion.is_for() {
        return None;
    }
    let own = &seals[claimed.seal];
    let best = attribution
        .candidates
        .iter()
        .find(|other| other.same_design)?;
    let other = &seals[best.seal];
    let is_copy = best.seal != claimed.seal && are_copies(own, other);
    if !is_copy || !best.judgement.conclusion.is_for() {
        return None;
    }
    let copy = |seal: &RegisteredSeal| seal.particulars.copy_no.clone().unwrap_or_default();
    let (of, instead) = (copy(other), copy(own));
    let message = format!(
        "The impression was rather made with seal {}, copy {of} of its body's seal, than with {}, copy {instead}, which is claimed.",
        other.id, own.id
    );
    let finding = Finding::warning("seal.wrong_copy", message)
        .value("seal", other.id.as_str())
        .value("copy", of.as_str())
        .value("claimed_seal", own.id.as_str())
        .value("claimed_copy", instead.as_str());
    Some(finding)
}

/// Whether two seals are copies of one body's seal.
pub(super) fn are_copies(one: &RegisteredSeal, other: &RegisteredSeal) -> bool {
    let (one, other) = (&one.particulars, &other.particulars);
    let is_of_body = match (&one.body, &other.body) {
        (Some(body), Some(another)) => body == another,
        _ => name::plain(&one.organisation) == name::plain(&other.organisation),
    };
    let copies = one.copy_no.as_ref().zip(other.copy_no.as_ref());
    is_of_body && copies.is_some_and(|(one, other)| one != other)
}
