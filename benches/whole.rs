//! What the whole path names: impressions of a gallery's seals, of near twins of them that it does not
//! hold, and of other seals that it does not hold.
//!
//! The codes' twenty best stand for the register: more of it is compared with nothing else. Their specimens
//! are their dies as drawn.

use std::collections::BTreeMap;

use antin_engine::extraction::Extraction;
use antin_engine::extraction::Impression;
use antin_engine::identification;
use antin_engine::identification::Gallery;
use antin_engine::ingest::DpiSource;
use antin_engine::matching::Specimen;
use antin_engine::registry::Life;
use antin_engine::registry::Particulars;
use antin_engine::registry::Register;
use antin_engine::registry::RegisteredSeal;
use antin_engine::registry::SpecimenImage;
use antin_engine::rules::RuleSet;
use antin_engine::sandbox;
use antin_engine::sandbox::PageReading;
use antin_engine::sandbox::Reading;
use antin_engine::synthesis::catalogue::Seal;
use antin_engine::synthesis::chance::Chance;
use antin_engine::synthesis::excerpt;
use antin_engine::synthesis::fonts::Fonts;
use antin_engine::synthesis::gallery;
use antin_engine::synthesis::stamp::World;
use antin_engine::verdict::Conclusion;
use antin_engine::verdict::Policy;
use antin_engine::verify;
use antin_engine::verify::Examination;
use antin_engine::verify::Seals;
use rayon::prelude::*;

use crate::SEED;
use crate::recall::SCANS;
use crate::recall::condition;

/// Seed of the seals that the gallery does not hold.
const STRANGERS_SEED: u64 = 9103;
/// Seals that the codes hand on.
const SHORTLIST: usize = 20;

/// Whose impressions are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Registered,
    TwinOfRegistered,
    Stranger,
}

/// What came of it: the seal that was named, if any, and what was said of it.
type Named = Option<(usize, Conclusion)>;

/// Examines `count` impressions of each kind and prints what they were taken for.
pub(crate) fn print(count: usize, (seals, gallery): (&[Seal], &Gallery), world: World<'_>) {
    let strangers = gallery::seals(count, STRANGERS_SEED, world.fonts);
    let jobs = (0..count).flat_map(|index| {
        [Of::Registered, Of::TwinOfRegistered, Of::Stranger].map(|of| (index, of))
    });
    let jobs: Vec<(usize, Of)> = jobs.collect();
    let examined: Vec<Option<(Of, String)>> = jobs
        .into_par_iter()
        .map(|(index, of)| {
            let place = 1_000_000 + 3 * index + of as usize;
            let chosen = Chance::new(world.seed, "whole", place).index(seals.len());
            let twin = gallery::stranger_twin(seals, chosen, SEED, world.fonts);
            let seal = match of {
                Of::Registered => &seals[chosen],
                Of::TwinOfRegistered => twin.as_ref()?,
                Of::Stranger => &strangers[index],
            };
            let condition = condition(SCANS[index % SCANS.len()]);
            let impression = excerpt::draw(seal, condition, place, world).found()?;
            let named = named(&impression, (seals, gallery), world.fonts);
            let word = match named {
                None => "none".to_owned(),
                Some((index, conclusion)) => {
                    let which = match of {
                        Of::Registered if index == chosen => "the right one",
                        Of::TwinOfRegistered if index == chosen => "its twin",
                        Of::Registered | Of::TwinOfRegistered | Of::Stranger => "another",
                    };
                    format!("{which}: {conclusion:?}")
                }
            };
            Some((of, word))
        })
        .collect();
    let mut counts: BTreeMap<(Of, String), usize> = BTreeMap::new();
    for found in examined.into_iter().flatten() {
        *counts.entry(found).or_default() += 1;
    }
    println!("By the whole path, what impressions that were found are taken for:");
    for ((of, word), count) in counts {
        println!("{of:18?} {count:5}    {word}");
    }
}

/// The seal that an impression is taken for.
fn named(impression: &Impression, (seals, gallery): (&[Seal], &Gallery), fonts: &Fonts) -> Named {
    let found = identification::search(gallery, impression, SHORTLIST);
    let mut register = Register::default();
    register.seals = found
        .iter()
        .map(|candidate| registered(&seals[candidate.index], fonts))
        .collect();
    let policy = Policy::default();
    let examination = Examination {
        register: &register,
        policy: &policy,
        rules: RuleSet::shipped(),
        claim: None,
        seals: Seals::Optional,
        date: None,
        given: None,
    };
    let report = verify::examine("excerpt", reading(impression), &examination).report;
    let said = &report.impressions[0];
    let position = register.position(said.seal.as_deref()?)?;
    Some((found[position].index, said.conclusion))
}

fn registered(seal: &Seal, fonts: &Fonts) -> RegisteredSeal {
    let impression = gallery::impression(&seal.die, fonts);
    let specimen = Specimen::enrol(std::slice::from_ref(&impression));
    RegisteredSeal {
        id: seal.id.clone(),
        version: 1,
        particulars: Particulars::default(),
        life: Life::default(),
        specimen: specimen.expect("a drawn die has its resolution"),
        images: vec![SpecimenImage {
            sha256: seal.id.clone(),
            stated_dpi: None,
            impression,
        }],
    }
}

/// A document of one page that bears the impression alone.
fn reading(impression: &Impression) -> Reading {
    let page = PageReading {
        number: 1,
        width_px: Some(impression.bbox.x + impression.bbox.width),
        height_px: Some(impression.bbox.y + impression.bbox.height),
        dpi: impression.dpi,
        dpi_source: DpiSource::Stated,
        mode: Some(impression.mode),
        notes: Vec::new(),
        content: Ok(Extraction {
            impressions: vec![impression.clone()],
            ..Extraction::default()
        }),
        traces: None,
        layout: None,
        overlays: None,
        text_layer: antin_engine::reading::TextLayer::default(),
        excerpts: Vec::new(),
        strips: Vec::new(),
        markings: Vec::new(),
    };
    Reading {
        sha256: None,
        bytes: 0,
        page_count: Some(1),
        pages: vec![page],
        outcome: sandbox::Outcome::Read,
        facts: Ok(None),
        unconfined: Vec::new(),
        error: None,
    }
}
