//! How often the right seal is among the best of a gallery, by codes alone.

use std::collections::BTreeMap;
use std::time::Instant;

use antin_engine::identification;
use antin_engine::identification::Gallery;
use antin_engine::synthesis::catalogue::Seal;
use antin_engine::synthesis::chance::Chance;
use antin_engine::synthesis::document::CONDITIONS;
use antin_engine::synthesis::document::Condition;
use antin_engine::synthesis::excerpt::Signed;
use antin_engine::synthesis::fonts::Fonts;
use antin_engine::synthesis::forgery::Strength;
use antin_engine::synthesis::gallery;
use antin_engine::synthesis::ink::Care;
use antin_engine::synthesis::stamp::World;
use rayon::prelude::*;

use crate::SEED;
use crate::codes;
use crate::whole;

/// Seed of the impressions; tuning used others.
const IMPRESSIONS_SEED: u64 = 9102;
/// Kinds of scan.
pub(crate) const SCANS: [&str; 4] = ["c300", "c200", "g300", "b300"];
/// Ranks that recall is counted at.
const RANKS: [usize; 3] = [1, 5, 20];
/// Of so many impressions one is in light ink.
const LIGHT: usize = 10;

/// A condition of [`SCANS`].
pub(crate) fn condition(scan: &str) -> Condition {
    let known = CONDITIONS.iter().find(|known| known.name == scan);
    *known.expect("every scan is a condition")
}

/// One scan of an impression that was looked for.
struct Trial {
    index: usize,
    seal: usize,
    scan: &'static str,
    is_light: bool,
    /// Position of the right seal, counted from zero; `None` if the impression was not found.
    place: Option<usize>,
}

/// Draws the gallery, searches it, and prints the recall and what the whole path makes of a sample.
pub(crate) fn print(fonts: &Fonts, impressions: usize, seals: usize) {
    let start = Instant::now();
    let seals = gallery::seals(seals, SEED, fonts);
    let gallery: Gallery = codes(&seals, fonts).into_iter().collect();
    println!(
        "Gallery of {} drawn in {:.0} s.",
        seals.len(),
        start.elapsed().as_secs_f64()
    );
    let world = World {
        fonts,
        seed: IMPRESSIONS_SEED,
        strength: Strength::Graded,
    };
    let trials: Vec<Trial> = (0..impressions)
        .into_par_iter()
        .flat_map(|index| searched(index, &seals, &gallery, world))
        .collect();
    print_table(&trials);
    println!(
        "Drawn and searched in {:.0} s.",
        start.elapsed().as_secs_f64()
    );
    whole::print(impressions / 4, (&seals, &gallery), world);
    println!("All in {:.0} s.", start.elapsed().as_secs_f64());
}

/// Stamps one seal of the gallery, scans it in every way, and looks for each scan.
fn searched(index: usize, seals: &[Seal], gallery: &Gallery, world: World<'_>) -> Vec<Trial> {
    let seal = Chance::new(world.seed, "which", index).index(seals.len());
    let is_light = index % LIGHT == LIGHT - 1;
    let care = if is_light { Care::Poor } else { Care::Usual };
    let signed = Signed::new(&seals[seal], care, index, world);
    let trial = |scan: &'static str| {
        let place = signed.scan(condition(scan)).found().map(|impression| {
            let found = identification::search(gallery, &impression, 100);
            let place = found.iter().position(|candidate| candidate.index == seal);
            place.unwrap_or(usize::MAX)
        });
        Trial {
            index,
            seal,
            scan,
            is_light,
            place,
        }
    };
    SCANS.into_iter().map(trial).collect()
}

fn print_table(trials: &[Trial]) {
    let mut groups: BTreeMap<String, Vec<&Trial>> = BTreeMap::new();
    for trial in trials {
        let mut add = |group: String| groups.entry(group).or_default().push(trial);
        add(trial.scan.to_owned());
        if trial.is_light {
            add(format!("{} light ink", trial.scan));
        }
        if gallery::twin_of(trial.seal).is_some() {
            add(format!("{} near twins", trial.scan));
        }
    }
    println!("scan               not found    n    recall at 1, 5, 20 of those found");
    for (name, trials) in groups {
        let places: Vec<usize> = trials.iter().filter_map(|trial| trial.place).collect();
        let recall = RANKS.map(|rank| {
            let within = places.iter().filter(|place| **place < rank).count();
            format!("{:6.2} %", 100.0 * within as f64 / places.len() as f64)
        });
        println!(
            "{name:18} {:9} {:4}    {}",
            trials.len() - places.len(),
            places.len(),
            recall.join(" ")
        );
    }
    for trial in trials {
        let Some(place) = trial.place.filter(|place| *place >= RANKS[2]) else {
            continue;
        };
        println!(
            "missed: impression {}, seal {}, {}{}, place {}",
            trial.index,
            trial.seal,
            trial.scan,
            if trial.is_light { ", light ink" } else { "" },
            if place == usize::MAX {
                "over 100".to_owned()
            } else {
                (place + 1).to_string()
            }
        );
    }
}
