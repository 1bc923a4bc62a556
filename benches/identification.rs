//! A search among a million registered seals: its time beside one pass over the same bytes, and how
//! often the right seal is among the best of a gallery of 20,000.
//!
//! `cargo bench --bench identification -- speed` needs 1.2 GB and under a minute,
//! `… -- recall [QUERIES]` draws the gallery and the impressions anew: about a CPU second for each.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::time::Instant;

use antin::identification::Code;
use antin::identification::Gallery;
use antin::identification::Probe;
use antin::synthesis::catalogue::Seal;
use antin::synthesis::chance::Chance;
use antin::synthesis::document::CONDITIONS;
use antin::synthesis::document::Condition;
use antin::synthesis::excerpt;
use antin::synthesis::fonts::FONT_DIRECTORY;
use antin::synthesis::fonts::Fonts;
use antin::synthesis::forgery::Strength;
use antin::synthesis::gallery;
use antin::synthesis::ink::Care;
use antin::synthesis::stamp::World;
use rayon::prelude::*;

/// Seals of the gallery that speed is measured on, and of those the ones that are drawn; the others
/// repeat them.
const MILLION: usize = 1_000_000;
const DRAWN: usize = 500;
/// Seals of the gallery that recall is measured on.
const SEALS: usize = 20_000;
/// Impressions looked for, over all kinds of scan.
const QUERIES: usize = 2_080;
/// Rounds behind the printed times.
const ROUNDS: usize = 9;
/// Seeds of the gallery and of its impressions; tuning used others.
const SEEDS: (u64, u64) = (9101, 9102);
/// Kinds of scan.
const SCANS: [&str; 4] = ["c300", "c200", "g300", "b300"];
/// Ranks that recall is counted at.
const RANKS: [usize; 3] = [1, 5, 20];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let fonts = match Fonts::load(Path::new(FONT_DIRECTORY)) {
        Ok(fonts) => fonts,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let asks = |word: &str| arguments.iter().any(|argument| argument == word);
    if asks("speed") {
        print_speed(&fonts);
    }
    if asks("recall") {
        let queries = arguments.iter().find_map(|argument| argument.parse().ok());
        print_recall(&fonts, queries.unwrap_or(QUERIES));
    }
    if !asks("speed") && !asks("recall") {
        println!("Say what to measure: speed, recall.");
    }
    ExitCode::SUCCESS
}

/// Codes of the seals as their dies are drawn.
fn codes(seals: &[Seal], fonts: &Fonts) -> Vec<Code> {
    let code = |seal: &Seal| Code::of_impression(&gallery::impression(&seal.die, fonts));
    seals.par_iter().map(code).collect()
}

fn print_speed(fonts: &Fonts) {
    let seals = gallery::seals(DRAWN, SEEDS.0, fonts);
    let codes = codes(&seals, fonts);
    let mut million = Gallery::with_capacity(MILLION);
    for index in 0..MILLION {
        million.push(&codes[index % DRAWN]);
    }
    let impression = gallery::impression(&seals[7].die, fonts);
    let (mut passes, mut searches) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        passes.push(timed(|| {
            black_box(pass(million.numbers()));
        }));
        searches.push(timed(|| {
            black_box(million.search(&Probe::new(&impression), 20));
        }));
    }
    let [pass, search] = [passes, searches].map(median);
    println!(
        "{} seals, {:.2} GB, {} threads: one pass over the codes {:.0} ms, one search {:.0} ms, ratio {:.2} \
         (medians of {ROUNDS} rounds)",
        million.len(),
        million.bytes() as f64 / 1e9,
        rayon::current_num_threads(),
        1e3 * pass,
        1e3 * search,
        search / pass
    );
}

/// The sum of all bytes by eights: the least that reading them all takes.
fn pass(bytes: &[u8]) -> u64 {
    let sum = |bytes: &[u8]| {
        let (lines, _) = bytes.as_chunks::<128>();
        let mut lanes = [0_u64; 16];
        for line in lines {
            let (words, _) = line.as_chunks::<8>();
            for (lane, word) in lanes.iter_mut().zip(words) {
                *lane = lane.wrapping_add(u64::from_le_bytes(*word));
            }
        }
        lanes.into_iter().fold(0, u64::wrapping_add)
    };
    let sums = bytes.par_chunks(1 << 22).map(sum);
    sums.reduce(|| 0, u64::wrapping_add)
}

fn timed(routine: impl FnOnce()) -> Duration {
    let start = Instant::now();
    routine();
    start.elapsed()
}

/// The median in seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// One impression that was looked for.
struct Trial {
    scan: &'static str,
    is_light: bool,
    is_twin: bool,
    /// Position of the right seal, counted from zero; `None` if the impression was not found.
    place: Option<usize>,
}

fn print_recall(fonts: &Fonts, queries: usize) {
    let start = Instant::now();
    let seals = gallery::seals(SEALS, SEEDS.0, fonts);
    let gallery: Gallery = codes(&seals, fonts).into_iter().collect();
    println!(
        "Gallery of {SEALS} drawn in {:.0} s.",
        start.elapsed().as_secs_f64()
    );
    let world = World {
        fonts,
        seed: SEEDS.1,
        strength: Strength::Graded,
    };
    let trials: Vec<Trial> = (0..queries)
        .into_par_iter()
        .map(|index| trial(index, &seals, &gallery, world))
        .collect();
    let mut groups: BTreeMap<String, Vec<&Trial>> = BTreeMap::new();
    for trial in &trials {
        let mut add = |group: String| groups.entry(group).or_default().push(trial);
        add(trial.scan.to_owned());
        if trial.is_light {
            add(format!("{} light ink", trial.scan));
        }
        if trial.is_twin {
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
    println!(
        "Drawn and searched in {:.0} s.",
        start.elapsed().as_secs_f64()
    );
}

fn trial(index: usize, seals: &[Seal], gallery: &Gallery, world: World<'_>) -> Trial {
    let scan = SCANS[index % SCANS.len()];
    let known = CONDITIONS.iter().find(|known| known.name == scan);
    let mut condition: Condition = *known.expect("every scan is a condition");
    let is_light = (index / SCANS.len()) % 10 == 9;
    if is_light {
        condition.care = Care::Poor;
    }
    let seal = Chance::new(world.seed, "which", index).index(seals.len());
    let excerpt = excerpt::draw(&seals[seal], condition, index, world);
    let place = excerpt.found().map(|impression| {
        let found = gallery.search(&Probe::new(&impression), 100);
        let place = found.iter().position(|candidate| candidate.index == seal);
        place.unwrap_or(usize::MAX)
    });
    Trial {
        scan,
        is_light,
        is_twin: gallery::twin_of(seal).is_some(),
        place,
    }
}
