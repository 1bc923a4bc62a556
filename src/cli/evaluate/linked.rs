//! What links the documents of a labelled set, told to what was seen of each.

use std::collections::BTreeMap;

use crate::cli::evaluate::filed;
use crate::cli::evaluate::paged;
use crate::cli::evaluate::sheets;
use crate::evaluation::documents::SaidOfDocument;
use crate::evaluation::observation::Observation;
use crate::evaluation::pages::ObservedPages;
use crate::evaluation::straddling::SeenSheets;
use crate::links;
use crate::links::DieEntry;
use crate::links::Entry;
use crate::links::Kind;
use crate::links::Link;
use crate::links::Member;
use crate::trends;
use crate::verdict::Policy;
use crate::verify::Examined;

/// What was seen of a document, and what links it with others.
pub(super) struct Seen {
    pub observation: Observation,
    pub entries: Vec<Entry>,
    pub dies: Vec<DieEntry>,
    pub sightings: Vec<trends::Entry>,
    pub sheets: SeenSheets,
    pub pages: ObservedPages,
    pub files: SaidOfDocument,
}

impl Seen {
    /// What was seen of a document without a claim.
    pub(super) fn of(observation: Observation, unclaimed: &Examined) -> Self {
        Self {
            entries: links::entries(unclaimed),
            dies: links::die_entries(unclaimed),
            sightings: trends::entries(unclaimed),
            sheets: sheets::seen(&observation.document, &unclaimed.report),
            pages: paged::observed(&observation.document, &unclaimed.report),
            files: filed::said(
                &observation.document,
                &unclaimed.report,
                observation.letter.is_some(),
            ),
            observation,
        }
    }
}

/// Impressions by document and position, with those that each was linked with.
type Fellows = BTreeMap<(String, usize), Vec<(String, usize)>>;

/// What was seen of all documents, linked.
pub(super) struct Linked {
    pub observations: Vec<Observation>,
    pub copies: Vec<Link>,
    pub sightings: Vec<trends::Entry>,
    pub sheets: Vec<SeenSheets>,
    pub pages: Vec<ObservedPages>,
    pub files: Vec<SaidOfDocument>,
}

/// Says in the observations what links their documents.
pub(super) fn linked(seen: Vec<Seen>) -> Linked {
    let (mut observations, mut sightings) = (Vec::new(), Vec::new());
    let (mut entries, mut dies) = (Vec::new(), Vec::new());
    let (mut sheets, mut pages, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for seen in seen {
        observations.push(seen.observation);
        entries.extend(seen.entries);
        dies.extend(seen.dies);
        sightings.extend(seen.sightings);
        sheets.push(seen.sheets);
        pages.push(seen.pages);
        files.push(seen.files);
    }
    let mut copies = links::find(&entries);
    let of_dies = links::find_dies(&dies, &Policy::default()).into_iter();
    let (of_one, of_dies): (Vec<Link>, Vec<Link>) =
        of_dies.partition(|link| link.kind == Kind::SameImpression);
    copies.extend(of_one);
    let mut of_copies = fellows(&copies);
    let mut of_dies = fellows(&of_dies);
    for observation in &mut observations {
        for (position, impression) in observation.impressions.iter_mut().enumerate() {
            let place = (observation.document.clone(), position);
            impression.copies = of_copies.remove(&place).unwrap_or_default();
            impression.fellows = of_dies.remove(&place).unwrap_or_default();
        }
    }
    Linked {
        observations,
        copies,
        sightings,
        sheets,
        pages,
        files,
    }
}

/// For each member of links, the members on other sheets.
fn fellows(links: &[Link]) -> Fellows {
    // An entry's path is the document as the set names it.
    let place = |member: &Member| (member.path.clone(), member.impression);
    let mut fellows = Fellows::new();
    for link in links {
        for own in &link.members {
            let others = link.members.iter().filter(|other| other.sheet != own.sheet);
            let known = fellows.entry(place(own)).or_default();
            known.extend(others.map(place));
        }
    }
    fellows
}
