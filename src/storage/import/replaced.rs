//! Specimens of seals that were replaced, which are no other seal's.
//!
//! A row that gives one to another seal is recorded and told of, whichever of the two came first.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::registry::EventKind;
use crate::registry::Reason;
use crate::registry::sheet::events;
use crate::storage::NewSeal;
use crate::storage::StoredSeal;
use crate::storage::StoredSpecimen;

/// The specimens of replaced seals, by digest: whose they are, and the day.
pub(super) type Replaced<'a> = HashMap<&'a str, (&'a str, Date)>;

pub(super) fn of<'a>(seals: impl Iterator<Item = &'a StoredSeal>) -> Replaced<'a> {
    let mut replaced = HashMap::new();
    for seal in seals {
        let mut events = seal.events.iter();
        if let Some(event) = events.find(|event| event.kind == EventKind::ReplacedBy) {
            let own = seal.specimens.iter();
            replaced.extend(own.map(|own| (own.sha256.as_str(), (seal.id.as_str(), event.on))));
        }
    }
    replaced
}

/// What is to be said of a seal that has a specimen of one that was replaced.
pub(super) fn doubt(seal: &NewSeal, replaced: &Replaced<'_>) -> Option<Reason> {
    let mut own = seal.specimens.iter();
    own.find_map(|specimen| {
        let (old, on) = replaced.get(specimen.sha256.as_str())?;
        (*old != seal.id).then(|| said(&seal.id, (old, *on)))
    })
}

/// What is said of both.
fn said(id: &str, (old, on): (&str, Date)) -> Reason {
    Reason::new(
        "specimen_replaced",
        &[("seal", &id), ("old", &old), ("on", &on)],
        format!(
            "a specimen of seal {id} is one of seal {old}, which was replaced on {on}: impressions of the two cannot be told \
             apart; give a scan of seal {id}"
        ),
    )
}

/// What is to be said of an event by which a seal was replaced whose specimen another one has.
pub(super) fn shared(entry: &events::Entry, seals: &[StoredSeal]) -> Option<Reason> {
    if entry.event.kind != EventKind::ReplacedBy {
        return None;
    }
    let old = seals.iter().find(|seal| seal.id == entry.seal)?;
    let other = seals.iter().find(|other| {
        let is_own = |specimen: &StoredSpecimen| {
            let mut of_old = old.specimens.iter();
            of_old.any(|own| own.sha256 == specimen.sha256)
        };
        other.id != old.id && other.specimens.iter().any(is_own)
    })?;
    Some(said(&other.id, (&old.id, entry.event.on)))
}
